ALTER TABLE learning_activities DROP COLUMN conclusion_note;
ALTER TABLE learning_activities DROP COLUMN conclusion;
ALTER TABLE learning_records DROP COLUMN reflection_prompt;
