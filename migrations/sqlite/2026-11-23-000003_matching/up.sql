-- An e-mail as it is compared (`matching::email_key`): without what stands after a plus sign.
ALTER TABLE people ADD COLUMN email_key TEXT;
UPDATE people SET email_key = CASE WHEN instr(email, '+') > 1 THEN substr(email, 1, instr(email, '+') - 1) || substr(email, instr(email, '@')) ELSE email END;
CREATE INDEX people_email_key ON people (tenant_id, email_key);

-- One person given up to another, with all that an undoing needs. Who gave up is no row of people any more, so `person_id` and `into_id` are
-- no foreign keys; `survivor_id` is who has everything now, also after a further merge.
CREATE TABLE merges (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  into_id BLOB NOT NULL,
  survivor_id BLOB NOT NULL,
  reason TEXT,
  state TEXT NOT NULL,
  undone_at BIGINT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, survivor_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX merges_survivor ON merges (tenant_id, survivor_id, id);
CREATE INDEX merges_person ON merges (tenant_id, person_id, id);

-- Where a record went that was given up or folded: its address answers with the way there.
CREATE TABLE redirects (
  tenant_id BLOB NOT NULL,
  old_id BLOB NOT NULL,
  record_type TEXT NOT NULL,
  new_id BLOB NOT NULL,
  merge_id BLOB NOT NULL,
  PRIMARY KEY (tenant_id, old_id),
  FOREIGN KEY (tenant_id, merge_id) REFERENCES merges (tenant_id, id)
);
CREATE INDEX redirects_new ON redirects (tenant_id, new_id);
CREATE INDEX redirects_merge ON redirects (tenant_id, merge_id);

-- Pairs of people who may be one. What was decided is remembered beyond a merge, so the two are no foreign keys.
CREATE TABLE match_suggestions (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  candidate_id BLOB NOT NULL,
  because TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'later', 'accepted', 'rejected')),
  later_until DATE,
  merge_id BLOB,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, person_id, candidate_id),
  FOREIGN KEY (tenant_id, merge_id) REFERENCES merges (tenant_id, id)
);
CREATE INDEX match_suggestions_candidate ON match_suggestions (tenant_id, candidate_id);
CREATE INDEX match_suggestions_merge ON match_suggestions (tenant_id, merge_id);
