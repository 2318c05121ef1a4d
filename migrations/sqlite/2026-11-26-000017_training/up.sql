-- What training is required, of whom; that somebody did it; and that somebody need not for a time. Where anybody stands is worked out of these.
CREATE TABLE training_requirements (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  title TEXT NOT NULL,
  description TEXT,
  authority TEXT NOT NULL CHECK (authority IN ('statutory', 'guidance', 'local')),
  audience TEXT NOT NULL,
  trigger_kind TEXT NOT NULL CHECK (trigger_kind IN ('on_start', 'on_role', 'scheduled', 'on_edition')),
  scheduled_on DATE,
  due_within_days INTEGER NOT NULL CHECK (due_within_days >= 0),
  validity_kind TEXT NOT NULL CHECK (validity_kind IN ('months', 'academic_year', 'none')),
  validity_months INTEGER CHECK (validity_months > 0),
  warn_at_days TEXT NOT NULL,
  editions TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'retired')),
  applies_from DATE,
  retired_on DATE,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX training_requirements_organisation ON training_requirements (tenant_id, organisation_id, id);

CREATE TABLE training_requirement_activities (
  tenant_id BLOB NOT NULL,
  training_requirement_id BLOB NOT NULL,
  learning_activity_id BLOB NOT NULL,
  PRIMARY KEY (tenant_id, training_requirement_id, learning_activity_id),
  FOREIGN KEY (tenant_id, training_requirement_id) REFERENCES training_requirements (tenant_id, id),
  FOREIGN KEY (tenant_id, learning_activity_id) REFERENCES learning_activities (tenant_id, id)
);
CREATE INDEX training_requirement_activities_activity ON training_requirement_activities (tenant_id, learning_activity_id);

CREATE TABLE training_completions (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  requirement_id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  completed_on DATE NOT NULL,
  provider TEXT,
  certificate TEXT,
  source TEXT,
  external_id TEXT,
  enrolment_id BLOB,
  recorded_by BLOB,
  void_reason TEXT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
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
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  requirement_id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  reason TEXT NOT NULL,
  starts_on DATE NOT NULL,
  ends_on DATE NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CHECK (ends_on >= starts_on),
  FOREIGN KEY (tenant_id, requirement_id) REFERENCES training_requirements (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX training_exemptions_requirement ON training_exemptions (tenant_id, requirement_id);
CREATE INDEX training_exemptions_person ON training_exemptions (tenant_id, person_id, requirement_id);
CREATE INDEX training_exemptions_organisation ON training_exemptions (tenant_id, organisation_id, id);
