package io.rebootless.agent.command;

import io.rebootless.agent.cycle.HoldWatch;
import io.rebootless.agent.cycle.Patrol;
import io.rebootless.agent.cycle.Patrol.NotEnrolledException;
import io.rebootless.agent.cycle.Uplink;
import io.rebootless.agent.durable.ActionLock;
import io.rebootless.agent.host.ProcessTable;
import io.rebootless.agent.log.EventLog;
import io.rebootless.agent.memory.ServiceMark;
import io.rebootless.agent.settings.Settings;
import io.rebootless.agent.settings.SettingsException;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/**
 * What {@code run} does. The unit's own command line comes here directly: the service stays for months, and keeps neither
 * the command line's library in memory nor, see {@link Workplace#setToStay}, the one that verifies.
 */
public final class Service {
    private Service() {}

    /** {@code rebootless-agent run} without a further word; returns the exit code. */
    public static int start() {
        try {
            run(Workplace.settings(Workplace.settingsFile(Optional.empty())));
            return ExitCode.OK;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.SOFTWARE;
        } catch (IOException | SettingsException | NotEnrolledException | RuntimeException e) {
            return Complaint.about(e, false);
        }
    }

    @SuppressWarnings("try") // The turn is held, not used.
    static void run(Settings settings)
            throws IOException, SettingsException, InterruptedException, NotEnrolledException {
        var workplace = Workplace.setToStay(settings);
        var log = workplace.equipment().log();
        log.info("rebootless-agent %s on kernel %s"
                .formatted(Workplace.agentVersion(), workplace.equipment().running()));
        try (var turn = turn(workplace)) {
            markService(workplace);
            follow(new HoldWatch(workplace.equipment()));
            var patrol = patrol(workplace);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(patrol, log), "stop"));
            patrol.run();
        }
    }

    /**
     * To be the one service: two would report beside each other, and `status` know of one.
     *
     * @throws IOException if another one runs
     */
    private static Closeable turn(Workplace workplace) throws IOException {
        Optional<ActionLock.Held> turn;
        try {
            turn = workplace.state().serviceTurn();
        } catch (IOException e) {
            // A disk that nothing can be written to is no reason not to watch over what is in force.
            workplace.equipment().log().warning("whether another service runs is not known: " + e.getMessage());
            return () -> {};
        }
        if (turn.isPresent()) {
            return turn.get();
        }
        throw new IOException(
                "rebootless-agent runs already%s; to have it begin anew: systemctl restart rebootless-agent"
                        .formatted(workplace
                                .state()
                                .service()
                                .map(mark -> ", as process " + mark.pid())
                                .orElse("")));
    }

    /** Where there is nobody to ask, or no way to ask, what is at hand is put into force and watched all the same. */
    private static Patrol patrol(Workplace workplace)
            throws IOException, SettingsException, InterruptedException, NotEnrolledException {
        try {
            if (workplace.state().enrolled()) {
                return workplace.patrol();
            }
            throw new NotEnrolledException("this host is not enrolled");
        } catch (IOException | SettingsException | NotEnrolledException e) {
            workplace.cycle().workToEnd(Uplink.NONE);
            throw e;
        }
    }

    /** For {@code status}, which has no other way to tell that without asking a service manager. */
    private static void markService(Workplace workplace) {
        try {
            serve(workplace);
        } catch (IOException e) {
            workplace.equipment().log().warning("status will not know of this service: " + e.getMessage());
        }
    }

    private static void serve(Workplace workplace) throws IOException {
        var equipment = workplace.equipment();
        long pid = ProcessHandle.current().pid();
        var started = new ProcessTable(equipment.proc()).startTicks(pid);
        if (started.isPresent()) {
            workplace
                    .state()
                    .serve(new ServiceMark(
                            1, pid, started.get(), equipment.host().bootId(), equipment.agentVersion()));
        }
    }

    /** Beside the patrol, which may wait for the server for a minute. */
    private static void follow(HoldWatch watch) {
        var thread = new Thread(
                () -> {
                    try {
                        watch.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "holds");
        thread.setDaemon(true);
        thread.start();
    }

    /** A poll may hang for a minute yet: it is left hanging, and what it brings finds the lock taken. */
    private static void stop(Patrol patrol, EventLog log) {
        try {
            patrol.stop();
            log.info("stopped; what is in force stays in force");
        } catch (IOException e) {
            log.error("stopped without its mark in the journal: " + e.getMessage());
        }
    }
}
