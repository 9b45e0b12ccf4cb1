package io.rebootless.agent.durable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** Folders that nobody else can change, nor exchange for another one. */
public final class OwnFolder {
    private static final int OTHERS_WRITE = 0022;
    private static final int OTHERS_ANYTHING = 0077;

    private static final int ROOT = 0;
    private static final int TYPE = 0170000;
    private static final int DIRECTORY = 0040000;
    private static final int STICKY = 01000;

    private OwnFolder() {}

    /** The first of it and those above it that others than its owner and root can change, or put another one in place of. */
    public static Optional<Path> changeable(Path folder, int owner) throws IOException {
        if (!is(folder, owner, OTHERS_WRITE)) {
            return Optional.of(folder);
        }
        Path parent = folder.toAbsolutePath().getParent();
        for (Path above = parent == null ? null : parent.toRealPath(); above != null; above = above.getParent()) {
            var inode = Inode.of(above);
            boolean others = (inode.mode() & OTHERS_WRITE) != 0 && (inode.mode() & STICKY) == 0;
            if ((inode.uid() != owner && inode.uid() != ROOT) || others) {
                return Optional.of(above);
            }
        }
        return Optional.empty();
    }

    /** Whether nobody but its owner can enter it. */
    public static boolean closed(Path folder, int owner) throws IOException {
        return is(folder, owner, OTHERS_ANYTHING);
    }

    /** A link to a folder is none. */
    private static boolean is(Path folder, int owner, int forbidden) throws IOException {
        var inode = Inode.of(folder);
        return (inode.mode() & TYPE) == DIRECTORY && inode.uid() == owner && (inode.mode() & forbidden) == 0;
    }

    /** What is there itself, not what it may point to. */
    private record Inode(int mode, int uid) {
        static Inode of(Path file) throws IOException {
            return new Inode((int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS), (int)
                    Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS));
        }
    }
}
