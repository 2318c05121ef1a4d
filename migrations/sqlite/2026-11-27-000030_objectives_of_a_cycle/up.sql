-- An employment's objectives in one cycle are found at once. Choosing between the index of the employment and that of the cycle, SQLite read the whole cycle.
DROP INDEX objectives_employment;
CREATE INDEX objectives_employment ON objectives (tenant_id, employment_id, cycle_id, id);
