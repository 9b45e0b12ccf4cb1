package io.rebootless.cli.patch;

import io.rebootless.guest.Guest;
import io.rebootless.guest.HostCommand;
import io.rebootless.guest.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A patch directory's programs, ready for guests.
 *
 * @param reproducers built: 1 says that the kernel is flawed, 0 that it is sound, anything else that they cannot tell
 * @param checks 0 says that all is well
 */
record Programs(List<Path> reproducers, List<Path> checks) {
    private static final Duration COMPILE = Duration.ofMinutes(2);
    private static final Duration RUN = Duration.ofMinutes(5);
    private static final int SOUND = 0;
    private static final int FLAWED = 1;
    private static final int NOT_FOUND = 127;

    Programs {
        reproducers = List.copyOf(reproducers);
        checks = List.copyOf(checks);
    }

    /** Builds the reproducers; a bundle without any cannot be seen to work. */
    static Programs of(PatchDirectory patch) throws IOException, TrialFailed {
        var sources = patch.reproducers();
        if (sources.isEmpty()) {
            throw new TrialFailed(
                    "reproducer/*.c: there is none, so nothing can show that the flaw is gone; write a program"
                            + " that ends with 1 on a flawed kernel and with 0 on a sound one");
        }
        Path folder = Files.createDirectories(patch.output().resolve("reproducer"));
        var built = new ArrayList<Path>();
        for (Path source : sources) {
            String name = source.getFileName().toString();
            Path program = folder.resolve(name.substring(0, name.length() - ".c".length()));
            // Static, so that any guest will do.
            Result result = HostCommand.run(
                    COMPILE,
                    List.of("cc", "-O2", "-Wall", "-pthread", "-static", "-o", program.toString(), source.toString()));
            if (result.exit() != 0) {
                throw new TrialFailed("%s does not compile:%n%s"
                        .formatted(source, result.err().strip()));
            }
            built.add(program);
        }
        return new Programs(built, patch.checks());
    }

    void pushTo(Guest guest) {
        reproducers.forEach(reproducer -> guest.push(reproducer, place(reproducer)));
        checks.forEach(check -> guest.push(check, place(check)));
    }

    /** The reproducers, for people. */
    String names() {
        return reproducers.stream().map(one -> one.getFileName().toString()).collect(Collectors.joining(", "));
    }

    /** Asks every reproducer; each is to find the same. */
    void expect(boolean flawed, String when, Guest guest) throws TrialFailed {
        for (Path reproducer : reproducers) {
            Result result = guest.run(place(reproducer), RUN);
            if (result.exit() != (flawed ? FLAWED : SOUND)) {
                throw new TrialFailed("%s, %s: %s expected, but it says %s%n%s"
                        .formatted(
                                when,
                                reproducer.getFileName(),
                                flawed ? "flawed (1)" : "sound (0)",
                                finding(result.exit()),
                                said(result)));
            }
        }
    }

    private static String finding(int exit) {
        return switch (exit) {
            case SOUND -> "sound (0)";
            case FLAWED -> "flawed (1)";
            default -> "that it cannot tell (%d)".formatted(exit);
        };
    }

    /** Runs the publisher's checks. */
    void check(String when, Guest guest) throws TrialFailed {
        for (Path check : checks) {
            Result result = guest.run(place(check), RUN);
            if (result.exit() != 0) {
                throw new TrialFailed("%s, check/%s ended with %d%s%n%s"
                        .formatted(
                                when,
                                check.getFileName(),
                                result.exit(),
                                result.exit() == NOT_FOUND
                                        ? ": its interpreter or a library is not there, guests have busybox's sh and no"
                                                + " libraries"
                                        : "",
                                said(result)));
            }
        }
    }

    private static String said(Result result) {
        return (result.out() + result.err()).strip().indent(2).stripTrailing();
    }

    /** Where it is in a guest, in the folder that it is in here: no two there have one name. */
    private static String place(Path program) {
        int names = program.getNameCount();
        return "/opt/patch/" + program.subpath(names - 2, names);
    }
}
