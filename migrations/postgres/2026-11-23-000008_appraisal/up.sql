-- Versions of a tenant's own rule profiles. Those that Trellis ships are data of the program and stand in no table.
CREATE TABLE rule_profiles (
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  id uuid NOT NULL,
  key text NOT NULL,
  number integer NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'published')),
  -- another version, of this table or shipped
  based_on uuid,
  document jsonb NOT NULL,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, key, number)
);

-- Versions of calendars, whole: the last of an organisation and academic year counts, and none ever changes.
CREATE TABLE calendars (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  academic_year integer NOT NULL,
  number integer NOT NULL,
  document jsonb NOT NULL,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, organisation_id, academic_year, number),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
