package io.rebootless.agent.command;

import io.rebootless.agent.settings.SettingsException;
import io.rebootless.agent.status.Status;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "status",
        description = {
            "Says in one screen whether this host is protected, and why not.",
            "",
            "The kernel itself is asked: during a transition or a soak, after a reboot or when somebody has turned the livepatch off, the answer is never \"protected\". The exit code says the same as the last line. Needs no root; a line with a dot is what this user cannot see."
        })
final class StatusCommand implements Callable<Integer> {
    @ParentCommand
    private AgentCommand agent = new AgentCommand();

    @Option(names = "--json", description = "For programs: one JSON object, fields are only ever added.")
    private boolean json;

    @Override
    public Integer call() throws IOException, SettingsException {
        var settings = agent.settings();
        var status = Workplace.status(settings);
        System.out.println(json ? status.json() : status.text());
        return exitCode(status.verdict());
    }

    static int exitCode(Status.Verdict verdict) {
        return switch (verdict) {
            case PROTECTED -> ExitCode.OK;
            case BEHIND -> ExitCode.BEHIND;
            case ATTENTION -> ExitCode.REFUSED;
            case HELD -> ExitCode.HELD;
            case NOT_ENROLLED -> ExitCode.NOT_ENROLLED;
        };
    }
}
