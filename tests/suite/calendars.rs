//! Calendars: whole versions, the trust's default and the school's own, and days counted by them.

use serde_json::{Value, json};
use trellis_domain::{access::Permission, role::RoleName};

fn calendar(at: impl ToString, year: i32, terms: &[(&str, &str)]) -> Value {
    let terms: Vec<Value> = terms.iter().map(|(from, to)| json!({"starts_on": from, "ends_on": to})).collect();
    json!({"organisation_id": at.to_string(), "academic_year": year, "bank_holidays": "england_and_wales", "terms": terms})
}

on_both! {
    async fn a_school_counts_by_its_own_calendar_and_else_by_the_trusts(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let head = trust.someone(w).at(trust.school).with(RoleName::Headteacher, trust.school).made().await;
        let due = async |days: u16, basis: &str| {
            let (school, from) = (trust.school, "2026-10-19");
            w.get(format!("/v1/organisations/{school}/due-day?from={from}&days={days}&basis={basis}")).by(&head).send().await
        };
        assert_eq!(due(10, "calendar").await.expect(200).body["due_on"], "2026-10-29");
        assert_eq!(due(10, "working").await.expect(200).body, json!({"due_on": "2026-11-02", "basis": "working", "calendar_ids": []}));
        assert!(due(10, "school").await.problem(409, "calendar_missing").text.contains("2026/27"));
        let post = async |by: &Someone, body: Value| w.post("/v1/calendars").by(by).json(body).send().await;
        let default = post(&hr, calendar(trust.root, 2026, &[("2026-09-02", "2026-10-23"), ("2026-11-02", "2026-12-18")])).await.expect(201);
        assert_eq!(due(10, "school").await.expect(200).body, json!({"due_on": "2026-11-09", "basis": "school", "calendar_ids": [default.id()]}));
        post(&head, calendar(trust.root, 2026, &[("2026-09-02", "2026-10-23")])).await.problem(403, "not_permitted");
        let own = [("2026-09-02", "2026-10-16"), ("2026-10-26", "2026-12-18")];
        let first = post(&head, calendar(trust.school, 2026, &own)).await.expect(201);
        assert_eq!(due(10, "school").await.expect(200).body["due_on"], "2026-11-06");
        let mut snow = calendar(trust.school, 2026, &own);
        snow["closures"] = json!([{"starts_on": "2026-11-04", "ends_on": "2026-11-05"}]);
        snow["inset_days"] = json!(["2026-10-26"]);
        let second = post(&head, snow).await.expect(201);
        assert_eq!((&first.body["number"], &second.body["number"]), (&json!(1), &json!(2)));
        assert_eq!(due(10, "school").await.expect(200).body, json!({"due_on": "2026-11-11", "basis": "school", "calendar_ids": [second.id()]}));
        // what was given stands where it stood
        let kept = w.get(format!("/v1/calendars/{}", first.id())).by(&head).send().await.expect(200);
        assert_eq!(kept.body, first.body);
        assert_eq!(w.get(format!("/v1/calendars?organisation_id={}&academic_year=2026", trust.school)).by(&head).send().await.items().len(), 2);
    }

    async fn a_calendar_whose_days_contradict_one_another_is_refused_with_all_of_them(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let mut wrong = calendar(trust.school, 2026, &[("2026-09-02", "2026-10-23"), ("2026-10-23", "2026-10-22")]);
        wrong["inset_days"] = json!(["2027-01-01"]);
        let refused = w.post("/v1/calendars").by(&admin).json(wrong).send().await.problem(422, "contradictory_calendar");
        assert_eq!(refused.pointers(), ["/terms/1/ends_on", "/terms/1/starts_on", "/inset_days/0"]);
    }

    async fn a_machine_reads_the_calendars_of_its_schools(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let post = async |body: Value| w.post("/v1/calendars").by(&admin).json(body).send().await.expect(201).id();
        let ours = post(calendar(trust.school, 2026, &[("2026-09-02", "2026-10-23")])).await;
        let theirs = post(calendar(trust.other_school, 2026, &[("2026-09-02", "2026-10-23")])).await;
        let (_, _, key) = w.key(&trust, &[Permission::ReadCycles, Permission::ReadChanges], Some(vec![trust.school])).await;
        w.get(format!("/v1/calendars/{ours}")).bearer(&key).send().await.expect(200);
        w.get(format!("/v1/calendars/{theirs}")).bearer(&key).send().await.problem(404, "not_found");
        let listed = w.get("/v1/calendars").bearer(&key).send().await.expect(200);
        assert_eq!(listed.items().iter().map(|c| c["id"].clone()).collect::<Vec<_>>(), [json!(ours)]);
        let told = w.get("/v1/changes?types=calendar&include=record").bearer(&key).send().await.expect(200);
        assert_eq!(told.items().iter().map(|c| c["record"]["value"]["id"].clone()).collect::<Vec<_>>(), [json!(ours)]);
        w.get(format!("/v1/organisations/{}/due-day?from=2026-10-05&days=1&basis=working", trust.other_school)).bearer(&key).send().await.problem(404, "not_found");
    }
}
