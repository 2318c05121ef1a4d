-- What a trust, a school or a group sets out to improve, over one or more academic years.
CREATE TABLE improvement_plans (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  title TEXT NOT NULL,
  summary TEXT,
  first_year INTEGER NOT NULL,
  last_year INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'archived')),
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX improvement_plans_organisation ON improvement_plans (tenant_id, organisation_id, id);

CREATE TABLE priorities (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  plan_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  title TEXT NOT NULL,
  why TEXT,
  success_measures TEXT NOT NULL,
  owner_id BLOB,
  adopted_from BLOB,
  state TEXT NOT NULL CHECK (state IN ('active', 'achieved', 'stopped')),
  last_reason TEXT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, plan_id) REFERENCES improvement_plans (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, owner_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, adopted_from) REFERENCES priorities (tenant_id, id)
);
CREATE INDEX priorities_plan ON priorities (tenant_id, plan_id, id);
CREATE INDEX priorities_organisation ON priorities (tenant_id, organisation_id, id);
CREATE INDEX priorities_owner ON priorities (tenant_id, owner_id) WHERE owner_id IS NOT NULL;
-- a plan adopts a priority once
CREATE UNIQUE INDEX priorities_adopted ON priorities (tenant_id, adopted_from, plan_id);

CREATE TABLE priority_actions (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  priority_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  title TEXT NOT NULL,
  owner_id BLOB,
  due_on DATE,
  done_on DATE,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, priority_id) REFERENCES priorities (tenant_id, id),
  FOREIGN KEY (tenant_id, owner_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX priority_actions_priority ON priority_actions (tenant_id, priority_id, position);
CREATE INDEX priority_actions_owner ON priority_actions (tenant_id, owner_id) WHERE owner_id IS NOT NULL;

CREATE TABLE objective_priorities (
  tenant_id BLOB NOT NULL,
  objective_id BLOB NOT NULL,
  priority_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, objective_id, priority_id),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id),
  FOREIGN KEY (tenant_id, priority_id) REFERENCES priorities (tenant_id, id)
);
CREATE INDEX objective_priorities_priority ON objective_priorities (tenant_id, priority_id, objective_id);

CREATE TABLE learning_record_priorities (
  tenant_id BLOB NOT NULL,
  learning_record_id BLOB NOT NULL,
  priority_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, learning_record_id, priority_id),
  FOREIGN KEY (tenant_id, learning_record_id) REFERENCES learning_records (tenant_id, id),
  FOREIGN KEY (tenant_id, priority_id) REFERENCES priorities (tenant_id, id)
);
CREATE INDEX learning_record_priorities_priority ON learning_record_priorities (tenant_id, priority_id, learning_record_id);
