package io.rebootless.agent.kernel;

import io.rebootless.wire.LivepatchState;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The kernel as the agent needs it: Rebootless's module and the livepatch core. */
public interface LivepatchKernel {

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

    /** Whom the module trusts now; empty if it is not loaded. */
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
