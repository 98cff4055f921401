-- Tiles of the Merkle tree above its leaves, C2SP tlog-tiles. Derived from the journal: the rows may be deleted, covered set to 0.
CREATE TABLE tile_head (
    one     boolean PRIMARY KEY CHECK (one),
    covered bigint NOT NULL
);
INSERT INTO tile_head VALUES (true, 0);

-- Up to 256 hashes of 32 bytes each.
CREATE TABLE tile (
    level  integer NOT NULL,
    idx    bigint NOT NULL,
    hashes bytea NOT NULL,
    PRIMARY KEY (level, idx)
);
