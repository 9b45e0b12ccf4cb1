package io.rebootless.cli.patch;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The programs of this machine that patches are built and tried with, each with the Debian package it is in. */
final class NeededPrograms {
    private static final Map<String, String> BUILD = Map.of(
            "make", "make",
            "cc", "gcc",
            "dpkg-deb", "dpkg",
            "apt-get", "apt",
            "depmod", "kmod",
            "flock", "util-linux",
            "xz", "xz-utils");
    private static final Map<String, String> TEST =
            Map.of("qemu-system-x86_64", "qemu-system-x86", "busybox", "busybox-static", "setpriv", "util-linux");

    private NeededPrograms() {}

    /** Refuses to begin without what a build needs. */
    static void demandForBuild() {
        demand(BUILD);
    }

    /** Refuses to begin without what a trial needs, which builds as well. */
    static void demandForTest() {
        var all = new LinkedHashMap<>(BUILD);
        all.putAll(TEST);
        demand(all);
    }

    private static void demand(Map<String, String> programs) {
        var path =
                new TreeSet<>(List.of(System.getenv().getOrDefault("PATH", "").split(":", -1)));
        path.add("/usr/sbin");
        path.add("/sbin");
        var missing = new TreeSet<String>();
        programs.forEach((program, debianPackage) -> {
            if (!found(program, path)) {
                missing.add(debianPackage);
            }
        });
        if (!missing.isEmpty()) {
            throw new CommandFailed(
                    ExitCode.NO_INPUT,
                    "programs are missing on this machine; install them: apt-get install " + String.join(" ", missing));
        }
    }

    private static boolean found(String program, Collection<String> path) {
        return path.stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder).resolve(program)));
    }
}
