-- A command has no row of its own any more: its first event (nth 0) carries what all its events share, which is how many
-- they are, its key and fingerprint, who gave it and when it was recorded.
ALTER TABLE event ADD COLUMN count INTEGER;
ALTER TABLE event ADD COLUMN key TEXT;
ALTER TABLE event ADD COLUMN fingerprint BLOB;
ALTER TABLE event ADD COLUMN actor TEXT;
ALTER TABLE event ADD COLUMN recorded_at INTEGER;
UPDATE event
SET (count, key, fingerprint, actor, recorded_at)
    = (SELECT count, key, fingerprint, actor, recorded_at FROM command WHERE first = position)
WHERE nth = 0;
DROP TABLE command;

-- What finds a key or a stream lies in a file of its own, which can be made anew from this one (index.rs).
DROP INDEX event_stream;
