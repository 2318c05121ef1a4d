//! The demo's inquiry commons: last year's findings, published to the trust or a school, with a name or without, one of them taken back; this
//! year some are used, and an inquiry is given up with what was learned.

use super::{
    cast::Path,
    objectives::{Tellers, Told, fill},
    requests::TELLS,
    scene::{Span, say},
};
use trellis_domain::{
    finding::FindingAudience,
    id::{FindingId, ObjectiveId},
    objective::ObjectiveKind,
};
use trellis_persistence::{
    StoreError,
    finding::{PublishFinding, ReuseFinding, WithdrawFinding},
    inquiry::AbandonInquiry,
};

/// Who uses which of last year's findings, by their place.
const USED: [(&str, usize); 4] = [("s-mat-2", 0), ("c-y4", 1), ("s-sci-2", 1), ("e-y3", 0)];
/// Who takes what they published back.
const TAKES_BACK: &str = "c-y4";
/// Who gives an inquiry up.
const GIVEN_UP: &str = "s-sci-5";
const LEARNED: &str =
    "Pupils planned better for a fortnight and then forgot the sheet. It was one habit too many in a practical; I would try it in theory lessons only.";

/// What came of somebody's inquiry, for others to read.
fn found_by(one: &Told, audience: FindingAudience, named: bool) -> Result<PublishFinding, StoreError> {
    let say_of = |text: &str| say(&fill(text, &one.part));
    Ok(PublishFinding {
        objective_id: one.id,
        audience,
        named,
        title: say(&fill(one.aim.title, &one.part))?,
        question: say_of(one.aim.question)?,
        change_tried: Some(say_of(one.aim.change)?),
        evidence: Some(say_of(one.aim.seen)?),
        finding: say_of(one.aim.found)?,
        expected: None,
    })
}

impl Tellers<'_> {
    /// Publishes what was found last year. Whoever leaves publishes nothing.
    pub(super) async fn publish(&self, told: &[Told], span: Span, (from, to): (f64, f64)) -> Result<Vec<FindingId>, StoreError> {
        let found = told.iter().filter(|t| t.part.4 == Path::Closed && t.aim.kind == ObjectiveKind::GrowthInquiry && !t.part.0.starts_with('z'));
        let mut writes = Vec::new();
        for (i, one) in found.enumerate() {
            let audience = if i % 3 == 2 { FindingAudience::School } else { FindingAudience::Trust };
            writes.push((self.crew.principal(one.part.0)?, found_by(one, audience, i % 3 != 1)?));
        }
        let theirs = writes.iter().position(|(_, new)| told.iter().any(|t| t.id == new.objective_id && t.part.0 == TAKES_BACK));
        let who = self.crew.principal(TAKES_BACK)?;
        let made = self.scene.over(span, (from, to), writes).await?;
        let ids: Vec<FindingId> = made.into_iter().map(|seen| seen.record.id).collect();
        let back = theirs.and_then(|i| ids.get(i)).map(|id| (who, WithdrawFinding { id: *id, expected: None }));
        self.scene.over(span, (to, to), back.into_iter().collect()).await?;
        Ok(ids)
    }
    /// The one whose whole year is told shares with the trust what she found, under her name: so it can be followed from the priority to the finding.
    pub(super) async fn share_found(&self, told: &[Told], span: Span, part: f64) -> Result<(), StoreError> {
        let one = told.iter().find(|t| t.part.0 == TELLS && t.aim.kind == ObjectiveKind::GrowthInquiry);
        let one = one.ok_or_else(|| StoreError::Internal(format!("{TELLS} has no inquiry")))?;
        let found = found_by(one, FindingAudience::Trust, true)?;
        self.scene.over(span, (part, part), vec![(self.crew.principal(TELLS)?, found)]).await.map(drop)
    }
    /// Colleagues use them, for an inquiry of their own where they have one.
    pub(super) async fn reuse(&self, findings: &[FindingId], told: &[Told], span: Span, part: (f64, f64)) -> Result<(), StoreError> {
        let mut writes = Vec::new();
        for (who, place) in USED {
            let Some(id) = findings.get(place) else { continue };
            let objective: Option<ObjectiveId> = told.iter().find(|t| t.part.0 == who && t.owner_began()).map(|t| t.id);
            writes.push((self.crew.principal(who)?, ReuseFinding { id: *id, objective_id: objective, learning_record_id: None, expected: None }));
        }
        self.scene.over(span, part, writes).await.map(drop)
    }
    /// Somebody gives an inquiry up, and keeps what it taught.
    pub(super) async fn give_up(&self, told: &[Told], span: Span, part: f64) -> Result<(), StoreError> {
        let given_up = told.iter().find(|t| t.part.0 == GIVEN_UP && t.aim.kind == ObjectiveKind::GrowthInquiry);
        let given_up = given_up.ok_or_else(|| StoreError::Internal(format!("{GIVEN_UP} has no inquiry")))?;
        let learned = AbandonInquiry { id: given_up.id, learned: say(LEARNED)?, expected: None };
        self.scene.over(span, (part, part), vec![(self.crew.principal(GIVEN_UP)?, learned)]).await.map(drop)
    }
}
