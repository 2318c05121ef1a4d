-- What was said in the support lane is read by the partner too, and that is recorded like every reading of it. SQLite changes no CHECK, so the table is made anew.
CREATE TABLE disclosures_anew (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  record_type TEXT NOT NULL,
  record_id BLOB NOT NULL,
  reader_id BLOB NOT NULL,
  capacity TEXT NOT NULL CHECK (capacity IN ('partner', 'appraiser', 'headteacher', 'hr')),
  read_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, reader_id) REFERENCES people (tenant_id, id)
);
INSERT INTO disclosures_anew SELECT tenant_id, id, person_id, record_type, record_id, reader_id, capacity, read_at FROM disclosures;
DROP TABLE disclosures;
ALTER TABLE disclosures_anew RENAME TO disclosures;
CREATE INDEX disclosures_person ON disclosures (tenant_id, person_id, id);
CREATE INDEX disclosures_reader ON disclosures (tenant_id, reader_id);

-- Each of a panel notes for themself what they think of on the partner's side: one sheet for each person, and no longer one for each side.
CREATE TABLE conversation_notes_anew (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  conversation_id BLOB NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('appraisee', 'partner')),
  author_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  notes TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
  FOREIGN KEY (tenant_id, author_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
INSERT INTO conversation_notes_anew
  SELECT tenant_id, id, conversation_id, side, author_id, organisation_id, notes, version, created_at, updated_at FROM conversation_notes;
DROP TABLE conversation_notes;
ALTER TABLE conversation_notes_anew RENAME TO conversation_notes;
CREATE INDEX conversation_notes_author ON conversation_notes (tenant_id, author_id);
CREATE INDEX conversation_notes_organisation ON conversation_notes (tenant_id, organisation_id);
CREATE INDEX conversation_notes_conversation ON conversation_notes (tenant_id, conversation_id, side);
