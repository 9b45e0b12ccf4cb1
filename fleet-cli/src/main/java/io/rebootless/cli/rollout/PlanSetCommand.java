package io.rebootless.cli.rollout;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.InputFile;
import io.rebootless.cli.server.RolloutApi;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.JsonFault;
import io.rebootless.wire.RolloutPlan;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;

@Command(
        name = "set",
        description = {
            "Makes a plan, or changes the one of that name.",
            "",
            "Rollouts that were made by it go on by what it said then."
        })
final class PlanSetCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "NAME", description = "1 to 63 of a-z 0-9 -; default for the one that applies by itself.")
    String name;

    @Option(
            names = "--file",
            paramLabel = "FILE",
            required = true,
            description = "The plan, as JSON: docs/rollouts.md has the fields.")
    Path file;

    @Override
    public Integer call() throws IOException {
        RolloutPlan plan;
        try {
            plan = WireJson.strict().readValue(InputFile.text(file, StandardCharsets.UTF_8), RolloutPlan.class);
        } catch (JacksonException e) {
            throw new CommandFailed(ExitCode.NO_INPUT, "%s: no plan: %s".formatted(file, JsonFault.describe(e)));
        }
        var out = spec.commandLine().getOut();
        var stored = RolloutApi.connect(server).put(name, plan);
        out.println("plan          " + stored.name());
        PlanText.whole(stored.plan(), out);
        return ExitCode.OK;
    }
}
