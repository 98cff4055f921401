-- Keyed hashes of names and phones, so that a person is found by the whole name without a name standing anywhere. They
-- go with their field, and so with the person's key.
ALTER TABLE person_field ADD COLUMN token bytea;
CREATE INDEX person_field_token ON person_field (field, token) WHERE token IS NOT NULL;

-- Who was erased, as keyed hashes: whose name and phone are not kept again, whatever sheet brings them.
CREATE TABLE erased_subject (
    token bytea PRIMARY KEY
);

-- Erasures that were asked of the ledger, until it is known what became of them and what had to be destroyed is destroyed.
CREATE TABLE erasure_begun (
    worker text NOT NULL,
    key    text NOT NULL,
    PRIMARY KEY (worker, key)
);
