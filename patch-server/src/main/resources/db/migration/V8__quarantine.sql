-- What each host said in its newest report that it does not apply again by itself. One that an operator has lifted stays
-- when the host does not report it any more: if it comes back, because the host was set back to a snapshot, it is lifted.
CREATE TABLE host_quarantine (
    host_id        uuid        NOT NULL REFERENCES host,
    id             uuid        NOT NULL,
    bundle         text        NOT NULL CHECK (bundle ~ '^[0-9a-f]{64}$'),
    level          bigint      NOT NULL,
    publication    text        NOT NULL,
    host_time      timestamptz NOT NULL,
    boot_id        text        NOT NULL,
    reason_name    text        NOT NULL,
    reason_message text        NOT NULL,
    reported       boolean     NOT NULL,
    lifted_at      timestamptz,
    PRIMARY KEY (host_id, id)
);
COMMENT ON COLUMN host_quarantine.host_time IS 'The host''s own clock: recorded, never judged by.';
COMMENT ON COLUMN host_quarantine.reported IS 'Whether the host''s newest report has it.';
CREATE INDEX host_quarantine_reported ON host_quarantine (host_id) WHERE reported;

-- The tasks that each host said in its newest report to hold a transition up: always read and written as one.
ALTER TABLE host_state ADD COLUMN blocking jsonb NOT NULL DEFAULT '[]';
