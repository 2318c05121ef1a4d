//! What people and organisations are called, beside the answers that name them.

use serde_json::{Value, json};
use trellis_domain::{access::Permission, role::RoleName};

fn names<'a>(answer: &'a Value, kind: &str) -> Vec<&'a str> {
    answer["expanded"][kind].as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap()).collect()
}

on_both! {
    async fn a_page_comes_with_what_everybody_on_it_is_called(w: World) {
        let trust = w.trust("beacon").await;
        let appraiser = trust.someone(w).named("Niamh", "Orourke").at(trust.other_school).made().await;
        let teacher = trust.someone(w).named("Gurpreet", "Dhaliwal").at(trust.school).appraised_by(&appraiser).made().await;
        let objective = json!({"employment_id": teacher.employment.unwrap().to_string(), "kind": "practice", "title": "Questioning"});
        let made = w.post("/v1/objectives").by(&appraiser).json(objective).send().await.expect(201);
        let at = format!("/v1/objectives/{}", made.id());
        w.post(format!("{at}/propose")).by(&appraiser).if_match("*").send().await.expect(200);

        let plain = w.get("/v1/objectives").by(&teacher).send().await.expect(200);
        assert!(plain.body.get("expanded").is_none(), "{}", plain.text);
        let page = w.get("/v1/objectives?expand=people,organisations").by(&teacher).send().await.expect(200);
        assert_eq!(page.items(), plain.items());
        // the appraiser works at another school, where the teacher lists nobody: the record names them, so they may be called by their name
        w.get(format!("/v1/people/{}", appraiser.person)).by(&teacher).send().await.problem(404, "not_found");
        let mut people = names(&page.body, "people");
        people.sort_unstable();
        assert_eq!(people, ["Gurpreet Dhaliwal", "Niamh Orourke"]);
        assert_eq!(names(&page.body, "organisations"), ["beacon school"]);
        assert_eq!(page.body["expanded"]["organisations"][0]["id"], trust.school.to_string());

        let one = w.get(format!("{at}?expand=people")).by(&teacher).send().await.expect(200);
        assert_eq!((names(&one.body, "people").len(), names(&one.body, "organisations").len()), (2, 0));
        assert_eq!(one.etag(), w.get(&at).by(&teacher).send().await.etag());
        let history = w.get(format!("{at}/history?expand=people")).by(&teacher).send().await.expect(200);
        assert_eq!(names(&history.body, "people"), ["Niamh Orourke"], "who did it");
    }

    async fn a_cursor_goes_on_whether_names_are_asked_for_or_not(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let first = w.get("/v1/organisations?limit=1&expand=organisations").by(&admin).send().await.expect(200);
        assert!(first.headers["link"].contains("expand=organisations"), "{:?}", first.headers["link"]);
        let cursor = first.body["next_cursor"].as_str().unwrap();
        let second = w.get(format!("/v1/organisations?limit=1&cursor={cursor}")).by(&admin).send().await.expect(200);
        assert!(second.body.get("expanded").is_none());
        let encoded = w.get(format!("/v1/organisations?limit=1&cursor={cursor}&expand=organisations%2Corganisations")).by(&admin).send().await.expect(200);
        assert!(names(&encoded.body, "organisations").contains(&"beacon trust"), "what lies above is named: {}", encoded.text);
    }

    async fn names_ask_for_their_own_permission_and_only_known_kinds_are_expanded(w: World) {
        let trust = w.trust("beacon").await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let (_, _, key) = w.key(&trust, &[Permission::ReadObjectives], None).await;
        w.get("/v1/objectives").bearer(&key).send().await.expect(200);
        let refused = w.get("/v1/objectives?expand=people").bearer(&key).send().await.problem(403, "insufficient_scope");
        assert_eq!(refused.body["required_scopes"], json!(["people:read"]));
        let wrong = w.get("/v1/objectives?expand=standards").by(&appraiser).send().await.problem(400, "invalid_parameter");
        assert_eq!(wrong.pointers(), ["expand"]);
        w.get("/v1/people?expand=people").by(&appraiser).send().await.problem(400, "unknown_parameter");
        // what is refused is refused as before
        w.get(format!("/v1/objectives/{}?expand=people", trust.root)).by(&appraiser).send().await.problem(404, "not_found");
    }

    async fn whoever_was_erased_is_called_nothing(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let (stays, leaves) = (trust.someone(w).at(trust.school).made().await, trust.someone(w).named("Ada", "Leaver").made().await);
        let new = json!({"kind": "coach", "person_id": stays.person.to_string(), "holder_id": leaves.person.to_string(), "starts_on": "2026-09-01", "ends_on": "2026-09-10"});
        let made = w.post("/v1/relationships").by(&hr).json(new).send().await.expect(201);
        let page = w.get(format!("/v1/relationships/{}?expand=people", made.id())).by(&hr).send().await.expect(200);
        assert!(names(&page.body, "people").contains(&"Ada Leaver"));
        let history = format!("/v1/people/{}/history?expand=people", stays.person);
        w.get(&history).by(&hr).send().await.expect(200);
        w.post(format!("/v1/people/{}/erase", leaves.person)).by(&hr).json(json!({"family_name": "Leaver", "reason": "requested"})).send().await.expect(200);
        for path in ["/v1/relationships?expand=people".to_owned(), history] {
            let after = w.get(path).by(&hr).send().await.expect(200);
            assert!(!after.text.contains("Leaver"), "{}", after.text);
        }
    }
}
