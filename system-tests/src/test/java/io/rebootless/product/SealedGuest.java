package io.rebootless.product;

import static io.rebootless.testing.TestPublishers.alice;

import io.rebootless.guest.DebianKernel;
import io.rebootless.guest.Guest;
import io.rebootless.module.KernelGuest;
import io.rebootless.trust.PublisherCertificate;

/**
 * A guest whose module trusts somebody and is sealed: where most scenarios begin. Closing it asserts that its kernel came
 * through in good health.
 *
 * @param module what was built for its kernel
 * @param kernel the guest, seen through the ABI
 * @param samples livepatches as bundles for it
 */
record SealedGuest(ModuleBuild module, KernelGuest kernel, SampleBundles samples) implements AutoCloseable {

    /** One that trusts alice. */
    static SealedGuest boot(DebianKernel kernel) {
        return boot(kernel, 1, alice().certificate());
    }

    static SealedGuest boot(DebianKernel kernel, int threshold, PublisherCertificate... publishers) {
        var module = ModuleBuild.of(kernel);
        Guest guest = module.machine().boot();
        try {
            var sealed = KernelGuest.sealed(guest, threshold, publishers);
            return new SealedGuest(module, sealed, new SampleBundles(module, sealed.build()));
        } catch (RuntimeException | Error e) {
            guest.close();
            throw e;
        }
    }

    Guest guest() {
        return kernel.guest();
    }

    @Override
    public void close() {
        try (var guest = guest()) {
            if (guest.isRunning()) {
                kernel.assertHealthy();
            }
        }
    }
}
