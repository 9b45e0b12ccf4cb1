package io.rebootless.cli.kernel;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "inspect",
        description = {
            "Says which kernel build a file holds: release, version, machine and GNU build-id.",
            "",
            "Reads a vmlinux, a vmlinuz (x86 bzImage), a Debian linux-image package, or what this command has"
                    + " printed with --json on another host."
        })
final class KernelInspectCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "vmlinux, vmlinuz, .deb or .json.")
    Optional<Path> file;

    @Option(names = "--running", description = "The kernel that runs here.")
    boolean running;

    @Option(names = "--json", description = "Print JSON, which --kernel of bundle create takes.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        if (file.isPresent() == running) {
            throw new CommandFailed(ExitCode.USAGE, "name a FILE or say --running");
        }
        var kernel = running ? RunningKernel.read(Path.of("/")) : KernelFile.read(file.orElseThrow());
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(WireJson.mapper().writeValueAsString(kernel));
        } else {
            out.println("release   " + kernel.release());
            out.println("version   " + kernel.version());
            out.println("machine   " + kernel.machine());
            out.println("build-id  " + kernel.buildId());
        }
        return ExitCode.OK;
    }
}
