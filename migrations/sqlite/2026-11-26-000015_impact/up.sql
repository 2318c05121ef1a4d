-- How somebody will know what comes of what they asked to learn, and what was seen weeks and terms later.
CREATE TABLE impact_plans (
  tenant_id BLOB NOT NULL,
  learning_request_id BLOB NOT NULL,
  reaction TEXT NOT NULL,
  learning TEXT NOT NULL,
  organisational_support TEXT NOT NULL,
  use_in_practice TEXT NOT NULL,
  pupil_outcomes TEXT NOT NULL,
  PRIMARY KEY (tenant_id, learning_request_id),
  FOREIGN KEY (tenant_id, learning_request_id) REFERENCES learning_requests (tenant_id, id)
);

CREATE TABLE impact_checkpoints (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  learning_request_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('reaction', 'learning', 'organisational_support', 'use_in_practice', 'pupil_outcomes')),
  after INTEGER NOT NULL CHECK (after >= 0),
  unit TEXT NOT NULL CHECK (unit IN ('weeks', 'terms')),
  outcome TEXT CHECK (outcome IN ('recorded', 'no_evidence_yet', 'discontinued')),
  narrative TEXT,
  evidence TEXT,
  recorded_at BIGINT,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, learning_request_id) REFERENCES learning_requests (tenant_id, id)
);
CREATE INDEX impact_checkpoints_request ON impact_checkpoints (tenant_id, learning_request_id, position);
