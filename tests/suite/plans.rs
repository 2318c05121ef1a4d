//! Which way SQLite's planner goes: by the index that a query is for, and not through the whole tenant. It is told the same of every file (persistence/src/statistics.sql).

use crate::{migrations::lines, support::*};
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query, sql_types::Text};

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[test]
fn the_planner_is_told_of_every_index() {
    let told = lines(Backend::Sqlite, "SELECT tbl || ' ' || idx AS line FROM sqlite_stat1");
    let there = lines(
        Backend::Sqlite,
        "SELECT t.name || ' ' || iif(l.wr AND i.origin = 'pk', t.name, i.name) AS line FROM sqlite_schema t JOIN pragma_table_list(t.name) l JOIN pragma_index_list(t.name) i \
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'",
    );
    assert_eq!(told, there);
    assert!(told.len() > 250, "{}", told.len());
}

#[test]
fn a_query_goes_by_its_own_index_also_where_it_is_asked_for_an_order() {
    let id = "x'00000000000000000000000000000000'";
    let beneath = format!("SELECT descendant_id FROM organisation_paths WHERE tenant_id = {id} AND ancestor_id IN ({id}, {id})");
    let rows = [
        (
            format!("SELECT * FROM employments WHERE tenant_id = {id} AND person_id IN ({id}, {id}, {id}) ORDER BY id"),
            "employments_person (tenant_id=? AND person_id=?)",
        ),
        (
            format!("SELECT * FROM relationships WHERE tenant_id = {id} AND person_id = {id} ORDER BY id LIMIT 51"),
            "relationships_person (tenant_id=? AND person_id=?)",
        ),
        (
            format!("SELECT * FROM objectives WHERE tenant_id = {id} AND employment_id = {id} AND cycle_id = {id}"),
            "objectives_employment (tenant_id=? AND employment_id=?)",
        ),
        (format!("SELECT * FROM people WHERE tenant_id = {id} AND email = 'a' ORDER BY id LIMIT 51"), "people_email (tenant_id=? AND email=?)"),
        (format!("SELECT * FROM accounts WHERE tenant_id = {id} AND (person_id = {id} OR email = 'a')"), "MULTI-INDEX OR"),
        (
            format!(
                "SELECT DISTINCT p.ancestor_id FROM employments e JOIN organisation_paths p ON p.tenant_id = e.tenant_id AND p.descendant_id = e.organisation_id \
                 WHERE e.tenant_id = {id} AND e.person_id = {id} AND e.live >= 1"
            ),
            "(tenant_id=? AND descendant_id=?)",
        ),
        // the people of a school are found by where they work, in whatever list they are asked about
        (
            format!(
                "SELECT * FROM people WHERE tenant_id = {id} AND (id IN ({id}) OR id IN (SELECT person_id FROM employments WHERE tenant_id = {id} \
                 AND organisation_id IN ({beneath}) AND live >= 0)) ORDER BY id LIMIT 51"
            ),
            "employments_organisation (tenant_id=? AND organisation_id=?)",
        ),
        // and what they did by who they are, not by what was asked of everybody
        (
            format!("SELECT * FROM training_completions WHERE tenant_id = {id} AND person_id IN ({id}, {id}) AND requirement_id IN ({id}, {id})"),
            "training_completions_person (tenant_id=? AND person_id=?",
        ),
        (
            format!(
                "SELECT DISTINCT person_id FROM employments WHERE tenant_id = {id} AND live >= 1 AND organisation_id IN ({id}, {id}) ORDER BY person_id LIMIT 52"
            ),
            "employments_organisation (tenant_id=? AND organisation_id=?)",
        ),
        (
            format!(
                "SELECT * FROM training_completions WHERE tenant_id = {id} AND requirement_id IN ({id}, {id}) AND completed_on <= '2026-10-05' AND person_id IN \
                 (SELECT person_id FROM employments WHERE tenant_id = {id} AND live >= 1 AND organisation_id IN ({id}, {id}))"
            ),
            "training_completions_person (tenant_id=? AND person_id=?",
        ),
        // of everybody who is called so, who works there, of many who are added at once
        (
            format!(
                "SELECT id FROM people WHERE ((search >= 'a ' AND search < 'a b') OR (search >= 'c ' AND search < 'c d')) AND tenant_id = {id} AND EXISTS \
                 (SELECT 1 FROM employments WHERE tenant_id = {id} AND person_id = people.id AND organisation_id IN ({id}, {id})) LIMIT 5000"
            ),
            "INDEX 2; SEARCH people USING COVERING INDEX people_search (tenant_id=? AND search>? AND search<?)",
        ),
        (
            format!("SELECT email_key FROM people WHERE tenant_id = {id} AND email_key IN ('a', 'b') GROUP BY email_key HAVING count(*) > 1"),
            "people_email_key (tenant_id=? AND email_key=?",
        ),
        // whoever leads a school reads its list in order, and stops when the page is full
        (
            format!(
                "SELECT * FROM objectives WHERE tenant_id = {id} AND (person_id IN ({id}) OR organisation_id IN ({beneath})) AND id > {id} ORDER BY id LIMIT 51"
            ),
            "(tenant_id=? AND id>?)",
        ),
    ];
    World::run(Backend::Sqlite, async |w| {
        let place = w.place.clone();
        let plans = std::thread::spawn(move || {
            let mut c = SqliteConnection::establish(&place).unwrap();
            let mut plan = |sql: &str| sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load::<Step>(&mut c).unwrap();
            rows.map(|(sql, way)| (plan(&sql).into_iter().map(|s| s.detail).collect::<Vec<_>>().join("; "), way, sql))
        });
        for (plan, way, sql) in plans.join().unwrap() {
            assert!(plan.contains(way) && !plan.contains("SCAN"), "{sql}: {plan}");
        }
    });
}
