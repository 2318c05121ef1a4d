-- What training is required, of whom; that somebody did it; and that somebody need not for a time. Where anybody stands is worked out of these.
CREATE TABLE training_requirements (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  title text NOT NULL,
  description text,
  authority text NOT NULL CHECK (authority IN ('statutory', 'guidance', 'local')),
  audience jsonb NOT NULL,
  trigger_kind text NOT NULL CHECK (trigger_kind IN ('on_start', 'on_role', 'scheduled', 'on_edition')),
  scheduled_on date,
  due_within_days integer NOT NULL CHECK (due_within_days >= 0),
  validity_kind text NOT NULL CHECK (validity_kind IN ('months', 'academic_year', 'none')),
  validity_months integer CHECK (validity_months > 0),
  warn_at_days jsonb NOT NULL,
  editions jsonb NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'published', 'retired')),
  applies_from date,
  retired_on date,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX training_requirements_organisation ON training_requirements (tenant_id, organisation_id, id);

CREATE TABLE training_requirement_activities (
  tenant_id uuid NOT NULL,
  training_requirement_id uuid NOT NULL,
  learning_activity_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, training_requirement_id, learning_activity_id),
  FOREIGN KEY (tenant_id, training_requirement_id) REFERENCES training_requirements (tenant_id, id),
  FOREIGN KEY (tenant_id, learning_activity_id) REFERENCES learning_activities (tenant_id, id)
);
CREATE INDEX training_requirement_activities_activity ON training_requirement_activities (tenant_id, learning_activity_id);

CREATE TABLE training_completions (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  requirement_id uuid NOT NULL,
  person_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  completed_on date NOT NULL,
  provider text,
  certificate text,
  source text,
  external_id text,
  enrolment_id uuid,
  recorded_by uuid,
  void_reason text,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CHECK ((source IS NULL) = (external_id IS NULL)),
  FOREIGN KEY (tenant_id, requirement_id) REFERENCES training_requirements (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, enrolment_id) REFERENCES enrolments (tenant_id, id),
  FOREIGN KEY (tenant_id, recorded_by) REFERENCES people (tenant_id, id)
);
CREATE INDEX training_completions_requirement ON training_completions (tenant_id, requirement_id);
CREATE INDEX training_completions_person ON training_completions (tenant_id, person_id, requirement_id, completed_on, void_reason);
CREATE INDEX training_completions_organisation ON training_completions (tenant_id, organisation_id, id);
CREATE INDEX training_completions_enrolment ON training_completions (tenant_id, enrolment_id) WHERE enrolment_id IS NOT NULL;
CREATE INDEX training_completions_by ON training_completions (tenant_id, recorded_by) WHERE recorded_by IS NOT NULL;
-- one that was taken back gives its name free
CREATE UNIQUE INDEX training_completions_external ON training_completions (tenant_id, source, external_id) WHERE source IS NOT NULL AND void_reason IS NULL;

CREATE TABLE training_exemptions (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  requirement_id uuid NOT NULL,
  person_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  reason text NOT NULL,
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CHECK (ends_on >= starts_on),
  FOREIGN KEY (tenant_id, requirement_id) REFERENCES training_requirements (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX training_exemptions_requirement ON training_exemptions (tenant_id, requirement_id);
CREATE INDEX training_exemptions_person ON training_exemptions (tenant_id, person_id, requirement_id);
CREATE INDEX training_exemptions_organisation ON training_exemptions (tenant_id, organisation_id, id);
