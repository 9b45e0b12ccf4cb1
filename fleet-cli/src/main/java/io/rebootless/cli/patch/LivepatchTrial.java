package io.rebootless.cli.patch;

import io.rebootless.bundle.BundleWriter;
import io.rebootless.bundle.SignedFile;
import io.rebootless.cli.patch.PatchDefinition.Target;
import io.rebootless.guest.DebianKernel;
import io.rebootless.guest.Guest;
import io.rebootless.guest.GuestFailed;
import io.rebootless.guest.Result;
import io.rebootless.module.KernelGuest;
import io.rebootless.trust.PublisherKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
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
    private static final Duration TRANSITION = Duration.ofMinutes(2);

    private final PatchDirectory patch;
    private final PublisherKey key;
    private final SecureRandom random;
    /** Is told of every step that went as it should. */
    private final Consumer<String> seen;

    LivepatchTrial(PatchDirectory patch, PublisherKey key, SecureRandom random, Consumer<String> seen) {
        this.patch = patch;
        this.key = key;
        this.random = random;
        this.seen = seen;
    }

    /**
     * Runs it.
     *
     * @throws TrialFailed saying which step did not go as it should
     */
    void run(Target target, SignedFile bundle) throws IOException, TrialFailed {
        var programs = Programs.of(patch);
        var kernel = DebianKernel.get(target.release());
        var machine = TestModule.machine(kernel, patch.output(target).resolve("rebootless"));
        machine.files().modules(kernel, patch.definition().modules().toArray(String[]::new));
        try (var guest = machine.boot()) {
            for (String module : patch.definition().modules()) {
                guest.sh("modprobe " + module);
            }
            programs.pushTo(guest);
            seen.accept("the kernel boots");
            steps(KernelGuest.sealed(guest, 1, key.certificate()), signed(patch.bundle(target), bundle), programs);
        } catch (GuestFailed e) {
            throw new TrialFailed(String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw new TrialFailed("modules: " + e.getMessage());
        }
    }

    private void steps(KernelGuest kernel, byte[] bundle, Programs programs) throws TrialFailed {
        var guest = kernel.guest();
        var obstacles = KernelFunctions.of(guest).obstacles(patch.definition().functions());
        if (!obstacles.isEmpty()) {
            throw new TrialFailed(String.join("\n", obstacles));
        }
        programs.expect(true, "before", guest);
        programs.check("before", guest);
        seen.accept("flawed without it: " + programs.names());

        apply(kernel, bundle);
        replaced(guest);
        seen.accept("in force: level %d, %s replaced"
                .formatted(
                        patch.definition().level(),
                        String.join(", ", patch.definition().functions())));

        programs.expect(false, "with the livepatch", guest);
        programs.check("with the livepatch", guest);
        seen.accept("sound with it" + (programs.checks().isEmpty() ? "" : ", and all of check/ passes"));

        kernel.revert();
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
        Result settled = guest.run("""
                while grep -qs 1 /sys/kernel/livepatch/*/transition; do usleep 100000; done""", TRANSITION);
        if (settled.exit() != 0) {
            throw new TrialFailed("the transition does not end within " + TRANSITION);
        }
    }

    private byte[] signed(Path file, SignedFile bundle) throws IOException {
        try (var in = Files.newInputStream(file)) {
            var out = new ByteArrayOutputStream();
            byte[] signedPart = in.readNBytes(Math.toIntExact(bundle.header().signedBytes()));
            BundleWriter.write(out, new ByteArrayInputStream(signedPart), List.of(key.sign(bundle, random)));
            return out.toByteArray();
        }
    }

    /** What the manifest says is replaced, scanners and people will believe: so it has to be just that. */
    private void replaced(Guest guest) throws TrialFailed {
        String found = guest.sh("cd /sys/kernel/livepatch/%s && ls -d */*,* | sed 's|.*/||;s|,.*||'"
                .formatted(patch.definition().module()));
        var actual = new TreeSet<>(found.lines().toList());
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
