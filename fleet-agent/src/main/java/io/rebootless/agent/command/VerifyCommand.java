package io.rebootless.agent.command;

import io.rebootless.agent.fetch.Inspection;
import io.rebootless.agent.kernel.LivepatchKernel;
import io.rebootless.agent.settings.SettingsException;
import io.rebootless.bundle.Admission;
import io.rebootless.bundle.Bundle;
import io.rebootless.bundle.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "verify",
        description = {
            "Says of a bundle file who has signed it, what it fixes, and whether this host would take it.",
            "",
            "Exit code 2, with the refusal's name, if this host would not. Nothing is changed."
        })
final class VerifyCommand implements Callable<Integer> {
    @ParentCommand
    private AgentCommand agent = new AgentCommand();

    @Parameters(paramLabel = "FILE", description = "A bundle (.rlb).")
    private Path file = Path.of("");

    @Override
    public Integer call() throws IOException, SettingsException {
        var settings = agent.settings();
        try {
            var verified = Inspection.verify(file, Workplace.trust(settings));
            System.out.println("✓ signed by " + words(verified.signers()));
            describe(verified.bundle());
            var running = Workplace.running(settings);
            long remembered = Workplace.state(settings).look().floor(running.buildId());
            long floor =
                    Math.max(remembered, LivepatchKernel.by(settings).state().floor());
            new Admission(running, floor, 0, true).upgrade(verified.bundle().header());
            System.out.println("✓ fits this host, " + running);
            return ExitCode.OK;
        } catch (RefusedException e) {
            System.out.println("✗ " + e.refusal().message());
            return ExitCode.REFUSED;
        }
    }

    private static void describe(Bundle bundle) {
        var header = bundle.header();
        var manifest = bundle.manifest();
        System.out.printf("  level        %d, floor %d%n", header.level(), header.floor());
        System.out.printf("  publication  %s: %s%n", manifest.publication(), manifest.title());
        System.out.printf("  created      %s%n", manifest.created());
        System.out.printf("  kernel       %s%n", header.kernel());
        System.out.printf("  livepatch    %s%s%n", header.module(), header.downgradeSafe() ? ", downgrade-safe" : "");
        System.out.printf(
                "  fixes        %s%n",
                manifest.cves().isEmpty()
                        ? "no CVE named"
                        : manifest.cves().stream()
                                .map(cve -> "%s (%s)"
                                        .formatted(cve.id(), cve.severity().word()))
                                .collect(Collectors.joining(", ")));
        System.out.printf("  identity     %s%n", bundle.identity());
    }

    private static String words(Collection<?> things) {
        return things.stream().map(Object::toString).collect(Collectors.joining(", "));
    }
}
