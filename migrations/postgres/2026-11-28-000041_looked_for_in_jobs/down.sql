DROP INDEX pay_recommendations_state;
DROP INDEX job_results_action;
DROP INDEX job_results_record;
DROP INDEX job_results_key;
DROP INDEX job_rows_key;
CREATE INDEX job_rows_key ON job_rows (tenant_id, job_id, key);
CREATE INDEX job_results_key ON job_results (tenant_id, job_id, key);
CREATE INDEX job_results_record ON job_results (tenant_id, job_id, record_id);
