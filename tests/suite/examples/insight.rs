//! What leaders see.

use super::{Cast, Telling, cast::Leaders};

pub async fn insight(s: &mut Telling<'_>, cast: &Cast, leaders: &Leaders, cycle: &str, above: &str, record: &str) {
    let Leaders { leader, head } = leaders;
    s.get(&format!("/v1/appraisal-overview?cycle_id={cycle}"), leader).await;
    s.get(&format!("/v1/appraiser-overview?cycle_id={cycle}"), head).await;
    s.get(&format!("/v1/appraisal-progress?cycle_id={cycle}"), head).await;
    s.get(&format!("/v1/priorities/{above}/line-of-sight"), leader).await;
    s.get(&format!("/v1/learning-records/{record}/line-of-sight"), &cast.teacher).await;
    s.get("/v1/learning-share?academic_year=2026", leader).await;
    s.get("/v1/fair-access?academic_year=2026", leader).await;
    s.get("/v1/check-in-health", leader).await;
    s.get("/v1/learning-spending?academic_year=2026", leader).await;
    s.get(&format!("/v1/learning-mechanisms?academic_year=2026&organisation_id={}", cast.trust.school), leader).await;
}
