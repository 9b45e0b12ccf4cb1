package io.rebootless.agent.preflight;

import java.util.Optional;

/**
 * Secure Boot: distributions' kernels lock themselves down under it.
 *
 * @param on what the firmware's variable says; absent without EFI
 * @param fault why the variable could not be read
 * @param signing what would be loaded
 */
record SecureBoot(Optional<Boolean> on, Optional<String> fault, ModuleSigning signing) implements Check {
    @Override
    public String name() {
        return "secure-boot";
    }

    @Override
    public Finding judge() {
        if (fault.isPresent()) {
            return unseen(fault.get(), SecurityFiles.AS_ROOT);
        }
        if (on.isEmpty()) {
            return ready("not booted by EFI");
        }
        return on.get() ? signing.judge(this, "on: kernels of distributions load only signed modules") : ready("off");
    }
}
