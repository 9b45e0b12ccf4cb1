package io.rebootless.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.rebootless.audit.AuditChain;
import io.rebootless.audit.AuditEntry;
import io.rebootless.audit.AuditEntry.Recorded;
import io.rebootless.audit.AuditExport;
import io.rebootless.audit.AuditHead;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an auditor sees. */
class AuditTest {
    @TempDir
    Path here;

    final List<AuditEntry> log = new ArrayList<>();
    final List<String> lines = new ArrayList<>();
    Path export;

    @BeforeEach
    void an_export_of_five_entries() throws IOException {
        AuditHead head = AuditHead.EMPTY;
        for (int i = 1; i <= 5; i++) {
            var entry = AuditChain.seal(
                    head,
                    new Recorded(
                            Instant.parse("2026-11-25T02:08:22.123456Z"),
                            "api-key",
                            "7",
                            "alice",
                            "host.retired",
                            "host:" + i,
                            "{\"reason\":\"old\"}"));
            log.add(entry);
            lines.add(text(AuditExport.line(entry)));
            head = entry.head();
        }
        lines.add(text(AuditExport.line(head)));
        export = here.resolve("audit.jsonl");
        write();
    }

    private void write() throws IOException {
        Files.writeString(export, String.join("", lines));
    }

    private static String text(byte[] line) {
        return new String(line, StandardCharsets.UTF_8);
    }

    private AuditHead head(int sequence) {
        return log.get(sequence - 1).head();
    }

    private Cli verify(AuditHead head) {
        return Cli.run("audit", "verify", export, "--head", head);
    }

    @Test
    void a_log_is_proven_up_to_the_head_given() {
        var whole = verify(head(5));
        assertThat(whole.exit()).isZero();
        assertThat(whole.out()).contains("5 entries", "PROVEN up to entry 5").doesNotContain("younger");
        var partly = verify(head(3));
        assertThat(partly.exit()).isZero();
        assertThat(partly.out()).contains("PROVEN up to entry 3", "entries 4 to 5 are younger");
    }

    @Test
    void without_a_head_nobody_can_tell_and_the_command_says_why() {
        var verified = Cli.run("audit", "verify", export);
        assertThat(verified.exit()).isEqualTo(ExitCode.CANNOT_TELL);
        assertThat(verified.out())
                .contains("a tail that was cut off is invisible")
                .doesNotContain("PROVEN");
    }

    @Test
    void heads_are_taken_from_a_servers_log() throws IOException {
        var kept = here.resolve("server.log");
        String log = """
                2026-11-25T02:08:22.123Z INFO  audit log at %s  [AuditHeads]
                2026-11-25T02:09:01.007Z INFO  POST /%s 401 by nobody known from 192.0.2.1 in 3 ms  [RequestLog 9f2c]
                2026-11-25T02:09:22.123Z INFO  audit log at %s  [AuditHeads]
                """.formatted(head(2), "5:" + "ab".repeat(32), head(4));
        Files.writeString(kept, log);
        assertThat(Cli.run("audit", "verify", export, "--head-file", kept).out())
                .as("what a stranger has had written there is no head")
                .contains("PROVEN up to entry 4");
        Files.writeString(kept, "nothing\n");
        assertThat(Cli.run("audit", "verify", export, "--head-file", kept).exit())
                .isEqualTo(ExitCode.NO_INPUT);
    }

    @Test
    void tampering_is_named_by_its_first_entry() throws IOException {
        lines.set(2, lines.get(2).replace("host:3", "host:9"));
        write();
        var altered = verify(head(5));
        assertThat(altered.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(altered.out()).contains("TAMPERED at entry 3").doesNotContain("older");
    }

    @Test
    void what_is_no_text_or_no_file_is_named() throws IOException {
        Files.write(export, new byte[] {0x7f, 'E', 'L', 'F', (byte) 0xff, (byte) 0xfe});
        var binary = verify(AuditHead.EMPTY);
        assertThat(binary.exit()).isEqualTo(ExitCode.CANNOT_TELL);
        assertThat(binary.err()).contains("cannot tell: " + export + ": not an exported audit log");
        assertThat(Cli.run("audit", "verify", here, "--head", AuditHead.EMPTY).err())
                .contains("cannot tell: " + here + ": is a directory");
    }

    @Test
    void a_cut_tail_shows_by_the_head_and_by_the_missing_last_line() throws IOException {
        lines.subList(3, 6).clear();
        write();
        var cut = verify(head(5));
        assertThat(cut.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(cut.out())
                .contains(
                        "TAMPERED at entry 4", "cut", "Or this export is older than that head: export anew and verify");
        var unknown = Cli.run("audit", "verify", export);
        assertThat(unknown.exit()).isEqualTo(ExitCode.CANNOT_TELL);
        assertThat(unknown.out()).contains("not whole");
        lines.add(text(AuditExport.line(head(5))));
        write();
        assertThat(Cli.run("audit", "verify", export).exit()).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void what_is_no_log_proves_nothing() throws IOException {
        lines.set(0, "{\"sequence\":1}\n");
        write();
        assertThat(verify(head(5)).exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(Cli.run("audit", "verify", here.resolve("absent")).exit()).isEqualTo(ExitCode.CANNOT_TELL);
        assertThat(Cli.run("audit", "verify", export, "--head", "5").exit()).isEqualTo(ExitCode.USAGE);
        var nothing = Cli.run("audit", "verify");
        assertThat(nothing.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(nothing.err()).contains("--server");
    }

    @Test
    void a_server_is_asked_for_its_log() throws IOException {
        var asked = new ArrayList<String>();
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().toString();
            asked.add(path);
            String answer = path.endsWith("/export")
                    ? String.join("", lines)
                    : path.endsWith("/head")
                            ? "{\"sequence\":5,\"hash\":\"%s\"}".formatted(head(5).hash())
                            : "{\"items\":[%s]}".formatted(lines.get(0).strip());
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        try {
            var key = Files.writeString(here.resolve("admin.key"), "rlak_secret\n");
            String url = "http://127.0.0.1:" + server.getAddress().getPort();
            assertThat(Cli.run("audit", "head", "--server", url, "--api-key-file", key)
                            .out())
                    .isEqualTo(head(5) + System.lineSeparator());
            var verified = Cli.run("audit", "verify", "--server", url, "--api-key-file", key, "--head", head(5));
            assertThat(verified.out()).contains("PROVEN up to entry 5");
            var copy = here.resolve("copy.jsonl");
            assertThat(Cli.run("audit", "export", "--server", url, "--api-key-file", key, "-o", copy)
                            .exit())
                    .isZero();
            assertThat(copy).hasSameTextualContentAs(export);
            var listed = Cli.run("audit", "list", "--server", url, "--api-key-file", key, "--action", "host.retired");
            assertThat(listed.out()).contains("host.retired", "host:1", "by api-key alice", "{\"reason\":\"old\"}");
            assertThat(asked).contains("/api/v1/audit?action=host.retired&limit=100");
        } finally {
            server.stop(0);
        }
    }
}
