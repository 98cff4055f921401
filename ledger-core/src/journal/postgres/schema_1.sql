-- The journal of one district, one schema. Only the append writes here; nothing is ever updated but the head and snapshots.

CREATE TABLE head (
    one         boolean PRIMARY KEY CHECK (one),
    position    bigint NOT NULL,
    streams     bigint NOT NULL,
    recorded_at bigint NOT NULL,
    frontier    bytea NOT NULL
) WITH (fillfactor = 10);
INSERT INTO head VALUES (true, 0, 0, 0, '');

-- Aggregates by number: eight bytes in every event instead of two texts.
CREATE TABLE stream (
    stream_no bigint PRIMARY KEY,
    kind      text NOT NULL,
    id        text NOT NULL,
    UNIQUE (kind, id)
);

-- One row a command; its events are first, first + 1, … first + count - 1.
CREATE TABLE command (
    first       bigint PRIMARY KEY,
    recorded_at bigint NOT NULL,
    count       integer NOT NULL,
    key         text COLLATE "C" NOT NULL,
    fingerprint bytea NOT NULL,
    actor       text NOT NULL
);
CREATE UNIQUE INDEX command_key ON command (key);

-- nth is the event's place within its command: its command's row is at position - nth. leaf is its Merkle leaf hash.
CREATE TABLE event (
    position  bigint PRIMARY KEY,
    stream_no bigint NOT NULL,
    sequence  bigint NOT NULL,
    nth       integer NOT NULL,
    type      text NOT NULL,
    payload   bytea NOT NULL,
    leaf      bytea NOT NULL
);
CREATE UNIQUE INDEX event_stream ON event (stream_no, sequence);
ALTER TABLE event ALTER COLUMN payload SET STORAGE EXTERNAL;

-- The Merkle root after each batch.
CREATE TABLE root (
    size bigint PRIMARY KEY,
    root bytea NOT NULL
);

-- Shortcuts for loading; may be deleted at any time.
CREATE TABLE snapshot (
    stream_no bigint PRIMARY KEY,
    sequence  bigint NOT NULL,
    layout    integer NOT NULL,
    body      bytea NOT NULL
);

-- The seven columns that postgres-es loads streams from.
CREATE VIEW cqrs_events AS
SELECT s.kind AS aggregate_type,
       s.id AS aggregate_id,
       e.sequence,
       e.type AS event_type,
       '1'::text AS event_version,
       json_build_object(e.type, convert_from(e.payload, 'UTF8')::json) AS payload,
       '{}'::json AS metadata
FROM event e
JOIN stream s USING (stream_no);
