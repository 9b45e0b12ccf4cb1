package io.rebootless.cli.tls;

import io.rebootless.cli.Output;
import io.rebootless.wire.ServerTls;
import io.rebootless.wire.ServerTls.Authority;
import io.rebootless.wire.ServerTls.Generation;
import io.rebootless.wire.ServerTls.Mode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** How a server stands, in lines for people. */
final class TlsText {
    private TlsText() {}

    static List<String> lines(ServerTls tls) {
        var lines = new ArrayList<String>();
        lines.add(
                switch (tls.mode()) {
                    case OWN_CA -> "certificate  by the server's own authority, until " + tls.certificateEnds();
                    case FILES -> "certificate  from files, until " + tls.certificateEnds();
                    case SPRING -> "certificate  as server.ssl.* says";
                    case OFF -> "certificate  none: plain HTTP";
                });
        tls.authorities().stream()
                .sorted(Comparator.comparing(Authority::own).reversed().thenComparing(Authority::generation))
                .map(TlsText::line)
                .forEach(lines::add);
        if (tls.mode() == Mode.OWN_CA) {
            hosts(tls, lines);
        }
        return lines;
    }

    private static String line(Authority authority) {
        return "%-12s %s, until %s%n             %s%s"
                .formatted(
                        Output.word(authority.generation()),
                        authority.subject(),
                        authority.ends(),
                        authority.fingerprint(),
                        authority.own() ? "" : "  (of server %s)".formatted(authority.server()));
    }

    private static void hosts(ServerTls tls, List<String> lines) {
        var hosts = tls.hosts();
        if (hosts.total() == 0) {
            lines.add("hosts        none is enrolled");
        } else {
            lines.add("hosts        %d of %d trust all of these; %d that answer do not, nor do %d silent ones"
                    .formatted(hosts.ready(), hosts.total(), hosts.waiting(), hosts.silent()));
        }
        hosts.missing()
                .forEach(host ->
                        lines.add("             %s%s".formatted(host.hostname(), host.silent() ? " (silent)" : "")));
        int named = hosts.missing().size();
        if (named < hosts.waiting() + hosts.silent()) {
            lines.add("             and %d more".formatted(hosts.waiting() + hosts.silent() - named));
        }
        boolean next = tls.authorities().stream()
                .anyMatch(authority -> authority.own() && authority.generation() == Generation.NEXT);
        if (next) {
            lines.add(
                    "switch       from %s on by itself, when every host that answers is ready; before: rebootless tls switch"
                            .formatted(tls.switchFrom()));
            lines.add("             Copies of the CA that people hold: rebootless tls fetch-ca -o FILE");
        }
    }
}
