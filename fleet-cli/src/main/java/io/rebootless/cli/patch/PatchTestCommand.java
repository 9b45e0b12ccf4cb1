package io.rebootless.cli.patch;

import io.rebootless.bundle.RefusedException;
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
                    + " the kernel has nothing to complain about. Whatever was not seen is not good."
        })
final class PatchTestCommand implements Callable<Integer> {
    private static final int KEY_BITS = 3072;

    @Spec
    CommandSpec spec;

    @Option(names = "--kernel", paramLabel = "RELEASE", description = "Only on this build; repeat for more.")
    List<String> releases = List.of();

    @Option(names = "--again", description = "Also what has been seen to work already.")
    boolean again;

    @Parameters(paramLabel = "DIR", defaultValue = ".", description = "The patch directory (default: this one).")
    Path directory;

    @Override
    public Integer call() throws IOException {
        var patch = PatchDirectory.open(directory);
        var random = new SecureRandom();
        var clock = Clock.systemUTC();
        var key = PublisherKey.create("a trial", KEY_BITS, clock.instant(), Duration.ofDays(1), random);
        var trial = new LivepatchTrial(patch, key, random, step -> tell("  ✓ " + step));
        var kernels = patch.kernels(releases);
        int good = 0;
        for (Target kernel : kernels) {
            good += one(patch, trial, kernel, clock) ? 1 : 0;
        }
        if (good < kernels.size()) {
            tell("%d of %d bundles were not seen to work: do not sign them"
                    .formatted(kernels.size() - good, kernels.size()));
            return ExitCode.REFUSED;
        }
        tell("Next: rebootless bundle sign, where the publisher's key is; then rebootless bundle upload");
        return ExitCode.OK;
    }

    private boolean one(PatchDirectory patch, LivepatchTrial trial, Target kernel, Clock clock) throws IOException {
        tell(kernel.release());
        Path record = patch.seenToWork(kernel);
        try {
            var bundle = built(patch, kernel);
            if (again || !SeenToWork.of(record, bundle.identity())) {
                Files.deleteIfExists(record);
                trial.run(kernel, bundle);
                new SeenToWork(bundle.identity().toString(), kernel.release(), clock.instant()).write(record);
            }
            say("%s  good      %s  %s".formatted(kernel.release(), patch.bundle(kernel), bundle.identity()));
            return true;
        } catch (TrialFailed e) {
            tell("  ✗ " + String.valueOf(e.getMessage()).replace("\n", "\n    "));
        } catch (CommandFailed e) {
            tell("  ✗ " + e.getMessage());
        } catch (RefusedException e) {
            tell("  ✗ %s: %s".formatted(patch.bundle(kernel), e.getMessage()));
        }
        say("%s  not good".formatted(kernel.release()));
        return false;
    }

    /** The bundle, made anew if its source has changed since: else the change would go unseen. */
    private static SignedFile built(PatchDirectory patch, Target kernel) throws IOException, RefusedException {
        Path file = patch.bundle(kernel);
        if (!Files.exists(file)) {
            throw new CommandFailed(
                    ExitCode.NO_INPUT, "%s: no such file; run rebootless patch build first".formatted(file));
        }
        return new LivepatchBuild(patch, Clock.systemUTC()).build(kernel).bundle();
    }

    private void say(String line) {
        spec.commandLine().getOut().println(line);
    }

    private void tell(String line) {
        spec.commandLine().getErr().println(line);
    }
}
