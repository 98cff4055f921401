-- Who gave a password that its owner must change at the first login; NULL for one of the owner's own.
ALTER TABLE password ADD COLUMN given_by TEXT;
