-- Passwords of accounts: argon2id as PHC strings. Times are milliseconds since 1970, UTC.
CREATE TABLE password (
    account   text   NOT NULL PRIMARY KEY,
    hash      text   NOT NULL,
    set_at_ms bigint NOT NULL
);
