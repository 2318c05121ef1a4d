//! A word that is planted in one tenant's records appears in no byte that is sent to another.

use crate::{
    permissions::{CALLS, Names, Record, Scene, everybody, tried},
    support::*,
};
use actix_web::http::Method;
use serde_json::{Value, json};

/// In no dictionary, and in no message.
const CANARY: &str = "Xylocarpine";

/// Looks through an answer for the word and for ids that the caller did not send.
#[track_caller]
fn clean(reply: &Reply, secrets: &[String], sent: &str) {
    let headers: String = reply.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let bytes = format!("{headers}{}", reply.text).to_lowercase();
    let sent = sent.to_lowercase();
    for secret in secrets.iter().map(|s| s.to_lowercase()) {
        // a `Link` may repeat what was asked for; no body may
        let found = if sent.contains(&secret) { reply.text.to_lowercase().contains(&secret) } else { bytes.contains(&secret) };
        assert!(!found, "{secret} came out of {sent}: {bytes}");
    }
}

/// The other tenant, full of the word; and everything in it that must not come out.
async fn planted(w: &World) -> (Scene, Vec<String>) {
    let trust = w.trust(&CANARY.to_lowercase()).await;
    let scene = Scene::new(w, &trust, trust.school, CANARY).await;
    let reference = json!([{"source": CANARY, "id": format!("{CANARY}-1")}]);
    let person = format!("/v1/people/{}", scene.owner.person);
    let changes = json!({"preferred_name": CANARY, "email": format!("{CANARY}@school.example").to_lowercase(), "trn": "7654321", "external_refs": reference});
    w.patch(&person).by(&scene.admin).if_match("*").json(changes).send().await.expect(200);
    let school = format!("/v1/organisations/{}", scene.organisation);
    let changes = json!({"identifiers": [{"scheme": "urn", "value": "176543"}], "external_refs": reference});
    w.patch(&school).by(&scene.admin).if_match("*").json(changes).send().await.expect(200);
    let secrets = vec![
        CANARY.into(),
        "7654321".into(),
        "176543".into(),
        trust.id.to_string(),
        trust.root.to_string(),
        trust.school.to_string(),
        trust.other_school.to_string(),
        scene.owner.person.to_string(),
        scene.owner.account.to_string(),
        scene.owner.employment.unwrap().to_string(),
        scene.appraiser.person.to_string(),
        scene.admin.person.to_string(),
    ];
    (scene, secrets)
}

fn secrets_of(names: &Names, secrets: &[String]) -> Vec<String> {
    let made = ["id", "holder", "key_id"].iter().filter_map(|n| names.get(n)).filter(|v| v.len() == 36).cloned();
    secrets.iter().cloned().chain(made).collect()
}

on_both! {
    async fn no_operation_sends_a_word_of_another_tenant(w: World) {
        let (there, secrets) = planted(w).await;
        let here = w.trust("beacon").await;
        let scene = Scene::new(w, &here, here.school, "practice").await;
        let callers = everybody(w, &scene).await;
        let mut asked = 0;
        for call in CALLS.iter().flat_map(|(_, calls)| calls.iter()).filter(|c| !matches!(c.operation, "end_session" | "get_calendar_feed" | "get_evidence_file")) {
            let (method, path, _) = of_contract(call.operation);
            // the word itself is not sent: what comes back would be an echo
            let mut names = there.names(w, call.record).await;
            names.insert("word", "practice".into());
            let secrets = secrets_of(&names, &secrets);
            for (_, credential) in callers.iter().filter(|(who, _)| method == Method::GET || matches!(who.as_str(), "owner" | "hr" | "trust_admin" | "people:write" | "school_machine")) {
                let reply = tried(w, call, &names, credential.as_deref()).await;
                clean(&reply, &secrets, &format!("{path} {names:?}"));
                asked += 1;
            }
        }
        assert!(asked > 1500, "only {asked} answers were looked at");
    }

    async fn no_list_search_or_filter_finds_a_word_of_another_tenant(w: World) {
        let (there, secrets) = planted(w).await;
        let here = w.trust("beacon").await;
        let scene = Scene::new(w, &here, here.school, "practice").await;
        let objective = there.names(w, Record::Objective("agreed")).await["id"].clone();
        let cycle = there.names(w, Record::Cycle("planning_open")).await["id"].clone();
        there.names(w, Record::Learning(true)).await;
        there.names(w, Record::Template(true)).await;
        let action = there.names(w, Record::Agreed("appraisal")).await["id"].clone();
        let talk = w.get(format!("/v1/agreed-actions/{action}")).by(&there.owner).send().await.expect(200).body["conversation_id"].as_str().unwrap().to_owned();
        let shared = there.names(w, Record::Collaboration("accepted")).await["objective"].clone();
        there.names(w, Record::Report).await;
        there.names(w, Record::Pay).await;
        there.names(w, Record::Need(true)).await;
        there.names(w, Record::Priority("active")).await;
        there.names(w, Record::Finding(true)).await;
        there.names(w, Record::Finding(false)).await;
        there.names(w, Record::Step).await;
        there.names(w, Record::Visit).await;
        there.names(w, Record::SharedReview(true)).await;
        let session = there.names(w, Record::Enrolment("to come")).await["session"].clone();
        let requirement = there.names(w, Record::Completion).await["requirement"].clone();
        there.names(w, Record::Exemption).await;
        let line = there.names(w, Record::Request("evaluated")).await["line"].clone();
        let mut secrets = secrets;
        secrets.extend([objective.clone(), cycle.clone(), line.clone()]);
        let (person, school, root) = (there.owner.person, &there.organisation, there.trust.root);
        let email = format!("{CANARY}@school.example").to_lowercase();
        let queries = [
            format!("/v1/people?q={CANARY}"),
            format!("/v1/people?q={}", &CANARY[..4]),
            format!("/v1/people?email={email}"),
            format!("/v1/people?organisation_id={school}"),
            format!("/v1/people?external_ref={CANARY}:{CANARY}-1"),
            "/v1/organisations?limit=200".into(),
            "/v1/organisations?urn=176543".into(),
            format!("/v1/organisations?parent_id={root}"),
            format!("/v1/organisations?external_ref={CANARY}:{CANARY}-1"),
            format!("/v1/employments?organisation_id={school}"),
            format!("/v1/employments?person_id={person}"),
            format!("/v1/relationships?holder_id={}", there.appraiser.person),
            format!("/v1/roles?organisation_id={root}"),
            format!("/v1/roles?person_id={}", there.admin.person),
            format!("/v1/cycles?organisation_id={school}"),
            format!("/v1/objectives?cycle_id={cycle}"),
            format!("/v1/objectives?person_id={person}"),
            format!("/v1/collaborations?objective_id={shared}"),
            format!("/v1/collaborations?person_id={person}"),
            "/v1/collaborations?limit=200".into(),
            format!("/v1/appraisal-reports?person_id={person}"),
            "/v1/appraisal-reports?limit=200".into(),
            format!("/v1/pay-recommendations?person_id={person}"),
            format!("/v1/pay-recommendations?organisation_id={school}"),
            "/v1/pay-recommendations?limit=200".into(),
            format!("/v1/development-needs?person_id={person}"),
            format!("/v1/development-needs?organisation_id={school}"),
            "/v1/development-needs?limit=200".into(),
            format!("/v1/development-needs/summary?organisation_id={school}"),
            "/v1/development-needs/summary".into(),
            "/v1/me/disclosures".into(),
            format!("/v1/learning-records?objective_id={objective}"),
            format!("/v1/learning-records?person_id={person}"),
            format!("/v1/improvement-plans?organisation_id={school}"),
            "/v1/improvement-plans?limit=200".into(),
            format!("/v1/priorities?organisation_id={school}"),
            "/v1/priorities?limit=200".into(),
            format!("/v1/learning-activities?organisation_id={school}"),
            "/v1/learning-activities?limit=200".into(),
            format!("/v1/learning-sessions?organisation_id={school}"),
            "/v1/learning-sessions?limit=200".into(),
            format!("/v1/enrolments?person_id={person}"),
            format!("/v1/enrolments?session_id={session}"),
            "/v1/enrolments?limit=200".into(),
            format!("/v1/training-requirements?organisation_id={school}"),
            "/v1/training-requirements?limit=200".into(),
            format!("/v1/training-completions?person_id={person}"),
            format!("/v1/training-completions?requirement_id={requirement}"),
            "/v1/training-completions?limit=200".into(),
            format!("/v1/training-exemptions?person_id={person}"),
            "/v1/training-exemptions?limit=200".into(),
            format!("/v1/training-compliance?organisation_id={school}"),
            format!("/v1/training-compliance?requirement_id={requirement}"),
            format!("/v1/training-compliance?person_id={person}"),
            "/v1/training-compliance?limit=200".into(),
            format!("/v1/training-compliance/summary?organisation_id={school}"),
            "/v1/training-compliance/summary".into(),
            format!("/v1/conversations?person_id={person}"),
            "/v1/conversations?limit=200".into(),
            format!("/v1/agreed-actions?conversation_id={talk}"),
            format!("/v1/agreed-actions?person_id={person}"),
            "/v1/agreed-actions?limit=200".into(),
            format!("/v1/conversation-templates?organisation_id={school}"),
            "/v1/conversation-templates?limit=200".into(),
            format!("/v1/learning-requests?person_id={person}"),
            format!("/v1/learning-requests?organisation_id={school}"),
            format!("/v1/learning-requests?budget_line_id={line}"),
            "/v1/learning-requests?limit=200".into(),
            format!("/v1/budget-lines?organisation_id={school}"),
            "/v1/budget-lines?limit=200".into(),
            format!("/v1/budget-balances?organisation_id={school}"),
            "/v1/budget-balances?limit=200".into(),
            format!("/v1/organisations/{school}/impact-summary"),
            format!("/v1/organisations/{}/impact-summary", here.school),
            format!("/v1/findings?q={CANARY}"),
            format!("/v1/findings?author_id={person}"),
            "/v1/findings?limit=200".into(),
            "/v1/me/findings?limit=200".into(),
            "/v1/coaching-partnerships?limit=200".into(),
            "/v1/action-steps?limit=200".into(),
            "/v1/learning-visits?limit=200".into(),
            "/v1/self-reviews?limit=200".into(),
            "/v1/shared-self-reviews?limit=200".into(),
            format!("/v1/shared-self-reviews?owner_id={person}"),
            format!("/v1/development-needs?source=self_review&person_id={person}"),
            format!("/v1/accounts?person_id={person}"),
            format!("/v1/appraisal-progress?cycle_id={cycle}"),
            format!("/v1/appraisal-overview?cycle_id={cycle}"),
            format!("/v1/learning-share?academic_year=2026&organisation_id={school}"),
            "/v1/learning-share?academic_year=2026".into(),
            "/v1/fair-access?academic_year=2026".into(),
            "/v1/learning-spending?academic_year=2026".into(),
            "/v1/learning-mechanisms?academic_year=2026".into(),
            "/v1/me/tasks?limit=200".into(),
            "/v1/me/calendar-links".into(),
            "/v1/framework-versions?limit=200".into(),
            "/v1/service-accounts?limit=200".into(),
            "/v1/changes?limit=200".into(),
            "/v1/changes?limit=200&include=record".into(),
            format!("/v1/changes?organisation_id={school}&include=record"),
            "/v1/changes/stream?include=record".into(),
            "/v1/people?limit=200&snapshot=true".into(),
            "/v1/changes?after=5&limit=200".into(),
        ];
        for (who, credential) in everybody(w, &scene).await {
            let Some(credential) = credential else { continue };
            for query in &queries {
                let reply = w.get(query).bearer(&credential).send().await;
                clean(&reply, &secrets, query);
                let filtered = ["_id=", "q=", "email=", "urn="].iter().any(|f| query.contains(f));
                if filtered && reply.status == 200 {
                    assert_eq!(reply.items(), &[] as &[Value], "{query} by {who}");
                }
            }
        }
    }

    async fn what_is_unique_in_one_tenant_is_free_in_another(w: World) {
        let (_there, secrets) = planted(w).await;
        let here = w.trust("beacon").await;
        let scene = Scene::new(w, &here, here.school, "practice").await;
        let reference = json!([{"source": CANARY, "id": format!("{CANARY}-1")}]);
        let email = format!("{CANARY}@school.example").to_lowercase();
        let new = json!({"given_name": "Ada", "family_name": "Here", "email": email, "trn": "7654321", "external_refs": reference});
        let made = w.post("/v1/people").by(&scene.admin).json(new).send().await.expect(201);
        clean(&made, &secrets[3..], "");
        let new = json!({"parent_id": here.root.to_string(), "kind": "school", "name": "Here", "identifiers": [{"scheme": "urn", "value": "176543"}], "external_refs": reference});
        let made = w.post("/v1/organisations").by(&scene.admin).json(new).send().await.expect(201);
        clean(&made, &secrets[3..], "");
    }

    async fn a_cursor_of_another_tenant_opens_nothing(w: World) {
        let (there, secrets) = planted(w).await;
        let here = w.trust("beacon").await;
        let scene = Scene::new(w, &here, here.school, "practice").await;
        for list in ["people", "employments", "organisations", "relationships", "roles", "accounts"] {
            let page = w.get(format!("/v1/{list}?limit=1")).by(&there.admin).send().await.expect(200);
            let Some(cursor) = page.body["next_cursor"].as_str() else { continue };
            let reply = w.get(format!("/v1/{list}?limit=1&cursor={cursor}")).by(&scene.admin).send().await;
            clean(&reply, &secrets, "");
        }
    }
}
