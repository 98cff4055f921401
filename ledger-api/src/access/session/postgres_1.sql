-- Who is logged in. The secret is with the browser alone: only its SHA-256 is kept. Times are milliseconds since 1970, UTC.
CREATE TABLE session (
    hash        bytea  NOT NULL PRIMARY KEY,
    account     text   NOT NULL,
    begun_at_ms bigint NOT NULL,
    seen_at_ms  bigint NOT NULL
);
CREATE INDEX session_account ON session (account);
