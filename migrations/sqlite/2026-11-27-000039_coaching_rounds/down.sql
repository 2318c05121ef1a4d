ALTER TABLE coaching_partnerships DROP COLUMN stage_since;
ALTER TABLE coaching_partnerships DROP COLUMN stage;
ALTER TABLE coaching_partnerships DROP COLUMN round;
ALTER TABLE coaching_partnerships DROP COLUMN cadence_since;
