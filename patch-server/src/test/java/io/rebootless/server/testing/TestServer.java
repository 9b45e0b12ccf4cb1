package io.rebootless.server.testing;

import io.rebootless.server.PatchServer;
import io.rebootless.trust.PublisherKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** A running server and what tests may look at behind its back. */
public final class TestServer implements AutoCloseable {
    private final Path data;
    private final ConfigurableApplicationContext context;

    private TestServer(Path data, ConfigurableApplicationContext context) {
        this.data = data;
        this.context = context;
    }

    public static TestServer start(Path data, List<String> settings) {
        return start(data, settings, List.of("--springdoc.api-docs.enabled=false"));
    }

    /** With springdoc at {@code /v3/api-docs}, which no other test is to have around. */
    public static TestServer startDescribing(Path data) {
        return start(
                data,
                List.of(),
                List.of("--springdoc.use-fqn=true", "--springdoc.override-with-generic-response=false"));
    }

    private static TestServer start(Path data, List<String> settings, List<String> more) {
        var arguments = new ArrayList<>(List.of(
                "--rebootless.data=" + data,
                "--server.port=0",
                "--logging.config=classpath:logback-test.xml",
                "--spring.main.register-shutdown-hook=false"));
        arguments.addAll(settings);
        arguments.addAll(TestDatabase.settingsFor(data, settings));
        arguments.addAll(more);
        var server = new TestServer(data, SpringApplication.run(PatchServer.class, arguments.toArray(String[]::new)));
        server.releaseAtOnce();
        return server;
    }

    /** What is published is for everybody at once, but for tests of rollouts, which choose a plan of their own. */
    private void releaseAtOnce() {
        jdbc().sql("""
                        INSERT INTO rollout_plan (name, plan, changed_by, changed_at)
                        VALUES ('default', '{"rings":[]}', 'tests', now()) ON CONFLICT (name) DO NOTHING
                        """).update();
    }

    public Api admin() {
        try {
            return api().as(Files.readString(data.resolve("admin.key")).strip());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    public Api api() {
        return Api.of(port(), data);
    }

    public int port() {
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    /** Which controller answers what. */
    public RequestMappingHandlerMapping mappings() {
        return context.getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class);
    }

    /** How the server reaches its PostgreSQL, its embedded one included. */
    public JdbcConnectionDetails database() {
        return context.getBean(JdbcConnectionDetails.class);
    }

    /** For what cannot be seen from outside. */
    public ConfigurableApplicationContext context() {
        return context;
    }

    public JdbcClient jdbc() {
        return context.getBean(JdbcClient.class);
    }

    /** The database by another connection, as its superuser: the server itself may be none. */
    public DataSource superuser() {
        return TestDatabase.asSuperuser(database());
    }

    /** Settings with which a command finds the database of a server on a directory, as {@link #start} does: mostly none. */
    public static List<String> databaseOf(Path data) {
        return TestDatabase.settingsFor(data, List.of());
    }

    /** Settings with which another server shares this one's database. */
    public List<String> sameDatabase() {
        var settings =
                new ArrayList<>(List.of("--spring.datasource.url=" + database().getJdbcUrl()));
        // Where the URL itself has them there are no others.
        if (database().getUsername() != null) {
            settings.add("--spring.datasource.username=" + database().getUsername());
            settings.add("--spring.datasource.password=" + database().getPassword());
        }
        return settings;
    }

    public void trust(String name, PublisherKey key) throws IOException {
        Files.write(
                data.resolve("trust.d").resolve(name + ".der"),
                key.certificate().der());
    }

    public void distrust(String name) throws IOException {
        Files.delete(data.resolve("trust.d").resolve(name + ".der"));
    }

    /** How many files lie in the store, arriving ones included. */
    public long blobs() throws IOException {
        // Only names are read: a file that is just being removed has no attributes any more.
        Path store = data.resolve("bundles");
        try (var whole = Files.list(store);
                var arriving = Files.list(store.resolve("incoming"))) {
            return whole.filter(file -> file.toString().endsWith(".rlb")).count() + arriving.count();
        }
    }

    public Path blob(String digest) {
        return data.resolve("bundles").resolve(digest + ".rlb");
    }

    public long count(String table) {
        return jdbc().sql("SELECT count(*) FROM " + table).query(Long.class).single();
    }

    @Override
    public void close() {
        context.close();
    }
}
