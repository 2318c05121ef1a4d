//! Training that is required, of many at once: numbers that point at nobody, lists that go on where they stopped, and tables.

use crate::{
    support::*,
    training::{first_aid, office, standings, with},
};
use serde_json::{Value, json};
use trellis_domain::{employment::StaffCategory, id::OrganisationId, role::RoleName};
use trellis_persistence::{
    Act, Principal,
    training::{ListCompliance, Portion},
};

on_both! {
    async fn numbers_are_told_only_if_they_point_at_nobody(w: World) {
        let o = office(w).await;
        let of = o.asked(w, &o.hr, first_aid(o.trust.root)).await;
        let governor = o.trust.someone(w).with(RoleName::Governor, o.trust.school).made().await;
        for i in 0..12 {
            let who = o.trust.someone(w).at(o.trust.school).made().await;
            if i < 6 {
                o.done(w, &o.hr, &of, &who, "2026-09-10").await.expect(201);
            }
        }
        for _ in 0..4 {
            o.trust.someone(w).at(o.trust.other_school).made().await;
        }
        let counts = async |by: &Someone| w.get("/v1/training-compliance/summary").by(by).send().await.expect(200).items().to_vec();
        let of_school = |rows: &[Value], at: OrganisationId| rows.iter().find(|r| r["organisation_id"] == at.to_string()).cloned();
        let rows = counts(&governor).await;
        assert_eq!(rows.len(), 1, "a governor of one school counts nobody of another");
        let row = of_school(&rows, o.trust.school).unwrap();
        assert_eq!((&row["people"], &row["current"], &row["expired"]), (&json!(12), &json!(6), &json!(0)));
        let leader = o.trust.someone(w).with(RoleName::TrustLeader, o.trust.root).made().await;
        let few = of_school(&counts(&leader).await, o.trust.other_school).unwrap();
        for name in ["people", "not_required", "due", "due_soon", "current", "expiring", "expired", "exempt"] {
            assert_eq!(few[name], Value::Null, "{name}");
        }
        // one who is alone takes another number with them, from which theirs could be worked out
        let alone = o.trust.someone(w).at(o.trust.school).made().await;
        let new = json!({"requirement_id": of, "person_id": alone.person.to_string(), "reason": "Leave", "starts_on": "2026-10-01", "ends_on": "2026-11-30"});
        w.post("/v1/training-exemptions").by(&o.hr).json(new).send().await.expect(201);
        let row = of_school(&counts(&governor).await, o.trust.school).unwrap();
        assert_eq!((&row["people"], &row["exempt"]), (&json!(13), &Value::Null));
        let hidden = ["due", "due_soon", "current"].iter().filter(|n| row[**n].is_null()).count();
        assert_eq!(hidden, 1, "{row}");
        w.get("/v1/training-compliance/summary").by(&alone).send().await.problem(403, "role_required");
        // figures of two days, one less the other, would tell of single people
        w.get("/v1/training-compliance/summary?as_of=2026-11-30").by(&governor).send().await.problem(403, "not_permitted");
        let table = w.get("/v1/training-compliance/summary").by(&governor).header("accept", "text/csv").send().await.expect(200);
        assert!(table.text.starts_with("as_of,organisation_id,requirement_id,requirement_title,people,"), "{}", table.text);
        assert_eq!(table.text.lines().count(), 2);
    }

    async fn a_list_of_pairs_goes_on_where_it_stopped_and_tables_hold_no_formula(w: World) {
        let o = office(w).await;
        for _ in 0..7 {
            o.trust.someone(w).at(o.trust.school).made().await;
        }
        let odd = o.trust.someone(w).named("=cmd", "Okoro").at(o.trust.school).employed_as(StaffCategory::Support).made().await;
        let mut of = vec![];
        for n in 0..3 {
            of.push(o.asked(w, &o.hr, with(first_aid(o.trust.root), json!({"title": format!("=Training {n}")}))).await);
        }
        let only = with(first_aid(o.trust.school), json!({"audience": {"include": {"staff_categories": ["support"]}}}));
        o.asked(w, &o.hr, only).await;
        let all = standings(w, &o.head, "").await;
        assert_eq!(all.len(), 8 * 4);
        let walk = async |by: &Someone, query: &str, limit: usize| {
            let (mut out, mut cursor, mut pages) = (vec![], None::<String>, 0);
            loop {
                let next = cursor.map_or_else(String::new, |c| format!("&cursor={c}"));
                let page = w.get(format!("/v1/training-compliance?limit={limit}{query}{next}")).by(by).send().await.expect(200);
                assert!(page.items().len() <= limit);
                out.extend(page.items().iter().map(|r| (r["person_id"].clone(), r["requirement_id"].clone())));
                pages += 1;
                cursor = page.body["next_cursor"].as_str().map(str::to_owned);
                if cursor.is_none() {
                    return (out, pages);
                }
            }
        };
        // one school of the trust, and all of it: both find these people, each in its own way
        let (whole, _) = walk(&o.head, "", 200).await;
        for limit in [1, 3, 5, 31, 32] {
            for by in [&o.head, &o.hr] {
                let (found, pages) = walk(by, "", limit).await;
                assert_eq!(found, whole, "in parts of {limit}");
                assert_eq!(pages, 32_usize.div_ceil(limit), "in parts of {limit}");
            }
        }
        // a table is read by so many people at a time
        for people in [1, 3, 7, 8] {
            for by in [&o.head, &o.hr] {
                let (mut found, mut after, mut parts) = (vec![], None, 0);
                loop {
                    let act = Act { principal: Principal::Session { session: by.session, account: by.account }, ..w.operator(o.trust.id) };
                    let asked =
                        ListCompliance { organisation_id: None, as_of: None, requirement_id: None, status: None, person_id: None, after, portion: Portion::People(people) };
                    let page = w.db.read(act, asked).await.unwrap();
                    found.extend(page.items.iter().map(|r| (json!(r.person_id.to_string()), json!(r.requirement_id.to_string()))));
                    parts += 1;
                    after = page.next;
                    if after.is_none() {
                        break;
                    }
                }
                assert_eq!(found, whole, "in parts of {people} people");
                assert!(parts <= 8_usize.div_ceil(people), "{parts} parts of {people} people");
            }
        }
        let (some, _) = walk(&o.head, "&status=not_required", 2).await;
        assert_eq!(some.len(), 7);
        let cursor = w.get("/v1/training-compliance?limit=1").by(&o.head).send().await.expect(200).body["next_cursor"].as_str().unwrap().to_owned();
        w.get(format!("/v1/training-compliance?status=due&cursor={cursor}")).by(&o.head).send().await.problem(400, "cursor_filter_mismatch");
        w.get("/v1/training-compliance?cursor=nonsense").by(&o.head).send().await.problem(400, "invalid_cursor");
        w.get("/v1/training-compliance?status=overdue").by(&o.head).send().await.problem(400, "invalid_parameter");
        w.get("/v1/training-compliance?as_of=2026-02-30").by(&o.head).send().await.problem(400, "invalid_parameter");
        for day in ["0001-01-01", "9999-12-31"] {
            w.get(format!("/v1/training-compliance?as_of={day}")).by(&o.head).send().await.expect(200);
        }
        let table = w.get(format!("/v1/training-compliance?person_id={}", odd.person)).by(&o.head).header("accept", "text/csv").send().await.expect(200);
        assert_eq!(table.text.lines().count(), 5, "{}", table.text);
        assert!(table.text.contains(",'=cmd Okoro,") && table.text.contains(",'=Training 0,") && !table.text.contains(",="), "{}", table.text);
    }
}
