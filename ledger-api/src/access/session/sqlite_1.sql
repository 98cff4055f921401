-- Who is logged in. The secret is with the browser alone: only its SHA-256 is kept. Times are milliseconds since 1970, UTC.
CREATE TABLE session (
    hash        BLOB    NOT NULL PRIMARY KEY,
    account     TEXT    NOT NULL,
    begun_at_ms INTEGER NOT NULL,
    seen_at_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_account ON session (account);
