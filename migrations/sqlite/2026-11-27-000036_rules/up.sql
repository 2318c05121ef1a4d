-- An appeal against a report: until when, when it was made, and when it was decided.
ALTER TABLE appraisals ADD COLUMN appeal_due_on DATE;
ALTER TABLE appraisals ADD COLUMN appealed_on DATE;
ALTER TABLE appraisals ADD COLUMN appeal_decided_on DATE;

-- What the appraisee has against a version, and what was decided. Apart from the version, like a comment.
CREATE TABLE report_appeals (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  report_id BLOB NOT NULL,
  grounds TEXT NOT NULL,
  appealed_at BIGINT NOT NULL,
  outcome TEXT CHECK (outcome IN ('upheld', 'dismissed')),
  decision TEXT,
  decided_by BLOB,
  decided_at BIGINT,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, report_id),
  CHECK ((outcome IS NULL) = (decision IS NULL) AND (outcome IS NULL) = (decided_by IS NULL) AND (outcome IS NULL) = (decided_at IS NULL)),
  FOREIGN KEY (tenant_id, report_id) REFERENCES appraisal_reports (tenant_id, id),
  FOREIGN KEY (tenant_id, decided_by) REFERENCES people (tenant_id, id)
);
CREATE INDEX report_appeals_decider ON report_appeals (tenant_id, decided_by) WHERE decided_by IS NOT NULL;

-- What was said stands, and it is decided once. Who decided can be merged into another person.
CREATE TRIGGER report_appeals_stand BEFORE UPDATE OF tenant_id, id, report_id, grounds, appealed_at ON report_appeals
BEGIN
  SELECT RAISE(ABORT, 'an appeal against a report never changes');
END;
CREATE TRIGGER report_appeals_decided BEFORE UPDATE OF outcome, decision, decided_at ON report_appeals WHEN OLD.outcome IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'what was decided on an appeal never changes');
END;

-- Each deadline says who or what set it.
UPDATE appraisals SET deadlines = (
  SELECT json_group_array(json_set(d.value, '$.set_by', CASE
    WHEN json_extract(d.value, '$.reason') IS NOT NULL THEN 'person' WHEN json_extract(d.value, '$.basis') IS NOT NULL THEN 'rule' ELSE 'cycle' END))
  FROM json_each(appraisals.deadlines) d);
