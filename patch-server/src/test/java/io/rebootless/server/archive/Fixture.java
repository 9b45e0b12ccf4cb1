package io.rebootless.server.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.storage.LocalPostgres.Database;
import io.rebootless.server.testing.TestServer;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BlockingTask;
import io.rebootless.wire.FleetHost;
import io.rebootless.wire.Rollout;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;

/**
 * A database as a server of some earlier schema has left it: every migration up to that one has been followed by what was
 * first possible with it ({@code db/fixture/V<version>.sql}).
 */
final class Fixture {
    private static final String TOKEN = "rlht_fixture-token-of-web-1-0123456789abcdef";
    private static final String KEY = "rlak_fixture-key-of-the-pipeline-0123456789abcdef";
    private static final byte[] BUNDLE = "The bytes of a bundle that the first schema knew.\n".getBytes(UTF_8);
    private static final byte[] HALTED = "The bytes of a bundle whose rollout has halted.\n".getBytes(UTF_8);
    private static final String HOST = "/api/v1/hosts/30000000-0000-0000-0000-000000000001";
    private static final Pattern MIGRATION = Pattern.compile("V([0-9]+)__.*\\.sql");

    private Fixture() {}

    /** The files of all migrations, by version. */
    static SortedMap<Integer, Path> migrations() throws IOException, URISyntaxException {
        var migrations = new TreeMap<Integer, Path>();
        URL first = Fixture.class.getResource("/db/migration/V1__first_schema.sql");
        assertThat(first).isNotNull();
        try (Stream<Path> files = Files.list(Path.of(first.toURI()).resolveSibling("."))) {
            for (Path file : files.toList()) {
                var name = MIGRATION.matcher(file.getFileName().toString());
                assertThat(name.matches()).as(file.toString()).isTrue();
                migrations.put(Integer.valueOf(name.group(1)), file);
            }
        }
        return migrations;
    }

    static boolean exists(int version) {
        return Fixture.class.getResource(file(version)) != null;
    }

    private static String file(int version) {
        return "/db/fixture/V%d.sql".formatted(version);
    }

    /** Takes an empty database to a version, with data from every one on the way. */
    static void fill(Database database, int version) throws IOException, SQLException {
        for (int each = 1; each <= version; each++) {
            Flyway.configure()
                    .dataSource(database.url(), database.user(), database.password())
                    .locations("classpath:db/migration")
                    .target(Integer.toString(each))
                    .load()
                    .migrate();
            try (InputStream sql = Fixture.class.getResourceAsStream(file(each))) {
                if (sql != null) {
                    database.execute(new String(sql.readAllBytes(), UTF_8));
                }
            }
        }
    }

    /** The data directory that belongs to the database. */
    static void fill(Path data) throws IOException {
        Files.createDirectories(data.resolve("bundles"));
        Files.createDirectories(data.resolve("trust.d"));
        for (byte[] bundle : List.of(BUNDLE, HALTED)) {
            Files.write(data.resolve("bundles").resolve(Sha256.of(bundle) + ".rlb"), bundle);
        }
        Files.writeString(data.resolve("trust.d").resolve("former.pem"), "no certificate at all");
    }

    /** Asks a server for all that the fixtures have put into its database. */
    static void checkShownBy(TestServer server, int version) {
        var viewer = server.api().as(KEY);
        var bundle = viewer.get("/api/v1/bundles/" + Sha256.of(BUNDLE));
        assertThat(bundle.status()).isEqualTo(200);
        assertThat(bundle.body()).isEqualTo(BUNDLE);
        var listed = viewer.get("/api/v1/bundles?cve=CVE-2026-0002").json().get("items");
        assertThat(listed.size()).isEqualTo(1);
        assertThat(listed.get(0).get("title").stringValue()).isEqualTo("Level 3,\twith a tab and a \\");
        assertThat(listed.get(0).get("uploaded").stringValue()).isEqualTo("2026-11-22T10:05:00.123456Z");

        var host = viewer.get(HOST).as(FleetHost.class);
        assertThat(host.hostname()).isEqualTo("web-1");
        assertThat(host.labels()).isEqualTo(Map.of("env", "prod", "größe", "übergroß"));
        assertThat(host.state()).isEqualTo(AgentState.SETTLED);
        assertThat(host.level()).isEqualTo(3);
        assertThat(viewer.get(HOST + "/history").json().get("items").size()).isEqualTo(2);
        assertThat(viewer.get("/api/v1/gate?cve=CVE-2026-0001").status()).isEqualTo(200);

        var directive = server.api().as(TOKEN).get("/api/v1/agent/directive");
        assertThat(directive.status()).isEqualTo(200);
        assertThat(directive.json().get("bundle").get("level").asInt()).isEqualTo(3);

        // Whatever was published before there were rollouts is everybody's.
        assertThat(viewer.get("/api/v1/rollouts/%s"
                                .formatted(listed.get(0).get("publication").stringValue()))
                        .json()
                        .get("builds")
                        .get(0)
                        .get("state")
                        .stringValue())
                .isEqualTo("completed");
        if (version >= 11) {
            var halted = viewer.get("/api/v1/rollouts/2026-12-01.1").as(Rollout.class);
            assertThat(halted.plan().rings()).hasSize(2);
            assertThat(halted.paused().reason()).isEqualTo("the \"shop\" is busy");
            assertThat(halted.builds().get(0).quarantined()).isTrue();
            assertThat(halted.builds().get(0).hosts().incident()).isEqualTo(1);
            assertThat(viewer.get("/api/v1/holds").json().get("items").size()).isEqualTo(1);
            assertThat(viewer.get("/api/v1/plans/weekend").status()).isEqualTo(200);
        }
        if (version >= 9) {
            assertThat(server.jdbc()
                            .sql("SELECT kept_in FROM api_key WHERE id = '10000000-0000-0000-0000-000000000001'")
                            .query(String.class)
                            .single())
                    .isEqualTo("web-0:/var/lib/rebootless-server/admin.key");
        }
        if (version >= 8) {
            assertThat(host.quarantined())
                    .extracting(one -> one.level(), one -> one.lifted() != null)
                    .containsExactly(tuple(4L, false), tuple(5L, true));
            assertThat(host.blocking())
                    .containsExactly(
                            new BlockingTask(4711, "größer", "[<0>] do_nanosleep+0x5/0x1\n[<0>] x+0x1/0x2"),
                            new BlockingTask(4712, "smaller", null));
            assertThat(directive.header("Rebootless-Quarantine-Lifted"))
                    .isEqualTo("80000000-0000-0000-0000-000000000002");
        }
        if (version >= 2) {
            assertThat(server.jdbc()
                            .sql("SELECT detail FROM audit_entry WHERE subject = 'bundle:1111'")
                            .query(String.class)
                            .single())
                    .isEqualTo("{\"title\":\"Größe \\n\"}");
        }
    }
}
