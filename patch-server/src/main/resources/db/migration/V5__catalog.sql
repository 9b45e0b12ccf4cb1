-- Bundles are never changed and never deleted: that one was taken back is a row beside it, and final.
CREATE TABLE bundle_withdrawal (
    bundle_id    bigint      PRIMARY KEY REFERENCES bundle,
    withdrawn_at timestamptz NOT NULL,
    withdrawn_by text        NOT NULL,
    reason       text        NOT NULL
);

-- A publication that was taken back as a whole: nothing more is published under its name.
CREATE TABLE publication_withdrawal (
    publication  text        PRIMARY KEY,
    withdrawn_at timestamptz NOT NULL,
    withdrawn_by text        NOT NULL,
    reason       text        NOT NULL
);

CREATE INDEX bundle_signer_name ON bundle_signer (name, bundle_id);
CREATE INDEX bundle_signer_fingerprint ON bundle_signer (fingerprint, bundle_id);

-- That a CVE does not concern a kernel build. A retracted statement is gone from here; the audit log keeps both.
CREATE TABLE not_affected (
    build_id  text        NOT NULL CHECK (build_id ~ '^([0-9a-f]{2}){8,20}$'),
    cve       text        NOT NULL,
    reason    text        NOT NULL,
    stated_by text        NOT NULL,
    stated_at timestamptz NOT NULL,
    PRIMARY KEY (build_id, cve)
);
CREATE INDEX not_affected_cve ON not_affected (cve);
