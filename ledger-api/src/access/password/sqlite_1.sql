-- Passwords of accounts: argon2id as PHC strings. Times are milliseconds since 1970, UTC.
CREATE TABLE password (
    account   TEXT    NOT NULL PRIMARY KEY,
    hash      TEXT    NOT NULL,
    set_at_ms INTEGER NOT NULL
) STRICT;
