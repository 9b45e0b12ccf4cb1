package io.rebootless.agent.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Which certificate authorities vouch for servers: the administrator's own for the patch server; for a blob store that
 * the server points to, the public ones as well (what comes from there is known by its digest).
 */
public final class Tls {
    private final Optional<List<X509Certificate>> own;
    private final SSLSocketFactory server;

    private Tls(Optional<List<X509Certificate>> own, SSLSocketFactory server) {
        this.own = own;
        this.server = server;
    }

    /** Trusts the certificates in a PEM file, or, without one, those that Java knows. */
    public static Tls of(Optional<Path> ca) throws IOException {
        if (ca.isEmpty()) {
            return new Tls(Optional.empty(), factory(publicOnes()));
        }
        var certificates = read(ca.get());
        return new Tls(Optional.of(certificates), factory(certificates));
    }

    SSLSocketFactory server() {
        return server;
    }

    SSLSocketFactory elsewhere() throws IOException {
        if (own.isEmpty()) {
            return server;
        }
        var all = new ArrayList<>(publicOnes());
        all.addAll(own.get());
        return factory(all);
    }

    private static List<X509Certificate> read(Path file) throws IOException {
        try {
            var found = new ArrayList<X509Certificate>();
            for (var certificate : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)))) {
                found.add((X509Certificate) certificate);
            }
            if (!found.isEmpty()) {
                return found;
            }
        } catch (NoSuchFileException e) {
            throw new IOException(file + " is not there: it should hold the CA of the server's certificate", e);
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " holds no certificate in PEM", e);
        }
        throw new IOException(file + " holds no certificate in PEM");
    }

    private static List<X509Certificate> publicOnes() throws IOException {
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

    private static SSLSocketFactory factory(Collection<X509Certificate> authorities) throws IOException {
        try {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (var authority : authorities) {
                store.setCertificateEntry("ca-" + store.size(), authority);
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }
}
