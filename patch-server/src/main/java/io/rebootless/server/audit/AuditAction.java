package io.rebootless.server.audit;

/** What can have been done. The words are part of the API and never change. */
public enum AuditAction {
    API_KEY_CREATED("api-key.created"),
    API_KEY_REVOKED("api-key.revoked"),
    API_KEY_REPLACED("api-key.replaced"),
    ENROLLMENT_KEY_CREATED("enrollment-key.created"),
    ENROLLMENT_KEY_REVOKED("enrollment-key.revoked"),
    HOST_ENROLLED("host.enrolled"),
    HOST_RETIRED("host.retired"),
    HOST_TOKEN_WANTED("host.token-wanted"),
    HOST_TOKEN_ISSUED("host.token-issued"),
    HOST_TOKEN_REPLACED("host.token-replaced"),
    HOST_CLONE_DETECTED("host.clone-detected"),
    HOST_QUARANTINE_LIFTED("host.quarantine-lifted"),
    HOST_LABELS_CHANGED("host.labels-changed"),
    GROUP_CHANGED("group.changed"),
    GROUP_DELETED("group.deleted"),
    HOLD_CREATED("hold.created"),
    HOLD_LIFTED("hold.lifted"),
    PLAN_CHANGED("plan.changed"),
    PLAN_DELETED("plan.deleted"),
    ROLLOUT_PLAN_CHOSEN("rollout.plan-chosen"),
    ROLLOUT_FORGOTTEN("rollout.forgotten"),
    ROLLOUT_APPROVED("rollout.approved"),
    ROLLOUT_PAUSED("rollout.paused"),
    ROLLOUT_RESUMED("rollout.resumed"),
    ROLLOUT_ABORTED("rollout.aborted"),
    ROLLOUT_BEGUN("rollout.begun"),
    ROLLOUT_RING_BEGUN("rollout.ring-begun"),
    ROLLOUT_HALTED("rollout.halted"),
    ROLLOUT_BUNDLE_QUARANTINED("rollout.bundle-quarantined"),
    ROLLOUT_ENDED("rollout.ended"),
    BUNDLE_PUBLISHED("bundle.published"),
    BUNDLE_WITHDRAWN("bundle.withdrawn"),
    PUBLICATION_WITHDRAWN("publication.withdrawn"),
    STORAGE_BLOB_SET_ASIDE("storage.blob-set-aside"),
    CVE_NOT_AFFECTED_STATED("cve.not-affected-stated"),
    CVE_NOT_AFFECTED_RETRACTED("cve.not-affected-retracted"),
    SERVER_STARTED("server.started"),
    AUDIT_HEAD_LOST("audit.head-lost"),
    TLS_STEP_ORDERED("tls.step-ordered"),
    TLS_AUTHORITY_CREATED("tls.authority-created"),
    TLS_AUTHORITY_ANNOUNCED("tls.authority-announced"),
    TLS_AUTHORITY_SWITCHED("tls.authority-switched"),
    TLS_AUTHORITY_DROPPED("tls.authority-dropped"),
    TLS_CERTIFICATE_ISSUED("tls.certificate-issued"),
    TLS_CERTIFICATE_LOADED("tls.certificate-loaded"),
    DATA_IMPORTED("data.imported");

    private final String word;

    AuditAction(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }
}
