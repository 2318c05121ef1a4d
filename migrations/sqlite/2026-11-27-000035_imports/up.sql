-- Files of relationships, and of the register of schools, are taken in by jobs. SQLite changes no CHECK, and drops a column with its own.
ALTER TABLE jobs ADD COLUMN kind_anew TEXT NOT NULL DEFAULT 'people_bulk_upsert' CHECK (kind_anew IN ('people_bulk_upsert', 'organisations_bulk_upsert', 'appraisals_creation',
  'learning_records_bulk_upsert', 'training_completions_bulk_upsert', 'relationships_import', 'organisations_import'));
UPDATE jobs SET kind_anew = kind;
ALTER TABLE jobs DROP COLUMN kind;
ALTER TABLE jobs RENAME COLUMN kind_anew TO kind;

-- The headings of the file in which a job's rows came, so that rows that were not taken can be told as they were sent.
CREATE TABLE job_headings (
  tenant_id BLOB NOT NULL,
  job_id BLOB NOT NULL,
  headings TEXT NOT NULL,
  PRIMARY KEY (tenant_id, job_id),
  FOREIGN KEY (tenant_id, job_id) REFERENCES jobs (tenant_id, id)
) WITHOUT ROWID;
