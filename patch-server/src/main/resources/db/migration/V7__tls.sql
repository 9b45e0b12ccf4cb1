-- The authorities by which servers that share this database vouch for themselves: certificates only, keys stay in each
-- server's own directory. Hosts are told of all of them.
CREATE TABLE tls_authority (
    fingerprint text        PRIMARY KEY CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
    certificate text        NOT NULL,
    generation  text        NOT NULL CHECK (generation IN ('CURRENT', 'NEXT', 'PREVIOUS')),
    server      uuid        NOT NULL,
    since       timestamptz NOT NULL
);

-- Which certificates of servers the audit log has an entry of.
CREATE TABLE tls_certificate (
    fingerprint text        PRIMARY KEY CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
    at          timestamptz NOT NULL
);

-- Which authorities each host trusts, by the digest that it names in its polls. Written behind, in batches.
CREATE TABLE host_authorities (
    host_id uuid        PRIMARY KEY REFERENCES host,
    digest  text        NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    since   timestamptz NOT NULL
);
