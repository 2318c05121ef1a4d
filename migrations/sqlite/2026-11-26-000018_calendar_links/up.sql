-- Secret addresses at which a calendar program reads its owner's own days.
CREATE TABLE calendar_links (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  account_id BLOB NOT NULL,
  name TEXT NOT NULL,
  digest BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
CREATE INDEX calendar_links_account ON calendar_links (tenant_id, account_id, id);

-- What figures of a year are counted by.
CREATE INDEX objectives_agreed_at ON objectives (tenant_id, agreed_at) WHERE agreed_at IS NOT NULL;
CREATE INDEX learning_records_started ON learning_records (tenant_id, started_on);
