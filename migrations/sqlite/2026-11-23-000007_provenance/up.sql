-- Which fields of a record other systems manage (`managed`), and whether one of them was changed by hand since.
ALTER TABLE people ADD COLUMN overridden BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE employments ADD COLUMN overridden BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE organisations ADD COLUMN managed TEXT;
ALTER TABLE organisations ADD COLUMN overridden BOOLEAN NOT NULL DEFAULT 0;
CREATE INDEX people_overridden ON people (tenant_id, id) WHERE overridden;
CREATE INDEX employments_overridden ON employments (tenant_id, id) WHERE overridden;
CREATE INDEX organisations_overridden ON organisations (tenant_id, id) WHERE overridden;

-- Does a job's source take over what other sources manage?
ALTER TABLE jobs ADD COLUMN take_over BOOLEAN NOT NULL DEFAULT 0;

-- Set on what is left of somebody who was erased: an id that other people's records name.
ALTER TABLE people ADD COLUMN erased_at BIGINT;
