-- The journal of one district. Only the append writes here; nothing is ever updated but the head and snapshots.

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

-- One row a command; its events are first, first + 1, … first + count - 1.
CREATE TABLE command (
    first       INTEGER PRIMARY KEY,
    count       INTEGER NOT NULL,
    key         TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    actor       TEXT NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX command_key ON command (key);

-- nth is the event's place within its command: its command's row is at position - nth. leaf is its Merkle leaf hash.
CREATE TABLE event (
    position  INTEGER PRIMARY KEY,
    nth       INTEGER NOT NULL,
    stream_no INTEGER NOT NULL,
    sequence  INTEGER NOT NULL,
    type      TEXT NOT NULL,
    payload   BLOB NOT NULL,
    leaf      BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX event_stream ON event (stream_no, sequence);

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
