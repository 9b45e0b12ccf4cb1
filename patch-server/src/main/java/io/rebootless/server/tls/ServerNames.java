package io.rebootless.server.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.util.IPAddress;

/**
 * The names and addresses by which the server is reached.
 *
 * @param names configured ones first, then the machine's own, then the loopback's
 */
record ServerNames(List<String> names) {
    private static final Path HOSTNAME = Path.of("/proc/sys/kernel/hostname");

    static ServerNames of(List<String> configured) {
        var names = new LinkedHashSet<>(configured);
        try {
            // The kernel's word: asking the resolver can hang for seconds.
            String own = Files.readString(HOSTNAME).strip();
            if (own.matches("[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")) {
                names.add(own);
            }
        } catch (IOException e) {
            // A machine without a name is reached by the configured ones.
        }
        names.addAll(List.of("localhost", "127.0.0.1", "::1"));
        return new ServerNames(List.copyOf(names));
    }

    GeneralNames alternativeNames() {
        return new GeneralNames(names.stream()
                .map(name ->
                        new GeneralName(IPAddress.isValid(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
                .toArray(GeneralName[]::new));
    }

    /** Whether the certificate is good for every name. */
    boolean coveredBy(X509Certificate certificate) {
        try {
            var entries = certificate.getSubjectAlternativeNames();
            if (entries == null) {
                return false;
            }
            Set<String> covered = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
            for (List<?> entry : entries) {
                covered.add(String.valueOf(entry.get(1)));
            }
            return names.stream().allMatch(name -> covered.stream().anyMatch(other -> same(name, other)));
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    /** Two ways to write one address are equal. */
    private static boolean same(String name, String other) {
        if (name.equalsIgnoreCase(other)) {
            return true;
        }
        return IPAddress.isValid(name)
                && IPAddress.isValid(other)
                && address(name).equals(address(other));
    }

    /** Asks no resolver: an address is only parsed. */
    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(literal, e);
        }
    }
}
