package io.rebootless.server.problem;

import io.rebootless.server.log.Masked;
import io.rebootless.wire.Problem;
import org.jspecify.annotations.Nullable;

/** The server's own problems, besides the bundle format's refusals. The names are part of the API and never change. */
public enum ProblemType {
    BAD_REQUEST("bad-request", 400, "The request is malformed"),
    BAD_PARAMETER("bad-parameter", 400, "A parameter of the request is wrong"),
    UNAUTHENTICATED("unauthenticated", 401, "No valid key or token"),
    HOST_CLONED("host-cloned", 401, "The host's token is on two machines"),
    FORBIDDEN("forbidden", 403, "The key may not do this"),
    ENROLLMENT_KEY_INVALID("enrollment-key-invalid", 403, "The enrolment key is not known"),
    ENROLLMENT_KEY_EXPIRED("enrollment-key-expired", 403, "The enrolment key has expired"),
    ENROLLMENT_KEY_REVOKED("enrollment-key-revoked", 403, "The enrolment key was revoked"),
    ENROLLMENT_KEY_USED_UP("enrollment-key-used-up", 403, "The enrolment key is used up"),
    NOT_FOUND("not-found", 404, "There is nothing here"),
    // Not 410, which tells an agent that its host was retired.
    BUNDLE_WITHDRAWN("bundle-withdrawn", 404, "The bundle was withdrawn"),
    BUNDLE_QUARANTINED("bundle-quarantined", 404, "The bundle is in quarantine"),
    METHOD_NOT_ALLOWED("method-not-allowed", 405, "The method is not allowed here"),
    NOT_ACCEPTABLE("not-acceptable", 406, "The answer cannot be given in the form asked for"),
    TOO_SLOW("too-slow", 408, "The request came too slowly"),
    LEVEL_CONFLICT("level-conflict", 409, "The level is published with other content"),
    LEVEL_NOT_ABOVE_PUBLISHED("level-not-above-published", 409, "Levels only grow"),
    KERNEL_CONFLICT("kernel-conflict", 409, "The build-id is published with another kernel"),
    TOKEN_NOT_WANTED("token-not-wanted", 409, "Nobody has asked for a new token"),
    IDEMPOTENCY_KEY_IN_USE("idempotency-key-in-use", 409, "The request is being answered"),
    PUBLICATION_WITHDRAWN("publication-withdrawn", 409, "The publication was withdrawn"),
    API_KEY_NAME_TAKEN("api-key-name-taken", 409, "There is an API key of that name"),
    GROUP_IN_USE("group-in-use", 409, "Hosts are held by the group"),
    ROLLOUT_CONFLICT("rollout-conflict", 409, "The rollout does not stand for that"),
    AUTHORITY_CONFLICT("authority-conflict", 409, "The server's authorities do not stand for that"),
    AUTHORITY_NOT_TAKEN("authority-not-taken", 409, "Hosts do not trust the next authority yet"),
    HOST_RETIRED("host-retired", 410, "The host has left the fleet"),
    TOO_LARGE("too-large", 413, "The request is too large"),
    URI_TOO_LONG("uri-too-long", 414, "The request's URI is too long"),
    UNSUPPORTED_MEDIA_TYPE("unsupported-media-type", 415, "The content type is not taken here"),
    RANGE_NOT_SATISFIABLE("range-not-satisfiable", 416, "The range lies outside the file"),
    SIGNER_EXPIRED("signer-expired", 422, "A signer's certificate is not valid today"),
    CVE_DROPPED("cve-dropped", 422, "A CVE of the level before is missing"),
    IDEMPOTENCY_KEY_REUSED("idempotency-key-reused", 422, "The Idempotency-Key belongs to another request"),
    TOO_MANY_FAILURES("too-many-failures", 429, "Too many failures"),
    TOO_MANY_BODIES("too-many-bodies", 429, "Too many requests with a body at once"),
    TOO_MANY_DOWNLOADS("too-many-downloads", 429, "Too many downloads at once"),
    TOO_MANY_QUESTIONS("too-many-questions", 429, "Too many questions without a key"),
    TOO_MANY_REPORTS("too-many-reports", 429, "The host reports too much"),
    TOO_MANY_UPLOADS("too-many-uploads", 429, "Too many uploads at once"),
    INTERNAL_ERROR("internal-error", 500, "The server failed"),
    NO_PUBLISHERS("no-publishers", 503, "No publisher is trusted yet"),
    STORAGE_UNAVAILABLE("storage-unavailable", 503, "The server's storage does not answer"),
    STORAGE_FULL("storage-full", 507, "The server's disk is full");

    private final String word;
    private final int status;
    private final String title;

    ProblemType(String word, int status, String title) {
        this.word = word;
        this.status = status;
        this.title = title;
    }

    int status() {
        return status;
    }

    String type() {
        return Problem.TYPE_PREFIX + word;
    }

    String title() {
        return title;
    }

    public Problem problem(
            @Nullable String detail, @Nullable String expected, @Nullable String found, @Nullable String remedy) {
        return new Problem(
                type(),
                title,
                status,
                withoutSecrets(detail),
                expected,
                withoutSecrets(found),
                remedy == null ? remedy() : remedy);
    }

    /** Details quote what a client has sent; a key that it has put into a path or a parameter is not to be told on. */
    private static @Nullable String withoutSecrets(@Nullable String text) {
        return text == null ? null : Masked.secrets(text);
    }

    public Problem problem(String detail) {
        return problem(detail, null, null, null);
    }

    public ProblemException because(String detail) {
        return new ProblemException(problem(detail));
    }

    public ProblemException because(String detail, String remedy) {
        return new ProblemException(problem(detail, null, null, remedy));
    }

    public ProblemException because(String detail, String expected, String found, String remedy) {
        return new ProblemException(problem(detail, expected, found, remedy));
    }

    /** What to do in general, if there is such a thing; an answer that knows more says more. */
    @Nullable
    String remedy() {
        return switch (this) {
            case BAD_REQUEST -> "Correct the request as the detail says.";
            case BAD_PARAMETER -> "Correct the parameter that the detail names.";
            case UNAUTHENTICATED -> "Send a key that the server knows: Authorization: Bearer ….";
            case FORBIDDEN -> "Use a key with a role that may.";
            case HOST_CLONED -> "Enrol both machines again: rebootless-agent enroll --force.";
            case ENROLLMENT_KEY_INVALID, ENROLLMENT_KEY_EXPIRED, ENROLLMENT_KEY_REVOKED, ENROLLMENT_KEY_USED_UP ->
                "Ask for a new enrolment key.";
            case NOT_FOUND -> "Correct the address; lists show what there is.";
            case BUNDLE_WITHDRAWN, BUNDLE_QUARANTINED -> "Ask for the directive: it names what to run instead.";
            case PUBLICATION_WITHDRAWN -> "Publish the corrected fix under another publication name.";
            case METHOD_NOT_ALLOWED -> "Use a method that the Allow header names.";
            case NOT_ACCEPTABLE -> "Ask for application/json, or leave Accept out.";
            case LEVEL_CONFLICT, LEVEL_NOT_ABOVE_PUBLISHED -> "Build the bundle again with a higher level.";
            case KERNEL_CONFLICT -> "Make the bundle for the kernel as `rebootless kernel inspect` shows it.";
            case IDEMPOTENCY_KEY_IN_USE -> "Repeat the request in a second, with the same key.";
            case HOST_RETIRED -> "Enrol the host again.";
            case TOO_SLOW -> "Send the body without pauses, over a faster line.";
            case TOKEN_NOT_WANTED -> "Have an operator ask for a new token first.";
            case API_KEY_NAME_TAKEN -> "Choose another name, or revoke that key first.";
            case GROUP_IN_USE -> "Lift the holds first: `rebootless hold list` shows them.";
            case ROLLOUT_CONFLICT -> "`rebootless rollout show` tells where it stands.";
            case URI_TOO_LONG -> "Ask with fewer or shorter parameters.";
            case TOO_LARGE -> "Send less.";
            case UNSUPPORTED_MEDIA_TYPE -> "Send the content type that the operation takes.";
            case RANGE_NOT_SATISFIABLE -> "Ask for a range within the file, or for all of it.";
            case SIGNER_EXPIRED -> "Have the bundle signed with a certificate that is valid today.";
            case CVE_DROPPED -> "Name the CVE, or state in the manifest why it is dropped.";
            case IDEMPOTENCY_KEY_REUSED -> "Make up a new Idempotency-Key for a new request.";
            case TOO_MANY_FAILURES -> "Wait as long as Retry-After says, and show a key that the server knows.";
            case TOO_MANY_BODIES, TOO_MANY_DOWNLOADS, TOO_MANY_QUESTIONS, TOO_MANY_UPLOADS ->
                "Repeat it after the seconds that Retry-After says.";
            case TOO_MANY_REPORTS -> "Wait as long as Retry-After says, and report the newest state only.";
            case INTERNAL_ERROR -> "Look for the reference in the server's log, and report it.";
            case NO_PUBLISHERS -> "Put a publisher's certificate into the server's trust.d.";
            case STORAGE_UNAVAILABLE -> "Repeat it later; the server's log says what does not answer.";
            case STORAGE_FULL -> "Make room in the server's data directory.";
            default -> null;
        };
    }
}
