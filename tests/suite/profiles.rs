//! Rule profiles: shipped as data, made one's own by tightening, pinned by cycles.

use serde_json::{Value, json};
use trellis_domain::role::RoleName;

fn rules() -> Value {
    json!({
        "minimum_employment_months": 4, "excluded_while": ["induction", "capability"], "period_months": 12, "mid_year_review_required": false,
        "headteacher_panel": {"min": 2, "max": 3, "staff_excluded": true, "external_adviser_required": true}, "keep_years": 6,
    })
}
fn profile(based_on: &str, rules: Value) -> Value {
    json!({"key": "ours", "name": "Ours", "legal_basis": "Our policy of July 2026", "based_on": based_on, "rules": rules})
}

on_both! {
    async fn every_nation_is_data_and_says_what_it_calls_things(w: World) {
        let trust = w.trust("beacon").await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let all = w.get("/v1/rule-profiles").by(&teacher).send().await.expect(200);
        let keys: Vec<&str> = all.items().iter().filter_map(|p| p["key"].as_str()).collect();
        assert_eq!(keys, ["england_maintained_2012", "england_academy_policy", "support_staff_policy", "wales_2011", "scotland_prd"]);
        let page = w.get("/v1/rule-profiles?limit=2").by(&teacher).send().await.expect(200);
        let next = page.body["next_cursor"].as_str().unwrap();
        let rest = w.get(format!("/v1/rule-profiles?limit=50&cursor={next}")).by(&teacher).send().await.expect(200);
        assert_eq!(rest.items(), &all.items()[2..]);
        let wales = w.get("/v1/rule-profiles?key=wales_2011").by(&teacher).send().await.expect(200);
        let wales = &wales.items()[0];
        assert_eq!(wales["labels"]["report"], "Appraisal statement");
        for rule in ["review_notice", "report_within", "comment_within", "appeal_within"] {
            assert_eq!(wales["rules"][rule], json!({"days": 10, "basis": "school"}), "{rule}");
        }
        let one = w.get(format!("/v1/rule-profiles/{}", wales["id"].as_str().unwrap())).by(&teacher).send().await.expect(200);
        assert_eq!(one.body["rules"], wales["rules"]);
        assert!(!one.can("publish"));
    }

    async fn what_the_law_fixes_is_tightened_and_every_loosening_is_named(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let shipped = w.get("/v1/rule-profiles").by(&admin).send().await.expect(200);
        let maintained = shipped.items()[0]["id"].as_str().unwrap().to_owned();
        let post = async |body: Value| w.post("/v1/rule-profiles").by(&admin).json(body).send().await;
        let mut loose = rules();
        loose["minimum_employment_months"] = json!(12);
        loose["excluded_while"] = json!(["induction"]);
        loose["headteacher_panel"]["max"] = Value::Null;
        let refused = post(profile(&maintained, loose)).await.problem(422, "legal_minimum");
        assert_eq!(refused.pointers(), ["/rules/minimum_employment_months", "/rules/excluded_while", "/rules/headteacher_panel"]);
        let mut crossed = rules();
        crossed["minimum_objectives"] = json!(4);
        crossed["maximum_objectives"] = json!(3);
        crossed["report_due"] = json!({"month": 2, "day": 30});
        assert_eq!(post(profile(&maintained, crossed)).await.problem(422, "contradictory_rules").pointers(), ["/rules/maximum_objectives", "/rules/report_due/day"]);
        let mut taken = profile(&maintained, rules());
        taken["key"] = json!("wales_2011");
        post(taken).await.problem(409, "duplicate");
        w.post("/v1/rule-profiles").by(&hr).json(profile(&maintained, rules())).send().await.problem(403, "role_required");

        let first = post(profile(&maintained, rules())).await.expect(201);
        assert_eq!((&first.body["number"], &first.body["state"], &first.body["nation"]), (&json!(1), &json!("draft"), &json!("england")));
        post(profile(&first.id(), rules())).await.problem(422, "unknown_reference");
        let at = format!("/v1/rule-profiles/{}", first.id());
        w.post(format!("{at}/publish")).by(&admin).send().await.expect(200);
        w.post(format!("{at}/publish")).by(&admin).send().await.problem(409, "published");
        // the law at the beginning of the line holds for whatever is made from it
        let mut later = rules();
        later["excluded_while"] = json!([]);
        assert_eq!(post(profile(&first.id(), later)).await.problem(422, "legal_minimum").pointers(), ["/rules/excluded_while"]);
        let mut tighter = rules();
        tighter["minimum_employment_months"] = json!(1);
        assert_eq!(post(profile(&first.id(), tighter)).await.expect(201).body["number"], 2);
    }

    async fn a_cycle_pins_a_published_version(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let academy = w.get("/v1/rule-profiles?key=england_academy_policy").by(&admin).send().await.expect(200);
        let academy = academy.items()[0]["id"].as_str().unwrap().to_owned();
        let own = w.post("/v1/rule-profiles").by(&admin).json(profile(&academy, rules())).send().await.expect(201);
        let cycle = |key: &str, number: i32| json!({"organisation_id": trust.root.to_string(), "name": "2026/27", "rule_profile": key, "rule_profile_version": number});
        let post = async |body: Value| w.post("/v1/cycles").by(&admin).json(body).send().await;
        assert_eq!(post(cycle("ours", 1)).await.problem(422, "unknown_profile").pointers(), ["/rule_profile"]);
        w.post(format!("/v1/rule-profiles/{}/publish", own.id())).by(&admin).send().await.expect(200);
        post(cycle("ours", 1)).await.expect(201);
        post(cycle("ours", 2)).await.problem(422, "unknown_profile");
        let other = w.trust("harbour").await;
        let theirs = other.someone(w).with(RoleName::TrustAdmin, other.root).made().await;
        let elsewhere = json!({"organisation_id": other.root.to_string(), "name": "2026/27", "rule_profile": "ours", "rule_profile_version": 1});
        w.post("/v1/cycles").by(&theirs).json(elsewhere).send().await.problem(422, "unknown_profile");
        w.get(format!("/v1/rule-profiles/{}", own.id())).by(&theirs).send().await.problem(404, "not_found");
    }
}
