-- Keyed hashes of names and phones, so that a person is found by the whole name without a name standing anywhere. They
-- go with their field, and so with the person's key.
ALTER TABLE person_field ADD COLUMN token BLOB;
CREATE INDEX person_field_token ON person_field (field, token) WHERE token IS NOT NULL;

-- Who was erased, as keyed hashes: whose name and phone are not kept again, whatever sheet brings them.
CREATE TABLE erased_subject (
    token BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Erasures that were asked of the ledger, until it is known what became of them and what had to be destroyed is destroyed.
CREATE TABLE erasure_begun (
    worker TEXT NOT NULL,
    key    TEXT NOT NULL,
    PRIMARY KEY (worker, key)
) STRICT, WITHOUT ROWID;
