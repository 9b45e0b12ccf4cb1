package io.rebootless.cli.catalog;

import io.rebootless.cli.Output;
import io.rebootless.wire.Publication;
import io.rebootless.wire.PublicationState;
import io.rebootless.wire.Withdrawal;
import java.io.PrintWriter;
import java.util.List;

/** How people read a publication. */
final class PublicationText {
    private PublicationText() {}

    static void list(List<Publication> publications, PrintWriter out) {
        out.println("%-28s %-10s %s".formatted("NAME", "STATE", "BUNDLES"));
        publications.forEach(publication -> line(publication, out));
    }

    private static void line(Publication publication, PrintWriter out) {
        long good = publication.bundles().stream()
                .filter(build -> build.state() == PublicationState.PUBLISHED)
                .count();
        out.println("%-28s %-10s %d of %d bundles published"
                .formatted(
                        publication.name(),
                        Output.word(publication.state()),
                        good,
                        publication.bundles().size()));
    }

    static void whole(Publication publication, PrintWriter out) {
        line(publication, out);
        publication
                .bundles()
                .forEach(build -> out.println("  %-28s level %-6d %-10s %s"
                        .formatted(
                                build.kernel().release(),
                                build.level(),
                                Output.word(build.state()),
                                build.identity())));
        Withdrawal withdrawal = publication.withdrawal();
        if (withdrawal != null) {
            out.println("withdrawn %s by %s: %s".formatted(withdrawal.at(), withdrawal.by(), withdrawal.reason()));
        }
    }
}
