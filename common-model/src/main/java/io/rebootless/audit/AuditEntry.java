package io.rebootless.audit;

import io.rebootless.bundle.Sha256;
import java.time.Instant;
import java.util.Objects;

/**
 * One sealed entry of the audit log: an item of {@code GET /api/v1/audit}, a line of its export.
 *
 * @param sequence from 1, without gaps
 * @param at by the server's clock
 * @param actorKind {@code api-key}, {@code host}, {@code enrollment-key} or {@code server}
 * @param actorId stable and unique within its kind
 * @param actorName for people
 * @param action what was done, such as {@code host.retired}
 * @param subject what it was done to, such as {@code host:…}
 * @param detail a JSON object as text, character for character as it is hashed
 * @param hash of this entry and all before it
 */
public record AuditEntry(
        long sequence,
        Instant at,
        String actorKind,
        String actorId,
        String actorName,
        String action,
        String subject,
        String detail,
        Sha256 hash) {
    public AuditEntry {
        if (sequence < 1) {
            throw new IllegalArgumentException("sequence: from 1");
        }
        Objects.requireNonNull(hash, "hash");
        new Recorded(at, actorKind, actorId, actorName, action, subject, detail);
    }

    /** What is known of an act before it is sealed. */
    public record Recorded(
            Instant at,
            String actorKind,
            String actorId,
            String actorName,
            String action,
            String subject,
            String detail) {
        public Recorded {
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(actorKind, "actorKind");
            Objects.requireNonNull(actorId, "actorId");
            Objects.requireNonNull(actorName, "actorName");
            Objects.requireNonNull(action, "action");
            Objects.requireNonNull(subject, "subject");
            Objects.requireNonNull(detail, "detail");
        }
    }

    /** From what is stored. */
    public AuditEntry(long sequence, Recorded act, Sha256 hash) {
        this(
                sequence,
                act.at(),
                act.actorKind(),
                act.actorId(),
                act.actorName(),
                act.action(),
                act.subject(),
                act.detail(),
                hash);
    }

    Recorded recorded() {
        return new Recorded(at, actorKind, actorId, actorName, action, subject, detail);
    }

    /** Names this entry and all before it. */
    public AuditHead head() {
        return new AuditHead(sequence, hash);
    }
}
