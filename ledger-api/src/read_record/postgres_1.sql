-- Who read whose record: ids and times, never what was read and never a name.

-- A read of everybody's records at once has a blank worker. The id is a UUID of version 7: it orders reads by time, and
-- two servers never make the same.
CREATE TABLE read_record (
    worker text   NOT NULL,
    id     bytea  NOT NULL,
    at_ms  bigint NOT NULL,
    reader text   NOT NULL,
    role   text   NOT NULL,
    what   text   NOT NULL,
    PRIMARY KEY (worker, id)
);
