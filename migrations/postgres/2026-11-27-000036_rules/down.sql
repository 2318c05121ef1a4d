UPDATE appraisals SET deadlines = (
  SELECT coalesce(jsonb_agg(d.value - 'set_by' ORDER BY d.place), '[]'::jsonb) FROM jsonb_array_elements(deadlines) WITH ORDINALITY AS d (value, place));
DROP TABLE report_appeals;
ALTER TABLE appraisals DROP COLUMN appeal_decided_on;
ALTER TABLE appraisals DROP COLUMN appealed_on;
ALTER TABLE appraisals DROP COLUMN appeal_due_on;
