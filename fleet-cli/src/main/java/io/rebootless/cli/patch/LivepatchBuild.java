package io.rebootless.cli.patch;

import io.rebootless.bundle.BundleHeader;
import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.SignedFile;
import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.InputFile;
import io.rebootless.cli.bundle.BundleFiles;
import io.rebootless.cli.kernel.KernelFile;
import io.rebootless.cli.patch.PatchDefinition.Target;
import io.rebootless.guest.DebianKernel;
import io.rebootless.guest.KernelNotOffered;
import io.rebootless.guest.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;

/** Makes one kernel build's livepatch and its unsigned bundle; what has not changed is left as it is. */
final class LivepatchBuild {
    private static final int NOT_COMPILED = 4;

    private final PatchDirectory patch;
    private final Clock clock;

    LivepatchBuild(PatchDirectory patch, Clock clock) {
        this.patch = patch;
        this.clock = clock;
    }

    /**
     * What came of a build.
     *
     * @param bundle as it lies in its file
     * @param made whether it was made now, rather than found as it should be
     * @param warnings of the compiler about the publisher's files, empty if there are none
     */
    record Built(SignedFile bundle, boolean made, String warnings) {}

    /**
     * Builds.
     *
     * @throws CommandFailed with the reasons, when the source or the kernel does not allow it
     */
    Built build(Target kernel) throws IOException, RefusedException {
        var debian = fetch(kernel);
        var elsewhere = patch.madeElsewhere(kernel);
        if (elsewhere.isPresent()) {
            return bundle(debian, kernel, InputFile.bytes(elsewhere.get()), "");
        }
        String warnings = compile(debian, kernel);
        Path image = patch.output(kernel).resolve(patch.definition().module() + ".ko");
        if (!Files.exists(image)) {
            throw failed("src/Kbuild makes no %s, which %s at level %d is named; without a Kbuild all of src/*.c is"
                            .formatted(
                                    image.getFileName(),
                                    patch.definition().name(),
                                    patch.definition().level())
                    + " made into it");
        }
        return bundle(debian, kernel, InputFile.bytes(image), warnings);
    }

    private static DebianKernel fetch(Target kernel) {
        try {
            return DebianKernel.get(kernel.release());
        } catch (KernelNotOffered e) {
            throw failed("no kernel and headers: " + e.getMessage() + onOffer(kernel));
        } catch (IllegalStateException e) {
            throw failed(String.valueOf(e.getMessage()));
        }
    }

    private static String onOffer(Target kernel) {
        String[] numbers = kernel.release().split("\\.", 3);
        if (numbers.length < 3) {
            return "";
        }
        Result offer = DebianKernel.script(Duration.ofMinutes(5), "list", numbers[0] + "." + numbers[1]);
        return offer.exit() == 0
                ? "; it offers " + String.join(", ", offer.out().lines().toList())
                : "";
    }

    private String compile(DebianKernel debian, Target kernel) throws IOException {
        Result result = debian.build(StagedSource.of(patch), patch.output(kernel));
        if (result.exit() == NOT_COMPILED) {
            throw failed(BuildComplaints.in(result.out()).stream()
                    .collect(Collectors.joining("\n  ", "it does not compile:\n  ", "")));
        }
        if (result.exit() != 0) {
            throw failed(result.err().strip());
        }
        return result.out().strip();
    }

    private Built bundle(DebianKernel debian, Target kernel, byte[] image, String warnings)
            throws IOException, RefusedException {
        Path file = patch.bundle(kernel);
        try {
            if (Files.exists(file)) {
                var present = BundleFiles.readDraft(file);
                var same = draft(debian, kernel, image, present.manifest().created());
                if (same.identity().equals(present.identity())) {
                    return new Built(present, false, warnings);
                }
            }
            demandUnsigned(patch.good(kernel));
            var draft = draft(debian, kernel, image, clock.instant());
            Files.move(draftFile(kernel), file, StandardCopyOption.ATOMIC_MOVE);
            return new Built(draft, true, warnings);
        } finally {
            Files.deleteIfExists(draftFile(kernel));
        }
    }

    /** What is signed may be out: of another bundle of its level nobody is to make a second one. */
    private static void demandUnsigned(Path good) throws IOException, RefusedException {
        if (GoodBundles.signed(good)) {
            throw failed(("%s is signed, and the patch has changed since: raise the level in %s, for what is signed may"
                            + " be out; or remove the file")
                    .formatted(good, PatchDirectory.DEFINITION));
        }
    }

    private Path draftFile(Target kernel) {
        return patch.output().resolve(kernel.release() + ".draft");
    }

    private SignedFile draft(DebianKernel debian, Target kernel, byte[] image, Instant created)
            throws IOException, RefusedException {
        var definition = patch.definition();
        byte[] manifest = definition.manifestFor(kernel, created);
        var header = new BundleHeader(
                definition.downgradeSafe(),
                definition.level(),
                definition.floor(),
                manifest.length,
                image.length,
                KernelFile.read(debian.vmlinuz()),
                definition.module());
        return BundleFiles.writeDraft(draftFile(kernel), true, header, manifest, image);
    }

    private static CommandFailed failed(String why) {
        return new CommandFailed(ExitCode.REFUSED, why);
    }
}
