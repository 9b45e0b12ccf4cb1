-- Every change of state by a person, a key or the server itself is one entry, inserted in the change's own transaction.
CREATE TABLE audit_entry (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL,
    actor_kind text        NOT NULL CHECK (actor_kind IN ('API_KEY', 'HOST', 'ENROLLMENT_KEY', 'SERVER')),
    actor_id   text        NOT NULL,
    actor_name text        NOT NULL,
    action     text        NOT NULL,
    subject    text        NOT NULL,
    detail     text        NOT NULL
);
COMMENT ON COLUMN audit_entry.detail IS 'A JSON object, byte for byte as it goes into the hash. Not jsonb: that would rewrite it.';
CREATE INDEX audit_entry_action ON audit_entry (action, id);
CREATE INDEX audit_entry_subject ON audit_entry (subject, id);

-- Identities are given out before a transaction commits, so their order is not the order of commits: the sealer alone
-- numbers committed entries, without gaps, and chains them.
CREATE TABLE audit_chain (
    sequence bigint PRIMARY KEY CHECK (sequence > 0),
    entry_id bigint NOT NULL UNIQUE REFERENCES audit_entry,
    hash     text   NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$')
);

-- Append-only for the server's own account too. Whoever owns the database can lift this; the chain tells.
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_chain_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chain
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
