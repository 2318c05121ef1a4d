-- Objectives that were proposed to many at once.
CREATE TABLE bulk_objectives (
  tenant_id BLOB NOT NULL,
  objective_id BLOB NOT NULL,
  PRIMARY KEY (tenant_id, objective_id),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id)
);

-- An objective that goes on as another one. It is stored as closed, so that whatever asks for what is still open is right without knowing of it.
CREATE TABLE objective_successions (
  tenant_id BLOB NOT NULL,
  objective_id BLOB NOT NULL,
  successor_id BLOB NOT NULL,
  PRIMARY KEY (tenant_id, objective_id),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id),
  FOREIGN KEY (tenant_id, successor_id) REFERENCES objectives (tenant_id, id)
);
CREATE UNIQUE INDEX objective_successions_successor ON objective_successions (tenant_id, successor_id);

-- Who wrote, proposed and accepted each field as it stands.
CREATE TABLE objective_authorship (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  objective_id BLOB NOT NULL,
  field TEXT NOT NULL,
  written_by BLOB NOT NULL,
  written_at BIGINT NOT NULL,
  proposed_by BLOB,
  proposed_at BIGINT,
  accepted_by BLOB,
  accepted_at BIGINT,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id),
  FOREIGN KEY (tenant_id, written_by) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, proposed_by) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, accepted_by) REFERENCES people (tenant_id, id)
);
CREATE UNIQUE INDEX objective_authorship_field ON objective_authorship (tenant_id, objective_id, field);
CREATE INDEX objective_authorship_written_by ON objective_authorship (tenant_id, written_by);
CREATE INDEX objective_authorship_proposed_by ON objective_authorship (tenant_id, proposed_by) WHERE proposed_by IS NOT NULL;
CREATE INDEX objective_authorship_accepted_by ON objective_authorship (tenant_id, accepted_by) WHERE accepted_by IS NOT NULL;

-- What its parties say to one another about an objective. What was taken back has no text.
CREATE TABLE objective_notes (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  objective_id BLOB NOT NULL,
  reply_to BLOB,
  author_id BLOB NOT NULL,
  text TEXT,
  created_at BIGINT NOT NULL,
  withdrawn_at BIGINT,
  PRIMARY KEY (tenant_id, id),
  CHECK ((text IS NULL) = (withdrawn_at IS NOT NULL)),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id),
  FOREIGN KEY (tenant_id, reply_to) REFERENCES objective_notes (tenant_id, id),
  FOREIGN KEY (tenant_id, author_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX objective_notes_objective ON objective_notes (tenant_id, objective_id, id);
CREATE INDEX objective_notes_reply ON objective_notes (tenant_id, reply_to) WHERE reply_to IS NOT NULL;
CREATE INDEX objective_notes_author ON objective_notes (tenant_id, author_id);

-- Colleagues who work on an objective with whose it is.
CREATE TABLE collaborations (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  objective_id BLOB NOT NULL,
  owner_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('invited', 'accepted', 'declined', 'left', 'ended')),
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id),
  FOREIGN KEY (tenant_id, owner_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX collaborations_objective ON collaborations (tenant_id, objective_id, id);
CREATE INDEX collaborations_owner ON collaborations (tenant_id, owner_id, id);
CREATE INDEX collaborations_organisation ON collaborations (tenant_id, organisation_id, id);
CREATE INDEX collaborations_person ON collaborations (tenant_id, person_id, id);

-- Next year's cycle, drafted from this year's.
CREATE TABLE cycle_successions (
  tenant_id BLOB NOT NULL,
  successor_id BLOB NOT NULL,
  cycle_id BLOB NOT NULL,
  PRIMARY KEY (tenant_id, successor_id),
  FOREIGN KEY (tenant_id, successor_id) REFERENCES cycles (tenant_id, id),
  FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id)
);
CREATE INDEX cycle_successions_cycle ON cycle_successions (tenant_id, cycle_id);
