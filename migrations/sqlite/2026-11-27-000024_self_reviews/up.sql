-- Self-reviews: each its owner's alone. Others read kept versions, while they are shared with them.
CREATE TABLE self_reviews (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  employment_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  framework_version_id BLOB NOT NULL,
  title TEXT,
  statements TEXT NOT NULL,
  kept INTEGER NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
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
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  self_review_id BLOB NOT NULL,
  number INTEGER NOT NULL,
  title TEXT,
  statements TEXT NOT NULL,
  kept_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, self_review_id, number),
  FOREIGN KEY (tenant_id, self_review_id) REFERENCES self_reviews (tenant_id, id)
);

CREATE TABLE shared_self_reviews (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  owner_id BLOB NOT NULL,
  reader_id BLOB NOT NULL,
  self_review_version_id BLOB NOT NULL,
  withdrawn_at BIGINT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, owner_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, reader_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, self_review_version_id) REFERENCES self_review_versions (tenant_id, id)
);
CREATE INDEX shared_self_reviews_owner ON shared_self_reviews (tenant_id, owner_id, id);
CREATE INDEX shared_self_reviews_reader ON shared_self_reviews (tenant_id, reader_id, id);
CREATE INDEX shared_self_reviews_version ON shared_self_reviews (tenant_id, self_review_version_id);

-- Where a development need came from, as its owner said. Of the record it is a note and no reference: the need stays if the record goes.
ALTER TABLE development_needs ADD COLUMN source TEXT NOT NULL DEFAULT 'stated' CHECK (source IN ('stated', 'self_review', 'objective', 'learning_request'));
ALTER TABLE development_needs ADD COLUMN source_id BLOB;
