-- A kept answer is sent again only to somebody who may still have it: by this it is known whether what they hold has changed. Nothing is known of older ones,
-- so those are judged anew.
ALTER TABLE idempotency_keys ADD COLUMN holdings BLOB;

-- Of which school a job is the snapshot, so that whoever keeps that school's records can list them. A note, like the rest of a job: no reference.
ALTER TABLE jobs ADD COLUMN organisation_id BLOB;
UPDATE jobs SET organisation_id = unhex(replace(json_extract(sync, '$.snapshot.organisation_id'), '-', '')) WHERE sync IS NOT NULL;
CREATE INDEX jobs_organisation ON jobs (tenant_id, organisation_id, id) WHERE organisation_id IS NOT NULL;
