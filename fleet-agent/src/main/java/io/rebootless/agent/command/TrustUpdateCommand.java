package io.rebootless.agent.command;

import io.rebootless.agent.kernel.KernelRefusedException;
import io.rebootless.agent.kernel.LivepatchKernel;
import io.rebootless.agent.settings.SettingsException;
import io.rebootless.agent.trust.TrustUpdate;
import io.rebootless.bundle.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "update",
        description = {
            "Follows a trust bundle: from then on this host trusts those whom it names, and nobody else.",
            "",
            "As many as must sign now must have signed it. It is kept in the trust directory, for the boots to come, and given to the kernel module, without a reboot; if the kernel refuses it, it is not kept. What is in force in the kernel stays. Doing it again changes nothing.",
            "",
            "Publishers make trust bundles with `rebootless trust create` and `rebootless bundle sign`."
        })
final class TrustUpdateCommand implements Callable<Integer> {
    @ParentCommand
    private TrustCommand trust = new TrustCommand();

    @Parameters(paramLabel = "FILE", description = "A trust bundle (.rlb).")
    private Path file = Path.of("");

    @Override
    public Integer call() throws IOException, SettingsException {
        var settings = trust.settings();
        var state = Workplace.state(settings);
        state.create();
        // The agent's service stages bundles in the same place: one at a time.
        var turn = state.open();
        try {
            long level = new TrustUpdate(settings.trustDirectory(), LivepatchKernel.by(settings)).follow(file);
            System.out.printf("✓ trust level %d is in force%n", level);
        } catch (RefusedException e) {
            System.out.println("✗ " + e.refusal().message());
            return ExitCode.REFUSED;
        } catch (KernelRefusedException e) {
            System.out.println("✗ " + e.getMessage());
            return ExitCode.REFUSED;
        } finally {
            turn.close();
        }
        return TrustCommand.show(settings);
    }
}
