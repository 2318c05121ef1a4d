-- Files of relationships, and of the register of schools, are taken in by jobs.
ALTER TABLE jobs DROP CONSTRAINT jobs_kind_check;
ALTER TABLE jobs ADD CONSTRAINT jobs_kind_check CHECK (kind IN ('people_bulk_upsert', 'organisations_bulk_upsert', 'appraisals_creation',
  'learning_records_bulk_upsert', 'training_completions_bulk_upsert', 'relationships_import', 'organisations_import'));

-- The headings of the file in which a job's rows came, so that rows that were not taken can be told as they were sent.
CREATE TABLE job_headings (
  tenant_id uuid NOT NULL,
  job_id uuid NOT NULL,
  headings jsonb NOT NULL,
  PRIMARY KEY (tenant_id, job_id),
  FOREIGN KEY (tenant_id, job_id) REFERENCES jobs (tenant_id, id)
);
