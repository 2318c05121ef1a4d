DROP TABLE job_foreseen;
ALTER TABLE employments DROP COLUMN ended_from;
