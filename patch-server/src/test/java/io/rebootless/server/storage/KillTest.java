package io.rebootless.server.storage;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Samples;
import io.rebootless.testing.TestBundles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the server, its PostgreSQL or a part of that at some moment while bundles arrive: a few times, or fifty with
 * {@code -Drebootless.long=true}. {@code -Drebootless.seed=} repeats a run as far as a kill can be repeated.
 */
class KillTest {
    private static final int ROUNDS = Boolean.getBoolean("rebootless.long") ? 50 : 4;
    private static final int UPLOADERS = 3;
    private static final int LONGEST_ROUND_MILLIS = 1500;

    private enum Victim {
        SERVER,
        POSTMASTER,
        /** All of PostgreSQL ends with it, and starts anew by itself. */
        BACKEND,
        /** Nobody is left to tell PostgreSQL's other processes. */
        SERVER_AND_POSTMASTER
    }

    private final Map<Sha256, byte[]> sent = new ConcurrentHashMap<>();
    private final Set<Sha256> acknowledged = ConcurrentHashMap.newKeySet();
    private final Set<Sha256> checked = new HashSet<>();

    @TempDir
    Path directory;

    @Test
    @Timeout(value = 2, unit = TimeUnit.HOURS)
    void nothing_acknowledged_is_lost_and_nothing_half_written_is_seen() throws Exception {
        long seed = Long.getLong("rebootless.seed", System.nanoTime());
        System.out.printf("KillTest: %d rounds, -Drebootless.seed=%d%n", ROUNDS, seed);
        var random = new Random(seed);
        Path data = directory.resolve("data");
        try (var server = new ServerProcess(data)) {
            Files.write(data.resolve("trust.d/alice.der"), alice().certificate().der());
            for (int round = 0; round < ROUNDS; round++) {
                var victim = Victim.values()[round % Victim.values().length];
                int before = acknowledged.size();
                killWhileUploading(server, victim, random);
                System.out.printf(
                        "KillTest: round %d, %s: %d acknowledged, %d sent%n",
                        round + 1, victim, acknowledged.size(), sent.size());
                assertThat(acknowledged.size()).isGreaterThan(before);
                check(server.admin(), data);
            }
        }
    }

    private void killWhileUploading(ServerProcess server, Victim victim, Random random) throws Exception {
        var enough = new AtomicBoolean();
        var uploaders = new ArrayList<Thread>();
        int before = acknowledged.size();
        for (int i = 0; i < UPLOADERS; i++) {
            var uploader = new Thread(() -> upload(server, enough));
            uploader.start();
            uploaders.add(uploader);
        }
        try {
            until("uploads are acknowledged", () -> acknowledged.size() > before);
            TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_ROUND_MILLIS));
            kill(server, victim, random);
            if (!server.isAlive()) {
                enough.set(true);
                server.start();
            } else {
                // By itself.
                int atKill = acknowledged.size();
                until("uploads are acknowledged again", () -> acknowledged.size() > atKill + UPLOADERS);
            }
        } finally {
            enough.set(true);
            for (Thread uploader : uploaders) {
                uploader.join();
            }
        }
    }

    private static void kill(ServerProcess server, Victim victim, Random random) throws Exception {
        ProcessHandle postmaster = server.postmaster().orElseThrow();
        switch (victim) {
            case SERVER -> server.kill();
            case POSTMASTER -> postmaster.destroyForcibly();
            case BACKEND -> {
                List<ProcessHandle> backends = server.backends();
                backends.get(random.nextInt(backends.size())).destroyForcibly();
            }
            case SERVER_AND_POSTMASTER -> {
                server.kill();
                postmaster.destroyForcibly();
            }
        }
    }

    /** Each bundle is for a kernel build of its own, and sent once. */
    private void upload(ServerProcess server, AtomicBoolean enough) {
        try {
            Api admin = server.admin();
            while (!enough.get()) {
                byte[] bundle = TestBundles.signed(Samples.kernel(), 1, 0, TestBundles.manifest(1), alice());
                sent.put(Sha256.of(bundle), bundle);
                try {
                    int status = admin.upload(bundle).status();
                    if (status == 201) {
                        acknowledged.add(Sha256.of(bundle));
                    } else {
                        // PostgreSQL is on its way back.
                        TimeUnit.MILLISECONDS.sleep(50);
                    }
                } catch (UncheckedIOException killed) {
                    TimeUnit.MILLISECONDS.sleep(50);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void check(Api admin, Path data) throws IOException {
        Set<Sha256> listed = listed(admin);
        assertThat(listed).as("every acknowledged upload is listed").containsAll(acknowledged);
        assertThat(sent.keySet()).as("nothing else is").containsAll(listed);
        for (Sha256 digest : listed) {
            if (checked.add(digest)) {
                assertThat(admin.get("/api/v1/bundles/" + digest).body()).isEqualTo(sent.get(digest));
            }
        }
        for (Sha256 digest : sent.keySet()) {
            if (!listed.contains(digest) && checked.add(digest)) {
                assertThat(admin.get("/api/v1/bundles/" + digest).status())
                        .as("what was not published cannot be fetched")
                        .isEqualTo(404);
            }
        }
        try (var files = Files.newDirectoryStream(data.resolve("bundles"), "*.rlb")) {
            for (Path file : files) {
                assertThat(file.getFileName()).hasToString(Sha256.of(Files.readAllBytes(file)) + ".rlb");
            }
        }
    }

    private static Set<Sha256> listed(Api admin) {
        var all = new HashSet<Sha256>();
        String cursor = "";
        do {
            var page = admin.get("/api/v1/bundles?limit=1000" + cursor).json();
            page.get("items")
                    .forEach(item -> all.add(new Sha256(item.get("fileDigest").stringValue())));
            cursor = page.hasNonNull("next") ? "&cursor=" + page.get("next").stringValue() : "";
        } while (!cursor.isEmpty());
        return all;
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void until(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ServerProcess.PATIENCE_SECONDS);
        while (!condition.holds()) {
            if (System.nanoTime() - deadline > 0) {
                fail("not within %d s: %s", ServerProcess.PATIENCE_SECONDS, what);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
