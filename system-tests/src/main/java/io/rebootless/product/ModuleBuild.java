package io.rebootless.product;

import io.rebootless.guest.DebianKernel;
import io.rebootless.guest.Machine;
import io.rebootless.guest.Repository;
import io.rebootless.guest.Result;
import io.rebootless.module.KernelGuest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code kernel-module/} built for one kernel.
 *
 * @param kernel what it was built for
 * @param folder where the build's results are
 */
public record ModuleBuild(DebianKernel kernel, Path folder) {
    /** What its unit runs at boot. */
    static final String SEAL = "/usr/lib/rebootless/rebootless-seal";

    /** The first build for a Debian release makes a folder with its compiler. */
    private static final Duration BUILD = Duration.ofMinutes(30);

    private static final Map<String, ModuleBuild> BUILT = new ConcurrentHashMap<>();

    /** Builds it, or finds it built. */
    public static ModuleBuild of(DebianKernel kernel) {
        return BUILT.computeIfAbsent(kernel.release(), release -> build(kernel));
    }

    private static ModuleBuild build(DebianKernel kernel) {
        Result result = DebianKernel.script(BUILD, "build", kernel.release());
        if (result.exit() != 0) {
            throw new IllegalStateException(
                    "kernel-module does not build for %s:%n%s".formatted(kernel.release(), result));
        }
        return new ModuleBuild(kernel, Path.of(result.out().strip()));
    }

    public Path module() {
        return folder.resolve("rebootless.ko");
    }

    public Path loader() {
        return folder.resolve("rebootless-load");
    }

    /** A sample livepatch: level 1, or level 2 which contains it. */
    public Path sample(int level) {
        return folder.resolve("samples/level-%1$d/rebootless_sample_%1$d.ko".formatted(level));
    }

    /** A livepatch with real fixes, for the kernels of 6.1: level 1, or level 2 which contains it. */
    public Path cveFix(int level) {
        return folder.resolve("samples/cve/level-%1$d/rebootless_cve_%1$d.ko".formatted(level));
    }

    /** A program that finds out whether a kernel has a flaw, by the CVE's name in lower case. */
    public Path reproducer(String cve) {
        return folder.resolve("samples/cve/reproducers/" + cve);
    }

    /** A module made to misbehave, by the name of its source. */
    public Path testModule(String name) {
        return folder.resolve("tests/modules/" + name + ".ko");
    }

    /** A program for tests in a guest, by the path of its source under {@code tests/}. */
    public Path program(String name) {
        return folder.resolve("tests/" + name);
    }

    /** A machine on which the module, its loader and the script that seals are installed, nothing loaded. */
    public Machine machine() {
        Machine machine = KernelGuest.machine(kernel, module(), loader());
        machine.files().file(SEAL, Repository.root().resolve("kernel-module/packaging/rebootless-seal"));
        return machine;
    }
}
