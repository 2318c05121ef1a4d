//! People move, and whoever is bound to some schools hears of it, and reads accordingly: the feed and the lists are one truth.

use crate::{
    feed::{past_the_server, readable},
    support::*,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use trellis_domain::{access::Permission, id::OrganisationId, role::RoleName};
use trellis_persistence::event::VerifyLog;

/// A copy of the people of a tenant, kept by following the feed alone.
struct Follower<'w> {
    w: &'w World,
    key: String,
    cursor: String,
    known: BTreeSet<String>,
}
impl<'w> Follower<'w> {
    async fn new(w: &'w World, trust: &Trust, scopes: &[Permission], at: Option<Vec<OrganisationId>>) -> Self {
        let (_, _, key) = w.key(trust, scopes, at).await;
        let mut follower = Self { w, key, cursor: String::new(), known: BTreeSet::new() };
        follower.follow().await;
        follower
    }
    /// What is new; the copy is afterwards what the list gives, and each person in it, and no other, can be read.
    async fn follow(&mut self) -> Vec<Value> {
        let page = self.w.get(format!("/v1/changes?types=person,relationship{}", self.cursor)).bearer(&self.key).send().await.expect(200);
        self.cursor = format!("&after={}", page.body["next_cursor"].as_str().unwrap());
        for change in page.items() {
            let id = change["id"].as_str().unwrap().to_owned();
            match change["type"].as_str().unwrap() {
                "person.left_scope" => drop(self.known.remove(&id)),
                name if name.starts_with("person.") => drop(self.known.insert(id)),
                _ => {}
            }
        }
        let list = self.w.get("/v1/people?limit=200").bearer(&self.key).send().await.expect(200);
        let listed: BTreeSet<String> = list.items().iter().map(|p| p["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(self.known, listed, "the feed and the list disagree");
        page.items().to_vec()
    }
    async fn sees(&self, person: &str) -> u16 {
        let path = format!("/v1/people/{person}");
        let one = self.w.get(&path).bearer(&self.key).send().await.status;
        assert_eq!(self.w.get(format!("{path}/history")).bearer(&self.key).send().await.status, one);
        one
    }
}
fn told(changes: &[Value]) -> Vec<&str> {
    changes.iter().map(|c| c["type"].as_str().unwrap()).collect()
}

on_both! {
    async fn whoever_moves_is_heard_at_both_ends_and_read_at_the_new_one(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let writes: Vec<_> = readable().into_iter().chain([Permission::WritePeople]).collect();
        let mut here = Follower::new(w, &trust, &readable(), Some(vec![trust.school])).await;
        let mut there = Follower::new(w, &trust, &readable(), Some(vec![trust.other_school])).await;
        let mut adding = Follower::new(w, &trust, &writes, Some(vec![trust.school])).await;
        let mut everywhere = Follower::new(w, &trust, &readable(), None).await;
        let new = json!({"given_name": "Ada", "family_name": "Mover", "external_refs": [{"source": "mis", "id": "17"}]});
        let person = w.post("/v1/people").by(&hr).json(new).send().await.expect(201).id();
        assert_eq!((told(&here.follow().await), told(&adding.follow().await)), (vec![], vec!["person.created"]));
        let employ = |at: OrganisationId, starts: &str| {
            let body = json!({"person_id": person, "organisation_id": at.to_string(), "job_title": "Teacher", "staff_category": "teacher", "starts_on": starts});
            w.post("/v1/employments").by(&hr).json(body).send()
        };
        let first = employ(trust.school, "2025-09-01").await.expect(201).id();
        for key in [&mut here, &mut adding] {
            let changes = key.follow().await;
            assert_eq!(told(&changes).last(), Some(&"person.entered_scope"));
            assert_eq!(changes.last().unwrap()["external_refs"], json!([{"source": "mis", "id": "17"}]));
            assert_eq!(key.sees(&person).await, 200);
        }
        assert_eq!((there.follow().await.len(), there.sees(&person).await), (0, 404));
        assert_eq!(told(&everywhere.follow().await), ["person.created", "person.moved"]);

        // a second job hides nothing from the first school
        employ(trust.other_school, "2026-09-01").await.expect(201);
        assert_eq!((told(&here.follow().await), told(&there.follow().await)), (vec!["person.moved"], vec!["person.entered_scope"]));
        w.patch(format!("/v1/people/{person}")).by(&hr).json(json!({"preferred_name": "Addie"})).send().await.expect(200);
        for key in [&mut here, &mut there, &mut adding, &mut everywhere] {
            assert_eq!(told(&key.follow().await).last(), Some(&"person.updated"));
            assert_eq!(key.sees(&person).await, 200);
        }
        let appraiser = trust.someone(w).at(trust.school).made().await;
        w.appoint(&trust, trellis_domain::relationship::RelationshipKind::Appraiser, person.parse::<uuid::Uuid>().unwrap().into(), appraiser.person).await;
        here.follow().await;
        there.follow().await;

        // neither school is told of the other
        for (key, other) in [(&here.key, trust.other_school), (&there.key, trust.school)] {
            for path in ["/v1/changes".into(), "/v1/changes?include=record".into(), format!("/v1/people/{person}/history"), format!("/v1/employments?person_id={person}")] {
                let reply = w.get(&path).bearer(key).send().await.expect(200);
                assert!(reply.text.contains(&person) || path.ends_with("history"), "{path}");
                assert!(!reply.text.contains(&other.to_string()), "{path}: {}", reply.text);
            }
        }

        // they leave the first
        let path = format!("/v1/employments/{first}");
        w.patch(&path).by(&hr).json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
        let changes = here.follow().await;
        let left = changes.last().unwrap();
        let nothing = json!({"changed": [], "organisation_id": null, "etag": null, "actor": null, "person": null, "record": null, "merged_into": null});
        assert_eq!((left["type"].as_str(), left["id"].as_str()), (Some("person.left_scope"), Some(person.as_str())));
        assert!(nothing.as_object().unwrap().iter().all(|(field, value)| left[field] == *value), "{left}");
        assert_eq!(left["external_refs"], json!([{"source": "mis", "id": "17"}]));
        assert!(!left.to_string().contains(&trust.other_school.to_string()));
        assert_eq!((here.sees(&person).await, there.sees(&person).await, everywhere.sees(&person).await), (404, 200, 200));
        let relationships = async |key: &str| w.get(format!("/v1/relationships?person_id={person}")).bearer(key).send().await.expect(200).items().len();
        assert_eq!((relationships(&here.key).await, relationships(&there.key).await), (0, 1));
        assert_eq!(told(&there.follow().await), ["person.moved"]);
        w.patch(format!("/v1/people/{person}")).by(&hr).json(json!({"preferred_name": null})).send().await.expect(200);
        assert_eq!((here.follow().await.len(), told(&there.follow().await)), (0, vec!["person.updated"]));

        // a sync can still address them, to take them back; what they are called is their present school's to say
        adding.follow().await;
        assert_eq!(adding.sees(&person).await, 404);
        let renamed = w.patch(format!("/v1/people/{person}")).bearer(&adding.key).json(json!({"preferred_name": "Ade"})).send().await.problem(403, "not_permitted");
        assert!(!renamed.text.contains(&trust.other_school.to_string()));
        assert_eq!(told(&adding.follow().await), Vec::<&str>::new());

        // and come back
        w.patch(&path).by(&hr).json(json!({"ends_on": null})).send().await.expect(200);
        assert_eq!(told(&here.follow().await).last(), Some(&"person.entered_scope"));
        assert_eq!(here.sees(&person).await, 200);
        everywhere.follow().await;
    }

    async fn whoever_adds_people_hears_where_those_without_a_school_went(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let writes: Vec<_> = readable().into_iter().chain([Permission::WritePeople]).collect();
        let mut adding = Follower::new(w, &trust, &writes, Some(vec![trust.school])).await;
        let person = w.post("/v1/people").bearer(&adding.key).json(json!({"given_name": "Ada", "family_name": "Elsewhere"})).send().await.expect(201).id();
        assert_eq!((told(&adding.follow().await), adding.sees(&person).await), (vec!["person.created"], 200));
        let body = json!({"person_id": person, "organisation_id": trust.other_school.to_string(), "job_title": "Teacher", "staff_category": "teacher", "starts_on": "2026-09-01"});
        w.post("/v1/employments").by(&hr).json(body).send().await.expect(201);
        assert_eq!((told(&adding.follow().await), adding.sees(&person).await), (vec!["person.left_scope"], 404));
    }

    async fn a_last_day_that_passes_is_noted_by_the_upkeep(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let leaver = trust.someone(w).at(trust.school).made().await;
        let mover = trust.someone(w).at(trust.school).made().await;
        let mut here = Follower::new(w, &trust, &readable(), Some(vec![trust.school])).await;
        let person = mover.person.to_string();
        let body = json!({"person_id": person, "organisation_id": trust.other_school.to_string(), "job_title": "Teacher", "staff_category": "teacher", "starts_on": "2026-10-10"});
        w.post("/v1/employments").by(&hr).json(body).send().await.expect(201);
        for who in [&leaver, &mover] {
            let path = format!("/v1/employments/{}", who.employment.unwrap());
            w.patch(path).by(&hr).json(json!({"ends_on": "2026-10-09"})).send().await.expect(200);
        }
        here.follow().await;
        w.shared.tidy(&w.db).await.unwrap();
        assert!(here.follow().await.is_empty());
        w.later(TimeDelta::days(5));
        let (_, _, key) = w.key(&trust, &readable(), None).await;
        let head = w.get("/v1/changes?after=head").bearer(&key).send().await.expect(200).body["next_cursor"].as_str().unwrap().to_owned();
        w.shared.tidy(&w.db).await.unwrap();
        w.shared.tidy(&w.db).await.unwrap();
        let noted = w.get(format!("/v1/changes?after={head}")).bearer(&key).send().await.expect(200);
        let mut names = told(noted.items());
        names.sort_unstable();
        assert_eq!(names, ["employment.lapsed", "employment.lapsed", "person.moved"]);
        let lapsed = noted.items().iter().find(|c| c["type"] == "employment.lapsed").unwrap();
        assert_eq!((&lapsed["changed"], &lapsed["actor"]), (&json!(["lapsed"]), &json!({"type": "system", "id": null})));
        assert_eq!(told(&here.follow().await), ["person.left_scope"]);
        // whoever left altogether stays with their last school
        assert_eq!((here.sees(&leaver.person.to_string()).await, here.sees(&person).await), (200, 404));
        // people who keep records go on reading leavers'
        let head = trust.someone(w).at(trust.school).with(RoleName::Headteacher, trust.school).made().await;
        w.get(format!("/v1/people/{person}")).by(&head).send().await.expect(200);
        assert!(w.db.read(w.operator(trust.id), VerifyLog).await.unwrap().is_ok());
    }

    async fn an_entry_names_who_it_is_about_in_the_words_of_other_systems(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let teacher = trust.someone(w).at(trust.school).with(RoleName::Governor, trust.school).appraised_by(&hr).made().await;
        let refs = json!([{"source": "mis", "id": "17"}, {"source": "payroll", "id": "A-1"}]);
        w.patch(format!("/v1/people/{}", teacher.person)).by(&hr).json(json!({"external_refs": refs})).send().await.expect(200);
        let new = json!({"employment_id": teacher.employment.unwrap().to_string(), "kind": "practice", "title": "Questioning"});
        let draft = w.post("/v1/objectives").by(&teacher).json(new).send().await.expect(201);
        w.post(format!("/v1/objectives/{}/propose", draft.id())).by(&teacher).if_match("*").send().await.expect(200);
        let (_, _, key) = w.key(&trust, &readable(), None).await;
        let feed = w.get("/v1/changes").bearer(&key).send().await.expect(200);
        let mut seen = BTreeSet::new();
        let about = teacher.person.to_string();
        for change in feed.items() {
            let kind = change["type"].as_str().unwrap().split('.').next().unwrap();
            if change["person"]["id"] == about.as_str() {
                assert_eq!(change["person"]["external_refs"], refs, "{change}");
                seen.insert(kind);
            }
            if change["id"] == about.as_str() {
                assert_eq!((&change["external_refs"], &change["person"]), (&refs, &Value::Null));
            }
        }
        let expected = ["account", "employment", "objective", "relationship", "role", "session"];
        assert_eq!(seen, expected.into_iter().collect());
        // whoever may not read people is not told what they are called
        let (_, _, narrow) = w.key(&trust, &[Permission::ReadChanges, Permission::ReadRoles], None).await;
        let feed = w.get("/v1/changes").bearer(&narrow).send().await.expect(200);
        assert!(!feed.items().is_empty() && feed.items().iter().all(|c| c["person"]["external_refs"] == json!([])), "{}", feed.text);
    }

    async fn whoever_was_merged_is_told_with_what_they_were_called_and_who_they_are_now(w: World) {
        let trust = w.trust("beacon").await;
        let gone = trust.someone(w).at(trust.school).made().await;
        let into = trust.someone(w).at(trust.school).made().await;
        let body = json!({"external_refs": {"before": [{"source": "mis", "id": "17"}], "after": []}, "merged_into": {"before": null, "after": into.person.to_string()}});
        let id = match w.backend {
            Backend::Sqlite => format!("x'{}'", gone.person.0.simple()),
            Backend::Postgres => format!("'{}'", gone.person),
        };
        let first = format!("(SELECT number FROM events WHERE subject_id = {id} AND kind = 'person.created')");
        past_the_server(w, &format!("UPDATE event_payloads SET body = '{body}' WHERE number = {first}; UPDATE events SET kind = 'person.merged', organisation_id = (SELECT organisation_id FROM employments WHERE person_id = {id}) WHERE number = {first}"));
        for at in [None, Some(vec![trust.school])] {
            let (_, _, key) = w.key(&trust, &readable(), at).await;
            let feed = w.get("/v1/changes").bearer(&key).send().await.expect(200);
            let merged = feed.items().iter().find(|c| c["type"] == "person.merged").unwrap();
            assert_eq!((merged["id"].as_str(), merged["merged_into"].as_str()), (Some(gone.person.to_string().as_str()), Some(into.person.to_string().as_str())));
            assert_eq!(merged["external_refs"], json!([{"source": "mis", "id": "17"}]));
        }
        let (_, _, key) = w.key(&trust, &readable(), Some(vec![trust.other_school])).await;
        assert!(!w.get("/v1/changes").bearer(&key).send().await.expect(200).text.contains("person.merged"));
    }
}
