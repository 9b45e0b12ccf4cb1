package io.rebootless.server.delivery;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.catalog.CatalogSnapshot;
import io.rebootless.wire.Directive;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** The answers to all polls, made once for each state of the catalogue. */
final class PreparedDirectives {
    private final Map<KernelBuild, Prepared> byKernel;
    private final Prepared nothing;

    PreparedDirectives(CatalogSnapshot catalog, JsonMapper json) {
        var prepared = new HashMap<KernelBuild, Prepared>();
        for (KernelBuild kernel : catalog.kernels()) {
            prepared.put(kernel, prepare(DirectiveRule.of(catalog, kernel), json));
        }
        this.byKernel = Map.copyOf(prepared);
        this.nothing = prepare(DirectiveRule.nothing(catalog), json);
    }

    Prepared forKernel(KernelBuild kernel) {
        return byKernel.getOrDefault(kernel, nothing);
    }

    private static Prepared prepare(Directive directive, JsonMapper json) {
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
