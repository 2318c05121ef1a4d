//! External advisers: for the days of their role they read the appraisal of a headteacher and the objectives in it, write nothing, and learn of nobody else.

use crate::{
    appraisals::{YEAR, cycle},
    reports::{SAID, step},
    support::*,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use trellis_domain::{employment::StaffCategory, role::RoleName};

/// A school in its planning: its headteacher, a teacher whom they appraise, HR, and an administrator of the trust.
struct School {
    trust: Trust,
    admin: Someone,
    hr: Someone,
    head: Someone,
    teacher: Someone,
    /// The address of the cycle.
    cycle: String,
}
async fn school(w: &World) -> School {
    let trust = w.trust("beacon").await;
    let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
    let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
    let head = trust.someone(w).at(trust.school).employed_as(StaffCategory::Headteacher).with(RoleName::Headteacher, trust.school).made().await;
    let teacher = trust.someone(w).at(trust.school).appraised_by(&head).made().await;
    let cycle = cycle(w, &trust, &hr, "england_maintained_2012", YEAR).await;
    w.create_appraisals(&cycle, &hr).await;
    School { trust, admin, hr, head, teacher, cycle }
}
async fn appraisal(w: &World, who: &Someone) -> String {
    let found = w.get(format!("/v1/appraisals?person_id={}", who.person)).by(who).send().await.expect(200);
    format!("/v1/appraisals/{}", found.items()[0]["id"].as_str().unwrap())
}
/// What somebody means to do: in the cycle, or beside it; proposed, or not yet.
async fn aim(w: &World, o: &School, whose: &Someone, cycle: bool, proposed: bool) -> String {
    let mut new = json!({"employment_id": whose.employment.unwrap().to_string(), "kind": "practice", "title": format!("{SAID} aims")});
    if cycle {
        new["cycle_id"] = json!(o.cycle.rsplit('/').next().unwrap());
    }
    let at = format!("/v1/objectives/{}", w.post("/v1/objectives").by(whose).json(new).send().await.expect(201).id());
    if proposed {
        step(w, &at, "propose", whose, None).await.expect(200);
    }
    at
}
async fn advising(w: &World, o: &School, who: &Someone, at: impl ToString, ends_on: &str) -> String {
    let role = json!({"person_id": who.person.to_string(), "role": "external_adviser", "organisation_id": at.to_string(), "starts_on": "2026-10-05", "ends_on": ends_on});
    w.post("/v1/roles").by(&o.admin).json(role).send().await.expect(201).id()
}
async fn listed(w: &World, list: &str, by: &Someone) -> Vec<String> {
    let found = w.get(format!("/v1/{list}?limit=200")).by(by).send().await.expect(200);
    found.items().iter().map(|item| format!("/v1/{list}/{}", item["id"].as_str().unwrap())).collect()
}
/// Whom the caller advises, as they are told.
async fn advised(w: &World, by: &Someone) -> Value {
    w.get("/v1/me").by(by).send().await.expect(200).body["advises"].clone()
}

on_both! {
    async fn an_adviser_reads_the_headteachers_appraisal_and_what_stands_in_it(w: World) {
        let o = school(w).await;
        let at = appraisal(w, &o.head).await;
        let set = aim(w, &o, &o.head, true, true).await;
        let hidden = [aim(w, &o, &o.head, true, false).await, aim(w, &o, &o.head, false, true).await];
        let taught = aim(w, &o, &o.teacher, true, true).await;
        let there = o.trust.someone(w).at(o.trust.other_school).employed_as(StaffCategory::Headteacher).made().await;
        let adviser = o.trust.someone(w).named("Ilse", "Brandt").made().await;
        assert_eq!(advised(w, &adviser).await, json!([]));
        w.get(&at).by(&adviser).send().await.problem(404, "not_found");
        assert_eq!((listed(w, "appraisals", &adviser).await, listed(w, "objectives", &adviser).await), (vec![], vec![]));
        advising(w, &o, &adviser, o.trust.school, "2027-08-31").await;

        assert_eq!(advised(w, &adviser).await, json!([o.head.person.to_string()]));
        let read = w.get(&at).by(&adviser).send().await.expect(200);
        assert_eq!(read.body["person_id"], o.head.person.to_string(), "{}", read.text);
        assert!(read.body["redacted"].as_array().is_none_or(Vec::is_empty), "{}", read.text);
        assert_eq!(listed(w, "appraisals", &adviser).await, std::slice::from_ref(&at));
        assert_eq!(listed(w, "objectives", &adviser).await, std::slice::from_ref(&set));
        assert_eq!(w.get(&set).by(&adviser).send().await.expect(200).body["title"], format!("{SAID} aims"));
        let named = w.get(format!("{at}?expand=people")).by(&adviser).send().await.expect(200);
        assert!(named.text.contains(&o.head.person.to_string()), "{}", named.text);
        let name = w.get(format!("/v1/people/{}", o.head.person)).by(&adviser).send().await.expect(200);
        assert!(name.body["trn"].is_null() && !name.body["family_name"].is_null(), "{}", name.text);

        for path in hidden.iter().chain([&appraisal(w, &o.teacher).await, &taught, &format!("{at}/history"), &format!("{at}/report-draft")]) {
            let refused = w.get(path.as_str()).by(&adviser).send().await;
            assert_eq!(refused.status, 404, "{path}: {}", refused.text);
        }
        for other in [&o.teacher, &there] {
            w.get(format!("/v1/people/{}", other.person)).by(&adviser).send().await.problem(404, "not_found");
        }
        for list in ["appraisal-reports", "conversations", "learning-records", "development-needs", "agreed-actions", "learning-requests"] {
            assert_eq!(listed(w, list, &adviser).await, Vec::<String>::new(), "{list}");
        }
        w.get("/v1/changes").by(&adviser).send().await.problem(403, "role_required");
    }

    async fn the_role_is_given_for_a_time(w: World) {
        let o = school(w).await;
        let adviser = o.trust.someone(w).made().await;
        let role = |more: Value| {
            let mut body = json!({"person_id": adviser.person.to_string(), "role": "external_adviser", "organisation_id": o.trust.school.to_string(), "starts_on": "2026-10-05"});
            more.as_object().unwrap().iter().for_each(|(name, value)| body[name] = value.clone());
            w.post("/v1/roles").by(&o.admin).json(body).send()
        };
        for more in [json!({}), json!({"ends_on": null}), json!({"ends_on": "2029-01-01"})] {
            let refused = role(more).await.problem(422, "contradictory_members");
            assert_eq!(refused.pointers(), ["/ends_on"], "{}", refused.text);
            assert!(refused.text.contains("last day"), "{}", refused.text);
        }
        role(json!({"ends_on": "2027-12-31"})).await.expect(201);
        let row = json!({"rows": [{"external_ref": {"source": "mis", "id": "a1"}, "given_name": "Ilse", "family_name": "Brandt",
            "roles": [{"role": "external_adviser", "organisation": {"id": o.trust.school.to_string()}, "starts_on": "2026-10-05"}]}]});
        let reply = w.post("/v1/people/bulk-upsert").by(&o.admin).json(row).send().await.expect(207);
        let errors = &reply.body["results"][0]["problem"]["errors"];
        assert_eq!((&errors[0]["code"], &errors[0]["pointer"]), (&json!("contradictory_members"), &json!("/rows/0/roles/0/ends_on")), "{}", reply.text);
    }

    async fn who_takes_part_in_what_an_adviser_reads_is_known_to_them_too(w: World) {
        let o = school(w).await;
        let (set, beside) = (aim(w, &o, &o.head, true, true).await, aim(w, &o, &o.head, false, true).await);
        let colleague = o.trust.someone(w).at(o.trust.school).made().await;
        let mut parts = vec![];
        for objective in [&set, &beside] {
            let new = json!({"objective_id": objective.rsplit('/').next().unwrap(), "person_id": colleague.person.to_string()});
            parts.push(format!("/v1/collaborations/{}", w.post("/v1/collaborations").by(&o.head).json(new).send().await.expect(201).id()));
        }
        let adviser = o.trust.someone(w).made().await;
        w.get(&parts[0]).by(&adviser).send().await.problem(404, "not_found");
        advising(w, &o, &adviser, o.trust.school, "2027-08-31").await;
        assert_eq!(listed(w, "collaborations", &adviser).await, parts[..1]);
        let seen = w.get(&parts[0]).by(&adviser).send().await.expect(200);
        assert_eq!(seen.body["person_id"], colleague.person.to_string());
        assert!(seen.body["can"].as_object().unwrap().values().all(|can| can["allowed"] == false), "{}", seen.text);
        w.get(&parts[1]).by(&adviser).send().await.problem(404, "not_found");
        w.get(&parts[0]).by(&o.teacher).send().await.problem(404, "not_found");
    }

    async fn an_adviser_writes_nothing(w: World) {
        let o = school(w).await;
        let (at, set) = (appraisal(w, &o.head).await, aim(w, &o, &o.head, true, true).await);
        let adviser = o.trust.someone(w).made().await;
        advising(w, &o, &adviser, o.trust.root, "2027-08-31").await;
        for path in [&at, &set] {
            let can = w.get(path.as_str()).by(&adviser).send().await.expect(200).body["can"].clone();
            let allowed: Vec<_> = can.as_object().unwrap().iter().filter(|(_, can)| can["allowed"] == true).collect();
            assert!(allowed.is_empty(), "{path}: {allowed:?}");
        }
        for name in ["start-planning", "inform-standards", "consult-adviser", "start"] {
            step(w, &at, name, &adviser, None).await.problem(403, "not_permitted");
        }
        // nor are they told by a stale version what changed
        let stale = w.post(format!("{at}/start-planning")).by(&adviser).if_match("\"0\"").send().await.problem(412, "stale");
        assert!(stale.body["changed_by"].is_null() && stale.body["changed"].as_array().is_none_or(Vec::is_empty), "{}", stale.text);
        let patched = w.patch(&set).by(&adviser).if_match("*").json(json!({"title": "Mine"})).send().await;
        assert_eq!(patched.status, 403, "{}", patched.text);
        let note = w.post(format!("{set}/notes")).by(&adviser).json(json!({"text": "Noted"})).send().await;
        assert!(matches!(note.status, 403 | 404), "{}", note.text);
        let new = json!({"employment_id": o.head.employment.unwrap().to_string(), "kind": "practice", "title": "Mine"});
        w.post("/v1/objectives").by(&adviser).json(new).send().await.problem(422, "unknown_reference");
    }

    async fn access_ends_with_the_days_of_the_role_or_of_the_post(w: World) {
        let o = school(w).await;
        let at = appraisal(w, &o.head).await;
        let [adviser, other] = [o.trust.someone(w).made().await, o.trust.someone(w).made().await];
        advising(w, &o, &adviser, o.trust.school, "2026-10-06").await;
        let role = advising(w, &o, &other, o.trust.school, "2027-08-31").await;
        w.get(&at).by(&adviser).send().await.expect(200);
        // a headteacher who advises at their own school reads their own as everybody does
        advising(w, &o, &o.head, o.trust.school, "2027-08-31").await;
        assert_eq!(advised(w, &o.head).await, json!([]));
        w.later(TimeDelta::days(2));
        let again = |who: &Someone| Someone { token: w.token(o.trust.id, who), ..who.clone() };
        w.get(&at).by(&again(&adviser)).send().await.problem(404, "not_found");
        w.get(&at).by(&again(&other)).send().await.expect(200);
        let hr = again(&o.hr);
        let post = format!("/v1/employments/{}", o.head.employment.unwrap());
        w.patch(&post).by(&hr).if_match("*").json(json!({"ends_on": "2026-10-07"})).send().await.expect(200);
        w.get(&at).by(&again(&other)).send().await.expect(200);
        w.later(TimeDelta::days(1));
        w.get(&at).by(&again(&other)).send().await.problem(404, "not_found");
        assert_eq!(advised(w, &again(&other)).await, json!([]), "{role}");
    }

    async fn what_a_headteacher_was_before_is_not_the_advisers_to_read(w: World) {
        let o = school(w).await;
        let (taught, set) = (aim(w, &o, &o.teacher, true, true).await, aim(w, &o, &o.head, true, true).await);
        let adviser = o.trust.someone(w).made().await;
        advising(w, &o, &adviser, o.trust.school, "2027-08-31").await;
        let post = format!("/v1/employments/{}", o.teacher.employment.unwrap());
        w.patch(&post).by(&o.hr).if_match("*").json(json!({"staff_category": "headteacher"})).send().await.expect(200);
        assert_eq!(advised(w, &adviser).await.as_array().unwrap().len(), 2);
        for path in [&taught, &appraisal(w, &o.teacher).await] {
            w.get(path.as_str()).by(&adviser).send().await.problem(404, "not_found");
        }
        assert_eq!(listed(w, "objectives", &adviser).await, [set]);
        // where somebody worked is not found out by asking for the people of a school
        let there = w.get(format!("/v1/people?organisation_id={}", o.trust.school)).by(&adviser).send().await.expect(200);
        assert_eq!(there.items(), [] as [Value; 0]);
    }
}
