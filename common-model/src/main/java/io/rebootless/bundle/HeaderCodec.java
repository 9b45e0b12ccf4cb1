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

    static byte[] encode(Header header) {
        var out = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.put(MAGIC)
                .putShort((short) VERSION)
                .putShort((short) header.kind().code())
                .putLong(AT_LEVEL, header.level())
                .putInt(AT_MANIFEST_SIZE, header.manifestSize())
                .putInt(AT_IMAGE_SIZE, header.imageSize());
        if (header instanceof BundleHeader livepatch) {
            byte[] buildId = livepatch.kernel().buildId().bytes();
            out.putInt(AT_FLAGS, livepatch.downgradeSafe() ? FLAG_DOWNGRADE_SAFE : 0)
                    .putLong(AT_FLOOR, livepatch.floor())
                    .putInt(AT_BUILD_ID_SIZE, buildId.length)
                    .put(AT_BUILD_ID, buildId)
                    .put(AT_RELEASE, livepatch.kernel().release().getBytes(US_ASCII))
                    .put(AT_KERNEL_VERSION, livepatch.kernel().version().getBytes(US_ASCII))
                    .put(AT_MACHINE, livepatch.kernel().machine().getBytes(US_ASCII))
                    .put(AT_MODULE, livepatch.module().getBytes(US_ASCII));
        }
        return out.array();
    }

    static Header decode(byte[] bytes) throws RefusedException {
        var in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = Arrays.copyOf(bytes, MAGIC.length);
        refuseUnless(
                Arrays.equals(magic, MAGIC),
                new Refusal.BadMagic(
                        HexFormat.of().formatHex(MAGIC), HexFormat.of().formatHex(magic)));
        int version = Short.toUnsignedInt(in.getShort(AT_VERSION));
        refuseUnless(version == VERSION, new Refusal.UnsupportedFormat(VERSION, version));
        int code = Short.toUnsignedInt(in.getShort(AT_KIND));
        var kind = BundleKind.of(code)
                .orElseThrow(() ->
                        new RefusedException(new Refusal.UnsupportedKind(Arrays.toString(BundleKind.values()), code)));
        return switch (kind) {
            case KERNEL_LIVEPATCH -> livepatch(in, bytes);
            case TRUST -> trust(in, bytes);
        };
    }

    private static BundleHeader livepatch(ByteBuffer in, byte[] bytes) throws RefusedException {
        int flags = flags(in, FLAG_DOWNGRADE_SAFE);
        long level = level(in);
        long floor = in.getLong(AT_FLOOR);
        refuseUnless(floor >= 0 && floor <= level, new Refusal.FloorAboveLevel(level, Long.toUnsignedString(floor)));
        int manifestSize = manifestSize(in);
        int imageSize = imageSize(in, MAX_IMAGE_BYTES);
        var buildId = buildId(in, bytes);
        String release = text(bytes, "release", AT_RELEASE, AT_KERNEL_VERSION, WORD);
        String kernelVersion = text(bytes, "version", AT_KERNEL_VERSION, AT_MACHINE, TEXT);
        String machine = text(bytes, "machine", AT_MACHINE, AT_MODULE, WORD);
        String module = text(bytes, "module", AT_MODULE, AT_TAIL, BundleHeader.MODULE);
        zeroTail(bytes);
        return new BundleHeader(
                (flags & FLAG_DOWNGRADE_SAFE) != 0,
                level,
                floor,
                manifestSize,
                imageSize,
                new KernelBuild(release, kernelVersion, machine, buildId),
                module);
    }

    /** A trust bundle is for every kernel build: whatever names one must be zero, so that there is one encoding. */
    private static TrustHeader trust(ByteBuffer in, byte[] bytes) throws RefusedException {
        flags(in, 0);
        long level = level(in);
        long floor = in.getLong(AT_FLOOR);
        refuseUnless(floor == 0, new Refusal.NonzeroFloor(Long.toUnsignedString(floor)));
        int manifestSize = manifestSize(in);
        int imageSize = imageSize(in, MAX_TRUST_SET_BYTES);
        long buildIdSize = Integer.toUnsignedLong(in.getInt(AT_BUILD_ID_SIZE));
        refuseUnless(buildIdSize == 0, new Refusal.BuildIdSize("no build-id in a trust bundle", buildIdSize));
        buildIdPadding(bytes, 0);
        noText(bytes, "release", AT_RELEASE, AT_KERNEL_VERSION);
        noText(bytes, "version", AT_KERNEL_VERSION, AT_MACHINE);
        noText(bytes, "machine", AT_MACHINE, AT_MODULE);
        noText(bytes, "module", AT_MODULE, AT_TAIL);
        zeroTail(bytes);
        return new TrustHeader(level, manifestSize, imageSize);
    }

    private static int flags(ByteBuffer in, int known) throws RefusedException {
        int flags = in.getInt(AT_FLAGS);
        refuseUnless(
                (flags & ~known) == 0,
                new Refusal.UnknownFlags(
                        known == 0 ? "no flag bits" : "no bits but 0x" + Integer.toHexString(known),
                        "0x" + Integer.toHexString(flags)));
        return flags;
    }

    private static long level(ByteBuffer in) throws RefusedException {
        long level = in.getLong(AT_LEVEL);
        refuseUnless(
                level >= 1, new Refusal.BadLevel("a level from 1 to " + Long.MAX_VALUE, Long.toUnsignedString(level)));
        return level;
    }

    private static int manifestSize(ByteBuffer in) throws RefusedException {
        long size = Integer.toUnsignedLong(in.getInt(AT_MANIFEST_SIZE));
        refuseUnless(
                size >= 1 && size <= MAX_MANIFEST_BYTES,
                new Refusal.ManifestSize("1 to %d bytes of manifest".formatted(MAX_MANIFEST_BYTES), size));
        return (int) size;
    }

    private static int imageSize(ByteBuffer in, int max) throws RefusedException {
        long size = Integer.toUnsignedLong(in.getInt(AT_IMAGE_SIZE));
        refuseUnless(size >= 1 && size <= max, new Refusal.ImageSize("1 to %d bytes of image".formatted(max), size));
        return (int) size;
    }

    private static void zeroTail(byte[] bytes) throws RefusedException {
        int nonzero = firstNonzero(bytes, AT_TAIL, HEADER_BYTES);
        refuseUnless(
                nonzero < 0,
                new Refusal.NonzeroTail(
                        "zeros from byte %d to the header's end".formatted(AT_TAIL), "a byte set at " + nonzero));
    }

    private static BuildId buildId(ByteBuffer in, byte[] bytes) throws RefusedException {
        long size = Integer.toUnsignedLong(in.getInt(AT_BUILD_ID_SIZE));
        refuseUnless(
                size >= BuildId.MIN_BYTES && size <= BuildId.MAX_BYTES,
                new Refusal.BuildIdSize(
                        "%d to %d bytes of build-id".formatted(BuildId.MIN_BYTES, BuildId.MAX_BYTES), size));
        buildIdPadding(bytes, (int) size);
        return BuildId.of(Arrays.copyOfRange(bytes, AT_BUILD_ID, AT_BUILD_ID + (int) size));
    }

    private static void buildIdPadding(byte[] bytes, int size) throws RefusedException {
        int nonzero = firstNonzero(bytes, AT_BUILD_ID + size, AT_RELEASE);
        refuseUnless(
                nonzero < 0,
                new Refusal.BuildIdPadding(
                        "zeros after the build-id's %d bytes".formatted(size), "a byte set at " + nonzero));
    }

    private static void noText(byte[] bytes, String field, int from, int to) throws RefusedException {
        int nonzero = firstNonzero(bytes, from, to);
        refuseUnless(nonzero < 0, new Refusal.BadText(field, "zeros, in a trust bundle", "a byte set at " + nonzero));
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
