//! What is recommended on pay, beside the report and apart from it.

use super::{Cast, Telling};
use serde_json::json;

/// Recommended, taken back, recommended anew and decided.
pub async fn recommended(s: &mut Telling<'_>, cast: &Cast, appraisal: &str) {
    let Cast { hr, appraiser, teacher, .. } = cast;
    let first = json!({"outcome": "other", "reasons": "She leads the group on talk, which is a post of its own."});
    let first = s.post(&format!("{appraisal}/recommend-pay"), appraiser, first).await.id();
    s.act(&format!("/v1/pay-recommendations/{first}/withdraw"), appraiser).await;
    let new = json!({"outcome": "progress", "reasons": "Every objective was met, and colleagues work with what she found."});
    let made = s.post(&format!("{appraisal}/recommend-pay"), appraiser, new).await.id();
    let at = format!("/v1/pay-recommendations/{made}");
    let words = json!({"reasons": "Every objective was met, and two schools work with what she found."});
    s.patch(&at, appraiser, words).await;
    s.get("/v1/pay-recommendations?state=made", hr).await;
    let decision = json!({"verdict": "accepted", "decision": "From 1 September, as the pay policy has it."});
    s.post(&format!("{at}/decide"), hr, decision).await;
    s.get(&at, teacher).await;
    s.get(&format!("{at}/history"), teacher).await;
}
