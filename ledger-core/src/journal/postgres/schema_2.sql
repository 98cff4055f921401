-- A command has no row of its own any more: its first event (nth 0) carries what all its events share, which is how many
-- they are, its key and fingerprint, who gave it and when it was recorded.
ALTER TABLE event
    ADD COLUMN count       integer,
    ADD COLUMN key         text COLLATE "C",
    ADD COLUMN fingerprint bytea,
    ADD COLUMN actor       text COLLATE "C",
    ADD COLUMN recorded_at bigint;
UPDATE event
SET count = command.count, key = command.key, fingerprint = command.fingerprint, actor = command.actor,
    recorded_at = command.recorded_at
FROM command WHERE event.position = command.first AND event.nth = 0;
DROP TABLE command;
CREATE UNIQUE INDEX event_key ON event (key) WHERE key IS NOT NULL;

-- term is part of the fence: whoever raises it makes sure that no append sent before can still land.
ALTER TABLE head ADD COLUMN term bigint NOT NULL DEFAULT 0;
