-- To whom a learning record is shown. What was shared so far was shown to the appraiser and to who leads learning.
ALTER TABLE learning_records ADD COLUMN for_appraiser boolean NOT NULL DEFAULT false;
ALTER TABLE learning_records ADD COLUMN for_leaders boolean NOT NULL DEFAULT false;
ALTER TABLE learning_records ADD COLUMN for_school boolean NOT NULL DEFAULT false;
UPDATE learning_records SET for_appraiser = true, for_leaders = true WHERE visibility = 'shared';

-- And the people whom its owner names. A merge may bring two of one record together, so no unique key forbids it.
CREATE TABLE learning_record_readers (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  learning_record_id uuid NOT NULL,
  person_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, learning_record_id) REFERENCES learning_records (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX learning_record_readers_record ON learning_record_readers (tenant_id, learning_record_id);
CREATE INDEX learning_record_readers_person ON learning_record_readers (tenant_id, person_id, learning_record_id);
