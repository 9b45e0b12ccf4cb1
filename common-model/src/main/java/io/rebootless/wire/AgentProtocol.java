package io.rebootless.wire;

/**
 * Paths and headers between agent and server. Deployed agents freeze them: servers serve agents two releases old.
 */
public final class AgentProtocol {
    /** Records on the wire say this in {@code version}. */
    public static final int VERSION = 1;

    public static final String ENROLL = "/api/v1/agent/enroll";
    public static final String DIRECTIVE = "/api/v1/agent/directive";
    public static final String REPORT = "/api/v1/agent/report";

    /** With the token that a host has: answers with the one that replaces it once it is shown. */
    public static final String TOKEN = "/api/v1/agent/token";
    /** The certificate authorities by which the server vouches for itself, in PEM. */
    public static final String AUTHORITIES = "/api/v1/agent/authorities";

    /** Without a key: whether something is published for the kernel build that {@code ?buildId=} names. */
    public static final String COVERAGE = "/api/v1/agent/coverage";

    public static final String PEM = "application/pem-certificate-chain";

    /** Followed by a file digest. */
    public static final String BUNDLES = "/api/v1/bundles/";

    /** Answer to a poll, on 304 too: seconds until the next one. */
    public static final String POLL_SECONDS = "Rebootless-Poll-Seconds";

    /** With a poll: the last acknowledged report, as {@code journalId/number}. */
    public static final String REPORT_ACKNOWLEDGED = "Rebootless-Report";

    /** Answer to a poll: {@code true} if the server does not know that report and wants the state again. */
    public static final String REPORT_WANTED = "Rebootless-Report-Wanted";

    /** With a poll: {@code /proc/sys/kernel/random/boot_id}, so that the server asks for the state of a new boot. */
    public static final String BOOT = "Rebootless-Boot";

    /** Answer to a poll: {@code true} if the host is to fetch a new token; agents that do not know it go on. */
    public static final String TOKEN_WANTED = "Rebootless-Token-Wanted";

    /**
     * Answer to a poll: the ids of quarantines that an operator has lifted, separated by commas, until a report comes
     * without them. Agents that do not know it keep their quarantines.
     */
    public static final String QUARANTINE_LIFTED = "Rebootless-Quarantine-Lifted";

    /**
     * SHA-256 of a list of authorities in PEM. Answer to a poll, from a server that has authorities of its own: the list
     * that it wants to be known by. With a poll: the list that the host trusts.
     */
    public static final String AUTHORITIES_DIGEST = "Rebootless-Authorities";

    /** {@code Prefer: wait=50} (RFC 7240 section 4.3): how long a poll may hang, below proxies' usual 60 s. */
    public static final int MAX_WAIT_SECONDS = 50;

    /** How an enrolment key and a host token start, so that secret scanners find leaked ones. */
    public static final String ENROLLMENT_KEY_PREFIX = "rlek_";

    public static final String HOST_TOKEN_PREFIX = "rlht_";
    public static final String API_KEY_PREFIX = "rlak_";

    /** With a request that makes something: random, and the same with every retry, so that it is made once. */
    public static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    private AgentProtocol() {}
}
