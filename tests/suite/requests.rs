//! Learning requests: two steps of a decision, nobody's own; money that is set aside, spent and set free exactly; what each may read.

use crate::{
    concurrency::{Shot, all_at_once},
    support::*,
};
use serde_json::{Value, json};
use trellis_domain::{access::Permission, id::OrganisationId, relationship::RelationshipKind, role::RoleName};

/// A school with those who ask, agree, approve, keep costs, and lead.
pub struct Staff {
    pub trust: Trust,
    pub teacher: Someone,
    pub manager: Someone,
    pub approver: Someone,
    pub viewer: Someone,
    pub head: Someone,
}
pub async fn staff(w: &World) -> Staff {
    let trust = w.trust("beacon").await;
    let at = trust.school;
    let manager = trust.someone(w).at(at).made().await;
    let teacher = trust.someone(w).at(at).made().await;
    w.appoint(&trust, RelationshipKind::LineManager, teacher.person, manager.person).await;
    let approver = trust.someone(w).at(at).with(RoleName::LearningApprover, at).made().await;
    let viewer = trust.someone(w).at(at).with(RoleName::LearningViewer, at).made().await;
    let head = trust.someone(w).at(at).with(RoleName::Headteacher, at).made().await;
    Staff { trust, teacher, manager, approver, viewer, head }
}
impl Staff {
    pub async fn line_at(&self, w: &World, by: &Someone, at: OrganisationId, pence: i64) -> String {
        let new = json!({"organisation_id": at.to_string(), "academic_year": 2026, "title": "Courses", "allocated_pence": pence});
        w.post("/v1/budget-lines").by(by).json(new).send().await.expect(201).id()
    }
    pub async fn line(&self, w: &World, pence: i64) -> String {
        self.line_at(w, &self.head, self.trust.school, pence).await
    }
    pub async fn draft(&self, w: &World, by: &Someone, cost: i32) -> String {
        let new = json!({"title": "Teaching writing", "why": "My Year 9 stop after a page", "needs": "A quiet room", "provider": "Writers' Guild",
            "starts_on": "2026-10-05", "ends_on": "2026-10-06", "cost_pence": cost, "cover_minutes": 360});
        format!("/v1/learning-requests/{}", w.post("/v1/learning-requests").by(by).json(new).send().await.expect(201).id())
    }
    pub async fn agreed(&self, w: &World, cost: i32) -> String {
        let at = self.draft(w, &self.teacher, cost).await;
        step(w, &self.teacher, &at, "submit", None).await.expect(200);
        step(w, &self.manager, &at, "manager-agree", Some(json!({}))).await.expect(200);
        at
    }
    pub async fn approved(&self, w: &World, cost: i32, line: &str) -> String {
        let at = self.agreed(w, cost).await;
        step(w, &self.approver, &at, "approve", Some(json!({"budget_line_id": line}))).await.expect(200);
        at
    }
}
pub async fn step(w: &World, by: &Someone, at: &str, step: &str, body: Option<Value>) -> Reply {
    let asking = w.post(format!("{at}/{step}")).by(by);
    match body {
        Some(body) => asking.json(body),
        None => asking,
    }
    .send()
    .await
}
fn why(reason: &str) -> Option<Value> {
    Some(json!({"reason": reason}))
}
/// Set aside, spent and left; and it is the sum of the entries, and what the requests hold.
async fn balance(w: &World, s: &Staff, line: &str) -> (i64, i64, i64) {
    let of = |v: &Value, name: &str| v[name].as_i64().unwrap();
    let lines = w.get("/v1/budget-balances?limit=200").by(&s.approver).send().await.expect(200);
    let found = lines.items().iter().find(|b| b["line"]["id"] == line).unwrap().clone();
    let told = (of(&found, "committed_pence"), of(&found, "spent_pence"), of(&found, "remaining_pence"));
    let entries = w.get(format!("/v1/budget-lines/{line}/entries?limit=200")).by(&s.approver).send().await.expect(200);
    let sum = |kind: &str| entries.items().iter().filter(|e| e["kind"] == kind).map(|e| of(e, "amount_pence")).sum::<i64>();
    let (committed, spent) = (sum("commit") - sum("release"), sum("spend") - sum("refund"));
    assert_eq!(told, (committed, spent, of(&found["line"], "allocated_pence") - committed - spent), "the ledger does not balance: {}", entries.text);
    let requests = w.get(format!("/v1/learning-requests?budget_line_id={line}&limit=200")).by(&s.approver).send().await.expect(200);
    let held = |state: &str| requests.items().iter().filter(|r| r["state"] == state).map(|r| of(r, "cost_pence")).sum::<i64>();
    assert_eq!(committed, held("approved"), "what is set aside is what is approved");
    assert_eq!(spent, requests.items().iter().filter_map(|r| r["spent_pence"].as_i64()).sum::<i64>());
    told
}

on_both! {
    async fn a_request_is_agreed_approved_booked_and_looked_back_on(w: World) {
        let s = staff(w).await;
        let line = s.line(w, 100_000).await;
        let at = s.draft(w, &s.teacher, 24_000).await;
        for other in [&s.manager, &s.approver, &s.head, &s.viewer] {
            w.get(&at).by(other).send().await.problem(404, "not_found");
        }
        let submitted = step(w, &s.teacher, &at, "submit", None).await.expect(200);
        assert!(submitted.can("withdraw") && !submitted.can("manager_agree") && !submitted.can("update"));
        step(w, &s.approver, &at, "approve", Some(json!({"budget_line_id": line}))).await.problem(409, "wrong_state");
        assert!(w.get(&at).by(&s.manager).send().await.expect(200).can("manager_agree"));
        step(w, &s.manager, &at, "manager-agree", why("It serves our plan")).await.expect(200);
        step(w, &s.approver, &at, "approve", Some(json!({}))).await.problem(422, "budget_line_needed");
        let approved = step(w, &s.approver, &at, "approve", Some(json!({"budget_line_id": line}))).await.expect(200);
        assert_eq!(approved.body["approved_by"], json!(s.approver.person.to_string()));
        assert_eq!(balance(w, &s, &line).await, (24_000, 0, 76_000));
        step(w, &s.teacher, &at, "book", Some(json!({"actual_cost_pence": 24_001}))).await.problem(403, "not_permitted");
        step(w, &s.teacher, &at, "book", Some(json!({"actual_cost_pence": 22_000}))).await.expect(200);
        assert_eq!(balance(w, &s, &line).await, (0, 22_000, 78_000));
        step(w, &s.teacher, &at, "attend", None).await.expect(200);
        step(w, &s.approver, &at, "record-cost", Some(json!({"actual_cost_pence": 25_000}))).await.expect(200);
        assert_eq!(balance(w, &s, &line).await, (0, 25_000, 75_000));
        step(w, &s.teacher, &at, "evaluate", Some(json!({"evaluation": "Worth the train."}))).await.expect(200);
        step(w, &s.teacher, &at, "review-impact", Some(json!({"conclusion": "adapt", "note": "Shorter texts"}))).await.expect(200);
        let closed = step(w, &s.teacher, &at, "close", None).await.expect(200);
        assert_eq!((&closed.body["state"], &closed.body["conclusion"]), (&json!("closed"), &json!("adapt")));
        let history = w.get(format!("{at}/history")).by(&s.manager).send().await.expect(200);
        let types: Vec<&str> = history.items().iter().rev().map(|e| e["type"].as_str().unwrap().trim_start_matches("learning_request.")).collect();
        assert_eq!(types, ["submitted", "manager_agreed", "approved", "booked", "attended", "cost_recorded", "evaluated", "impact_reviewed", "closed"]);
        assert!(!history.text.contains("Worth the train") && !history.text.contains("Shorter texts"), "what the owner wrote afterwards is in no log");
    }

    async fn a_decision_is_changed_with_its_reason_and_every_one_is_kept(w: World) {
        let s = staff(w).await;
        let line = s.line(w, 50_000).await;
        let at = s.draft(w, &s.teacher, 20_000).await;
        step(w, &s.teacher, &at, "submit", None).await.expect(200);
        step(w, &s.manager, &at, "manager-decline", Some(json!({}))).await.problem(422, "validation_failed");
        step(w, &s.manager, &at, "manager-decline", why("Not this term")).await.expect(200);
        step(w, &s.manager, &at, "manager-agree", why("The timetable changed")).await.expect(200);
        step(w, &s.approver, &at, "approve", Some(json!({"budget_line_id": line, "reason": "Good value"}))).await.expect(200);
        assert_eq!(balance(w, &s, &line).await.0, 20_000);
        step(w, &s.approver, &at, "decline", why("Cover cannot be found")).await.expect(200);
        assert_eq!(balance(w, &s, &line).await, (0, 0, 50_000), "a decision that is taken back sets the money free");
        step(w, &s.approver, &at, "approve", Some(json!({}))).await.expect(200);
        step(w, &s.approver, &at, "return", why("Ask for one day only")).await.expect(200);
        assert_eq!(balance(w, &s, &line).await.0, 0);
        w.patch(&at).by(&s.teacher).json(json!({"ends_on": "2026-10-05", "cost_pence": 12_000})).send().await.expect(200);
        step(w, &s.teacher, &at, "submit", None).await.expect(200);
        step(w, &s.manager, &at, "manager-agree", Some(json!({}))).await.expect(200);
        step(w, &s.approver, &at, "approve", Some(json!({}))).await.expect(200);
        assert_eq!(balance(w, &s, &line).await.0, 12_000);
        step(w, &s.teacher, &at, "withdraw", why("I am ill that week")).await.expect(200);
        assert_eq!(balance(w, &s, &line).await, (0, 0, 50_000));
        let kept = w.get(format!("{at}/decisions")).by(&s.teacher).send().await.expect(200);
        let told: Vec<(&str, &str)> = kept.items().iter().map(|d| (d["decision"].as_str().unwrap(), d["reason"].as_str().unwrap_or(""))).collect();
        assert_eq!(told, [
            ("manager_declined", "Not this term"), ("manager_agreed", "The timetable changed"), ("approved", "Good value"), ("declined", "Cover cannot be found"),
            ("approved", ""), ("returned", "Ask for one day only"), ("manager_agreed", ""), ("approved", ""), ("withdrawn", "I am ill that week"),
        ]);
        assert_eq!(kept.items()[3]["decided_by"], json!(s.approver.person.to_string()));
    }

    async fn nobody_decides_their_own_by_any_path(w: World) {
        let s = staff(w).await;
        let line = s.line(w, 50_000).await;
        // the approver asks for something themself, and is nobody's to manage
        let at = s.draft(w, &s.approver, 1_000).await;
        step(w, &s.approver, &at, "submit", None).await.expect(200);
        for action in ["manager-agree", "approve", "decline", "return", "record-cost", "manager-decline"] {
            let body = if action == "record-cost" { json!({"actual_cost_pence": 0}) } else { json!({"reason": "Mine"}) };
            step(w, &s.approver, &at, action, Some(body)).await.problem(403, "not_for_yourself");
        }
        let id = at.rsplit('/').next().unwrap();
        for decision in ["manager_agree", "approve", "decline", "return"] {
            let items = json!({"items": [{"id": id, "decision": decision, "reason": "Mine", "budget_line_id": line}]});
            let many = w.post("/v1/learning-requests/decide").by(&s.approver).json(items).send().await.expect(207);
            assert_eq!(many.body["results"][0]["problem"]["code"], "not_for_yourself", "{decision}");
        }
        // nor does whoever is everything at once: head, who keeps the budget, approver, HR, and who says for the head who appraises whom
        let school = s.trust.school;
        let everything = s.trust.someone(w).at(school).with(RoleName::Headteacher, school).with(RoleName::LearningApprover, school).with(RoleName::Hr, school);
        let everything = everything.with(RoleName::AppraisalDelegate, school).made().await;
        let own = s.draft(w, &everything, 1_000).await;
        step(w, &everything, &own, "submit", None).await.expect(200);
        for action in ["manager-agree", "approve", "decline", "return"] {
            step(w, &everything, &own, action, why("Mine")).await.problem(403, "not_for_yourself");
        }
        step(w, &s.approver, &own, "manager-agree", Some(json!({}))).await.expect(200);
        step(w, &everything, &own, "approve", Some(json!({"budget_line_id": line}))).await.problem(403, "not_for_yourself");
        step(w, &s.approver, &own, "approve", Some(json!({"budget_line_id": line}))).await.expect(200);
        // what was approved is all: more than that, they decide for others alone
        step(w, &everything, &own, "book", Some(json!({"actual_cost_pence": 1_001}))).await.problem(403, "not_permitted");
        step(w, &everything, &own, "book", Some(json!({"actual_cost_pence": 900}))).await.expect(200);
        step(w, &everything, &own, "record-cost", Some(json!({"actual_cost_pence": 1_001}))).await.problem(403, "not_for_yourself");
        w.appoint(&s.trust, RelationshipKind::LineManager, s.approver.person, s.head.person).await;
        // another approver says the last word, once their manager has said the first
        let second = s.trust.someone(w).at(s.trust.school).with(RoleName::LearningApprover, s.trust.school).made().await;
        step(w, &second, &at, "manager-agree", Some(json!({}))).await.problem(403, "not_permitted");
        step(w, &s.head, &at, "manager-agree", Some(json!({}))).await.expect(200);
        step(w, &s.head, &at, "approve", Some(json!({"budget_line_id": line}))).await.problem(403, "role_required");
        step(w, &second, &at, "approve", Some(json!({"budget_line_id": line}))).await.expect(200);
        // two records turn out to be one person: the word of the one counts nothing for the other
        let admin = s.trust.someone(w).with(RoleName::TrustAdmin, s.trust.root).made().await;
        let mine = s.approved(w, 2_000, &line).await;
        let gone = json!({"into": s.teacher.person.to_string()});
        w.post(format!("/v1/people/{}/merge", s.approver.person)).by(&admin).json(gone).send().await.expect(201);
        let merged = w.get(&mine).by(&s.teacher).send().await.expect(200);
        assert_eq!(merged.body["approved_by"], merged.body["person_id"]);
        step(w, &s.teacher, &mine, "book", Some(json!({}))).await.problem(403, "not_for_yourself");
        step(w, &s.teacher, &mine, "approve", Some(json!({}))).await.problem(403, "not_for_yourself");
        step(w, &second, &mine, "decline", why("Approved by its own owner")).await.expect(200);
        step(w, &second, &mine, "approve", Some(json!({}))).await.expect(200);
        step(w, &s.teacher, &mine, "book", Some(json!({}))).await.expect(200);
    }

    async fn who_keeps_costs_and_cover_reads_those_and_comments(w: World) {
        let s = staff(w).await;
        let line = s.line(w, 50_000).await;
        let at = s.approved(w, 20_000, &line).await;
        let seen = w.get(&at).by(&s.viewer).send().await.expect(200);
        assert_eq!((&seen.body["cost_pence"], &seen.body["cover_minutes"], &seen.body["redacted"]), (&json!(20_000), &json!(360), &json!(["why", "needs", "objective_ids"])));
        let (_, _, machine) = w.key(&s.trust, &[Permission::ReadRequests, Permission::ReadChanges], None).await;
        for path in [at.clone(), "/v1/learning-requests?limit=200".into(), format!("{at}/history"), format!("{at}/decisions"), format!("{at}/impact")] {
            for credential in [&s.viewer.token, &machine] {
                let reply = w.get(&path).bearer(credential).send().await.expect(200);
                assert!(!reply.text.contains("Year 9") && !reply.text.contains("quiet room"), "{path}: {}", reply.text);
            }
            let full = w.get(&path).by(&s.manager).send().await.expect(200);
            assert!(path.ends_with("decisions") || path.ends_with("impact") || full.text.contains("Year 9"), "{path}: {}", full.text);
        }
        let feed = w.get("/v1/changes?types=learning_request&include=record").bearer(&machine).send().await.expect(200);
        assert!(feed.items().len() >= 3 && !feed.text.contains("Year 9"), "{}", feed.text);
        assert_eq!(feed.items()[0]["type"], "learning_request.submitted", "the draft is its author's");
        assert!(seen.can("comment") && !seen.can("approve") && !seen.can("manager_agree"));
        w.post(format!("{at}/comments")).by(&s.viewer).json(json!({"text": "Mr Bevan can cover both mornings."})).send().await.expect(201);
        w.post(format!("{at}/comments")).by(&s.teacher).json(json!({"text": "Thank you!"})).send().await.expect(201);
        let said = w.get(format!("{at}/comments")).by(&s.head).send().await.expect(200);
        assert_eq!(said.items().iter().map(|c| c["text"].as_str().unwrap()).collect::<Vec<_>>(), ["Mr Bevan can cover both mornings.", "Thank you!"]);
        assert!(!w.get(format!("{at}/history")).by(&s.head).send().await.text.contains("Bevan"));
        for (action, body) in [("approve", json!({})), ("decline", json!({"reason": "no"}))] {
            step(w, &s.viewer, &at, action, Some(body)).await.problem(403, "role_required");
        }
        step(w, &s.viewer, &at, "manager-agree", Some(json!({}))).await.problem(403, "not_permitted");
        let (stranger, draft) = (s.trust.someone(w).at(s.trust.school).made().await, s.draft(w, &s.teacher, 1).await);
        for path in [&at, &draft] {
            w.post(format!("{path}/comments")).by(&stranger).json(json!({"text": "Hello"})).send().await.problem(404, "not_found");
        }
        w.post(format!("{draft}/comments")).by(&s.teacher).json(json!({"text": "Hello"})).send().await.problem(409, "wrong_state");
    }

    async fn many_are_decided_at_once_each_judged_for_itself(w: World) {
        let s = staff(w).await;
        let line = s.line(w, 45_000).await;
        let mut ids = vec![];
        for _ in 0..3 {
            ids.push(s.agreed(w, 20_000).await.rsplit('/').next().unwrap().to_owned());
        }
        let draft = s.draft(w, &s.teacher, 1).await.rsplit('/').next().unwrap().to_owned();
        let approve = |id: &str| json!({"id": id, "decision": "approve", "budget_line_id": line});
        let items = json!({"items": [approve(&ids[0]), approve(&ids[0]), {"id": ids[1], "decision": "decline"}, approve(&ids[1]), approve(&ids[2]), approve(&draft)]});
        let done = w.post("/v1/learning-requests/decide").by(&s.approver).json(items).send().await.expect(207).body;
        let told: Vec<&Value> = done["results"].as_array().unwrap().iter().map(|r| if r["problem"].is_null() { &r["request"]["state"] } else { &r["problem"]["code"] }).collect();
        assert_eq!(told, ["approved", "wrong_state", "contradictory_members", "approved", "budget_exceeded", "unknown_reference"]);
        assert!(done["results"][4]["problem"]["detail"].as_str().unwrap().contains("£50.00 remains"), "{done}");
        assert_eq!((&done["decided"], &done["failed"]), (&json!(2), &json!(4)));
        assert_eq!(balance(w, &s, &line).await, (40_000, 0, 5_000));
        let nobody = json!({"items": [{"id": "01938a5e-7c00-7000-8000-0000000000ff", "decision": "approve"}]});
        let nothing = w.post("/v1/learning-requests/decide").by(&s.approver).json(nobody).send().await.expect(207).body;
        assert_eq!(nothing["results"][0]["problem"], done["results"][5]["problem"], "a draft of somebody's is as if it were not there");
        let too_many: Vec<Value> = (0..101).map(|_| approve(&ids[0])).collect();
        w.post("/v1/learning-requests/decide").by(&s.approver).json(json!({"items": too_many})).send().await.problem(422, "validation_failed");
    }

    async fn a_line_pays_only_for_its_own_school_and_year_and_never_more_than_it_has(w: World) {
        let s = staff(w).await;
        let leader = s.trust.someone(w).with(RoleName::TrustLeader, s.trust.root).made().await;
        let (ours, theirs) = (s.line(w, 10_000).await, s.line_at(w, &leader, s.trust.other_school, 90_000).await);
        let trusts = s.line_at(w, &leader, s.trust.root, 90_000).await;
        let last = json!({"organisation_id": s.trust.school.to_string(), "academic_year": 2025, "title": "Last year", "allocated_pence": 90_000});
        let last = w.post("/v1/budget-lines").by(&s.head).json(last).send().await.expect(201).id();
        let elsewhere = w.trust("crest").await;
        let their_head = elsewhere.someone(w).with(RoleName::Headteacher, elsewhere.root).made().await;
        let foreign = s.line_at(w, &their_head, elsewhere.root, 90_000).await;
        let at = s.agreed(w, 10_001).await;
        let mut told = vec![];
        for line in [&theirs, &trusts, &last, &foreign, &"01938a5e-7c00-7000-8000-0000000000ff".to_owned()] {
            let refused = step(w, &s.approver, &at, "approve", Some(json!({"budget_line_id": line}))).await.problem(422, "unknown_reference");
            assert_eq!(refused.pointers(), ["/budget_line_id"]);
            told.push(refused.body["detail"].clone());
        }
        told.dedup();
        assert_eq!(told.len(), 1, "another school's line, another tenant's and none are not told apart");
        let red = step(w, &s.approver, &at, "approve", Some(json!({"budget_line_id": ours}))).await.problem(409, "budget_exceeded");
        assert!(red.body["detail"].as_str().unwrap().contains("£100.01 and £100.00 remains"), "{}", red.text);
        let of_trust = s.trust.someone(w).with(RoleName::LearningApprover, s.trust.root).made().await;
        step(w, &of_trust, &at, "approve", Some(json!({"budget_line_id": trusts}))).await.expect(200);
        for (line, by) in [(&theirs, &s.approver), (&trusts, &s.approver), (&foreign, &s.approver), (&ours, &s.teacher)] {
            let status = if by.person == s.teacher.person { 403 } else { 404 };
            w.get(format!("/v1/budget-lines/{line}")).by(by).send().await.expect(status);
            w.get(format!("/v1/budget-lines/{line}/entries")).by(by).send().await.problem(404, "not_found");
        }
        w.get(format!("/v1/budget-lines/{trusts}/entries")).by(&leader).send().await.problem(404, "not_found");
        let ours_at = format!("/v1/budget-lines/{ours}");
        let at = s.approved(w, 4_000, &ours).await;
        w.patch(&ours_at).by(&s.head).json(json!({"allocated_pence": 3_999})).send().await.problem(409, "budget_exceeded");
        w.patch(&ours_at).by(&s.head).json(json!({"allocated_pence": 4_000})).send().await.expect(200);
        w.patch(&ours_at).by(&s.approver).json(json!({"allocated_pence": 1})).send().await.problem(403, "role_required");
        step(w, &s.approver, &at, "book", Some(json!({"actual_cost_pence": 4_001}))).await.problem(409, "budget_exceeded");
        step(w, &s.approver, &at, "book", Some(json!({}))).await.expect(200);
        let other_head = s.trust.someone(w).with(RoleName::Headteacher, s.trust.other_school).made().await;
        w.patch(&ours_at).by(&other_head).json(json!({"title": "Mine"})).send().await.problem(404, "not_found");
    }

    async fn balances_are_of_the_organisation_that_is_asked_for(w: World) {
        let s = staff(w).await;
        let leader = s.trust.someone(w).with(RoleName::TrustLeader, s.trust.root).made().await;
        let ours = s.line(w, 10_000).await;
        let theirs = s.line_at(w, &leader, s.trust.other_school, 90_000).await;
        let trusts = s.line_at(w, &leader, s.trust.root, 70_000).await;
        s.approved(w, 4_000, &ours).await;
        let told = async |by: &Someone, query: String| {
            let found = w.get(format!("/v1/budget-balances?limit=200{query}")).by(by).send().await.expect(200);
            let mut out: Vec<(String, i64, i64)> =
                found.items().iter().map(|b| (b["line"]["id"].as_str().unwrap().to_owned(), b["committed_pence"].as_i64().unwrap(), b["remaining_pence"].as_i64().unwrap())).collect();
            out.sort();
            out
        };
        let mut all = vec![(ours, 4_000, 6_000), (theirs, 0, 90_000), (trusts, 0, 70_000)];
        for (i, at) in [s.trust.school, s.trust.other_school, s.trust.root].iter().enumerate() {
            assert_eq!(told(&leader, format!("&organisation_id={at}")).await, [all[i].clone()]);
            assert!(told(&leader, format!("&organisation_id={at}&academic_year=2025")).await.is_empty());
        }
        // asking for another school's tells its balance to nobody who may not read it
        let ours = all[0].clone();
        assert_eq!(told(&s.head, format!("&organisation_id={}", s.trust.school)).await, std::slice::from_ref(&ours));
        assert!(told(&s.head, format!("&organisation_id={}", s.trust.other_school)).await.is_empty());
        assert_eq!(told(&s.head, String::new()).await, [ours]);
        all.sort();
        assert_eq!(told(&leader, String::new()).await, all);
    }

    async fn what_is_absurd_is_refused_with_all_of_it_named_at_once(w: World) {
        let s = staff(w).await;
        let absurd = json!({"title": "", "starts_on": "2026-10-05", "cost_pence": -1, "cover_minutes": 60_001, "ends_on": "soon"});
        let refused = w.post("/v1/learning-requests").by(&s.teacher).json(absurd).send().await.problem(422, "validation_failed");
        let mut named = refused.pointers();
        named.sort_unstable();
        assert_eq!(named, ["/cost_pence", "/cover_minutes", "/ends_on", "/title"]);
        let backwards = json!({"title": "A course", "starts_on": "2026-10-05", "ends_on": "2026-10-04", "session_id": "01938a5e-7c00-7000-8000-0000000000ff"});
        assert_eq!(w.post("/v1/learning-requests").by(&s.teacher).json(backwards).send().await.problem(422, "impossible_dates").pointers(), ["/ends_on", "/activity_id"]);
        let past = json!({"title": "A course", "starts_on": "2026-10-04"});
        let past = w.post("/v1/learning-requests").by(&s.teacher).json(past).send().await.expect(201);
        step(w, &s.teacher, &format!("/v1/learning-requests/{}", past.id()), "submit", None).await.problem(422, "impossible_dates");
        let unknown = json!({"title": "A course", "starts_on": "2026-10-05", "objective_ids": ["01938a5e-7c00-7000-8000-0000000000ff"]});
        w.post("/v1/learning-requests").by(&s.teacher).json(unknown).send().await.problem(422, "unknown_reference");
        let new = json!({"organisation_id": s.trust.school.to_string(), "academic_year": 1999, "title": "Courses", "allocated_pence": -5, "plan_above_pence": -1});
        let refused = w.post("/v1/budget-lines").by(&s.head).json(new).send().await.problem(422, "validation_failed");
        assert_eq!(refused.pointers().len(), 3);
    }

    async fn eight_approvals_at_once_for_a_line_with_room_for_three(w: World) {
        let s = staff(w).await;
        for _ in 0..2 {
            let line = s.line(w, 35_000).await;
            let mut shots = vec![];
            for _ in 0..8 {
                let at = s.agreed(w, 10_000).await;
                shots.push(Shot::post(format!("{at}/approve"), &s.approver.token).json(json!({"budget_line_id": line})));
            }
            let answers = all_at_once(w, shots);
            let won = answers.iter().filter(|(status, _)| *status == 200).count();
            assert_eq!(won, 3, "{answers:?}");
            assert!(answers.iter().all(|(status, body)| *status == 200 || body["code"] == "budget_exceeded"), "{answers:?}");
            assert_eq!(balance(w, &s, &line).await, (30_000, 0, 5_000));
        }
    }

    async fn approving_against_withdrawing_has_one_winner_and_the_ledger_is_exact(w: World) {
        let s = staff(w).await;
        let line = s.line(w, 1_000_000).await;
        let mut kept = 0;
        for _ in 0..6 {
            let at = s.agreed(w, 10_000).await;
            let etag = w.get(&at).by(&s.teacher).send().await.expect(200).etag();
            let approve = Shot::post(format!("{at}/approve"), &s.approver.token).with("if-match", &etag).json(json!({"budget_line_id": line}));
            let withdraw = Shot::post(format!("{at}/withdraw"), &s.teacher.token).with("if-match", &etag).json(json!({"reason": "Another idea"}));
            let answers = all_at_once(w, vec![approve, withdraw]);
            let mut statuses: Vec<u16> = answers.iter().map(|a| a.0).collect();
            kept += if statuses[0] == 200 { 10_000 } else { 0 };
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 412], "{answers:?}");
            assert_eq!(balance(w, &s, &line).await, (kept, 0, 1_000_000 - kept));
        }
        // the same approval twice at once is one
        let at = s.agreed(w, 10_000).await;
        let approve = Shot::post(format!("{at}/approve"), &s.approver.token).json(json!({"budget_line_id": line}));
        let answers = all_at_once(w, vec![approve.clone(), approve]);
        assert_eq!(answers.iter().filter(|(status, _)| *status == 200).count(), 1, "{answers:?}");
        assert_eq!(balance(w, &s, &line).await.0, kept + 10_000);
    }

    async fn money_stays_spent_when_its_owner_is_erased_and_nobody_is_while_it_is_set_aside(w: World) {
        let s = staff(w).await;
        let hr = s.trust.someone(w).with(RoleName::Hr, s.trust.root).made().await;
        let line = s.line(w, 50_000).await;
        let at = s.approved(w, 20_000, &line).await;
        w.patch(format!("/v1/employments/{}", s.teacher.employment.unwrap())).by(&hr).json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
        let family = w.get(format!("/v1/people/{}", s.teacher.person)).by(&hr).send().await.expect(200).body["family_name"].clone();
        let erase = async || w.post(format!("/v1/people/{}/erase", s.teacher.person)).by(&hr).json(json!({"family_name": family, "reason": "requested"})).send().await;
        erase().await.problem(409, "still_needed");
        step(w, &s.approver, &at, "book", Some(json!({}))).await.expect(200);
        let erased = erase().await.expect(200);
        assert!(erased.text.contains("learning_request"), "{}", erased.text);
        w.get(&at).by(&s.approver).send().await.problem(404, "not_found");
        let entries = w.get(format!("/v1/budget-lines/{line}/entries")).by(&s.approver).send().await.expect(200);
        let kinds: Vec<(&str, bool)> = entries.items().iter().map(|e| (e["kind"].as_str().unwrap(), e["learning_request_id"].is_null())).collect();
        assert_eq!(kinds, [("commit", true), ("release", true), ("spend", true)]);
    }
}
