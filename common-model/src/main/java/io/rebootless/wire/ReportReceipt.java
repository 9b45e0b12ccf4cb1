package io.rebootless.wire;

/**
 * The server's answer to a report.
 *
 * @param version 1
 * @param number the report's own
 * @param journalAcknowledged entries up to this sequence are stored and need not be sent again
 */
public record ReportReceipt(int version, long number, long journalAcknowledged) {
    public ReportReceipt {
        Limits.range("version", version, 1, Integer.MAX_VALUE);
        Limits.range("number", number, 1, Long.MAX_VALUE);
        Limits.range("journalAcknowledged", journalAcknowledged, 0, Long.MAX_VALUE);
    }
}
