package io.rebootless.server.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One admin key per database, whatever lies in the directories of the servers that share it. */
class AdminKeyFileTest {
    private static final String OTHER = "rlak_from-the-database-that-this-server-had-before";

    @TempDir
    static Path here;

    static TestServer first;
    static String known;
    static Path keptIn;

    @TempDir
    Path data;

    @BeforeAll
    static void start() throws Exception {
        first = TestServer.start(here.resolve("first"), List.of());
        keptIn = here.resolve("first/admin.key");
        known = Files.readString(keptIn).strip();
    }

    @AfterAll
    static void stop() {
        first.close();
    }

    private TestServer second() {
        return TestServer.start(data, first.sameDatabase());
    }

    /** What goes to the standard output meanwhile, the log's place. */
    private static String logOf(Runnable work) {
        var bytes = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(bytes, true, UTF_8));
        try {
            work.run();
        } finally {
            System.setOut(before);
        }
        return bytes.toString(UTF_8);
    }

    private static int status(TestServer server, String key) {
        Api api = server.api().as(key);
        return api.get("/api/v1/api-keys").status();
    }

    private static List<String> audited() {
        return first.jdbc()
                .sql("SELECT action FROM audit_entry WHERE action LIKE 'api-key.%' ORDER BY id")
                .query(String.class)
                .list();
    }

    @BeforeEach
    void the_database_has_its_key() {
        assertThat(status(first, known)).isEqualTo(200);
    }

    @Test
    void a_server_without_one_makes_none_and_says_where_it_is() {
        String log = logOf(() -> {
            try (var second = second()) {
                assertThat(data.resolve("admin.key")).doesNotExist();
                assertThat(status(second, known)).isEqualTo(200);
            }
        });
        assertThat(log)
                .contains("is not in this data directory but in")
                .contains(":" + keptIn + ";")
                .contains(data.resolve("admin.key.new").toString());
    }

    @Test
    void a_server_with_another_one_leaves_the_databases_alone_and_says_what_to_do() throws Exception {
        var before = audited();
        Files.writeString(data.resolve("admin.key"), OTHER + "\n");
        String log = logOf(() -> {
            try (var second = second()) {
                assertThat(status(second, OTHER)).isEqualTo(401);
                assertThat(status(second, known)).isEqualTo(200);
                assertThat(status(first, known)).isEqualTo(200);
                assertThat(status(first, OTHER)).isEqualTo(401);
            }
        });
        assertThat(data.resolve("admin.key")).hasContent(OTHER + "\n");
        assertThat(audited()).isEqualTo(before);
        assertThat(log)
                .contains("the key in " + data.resolve("admin.key") + " opens nothing")
                .contains(":" + keptIn + ";")
                .doesNotContain(OTHER, known);
    }

    @Test
    void a_key_that_is_put_beside_it_on_purpose_takes_its_place_everywhere_once() throws Exception {
        String fresh = "rlak_made-up-by-an-operator-" + "0".repeat(32);
        var before = audited();
        Files.writeString(data.resolve("admin.key.new"), fresh + "\n");
        Files.writeString(data.resolve("admin.key"), OTHER + "\n");
        try (var second = second()) {
            assertThat(status(second, fresh)).isEqualTo(200);
            assertThat(data.resolve("admin.key.new")).doesNotExist();
            assertThat(data.resolve("admin.key")).hasContent(fresh + "\n");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("admin.key"))))
                    .isEqualTo("rw-------");
            for (int tries = 0; tries < 200 && status(first, fresh) != 200; tries++) {
                Thread.sleep(50);
            }
            assertThat(status(first, fresh)).isEqualTo(200);
            assertThat(status(first, known)).isEqualTo(401);
        }
        assertThat(audited().subList(before.size(), audited().size())).containsExactly("api-key.replaced");
        // As after a kill between the commit and the renaming.
        Files.writeString(data.resolve("admin.key.new"), fresh + "\n");
        second().close();
        assertThat(data.resolve("admin.key.new")).doesNotExist();
        assertThat(audited()).hasSize(before.size() + 1);
        known = fresh;
        keptIn = data.resolve("admin.key");
    }
}
