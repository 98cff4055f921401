-- Which account somebody is whom an identity provider vouches for. The issuer as it names itself, and the subject by which
-- it knows the person. Times are milliseconds since 1970, UTC.
CREATE TABLE external_subject (
    issuer       TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    account      TEXT    NOT NULL,
    linked_at_ms INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT;
