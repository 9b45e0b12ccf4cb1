package io.rebootless.cli;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** How the command ends. The larger ones are those of sysexits(3), out of the way of a gate's verdicts. */
public final class ExitCode {
    public static final int OK = 0;
    /**
     * A verifier or the server said no; for a gate, some host is not protected; for a check, the answer is no; for an
     * audit log, it was tampered with.
     */
    public static final int REFUSED = 1;
    /** For a gate, for checks and for an audit log only. */
    public static final int CANNOT_TELL = 2;

    public static final int USAGE = 64;
    public static final int NO_INPUT = 66;
    public static final int UNAVAILABLE = 69;

    /** What {@code --help} says of them, in their order. */
    static final Map<String, String> MEANINGS = meanings();

    private ExitCode() {}

    private static Map<String, String> meanings() {
        var meanings = new LinkedHashMap<String, String>();
        meanings.put("0", "done; gate: every host is protected; kernel check: covered; audit verify: proven");
        meanings.put(
                "1",
                "refused; gate: some host is not protected; kernel check: not covered; storage check: findings; audit"
                        + " verify: tampered with");
        meanings.put("2", "gate, checks and audit verify only: cannot tell, the server's absence included");
        meanings.put("64", "the command line is wrong");
        meanings.put("66", "a file is missing, unreadable or not what it should be");
        meanings.put("69", "the server cannot be reached, cannot do it now, or answered something else than expected");
        return Collections.unmodifiableMap(meanings);
    }
}
