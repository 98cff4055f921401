-- Who may do what. The secret itself is nowhere: only its SHA-256 is kept. Times are milliseconds since 1970, UTC.
CREATE TABLE access_token (
    id            text   NOT NULL PRIMARY KEY,
    hash          bytea  NOT NULL UNIQUE,
    role          text   NOT NULL,
    scope         text,
    name          text   NOT NULL,
    issued_at_ms  bigint NOT NULL,
    revoked_at_ms bigint
);
