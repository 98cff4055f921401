-- The journal of one district. Only the append writes here; nothing is ever updated but the head and snapshots.
-- What finds a key or a stream lies in a file of its own, which can be made anew from this one (index.rs).

CREATE TABLE head (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    position    INTEGER NOT NULL,
    streams     INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    frontier    BLOB NOT NULL
) STRICT;
INSERT INTO head VALUES (1, 0, 0, 0, x'');

-- Aggregates by number: four bytes in every event instead of two texts.
CREATE TABLE stream (
    stream_no INTEGER PRIMARY KEY,
    kind      TEXT NOT NULL,
    id        TEXT NOT NULL,
    UNIQUE (kind, id)
) STRICT;

-- nth is the event's place within its command. A command's first event (nth 0) carries what all its events share: how
-- many they are, its key and fingerprint, who gave it and when it was recorded. leaf is the Merkle leaf hash.
CREATE TABLE event (
    position    INTEGER PRIMARY KEY,
    nth         INTEGER NOT NULL,
    stream_no   INTEGER NOT NULL,
    sequence    INTEGER NOT NULL,
    type        TEXT NOT NULL,
    payload     BLOB NOT NULL,
    leaf        BLOB NOT NULL,
    count       INTEGER,
    key         TEXT,
    fingerprint BLOB,
    actor       TEXT,
    recorded_at INTEGER
) STRICT;

-- The Merkle root after each batch.
CREATE TABLE root (
    size INTEGER PRIMARY KEY,
    root BLOB NOT NULL
) STRICT;

-- Shortcuts for loading; may be deleted at any time.
CREATE TABLE snapshot (
    stream_no INTEGER PRIMARY KEY,
    sequence  INTEGER NOT NULL,
    layout    INTEGER NOT NULL,
    body      BLOB NOT NULL
) STRICT;
