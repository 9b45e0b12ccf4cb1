package io.rebootless.bundle;

/** What a bundle carries. Kinds 2 (trust) and 3 (user space) are reserved by the format. */
public enum BundleKind {
    KERNEL_LIVEPATCH(1);

    private final int code;

    BundleKind(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
