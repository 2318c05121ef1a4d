DROP INDEX pay_recommendations_state;
DROP INDEX job_results_failed;
DROP INDEX job_results_about;
DROP INDEX job_results_named;
DROP INDEX job_rows_named;
