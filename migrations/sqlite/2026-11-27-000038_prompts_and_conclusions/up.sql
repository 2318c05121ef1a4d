-- The question that a reflection answers, by the key of what is shipped.
ALTER TABLE learning_records ADD COLUMN reflection_prompt TEXT;

-- What whoever keeps the catalogue concludes of an activity, when they have seen what came of it.
ALTER TABLE learning_activities ADD COLUMN conclusion TEXT CHECK (conclusion IN ('continue', 'adapt', 'stop'));
ALTER TABLE learning_activities ADD COLUMN conclusion_note TEXT;
