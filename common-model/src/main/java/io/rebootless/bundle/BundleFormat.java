package io.rebootless.bundle;

/** Sizes, offsets and limits of format version 1; {@code docs/bundle-format.md} is their specification. */
public final class BundleFormat {
    public static final int VERSION = 1;
    public static final int HEADER_BYTES = 512;
    public static final int MAX_MANIFEST_BYTES = 256 * 1024;
    public static final int MAX_IMAGE_BYTES = 16 * 1024 * 1024;
    public static final int MAX_SIGNATURES = 16;
    public static final int MAX_SIGNATURE_BYTES = 4096;

    /** A trust set's: the kernel module holds no more keys, and takes no larger certificate. */
    public static final int MAX_CERTIFICATES = 16;

    public static final int MAX_CERTIFICATE_BYTES = 4096;
    public static final int MAX_TRUST_SET_BYTES = 4 + 4 + MAX_CERTIFICATES * (4 + MAX_CERTIFICATE_BYTES);

    /** The kernel's {@code MODULE_NAME_LEN} less the closing zero. */
    public static final int MAX_MODULE_CHARS = 55;

    /** The largest file the format allows. */
    public static final long MAX_FILE_BYTES =
            HEADER_BYTES + MAX_MANIFEST_BYTES + MAX_IMAGE_BYTES + 4L + MAX_SIGNATURES * (4L + MAX_SIGNATURE_BYTES);

    static final byte[] MAGIC = {(byte) 0x89, 'R', 'L', 'B', '\r', '\n', 0x1a, '\n'};

    static final int FLAG_DOWNGRADE_SAFE = 1;

    static final int AT_VERSION = 8;
    static final int AT_KIND = 10;
    static final int AT_FLAGS = 12;
    static final int AT_LEVEL = 16;
    static final int AT_FLOOR = 24;
    static final int AT_MANIFEST_SIZE = 32;
    static final int AT_IMAGE_SIZE = 36;
    static final int AT_BUILD_ID_SIZE = 40;
    static final int AT_BUILD_ID = 44;
    static final int AT_RELEASE = 64;
    static final int AT_KERNEL_VERSION = 129;
    static final int AT_MACHINE = 194;
    static final int AT_MODULE = 210;
    static final int AT_TAIL = 266;

    private BundleFormat() {}
}
