//! Everybody who may ask, and nobody, and machines.

use super::scene::Scene;
use crate::support::*;
use chrono::TimeDelta;
use serde_json::json;
use trellis_domain::{access::Permission, role::RoleName};

/// Who calls: a name, and a bearer credential.
pub type Callers = Vec<(String, Option<String>)>;

/// Everybody of a trust, seen from the records of its school.
pub async fn everybody(w: &World, scene: &Scene) -> Callers {
    let trust = &scene.trust;
    let school = trust.school;
    let spare = trust.someone(w).at(school).made().await;
    let other_appraiser = trust.someone(w).at(school).made().await;
    w.appoint(trust, trellis_domain::relationship::RelationshipKind::Appraiser, spare.person, other_appraiser.person).await;
    let line_manager = trust.someone(w).at(school).made().await;
    w.appoint(trust, trellis_domain::relationship::RelationshipKind::LineManager, scene.owner.person, line_manager.person).await;
    let staff = scene.colleague.clone();

    let mut out: Callers = vec![("anonymous".into(), None), ("garbage".into(), Some("garbage".into()))];
    let long_ago = w.now() - TimeDelta::days(1);
    let expired = w.shared.keyring.sign(trust.id, staff.session, staff.account, staff.person, long_ago).unwrap();
    out.push(("expired".into(), Some(expired)));
    let disabled = trust.someone(w).at(school).with(RoleName::Hr, school).made().await;
    w.post(format!("/v1/accounts/{}/disable", disabled.account)).by(&scene.admin).if_match("*").send().await.expect(200);
    out.push(("disabled".into(), Some(disabled.token)));
    let ended = trust.someone(w).at(school).with(RoleName::Hr, school).made().await;
    w.delete("/v1/sessions/current").by(&ended).send().await.expect(204);
    out.push(("logged_out".into(), Some(ended.token)));

    for (name, who) in
        [("owner", &scene.owner), ("appraiser", &scene.appraiser), ("other_appraiser", &other_appraiser), ("line_manager", &line_manager), ("staff", &staff)]
    {
        out.push((name.into(), Some(who.token.clone())));
    }
    let demoted = trust.someone(w).at(school).with(RoleName::Hr, school).made().await;
    w.get("/v1/people").by(&demoted).send().await.expect(200);
    let roles = w.get(format!("/v1/roles?person_id={}", demoted.person)).by(&scene.admin).send().await.expect(200);
    let role = roles.items()[0]["id"].as_str().unwrap();
    w.post(format!("/v1/roles/{role}/end")).by(&scene.admin).if_match("*").json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
    out.push(("demoted".into(), Some(demoted.token)));

    for role in RoleName::ALL {
        let at = if matches!(role, RoleName::TrustLeader | RoleName::TrustAdmin) { trust.root } else { school };
        let mut who = trust.someone(w).with(*role, at);
        if !matches!(role, RoleName::Governor | RoleName::ExternalAdviser | RoleName::TrustLeader | RoleName::TrustAdmin) {
            who = who.at(school);
        }
        out.push((role.as_str().into(), Some(who.made().await.token)));
    }
    let machines: Vec<Permission> = Permission::ALL.iter().copied().filter(|p| p.for_service_accounts()).collect();
    for scope in &machines {
        out.push((scope.as_str().into(), Some(w.key(trust, &[*scope], None).await.2)));
    }
    out.push(("school_machine".into(), Some(w.key(trust, &machines, Some(vec![school])).await.2)));
    out
}
