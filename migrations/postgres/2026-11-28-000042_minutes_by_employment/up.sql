-- What somebody learned in a year is added up from this index alone, in its order: nothing is looked up or sorted, and nothing of other years is read.
DROP INDEX learning_records_employment;
CREATE INDEX learning_records_employment ON learning_records (tenant_id, employment_id, started_on, minutes);
