package io.rebootless.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestPublishers;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.KernelCoverage;
import io.rebootless.wire.PublicationState;
import io.rebootless.wire.PublishedBundle;
import io.rebootless.wire.StorageReport;
import io.rebootless.wire.WireJson;
import io.rebootless.wire.Withdrawal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a publisher sees of the catalogue, against a server that answers as told. */
class CatalogueTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final byte[] FILE = "the file".getBytes(StandardCharsets.US_ASCII);
    private static final Sha256 DIGEST = Sha256.of(FILE);
    private static final String NOT_FOUND =
            "{\"type\":\"urn:rebootless:problem:not-found\",\"title\":\"There is nothing here\",\"status\":404,\"detail\":\"No.\"}";

    @TempDir
    Path here;

    HttpServer server;
    final List<String> asked = new ArrayList<>();
    final Map<String, byte[]> answers = new HashMap<>();
    int success = 200;

    @BeforeEach
    void a_server() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            asked.add((exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body).strip());
            byte[] answer = answers.get(exchange.getRequestURI().getPath());
            byte[] bytes = answer == null ? NOT_FOUND.getBytes(StandardCharsets.UTF_8) : answer;
            exchange.sendResponseHeaders(answer == null ? 404 : success, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        Files.writeString(here.resolve("admin.key"), "rlak_secret\n");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(String path, Object answer) {
        answers.put(path, WireJson.mapper().writeValueAsBytes(answer));
    }

    private Cli run(Object... words) {
        var all = new ArrayList<Object>(List.of(words));
        all.addAll(List.of(
                "--server",
                "http://127.0.0.1:" + server.getAddress().getPort(),
                "--api-key-file",
                here.resolve("admin.key")));
        return Cli.run(all.toArray());
    }

    private static PublishedBundle bundle(PublicationState state) {
        return new PublishedBundle(
                DIGEST,
                DIGEST,
                FILE.length,
                2,
                0,
                true,
                TestBundles.KERNEL,
                "fix_2",
                "2026-11-22.2",
                "Two fixes",
                null,
                NOW,
                NOW,
                List.of(),
                List.of(),
                state,
                state == PublicationState.WITHDRAWN ? new Withdrawal(NOW, "alice", "it deadlocks") : null);
    }

    @Test
    void bundles_are_listed_with_the_filters_that_were_named() {
        answer("/api/v1/bundles", Map.of("items", List.of(bundle(PublicationState.WITHDRAWN))));
        var list = run("bundle", "list", "--state", "withdrawn", "--publisher", "Kernel Team");
        assertThat(list.err()).isEmpty();
        assertThat(list.out()).contains("2026-11-22.2", "6.1.0-56-amd64", "withdrawn", DIGEST.toString());
        assertThat(asked).containsExactly("GET /api/v1/bundles?limit=500&publisher=Kernel%20Team&state=withdrawn");
    }

    @Test
    void an_upload_says_whether_it_has_published_anything() throws IOException {
        Path file = Files.write(
                here.resolve("fix.rlb"),
                TestBundles.signed(TestBundles.KERNEL, 2, 0, TestBundles.manifest(2), TestPublishers.alice()));
        answer("/api/v1/bundles", bundle(PublicationState.PUBLISHED));
        success = 201;
        assertThat(run("bundle", "upload", file).out()).startsWith("published 2026-11-22.2: level 2 for ");
        success = 200;
        var again = run("bundle", "upload", file);
        assertThat(again.exit()).isZero();
        assertThat(again.out())
                .startsWith("already published 2026-11-22.2: level 2 for ")
                .contains("identity " + DIGEST);
    }

    @Test
    void an_upload_of_what_was_withdrawn_is_refused_with_who_did_it_and_what_to_do() throws IOException {
        Path file = Files.write(
                here.resolve("fix.rlb"),
                TestBundles.signed(TestBundles.KERNEL, 2, 0, TestBundles.manifest(2), TestPublishers.alice()));
        answer("/api/v1/bundles", bundle(PublicationState.WITHDRAWN));
        var refused = run("bundle", "upload", file);
        assertThat(refused.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err())
                .contains("was withdrawn at 2026-11-22T10:00:00Z by alice (it deadlocks)")
                .contains("It stays so", "with a higher level");
        var json = run("bundle", "upload", "--json", file);
        assertThat(json.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(json.out()).contains("\"state\":\"withdrawn\"");
    }

    @Test
    void a_directory_in_place_of_a_file_is_named() {
        for (String command : List.of("upload", "inspect")) {
            var refused = command.equals("upload") ? run("bundle", command, here) : Cli.run("bundle", command, here);
            assertThat(refused.exit()).isEqualTo(ExitCode.NO_INPUT);
            assertThat(refused.err()).contains(here + ": is a directory; name a file");
        }
        assertThat(Cli.run("kernel", "inspect", here).err()).contains(here + ": is a directory");
    }

    @Test
    void an_empty_list_has_its_heading() {
        answer("/api/v1/kernels", Map.of("items", List.of()));
        answer("/api/v1/publications", Map.of("items", List.of()));
        assertThat(run("kernel", "list").out()).matches("KERNEL +BUILD-ID +HOSTS +NEWEST\\R");
        assertThat(run("publication", "list").out()).matches("NAME +STATE +BUNDLES\\R");
    }

    @Test
    void what_is_missing_or_wrong_on_the_command_line_is_said_with_what_would_do() {
        org.junit.jupiter.api.Assumptions.assumeTrue(System.getenv("REBOOTLESS_SERVER") == null);
        assertThat(Cli.run("bundle", "list").err()).contains("REBOOTLESS_SERVER");
        var role = run("api-key", "create", "--name", "ci", "--role", "vewer");
        assertThat(role.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(role.err()).contains("viewer, operator, publisher or admin, not vewer");
        assertThat(run("api-key", "revoke", "abc").err())
                .contains("\"abc\" is no id")
                .doesNotContain("Exception");
        assertThat(asked).isEmpty();
    }

    @Test
    void a_withdrawal_needs_a_reason_and_shows_what_became_of_the_bundle() {
        assertThat(run("bundle", "withdraw", DIGEST).exit()).isEqualTo(ExitCode.USAGE);
        answer("/api/v1/bundles/%s/info".formatted(DIGEST), bundle(PublicationState.PUBLISHED));
        answer("/api/v1/bundles/%s/withdrawal".formatted(DIGEST), bundle(PublicationState.WITHDRAWN));
        var withdrawn = run("bundle", "withdraw", "--reason", "it deadlocks", DIGEST);
        assertThat(withdrawn.exit()).isZero();
        assertThat(withdrawn.out())
                .contains("state        withdrawn", "by alice: it deadlocks")
                .doesNotContain("already");
        assertThat(asked)
                .last()
                .isEqualTo("POST /api/v1/bundles/%s/withdrawal {\"reason\":\"it deadlocks\"}".formatted(DIGEST));
        answer("/api/v1/bundles/%s/info".formatted(DIGEST), bundle(PublicationState.WITHDRAWN));
        var again = run("bundle", "withdraw", "--reason", "another", DIGEST);
        assertThat(again.exit()).isZero();
        assertThat(again.out()).startsWith("It was withdrawn already: nothing has changed");
    }

    @Test
    void a_download_is_written_only_if_it_is_what_its_digest_says() {
        answer("/api/v1/bundles/%s/info".formatted(DIGEST), bundle(PublicationState.PUBLISHED));
        answers.put("/api/v1/bundles/" + DIGEST, FILE);
        Path out = here.resolve("fix.rlb");
        assertThat(run("bundle", "download", DIGEST, "-o", out).exit()).isZero();
        assertThat(out).hasBinaryContent(FILE);
        answers.put("/api/v1/bundles/" + DIGEST, new byte[8]);
        Path other = here.resolve("other.rlb");
        var wrong = run("bundle", "download", DIGEST, "-o", other);
        assertThat(wrong.exit()).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(wrong.err()).contains("what arrived is not");
        assertThat(other).doesNotExist();
    }

    private static byte[] publication(String state, String withdrawal) {
        return """
                {"name":"2026-11-22.2","state":"%s","published":"2026-11-22T10:00:00Z"%s,"bundles":[]}""".formatted(state, withdrawal).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void a_publication_is_shown_and_withdrawn_by_its_name() {
        byte[] withdrawn = publication(
                "withdrawn",
                ",\"withdrawal\":{\"at\":\"2026-11-22T10:00:00Z\",\"by\":\"alice\",\"reason\":\"it deadlocks\"}");
        answers.put("/api/v1/publications/2026-11-22.2", publication("published", ""));
        answer("/api/v1/rollouts/2026-11-22.2/preview", Map.of("count", 0, "hosts", List.of(), "openCves", List.of()));
        answers.put("/api/v1/publications/2026-11-22.2/withdrawal", withdrawn);
        assertThat(run("publication", "withdraw", "2026-11-22.2", "--yes", "--reason", "it deadlocks")
                        .out())
                .contains("It touches no host.", "withdrawn", "it deadlocks");
        assertThat(asked)
                .last()
                .isEqualTo("POST /api/v1/publications/2026-11-22.2/withdrawal {\"reason\":\"it deadlocks\"}");

        answers.put("/api/v1/publications/2026-11-22.2", withdrawn);
        asked.clear();
        assertThat(run("publication", "show", "2026-11-22.2").out()).contains("withdrawn", "it deadlocks");
        assertThat(run("publication", "withdraw", "2026-11-22.2", "--yes", "--reason", "again")
                        .out())
                .contains("It was withdrawn already");
        assertThat(asked).noneMatch(one -> one.startsWith("POST"));
    }

    private Cli check() throws IOException {
        var kernel = Files.write(here.resolve("kernel.json"), WireJson.mapper().writeValueAsBytes(TestBundles.KERNEL));
        return run("kernel", "check", kernel);
    }

    private void coverage(KernelBuild kernel, boolean covered) {
        answer(
                "/api/v1/kernels/" + TestBundles.KERNEL.buildId(),
                new KernelCoverage(
                        kernel,
                        3,
                        covered,
                        covered ? new BundleReference(DIGEST, DIGEST, 8, 2, "2026-11-22.2") : null));
    }

    @Test
    void a_covered_kernel_ends_0_an_uncovered_or_unknown_one_1() throws IOException {
        coverage(TestBundles.KERNEL, true);
        assertThat(check().exit()).isZero();
        assertThat(check().out()).contains("6.1.0-56-amd64", "covered: level 2, publication 2026-11-22.2");
        coverage(TestBundles.KERNEL, false);
        assertThat(check().exit()).isEqualTo(1);
        assertThat(check().out()).contains("not covered");
        answers.clear();
        assertThat(check().exit()).isEqualTo(1);
        assertThat(check().out()).contains("knows nothing of this build");
    }

    @Test
    void the_kernel_that_runs_is_known_from_proc_and_sys() throws IOException {
        var running = TestBundles.KERNEL;
        Path proc = Files.createDirectories(here.resolve("proc/sys/kernel"));
        Files.writeString(proc.resolve("osrelease"), running.release() + "\n");
        Files.writeString(proc.resolve("version"), running.version() + "\n");
        byte[] id = running.buildId().bytes();
        var notes = ByteBuffer.allocate(16 + id.length).order(ByteOrder.LITTLE_ENDIAN);
        notes.putInt(4)
                .putInt(id.length)
                .putInt(3)
                .put("GNU\0".getBytes(StandardCharsets.US_ASCII))
                .put(id);
        Files.write(Files.createDirectories(here.resolve("sys/kernel")).resolve("notes"), notes.array());
        String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
        coverage(new KernelBuild(running.release(), running.version(), machine, running.buildId()), true);
        assertThat(run("kernel", "check", "--root", here).out()).contains("covered: level 2");
        assertThat(run("kernel", "check", "--json", "--root", here).out())
                .contains("\"covered\":true", running.buildId().hex());
        Files.delete(here.resolve("sys/kernel/notes"));
        assertThat(run("kernel", "check", "--root", here).exit()).isEqualTo(2);
    }

    @Test
    void a_kernel_is_neither_if_the_server_is_away_or_knows_the_build_id_as_another() throws IOException {
        coverage(new KernelBuild("6.1.0-57-amd64", "#2", "x86_64", TestBundles.KERNEL.buildId()), true);
        assertThat(check().exit()).isEqualTo(2);
        assertThat(check().err()).contains("cannot tell", "6.1.0-57-amd64");
        assertThat(run("kernel", "check", here.resolve("nothing")).exit()).isEqualTo(2);
        server.stop(0);
        assertThat(check().exit()).isEqualTo(2);
        assertThat(check().err()).contains("cannot tell: the server http://").doesNotContain("Exception");
    }

    @Test
    void not_affected_is_stated_with_a_cve_and_a_reason_and_nothing_less() {
        var build = TestBundles.KERNEL.buildId();
        assertThat(run("kernel", "not-affected", build, "--cve", "CVE-2026-0001")
                        .exit())
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("kernel", "not-affected", build, "--reason", "x").exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run("kernel", "not-affected", "xyz").err()).contains("a build-id is");
        assertThat(asked).isEmpty();
        String path = "/api/v1/kernels/%s/statements".formatted(build);
        answer(path, Map.of("buildId", build, "cve", "CVE-2026-0001", "reason", "not built", "by", "alice", "at", NOW));
        var stated = run("kernel", "not-affected", build, "--cve", "CVE-2026-0001", "--reason", "not built");
        assertThat(stated.out()).contains("is not affected by CVE-2026-0001: not built");
        answers.put(path + "/CVE-2026-0001", new byte[0]);
        assertThat(run("kernel", "not-affected", build, "--cve", "CVE-2026-0001", "--retract")
                        .exit())
                .isZero();
        assertThat(asked).last().isEqualTo("DELETE " + path + "/CVE-2026-0001");
    }

    @Test
    void a_storage_check_ends_1_if_a_published_file_is_not_what_it_should_be() {
        answer("/api/v1/storage/scrub", new StorageReport(true, null, null));
        answer("/api/v1/storage", new StorageReport(false, scrub(), null));
        assertThat(run("storage", "check").exit()).isZero();
        answer("/api/v1/storage", new StorageReport(false, scrub(StorageReport.Fault.ORPHANED), null));
        assertThat(run("storage", "check").exit()).as("an orphan harms nobody").isZero();
        answer("/api/v1/storage", new StorageReport(false, scrub(StorageReport.Fault.ROTTEN), null));
        var rotten = run("storage", "check");
        assertThat(rotten.exit()).isEqualTo(1);
        assertThat(rotten.out()).contains("rotten    " + DIGEST, "upload it again", "1 findings");
        answer("/api/v1/storage", new StorageReport(false, null, "its log says"));
        assertThat(run("storage", "check").exit()).isEqualTo(ExitCode.UNAVAILABLE);
    }

    private static StorageReport.Scrub scrub(StorageReport.Fault... faults) {
        var findings = java.util.Arrays.stream(faults)
                .map(fault -> new StorageReport.Finding(fault, DIGEST, null, "upload it again"))
                .toList();
        return new StorageReport.Scrub(NOW, NOW, 1, 8, findings);
    }
}
