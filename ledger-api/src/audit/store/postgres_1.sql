-- What was signed last: nothing below or beside it is ever signed. An empty root: nothing yet.
CREATE TABLE signed_head (
    one  boolean PRIMARY KEY CHECK (one),
    size bigint NOT NULL,
    root bytea NOT NULL
);
INSERT INTO signed_head VALUES (true, 0, '');

-- Every checkpoint that was published, without its signatures.
CREATE TABLE checkpoint (
    size         bigint PRIMARY KEY,
    root         bytea NOT NULL,
    text         text NOT NULL,
    signed_at_ms bigint NOT NULL
);

-- Their signatures and cosignatures, a note's line each.
CREATE TABLE checkpoint_signature (
    size   bigint NOT NULL REFERENCES checkpoint (size),
    name   text NOT NULL,
    key_id bigint NOT NULL,
    line   text NOT NULL,
    nth    bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (size, name, key_id)
);

-- Public keys: of this journal, of its cosigners, of journals that this office watches.
CREATE TABLE verifier_key (
    vkey        text PRIMARY KEY,
    usage       text NOT NULL,
    added_at_ms bigint NOT NULL,
    until_ms    bigint,
    -- True for a key that was added only because there was none: two servers that begin at once add one.
    first       boolean,
    nth         bigint GENERATED ALWAYS AS IDENTITY,
    UNIQUE (usage, first)
);

-- What this office cosigned last, for each journal it watches.
CREATE TABLE cosigned (
    origin         text PRIMARY KEY,
    size           bigint NOT NULL,
    root           bytea NOT NULL,
    note           text NOT NULL,
    cosigned_at_ms bigint NOT NULL
);
