-- What follows on the draft of an assessment: the report was issued, commented on, completed.
ALTER TABLE appraisals ADD COLUMN report_issued_on date;
ALTER TABLE appraisals ADD COLUMN comment_due_on date;
ALTER TABLE appraisals ADD COLUMN commented_on date;
ALTER TABLE appraisals ADD COLUMN completed_on date;

-- A report that is being written: what was written so far. What it stands beside is read anew each time.
CREATE TABLE report_drafts (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  appraisal_id uuid NOT NULL,
  written jsonb NOT NULL,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, appraisal_id),
  FOREIGN KEY (tenant_id, appraisal_id) REFERENCES appraisals (tenant_id, id)
);

-- Issued versions. The content is text on both databases: its digest is of these very bytes.
CREATE TABLE appraisal_reports (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  appraisal_id uuid NOT NULL,
  number integer NOT NULL,
  content text NOT NULL,
  content_hash text NOT NULL,
  reason text,
  issued_by uuid NOT NULL,
  issued_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, appraisal_id, number),
  FOREIGN KEY (tenant_id, appraisal_id) REFERENCES appraisals (tenant_id, id),
  FOREIGN KEY (tenant_id, issued_by) REFERENCES people (tenant_id, id)
);
CREATE INDEX appraisal_reports_issuer ON appraisal_reports (tenant_id, issued_by);

-- What the appraisee says of a version. Apart from it, because the version never changes; and neither does this.
CREATE TABLE report_comments (
  tenant_id uuid NOT NULL,
  report_id uuid NOT NULL,
  comment text NOT NULL,
  commented_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, report_id),
  FOREIGN KEY (tenant_id, report_id) REFERENCES appraisal_reports (tenant_id, id)
);

-- No statement of Trellis changes what was issued or said of it; and no other does. Who issued it can be merged into another person.
CREATE FUNCTION issued_reports_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an issued report never changes, nor a comment on it';
END $$;
CREATE TRIGGER appraisal_reports_stand BEFORE UPDATE OF tenant_id, id, appraisal_id, number, content, content_hash, reason, issued_at ON appraisal_reports
  FOR EACH ROW EXECUTE FUNCTION issued_reports_stand();
CREATE TRIGGER report_comments_stand BEFORE UPDATE ON report_comments
  FOR EACH ROW EXECUTE FUNCTION issued_reports_stand();

-- What people need to learn or be helped with.
CREATE TABLE development_needs (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  employment_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  need text NOT NULL,
  actions jsonb NOT NULL,
  standard_id uuid,
  state text NOT NULL CHECK (state IN ('open', 'met', 'withdrawn')),
  last_reason text,
  -- the report that names it
  report_id uuid,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, employment_id) REFERENCES employments (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, standard_id) REFERENCES standards (tenant_id, id),
  FOREIGN KEY (tenant_id, report_id) REFERENCES appraisal_reports (tenant_id, id)
);
CREATE INDEX development_needs_person ON development_needs (tenant_id, person_id, id);
CREATE INDEX development_needs_employment ON development_needs (tenant_id, employment_id);
CREATE INDEX development_needs_organisation ON development_needs (tenant_id, organisation_id, id);
CREATE INDEX development_needs_standard ON development_needs (tenant_id, standard_id) WHERE standard_id IS NOT NULL;
CREATE INDEX development_needs_report ON development_needs (tenant_id, report_id) WHERE report_id IS NOT NULL;

-- Who read which record about somebody else. Beside the log and not in it: reading changes nothing.
CREATE TABLE disclosures (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  record_type text NOT NULL,
  record_id uuid NOT NULL,
  reader_id uuid NOT NULL,
  capacity text NOT NULL CHECK (capacity IN ('appraiser', 'headteacher', 'hr')),
  read_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, reader_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX disclosures_person ON disclosures (tenant_id, person_id, id);
CREATE INDEX disclosures_reader ON disclosures (tenant_id, reader_id);
