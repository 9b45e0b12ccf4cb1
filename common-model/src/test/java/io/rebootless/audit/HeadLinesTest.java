package io.rebootless.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a head counts: nowhere that a stranger can write. */
class HeadLinesTest {
    private static final AuditHead KEPT = AuditHead.parse("7:" + "ab".repeat(32));

    /** {@code HEAD} stands for the head, {@code LINE} for the server's own line that has it. */
    private static String filled(String text) {
        return text.replace("LINE", "2026-11-25T02:08:22.123Z INFO  audit log at HEAD  [AuditHeads]")
                .replace("HEAD", KEPT.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HEAD",
                "HEAD\r",
                "  HEAD  ",
                "LINE",
                "2026-11-25T15:08:22.123+13:00 INFO  audit log at HEAD  [AuditHeads]",
                "Nov 25 02:08:22 server rebootless-server[812]: LINE",
                "2026-11-25T02:08:22+0000 server rebootless-server[812]: LINE",
                "2026-11-25T02:08:22.123456+00:00 server rebootless-server[812]: LINE",
                "Wed 2026-11-25 02:08:22 UTC server rebootless-server[812]: LINE",
                "server-1  | LINE",
                "CHG #2173: LINE",
                "    MESSAGE=LINE",
                "{\"__CURSOR\":\"s=1\",\"MESSAGE\":\"LINE\",\"PRIORITY\":\"6\"}",
                "{\"@timestamp\":\"2026-11-25T02:08:22Z\",\"log\":{\"level\":\"INFO\",\"logger\":\"io.rebootless.server.audit.AuditHeads\"},\"message\":\"audit log at HEAD\"}",
                "Nov 25 02:08:22 server rebootless-server[812]: {\"message\":\"audit log at HEAD\",\"logger_name\":\"io.rebootless.server.audit.AuditHeads\"}",
                "{\"version\":\"1.1\",\"short_message\":\"audit log at HEAD\",\"_log_logger\":\"io.rebootless.server.audit.AuditHeads\"}",
                "{\"MESSAGE\":\"{\\\"message\\\":\\\"audit log at HEAD\\\",\\\"logger_name\\\":\\\"io.rebootless.server.audit.AuditHeads\\\"}\"}"
            })
    void a_head_alone_on_its_line_counts_and_one_that_the_server_has_said(String text) {
        assertThat(AuditHead.in("before\n" + filled(text) + "\nafter\n")).containsExactly(KEPT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-25T02:08:22.123Z INFO  POST /HEAD 401 by nobody known from 192.0.2.1 in 3 ms  [RequestLog 9f2c]",
                "2026-11-25T02:08:22.123Z INFO  POST /audit log at HEAD  [AuditHeads] 401 by nobody known  [RequestLog 9f2c]",
                "2026-11-25T02:08:22.123Z INFO  POST /LINE",
                "2026-11-25T02:08:22.123Z INFO  host x has joined as audit log at HEAD  [AuditHeads]",
                "2026-11-25T02:08:22.123Z INFO  audit log at HEAD  [AuditHeads] 401",
                "2026-11-25T02:08:22.123Z INFO  audit log at HEAD  [RequestLog 9f2c]",
                "2026-11-25T02:08:22.123Z ERROR audit log at HEAD  [AuditHeads]",
                "2026-11-25T02:08:22.123Z ERROR THE AUDIT LOG HAS LOST ENTRIES: it had the head HEAD, and has it no more.  [AuditHeads]",
                "2026-11-25T02:08:22.123Z INFO  POST /{\"message\":\"audit log at HEAD\",\"logger_name\":\"io.rebootless.server.audit.AuditHeads\"}",
                "\tHEAD",
                "\tLINE",
                "Nov 25 02:08:22 server rebootless-server[812]: \tLINE",
                "Nov 25 02:08:22 server rebootless-server[812]: \t{\"message\":\"audit log at HEAD\",\"logger_name\":\"io.rebootless.server.audit.AuditHeads\"}",
                "Nov 25 02:08:22 server rebootless-server[812]: #011LINE",
                "Nov 25 02:08:22 server rebootless-server[812]: \\011LINE",
                "Nov 25 02:08:22 server rebootless-server[812]: \\tLINE",
                "what a stranger sent\rLINE",
                "what a stranger sent#015LINE",
                "{\"message\":\"POST /HEAD 401 by nobody known\",\"logger_name\":\"io.rebootless.server.log.RequestLog\"}",
                "{\"message\":\"audit log at HEAD\",\"logger_name\":\"io.rebootless.server.log.RequestLog\"}",
                "{\"message\":\"audit log at HEAD 401\",\"logger_name\":\"io.rebootless.server.audit.AuditHeads\"}",
                "{\"message\":\"x\",\"caller\":\"audit log at HEAD\",\"logger_name\":\"io.rebootless.server.audit.AuditHeads\"}",
                "{\"MESSAGE\":\"HEAD\"}",
                "{\"MESSAGE\":\"\\tLINE\"}",
                "{\"MESSAGE\":\"{\\\"MESSAGE\\\":\\\"LINE\\\"}\"}",
                "{\"MESSAGE\":[76,73]}",
                "{LINE",
                "HEAD0",
                "0xHEAD",
                "HEAD # kept by hand"
            })
    void nothing_else_does(String text) {
        assertThat(AuditHead.in("before\n" + filled(text) + "\nafter\n")).isEmpty();
    }
}
