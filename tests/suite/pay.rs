//! Pay: recommended in a record of its own, where the rules have it and the report bears on it; decided by somebody else, once; read by few, who are known to
//! whom it is about; and said nowhere else.

use crate::{
    concurrency::{Shot, all_at_once},
    feed::past_the_server,
    reports::{Office, draft, issue, office, step, whole},
    support::*,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use trellis_domain::{access::Permission, relationship::RelationshipKind, role::RoleName};

/// In no dictionary: what a recommendation says.
const EARNED: &str = "Floccinaucinihil";
/// And what is said when it is decided.
const AGREED: &str = "Honorificabili";

const MAINTAINED: &str = "england_maintained_2012";
const LIST: &str = "/v1/pay-recommendations";

/// A school whose report was issued, and says whether it bears on pay.
async fn given(w: &World, profile: &str, bears_on_pay: bool) -> Office {
    let o = office(w, profile).await;
    let mut words = whole(&o);
    words["pay_relevant"] = json!(bears_on_pay);
    draft(w, &o, words).await.expect(200);
    issue(w, &o, 1).await.expect(200);
    o
}
fn new() -> Option<Value> {
    Some(json!({"outcome": "no_progress", "reasons": format!("{EARNED} was not shown")}))
}
fn accepted() -> Option<Value> {
    Some(json!({"verdict": "accepted", "decision": format!("{AGREED}: as recommended")}))
}
async fn recommend(w: &World, o: &Office, by: &Someone) -> Reply {
    step(w, &o.at, "recommend-pay", by, new()).await
}
/// What the appraiser recommended; its address.
async fn recommended(w: &World, o: &Office) -> String {
    format!("{LIST}/{}", recommend(w, o, &o.appraiser).await.expect(201).id())
}
async fn amend(w: &World, o: &Office, bears_on_pay: bool) {
    let changes = json!({"reason": "On pay", "changes": {"pay_relevant": bears_on_pay}});
    step(w, &o.at, "amend-report", &o.appraiser, Some(changes)).await.expect(200);
}
async fn told(w: &World, who: &Someone) -> Vec<Value> {
    w.get("/v1/me/disclosures?limit=200").by(who).send().await.expect(200).items().to_vec()
}
async fn explained(w: &World, operation: &str, at: &str, by: &Someone) -> Value {
    let question = json!({"operation_id": operation, "record_id": at.rsplit('/').next().unwrap()});
    w.post("/v1/me/permissions/explain").by(by).json(question).send().await.expect(200).body
}
/// Appraised by these from today.
async fn appraised_by(w: &World, o: &Office, people: &[&Someone]) {
    let ids: Vec<String> = people.iter().map(|p| p.person.to_string()).collect();
    step(w, &o.at, "assign-appraisers", &o.hr, Some(json!({"appraiser_ids": ids}))).await.expect(200);
}
/// The same people, with fresh tokens once the clock was moved.
fn fresh(w: &World, o: Office) -> Office {
    let again = |who: &Someone| Someone { token: w.token(o.trust.id, who), ..who.clone() };
    let (hr, head, appraiser, teacher, chief) = (again(&o.hr), again(&o.head), again(&o.appraiser), again(&o.teacher), again(&o.chief));
    Office { hr, head, appraiser, teacher, chief, ..o }
}

on_both! {
    async fn pay_is_recommended_mended_and_decided_once_beside_the_appraisal(w: World) {
        let o = given(w, MAINTAINED, true).await;
        let before = w.get(&o.at).by(&o.appraiser).send().await.expect(200);
        assert!(before.can("recommend_pay"), "{}", before.text);
        w.post(format!("{}/recommend-pay", o.at)).by(&o.appraiser).json(new().unwrap()).send().await.problem(428, "if_match_required");
        let silent = json!({"outcome": "progress", "reasons": "  "});
        assert_eq!(step(w, &o.at, "recommend-pay", &o.appraiser, Some(silent)).await.problem(422, "contradictory_members").pointers(), ["/reasons"]);
        let nonsense = json!({"outcome": "doubled", "reasons": 7, "points": 3});
        let faults = step(w, &o.at, "recommend-pay", &o.appraiser, Some(nonsense)).await.problem(422, "validation_failed");
        assert_eq!(faults.pointers().len(), 3, "{}", faults.text);
        let made = recommend(w, &o, &o.appraiser).await.expect(201);
        let at = made.headers["location"].clone();
        assert_eq!((at.as_str(), made.etag().as_str()), (format!("{LIST}/{}", made.id()).as_str(), "\"1\""));
        assert_eq!((&made.body["state"], &made.body["outcome"], &made.body["made_by"]), (&json!("made"), &json!("no_progress"), &json!(o.appraiser.person.to_string())));
        assert_eq!((made.can("update"), made.can("withdraw"), made.can("decide")), (true, true, false), "{}", made.text);
        // the appraisal is as it was, but that there is one already
        let after = w.get(&o.at).by(&o.appraiser).send().await.expect(200);
        assert_eq!((after.etag(), &after.body["can"]["recommend_pay"]["code"]), (before.etag(), &json!("not_ready")));
        assert_eq!(recommend(w, &o, &o.appraiser).await.problem(409, "not_ready").pointers(), ["/pay_relevant"]);
        assert!(!after.text.contains(EARNED) && !after.text.contains("no_progress"), "{}", after.text);
        // mended while it waits
        w.patch(&at).by(&o.appraiser).json(json!({"outcome": "progress"})).send().await.problem(428, "if_match_required");
        let mended = w.patch(&at).by(&o.appraiser).if_match("\"1\"").json(json!({"outcome": "progress"})).send().await.expect(200);
        assert_eq!((mended.etag(), &mended.body["outcome"], &mended.body["reasons"]), ("\"2\"".into(), &json!("progress"), &made.body["reasons"]));
        let stale = w.patch(&at).by(&o.appraiser).if_match("\"1\"").json(json!({"outcome": "other"})).send().await.problem(412, "stale");
        assert_eq!((&stale.body["current_etag"], stale.body["changed"].as_array().map(Vec::len)), (&json!("\"2\""), Some(0)), "{}", stale.text);
        let same = w.patch(&at).by(&o.appraiser).if_match("\"2\"").json(json!({"outcome": "progress"})).send().await.expect(200);
        assert_eq!(same.etag(), "\"2\"", "what changes nothing is no version");
        let wordless = w.patch(&at).by(&o.appraiser).if_match("*").json(json!({"reasons": ""})).send().await;
        assert_eq!(wordless.problem(422, "contradictory_members").pointers(), ["/reasons"]);
        // decided by another, in words, once
        let open = w.get(&at).by(&o.hr).send().await.expect(200);
        assert_eq!((open.can("update"), open.can("withdraw"), open.can("decide")), (false, false, true), "{}", open.text);
        let bare = json!({"verdict": "accepted", "decision": " "});
        assert_eq!(step(w, &at, "decide", &o.hr, Some(bare)).await.problem(422, "contradictory_members").pointers(), ["/decision"]);
        let decided = step(w, &at, "decide", &o.head, accepted()).await.expect(200);
        assert_eq!((&decided.body["state"], &decided.body["verdict"], decided.etag()), (&json!("decided"), &json!("accepted"), "\"3\"".into()));
        assert_eq!((&decided.body["decided_by"], &decided.body["decided_at"]), (&json!(o.head.person.to_string()), &json!("2026-10-05T09:00:00Z")));
        step(w, &at, "decide", &o.hr, accepted()).await.problem(409, "wrong_state");
        step(w, &at, "withdraw", &o.appraiser, None).await.problem(409, "wrong_state");
        w.patch(&at).by(&o.appraiser).if_match("*").json(json!({"outcome": "other"})).send().await.problem(409, "wrong_state");
        assert_eq!(recommend(w, &o, &o.appraiser).await.problem(409, "not_ready").pointers(), ["/pay_relevant"], "it was accepted");
        // found by what is asked
        let id = o.at.rsplit('/').next().unwrap();
        for (query, found) in [
            ("".to_owned(), 1), ("?state=decided".into(), 1), ("?state=made".into(), 0), (format!("?appraisal_id={id}"), 1),
            (format!("?organisation_id={}", o.trust.school), 1), (format!("?organisation_id={}", o.trust.root), 1),
            (format!("?organisation_id={}", o.trust.other_school), 0), (format!("?person_id={}", o.teacher.person), 1),
            (format!("?person_id={}", o.appraiser.person), 0),
        ] {
            for who in [&o.teacher, &o.appraiser, &o.head, &o.hr] {
                assert_eq!(w.get(format!("{LIST}{query}")).by(who).send().await.expect(200).items().len(), found, "{query}");
            }
        }
        w.get(format!("{LIST}?lane=pay")).by(&o.hr).send().await.problem(400, "unknown_parameter");
    }

    async fn what_is_not_accepted_or_taken_back_can_be_recommended_anew(w: World) {
        let o = given(w, MAINTAINED, true).await;
        let first = recommended(w, &o).await;
        let withdrawn = step(w, &first, "withdraw", &o.appraiser, None).await.expect(200);
        assert_eq!((&withdrawn.body["state"], withdrawn.etag()), (&json!("withdrawn"), "\"2\"".into()));
        step(w, &first, "decide", &o.hr, accepted()).await.problem(409, "wrong_state");
        step(w, &first, "withdraw", &o.appraiser, None).await.problem(409, "wrong_state");
        w.patch(&first).by(&o.appraiser).if_match("*").json(json!({"outcome": "other"})).send().await.problem(409, "wrong_state");
        let second = recommended(w, &o).await;
        let refused = json!({"verdict": "not_accepted", "decision": "Its reasons name no evidence"});
        step(w, &second, "decide", &o.hr, Some(refused)).await.expect(200);
        let third = recommended(w, &o).await;
        let list = w.get(format!("{LIST}?limit=2")).by(&o.teacher).send().await.expect(200);
        let rest = w.get(format!("{LIST}?limit=2&cursor={}", list.body["next_cursor"].as_str().unwrap())).by(&o.teacher).send().await.expect(200);
        let found: Vec<String> = list.items().iter().chain(rest.items()).map(|r| format!("{LIST}/{}", r["id"].as_str().unwrap())).collect();
        assert_eq!((found, &rest.body["next_cursor"]), (vec![first, second, third], &Value::Null));
        // and the database itself keeps two of them from standing
        let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| past_the_server(w, "UPDATE pay_recommendations SET state = 'made', verdict = NULL, decision = NULL, decided_by = NULL, decided_at = NULL")));
        assert!(refused.is_err());
    }

    async fn pay_is_off_but_where_the_rules_have_it_and_the_report_bears_on_it(w: World) {
        // by default: the report may bear on pay, and nothing is recommended
        let o = given(w, "england_academy_policy", true).await;
        assert_eq!(recommend(w, &o, &o.appraiser).await.problem(409, "not_ready").pointers(), ["/cycle_id"]);
        assert!(!w.get(&o.at).by(&o.appraiser).send().await.expect(200).can("recommend_pay"));
        assert_eq!(w.get(LIST).by(&o.hr).send().await.expect(200).items().len(), 0);
        // a trust's own rules say it, or have none
        let rules = |more: Value| {
            let mut rules = json!({"minimum_employment_months": 4, "excluded_while": ["induction"], "period_months": 12, "mid_year_review_required": false, "keep_years": 6});
            rules.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!({"key": "ours", "name": "Ours", "legal_basis": "Ours", "based_on": "01990000-0000-7000-8000-000000000002", "rules": rules})
        };
        let post = async |more: Value| w.post("/v1/rule-profiles").by(&o.chief).json(rules(more)).send().await;
        for (more, on) in [(json!({}), false), (json!({"pay_recommendation": false}), false), (json!({"pay_recommendation": true}), true)] {
            let made = post(more).await.expect(201);
            assert_eq!(made.body["rules"]["pay_recommendation"], json!(on), "{}", made.text);
            w.post(format!("/v1/rule-profiles/{}/publish", made.id())).by(&o.chief).if_match("*").send().await.expect(200);
            let read = w.get(format!("/v1/rule-profiles/{}", made.id())).by(&o.teacher).send().await.expect(200);
            assert_eq!(read.body["rules"]["pay_recommendation"], json!(on), "it is kept so");
        }
        post(json!({"pay_recommendation": null})).await.problem(422, "validation_failed");
        let shipped = w.get("/v1/rule-profiles").by(&o.teacher).send().await.expect(200);
        let on: Vec<&str> = shipped.items().iter().filter(|p| p["based_on"].is_null() && p["rules"]["pay_recommendation"] == true).filter_map(|p| p["key"].as_str()).collect();
        assert_eq!(on, [MAINTAINED]);
    }

    async fn only_a_report_that_bears_on_pay_has_a_recommendation(w: World) {
        let o = given(w, MAINTAINED, false).await;
        assert_eq!(recommend(w, &o, &o.appraiser).await.problem(409, "not_ready").pointers(), ["/pay_relevant"]);
        amend(w, &o, true).await;
        let at = recommended(w, &o).await;
        assert!(w.get(&at).by(&o.hr).send().await.expect(200).can("decide"));
        // corrected away: nothing is left to decide, and it can be taken back
        amend(w, &o, false).await;
        assert_eq!(w.get(&at).by(&o.hr).send().await.expect(200).body["can"]["decide"]["code"], "not_ready");
        assert_eq!(step(w, &at, "decide", &o.hr, accepted()).await.problem(409, "not_ready").pointers(), ["/pay_relevant"]);
        step(w, &at, "withdraw", &o.appraiser, None).await.expect(200);
        assert_eq!(recommend(w, &o, &o.appraiser).await.problem(409, "not_ready").pointers(), ["/pay_relevant"]);
        // before there is a report there is nothing to recommend of
        let early = office_elsewhere(w, &o).await;
        step(w, &early, "recommend-pay", &o.appraiser, new()).await.problem(409, "wrong_state");
    }

    async fn nobody_decides_what_they_recommended_or_their_own(w: World) {
        let o = given(w, MAINTAINED, true).await;
        // who wrote the report decides nothing that rests on it, also once they have handed over
        w.appoint(&o.trust, RelationshipKind::LineManager, o.teacher.person, o.chief.person).await;
        w.later(TimeDelta::days(3));
        let o = fresh(w, o);
        appraised_by(w, &o, &[&o.head, &o.chief]).await;
        let at = format!("{LIST}/{}", recommend(w, &o, &o.head).await.expect(201).id());
        for who in [&o.head, &o.chief] {
            step(w, &at, "decide", who, accepted()).await.problem(403, "not_permitted");
        }
        // handed over on the same day: who made it, and who appraised with them
        appraised_by(w, &o, &[&o.appraiser]).await;
        for days in [0, 2] {
            w.later(TimeDelta::days(days));
            let o = fresh(w, Office { trust: o.trust.clone(), hr: o.hr.clone(), head: o.head.clone(), appraiser: o.appraiser.clone(), teacher: o.teacher.clone(),
                chief: o.chief.clone(), cycle: o.cycle.clone(), at: o.at.clone(), objective: o.objective.clone(), late: o.late.clone() });
            for who in [&o.head, &o.chief] {
                step(w, &at, "decide", who, accepted()).await.problem(403, "not_for_yourself");
                assert_eq!(w.get(&at).by(who).send().await.expect(200).body["can"]["decide"]["code"], "not_for_yourself");
                assert_eq!(explained(w, "decide_pay_recommendation", &at, who).await["code"], "not_for_yourself");
            }
            step(w, &at, "decide", &o.teacher, accepted()).await.problem(403, "not_permitted");
            step(w, &o.at, "recommend-pay", &o.teacher, new()).await.problem(403, "not_permitted");
            assert_eq!(explained(w, "decide_pay_recommendation", &at, &o.hr).await["allowed"], true);
        }
        let o = fresh(w, o);
        step(w, &at, "decide", &o.hr, accepted()).await.expect(200);
    }

    async fn two_who_decide_at_once_are_one(w: World) {
        let o = given(w, MAINTAINED, true).await;
        let shot = || Shot::post(format!("{}/recommend-pay", o.at), &o.appraiser.token).with("if-match", "*").json(new().unwrap());
        let answers = all_at_once(w, vec![shot(); 4]);
        let counted = |answers: &[(u16, Value)], status: u16| answers.iter().filter(|(found, _)| *found == status).count();
        assert_eq!((counted(&answers, 201), counted(&answers, 409)), (1, 3), "{answers:?}");
        let list = w.get(LIST).by(&o.teacher).send().await.expect(200);
        let at = format!("{LIST}/{}", list.items()[0]["id"].as_str().unwrap());
        assert_eq!(list.items().len(), 1);
        let etag = w.get(&at).by(&o.hr).send().await.expect(200).etag();
        let shot = |who: &Someone, seen: &str| Shot::post(format!("{at}/decide"), &who.token).with("if-match", seen).json(accepted().unwrap());
        let back = Shot::post(format!("{at}/withdraw"), &o.appraiser.token).with("if-match", "*");
        let answers = all_at_once(w, vec![shot(&o.hr, &etag), shot(&o.head, &etag), shot(&o.hr, "*"), back]);
        assert_eq!(counted(&answers, 200), 1, "{answers:?}");
        assert!(answers.iter().all(|(status, _)| matches!(status, 200 | 409 | 412)), "{answers:?}");
        assert_eq!(w.get(&at).by(&o.hr).send().await.expect(200).body["version"], 2);
    }

    async fn every_reading_by_somebody_else_is_recorded_and_ones_own_is_not(w: World) {
        let o = given(w, MAINTAINED, true).await;
        let at = recommended(w, &o).await;
        let ways = [at.clone(), LIST.to_owned(), format!("{LIST}?expand=people,organisations"), format!("{at}/history")];
        for way in &ways {
            w.get(way).by(&o.teacher).send().await.expect(200);
        }
        assert_eq!(told(w, &o.teacher).await, [] as [Value; 0], "one's own reading is none, and who recommends has not read it by that");
        let mut expected = Vec::new();
        for (who, capacity) in [(&o.appraiser, "appraiser"), (&o.head, "headteacher"), (&o.hr, "hr"), (&o.chief, "hr")] {
            for way in &ways {
                let text = w.get(way).by(who).send().await.expect(200).text;
                assert_eq!(text.contains(EARNED), !way.ends_with("/history"), "{way}: {text}");
                expected.insert(0, (who.person.to_string(), capacity.to_owned()));
                let known = told(w, &o.teacher).await;
                let found: Vec<(String, String)> =
                    known.iter().map(|d| (d["reader_id"].as_str().unwrap().into(), d["capacity"].as_str().unwrap().into())).collect();
                assert_eq!(found, expected, "newest first, after {way}");
                let id = at.rsplit('/').next().unwrap();
                assert!(known.iter().all(|d| d["record_type"] == "pay_recommendation" && d["record_id"] == id), "{known:?}");
            }
        }
        // nothing was shown, so nothing is recorded: to whom it is not there, of what was not changed, of what was refused
        let etag = w.get(&at).by(&o.teacher).send().await.expect(200).etag();
        w.get(&at).by(&o.hr).header("if-none-match", &etag).send().await.expect(304);
        w.get(format!("{LIST}?state=decided")).by(&o.hr).send().await.expect(200);
        step(w, &at, "withdraw", &o.hr, None).await.problem(403, "not_permitted");
        w.get("/v1/changes?include=record&limit=1000").by(&o.chief).send().await.expect(200);
        explained(w, "decide_pay_recommendation", &at, &o.hr).await;
        assert_eq!(told(w, &o.teacher).await.len(), expected.len());
        // who writes in it is answered with all of it
        w.patch(&at).by(&o.appraiser).if_match("*").json(json!({"outcome": "other"})).send().await.expect(200);
        step(w, &at, "decide", &o.hr, accepted()).await.expect(200);
        let known = told(w, &o.teacher).await;
        assert_eq!(known.len(), expected.len() + 2);
        assert_eq!((&known[0]["capacity"], &known[1]["capacity"]), (&json!("hr"), &json!("appraiser")));
        for who in [&o.appraiser, &o.head, &o.hr, &o.chief] {
            assert_eq!(told(w, who).await, [] as [Value; 0]);
        }
    }

    async fn what_waits_is_a_task_of_whoever_can_decide_it_and_says_nothing_of_pay(w: World) {
        let o = given(w, MAINTAINED, true).await;
        let asked = async |who: &Someone| {
            let found = w.get("/v1/me/tasks?limit=200").by(who).send().await.expect(200);
            assert!(!found.text.contains(EARNED) && !found.text.contains("no_progress"), "{}", found.text);
            found.items().iter().filter(|t| t["kind"] == "decide_pay").cloned().collect::<Vec<Value>>()
        };
        assert_eq!(asked(&o.hr).await, [] as [Value; 0]);
        let at = recommended(w, &o).await;
        let elsewhere = o.trust.someone(w).at(o.trust.other_school).with(RoleName::Headteacher, o.trust.other_school).made().await;
        for who in [&o.head, &o.hr, &o.chief] {
            let found = asked(who).await;
            assert_eq!(found.len(), 1);
            let task = &found[0];
            assert_eq!((&task["href"], &task["record_type"], &task["person_id"]), (&json!(at), &json!("pay_recommendation"), &json!(o.teacher.person.to_string())));
            assert_eq!((&task["title"], &task["due_on"], &task["organisation_id"]), (&Value::Null, &Value::Null, &json!(o.trust.school.to_string())));
            assert!(w.get(&at).by(who).send().await.expect(200).can("decide"), "a task can be done");
        }
        for who in [&o.teacher, &o.appraiser, &elsewhere] {
            assert_eq!(asked(who).await, [] as [Value; 0]);
        }
        // not while it cannot be decided
        amend(w, &o, false).await;
        assert_eq!(asked(&o.hr).await, [] as [Value; 0]);
        amend(w, &o, true).await;
        // and never of who had a part in it, to whomever they handed over
        appraised_by(w, &o, &[&o.head]).await;
        assert_eq!((asked(&o.head).await.len(), asked(&o.hr).await.len()), (0, 1));
        appraised_by(w, &o, &[&o.appraiser]).await;
        assert_eq!((asked(&o.head).await.len(), asked(&o.hr).await.len()), (0, 1));
        step(w, &at, "decide", &o.hr, accepted()).await.expect(200);
        for who in [&o.head, &o.hr, &o.chief] {
            assert_eq!(asked(who).await, [] as [Value; 0]);
        }
    }

    async fn an_old_version_says_that_it_is_old_and_not_who_changed_what(w: World) {
        let o = given(w, MAINTAINED, true).await;
        let at = recommended(w, &o).await;
        w.patch(&at).by(&o.appraiser).if_match("\"1\"").json(json!({"outcome": "other"})).send().await.expect(200);
        let before = told(w, &o.teacher).await;
        let stale = [
            w.patch(&at).by(&o.appraiser).if_match("\"1\"").json(json!({"outcome": "progress"})).send().await,
            w.post(format!("{at}/withdraw")).by(&o.appraiser).if_match("\"1\"").send().await,
            w.post(format!("{at}/decide")).by(&o.hr).if_match("\"1\"").json(accepted().unwrap()).send().await,
            w.post(format!("{at}/decide")).by(&o.head).if_match("\"1\"").json(accepted().unwrap()).send().await,
        ];
        for reply in stale {
            let reply = reply.problem(412, "stale");
            assert_eq!((&reply.body["changed_by"], &reply.body["changed_at"], &reply.body["changed"]), (&Value::Null, &Value::Null, &json!([])), "{}", reply.text);
            assert!(!reply.text.contains("outcome") && !reply.text.contains(&o.appraiser.person.to_string()), "{}", reply.text);
            assert_eq!(reply.etag(), "\"2\"");
        }
        assert_eq!(told(w, &o.teacher).await, before, "nothing was read by that");
    }

    async fn what_can_be_recommended_says_the_same_whatever_is_sealed(w: World) {
        let o = given(w, MAINTAINED, false).await;
        let told_of_it = async || w.get(&o.at).by(&o.appraiser).send().await.expect(200).body["can"]["recommend_pay"].clone();
        let of_no_pay = told_of_it().await;
        assert_eq!((&of_no_pay["allowed"], &of_no_pay["code"]), (&json!(false), &json!("not_ready")), "{of_no_pay}");
        amend(w, &o, true).await;
        let at = recommended(w, &o).await;
        assert_eq!(told_of_it().await, of_no_pay, "one waits");
        step(w, &at, "decide", &o.hr, accepted()).await.expect(200);
        assert_eq!(told_of_it().await, of_no_pay, "one was accepted");
        amend(w, &o, false).await;
        assert_eq!(told_of_it().await, of_no_pay, "one was accepted, and the report does not bear on pay any more");
    }

    async fn to_everybody_else_there_is_none_on_any_way(w: World) {
        let o = given(w, MAINTAINED, true).await;
        let at = recommended(w, &o).await;
        let id = at.rsplit('/').next().unwrap();
        let (trust, school, other) = (&o.trust, o.trust.school, o.trust.other_school);
        let someone = || trust.someone(w);
        let others = [
            someone().at(school).made().await,
            someone().at(other).with(RoleName::Headteacher, other).made().await,
            someone().at(school).with(RoleName::SchoolAdmin, school).made().await,
            someone().at(school).with(RoleName::LearningLead, trust.root).made().await,
            someone().at(school).with(RoleName::AppraisalDelegate, school).made().await,
            someone().with(RoleName::TrustLeader, trust.root).made().await,
            someone().with(RoleName::TrustAdmin, trust.root).made().await,
            someone().with(RoleName::Governor, school).made().await,
            someone().at(other).with(RoleName::Hr, other).made().await,
        ];
        let manager = someone().at(school).made().await;
        w.appoint(trust, RelationshipKind::LineManager, o.teacher.person, manager.person).await;
        // appraises by name, and is not assigned to it
        let named = someone().at(school).made().await;
        w.appoint(trust, RelationshipKind::Appraiser, o.teacher.person, named.person).await;
        let nothing = format!("{LIST}/{}", o.trust.root);
        for who in others.iter().chain([&manager, &named]) {
            for way in [at.clone(), format!("{at}/history"), format!("{at}?expand=people")] {
                w.get(&way).by(who).send().await.problem(404, "not_found");
            }
            for query in ["", "?expand=people,organisations", "?limit=200&state=made"] {
                let list = w.get(format!("{LIST}{query}")).by(who).send().await.expect(200);
                assert!(list.items().is_empty() && !list.text.contains(id) && !list.text.contains("Amina"), "{}", list.text);
            }
            for seen in ["*", "\"1\"", "\"7\""] {
                for (path, body) in [(&at, accepted()), (&nothing, accepted())] {
                    w.post(format!("{path}/decide")).by(who).if_match(seen).json(body.unwrap()).send().await.problem(404, "not_found");
                    w.post(format!("{path}/withdraw")).by(who).if_match(seen).send().await.problem(404, "not_found");
                    w.patch(path).by(who).if_match(seen).json(json!({"outcome": "other"})).send().await.problem(404, "not_found");
                }
            }
            for operation in ["get_pay_recommendation", "pay_recommendation_history", "update_pay_recommendation", "withdraw_pay_recommendation", "decide_pay_recommendation"] {
                let (there, nowhere) = (explained(w, operation, &at, who).await, explained(w, operation, &nothing, who).await);
                assert_eq!((&there["allowed"], &there["code"]), (&json!(false), &json!("not_found")), "{operation}: {there}");
                assert_eq!(there, nowhere);
            }
            let refused = recommend(w, &o, who).await;
            assert!(matches!(refused.status, 403 | 404), "{}", refused.text);
        }
        let scopes: Vec<Permission> = Permission::ALL.iter().copied().filter(|p| p.for_service_accounts()).collect();
        assert!(!scopes.iter().any(|p| p.as_str().starts_with("pay:")));
        let (_, _, key) = w.key(trust, &scopes, None).await;
        for way in [at.as_str(), LIST, &format!("{at}/history")] {
            w.get(way).bearer(&key).send().await.problem(403, "insufficient_scope");
        }
        // who runs the trust follows its log, and hears nothing of pay
        let feed = w.get("/v1/changes?include=record&limit=1000").by(&others[6]).send().await.expect(200);
        assert!(!feed.text.contains("pay_recommendation") && !feed.text.contains(id), "{}", feed.text);
        // who may only read is told by no old version who changed what
        w.patch(&at).by(&o.appraiser).if_match("*").json(json!({"reasons": format!("{EARNED} again")})).send().await.expect(200);
        for who in [&o.head, &o.hr, &o.teacher] {
            let stale = w.patch(&at).by(who).if_match("\"1\"").json(json!({"outcome": "other"})).send().await.problem(403, "not_permitted");
            assert!(stale.body["changed"].is_null() && stale.body["changed_by"].is_null(), "{}", stale.text);
        }
        assert!(told(w, &o.teacher).await.iter().all(|d| d["reader_id"] == o.appraiser.person.to_string()), "only who wrote in it has read it");
    }

    async fn who_appraises_no_more_is_not_answered_again(w: World) {
        let o = given(w, MAINTAINED, true).await;
        let again = || w.post(format!("{}/recommend-pay", o.at)).by(&o.appraiser).if_match("*").header("idempotency-key", "pay").json(new().unwrap());
        let first = again().send().await.expect(201);
        let kept = again().send().await.expect(201);
        assert_eq!((kept.headers["idempotency-replayed"].as_str(), &kept.text), ("true", &first.text));
        let at = format!("{LIST}/{}", first.id());
        let mend = || w.patch(&at).by(&o.appraiser).if_match("\"1\"").header("idempotency-key", "mend").json(json!({"outcome": "other"}));
        mend().send().await.expect(200);
        let successor = o.trust.someone(w).at(o.trust.school).made().await;
        w.appoint(&o.trust, RelationshipKind::Appraiser, o.teacher.person, successor.person).await;
        appraised_by(w, &o, &[&successor]).await;
        for refused in [again().send().await, mend().send().await, w.get(&at).by(&o.appraiser).send().await] {
            assert!(!refused.text.contains(EARNED), "{}", refused.text);
            refused.problem(404, "not_found");
        }
        assert!(w.get(LIST).by(&o.appraiser).send().await.expect(200).items().is_empty());
        // whoever appraises since goes on with it
        assert!(w.get(&at).by(&successor).send().await.expect(200).can("withdraw"));
        step(w, &at, "withdraw", &successor, None).await.expect(200);
    }

    async fn the_log_and_every_other_lane_hold_not_a_word_of_it(w: World) {
        let o = given(w, MAINTAINED, true).await;
        let at = recommended(w, &o).await;
        w.patch(&at).by(&o.appraiser).if_match("*").json(json!({"reasons": format!("{EARNED}, once more")})).send().await.expect(200);
        step(w, &at, "decide", &o.hr, accepted()).await.expect(200);
        let history = w.get(format!("{at}/history")).by(&o.teacher).send().await.expect(200);
        let changed = |event: &Value| {
            let mut fields: Vec<String> = event["changed"].as_array().unwrap().iter().map(|f| f.as_str().unwrap().to_owned()).collect();
            fields.sort();
            (event["type"].as_str().unwrap().to_owned(), fields.join(" "))
        };
        let events: Vec<(String, String)> = history.items().iter().map(changed).collect();
        assert_eq!(events, [
            ("pay_recommendation.decided".into(), "decision state".into()),
            ("pay_recommendation.changed".into(), "reasons".into()),
            ("pay_recommendation.made".into(), "appraisal_id made_by organisation_id outcome person_id reasons state".into()),
        ]);
        assert!(history.items().iter().all(|e| e["values"] == json!({})), "{}", history.text);
        let feed = w.get("/v1/changes?include=record&types=pay_recommendation").by(&o.chief).send().await.expect(200);
        assert_eq!(feed.items().len(), 3, "{}", feed.text);
        assert!(feed.items().iter().all(|c| c["record"].is_null() && c["id"] == at.rsplit('/').next().unwrap()), "{}", feed.text);
        let (teacher, cycle, id) = (o.teacher.person, o.cycle.rsplit('/').next().unwrap(), o.at.rsplit('/').next().unwrap());
        let reports = w.get(format!("/v1/appraisal-reports?appraisal_id={id}")).by(&o.teacher).send().await.expect(200);
        let report = format!("/v1/appraisal-reports/{}", reports.items()[0]["id"].as_str().unwrap());
        let elsewhere = [
            format!("{at}/history"), o.at.clone(), format!("{}/history", o.at), format!("{}/statement", o.at), report.clone(), format!("{report}/history"),
            "/v1/appraisals?limit=200&expand=people".into(), "/v1/appraisal-reports?limit=200".into(), "/v1/changes?include=record&limit=1000".into(),
            "/v1/objectives?limit=200".into(), format!("/v1/objectives/{}", o.objective), "/v1/development-needs?limit=200".into(), "/v1/conversations?limit=200".into(),
            "/v1/me/tasks?limit=200".into(), "/v1/me/disclosures?limit=200".into(), format!("/v1/people/{teacher}/history"), format!("/v1/people/{teacher}"),
            format!("/v1/appraisal-progress?cycle_id={cycle}"), format!("/v1/appraisal-overview?cycle_id={cycle}"), "/v1/learning-records?limit=200".into(),
        ];
        for way in &elsewhere {
            for who in [&o.teacher, &o.appraiser, &o.head, &o.hr, &o.chief] {
                let reply = w.get(way).by(who).send().await;
                for word in [EARNED, AGREED, "no_progress", "\"accepted\""] {
                    assert!(!reply.text.contains(word), "{word} at {way}: {}", reply.text);
                }
            }
        }
        // and where they stand they are found
        let text = w.get(&at).by(&o.teacher).send().await.expect(200).text;
        assert!(text.contains(EARNED) && text.contains(AGREED), "{text}");
    }

    async fn it_goes_with_whom_it_is_about(w: World) {
        let o = given(w, MAINTAINED, true).await;
        let at = recommended(w, &o).await;
        w.get(&at).by(&o.head).send().await.expect(200);
        let twin = o.trust.someone(w).at(o.trust.other_school).made().await;
        let merge = json!({"into": twin.person.to_string(), "reason": "The same person twice"});
        w.post(format!("/v1/people/{}/merge", o.teacher.person)).by(&o.chief).json(merge).send().await.expect(201);
        let twin = Someone { token: w.token(o.trust.id, &twin), ..twin };
        let own = w.get(&at).by(&twin).send().await.expect(200);
        assert_eq!((&own.body["person_id"], &own.body["version"]), (&json!(twin.person.to_string()), &json!(2)));
        assert_eq!(told(w, &twin).await.len(), 1, "her own reading is none, and who read her before is known to who she is now");
        let history = w.get(format!("{at}/history")).by(&twin).send().await.expect(200);
        assert_eq!((&history.items()[0]["type"], &history.items()[0]["changed"]), (&json!("pay_recommendation.changed"), &json!(["person_id"])));
        // who made it is who they are now
        let second = o.trust.someone(w).at(o.trust.other_school).made().await;
        let merge = json!({"into": second.person.to_string(), "reason": "The same person twice"});
        w.post(format!("/v1/people/{}/merge", o.appraiser.person)).by(&o.chief).json(merge).send().await.expect(201);
        assert_eq!(w.get(&at).by(&twin).send().await.expect(200).body["made_by"], second.person.to_string());
    }

    async fn it_is_erased_with_whom_it_is_about(w: World) {
        let o = given(w, MAINTAINED, true).await;
        let at = recommended(w, &o).await;
        let decision = || step(w, &at, "decide", &o.hr, accepted());
        decision().await.expect(200);
        step(w, &o.at, "comment", &o.teacher, Some(json!({"comment": "C"}))).await.expect(200);
        step(w, &o.at, "complete", &o.head, None).await.expect(200);
        let gone = || Some(json!({"reason": "She leaves"}));
        step(w, &format!("/v1/objectives/{}", o.objective), "withdraw", &o.appraiser, gone()).await.expect(200);
        step(w, &o.late, "withdraw", &o.teacher, gone()).await.expect(200);
        let post = format!("/v1/employments/{}", o.teacher.employment.unwrap());
        w.patch(post).by(&o.hr).if_match("*").json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
        let asked = json!({"family_name": "Okoro <b>", "reason": "requested"});
        let erased = w.post(format!("/v1/people/{}/erase", o.teacher.person)).by(&o.hr).if_match("*").json(asked).send().await.expect(200);
        let kinds: Vec<&str> = erased.body["deleted"].as_array().unwrap().iter().filter_map(|c| c["record_type"].as_str()).collect();
        assert!(kinds.contains(&"pay_recommendation") && kinds.contains(&"appraisal_report"), "{}", erased.text);
        for who in [&o.hr, &o.head, &o.appraiser] {
            w.get(&at).by(who).send().await.problem(404, "not_found");
            assert!(w.get(LIST).by(who).send().await.expect(200).items().is_empty());
        }
        decision().await.problem(404, "not_found");
    }
}

/// The appraisal of somebody else whom the same person appraises, which has just begun.
async fn office_elsewhere(w: &World, o: &Office) -> String {
    let other = o.trust.someone(w).at(o.trust.school).appraised_by(&o.appraiser).made().await;
    let framework = w.get("/v1/framework-versions?key=teachers-standards").by(&o.hr).send().await.expect(200).items()[0]["id"].clone();
    let new = json!({
        "organisation_id": o.trust.root.to_string(), "name": "Another", "starts_on": "2026-09-01", "ends_on": "2027-08-31", "rule_profile": MAINTAINED,
        "rule_profile_version": 1, "objectives_due_on": "2026-10-31", "review_due_on": "2027-07-09", "report_due_on": "2027-10-31",
        "staff_categories": ["teacher"], "framework_version_ids": [framework],
    });
    let cycle = format!("/v1/cycles/{}", w.post("/v1/cycles").by(&o.hr).json(new).send().await.expect(201).id());
    for name in ["publish", "open-planning"] {
        w.post(format!("{cycle}/{name}")).by(&o.hr).send().await.expect(200);
    }
    w.create_appraisals(&cycle, &o.hr).await;
    let found = w.get(format!("/v1/appraisals?person_id={}", other.person)).by(&other).send().await.expect(200);
    format!("/v1/appraisals/{}", found.items()[0]["id"].as_str().unwrap())
}
