-- What was signed last: nothing below or beside it is ever signed. An empty root: nothing yet.
CREATE TABLE signed_head (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL,
    root BLOB NOT NULL
) STRICT;
INSERT INTO signed_head VALUES (1, 0, x'');

-- Every checkpoint that was published, without its signatures.
CREATE TABLE checkpoint (
    size         INTEGER PRIMARY KEY,
    root         BLOB NOT NULL,
    text         TEXT NOT NULL,
    signed_at_ms INTEGER NOT NULL
) STRICT;

-- Their signatures and cosignatures, a note's line each.
CREATE TABLE checkpoint_signature (
    size   INTEGER NOT NULL REFERENCES checkpoint (size),
    name   TEXT NOT NULL,
    key_id INTEGER NOT NULL,
    line   TEXT NOT NULL,
    PRIMARY KEY (size, name, key_id)
) STRICT;

-- Public keys: of this journal, of its cosigners, of journals that this office watches.
CREATE TABLE verifier_key (
    vkey        TEXT PRIMARY KEY,
    usage       TEXT NOT NULL,
    added_at_ms INTEGER NOT NULL,
    until_ms    INTEGER
) STRICT;

-- What this office cosigned last, for each journal it watches.
CREATE TABLE cosigned (
    origin         TEXT PRIMARY KEY,
    size           INTEGER NOT NULL,
    root           BLOB NOT NULL,
    note           TEXT NOT NULL,
    cosigned_at_ms INTEGER NOT NULL
) STRICT;
