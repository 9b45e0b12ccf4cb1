package io.rebootless.bundle;

import io.rebootless.kernel.KernelBuild;
import java.util.regex.Pattern;

/**
 * What decides whether a kernel livepatch may be loaded.
 *
 * @param downgradeSafe whether the livepatch can be replaced by a lower level: no callbacks, states or shadow variables
 * @param level 1 to {@link Long#MAX_VALUE}; a level contains every fix of the levels below it
 * @param floor 0 to {@code level}; levels below it are revoked by the publisher
 * @param manifestSize bytes, 1 to {@link BundleFormat#MAX_MANIFEST_BYTES}
 * @param imageSize bytes, 1 to {@link BundleFormat#MAX_IMAGE_BYTES}
 * @param kernel the one kernel build it fits
 * @param module the livepatch's name as the kernel shows it, 1 to {@link BundleFormat#MAX_MODULE_CHARS} characters
 */
public record BundleHeader(
        boolean downgradeSafe,
        long level,
        long floor,
        int manifestSize,
        int imageSize,
        KernelBuild kernel,
        String module)
        implements Header {
    static final Pattern MODULE = Pattern.compile("[A-Za-z0-9_]{1,%d}".formatted(BundleFormat.MAX_MODULE_CHARS));

    public BundleHeader {
        Rules.require(level >= 1, "the level must be at least 1");
        Rules.require(floor >= 0 && floor <= level, "the floor must be from 0 to the level");
        Rules.manifestSize(manifestSize);
        Rules.require(
                imageSize >= 1 && imageSize <= BundleFormat.MAX_IMAGE_BYTES,
                "the image must have 1 to %d bytes, not %d".formatted(BundleFormat.MAX_IMAGE_BYTES, imageSize));
        Rules.require(
                MODULE.matcher(module).matches(),
                "the module's name must be 1 to %d letters, digits or underscores, not \"%s\""
                        .formatted(BundleFormat.MAX_MODULE_CHARS, module));
    }

    @Override
    public BundleKind kind() {
        return BundleKind.KERNEL_LIVEPATCH;
    }
}
