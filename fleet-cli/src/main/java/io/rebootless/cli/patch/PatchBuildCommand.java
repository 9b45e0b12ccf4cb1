package io.rebootless.cli.patch;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.patch.LivepatchBuild.Built;
import io.rebootless.cli.patch.PatchDefinition.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "build",
        description = {
            "Makes a livepatch and its unsigned bundle for every kernel build that the patch is for.",
            "",
            "Kernels and headers are fetched from this machine's Debian mirror, and compiled against with the compiler of"
                    + " the Debian release that they are from. What has not changed is not made again, so that its"
                    + " identity stays."
        })
final class PatchBuildCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(names = "--kernel", paramLabel = "RELEASE", description = "Only for this build; repeat for more.")
    List<String> releases = List.of();

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "The patch directory (default: this one).")
    Path directory;

    @Override
    @SuppressWarnings("try") // the lock is held, and nothing else is done with it
    public Integer call() throws IOException {
        var patch = PatchDirectory.open(directory);
        var kernels = patch.kernels(releases);
        NeededPrograms.demandForBuild();
        try (var lock = patch.lock()) {
            var build = new LivepatchBuild(patch, Clock.systemUTC());
            int failures = EachKernel.failures(
                    kernels,
                    kernel -> {
                        tell("[%d/%d] %s: %s"
                                .formatted(
                                        kernels.indexOf(kernel) + 1,
                                        kernels.size(),
                                        kernel.release(),
                                        patch.madeElsewhere(kernel)
                                                .map(image -> "taking " + image)
                                                .orElse("compiling, if anything has changed")));
                        tell(patch, kernel, build.build(kernel));
                    },
                    (kernel, why) -> tell("%s: %s".formatted(kernel.release(), why)));
            if (failures > 0) {
                tell("%d of %d kernel builds have no bundle".formatted(failures, kernels.size()));
                return ExitCode.REFUSED;
            }
        }
        tell("Next: rebootless patch test " + directory);
        return ExitCode.OK;
    }

    private void tell(PatchDirectory patch, Target kernel, Built built) {
        if (!built.warnings().isEmpty()) {
            tell(built.warnings());
        }
        spec.commandLine()
                .getOut()
                .println("%s  %s  %s  %s"
                        .formatted(
                                kernel.release(),
                                built.made() ? "made     " : "unchanged",
                                patch.bundle(kernel),
                                built.bundle().identity()));
    }

    private void tell(String line) {
        spec.commandLine().getErr().println(line);
    }
}
