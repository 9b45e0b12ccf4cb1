package io.rebootless.agent.command;

import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.settings.SettingsException;
import io.rebootless.wire.AgentState;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
        name = "hold",
        description = {
            "Keeps this host at the level that it has, whatever the server orders, until `resume` or the end given.",
            "",
            "What is in force stays in force, and comes back after a reboot. A transition or a soak under way is followed to its end. The server is told the reason and the end. To have nothing in force: `revert`."
        })
final class HoldCommand implements Callable<Integer> {
    @ParentCommand
    private AgentCommand agent = new AgentCommand();

    @Spec
    private CommandSpec spec;

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why, for the fleet's status.")
    private String reason = "";

    @ArgGroup
    private @Nullable HoldEnd end;

    @Override
    public Integer call() throws IOException, SettingsException, InterruptedException {
        var workplace = Workplace.set(agent.settings());
        var hold = hold(Hold.Mode.KEEP, reason, end, workplace, spec);
        var standing = workplace.hold(hold);
        long level = workplace.equipment().kernel().state().level();
        System.out.printf(
                "✓ this host is held %s: %s%n",
                level == 0 ? "without a livepatch of ours" : "at level " + level, hold.words());
        System.out.println("  To have it follow the server again: rebootless-agent resume");
        return standing.state() == AgentState.FAILED ? ExitCode.REFUSED : ExitCode.OK;
    }

    static Hold hold(Hold.Mode mode, String reason, @Nullable HoldEnd end, Workplace workplace, CommandSpec spec) {
        if (reason.isBlank()) {
            throw new ParameterException(spec.commandLine(), "--reason takes words that tell others why");
        }
        var now = workplace.equipment().wall().instant().truncatedTo(ChronoUnit.SECONDS);
        var until = (end == null ? new HoldEnd() : end).after(now, spec);
        return new Hold(mode, Hold.Source.COMMAND, reason, now, until);
    }
}
