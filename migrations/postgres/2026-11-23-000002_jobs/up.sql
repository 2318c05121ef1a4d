-- Which source manages which fields of a record, and which of them were set here and stay so.
ALTER TABLE people ADD COLUMN managed jsonb;
ALTER TABLE employments ADD COLUMN managed jsonb;

-- Work that takes longer than a request may. A job is run in chunks, by whoever holds its lease.
CREATE TABLE jobs (
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('people_bulk_upsert', 'organisations_bulk_upsert')),
  state text NOT NULL CHECK (state IN ('queued', 'running', 'completed', 'cancelled', 'failed')),
  -- are all of its rows here?
  ready boolean NOT NULL,
  -- who asked, and by what they are known: each chunk judges them anew
  caller_kind text NOT NULL,
  caller_id uuid NOT NULL,
  principal jsonb NOT NULL,
  request_id text NOT NULL,
  validate_only boolean NOT NULL,
  atomic boolean NOT NULL,
  total bigint NOT NULL,
  done bigint NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  unchanged bigint NOT NULL,
  failed bigint NOT NULL,
  -- rows that wait for others are tried again in the next pass, while passes get anything done
  pass integer NOT NULL,
  pass_done bigint NOT NULL,
  problem_code text,
  problem_detail text,
  claimed_by uuid,
  claimed_until timestamptz,
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX jobs_caller ON jobs (tenant_id, caller_id, id);
CREATE INDEX jobs_state ON jobs (state, claimed_until);

-- Rows that are still to be done. A row leaves this table in the transaction that stores its result.
CREATE TABLE job_rows (
  tenant_id uuid NOT NULL,
  job_id uuid NOT NULL,
  row_index bigint NOT NULL,
  pass integer NOT NULL,
  key text,
  input jsonb NOT NULL,
  PRIMARY KEY (tenant_id, job_id, row_index),
  FOREIGN KEY (tenant_id, job_id) REFERENCES jobs (tenant_id, id)
);
CREATE INDEX job_rows_next ON job_rows (tenant_id, job_id, pass, row_index);
CREATE INDEX job_rows_key ON job_rows (tenant_id, job_id, key);

CREATE TABLE job_results (
  tenant_id uuid NOT NULL,
  job_id uuid NOT NULL,
  row_index bigint NOT NULL,
  key text,
  record_id uuid,
  action text NOT NULL CHECK (action IN ('created', 'updated', 'unchanged', 'failed')),
  result jsonb NOT NULL,
  PRIMARY KEY (tenant_id, job_id, row_index),
  FOREIGN KEY (tenant_id, job_id) REFERENCES jobs (tenant_id, id)
);
CREATE INDEX job_results_key ON job_results (tenant_id, job_id, key);
CREATE INDEX job_results_record ON job_results (tenant_id, job_id, record_id);
