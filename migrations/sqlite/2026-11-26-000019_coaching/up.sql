-- Coaching: two people who both want it. Nobody else reads anything of these tables. A merge may bring two equal partnerships together, so no
-- unique key forbids them.
CREATE TABLE coaching_partnerships (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('coaching', 'mentoring', 'peer')),
  learner_id BLOB NOT NULL,
  coach_id BLOB NOT NULL,
  proposed_by BLOB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('proposed', 'active', 'ended')),
  focus TEXT NOT NULL,
  cadence_weeks INTEGER CHECK (cadence_weeks BETWEEN 1 AND 52),
  last_reason TEXT,
  started_on DATE,
  ended_on DATE,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, learner_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, coach_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, proposed_by) REFERENCES people (tenant_id, id)
);
CREATE INDEX coaching_partnerships_learner ON coaching_partnerships (tenant_id, learner_id, id);
CREATE INDEX coaching_partnerships_coach ON coaching_partnerships (tenant_id, coach_id, id);
CREATE INDEX coaching_partnerships_proposed_by ON coaching_partnerships (tenant_id, proposed_by);

CREATE TABLE action_steps (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  partnership_id BLOB NOT NULL,
  learner_id BLOB NOT NULL,
  step TEXT NOT NULL,
  check_back_on DATE NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'kept', 'adapted', 'dropped')),
  note TEXT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
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
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  partnership_id BLOB,
  visited_id BLOB NOT NULL,
  visitor_id BLOB NOT NULL,
  lane TEXT NOT NULL CHECK (lane IN ('development', 'appraisal')),
  visited_on DATE NOT NULL,
  minutes INTEGER NOT NULL CHECK (minutes > 0),
  purpose TEXT NOT NULL,
  notes TEXT,
  -- the copy that the visited put among their learning
  learning_record_id BLOB,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
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
