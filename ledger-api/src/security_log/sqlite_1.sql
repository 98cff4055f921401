-- What was refused to whom, counted by minute: no body, no address of a resource, no name.
CREATE TABLE refusal (
    id       BLOB    PRIMARY KEY,
    first_ms INTEGER NOT NULL,
    last_ms  INTEGER NOT NULL,
    times    INTEGER NOT NULL,
    code     TEXT    NOT NULL,
    who      TEXT    NOT NULL,
    address  TEXT    NOT NULL,
    route    TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
