//! What a year goes by: standards, rules and the days of school.

use super::{Cast, Telling};
use serde_json::json;

/// The standards of England, and the trust's own.
pub async fn frameworks(s: &mut Telling<'_>, cast: &Cast) -> (String, String) {
    let Cast { admin, teacher, .. } = cast;
    let standards = s.get("/v1/framework-versions?key=teachers-standards", teacher).await;
    let (version, standard) =
        (standards.items()[0]["id"].as_str().unwrap().to_owned(), standards.items()[0]["standards"][1]["id"].as_str().unwrap().to_owned());
    s.get(&format!("/v1/framework-versions/{version}"), teacher).await;
    let new = json!({"key": "our-support-staff", "name": "Support colleagues at Beacon Hill", "label": "2026", "standards": [{"code": "S1", "title": "Pupils come first", "parts": [{"code": "S1a", "title": "Every pupil is known by name"}]}]});
    let own = s.post("/v1/framework-versions", admin, new).await.id();
    s.act(&format!("/v1/framework-versions/{own}/publish"), admin).await;
    s.get(&format!("/v1/framework-versions/{own}/history"), admin).await;
    (version, standard)
}

pub async fn profiles(s: &mut Telling<'_>, cast: &Cast) {
    let Cast { admin, hr, .. } = cast;
    s.get("/v1/rule-profiles", hr).await;
    let rules = json!({"minimum_employment_months": 3, "excluded_while": ["induction", "capability"], "period_months": 12, "maximum_objectives": 3, "mid_year_review_required": true,
        "headteacher_panel": {"min": 2, "max": 3, "staff_excluded": true, "external_adviser_required": true}, "review_notice": {"days": 10, "basis": "school"}, "appeal_within": {"days": 10, "basis": "school"}, "pay_recommendation": true, "keep_years": 6});
    let new = json!({"key": "beacon_hill", "name": "Growth at Beacon Hill", "legal_basis": "The trust's appraisal policy of July 2026", "based_on": "01990000-0000-7000-8000-000000000001", "rules": rules});
    let profile = s.post("/v1/rule-profiles", admin, new).await.id();
    s.get(&format!("/v1/rule-profiles/{profile}"), hr).await;
    s.act(&format!("/v1/rule-profiles/{profile}/publish"), admin).await;
    s.get(&format!("/v1/rule-profiles/{profile}/history"), hr).await;
}

pub async fn calendars(s: &mut Telling<'_>, cast: &Cast, school: &str) {
    let Cast { trust, hr, teacher, .. } = cast;
    let days = |from: &str, to: &str| json!({"starts_on": from, "ends_on": to});
    let terms = [("2026-09-02", "2026-10-23"), ("2026-11-02", "2026-12-18"), ("2027-01-04", "2027-03-25"), ("2027-04-12", "2027-07-21")]
        .map(|(from, to)| days(from, to));
    let new = json!({"organisation_id": trust.root.to_string(), "academic_year": 2026, "bank_holidays": "england_and_wales", "terms": terms, "inset_days": ["2026-09-02", "2026-11-02"]});
    let calendar = s.post("/v1/calendars", hr, new).await.id();
    s.get(&format!("/v1/calendars/{calendar}"), teacher).await;
    s.get("/v1/calendars?academic_year=2026", teacher).await;
    s.get(&format!("/v1/calendars/{calendar}/history"), hr).await;
    s.get(&format!("/v1/organisations/{school}/due-day?from=2026-10-19&days=10&basis=school"), teacher).await;
}
