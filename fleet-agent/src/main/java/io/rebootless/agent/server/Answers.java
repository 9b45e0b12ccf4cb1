package io.rebootless.agent.server;

import static java.net.HttpURLConnection.HTTP_BAD_REQUEST;
import static java.net.HttpURLConnection.HTTP_CREATED;
import static java.net.HttpURLConnection.HTTP_GONE;
import static java.net.HttpURLConnection.HTTP_NOT_FOUND;
import static java.net.HttpURLConnection.HTTP_OK;
import static java.net.HttpURLConnection.HTTP_UNAUTHORIZED;
import static java.net.HttpURLConnection.HTTP_UNAVAILABLE;

import io.rebootless.agent.log.EventLog;
import io.rebootless.agent.transport.Reply;
import io.rebootless.wire.Problem;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Makes records of what the server says, or an exception that says what is wrong with it. */
final class Answers {
    static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private static final int HTTP_TOO_MANY_REQUESTS = 429;
    private static final String HOST_CLONED = "host-cloned";
    private static final int MAX_QUOTED = 200;

    private final URI base;
    private final Connections connections;
    private final JsonMapper json = WireJson.mapper();

    Answers(URI base, Connections connections) {
        this.base = base;
        this.connections = connections;
    }

    byte[] written(Object record) {
        return json.writeValueAsBytes(record);
    }

    <T> T read(Reply reply, Class<T> type) throws IOException {
        if (reply.status() != HTTP_OK && reply.status() != HTTP_CREATED) {
            throw refused(reply);
        }
        byte[] body = connections.small(reply.body());
        try {
            T record = json.readValue(body, type);
            // What "null" is read as, whatever the annotations say.
            return Objects.requireNonNull(record);
        } catch (JacksonException e) {
            throw senseless(reply, body, type, quoted(e.getOriginalMessage()), e);
        } catch (NullPointerException | IllegalArgumentException e) {
            throw senseless(reply, body, type, "", e);
        }
    }

    private static SenselessException senseless(
            Reply reply, byte[] body, Class<?> type, String detail, Exception cause) {
        boolean page = reply.header("Content-Type")
                        .filter(kind -> kind.toLowerCase(Locale.ROOT).contains("html"))
                        .isPresent()
                || (body.length > 0 && body[0] == '<');
        String words = page
                ? "answers with a web page where a %s should be; does a portal or a proxy answer in its stead?"
                        .formatted(type.getSimpleName())
                : "answers with something else than a %s%s".formatted(type.getSimpleName(), detail);
        return new SenselessException(words, cause);
    }

    private static String quoted(String said) {
        String line = EventLog.oneLine(said);
        return ": " + (line.length() <= MAX_QUOTED ? line : line.substring(0, MAX_QUOTED) + "…");
    }

    ServerException refused(Reply reply) {
        int status = reply.status();
        var kind = switch (status) {
            case HTTP_UNAUTHORIZED -> ServerException.Kind.UNAUTHORIZED;
            case HTTP_GONE -> ServerException.Kind.RETIRED;
            case HTTP_TOO_MANY_REQUESTS, HTTP_UNAVAILABLE -> ServerException.Kind.BUSY;
            case HTTP_NOT_FOUND -> ServerException.Kind.ABSENT;
            default -> ServerException.Kind.OTHER;
        };
        var problem = problem(reply);
        String said = problem.map(Answers::words).map(text -> ": " + text).orElseGet(() -> misdirected(reply));
        return new ServerException(
                kind,
                problem.filter(told -> told.name().equals(HOST_CLONED)).isPresent(),
                "%s answers %d%s".formatted(base, status, said),
                Delays.retryAfter(reply));
    }

    private String misdirected(Reply reply) {
        if (reply.status() == HTTP_BAD_REQUEST && "http".equalsIgnoreCase(base.getScheme())) {
            return "; if it speaks HTTPS, write https://" + base.getRawAuthority();
        }
        if (!REDIRECTS.contains(reply.status())) {
            return "";
        }
        return reply.header("Location")
                .map(place -> quoted(place) + ", and it is not followed there; is `server` its right address?")
                .orElse("");
    }

    /** What the server says about it (RFC 9457), if it says anything. */
    private Optional<Problem> problem(Reply reply) {
        try {
            var problem = json.readValue(connections.small(reply.body()), Problem.class);
            return problem.type() == null ? Optional.empty() : Optional.of(problem);
        } catch (IOException | JacksonException | NullPointerException e) {
            return Optional.empty();
        }
    }

    private static String words(Problem problem) {
        String detail = problem.detail() == null ? problem.title() : problem.detail();
        String text = problem.name() + ", " + detail;
        return EventLog.oneLine(problem.remedy() == null ? text : text + " " + problem.remedy());
    }
}
