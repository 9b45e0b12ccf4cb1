package io.rebootless.agent.command;

import io.rebootless.agent.settings.SettingsException;
import io.rebootless.agent.status.Status;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "uname",
        description = {
            "Prints the effective kernel release: the one whose security state this host has.",
            "",
            "That is what the publishers of the bundle in force say, if it has settled in this boot and is in force for every task; else the running kernel's own. Needs no root and no server."
        })
final class UnameCommand implements Callable<Integer> {
    @ParentCommand
    private AgentCommand agent = new AgentCommand();

    @ArgGroup
    private @Nullable What what;

    private static final class What {
        /** Given or not, it is what is printed: nobody needs to read it. */
        @SuppressWarnings("UnusedVariable")
        @Option(names = "-r", description = "The effective release only, as without options.")
        private boolean release;

        @Option(
                names = "-a",
                description =
                        "As `uname -a`, with the effective release, and then the running one and what is in force.")
        private boolean all;
    }

    @Override
    public Integer call() throws IOException, SettingsException {
        var status = Workplace.status(agent.settings());
        System.out.println(what != null && what.all ? all(status) : status.effectiveRelease());
        return ExitCode.OK;
    }

    private static String all(Status status) {
        var kernel = status.kernel();
        String inForce = status.inForce()
                .map(bundle -> "level %d, %s".formatted(bundle.level(), bundle.publication()))
                .orElse("no livepatch in force");
        return "Linux %s %s %s %s (running %s, %s)"
                .formatted(
                        status.hostname(),
                        status.effectiveRelease(),
                        kernel.version(),
                        kernel.machine(),
                        kernel.release(),
                        inForce);
    }
}
