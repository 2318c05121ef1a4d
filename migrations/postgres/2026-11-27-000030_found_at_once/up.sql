-- An employment's objectives in one cycle are found at once. Choosing between the index of the employment and that of the cycle, SQLite read the whole cycle; and
-- without the index of the employment alone, the whole tenant in the order of ids.
CREATE INDEX objectives_employment_cycle ON objectives (tenant_id, employment_id, cycle_id, id);

-- Somebody's relationships come in the order of ids, and the readers of a record without reading the tenant's.
CREATE INDEX relationships_person_order ON relationships (tenant_id, person_id, id);
DROP INDEX learning_record_readers_record;
CREATE INDEX learning_record_readers_record ON learning_record_readers (tenant_id, learning_record_id, person_id, id);
