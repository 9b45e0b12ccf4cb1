package io.rebootless.bundle;

import io.rebootless.kernel.KernelBuild;

/**
 * Whether a bundle, already well formed and trusted, may be applied to a host as the host stands. The kernel module
 * decides the same again, in the same order; this is the agent's copy, so that it can say why before it tries.
 *
 * @param running the kernel build that runs
 * @param floor levels below it are revoked; 0 if none
 * @param inForce the highest level in force; 0 if none
 * @param inForceDowngradeSafe whether the level in force can be replaced by a lower one
 */
public record Admission(KernelBuild running, long floor, long inForce, boolean inForceDowngradeSafe) {

    /**
     * Refuses unless {@code header} fits the running kernel build, is not revoked, and is above the level in force.
     *
     * @throws RefusedException {@code wrong-kernel}, {@code below-floor} or {@code not-above-level}
     */
    public void upgrade(BundleHeader header) throws RefusedException {
        fits(header);
        if (header.level() <= inForce) {
            throw new RefusedException(new Refusal.NotAboveLevel(inForce, header.level()));
        }
    }

    /**
     * Refuses unless {@code header} fits the running kernel build, is not revoked, is below the level in force, and that
     * one can be left.
     *
     * @throws RefusedException {@code wrong-kernel}, {@code below-floor}, {@code not-below-level} or {@code
     *     downgrade-unsafe}
     */
    public void downgrade(BundleHeader header) throws RefusedException {
        fits(header);
        if (header.level() >= inForce) {
            throw new RefusedException(new Refusal.NotBelowLevel(inForce, header.level()));
        }
        if (!inForceDowngradeSafe) {
            throw new RefusedException(new Refusal.DowngradeUnsafe(inForce, "that it is not"));
        }
    }

    private void fits(BundleHeader header) throws RefusedException {
        var wrong = Refusal.wrongKernel(running, header.kernel());
        if (wrong.isPresent()) {
            throw new RefusedException(wrong.get());
        }
        if (header.level() < floor) {
            throw new RefusedException(new Refusal.BelowFloor(floor, header.level()));
        }
    }
}
