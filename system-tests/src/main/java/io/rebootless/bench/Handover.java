package io.rebootless.bench;

import io.rebootless.guest.Guest;
import io.rebootless.guest.Machine;
import io.rebootless.module.KernelGuest;
import io.rebootless.product.ModuleBuild;
import io.rebootless.product.Publisher;
import io.rebootless.trust.PublisherCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Sample level 1 handed over to one idle guest, three ways in turn, many times.
 *
 * @param keys how many publishers the guest trusts
 * @param threshold how many of them must have signed, and have
 * @param measurements all of them, warm-up included, in the order in which they were made
 */
record Handover(int keys, int threshold, List<Measurement> measurements) {
    private static final String MODULE = "/var/lib/bench/rebootless_sample_1.ko";
    private static final String BUNDLE = "/var/lib/bench/level-1.rlb";
    private static final String PROGRAM = "/var/lib/bench/handover";
    private static final String KPATCH = "/usr/sbin/kpatch";

    /** What kpatch calls on its way to `load`, as a Debian host has it, and not as busybox does. */
    private static final List<String> TOOLS =
            List.of("awk", "basename", "bash", "cat", "dirname", "grep", "readelf", "readlink", "sleep", "uname");

    private static final List<String> MODULE_TOOLS = List.of("insmod", "rmmod", "modprobe", "modinfo");

    /** What one round may take, three ways and much waiting, on a machine that has other things to do. */
    private static final Duration ROUND = Duration.ofSeconds(30);

    static Handover measure(
            Path folder, ModuleBuild module, DebianPackage kpatch, int keys, int threshold, int rounds) {
        var publishers = new ArrayList<Publisher>();
        var certificates = new ArrayList<PublisherCertificate>();
        try {
            Files.createDirectories(folder);
            for (int i = 1; i <= keys; i++) {
                var publisher = Publisher.create(folder, "publisher-" + i);
                publishers.add(publisher);
                certificates.add(PublisherCertificate.read(publisher.certificate()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // Signed by the last ones: the first in the list must not be found first.
        Path bundle = publishers.get(keys - 1).bundle(module, 1);
        publishers.subList(keys - threshold, keys - 1).forEach(publisher -> publisher.sign(bundle));

        Machine machine = module.machine();
        install(machine, kpatch);
        machine.files()
                .file(MODULE, module.sample(1))
                .file(BUNDLE, bundle)
                .file(PROGRAM, module.program("bench/handover"));
        try (Guest guest = machine.boot()) {
            // A host has the dynamic linker's cache, which spares kpatch's many programs a search.
            guest.sh("ldconfig");
            KernelGuest.sealed(guest, threshold, certificates.toArray(PublisherCertificate[]::new));
            String lines = guest.sh(
                    "%s %d %s %s %s".formatted(PROGRAM, rounds, MODULE, BUNDLE, KPATCH),
                    ROUND.multipliedBy(rounds + 1));
            return new Handover(
                    keys, threshold, lines.lines().map(Measurement::parse).toList());
        }
    }

    /** Puts kpatch and what it calls where a Debian host has them: /bin and /sbin are /usr/bin and /usr/sbin there. */
    private static void install(Machine machine, DebianPackage kpatch) {
        for (String tool : TOOLS) {
            machine.files()
                    .file("/usr/bin/" + tool, Path.of("/usr/bin", tool))
                    .symlink("/bin/" + tool, "/usr/bin/" + tool);
        }
        machine.files().file("/usr/bin/kmod", Path.of("/usr/bin/kmod"));
        for (String tool : MODULE_TOOLS) {
            machine.files().symlink("/usr/sbin/" + tool, "/usr/bin/kmod").symlink("/sbin/" + tool, "/usr/bin/kmod");
        }
        machine.files()
                .file(KPATCH, kpatch.file("usr/sbin/kpatch"))
                .program(Path.of("/usr/sbin/ldconfig"))
                .file("/etc/ld.so.conf", Path.of("/etc/ld.so.conf"))
                .tree("/etc/ld.so.conf.d", Path.of("/etc/ld.so.conf.d"));
    }

    Spread total(String way) {
        return part(way, 0);
    }

    /** A part of a way, by its place in {@link Measurement#nanos}. */
    Spread part(String way, int index) {
        return Spread.of(measurements.stream()
                .filter(m -> m.round() > 0 && m.way().equals(way))
                .mapToLong(m -> m.nanos()[index]));
    }

    double againstKpatch() {
        return total("rebootless").over(total("kpatch"));
    }

    double againstBare() {
        return total("rebootless").over(total("bare"));
    }

    String trust() {
        return keys == 1 ? "1 key" : "%d of %d keys".formatted(threshold, keys);
    }
}
