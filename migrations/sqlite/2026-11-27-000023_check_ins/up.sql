-- How often two people who work together mean to meet, and since when they mean to: part of what they are to one another.
ALTER TABLE relationships ADD COLUMN cadence_weeks INTEGER CHECK (cadence_weeks BETWEEN 1 AND 52);
ALTER TABLE relationships ADD COLUMN cadence_since DATE;
CREATE INDEX relationships_cadence ON relationships (tenant_id, id) WHERE cadence_weeks IS NOT NULL;

-- The objective that something was agreed for: by it a learning thread runs through what was agreed. SQLite adds no foreign key of two columns to a
-- table that is there, so the table is made anew; nothing refers to it.
CREATE TABLE agreed_actions_with_objective (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  conversation_id BLOB NOT NULL,
  employment_id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  partner_id BLOB NOT NULL,
  lane TEXT NOT NULL CHECK (lane IN ('development', 'appraisal', 'support')),
  title TEXT NOT NULL,
  owner_id BLOB NOT NULL,
  objective_id BLOB,
  due_on DATE,
  state TEXT NOT NULL CHECK (state IN ('open', 'done', 'dropped')),
  last_reason TEXT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
  FOREIGN KEY (tenant_id, employment_id) REFERENCES employments (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, owner_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id)
);
INSERT INTO agreed_actions_with_objective (tenant_id, id, conversation_id, employment_id, person_id, organisation_id, partner_id, lane, title, owner_id, due_on, state, last_reason, version, created_at, updated_at)
  SELECT tenant_id, id, conversation_id, employment_id, person_id, organisation_id, partner_id, lane, title, owner_id, due_on, state, last_reason, version, created_at, updated_at FROM agreed_actions;
DROP TABLE agreed_actions;
ALTER TABLE agreed_actions_with_objective RENAME TO agreed_actions;
CREATE INDEX agreed_actions_conversation ON agreed_actions (tenant_id, conversation_id);
CREATE INDEX agreed_actions_employment ON agreed_actions (tenant_id, employment_id, id);
CREATE INDEX agreed_actions_person ON agreed_actions (tenant_id, person_id, id);
CREATE INDEX agreed_actions_organisation ON agreed_actions (tenant_id, organisation_id, id);
CREATE INDEX agreed_actions_partner ON agreed_actions (tenant_id, partner_id, id);
CREATE INDEX agreed_actions_owner ON agreed_actions (tenant_id, owner_id, id);
CREATE INDEX agreed_actions_objective ON agreed_actions (tenant_id, objective_id) WHERE objective_id IS NOT NULL;
