package io.rebootless.bundle;

import static io.rebootless.bundle.BundleFormat.*;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** The header's 512 bytes. Fields are checked in the order in which they stand: the first wrong one is named. */
final class HeaderCodec {
    private static final Pattern TEXT = Pattern.compile("[\\x20-\\x7e]+");
    private static final Pattern WORD = Pattern.compile("[\\x21-\\x7e&&[^/]]+");

    private HeaderCodec() {}

    static byte[] encode(BundleHeader header) {
        var out = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        byte[] buildId = header.kernel().buildId().bytes();
        out.put(MAGIC)
                .putShort((short) VERSION)
                .putShort((short) header.kind().code())
                .putInt(header.downgradeSafe() ? FLAG_DOWNGRADE_SAFE : 0)
                .putLong(header.level())
                .putLong(header.floor())
                .putInt(header.manifestSize())
                .putInt(header.imageSize())
                .putInt(buildId.length)
                .put(buildId)
                .put(AT_RELEASE, header.kernel().release().getBytes(US_ASCII))
                .put(AT_KERNEL_VERSION, header.kernel().version().getBytes(US_ASCII))
                .put(AT_MACHINE, header.kernel().machine().getBytes(US_ASCII))
                .put(AT_MODULE, header.module().getBytes(US_ASCII));
        return out.array();
    }

    static BundleHeader decode(byte[] bytes) throws RefusedException {
        var in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = Arrays.copyOf(bytes, MAGIC.length);
        refuseUnless(
                Arrays.equals(magic, MAGIC),
                new Refusal.BadMagic(
                        HexFormat.of().formatHex(MAGIC), HexFormat.of().formatHex(magic)));
        int version = Short.toUnsignedInt(in.getShort(AT_VERSION));
        refuseUnless(version == VERSION, new Refusal.UnsupportedFormat(VERSION, version));
        var kind = BundleKind.KERNEL_LIVEPATCH;
        int kindCode = Short.toUnsignedInt(in.getShort(AT_KIND));
        refuseUnless(kindCode == kind.code(), new Refusal.UnsupportedKind(kind.code(), kindCode));
        int flags = in.getInt(AT_FLAGS);
        refuseUnless(
                (flags & ~FLAG_DOWNGRADE_SAFE) == 0,
                new Refusal.UnknownFlags("no bits but 0x1", "0x" + Integer.toHexString(flags)));
        long level = in.getLong(AT_LEVEL);
        refuseUnless(
                level >= 1, new Refusal.BadLevel("a level from 1 to " + Long.MAX_VALUE, Long.toUnsignedString(level)));
        long floor = in.getLong(AT_FLOOR);
        refuseUnless(floor >= 0 && floor <= level, new Refusal.FloorAboveLevel(level, Long.toUnsignedString(floor)));
        long manifestSize = Integer.toUnsignedLong(in.getInt(AT_MANIFEST_SIZE));
        refuseUnless(
                manifestSize >= 1 && manifestSize <= MAX_MANIFEST_BYTES,
                new Refusal.ManifestSize("1 to %d bytes of manifest".formatted(MAX_MANIFEST_BYTES), manifestSize));
        long imageSize = Integer.toUnsignedLong(in.getInt(AT_IMAGE_SIZE));
        refuseUnless(
                imageSize >= 1 && imageSize <= MAX_IMAGE_BYTES,
                new Refusal.ImageSize("1 to %d bytes of image".formatted(MAX_IMAGE_BYTES), imageSize));
        var buildId = buildId(in, bytes);
        String release = text(bytes, "release", AT_RELEASE, AT_KERNEL_VERSION, WORD);
        String kernelVersion = text(bytes, "version", AT_KERNEL_VERSION, AT_MACHINE, TEXT);
        String machine = text(bytes, "machine", AT_MACHINE, AT_MODULE, WORD);
        String module = text(bytes, "module", AT_MODULE, AT_TAIL, BundleHeader.MODULE);
        int nonzero = firstNonzero(bytes, AT_TAIL, HEADER_BYTES);
        refuseUnless(
                nonzero < 0,
                new Refusal.NonzeroTail(
                        "zeros from byte %d to the header's end".formatted(AT_TAIL), "a byte set at " + nonzero));
        return new BundleHeader(
                kind,
                (flags & FLAG_DOWNGRADE_SAFE) != 0,
                level,
                floor,
                (int) manifestSize,
                (int) imageSize,
                new KernelBuild(release, kernelVersion, machine, buildId),
                module);
    }

    private static BuildId buildId(ByteBuffer in, byte[] bytes) throws RefusedException {
        long size = Integer.toUnsignedLong(in.getInt(AT_BUILD_ID_SIZE));
        refuseUnless(
                size >= BuildId.MIN_BYTES && size <= BuildId.MAX_BYTES,
                new Refusal.BuildIdSize(
                        "%d to %d bytes of build-id".formatted(BuildId.MIN_BYTES, BuildId.MAX_BYTES), size));
        int end = AT_BUILD_ID + (int) size;
        int nonzero = firstNonzero(bytes, end, AT_RELEASE);
        refuseUnless(
                nonzero < 0,
                new Refusal.BuildIdPadding(
                        "zeros after the build-id's %d bytes".formatted(size), "a byte set at " + nonzero));
        return BuildId.of(Arrays.copyOfRange(bytes, AT_BUILD_ID, end));
    }

    private static String text(byte[] bytes, String field, int from, int to, Pattern allowed) throws RefusedException {
        int end = from;
        while (end < to && bytes[end] != 0) {
            end++;
        }
        String value = new String(bytes, from, end - from, java.nio.charset.StandardCharsets.ISO_8859_1);
        int max = to - from - 1;
        boolean closed = end < to && firstNonzero(bytes, end, to) < 0;
        if (!closed || !allowed.matcher(value).matches()) {
            throw new RefusedException(new Refusal.BadText(
                    field,
                    "1 to %d characters of %s, then zeros".formatted(max, allowed.pattern()),
                    HexFormat.of().formatHex(bytes, from, Math.min(to, from + 32)) + "…"));
        }
        return value;
    }

    private static int firstNonzero(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                return i;
            }
        }
        return -1;
    }

    private static void refuseUnless(boolean condition, Refusal refusal) throws RefusedException {
        if (!condition) {
            throw new RefusedException(refusal);
        }
    }
}
