//! Undoing a merge: everything that went over goes back, unless something that happened since is in the way; then all of that is named.

use super::{
    merging::{MergeRow, guard_both, seen, told, visible, went},
    moving::{Moving, still},
    prelude::*,
    redirect,
};
use crate::merge::{Column, Done, Folds, Move, UndoMerge};
use serde_json::json;
use trellis_domain::{
    employment::Employment,
    event::{Changes, EventKind, RecordType},
    merging::Merge,
    person::Person,
    relationship::{Relationship, RelationshipKind, circle},
    role::not_for_yourself,
    rule::{Code, Faults, RuleError},
    time::micros,
};
use uuid::Uuid;

fn stands(faults: &mut Faults, clear: bool, why: impl Into<String>) {
    if !clear {
        faults.check::<()>(Err(RuleError::new(Code::MergeStands, why)));
    }
}

/// Everything that happened since and is in the way.
pub(super) async fn obstacles(cx: &mut Cx<'_>, row: &MergeRow, done: &Done) -> Result<std::result::Result<(), RuleError>> {
    let mut faults = Faults::default();
    stands(&mut faults, row.survivor_id == row.into_id, "the survivor was merged into somebody else since: undo that merge first");
    let later: i64 = merges::table
        .filter(merges::tenant_id.eq(cx.tenant()))
        .filter(merges::survivor_id.eq(row.survivor_id))
        .filter(merges::into_id.eq(row.into_id))
        .filter(merges::undone_at.is_null())
        .filter(merges::id.gt(Uid::from(row.merge()?.id)))
        .count()
        .one(cx.conn())
        .await?;
    stands(&mut faults, later == 0, "another person was merged into the survivor since: undo that merge first");
    let Done { giver, keeper: _, moves, staff_codes, revisions: _, employments, roles, relationships, dropped, account } = done;
    let mut others = true;
    for made in moves {
        let there = still(cx, made).await?;
        match told(made.column) {
            Some(kind) => stands(&mut faults, there, format!("a record that went over ({kind}) belongs to somebody else now")),
            None => others &= there,
        }
    }
    stands(&mut faults, others, "a record that went over belongs to somebody else now, or is no longer there as it was");
    identity(cx, &mut faults, row, giver).await?;
    for (school, code) in staff_codes {
        let owner = super::staff_code::owner(cx, Uid(*school), code).await?;
        stands(&mut faults, owner.is_none_or(|o| o == row.survivor_id), "a staff code that went over is somebody else's now");
    }
    if let Some(account) = account {
        let taken: i64 =
            accounts::table.filter(accounts::tenant_id.eq(cx.tenant())).filter(accounts::email.eq(account.email.as_str())).count().one(cx.conn()).await?;
        stands(&mut faults, taken == 0, "another account has the e-mail of the account that gave way");
    }
    macro_rules! unchanged {
        ($folds:expr, $module:ident, $same:expr) => {
            for (_, after) in &$folds.changed {
                let now = super::$module::stored(cx, after.id).await?;
                let same: fn(&_, &_) -> bool = $same;
                let what = format!("a record that took in an equal one ({}) was changed since", stringify!($module));
                stands(&mut faults, same(&now, after), what);
            }
        };
    }
    unchanged!(employments, employment, |a: &Employment, b: &Employment| a.period == b.period && a.staff_code == b.staff_code);
    unchanged!(roles, role, |a: &trellis_domain::role::Role, b: &trellis_domain::role::Role| a.period == b.period);
    // a role that was taken from the survivor since is not given again by this way
    for (gone, into) in &roles.gone {
        let live = |r: &trellis_domain::role::Role| r.period.ends_on.is_none_or(|end| end >= cx.act.today());
        let was = live(gone);
        let kept = super::role::stored(cx, trellis_domain::id::RoleId(*into)).await?;
        let ended = was && kept.period.ends_on.is_some_and(|end| end < cx.act.today());
        stands(&mut faults, !ended, "a role that went into an equal one was ended since");
    }
    unchanged!(relationships, relationship, |a: &Relationship, b: &Relationship| a.period == b.period);
    written_since(cx, &mut faults, moves).await?;
    if let Some(closed) = circle_again(cx, moves, relationships, dropped).await? {
        faults.check::<()>(Err(super::relationship::told(cx, &closed).await?));
    }
    // whatever else was found, what the merge's own code says is that it stands
    let whole =
        |e: RuleError| RuleError { code: Code::MergeStands, message: "something that happened since is in the way; `errors` names all of it".into(), ..e };
    Ok(faults.settle().map_err(|e| whole(if e.faults.is_empty() { e.of("") } else { e })))
}

/// What the person is known by must still be free, or the survivor's.
async fn identity(cx: &mut Cx<'_>, faults: &mut Faults, row: &MergeRow, giver: &Person) -> Result<()> {
    if let Some(trn) = &giver.trn {
        let others: i64 = people::table
            .filter(people::tenant_id.eq(cx.tenant()))
            .filter(people::trn.eq(trn.as_str()))
            .filter(people::id.ne(row.survivor_id))
            .count()
            .one(cx.conn())
            .await?;
        stands(faults, others == 0, "another person has the teacher reference number now");
    }
    for reference in &giver.external_refs {
        let owner = super::external_ref::find(cx, RecordType::Person, reference).await?;
        stands(faults, owner.is_none_or(|o| o == row.survivor_id), "an external reference that went over is somebody else's now");
    }
    Ok(())
}

/// What was written since on an employment, an appraisal or a conversation that would go back would be left without its person: a recommendation on pay would be that
/// of an appraisal of somebody else, who could decide it.
async fn written_since(cx: &mut Cx<'_>, faults: &mut Faults, moves: &[Move]) -> Result<()> {
    let of = |column: Column| -> Vec<Uid> { moves.iter().filter(|m| m.column == column).flat_map(|m| m.ids.iter().copied().map(Uid)).collect() };
    let mut any = false;
    macro_rules! none_new {
        ($table:ident, $known:expr, $on:expr) => {
            let known = of($known);
            let all: Vec<Uid> = $table::table.filter($table::tenant_id.eq(cx.tenant())).filter($on).select($table::id).all(cx.conn()).await?;
            any |= all.iter().any(|id| !known.contains(id));
        };
    }
    let employments = of(Column::EmploymentPerson);
    if !employments.is_empty() {
        macro_rules! on_employments {
            ($($table:ident, $known:expr;)*) => {$(
                none_new!($table, $known, $table::employment_id.eq_any(employments.clone()));
            )*};
        }
        on_employments! {
            objectives, Column::ObjectivePerson;
            learning_records, Column::LearningPerson;
            self_reviews, Column::SelfReviewPerson;
            enrolments, Column::EnrolmentPerson;
            learning_requests, Column::RequestPerson;
            appraisals, Column::AppraisalPerson;
            appraisal_holds, Column::HoldPerson;
            development_needs, Column::NeedPerson;
            conversations, Column::ConversationPerson;
            agreed_actions, Column::AgreedActionPerson;
        }
    }
    // an employment that was folded stays, and what went over of its records goes back alone
    let of_them = of(Column::AppraisalPerson);
    if !of_them.is_empty() {
        let reports = appraisal_reports::table
            .filter(appraisal_reports::tenant_id.eq(cx.tenant()))
            .filter(appraisal_reports::appraisal_id.eq_any(of_them.clone()))
            .select(appraisal_reports::id.nullable());
        let resting = appraisals::table.filter(appraisals::tenant_id.eq(cx.tenant())).filter(appraisals::id.eq_any(of_them.clone()));
        let under: Vec<Option<Uid>> = resting.select(appraisals::hold_id).all(cx.conn()).await?;
        let holds: Vec<Uid> = under.into_iter().flatten().collect();
        none_new!(pay_recommendations, Column::PayPerson, pay_recommendations::appraisal_id.eq_any(of_them.clone()));
        none_new!(development_needs, Column::NeedPerson, development_needs::report_id.eq_any(reports));
        none_new!(appraisal_holds, Column::HoldPerson, appraisal_holds::id.eq_any(holds));
        none_new!(conversations, Column::ConversationPerson, conversations::appraisal_id.eq_any(of_them.into_iter().map(Some)));
    }
    let talks = of(Column::ConversationPerson);
    if !talks.is_empty() {
        none_new!(agreed_actions, Column::AgreedActionPerson, agreed_actions::conversation_id.eq_any(talks));
    }
    // of which kind, and how many, is not for whoever merges people
    stands(faults, !any, "records were written since on what would go back");
    Ok(())
}

/// The circle that line management would have, if what fell away or went over came back.
async fn circle_again(
    cx: &mut Cx<'_>,
    moves: &[Move],
    relationships: &Folds<Relationship>,
    dropped: &[Relationship],
) -> Result<Option<trellis_domain::relationship::Circle>> {
    let mut after = super::relationship::line_management(cx, None).await?;
    let mut changed: Vec<Uuid> = Vec::new();
    for made in moves {
        for link in after.iter_mut().filter(|r| made.ids.contains(&r.id.0)) {
            match made.column {
                Column::RelationshipPerson => link.person_id = made.from.into(),
                Column::RelationshipHolder => link.holder_id = made.from.into(),
                _ => continue,
            }
            changed.push(link.id.0);
        }
    }
    for (before, _) in &relationships.changed {
        after.iter_mut().filter(|r| r.id == before.id).for_each(|r| r.period = before.period);
    }
    let back = relationships.gone.iter().map(|(r, _)| r).chain(dropped).filter(|r| r.kind == RelationshipKind::LineManager);
    for link in back {
        changed.push(link.id.0);
        after.push(link.clone());
    }
    Ok(after.iter().filter(|r| changed.contains(&r.id.0)).find_map(|r| circle(r, &after)))
}

/// What stands for itself again is one version further than when it went.
macro_rules! stands_again {
    ($tx:expr, $module:ident, $folds:expr, $kind:expr, $changed:expr) => {
        for (record, into) in $folds.gone {
            let again = super::$module::again($tx, record).await?;
            let about = super::$module::about_record($tx, &again).await?;
            went($tx, $kind, again.id.0, again.version, (Some(into), None), about);
        }
        for (before, _) in $folds.changed {
            let now = super::$module::stored(&mut *$tx, before.id).await?;
            let after = super::$module::as_before(&now, &before);
            if let Some(after) = $tx.next(&now, after) {
                super::$module::replace($tx, now.version, &after).await?;
                let about = super::$module::about_record($tx, &after).await?;
                $tx.event($changed, Some(&now), &after, about);
            }
        }
    };
}

impl Write<Here> for UndoMerge {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Merge>> {
        let row = visible(tx, self.id).await?;
        guard_both(tx, row.person_id.to(), row.survivor_id.to()).await?;
        let row = visible(tx, self.id).await?;
        let merge = row.merge()?;
        super::event::expect(tx, &merge, self.expected).await?;
        not_for_yourself(row.survivor_id.to(), tx.caller.person())?;
        merge.undoable(tx.act.now)?;
        let done = row.all_done()?;
        obstacles(tx, &row, &done).await??;
        let keeper = super::person::load(tx, merge.into).await?;
        let mut was = super::placement::live_at(tx, &[keeper.id]).await?;
        was.entry(done.giver.id).or_default();
        let Done { giver, keeper: (before, after), moves, staff_codes, revisions, employments, roles, relationships, dropped, account } = done;

        // what the survivor took from the other goes back, unless they have their own by now
        super::external_ref::give_back(tx, &giver).await?;
        let restored = parted(&keeper, &before, &after, &giver);
        let changed = tx.next(&keeper, restored);
        if let Some(changed) = &changed {
            super::person::replace(tx, keeper.version, changed).await?;
        }
        let version = giver.version + 2;
        let again = Person { version, updated_at: micros(tx.act.now), ..giver };
        super::person::insert(tx, std::slice::from_ref(&again)).await?;
        redirect::remove(tx, merge.id).await?;

        let mut moving = Moving::default();
        stands_again!(tx, employment, employments, EventKind::EmploymentUnmerged, EventKind::EmploymentUpdated);
        stands_again!(tx, role, roles, EventKind::RoleUnmerged, EventKind::RoleUpdated);
        for tie in dropped {
            let tie = super::relationship::again(tx, tie).await?;
            let about = super::person::about_person(tx, tie.person_id).await?;
            went(tx, EventKind::RelationshipUnmerged, tie.id.0, tie.version, (None, None), about);
        }
        for made in moves.iter().rev() {
            moving.back(tx, made).await?;
        }
        stands_again!(tx, relationship, relationships, EventKind::RelationshipUnmerged, EventKind::RelationshipUpdated);
        super::staff_code::give_back(tx, again.id, &staff_codes).await?;
        super::objective::give_revisions_back(tx, again.id, &revisions).await?;
        // what was made private since is private to whose it is again
        let learning: Vec<Uid> = moves.iter().filter(|m| m.column == Column::LearningPerson).flat_map(|m| m.ids.iter().copied().map(Uid)).collect();
        let private = learning_records::table
            .filter(learning_records::tenant_id.eq(tx.tenant()))
            .filter(learning_records::id.eq_any(learning))
            .filter(learning_records::private_to.is_not_null());
        diesel::update(private).set(learning_records::private_to.eq(learning_records::person_id.nullable())).done(tx.conn()).await?;
        moving.told(tx).await?;
        if let Some(account) = account {
            super::account::come_back(tx, account, again.id).await?;
        }

        let about = super::person::about_person(tx, again.id).await?;
        let refs = json!({"before": [], "after": again.external_refs});
        let values = json!({"merged_into": {"before": merge.into, "after": null}, "external_refs": refs});
        let fields = vec!["merged_into".into(), "external_refs".into()];
        tx.happened(EventKind::PersonUnmerged, again.id.0, version, Changes { fields, values }, about);
        if let Some(changed) = changed {
            let about = super::person::about_person(tx, changed.id).await?;
            tx.event(EventKind::PersonUpdated, Some(&keeper), &changed, about);
        }
        super::placement::settle(tx, &was, &[]).await?;
        super::matching::unmerged(tx, merge.id).await?;
        let now = Moment(micros(tx.act.now));
        let set = (merges::undone_at.eq(Some(now)), merges::updated_at.eq(now), merges::version.eq(merges::version + 1));
        diesel::update(merges::table.find((tx.tenant(), Uid::from(merge.id)))).set(set).done(tx.conn()).await?;
        let row = visible(tx, self.id).await?;
        seen(tx, &row).await
    }
}

/// The survivor without what the merge gave them; what they changed since stays.
fn parted(now: &Person, before: &Person, after: &Person, giver: &Person) -> Person {
    fn back<T: Clone + PartialEq>(now: &Option<T>, before: &Option<T>, after: &Option<T>) -> Option<T> {
        if now == after { before.clone() } else { now.clone() }
    }
    Person {
        provenance: if now.provenance == after.provenance { before.provenance.clone() } else { now.provenance.clone() },
        preferred_name: back(&now.preferred_name, &before.preferred_name, &after.preferred_name),
        email: back(&now.email, &before.email, &after.email),
        // a number is one person's
        trn: back(&now.trn, &before.trn, &after.trn).filter(|t| before.trn.as_ref() == Some(t) || giver.trn.as_ref() != Some(t)),
        external_refs: now.external_refs.iter().filter(|r| !giver.external_refs.contains(r)).cloned().collect(),
        ..now.clone()
    }
}
