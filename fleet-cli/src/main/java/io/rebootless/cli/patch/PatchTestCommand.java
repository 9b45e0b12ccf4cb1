package io.rebootless.cli.patch;

import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.Sha256;
import io.rebootless.bundle.SignedFile;
import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.patch.PatchDefinition.Target;
import io.rebootless.trust.PublisherKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "test",
        description = {
            "Boots every kernel build in QEMU and sees whether its bundle works there.",
            "",
            "On one boot: the reproducers find the flaw, the bundle is applied by Rebootless's kernel module as on a host,"
                    + " they find it no more, all of check/ passes, the livepatch is reverted, they find it again, and"
                    + " the kernel has nothing to complain about. Whatever was not seen is not good; what was is put into"
                    + " good/level-N, to be signed."
        })
final class PatchTestCommand implements Callable<Integer> {
    private static final int KEY_BITS = 3072;

    @Spec
    CommandSpec spec;

    @Option(names = "--kernel", paramLabel = "RELEASE", description = "Only on this build; repeat for more.")
    List<String> releases = List.of();

    @Option(names = "--again", description = "Also what has been seen to work already.")
    boolean again;

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "The patch directory (default: this one).")
    Path directory;

    @Override
    @SuppressWarnings("try") // the lock is held, and nothing else is done with it
    public Integer call() throws IOException, RefusedException {
        var patch = PatchDirectory.open(directory);
        var kernels = patch.kernels(releases);
        NeededPrograms.demandForTest();
        var random = new SecureRandom();
        var clock = Clock.systemUTC();
        var key = PublisherKey.create("a trial", KEY_BITS, clock.instant(), Duration.ofDays(1), random);
        var trial = new LivepatchTrial(patch, key, random, step -> tell("  ✓ " + step));
        var build = new LivepatchBuild(patch, clock);
        var good = new GoodBundles(patch);
        try (var lock = patch.lock()) {
            for (Path signed : good.prune()) {
                tell(signed + ": is signed, and for no kernel build of the patch any more; remove it yourself");
            }
            Sha256 by = SeenToWork.by(patch);
            int failures = EachKernel.failures(
                    kernels,
                    kernel -> {
                        tell(kernel.release());
                        var bundle = built(patch, build, kernel);
                        Path record = patch.seenToWork(kernel);
                        if (again || !SeenToWork.of(record, bundle.identity(), by)) {
                            Files.deleteIfExists(record);
                            good.remove(kernel);
                            trial.run(kernel, bundle);
                            new SeenToWork(
                                            bundle.identity().toString(),
                                            by.toString(),
                                            kernel.release(),
                                            clock.instant())
                                    .write(record);
                        } else {
                            tell("  ✓ seen to work before (--again sees anew)");
                        }
                        good.put(kernel, bundle);
                        say("%s  good      %s  %s".formatted(kernel.release(), patch.good(kernel), bundle.identity()));
                    },
                    (kernel, why) -> {
                        tell("  ✗ " + why.replace("\n", "\n    "));
                        say("%s  not good".formatted(kernel.release()));
                    });
            if (failures > 0) {
                tell("%d of %d bundles were not seen to work: do not sign them".formatted(failures, kernels.size()));
                return ExitCode.REFUSED;
            }
        }
        tell((good.signed(kernels)
                        ? "Next: rebootless bundle upload what is in %s, signed as it is"
                        : "Next: rebootless bundle sign what is in %s, where the publisher's key is; then rebootless"
                                + " bundle upload")
                .formatted(patch.good()));
        return ExitCode.OK;
    }

    /** The bundle, made anew if its source has changed since: else the change would go unseen. */
    private static SignedFile built(PatchDirectory patch, LivepatchBuild build, Target kernel)
            throws IOException, RefusedException {
        Path file = patch.bundle(kernel);
        if (!Files.exists(file)) {
            throw new CommandFailed(
                    ExitCode.NO_INPUT, "%s: no such file; run rebootless patch build first".formatted(file));
        }
        return build.build(kernel).bundle();
    }

    private void say(String line) {
        spec.commandLine().getOut().println(line);
    }

    private void tell(String line) {
        spec.commandLine().getErr().println(line);
    }
}
