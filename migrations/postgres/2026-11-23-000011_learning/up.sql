-- What a trust or a school offers to learn, when it is held, and who comes.
CREATE TABLE learning_activities (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  title text NOT NULL,
  description text,
  kind text NOT NULL,
  provider text,
  cost_pence integer NOT NULL CHECK (cost_pence >= 0),
  minutes integer NOT NULL CHECK (minutes >= 0),
  audience jsonb NOT NULL,
  state text NOT NULL CHECK (state IN ('offered', 'retired')),
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX learning_activities_organisation ON learning_activities (tenant_id, organisation_id, id);

CREATE TABLE learning_activity_standards (
  tenant_id uuid NOT NULL,
  learning_activity_id uuid NOT NULL,
  standard_id uuid NOT NULL,
  position integer NOT NULL,
  PRIMARY KEY (tenant_id, learning_activity_id, standard_id),
  FOREIGN KEY (tenant_id, learning_activity_id) REFERENCES learning_activities (tenant_id, id),
  FOREIGN KEY (tenant_id, standard_id) REFERENCES standards (tenant_id, id)
);
CREATE INDEX learning_activity_standards_standard ON learning_activity_standards (tenant_id, standard_id);

CREATE TABLE learning_sessions (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  activity_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  place text,
  places integer NOT NULL CHECK (places >= 0),
  state text NOT NULL CHECK (state IN ('scheduled', 'cancelled')),
  last_reason text,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, activity_id) REFERENCES learning_activities (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX learning_sessions_activity ON learning_sessions (tenant_id, activity_id, id);
CREATE INDEX learning_sessions_organisation ON learning_sessions (tenant_id, organisation_id, id);

CREATE TABLE enrolments (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  session_id uuid NOT NULL,
  person_id uuid NOT NULL,
  employment_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('enrolled', 'waiting', 'withdrawn', 'attended', 'absent')),
  queued_at timestamptz NOT NULL,
  enrolled_by uuid,
  learning_record_id uuid,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, session_id) REFERENCES learning_sessions (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, employment_id) REFERENCES employments (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, enrolled_by) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, learning_record_id) REFERENCES learning_records (tenant_id, id)
);
CREATE INDEX enrolments_session ON enrolments (tenant_id, session_id, person_id);
CREATE INDEX enrolments_person ON enrolments (tenant_id, person_id, id);
CREATE INDEX enrolments_employment ON enrolments (tenant_id, employment_id);
CREATE INDEX enrolments_organisation ON enrolments (tenant_id, organisation_id, id);
CREATE INDEX enrolments_by ON enrolments (tenant_id, enrolled_by) WHERE enrolled_by IS NOT NULL;
CREATE INDEX enrolments_learning ON enrolments (tenant_id, learning_record_id) WHERE learning_record_id IS NOT NULL;
