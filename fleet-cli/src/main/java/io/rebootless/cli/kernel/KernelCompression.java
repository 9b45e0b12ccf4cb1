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
    /** The frame that {@code lz4 -l} writes and only kernels still use: a mark, then blocks of up to 8 MiB each. */
    private static final int LZ4_LEGACY = 0x184c2102;

    private KernelCompression() {}

    static InputStream decompress(byte[] compressed) throws IOException, CompressorException {
        var in = ByteBuffer.wrap(compressed).order(ByteOrder.LITTLE_ENDIAN);
        int mark = compressed.length < 4 ? 0 : in.getInt();
        return mark == LZ4_LEGACY
                ? lz4Legacy(in, compressed)
                : new CompressorStreamFactory().createCompressorInputStream(new ByteArrayInputStream(compressed));
    }

    /** Four bytes with the kernel's size follow the last block; they are no block. */
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
