-- What workers prove at a counter that they are who spends. A PIN is argon2id as a PHC string; of a printed code, which is
-- random, its SHA-256. Who made one that is not the worker's own; NULL for one of the own. Times are milliseconds since
-- 1970, UTC.
CREATE TABLE worker_pin (
    worker    TEXT    NOT NULL PRIMARY KEY,
    hash      TEXT    NOT NULL,
    set_at_ms INTEGER NOT NULL,
    given_by  TEXT
) STRICT;
CREATE TABLE printed_code (
    worker    TEXT    NOT NULL PRIMARY KEY,
    digest    BLOB    NOT NULL,
    set_at_ms INTEGER NOT NULL,
    given_by  TEXT
) STRICT;
-- What proves one redemption alone and was taken, by which command: a code of a minute, or a word that the ledger gave a
-- counter for a proof. `minute` is until when it could be shown, in minutes since 1970.
CREATE TABLE used_proof (
    worker    TEXT    NOT NULL,
    mark      TEXT    NOT NULL,
    minute    INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    PRIMARY KEY (worker, mark)
) STRICT;
CREATE INDEX used_proof_by_minute ON used_proof (minute);
