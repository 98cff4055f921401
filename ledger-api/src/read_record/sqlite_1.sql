-- Who read whose record: ids and times, never what was read and never a name.

-- A read of everybody's records at once has a blank worker. The id is a UUID of version 7: it orders reads by time, and
-- two servers never make the same.
CREATE TABLE read_record (
    worker TEXT    NOT NULL,
    id     BLOB    NOT NULL,
    at_ms  INTEGER NOT NULL,
    reader TEXT    NOT NULL,
    role   TEXT    NOT NULL,
    what   TEXT    NOT NULL,
    PRIMARY KEY (worker, id)
) STRICT, WITHOUT ROWID;
