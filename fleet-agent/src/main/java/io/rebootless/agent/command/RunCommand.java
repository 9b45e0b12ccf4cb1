package io.rebootless.agent.command;

import io.rebootless.agent.cycle.Patrol;
import io.rebootless.agent.cycle.Patrol.NotEnrolledException;
import io.rebootless.agent.cycle.Uplink;
import io.rebootless.agent.log.EventLog;
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
        var patrol = patrol(workplace);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(patrol, log), "stop"));
        patrol.run();
        return ExitCode.OK;
    }

    /** Where there is nobody to ask, or no way to ask, what is at hand is put into force all the same. */
    private static Patrol patrol(Workplace workplace)
            throws IOException, SettingsException, InterruptedException, NotEnrolledException {
        try {
            if (workplace.state().enrolled()) {
                return workplace.patrol();
            }
            throw new NotEnrolledException("this host is not enrolled");
        } catch (IOException | SettingsException | NotEnrolledException e) {
            workplace.cycle().work(Uplink.NONE);
            throw e;
        }
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
