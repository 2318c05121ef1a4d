//! The slice from end to end, in small.

use serde_json::json;
use trellis_domain::role::RoleName;

on_both! {
    async fn people_are_found_by_any_name_with_which_somebody_begins(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let new = json!({"given_name": "Élodie", "family_name": "Okafor-Bright", "preferred_name": "Lo"});
        let person = w.post("/v1/people").by(&admin).json(new).send().await.expect(201);
        let found = async |q: &str| w.get(format!("/v1/people?q={q}")).by(&admin).send().await.expect(200).items().len();
        for q in ["okafor", "OKAFOR-BRIGHT%20%C3%A9l", "%C3%A9lodie", "%C3%89LODIE%20oka", "lo", "lo%20okafor", "Okafor-bright"] {
            assert_eq!(found(q).await, 1, "{q}");
        }
        for q in ["bright", "odie", "okafor%20lo", "loo", "o%25"] {
            assert_eq!(found(q).await, 0, "{q}");
        }
        w.patch(format!("/v1/people/{}", person.id())).by(&admin).json(json!({"preferred_name": null, "given_name": "Ada"})).send().await.expect(200);
        assert_eq!((found("lo").await, found("%C3%A9lodie").await, found("ada%20okafor").await), (0, 0, 1));
    }

    async fn a_teacher_proposes_and_the_appraiser_agrees(w: World) {
        let trust = w.trust("beacon").await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let head = trust.someone(w).at(trust.school).with(RoleName::Headteacher, trust.school).made().await;
        let new = json!({"employment_id": teacher.employment.unwrap().to_string(), "kind": "growth_inquiry", "title": "Retrieval practice", "inquiry": {"question": "Does it help?"}});
        let draft = w.post("/v1/objectives").by(&teacher).json(new).send().await.expect(201);
        let path = format!("/v1/objectives/{}", draft.id());
        assert!(draft.can("propose"));
        w.get(&path).by(&appraiser).send().await.problem(404, "not_found");
        w.get(&path).by(&head).send().await.problem(404, "not_found");
        let proposed = w.post(format!("{path}/propose")).by(&teacher).if_match(&draft.etag()).send().await.expect(200);
        assert!(!proposed.can("agree"));
        w.post(format!("{path}/agree")).by(&teacher).if_match(&proposed.etag()).send().await.problem(403, "not_for_yourself");
        w.post(format!("{path}/agree")).by(&appraiser).send().await.problem(428, "if_match_required");
        w.post(format!("{path}/agree")).by(&appraiser).if_match("\"1\"").send().await.problem(412, "stale");
        let seen = w.get(&path).by(&appraiser).send().await.expect(200);
        assert!(seen.can("agree"));
        w.post(format!("{path}/agree")).by(&appraiser).if_match(&seen.etag()).send().await.expect(200);
        w.get(&path).by(&head).send().await.expect(200);
    }
}
