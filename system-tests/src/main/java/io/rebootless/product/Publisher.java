package io.rebootless.product;

import io.rebootless.guest.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Somebody with a key and the command {@code rebootless}, who also is the server's admin. */
public final class Publisher {
    private final Path folder;
    private final String name;

    private Publisher(Path folder, String name) {
        this.folder = folder;
        this.name = name;
    }

    /** Makes a key; its files go to {@code folder}. */
    public static Publisher create(Path folder, String name) {
        var publisher = new Publisher(folder, name);
        publisher.must(
                "keys", "create", "--name", name, "--out", folder.resolve(name).toString());
        return publisher;
    }

    public Path certificate() {
        return folder.resolve(name + ".crt.pem");
    }

    /** Has a server trust this publisher. */
    public void trustedBy(PatchServerProcess server) {
        try {
            Files.createDirectories(server.trustDirectory());
            Files.copy(certificate(), server.trustDirectory().resolve(name + ".crt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes and signs a bundle of a sample livepatch, which claims to fix {@code CVE-2026-000n} up to its level. */
    public Path bundle(ModuleBuild module, int level, String... more) {
        var cves = new ArrayList<String>();
        for (int fix = 1; fix <= level; fix++) {
            cves.add("CVE-2026-000" + fix);
        }
        return bundle(module, module.sample(level), level, cves, more);
    }

    /** Makes and signs a bundle of a livepatch, which fixes some CVEs. */
    public Path bundle(ModuleBuild module, Path image, int level, List<String> cves, String... more) {
        Path bundle = folder.resolve("level-%d.rlb".formatted(level));
        var words = new ArrayList<>(List.of(
                "bundle",
                "create",
                "--image",
                image.toString(),
                "--kernel",
                module.kernel().vmlinuz().toString(),
                "--level",
                String.valueOf(level),
                "--downgrade-safe",
                "--publication",
                "2026-11-22." + level,
                "--title",
                "Sample fix " + level,
                "--out",
                bundle.toString(),
                "--force"));
        cves.forEach(cve -> words.addAll(List.of("--cve", cve + ":high")));
        words.addAll(List.of(more));
        must(words.toArray(String[]::new));
        sign(bundle);
        return bundle;
    }

    public void sign(Path bundle) {
        must(
                "bundle",
                "sign",
                "--key",
                folder.resolve(name + ".key.pem").toString(),
                "--certificate",
                certificate().toString(),
                bundle.toString());
    }

    /** Uploads a bundle, whatever the server says to it. */
    public Result upload(PatchServerProcess server, Path bundle) {
        return ask(server, "bundle", "upload", bundle.toString());
    }

    /** Makes an enrolment key for one host; returns the file it is in. */
    public Path enrollmentKey(PatchServerProcess server, String... more) {
        Path file = folder.resolve("enrollment-%d.key".formatted(System.nanoTime()));
        var words = new ArrayList<>(List.of("enrollment", "create", "--name", "test", "--out", file.toString()));
        words.addAll(List.of(more));
        Result result = ask(server, words.toArray(String[]::new));
        if (result.exit() != 0) {
            throw new AssertionError("no enrolment key:\n" + result);
        }
        return file;
    }

    /** Runs a command that talks to the server, as its admin. */
    public Result ask(PatchServerProcess server, String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of(
                "--server",
                server.url(),
                "--ca",
                server.ca().toString(),
                "--api-key-file",
                server.adminKey().toString()));
        return Distribution.run(Distribution.cli(), all);
    }

    /** Runs a command that must succeed. */
    public String must(String... words) {
        Result result = Distribution.run(Distribution.cli(), List.of(words));
        if (result.exit() != 0) {
            throw new AssertionError("rebootless %s:%n%s".formatted(String.join(" ", words), result));
        }
        return result.out();
    }
}
