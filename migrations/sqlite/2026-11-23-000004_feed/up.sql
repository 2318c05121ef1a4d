-- What follows from somebody's employments, kept where lists and the feed can ask for it. `lapsed`: the last day has passed, and that was
-- noted. `live`: it places the person: it has not lapsed, or all have and it was the last to.
ALTER TABLE employments ADD COLUMN lapsed BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE employments ADD COLUMN live BOOLEAN NOT NULL DEFAULT 0;
-- the first upkeep finds those that are over, and says so in the log
UPDATE employments SET live = 1;
CREATE INDEX employments_lapsing ON employments (tenant_id, lapsed, ends_on);

-- Organisations at which a person was, or is, live when the event happened: who hears that somebody moved, was merged or was erased.
CREATE TABLE event_places (
  tenant_id BLOB NOT NULL,
  number BIGINT NOT NULL,
  organisation_id BLOB NOT NULL,
  was_live BOOLEAN NOT NULL,
  is_live BOOLEAN NOT NULL,
  PRIMARY KEY (tenant_id, number, organisation_id),
  FOREIGN KEY (tenant_id, number) REFERENCES events (tenant_id, number),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX event_places_organisation ON event_places (tenant_id, organisation_id, number);
