-- What the sealer has still to number and chain, put here by the database itself, so that it need not search a log that
-- grows for ever. A transaction that commits late is found as well as one that commits at once.
CREATE TABLE audit_unsealed (
    entry_id bigint PRIMARY KEY REFERENCES audit_entry
);
INSERT INTO audit_unsealed SELECT id FROM audit_entry WHERE id NOT IN (SELECT entry_id FROM audit_chain);
CREATE FUNCTION audit_await_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_unsealed VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_entry_unsealed AFTER INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_await_seal();

CREATE INDEX audit_entry_actor_id ON audit_entry (actor_id, id);
CREATE INDEX audit_entry_actor_name ON audit_entry (actor_name, id);
CREATE INDEX audit_entry_at ON audit_entry (at);

-- Every server hears of every new generation when it commits, whoever makes it.
CREATE FUNCTION catalog_signal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('rebootless', 'CATALOG:' || NEW.generation);
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_state_signal AFTER UPDATE ON catalog_state
    FOR EACH ROW EXECUTE FUNCTION catalog_signal();
