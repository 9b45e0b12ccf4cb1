package io.rebootless.agent.preflight;

import io.rebootless.agent.kernel.LivepatchKernel;
import io.rebootless.agent.settings.Loader;
import io.rebootless.trust.TrustDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What of the system around the kernel the agent depends on. */
final class SystemLook {
    private final HostFiles files;
    private final Path trustDirectory;
    private final Path stateDirectory;

    SystemLook(HostFiles files, Path trustDirectory, Path stateDirectory) {
        this.files = files;
        this.trustDirectory = trustDirectory;
        this.stateDirectory = stateDirectory;
    }

    TrustSealed trust(LivepatchKernel kernel) {
        Optional<Integer> publishers = Optional.empty();
        Optional<String> fault = Optional.empty();
        if (!HostFiles.names(trustDirectory).orElse(List.of()).isEmpty()) {
            try {
                publishers = Optional.of(TrustDirectory.load(trustDirectory)
                        .inForce()
                        .publishers()
                        .certificates()
                        .size());
            } catch (IOException e) {
                fault = Optional.of(String.valueOf(e.getMessage()));
            }
        }
        boolean direct = kernel.loader() == Loader.DIRECT;
        boolean loaded =
                HostFiles.names(files.sysfs().resolve("kernel/rebootless")).isPresent();
        return new TrustSealed(trustDirectory.toString(), publishers, fault, !direct, loaded, sealed(kernel));
    }

    private static Optional<Boolean> sealed(LivepatchKernel kernel) {
        try {
            return kernel.trust().map(trust -> trust.sealed());
        } catch (AccessDeniedException notRoot) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(false);
        }
    }

    /** Where the directory is, or would be made. */
    DiskSpace disk() {
        Path existing = stateDirectory.toAbsolutePath();
        while (!Files.isDirectory(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        try {
            var store = Files.getFileStore(existing);
            return new DiskSpace(stateDirectory.toString(), Optional.of(store.getUsableSpace()), store.isReadOnly());
        } catch (IOException e) {
            return new DiskSpace(stateDirectory.toString(), Optional.empty(), false);
        }
    }

    ClockPlausible clock(Instant now, String version, Optional<Path> ca) {
        var authorities = new ArrayList<ClockPlausible.Authority>();
        if (ca.isPresent()) {
            try (InputStream in = Files.newInputStream(ca.get())) {
                for (var one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                    if (one instanceof X509Certificate x509) {
                        authorities.add(new ClockPlausible.Authority(
                                x509.getSubjectX500Principal().getName(),
                                x509.getNotBefore().toInstant(),
                                x509.getNotAfter().toInstant()));
                    }
                }
            } catch (IOException | CertificateException e) {
                // Whoever asks the server with it says what is wrong with the file.
                authorities.clear();
            }
        }
        return new ClockPlausible(now, version, authorities);
    }

    SystemdRuns systemd(Loader loader) {
        return new SystemdRuns(files.there("run/systemd/system"), loader);
    }

    JavaRuntime java() {
        Path home = Path.of(System.getProperty("java.home", ""));
        return new JavaRuntime(System.getProperty("java.version", "unknown"), home.toString(), packaged(home));
    }

    /** The package has its own in {@code runtime/}, beside the agent's jar. */
    private static boolean packaged(Path home) {
        try {
            var source = SystemLook.class.getProtectionDomain().getCodeSource();
            Path jar = source == null ? null : Path.of(source.getLocation().toURI());
            Path own = jar == null ? null : jar.resolveSibling("runtime");
            return own != null && Files.exists(own) && Files.isSameFile(own, home);
        } catch (URISyntaxException | IOException e) {
            return false;
        }
    }
}
