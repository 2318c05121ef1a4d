-- Tenant first in every primary key, unique key and foreign key: a row cannot refer to another tenant's row.

CREATE TABLE tenants (
  id uuid NOT NULL PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  name text NOT NULL,
  last_event bigint NOT NULL,
  last_hash bytea NOT NULL,
  -- the hash of the last event that could change what somebody may do
  authority_hash bytea NOT NULL,
  created_at timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE signing_keys (
  id uuid NOT NULL PRIMARY KEY,
  private_key bytea NOT NULL,
  created_at timestamptz NOT NULL
);

-- Rows that writers lock when a rule looks at more than one record: somebody's employments, a tenant's line management.
CREATE TABLE guards (
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  subject_id uuid NOT NULL,
  passed bigint NOT NULL,
  PRIMARY KEY (tenant_id, subject_id)
);

CREATE TABLE organisations (
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('trust', 'school', 'group')),
  parent_id uuid,
  name text NOT NULL,
  phase text,
  establishment_type integer,
  group_type text,
  status text NOT NULL CHECK (status IN ('open', 'closed', 'open_proposed_to_close', 'proposed_to_open')),
  opened_on date,
  closed_on date,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, parent_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX organisations_parent ON organisations (tenant_id, parent_id, id);
CREATE UNIQUE INDEX organisations_root ON organisations (tenant_id) WHERE parent_id IS NULL;

-- Every organisation with everything above it, itself included.
CREATE TABLE organisation_paths (
  tenant_id uuid NOT NULL,
  descendant_id uuid NOT NULL,
  ancestor_id uuid NOT NULL,
  depth integer NOT NULL,
  PRIMARY KEY (tenant_id, descendant_id, ancestor_id),
  FOREIGN KEY (tenant_id, descendant_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, ancestor_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX organisation_paths_ancestor ON organisation_paths (tenant_id, ancestor_id, descendant_id);

CREATE TABLE organisation_identifiers (
  tenant_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  scheme text NOT NULL CHECK (scheme IN ('urn', 'laestab', 'ukprn', 'group_uid', 'companies_house')),
  value text NOT NULL,
  starts_on date,
  ends_on date,
  PRIMARY KEY (tenant_id, organisation_id, scheme, value),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX organisation_identifiers_value ON organisation_identifiers (tenant_id, scheme, value);
CREATE UNIQUE INDEX organisation_identifiers_one ON organisation_identifiers (tenant_id, scheme, value) WHERE scheme IN ('urn', 'group_uid', 'companies_house');

CREATE TABLE organisation_links (
  tenant_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  linked_urn text NOT NULL,
  published_type text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('predecessor', 'successor', 'other')),
  linked_name text NOT NULL,
  established_on date,
  PRIMARY KEY (tenant_id, organisation_id, linked_urn, published_type),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);

CREATE TABLE people (
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  id uuid NOT NULL,
  given_name text NOT NULL,
  family_name text NOT NULL,
  preferred_name text,
  email text,
  trn text,
  search text NOT NULL COLLATE "C",
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, trn)
);
CREATE INDEX people_search ON people (tenant_id, search, id);
CREATE INDEX people_email ON people (tenant_id, email);

CREATE TABLE external_refs (
  tenant_id uuid NOT NULL,
  record_type text NOT NULL,
  source text NOT NULL,
  external_id text NOT NULL,
  organisation_id uuid,
  person_id uuid,
  PRIMARY KEY (tenant_id, record_type, source, external_id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  CHECK ((record_type = 'organisation') = (organisation_id IS NOT NULL)),
  CHECK ((record_type = 'person') = (person_id IS NOT NULL))
);
CREATE INDEX external_refs_organisation ON external_refs (tenant_id, organisation_id);
CREATE INDEX external_refs_person ON external_refs (tenant_id, person_id);

CREATE TABLE employments (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  job_title text NOT NULL,
  staff_category text NOT NULL CHECK (staff_category IN ('teacher', 'leader', 'headteacher', 'support')),
  staff_code text,
  fte_percent integer NOT NULL,
  starts_on date NOT NULL,
  ends_on date,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX employments_person ON employments (tenant_id, person_id, id);
CREATE INDEX employments_organisation ON employments (tenant_id, organisation_id, id);

-- A staff code is one person's at a school, through every employment there.
CREATE TABLE staff_codes (
  tenant_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  staff_code text NOT NULL,
  person_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, organisation_id, staff_code),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX staff_codes_person ON staff_codes (tenant_id, person_id);

CREATE TABLE roles (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  role text NOT NULL,
  organisation_id uuid NOT NULL,
  starts_on date NOT NULL,
  ends_on date,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX roles_person ON roles (tenant_id, person_id, id);
CREATE INDEX roles_organisation ON roles (tenant_id, organisation_id, id);

CREATE TABLE relationships (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('line_manager', 'appraiser', 'coach', 'mentor', 'induction_tutor')),
  person_id uuid NOT NULL,
  holder_id uuid NOT NULL CHECK (holder_id <> person_id),
  starts_on date NOT NULL,
  ends_on date,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, holder_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX relationships_person ON relationships (tenant_id, person_id, kind, id);
CREATE INDEX relationships_holder ON relationships (tenant_id, holder_id, kind, id);

CREATE TABLE frameworks (
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  id uuid NOT NULL,
  key text NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, key)
);

CREATE TABLE framework_versions (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  framework_id uuid NOT NULL,
  name text NOT NULL,
  label text NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'published')),
  attribution text,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, framework_id, label),
  FOREIGN KEY (tenant_id, framework_id) REFERENCES frameworks (tenant_id, id)
);

CREATE TABLE standards (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  framework_version_id uuid NOT NULL,
  parent_id uuid,
  code text NOT NULL,
  title text NOT NULL,
  description text,
  position integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, framework_version_id, code),
  FOREIGN KEY (tenant_id, framework_version_id) REFERENCES framework_versions (tenant_id, id),
  FOREIGN KEY (tenant_id, parent_id) REFERENCES standards (tenant_id, id)
);
CREATE INDEX standards_parent ON standards (tenant_id, parent_id);

CREATE TABLE cycles (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  name text NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'published', 'planning_open', 'monitoring', 'review_open', 'closing', 'closed', 'archived', 'cancelled')),
  starts_on date,
  ends_on date,
  rule_profile text,
  rule_profile_version integer,
  objectives_due_on date,
  review_due_on date,
  report_due_on date,
  staff_categories jsonb NOT NULL,
  last_reason text,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX cycles_organisation ON cycles (tenant_id, organisation_id, id);

CREATE TABLE cycle_framework_versions (
  tenant_id uuid NOT NULL,
  cycle_id uuid NOT NULL,
  framework_version_id uuid NOT NULL,
  position integer NOT NULL,
  PRIMARY KEY (tenant_id, cycle_id, framework_version_id),
  FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id),
  FOREIGN KEY (tenant_id, framework_version_id) REFERENCES framework_versions (tenant_id, id)
);
CREATE INDEX cycle_framework_versions_version ON cycle_framework_versions (tenant_id, framework_version_id);

CREATE TABLE objectives (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  employment_id uuid NOT NULL,
  person_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  cycle_id uuid,
  origin text NOT NULL CHECK (origin IN ('self', 'appraiser')),
  author_id uuid NOT NULL,
  private_to uuid,
  state text NOT NULL CHECK (state IN ('draft', 'proposed', 'agreed', 'set_with_dissent', 'active', 'paused', 'reviewed', 'closed', 'withdrawn')),
  kind text NOT NULL CHECK (kind IN ('growth_inquiry', 'practice', 'leadership_project', 'operational', 'statutory')),
  title text NOT NULL,
  description text,
  inquiry_question text,
  inquiry_current_practice text,
  inquiry_change_tried text,
  inquiry_evidence text,
  inquiry_finding text,
  evidence_plan text,
  support_needed text,
  learning_needed text,
  due_on date,
  proposed_by uuid,
  agreed_by uuid,
  agreed_at timestamptz,
  dissent text,
  last_reason text,
  revision integer NOT NULL,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
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
  tenant_id uuid NOT NULL,
  objective_id uuid NOT NULL,
  id uuid NOT NULL,
  position integer NOT NULL,
  text text NOT NULL,
  PRIMARY KEY (tenant_id, objective_id, id),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id)
);

CREATE TABLE objective_standards (
  tenant_id uuid NOT NULL,
  objective_id uuid NOT NULL,
  standard_id uuid NOT NULL,
  position integer NOT NULL,
  PRIMARY KEY (tenant_id, objective_id, standard_id),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id),
  FOREIGN KEY (tenant_id, standard_id) REFERENCES standards (tenant_id, id)
);
CREATE INDEX objective_standards_standard ON objective_standards (tenant_id, standard_id);

-- The words of an objective as they stood before each revision, and why they changed.
CREATE TABLE objective_revisions (
  tenant_id uuid NOT NULL,
  objective_id uuid NOT NULL,
  revision integer NOT NULL,
  words jsonb NOT NULL,
  reason text NOT NULL,
  revised_by uuid NOT NULL,
  revised_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, objective_id, revision),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id),
  FOREIGN KEY (tenant_id, revised_by) REFERENCES people (tenant_id, id)
);
CREATE INDEX objective_revisions_by ON objective_revisions (tenant_id, revised_by);

CREATE TABLE learning_records (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  employment_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  private_to uuid,
  title text NOT NULL,
  kind text NOT NULL,
  started_on date NOT NULL,
  ended_on date NOT NULL,
  minutes integer NOT NULL,
  provider text,
  reflection text,
  visibility text NOT NULL CHECK (visibility IN ('private', 'shared')),
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
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
  tenant_id uuid NOT NULL,
  learning_record_id uuid NOT NULL,
  objective_id uuid NOT NULL,
  position integer NOT NULL,
  PRIMARY KEY (tenant_id, learning_record_id, objective_id),
  FOREIGN KEY (tenant_id, learning_record_id) REFERENCES learning_records (tenant_id, id),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id)
);
CREATE INDEX learning_record_objectives_objective ON learning_record_objectives (tenant_id, objective_id, learning_record_id);

CREATE TABLE learning_record_standards (
  tenant_id uuid NOT NULL,
  learning_record_id uuid NOT NULL,
  standard_id uuid NOT NULL,
  position integer NOT NULL,
  PRIMARY KEY (tenant_id, learning_record_id, standard_id),
  FOREIGN KEY (tenant_id, learning_record_id) REFERENCES learning_records (tenant_id, id),
  FOREIGN KEY (tenant_id, standard_id) REFERENCES standards (tenant_id, id)
);
CREATE INDEX learning_record_standards_standard ON learning_record_standards (tenant_id, standard_id);

CREATE TABLE accounts (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  email text NOT NULL,
  password_hash text NOT NULL,
  disabled_at timestamptz,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, email),
  UNIQUE (tenant_id, person_id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id)
);

CREATE TABLE sessions (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  account_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  refresh_secret bytea NOT NULL,
  refresh_digest bytea NOT NULL,
  refreshed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
CREATE INDEX sessions_account ON sessions (tenant_id, account_id, id);

-- Refresh tokens that were used: one of them used again gives the thief away.
CREATE TABLE used_refresh_tokens (
  tenant_id uuid NOT NULL,
  session_id uuid NOT NULL,
  digest bytea NOT NULL,
  used_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, session_id, digest),
  FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, id)
);

CREATE TABLE service_accounts (
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  id uuid NOT NULL,
  name text NOT NULL,
  scopes jsonb NOT NULL,
  everywhere boolean NOT NULL,
  disabled_at timestamptz,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE service_account_organisations (
  tenant_id uuid NOT NULL,
  service_account_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, service_account_id, organisation_id),
  FOREIGN KEY (tenant_id, service_account_id) REFERENCES service_accounts (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX service_account_organisations_organisation ON service_account_organisations (tenant_id, organisation_id);

CREATE TABLE service_account_keys (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  service_account_id uuid NOT NULL,
  digest bytea NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_account_id) REFERENCES service_accounts (tenant_id, id)
);
CREATE INDEX service_account_keys_account ON service_account_keys (tenant_id, service_account_id, id);

CREATE TABLE idempotency_keys (
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  caller_id uuid NOT NULL,
  operation text NOT NULL,
  key text NOT NULL,
  request_digest bytea NOT NULL,
  status integer NOT NULL,
  headers jsonb NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, caller_id, operation, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

-- The log. It outlives what it speaks of, so its subjects are no foreign keys.
CREATE TABLE events (
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  number bigint NOT NULL,
  id uuid NOT NULL,
  occurred_at timestamptz NOT NULL,
  actor_kind text NOT NULL,
  actor_id uuid,
  request_id text NOT NULL,
  kind text NOT NULL,
  record_type text NOT NULL,
  subject_id uuid NOT NULL,
  subject_version bigint NOT NULL,
  organisation_id uuid,
  person_id uuid,
  private_to uuid,
  changed text NOT NULL,
  payload_digest bytea NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (tenant_id, number)
);
CREATE INDEX events_subject ON events (tenant_id, subject_id, number);

-- Values before and after, kept apart so that they can be erased without breaking the chain.
CREATE TABLE event_payloads (
  tenant_id uuid NOT NULL,
  number bigint NOT NULL,
  salt bytea NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (tenant_id, number),
  FOREIGN KEY (tenant_id, number) REFERENCES events (tenant_id, number)
);
