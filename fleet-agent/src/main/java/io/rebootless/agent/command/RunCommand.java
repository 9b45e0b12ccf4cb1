package io.rebootless.agent.command;

import io.rebootless.agent.cycle.HoldWatch;
import io.rebootless.agent.cycle.Patrol;
import io.rebootless.agent.cycle.Patrol.NotEnrolledException;
import io.rebootless.agent.cycle.Uplink;
import io.rebootless.agent.host.ProcessTable;
import io.rebootless.agent.log.EventLog;
import io.rebootless.agent.memory.ServiceMark;
import io.rebootless.agent.settings.SettingsException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "run",
        description = {
            "Runs until stopped: this is what the service does.",
            "",
            "After a boot it puts the last settled bundle back first, without needing the network. Then it asks the server what to run and carries it out. SIGTERM stops it in order; what is in force stays in force."
        })
final class RunCommand implements Callable<Integer> {
    @ParentCommand
    private AgentCommand agent = new AgentCommand();

    @Override
    public Integer call() throws IOException, SettingsException, InterruptedException, NotEnrolledException {
        var workplace = Workplace.set(agent.settings());
        var log = workplace.equipment().log();
        log.info("rebootless-agent %s on kernel %s"
                .formatted(AgentVersion.number(), workplace.equipment().running()));
        if (!workplace.state().enrolled()) {
            workplace.cycle().work(Uplink.NONE);
        }
        var patrol = workplace.patrol();
        markService(workplace);
        follow(new HoldWatch(workplace.equipment()));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(patrol, log), "stop"));
        patrol.run();
        return ExitCode.OK;
    }

    /** For {@code status}, which has no other way to tell that without asking a service manager. */
    private static void markService(Workplace workplace) throws IOException {
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
