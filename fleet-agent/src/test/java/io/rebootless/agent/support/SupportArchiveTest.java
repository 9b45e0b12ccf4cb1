package io.rebootless.agent.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.durable.DurableFile;
import io.rebootless.agent.settings.SettingsFile;
import io.rebootless.agent.testing.FakeRoot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Secrets are planted wherever one might stray, and the whole archive is searched for them. */
class SupportArchiveTest {
    private static final String TOKEN = "rlht_tokentokentoken";
    private static final String KEY = "rlek_keykeykey";
    private static final String ATTEMPT = "0d5a3f4e-1111-4222-8333-944445555666";
    private static final String PROXY_PASSWORD = "hunter2hunter2";
    private static final String FILED_PASSWORD = "s3cr3t in a file";
    private static final List<String> SECRETS = List.of(
            TOKEN,
            KEY,
            ATTEMPT,
            PROXY_PASSWORD,
            FILED_PASSWORD,
            // proxyuser:hunter2hunter2, as Proxy-Authorization shows it
            "cHJveHl1c2VyOmh1bnRlcjJodW50ZXIy",
            "MIIEvAIBADANBgkq");

    @TempDir
    private Path directory;

    private FakeRoot root;
    private SettingsFile settings;

    @BeforeEach
    void plant() throws IOException {
        root = FakeRoot.in(directory);
        settings = new SettingsFile(root.settings());
        String stray = """
                {"note":"%s %s %s http://proxyuser:%s@proxy:3128/ %s"}
                Proxy-Authorization: Basic cHJveHl1c2VyOmh1bnRlcjJodW50ZXIy
                proxy.password=%s
                -----BEGIN PRIVATE KEY-----
                MIIEvAIBADANBgkq
                -----END PRIVATE KEY-----
                """.formatted(TOKEN, KEY, ATTEMPT, PROXY_PASSWORD, FILED_PASSWORD, PROXY_PASSWORD);
        Files.createDirectories(root.state());
        for (String file : List.of(
                "state.json",
                "in-force.json",
                "hold.json",
                "service.json",
                "authorities.json",
                "journal.jsonl",
                "journal.1.jsonl",
                "journal.damaged.jsonl",
                "clean-shutdown")) {
            Files.writeString(root.state().resolve(file), stray);
        }
        Files.writeString(root.state().resolve("token.json"), """
                {"hostId":"00000000-0000-0001-0000-000000000002","token":"%s","poll":60}""".formatted(TOKEN));
        Files.writeString(root.state().resolve("enrolling.json"), """
                {"request":"aa","name":"%s"}""".formatted(ATTEMPT));
        Path etc = directory.resolve("etc");
        Files.writeString(etc.resolve("proxy.secret"), FILED_PASSWORD + "\n");
        Files.writeString(etc.resolve("mode"), stray);
        Files.writeString(etc.resolve("policy.properties"), stray);
        Files.writeString(
                root.proc().resolve("cmdline"), "root=/dev/vda1 rebootless=hold luks.secret=" + PROXY_PASSWORD);
    }

    /** With lines that the settings of this agent do not know, and an answer full of secrets from every program. */
    private Map<String, String> archive(String... more) throws Exception {
        var read = settings.read();
        Files.writeString(
                settings.path(),
                Files.readString(settings.path())
                        + "proxy=http://proxyuser:" + PROXY_PASSWORD + "@proxy:3128\n"
                        + "proxy.password.file=proxy.secret\n" + String.join("\n", more));
        var bytes = new ByteArrayOutputStream();
        HostCommands commands = command -> "rebootless " + String.join(" ", command) + " " + TOKEN + " "
                + FILED_PASSWORD + " https://u:" + PROXY_PASSWORD + "@h/\nanother line " + KEY;
        new SupportArchive(read, commands).write(bytes, "agent 0.1.0", () -> {
            throw new IOException("no status: " + TOKEN);
        });
        return unzipped(bytes);
    }

    private static Map<String, String> unzipped(ByteArrayOutputStream bytes) throws IOException {
        var files = new TreeMap<String, String>();
        try (var zip = new ZipInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return files;
    }

    @Test
    void noSecretIsInIt() throws Exception {
        var files = archive();
        files.forEach((name, text) -> {
            for (String secret : SECRETS) {
                assertThat(name + "\n" + text).doesNotContain(secret);
            }
        });
        assertThat(files).doesNotContainKeys("state/token.json", "state/enrolling.json");
        assertThat(files.get("etc/agent.properties")).contains("state.directory=", "proxy=http://(removed)@proxy:3128");
    }

    @Test
    void withoutTheModuleWhatWasLoadedIsInIt() throws Exception {
        Path run = Files.createDirectories(directory.resolve("run"));
        Files.writeString(run.resolve("loads.json"), "{\"loads\":[]} " + TOKEN);
        settings.set(Map.of("loader", "direct", "runtime.directory", run.toString()));

        var files = archive();

        assertThat(files.get("kernel/loads.json")).contains("{\"loads\":[]}").doesNotContain(TOKEN);
        assertThat(files).doesNotContainKey("kernel/rebootless/level");
    }

    @Test
    void aProxysCredentialsStayHere() throws Exception {
        Path credentials = directory.resolve("etc/proxy-credentials");
        Files.writeString(credentials, "proxyuser:" + PROXY_PASSWORD + "\n");
        Files.setPosixFilePermissions(credentials, DurableFile.SECRET);
        settings.set(Map.of(
                "proxy", "http://proxy:3128",
                "proxy.credentials.file", "proxy-credentials",
                "no.proxy", ".corp.example"));
        var bytes = new ByteArrayOutputStream();
        HostCommands commands = command -> "rebootless: %s, or proxyuser:%s, or %s"
                .formatted(PROXY_PASSWORD, PROXY_PASSWORD, "cHJveHl1c2VyOmh1bnRlcjJodW50ZXIy");
        new SupportArchive(settings.read(), commands).write(bytes, "agent", () -> {
            throw new IOException("no status");
        });
        var files = unzipped(bytes);
        files.forEach((name, text) -> {
            // All but the one whose file these settings do not name.
            for (String secret : SECRETS.stream()
                    .filter(known -> !known.equals(FILED_PASSWORD))
                    .toList()) {
                assertThat(name + "\n" + text).doesNotContain(secret);
            }
        });
        assertThat(files.keySet()).noneMatch(name -> name.contains("proxy"));
        assertThat(files.get("etc/agent.properties")).contains("proxy=http://proxy:3128", "no.proxy=.corp.example");
    }

    @Test
    void theRestIsInIt() throws Exception {
        var files = archive();
        assertThat(files)
                .containsKeys(
                        "state/state.json",
                        "state/journal.jsonl",
                        "state/clean-shutdown",
                        "etc/mode",
                        "etc/policy.properties",
                        "kernel/osrelease",
                        "kernel/rebootless/level",
                        "kernel/dmesg.txt",
                        "units/rebootless-agent.service.txt",
                        "units/rebootless-trust.service.journal.txt",
                        "units/rebootless-shutdown-mark.service.txt");
        assertThat(files.get("agent.txt")).isEqualTo("agent 0.1.0");
        assertThat(files.get("kernel/cmdline")).as("only what is ours").isEqualTo("rebootless=hold");
        assertThat(files.get("kernel/dmesg.txt")).startsWith("rebootless dmesg").doesNotContain("another line");
        assertThat(files.get("trust.txt")).isEqualTo("alice.der");
        assertThat(files.get("missing.txt"))
                .contains("status.json: java.io.IOException: no status: ", "kernel/tainted: not there");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            https://user:pass@host:1/x      | https://(removed)@host:1/x
            https://host/x                  | https://host/x
            a rlak_AbC-12 b                 | a rlak_(removed) b
            Authorization: Bearer abc.def   | Authorization: Bearer (removed)
            db.password = two words         | db.password = (removed)
            the token was replaced          | the token was replaced
            level 2 is in force             | level 2 is in force
            """)
    void whatLooksLikeASecretGoesAndTheRestStays(String text, String clean) {
        assertThat(new Redaction(Set.of()).apply(text)).isEqualTo(clean);
    }

    @Test
    void ofWhatIsLongTheEndIsInIt() throws Exception {
        Path log = root.state().resolve("journal.1.jsonl");
        Files.writeString(log, "first\n" + "a line of a log\n".repeat(300_000) + "last\n");
        assertThat(archive().get("state/journal.1.jsonl"))
                .startsWith("(what was before is left out)\na line")
                .endsWith("last\n")
                .doesNotContain("first");
        var commands = HostCommands.real(Duration.ofSeconds(30), 100);
        assertThat(commands.output(List.of("sh", "-c", "seq 1000")))
                .endsWith("999\n1000\n")
                .hasSizeLessThan(140);
    }

    @Test
    void whatIsCutIsCutBetweenLines() throws Exception {
        var in = new ByteArrayInputStream("token=abcdefgh\nnext\nlast\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(new LastPart(14).read(in).text()).isEqualTo("(what was before is left out)\nnext\nlast\n");
        assertThat(new Redaction(Set.of()).apply("MIIEvAIBADANBgkq\n-----END PRIVATE KEY-----\nlast"))
                .isEqualTo("(removed)\nlast");
    }

    @Test
    void programsThatAreStuckAreEnded() throws Exception {
        var commands = HostCommands.real(Duration.ofMillis(300), 1000);
        long before = System.nanoTime();
        assertThat(commands.output(List.of("sh", "-c", "echo begun; exec sleep 60")))
                .isEqualTo("begun\n");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(30));
    }
}
