package io.rebootless.agent.command;

import io.rebootless.agent.cycle.Patrol.NotEnrolledException;
import io.rebootless.agent.log.EventLog;
import io.rebootless.agent.settings.SettingsException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** Says for people why a command has ended, and for programs by its exit code. */
final class Complaint {
    private Complaint() {}

    /** One or two clear lines; where they come from only for those who ask. */
    static int about(Exception e, boolean debug) {
        if (debug || System.getenv("REBOOTLESS_DEBUG") != null) {
            e.printStackTrace(System.err);
        }
        var log = EventLog.standard();
        if (e instanceof SettingsException) {
            log.error(String.valueOf(e.getMessage()));
            return ExitCode.CONFIG;
        }
        if (e instanceof NotEnrolledException) {
            log.error(e.getMessage() + ". To enrol: rebootless-agent enroll --server https://… --ca FILE");
            return ExitCode.NOT_ENROLLED;
        }
        if (e instanceof IOException io) {
            log.error(words(io));
            return ExitCode.UNAVAILABLE;
        }
        log.error("a mistake in the agent: %s. Please report it, with the output of --debug".formatted(e));
        return ExitCode.SOFTWARE;
    }

    private static String words(IOException e) {
        if (e instanceof AccessDeniedException denied) {
            return denied.getFile() + ": permission denied; run this as root";
        }
        if (e instanceof NoSuchFileException missing) {
            return Optional.ofNullable(missing.getReason())
                    .map(reason -> missing.getFile() + ": " + reason)
                    .orElse(missing.getFile() + " is not there");
        }
        if (e instanceof FileSystemException file && file.getReason() != null) {
            return file.getFile() + ": " + file.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
