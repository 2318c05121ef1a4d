-- How somebody will know what comes of what they asked to learn, and what was seen weeks and terms later.
CREATE TABLE impact_plans (
  tenant_id uuid NOT NULL,
  learning_request_id uuid NOT NULL,
  reaction text NOT NULL,
  learning text NOT NULL,
  organisational_support text NOT NULL,
  use_in_practice text NOT NULL,
  pupil_outcomes text NOT NULL,
  PRIMARY KEY (tenant_id, learning_request_id),
  FOREIGN KEY (tenant_id, learning_request_id) REFERENCES learning_requests (tenant_id, id)
);

CREATE TABLE impact_checkpoints (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  learning_request_id uuid NOT NULL,
  position integer NOT NULL,
  level text NOT NULL CHECK (level IN ('reaction', 'learning', 'organisational_support', 'use_in_practice', 'pupil_outcomes')),
  after integer NOT NULL CHECK (after >= 0),
  unit text NOT NULL CHECK (unit IN ('weeks', 'terms')),
  outcome text CHECK (outcome IN ('recorded', 'no_evidence_yet', 'discontinued')),
  narrative text,
  evidence text,
  recorded_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, learning_request_id) REFERENCES learning_requests (tenant_id, id)
);
CREATE INDEX impact_checkpoints_request ON impact_checkpoints (tenant_id, learning_request_id, position);
