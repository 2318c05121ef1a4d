-- A cycle's appraisals are created by a job: of which cycle it is, by which day its employments are judged, and how many were left out. Notes, like the rest of
-- a job: no reference. SQLite changes no CHECK, so the tables are made anew.
CREATE TABLE jobs_anew (
  tenant_id BLOB NOT NULL REFERENCES tenants (id),
  id BLOB NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('people_bulk_upsert', 'organisations_bulk_upsert', 'appraisals_creation')),
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'completed', 'cancelled', 'failed')),
  ready BOOLEAN NOT NULL,
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
  pass INTEGER NOT NULL,
  pass_done BIGINT NOT NULL,
  problem_code TEXT,
  problem_detail TEXT,
  claimed_by BLOB,
  claimed_until BIGINT,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  ended_at BIGINT,
  sync TEXT,
  take_over BOOLEAN NOT NULL DEFAULT 0,
  organisation_id BLOB,
  cycle_id BLOB,
  judged_on DATE,
  left_out BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, id)
);
INSERT INTO jobs_anew (tenant_id, id, kind, state, ready, caller_kind, caller_id, principal, request_id, validate_only, atomic, total, done, created, updated,
    unchanged, failed, pass, pass_done, problem_code, problem_detail, claimed_by, claimed_until, created_at, started_at, ended_at, sync, take_over, organisation_id)
  SELECT tenant_id, id, kind, state, ready, caller_kind, caller_id, principal, request_id, validate_only, atomic, total, done, created, updated,
    unchanged, failed, pass, pass_done, problem_code, problem_detail, claimed_by, claimed_until, created_at, started_at, ended_at, sync, take_over, organisation_id
  FROM jobs;
CREATE TABLE job_rows_anew (
  tenant_id BLOB NOT NULL,
  job_id BLOB NOT NULL,
  row_index BIGINT NOT NULL,
  pass INTEGER NOT NULL,
  key TEXT,
  input TEXT NOT NULL,
  PRIMARY KEY (tenant_id, job_id, row_index),
  FOREIGN KEY (tenant_id, job_id) REFERENCES jobs_anew (tenant_id, id)
);
INSERT INTO job_rows_anew SELECT tenant_id, job_id, row_index, pass, key, input FROM job_rows;
CREATE TABLE job_results_anew (
  tenant_id BLOB NOT NULL,
  job_id BLOB NOT NULL,
  row_index BIGINT NOT NULL,
  key TEXT,
  record_id BLOB,
  action TEXT NOT NULL CHECK (action IN ('created', 'updated', 'unchanged', 'left_out', 'failed')),
  result TEXT NOT NULL,
  PRIMARY KEY (tenant_id, job_id, row_index),
  FOREIGN KEY (tenant_id, job_id) REFERENCES jobs_anew (tenant_id, id)
);
INSERT INTO job_results_anew SELECT tenant_id, job_id, row_index, key, record_id, action, result FROM job_results;
DROP TABLE job_results;
DROP TABLE job_rows;
DROP TABLE jobs;
ALTER TABLE jobs_anew RENAME TO jobs;
ALTER TABLE job_rows_anew RENAME TO job_rows;
ALTER TABLE job_results_anew RENAME TO job_results;
CREATE INDEX jobs_caller ON jobs (tenant_id, caller_id, id);
CREATE INDEX jobs_state ON jobs (state, claimed_until);
CREATE INDEX jobs_organisation ON jobs (tenant_id, organisation_id, id) WHERE organisation_id IS NOT NULL;
CREATE INDEX job_rows_next ON job_rows (tenant_id, job_id, pass, row_index);
CREATE INDEX job_rows_key ON job_rows (tenant_id, job_id, key);
CREATE INDEX job_results_key ON job_results (tenant_id, job_id, key);
CREATE INDEX job_results_record ON job_results (tenant_id, job_id, record_id);
