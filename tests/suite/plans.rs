//! Which way SQLite's planner goes: by the index that a query is for, and not through the whole tenant. It is told the same of every file (persistence/sqlite/src/statistics.sql).

use crate::{
    following::{ASKED, count_statements},
    migrations::lines,
    support::*,
};
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query, sql_types::Text};
use trellis_domain::role::RoleName;
use trellis_persistence::{Act, Principal, Window, pay::ListPayRecommendations, report::ListReports};

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
        // whoever is erased is looked for in what jobs keep, whatever else they did
        (
            format!("SELECT job_id FROM job_results WHERE tenant_id = {id} AND action = 'failed' AND job_id > {id} ORDER BY job_id LIMIT 1"),
            "job_results_failed (tenant_id=? AND action=? AND job_id>?)",
        ),
        (
            format!("SELECT job_id, row_index, result FROM job_results WHERE tenant_id = {id} AND (key IN ('a', 'b') OR record_id IN ({id}, {id}))"),
            "MULTI-INDEX OR",
        ),
        // all parts of an objective, and what goes on as what
        (
            format!(
                "SELECT objective_id, text FROM success_criteria WHERE tenant_id = {id} AND objective_id = {id} \
                 UNION ALL SELECT objective_id, NULL FROM objective_standards WHERE tenant_id = {id} AND objective_id = {id} \
                 UNION ALL SELECT objective_id, NULL FROM objective_priorities WHERE tenant_id = {id} AND objective_id = {id} \
                 UNION ALL SELECT objective_id, NULL FROM bulk_objectives WHERE tenant_id = {id} AND objective_id = {id} \
                 UNION ALL SELECT objective_id, NULL FROM objective_successions WHERE tenant_id = {id} AND (objective_id = {id} OR successor_id = {id})"
            ),
            "MULTI-INDEX OR",
        ),
        (format!("SELECT count(*) FROM job_rows WHERE tenant_id = {id} AND key IN ('a', 'b')"), "job_rows_named (tenant_id=? AND key=?)"),
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

/// Reports and what is recommended on pay are found by the appraisals whose records one reads, whoever asks: the very statements that the lists make.
#[test]
fn what_hangs_on_appraisals_is_found_by_the_appraisals_that_one_reads() {
    World::run(Backend::Sqlite, async |w| {
        let trust = w.trust("beacon").await;
        let head = trust.someone(w).at(trust.school).with(RoleName::Headteacher, trust.school).made().await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        count_statements();
        let db = w.source.connect().unwrap();
        let window = Window { after: None, limit: 50 };
        let mut asked = Vec::new();
        for who in [&head, &appraiser, &teacher] {
            let act = || Act { principal: Principal::Session { session: who.session, account: who.account }, ..w.operator(trust.id) };
            ASKED.set(Vec::new());
            db.read(act(), ListReports { appraisal_id: None, person_id: None, window }).await.unwrap();
            drop(db.read(act(), ListPayRecommendations { appraisal_id: None, person_id: None, organisation_id: None, state: None, window }).await.unwrap());
            let of_lists = |sql: &String| sql.contains("FROM `appraisal_reports`") || sql.contains("FROM `pay_recommendations`");
            asked.extend(ASKED.take().into_iter().filter(of_lists));
        }
        assert_eq!(asked.len(), 6, "{asked:#?}");
        let place = w.place.clone();
        let plans = std::thread::spawn(move || {
            let mut c = SqliteConnection::establish(&place).unwrap();
            let mut plan = |sql: &str| sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load::<Step>(&mut c).unwrap();
            asked
                .into_iter()
                .map(|asked| {
                    let sql = asked.split(" -- binds").next().unwrap().to_owned();
                    (plan(&sql).into_iter().map(|s| s.detail).collect::<Vec<_>>(), sql)
                })
                .collect::<Vec<_>>()
        });
        for (plan, sql) in plans.join().unwrap() {
            assert!(plan.iter().any(|step| step.contains("(tenant_id=? AND appraisal_id=?)")), "{sql}: {plan:?}");
            // neither through all of the tenant's, nor through all of its appraisals
            let theirs = |step: &&String| step.contains(" appraisal") || step.contains(" pay_recommendations");
            for step in plan.iter().filter(theirs) {
                assert!(step.starts_with("SEARCH") && !step.contains("(tenant_id=?)") && !step.contains("AND id>?"), "{step} in {sql}: {plan:?}");
            }
        }
    });
}
