package io.rebootless.agent.probe;

import io.rebootless.agent.durable.Listing;
import io.rebootless.agent.log.EventLog;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The programs in the probes' directory, run one after another in the order of their names. Whatever is not certainly
 * meant by root to run is a failure, never passed over: a probe that is not run would have been one that passes.
 */
public final class Probes {
    public static final String FAILED = "probe-failed";
    public static final String UNFIT = "probe-unfit";

    private static final Set<PosixFilePermission> OTHERS_WRITE =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private final Path directory;
    private final int owner;
    private final Duration timeout;
    private final Path proc;

    /** When probes are run. */
    public enum Phase {
        /** The first time after the transition. */
        APPLIED,
        /** Again, during the soak and at its end. */
        SOAKING
    }

    /**
     * @param directory need not be there: then there are no probes
     * @param owner the user id that all of it must belong to: root's, but for tests
     * @param timeout after which a probe is ended, with all that it has started
     * @param proc {@code /proc}
     */
    public Probes(Path directory, int owner, Duration timeout, Path proc) {
        this.directory = directory;
        this.owner = owner;
        this.timeout = timeout;
        this.proc = proc;
    }

    /** Why probes could not be run as they are now. */
    public Optional<Failure> unfit() {
        try {
            list();
            return Optional.empty();
        } catch (UnfitException e) {
            return Optional.of(EventLog.failure(UNFIT, e.getMessage()));
        }
    }

    /**
     * Runs all of them, or as many as it takes for one to fail.
     *
     * @param bundle what is in force
     * @return why the bundle must go; empty if all have passed
     */
    public Optional<Failure> run(BundleReference bundle, Phase phase) throws InterruptedException {
        var environment = Map.of(
                "REBOOTLESS_LEVEL",
                Long.toString(bundle.level()),
                "REBOOTLESS_PUBLICATION",
                bundle.publication(),
                "REBOOTLESS_PHASE",
                phase.name().toLowerCase(Locale.ROOT));
        try {
            for (Path probe : list()) {
                var failed = new ProbeRun(probe, environment, timeout, proc).failure();
                if (failed.isPresent()) {
                    return failed.map(
                            words -> EventLog.failure(FAILED, "probe %s %s".formatted(probe.getFileName(), words)));
                }
            }
            return Optional.empty();
        } catch (UnfitException e) {
            return Optional.of(EventLog.failure(FAILED, e.getMessage()));
        }
    }

    private List<Path> list() throws UnfitException {
        try {
            var probes = Listing.of(directory).stream()
                    .filter(file -> !String.valueOf(file.getFileName()).startsWith("."))
                    .toList();
            mustBeOurs(directory);
            for (Path probe : probes) {
                mustBeProgram(probe);
            }
            return probes;
        } catch (NoSuchFileException none) {
            if (Files.notExists(directory, LinkOption.NOFOLLOW_LINKS)) {
                return List.of();
            }
            throw new UnfitException("%s has changed while it was read".formatted(directory));
        } catch (IOException e) {
            throw new UnfitException("%s cannot be read: %s".formatted(directory, e));
        }
    }

    private void mustBeProgram(Path probe) throws IOException, UnfitException {
        if (!Files.isRegularFile(probe, LinkOption.NOFOLLOW_LINKS)) {
            throw new UnfitException(probe + " is not a regular file; put the program itself there");
        }
        mustBeOurs(probe);
        if (!Files.getPosixFilePermissions(probe).contains(PosixFilePermission.OWNER_EXECUTE)) {
            throw new UnfitException(
                    "%s is not executable; `chmod 755` it if it is a probe, or remove it".formatted(probe));
        }
    }

    private void mustBeOurs(Path path) throws IOException, UnfitException {
        var uid = Files.readAttributes(path, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                .get("uid");
        if (!Integer.valueOf(owner).equals(uid)) {
            throw new UnfitException(
                    "%s belongs to user %s, and what it says would be run as root; `chown root` it, or remove it"
                            .formatted(path, uid));
        }
        var permissions = Files.getPosixFilePermissions(path);
        if (OTHERS_WRITE.stream().anyMatch(permissions::contains)) {
            throw new UnfitException(
                    "%s can be written by others than its owner, and what it says would be run as root; `chmod go-w` it"
                            .formatted(path));
        }
    }

    /** Something in the directory must not, or cannot, be run. */
    private static final class UnfitException extends Exception {
        private static final long serialVersionUID = 1;

        private UnfitException(String message) {
            super(message);
        }
    }
}
