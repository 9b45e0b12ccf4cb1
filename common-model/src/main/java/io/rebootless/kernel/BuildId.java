package io.rebootless.kernel;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The GNU build-id of a kernel: what tells apart two builds that carry the same release string.
 *
 * @param hex 8 to 20 bytes in lower-case hexadecimal (the kernel's {@code BUILD_ID_SIZE_MAX} is 20)
 */
public record BuildId(@JsonValue String hex) {
    /** Smallest and largest number of bytes. */
    public static final int MIN_BYTES = 8;

    public static final int MAX_BYTES = 20;

    private static final Pattern HEX = Pattern.compile("(?:[0-9a-f]{2}){%d,%d}".formatted(MIN_BYTES, MAX_BYTES));

    @JsonCreator
    public BuildId {
        if (!HEX.matcher(hex).matches()) {
            throw new IllegalArgumentException("a build-id is %d to %d bytes of lower-case hexadecimal, not \"%s\""
                    .formatted(MIN_BYTES, MAX_BYTES, hex.length() > 64 ? hex.substring(0, 64) + "…" : hex));
        }
    }

    public static BuildId of(byte[] bytes) {
        return new BuildId(HexFormat.of().formatHex(bytes));
    }

    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    @Override
    public String toString() {
        return hex;
    }
}
