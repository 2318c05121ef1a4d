-- Whoever is erased is looked for in the results of all jobs of the tenant, and a job looks for keys among its own: one index serves both, and what is
-- looked through does not grow with the rows that were taken.
DROP INDEX job_rows_key;
DROP INDEX job_results_key;
DROP INDEX job_results_record;
CREATE INDEX job_rows_key ON job_rows (tenant_id, key, job_id);
CREATE INDEX job_results_key ON job_results (tenant_id, key, job_id);
CREATE INDEX job_results_record ON job_results (tenant_id, record_id, job_id);
CREATE INDEX job_results_action ON job_results (tenant_id, action, job_id, row_index);
-- What waits to be decided is little of all that was ever recommended.
CREATE INDEX pay_recommendations_state ON pay_recommendations (tenant_id, state, organisation_id, id);
