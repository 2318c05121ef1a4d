-- What is recommended on somebody's pay at the end of an appraisal, and what was decided: the pay lane. The words stand here alone, and in no event.
CREATE TABLE pay_recommendations (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  appraisal_id uuid NOT NULL,
  person_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('made', 'decided', 'withdrawn')),
  outcome text NOT NULL CHECK (outcome IN ('progress', 'no_progress', 'other')),
  reasons text NOT NULL,
  made_by uuid NOT NULL,
  verdict text CHECK (verdict IN ('accepted', 'not_accepted')),
  decision text,
  decided_by uuid,
  decided_at timestamptz,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CHECK ((state = 'decided') = (verdict IS NOT NULL)),
  CHECK ((verdict IS NULL) = (decision IS NULL) AND (verdict IS NULL) = (decided_by IS NULL) AND (verdict IS NULL) = (decided_at IS NULL)),
  FOREIGN KEY (tenant_id, appraisal_id) REFERENCES appraisals (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, made_by) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, decided_by) REFERENCES people (tenant_id, id)
);
CREATE INDEX pay_recommendations_appraisal ON pay_recommendations (tenant_id, appraisal_id, id);
CREATE INDEX pay_recommendations_person ON pay_recommendations (tenant_id, person_id, id);
CREATE INDEX pay_recommendations_organisation ON pay_recommendations (tenant_id, organisation_id, id);
CREATE INDEX pay_recommendations_maker ON pay_recommendations (tenant_id, made_by);
CREATE INDEX pay_recommendations_decider ON pay_recommendations (tenant_id, decided_by) WHERE decided_by IS NOT NULL;
-- One stands of an appraisal: it waits, or was accepted.
CREATE UNIQUE INDEX pay_recommendations_one ON pay_recommendations (tenant_id, appraisal_id) WHERE state = 'made' OR verdict = 'accepted';
