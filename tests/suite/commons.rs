//! The inquiry commons: a copy of chosen words and nothing else, no way to whoever published without a name, the same search on both databases,
//! and withdrawal at will.

use crate::{
    concurrency::{Shot, all_at_once},
    support::*,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use trellis_domain::{access::Permission, finding::terms, role::RoleName};

/// Somebody's inquiry, with a finding or without.
async fn inquiry(w: &World, who: &Someone, question: &str, found: bool) -> String {
    let mut of = json!({"question": question, "current_practice": "ZANZIBAR practice", "change_tried": "ZANZIBAR change"});
    if found {
        of["finding"] = json!("ZANZIBAR finding");
    }
    let new = json!({"employment_id": who.employment.unwrap().to_string(), "kind": "growth_inquiry", "title": "ZANZIBAR title", "inquiry": of});
    w.post("/v1/objectives").by(who).json(new).send().await.expect(201).id()
}
fn words(to: &str, named: bool, title: &str) -> Value {
    json!({"publish_to": to, "named": named, "title": title, "question": "Does waiting help shy pupils to speak?", "finding": "Five seconds are enough."})
}
async fn publish(w: &World, who: &Someone, objective: &str, body: Value) -> Reply {
    w.post(format!("/v1/objectives/{objective}/publish-finding")).by(who).if_match("*").json(body).send().await
}
/// A finding that was just published.
async fn published(w: &World, who: &Someone, to: &str, named: bool, title: &str) -> String {
    let objective = inquiry(w, who, "Does waiting help?", true).await;
    publish(w, who, &objective, words(to, named, title)).await.expect(201).id()
}
async fn staff(w: &World, trust: &Trust, count: usize) -> Vec<Someone> {
    let mut out = vec![];
    for _ in 0..count {
        out.push(trust.someone(w).at(trust.school).made().await);
    }
    out
}
async fn titles(w: &World, who: &Someone, query: &str) -> Vec<String> {
    let found = w.get(format!("/v1/findings?{query}&limit=200")).by(who).send().await.expect(200);
    let mut out: Vec<String> = found.items().iter().map(|f| f["title"].as_str().unwrap().to_owned()).collect();
    out.sort();
    out
}
fn readable() -> Vec<Permission> {
    Permission::ALL.iter().copied().filter(|p| p.for_service_accounts() && p.as_str().ends_with(":read")).collect()
}

on_both! {
    async fn an_inquiry_goes_through_its_stages_and_can_be_given_up_with_what_was_learned(w: World) {
        let trust = w.trust("beacon").await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let objective = inquiry(w, &teacher, "Does waiting help?", false).await;
        let at = format!("/v1/objectives/{objective}");
        let stage = async |who: &Someone| w.get(format!("{at}/inquiry")).by(who).send().await.expect(200).body["stage"].clone();
        let step = async |who: &Someone, name: &str, body: Option<Value>| {
            let asking = w.post(format!("{at}/{name}")).by(who).if_match("*");
            match body { Some(body) => asking.json(body), None => asking }.send().await
        };
        assert_eq!(stage(&teacher).await, "change_tried");
        // another question forgets no stage; each is written, and emptied, by itself
        w.patch(&at).by(&teacher).if_match("*").json(json!({"inquiry": {"question": "Does waiting help us?"}})).send().await.expect(200);
        assert_eq!(stage(&teacher).await, "change_tried");
        w.patch(&at).by(&teacher).if_match("*").json(json!({"inquiry": {"evidence": "Six books"}})).send().await.expect(200);
        assert_eq!(stage(&teacher).await, "evidence");
        let written = w.get(&at).by(&teacher).send().await.expect(200).body["inquiry"].clone();
        assert_eq!(written, json!({"question": "Does waiting help us?", "current_practice": "ZANZIBAR practice", "change_tried": "ZANZIBAR change", "evidence": "Six books", "finding": null}));
        w.patch(&at).by(&teacher).if_match("*").json(json!({"inquiry": {"question": null}})).send().await.problem(422, "validation_failed");
        let emptied = json!({"inquiry": {"question": "Does waiting help?", "current_practice": null, "change_tried": null, "evidence": null}});
        w.patch(&at).by(&teacher).if_match("*").json(emptied).send().await.expect(200);
        assert_eq!(stage(&teacher).await, "question");
        let learned = || Some(json!({"learned": "One habit too many."}));
        step(&teacher, "abandon-inquiry", learned()).await.problem(409, "wrong_state");
        publish(w, &teacher, &objective, words("trust", true, "Early")).await.problem(409, "not_ready");
        step(&teacher, "propose", None).await.expect(200);
        step(&appraiser, "agree", None).await.expect(200);
        step(&appraiser, "abandon-inquiry", learned()).await.problem(403, "not_permitted");
        let given_up = step(&teacher, "abandon-inquiry", learned()).await.expect(200);
        assert_eq!((given_up.can("abandon_inquiry"), given_up.can("publish_finding"), given_up.can("start")), (false, true, true));
        let told = w.get(format!("{at}/inquiry")).by(&appraiser).send().await.expect(200).body;
        assert_eq!((&told["stage"], &told["learned"]), (&json!("abandoned"), &json!("One habit too many.")));
        let history = w.get(format!("{at}/history")).by(&appraiser).send().await.expect(200);
        assert_eq!((&history.items()[0]["type"], &history.items()[0]["changed"]), (&json!("objective.inquiry_abandoned"), &json!(["inquiry_learned"])));
        step(&teacher, "abandon-inquiry", learned()).await.problem(409, "wrong_state");
        publish(w, &teacher, &objective, words("trust", true, "Given up")).await.expect(201);
        assert_eq!((stage(&teacher).await, stage(&appraiser).await), (json!("shared"), json!("abandoned")));
        let new = json!({"employment_id": teacher.employment.unwrap().to_string(), "kind": "practice", "title": "No inquiry"});
        let plain = w.post("/v1/objectives").by(&teacher).json(new).send().await.expect(201).id();
        publish(w, &teacher, &plain, words("trust", true, "None")).await.problem(409, "not_an_inquiry");
        assert_eq!(w.get(format!("/v1/objectives/{plain}/inquiry")).by(&teacher).send().await.expect(200).body["stage"], Value::Null);
    }

    async fn what_is_published_is_a_copy_of_the_chosen_words_for_its_audience(w: World) {
        let trust = w.trust("beacon").await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let colleague = trust.someone(w).at(trust.school).made().await;
        let elsewhere = trust.someone(w).at(trust.other_school).made().await;
        let leader = trust.someone(w).with(RoleName::TrustLeader, trust.root).made().await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let governor = trust.someone(w).with(RoleName::Governor, trust.school).made().await;
        let foreign = w.trust("harbour").await;
        let stranger = foreign.someone(w).at(foreign.school).made().await;
        let first = inquiry(w, &teacher, "Does waiting help?", true).await;
        publish(w, &appraiser, &first, words("school", true, "Ours")).await.problem(404, "not_found");
        let blank = json!({"publish_to": "school", "named": true, "title": "Ours", "question": " ", "finding": "\n"});
        assert_eq!(publish(w, &teacher, &first, blank).await.problem(422, "contradictory_members").pointers(), ["/question", "/finding"]);
        let made = publish(w, &teacher, &first, words("school", true, "Ours")).await.expect(201);
        assert_eq!(made.body["author_id"], json!(teacher.person.to_string()));
        publish(w, &teacher, &first, words("trust", false, "Twice")).await.problem(409, "duplicate");
        let school = made.id();
        let all = published(w, &teacher, "trust", true, "Everybody's").await;
        for (who, ours, theirs) in [
            (&teacher, 200, 200), (&colleague, 200, 200), (&appraiser, 200, 200), (&elsewhere, 404, 200), (&leader, 404, 200),
            (&admin, 404, 404), (&governor, 404, 404), (&stranger, 404, 404),
        ] {
            for (id, status) in [(&school, ours), (&all, theirs)] {
                let one = w.get(format!("/v1/findings/{id}")).by(who).send().await.expect(status);
                w.get(format!("/v1/findings/{id}/history")).by(who).send().await.expect(status);
                let listed = w.get("/v1/findings").by(who).send().await.expect(200);
                assert_eq!(listed.text.contains(id), status == 200);
                assert!(!one.text.contains("ZANZIBAR") && !one.text.contains(&first) && !listed.text.contains("ZANZIBAR"), "{}", one.text);
            }
        }
        assert_eq!(titles(w, &colleague, &format!("author_id={}", teacher.person)).await, ["Everybody's", "Ours"]);
        let receipts = w.get("/v1/me/findings").by(&teacher).send().await.expect(200);
        let receipt = &receipts.items()[0];
        assert_eq!((&receipt["objective_id"], &receipt["published_to"], &receipt["named"], &receipt["withdrawn_at"]), (&json!(first), &json!("school"), &json!(true), &Value::Null));
        assert_eq!(w.get("/v1/me/findings").by(&colleague).send().await.expect(200).items().len(), 0);
    }

    async fn who_published_without_a_name_is_found_on_no_path(w: World) {
        let trust = w.trust("beacon").await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        staff(w, &trust, 4).await;
        let head = trust.someone(w).at(trust.school).with(RoleName::Headteacher, trust.school).made().await;
        let hr = trust.someone(w).at(trust.other_school).with(RoleName::Hr, trust.root).made().await;
        let admin = trust.someone(w).at(trust.school).with(RoleName::TrustAdmin, trust.root).with(RoleName::TrustLeader, trust.root).made().await;
        let (_, _, key) = w.key(&trust, &readable(), None).await;
        let objective = inquiry(w, &teacher, "Does waiting help?", true).await;
        let at = format!("/v1/objectives/{objective}");
        w.post(format!("{at}/propose")).by(&teacher).if_match("*").send().await.expect(200);
        let before = w.get(&at).by(&appraiser).send().await.expect(200);
        let start = w.get("/v1/changes?after=head").bearer(&key).send().await.expect(200).body["next_cursor"].as_str().unwrap().to_owned();
        let publishing = w.post(format!("{at}/publish-finding")).by(&teacher).if_match("*").header("request-id", "tell-tale-1").header("idempotency-key", "tell-tale-2");
        let id = publishing.json(words("school", false, "Unnamed")).send().await.expect(201).id();
        let finding = format!("/v1/findings/{id}");
        // the objective is as it was, to everybody
        let after = w.get(&at).by(&appraiser).send().await.expect(200);
        assert_eq!((before.etag(), &before.body), (after.etag(), &after.body));
        let tell_tales = [teacher.person.to_string(), teacher.account.to_string(), teacher.employment.unwrap().to_string(), objective.clone(), "tell-tale".into()];
        let clean = |reply: &Reply, by: &str| {
            let bytes = format!("{:?}{}", reply.headers, reply.text);
            assert!(reply.text.contains("Unnamed") || reply.text.contains(&id) || reply.status == 404, "nothing was looked at by {by}: {bytes}");
            assert!(tell_tales.iter().all(|t| !bytes.contains(t)), "told by {by}: {bytes}");
        };
        let look = async || {
            for (name, token) in [("head", &head.token), ("appraiser", &appraiser.token), ("hr", &hr.token), ("admin", &admin.token), ("machine", &key), ("owner", &teacher.token)] {
                for path in [finding.clone(), format!("{finding}/history")] {
                    clean(&w.get(&path).bearer(token).send().await, name);
                }
                let listed = w.get("/v1/findings?q=unnamed").bearer(token).send().await.expect(200);
                if name != "hr" {
                    clean(&listed, name);
                }
                let by_author = w.get(format!("/v1/findings?author_id={}", teacher.person)).bearer(token).send().await.expect(200);
                assert_eq!(by_author.items().len(), 0, "{name}");
            }
            for (name, token) in [("admin", &admin.token), ("machine", &key)] {
                let feed = w.get(format!("/v1/changes?after={start}&include=record&types=finding")).bearer(token).send().await.expect(200);
                clean(&feed, name);
                let whole = w.get(format!("/v1/changes?after={start}&include=record")).bearer(token).send().await.expect(200);
                let told: Vec<&Value> = whole.items().iter().filter(|c| c["id"] == json!(id)).collect();
                assert!(told.iter().all(|c| c["person"].is_null() && (c["actor"].is_null() || c["actor"] == json!({"type": "person", "id": null}))), "{told:?}");
            }
        };
        look().await;
        let history = w.get(format!("{at}/history")).by(&appraiser).send().await.expect(200);
        assert!(history.items().len() == 1 && history.items()[0]["type"] == "objective.proposed" && !history.text.contains(&id), "{}", history.text);
        assert_eq!(w.get(format!("{at}/inquiry")).by(&appraiser).send().await.expect(200).body["stage"], "finding");
        assert_eq!(w.get(format!("{at}/inquiry")).by(&teacher).send().await.expect(200).body["stage"], "shared");
        assert_eq!(w.get("/v1/me/findings").by(&teacher).send().await.expect(200).items()[0]["objective_id"], json!(objective));
        // what a colleague may do with it they may do whoever's it is; only the owner sees that it is theirs
        assert!(w.get(&finding).by(&head).send().await.can("reuse"));
        assert!(w.get(&finding).by(&teacher).send().await.can("withdraw"));
        let refused = w.post(format!("{finding}/withdraw")).by(&head).send().await.problem(403, "not_permitted");
        assert!(!refused.text.contains(&teacher.person.to_string()));
        // merging its owner into another record tells nothing either
        let twin = w.post("/v1/people").by(&hr).json(json!({"given_name": "Ada", "family_name": "Twin"})).send().await.expect(201).id();
        w.post(format!("/v1/people/{}/merge", teacher.person)).by(&hr).json(json!({"into": twin})).send().await.expect(201);
        let merged = w.get("/v1/merges").by(&hr).send().await.expect(200);
        assert!(!merged.text.contains("finding"), "{}", merged.text);
        let told = w.get(format!("{finding}/history")).by(&head).send().await.expect(200);
        assert!(told.items().len() == 1 && !told.text.contains(&twin), "{}", told.text);
        let again = Someone { token: w.token(trust.id, &teacher), ..teacher.clone() };
        assert!(w.get(&finding).by(&again).send().await.expect(200).can("withdraw"), "it went with its owner");
    }

    async fn an_erased_persons_findings_go_with_their_name_and_stay_without_it(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.other_school).with(RoleName::Hr, trust.root).made().await;
        let teacher = trust.someone(w).named("Ada", "Gone").at(trust.school).made().await;
        let reader = staff(w, &trust, 5).await.remove(0);
        let (_, _, key) = w.key(&trust, &readable(), None).await;
        let named = published(w, &teacher, "trust", true, "With a name").await;
        let unnamed = published(w, &teacher, "trust", false, "Without").await;
        w.post(format!("/v1/findings/{unnamed}/reuse")).by(&reader).json(json!({})).send().await.expect(200);
        let leaves = json!({"ends_on": "2026-10-04"});
        w.patch(format!("/v1/employments/{}", teacher.employment.unwrap())).by(&hr).json(leaves).send().await.expect(200);
        let start = w.get("/v1/changes?after=head").bearer(&key).send().await.expect(200).body["next_cursor"].as_str().unwrap().to_owned();
        let body = json!({"family_name": "Gone", "reason": "requested"});
        let erased = w.post(format!("/v1/people/{}/erase", teacher.person)).by(&hr).json(body).send().await.expect(200);
        let findings: Vec<&Value> = erased.body["deleted"].as_array().unwrap().iter().filter(|c| c["record_type"] == "finding").collect();
        assert_eq!(findings.len(), 1, "{}", erased.text);
        assert_eq!(findings[0]["count"], 1, "how many they published without a name is told by no count");
        assert_eq!(titles(w, &reader, "q=with").await, ["Without"]);
        w.get(format!("/v1/findings/{named}")).by(&reader).send().await.problem(404, "not_found");
        w.get(format!("/v1/findings/{unnamed}")).by(&reader).send().await.expect(200);
        let feed = w.get(format!("/v1/changes?after={start}&types=finding")).bearer(&key).send().await.expect(200);
        let told: Vec<(&str, &str)> = feed.items().iter().map(|c| (c["type"].as_str().unwrap(), c["id"].as_str().unwrap())).collect();
        assert_eq!(told, [("finding.left_scope", named.as_str())], "nothing happened to the other one");
    }

    async fn so_few_that_they_would_know_are_told_nothing_without_a_name(w: World) {
        let trust = w.trust("beacon").await;
        let teacher = staff(w, &trust, 4).await.remove(0);
        let objective = inquiry(w, &teacher, "Does waiting help?", true).await;
        let refused = publish(w, &teacher, &objective, words("school", false, "Few")).await.problem(409, "too_few_to_be_anonymous");
        assert_eq!(refused.pointers(), ["/named"]);
        trust.someone(w).at(trust.other_school).made().await;
        publish(w, &teacher, &objective, words("school", false, "Few")).await.problem(409, "too_few_to_be_anonymous");
        publish(w, &teacher, &objective, words("trust", false, "Five")).await.expect(201);
    }

    async fn a_withdrawn_finding_is_nowhere_from_the_next_request_on(w: World) {
        let trust = w.trust("beacon").await;
        let all = staff(w, &trust, 5).await;
        let (teacher, reader) = (&all[0], &all[1]);
        let (_, _, key) = w.key(&trust, &readable(), None).await;
        let objective = inquiry(w, teacher, "Does waiting help shy pupils?", true).await;
        let own = inquiry(w, reader, "Does waiting help shy pupils to speak up?", false).await;
        let made = publish(w, teacher, &objective, words("trust", true, "Taken back")).await.expect(201);
        let at = format!("/v1/findings/{}", made.id());
        let similar = async || w.get(format!("/v1/objectives/{own}/similar-findings")).by(reader).send().await.expect(200).items().len();
        assert_eq!((titles(w, reader, "q=taken").await.len(), similar().await), (1, 1));
        let start = w.get("/v1/changes?after=head").bearer(&key).send().await.expect(200).body["next_cursor"].as_str().unwrap().to_owned();
        w.post(format!("{at}/withdraw")).by(reader).send().await.problem(403, "not_permitted");
        w.post(format!("{at}/withdraw")).by(teacher).if_match("\"7\"").send().await.problem(412, "stale");
        w.post(format!("{at}/withdraw")).by(teacher).if_match(&made.etag()).send().await.expect(200);
        assert_eq!((titles(w, reader, "q=taken").await.len(), titles(w, teacher, "q=taken").await.len(), similar().await), (0, 0, 0));
        alike(&w.get(&at).by(reader).send().await, &w.get(format!("/v1/findings/{}", trust.root)).by(reader).send().await);
        w.get(format!("{at}/history")).by(reader).send().await.problem(404, "not_found");
        w.post(format!("{at}/reuse")).by(reader).json(json!({})).send().await.problem(404, "not_found");
        let feed = w.get(format!("/v1/changes?after={start}&include=record")).bearer(&key).send().await.expect(200);
        let left = &feed.items()[0];
        let nothing = json!({"type": "finding.left_scope", "record": null, "person": null, "organisation_id": null, "changed": [], "actor": null, "etag": null});
        assert!(nothing.as_object().unwrap().iter().all(|(field, value)| left[field] == *value), "{left}");
        // to its owner it is there, and can be published again, as something new
        assert_eq!(w.get(&at).by(teacher).send().await.expect(200).body["state"], "withdrawn");
        w.post(format!("{at}/withdraw")).by(teacher).send().await.problem(409, "wrong_state");
        assert!(!w.get("/v1/me/findings").by(teacher).send().await.expect(200).items()[0]["withdrawn_at"].is_null());
        let anew = publish(w, teacher, &objective, words("trust", false, "Anew")).await.expect(201).id();
        assert_ne!(anew, made.id());
    }

    async fn who_uses_a_finding_is_counted_and_not_named(w: World) {
        let trust = w.trust("beacon").await;
        let all = staff(w, &trust, 5).await;
        let (teacher, reader, other) = (&all[0], &all[1], &all[2]);
        let id = published(w, teacher, "trust", true, "Useful").await;
        let at = format!("/v1/findings/{id}");
        let mine = inquiry(w, reader, "And mine?", false).await;
        let theirs = inquiry(w, other, "And theirs?", false).await;
        let reuse = async |who: &Someone, body: Value| w.post(format!("{at}/reuse")).by(who).json(body).send().await;
        reuse(teacher, json!({})).await.problem(403, "not_for_yourself");
        let wrong = reuse(reader, json!({"objective_id": theirs, "learning_record_id": trust.root.to_string()})).await.problem(422, "unknown_reference");
        assert_eq!(wrong.pointers(), ["/objective_id", "/learning_record_id"]);
        let used = reuse(reader, json!({"objective_id": mine})).await.expect(200);
        assert!(!used.can("reuse"));
        reuse(reader, json!({})).await.problem(409, "duplicate");
        reuse(other, json!({})).await.expect(200);
        let receipts = w.get("/v1/me/findings").by(teacher).send().await.expect(200);
        assert_eq!(receipts.items()[0]["reused_by"], 2);
        for who in [teacher, other] {
            let told = [w.get(&at).by(who).send().await, w.get(format!("{at}/history")).by(who).send().await];
            assert!(told.iter().all(|r| !r.text.contains(&reader.person.to_string()) && !r.text.contains(&mine)), "{told:?}");
        }
        let own = w.get(format!("{at}/history")).by(reader).send().await.expect(200);
        assert_eq!(own.items()[0]["type"], "finding.reused");
        assert_eq!((titles(w, reader, "reused=true").await.len(), titles(w, reader, "reused=false").await.len()), (1, 0));
        assert_eq!((titles(w, teacher, "reused=true").await.len(), titles(w, teacher, "reused=false").await.len()), (0, 1));
    }

    async fn a_search_finds_what_its_words_say_on_either_database(w: World) {
        let trust = w.trust("beacon").await;
        let all = staff(w, &trust, 5).await;
        let corpus = [
            "Cold calling in Year 9: who answers?", "Café talk: oracy at lunch", "Ŵythnos of retrieval", "RETRIEVAL, retrieval; retrieval!", "Wait-time & think-pair-share",
            "The teacher's questions", "The teachers\u{2019} questions", "Straße und Weg", "100% of the class", "naïve co-operation", "Vocabulary in science", "ﬁnding the ﬁrst word",
            "A i u", "Ёлка и ель", "Reading aloud: year 11, year 7", "日本語 lessons", "retriever", "questionnaire", "co operation without a hyphen", "Emoji 🦉 owl",
        ];
        for (n, title) in corpus.iter().enumerate() {
            published(w, &all[n % 5], "trust", n % 2 == 0, title).await;
        }
        let queries = [
            "retrieval", "retriev", "RETRIEVAL", "cafe", "CAFÉ", "wythnos", "teachers", "teacher's", "teacher", "strasse", "straße", "100", "naive", "co-operation", "year 7", "7 year",
            "year 11 aloud", "question", "questions the", "finding", "find", "first", "ель", "елка", "ёлка", "日本語", "日", "a", "!!", "zzz", "the the the", "owl emoji", "🦉",
            "enough seconds", "retrieval science", "e", "in", "%25", "_etrieval", "and", "co operation",
        ];
        for q in queries {
            let encoded: String = q.bytes().map(|b| format!("%{b:02X}")).collect();
            // the model: every word of the query begins a word of the finding
            let wanted = terms(q);
            let fits = |title: &&&str| {
                let kept: BTreeSet<String> = terms(title).into_iter().chain(terms("Does waiting help shy pupils to speak? Five seconds are enough.")).collect();
                !wanted.is_empty() && wanted.iter().all(|word| kept.iter().any(|k| k.starts_with(word)))
            };
            let mut expected: Vec<String> = corpus.iter().filter(fits).map(|t| (*t).to_owned()).collect();
            expected.sort();
            assert_eq!(titles(w, &all[0], &format!("q={encoded}")).await, expected, "{q}");
        }
        // pages of a search are the search
        let first = w.get("/v1/findings?q=enough&limit=12").by(&all[0]).send().await.expect(200);
        let cursor = first.body["next_cursor"].as_str().unwrap().to_owned();
        let second = w.get(format!("/v1/findings?q=enough&limit=12&cursor={cursor}")).by(&all[0]).send().await.expect(200);
        assert_eq!((first.items().len(), second.items().len()), (12, 8));
        w.get(format!("/v1/findings?q=retrieval&limit=12&cursor={cursor}")).by(&all[0]).send().await.problem(400, "cursor_filter_mismatch");
    }

    async fn like_questions_are_found_among_what_was_published_and_nowhere_else(w: World) {
        let trust = w.trust("beacon").await;
        let all = staff(w, &trust, 5).await;
        let (teacher, reader) = (&all[0], &all[1]);
        let asked = async |who: &Someone, question: &str, title: &str| {
            let objective = inquiry(w, who, question, true).await;
            let body = json!({"publish_to": "trust", "named": false, "title": title, "question": question, "finding": "Yes."});
            publish(w, who, &objective, body).await.expect(201)
        };
        asked(teacher, "Does spaced retrieval help vocabulary in science?", "Close").await;
        asked(teacher, "Does retrieval in science take too long, and does vocabulary suffer when spaced practice is dropped?", "Closer").await;
        asked(teacher, "Does seating help behaviour?", "Far").await;
        asked(reader, "Does spaced retrieval of vocabulary work?", "My own").await;
        inquiry(w, teacher, "Does spaced retrieval of science vocabulary stay private?", true).await;
        let mine = inquiry(w, reader, "Will spaced practice and retrieval make vocabulary stick in science?", false).await;
        let found = w.get(format!("/v1/objectives/{mine}/similar-findings")).by(reader).send().await.expect(200);
        let named: Vec<&str> = found.items().iter().map(|f| f["title"].as_str().unwrap()).collect();
        assert_eq!(named, ["Closer", "Close"]);
        assert!(!found.text.contains("private") && !found.text.contains(&teacher.person.to_string()), "{}", found.text);
        w.get(format!("/v1/objectives/{mine}/similar-findings")).by(teacher).send().await.problem(404, "not_found");
        let (_, _, key) = w.key(&trust, &[Permission::ReadObjectives], None).await;
        w.post(format!("/v1/objectives/{mine}/propose")).by(reader).if_match("*").send().await.expect(200);
        let blind = w.get(format!("/v1/objectives/{mine}/similar-findings")).bearer(&key).send().await.expect(200);
        assert_eq!(blind.items().len(), 0, "without findings:read there are none");
    }

    async fn of_two_who_publish_the_same_inquiry_at_once_one_does(w: World) {
        let trust = w.trust("beacon").await;
        let teacher = staff(w, &trust, 5).await.remove(0);
        let objective = inquiry(w, &teacher, "Does waiting help?", true).await;
        let path = format!("/v1/objectives/{objective}/publish-finding");
        let shots = [true, false].map(|named| Shot::post(&path, &teacher.token).with("if-match", "*").json(words("trust", named, "Once"))).to_vec();
        let answers = all_at_once(w, shots);
        let statuses: BTreeSet<u16> = answers.iter().map(|(status, _)| *status).collect();
        assert_eq!(statuses, BTreeSet::from([201, 409]), "{answers:?}");
        assert_eq!(titles(w, &teacher, "q=once").await.len(), 1);
        let reader = trust.someone(w).at(trust.school).made().await;
        let id = w.get("/v1/findings").by(&teacher).send().await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
        let shot = Shot::post(format!("/v1/findings/{id}/reuse"), &reader.token).json(json!({}));
        let answers = all_at_once(w, vec![shot; 6]);
        assert_eq!(answers.iter().filter(|(status, _)| *status == 200).count(), 1, "{answers:?}");
        assert_eq!(w.get("/v1/me/findings").by(&teacher).send().await.expect(200).items()[0]["reused_by"], 1);
    }
}
