package io.rebootless.kernel;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The ELF notes that a kernel shows in {@code /sys/kernel/notes}: bare notes without an ELF file around them, so that
 * no ELF library reads them (elf(5), "Notes").
 */
public final class KernelNotes {
    private static final int NT_GNU_BUILD_ID = 3;

    private KernelNotes() {}

    /**
     * The GNU build-id among the notes.
     *
     * @param notes the bytes of {@code /sys/kernel/notes} or of an ELF {@code .notes} section, little-endian
     * @return empty if there is none or the notes are damaged before it
     */
    public static Optional<BuildId> buildId(byte[] notes) {
        var in = ByteBuffer.wrap(notes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            while (in.remaining() >= 12) {
                int nameSize = in.getInt();
                int descriptorSize = in.getInt();
                int type = in.getInt();
                byte[] name = padded(in, nameSize);
                byte[] descriptor = padded(in, descriptorSize);
                if (type == NT_GNU_BUILD_ID && new String(name, StandardCharsets.US_ASCII).equals("GNU\0")) {
                    return descriptor.length >= BuildId.MIN_BYTES && descriptor.length <= BuildId.MAX_BYTES
                            ? Optional.of(BuildId.of(descriptor))
                            : Optional.empty();
                }
            }
        } catch (BufferUnderflowException damaged) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    /** Reads {@code size} bytes and skips the padding to the next multiple of four. */
    private static byte[] padded(ByteBuffer in, int size) {
        if (size < 0 || size > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[size];
        in.get(bytes);
        in.position(Math.min(in.limit(), in.position() + (-size & 3)));
        return bytes;
    }
}
