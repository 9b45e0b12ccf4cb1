package io.rebootless.cli.patch;

import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.SignedFile;
import io.rebootless.cli.OutputFile;
import io.rebootless.cli.bundle.BundleFiles;
import io.rebootless.cli.patch.PatchDefinition.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code good/level-N}: the bundles of a level that were seen to work, and nothing else, so that whoever signs all of them
 * signs nothing that was not seen.
 */
final class GoodBundles {
    private static final Pattern LEVEL = Pattern.compile("level-([1-9][0-9]{0,17})");

    private final PatchDirectory patch;

    GoodBundles(PatchDirectory patch) {
        this.patch = patch;
    }

    /** Puts a kernel build's bundle there; one that is there with signatures stays as it is. */
    void put(Target kernel, SignedFile bundle) throws IOException, RefusedException {
        Path good = patch.good(kernel);
        if (Files.exists(good) && BundleFiles.readDraft(good).identity().equals(bundle.identity())) {
            return;
        }
        Files.createDirectories(patch.good());
        OutputFile.create(good, true, out -> Files.copy(patch.bundle(kernel), out));
    }

    /** Whether each of these kernel builds' bundles has a signature. */
    boolean signed(List<Target> kernels) throws IOException, RefusedException {
        for (Target kernel : kernels) {
            if (!signed(patch.good(kernel))) {
                return false;
            }
        }
        return true;
    }

    /** Whether a bundle is there and somebody has signed it: it may be out then. */
    static boolean signed(Path file) throws IOException, RefusedException {
        return Files.exists(file) && !BundleFiles.readDraft(file).signatures().isEmpty();
    }

    /** Takes a kernel build's bundle away: it is not good, or not known to be. */
    void remove(Target kernel) throws IOException, RefusedException {
        removeUnsigned(patch.good(kernel));
    }

    /**
     * Takes away what is for no kernel build of the patch any more.
     *
     * @return what is signed, and left
     */
    List<Path> prune() throws IOException, RefusedException {
        var left = new ArrayList<Path>();
        if (!Files.isDirectory(patch.good())) {
            return left;
        }
        var wanted = patch.definition().kernels().stream().map(patch::good).toList();
        try (Stream<Path> files = Files.list(patch.good())) {
            for (Path file : files.filter(one -> !wanted.contains(one)).sorted().toList()) {
                if (!removeUnsigned(file)) {
                    left.add(file);
                }
            }
        }
        return left;
    }

    /** Answers whether it is gone: a signature cannot be had back. */
    private static boolean removeUnsigned(Path file) throws IOException, RefusedException {
        if (signed(file)) {
            return false;
        }
        Files.deleteIfExists(file);
        return true;
    }

    /** The bundle of the highest level below this one that is there for a kernel build; empty if there is none. */
    Optional<Path> before(Target kernel) throws IOException {
        Path levels = patch.levels();
        if (!Files.isDirectory(levels)) {
            return Optional.empty();
        }
        var found = new TreeMap<Long, Path>();
        try (Stream<Path> folders = Files.list(levels)) {
            for (Path folder : folders.toList()) {
                var name = LEVEL.matcher(folder.getFileName().toString());
                if (name.matches()
                        && Long.parseLong(name.group(1)) < patch.definition().level()) {
                    long level = Long.parseLong(name.group(1));
                    found.put(level, folder.resolve(patch.definition().bundleName(level, kernel)));
                }
            }
        }
        return found.descendingMap().values().stream().filter(Files::exists).findFirst();
    }
}
