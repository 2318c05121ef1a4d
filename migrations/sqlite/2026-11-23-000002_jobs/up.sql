-- Which source manages which fields of a record, and which of them were set here and stay so.
ALTER TABLE people ADD COLUMN managed TEXT;
ALTER TABLE employments ADD COLUMN managed TEXT;

-- Work that takes longer than a request may. A job is run in chunks, by whoever holds its lease.
CREATE TABLE jobs (
  tenant_id BLOB NOT NULL REFERENCES tenants (id),
  id BLOB NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('people_bulk_upsert', 'organisations_bulk_upsert')),
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'completed', 'cancelled', 'failed')),
  -- are all of its rows here?
  ready BOOLEAN NOT NULL,
  -- who asked, and by what they are known: each chunk judges them anew
  caller_kind TEXT NOT NULL,
  caller_id BLOB NOT NULL,
  principal TEXT NOT NULL,
  request_id TEXT NOT NULL,
  validate_only BOOLEAN NOT NULL,
  atomic BOOLEAN NOT NULL,
  total BIGINT NOT NULL,
  done BIGINT NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  unchanged BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  -- rows that wait for others are tried again in the next pass, while passes get anything done
  pass INTEGER NOT NULL,
  pass_done BIGINT NOT NULL,
  problem_code TEXT,
  problem_detail TEXT,
  claimed_by BLOB,
  claimed_until BIGINT,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  ended_at BIGINT,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX jobs_caller ON jobs (tenant_id, caller_id, id);
CREATE INDEX jobs_state ON jobs (state, claimed_until);

-- Rows that are still to be done. A row leaves this table in the transaction that stores its result.
CREATE TABLE job_rows (
  tenant_id BLOB NOT NULL,
  job_id BLOB NOT NULL,
  row_index BIGINT NOT NULL,
  pass INTEGER NOT NULL,
  key TEXT,
  input TEXT NOT NULL,
  PRIMARY KEY (tenant_id, job_id, row_index),
  FOREIGN KEY (tenant_id, job_id) REFERENCES jobs (tenant_id, id)
);
CREATE INDEX job_rows_next ON job_rows (tenant_id, job_id, pass, row_index);
CREATE INDEX job_rows_key ON job_rows (tenant_id, job_id, key);

CREATE TABLE job_results (
  tenant_id BLOB NOT NULL,
  job_id BLOB NOT NULL,
  row_index BIGINT NOT NULL,
  key TEXT,
  record_id BLOB,
  action TEXT NOT NULL CHECK (action IN ('created', 'updated', 'unchanged', 'failed')),
  result TEXT NOT NULL,
  PRIMARY KEY (tenant_id, job_id, row_index),
  FOREIGN KEY (tenant_id, job_id) REFERENCES jobs (tenant_id, id)
);
CREATE INDEX job_results_key ON job_results (tenant_id, job_id, key);
CREATE INDEX job_results_record ON job_results (tenant_id, job_id, record_id);
