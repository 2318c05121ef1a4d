-- Coaching: two people who both want it. Nobody else reads anything of these tables. A merge may bring two equal partnerships together, so no
-- unique key forbids them.
CREATE TABLE coaching_partnerships (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('coaching', 'mentoring', 'peer')),
  learner_id uuid NOT NULL,
  coach_id uuid NOT NULL,
  proposed_by uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('proposed', 'active', 'ended')),
  focus text NOT NULL,
  cadence_weeks integer CHECK (cadence_weeks BETWEEN 1 AND 52),
  last_reason text,
  started_on date,
  ended_on date,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, learner_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, coach_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, proposed_by) REFERENCES people (tenant_id, id)
);
CREATE INDEX coaching_partnerships_learner ON coaching_partnerships (tenant_id, learner_id, id);
CREATE INDEX coaching_partnerships_coach ON coaching_partnerships (tenant_id, coach_id, id);
CREATE INDEX coaching_partnerships_proposed_by ON coaching_partnerships (tenant_id, proposed_by);

CREATE TABLE action_steps (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  partnership_id uuid NOT NULL,
  learner_id uuid NOT NULL,
  step text NOT NULL,
  check_back_on date NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'kept', 'adapted', 'dropped')),
  note text,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, partnership_id) REFERENCES coaching_partnerships (tenant_id, id),
  FOREIGN KEY (tenant_id, learner_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX action_steps_partnership ON action_steps (tenant_id, partnership_id, id);
CREATE INDEX action_steps_learner ON action_steps (tenant_id, learner_id, id);
-- one action step at a time
CREATE UNIQUE INDEX action_steps_open ON action_steps (tenant_id, partnership_id) WHERE state = 'open';

-- Visits to lessons, ungraded, each in one lane.
CREATE TABLE learning_visits (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  partnership_id uuid,
  visited_id uuid NOT NULL,
  visitor_id uuid NOT NULL,
  lane text NOT NULL CHECK (lane IN ('development', 'appraisal')),
  visited_on date NOT NULL,
  minutes integer NOT NULL CHECK (minutes > 0),
  purpose text NOT NULL,
  notes text,
  -- the copy that the visited put among their learning
  learning_record_id uuid,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CHECK ((lane = 'development') = (partnership_id IS NOT NULL)),
  FOREIGN KEY (tenant_id, partnership_id) REFERENCES coaching_partnerships (tenant_id, id),
  FOREIGN KEY (tenant_id, visited_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, visitor_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, learning_record_id) REFERENCES learning_records (tenant_id, id)
);
CREATE INDEX learning_visits_partnership ON learning_visits (tenant_id, partnership_id, id) WHERE partnership_id IS NOT NULL;
CREATE INDEX learning_visits_visited ON learning_visits (tenant_id, visited_id, id);
CREATE INDEX learning_visits_visitor ON learning_visits (tenant_id, visitor_id, id);
CREATE INDEX learning_visits_learning ON learning_visits (tenant_id, learning_record_id) WHERE learning_record_id IS NOT NULL;
