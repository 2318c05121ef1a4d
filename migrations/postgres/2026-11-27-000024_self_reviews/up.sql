-- Self-reviews: each its owner's alone. Others read kept versions, while they are shared with them.
CREATE TABLE self_reviews (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  employment_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  framework_version_id uuid NOT NULL,
  title text,
  statements jsonb NOT NULL,
  kept integer NOT NULL,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, employment_id) REFERENCES employments (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, framework_version_id) REFERENCES framework_versions (tenant_id, id)
);
CREATE INDEX self_reviews_person ON self_reviews (tenant_id, person_id, id);
CREATE INDEX self_reviews_employment ON self_reviews (tenant_id, employment_id);
CREATE INDEX self_reviews_organisation ON self_reviews (tenant_id, organisation_id);
CREATE INDEX self_reviews_framework ON self_reviews (tenant_id, framework_version_id);

-- A self-review as it stood when its owner kept it. No statement of Trellis changes a row.
CREATE TABLE self_review_versions (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  self_review_id uuid NOT NULL,
  number integer NOT NULL,
  title text,
  statements jsonb NOT NULL,
  kept_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, self_review_id, number),
  FOREIGN KEY (tenant_id, self_review_id) REFERENCES self_reviews (tenant_id, id)
);

CREATE TABLE shared_self_reviews (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  owner_id uuid NOT NULL,
  reader_id uuid NOT NULL,
  self_review_version_id uuid NOT NULL,
  withdrawn_at timestamptz,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, owner_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, reader_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, self_review_version_id) REFERENCES self_review_versions (tenant_id, id)
);
CREATE INDEX shared_self_reviews_owner ON shared_self_reviews (tenant_id, owner_id, id);
CREATE INDEX shared_self_reviews_reader ON shared_self_reviews (tenant_id, reader_id, id);
CREATE INDEX shared_self_reviews_version ON shared_self_reviews (tenant_id, self_review_version_id);

-- Where a development need came from, as its owner said. Of the record it is a note and no reference: the need stays if the record goes.
ALTER TABLE development_needs ADD COLUMN source text NOT NULL DEFAULT 'stated' CHECK (source IN ('stated', 'self_review', 'objective', 'learning_request'));
ALTER TABLE development_needs ADD COLUMN source_id uuid;
