-- Versions of a tenant's own rule profiles. Those that Trellis ships are data of the program and stand in no table.
CREATE TABLE rule_profiles (
  tenant_id BLOB NOT NULL REFERENCES tenants (id),
  id BLOB NOT NULL,
  key TEXT NOT NULL,
  number INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'published')),
  -- another version, of this table or shipped
  based_on BLOB,
  document TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, key, number)
);

-- Versions of calendars, whole: the last of an organisation and academic year counts, and none ever changes.
CREATE TABLE calendars (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  academic_year INTEGER NOT NULL,
  number INTEGER NOT NULL,
  document TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, organisation_id, academic_year, number),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);

-- Days on which no appraisal of an employment begins, or one rests, and why: the support lane.
CREATE TABLE appraisal_holds (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  employment_id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('induction', 'capability', 'long_term_absence', 'secondment', 'family_leave')),
  starts_on DATE NOT NULL,
  ends_on DATE,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, employment_id) REFERENCES employments (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX appraisal_holds_employment ON appraisal_holds (tenant_id, employment_id);
CREATE INDEX appraisal_holds_person ON appraisal_holds (tenant_id, person_id);
CREATE INDEX appraisal_holds_organisation ON appraisal_holds (tenant_id, organisation_id, id);

CREATE TABLE appraisals (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  employment_id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  cycle_id BLOB NOT NULL,
  staff_category TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('created', 'planning', 'in_progress', 'self_review', 'assessment_draft', 'report_issued', 'completed', 'suspended', 'transferred', 'abandoned')),
  resumes_to TEXT,
  starts_on DATE NOT NULL,
  ends_on DATE NOT NULL,
  -- what is due when, with the rule that made it
  deadlines TEXT NOT NULL,
  external_adviser TEXT,
  adviser_consulted_on DATE,
  standards_informed_on DATE,
  last_reason TEXT,
  -- the hold that suspended it
  hold_id BLOB,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, employment_id) REFERENCES employments (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id),
  FOREIGN KEY (tenant_id, hold_id) REFERENCES appraisal_holds (tenant_id, id)
);
CREATE INDEX appraisals_employment ON appraisals (tenant_id, employment_id);
CREATE INDEX appraisals_person ON appraisals (tenant_id, person_id, id);
CREATE INDEX appraisals_organisation ON appraisals (tenant_id, organisation_id, id);
CREATE INDEX appraisals_cycle ON appraisals (tenant_id, cycle_id, id);
CREATE INDEX appraisals_hold ON appraisals (tenant_id, hold_id) WHERE hold_id IS NOT NULL;

-- Who appraises, and who did.
CREATE TABLE appraisal_appraisers (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  appraisal_id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  starts_on DATE NOT NULL,
  until_on DATE,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, appraisal_id) REFERENCES appraisals (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX appraisal_appraisers_appraisal ON appraisal_appraisers (tenant_id, appraisal_id, position);
CREATE INDEX appraisal_appraisers_person ON appraisal_appraisers (tenant_id, person_id);

-- Live appraisals of one employment never share a day. A merge of two employments may bring two together: then both stand.
CREATE TRIGGER appraisals_apart_new BEFORE INSERT ON appraisals
WHEN NEW.state NOT IN ('transferred', 'abandoned') AND EXISTS (
  SELECT 1 FROM appraisals a WHERE a.tenant_id = NEW.tenant_id AND a.employment_id = NEW.employment_id AND a.id <> NEW.id
    AND a.state NOT IN ('transferred', 'abandoned') AND a.starts_on <= NEW.ends_on AND a.ends_on >= NEW.starts_on)
BEGIN
  SELECT RAISE(ABORT, 'appraisals of one employment overlap');
END;
CREATE TRIGGER appraisals_apart_moved BEFORE UPDATE OF starts_on, ends_on, state ON appraisals
WHEN NEW.state NOT IN ('transferred', 'abandoned')
  AND (NEW.starts_on <> OLD.starts_on OR NEW.ends_on <> OLD.ends_on OR OLD.state IN ('transferred', 'abandoned')) AND EXISTS (
  SELECT 1 FROM appraisals a WHERE a.tenant_id = NEW.tenant_id AND a.employment_id = NEW.employment_id AND a.id <> NEW.id
    AND a.state NOT IN ('transferred', 'abandoned') AND a.starts_on <= NEW.ends_on AND a.ends_on >= NEW.starts_on)
BEGIN
  SELECT RAISE(ABORT, 'appraisals of one employment overlap');
END;
