-- Which account somebody is whom an identity provider vouches for. The issuer as it names itself, and the subject by which
-- it knows the person. Times are milliseconds since 1970, UTC.
CREATE TABLE external_subject (
    issuer       text   NOT NULL,
    subject      text   NOT NULL,
    account      text   NOT NULL,
    linked_at_ms bigint NOT NULL,
    PRIMARY KEY (issuer, subject)
);
