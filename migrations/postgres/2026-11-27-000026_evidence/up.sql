-- Evidence of learning. It has no person and no privacy of its own: both are its learning record's. Bytes of files are kept outside the database, under
-- the tenant's and the evidence's id.
CREATE TABLE evidence (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  learning_record_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('reference', 'link', 'file')),
  title text NOT NULL,
  reference text,
  url text,
  media_type text,
  file_name text,
  size bigint CHECK (size BETWEEN 1 AND 5242880),
  sha256 bytea,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CHECK ((kind = 'reference') = (reference IS NOT NULL)),
  CHECK ((kind = 'link') = (url IS NOT NULL)),
  CHECK ((kind = 'file') = (media_type IS NOT NULL)),
  CHECK ((kind = 'file') = (file_name IS NOT NULL)),
  CHECK ((kind = 'file') = (size IS NOT NULL)),
  CHECK ((kind = 'file') = (sha256 IS NOT NULL)),
  FOREIGN KEY (tenant_id, learning_record_id) REFERENCES learning_records (tenant_id, id)
);
CREATE INDEX evidence_learning_record ON evidence (tenant_id, learning_record_id, id);

-- Files whose bytes may lie in the store and are nobody's: those that are being taken in, and those whose evidence is gone. From that time on they are removed.
CREATE TABLE stray_files (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  due_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX stray_files_due ON stray_files (tenant_id, due_at);
