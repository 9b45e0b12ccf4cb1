package io.rebootless.agent.cycle;

import io.rebootless.agent.host.KernelArgument;
import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** Where a hold on this host can come from: {@code revert}, and the kernel's command line. */
public final class Holds {
    private Holds() {}

    /** The hold that goes furthest, if there is any. */
    public static Optional<Hold> inEffect(StateDirectory state, Path proc) throws IOException {
        var byHand = state.hold();
        var argument = KernelArgument.read(proc).map(Holds::of);
        return argument.isPresent()
                        && byHand.filter(hold -> hold.mode() == Hold.Mode.OFF).isEmpty()
                ? argument
                : byHand;
    }

    /** A misspelt word holds too: whoever wrote it wanted less to happen, not more. */
    private static Hold of(String word) {
        return new Hold(
                word.equals("off") ? Hold.Mode.OFF : Hold.Mode.STAY,
                "the kernel was started with rebootless=" + word,
                Instant.EPOCH);
    }
}
