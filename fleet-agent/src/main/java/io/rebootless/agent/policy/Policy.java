package io.rebootless.agent.policy;

/**
 * What the server may order here. {@code revert} on the host itself is not asked.
 *
 * @param downgrade whether a level may be replaced by a lower one
 * @param none whether what is in force may be turned off
 */
public record Policy(boolean downgrade, boolean none) {
    /** Without a policy file the server's word counts. */
    public static final Policy OPEN = new Policy(true, true);

    /** While nobody knows what is allowed. */
    static final Policy CLOSED = new Policy(false, false);
}
