//! Panels: who appraises a headteacher does so together, in the report and in the conversations of its appraisal.

use crate::{
    reports::{appraisal, done, office, step},
    support::*,
};
use serde_json::{Value, json};
use trellis_domain::role::RoleName;

on_both! {
    async fn a_headteachers_report_is_issued_by_a_whole_panel(w: World) {
        let o = office(w, "england_maintained_2012").await;
        let chair = o.trust.someone(w).with(RoleName::Governor, o.trust.school).made().await;
        let second = o.trust.someone(w).with(RoleName::Governor, o.trust.root).made().await;
        let at = appraisal(w, &o.head).await;
        let panel = json!({"appraiser_ids": [chair.person.to_string(), second.person.to_string()], "external_adviser": "Dr Ilse Brandt, Northmoor Advisers"});
        step(w, &at, "assign-appraisers", &o.hr, Some(panel)).await.expect(200);
        done(w, &at, &[("start-planning", &chair), ("inform-standards", &second), ("consult-adviser", &chair), ("start", &chair), ("start-assessment", &second)]).await;
        let path = format!("{at}/report-draft");
        let words = json!({"standards_assessed": true, "learning": "L", "pay_relevant": true, "development_needs": [{"need": "N", "actions": [{"action": "A"}]}]});
        // both write on one document, and neither loses a word
        w.patch(&path).by(&chair).if_match("\"0\"").json(words).send().await.expect(200);
        let stale = w.patch(&path).by(&second).if_match("\"0\"").json(json!({"summary": "S"})).send().await.problem(412, "stale");
        assert_eq!(stale.body["changed_by"]["id"], chair.person.to_string(), "{}", stale.text);
        assert_eq!(stale.body["changed_at"], "2026-10-05T09:00:00Z");
        let changed = stale.body["changed"].as_array().unwrap();
        assert!(changed.contains(&json!("learning")) && changed.contains(&json!("development_needs")), "{}", stale.text);
        w.patch(&path).by(&second).if_match("\"1\"").json(json!({"summary": "S"})).send().await.expect(200);
        w.get(&path).by(&o.head).send().await.problem(404, "not_found");
        // the headteacher reads every report of the school, and writes none of their own
        step(w, &at, "issue-report", &o.head, Some(json!({"draft_version": 2}))).await.problem(403, "not_permitted");
        step(w, &at, "issue-report", &second, Some(json!({"draft_version": 2}))).await.expect(200);
        step(w, &at, "comment", &o.head, Some(json!({"comment": "Thank you"}))).await.expect(200);
        step(w, &at, "complete", &o.head, None).await.problem(403, "not_for_yourself");
        step(w, &at, "complete", &o.hr, None).await.expect(200);
        let page = w.get(format!("{at}/statement")).by(&o.head).send().await.expect(200);
        assert!(page.text.contains("Dr Ilse Brandt") && page.text.contains("bears on pay"), "{}", page.text);
    }

    async fn all_of_a_panel_take_part_in_the_conversations_of_its_appraisal(w: World) {
        let o = office(w, "england_maintained_2012").await;
        let governor = async || o.trust.someone(w).with(RoleName::Governor, o.trust.school).made().await;
        let (chair, second, other) = (governor().await, governor().await, governor().await);
        let at = appraisal(w, &o.head).await;
        let panel = json!({"appraiser_ids": [chair.person.to_string(), second.person.to_string()], "external_adviser": "Dr Ilse Brandt, Northmoor Advisers"});
        step(w, &at, "assign-appraisers", &o.hr, Some(panel)).await.expect(200);
        let new = json!({"employment_id": o.head.employment.unwrap().to_string(), "partner_id": chair.person.to_string(), "kind": "planning",
            "appraisal_id": at.rsplit('/').next().unwrap(), "starts_at": "2026-10-06T15:30:00Z"});
        let talk = format!("/v1/conversations/{}", w.post("/v1/conversations").by(&o.head).json(new).send().await.expect(201).id());
        let notes = format!("{talk}/my-notes");
        let jot = async |by: &Someone, tag: &str, text: &str| w.patch(&notes).by(by).if_match(tag).json(json!({"text": text})).send().await;
        // each of the panel reads it, writes in it and notes for themself; a governor who does not sit on it finds nothing
        for by in [&chair, &second] {
            assert!(w.get(&talk).by(by).send().await.expect(200).can("hold"));
            assert_eq!(w.get("/v1/conversations").by(by).send().await.expect(200).items().len(), 1);
        }
        w.get(&talk).by(&other).send().await.problem(404, "not_found");
        w.get(&notes).by(&other).send().await.problem(404, "not_found");
        assert_eq!(w.get("/v1/conversations").by(&other).send().await.expect(200).items().len(), 0);
        let empty = w.get(&notes).by(&second).send().await.expect(200);
        assert_eq!((empty.etag(), &empty.body["side"], &empty.body["text"]), ("\"0\"".into(), &json!("partner"), &Value::Null));
        assert_eq!(jot(&second, "\"0\"", "Mine, not the chair's").await.expect(200).etag(), "\"1\"");
        jot(&second, "\"0\"", "An old tab").await.problem(412, "stale");
        jot(&chair, "\"1\"", "The chair's").await.expect(200);
        for (by, own) in [(&chair, "The chair's"), (&second, "Mine, not the chair's")] {
            assert_eq!(w.get(&notes).by(by).send().await.expect(200).body["text"], own);
            assert!(!w.get(&talk).by(by).send().await.expect(200).text.contains("chair's"));
        }
        step(w, &talk, "prepare", &second, None).await.problem(403, "not_permitted");
        let tag = w.get(&talk).by(&second).send().await.expect(200).etag();
        w.patch(&talk).by(&second).if_match(&tag).json(json!({"summary": "Two aims"})).send().await.expect(200);
        let stale = w.patch(&talk).by(&chair).if_match(&tag).json(json!({"summary": "Three"})).send().await.problem(412, "stale");
        assert_eq!(stale.body["changed_by"]["id"], second.person.to_string(), "{}", stale.text);
        step(w, &talk, "hold", &second, None).await.expect(200);
        let action = json!({"title": "Visit Curlew", "owner_id": o.head.person.to_string()});
        let action = w.post(format!("{talk}/actions")).by(&second).json(action).send().await.expect(201).id();
        let action = format!("/v1/agreed-actions/{action}");
        for by in [&chair, &second] {
            assert!(w.get(&action).by(by).send().await.expect(200).can("finish"));
            assert_eq!(w.get("/v1/agreed-actions").by(by).send().await.expect(200).items().len(), 1);
        }
        w.get(&action).by(&other).send().await.problem(404, "not_found");
        // what is shown is what whoever asks for a response noted
        let asked = step(w, &talk, "request-response", &second, None).await.expect(200);
        assert_eq!(asked.body["partner_notes"]["text"], "Mine, not the chair's");
        step(w, &talk, "complete", &chair, Some(json!({"reason": "Agreed in the room"}))).await.expect(200);
        // who leaves the panel reads it no more, if they set no day
        let panel = json!({"appraiser_ids": [chair.person.to_string(), other.person.to_string()], "external_adviser": "Dr Ilse Brandt, Northmoor Advisers"});
        step(w, &at, "assign-appraisers", &o.hr, Some(panel)).await.expect(200);
        w.get(&talk).by(&second).send().await.problem(404, "not_found");
        w.get(&talk).by(&other).send().await.expect(200);
        // one appraiser is no panel: a colleague of theirs is nobody in the conversation
        let single = json!({"employment_id": o.teacher.employment.unwrap().to_string(), "partner_id": o.appraiser.person.to_string(), "kind": "check_in",
            "appraisal_id": o.at.rsplit('/').next().unwrap(), "starts_at": "2026-10-06T15:30:00Z"});
        let single = format!("/v1/conversations/{}", w.post("/v1/conversations").by(&o.teacher).json(single).send().await.expect(201).id());
        for by in [&chair, &second, &other] {
            w.get(&single).by(by).send().await.problem(404, "not_found");
        }
    }

    async fn two_of_a_panel_who_are_one_person_keep_the_notes_of_both(w: World) {
        let o = office(w, "england_maintained_2012").await;
        let governor = async || o.trust.someone(w).with(RoleName::Governor, o.trust.school).made().await;
        let (chair, second, third) = (governor().await, governor().await, governor().await);
        let at = appraisal(w, &o.head).await;
        let ids: Vec<String> = [&chair, &second, &third].iter().map(|p| p.person.to_string()).collect();
        let panel = json!({"appraiser_ids": ids, "external_adviser": "Dr Ilse Brandt, Northmoor Advisers"});
        step(w, &at, "assign-appraisers", &o.hr, Some(panel)).await.expect(200);
        let new = json!({"employment_id": o.head.employment.unwrap().to_string(), "partner_id": chair.person.to_string(), "kind": "planning",
            "appraisal_id": at.rsplit('/').next().unwrap(), "starts_at": "2026-10-06T15:30:00Z"});
        let talk = format!("/v1/conversations/{}", w.post("/v1/conversations").by(&o.head).json(new).send().await.expect(201).id());
        let notes = format!("{talk}/my-notes");
        let jot = async |by: &Someone, tag: &str, text: &str| w.patch(&notes).by(by).if_match(tag).json(json!({"text": text})).send().await;
        jot(&chair, "\"1\"", "The chair's").await.expect(200);
        jot(&second, "\"0\"", "The second's").await.expect(200);
        let merged = async || {
            let into = json!({"into": chair.person.to_string()});
            format!("/v1/merges/{}", w.post(format!("/v1/people/{}/merge", second.person)).by(&o.chief).json(into).send().await.expect(201).id())
        };
        let kept = async || w.get(&notes).by(&chair).send().await.expect(200);
        let merge = merged().await;
        let both = kept().await;
        assert_eq!((&both.body["text"], both.etag()), (&json!("The chair's\n\nThe second's"), "\"3\"".into()), "the first begun first");
        // as long as nothing is written on it, each has their own again
        w.post(format!("{merge}/undo")).by(&o.chief).send().await.expect(200);
        let own = kept().await;
        assert_eq!((&own.body["text"], own.etag()), (&json!("The chair's"), "\"2\"".into()));
        let merge = merged().await;
        for old in ["\"1\"", "\"2\""] {
            jot(&chair, old, "An old tab").await.problem(412, "stale");
        }
        let written = jot(&chair, "\"3\"", "The chair's, the second's, and more").await.expect(200);
        assert_eq!((written.etag(), kept().await.etag(), kept().await.body), ("\"4\"".into(), "\"4\"".into(), written.body));
        // and then neither's words are given to the other
        assert_eq!(w.get(&merge).by(&o.chief).send().await.expect(200).body["can"]["undo"]["code"], "merge_stands");
        let asked = step(w, &talk, "prepare", &o.head, None).await;
        asked.expect(200);
        step(w, &talk, "hold", &chair, None).await.expect(200);
        let asked = step(w, &talk, "request-response", &chair, None).await.expect(200);
        assert_eq!(asked.body["partner_notes"]["text"], "The chair's, the second's, and more");
    }
}
