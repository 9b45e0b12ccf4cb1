package io.rebootless.agent.preflight;

import io.rebootless.agent.host.KernelArgument;
import io.rebootless.agent.kernel.KernelIdentity;
import io.rebootless.agent.kernel.LivepatchKernel;
import io.rebootless.agent.settings.Loader;
import io.rebootless.kernel.KernelBuild;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What the running kernel says of itself. */
final class KernelLook {
    /** Ksplice, KernelCare, and kpatch's modules before there was livepatching in the kernel. */
    private static final Pattern SYSTEMS = Pattern.compile("ksplice(_.*)?|kcare|kpatch");

    private final HostFiles files;
    private final KernelBuildKnown build;

    KernelLook(HostFiles files) {
        this.files = files;
        this.build = identity(files);
    }

    private static KernelBuildKnown identity(HostFiles files) {
        try {
            return new KernelBuildKnown(
                    Optional.of(
                            KernelIdentity.read(files.proc(), files.sysfs(), System.getProperty("os.arch", "unknown"))),
                    "");
        } catch (NoSuchFileException e) {
            return new KernelBuildKnown(Optional.empty(), e.getFile() + " is not there");
        } catch (IOException e) {
            return new KernelBuildKnown(Optional.empty(), String.valueOf(e.getMessage()));
        }
    }

    KernelBuildKnown build() {
        return build;
    }

    String release() {
        return files.proc("sys/kernel/osrelease").text().orElse("unknown");
    }

    String version() {
        return files.proc("sys/kernel/version").text().orElse("");
    }

    Architecture architecture() {
        String java = System.getProperty("os.arch", "unknown");
        return new Architecture(
                build.kernel().map(KernelBuild::machine).orElse(java.equals("amd64") ? "x86_64" : java));
    }

    /** What the module and the livepatch core need. */
    List<Check> options(Loader loader) {
        var config = config();
        boolean core =
                HostFiles.names(files.sysfs().resolve("kernel/livepatch")).isPresent();
        boolean loaded =
                HostFiles.names(files.sysfs().resolve("kernel/rebootless")).isPresent();
        Optional<KernelOption.Proof> byCore = core
                ? Optional.of(new KernelOption.Proof(true, "/sys/kernel/livepatch is there"))
                : config.source().isPresent()
                        ? Optional.empty()
                        : Optional.of(new KernelOption.Proof(false, "/sys/kernel/livepatch is not there"));
        var livepatching = new KernelOption(
                "livepatching", "CONFIG_LIVEPATCH", true, config, byCore, "the kernel cannot be livepatched");
        if (loader == Loader.DIRECT) {
            return List.of(
                    livepatching,
                    new NotNeeded("signature-support"),
                    new NotNeeded("errno-names"),
                    new NotNeeded("static-usermodehelper"));
        }
        Optional<KernelOption.Proof> byModule = loaded
                ? Optional.of(new KernelOption.Proof(true, "the module, which needs it, is loaded"))
                : Optional.empty();
        return List.of(
                livepatching,
                new KernelOption(
                        "signature-support",
                        "CONFIG_SYSTEM_DATA_VERIFICATION",
                        true,
                        config,
                        byModule,
                        "the kernel cannot verify publishers' signatures"),
                new KernelOption(
                        "errno-names",
                        "CONFIG_SYMBOLIC_ERRNAME",
                        true,
                        config,
                        byModule,
                        "rebootless.ko needs its names of errors"),
                new KernelOption(
                        "static-usermodehelper",
                        "CONFIG_STATIC_USERMODEHELPER",
                        false,
                        config,
                        Optional.empty(),
                        "the loader is never run (ENOENT loader-missing)"));
    }

    /** The running kernel's own word first; then where distributions put it, and their headers. */
    private KernelConfig config() {
        var own = files.unzipped(files.proc().resolve("config.gz"));
        if (own.text().isPresent()) {
            return new KernelConfig(Optional.of("/proc/config.gz"), own.text().get());
        }
        String release = release();
        for (String file : List.of(
                "boot/config-" + release,
                "lib/modules/%s/config".formatted(release),
                "lib/modules/%s/build/.config".formatted(release))) {
            var found = files.file(file);
            if (found.text().isPresent()) {
                return new KernelConfig(Optional.of("/" + file), found.text().get());
            }
        }
        return KernelConfig.UNKNOWN;
    }

    KernelArgumentGiven argument() {
        try {
            return new KernelArgumentGiven(KernelArgument.read(files.proc()));
        } catch (IOException unreadable) {
            // Every process may read it; where it is not there, nobody has given one.
            return new KernelArgumentGiven(Optional.empty());
        }
    }

    ForeignLivepatches foreign(LivepatchKernel kernel) {
        var patches = new TreeSet<>(
                HostFiles.names(files.sysfs().resolve("kernel/livepatch")).orElse(List.of()));
        ours(kernel).ifPresent(patches::remove);
        var systems = HostFiles.names(files.sysfs().resolve("module")).orElse(List.of()).stream()
                .filter(name -> SYSTEMS.matcher(name).matches())
                .toList();
        return new ForeignLivepatches(List.copyOf(patches), systems);
    }

    private static Optional<String> ours(LivepatchKernel kernel) {
        try {
            return Optional.ofNullable(kernel.state().patch());
        } catch (IOException unreadable) {
            // Then none is known to be ours, and whoever is to apply one says what is wrong.
            return Optional.empty();
        }
    }

    FunctionUsers functionUsers(Optional<BundleFits.Sample> bundle) {
        var traced = files.sys("kernel/tracing/enabled_functions");
        return new FunctionUsers(
                traced.text().isPresent() ? traced : files.sys("kernel/debug/tracing/enabled_functions"),
                files.sys("kernel/debug/kprobes/list"),
                bundle.map(BundleFits.Sample::functions).orElse(Set.of()));
    }
}
