package io.rebootless.cli.bundle;

import io.rebootless.bundle.BundleFormat;
import io.rebootless.bundle.BundleHeader;
import io.rebootless.bundle.LivepatchImage;
import io.rebootless.bundle.ManifestCodec;
import io.rebootless.bundle.RefusedException;
import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.InputFile;
import io.rebootless.cli.kernel.KernelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "create",
        description = {
            "Makes an unsigned bundle from a livepatch module.",
            "",
            "The image must be built for the kernel build named and say livepatch=Y; set .replace = true in its"
                    + " struct klp_patch, so that it replaces the level before it."
        })
final class BundleCreateCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(names = "--image", required = true, paramLabel = "FILE", description = "The livepatch .ko as built.")
    Path imageFile;

    @Option(
            names = "--kernel",
            required = true,
            paramLabel = "FILE",
            description = "The kernel build it is for: vmlinuz, vmlinux, .deb, or JSON of `kernel inspect`.")
    Path kernelFile;

    @Option(
            names = "--level",
            required = true,
            paramLabel = "N",
            description = "1 or more; contains every fix of the levels below it.")
    long level;

    @Option(
            names = "--floor",
            paramLabel = "N",
            defaultValue = "0",
            description = "Levels below it are revoked, for good (default: ${DEFAULT-VALUE}).")
    long floor;

    @Option(
            names = "--downgrade-safe",
            description = "A lower level can replace it: no callbacks, states or shadow variables.")
    boolean downgradeSafe;

    @ArgGroup(multiplicity = "1")
    ManifestOptions.Source manifest;

    @Option(
            names = {"-o", "--out"},
            required = true,
            paramLabel = "FILE",
            description = "The bundle to write, *.rlb.")
    Path out;

    @Option(names = "--force", description = "Overwrite it if it exists.")
    boolean force;

    @Override
    public Integer call() throws IOException, RefusedException {
        if (Files.size(imageFile) > BundleFormat.MAX_IMAGE_BYTES) {
            throw new CommandFailed(
                    ExitCode.NO_INPUT,
                    "%s: %,d bytes; an image has at most %,d"
                            .formatted(imageFile, Files.size(imageFile), BundleFormat.MAX_IMAGE_BYTES));
        }
        byte[] image = InputFile.bytes(imageFile);
        var livepatch = LivepatchImage.read(image);
        byte[] json = manifest.json(Clock.systemUTC().instant());
        var header = header(livepatch.name(), json.length, image.length);
        // The codec holds the limits, so let it look before anything is written.
        ManifestCodec.decode(json);
        BundleFiles.show(
                BundleFiles.writeDraft(out, force, header, json, image),
                spec.commandLine().getOut());
        return ExitCode.OK;
    }

    private BundleHeader header(String module, int manifestSize, int imageSize) throws IOException {
        var kernel = KernelFile.read(kernelFile);
        return CommandFailed.ifUnfit(
                () -> new BundleHeader(downgradeSafe, level, floor, manifestSize, imageSize, kernel, module));
    }
}
