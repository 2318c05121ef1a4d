//! To whom a learning record is shown: each audience reads it on every path, nobody else on any, and nobody any more once it is taken back.

use crate::support::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use trellis_domain::{access::Permission, role::RoleName};

/// In no other record of a test.
const SECRET: &str = "Quetzalcoatlus";

struct Cast {
    trust: Trust,
    teacher: Someone,
    hr: Someone,
    /// Who might read it, by what they are, with a credential.
    readers: BTreeMap<&'static str, String>,
    colleague: Someone,
    elsewhere: Someone,
    appraiser: Someone,
}
async fn cast(w: &World) -> Cast {
    let trust = w.trust("beacon").await;
    let appraiser = trust.someone(w).at(trust.other_school).made().await;
    let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
    let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
    let lead = trust.someone(w).at(trust.other_school).with(RoleName::LearningLead, trust.school).made().await;
    let colleague = trust.someone(w).at(trust.school).made().await;
    let elsewhere = trust.someone(w).at(trust.other_school).made().await;
    let leader = trust.someone(w).with(RoleName::TrustLeader, trust.root).made().await;
    let other_lead = trust.someone(w).at(trust.other_school).with(RoleName::LearningLead, trust.other_school).made().await;
    let (_, _, machine) = w.key(&trust, &[Permission::ReadLearning, Permission::ReadChanges], Some(vec![trust.school])).await;
    let far = w.trust("harbour").await;
    let foreign = far.someone(w).at(far.school).with(RoleName::Headteacher, far.root).made().await;
    let readers = BTreeMap::from([
        ("appraiser", appraiser.token.clone()),
        ("colleague", colleague.token.clone()),
        ("elsewhere", elsewhere.token.clone()),
        ("foreign", foreign.token),
        ("lead", lead.token),
        ("machine", machine),
        ("other_lead", other_lead.token),
        ("trust_leader", leader.token),
    ]);
    Cast { trust, teacher, hr, readers, colleague, elsewhere, appraiser }
}
impl Cast {
    async fn logged(&self, w: &World) -> String {
        let new =
            json!({"title": format!("{SECRET} title"), "kind": "reading", "started_on": "2026-10-01", "minutes": 30, "reflection": format!("{SECRET} first")});
        format!("/v1/learning-records/{}", w.post("/v1/learning-records").by(&self.teacher).json(new).send().await.expect(201).id())
    }
    async fn show(&self, w: &World, at: &str, audiences: &[&str], people: &[&Someone]) -> Reply {
        let people: Vec<String> = people.iter().map(|p| p.person.to_string()).collect();
        w.post(format!("{at}/share-with")).by(&self.teacher).json(json!({"audiences": audiences, "person_ids": people})).send().await
    }
    /// Exactly these read it, on every path; the rest find nothing and no word of it.
    async fn read_by(&self, w: &World, at: &str, expected: &[&str]) {
        let id = at.rsplit('/').next().unwrap();
        for (who, token) in &self.readers {
            let reads = expected.contains(who);
            for path in [at.to_owned(), format!("{at}/line-of-sight"), format!("{at}/history")] {
                let reply = w.get(&path).bearer(token).send().await;
                assert_eq!(reply.status, if reads { 200 } else { 404 }, "{path} by {who}, of {expected:?}");
                assert!(reads || !reply.text.contains(SECRET));
            }
            for list in [
                "/v1/learning-records?limit=200".to_owned(),
                format!("/v1/learning-records?person_id={}", self.teacher.person),
                "/v1/learning-records?visibility=shared".into(),
                "/v1/learning-records?kind=reading".into(),
            ] {
                let found = w.get(&list).bearer(token).send().await.expect(200);
                assert_eq!((found.text.contains(id), found.text.contains(SECRET)), (reads, reads), "{list} by {who}, of {expected:?}");
            }
            let asked = w.post("/v1/me/permissions/explain").bearer(token).json(json!({"operation_id": "get_learning_record", "record_id": id})).send().await;
            assert_eq!(asked.expect(200).body["allowed"], json!(reads), "explained to {who}, of {expected:?}");
            for (step, body) in [("share", None), ("unshare", None), ("reflect", Some(json!({"reflection": "Theirs"})))] {
                let asking = w.post(format!("{at}/{step}")).bearer(token);
                let reply = match body {
                    Some(b) => asking.json(b),
                    None => asking,
                }
                .send()
                .await;
                assert!(matches!(reply.status, 403 | 404), "{step} by {who}: {}", reply.text);
            }
        }
        let feed = w.get("/v1/changes?types=learning_record&include=record&limit=200").bearer(&self.readers["machine"]).send().await.expect(200);
        let told = feed.items().iter().any(|c| c["record"]["value"]["id"] == id);
        assert_eq!(told, expected.contains(&"machine"), "{}", feed.text);
    }
}

on_both! {
    async fn each_audience_reads_it_on_every_path_and_nobody_else_does(w: World) {
        let c = cast(w).await;
        let at = c.logged(w).await;
        c.read_by(w, &at, &[]).await;
        w.post(format!("{at}/share")).by(&c.teacher).send().await.expect(200);
        c.read_by(w, &at, &["appraiser", "lead", "machine"]).await;
        let appraiser = c.show(w, &at, &["appraiser"], &[]).await.expect(200);
        assert_eq!((&appraiser.body["visibility"], &appraiser.body["shared_with"]), (&json!("shared"), &json!({"audiences": ["appraiser"], "person_ids": []})));
        c.read_by(w, &at, &["appraiser"]).await;
        c.show(w, &at, &["leaders"], &[]).await.expect(200);
        c.read_by(w, &at, &["lead", "machine"]).await;
        let school = c.show(w, &at, &["school"], &[]).await.expect(200);
        assert_eq!(school.body["shared_with"]["audiences"], json!(["appraiser", "leaders", "school"]));
        c.read_by(w, &at, &["appraiser", "colleague", "lead", "machine"]).await;
        c.show(w, &at, &[], &[&c.colleague]).await.expect(200);
        c.read_by(w, &at, &["colleague"]).await;
        w.post(format!("{at}/unshare")).by(&c.teacher).send().await.expect(200);
        c.read_by(w, &at, &[]).await;
        w.post(format!("{at}/unshare")).by(&c.teacher).send().await.problem(409, "wrong_state");
    }

    async fn only_who_works_there_today_can_be_named_and_reads_by_name(w: World) {
        let c = cast(w).await;
        let at = c.logged(w).await;
        assert_eq!(c.show(w, &at, &[], &[]).await.problem(422, "contradictory_members").pointers(), ["/audiences"]);
        // of another school one knows nobody; of another trust there is nobody
        let refused = c.show(w, &at, &[], &[&c.colleague, &c.elsewhere, &c.hr]).await.problem(422, "unknown_reference");
        assert_eq!(refused.pointers(), ["/person_ids/1", "/person_ids/2"]);
        c.show(w, &at, &[], &[&c.colleague]).await.expect(200);
        w.get(&at).by(&c.colleague).send().await.expect(200);
        // the colleague leaves: they read it no longer, by name or with the school
        let post = format!("/v1/employments/{}", c.colleague.employment.unwrap());
        w.patch(&post).by(&c.hr).json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
        w.get(&at).by(&c.colleague).send().await.problem(404, "not_found");
        assert_eq!(w.get("/v1/learning-records").by(&c.colleague).send().await.expect(200).items().len(), 0);
        assert_eq!(c.show(w, &at, &[], &[&c.colleague]).await.problem(422, "unknown_reference").pointers(), ["/person_ids/0"]);
        c.show(w, &at, &["school"], &[]).await.expect(200);
        w.get(&at).by(&c.colleague).send().await.problem(404, "not_found");
        // its owner reads it wherever they are
        w.patch(format!("/v1/employments/{}", c.teacher.employment.unwrap())).by(&c.hr).json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
        w.get(&at).by(&c.teacher).send().await.expect(200);
    }

    async fn what_was_said_before_is_not_for_whoever_reads_it_now(w: World) {
        let c = cast(w).await;
        let at = c.logged(w).await;
        w.post(format!("{at}/share")).by(&c.teacher).send().await.expect(200);
        w.post(format!("{at}/reflect")).by(&c.teacher).json(json!({"reflection": "Rather this"})).send().await.expect(200);
        c.show(w, &at, &["school"], &[]).await.expect(200);
        let read = w.get(format!("{at}/history")).by(&c.colleague).send().await.expect(200);
        assert!(read.items().len() == 1 && !read.text.contains(&format!("{SECRET} first")), "{}", read.text);
        // to a few: the log tells them nothing, and whoever follows the school that it left
        c.show(w, &at, &[], &[&c.colleague]).await.expect(200);
        w.post(format!("{at}/reflect")).by(&c.teacher).json(json!({"reflection": format!("{SECRET} among few")})).send().await.expect(200);
        let read = w.get(format!("{at}/history")).by(&c.colleague).send().await.expect(200);
        assert!(!read.text.contains(SECRET), "{}", read.text);
        let feed = w.get("/v1/changes?types=learning_record&include=record").bearer(&c.readers["machine"]).send().await.expect(200);
        assert_eq!(feed.items().last().unwrap()["type"], "learning_record.left_scope");
        assert!(!feed.text.contains(&c.colleague.person.to_string()) && !feed.text.contains(SECRET), "{}", feed.text);
        // nothing new changes nothing
        let before = w.get(&at).by(&c.teacher).send().await.expect(200).etag();
        assert_eq!(c.show(w, &at, &[], &[&c.colleague]).await.expect(200).etag(), before);
        let mine = w.get(format!("{at}/history")).by(&c.teacher).send().await.expect(200);
        assert!(mine.text.contains(&format!("{SECRET} first")));
    }

    async fn with_whom_it_was_shared_before_is_not_told_where_a_history_begins(w: World) {
        let c = cast(w).await;
        let at = c.logged(w).await;
        c.show(w, &at, &["leaders"], &[&c.colleague]).await.expect(200);
        c.show(w, &at, &["leaders", "appraiser"], &[]).await.expect(200);
        let read = w.get(format!("{at}/history")).bearer(&c.readers["lead"]).send().await.expect(200);
        assert!(read.items().len() == 1 && !read.text.contains(&c.colleague.person.to_string()), "{}", read.text);
        assert!(w.get(format!("{at}/history")).by(&c.teacher).send().await.expect(200).text.contains(&c.colleague.person.to_string()));
    }

    async fn a_merge_is_undone_also_after_what_went_over_is_shown_to_nobody(w: World) {
        let c = cast(w).await;
        let at = c.logged(w).await;
        let admin = c.trust.someone(w).with(RoleName::TrustAdmin, c.trust.root).made().await;
        let other = c.trust.someone(w).at(c.trust.school).made().await;
        c.show(w, &at, &[], &[&c.colleague]).await.expect(200);
        let into = json!({"into": other.person.to_string()});
        let merge = w.post(format!("/v1/people/{}/merge", c.colleague.person)).by(&admin).json(into).send().await.expect(201);
        w.get(&at).by(&other).send().await.expect(200);
        w.post(format!("{at}/unshare")).by(&c.teacher).send().await.expect(200);
        w.post(format!("/v1/merges/{}/undo", merge.id())).by(&admin).send().await.expect(200);
        w.get(&at).by(&other).send().await.problem(404, "not_found");
    }

    async fn an_undone_merge_gives_back_who_was_named_and_not_who_took_their_place(w: World) {
        let c = cast(w).await;
        let at = c.logged(w).await;
        let admin = c.trust.someone(w).with(RoleName::TrustAdmin, c.trust.root).made().await;
        let (into, third) = (c.trust.someone(w).at(c.trust.school).made().await, c.trust.someone(w).at(c.trust.school).made().await);
        c.show(w, &at, &[], &[&c.colleague]).await.expect(200);
        let merge = w.post(format!("/v1/people/{}/merge", c.colleague.person)).by(&admin).json(json!({"into": into.person.to_string()})).send().await.expect(201);
        // of what went over that says something of somebody, not even the number is told
        assert!(!merge.text.contains("learning_record"), "{}", merge.text);
        c.show(w, &at, &[], &[&into, &third]).await.expect(200);
        w.post(format!("/v1/merges/{}/undo", merge.id())).by(&admin).send().await.expect(200);
        w.get(&at).by(&into).send().await.problem(404, "not_found");
        w.get(&at).by(&third).send().await.expect(200);
        let named = w.get(&at).by(&c.teacher).send().await.expect(200).body["shared_with"]["person_ids"].clone();
        assert!(named.to_string().contains(&c.colleague.person.to_string()) && !named.to_string().contains(&into.person.to_string()), "{named}");
    }

    async fn whoever_names_themself_alone_takes_nothing_back(w: World) {
        let c = cast(w).await;
        let at = c.logged(w).await;
        w.post(format!("{at}/share")).by(&c.teacher).send().await.expect(200);
        assert_eq!(c.show(w, &at, &[], &[&c.teacher]).await.problem(422, "contradictory_members").pointers(), ["/person_ids"]);
        c.read_by(w, &at, &["appraiser", "lead", "machine"]).await;
    }

    async fn a_withdrawal_counts_at_once_also_for_what_is_asked_again(w: World) {
        let c = cast(w).await;
        let at = c.logged(w).await;
        let again = || w.post(format!("{at}/share")).by(&c.teacher).header("idempotency-key", "k");
        again().send().await.expect(200);
        let seen = w.get(&at).by(&c.appraiser).send().await.expect(200);
        w.get(&at).by(&c.appraiser).header("if-none-match", &seen.etag()).send().await.expect(304);
        w.post(format!("{at}/unshare")).by(&c.teacher).send().await.expect(200);
        w.get(&at).by(&c.appraiser).header("if-none-match", &seen.etag()).send().await.problem(404, "not_found");
        // the owner's own request, sent again by a network, shares nothing anew
        again().send().await.expect(200);
        w.get(&at).by(&c.appraiser).send().await.problem(404, "not_found");
    }

    async fn an_agenda_shows_what_its_reader_may_read_and_whose_it_is_all_of_it(w: World) {
        let c = cast(w).await;
        let at = c.logged(w).await;
        let new = json!({"employment_id": c.teacher.employment.unwrap().to_string(), "partner_id": c.appraiser.person.to_string(), "kind": "check_in", "starts_at": "2026-10-12T15:30:00Z"});
        let talk = w.post("/v1/conversations").by(&c.teacher).json(new).send().await.expect(201).id();
        let lines = async |by: &Someone| w.get(format!("/v1/conversations/{talk}/agenda")).by(by).send().await.expect(200).text.contains(SECRET);
        for (audiences, people, theirs) in [(&["leaders"][..], &[][..], false), (&["appraiser"], &[], true), (&[], &[&c.colleague], false), (&["school"], &[], true)] {
            c.show(w, &at, audiences, people).await.expect(200);
            assert_eq!((lines(&c.teacher).await, lines(&c.appraiser).await), (true, theirs), "{audiences:?}");
        }
        w.post(format!("{at}/unshare")).by(&c.teacher).send().await.expect(200);
        assert_eq!((lines(&c.teacher).await, lines(&c.appraiser).await), (false, false));
    }

    async fn a_report_names_only_what_its_readers_may_read(w: World) {
        let o = crate::reports::office(w, "england_maintained_2012").await;
        let draft = async || w.get(format!("{}/report-draft", o.at)).by(&o.appraiser).send().await.expect(200).body["learning_records"].clone();
        let titles = |found: &Value| found.as_array().unwrap().iter().map(|l| l["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(titles(&draft().await), ["Shared"]);
        let id = draft().await[0]["learning_record_id"].as_str().unwrap().to_owned();
        for (audiences, there) in [(["appraiser"], false), (["leaders"], false), (["school"], true)] {
            let body = json!({"audiences": audiences, "person_ids": []});
            w.post(format!("/v1/learning-records/{id}/share-with")).by(&o.teacher).json(body).send().await.expect(200);
            assert_eq!(!titles(&draft().await).is_empty(), there, "{audiences:?}");
        }
        // an answer that was kept for the appraiser is given again only as long as they may have it
        let write = || w.patch(format!("{}/report-draft", o.at)).by(&o.appraiser).if_match("*").header("idempotency-key", "d").json(json!({"summary": "S"}));
        assert!(write().send().await.expect(200).text.contains("Shared"));
        w.post(format!("/v1/learning-records/{id}/unshare")).by(&o.teacher).send().await.expect(200);
        assert!(!write().send().await.text.contains("\"Shared\""), "what is taken back is not sent again");
    }
}
