-- When a key was last used, noted at most once an hour; and the last of its warnings that it will end, in days before the end.
ALTER TABLE service_account_keys ADD COLUMN last_used_at BIGINT;
ALTER TABLE service_account_keys ADD COLUMN warned_days INTEGER;
-- The hourly look for keys that end soon is across all tenants.
CREATE INDEX service_account_keys_expires ON service_account_keys (expires_at);
