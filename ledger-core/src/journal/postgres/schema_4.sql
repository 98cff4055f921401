-- The public keys that have signed for this journal, so that a copy of it alone knows that it was signed, and by whom.
CREATE TABLE signing_key (
    vkey        text COLLATE "C" PRIMARY KEY,
    added_at_ms bigint NOT NULL,
    until_ms    bigint
);
