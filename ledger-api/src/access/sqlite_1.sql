-- Who may do what. The secret itself is nowhere: only its SHA-256 is kept. Times are milliseconds since 1970, UTC.
CREATE TABLE access_token (
    id            TEXT    NOT NULL PRIMARY KEY,
    hash          BLOB    NOT NULL UNIQUE,
    role          TEXT    NOT NULL,
    scope         TEXT,
    name          TEXT    NOT NULL,
    issued_at_ms  INTEGER NOT NULL,
    revoked_at_ms INTEGER
) STRICT;
