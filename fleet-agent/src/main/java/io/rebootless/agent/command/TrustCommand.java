package io.rebootless.agent.command;

import io.rebootless.agent.kernel.KernelTrust;
import io.rebootless.agent.kernel.LivepatchKernel;
import io.rebootless.agent.settings.Settings;
import io.rebootless.agent.settings.SettingsException;
import io.rebootless.agent.trust.Agreement;
import io.rebootless.trust.TrustDirectory;
import io.rebootless.trust.TrustInForce;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "trust",
        description = {
            "Shows which publishers this host trusts, and whether the kernel module trusts the same.",
            "",
            "What the trust directory says - certificates, how many must sign, trust bundles - is written into the kernel module and sealed at boot, by the unit rebootless-trust.service. From then on `trust update` changes both, with a trust bundle that those who are trusted now have signed."
        },
        synopsisSubcommandLabel = "[COMMAND]",
        subcommands = TrustUpdateCommand.class)
final class TrustCommand implements Callable<Integer> {
    @ParentCommand
    private AgentCommand agent = new AgentCommand();

    @Override
    public Integer call() throws IOException, SettingsException {
        return show(settings());
    }

    Settings settings() throws IOException, SettingsException {
        return agent.settings();
    }

    /** Both sides, and whether they agree. */
    static int show(Settings settings) throws IOException {
        var directory = TrustDirectory.load(settings.trustDirectory());
        var inForce = directory.inForce();
        System.out.printf(
                "%s: %d of these must have signed a bundle (trust level %d%s)%n",
                directory.path(),
                inForce.publishers().threshold(),
                inForce.level(),
                inForce.level() == 0 ? ", as installed" : "");
        for (var certificate : inForce.publishers().certificates()) {
            System.out.printf("  %s  %s%n", certificate.fingerprint(), certificate.subject());
        }
        var kernel = LivepatchKernel.by(settings).trust();
        return switch (Agreement.of(inForce, kernel)) {
            case SAME -> {
                System.out.println("✓ sealed in the kernel module, the same publishers, number and level");
                yield ExitCode.OK;
            }
            case BY_KEYRING -> {
                System.out.println(
                        "✓ sealed; the kernel module verifies against the kernel's .secondary_trusted_keys (keyring=secondary), and this agent against the above");
                yield ExitCode.OK;
            }
            case NO_KEYRING -> {
                System.out.println(
                        "✓ this agent verifies against these, and loads livepatches itself (loader = direct): the kernel has no keyring of its own to agree with");
                yield ExitCode.OK;
            }
            case NOT_SEALED -> {
                System.out.println(
                        "✗ the kernel module is not sealed; `systemctl restart rebootless-trust` does it, and says what is in the way");
                yield ExitCode.REFUSED;
            }
            case DIFFERENT -> {
                tellDifference(inForce, kernel.orElseThrow());
                yield ExitCode.REFUSED;
            }
            case NO_MODULE, UNKNOWN -> {
                System.out.println(
                        "✗ the kernel module rebootless is not loaded; `systemctl start rebootless-trust` does it");
                yield ExitCode.REFUSED;
            }
        };
    }

    private static void tellDifference(TrustInForce inForce, KernelTrust kernel) {
        System.out.printf(
                "✗ the kernel module trusts otherwise: %d of these (trust level %d)%n",
                kernel.threshold(), kernel.level());
        kernel.keys().forEach(key -> System.out.printf("  %s%n", key));
        System.out.println(
                kernel.level() < inForce.level()
                        ? "  It lacks trust bundles that are here: `systemctl restart rebootless-trust` gives it them."
                        : "  What is in the directory counts after the next boot.");
    }
}
