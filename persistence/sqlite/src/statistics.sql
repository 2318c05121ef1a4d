-- What SQLite's planner is told of every index, the same in every file: a server with many tenants, of which one has a million rows in a table. Then `tenant_id = ?` alone
-- leaves many rows, an organisation or a state some thousands, a person or a record a few. Without this it takes a tenant for ten rows, and walks the whole of it rather than
-- ask an index and sort. Nothing is counted, so that a plan is the same everywhere and every day.
BEGIN IMMEDIATE;
ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat)
WITH columns AS (
  SELECT t.name AS tbl, iif(l.wr AND i.origin = 'pk', t.name, i.name) AS idx, i."unique" AS alone, c.seqno AS place, c.name AS name,
    max(c.seqno) OVER (PARTITION BY t.name, i.name) AS last,
    CASE
      WHEN c.name = 'tenant_id' THEN 1000000
      WHEN c.name IN ('organisation_id', 'ancestor_id', 'descendant_id', 'cycle_id', 'framework_version_id', 'template_id', 'requirement_id', 'activity_id',
        'priority_id', 'standard_id', 'state', 'kind', 'visibility') THEN 20000
      WHEN c.seqno < 2 THEN 20
      ELSE 5
    END AS rows_left
  FROM sqlite_schema t JOIN pragma_table_list(t.name) l JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c
  WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
), estimates AS (
  SELECT tbl, idx, place, CASE WHEN alone AND place = last THEN 1 ELSE min(rows_left) OVER (PARTITION BY tbl, idx ORDER BY place) END AS estimate FROM columns
)
SELECT tbl, idx, '20000000 ' || group_concat(estimate, ' ' ORDER BY place) FROM estimates GROUP BY tbl, idx;
COMMIT;
ANALYZE sqlite_schema; -- reads them into the connection that is open
