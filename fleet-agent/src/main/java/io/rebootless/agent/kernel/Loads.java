package io.rebootless.agent.kernel;

import io.rebootless.bundle.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What this agent has loaded in this boot, in that order, and what must not be forgotten before its end.
 *
 * <p>It says whose a module is, never that it is there: that is asked of sysfs each time. So one order of writing is
 * right whenever the agent is killed: a load is noted <em>before</em> the loader is started, and marked as over when the
 * loader has ended. Killed before the loader has started: a note without a module, which counts for nothing. Killed
 * later, the loader may even outlive the agent: as long as nobody has seen it end, the note stays, and whenever the
 * module appears it is known as ours, at its level. Only a load that is over and whose module is gone is struck out; a
 * module of that name that comes later is a stranger's. The floor of a load that is in force counts before it is written.
 *
 * @param version {@link #VERSION}
 * @param bootId the boot: of another one nothing is in force
 * @param floor levels below it are refused
 * @param loads the newest last
 */
record Loads(int version, String bootId, long floor, List<Load> loads) {
    static final int VERSION = 1;

    Loads {
        if (version != VERSION || floor < 0) {
            throw new IllegalArgumentException("not what this version writes");
        }
        loads = List.copyOf(loads);
    }

    /**
     * One livepatch.
     *
     * @param module its name
     * @param level its bundle's
     * @param floor its bundle's
     * @param downgradeSafe whether it can be replaced by a lower level
     * @param identity its bundle's
     * @param over whether its loader has ended
     */
    record Load(String module, long level, long floor, boolean downgradeSafe, Sha256 identity, boolean over) {
        Load {
            if (!LivepatchCore.isName(module) || level < 1 || floor < 0) {
                throw new IllegalArgumentException("not what this version writes");
            }
        }
    }

    static Loads none(String bootId) {
        return new Loads(VERSION, bootId, 0, List.of());
    }

    Loads raised(long to) {
        return new Loads(VERSION, bootId, Math.max(floor, to), loads);
    }

    /** The loader is about to be started. */
    Loads beginning(Load load) {
        var changed = new ArrayList<>(without(load.module()).loads);
        changed.add(load);
        return with(changed);
    }

    /** Its loader has ended, and its module is there. */
    Loads over(String module) {
        return with(loads.stream()
                .map(load -> load.module().equals(module)
                        ? new Load(module, load.level(), load.floor(), load.downgradeSafe(), load.identity(), true)
                        : load)
                .toList());
    }

    Loads without(String module) {
        return with(loads.stream().filter(load -> !load.module().equals(module)).toList());
    }

    /** Strikes out what is over and gone. */
    Loads struckOut(Predicate<String> absent) {
        return with(loads.stream()
                .filter(load -> !load.over() || !absent.test(load.module()))
                .toList());
    }

    private Loads with(List<Load> changed) {
        return new Loads(VERSION, bootId, floor, changed);
    }
}
