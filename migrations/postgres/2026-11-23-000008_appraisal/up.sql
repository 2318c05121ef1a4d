-- Versions of a tenant's own rule profiles. Those that Trellis ships are data of the program and stand in no table.
CREATE TABLE rule_profiles (
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  id uuid NOT NULL,
  key text NOT NULL,
  number integer NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'published')),
  -- another version, of this table or shipped
  based_on uuid,
  document jsonb NOT NULL,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, key, number)
);

-- Versions of calendars, whole: the last of an organisation and academic year counts, and none ever changes.
CREATE TABLE calendars (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  academic_year integer NOT NULL,
  number integer NOT NULL,
  document jsonb NOT NULL,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, organisation_id, academic_year, number),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);

-- Days on which no appraisal of an employment begins, or one rests, and why: the support lane.
CREATE TABLE appraisal_holds (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  employment_id uuid NOT NULL,
  person_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  reason text NOT NULL CHECK (reason IN ('induction', 'capability', 'long_term_absence', 'secondment', 'family_leave')),
  starts_on date NOT NULL,
  ends_on date,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, employment_id) REFERENCES employments (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX appraisal_holds_employment ON appraisal_holds (tenant_id, employment_id);
CREATE INDEX appraisal_holds_person ON appraisal_holds (tenant_id, person_id);
CREATE INDEX appraisal_holds_organisation ON appraisal_holds (tenant_id, organisation_id, id);

CREATE TABLE appraisals (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  employment_id uuid NOT NULL,
  person_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  cycle_id uuid NOT NULL,
  staff_category text NOT NULL,
  state text NOT NULL CHECK (state IN ('created', 'planning', 'in_progress', 'self_review', 'assessment_draft', 'report_issued', 'completed', 'suspended', 'transferred', 'abandoned')),
  resumes_to text,
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  -- what is due when, with the rule that made it
  deadlines jsonb NOT NULL,
  external_adviser text,
  adviser_consulted_on date,
  standards_informed_on date,
  last_reason text,
  -- the hold that suspended it
  hold_id uuid,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
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
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  appraisal_id uuid NOT NULL,
  person_id uuid NOT NULL,
  position integer NOT NULL,
  starts_on date NOT NULL,
  until_on date,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, appraisal_id) REFERENCES appraisals (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX appraisal_appraisers_appraisal ON appraisal_appraisers (tenant_id, appraisal_id, position);
CREATE INDEX appraisal_appraisers_person ON appraisal_appraisers (tenant_id, person_id);

-- Live appraisals of one employment never share a day. A merge of two employments may bring two together: then both stand.
CREATE FUNCTION appraisals_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.starts_on = OLD.starts_on AND NEW.ends_on = OLD.ends_on AND OLD.state NOT IN ('transferred', 'abandoned') THEN
      RETURN NEW;
    END IF;
  END IF;
  IF NEW.state NOT IN ('transferred', 'abandoned') AND EXISTS (
    SELECT 1 FROM appraisals a WHERE a.tenant_id = NEW.tenant_id AND a.employment_id = NEW.employment_id AND a.id <> NEW.id
    AND a.state NOT IN ('transferred', 'abandoned') AND a.starts_on <= NEW.ends_on AND a.ends_on >= NEW.starts_on) THEN
    RAISE EXCEPTION 'appraisals of one employment overlap' USING ERRCODE = 'unique_violation', CONSTRAINT = 'appraisals_overlap';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER appraisals_apart BEFORE INSERT OR UPDATE OF starts_on, ends_on, state ON appraisals
  FOR EACH ROW EXECUTE FUNCTION appraisals_apart();
