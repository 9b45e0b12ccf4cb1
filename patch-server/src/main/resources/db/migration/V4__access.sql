-- A revoked API key keeps its row, so that its id in the audit log stays explainable; its name is free again.
ALTER TABLE api_key ADD COLUMN expires_at timestamptz;
ALTER TABLE api_key ADD COLUMN revoked_at timestamptz;
ALTER TABLE api_key ADD COLUMN used_at timestamptz;
ALTER TABLE api_key DROP CONSTRAINT api_key_name_key;
CREATE UNIQUE INDEX api_key_name ON api_key (name) WHERE revoked_at IS NULL;
COMMENT ON COLUMN api_key.used_at IS 'Written behind, to the minute.';

ALTER TABLE enrollment_key ADD COLUMN uses int;
UPDATE enrollment_key k SET uses = uses_left + (SELECT count(*) FROM host h WHERE h.enrollment_key_id = k.id);
ALTER TABLE enrollment_key ALTER COLUMN uses SET NOT NULL;
ALTER TABLE enrollment_key ADD COLUMN revoked_at timestamptz;
CREATE INDEX enrollment_key_list ON enrollment_key (created_at, id);
CREATE INDEX host_enrollment_key ON host (enrollment_key_id);

-- The token that replaces the present one as soon as the host shows it.
ALTER TABLE host ADD COLUMN next_token_hash text UNIQUE;
ALTER TABLE host ADD COLUMN token_wanted_at timestamptz;
ALTER TABLE host ADD COLUMN cloned_at timestamptz;

-- From when to when each boot of a host was heard, its last few: two that overlap are two machines with one token.
CREATE TABLE host_run (
    host_id      uuid        NOT NULL REFERENCES host,
    boot_id      text        NOT NULL,
    first_at     timestamptz NOT NULL,
    first_uptime bigint      NOT NULL,
    first_turn   bigint      NOT NULL,
    last_at      timestamptz NOT NULL,
    last_turn    bigint      NOT NULL,
    top_uptime    bigint      NOT NULL,
    set_back_from bigint      NOT NULL,
    returns      int         NOT NULL,
    hostname     text        NOT NULL,
    machine_id   text,
    address      text        NOT NULL,
    cloned       boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (host_id, boot_id)
);
COMMENT ON COLUMN host_run.first_at IS 'By the database''s clock, the one that all servers share.';
COMMENT ON COLUMN host_run.first_turn IS 'Counts the host''s reports in the order in which they were taken in.';
