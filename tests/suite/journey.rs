//! The main job as one story: the schools come in, a teacher's inquiry is agreed, learning is logged, one record is shared and one kept, and a
//! vendor who follows the log misses nothing.

use serde_json::json;
use trellis_domain::{access::Permission, role::RoleName};

on_both! {
    async fn the_first_year(w: World) {
        let trust = w.trust("beacon-hill").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let (_, _, key) = w.key(&trust, &[Permission::ReadChanges, Permission::ReadPeople, Permission::ReadOrganisations, Permission::ReadCycles, Permission::ReadObjectives, Permission::ReadLearning], None).await;
        let follow = async |cursor: &mut String| {
            let mut heard = Vec::new();
            loop {
                let page = w.get(format!("/v1/changes?limit=7&after={cursor}")).bearer(&key).send().await.expect(200);
                heard.extend(page.items().iter().map(|c| (c["type"].as_str().unwrap().to_owned(), c["id"].as_str().unwrap().to_owned())));
                *cursor = page.body["next_cursor"].as_str().unwrap().to_owned();
                if page.body["has_more"] == false {
                    return heard;
                }
            }
        };
        let mut cursor = "head".to_owned();
        follow(&mut cursor).await;

        w.post("/v1/organisations/import").by(&admin).raw("text/csv", include_bytes!("../data/gias/establishments.csv")).send().await.expect(207);
        let school = w.get("/v1/organisations?urn=100000").by(&admin).send().await.items()[0]["id"].as_str().unwrap().to_owned();
        let person = async |given: &str, family: &str| {
            let id = w.post("/v1/people").by(&hr).json(json!({"given_name": given, "family_name": family})).send().await.expect(201).id();
            let new = json!({"person_id": id, "organisation_id": school, "job_title": "Teacher", "staff_category": "teacher", "starts_on": "2026-09-01"});
            w.post("/v1/employments").by(&hr).json(new).send().await.expect(201);
            id
        };
        let added = person("Amina", "Okoro").await;
        let appraiser = trust.someone(w).named("Niamh", "O'Rourke").at(trust.school).made().await;
        let teacher = trust.someone(w).named("Gurpreet", "Dhaliwal").at(trust.school).made().await;
        let appoint = json!({"kind": "appraiser", "person_id": teacher.person.to_string(), "holder_id": appraiser.person.to_string(), "starts_on": "2026-09-01"});
        w.post("/v1/relationships").by(&hr).json(appoint).send().await.expect(201);
        assert!(follow(&mut cursor).await.contains(&("person.created".into(), added)));

        let standards = w.get("/v1/framework-versions?key=teachers-standards").by(&hr).send().await;
        let version = standards.items()[0]["id"].as_str().unwrap().to_owned();
        let new = json!({"organisation_id": trust.root.to_string(), "name": "2026/27", "starts_on": "2026-09-01", "ends_on": "2027-08-31", "rule_profile": "england_academy_policy", "rule_profile_version": 1,
            "objectives_due_on": "2026-10-31", "review_due_on": "2027-07-09", "report_due_on": "2027-10-31", "staff_categories": ["teacher"], "framework_version_ids": [version]});
        let cycle = w.post("/v1/cycles").by(&hr).json(new).send().await.expect(201).id();
        w.get(format!("/v1/cycles/{cycle}")).by(&teacher).send().await.problem(404, "not_found");
        for step in ["publish", "open-planning"] {
            w.post(format!("/v1/cycles/{cycle}/{step}")).by(&hr).send().await.expect(200);
        }

        let new = json!({"employment_id": teacher.employment.unwrap().to_string(), "cycle_id": cycle, "kind": "growth_inquiry", "title": "Retrieval practice", "inquiry": {"question": "Does it help my Year 9 set?"}});
        let objective = w.post("/v1/objectives").by(&teacher).json(new).send().await.expect(201);
        let at = format!("/v1/objectives/{}", objective.id());
        let proposed = w.post(format!("{at}/propose")).by(&teacher).if_match(&objective.etag()).send().await.expect(200);
        assert!(!proposed.can("agree"));
        let seen = w.get(&at).by(&appraiser).send().await.expect(200);
        assert!(seen.can("agree"));
        w.post(format!("{at}/agree")).by(&appraiser).if_match(&seen.etag()).send().await.expect(200);

        let log = async |title: &str| {
            let new = json!({"title": title, "kind": "reading", "started_on": "2026-10-01", "minutes": 60, "objective_ids": [objective.id()]});
            w.post("/v1/learning-records").by(&teacher).json(new).send().await.expect(201).id()
        };
        let (shared, kept) = (log("On spacing").await, log("On my doubts").await);
        w.post(format!("/v1/learning-records/{shared}/share")).by(&teacher).send().await.expect(200);
        let visible = w.get(format!("/v1/learning-records?objective_id={}", objective.id())).by(&appraiser).send().await;
        let visible: Vec<&str> = visible.items().iter().filter_map(|r| r["id"].as_str()).collect();
        assert_eq!(visible, [shared.as_str()]);
        w.get(format!("/v1/learning-records/{kept}")).by(&appraiser).send().await.problem(404, "not_found");

        let heard = follow(&mut cursor).await;
        let of = |id: &str| heard.iter().filter(|(_, i)| i == id).map(|(t, _)| t.as_str()).collect::<Vec<_>>();
        assert_eq!(of(&objective.id()), ["objective.proposed", "objective.agreed"]);
        assert_eq!(of(&shared), ["learning_record.shared"]);
        assert_eq!(of(&kept), Vec::<&str>::new());
        assert_eq!(of(&cycle), ["cycle.created", "cycle.published", "cycle.planning_opened"]);
        assert!(follow(&mut cursor).await.is_empty());
    }
}
