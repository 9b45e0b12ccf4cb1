package io.rebootless.agent.cycle;

import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.StateDirectory;
import io.rebootless.agent.policy.LocalOrders;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Where a hold on this host can come from: a command, the administrator's files, and the kernel's command line. */
public final class Holds {
    private Holds() {}

    /**
     * All that are in effect, the one that goes furthest first.
     *
     * @param argument the kernel's, which stays the same as long as that runs
     */
    public static List<Hold> inEffect(StateDirectory state, Optional<String> argument, LocalOrders local, Instant now)
            throws IOException {
        var holds = new ArrayList<Hold>();
        argument.flatMap(Holds::of).ifPresent(holds::add);
        holds.addAll(local.holds());
        state.hold().filter(hold -> !hold.over(now)).ifPresent(holds::add);
        holds.sort(Comparator.comparing(Hold::mode).reversed());
        return List.copyOf(holds);
    }

    /** A misspelt word holds too: whoever wrote it wanted less to happen, not more. */
    private static Optional<Hold> of(String word) {
        if (word.equals("on")) {
            return Optional.empty();
        }
        return Optional.of(new Hold(
                word.equals("off") ? Hold.Mode.OFF : Hold.Mode.STAY,
                Hold.Source.KERNEL_ARGUMENT,
                "the kernel was started with rebootless=" + word,
                Instant.EPOCH,
                Optional.empty()));
    }
}
