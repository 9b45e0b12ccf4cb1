package io.rebootless.cli.patch;

import io.rebootless.bundle.BundleWriter;
import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.SignedFile;
import io.rebootless.cli.bundle.BundleFiles;
import io.rebootless.cli.patch.PatchDefinition.Target;
import io.rebootless.guest.DebianKernel;
import io.rebootless.guest.Guest;
import io.rebootless.guest.GuestDied;
import io.rebootless.guest.GuestFailed;
import io.rebootless.module.KernelGuest;
import io.rebootless.trust.PublisherKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Tries a bundle on its kernel in a guest as a host would take it, by our kernel module: signed, but by a key of this
 * trial's own, for the publisher's may be far away.
 *
 * <p>Flawed, applied, sound, reverted, flawed again, on one boot: only then has the bundle been seen to work.
 */
final class LivepatchTrial {
    private final PatchDirectory patch;
    private final GoodBundles good;
    private final PublisherKey key;
    private final SecureRandom random;
    /** Is told of every step that went as it should. */
    private final Consumer<String> seen;

    LivepatchTrial(PatchDirectory patch, PublisherKey key, SecureRandom random, Consumer<String> seen) {
        this.patch = patch;
        this.good = new GoodBundles(patch);
        this.key = key;
        this.random = random;
        this.seen = seen;
    }

    /**
     * Runs it.
     *
     * @throws TrialFailed saying which step did not go as it should
     */
    void run(Target target, SignedFile bundle) throws IOException, RefusedException, TrialFailed {
        var programs = Programs.of(patch);
        var kernel = DebianKernel.get(target.release());
        var machine = TestModule.machine(kernel, patch.output().resolve("rebootless-" + target.release()));
        // What looks for flaws is nothing to let loose on a network.
        machine.isolated().files().modules(kernel, patch.definition().modules().toArray(String[]::new));
        try (var guest = machine.boot()) {
            guest.load(patch.definition().modules());
            programs.pushTo(guest);
            seen.accept("the kernel boots");
            steps(KernelGuest.sealed(guest, 1, key.certificate()), target, bundle, programs);
        } catch (GuestFailed e) {
            throw new TrialFailed(String.valueOf(e.getMessage()));
        }
    }

    private void steps(KernelGuest kernel, Target target, SignedFile bundle, Programs programs)
            throws IOException, RefusedException, TrialFailed {
        var guest = kernel.guest();
        var obstacles = KernelFunctions.of(guest).obstacles(patch.definition().functions());
        if (!obstacles.isEmpty()) {
            throw new TrialFailed(String.join("\n", obstacles));
        }
        programs.expect(true, "before", guest);
        programs.check("before", guest);
        seen.accept("flawed without it: " + programs.names());

        var before = good.before(target);
        if (before.isPresent()) {
            // The step that hosts take, which nothing but .replace = true makes one of.
            apply(kernel, signed(before.get(), BundleFiles.readDraft(before.get())));
            seen.accept("the level before is in force: " + before.get().getFileName());
        }
        apply(kernel, signed(patch.bundle(target), bundle));
        alone(guest);
        replaced(guest);
        seen.accept("in force: level %d, %s replaced"
                .formatted(
                        patch.definition().level(),
                        String.join(", ", patch.definition().functions())));

        programs.expect(false, "with the livepatch", guest);
        programs.check("with the livepatch", guest);
        seen.accept("sound with it" + (programs.checks().isEmpty() ? "" : ", and all of check/ passes"));

        settle(kernel, "the way back", kernel::revert);
        programs.expect(true, "after the revert", guest);
        programs.check("after the revert", guest);
        seen.accept("flawed again after the revert, on the same boot");

        var complaints = kernel.complaints();
        if (complaints.isPresent()) {
            throw new TrialFailed(complaints.get());
        }
        seen.accept("the kernel has nothing to complain about");
    }

    private static void apply(KernelGuest kernel, byte[] bundle) throws TrialFailed {
        String answer = kernel.upgrade(bundle);
        var guest = kernel.guest();
        if (!answer.equals("ok")) {
            String log = guest.sh("dmesg | tail -n 20");
            var meanings = KernelWords.meanings(log);
            throw new TrialFailed("the kernel does not take it: %s%n%s"
                    .formatted(answer, meanings.isEmpty() ? log.indent(2) : String.join("\n", meanings)));
        }
        settle(kernel, "the transition", kernel::awaitTransition);
    }

    private static void settle(KernelGuest kernel, String what, Runnable step) throws TrialFailed {
        try {
            step.run();
        } catch (GuestDied e) {
            throw e;
        } catch (GuestFailed e) {
            throw new TrialFailed(
                    what + " does not end: some task sleeps in what is replaced" + sleepers(kernel.guest()));
        }
    }

    /** Who has not come over, by /proc/PID/patch_state (Documentation/livepatch/livepatch.rst). */
    private static String sleepers(Guest guest) {
        String to = guest.sh("cat /sys/kernel/livepatch/*/enabled | head -n 1");
        String names = guest.sh("""
                for task in /proc/[0-9]*; do
                    read -r state <$task/patch_state || continue
                    [ "$state" = -1 ] || [ "$state" = %s ] || cat $task/comm
                done 2>/dev/null | sort -u | head -n 20""".formatted(to.isEmpty() ? "1" : to));
        return names.isEmpty() ? "" : ": " + String.join(", ", names.lines().toList());
    }

    /** What it has not replaced would be in force beside it. */
    private void alone(Guest guest) throws TrialFailed {
        String module = patch.definition().module();
        String found =
                guest.sh("for i in $(seq 100); do [ $(ls /sys/kernel/livepatch | wc -l) = 1 ] && break; usleep 50000;"
                        + " done; ls /sys/kernel/livepatch");
        if (!found.equals(module)) {
            throw new TrialFailed(
                    "%s has not replaced the level before, which is in force beside it: set .replace = true (%s)"
                            .formatted(module, String.join(", ", found.lines().toList())));
        }
        String replace = guest.sh("cat /sys/kernel/livepatch/%s/replace 2>/dev/null || true".formatted(module));
        if (replace.equals("0")) {
            throw new TrialFailed("it would not replace the level before: set .replace = true");
        }
    }

    private byte[] signed(Path file, SignedFile bundle) throws IOException {
        var out = new ByteArrayOutputStream();
        var signedPart = new ByteArrayInputStream(BundleFiles.signedPart(file, bundle));
        BundleWriter.write(out, signedPart, List.of(key.sign(bundle, random)));
        return out.toByteArray();
    }

    /** What the manifest says is replaced, scanners and people will believe: so it has to be just that. */
    private void replaced(Guest guest) throws TrialFailed {
        String found = guest.sh("cd /sys/kernel/livepatch/%s && ls -d */*,*"
                .formatted(patch.definition().module()));
        var loaded = Set.copyOf(
                guest.sh("echo vmlinux; cut -d' ' -f1 /proc/modules").lines().toList());
        var actual = new TreeSet<String>();
        for (String line : found.lines().toList()) {
            String object = line.substring(0, line.indexOf('/'));
            // The kernel lists what it would replace in modules that are not there, too.
            if (!loaded.contains(object)) {
                throw new TrialFailed(
                        "%s: the kernel module %s is not loaded: name it under modules, or is it misspelt?"
                                .formatted(line, object));
            }
            actual.add(line.substring(object.length() + 1, line.lastIndexOf(',')));
        }
        var stated = new TreeSet<>(patch.definition().functions());
        if (!actual.equals(stated)) {
            throw new TrialFailed(
                    "manifest.functions names %s; the livepatch replaces %s".formatted(words(stated), words(actual)));
        }
    }

    private static String words(Set<String> names) {
        return names.isEmpty() ? "none" : names.stream().collect(Collectors.joining(", "));
    }
}
