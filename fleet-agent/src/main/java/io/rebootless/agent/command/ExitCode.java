package io.rebootless.agent.command;

import java.util.LinkedHashMap;
import java.util.Map;

/** How a command ends; scripts and monitoring rely on it. The larger ones are those of sysexits(3). */
final class ExitCode {
    static final int OK = 0;
    static final int BEHIND = 1;
    static final int REFUSED = 2;
    static final int HELD = 3;
    static final int NOT_ENROLLED = 4;

    static final int USAGE = 64;
    static final int UNAVAILABLE = 69;
    static final int SOFTWARE = 70;
    static final int CONFIG = 78;

    private ExitCode() {}

    /** What {@code --help} says of them, in their order. */
    static Map<String, String> meanings() {
        var meanings = new LinkedHashMap<String, String>();
        meanings.put("0", "done; status, once, resume: the ordered level is in force for every task (protected)");
        meanings.put("1", "behind: the ordered level is not in force, or nothing is ordered yet");
        meanings.put(
                "2",
                "a bundle was refused or is quarantined, or applying or reverting it has failed; trust: the kernel trusts otherwise");
        meanings.put("3", "held, or ordered off: on this host or by the server");
        meanings.put("4", "not enrolled, or retired by the server");
        meanings.put("64", "the command line is wrong");
        meanings.put("69", "the server, the kernel or a file of this host is not available");
        meanings.put("70", "a mistake in the agent itself: please report it");
        meanings.put(
                "78", "the settings are wrong, or what a file of theirs holds; enroll: this host is enrolled already");
        return meanings;
    }
}
