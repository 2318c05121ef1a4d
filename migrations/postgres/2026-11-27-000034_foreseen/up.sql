-- The system whose snapshot gave an employment its last day because it no longer named the person: named again, it goes on.
ALTER TABLE employments ADD COLUMN ended_from text;
-- What the rows of a trial would have stored, until it is over: under each key by which a later row could find a record, its id; under the id, the record itself.
CREATE TABLE job_foreseen (
  tenant_id uuid NOT NULL,
  job_id uuid NOT NULL,
  key text NOT NULL,
  record_id uuid NOT NULL,
  record jsonb,
  PRIMARY KEY (tenant_id, job_id, key),
  FOREIGN KEY (tenant_id, job_id) REFERENCES jobs (tenant_id, id)
);
