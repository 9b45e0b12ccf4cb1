package io.rebootless.agent.preflight;

import io.rebootless.bundle.BundleFormat;
import java.util.Optional;

/**
 * Room for bundles, state and journal.
 *
 * @param directory the state directory
 * @param usable bytes there; absent if that cannot be told
 * @param readOnly whether its file system is
 */
record DiskSpace(String directory, Optional<Long> usable, boolean readOnly) implements Check {
    private static final long MEBI = 1024L * 1024;

    /** The largest bundle, and what the agent leaves free beside it. */
    static final long NEEDED = BundleFormat.MAX_FILE_BYTES + 16 * MEBI;

    /** Two bundles, the one in force and the next, and somebody else who writes. */
    static final long COMFORTABLE = 4 * NEEDED;

    @Override
    public String name() {
        return "disk";
    }

    @Override
    public Finding judge() {
        if (readOnly) {
            return blocked(
                    directory + " is on a read-only file system",
                    "Mount a file system there that can be written and survives reboots.");
        }
        if (usable.isEmpty()) {
            return unseen(
                    "the room for %s is not known: its file system cannot be looked at".formatted(directory),
                    "Run preflight as root, and in a chroot with /proc mounted.");
        }
        String words = "%d MiB free for %s".formatted(usable.get() / MEBI, directory);
        if (usable.get() < NEEDED) {
            return blocked(words, "Make room: %d MiB hold the largest bundle.".formatted(NEEDED / MEBI + 1));
        }
        return usable.get() < COMFORTABLE
                ? attention(
                        words, "Make room: %d MiB hold two bundles beside others' files.".formatted(COMFORTABLE / MEBI))
                : ready(words);
    }
}
