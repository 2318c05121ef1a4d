//! A report, and what the school learns from it.

use super::{Cast, Telling};
use serde_json::{Value, json};
use trellis_domain::role::RoleName;

/// From the first word of a report to the appraisee's last.
pub async fn written(s: &mut Telling<'_>, cast: &Cast, at: &str) {
    let w = s.w;
    let Cast { hr, appraiser, teacher, .. } = cast;
    let draft = s.get(&format!("{at}/report-draft"), appraiser).await;
    let said: Vec<Value> = draft.body["objectives"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| json!({"objective_id": o["objective_id"], "assessment": "Her pupils now answer one another, and not only her."}))
        .collect();
    let needs = json!([{"need": "To plan talk for pupils who are new to English", "standard_id": draft.body["standards"][0]["standard_id"],
        "actions": [{"action": "Visit Curlew, where talk is planned with every unit", "due_on": "2027-11-26"}]}]);
    let words = json!({"standards_assessed": true, "objectives": said, "learning": "She led a group on classroom talk and shared what it found.",
        "development_needs": needs, "pay_relevant": true});
    s.patch(&format!("{at}/report-draft"), appraiser, words).await;
    s.post(&format!("{at}/issue-report"), appraiser, json!({"draft_version": 1})).await;
    s.get(&format!("{at}/statement"), teacher).await;
    // the time to comment is running
    s.get("/v1/me/tasks", teacher).await;
    let id = at.rsplit('/').next().unwrap();
    let report = s.get(&format!("/v1/appraisal-reports?appraisal_id={id}"), teacher).await.items()[0]["id"].as_str().unwrap().to_owned();
    s.post(&format!("{at}/comment"), teacher, json!({"comment": "Thank you. The group goes on next year."})).await;
    s.post(&format!("{at}/appeal"), teacher, json!({"grounds": "The group met for two terms, and the report says one."})).await;
    let decision = json!({"outcome": "upheld", "decision": "It met for two terms. The report is to be corrected."});
    s.post(&format!("{at}/decide-appeal"), hr, decision).await;
    s.get(&format!("/v1/appraisal-reports/{report}"), hr).await;
    s.get(&format!("/v1/appraisal-reports/{report}/history"), teacher).await;
    s.get("/v1/me/disclosures", teacher).await;
    s.act(&format!("{at}/complete"), hr).await;
    let named = json!({"reason": "The group met for two terms, not one", "changes": {"summary": "She led the group for two terms."}});
    s.post(&format!("{at}/amend-report"), appraiser, named).await;
    // the new version can be commented on, and is completed too
    w.post(format!("{at}/comment")).by(teacher).if_match("*").json(json!({"comment": "Now it is right."})).send().await.expect(200);
    w.post(format!("{at}/complete")).by(hr).if_match("*").send().await.expect(200);
}

pub async fn development_needs(s: &mut Telling<'_>, cast: &Cast) {
    let w = s.w;
    let Cast { trust, appraiser, teacher, .. } = cast;
    let new = json!({"need": "To use the new data system without losing an evening", "actions": [{"action": "An hour with the data manager"}]});
    let need = s.post("/v1/development-needs", teacher, new.clone()).await.id();
    let at = format!("/v1/development-needs/{need}");
    s.patch(&at, teacher, json!({"need": "To use the new data system"})).await;
    s.get(&at, appraiser).await;
    s.get(&format!("{at}/line-of-sight"), teacher).await;
    let lead = trust.someone(w).with(RoleName::LearningLead, trust.root).made().await;
    s.get("/v1/development-needs?state=open", &lead).await;
    s.get("/v1/development-needs/summary", &lead).await;
    s.act(&format!("{at}/meet"), teacher).await;
    s.get(&format!("{at}/history"), teacher).await;
    let another = w.post("/v1/development-needs").by(teacher).json(new).send().await.expect(201).id();
    s.post(&format!("/v1/development-needs/{another}/withdraw"), teacher, json!({"reason": "It was met with the first"})).await;
}
