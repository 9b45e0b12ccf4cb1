package io.rebootless.guest;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A disk that outlives its guests: an ext4 file system in a sparse file.
 *
 * <p>A {@linkplain Guest#powerCut power cut} loses what the guest had not yet written to the disk, as it would on a
 * machine. What the disk was given, it keeps.
 *
 * @param image the file
 */
public record Disk(Path image) {
    /** Makes an empty disk. */
    public static Disk create(Path image, int megabytes) {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(megabytes * 1024L * 1024);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        HostCommand.output(Duration.ofMinutes(2), List.of("/sbin/mke2fs", "-q", "-F", "-t", "ext4", image.toString()));
        return new Disk(image);
    }
}
