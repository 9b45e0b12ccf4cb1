package io.rebootless.audit;

import io.rebootless.audit.AuditEntry.Recorded;
import io.rebootless.bundle.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * How entries hold together. An entry's hash is the SHA-256 of these, each as a netstring (its length in bytes, a colon,
 * its UTF-8, a comma): {@value #FORM}, the hash of the entry before (64 zeros for the first), sequence, at, actorKind,
 * actorId, actorName, action, subject, detail. {@code docs/audit.md} is the specification.
 */
public final class AuditChain {
    static final String FORM = "rebootless-audit-1";

    private AuditChain() {}

    /** Makes an act the entry that follows {@code head}. */
    public static AuditEntry seal(AuditHead head, Recorded act) {
        long sequence = head.sequence() + 1;
        return new AuditEntry(sequence, act, hash(head.hash(), sequence, act));
    }

    /** What the hash of an entry has to be if it follows an entry with the hash {@code before}. */
    static Sha256 hash(Sha256 before, AuditEntry entry) {
        return hash(before, entry.sequence(), entry.recorded());
    }

    private static Sha256 hash(Sha256 before, long sequence, Recorded act) {
        MessageDigest digest = Sha256.start();
        for (String field : new String[] {
            FORM,
            before.hex(),
            Long.toString(sequence),
            act.at().toString(),
            act.actorKind(),
            act.actorId(),
            act.actorName(),
            act.action(),
            act.subject(),
            act.detail()
        }) {
            byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
            digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
            digest.update(bytes);
            digest.update((byte) ',');
        }
        return Sha256.from(digest);
    }
}
