DROP INDEX learning_records_employment;
CREATE INDEX learning_records_employment ON learning_records (tenant_id, employment_id);
