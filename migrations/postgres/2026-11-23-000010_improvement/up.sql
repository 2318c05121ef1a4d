-- What a trust, a school or a group sets out to improve, over one or more academic years.
CREATE TABLE improvement_plans (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  title text NOT NULL,
  summary text,
  first_year integer NOT NULL,
  last_year integer NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'published', 'archived')),
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX improvement_plans_organisation ON improvement_plans (tenant_id, organisation_id, id);

CREATE TABLE priorities (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  plan_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  title text NOT NULL,
  why text,
  success_measures jsonb NOT NULL,
  owner_id uuid,
  adopted_from uuid,
  state text NOT NULL CHECK (state IN ('active', 'achieved', 'stopped')),
  last_reason text,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
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
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  priority_id uuid NOT NULL,
  position integer NOT NULL,
  title text NOT NULL,
  owner_id uuid,
  due_on date,
  done_on date,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, priority_id) REFERENCES priorities (tenant_id, id),
  FOREIGN KEY (tenant_id, owner_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX priority_actions_priority ON priority_actions (tenant_id, priority_id, position);
CREATE INDEX priority_actions_owner ON priority_actions (tenant_id, owner_id) WHERE owner_id IS NOT NULL;

CREATE TABLE objective_priorities (
  tenant_id uuid NOT NULL,
  objective_id uuid NOT NULL,
  priority_id uuid NOT NULL,
  position integer NOT NULL,
  PRIMARY KEY (tenant_id, objective_id, priority_id),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id),
  FOREIGN KEY (tenant_id, priority_id) REFERENCES priorities (tenant_id, id)
);
CREATE INDEX objective_priorities_priority ON objective_priorities (tenant_id, priority_id, objective_id);

CREATE TABLE learning_record_priorities (
  tenant_id uuid NOT NULL,
  learning_record_id uuid NOT NULL,
  priority_id uuid NOT NULL,
  position integer NOT NULL,
  PRIMARY KEY (tenant_id, learning_record_id, priority_id),
  FOREIGN KEY (tenant_id, learning_record_id) REFERENCES learning_records (tenant_id, id),
  FOREIGN KEY (tenant_id, priority_id) REFERENCES priorities (tenant_id, id)
);
CREATE INDEX learning_record_priorities_priority ON learning_record_priorities (tenant_id, priority_id, learning_record_id);
