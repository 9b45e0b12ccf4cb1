package io.rebootless.agent.command;

import io.rebootless.agent.cycle.Patrol;
import io.rebootless.agent.cycle.Patrol.NotEnrolledException;
import io.rebootless.agent.cycle.Uplink;
import io.rebootless.agent.settings.SettingsException;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
    /** Below systemd's 90 s; a step that is under way is finished first. */
    private static final long STOP_SECONDS = 30;

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
        var done = new CountDownLatch(1);
        var worker = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(patrol, worker, done), "stop"));
        try {
            patrol.run();
        } catch (InterruptedException e) {
            // stopped while pausing
        } finally {
            // The hook's interrupt may still be pending, and would close the journal's file under the last entry.
            Thread.interrupted();
            patrol.markCleanStop();
            log.info("stopped; what is in force stays in force");
            done.countDown();
        }
        return ExitCode.OK;
    }

    private static void stop(Patrol patrol, Thread worker, CountDownLatch done) {
        patrol.stop();
        worker.interrupt();
        try {
            if (!done.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("stopped in the middle of a step");
            }
        } catch (InterruptedException e) {
            worker.interrupt();
        }
    }
}
