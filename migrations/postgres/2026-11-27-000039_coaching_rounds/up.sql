-- A partnership goes through rounds, each of three stages about one goal. Those that are under way are in their first, and meet as often as they said on the
-- day on which both wanted it, or on which it was proposed.
ALTER TABLE coaching_partnerships ADD COLUMN cadence_since date;
ALTER TABLE coaching_partnerships ADD COLUMN round integer CHECK (round >= 1);
ALTER TABLE coaching_partnerships ADD COLUMN stage text CHECK (stage IN ('identify', 'learn', 'improve'));
ALTER TABLE coaching_partnerships ADD COLUMN stage_since date;
UPDATE coaching_partnerships SET cadence_since = COALESCE(started_on, (created_at AT TIME ZONE 'UTC')::date) WHERE cadence_weeks IS NOT NULL;
UPDATE coaching_partnerships SET round = 1, stage = 'identify', stage_since = started_on WHERE started_on IS NOT NULL;
