-- What was refused to whom, counted by minute: no body, no address of a resource, no name.
CREATE TABLE refusal (
    id       bytea  PRIMARY KEY,
    first_ms bigint NOT NULL,
    last_ms  bigint NOT NULL,
    times    bigint NOT NULL,
    code     text   NOT NULL,
    who      text   NOT NULL,
    address  text   NOT NULL,
    route    text   NOT NULL
);
