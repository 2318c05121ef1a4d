-- What was learned by an inquiry that was given up.
CREATE TABLE abandoned_inquiries (
  tenant_id uuid NOT NULL,
  objective_id uuid NOT NULL,
  learned text NOT NULL,
  abandoned_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, objective_id),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id)
);

-- Findings: copies of the words that their owners published. The owner and the inquiry are for the owner alone; the author is who put their name to it.
CREATE TABLE findings (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  owner_id uuid,
  objective_id uuid,
  author_id uuid,
  organisation_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('published', 'withdrawn')),
  title text NOT NULL,
  question text NOT NULL,
  change_tried text,
  evidence text,
  finding text NOT NULL,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, owner_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id),
  FOREIGN KEY (tenant_id, author_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX findings_owner ON findings (tenant_id, owner_id, id) WHERE owner_id IS NOT NULL;
CREATE INDEX findings_objective ON findings (tenant_id, objective_id) WHERE objective_id IS NOT NULL;
CREATE INDEX findings_author ON findings (tenant_id, author_id, id) WHERE author_id IS NOT NULL;
CREATE INDEX findings_organisation ON findings (tenant_id, organisation_id, id);
-- one at a time: the same words with a name and without it would name their owner
CREATE UNIQUE INDEX findings_published ON findings (tenant_id, objective_id) WHERE state = 'published';

-- The words by which published findings are found, made by the program, so that both databases find the same.
CREATE TABLE finding_terms (
  tenant_id uuid NOT NULL,
  term text NOT NULL COLLATE "C",
  finding_id uuid NOT NULL,
  in_question boolean NOT NULL,
  PRIMARY KEY (tenant_id, term, finding_id),
  FOREIGN KEY (tenant_id, finding_id) REFERENCES findings (tenant_id, id)
);
CREATE INDEX finding_terms_finding ON finding_terms (tenant_id, finding_id);

-- Who uses which finding, and for what of their own. Its owner is told how many.
CREATE TABLE finding_reuses (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  finding_id uuid NOT NULL,
  person_id uuid NOT NULL,
  objective_id uuid,
  learning_record_id uuid,
  reused_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, finding_id) REFERENCES findings (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id),
  FOREIGN KEY (tenant_id, learning_record_id) REFERENCES learning_records (tenant_id, id)
);
CREATE INDEX finding_reuses_finding ON finding_reuses (tenant_id, finding_id, person_id);
CREATE INDEX finding_reuses_person ON finding_reuses (tenant_id, person_id);
CREATE INDEX finding_reuses_objective ON finding_reuses (tenant_id, objective_id) WHERE objective_id IS NOT NULL;
CREATE INDEX finding_reuses_learning ON finding_reuses (tenant_id, learning_record_id) WHERE learning_record_id IS NOT NULL;
