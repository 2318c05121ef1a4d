-- SQLite is told what its indexes are like; PostgreSQL counts for itself.
-- By that, what these two were for is found without them, and every objective and relationship is written once less.
DROP INDEX objectives_employment_cycle;
DROP INDEX relationships_person_order;
