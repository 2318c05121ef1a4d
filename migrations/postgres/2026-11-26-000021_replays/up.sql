-- A kept answer is sent again only to somebody who may still have it: by this it is known whether what they hold has changed. Nothing is known of older ones,
-- so those are judged anew.
ALTER TABLE idempotency_keys ADD COLUMN holdings bytea;

-- Of which school a job is the snapshot, so that whoever keeps that school's records can list them. A note, like the rest of a job: no reference.
ALTER TABLE jobs ADD COLUMN organisation_id uuid;
UPDATE jobs SET organisation_id = (sync -> 'snapshot' ->> 'organisation_id')::uuid WHERE sync IS NOT NULL;
CREATE INDEX jobs_organisation ON jobs (tenant_id, organisation_id, id) WHERE organisation_id IS NOT NULL;
