-- An appeal against a report: until when, when it was made, and when it was decided.
ALTER TABLE appraisals ADD COLUMN appeal_due_on date;
ALTER TABLE appraisals ADD COLUMN appealed_on date;
ALTER TABLE appraisals ADD COLUMN appeal_decided_on date;

-- What the appraisee has against a version, and what was decided. Apart from the version, like a comment.
CREATE TABLE report_appeals (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  report_id uuid NOT NULL,
  grounds text NOT NULL,
  appealed_at timestamptz NOT NULL,
  outcome text CHECK (outcome IN ('upheld', 'dismissed')),
  decision text,
  decided_by uuid,
  decided_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, report_id),
  CHECK ((outcome IS NULL) = (decision IS NULL) AND (outcome IS NULL) = (decided_by IS NULL) AND (outcome IS NULL) = (decided_at IS NULL)),
  FOREIGN KEY (tenant_id, report_id) REFERENCES appraisal_reports (tenant_id, id),
  FOREIGN KEY (tenant_id, decided_by) REFERENCES people (tenant_id, id)
);
CREATE INDEX report_appeals_decider ON report_appeals (tenant_id, decided_by) WHERE decided_by IS NOT NULL;

-- What was said stands, and it is decided once. Who decided can be merged into another person.
CREATE TRIGGER report_appeals_stand BEFORE UPDATE OF tenant_id, id, report_id, grounds, appealed_at ON report_appeals
  FOR EACH ROW EXECUTE FUNCTION issued_reports_stand();
CREATE TRIGGER report_appeals_decided BEFORE UPDATE OF outcome, decision, decided_at ON report_appeals
  FOR EACH ROW WHEN (OLD.outcome IS NOT NULL) EXECUTE FUNCTION issued_reports_stand();

-- Each deadline says who or what set it.
UPDATE appraisals SET deadlines = (
  SELECT coalesce(jsonb_agg(d.value || jsonb_build_object('set_by', CASE
    WHEN d.value ->> 'reason' IS NOT NULL THEN 'person' WHEN d.value ->> 'basis' IS NOT NULL THEN 'rule' ELSE 'cycle' END) ORDER BY d.place), '[]'::jsonb)
  FROM jsonb_array_elements(deadlines) WITH ORDINALITY AS d (value, place));
