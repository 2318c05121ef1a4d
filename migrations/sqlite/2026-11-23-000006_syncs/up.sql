-- Employments of people whom a snapshot of another system no longer named: since when and by whom; and whom somebody said to keep all the same.
ALTER TABLE employments ADD COLUMN missing_since DATE;
ALTER TABLE employments ADD COLUMN missing_from TEXT;
ALTER TABLE employments ADD COLUMN kept TEXT;
CREATE INDEX employments_missing ON employments (tenant_id, organisation_id) WHERE missing_since IS NOT NULL;

-- A job whose rows are a snapshot of one school's staff: the snapshot, and what it came to so far.
ALTER TABLE jobs ADD COLUMN sync TEXT;

-- The snapshots of a school by one source: when the last that was applied was taken, the job of the newest, and what was last asked to be confirmed.
CREATE TABLE syncs (
  tenant_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  source TEXT NOT NULL,
  taken_at BIGINT,
  job_id BLOB,
  confirm_digest TEXT,
  confirm_what TEXT,
  confirm_until BIGINT,
  PRIMARY KEY (tenant_id, organisation_id, source),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
