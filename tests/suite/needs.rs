//! Development needs: what a school learns of them without a report, and of how many people.

use crate::{
    reports::{SAID, issued, office, step},
    support::*,
};
use serde_json::{Value, json};
use trellis_domain::{role::RoleName, text::Wire};

on_both! {
    async fn who_leads_learning_sees_needs_and_never_a_report(w: World) {
        let o = office(w, "england_academy_policy").await;
        let report = issued(w, &o).await;
        let someone = async |role: RoleName, at| o.trust.someone(w).with(role, at).made().await;
        let lead = someone(RoleName::LearningLead, o.trust.school).await;
        let elsewhere = someone(RoleName::LearningLead, o.trust.other_school).await;
        let admin = someone(RoleName::SchoolAdmin, o.trust.root).await;
        let leader = someone(RoleName::TrustLeader, o.trust.root).await;
        for who in [&lead, &elsewhere, &admin, &leader] {
            w.get(format!("/v1/appraisal-reports/{report}")).by(who).send().await.problem(404, "not_found");
            w.get(format!("{}/statement", o.at)).by(who).send().await.problem(404, "not_found");
            assert_eq!(w.get("/v1/appraisal-reports").by(who).send().await.expect(200).items().len(), 0);
        }
        let needs = w.get("/v1/development-needs").by(&lead).send().await.expect(200);
        assert_eq!(needs.items().iter().map(|n| &n["need"]).collect::<Vec<_>>(), ["To plan talk"]);
        let need = format!("/v1/development-needs/{}", needs.items()[0]["id"].as_str().unwrap());
        for path in [need.clone(), format!("{need}/history")] {
            let text = w.get(path).by(&lead).send().await.expect(200).text;
            assert!(!text.contains(SAID) && !text.contains("report_id") && !text.contains("appraisal"), "{text}");
        }
        for who in [&elsewhere, &admin, &leader] {
            assert_eq!(w.get("/v1/development-needs").by(who).send().await.expect(200).items().len(), 0);
            w.get(&need).by(who).send().await.problem(404, "not_found");
        }
        assert_eq!(w.get("/v1/development-needs").by(&o.appraiser).send().await.expect(200).items().len(), 1);
        w.get("/v1/development-needs/summary").by(&admin).send().await.problem(403, "role_required");
        // what the report names is fixed with it; one's own words are one's own
        w.patch(&need).by(&o.teacher).if_match("*").json(json!({"need": "Less"})).send().await.problem(409, "published");
        step(w, &need, "withdraw", &o.teacher, Some(json!({"reason": "No"}))).await.problem(403, "not_permitted");
        step(w, &need, "meet", &lead, None).await.problem(403, "not_permitted");
        step(w, &need, "meet", &o.teacher, None).await.expect(200);
        let own = w.post("/v1/development-needs").by(&o.teacher).json(json!({"need": "Own", "standard_id": o.trust.root.to_string()})).send().await;
        assert_eq!(own.problem(422, "unknown_reference").pointers(), ["/standard_id"]);
        w.post("/v1/development-needs").by(&lead).json(json!({"need": "Own"})).send().await.problem(422, "unknown_reference");
    }

    async fn small_numbers_of_needs_are_not_told(w: World) {
        let o = office(w, "england_academy_policy").await;
        let lead = o.trust.someone(w).with(RoleName::LearningLead, o.trust.root).made().await;
        let governor = o.trust.someone(w).with(RoleName::Governor, o.trust.school).made().await;
        let framework = w.get("/v1/framework-versions?key=teachers-standards").by(&o.hr).send().await.expect(200);
        let standards = w.get(format!("/v1/framework-versions/{}", framework.items()[0]["id"].as_str().unwrap())).by(&o.hr).send().await.expect(200);
        let standard = |i: usize| standards.body["standards"][i]["id"].clone();
        let says = async |who: &Someone, i: usize| w.post("/v1/development-needs").by(who).json(json!({"need": "N", "standard_id": standard(i)})).send().await.expect(201).id();
        let mut met = String::new();
        for n in 0..5 {
            let who = o.trust.someone(w).at(o.trust.school).made().await;
            met = says(&who, 0).await;
            says(&who, 0).await;
            if n < 4 {
                says(&who, 1).await;
            } else {
                // two open needs of one person are one person
                step(w, &format!("/v1/development-needs/{met}"), "meet", &who, None).await.expect(200);
            }
        }
        let away = o.trust.someone(w).at(o.trust.other_school).made().await;
        says(&away, 0).await;
        let summary = async |who: &Someone, query: &str| w.get(format!("/v1/development-needs/summary{query}")).by(who).send().await.expect(200).body["counts"].clone();
        let people = |counts: &Value| counts.as_array().unwrap().iter().map(|c| (c["organisation_id"] == o.trust.school.to_string(), c["people"].clone())).collect::<Vec<_>>();
        let all = summary(&lead, "").await;
        let mut found = people(&all);
        found.sort_by_key(|(here, people)| (*here, people.as_i64()));
        assert_eq!(found, [(false, Value::Null), (true, Value::Null), (true, json!(5))], "{all}");
        assert_eq!(people(&summary(&governor, "").await).len(), 2, "a governor of one school is told of that school");
        assert_eq!(people(&summary(&lead, &format!("?organisation_id={}", o.trust.other_school)).await), [(false, Value::Null)]);
        assert!(all.as_array().unwrap().iter().any(|c| c["code"] == "TS1"), "{all}");
        assert!(!met.is_empty() && trellis_domain::need::NeedState::ALL.iter().all(|s| trellis_domain::need::NeedState::parse(s.as_str()).is_ok()));
    }
}
