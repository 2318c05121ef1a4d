//! Who manages whom, from a file, and handed over when somebody leaves.

use crate::{
    appraisals::{YEAR, cycle},
    permissions::last_event,
    reports,
    support::*,
};
use serde_json::{Value, json};
use trellis_domain::{relationship::RelationshipKind, role::RoleName};

struct Staff {
    trust: Trust,
    hr: Someone,
    people: Vec<Someone>,
}
async fn staff(w: &World, n: usize) -> Staff {
    let trust = w.trust("beacon").await;
    let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
    let mut people = Vec::new();
    for i in 0..n {
        people.push(trust.someone(w).named("Person", &format!("Number{i}")).at(trust.school).made().await);
    }
    Staff { trust, hr, people }
}
impl Staff {
    async fn import(&self, w: &World, query: &str, file: &str) -> Reply {
        w.post(format!("/v1/relationships/import{query}")).by(&self.hr).raw("text/csv", file.as_bytes()).send().await
    }
    fn id(&self, i: usize) -> String {
        self.people[i].person.to_string()
    }
    async fn managers(&self, w: &World, i: usize) -> Vec<Value> {
        w.get(format!("/v1/relationships?kind=line_manager&person_id={}", self.id(i))).by(&self.hr).send().await.expect(200).items().to_vec()
    }
}
fn actions(reply: &Reply) -> Vec<&str> {
    reply.body["results"].as_array().unwrap().iter().map(|r| r["action"].as_str().unwrap()).collect()
}
fn codes(reply: &Reply) -> Vec<&str> {
    reply.body["results"].as_array().unwrap().iter().map(|r| r["problem"]["code"].as_str().unwrap_or("-")).collect()
}

on_both! {
    async fn a_file_is_taken_once_and_again_changes_nothing(w: World) {
        let s = staff(w, 5).await;
        w.patch(format!("/v1/people/{}", s.id(1))).by(&s.hr).json(json!({"trn": "0012345", "external_refs": [{"source": "mis", "id": "7"}]})).send().await.expect(200);
        let employment = s.people[2].employment.unwrap();
        w.patch(format!("/v1/employments/{employment}")).by(&s.hr).json(json!({"staff_code": "PN2"})).send().await.expect(200);
        w.patch(format!("/v1/organisations/{}", s.trust.school)).by(&s.hr).json(json!({})).send().await.problem(403, "role_required");
        let file = format!(
            "kind,person,holder,starts_on,ends_on,school\n,{},mis:7,2026-09-01,,\nappraiser,{},12345,01/09/2026,31/08/2027,\nline_manager,PN2,{},2026-09-01,,{}\ncoach,{},{},2026-09-01,,\n",
            s.id(0), s.id(0), s.id(1), s.trust.school, s.id(3), s.id(4)
        );
        let before = last_event(w, s.trust.id).await;
        let trial = s.import(w, "?validate_only=true", &file).await.expect(207);
        assert_eq!(actions(&trial), ["created"; 4], "{}", trial.text);
        assert!(trial.body["results"].as_array().unwrap().iter().all(|r| r["id"].is_null()));
        assert_eq!(last_event(w, s.trust.id).await, before);
        let done = s.import(w, "", &file).await.expect(207);
        assert_eq!((actions(&done), done.body["counts"]["created"].as_i64()), (vec!["created"; 4], Some(4)));
        assert_eq!(last_event(w, s.trust.id).await, before + 4);
        let again = s.import(w, "", &file).await.expect(207);
        assert_eq!(actions(&again), ["unchanged"; 4], "{}", again.text);
        assert_eq!(last_event(w, s.trust.id).await, before + 4);
        assert_eq!(done.body["results"][2]["id"], again.body["results"][2]["id"]);
        assert_eq!(s.managers(w, 2).await[0]["holder_id"], s.id(1));
    }

    async fn a_new_manager_ends_the_earlier_one_only_if_told_so(w: World) {
        let s = staff(w, 3).await;
        s.import(w, "", &format!("person,holder,starts_on\n{},{},2025-09-01\n", s.id(0), s.id(1))).await.expect(207);
        let new = format!("person,holder,starts_on\n{},{},2026-11-02\n", s.id(0), s.id(2));
        let refused = s.import(w, "", &new).await.expect(207);
        assert_eq!(codes(&refused), ["overlapping_relationship"]);
        let trial = s.import(w, "?replace=true&validate_only=true", &new).await.expect(207);
        assert_eq!((actions(&trial), trial.body["results"][0]["ended"].as_array().unwrap().len()), (vec!["created"], 1));
        let done = s.import(w, "?replace=true", &new).await.expect(207);
        assert_eq!(actions(&done), ["created"]);
        let managers = s.managers(w, 0).await;
        let held: Vec<_> = managers.iter().map(|r| (r["starts_on"].as_str().unwrap(), r["ends_on"].as_str())).collect();
        assert_eq!(held, [("2025-09-01", Some("2026-11-01")), ("2026-11-02", None)]);
        assert_eq!(actions(&s.import(w, "?replace=true", &new).await), ["unchanged"]);
        // a row's own word goes before the request's, and a last day can be given
        let row = format!("person,holder,starts_on,ends_on,replace\n{},{},2027-01-01,,no\n{},{},2026-11-02,2026-12-31,\n", s.id(0), s.id(1), s.id(0), s.id(2));
        let done = s.import(w, "?replace=true", &row).await.expect(207);
        assert_eq!((actions(&done), codes(&done)), (vec!["failed", "updated"], vec!["overlapping_relationship", "-"]));
    }

    async fn every_fault_of_every_row_is_named(w: World) {
        let s = staff(w, 4).await;
        let there = w.trust("harbour").await;
        let stranger = there.someone(w).at(there.school).made().await;
        let file = format!(
            "kind,person,holder,starts_on,ends_on,replace\nboss,,x,soon,,perhaps\n,{0},{0},2026-09-01,,\n,{0},{1},2026-09-01,2026-08-31,\n,{0},{2},2026-09-01,,\n,mis:nobody,7654321,2026-09-01,,\n,{1},{3},2026-09-01,,\n,{1},{4},2026-10-01,,yes\n,{0}\n",
            s.id(0), s.id(1), stranger.person, s.id(2), s.id(3)
        );
        let reply = s.import(w, "", &file).await.expect(207);
        let expected = ["invalid_value", "self_relationship", "period_backwards", "unknown_reference", "unknown_reference", "-", "duplicate", "unreadable_file"];
        assert_eq!(codes(&reply), expected, "{}", reply.text);
        let pointers = |i: usize| -> Vec<String> {
            reply.body["results"][i]["problem"]["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(pointers(0), ["/kind", "/person", "/holder", "/starts_on", "/replace"]);
        assert_eq!((pointers(3), pointers(4)), (vec!["/holder".to_owned()], vec!["/person".to_owned(), "/holder".to_owned()]));
        assert_eq!((reply.body["results"][6]["line"].as_i64(), reply.body["results"][6]["index"].as_i64()), (Some(8), Some(6)));
        assert!(reply.body["results"][6]["problem"]["detail"].as_str().unwrap().contains("line 7"));
        let headings = s.import(w, "", "kind,persn,ends_on\n").await.problem(422, "unreadable_file");
        assert_eq!(headings.pointers(), ["/persn", "/person", "/holder", "/starts_on"]);
        assert!(headings.text.contains("did you mean person?"), "{}", headings.text);
        let forbidden = s.import(w, "", "person,holder,starts_on,NI Number\n").await.problem(422, "forbidden_data");
        assert_eq!(forbidden.pointers(), ["/NI Number"]);
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain("person".bytes().flat_map(|b| [b, 0])).collect();
        w.post("/v1/relationships/import").by(&s.hr).raw("text/csv", &utf16).send().await.problem(422, "unreadable_file");
        w.post("/v1/relationships/import").by(&s.hr).json(json!({})).send().await.problem(415, "unsupported_media_type");
    }

    async fn a_preference_that_nobody_knows_is_ignored_however_long(w: World) {
        let s = staff(w, 2).await;
        let file = format!("kind,person,holder,starts_on\nline_manager,{},{},2026-09-01\n", s.id(0), s.id(1));
        let asked = w.post("/v1/relationships/import").by(&s.hr).header("prefer", &"x".repeat(300)).raw("text/csv", file.as_bytes());
        assert_eq!(asked.send().await.expect(207).body["counts"]["created"], 1);
    }

    async fn a_circle_is_told_by_name_also_one_that_the_file_closes_itself(w: World) {
        let s = staff(w, 3).await;
        let row = |a: usize, b: usize| format!("{},{},2026-09-01\n", s.id(a), s.id(b));
        let file = format!("person,holder,starts_on\n{}{}{}", row(0, 1), row(1, 2), row(2, 0));
        for query in ["?validate_only=true", ""] {
            let reply = s.import(w, query, &file).await.expect(207);
            assert_eq!(codes(&reply), ["-", "-", "line_management_cycle"]);
            let detail = reply.body["results"][2]["problem"]["detail"].as_str().unwrap().to_owned();
            let told = "Person Number2 (line 4) is managed by Person Number0 (line 2) is managed by Person Number1 (line 3) is managed by Person Number2";
            assert!(detail.contains(told), "{detail}");
        }
        // what the records say already stands on no line
        let closing = s.import(w, "", &format!("person,holder,starts_on\n{}", row(2, 0))).await.expect(207);
        let told = "Person Number2 (line 2) is managed by Person Number0 is managed by Person Number1 is managed by Person Number2";
        assert!(closing.text.contains(told), "{}", closing.text);
        // and by the operation for one
        let new = json!({"kind": "line_manager", "person_id": s.id(2), "holder_id": s.id(0), "starts_on": "2026-09-01"});
        let refused = w.post("/v1/relationships").by(&s.hr).json(new).send().await.problem(409, "line_management_cycle");
        assert!(refused.text.contains("Person Number1"), "{}", refused.text);
        // whoever may not see somebody on the circle is not told who that is
        let boss = s.trust.someone(w).named("Secret", "Boss").at(s.trust.other_school).made().await;
        let local = s.trust.someone(w).at(s.trust.school).with(RoleName::Hr, s.trust.school).made().await;
        w.appoint(&s.trust, RelationshipKind::LineManager, s.people[2].person, boss.person).await;
        let other = s.trust.someone(w).named("Local", "One").at(s.trust.school).made().await;
        w.appoint(&s.trust, RelationshipKind::LineManager, boss.person, other.person).await;
        let new = json!({"kind": "line_manager", "person_id": other.person.to_string(), "holder_id": s.id(2), "starts_on": "2026-10-01"});
        let refused = w.post("/v1/relationships").by(&local).json(new).send().await.problem(409, "line_management_cycle");
        assert!(refused.text.contains("a colleague elsewhere") && !refused.text.contains("Secret"), "{}", refused.text);
    }

    async fn a_long_file_is_a_job_and_a_trial_of_it_says_what_it_comes_to(w: World) {
        let s = staff(w, 3).await;
        let mut file = format!("person;holder;starts_on\r\n{};{};01/09/2026\r\n{};{};1.9.2026\r\n", s.id(0), s.id(1), s.id(1), s.id(2));
        // enough that the last rows are in another part than the first
        (0..120).for_each(|n| file.push_str(&format!("mis:=nobody{n};{};2026-09-01\r\n", s.id(1))));
        file.push_str(&format!("{};{};2026-09-01\r\n{};{};2026-09-01\r\n{};{};2026-09-01\r\n", s.id(2), s.id(0), s.id(0), s.id(2), s.id(1), s.id(2)));
        let before = last_event(w, s.trust.id).await;
        let mut told: Vec<Vec<Value>> = Vec::new();
        for (query, created) in [("?validate_only=true", 0), ("", 2), ("", 2)] {
            let asked = w.post(format!("/v1/relationships/import{query}")).by(&s.hr).header("prefer", "respond-async").raw("text/csv", file.as_bytes()).send().await.expect(202);
            assert_eq!((&asked.body["kind"], &asked.body["state"], &asked.body["total"]), (&json!("relationships_import"), &json!("queued"), &json!(125)));
            trellis_api::runner::drain(&w.db, &w.shared).await.unwrap();
            let job = w.get(&asked.headers["location"]).by(&s.hr).send().await.expect(200);
            assert_eq!((&job.body["state"], &job.body["done"]), (&json!("completed"), &json!(125)), "{}", job.text);
            let results = w.get(format!("/v1/jobs/{}/results?limit=200", asked.id())).by(&s.hr).send().await.expect(200);
            assert_eq!(last_event(w, s.trust.id).await, before + created);
            told.push(results.items().to_vec());
        }
        let said = |run: usize| -> Vec<(Value, Value)> { told[run].iter().map(|r| (r["action"].clone(), r["problem"]["detail"].clone())).collect() };
        assert_eq!(said(0), said(1), "a trial says what is done");
        let last = |run: usize| -> Vec<(Value, Value)> { told[run][122..].iter().map(|r| (r["action"].clone(), r["problem"]["code"].clone())).collect() };
        let failed = |code: &str| (json!("failed"), json!(code));
        assert_eq!(last(0), [failed("line_management_cycle"), failed("duplicate"), (json!("unchanged"), Value::Null)]);
        assert_eq!((&told[2][0]["action"], &told[2][1]["action"]), (&json!("unchanged"), &json!("unchanged")));
        let circle = told[0][122]["problem"]["detail"].as_str().unwrap();
        assert!(circle.contains("Person Number2 (line 124) is managed by Person Number0 (line 2) is managed by Person Number1 (line 3) is managed by"), "{circle}");
        assert!(told[0][123]["problem"]["detail"].as_str().unwrap().contains("line 2 says otherwise"), "{}", told[0][123]);
        let tie = &told[1][0]["relationship"];
        assert_eq!((&tie["person_id"], &tie["holder_id"], &tie["starts_on"]), (&json!(s.id(0)), &json!(s.id(1)), &json!("2026-09-01")));
        // a file of more rows than are done at once is a job by itself, and can be called off
        let many = format!("person,holder,starts_on\n{}", "mis:1,mis:2,2026-09-01\n".repeat(5001));
        let asked = s.import(w, "", &many).await.expect(202);
        let called_off = w.post(format!("/v1/jobs/{}/cancel", asked.id())).by(&s.hr).send().await.expect(200);
        assert_eq!(called_off.body["state"], "cancelled");
    }

    async fn what_was_not_taken_is_told_as_it_was_sent_mended_and_sent_again(w: World) {
        let s = staff(w, 2).await;
        let file = format!("Person,Holder,Starts on,Replace\n{},{},2026-09-01,\n=HYPERLINK(1),{},2026-09-01,perhaps\n", s.id(0), s.id(1), s.id(1));
        let asked = w.post("/v1/relationships/import").by(&s.hr).header("prefer", "respond-async").raw("text/csv", file.as_bytes()).send().await.expect(202);
        trellis_api::runner::drain(&w.db, &w.shared).await.unwrap();
        let table = async |query: &str| w.get(format!("/v1/jobs/{}/results{query}", asked.id())).by(&s.hr).header("accept", "text/csv").send().await.expect(200).text;
        let all = table("").await;
        let lines: Vec<&str> = all.lines().collect();
        assert_eq!(lines[0], "index,line,Person,Holder,Starts on,Replace,action,id,changed,code,reason");
        assert!(lines[1].starts_with(&format!("0,2,{},{},2026-09-01,,created,", s.id(0), s.id(1))), "{all}");
        assert!(lines[2].starts_with(&format!("1,3,'=HYPERLINK(1),{},2026-09-01,perhaps,failed,,,invalid_value,", s.id(1))), "{all}");
        let failed = table("?action=failed").await;
        assert_eq!(failed.lines().count(), 2, "{failed}");
        let mended = failed.replace("'=HYPERLINK(1)", &s.id(0)).replace("perhaps", "yes").replace("2026-09-01", "2026-10-01");
        let again = s.import(w, "", &mended).await.expect(207);
        assert_eq!(codes(&again), ["overlapping_relationship"], "it is read, and judged: {}", again.text);
        // and the answer to it has one row's result, not two
        let table = w.post("/v1/relationships/import").by(&s.hr).header("accept", "text/csv").raw("text/csv", mended.as_bytes()).send().await.expect(207);
        assert_eq!(table.text.lines().next(), Some("Person,Holder,Starts on,Replace,action,id,changed,code,reason"));
    }

    async fn nobody_imports_for_whom_they_may_not_write(w: World) {
        let s = staff(w, 2).await;
        let here = s.trust.someone(w).at(s.trust.school).with(RoleName::Hr, s.trust.school).made().await;
        let there = s.trust.someone(w).at(s.trust.other_school).made().await;
        let file = format!("person,holder,starts_on\n{},{},2026-09-01\n{},{},2026-09-01\n{},{},2026-09-01\n", there.person, s.id(0), s.id(1), s.id(0), s.id(0), here.person);
        let reply = w.post("/v1/relationships/import").by(&here).raw("text/csv", file.as_bytes()).send().await.expect(207);
        assert_eq!(codes(&reply), ["unknown_reference", "-", "not_for_yourself"]);
        w.post("/v1/relationships/import").by(&s.people[0]).raw("text/csv", file.as_bytes()).send().await.problem(403, "role_required");
    }

    async fn a_leavers_people_go_to_a_successor_who_sees_what_an_appraiser_sees(w: World) {
        let s = staff(w, 5).await;
        let [leaver, successor, a, b, c] = &s.people[..] else { unreachable!() };
        for kind in [RelationshipKind::Appraiser, RelationshipKind::LineManager] {
            for person in [a, b] {
                w.appoint(&s.trust, kind, person.person, leaver.person).await;
            }
        }
        // the successor is the leaver's own report: managing themself is refused by name, appraising is another matter
        w.appoint(&s.trust, RelationshipKind::LineManager, successor.person, leaver.person).await;
        w.appoint(&s.trust, RelationshipKind::Mentor, c.person, leaver.person).await;
        let new = |title: &str| json!({"employment_id": a.employment.unwrap().to_string(), "kind": "practice", "title": title});
        let draft = w.post("/v1/objectives").by(a).json(new("a draft")).send().await.expect(201);
        let agreed = w.post("/v1/objectives").by(leaver).json(new("agreed")).send().await.expect(201);
        w.post(format!("/v1/objectives/{}/propose", agreed.id())).by(leaver).if_match("*").send().await.expect(200);
        let agreed = w.post(format!("/v1/objectives/{}/agree", agreed.id())).by(a).if_match("*").send().await.expect(200);
        let at = format!("/v1/people/{}/hand-over", leaver.person);
        let body = json!({"to": successor.person.to_string(), "on": "2026-10-19", "kinds": ["appraiser", "line_manager"], "to_each": [{"person_id": b.person.to_string(), "to": c.person.to_string()}]});
        let done = w.post(&at).by(&s.hr).json(body.clone()).send().await.expect(207);
        let results = done.body["results"].as_array().unwrap();
        assert_eq!(results.len(), 5, "{}", done.text);
        for result in results {
            let own = result["person_id"] == successor.person.to_string();
            let (action, to) = if own { ("failed", successor) } else if result["person_id"] == b.person.to_string() { ("updated", c) } else { ("updated", successor) };
            assert_eq!((result["action"].as_str().unwrap(), result["to"].as_str().unwrap()), (action, to.person.to_string().as_str()));
            assert_eq!(result["problem"]["code"].as_str(), own.then_some("self_relationship"));
        }
        let ties = w.get(format!("/v1/relationships?person_id={}", a.person)).by(&s.hr).send().await.expect(200);
        let held: Vec<_> = ties.items().iter().map(|r| (r["starts_on"].as_str().unwrap(), r["ends_on"].as_str())).collect();
        assert_eq!(held, [("2026-09-01", Some("2026-10-18")), ("2026-09-01", Some("2026-10-18")), ("2026-10-19", None), ("2026-10-19", None)]);
        // until that day nothing changes, from that day everything
        let objective = format!("/v1/objectives/{}", agreed.id());
        w.get(&objective).by(leaver).send().await.expect(200);
        w.get(&objective).by(successor).send().await.problem(404, "not_found");
        w.later(chrono::TimeDelta::days(14));
        let token = |who: &Someone| w.token(s.trust.id, who);
        w.get(&objective).bearer(&token(leaver)).send().await.problem(404, "not_found");
        let seen = w.get(&objective).bearer(&token(successor)).send().await.expect(200);
        assert_eq!((seen.etag(), &seen.body["author_id"]), (agreed.etag(), &json!(leaver.person.to_string())));
        assert_eq!((&seen.body["state"], seen.can("start")), (&json!("agreed"), true));
        w.get(format!("/v1/objectives/{}", draft.id())).bearer(&token(successor)).send().await.problem(404, "not_found");
        // the same again finds only what was refused
        let again = w.post(&at).bearer(&token(&s.hr)).json(body).send().await.expect(207);
        assert_eq!(actions(&again), ["failed"]);
        // the mentor stays as they are
        assert_eq!(w.get(format!("/v1/relationships?kind=mentor&person_id={}&current_on=2026-12-01", c.person)).bearer(&token(&s.hr)).send().await.items().len(), 1);
    }

    async fn the_leavers_appraisals_go_along_on_the_day_and_whatever_cannot_says_why(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let admin = trust.someone(w).with(RoleName::SchoolAdmin, trust.school).made().await;
        let leaver = trust.someone(w).at(trust.school).made().await;
        let successor = trust.someone(w).at(trust.school).appraised_by(&leaver).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&leaver).made().await;
        let path = cycle(w, &trust, &hr, "england_academy_policy", YEAR).await;
        w.create_appraisals(&path, &hr).await;
        let appraisal = async |who: &Someone| {
            let found = w.get(format!("/v1/appraisals?person_id={}", who.person)).by(who).send().await.expect(200);
            format!("/v1/appraisals/{}", found.items()[0]["id"].as_str().unwrap())
        };
        let (at, own) = (appraisal(&teacher).await, appraisal(&successor).await);
        let over = |by: &str, more: Value| {
            let mut body = json!({"to": successor.person.to_string(), "on": "2026-11-02"});
            more.as_object().unwrap().iter().for_each(|(name, value)| body[name] = value.clone());
            w.post(format!("/v1/people/{}/hand-over", leaver.person)).bearer(by).json(body).send()
        };
        let none = over(&hr.token, json!({"kinds": ["coach"]})).await.expect(207);
        assert_eq!(none.body["appraisals"], json!([]), "{}", none.text);
        // who keeps people hands over the relationships, and hears nothing of appraisals
        let kept = over(&admin.token, json!({})).await.expect(207);
        assert_eq!((actions(&kept).len(), &kept.body["appraisals"]), (2, &json!([])), "{}", kept.text);
        let left = over(&hr.token, json!({"appraisals": false})).await.expect(207);
        assert_eq!(left.body["appraisals"], json!([]));
        let version = w.get(&at).by(&hr).send().await.expect(200).body["version"].as_i64().unwrap();
        let done = over(&hr.token, json!({})).await.expect(207);
        let of = |reply: &Reply, address: &str| {
            let all = reply.body["appraisals"].as_array().unwrap().clone();
            all.into_iter().find(|a| address.ends_with(a["appraisal_id"].as_str().unwrap())).unwrap_or_default()
        };
        assert_eq!((&of(&done, &at)["action"], &of(&done, &own)["action"]), (&json!("updated"), &json!("failed")), "{}", done.text);
        let why = &of(&done, &own)["problem"];
        assert_eq!((&why["code"], &why["errors"][0]["pointer"]), (&json!("self_appraisal"), &json!("/to")), "{why}");
        assert_eq!((&done.body["appraisal_counts"]["updated"], &done.body["appraisal_counts"]["failed"]), (&json!(1), &json!(1)));
        let seen = w.get(&at).by(&hr).send().await.expect(200);
        let terms = json!([
            {"person_id": leaver.person.to_string(), "from": "2026-10-05", "until": "2026-11-02"},
            {"person_id": successor.person.to_string(), "from": "2026-11-02", "until": null},
        ]);
        assert_eq!((&seen.body["appraisers"], seen.body["version"].as_i64()), (&terms, Some(version + 1)));
        let history = w.get(format!("{at}/history")).by(&hr).send().await.expect(200);
        assert!(history.items()[0]["type"].as_str().unwrap().contains("assigned"), "{}", history.text);
        // until that day the leaver appraises, from that day the successor
        w.get(&at).by(&leaver).send().await.expect(200);
        w.get(&at).by(&successor).send().await.problem(404, "not_found");
        w.later(chrono::TimeDelta::days(28));
        let token = |who: &Someone| w.token(trust.id, who);
        w.get(&at).bearer(&token(&leaver)).send().await.problem(404, "not_found");
        let planned = w.post(format!("{at}/start-planning")).bearer(&token(&successor)).if_match("*").send().await.expect(200);
        assert_eq!(planned.body["starts_on"], "2026-09-01", "the period goes on");
        // the same again finds only what was refused
        let again = over(&token(&hr), json!({})).await.expect(207);
        let codes: Vec<&str> = again.body["appraisals"].as_array().unwrap().iter().map(|a| a["problem"]["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["self_appraisal"], "{}", again.text);
    }

    async fn a_completed_appraisal_goes_along_and_with_it_the_report_and_the_pay(w: World) {
        let o = reports::office(w, "england_maintained_2012").await;
        let mut words = reports::whole(&o);
        words["pay_relevant"] = json!(true);
        reports::draft(w, &o, words).await.expect(200);
        reports::issue(w, &o, 1).await.expect(200);
        let found = w.get(format!("/v1/appraisal-reports?appraisal_id={}", o.at.rsplit('/').next().unwrap())).by(&o.teacher).send().await.expect(200);
        let report = format!("/v1/appraisal-reports/{}", found.items()[0]["id"].as_str().unwrap());
        let pay = || Some(json!({"outcome": "no_progress", "reasons": "It was not shown"}));
        let made = reports::step(w, &o.at, "recommend-pay", &o.appraiser, pay()).await.expect(201).id();
        let made = format!("/v1/pay-recommendations/{made}");
        reports::step(w, &o.at, "comment", &o.teacher, Some(json!({"comment": "I see"}))).await.expect(200);
        reports::step(w, &o.at, "complete", &o.head, None).await.expect(200);
        for way in [&o.at, &report, &made] {
            w.get(way).by(&o.appraiser).send().await.expect(200);
        }
        let successor = o.trust.someone(w).at(o.trust.school).made().await;
        let body = json!({"to": successor.person.to_string(), "on": "2026-10-05"});
        let done = w.post(format!("/v1/people/{}/hand-over", o.appraiser.person)).by(&o.hr).json(body).send().await.expect(207);
        let all = done.body["appraisals"].as_array().unwrap();
        assert_eq!((all.len(), &all[0]["action"]), (1, &json!("updated")), "{}", done.text);
        assert!(o.at.ends_with(all[0]["appraisal_id"].as_str().unwrap()), "{}", done.text);
        for way in [&o.at, &report, &made] {
            w.get(way).by(&o.appraiser).send().await.problem(404, "not_found");
            w.get(way).by(&successor).send().await.expect(200);
        }
        reports::step(w, &made, "withdraw", &o.appraiser, None).await.problem(404, "not_found");
        reports::step(w, &o.at, "recommend-pay", &o.appraiser, pay()).await.problem(404, "not_found");
        assert_eq!(w.get(&o.at).by(&successor).send().await.expect(200).body["state"], "completed", "it is no less complete");
        // whoever could not appraise it does not come to read it, and who left reads it no longer
        let other = o.trust.someone(w).at(o.trust.school).made().await;
        let body = json!({"to": other.person.to_string(), "on": "2026-10-05", "kinds": ["coach"], "appraisals": true});
        let done = w.post(format!("/v1/people/{}/hand-over", successor.person)).by(&o.hr).json(body).send().await.expect(207);
        assert_eq!(done.body["appraisals"], json!([]), "{}", done.text);
        for way in [&o.at, &report, &made] {
            for who in [&successor, &other] {
                w.get(way).by(who).send().await.problem(404, "not_found");
            }
            w.get(way).by(&o.head).send().await.expect(200);
        }
    }

    async fn a_completed_appraisal_of_a_closed_cycle_goes_to_nobody(w: World) {
        let o = reports::office(w, "england_maintained_2012").await;
        reports::draft(w, &o, reports::whole(&o)).await.expect(200);
        reports::issue(w, &o, 1).await.expect(200);
        reports::step(w, &o.at, "comment", &o.teacher, Some(json!({"comment": "I see"}))).await.expect(200);
        reports::step(w, &o.at, "complete", &o.head, None).await.expect(200);
        crate::feed::past_the_server(w, "UPDATE cycles SET state = 'closed'");
        let successor = o.trust.someone(w).at(o.trust.school).made().await;
        let body = json!({"to": successor.person.to_string(), "on": "2026-10-05"});
        let done = w.post(format!("/v1/people/{}/hand-over", o.appraiser.person)).by(&o.hr).json(body).send().await.expect(207);
        assert_eq!(done.body["appraisals"], json!([]), "{}", done.text);
        w.get(&o.at).by(&o.appraiser).send().await.problem(404, "not_found");
        w.get(&o.at).by(&successor).send().await.problem(404, "not_found");
        w.get(&o.at).by(&o.head).send().await.expect(200);
    }

    async fn a_handover_leaves_what_was_arranged_for_others_and_what_is_over(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let mut staff = Vec::new();
        for _ in 0..4 {
            staff.push(trust.someone(w).at(trust.school).made().await);
        }
        let [a, b, c, d] = &staff[..] else { unreachable!() };
        let teacher = trust.someone(w).at(trust.school).appraised_by(a).made().await;
        w.appoint(&trust, RelationshipKind::LineManager, teacher.person, b.person).await;
        let path = cycle(w, &trust, &hr, "england_academy_policy", YEAR).await;
        w.create_appraisals(&path, &hr).await;
        let found = w.get(format!("/v1/appraisals?person_id={}", teacher.person)).by(&teacher).send().await.expect(200);
        let at = format!("/v1/appraisals/{}", found.items()[0]["id"].as_str().unwrap());
        let both = json!({"appraiser_ids": [a.person.to_string(), b.person.to_string()]});
        w.post(format!("{at}/assign-appraisers")).by(&hr).if_match("*").json(both).send().await.expect(200);
        let over = async |from: &Someone, to: &Someone, on: &str, kinds: &[&str]| {
            let body = json!({"to": to.person.to_string(), "on": on, "kinds": kinds, "appraisals": true});
            let done = w.post(format!("/v1/people/{}/hand-over", from.person)).bearer(&w.token(trust.id, &hr)).json(body).send().await.expect(207);
            let all = done.body["appraisals"].as_array().unwrap();
            assert!(all.iter().all(|found| at.ends_with(found["appraisal_id"].as_str().unwrap())), "{}", done.text);
            let told = |found: &Value| (found["action"].clone(), found["problem"]["code"].clone(), found["problem"]["errors"][0]["pointer"].clone());
            all.iter().map(told).collect::<Vec<_>>()
        };
        let done = || [(json!("updated"), Value::Null, Value::Null)];
        let term = |who: &Someone, from: &str, until: Option<&str>| json!({"person_id": who.person.to_string(), "from": from, "until": until});
        let appraisers = async || w.get(&at).bearer(&w.token(trust.id, &hr)).send().await.expect(200).body["appraisers"].clone();
        assert_eq!(over(a, c, "2026-12-20", &[]).await, done());
        assert_eq!(over(b, d, "2026-12-01", &[]).await, done());
        let terms = json!([
            term(a, "2026-10-05", Some("2026-12-20")),
            term(b, "2026-10-05", Some("2026-12-01")),
            term(c, "2026-12-20", None),
            term(d, "2026-12-01", None),
        ]);
        assert_eq!(appraisers().await, terms, "the first still leaves, and the first's successor begins no earlier");
        // a day that is over, on which somebody else appraised
        w.later(chrono::TimeDelta::days(80));
        assert_eq!(over(c, b, "2026-11-16", &[]).await, [(json!("failed"), json!("period_backwards"), json!("/on"))]);
        assert!(over(a, b, "2026-11-16", &["coach"]).await.is_empty(), "they appraise no more");
        assert_eq!(appraisers().await, terms);
        assert_eq!(over(c, b, "2026-12-24", &[]).await, done(), "today");
        let now = json!([terms[0], terms[1], term(c, "2026-12-20", Some("2026-12-24")), terms[3], term(b, "2026-12-24", None)]);
        assert_eq!(appraisers().await, now);
    }

    async fn a_handover_that_cannot_be_says_why(w: World) {
        let s = staff(w, 4).await;
        let [leaver, top, report, below] = &s.people[..] else { unreachable!() };
        w.appoint(&s.trust, RelationshipKind::LineManager, report.person, leaver.person).await;
        w.appoint(&s.trust, RelationshipKind::LineManager, below.person, report.person).await;
        let at = format!("/v1/people/{}/hand-over", leaver.person);
        let post = |body: Value| w.post(&at).by(&s.hr).json(body).send();
        assert_eq!(post(json!({"on": "2026-10-19"})).await.problem(422, "no_successor").pointers(), ["/to"]);
        let nobody = uuid::Uuid::from_u128(3).to_string();
        let each = json!([{"person_id": report.person.to_string(), "to": nobody}]);
        assert_eq!(post(json!({"on": "2026-10-19", "to": nobody, "to_each": each})).await.problem(422, "unknown_reference").pointers(), ["/to", "/to_each/0/to"]);
        let circle = post(json!({"on": "2026-10-19", "to": below.person.to_string()})).await.expect(207);
        assert_eq!(codes(&circle), ["line_management_cycle"]);
        assert!(circle.text.contains("Person Number2 is managed by Person Number3 is managed by Person Number2"), "{}", circle.text);
        let early = post(json!({"on": "2026-09-01", "to": top.person.to_string()})).await.expect(207);
        assert_eq!(codes(&early), ["period_backwards"]);
        let own = post(json!({"on": "2026-10-19", "to": s.hr.person.to_string()})).await.expect(207);
        assert_eq!(codes(&own), ["not_for_yourself"]);
        w.post(&at).by(top).json(json!({"on": "2026-10-19", "to": top.person.to_string()})).send().await.problem(403, "role_required");
        assert_eq!(actions(&post(json!({"on": "2026-10-19", "to": top.person.to_string()})).await), ["updated"]);
    }
}
