package io.rebootless.server;

import io.rebootless.server.archive.ArchiveCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The patch server's main class. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
@EnableScheduling
public class PatchServer {
    private static final int USAGE = 64;

    public static void main(String[] args) throws InterruptedException {
        if (ArchiveCommand.isMeantBy(args)) {
            // The output may be the archive: whatever is logged goes elsewhere.
            System.setOut(System.err);
            System.exit(new ArchiveCommand(System.in, new FileOutputStream(FileDescriptor.out), System.err).run(args));
        }
        for (String arg : args) {
            if (arg.equals("--help") || arg.equals("-h")) {
                System.out.println("""
                        Usage: rebootless-server [--SETTING=VALUE]...
                               rebootless-server export FILE|- [--SETTING=VALUE]...
                               rebootless-server import FILE|- [--SETTING=VALUE]...
                               rebootless-server --version

                          --rebootless.data=DIRECTORY       what must not be lost (default: rebootless-data, here)
                          --rebootless.tls.names=NAME,...   names by which agents reach this server
                          --rebootless.trust.threshold=N    signers a bundle needs (default: 1)
                          --server.port=PORT                (default: 8443)
                          --spring.datasource.url=URL       another PostgreSQL than the embedded one

                        docs/server.md lists all settings. The publishers' certificates belong into trust.d in
                        the data directory, where the first start also leaves admin.key.""");
                return;
            }
            if (arg.equals("--version") || arg.equals("-V")) {
                String version = PatchServer.class.getPackage().getImplementationVersion();
                System.out.println("rebootless-server " + (version == null ? "(not packaged)" : version));
                return;
            }
            // Spring would pass over it, and start with a default in its place.
            if (!arg.startsWith("--") || arg.indexOf('=') < 0) {
                System.err.println("rebootless-server: %s is no setting: write --NAME=VALUE, or --help".formatted(arg));
                System.exit(USAGE);
            }
        }
        SpringApplication.run(PatchServer.class, args);
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }
}
