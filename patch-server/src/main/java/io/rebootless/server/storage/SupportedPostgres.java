package io.rebootless.server.storage;

import io.rebootless.server.settings.BadSettingException;

/** Which PostgreSQL the server works with: the oldest is Debian 12's, against which all tests are run. */
final class SupportedPostgres {
    static final int OLDEST = 15;
    private static final String ENCODING = "UTF8";

    private SupportedPostgres() {}

    /**
     * Ends the start before anything is written into a database that would not do.
     *
     * @param version as the database says it, such as {@code 15.8 (Debian 15.8-0+deb12u1)}
     * @throws BadSettingException if the server is too old, or the database of another encoding
     */
    static void check(int major, String version, String encoding) {
        if (major < OLDEST) {
            throw new BadSettingException(
                    "spring.datasource.url: PostgreSQL %s is too old".formatted(version),
                    "Use PostgreSQL %d or newer, or leave the URL out to use the embedded one.".formatted(OLDEST));
        }
        if (!encoding.equals(ENCODING)) {
            throw new BadSettingException(
                    "spring.datasource.url: the database's encoding is %s, not %s".formatted(encoding, ENCODING),
                    "Make it with: CREATE DATABASE rebootless ENCODING 'UTF8' TEMPLATE template0");
        }
    }
}
