//! Conversations: what somebody prepares is theirs on every path until they share it; two people lose no word of one another; what was locked is
//! kept; what is unfinished comes up again; and an answer keeps its question.

use crate::support::*;
use chrono::TimeDelta;
use serde_json::{Value, json};
use trellis_domain::{relationship::RelationshipKind, role::RoleName};
use trellis_persistence::event::VerifyLog;

/// In no message and in no other record.
const PRIVATE: &str = "Quokkaesque";

struct Staff {
    trust: Trust,
    teacher: Someone,
    appraiser: Someone,
    coach: Someone,
    head: Someone,
    hr: Someone,
    /// Follows the feed of the whole trust, and is of HR there.
    follower: Someone,
}

async fn staff(w: &World) -> Staff {
    let trust = w.trust("beacon").await;
    let appraiser = trust.someone(w).at(trust.school).made().await;
    let coach = trust.someone(w).at(trust.school).made().await;
    let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
    w.appoint(&trust, RelationshipKind::Coach, teacher.person, coach.person).await;
    let head = trust.someone(w).at(trust.school).with(RoleName::Headteacher, trust.school).made().await;
    let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
    let follower = trust.someone(w).with(RoleName::TrustAdmin, trust.root).with(RoleName::Hr, trust.root).made().await;
    Staff { trust, teacher, appraiser, coach, head, hr, follower }
}

impl Staff {
    fn employment(&self) -> String {
        self.teacher.employment.unwrap().to_string()
    }
    fn booking(&self, kind: &str, with: &Someone) -> Value {
        json!({"employment_id": self.employment(), "partner_id": with.person.to_string(), "kind": kind, "starts_at": "2026-10-12T15:30:00Z"})
    }
    async fn scheduled(&self, w: &World, kind: &str, with: &Someone) -> String {
        let made = w.post("/v1/conversations").by(&self.teacher).json(self.booking(kind, with)).send().await.expect(201);
        format!("/v1/conversations/{}", made.id())
    }
    /// A check-in of an appraisal, so that it stands in the appraisal lane.
    async fn of_appraisal(&self, w: &World) -> (String, String) {
        let profile = w.get("/v1/rule-profiles").by(&self.hr).send().await.expect(200).items()[0].clone();
        let cycle = json!({"organisation_id": self.trust.school.to_string(), "name": "2026/27", "starts_on": "2026-09-01", "ends_on": "2027-08-31",
            "rule_profile": profile["key"], "rule_profile_version": profile["number"], "staff_categories": ["teacher"], "objectives_due_on": "2026-10-31",
            "review_due_on": "2027-07-01", "report_due_on": "2027-10-31", "framework_version_ids": [self.framework(w).await]});
        let cycle = w.post("/v1/cycles").by(&self.hr).json(cycle).send().await.expect(201).id();
        for step in ["publish", "open-planning"] {
            let asking = w.post(format!("/v1/cycles/{cycle}/{step}")).by(&self.hr).if_match("*");
            asking.send().await.expect(200);
        }
        w.create_appraisals(&format!("/v1/cycles/{cycle}"), &self.hr).await;
        let found = w.get(format!("/v1/appraisals?cycle_id={cycle}&person_id={}", self.teacher.person)).by(&self.teacher).send().await.expect(200);
        let appraisal = found.items()[0]["id"].as_str().unwrap().to_owned();
        let mut new = self.booking("check_in", &self.appraiser);
        new["appraisal_id"] = json!(appraisal);
        let made = w.post("/v1/conversations").by(&self.teacher).json(new).send().await.expect(201);
        assert_eq!(made.body["lane"], "appraisal");
        (format!("/v1/conversations/{}", made.id()), appraisal)
    }
    async fn framework(&self, w: &World) -> Value {
        w.get("/v1/framework-versions?key=teachers-standards").by(&self.hr).send().await.expect(200).items()[0]["id"].clone()
    }
}

async fn step(w: &World, by: &Someone, of: &str, name: &str, body: Option<Value>) -> Reply {
    let asking = w.post(format!("{of}/{name}")).by(by).if_match("*");
    match body {
        Some(body) => asking.json(body),
        None => asking,
    }
    .send()
    .await
}
async fn jot(w: &World, by: &Someone, of: &str, text: &str) -> Reply {
    w.patch(format!("{of}/my-notes")).by(by).if_match("*").json(json!({"text": text})).send().await
}

/// Everything that somebody else can read about the conversation.
async fn all_paths(w: &World, s: &Staff, of: &str) -> Vec<(String, Reply)> {
    let id = of.rsplit('/').next().unwrap();
    let mut out = Vec::new();
    for (who, by) in [("appraiser", &s.appraiser), ("coach", &s.coach), ("head", &s.head), ("hr", &s.hr), ("follower", &s.follower)] {
        for path in [
            of.to_owned(),
            format!("{of}/my-notes"),
            format!("{of}/history"),
            format!("{of}/agenda"),
            format!("{of}/snapshots"),
            "/v1/conversations?limit=200".into(),
            format!("/v1/conversations?person_id={}", s.teacher.person),
            "/v1/agreed-actions?limit=200".into(),
        ] {
            out.push((format!("{path} by {who}"), w.get(path).by(by).send().await));
        }
        for operation in ["get_conversation", "get_my_notes", "update_my_notes", "conversation_history"] {
            let question = json!({"operation_id": operation, "record_id": id});
            out.push((format!("explain {operation} by {who}"), w.post("/v1/me/permissions/explain").by(by).json(question).send().await));
        }
    }
    for query in ["include=record&limit=1000", "types=conversation,conversation_notes,agreed_action&include=record"] {
        out.push((format!("feed {query}"), w.get(format!("/v1/changes?{query}")).by(&s.follower).send().await.expect(200)));
    }
    out
}

on_both! {
    async fn what_somebody_prepares_is_theirs_on_every_path_until_they_share_it(w: World) {
        let s = staff(w).await;
        let (of, _) = s.of_appraisal(w).await;
        jot(w, &s.teacher, &of, PRIVATE).await.problem(409, "wrong_state");
        step(w, &s.teacher, &of, "prepare", None).await.expect(200);
        let before = w.get(&of).by(&s.appraiser).send().await.expect(200);
        let mine = jot(w, &s.teacher, &of, PRIVATE).await.expect(200);
        assert_eq!(mine.etag(), "\"2\"");
        for (path, reply) in all_paths(w, &s, &of).await {
            assert!(!reply.text.contains(PRIVATE), "{path}: {}", reply.text);
            assert_ne!(reply.status, 500);
        }
        // the partner's copy did not even grow old by it, and nobody else is told that somebody wrote
        assert_eq!(w.get(&of).by(&s.appraiser).send().await.expect(200).etag(), before.etag());
        let feed = w.get("/v1/changes?types=conversation_notes").by(&s.follower).send().await.expect(200);
        assert_eq!(feed.items(), &[] as &[Value]);
        // whoever is no party has no notes, as if there were no conversation; a party has their own
        let nothing = w.get("/v1/conversations/01938a5e-7c00-7000-8000-0000000000ff/my-notes").by(&s.head).send().await;
        for (by, other) in [(&s.head, &nothing), (&s.hr, &nothing), (&s.coach, &nothing)] {
            alike(&w.get(format!("{of}/my-notes")).by(by).send().await, other);
        }
        assert_eq!(w.get(format!("{of}/my-notes")).by(&s.appraiser).send().await.expect(200).body["text"], Value::Null);
        assert_eq!(w.get(format!("{of}/my-notes")).by(&s.teacher).send().await.expect(200).body["text"], PRIVATE);
        let explained = w.post("/v1/me/permissions/explain").by(&s.head).json(json!({"operation_id": "get_my_notes", "record_id": of.rsplit('/').next()})).send().await;
        assert_eq!((&explained.body["allowed"], &explained.body["code"]), (&json!(false), &json!("not_found")));
        // held without being shared, it stays hers
        let shared = step(w, &s.teacher, &of, "share", None).await.expect(200);
        assert_eq!((&shared.body["state"], &shared.body["appraisee_notes"]["text"]), (&json!("shared"), &json!(PRIVATE)));
        for by in [&s.appraiser, &s.head, &s.hr] {
            assert!(w.get(&of).by(by).send().await.expect(200).text.contains(PRIVATE));
        }
        jot(w, &s.teacher, &of, "Second thoughts, mine alone").await.expect(200);
        assert!(!w.get(&of).by(&s.appraiser).send().await.text.contains("Second thoughts"));
        // the partner's own notes are theirs likewise, until they ask for a response
        jot(w, &s.appraiser, &of, "My own impression").await.expect(200);
        step(w, &s.appraiser, &of, "hold", None).await.expect(200);
        for by in [&s.teacher, &s.head] {
            assert!(!w.get(&of).by(by).send().await.expect(200).text.contains("My own impression"));
        }
        let asked = step(w, &s.appraiser, &of, "request-response", None).await.expect(200);
        assert_eq!((&asked.body["state"], &asked.body["partner_notes"]["text"], &asked.body["appraisee_notes"]["text"]), (&json!("awaiting_response"), &json!("My own impression"), &json!(PRIVATE)));
        assert!(w.db.read(w.operator(s.trust.id), VerifyLog).await.unwrap().is_ok());
    }

    async fn what_stands_in_the_development_lane_is_for_the_two_alone(w: World) {
        let s = staff(w).await;
        let of = s.scheduled(w, "coaching", &s.coach).await;
        let made = w.get(&of).by(&s.coach).send().await.expect(200);
        assert_eq!((&made.body["lane"], &made.body["partner_as"]), (&json!("development"), &json!("coach")));
        step(w, &s.teacher, &of, "prepare", None).await.expect(200);
        jot(w, &s.teacher, &of, PRIVATE).await.expect(200);
        step(w, &s.teacher, &of, "share", None).await.expect(200);
        let action = json!({"title": format!("{PRIVATE} action"), "owner_id": s.teacher.person.to_string()});
        w.post(format!("{of}/actions")).by(&s.coach).json(action).send().await.expect(201);
        w.patch(&of).by(&s.coach).if_match("*").json(json!({"summary": PRIVATE})).send().await.expect(200);
        let absent = "/v1/conversations/01938a5e-7c00-7000-8000-0000000000ff";
        for (path, reply) in all_paths(w, &s, &of).await.into_iter().filter(|(path, _)| !path.ends_with("by coach")) {
            assert!(!reply.text.contains(PRIVATE), "{path}: {}", reply.text);
            assert!(!path.starts_with("feed") || !reply.text.contains(of.rsplit('/').next().unwrap()), "{path}: {}", reply.text);
        }
        for by in [&s.appraiser, &s.head, &s.hr] {
            for path in ["", "/history", "/agenda", "/snapshots", "/my-notes"] {
                alike(&w.get(format!("{of}{path}")).by(by).send().await, &w.get(format!("{absent}{path}")).by(by).send().await);
            }
            step(w, by, &of, "hold", None).await.problem(404, "not_found");
        }
        // support is for the two, and for the headteacher and HR
        let support = s.scheduled(w, "return_to_work", &s.appraiser).await;
        for (by, status) in [(&s.teacher, 200), (&s.appraiser, 200), (&s.head, 200), (&s.hr, 200), (&s.coach, 404)] {
            assert_eq!(w.get(&support).by(by).send().await.status, status);
        }
        step(w, &s.head, &support, "hold", None).await.problem(403, "not_permitted");
    }

    async fn a_lane_and_a_partner_are_what_the_kind_asks_for(w: World) {
        let s = staff(w).await;
        let post = async |by: &Someone, body: Value| w.post("/v1/conversations").by(by).json(body).send().await;
        post(&s.teacher, s.booking("planning", &s.appraiser)).await.problem(422, "conversation_lane");
        let refused = post(&s.teacher, s.booking("return_to_work", &s.coach)).await.problem(422, "not_in_relationship");
        assert_eq!(refused.pointers(), ["/partner_id"]);
        post(&s.teacher, s.booking("coaching", &s.head)).await.problem(422, "not_in_relationship");
        // somebody who is nothing to the person learns nothing: not even that there is such an employment
        let mut nothing = s.booking("coaching", &s.head);
        nothing["employment_id"] = json!("01938a5e-7c00-7000-8000-0000000000ff");
        alike(&post(&s.head, s.booking("coaching", &s.head)).await.problem(422, "unknown_reference"), &post(&s.head, nothing).await);
        post(&s.appraiser, s.booking("coaching", &s.coach)).await.problem(422, "unknown_reference");
        post(&s.coach, s.booking("coaching", &s.coach)).await.expect(201);
        let mut early = s.booking("coaching", &s.coach);
        early["starts_at"] = json!("2019-10-12T15:30:00Z");
        post(&s.teacher, early).await.problem(422, "outside_employment");
        let (of, appraisal) = s.of_appraisal(w).await;
        let mut coaching = s.booking("coaching", &s.coach);
        coaching["appraisal_id"] = json!(appraisal);
        post(&s.teacher, coaching).await.problem(422, "conversation_lane");
        // late is what has passed; a conversation that was handed over is read by who held it, and written no more
        assert_eq!(w.get(&of).by(&s.teacher).send().await.body["late"], false);
        let terms = w.get(format!("/v1/relationships?person_id={}", s.teacher.person)).by(&s.hr).send().await.expect(200);
        let coached = terms.items().iter().find(|r| r["kind"] == "coach").unwrap()["id"].as_str().unwrap().to_owned();
        let coaching = s.scheduled(w, "coaching", &s.coach).await;
        w.post(format!("/v1/relationships/{coached}/end")).by(&s.hr).if_match("*").json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
        let left = w.get(&coaching).by(&s.coach).send().await.expect(200);
        assert!(!left.can("hold"));
        step(w, &s.coach, &coaching, "hold", None).await.problem(403, "not_permitted");
        step(w, &s.teacher, &coaching, "cancel", Some(json!({"reason": "My coach has changed"}))).await.expect(200);
        w.later(TimeDelta::days(8));
        let fresh = Someone { token: w.token(s.trust.id, &s.teacher), ..s.teacher.clone() };
        assert_eq!(w.get(&of).by(&fresh).send().await.expect(200).body["late"], true);
        assert_eq!(w.get(&coaching).by(&fresh).send().await.expect(200).body["late"], false);
    }

    async fn two_people_at_once_lose_no_word(w: World) {
        let s = staff(w).await;
        let of = s.scheduled(w, "coaching", &s.coach).await;
        w.patch(&of).by(&s.teacher).json(json!({"summary": "hers"})).send().await.problem(428, "if_match_required");
        w.post(format!("{of}/prepare")).by(&s.teacher).send().await.problem(428, "if_match_required");
        w.patch(format!("{of}/my-notes")).by(&s.coach).json(json!({"text": "his"})).send().await.problem(428, "if_match_required");
        let tag = w.get(&of).by(&s.teacher).send().await.expect(200).etag();
        w.patch(&of).by(&s.coach).if_match(&tag).json(json!({"summary": "His words", "place": "The library"})).send().await.expect(200);
        let stale = w.patch(&of).by(&s.teacher).if_match(&tag).json(json!({"summary": "Her words"})).send().await.problem(412, "stale");
        assert_eq!((&stale.body["changed_by"]["id"], &stale.body["changed"]), (&json!(s.coach.person.to_string()), &json!(["place", "summary"])), "{}", stale.text);
        assert!(stale.body["changed_at"].is_string());
        assert_eq!(w.get(&of).by(&s.teacher).send().await.expect(200).body["summary"], "His words");
        // each writes for themself as often as they like, and disturbs nobody
        step(w, &s.teacher, &of, "prepare", None).await.expect(200);
        let tag = w.get(&of).by(&s.coach).send().await.expect(200).etag();
        let (mut hers, mut his) = ("\"1\"".to_owned(), "\"1\"".to_owned());
        for n in 1..=5 {
            let mine = format!("{of}/my-notes");
            hers = w.patch(&mine).by(&s.teacher).if_match(&hers).json(json!({"text": format!("draft {n}")})).send().await.expect(200).etag();
            his = w.patch(&mine).by(&s.coach).if_match(&his).json(json!({"text": format!("note {n}")})).send().await.expect(200).etag();
        }
        assert_eq!((hers.as_str(), his.as_str()), ("\"6\"", "\"6\""));
        w.patch(format!("{of}/my-notes")).by(&s.teacher).if_match("\"3\"").json(json!({"text": "an old tab"})).send().await.problem(412, "stale");
        assert_eq!(w.patch(format!("{of}/my-notes")).by(&s.teacher).if_match(&hers).json(json!({"text": "draft 5"})).send().await.expect(200).etag(), hers, "no change, no version");
        w.patch(&of).by(&s.coach).if_match(&tag).json(json!({"summary": "His words, and hers"})).send().await.expect(200);
        let history = w.get(format!("{of}/history")).by(&s.coach).send().await.expect(200);
        let kinds: Vec<&str> = history.items().iter().filter_map(|e| e["type"].as_str()).collect();
        assert_eq!(kinds, ["conversation.updated", "conversation.prepared", "conversation.updated", "conversation.scheduled"]);
    }

    async fn what_was_locked_is_kept_when_it_is_opened_again(w: World) {
        let s = staff(w).await;
        let of = s.scheduled(w, "coaching", &s.coach).await;
        step(w, &s.teacher, &of, "prepare", None).await.expect(200);
        step(w, &s.coach, &of, "hold", None).await.expect(200);
        w.patch(&of).by(&s.coach).if_match("*").json(json!({"summary": "We agreed to try it twice."})).send().await.expect(200);
        w.patch(&of).by(&s.coach).if_match("*").json(json!({"starts_at": "2026-10-13T15:30:00Z"})).send().await.problem(409, "wrong_state");
        let action = json!({"title": "Try it twice", "owner_id": s.teacher.person.to_string(), "due_on": "2026-10-23"});
        w.post(format!("{of}/actions")).by(&s.coach).json(action).send().await.expect(201);
        step(w, &s.coach, &of, "request-response", None).await.expect(200);
        w.patch(&of).by(&s.coach).if_match("*").json(json!({"summary": "Something else"})).send().await.problem(409, "wrong_state");
        let missing = step(w, &s.coach, &of, "complete", Some(json!({}))).await.problem(409, "not_ready");
        assert_eq!(missing.pointers(), ["/reason"]);
        let silent = step(w, &s.coach, &of, "complete", Some(json!({"reason": "She has nothing to add"}))).await.expect(200);
        assert_eq!((&silent.body["state"], &silent.body["snapshots"]), (&json!("completed"), &json!(1)));
        jot(w, &s.teacher, &of, "too late").await.problem(409, "wrong_state");
        w.post(format!("{of}/actions")).by(&s.coach).json(json!({"title": "More", "owner_id": s.coach.person.to_string()})).send().await.problem(409, "wrong_state");
        step(w, &s.teacher, &of, "reopen", Some(json!({"reason": "A word of mine is missing"}))).await.expect(200);
        jot(w, &s.teacher, &of, "My word").await.expect(200);
        step(w, &s.teacher, &of, "share", None).await.expect(200);
        step(w, &s.coach, &of, "request-response", None).await.expect(200);
        step(w, &s.teacher, &of, "respond", Some(json!({"response": "Thank you."}))).await.expect(200);
        let again = step(w, &s.teacher, &of, "complete", Some(json!({}))).await.expect(200);
        let locked = w.get(format!("{of}/snapshots")).by(&s.coach).send().await.expect(200);
        let (first, second) = (&locked.items()[0], &locked.items()[1]);
        assert_eq!((&first["content_hash"], &second["content_hash"]), (&silent.body["content_hash"], &again.body["content_hash"]));
        assert_ne!(first["content_hash"], second["content_hash"]);
        assert_eq!((&first["content"]["reason"], &first["content"]["appraisee_notes"]), (&json!("She has nothing to add"), &Value::Null));
        assert_eq!((&second["content"]["response"], &second["content"]["appraisee_notes"]["text"]), (&json!("Thank you."), &json!("My word")));
        assert_eq!(first["content"]["actions"], json!([{"title": "Try it twice", "by": "appraisee", "due_on": "2026-10-23", "state": "open"}]));
        // the log has the hash of each
        let history = w.get(format!("{of}/history")).by(&s.teacher).send().await.expect(200);
        let logged: Vec<&Value> = history.items().iter().filter(|e| e["type"] == "conversation.completed").map(|e| &e["values"]["content_hash"]["after"]).collect();
        assert_eq!(logged, [&second["content_hash"], &first["content_hash"]]);
    }

    async fn what_is_unfinished_comes_up_again_in_its_lane_and_learning_comes_first(w: World) {
        let s = staff(w).await;
        let (of, appraisal) = s.of_appraisal(w).await;
        let inquiry = json!({"employment_id": s.employment(), "kind": "growth_inquiry", "title": "Does retrieval help?", "inquiry": {"question": "Does it?"}});
        let inquiry = w.post("/v1/objectives").by(&s.teacher).json(inquiry).send().await.expect(201).id();
        step(w, &s.teacher, &format!("/v1/objectives/{inquiry}"), "propose", None).await.expect(200);
        let draft = json!({"employment_id": s.employment(), "kind": "practice", "title": "A draft of her own"});
        w.post("/v1/objectives").by(&s.teacher).json(draft).send().await.expect(201);
        let private = json!({"title": "Read in private", "kind": "reading", "started_on": "2026-10-01", "minutes": 30});
        w.post("/v1/learning-records").by(&s.teacher).json(private).send().await.expect(201);
        let shared = json!({"title": "Visit to a colleague", "kind": "learning_visit", "started_on": "2026-10-01", "minutes": 60});
        let shared = w.post("/v1/learning-records").by(&s.teacher).json(shared).send().await.expect(201).id();
        w.post(format!("/v1/learning-records/{shared}/share")).by(&s.teacher).send().await.expect(200);
        let act = async |of: &str, title: &str| {
            let action = json!({"title": title, "owner_id": s.teacher.person.to_string()});
            w.post(format!("{of}/actions")).by(&s.teacher).json(action).send().await.expect(201).id()
        };
        act(&of, "From the appraisal").await;
        let done = act(&of, "Done already").await;
        step(w, &s.teacher, &format!("/v1/agreed-actions/{done}"), "finish", None).await.expect(200);
        let coaching = s.scheduled(w, "coaching", &s.coach).await;
        act(&coaching, "From coaching").await;
        let lines = |reply: &Reply| reply.body["items"].as_array().unwrap().iter().map(|i| format!("{}: {}", i["kind"].as_str().unwrap(), i["title"].as_str().unwrap_or("-"))).collect::<Vec<_>>();
        let agenda = w.get(format!("{of}/agenda")).by(&s.appraiser).send().await.expect(200);
        let expected = ["inquiry: Does retrieval help?", "learning: Visit to a colleague", "agreed_action: From the appraisal", "inform_standards: -", "objectives_due: -", "review_due: -", "report_due: -"];
        assert_eq!(lines(&agenda), expected);
        for item in agenda.body["items"].as_array().unwrap() {
            w.get(item["href"].as_str().unwrap()).by(&s.appraiser).send().await.expect(200);
        }
        // the coach sees of it what they may: no objective, no learning, and what the two of them agreed
        assert_eq!(lines(&w.get(format!("{coaching}/agenda")).by(&s.coach).send().await.expect(200)), ["agreed_action: From coaching"]);
        assert_eq!(lines(&w.get(format!("{coaching}/agenda")).by(&s.teacher).send().await.expect(200)), ["inquiry: Does retrieval help?", "learning: Visit to a colleague", "agreed_action: From coaching"]);
        step(w, &s.appraiser, &of, "hold", None).await.expect(200);
        w.later(TimeDelta::days(1));
        let s = Staff { teacher: Someone { token: w.token(s.trust.id, &s.teacher), ..s.teacher.clone() }, appraiser: Someone { token: w.token(s.trust.id, &s.appraiser), ..s.appraiser.clone() }, ..s };
        // the next of the same lane, with another appraiser: what is unfinished is there, what was learned before is not new
        let successor = s.trust.someone(w).at(s.trust.school).made().await;
        w.appoint(&s.trust, RelationshipKind::Appraiser, s.teacher.person, successor.person).await;
        let mut next = s.booking("mid_cycle", &successor);
        next["appraisal_id"] = json!(appraisal);
        let next = format!("/v1/conversations/{}", w.post("/v1/conversations").by(&s.teacher).json(next).send().await.expect(201).id());
        let carried = w.get(format!("{next}/agenda")).by(&successor).send().await.expect(200);
        assert!(lines(&carried).contains(&"agreed_action: From the appraisal".to_owned()), "{}", carried.text);
        let mut same = s.booking("mid_cycle", &s.appraiser);
        same["appraisal_id"] = json!(appraisal);
        let same = format!("/v1/conversations/{}", w.post("/v1/conversations").by(&s.teacher).json(same).send().await.expect(201).id());
        let again = w.get(format!("{same}/agenda")).by(&s.appraiser).send().await.expect(200);
        assert!(again.body["since"].is_string() && !lines(&again).contains(&"learning: Visit to a colleague".to_owned()), "{}", again.text);
        let open = w.get(format!("/v1/agreed-actions?state=open&employment_id={}", s.employment())).by(&successor).send().await.expect(200);
        let found = &open.items()[0];
        assert_eq!((open.items().len(), &found["title"]), (1, &json!("From the appraisal")));
        let at = format!("/v1/agreed-actions/{}", found["id"].as_str().unwrap());
        w.patch(&at).by(&successor).if_match("*").json(json!({"owner_id": successor.person.to_string()})).send().await.problem(422, "unknown_reference");
        step(w, &successor, &at, "drop", Some(json!({"reason": "Overtaken by the new timetable"}))).await.expect(200);
        step(w, &successor, &at, "drop", Some(json!({"reason": "Twice"}))).await.problem(409, "wrong_state");
        step(w, &s.teacher, &at, "reopen", None).await.expect(200);
    }

    async fn an_answer_keeps_its_question_when_the_template_loses_it(w: World) {
        let s = staff(w).await;
        let lead = s.trust.someone(w).with(RoleName::TrustLeader, s.trust.root).made().await;
        let question = |key: &str, text: &str, by: &str| json!({"key": key, "text": text, "help": null, "answered_by": by});
        let document = |questions: Value| json!({"key": "coaching", "name": "Coaching", "kind": "coaching", "sections": [{"title": "Learning", "questions": questions}]});
        let new = |at: String, questions: Value| json!({"organisation_id": at, "document": document(questions)});
        let (root, school) = (s.trust.root.to_string(), s.trust.school.to_string());
        let first = json!([question("learned", "What did you learn?", "appraisee"), question("seen", "What did you see?", "partner")]);
        let post = async |by: &Someone, body: Value| w.post("/v1/conversation-templates").by(by).json(body).send().await;
        post(&s.teacher, new(root.clone(), first.clone())).await.problem(403, "role_required");
        post(&s.head, new(root.clone(), first.clone())).await.problem(403, "not_permitted");
        let twice = json!([question("learned", "a?", "both"), question("learned", "b?", "both")]);
        assert_eq!(post(&lead, new(root.clone(), twice)).await.problem(422, "repeated_code").pointers(), ["/document/sections/0/questions/1/key"]);
        let v1 = post(&lead, new(root.clone(), first)).await.expect(201);
        let at = format!("/v1/conversation-templates/{}", v1.id());
        w.get(&at).by(&s.teacher).send().await.problem(404, "not_found");
        step(w, &lead, &at, "publish", None).await.expect(200);
        step(w, &lead, &at, "publish", None).await.problem(409, "published");
        w.get(&at).by(&s.teacher).send().await.expect(200);
        // the nearest published template is asked
        let of = s.scheduled(w, "coaching", &s.coach).await;
        assert_eq!(w.get(&of).by(&s.teacher).send().await.body["template_id"].as_str(), Some(v1.id().as_str()));
        step(w, &s.teacher, &of, "prepare", None).await.expect(200);
        let answer = |key: &str| json!({"answers": [{"question": key, "text": "To wait for an answer."}]});
        let write = async |of: &str, by: &Someone, body: Value| w.patch(format!("{of}/my-notes")).by(by).if_match("*").json(body).send().await;
        assert_eq!(write(&of, &s.teacher, answer("seen")).await.problem(422, "unknown_reference").pointers(), ["/answers/0/question"]);
        write(&of, &s.teacher, answer("learned")).await.expect(200);
        step(w, &s.teacher, &of, "share", None).await.expect(200);
        // carried out and in again by its document; one question is worded anew and the answered one is gone
        let carried = w.get(&at).by(&s.head).send().await.expect(200).body["document"].clone();
        let own = w.post("/v1/conversation-templates").by(&s.head).json(json!({"organisation_id": school, "based_on": v1.id(), "document": carried})).send().await.expect(201);
        assert_eq!((&own.body["document"], &own.body["revisions"][0]["revision"]), (&carried, &json!(1)));
        let second = json!([question("seen", "What did you notice?", "partner"), question("tried", "What did you try?", "both")]);
        let v2 = post(&lead, new(root, second)).await.expect(201);
        let asked: Vec<(&str, i64)> = v2.body["revisions"].as_array().unwrap().iter().map(|r| (r["question"].as_str().unwrap(), r["revision"].as_i64().unwrap())).collect();
        assert_eq!((v2.body["number"].as_i64(), asked), (Some(2), vec![("seen", 2), ("tried", 1)]));
        step(w, &lead, &format!("/v1/conversation-templates/{}", v2.id()), "publish", None).await.expect(200);
        let old = w.get(&of).by(&s.coach).send().await.expect(200);
        assert_eq!(old.body["appraisee_notes"]["answers"], json!([{"question": "learned", "revision": 1, "asked": "What did you learn?", "text": "To wait for an answer."}]));
        write(&of, &s.teacher, answer("learned")).await.expect(200);
        // new conversations ask the new version, and a school's own before the trust's
        let later = s.scheduled(w, "coaching", &s.coach).await;
        assert_eq!(w.get(&later).by(&s.teacher).send().await.body["template_id"].as_str(), Some(v2.id().as_str()));
        step(w, &s.teacher, &later, "prepare", None).await.expect(200);
        write(&later, &s.teacher, answer("learned")).await.problem(422, "unknown_reference");
        step(w, &s.head, &format!("/v1/conversation-templates/{}", own.id()), "publish", None).await.expect(200);
        let local = s.scheduled(w, "coaching", &s.coach).await;
        assert_eq!(w.get(&local).by(&s.teacher).send().await.body["template_id"].as_str(), Some(own.id().as_str()));
        let mut wrong = s.booking("wellbeing", &s.coach);
        wrong["template_id"] = json!(v2.id());
        w.post("/v1/conversations").by(&s.teacher).json(wrong).send().await.problem(422, "unknown_reference");
    }
}
