UPDATE appraisals SET deadlines = (SELECT json_group_array(json_remove(d.value, '$.set_by')) FROM json_each(appraisals.deadlines) d);
DROP TABLE report_appeals;
ALTER TABLE appraisals DROP COLUMN appeal_decided_on;
ALTER TABLE appraisals DROP COLUMN appealed_on;
ALTER TABLE appraisals DROP COLUMN appeal_due_on;
