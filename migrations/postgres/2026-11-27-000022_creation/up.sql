-- A cycle's appraisals are created by a job: of which cycle it is, by which day its employments are judged, and how many were left out. Notes, like the rest of
-- a job: no reference.
ALTER TABLE jobs DROP CONSTRAINT jobs_kind_check;
ALTER TABLE jobs ADD CONSTRAINT jobs_kind_check CHECK (kind IN ('people_bulk_upsert', 'organisations_bulk_upsert', 'appraisals_creation'));
ALTER TABLE jobs ADD COLUMN cycle_id uuid;
ALTER TABLE jobs ADD COLUMN judged_on date;
ALTER TABLE jobs ADD COLUMN left_out bigint NOT NULL DEFAULT 0;
ALTER TABLE job_results DROP CONSTRAINT job_results_action_check;
ALTER TABLE job_results ADD CONSTRAINT job_results_action_check CHECK (action IN ('created', 'updated', 'unchanged', 'left_out', 'failed'));
