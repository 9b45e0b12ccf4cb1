package io.rebootless.demo;

import io.rebootless.product.Finding;
import io.rebootless.product.Host;
import io.rebootless.product.ModuleBuild;
import java.nio.file.Path;
import java.util.List;

/** Two cumulative levels to publish, and how it shows which of their fixes a host has. */
enum Fixes {
    /** Two real flaws, which Debian has fixed in later builds: programs look for them. */
    CVES("CVE-2026-53249", "CVE-2026-52928") {
        @Override
        Path image(ModuleBuild module, int level) {
            return module.cveFix(level);
        }

        @Override
        List<String> look(ModuleBuild module, Host host) {
            return cves(2).stream()
                    .map(cve -> "%s: %s".formatted(cve, Finding.of(module, host.guest(), cve)))
                    .toList();
        }
    },
    /** Two changed greetings, for a kernel that has neither flaw. */
    GREETINGS("CVE-2026-0001", "CVE-2026-0002") {
        @Override
        Path image(ModuleBuild module, int level) {
            return module.sample(level);
        }

        @Override
        List<String> look(ModuleBuild module, Host host) {
            return List.of(
                    "/proc/version:     " + host.guest().sh("cut -d'#' -f1 /proc/version | cut -c1-60"),
                    "/proc/execdomains: "
                            + host.guest()
                                    .sh("tr '\\n\\t' '  ' </proc/execdomains")
                                    .strip());
        }
    };

    private final List<String> cves;

    Fixes(String... cves) {
        this.cves = List.of(cves);
    }

    /** The flaws, if the host's kernel has both. */
    static Fixes of(ModuleBuild module, Host host) {
        boolean flawed = module.cveFix(1).toFile().exists()
                && CVES.cves(2).stream().allMatch(cve -> Finding.of(module, host.guest(), cve) == Finding.FLAWED);
        return flawed ? CVES : GREETINGS;
    }

    abstract Path image(ModuleBuild module, int level);

    /** What is there to be seen, in lines for people. */
    abstract List<String> look(ModuleBuild module, Host host);

    /** What a level fixes, or says it does. */
    List<String> cves(int level) {
        return cves.subList(0, level);
    }
}
