-- The planner is told what every index is like (persistence/src/statistics.sql), as after every migration.
-- By that, what these two were for is found without them, and every objective and relationship is written once less.
DROP INDEX objectives_employment_cycle;
DROP INDEX relationships_person_order;
