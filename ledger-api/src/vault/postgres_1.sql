-- Names, sealed per person. Whoever deletes a row of person_key deletes the person: what it sealed is noise from then on.

-- Tells a wrong district key before anything is read or written with it. It gives nothing of the key away.
CREATE TABLE vault_check (
    one   integer PRIMARY KEY CHECK (one = 1),
    value text    NOT NULL
);

-- One random key a person, wrapped with the district key. A person erased and entered again has another key_id, so that
-- nothing sealed under the old key can be attached to the new one.
CREATE TABLE person_key (
    subject_kind text  NOT NULL,
    subject_id   text  NOT NULL,
    key_id       bytea NOT NULL UNIQUE,
    wrapped      bytea NOT NULL,
    PRIMARY KEY (subject_kind, subject_id)
);

CREATE TABLE person_field (
    key_id bytea NOT NULL REFERENCES person_key (key_id) ON DELETE CASCADE,
    field  text  NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (key_id, field)
);
