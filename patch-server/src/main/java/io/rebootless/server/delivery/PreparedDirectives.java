package io.rebootless.server.delivery;

import io.rebootless.bundle.Sha256;
import io.rebootless.wire.Directive;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.json.JsonMapper;

/** The answers to polls, each made once for a state of the catalogue: there are many hosts, and few things to tell them. */
final class PreparedDirectives {
    private final Map<Directive, Prepared> made = new ConcurrentHashMap<>();
    private final JsonMapper json;

    PreparedDirectives(JsonMapper json) {
        this.json = json;
    }

    Prepared of(Directive directive) {
        return made.computeIfAbsent(directive, this::prepare);
    }

    private Prepared prepare(Directive directive) {
        String order = "%s %s %s".formatted(directive.order(), directive.bundle(), directive.reason());
        String etag = "\"" + Sha256.of(order.getBytes(StandardCharsets.UTF_8)).brief() + "\"";
        return new Prepared(etag, json.writeValueAsBytes(directive));
    }

    /** An answer, ready to be sent. */
    static final class Prepared {
        private final String etag;
        private final byte[] body;

        private Prepared(String etag, byte[] body) {
            this.etag = etag;
            this.body = body;
        }

        /**
         * Names what the directive orders, not its generation: a publication for one kernel build does not make the
         * hosts of all others fetch theirs again.
         */
        String etag() {
            return etag;
        }

        int length() {
            return body.length;
        }

        void writeTo(OutputStream out) throws IOException {
            out.write(body);
        }
    }
}
