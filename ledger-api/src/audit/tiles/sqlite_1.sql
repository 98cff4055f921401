-- Tiles of the Merkle tree above its leaves, C2SP tlog-tiles. Derived from the journal: this file may be deleted.
CREATE TABLE tile_head (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    covered INTEGER NOT NULL
) STRICT;
INSERT INTO tile_head VALUES (1, 0);

-- Up to 256 hashes of 32 bytes each.
CREATE TABLE tile (
    level  INTEGER NOT NULL,
    idx    INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (level, idx)
) STRICT, WITHOUT ROWID;
