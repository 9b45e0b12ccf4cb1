package io.rebootless.trust;

import io.rebootless.bundle.BundleReader;
import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.TrustBundle;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The whole statement of whom a host trusts, usually {@code /etc/rebootless/trust.d}: publishers' certificates, how
 * many of them must sign, and the trust bundles that have changed both since. At boot the kernel module is told the
 * same, by {@code rebootless-seal}.
 *
 * @param path the directory
 * @param inForce where the certificates and the chain lead
 * @param chain the trust bundles in it, in the order of their levels
 */
public record TrustDirectory(Path path, TrustInForce inForce, List<TrustBundle> chain) {
    /** The file that says how many of the certificates' keys must have signed; 1 without it. */
    public static final String THRESHOLD = "threshold";

    private static final Pattern NUMBER = Pattern.compile("[1-9]|1[0-6]");

    public TrustDirectory {
        chain = List.copyOf(chain);
    }

    /**
     * Reads it. A file that is not what its name says is an error, and so is a broken chain: what cannot be understood
     * whole is not trusted in part.
     *
     * @throws IOException naming the file
     */
    public static TrustDirectory load(Path path) throws IOException {
        var sealed = TrustedPublishers.load(path, threshold(path));
        var chain = chain(path);
        var replayed = TrustChain.replay(sealed, chain);
        if (replayed instanceof TrustChain.Broken broken) {
            throw new IOException(
                    "%s: %s A chain of trust bundles starts from the certificates beside it: put back those that it started from, or remove the chain."
                            .formatted(
                                    path.resolve(fileName(broken.at().header().level())),
                                    broken.refusal().message()));
        }
        return new TrustDirectory(path, ((TrustChain.Whole) replayed).inForce(), chain);
    }

    /** The one name of a trust bundle of this level: names sort as levels do. */
    public static String fileName(long level) {
        return "trust-%020d.rlb".formatted(level);
    }

    /** Where a trust bundle of this level is, or belongs. */
    public Path file(long level) {
        return path.resolve(fileName(level));
    }

    private static int threshold(Path path) throws IOException {
        Path file = path.resolve(THRESHOLD);
        Optional<String> text = text(file);
        if (text.isEmpty()) {
            return 1;
        }
        if (!NUMBER.matcher(text.get()).matches()) {
            throw new IOException(
                    "%s: expected how many publishers must sign, 1 to 16, found \"%s\"".formatted(file, text.get()));
        }
        return Integer.parseInt(text.get());
    }

    private static Optional<String> text(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            // Never more of it than a number has: whatever the file is.
            return Optional.of(new String(in.readNBytes(64), StandardCharsets.ISO_8859_1).strip());
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    private static List<TrustBundle> chain(Path path) throws IOException {
        var files = new ArrayList<Path>();
        try (var listed = Files.newDirectoryStream(path, "*.rlb")) {
            listed.forEach(files::add);
        }
        files.sort(null);
        var chain = new ArrayList<TrustBundle>();
        for (Path file : files) {
            chain.add(read(file));
        }
        return chain;
    }

    private static TrustBundle read(Path file) throws IOException {
        TrustBundle bundle;
        try (var in = new BufferedInputStream(Files.newInputStream(file))) {
            bundle = BundleReader.readTrust(in);
        } catch (RefusedException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
        String name = fileName(bundle.header().level());
        if (!file.endsWith(name)) {
            throw new IOException("%s: a trust bundle of level %d; here it must be named %s"
                    .formatted(file, bundle.header().level(), name));
        }
        return bundle;
    }
}
