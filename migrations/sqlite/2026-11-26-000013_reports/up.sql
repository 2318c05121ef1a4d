-- What follows on the draft of an assessment: the report was issued, commented on, completed.
ALTER TABLE appraisals ADD COLUMN report_issued_on DATE;
ALTER TABLE appraisals ADD COLUMN comment_due_on DATE;
ALTER TABLE appraisals ADD COLUMN commented_on DATE;
ALTER TABLE appraisals ADD COLUMN completed_on DATE;

-- A report that is being written: what was written so far. What it stands beside is read anew each time.
CREATE TABLE report_drafts (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  appraisal_id BLOB NOT NULL,
  written TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, appraisal_id),
  FOREIGN KEY (tenant_id, appraisal_id) REFERENCES appraisals (tenant_id, id)
);

-- Issued versions. The content is text on both databases: its digest is of these very bytes.
CREATE TABLE appraisal_reports (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  appraisal_id BLOB NOT NULL,
  number INTEGER NOT NULL,
  content TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  reason TEXT,
  issued_by BLOB NOT NULL,
  issued_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, appraisal_id, number),
  FOREIGN KEY (tenant_id, appraisal_id) REFERENCES appraisals (tenant_id, id),
  FOREIGN KEY (tenant_id, issued_by) REFERENCES people (tenant_id, id)
);
CREATE INDEX appraisal_reports_issuer ON appraisal_reports (tenant_id, issued_by);

-- What the appraisee says of a version. Apart from it, because the version never changes; and neither does this.
CREATE TABLE report_comments (
  tenant_id BLOB NOT NULL,
  report_id BLOB NOT NULL,
  comment TEXT NOT NULL,
  commented_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, report_id),
  FOREIGN KEY (tenant_id, report_id) REFERENCES appraisal_reports (tenant_id, id)
);

-- No statement of Trellis changes what was issued or said of it; and no other does. Who issued it can be merged into another person.
CREATE TRIGGER appraisal_reports_stand BEFORE UPDATE OF tenant_id, id, appraisal_id, number, content, content_hash, reason, issued_at ON appraisal_reports
BEGIN
  SELECT RAISE(ABORT, 'an issued report never changes');
END;
CREATE TRIGGER report_comments_stand BEFORE UPDATE ON report_comments
BEGIN
  SELECT RAISE(ABORT, 'a comment on a report never changes');
END;

-- What people need to learn or be helped with.
CREATE TABLE development_needs (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  employment_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  need TEXT NOT NULL,
  actions TEXT NOT NULL,
  standard_id BLOB,
  state TEXT NOT NULL CHECK (state IN ('open', 'met', 'withdrawn')),
  last_reason TEXT,
  -- the report that names it
  report_id BLOB,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
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
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  record_type TEXT NOT NULL,
  record_id BLOB NOT NULL,
  reader_id BLOB NOT NULL,
  capacity TEXT NOT NULL CHECK (capacity IN ('appraiser', 'headteacher', 'hr')),
  read_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, reader_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX disclosures_person ON disclosures (tenant_id, person_id, id);
CREATE INDEX disclosures_reader ON disclosures (tenant_id, reader_id);
