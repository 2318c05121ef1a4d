-- What a trust or a school offers to learn, when it is held, and who comes.
CREATE TABLE learning_activities (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  title TEXT NOT NULL,
  description TEXT,
  kind TEXT NOT NULL,
  provider TEXT,
  cost_pence INTEGER NOT NULL CHECK (cost_pence >= 0),
  minutes INTEGER NOT NULL CHECK (minutes >= 0),
  audience TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('offered', 'retired')),
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX learning_activities_organisation ON learning_activities (tenant_id, organisation_id, id);

CREATE TABLE learning_activity_standards (
  tenant_id BLOB NOT NULL,
  learning_activity_id BLOB NOT NULL,
  standard_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, learning_activity_id, standard_id),
  FOREIGN KEY (tenant_id, learning_activity_id) REFERENCES learning_activities (tenant_id, id),
  FOREIGN KEY (tenant_id, standard_id) REFERENCES standards (tenant_id, id)
);
CREATE INDEX learning_activity_standards_standard ON learning_activity_standards (tenant_id, standard_id);

CREATE TABLE learning_sessions (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  activity_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  place TEXT,
  places INTEGER NOT NULL CHECK (places >= 0),
  state TEXT NOT NULL CHECK (state IN ('scheduled', 'cancelled')),
  last_reason TEXT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, activity_id) REFERENCES learning_activities (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX learning_sessions_activity ON learning_sessions (tenant_id, activity_id, id);
CREATE INDEX learning_sessions_organisation ON learning_sessions (tenant_id, organisation_id, id);

CREATE TABLE enrolments (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  session_id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  employment_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('enrolled', 'waiting', 'withdrawn', 'attended', 'absent')),
  queued_at BIGINT NOT NULL,
  enrolled_by BLOB,
  learning_record_id BLOB,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
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
