-- How often two people who work together mean to meet, and since when they mean to: part of what they are to one another.
ALTER TABLE relationships ADD COLUMN cadence_weeks integer CHECK (cadence_weeks BETWEEN 1 AND 52);
ALTER TABLE relationships ADD COLUMN cadence_since date;
CREATE INDEX relationships_cadence ON relationships (tenant_id, id) WHERE cadence_weeks IS NOT NULL;

-- The objective that something was agreed for: by it a learning thread runs through what was agreed.
ALTER TABLE agreed_actions ADD COLUMN objective_id uuid;
ALTER TABLE agreed_actions ADD FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id);
CREATE INDEX agreed_actions_objective ON agreed_actions (tenant_id, objective_id) WHERE objective_id IS NOT NULL;
