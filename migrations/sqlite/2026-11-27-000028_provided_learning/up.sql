-- Learning that outside providers send: what they call a record, and which of its fields are theirs to write.
ALTER TABLE learning_records ADD COLUMN source TEXT;
ALTER TABLE learning_records ADD COLUMN external_id TEXT CHECK ((source IS NULL) = (external_id IS NULL));
ALTER TABLE learning_records ADD COLUMN managed TEXT;
CREATE UNIQUE INDEX learning_records_external ON learning_records (tenant_id, source, external_id) WHERE source IS NOT NULL;

-- What its owner deleted does not come back. A digest of the provider's reference is all that is kept of it: it knows it again, and says of nobody that they learned.
CREATE TABLE deleted_learning (
  tenant_id BLOB NOT NULL REFERENCES tenants (id),
  digest BLOB NOT NULL,
  PRIMARY KEY (tenant_id, digest)
) WITHOUT ROWID;

-- Jobs of two more kinds. SQLite changes no CHECK, and drops a column with its own.
ALTER TABLE jobs ADD COLUMN kind_anew TEXT NOT NULL DEFAULT 'people_bulk_upsert' CHECK (kind_anew IN ('people_bulk_upsert', 'organisations_bulk_upsert',
  'appraisals_creation', 'learning_records_bulk_upsert', 'training_completions_bulk_upsert'));
UPDATE jobs SET kind_anew = kind;
ALTER TABLE jobs DROP COLUMN kind;
ALTER TABLE jobs RENAME COLUMN kind_anew TO kind;

-- Figures of a year read what was asked for in it.
CREATE INDEX learning_requests_starts ON learning_requests (tenant_id, starts_on);
