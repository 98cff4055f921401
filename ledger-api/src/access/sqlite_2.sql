-- A token is a way into an account of the journal. One without an account was issued by an older program and lets nobody in.
-- Role and scope are what it was asked for, for lists alone; what the account may do stands in the journal.
ALTER TABLE access_token ADD COLUMN account TEXT;
-- The last day on which it works, YYYY-MM-DD of the district's time zone.
ALTER TABLE access_token ADD COLUMN until TEXT;
