-- What each host said in its newest report of itself, beyond what has columns of its own.
ALTER TABLE host ADD COLUMN facts jsonb NOT NULL DEFAULT '{}';

-- Hosts under one name: whichever the query finds at the moment of asking.
CREATE TABLE host_group (
    name        text        PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    query       text        NOT NULL,
    description text,
    changed_by  text        NOT NULL,
    changed_at  timestamptz NOT NULL
);
