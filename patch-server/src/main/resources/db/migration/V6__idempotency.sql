-- Answers to requests that carried an Idempotency-Key, each inserted in the transaction of the effect that it tells of.
CREATE TABLE idempotent_answer (
    caller       text        NOT NULL,
    key_hash     text        NOT NULL CHECK (key_hash ~ '^[0-9a-f]{64}$'),
    request_hash text        NOT NULL CHECK (request_hash ~ '^[0-9a-f]{64}$'),
    salt         bytea       NOT NULL,
    answer       bytea       NOT NULL,
    expires_at   timestamptz NOT NULL,
    PRIMARY KEY (caller, key_hash)
);
CREATE INDEX idempotent_answer_expiry ON idempotent_answer (expires_at);
COMMENT ON COLUMN idempotent_answer.answer IS 'AES-256-GCM under a key that only the client''s Idempotency-Key gives: some answers hold a secret.';
