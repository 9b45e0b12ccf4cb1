package io.rebootless.cli.fleet;

import java.net.URI;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * What is pasted into a host's terminal, as root or by somebody who may sudo. All of it is public: the enrolment key is
 * asked for, or read from a file of the host. A shell reads it to the end before it runs any of it, so that nothing
 * pasted is taken for the key; nothing in it means another thing to dash than to bash.
 *
 * @param server as hosts reach it
 * @param authorities of its certificate; empty for those that hosts trust anyway
 * @param publishers whose livepatches hosts take
 * @param threshold how many of them must have signed; absent for what the host has
 * @param keyFile where on the host the key is; absent to be asked for it
 * @param sums SHA-256 sums of the packages and of the install script, as sha256sum writes them; empty to believe the
 *     server
 */
record InstallBlock(
        URI server,
        List<X509Certificate> authorities,
        List<X509Certificate> publishers,
        Optional<Integer> threshold,
        Optional<String> keyFile,
        List<String> sums) {
    private static final String SCRIPT = "agent.sh";
    private static final String END = "REBOOTLESS";

    String text() {
        String base = server.toString().replaceAll("/+$", "");
        var lines = new ArrayList<>(List.of(
                "(",
                "set -eu",
                "umask 077",
                "dir=$(mktemp -d)",
                "trap 'rm -rf \"$dir\"' EXIT",
                "trap 'exit 1' HUP INT TERM"));
        var words = new ArrayList<>(List.of("--server", quoted(base)));
        var curl = "curl -fsS --proto =https --connect-timeout 20 --max-time 120";
        if (!authorities.isEmpty()) {
            file(lines, "ca.pem", pem(authorities));
            curl += " --cacert \"$dir/ca.pem\"";
            words.addAll(List.of("--ca", "\"$dir/ca.pem\""));
        }
        for (int i = 0; i < publishers.size(); i++) {
            String name = "publisher-" + (i + 1) + ".pem";
            file(lines, name, pem(publishers.subList(i, i + 1)));
            words.addAll(List.of("--publisher", "\"$dir/" + name + "\""));
        }
        threshold.ifPresent(signers -> words.addAll(List.of("--threshold", signers.toString())));
        keyFile.ifPresent(file -> words.addAll(List.of("--key-file", quoted(file))));
        lines.add("%s -o \"$dir/%s\" %s".formatted(curl, SCRIPT, quoted(base + "/install/" + SCRIPT)));
        if (!sums.isEmpty()) {
            file(lines, "SHA256SUMS", sums);
            lines.add("(cd \"$dir\" && grep ' %s$' SHA256SUMS | sha256sum -c -)".formatted(SCRIPT));
            words.addAll(List.of("--sums", "\"$dir/SHA256SUMS\""));
        }
        lines.add("as=");
        lines.add("[ \"$(id -u)\" = 0 ] || as=sudo");
        lines.add("$as sh \"$dir/%s\" %s".formatted(SCRIPT, String.join(" ", words)));
        lines.add(")");
        return String.join("\n", lines) + "\n";
    }

    private static void file(List<String> lines, String name, List<String> content) {
        lines.add("cat >\"$dir/" + name + "\" <<'" + END + "'");
        lines.addAll(content);
        lines.add(END);
    }

    /** Encoded anew: nothing but certificates gets from a file into what people run. */
    private static List<String> pem(List<X509Certificate> certificates) {
        var lines = new ArrayList<String>();
        for (X509Certificate certificate : certificates) {
            lines.add("-----BEGIN CERTIFICATE-----");
            lines.addAll(Base64.getMimeEncoder(64, new byte[] {'\n'})
                    .encodeToString(der(certificate))
                    .lines()
                    .toList());
            lines.add("-----END CERTIFICATE-----");
        }
        return lines;
    }

    private static byte[] der(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("it was read from its encoding", e);
        }
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
