package io.rebootless.bundle;

import java.util.Arrays;
import java.util.Optional;

/** What a bundle carries. Kind 3 (user space) is reserved by the format. */
public enum BundleKind {
    KERNEL_LIVEPATCH(1, "a kernel livepatch"),
    TRUST(2, "a trust bundle");

    private final int code;
    private final String words;

    BundleKind(int code, String words) {
        this.code = code;
        this.words = words;
    }

    int code() {
        return code;
    }

    static Optional<BundleKind> of(int code) {
        return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst();
    }

    /** As refusals show it. */
    @Override
    public String toString() {
        return "%s (kind %d)".formatted(words, code);
    }
}
