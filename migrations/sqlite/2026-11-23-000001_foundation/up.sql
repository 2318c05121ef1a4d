-- A table with indexes of its own keeps its rowid: without statistics SQLite prefers a clustered primary key to the index that a query is for,
-- and reads the whole tenant. The rest are clustered by their key.
--
-- Tenant first in every primary key, unique key and foreign key: a row cannot refer to another tenant's row.

CREATE TABLE tenants (
  id BLOB NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  last_event BIGINT NOT NULL,
  last_hash BLOB NOT NULL,
  -- the hash of the last event that could change what somebody may do
  authority_hash BLOB NOT NULL,
  created_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE signing_keys (
  id BLOB NOT NULL PRIMARY KEY,
  private_key BLOB NOT NULL,
  created_at BIGINT NOT NULL
) WITHOUT ROWID;

-- Rows that writers lock when a rule looks at more than one record: somebody's employments, a tenant's line management.
CREATE TABLE guards (
  tenant_id BLOB NOT NULL REFERENCES tenants (id),
  subject_id BLOB NOT NULL,
  passed BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, subject_id)
) WITHOUT ROWID;

CREATE TABLE organisations (
  tenant_id BLOB NOT NULL REFERENCES tenants (id),
  id BLOB NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('trust', 'school', 'group')),
  parent_id BLOB,
  name TEXT NOT NULL,
  phase TEXT,
  establishment_type INTEGER,
  group_type TEXT,
  status TEXT NOT NULL CHECK (status IN ('open', 'closed', 'open_proposed_to_close', 'proposed_to_open')),
  opened_on DATE,
  closed_on DATE,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, parent_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX organisations_parent ON organisations (tenant_id, parent_id, id);
CREATE UNIQUE INDEX organisations_root ON organisations (tenant_id) WHERE parent_id IS NULL;

-- Every organisation with everything above it, itself included.
CREATE TABLE organisation_paths (
  tenant_id BLOB NOT NULL,
  descendant_id BLOB NOT NULL,
  ancestor_id BLOB NOT NULL,
  depth INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, descendant_id, ancestor_id),
  FOREIGN KEY (tenant_id, descendant_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, ancestor_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX organisation_paths_ancestor ON organisation_paths (tenant_id, ancestor_id, descendant_id);

CREATE TABLE organisation_identifiers (
  tenant_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  scheme TEXT NOT NULL CHECK (scheme IN ('urn', 'laestab', 'ukprn', 'group_uid', 'companies_house')),
  value TEXT NOT NULL,
  starts_on DATE,
  ends_on DATE,
  PRIMARY KEY (tenant_id, organisation_id, scheme, value),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX organisation_identifiers_value ON organisation_identifiers (tenant_id, scheme, value);
CREATE UNIQUE INDEX organisation_identifiers_one ON organisation_identifiers (tenant_id, scheme, value) WHERE scheme IN ('urn', 'group_uid', 'companies_house');

CREATE TABLE organisation_links (
  tenant_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  linked_urn TEXT NOT NULL,
  published_type TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('predecessor', 'successor', 'other')),
  linked_name TEXT NOT NULL,
  established_on DATE,
  PRIMARY KEY (tenant_id, organisation_id, linked_urn, published_type),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
) WITHOUT ROWID;

CREATE TABLE people (
  tenant_id BLOB NOT NULL REFERENCES tenants (id),
  id BLOB NOT NULL,
  given_name TEXT NOT NULL,
  family_name TEXT NOT NULL,
  preferred_name TEXT,
  email TEXT,
  trn TEXT,
  search TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, trn)
);
CREATE INDEX people_search ON people (tenant_id, search, id);
CREATE INDEX people_email ON people (tenant_id, email);

CREATE TABLE external_refs (
  tenant_id BLOB NOT NULL,
  record_type TEXT NOT NULL,
  source TEXT NOT NULL,
  external_id TEXT NOT NULL,
  organisation_id BLOB,
  person_id BLOB,
  PRIMARY KEY (tenant_id, record_type, source, external_id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  CHECK ((record_type = 'organisation') = (organisation_id IS NOT NULL)),
  CHECK ((record_type = 'person') = (person_id IS NOT NULL))
);
CREATE INDEX external_refs_organisation ON external_refs (tenant_id, organisation_id);
CREATE INDEX external_refs_person ON external_refs (tenant_id, person_id);

CREATE TABLE employments (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  job_title TEXT NOT NULL,
  staff_category TEXT NOT NULL CHECK (staff_category IN ('teacher', 'leader', 'headteacher', 'support')),
  staff_code TEXT,
  fte_percent INTEGER NOT NULL,
  starts_on DATE NOT NULL,
  ends_on DATE,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX employments_person ON employments (tenant_id, person_id, id);
CREATE INDEX employments_organisation ON employments (tenant_id, organisation_id, id);

-- A staff code is one person's at a school, through every employment there.
CREATE TABLE staff_codes (
  tenant_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  staff_code TEXT NOT NULL,
  person_id BLOB NOT NULL,
  PRIMARY KEY (tenant_id, organisation_id, staff_code),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX staff_codes_person ON staff_codes (tenant_id, person_id);

CREATE TABLE roles (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  role TEXT NOT NULL,
  organisation_id BLOB NOT NULL,
  starts_on DATE NOT NULL,
  ends_on DATE,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX roles_person ON roles (tenant_id, person_id, id);
CREATE INDEX roles_organisation ON roles (tenant_id, organisation_id, id);

CREATE TABLE relationships (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('line_manager', 'appraiser', 'coach', 'mentor', 'induction_tutor')),
  person_id BLOB NOT NULL,
  holder_id BLOB NOT NULL CHECK (holder_id <> person_id),
  starts_on DATE NOT NULL,
  ends_on DATE,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, holder_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX relationships_person ON relationships (tenant_id, person_id, kind, id);
CREATE INDEX relationships_holder ON relationships (tenant_id, holder_id, kind, id);

CREATE TABLE frameworks (
  tenant_id BLOB NOT NULL REFERENCES tenants (id),
  id BLOB NOT NULL,
  key TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, key)
) WITHOUT ROWID;

CREATE TABLE framework_versions (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  framework_id BLOB NOT NULL,
  name TEXT NOT NULL,
  label TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'published')),
  attribution TEXT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, framework_id, label),
  FOREIGN KEY (tenant_id, framework_id) REFERENCES frameworks (tenant_id, id)
) WITHOUT ROWID;

CREATE TABLE standards (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  framework_version_id BLOB NOT NULL,
  parent_id BLOB,
  code TEXT NOT NULL,
  title TEXT NOT NULL,
  description TEXT,
  position INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, framework_version_id, code),
  FOREIGN KEY (tenant_id, framework_version_id) REFERENCES framework_versions (tenant_id, id),
  FOREIGN KEY (tenant_id, parent_id) REFERENCES standards (tenant_id, id)
);
CREATE INDEX standards_parent ON standards (tenant_id, parent_id);

CREATE TABLE cycles (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'planning_open', 'monitoring', 'review_open', 'closing', 'closed', 'archived', 'cancelled')),
  starts_on DATE,
  ends_on DATE,
  rule_profile TEXT,
  rule_profile_version INTEGER,
  objectives_due_on DATE,
  review_due_on DATE,
  report_due_on DATE,
  staff_categories TEXT NOT NULL,
  last_reason TEXT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX cycles_organisation ON cycles (tenant_id, organisation_id, id);

CREATE TABLE cycle_framework_versions (
  tenant_id BLOB NOT NULL,
  cycle_id BLOB NOT NULL,
  framework_version_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, cycle_id, framework_version_id),
  FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id),
  FOREIGN KEY (tenant_id, framework_version_id) REFERENCES framework_versions (tenant_id, id)
);
CREATE INDEX cycle_framework_versions_version ON cycle_framework_versions (tenant_id, framework_version_id);

CREATE TABLE objectives (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  employment_id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  cycle_id BLOB,
  origin TEXT NOT NULL CHECK (origin IN ('self', 'appraiser')),
  author_id BLOB NOT NULL,
  private_to BLOB,
  state TEXT NOT NULL CHECK (state IN ('draft', 'proposed', 'agreed', 'set_with_dissent', 'active', 'paused', 'reviewed', 'closed', 'withdrawn')),
  kind TEXT NOT NULL CHECK (kind IN ('growth_inquiry', 'practice', 'leadership_project', 'operational', 'statutory')),
  title TEXT NOT NULL,
  description TEXT,
  inquiry_question TEXT,
  inquiry_current_practice TEXT,
  inquiry_change_tried TEXT,
  inquiry_evidence TEXT,
  inquiry_finding TEXT,
  evidence_plan TEXT,
  support_needed TEXT,
  learning_needed TEXT,
  due_on DATE,
  proposed_by BLOB,
  agreed_by BLOB,
  agreed_at BIGINT,
  dissent TEXT,
  last_reason TEXT,
  revision INTEGER NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, employment_id) REFERENCES employments (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id),
  FOREIGN KEY (tenant_id, author_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, private_to) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, proposed_by) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, agreed_by) REFERENCES people (tenant_id, id)
);
CREATE INDEX objectives_employment ON objectives (tenant_id, employment_id, id);
CREATE INDEX objectives_person ON objectives (tenant_id, person_id, id);
CREATE INDEX objectives_organisation ON objectives (tenant_id, organisation_id, id);
CREATE INDEX objectives_cycle ON objectives (tenant_id, cycle_id, id);
CREATE INDEX objectives_author ON objectives (tenant_id, author_id);
CREATE INDEX objectives_private ON objectives (tenant_id, private_to) WHERE private_to IS NOT NULL;
CREATE INDEX objectives_proposed_by ON objectives (tenant_id, proposed_by) WHERE proposed_by IS NOT NULL;
CREATE INDEX objectives_agreed_by ON objectives (tenant_id, agreed_by) WHERE agreed_by IS NOT NULL;

CREATE TABLE success_criteria (
  tenant_id BLOB NOT NULL,
  objective_id BLOB NOT NULL,
  id BLOB NOT NULL,
  position INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (tenant_id, objective_id, id),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id)
) WITHOUT ROWID;

CREATE TABLE objective_standards (
  tenant_id BLOB NOT NULL,
  objective_id BLOB NOT NULL,
  standard_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, objective_id, standard_id),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id),
  FOREIGN KEY (tenant_id, standard_id) REFERENCES standards (tenant_id, id)
);
CREATE INDEX objective_standards_standard ON objective_standards (tenant_id, standard_id);

-- The words of an objective as they stood before each revision, and why they changed.
CREATE TABLE objective_revisions (
  tenant_id BLOB NOT NULL,
  objective_id BLOB NOT NULL,
  revision INTEGER NOT NULL,
  words TEXT NOT NULL,
  reason TEXT NOT NULL,
  revised_by BLOB NOT NULL,
  revised_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, objective_id, revision),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id),
  FOREIGN KEY (tenant_id, revised_by) REFERENCES people (tenant_id, id)
);
CREATE INDEX objective_revisions_by ON objective_revisions (tenant_id, revised_by);

CREATE TABLE learning_records (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  employment_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  private_to BLOB,
  title TEXT NOT NULL,
  kind TEXT NOT NULL,
  started_on DATE NOT NULL,
  ended_on DATE NOT NULL,
  minutes INTEGER NOT NULL,
  provider TEXT,
  reflection TEXT,
  visibility TEXT NOT NULL CHECK (visibility IN ('private', 'shared')),
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, employment_id) REFERENCES employments (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, private_to) REFERENCES people (tenant_id, id)
);
CREATE INDEX learning_records_person ON learning_records (tenant_id, person_id, id);
CREATE INDEX learning_records_employment ON learning_records (tenant_id, employment_id);
CREATE INDEX learning_records_organisation ON learning_records (tenant_id, organisation_id, id);
CREATE INDEX learning_records_private ON learning_records (tenant_id, private_to);

CREATE TABLE learning_record_objectives (
  tenant_id BLOB NOT NULL,
  learning_record_id BLOB NOT NULL,
  objective_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, learning_record_id, objective_id),
  FOREIGN KEY (tenant_id, learning_record_id) REFERENCES learning_records (tenant_id, id),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id)
);
CREATE INDEX learning_record_objectives_objective ON learning_record_objectives (tenant_id, objective_id, learning_record_id);

CREATE TABLE learning_record_standards (
  tenant_id BLOB NOT NULL,
  learning_record_id BLOB NOT NULL,
  standard_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, learning_record_id, standard_id),
  FOREIGN KEY (tenant_id, learning_record_id) REFERENCES learning_records (tenant_id, id),
  FOREIGN KEY (tenant_id, standard_id) REFERENCES standards (tenant_id, id)
);
CREATE INDEX learning_record_standards_standard ON learning_record_standards (tenant_id, standard_id);

CREATE TABLE accounts (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  email TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  disabled_at BIGINT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, email),
  UNIQUE (tenant_id, person_id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id)
) WITHOUT ROWID;

CREATE TABLE sessions (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  account_id BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT,
  refresh_secret BLOB NOT NULL,
  refresh_digest BLOB NOT NULL,
  refreshed_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
CREATE INDEX sessions_account ON sessions (tenant_id, account_id, id);

-- Refresh tokens that were used: one of them used again gives the thief away.
CREATE TABLE used_refresh_tokens (
  tenant_id BLOB NOT NULL,
  session_id BLOB NOT NULL,
  digest BLOB NOT NULL,
  used_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, session_id, digest),
  FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, id)
) WITHOUT ROWID;

CREATE TABLE service_accounts (
  tenant_id BLOB NOT NULL REFERENCES tenants (id),
  id BLOB NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  everywhere BOOLEAN NOT NULL,
  disabled_at BIGINT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;

CREATE TABLE service_account_organisations (
  tenant_id BLOB NOT NULL,
  service_account_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  PRIMARY KEY (tenant_id, service_account_id, organisation_id),
  FOREIGN KEY (tenant_id, service_account_id) REFERENCES service_accounts (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX service_account_organisations_organisation ON service_account_organisations (tenant_id, organisation_id);

CREATE TABLE service_account_keys (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  service_account_id BLOB NOT NULL,
  digest BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_account_id) REFERENCES service_accounts (tenant_id, id)
);
CREATE INDEX service_account_keys_account ON service_account_keys (tenant_id, service_account_id, id);

CREATE TABLE idempotency_keys (
  tenant_id BLOB NOT NULL REFERENCES tenants (id),
  caller_id BLOB NOT NULL,
  operation TEXT NOT NULL,
  key TEXT NOT NULL,
  request_digest BLOB NOT NULL,
  status INTEGER NOT NULL,
  headers TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, caller_id, operation, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

-- The log. It outlives what it speaks of, so its subjects are no foreign keys.
CREATE TABLE events (
  tenant_id BLOB NOT NULL REFERENCES tenants (id),
  number BIGINT NOT NULL,
  id BLOB NOT NULL,
  occurred_at BIGINT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id BLOB,
  request_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  record_type TEXT NOT NULL,
  subject_id BLOB NOT NULL,
  subject_version BIGINT NOT NULL,
  organisation_id BLOB,
  person_id BLOB,
  private_to BLOB,
  changed TEXT NOT NULL,
  payload_digest BLOB NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (tenant_id, number)
);
CREATE INDEX events_subject ON events (tenant_id, subject_id, number);

-- Values before and after, kept apart so that they can be erased without breaking the chain.
CREATE TABLE event_payloads (
  tenant_id BLOB NOT NULL,
  number BIGINT NOT NULL,
  salt BLOB NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, number),
  FOREIGN KEY (tenant_id, number) REFERENCES events (tenant_id, number)
);
