package io.rebootless.agent.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Which certificate authorities vouch for servers: the administrator's own for the patch server; for a blob store that
 * the server points to, the public ones as well (what comes from there is known by its digest).
 */
public final class Tls {
    private final Optional<List<X509Certificate>> own;
    private final X509TrustManager trust;
    private final SSLSocketFactory server;

    private Tls(Optional<List<X509Certificate>> own, Collection<X509Certificate> authorities) throws IOException {
        this.own = own;
        this.trust = trust(authorities);
        this.server = factory(trust);
    }

    /** Trusts those that Java knows. */
    public static Tls publicOnes() throws IOException {
        return new Tls(Optional.empty(), known());
    }

    /** Trusts the certificates in a PEM file, or, without one, those that Java knows. */
    public static Tls of(Optional<Path> ca) throws IOException {
        if (ca.isEmpty()) {
            return publicOnes();
        }
        try {
            return of(Files.readAllBytes(ca.get()), ca.get().toString());
        } catch (NoSuchFileException e) {
            throw new IOException(ca.get() + " is not there: it should hold the CA of the server's certificate", e);
        }
    }

    /**
     * Trusts these certificates.
     *
     * @param pem one or more
     * @param origin where they come from, for messages
     */
    public static Tls of(byte[] pem, String origin) throws IOException {
        var certificates = read(pem, origin);
        return new Tls(Optional.of(certificates), certificates);
    }

    SSLSocketFactory server() {
        return server;
    }

    SSLSocketFactory elsewhere() throws IOException {
        if (own.isEmpty()) {
            return server;
        }
        var all = new ArrayList<>(known());
        all.addAll(own.get());
        return factory(trust(all));
    }

    /** Whether none of the certificates is a server's, or anybody else's who may not issue any. */
    public boolean onlyAuthorities() {
        return own.orElse(List.of()).stream().allMatch(certificate -> certificate.getBasicConstraints() >= 0);
    }

    /** Whether a server that shows this chain would be believed, but for its name. */
    public boolean vouchesFor(List<X509Certificate> chain) {
        try {
            trust.checkServerTrusted(chain.toArray(X509Certificate[]::new), "UNKNOWN");
            return true;
        } catch (CertificateException | IllegalArgumentException e) {
            return false;
        }
    }

    private static List<X509Certificate> read(byte[] pem, String origin) throws IOException {
        try {
            var found = new ArrayList<X509Certificate>();
            for (var certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem))) {
                found.add((X509Certificate) certificate);
            }
            if (!found.isEmpty()) {
                return found;
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(origin + " holds no certificate in PEM", e);
        }
        throw new IOException(origin + " holds no certificate in PEM");
    }

    private static List<X509Certificate> known() throws IOException {
        try {
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            var found = new ArrayList<X509Certificate>();
            for (var manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager x509) {
                    found.addAll(List.of(x509.getAcceptedIssuers()));
                }
            }
            return found;
        } catch (GeneralSecurityException e) {
            throw new IOException("this Java has no certificate authorities", e);
        }
    }

    private static X509TrustManager trust(Collection<X509Certificate> authorities) throws IOException {
        try {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (var authority : authorities) {
                store.setCertificateEntry("ca-" + store.size(), authority);
            }
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            for (var manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager x509) {
                    return x509;
                }
            }
            throw new IOException("TLS cannot be set up: this Java has no way to check certificates");
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private static SSLSocketFactory factory(X509TrustManager trust) throws IOException {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {trust}, null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    /** The authorities' names, for people. */
    @Override
    public String toString() {
        return own.map(certificates -> certificates.stream()
                        .map(certificate ->
                                certificate.getSubjectX500Principal().getName())
                        .collect(Collectors.joining("; ")))
                .orElse("those that Java knows");
    }
}
