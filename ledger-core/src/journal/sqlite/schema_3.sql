-- The public keys that have signed for this journal, so that a copy of it alone knows that it was signed, and by whom.
CREATE TABLE signing_key (
    vkey        TEXT PRIMARY KEY,
    added_at_ms INTEGER NOT NULL,
    until_ms    INTEGER
) STRICT;
