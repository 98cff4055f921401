-- The journal of one district, one schema. Only the append writes here; nothing is ever updated but the head and snapshots.

-- term is part of the fence: whoever raises it makes sure that no append sent before can still land.
CREATE TABLE head (
    one         boolean PRIMARY KEY CHECK (one),
    term        bigint NOT NULL DEFAULT 0,
    position    bigint NOT NULL,
    streams     bigint NOT NULL,
    recorded_at bigint NOT NULL,
    frontier    bytea NOT NULL
) WITH (fillfactor = 10);
INSERT INTO head (one, position, streams, recorded_at, frontier) VALUES (true, 0, 0, 0, '');

-- Aggregates by number: eight bytes in every event instead of two texts.
CREATE TABLE stream (
    stream_no bigint PRIMARY KEY,
    kind      text NOT NULL,
    id        text NOT NULL,
    UNIQUE (kind, id)
);

-- nth is the event's place within its command. A command's first event (nth 0) carries what all its events share: how
-- many they are, its key and fingerprint, who gave it and when it was recorded. leaf is the Merkle leaf hash.
CREATE TABLE event (
    position    bigint PRIMARY KEY,
    stream_no   bigint NOT NULL,
    sequence    bigint NOT NULL,
    recorded_at bigint,
    nth         integer NOT NULL,
    count       integer,
    type        text COLLATE "C" NOT NULL,
    payload     bytea NOT NULL,
    leaf        bytea NOT NULL,
    key         text COLLATE "C",
    fingerprint bytea,
    actor       text COLLATE "C"
);
CREATE UNIQUE INDEX event_stream ON event (stream_no, sequence);
CREATE UNIQUE INDEX event_key ON event (key) WHERE key IS NOT NULL;
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
