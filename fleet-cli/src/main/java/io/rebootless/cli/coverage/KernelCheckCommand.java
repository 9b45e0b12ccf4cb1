package io.rebootless.cli.coverage;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.kernel.KernelFile;
import io.rebootless.cli.kernel.RunningKernel;
import io.rebootless.cli.server.Catalogue;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.KernelCoverage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** "Is my kernel covered?", asked before anyone enrols. */
@Command(
        name = "check",
        description = {
            "Asks whether a bundle is published for the kernel that runs here, or for one in a file.",
            "",
            "Exit code 0 if it is, 1 if not, 2 if nobody can tell. The host need not be enrolled; the key needs no more"
                    + " than the role viewer."
        },
        footerHeading = "%nExamples%n",
        footer = {"  rebootless kernel check", "  rebootless kernel check /boot/vmlinuz-6.1.0-56-amd64"})
public final class KernelCheckCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "vmlinux, vmlinuz, .deb or the JSON of `kernel inspect`; without it, the running kernel.")
    Optional<Path> file = Optional.empty();

    @Option(names = "--root", hidden = true, defaultValue = "/", description = "Where proc and sys are, for tests.")
    Path root = Path.of("/");

    @Mixin
    Output output;

    /** What {@code --json} prints. */
    record Answer(
            KernelBuild kernel, boolean covered, @Nullable BundleReference latest, String reason) {}

    @Override
    public Integer call() {
        Answer answer;
        try {
            var kernel = file.isPresent() ? KernelFile.read(file.get()) : RunningKernel.read(root);
            answer = answer(kernel, Catalogue.connect(server).kernel(kernel.buildId()));
        } catch (CommandFailed | IOException e) {
            // Whatever stands between us and an answer, the answer is that nobody can tell.
            boolean misused = e instanceof CommandFailed failed && failed.exitCode() == ExitCode.USAGE;
            throw new CommandFailed(misused ? ExitCode.USAGE : ExitCode.CANNOT_TELL, "cannot tell: " + words(e));
        }
        output.print(answer, out -> out.println("%s: %s".formatted(answer.kernel(), answer.reason())));
        return answer.covered() ? ExitCode.OK : ExitCode.REFUSED;
    }

    private static Answer answer(KernelBuild kernel, Optional<KernelCoverage> known) {
        if (known.isEmpty()) {
            return new Answer(kernel, false, null, "not covered: the server knows nothing of this build");
        }
        var coverage = known.get();
        if (!coverage.kernel().equals(kernel)) {
            throw new CommandFailed(
                    ExitCode.CANNOT_TELL,
                    "this is %s %s %s, and the server knows the build-id %s as %s %s %s"
                            .formatted(
                                    kernel.release(),
                                    kernel.version(),
                                    kernel.machine(),
                                    kernel.buildId(),
                                    coverage.kernel().release(),
                                    coverage.kernel().version(),
                                    coverage.kernel().machine()));
        }
        BundleReference latest = coverage.latest();
        return latest == null
                ? new Answer(kernel, false, null, "not covered: no bundle is published for it, or all were withdrawn")
                : new Answer(
                        kernel,
                        true,
                        latest,
                        "covered: level %d, publication %s".formatted(latest.level(), latest.publication()));
    }

    private static String words(Exception e) {
        return e instanceof NoSuchFileException ? e.getMessage() + ": no such file" : String.valueOf(e.getMessage());
    }
}
