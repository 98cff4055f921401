-- What workers prove at a counter that they are who spends. A PIN is argon2id as a PHC string; of a printed code, which is
-- random, its SHA-256. Who made one that is not the worker's own; NULL for one of the own. Times are milliseconds since
-- 1970, UTC.
CREATE TABLE worker_pin (
    worker    text    NOT NULL PRIMARY KEY,
    hash      text    NOT NULL,
    set_at_ms bigint  NOT NULL,
    given_by  text
);
CREATE TABLE printed_code (
    worker    text    NOT NULL PRIMARY KEY,
    digest    bytea   NOT NULL,
    set_at_ms bigint  NOT NULL,
    given_by  text
);
-- What proves one redemption alone and was taken, by which command: a code of a minute, or a word that the ledger gave a
-- counter for a proof. `minute` is until when it could be shown, in minutes since 1970.
CREATE TABLE used_proof (
    worker    text    NOT NULL,
    mark      text    NOT NULL,
    minute    bigint  NOT NULL,
    key       text    NOT NULL,
    PRIMARY KEY (worker, mark)
);
CREATE INDEX used_proof_by_minute ON used_proof (minute);
