package io.rebootless.agent.command;

import io.rebootless.agent.kernel.KernelRefusedException;
import io.rebootless.agent.kernel.SysfsKernel;
import io.rebootless.agent.settings.SettingsException;
import io.rebootless.trust.PublisherCertificate;
import io.rebootless.trust.TrustedPublishers;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "trust",
        description = {
            "Shows which publishers this host trusts, and whether the kernel module trusts the same.",
            "",
            "With --seal the certificates in the trust directory are written into the kernel module, which then takes no others until the next boot. The unit rebootless-trust.service does this before the agent starts; it needs CAP_SYS_MODULE, which the agent's own service does not have."
        })
final class TrustCommand implements Callable<Integer> {
    @ParentCommand
    private AgentCommand agent = new AgentCommand();

    @Option(names = "--seal", description = "Write and seal, unless the same is sealed already.")
    private boolean seal;

    @Override
    public Integer call() throws IOException, SettingsException {
        var settings = agent.settings();
        var trusted = Workplace.trust(settings);
        System.out.printf(
                "%s: %d of these must have signed a bundle%n", settings.trustDirectory(), trusted.threshold());
        for (var certificate : trusted.certificates()) {
            System.out.printf("  %s  %s%n", certificate.fingerprint(), certificate.subject());
        }
        var kernel = new SysfsKernel(settings.sysfs());
        try {
            if (seal && !kernel.state().sealed()) {
                write(trusted, kernel);
            }
        } catch (KernelRefusedException e) {
            System.out.println("✗ " + e.getMessage());
            return ExitCode.REFUSED;
        }
        return compare(trusted, kernel);
    }

    /** Certificates that an earlier, interrupted try has left there are not written twice. */
    private static void write(TrustedPublishers trusted, SysfsKernel kernel)
            throws IOException, KernelRefusedException {
        var present = new HashSet<>(kernel.keys());
        var wanted = fingerprints(trusted);
        var foreign = new HashSet<>(present);
        foreign.removeAll(wanted);
        if (!foreign.isEmpty()) {
            throw new IOException(
                    "the kernel module, not sealed yet, already trusts others (%s); remove the module and load it again"
                            .formatted(String.join(", ", foreign)));
        }
        for (var certificate : trusted.certificates()) {
            if (!present.contains(certificate.fingerprint().hex())) {
                kernel.trust(certificate.der());
            }
        }
        kernel.seal(trusted.threshold());
    }

    private static int compare(TrustedPublishers trusted, SysfsKernel kernel) throws IOException {
        var state = kernel.state();
        if (!state.moduleLoaded()) {
            System.out.println("✗ the kernel module rebootless is not loaded");
            return ExitCode.REFUSED;
        }
        if (!state.sealed()) {
            System.out.println("✗ the kernel module is not sealed; `rebootless-agent trust --seal` does it");
            return ExitCode.REFUSED;
        }
        boolean same =
                Set.copyOf(kernel.keys()).equals(fingerprints(trusted)) && kernel.threshold() == trusted.threshold();
        System.out.println(
                same
                        ? "✓ sealed in the kernel module, the same publishers and number"
                        : "✗ sealed in the kernel module with other publishers or another number: what is in the directory counts after the next boot");
        return same ? ExitCode.OK : ExitCode.REFUSED;
    }

    private static Set<String> fingerprints(TrustedPublishers trusted) {
        return trusted.certificates().stream()
                .map(PublisherCertificate::fingerprint)
                .map(Object::toString)
                .collect(Collectors.toUnmodifiableSet());
    }
}
