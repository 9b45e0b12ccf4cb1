package io.rebootless.agent.preflight;

import java.util.ArrayList;
import java.util.Optional;

/**
 * Whether the kernel module is loaded, installed for the running kernel, or can be built here.
 *
 * @param release of the running kernel
 * @param loaded whether it is
 * @param file where {@code modprobe} would find it
 * @param indexed whether {@code modules.dep} names it
 * @param headers whether the running kernel's are there
 * @param compiler whether there are gcc and make
 * @param dkms whether it is installed
 */
record ModulePresent(
        String release,
        boolean loaded,
        Optional<String> file,
        boolean indexed,
        boolean headers,
        boolean compiler,
        boolean dkms)
        implements Check {
    @Override
    public String name() {
        return "module";
    }

    @Override
    public Finding judge() {
        if (loaded) {
            return ready("rebootless is loaded");
        }
        if (file.isPresent()) {
            return indexed
                    ? ready("installed: %s; rebootless-trust.service loads it".formatted(file.get()))
                    : attention(
                            "%s is there, and modprobe does not find it".formatted(file.get()), "depmod " + release);
        }
        var missing = new ArrayList<String>();
        if (!headers) {
            missing.add("linux-headers-" + release);
        }
        if (!compiler) {
            missing.add("gcc and make");
        }
        if (!dkms) {
            missing.add("dkms");
        }
        return missing.isEmpty()
                ? attention(
                        "not installed for %s; it can be built here".formatted(release),
                        "apt install ./rebootless-module-common_*.deb ./rebootless-dkms_*.deb")
                : blocked(
                        "not installed for %s, and not to be built without %s"
                                .formatted(release, String.join(", ", missing)),
                        "apt install ./rebootless-module-common_*.deb ./rebootless-module-%s_*.deb (built elsewhere by `make module-package KERNEL=%1$s`), or install %s and rebootless-dkms."
                                .formatted(release, String.join(", ", missing)));
    }
}
