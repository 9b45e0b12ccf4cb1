package io.rebootless.agent.kernel;

import io.rebootless.agent.settings.Loader;
import io.rebootless.agent.settings.Settings;
import io.rebootless.agent.verification.InProcessVerification;
import io.rebootless.agent.verification.Verification;
import io.rebootless.wire.LivepatchState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The kernel as the agent needs it: Rebootless's module, or what stands in for it, and the livepatch core. */
public interface LivepatchKernel {
    /** The one who must own what livepatches are loaded from. */
    int ROOT = 0;

    /**
     * The kernel by the way that the settings name.
     *
     * @param verification whom to ask about a bundle where the module does not
     */
    static LivepatchKernel by(Settings settings, Verification verification) {
        return switch (settings.loader()) {
            case MODULE -> new SysfsKernel(settings.sysfs());
            case DIRECT ->
                new DirectKernel(
                        settings.proc(),
                        settings.sysfs(),
                        settings.trustDirectory(),
                        new RuntimeFolder(settings.runtimeDirectory(), ROOT),
                        new StandardLoader(Path.of("/"), StandardLoader.PATIENCE),
                        verification);
        };
    }

    /** The kernel for those who only look. */
    static LivepatchKernel by(Settings settings) {
        return by(settings, InProcessVerification.by(settings.trustDirectory()));
    }

    /** By which way livepatches come into it. */
    Loader loader();

    /** What {@code /sys/kernel/rebootless/apply} is told. */
    enum Command {
        UPGRADE,
        DOWNGRADE,
        TRUST,
        CLEAR,
        DISCARD;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What the module and, for its patch, the livepatch core say now. */
    LivepatchState state() throws IOException;

    /** Whom the module trusts now; empty if it should be loaded and is not. */
    Optional<KernelTrust> trust() throws IOException;

    /** All livepatches that the kernel has, whoever brought them, by module name. */
    Set<String> livepatches() throws IOException;

    /** Writes a bundle's bytes into the module; nothing happens to the kernel yet. */
    void stage(InputStream bundle) throws IOException, KernelRefusedException;

    /** Has the module carry out a command. */
    void apply(Command command) throws IOException, KernelRefusedException;

    /** Revokes the levels below {@code floor} until the next boot. */
    void raiseFloor(long floor) throws IOException, KernelRefusedException;

    /** Turns a livepatch off, or turns its unfinished transition round. */
    void disable(String patch) throws IOException, KernelRefusedException;
}
