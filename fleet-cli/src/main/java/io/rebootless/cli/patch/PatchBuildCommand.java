package io.rebootless.cli.patch;

import io.rebootless.bundle.RefusedException;
import io.rebootless.cli.CommandFailed;
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
                    + " identity, and signatures it may have by now, stay."
        })
final class PatchBuildCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(names = "--kernel", paramLabel = "RELEASE", description = "Only for this build; repeat for more.")
    List<String> releases = List.of();

    @Parameters(paramLabel = "DIR", defaultValue = ".", description = "The patch directory (default: this one).")
    Path directory;

    @Override
    public Integer call() throws IOException {
        var patch = PatchDirectory.open(directory);
        var build = new LivepatchBuild(patch, Clock.systemUTC());
        var kernels = patch.kernels(releases);
        int made = 0;
        for (Target kernel : kernels) {
            tell("[%d/%d] %s: fetching headers and compiling".formatted(made + 1, kernels.size(), kernel.release()));
            made += one(build, patch, kernel) ? 1 : 0;
        }
        if (made < kernels.size()) {
            tell("%d of %d kernel builds have no bundle".formatted(kernels.size() - made, kernels.size()));
            return ExitCode.REFUSED;
        }
        tell("Next: rebootless patch test " + directory);
        return ExitCode.OK;
    }

    private boolean one(LivepatchBuild build, PatchDirectory patch, Target kernel) throws IOException {
        try {
            Built built = build.build(kernel);
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
            return true;
        } catch (CommandFailed e) {
            tell(kernel.release() + ": " + e.getMessage());
        } catch (RefusedException e) {
            tell("%s: %s".formatted(kernel.release(), e.getMessage()));
        }
        return false;
    }

    private void tell(String line) {
        spec.commandLine().getErr().println(line);
    }
}
