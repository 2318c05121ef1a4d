//! Who gets what is offered, by groups of people; and what was at work in the learning that people came to.

use crate::{
    insight::{holding, learned, staff},
    support::*,
};
use serde_json::{Value, json};
use trellis_domain::{id::OrganisationId, organisation::OrganisationKind, role::RoleName};

on_both! {
    async fn fair_access_is_told_by_hours_of_work_by_phase_and_by_how_long_people_waited(w: World) {
        let trust = w.trust("beacon").await;
        let (leader, admin) = (holding(w, &trust, RoleName::TrustLeader, trust.root).await, holding(w, &trust, RoleName::TrustAdmin, trust.root).await);
        let (hr, approver) = (holding(w, &trust, RoleName::Hr, trust.root).await, holding(w, &trust, RoleName::LearningApprover, trust.root).await);
        let nursery = w.organisation(trust.id, trust.root, OrganisationKind::School, "beacon nursery").await;
        for (at, phase) in [(trust.school, "primary"), (trust.other_school, "secondary"), (nursery, "nursery")] {
            w.patch(format!("/v1/organisations/{at}")).by(&admin).json(json!({"phase": phase})).send().await.expect(200);
        }
        let again = |who: &Someone| Someone { token: w.token(trust.id, who), ..who.clone() };
        let employed = async |at: OrganisationId, n: usize| {
            let mut out = Vec::new();
            for _ in 0..n {
                out.push(trust.someone(w).at(at).made().await);
            }
            out
        };
        let hours = async |who: &Someone, percent: u32| {
            let at = format!("/v1/employments/{}", who.employment.unwrap());
            w.patch(at).by(&again(&hr)).json(json!({"fte_percent": percent})).send().await.expect(200);
        };
        // six and five of a primary school, full time and part time; five of a secondary school, full time
        let (full, part, there) = (employed(trust.school, 6).await, employed(trust.school, 5).await, employed(trust.other_school, 5).await);
        let mut asked = Vec::new();
        for (people, minutes, asking) in [(&full, 60, 5), (&part, 120, 5), (&there, 30, 5)] {
            let mut theirs = Vec::new();
            for (i, who) in people.iter().enumerate() {
                learned(w, who, json!({"minutes": minutes})).await;
                if i < asking {
                    let new = json!({"employment_id": who.employment.unwrap().to_string(), "title": "A course", "starts_on": "2026-11-05"});
                    let at = format!("/v1/learning-requests/{}", w.post("/v1/learning-requests").by(who).json(new).send().await.expect(201).id());
                    w.post(format!("{at}/submit")).by(who).if_match("*").send().await.expect(200);
                    w.post(format!("{at}/manager-agree")).by(&approver).if_match("*").json(json!({})).send().await.expect(200);
                    theirs.push(at);
                }
            }
            asked.push(theirs);
        }
        for who in &part {
            hours(who, 60).await;
        }
        // they wait two, six and three days
        for (days, requests, verdict, said) in [(2, &asked[0], "approve", json!({})), (1, &asked[2], "decline", json!({"reason": "Not this year"})), (3, &asked[1], "approve", json!({}))] {
            w.later(chrono::TimeDelta::days(days));
            for at in requests {
                w.post(format!("{at}/{verdict}")).by(&again(&approver)).if_match("*").json(said.clone()).send().await.expect(200);
            }
        }
        let read = async || w.get("/v1/fair-access?academic_year=2026").by(&again(&leader)).send().await.expect(200).body;
        let figures = |seen: &Value, by: &str, name: &str| {
            let of = if by == "all" { seen["all"].clone() } else { seen[by].as_array().unwrap().iter().find(|r| r["group"] == name).unwrap_or_else(|| panic!("no {name} in {seen}"))["figures"].clone() };
            json!([of["people"], of["learners"], of["minutes"], of["minutes_each"], of["requests_decided"], of["requests_approved"], of["approval_percent"], of["days_waited_each"]])
        };
        let seen = read().await;
        for (by, name, expected) in [
            ("by_working_time", "full_time", json!([11, 11, 510, 46, 10, {"yes": 5, "no": 5}, 50, 2])),
            ("by_working_time", "part_time", json!([5, 5, 600, 120, 5, {"yes": 5, "no": 0}, 100, 6])),
            ("by_phase", "primary", json!([11, 11, 960, 87, 10, {"yes": 10, "no": 0}, 100, 4])),
            ("by_phase", "secondary", json!([5, 5, 150, 30, 5, {"yes": 0, "no": 5}, 0, 3])),
            ("all", "", json!([16, 16, 1110, 69, 15, {"yes": 10, "no": 5}, 67, 3])),
        ] {
            assert_eq!(figures(&seen, by, name), expected, "{by} {name}");
        }
        // one of the five works full time from now on: four are not told, and neither are those whom all less the others would tell of
        hours(&part[0], 100).await;
        let few = read().await;
        let withheld = json!([null, null, null, null, null, {"yes": null, "no": null}, null, null]);
        for name in ["full_time", "part_time"] {
            assert_eq!(figures(&few, "by_working_time", name), withheld, "{name}");
        }
        assert_eq!((figures(&few, "all", ""), figures(&few, "by_phase", "primary")), (figures(&seen, "all", ""), figures(&seen, "by_phase", "primary")), "nobody came or went");
        // four at a nursery: no phase tells of them, and the smallest of the others hides with them
        employed(nursery, 4).await;
        let small = read().await;
        for name in ["nursery", "secondary"] {
            assert_eq!(figures(&small, "by_phase", name)[0], Value::Null, "{name}");
        }
        assert_eq!((&figures(&small, "by_phase", "primary")[0], &figures(&small, "all", "")[0]), (&json!(11), &json!(20)));
        for of in ["by_phase", "by_working_time"] {
            for row in small[of].as_array().unwrap() {
                for name in ["people", "learners", "requests_decided"] {
                    assert!(row["figures"][name].as_u64().is_none_or(|n| n == 0 || n >= 5), "{name}: {row}");
                }
            }
        }
    }

    async fn a_mechanism_is_at_work_in_what_people_attended_too(w: World) {
        let trust = w.trust("beacon").await;
        let lead = holding(w, &trust, RoleName::LearningLead, trust.school).await;
        let governor = holding(w, &trust, RoleName::Governor, trust.school).await;
        let (_, here) = staff(w, &trust, trust.school, 6).await;
        let versions = w.get("/v1/framework-versions?key=effective-professional-development-mechanisms").by(&lead).send().await.expect(200);
        let version = w.get(format!("/v1/framework-versions/{}", versions.items()[0]["id"].as_str().unwrap())).by(&lead).send().await.expect(200).body;
        let model = version["standards"].as_array().unwrap().iter().find(|s| s["code"] == "M8").unwrap()["id"].clone();
        let new = json!({"organisation_id": trust.school.to_string(), "title": "Reading aloud", "kind": "course", "minutes": 30, "standard_ids": [model]});
        let activity = w.post("/v1/learning-activities").by(&lead).json(new).send().await.expect(201).id();
        let new = json!({"activity_id": activity, "starts_at": "2026-10-05T07:00:00Z", "ends_at": "2026-10-05T07:30:00Z", "places": 10});
        let session = w.post("/v1/learning-sessions").by(&lead).json(new).send().await.expect(201).id();
        let told = async || {
            let seen = w.get(format!("/v1/learning-mechanisms?academic_year=2026&organisation_id={}", trust.school)).by(&governor).send().await.expect(200).body;
            let of = seen["rows"][0]["mechanisms"].as_array().unwrap().iter().find(|m| m["code"] == "M8").unwrap().clone();
            (of["people"].clone(), of["minutes"].clone())
        };
        for (i, who) in here.iter().enumerate() {
            let new = json!({"session_id": session, "person_id": who.person.to_string()});
            let place = w.post("/v1/enrolments").by(&lead).json(new).send().await.expect(201).id();
            if i == 0 {
                assert_eq!(told().await, (json!(0), json!(0)), "whoever is only expected has not learned yet");
            }
            // the last did not come
            w.post(format!("/v1/enrolments/{place}/record-attendance")).by(&lead).json(json!({"attended": i < 5})).send().await.expect(200);
            let expected = if i < 4 { Value::Null } else { json!(5) };
            assert_eq!(told().await.0, expected, "after {i}");
        }
        assert_eq!(told().await, (json!(5), json!(150)));
        let chart = w.get(format!("/v1/learning-mechanisms?academic_year=2026&organisation_id={}", trust.school)).by(&governor).header("accept", "image/svg+xml").send().await.expect(200).text;
        assert!(chart.starts_with("<svg role=\"img\" aria-labelledby=\"title description\"") && chart.contains("Model 3 h"), "{chart}");
    }
}
