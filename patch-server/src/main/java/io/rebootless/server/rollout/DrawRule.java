package io.rebootless.server.rollout;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;

/** In which order hosts have their turns: by chance, so that no kind of host always comes first. */
final class DrawRule {
    private DrawRule() {}

    /**
     * A host to be drawn.
     *
     * @param apart what it shares with those it is to be kept apart from, such as its rack; empty if nothing
     */
    record Candidate(UUID host, String apart) {}

    /** All of them, each once; one of each rack, then the next of each. */
    static List<UUID> order(List<Candidate> candidates, Random random) {
        var shuffled = new ArrayList<>(candidates);
        Collections.shuffle(shuffled, random);
        Map<String, Queue<UUID>> racks = new HashMap<>();
        var turns = new ArrayList<Queue<UUID>>();
        for (Candidate candidate : shuffled) {
            racks.computeIfAbsent(candidate.apart(), apart -> {
                        var rack = new ArrayDeque<UUID>();
                        turns.add(rack);
                        return rack;
                    })
                    .add(candidate.host());
        }
        var order = new ArrayList<UUID>(shuffled.size());
        while (!turns.isEmpty()) {
            for (Queue<UUID> rack : turns) {
                order.add(rack.remove());
            }
            turns.removeIf(Queue::isEmpty);
        }
        return order;
    }
}
