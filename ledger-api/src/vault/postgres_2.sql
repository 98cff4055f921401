-- Keyed hashes of names and phones, so that a person is found by the whole name without a name standing anywhere. They
-- go with their field, and so with the person's key.
ALTER TABLE person_field ADD COLUMN token bytea;
CREATE INDEX person_field_token ON person_field (field, token) WHERE token IS NOT NULL;
