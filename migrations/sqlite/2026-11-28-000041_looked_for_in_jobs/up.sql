-- Whoever is erased is looked for in what all jobs of the tenant keep: what that costs does not grow with rows that do not name them, nor with those that were taken.
CREATE INDEX job_rows_named ON job_rows (tenant_id, key);
CREATE INDEX job_results_named ON job_results (tenant_id, key);
CREATE INDEX job_results_about ON job_results (tenant_id, record_id);
CREATE INDEX job_results_failed ON job_results (tenant_id, action, job_id, row_index) WHERE action = 'failed';
-- What waits to be decided is little of all that was ever recommended.
CREATE INDEX pay_recommendations_state ON pay_recommendations (tenant_id, state, organisation_id, id);
