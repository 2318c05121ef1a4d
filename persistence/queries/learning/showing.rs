//! To whom a learning record is shown: who can be named, and what others were told of it.

use super::{super::prelude::*, in_sight, save};
use crate::learning::ShowLearning;
use trellis_domain::{
    access::{self as rules, Permission},
    id::{LearningRecordId, PersonId},
    learning::LearningRecord,
    rule::{Code, Faults, RuleError},
};

/// People whom the caller may name as readers: those who work somewhere today, and of whom the caller may know.
async fn can_be_named(tx: &mut Tx<'_>, people: &[PersonId]) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    let (tenant, today) = (tx.tenant(), tx.act.today());
    let reads = rules::reach(&tx.caller, Permission::ReadPeople).unwrap_or_default();
    let query = employments::table
        .filter(employments::tenant_id.eq(tenant))
        .filter(employments::person_id.eq_any(uids(people)))
        .select(employments::person_id)
        .distinct()
        .into_boxed::<Dialect>();
    let query = if reads.everywhere {
        query
    } else {
        let covered = organisation_paths::table
            .filter(organisation_paths::tenant_id.eq(tenant))
            .filter(organisation_paths::ancestor_id.eq_any(uids(&reads.organisations)))
            .select(organisation_paths::descendant_id);
        query.filter(employments::organisation_id.eq_any(covered).or(employments::person_id.eq_any(uids(&reads.people))))
    };
    let found: Vec<Uid> = access::current!(query, employments, today).all(tx.conn()).await?;
    let mut faults = Faults::default();
    for (i, person) in people.iter().enumerate() {
        if !found.contains(&Uid::from(*person)) {
            faults.check::<()>(Err(RuleError::at(Code::UnknownReference, &format!("/person_ids/{i}"), "nobody whom you know works here today")));
        }
    }
    Ok(faults.settle()?)
}

/// Answers that were kept for others, and name the record, are given to them no more; its owner's own stay, or sending again would do again.
async fn forget_what_others_were_told(tx: &mut Tx<'_>, id: LearningRecordId) -> Result<()> {
    let trellis_domain::access::Caller::Person { account, .. } = tx.caller else { return Ok(()) };
    super::super::idempotency::forget(tx, [id.into()], super::super::idempotency::Told::Others(account)).await
}

impl Write<Here> for ShowLearning {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<LearningRecord>> {
        let before = in_sight(tx, self.id).await?;
        super::super::event::expect(tx, &before, self.expected).await?;
        let (after, kind) = before.shown(self.to.clone(), tx.caller.person())?;
        can_be_named(tx, &self.to.people).await?;
        if !after.shared_with.includes(&before.shared_with) {
            forget_what_others_were_told(tx, self.id).await?;
        }
        save(tx, kind, before, after).await
    }
}
