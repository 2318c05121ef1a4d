//! Two records that are one person: merged with everything of both, and parted again.

use crate::{migrations, reports, support::*};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use trellis_domain::{relationship::RelationshipKind, role::RoleName};
use trellis_persistence::merge::LOOKED_AFTER;

/// A duplicate: a teacher twice at one school, each with records of every kind, an appraiser, a line manager, pupils of their own.
struct Twice {
    trust: Trust,
    admin: Someone,
    appraiser: Someone,
    one: Someone,
    other: Someone,
}

async fn made(w: &World, by: &Someone, path: &str, body: Value) -> String {
    w.post(path).by(by).json(body).send().await.expect(201).id()
}
async fn step(w: &World, by: &Someone, path: &str, body: Option<Value>) {
    let asking = w.post(path).by(by).if_match("*");
    match body {
        Some(body) => asking.json(body),
        None => asking,
    }
    .send()
    .await
    .expect(200);
}

/// Records of every kind for one of the two.
async fn furnish(w: &World, scene: &Twice, who: &Someone, n: u32) {
    let (admin, appraiser) = (&scene.admin, &scene.appraiser);
    let of = who.person.to_string();
    let own = |title: &str| json!({"employment_id": who.employment.unwrap().to_string(), "kind": "growth_inquiry", "title": title, "inquiry": {"question": "Does it help?"}});
    let refs = json!({"external_refs": [{"source": "mis", "id": format!("{n}")}, {"source": "payroll", "id": format!("p{n}")}]});
    w.patch(format!("/v1/people/{of}")).by(admin).json(refs).send().await.expect(200);
    w.patch(format!("/v1/employments/{}", who.employment.unwrap())).by(admin).json(json!({"staff_code": format!("C{n}")})).send().await.expect(200);
    made(w, who, "/v1/objectives", own("A draft of my own")).await;
    let objective = made(w, who, "/v1/objectives", own("An agreed one")).await;
    let at = format!("/v1/objectives/{objective}");
    step(w, who, &format!("{at}/propose"), None).await;
    step(w, appraiser, &format!("{at}/agree"), None).await;
    step(w, who, &format!("{at}/revise"), Some(json!({"reason": "A new timetable", "changes": {"title": "A revised one"}}))).await;
    let new = json!({"title": "A visit", "kind": "learning_visit", "started_on": "2026-10-01", "minutes": 60, "objective_ids": [objective]});
    let learning = made(w, who, "/v1/learning-records", new).await;
    step(w, who, &format!("/v1/learning-records/{learning}/share"), None).await;
    made(w, who, "/v1/learning-records", json!({"title": "A book", "kind": "reading", "started_on": "2026-10-01", "minutes": 60})).await;
    let new = json!({"employment_id": who.employment.unwrap().to_string(), "title": "A course", "starts_on": "2026-11-05", "cost_pence": 100, "objective_ids": [objective]});
    made(w, who, "/v1/learning-requests", new.clone()).await;
    let request = format!("/v1/learning-requests/{}", made(w, who, "/v1/learning-requests", new).await);
    step(w, who, &format!("{request}/submit"), None).await;
    step(w, appraiser, &format!("{request}/manager-agree"), Some(json!({}))).await;
    // their own appraisee
    let theirs = scene.trust.someone(w).at(scene.trust.school).appraised_by(who).made().await;
    let new = json!({"employment_id": theirs.employment.unwrap().to_string(), "kind": "practice", "title": "Set by me"});
    let set = made(w, who, "/v1/objectives", new).await;
    made(w, who, &format!("{at}/notes"), json!({"text": "A note of mine"})).await;
    made(w, who, "/v1/collaborations", json!({"objective_id": objective, "person_id": theirs.person.to_string()})).await;
    // and a part in an objective of theirs
    let new = json!({"employment_id": theirs.employment.unwrap().to_string(), "kind": "practice", "title": "Theirs"});
    let shared = made(w, &theirs, "/v1/objectives", new).await;
    step(w, &theirs, &format!("/v1/objectives/{shared}/propose"), None).await;
    made(w, &theirs, "/v1/collaborations", json!({"objective_id": shared, "person_id": of})).await;
    step(w, who, &format!("/v1/objectives/{set}/propose"), None).await;
    made(w, admin, "/v1/employments", json!({"person_id": of, "organisation_id": scene.trust.other_school.to_string(), "job_title": "Visiting", "staff_category": "teacher", "starts_on": format!("20{:02}-09-01", 10 + n), "ends_on": format!("20{:02}-08-31", 11 + n)})).await;
    made(
        w,
        admin,
        "/v1/roles",
        json!({"person_id": of, "role": "learning_lead", "organisation_id": scene.trust.school.to_string(), "starts_on": "2026-09-01"}),
    )
    .await;
    made(
        w,
        admin,
        "/v1/relationships",
        json!({"kind": "coach", "person_id": of, "holder_id": appraiser.person.to_string(), "starts_on": format!("2026-09-0{n}")}),
    )
    .await;
}

async fn twice(w: &World) -> Twice {
    let trust = w.trust("beacon").await;
    let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
    let appraiser = trust.someone(w).at(trust.school).made().await;
    let one = trust.someone(w).named("Adaeze", "Okoro").at(trust.school).appraised_by(&appraiser).made().await;
    let other = trust.someone(w).named("Ada", "Okoro").at(trust.school).appraised_by(&appraiser).made().await;
    let scene = Twice { trust, admin, appraiser, one, other };
    furnish(w, &scene, &scene.one, 1).await;
    furnish(w, &scene, &scene.other, 2).await;
    scene
}

impl Twice {
    async fn merge(&self, w: &World, giver: &Someone, into: &Someone) -> Reply {
        let body = json!({"into": into.person.to_string(), "reason": "The same person"});
        w.post(format!("/v1/people/{}/merge", giver.person)).by(&self.admin).json(body).send().await
    }
}

/// Everything that these people see, versions and times of change aside.
async fn views(w: &World, callers: &[&Someone]) -> BTreeMap<String, Value> {
    fn bare(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.retain(|name, _| !["version", "updated_at", "next_cursor"].contains(&name.as_str()));
                members.values_mut().for_each(bare);
            }
            Value::Array(items) => items.iter_mut().for_each(bare),
            _ => {}
        }
    }
    let mut out = BTreeMap::new();
    for caller in callers {
        for list in
            ["people", "employments", "roles", "relationships", "objectives", "collaborations", "learning-records", "learning-requests", "accounts", "cycles"]
        {
            let reply = w.get(format!("/v1/{list}?limit=200")).by(caller).send().await;
            if reply.status == 403 {
                continue;
            }
            for item in reply.expect(200).items() {
                let id = item["id"].as_str().unwrap();
                let mut one = w.get(format!("/v1/{list}/{id}")).by(caller).send().await.expect(200).body;
                bare(&mut one);
                out.insert(format!("{} {list} {id}", caller.person), one);
                for part in ["revisions", "authorship", "notes"].iter().filter(|_| list == "objectives") {
                    let mut parts = w.get(format!("/v1/objectives/{id}/{part}")).by(caller).send().await.expect(200).body;
                    bare(&mut parts);
                    out.insert(format!("{} {part} {id}", caller.person), parts);
                }
            }
        }
        for source in ["mis:1", "mis:2", "payroll:p1", "payroll:p2"] {
            let mut found = w.get(format!("/v1/people?external_ref={source}")).by(caller).send().await.expect(200).body;
            bare(&mut found);
            out.insert(format!("{} {source}", caller.person), found);
        }
    }
    out
}

fn ids(reply: &Reply) -> BTreeSet<String> {
    reply.items().iter().map(|i| i["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_foreign_key_to_a_person_or_an_employment_is_looked_after() {
    let sql = "SELECT m.name || '.' || f.\"from\" AS line FROM sqlite_master m, pragma_foreign_key_list(m.name) f \
               WHERE m.type = 'table' AND f.\"table\" IN ('people', 'employments') AND f.\"from\" <> 'tenant_id'";
    let keys = migrations::lines(Backend::Sqlite, sql);
    let known: BTreeSet<String> = LOOKED_AFTER.iter().map(|(table, column)| format!("{table}.{column}")).collect();
    assert_eq!(keys, known, "a merge must know every column that names a person or an employment: `each_column!` in persistence/operations/src/merge.rs");
}

on_both! {
    async fn a_merge_undone_leaves_both_people_as_they_were(w: World) {
        let scene = twice(w).await;
        let hr = scene.trust.someone(w).with(RoleName::Hr, scene.trust.root).made().await;
        let callers = [&scene.admin, &hr, &scene.appraiser];
        let before = views(w, &callers).await;
        let (own_before, other_before) = (views(w, &[&scene.one]).await, views(w, &[&scene.other]).await);
        let merge = scene.merge(w, &scene.other, &scene.one).await.expect(201);
        assert_eq!(merge.headers["location"], format!("/v1/merges/{}", merge.id()));
        assert!(merge.can("undo"), "{}", merge.text);
        let merged = views(w, &callers).await;
        assert_ne!(before, merged);
        let undone = w.post(format!("/v1/merges/{}/undo", merge.id())).by(&scene.admin).send().await.expect(200);
        assert!(undone.body["undone_at"].is_string() && !undone.can("undo"));
        let after = views(w, &callers).await;
        for (what, view) in &before {
            assert_eq!(Some(view), after.get(what), "{what}");
        }
        assert_eq!(before.len(), after.len());
        assert_eq!(own_before, views(w, &[&scene.one]).await);
        // the other's log-in ended with the merge; with a new one they see what they saw
        w.get("/v1/me").by(&scene.other).send().await.problem(401, "session_ended");
        let session = trellis_domain::id::SessionId(w.shared.ids.make(w.now()));
        let start = trellis_persistence::account::StartSession { account: scene.other.account, password_hash: "none".into(), refresh_secret: vec![0], refresh_digest: vec![0], session, days: 365 };
        w.does(scene.trust.id, start).await;
        let mut back = Someone { session, ..scene.other.clone() };
        back.token = w.token(scene.trust.id, &back);
        assert_eq!(other_before, views(w, &[&back]).await);
        w.post(format!("/v1/merges/{}/undo", merge.id())).by(&scene.admin).send().await.problem(409, "wrong_state");
    }

    async fn nothing_of_either_is_lost(w: World) {
        let scene = twice(w).await;
        let (one, other) = (&scene.one, &scene.other);
        let list = async |what: &str, of: &Someone| {
            let by = if matches!(what, "objectives" | "learning-records") { of } else { &scene.admin };
            ids(&w.get(format!("/v1/{what}?person_id={}&limit=200", of.person)).by(by).send().await.expect(200))
        };
        let mut all = BTreeMap::new();
        for what in ["employments", "roles", "relationships", "objectives", "learning-records"] {
            let both: BTreeSet<String> = list(what, one).await.union(&list(what, other).await).cloned().collect();
            all.insert(what, both);
        }
        let merge = scene.merge(w, other, one).await.expect(201);
        // what is not in the survivor's lists was folded into what is
        for (what, both) in all {
            let now = list(what, one).await;
            assert!(now.is_subset(&both), "{what}");
            for gone in both.difference(&now) {
                let reply = w.get(format!("/v1/{what}/{gone}")).by(&scene.admin).send().await.problem(308, "merged");
                let to = reply.headers["location"].rsplit('/').next().unwrap();
                assert!(now.contains(to), "{what} {gone} went to {to}");
            }
        }
        let count = |list: &str, kind: &str| merge.body[list].as_array().unwrap().iter().find(|c| c["record_type"] == kind).map_or(0, |c| c["count"].as_i64().unwrap());
        assert_eq!((count("folded", "employment"), count("folded", "role"), count("folded", "account")), (1, 1, 1), "{}", merge.text);
        assert_eq!((count("folded", "relationship"), count("moved", "objective"), count("moved", "learning_record")), (2, 0, 0), "{}", merge.text);
        assert_eq!((count("moved", "employment"), count("moved", "relationship")), (1, 1), "{}", merge.text);
        // drafts went over: they are the survivor's alone
        let drafts = w.get("/v1/objectives?limit=200").by(one).send().await.expect(200);
        assert_eq!(drafts.items().iter().filter(|o| o["state"] == "draft" && o["author_id"] == one.person.to_string()).count(), 2);
        // both codes and all references find the survivor
        for source in ["mis:1", "mis:2", "payroll:p2"] {
            let found = w.get(format!("/v1/people?external_ref={source}")).by(&scene.admin).send().await.expect(200);
            assert_eq!(ids(&found), BTreeSet::from([one.person.to_string()]));
        }
        let taken = json!({"person_id": scene.appraiser.person.to_string(), "organisation_id": scene.trust.school.to_string(), "job_title": "Cover", "staff_category": "teacher", "staff_code": "C2", "starts_on": "2010-09-01", "ends_on": "2011-08-31"});
        w.post("/v1/employments").by(&scene.admin).json(taken).send().await.problem(409, "duplicate");
        // lists show the survivor only, and what the log says of either is in the survivor's history
        let people = ids(&w.get("/v1/people?limit=200").by(&scene.admin).send().await.expect(200));
        assert!(people.contains(&one.person.to_string()) && !people.contains(&other.person.to_string()));
        let history = w.get(format!("/v1/people/{}/history?limit=200", one.person)).by(&scene.admin).send().await.expect(200);
        let kinds: Vec<&str> = history.items().iter().map(|e| e["type"].as_str().unwrap()).collect();
        assert_eq!(kinds.iter().filter(|k| **k == "person.created").count(), 2);
        let merged = history.items().iter().find(|e| e["type"] == "person.merged").unwrap();
        assert_eq!(merged["values"]["merged_into"]["after"], one.person.to_string());
        assert_eq!(merged["values"]["external_refs"]["before"].as_array().unwrap().len(), 2);
        w.db.read(w.operator(scene.trust.id), trellis_persistence::event::VerifyLog).await.unwrap().unwrap();
    }

    async fn the_old_address_leads_to_the_survivor_for_whoever_may_know_of_them(w: World) {
        let scene = twice(w).await;
        let elsewhere = w.trust("harbour").await;
        let stranger = elsewhere.someone(w).with(RoleName::TrustAdmin, elsewhere.root).made().await;
        let third = w.organisation(scene.trust.id, scene.trust.root, trellis_domain::organisation::OrganisationKind::School, "a third school").await;
        let hidden = scene.trust.someone(w).at(third).made().await;
        let (old, new) = (scene.other.person.to_string(), scene.one.person.to_string());
        let employment = scene.other.employment.unwrap();
        scene.merge(w, &scene.other, &scene.one).await.expect(201);
        let reply = w.get(format!("/v1/people/{old}")).by(&scene.appraiser).send().await.problem(308, "merged");
        assert_eq!(reply.headers["location"], format!("/v1/people/{new}"));
        let reply = w.get(format!("/v1/people/{old}/history?limit=5")).by(&scene.admin).send().await.problem(308, "merged");
        assert_eq!(reply.headers["location"], format!("/v1/people/{new}/history?limit=5"));
        let reply = w.patch(format!("/v1/people/{old}")).by(&scene.admin).json(json!({"preferred_name": "Ada"})).send().await.problem(308, "merged");
        assert_eq!(reply.headers["location"], format!("/v1/people/{new}"));
        let reply = w.get(format!("/v1/employments/{employment}")).by(&scene.admin).send().await.problem(308, "merged");
        assert_eq!(reply.headers["location"], format!("/v1/employments/{}", scene.one.employment.unwrap()));
        // an act is not sent on: it was meant for another
        w.post(format!("/v1/people/{old}/merge")).by(&scene.admin).json(json!({"into": scene.appraiser.person.to_string()})).send().await.problem(404, "not_found");
        for who in [&stranger, &hidden] {
            let gone = w.get(format!("/v1/people/{old}")).by(who).send().await.problem(404, "not_found");
            let nothing = w.get(format!("/v1/people/{}", uuid::Uuid::from_u128(5))).by(who).send().await;
            if who.person == stranger.person {
                alike(&gone, &nothing);
            }
            w.get(format!("/v1/employments/{employment}")).by(who).send().await.problem(404, "not_found");
        }
    }

    async fn a_merge_on_a_merge_is_undone_in_turn(w: World) {
        let scene = twice(w).await;
        let third = scene.trust.someone(w).at(scene.trust.school).made().await;
        let before = views(w, &[&scene.admin]).await;
        let first = scene.merge(w, &scene.other, &scene.one).await.expect(201);
        let second = scene.merge(w, &scene.one, &third).await.expect(201);
        let reply = w.get(format!("/v1/people/{}", scene.other.person)).by(&scene.admin).send().await.problem(308, "merged");
        assert_eq!(reply.headers["location"], format!("/v1/people/{}", third.person));
        let history = w.get(format!("/v1/people/{}/history?limit=200", third.person)).by(&scene.admin).send().await.expect(200);
        assert_eq!(history.items().iter().filter(|e| e["type"] == "person.created").count(), 3);
        let refused = w.post(format!("/v1/merges/{}/undo", first.id())).by(&scene.admin).send().await.problem(409, "merge_stands");
        assert!(refused.text.contains("undo that merge first"));
        assert!(!w.get(format!("/v1/merges/{}", first.id())).by(&scene.admin).send().await.expect(200).can("undo"));
        assert_eq!(w.get(format!("/v1/merges?person_id={}", third.person)).by(&scene.admin).send().await.items().len(), 2);
        for merge in [&second, &first] {
            w.post(format!("/v1/merges/{}/undo", merge.id())).by(&scene.admin).send().await.expect(200);
        }
        assert_eq!(before, views(w, &[&scene.admin]).await);
    }

    async fn what_cannot_be_one_person_is_refused_with_every_reason(w: World) {
        let scene = twice(w).await;
        let (one, other) = (&scene.one, &scene.other);
        for (who, trn) in [(one, "1234567"), (other, "7654321")] {
            w.patch(format!("/v1/people/{}", who.person)).by(&scene.admin).json(json!({"trn": trn})).send().await.expect(200);
        }
        let between = scene.trust.someone(w).named("Ben", "Between").at(scene.trust.school).made().await;
        w.appoint(&scene.trust, RelationshipKind::LineManager, one.person, between.person).await;
        w.appoint(&scene.trust, RelationshipKind::LineManager, between.person, other.person).await;
        let refused = scene.merge(w, other, one).await.problem(409, "different_trn");
        assert_eq!(refused.pointers(), ["/into", "/into"]);
        let circle = refused.body["errors"][1]["message"].as_str().unwrap();
        assert!(circle.contains("Adaeze Okoro is managed by Ben Between is managed by Adaeze Okoro"), "{circle}");
        let nobody = json!({"into": uuid::Uuid::from_u128(9).to_string()});
        w.post(format!("/v1/people/{}/merge", one.person)).by(&scene.admin).json(nobody).send().await.problem(422, "unknown_reference");
        let oneself = json!({"into": one.person.to_string()});
        w.post(format!("/v1/people/{}/merge", one.person)).by(&scene.admin).json(oneself).send().await.problem(422, "same_person");
        let body = json!({"into": scene.admin.person.to_string()});
        w.post(format!("/v1/people/{}/merge", between.person)).by(&scene.admin).json(body).send().await.problem(403, "not_for_yourself");
        let stale = json!({"into": one.person.to_string()});
        w.post(format!("/v1/people/{}/merge", between.person)).by(&scene.admin).if_match("\"9\"").json(stale).send().await.problem(412, "stale");
    }

    async fn nobody_hands_on_by_a_merge_what_they_could_not_give(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let mighty = trust.someone(w).with(RoleName::TrustAdmin, trust.root).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let body = |into: &Someone| json!({"into": into.person.to_string()});
        w.post(format!("/v1/people/{}/merge", mighty.person)).by(&hr).json(body(&teacher)).send().await.problem(403, "not_permitted");
        // nor may a colleague's account become that of somebody who holds a role
        let head = made(w, &admin, "/v1/people", json!({"given_name": "No", "family_name": "Account"})).await;
        made(w, &admin, "/v1/roles", json!({"person_id": head, "role": "headteacher", "organisation_id": trust.school.to_string(), "starts_on": "2026-09-01"})).await;
        w.post(format!("/v1/people/{}/merge", teacher.person)).by(&hr).json(json!({"into": head})).send().await.problem(403, "not_permitted");
        w.post(format!("/v1/people/{}/merge", teacher.person)).by(&admin).json(json!({"into": head})).send().await.expect(201);
        // the account came with the merge
        let me = w.get("/v1/me").by(&teacher).send().await.expect(200);
        assert!(me.text.contains(&head), "{}", me.text);
        let ordinary = trust.someone(w).at(trust.school).made().await;
        w.post(format!("/v1/people/{}/merge", ordinary.person)).by(&hr).json(body(&mighty)).send().await.problem(403, "not_permitted");
        w.post(format!("/v1/people/{}/merge", ordinary.person)).by(&admin).json(body(&mighty)).send().await.expect(201);
    }

    async fn what_joined_the_two_falls_away_and_comes_back(w: World) {
        let scene = twice(w).await;
        w.appoint(&scene.trust, RelationshipKind::Mentor, scene.one.person, scene.other.person).await;
        let before = views(w, &[&scene.admin]).await;
        let merge = scene.merge(w, &scene.other, &scene.one).await.expect(201);
        let mentors = w.get(format!("/v1/relationships?kind=mentor&person_id={}", scene.one.person)).by(&scene.admin).send().await.expect(200);
        assert_eq!(mentors.items().len(), 0);
        w.post(format!("/v1/merges/{}/undo", merge.id())).by(&scene.admin).send().await.expect(200);
        assert_eq!(before, views(w, &[&scene.admin]).await);
    }

    async fn what_happened_since_stands_in_the_way_and_all_of_it_is_named(w: World) {
        let scene = twice(w).await;
        let visiting = w.get(format!("/v1/employments?person_id={}&organisation_id={}", scene.other.person, scene.trust.other_school)).by(&scene.admin).send().await.items()[0]["id"].as_str().unwrap().to_owned();
        w.patch(format!("/v1/employments/{visiting}")).by(&scene.admin).json(json!({"ends_on": null})).send().await.expect(200);
        w.patch(format!("/v1/employments/{}", scene.other.employment.unwrap())).by(&scene.admin).json(json!({"starts_on": "2015-09-01"})).send().await.expect(200);
        w.patch(format!("/v1/people/{}", scene.other.person)).by(&scene.admin).json(json!({"trn": "7654321"})).send().await.expect(200);
        let merge = scene.merge(w, &scene.other, &scene.one).await.expect(201);
        let survivor = w.get(format!("/v1/people/{}", scene.one.person)).by(&scene.admin).send().await.expect(200);
        assert_eq!(survivor.body["trn"], "7654321");
        // the number and a reference are given to somebody else, something is written, and what was folded is changed
        w.patch(format!("/v1/people/{}", scene.one.person)).by(&scene.admin).json(json!({"trn": null, "external_refs": []})).send().await.expect(200);
        let new = json!({"given_name": "New", "family_name": "Owner", "trn": "7654321", "external_refs": [{"source": "mis", "id": "2"}]});
        made(w, &scene.admin, "/v1/people", new).await;
        let new = json!({"employment_id": visiting, "kind": "practice", "title": "Written since"});
        made(w, &scene.one, "/v1/objectives", new).await;
        w.patch(format!("/v1/employments/{}", scene.one.employment.unwrap())).by(&scene.admin).json(json!({"starts_on": "2016-09-01"})).send().await.expect(200);
        let refused = w.post(format!("/v1/merges/{}/undo", merge.id())).by(&scene.admin).send().await.problem(409, "merge_stands");
        let reasons = refused.body["errors"].as_array().unwrap().len();
        assert_eq!(reasons, 4, "{}", refused.text);
        let seen = w.get(format!("/v1/merges/{}", merge.id())).by(&scene.admin).send().await.expect(200);
        assert_eq!(seen.body["can"]["undo"]["code"], "merge_stands");
    }

    async fn a_merge_can_be_undone_as_long_as_the_log_is_kept(w: World) {
        let scene = twice(w).await;
        let merge = scene.merge(w, &scene.other, &scene.one).await.expect(201);
        w.later(chrono::TimeDelta::days(401));
        let operator = w.db.write(w.operator(scene.trust.id), trellis_persistence::merge::UndoMerge { id: trellis_domain::id::MergeId(merge.id().parse().unwrap()), expected: None }).await;
        assert!(matches!(&operator, Err(trellis_persistence::StoreError::Rule(rule)) if rule.code == trellis_domain::rule::Code::MergeStands), "{operator:?}");
    }

    async fn a_merge_is_sent_again_safely(w: World) {
        let scene = twice(w).await;
        let body = json!({"into": scene.one.person.to_string()});
        let post = || w.post(format!("/v1/people/{}/merge", scene.other.person)).by(&scene.admin).header("idempotency-key", "m").json(body.clone());
        let first = post().send().await.expect(201);
        assert_eq!(first.text, post().send().await.expect(201).text);
    }

    async fn nobody_merges_whom_they_may_not_write(w: World) {
        let scene = twice(w).await;
        let (one, other) = (&scene.one, &scene.other);
        let there = scene.trust.someone(w).at(scene.trust.other_school).made().await;
        let hr_here = scene.trust.someone(w).at(scene.trust.school).with(RoleName::Hr, scene.trust.school).made().await;
        let into = |p: &Someone| json!({"into": p.person.to_string()});
        w.post(format!("/v1/people/{}/merge", one.person)).by(&scene.appraiser).json(into(other)).send().await.problem(403, "role_required");
        w.post(format!("/v1/people/{}/merge", there.person)).by(&hr_here).json(into(one)).send().await.problem(404, "not_found");
        w.post(format!("/v1/people/{}/merge", one.person)).by(&hr_here).json(into(&there)).send().await.problem(422, "unknown_reference");
        let merge = scene.merge(w, other, one).await.expect(201);
        let hr_there = scene.trust.someone(w).at(scene.trust.other_school).with(RoleName::Hr, scene.trust.other_school).made().await;
        let outsider = w.trust("harbour").await;
        let stranger = outsider.someone(w).with(RoleName::TrustAdmin, outsider.root).made().await;
        w.get(format!("/v1/merges/{}", merge.id())).by(&stranger).send().await.problem(404, "not_found");
        assert_eq!(w.get("/v1/merges").by(&stranger).send().await.expect(200).items().len(), 0);
        assert_eq!(w.get("/v1/merges").by(&hr_here).send().await.expect(200).items().len(), 1);
        // the survivor was employed at the other school as well
        assert_eq!(w.get("/v1/merges").by(&hr_there).send().await.expect(200).items().len(), 1);
        let etag = w.get(format!("/v1/merges/{}", merge.id())).by(&hr_here).send().await.expect(200).etag();
        w.get(format!("/v1/merges/{}", merge.id())).by(&hr_here).header("if-none-match", &etag).send().await.expect(304);
    }

    async fn what_was_written_since_on_an_appraisal_that_would_go_back_stands_in_the_way(w: World) {
        let o = reports::office(w, "england_maintained_2012").await;
        let mut words = reports::whole(&o);
        words["pay_relevant"] = json!(true);
        reports::draft(w, &o, words).await.expect(200);
        reports::issue(w, &o, 1).await.expect(200);
        // their employments at the school become one, and the appraisal would go back without it
        let twin = o.trust.someone(w).at(o.trust.school).made().await;
        let into = json!({"into": twin.person.to_string()});
        let merge = w.post(format!("/v1/people/{}/merge", o.teacher.person)).by(&o.chief).json(into).send().await.expect(201);
        assert!(merge.can("undo"), "{}", merge.text);
        let pay = json!({"outcome": "no_progress", "reasons": "It was not shown"});
        reports::step(w, &o.at, "recommend-pay", &o.appraiser, Some(pay)).await.expect(201);
        let refused = w.post(format!("/v1/merges/{}/undo", merge.id())).by(&o.chief).send().await.problem(409, "merge_stands");
        let why = refused.body["errors"].as_array().unwrap();
        assert_eq!((why.len(), &why[0]["message"]), (1, &json!("records were written since on what would go back")), "of which kind is not for them: {}", refused.text);
    }

    async fn a_need_that_was_named_since_stands_in_the_way(w: World) {
        let o = reports::office(w, "england_academy_policy").await;
        let twin = o.trust.someone(w).at(o.trust.other_school).made().await;
        let into = json!({"into": twin.person.to_string()});
        let merge = w.post(format!("/v1/people/{}/merge", o.teacher.person)).by(&o.chief).json(into).send().await.expect(201);
        assert!(merge.can("undo"), "{}", merge.text);
        // the report that is issued names a need of somebody who would be another
        reports::draft(w, &o, reports::whole(&o)).await.expect(200);
        reports::issue(w, &o, 1).await.expect(200);
        let refused = w.post(format!("/v1/merges/{}/undo", merge.id())).by(&o.chief).send().await.problem(409, "merge_stands");
        let why: Vec<&str> = refused.body["errors"].as_array().unwrap().iter().map(|e| e["message"].as_str().unwrap()).collect();
        assert_eq!(why, ["records were written since on what would go back"], "{}", refused.text);
    }

    async fn what_is_private_is_called_by_one_word_in_the_refusal_of_an_undoing(w: World) {
        let o = reports::office(w, "england_academy_policy").await;
        let aim = json!({"employment_id": o.appraiser.employment.unwrap().to_string(), "kind": "practice", "title": "Mine"});
        let aim = format!("/v1/objectives/{}", made(w, &o.appraiser, "/v1/objectives", aim).await);
        let twin = o.trust.someone(w).at(o.trust.other_school).made().await;
        let into = json!({"into": twin.person.to_string()});
        let merge = w.post(format!("/v1/people/{}/merge", o.appraiser.person)).by(&o.chief).json(into).send().await.expect(201);
        assert!(merge.can("undo"), "{}", merge.text);
        // an appraisal and a draft that went over are not any more what they were
        step(w, &o.hr, &format!("{}/assign-appraisers", o.at), Some(json!({"appraiser_ids": [o.head.person.to_string()]}))).await;
        step(w, &twin, &format!("{aim}/propose"), None).await;
        let refused = w.post(format!("/v1/merges/{}/undo", merge.id())).by(&o.chief).send().await.problem(409, "merge_stands");
        let why: Vec<&str> = refused.body["errors"].as_array().unwrap().iter().map(|e| e["message"].as_str().unwrap()).collect();
        assert_eq!(why, ["a record that went over belongs to somebody else now, or is no longer there as it was"], "said once, and of no kind");
    }

    async fn nobody_comes_to_appraise_themself_by_a_merge(w: World) {
        let o = reports::office(w, "england_academy_policy").await;
        let merge = async |giver: &Someone, into: &Someone| {
            let body = json!({"into": into.person.to_string()});
            w.post(format!("/v1/people/{}/merge", giver.person)).by(&o.chief).json(body).send().await
        };
        for (giver, into) in [(&o.teacher, &o.appraiser), (&o.appraiser, &o.teacher)] {
            let refused = merge(giver, into).await.problem(422, "self_appraisal");
            assert_eq!(refused.pointers(), ["/into"], "{}", refused.text);
        }
        let terms = w.get(&o.at).by(&o.hr).send().await.expect(200).body["appraisers"].clone();
        assert_eq!(terms.as_array().unwrap().len(), 1, "nothing was done: {terms}");
        // once somebody else appraises, they can be one person; who appraised before stays on record
        step(w, &o.hr, &format!("{}/assign-appraisers", o.at), Some(json!({"appraiser_ids": [o.head.person.to_string()]}))).await;
        merge(&o.appraiser, &o.teacher).await.expect(201);
        let seen = w.get(&o.at).by(&o.teacher).send().await.expect(200);
        let now: Vec<&Value> = seen.body["appraisers"].as_array().unwrap().iter().filter(|t| t["until"].is_null()).map(|t| &t["person_id"]).collect();
        assert_eq!(now, [&json!(o.head.person.to_string())], "{}", seen.text);
    }
}
