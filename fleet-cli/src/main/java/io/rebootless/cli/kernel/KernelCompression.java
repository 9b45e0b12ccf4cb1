package io.rebootless.cli.kernel;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;
import org.apache.commons.compress.compressors.lz4.BlockLZ4CompressorInputStream;

/** The ways in which kernels are compressed (CONFIG_KERNEL_XZ, _GZIP, _BZIP2, _LZMA, _ZSTD and _LZ4). */
final class KernelCompression {
    private static final int ZSTD = 0xfd2fb528;

    /** The frame that {@code lz4 -l} writes and only kernels still use: a mark, then blocks of up to 8 MiB each. */
    private static final int LZ4_LEGACY = 0x184c2102;

    private KernelCompression() {}

    static InputStream decompress(byte[] compressed) throws IOException, CompressorException {
        var in = ByteBuffer.wrap(compressed).order(ByteOrder.LITTLE_ENDIAN);
        int mark = compressed.length < 4 ? 0 : in.getInt();
        if (mark == LZ4_LEGACY) {
            return lz4Legacy(in, compressed);
        }
        // The build appends the kernel's size in four bytes (scripts/Makefile.lib, size_append). Other decompressors
        // stop at the end of the stream, but Zstandard's would take them for another frame.
        int length = compressed.length - (mark == ZSTD ? Integer.BYTES : 0);
        return new CompressorStreamFactory()
                .createCompressorInputStream(new ByteArrayInputStream(compressed, 0, length));
    }

    /** What remains after the last block is the kernel's size. */
    private static InputStream lz4Legacy(ByteBuffer in, byte[] compressed) throws IOException {
        var out = new ByteArrayOutputStream();
        while (in.remaining() > 4) {
            int size = in.getInt();
            if (size <= 0 || size > in.remaining()) {
                throw new IOException("an LZ4 block that is longer than the file");
            }
            try (var block =
                    new BlockLZ4CompressorInputStream(new ByteArrayInputStream(compressed, in.position(), size))) {
                block.transferTo(out);
            }
            in.position(in.position() + size);
        }
        return new ByteArrayInputStream(out.toByteArray());
    }
}
