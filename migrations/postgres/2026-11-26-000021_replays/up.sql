-- A kept answer is sent again only to somebody who may still have it: by this it is known whether what they hold has changed. Nothing is known of older ones,
-- so those are judged anew.
ALTER TABLE idempotency_keys ADD COLUMN holdings bytea;
