package io.rebootless.agent.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code /sys/module}: which modules the kernel has, and whether anything holds them. */
final class ModuleTable {
    private final Path folder;

    /** How a module is there. */
    enum Presence {
        ABSENT,
        /** Loading, or on its way out: neither in force nor to be unloaded. */
        PASSING,
        /** Nothing holds it: a livepatch that was turned off, or replaced. It is in the way of one of its name. */
        IDLE,
        /** The livepatch core holds it: it was enabled, and is not off for good. */
        HELD
    }

    ModuleTable(Path sysfs) {
        this.folder = sysfs.resolve("module");
    }

    boolean isAbsent(String module) {
        return !Files.isDirectory(folder.resolve(module));
    }

    Presence presence(String module) throws IOException {
        Path directory = folder.resolve(module);
        if (isAbsent(module)) {
            return Presence.ABSENT;
        }
        // Its own initialisation holds a module too, so the count says nothing before it is live.
        if (!SysfsFile.read(directory.resolve("initstate")).orElse("live").equals("live")) {
            return Presence.PASSING;
        }
        // Without a count the kernel cannot unload modules, and one is never idle.
        return SysfsFile.read(directory.resolve("refcnt")).map("0"::equals).orElse(false)
                ? Presence.IDLE
                : Presence.HELD;
    }
}
