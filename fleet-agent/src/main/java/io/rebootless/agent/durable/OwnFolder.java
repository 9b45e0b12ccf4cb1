package io.rebootless.agent.durable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** Folders that nobody else can change, nor exchange for another one. */
public final class OwnFolder {
    public static final int OTHERS_WRITE = 0022;
    public static final int OTHERS_ANYTHING = 0077;

    private static final int ROOT = 0;
    private static final int TYPE = 0170000;
    private static final int DIRECTORY = 0040000;
    private static final int STICKY = 01000;

    private OwnFolder() {}

    /** Whether it is a folder, not a link to one, of that user's, with none of the forbidden permissions. */
    public static boolean is(Path folder, int owner, int forbidden) throws IOException {
        var inode = Inode.of(folder);
        return (inode.mode() & TYPE) == DIRECTORY && inode.uid() == owner && (inode.mode() & forbidden) == 0;
    }

    /** The first of those above it that lets others put another one in its place. */
    public static Optional<Path> unsafeAbove(Path folder, int owner) throws IOException {
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

    /** What is there itself, not what it may point to. */
    private record Inode(int mode, int uid) {
        static Inode of(Path file) throws IOException {
            return new Inode((int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS), (int)
                    Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS));
        }
    }
}
