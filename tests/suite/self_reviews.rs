//! Self-reviews: each its owner's alone; what is shared is a version that stays as it was, until it is withdrawn; and what of it becomes a need.

use crate::support::*;
use serde_json::{Value, json};
use trellis_domain::{access::Permission, relationship::RelationshipKind, role::RoleName};

/// In no other record of a test.
const SECRET: &str = "Quetzalcoatlus";

struct Cast {
    trust: Trust,
    teacher: Someone,
    appraiser: Someone,
    coach: Someone,
    /// The Teachers' Standards.
    standards: Value,
}
async fn cast(w: &World) -> Cast {
    let trust = w.trust("beacon").await;
    let appraiser = trust.someone(w).at(trust.school).made().await;
    let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
    let coach = trust.someone(w).at(trust.school).made().await;
    let standards = w.get("/v1/framework-versions?key=teachers-standards").by(&teacher).send().await.expect(200).items()[0].clone();
    Cast { trust, teacher, appraiser, coach, standards }
}
impl Cast {
    fn standard(&self, n: usize) -> Value {
        self.standards["standards"][n]["id"].clone()
    }
    async fn begun(&self, w: &World, words: &str) -> Reply {
        let said = json!([{"standard_id": self.standard(0), "view": "strength", "words": words}, {"standard_id": self.standard(1)}]);
        let new = json!({"framework_version_id": self.standards["id"], "title": format!("{words} title"), "statements": said});
        w.post("/v1/self-reviews").by(&self.teacher).json(new).send().await.expect(201)
    }
    async fn shared(&self, w: &World, of: &str, with: &Someone) -> Reply {
        w.post(format!("/v1/self-reviews/{of}/share")).by(&self.teacher).json(json!({"reader_id": with.person.to_string()})).send().await
    }
    /// Everybody who could think it theirs to see: every role, in the school or above, the appraiser, a colleague, and a machine with every scope.
    async fn others(&self, w: &World) -> Vec<(String, String)> {
        let mut out = vec![("appraiser".to_owned(), self.appraiser.token.clone()), ("colleague".to_owned(), self.coach.token.clone())];
        for role in RoleName::ALL {
            // who appraises is delegated at a school
            let places = [self.trust.school, self.trust.root].into_iter().filter(|at| *role != RoleName::AppraisalDelegate || *at == self.trust.school);
            for at in places {
                out.push((format!("{role} at {at}"), self.trust.someone(w).at(self.trust.school).with(*role, at).made().await.token));
            }
        }
        let scopes: Vec<Permission> = Permission::ALL.iter().copied().filter(|p| p.for_service_accounts()).collect();
        out.push(("machine".to_owned(), w.key(&self.trust, &scopes, None).await.2));
        out
    }
}

on_both! {
    async fn every_statement_is_optional_and_is_one_of_the_framework(w: World) {
        let c = cast(w).await;
        let made = c.begun(w, "Calm").await;
        assert_eq!(made.body["statements"], json!([{"standard_id": c.standard(0), "view": "strength", "words": "Calm"}]), "of the second nothing was said");
        let new = |version: Value, statements: Value| json!({"framework_version_id": version, "statements": statements});
        let post = async |body: Value| w.post("/v1/self-reviews").by(&c.teacher).json(body).send().await;
        let empty = post(new(c.standards["id"].clone(), json!([]))).await.expect(201);
        assert_eq!((empty.can("update"), empty.can("keep"), empty.can("share")), (true, false, false));
        w.post(format!("/v1/self-reviews/{}/keep", empty.id())).by(&c.teacher).send().await.problem(409, "not_ready");
        let heads = w.get("/v1/framework-versions?key=headteachers-standards").by(&c.teacher).send().await.expect(200).items()[0].clone();
        let mixed = json!([{"standard_id": c.standard(0), "view": "growing"}, {"standard_id": heads["standards"][0]["id"], "view": "growing"}, {"standard_id": c.standard(0), "words": "Twice"}]);
        let refused = post(new(c.standards["id"].clone(), mixed)).await.problem(422, "unknown_reference");
        assert_eq!(refused.pointers(), ["/statements/1/standard_id", "/statements/2/standard_id"]);
        assert_eq!(post(new(json!("01938a5e-7c00-7000-8000-0000000000ff"), json!([]))).await.problem(422, "unknown_reference").pointers(), ["/framework_version_id"]);
        let admin = c.trust.someone(w).with(RoleName::TrustAdmin, c.trust.root).made().await;
        let own = json!({"key": "ours", "name": "Ours", "label": "1", "standards": [{"code": "O1", "title": "Be kind"}]});
        let draft = w.post("/v1/framework-versions").by(&admin).json(own).send().await.expect(201);
        assert_eq!(post(new(json!(draft.id()), json!([]))).await.problem(422, "not_published").pointers(), ["/framework_version_id"]);
        w.post(format!("/v1/framework-versions/{}/publish", draft.id())).by(&admin).send().await.expect(200);
        post(new(json!(draft.id()), json!([{"standard_id": draft.body["standards"][0]["id"], "view": "want_to_work_on"}]))).await.expect(201);
        post(new(c.standards["id"].clone(), json!([{"standard_id": c.standard(0), "view": "outstanding"}]))).await.problem(422, "validation_failed");
        let listed = w.get(format!("/v1/self-reviews?framework_version_id={}", draft.id())).by(&c.teacher).send().await.expect(200);
        assert_eq!(listed.items().len(), 1);
        // only who works somewhere has a self-review
        w.post("/v1/self-reviews").by(&admin).json(new(c.standards["id"].clone(), json!([]))).send().await.problem(422, "unknown_reference");
    }

    async fn a_private_statement_is_on_no_path_to_anybody_else(w: World) {
        let c = cast(w).await;
        let id = c.begun(w, SECRET).await.id();
        let at = format!("/v1/self-reviews/{id}");
        w.post(format!("{at}/keep")).by(&c.teacher).send().await.expect(200);
        let hidden = format!("{SECRET} as it is now");
        w.patch(&at).by(&c.teacher).json(json!({"statements": [{"standard_id": c.standard(0), "words": hidden}]})).send().await.expect(200);
        // one version is shared with the appraiser, and its need is in the register: nothing else may be told of it
        let old = c.begun(w, "Shown").await.id();
        c.shared(w, &old, &c.appraiser).await.expect(201);
        let need = json!({"need": "Endings", "self_review_id": id, "standard_id": c.standard(0)});
        let need = w.post("/v1/development-needs").by(&c.teacher).json(need).send().await.expect(201).id();
        for (who, token) in c.others(w).await {
            for path in [at.clone(), format!("{at}/history"), format!("{at}/versions")] {
                assert_eq!(w.get(&path).bearer(&token).send().await.status, if who == "machine" { 403 } else { 404 }, "{path} by {who}");
            }
            for (step, body) in [("keep", None), ("share", Some(json!({"reader_id": c.coach.person.to_string()})))] {
                let asking = w.post(format!("{at}/{step}")).bearer(&token);
                let reply = match body { Some(b) => asking.json(b), None => asking }.send().await;
                assert_eq!(reply.status, if who == "machine" { 403 } else { 404 }, "{step} by {who}");
            }
            let asked = w.post("/v1/me/permissions/explain").bearer(&token).json(json!({"operation_id": "get_self_review", "record_id": id})).send().await.expect(200);
            assert_eq!((&asked.body["allowed"], asked.text.contains(SECRET)), (&json!(false), false), "{who}");
            for path in [
                "/v1/self-reviews?limit=200".to_owned(), "/v1/shared-self-reviews?limit=200".into(), "/v1/changes?include=record&limit=200".into(),
                "/v1/development-needs?limit=200".into(), format!("/v1/development-needs/{need}"), format!("/v1/development-needs/{need}/history"),
                "/v1/learning-records?limit=200".into(), "/v1/objectives?limit=200".into(), "/v1/me/tasks?limit=200".into(), "/v1/development-needs/summary".into(),
            ] {
                let reply = w.get(&path).bearer(&token).send().await;
                assert!(!reply.text.contains(SECRET) && !reply.text.contains(&id), "{path} by {who}: {}", reply.text);
            }
        }
        assert!(w.get(&at).by(&c.teacher).send().await.expect(200).text.contains(&hidden));
        assert!(w.get(format!("{at}/history")).by(&c.teacher).send().await.expect(200).text.contains(&hidden));
    }

    async fn what_is_shared_stays_as_it_was_and_ends_with_the_sharing_or_the_relationship(w: World) {
        let c = cast(w).await;
        let id = c.begun(w, "Then").await.id();
        let at = format!("/v1/self-reviews/{id}");
        assert_eq!(c.shared(w, &id, &c.coach).await.problem(422, "not_in_relationship").pointers(), ["/reader_id"], "a colleague is nobody of theirs yet");
        c.shared(w, &id, &c.teacher).await.problem(422, "self_relationship");
        let shared = c.shared(w, &id, &c.appraiser).await.expect(201);
        let of = format!("/v1/shared-self-reviews/{}", shared.id());
        c.shared(w, &id, &c.appraiser).await.problem(409, "duplicate");
        assert_eq!(w.get(&at).by(&c.teacher).send().await.expect(200).body["kept"], 1);
        // what is written afterwards is not in it
        w.patch(&at).by(&c.teacher).json(json!({"statements": [{"standard_id": c.standard(1), "words": "Now"}]})).send().await.expect(200);
        let read = w.get(&of).by(&c.appraiser).send().await.expect(200);
        assert_eq!((&read.body["said"]["statements"][0]["words"], read.text.contains("Now"), read.can("withdraw")), (&json!("Then"), false, false));
        assert_eq!(w.get("/v1/shared-self-reviews").by(&c.appraiser).send().await.expect(200).items().len(), 1);
        assert_eq!(w.get("/v1/shared-self-reviews").by(&c.coach).send().await.expect(200).items().len(), 0);
        w.get(&of).by(&c.coach).send().await.problem(404, "not_found");
        w.post(format!("{of}/withdraw")).by(&c.appraiser).send().await.problem(403, "not_permitted");
        let told = w.get(format!("{of}/history")).by(&c.appraiser).send().await.expect(200);
        assert!(told.items().len() == 1 && !told.text.contains("Then"), "{}", told.text);
        // to who coaches, as long as they coach
        let pair = json!({"kind": "coaching", "learner_id": c.teacher.person.to_string(), "coach_id": c.coach.person.to_string(), "focus": "Endings"});
        let pair = w.post("/v1/coaching-partnerships").by(&c.teacher).json(pair).send().await.expect(201).id();
        c.shared(w, &id, &c.coach).await.problem(422, "not_in_relationship");
        w.post(format!("/v1/coaching-partnerships/{pair}/accept")).by(&c.coach).send().await.expect(200);
        let second = c.shared(w, &id, &c.coach).await.expect(201);
        assert_eq!((&second.body["said"]["number"], &second.body["said"]["statements"][0]["words"]), (&json!(2), &json!("Now")));
        let theirs = format!("/v1/shared-self-reviews/{}", second.id());
        let before = w.get(&theirs).by(&c.coach).send().await.expect(200);
        w.post(format!("/v1/coaching-partnerships/{pair}/end")).by(&c.coach).json(json!({})).send().await.expect(200);
        w.get(&theirs).by(&c.coach).send().await.problem(404, "not_found");
        w.get(&theirs).by(&c.coach).header("if-none-match", &before.etag()).send().await.problem(404, "not_found");
        assert_eq!(w.get("/v1/shared-self-reviews").by(&c.coach).send().await.expect(200).items().len(), 0);
        // and to the appraiser until it is taken back
        w.post(format!("{of}/withdraw")).by(&c.teacher).send().await.expect(200);
        w.post(format!("{of}/withdraw")).by(&c.teacher).send().await.problem(409, "wrong_state");
        for path in [of.clone(), format!("{of}/history")] {
            w.get(&path).by(&c.appraiser).send().await.problem(404, "not_found");
        }
        assert_eq!(w.get("/v1/shared-self-reviews").by(&c.appraiser).send().await.expect(200).items().len(), 0);
        assert_eq!(w.get("/v1/shared-self-reviews").by(&c.teacher).send().await.expect(200).items().len(), 2);
        c.shared(w, &id, &c.appraiser).await.expect(201);
        // a mentor reads too; a line manager does not
        let (mentor, manager) = (c.trust.someone(w).at(c.trust.school).made().await, c.trust.someone(w).at(c.trust.school).made().await);
        w.appoint(&c.trust, RelationshipKind::Mentor, c.teacher.person, mentor.person).await;
        w.appoint(&c.trust, RelationshipKind::LineManager, c.teacher.person, manager.person).await;
        c.shared(w, &id, &mentor).await.expect(201);
        c.shared(w, &id, &manager).await.problem(422, "not_in_relationship");
    }

    async fn one_looks_back_over_the_years_at_what_one_kept(w: World) {
        let c = cast(w).await;
        let at = format!("/v1/self-reviews/{}", c.begun(w, "First year").await.id());
        let keep = async |by: &Someone| w.post(format!("{at}/keep")).by(by).send().await;
        let first = keep(&c.teacher).await.expect(200);
        let again = keep(&c.teacher).await.expect(200);
        assert_eq!((first.etag(), &first.body["kept"]), (again.etag(), &json!(1)), "nothing changed, so nothing more is kept");
        w.later(chrono::TimeDelta::days(300));
        let later = Someone { token: w.token(c.trust.id, &c.teacher), ..c.teacher.clone() };
        let change = json!({"title": null, "statements": [{"standard_id": c.standard(0), "view": "growing", "words": "Second year"}]});
        w.patch(&at).by(&later).if_match(&first.etag()).json(change.clone()).send().await.expect(200);
        w.patch(&at).by(&later).if_match(&first.etag()).json(change.clone()).send().await.problem(412, "stale");
        let unchanged = w.patch(&at).by(&later).json(change).send().await.expect(200);
        assert_eq!(keep(&later).await.expect(200).body["kept"], 2);
        let versions = w.get(format!("{at}/versions")).by(&later).send().await.expect(200);
        let words: Vec<&Value> = versions.items().iter().map(|v| &v["statements"][0]["words"]).collect();
        assert_eq!(words, ["First year", "Second year"]);
        let page = w.get(format!("{at}/versions?limit=1")).by(&later).send().await.expect(200);
        let next = page.body["next_cursor"].as_str().unwrap();
        let page = w.get(format!("{at}/versions?limit=1&cursor={next}")).by(&later).send().await.expect(200);
        assert_eq!((page.items()[0]["number"].as_i64(), page.body["next_cursor"].is_null()), (Some(2), true));
        let history = w.get(format!("{at}/history")).by(&later).send().await.expect(200);
        let kinds: Vec<&str> = history.items().iter().map(|e| e["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["self_review.kept", "self_review.updated", "self_review.kept", "self_review.created"], "{}", unchanged.text);
    }

    async fn a_need_says_what_it_was_made_of_and_only_its_owner_knows_which(w: World) {
        let c = cast(w).await;
        let id = c.begun(w, SECRET).await.id();
        let lead = c.trust.someone(w).at(c.trust.school).with(RoleName::LearningLead, c.trust.school).made().await;
        let post = async |by: &Someone, body: Value| w.post("/v1/development-needs").by(by).json(body).send().await;
        let of = |standard: Value| json!({"need": "Endings that are planned", "self_review_id": id, "standard_id": standard});
        // only with their act, of their own, and of something that they said
        post(&c.coach, of(c.standard(0))).await.problem(422, "unknown_reference");
        assert_eq!(post(&c.teacher, of(c.standard(1))).await.problem(422, "unknown_reference").pointers(), ["/standard_id"]);
        assert_eq!(post(&c.teacher, of(Value::Null)).await.problem(422, "contradictory_members").pointers(), ["/standard_id"]);
        let made = post(&c.teacher, of(c.standard(0))).await.expect(201);
        assert_eq!((&made.body["source"], &made.body["source_id"], &made.body["redacted"]), (&json!("self_review"), &json!(id), &json!([])));
        // of an objective, for the learning that it needs; of a request; and as such
        let new = json!({"employment_id": c.teacher.employment.unwrap().to_string(), "kind": "practice", "title": "Endings", "learning_needed": "How to plan an ending"});
        let objective = w.post("/v1/objectives").by(&c.teacher).json(new).send().await.expect(201).id();
        let new = json!({"employment_id": c.teacher.employment.unwrap().to_string(), "title": "A course", "starts_on": "2026-11-05"});
        let request = w.post("/v1/learning-requests").by(&c.teacher).json(new).send().await.expect(201).id();
        assert_eq!(post(&c.coach, json!({"need": "Theirs", "objective_id": objective})).await.problem(422, "unknown_reference").pointers(), ["/objective_id"]);
        assert_eq!(post(&c.coach, json!({"need": "Theirs", "learning_request_id": request})).await.problem(422, "unknown_reference").pointers(), ["/learning_request_id"]);
        let both = json!({"need": "Both", "objective_id": objective, "learning_request_id": request});
        assert_eq!(post(&c.teacher, both).await.problem(422, "contradictory_members").pointers(), ["/learning_request_id"]);
        post(&c.teacher, json!({"need": "How to plan an ending", "objective_id": objective})).await.expect(201);
        post(&c.teacher, json!({"need": "A course on endings", "learning_request_id": request})).await.expect(201);
        post(&c.teacher, json!({"need": "Just so"})).await.expect(201);
        for (source, n) in [("self_review", 1), ("objective", 1), ("learning_request", 1), ("stated", 1)] {
            let found = w.get(format!("/v1/development-needs?source={source}")).by(&lead).send().await.expect(200);
            assert_eq!(found.items().len(), n, "{source}");
        }
        // the lead reads what kind of thing it came from, and not of which
        let at = format!("/v1/development-needs/{}", made.id());
        for by in [&lead, &c.appraiser] {
            let read = w.get(&at).by(by).send().await.expect(200);
            assert_eq!((&read.body["source"], read.body.get("source_id"), &read.body["redacted"]), (&json!("self_review"), None, &json!(["source_id"])));
            assert!(!read.text.contains(&id) && !read.text.contains(SECRET));
        }
        for path in [format!("{at}/history"), "/v1/development-needs?limit=200".into()] {
            assert!(!w.get(&path).by(&lead).send().await.expect(200).text.contains(&id), "{path}");
        }
        // whoever appraises says that it is met, and its owner still knows where it came from
        let met = w.post(format!("{at}/meet")).by(&c.appraiser).send().await.expect(200);
        assert!(!met.text.contains(&id), "{}", met.text);
        assert_eq!(w.get(&at).by(&c.teacher).send().await.expect(200).body["source_id"], json!(id));
        // of few people no figure is told
        let figures = w.get("/v1/development-needs/summary").by(&lead).send().await.expect(200);
        assert!(!figures.body["counts"].as_array().unwrap().is_empty() && figures.body["counts"].as_array().unwrap().iter().all(|n| n["people"].is_null()), "{}", figures.text);
    }

    async fn who_is_merged_keeps_their_self_reviews_and_what_was_shared(w: World) {
        let c = cast(w).await;
        let hr = c.trust.someone(w).with(RoleName::Hr, c.trust.root).made().await;
        let id = c.begun(w, SECRET).await.id();
        let shared = c.shared(w, &id, &c.appraiser).await.expect(201).id();
        let other = c.trust.someone(w).at(c.trust.other_school).made().await;
        let admin = c.trust.someone(w).with(RoleName::TrustAdmin, c.trust.root).made().await;
        let merge = w.post(format!("/v1/people/{}/merge", c.teacher.person)).by(&admin).json(json!({"into": other.person.to_string()})).send().await.expect(201);
        let mine = w.get(format!("/v1/self-reviews/{id}")).by(&other).send().await.expect(200);
        assert_eq!(mine.body["person_id"], json!(other.person.to_string()));
        assert!(w.get(format!("/v1/self-reviews/{id}/history")).by(&other).send().await.expect(200).text.contains(SECRET), "their words stay theirs");
        w.get(format!("/v1/self-reviews/{id}")).by(&hr).send().await.problem(404, "not_found");
        assert!(!w.get("/v1/changes?include=record&limit=200").by(&admin).send().await.expect(200).text.contains(SECRET));
        let read = w.get(format!("/v1/shared-self-reviews/{shared}")).by(&c.appraiser).send().await.expect(200);
        assert_eq!(read.body["owner_id"], json!(other.person.to_string()), "who appraises goes on with them");
        w.post(format!("/v1/merges/{}/undo", merge.id())).by(&hr).send().await.expect(200);
        assert_eq!(w.get(format!("/v1/self-reviews/{id}")).by(&other).send().await.status, 404);
    }
}
