//! Merging two people: what clashes is folded, everything else is pointed at the survivor, and all of it is written down for an undoing.

use super::{
    moving::Moving,
    prelude::*,
    redirect::{self, Redirect},
};
use crate::merge::{Column, Done, Folds, GetMerge, ListMerges, MergePeople};
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use trellis_domain::{
    access::{self as rules, Permission},
    employment::Employment,
    event::{About, Changes, EventKind, RecordType, places},
    id::{MergeId, PersonId},
    merging::{Foldable, Folding, Merge, circle_of_both, completed, fold, handed_on, may_merge, renamed},
    person::Person,
    relationship::Relationship,
    role::{Role, not_for_yourself},
    rule::{Code, Faults, RuleError},
    text::{Reason, Wire},
    time::micros,
};
use uuid::Uuid;

/// The records of which whoever merges people is told. Of all others neither the kind nor the number is for them.
const TOLD: [RecordType; 4] = [RecordType::Employment, RecordType::Role, RecordType::Relationship, RecordType::Account];

/// The kind of the records that a column is of, if whoever merges people is told of it.
pub(super) fn told(column: Column) -> Option<RecordType> {
    column.record_type().filter(|t| TOLD.contains(t))
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = merges, check_for_backend(Sqlite, Pg), treat_none_as_default_value = false)]
pub(super) struct MergeRow {
    tenant_id: Uid,
    id: Uid,
    pub person_id: Uid,
    pub into_id: Uid,
    pub survivor_id: Uid,
    reason: Option<String>,
    state: Json,
    undone_at: Option<Moment>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl MergeRow {
    pub(super) fn all_done(&self) -> Result<Done> {
        serde_json::from_str(&self.state.0).map_err(corrupt)
    }
    pub(super) fn merge(&self) -> Result<Merge> {
        let done = self.all_done()?;
        let mut ids: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
        for made in &done.moves {
            // of what else went over, whoever merges people is not told how much there was: of some, that there is one says enough
            if let Some(record_type) = told(made.column) {
                ids.entry(record_type.as_str()).or_default().extend(&made.ids);
            }
        }
        let distinct = |(name, mut ids): (&str, Vec<Uuid>)| {
            ids.sort_unstable();
            ids.dedup();
            (name.to_owned(), ids.len())
        };
        let folded = [
            (RecordType::Employment, done.employments.gone.len()),
            (RecordType::Role, done.roles.gone.len()),
            (RecordType::Relationship, done.relationships.gone.len() + done.dropped.len()),
            (RecordType::Account, usize::from(done.account.is_some())),
        ];
        Ok(Merge {
            id: self.id.to(),
            person_id: self.person_id.to(),
            into: self.into_id.to(),
            reason: self.reason.as_deref().map(Reason::parse).transpose().map_err(corrupt)?,
            moved: ids.into_iter().map(distinct).collect(),
            folded: folded.into_iter().filter(|(_, n)| *n > 0).map(|(t, n)| (t.as_str().to_owned(), n)).collect(),
            undone_at: self.undone_at.map(|at| at.0),
            version: self.version,
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
        })
    }
}

/// The merge, if the caller may write the person who has everything now.
pub(super) async fn visible(cx: &mut Cx<'_>, id: MergeId) -> Result<MergeRow> {
    let row: MergeRow = merges::table.find((cx.tenant(), Uid::from(id))).select(MergeRow::as_select()).one(cx.conn()).await?;
    let reach = cx.reach.clone();
    super::person::person_within(cx, &reach, row.survivor_id.to()).await?;
    Ok(row)
}

pub(super) async fn seen(cx: &mut Cx<'_>, row: &MergeRow) -> Result<Seen<Merge>> {
    let record = row.merge()?;
    let own = not_for_yourself(row.survivor_id.to(), cx.caller.person());
    let undo = match own.and_then(|()| record.undoable(cx.act.now)) {
        Err(refusal) => Some(refusal),
        Ok(()) => super::unmerging::obstacles(cx, row, &row.all_done()?).await?.err(),
    };
    Ok(Seen { record, can: vec![("undo", undo)] })
}

/// Nobody else changes what hangs on these two, nor the tenant's line management, until the end of the transaction.
pub(super) async fn guard_both(tx: &mut Tx<'_>, a: PersonId, b: PersonId) -> Result<()> {
    access::guard(tx, tx.tenant()).await?;
    access::guard(tx, a.min(b)).await?;
    access::guard(tx, a.max(b)).await
}

/// Two people whom the caller may write, each by their own right; the second is named in a body.
async fn both_writable(tx: &mut Tx<'_>, giver: PersonId, keeper: PersonId) -> Result<()> {
    super::person::writable(tx, giver).await?;
    super::person::named(tx, keeper, "/into").await?;
    super::person::writable(tx, keeper).await
}

/// The event of a record that is gone, or stands for itself again.
pub(super) fn went(tx: &mut Tx<'_>, kind: EventKind, id: Uuid, version: i64, way: (Option<Uuid>, Option<Uuid>), about: About) {
    let values = json!({"merged_into": {"before": way.0, "after": way.1}});
    tx.happened(kind, id, version, Changes { fields: vec!["merged_into".into()], values }, about);
}

/// What a merge does as it goes on.
#[derive(Default)]
struct Doing {
    moving: Moving,
    redirects: Vec<Redirect>,
}
impl Doing {
    fn gone(&mut self, record_type: RecordType, old: Uuid, new: Uuid) {
        self.redirects.push(Redirect { record_type, old, new });
    }
}

fn folding<R: Foldable>(own: &[R], coming: &[R]) -> Folding<Uuid> {
    fold(own.iter().map(Foldable::dated).collect(), coming.iter().map(Foldable::dated).collect())
}

/// Folds the records of one kind: what is gone leaves its way to what it went into, and what took it in has the days of both.
macro_rules! fold_in {
    ($tx:expr, $doing:expr, $module:ident, $type:ident, $own:expr, $coming:expr, $gone:expr, $changed:expr, |$before:ident, $after:ident, $into:ident| $more:expr) => {{
        let (own, coming): (&[_], &[_]) = ($own, $coming);
        let Folding { folded, grown } = folding(own, coming);
        let find = |id: Uuid| own.iter().chain(coming).find(|r| r.uuid() == id).cloned().ok_or_else(|| corrupt("a folded record is missing"));
        let mut folds = Folds::default();
        let mut changes: Vec<(Uuid, trellis_domain::time::Period)> = grown;
        for (gone, into) in &folded {
            if !changes.iter().any(|(id, _)| id == into) {
                changes.push((*into, find(*into)?.period()));
            }
            for column in Column::ALL.iter().filter(|c| c.of_employment() && RecordType::$type == RecordType::Employment) {
                $doing.moving.go($tx, *column, *gone, *into).await?;
            }
            $doing.gone(RecordType::$type, *gone, *into);
        }
        for (gone, into) in folded {
            let record = find(gone)?;
            // as it is stored: a relationship may have been renamed for the comparison
            let stored = super::$module::stored(&mut *$tx, record.id).await?;
            let about = super::$module::about_record($tx, &stored).await?;
            super::$module::remove($tx, &stored).await?;
            went($tx, $gone, gone, stored.version + 1, (None, Some(into)), about);
            folds.gone.push((stored, into));
        }
        for (id, period) in changes {
            let $before = super::$module::stored(&mut *$tx, find(id)?.id).await?;
            let $into: Vec<&_> = folds.gone.iter().filter(|(_, into)| *into == id).map(|(r, _)| r).collect();
            let $after = Foldable::over($before.clone(), period);
            let after = $more;
            if let Some(after) = $tx.next(&$before, after) {
                super::$module::replace($tx, $before.version, &after).await?;
                let about = super::$module::about_record($tx, &after).await?;
                $tx.event($changed, Some(&$before), &after, about);
                folds.changed.push(($before, after));
            }
        }
        folds
    }};
}

async fn employments_folded(tx: &mut Tx<'_>, doing: &mut Doing, own: &[Employment], coming: &[Employment]) -> Result<Folds<Employment>> {
    // a code that only the folded one had stays with the person
    let folds = fold_in!(tx, doing, employment, Employment, own, coming, EventKind::EmploymentMerged, EventKind::EmploymentUpdated, |before, after, took| {
        Employment { staff_code: before.staff_code.clone().or_else(|| took.iter().find_map(|e: &&Employment| e.staff_code.clone())), ..after }
    });
    Ok(folds)
}
async fn roles_folded(tx: &mut Tx<'_>, doing: &mut Doing, own: &[Role], coming: &[Role]) -> Result<Folds<Role>> {
    let folds = fold_in!(tx, doing, role, Role, own, coming, EventKind::RoleMerged, EventKind::RoleUpdated, |before, after, _took| after);
    Ok(folds)
}
async fn relationships_folded(tx: &mut Tx<'_>, doing: &mut Doing, own: &[Relationship], coming: &[Relationship]) -> Result<Folds<Relationship>> {
    let folds =
        fold_in!(tx, doing, relationship, Relationship, own, coming, EventKind::RelationshipMerged, EventKind::RelationshipUpdated, |before, after, _took| {
            after
        });
    Ok(folds)
}

/// Merges; permissions on both were judged.
pub(super) async fn merge(tx: &mut Tx<'_>, giver_id: PersonId, keeper_id: PersonId, reason: Option<Reason>, expected: Option<i64>) -> Result<MergeRow> {
    guard_both(tx, giver_id, keeper_id).await?;
    let (giver, keeper) = (super::person::load(tx, giver_id).await?, super::person::load(tx, keeper_id).await?);
    super::event::expect(tx, &giver, expected).await?;
    let employments = (super::employment::of_person(tx, giver_id).await?, super::employment::of_person(tx, keeper_id).await?);
    let roles = (super::role::of_person(tx, giver_id).await?, super::role::of_person(tx, keeper_id).await?);
    let ties = super::relationship::around(tx, &[giver_id, keeper_id]).await?;
    let accounts = (super::account::of_person(tx, giver_id).await?, super::account::of_person(tx, keeper_id).await?);
    refuse(tx, &giver, &keeper, &roles, (accounts.0.is_some(), accounts.1.is_some())).await?;

    let about_giver = super::person::about_person(tx, giver_id).await?;
    let mut was = super::placement::live_at(tx, &[giver_id, keeper_id]).await?;
    let mut doing = Doing::default();
    let account = match accounts {
        (Some(giving), Some(keeping)) => {
            super::account::give_way(tx, &giving).await?;
            doing.gone(RecordType::Account, giving.id.0, keeping.id.0);
            Some(giving)
        }
        _ => None,
    };
    let employments = employments_folded(tx, &mut doing, &employments.1, &employments.0).await?;
    let roles = roles_folded(tx, &mut doing, &roles.1, &roles.0).await?;
    let (dropped, relationships) = ties_folded(tx, &mut doing, ties, giver_id, keeper_id).await?;
    for column in Column::ALL.iter().filter(|c| !c.of_employment()) {
        doing.moving.go(tx, *column, giver_id.0, keeper_id.0).await?;
    }
    let staff_codes = super::staff_code::give(tx, giver_id, keeper_id).await?;
    let revisions = super::objective::give_revisions(tx, giver_id, keeper_id).await?;
    super::external_ref::give(tx, giver_id, keeper_id).await?;
    doing.moving.told(tx).await?;

    super::person::remove(tx, &giver).await?;
    let refs = json!({"before": giver.external_refs, "after": []});
    let values = json!({"merged_into": {"before": null, "after": keeper_id}, "external_refs": refs});
    let fields = vec!["merged_into".into(), "external_refs".into()];
    let left = places(&was.remove(&giver_id).unwrap_or_default(), &BTreeSet::new());
    tx.placed(EventKind::PersonMerged, giver_id.0, giver.version + 1, Changes { fields, values }, about_giver, left);
    doing.gone(RecordType::Person, giver_id.0, keeper_id.0);
    let mut after = completed(&keeper, &giver);
    if let Some(changed) = tx.next(&keeper, after.clone()) {
        super::person::replace(tx, keeper.version, &changed).await?;
        let about = super::person::about_person(tx, keeper_id).await?;
        tx.event(EventKind::PersonUpdated, Some(&keeper), &changed, about);
        after = changed;
    }

    super::placement::settle(tx, &was, &[]).await?;

    let Moving { moves, .. } = doing.moving;
    let done = Done { giver, keeper: (keeper, after), moves, staff_codes, revisions, employments, roles, relationships, dropped, account };
    let now = Moment(micros(tx.act.now));
    let row = MergeRow {
        tenant_id: tx.tenant(),
        id: tx.new_id::<MergeId>().into(),
        person_id: giver_id.into(),
        into_id: keeper_id.into(),
        survivor_id: keeper_id.into(),
        reason: reason.map(|r| r.as_str().into()),
        state: Json(serde_json::to_string(&done).map_err(corrupt)?),
        undone_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    diesel::insert_into(merges::table).values(&row).done(tx.conn()).await?;
    redirect::insert(tx, row.id.to(), &doing.redirects).await?;
    super::matching::merged(tx, giver_id, keeper_id, row.id.to()).await?;
    Ok(row)
}

/// Relationships that would join somebody with themself fall away, equal ones are folded.
async fn ties_folded(
    tx: &mut Tx<'_>,
    doing: &mut Doing,
    ties: Vec<Relationship>,
    giver: PersonId,
    keeper: PersonId,
) -> Result<(Vec<Relationship>, Folds<Relationship>)> {
    let (mut dropped, mut own, mut coming) = (Vec::new(), Vec::new(), Vec::new());
    for tie in ties {
        match renamed(&tie, giver, keeper) {
            None => {
                let about = super::person::about_person(tx, tie.person_id).await?;
                super::relationship::remove(tx, &tie).await?;
                went(tx, EventKind::RelationshipMerged, tie.id.0, tie.version + 1, (None, None), about);
                dropped.push(tie);
            }
            Some(after) if after == tie => own.push(tie),
            Some(after) => coming.push(after),
        }
    }
    let folds = relationships_folded(tx, doing, &own, &coming).await?;
    Ok((dropped, folds))
}

/// Everything that is in the way, at once.
async fn refuse(tx: &mut Tx<'_>, giver: &Person, keeper: &Person, roles: &(Vec<Role>, Vec<Role>), accounts: (bool, bool)) -> Result<()> {
    let mut faults = Faults::default();
    faults.check(may_merge(giver, keeper, tx.caller.person()));
    if accounts == (true, true) {
        // whoever logs in as one of them will read what the other wrote for themself alone
        let may = access::may(tx, Permission::WriteAccounts, None, None).await?;
        faults.check(rules::require(may, "whoever manages accounts, since both log in and one would come to read what the other keeps private,"));
    }
    for (role, at) in handed_on(&roles.0, &roles.1, accounts == (true, false), tx.act.today()) {
        let gives = rules::giving(&tx.caller, role);
        let may = access::covers(tx, &gives, Some(at), None, None).await?;
        faults.check(rules::require(may, "whoever gives roles there, since one of the two would come to hold a role that they did not have,"));
    }
    if super::appraisal::one_of_the_other(tx, giver.id, keeper.id).await? {
        let why =
            "one of the two appraises the other, and nobody appraises themself: if they are one person, the headteacher or HR names another appraiser first";
        faults.check::<()>(Err(RuleError::at(Code::SelfAppraisal, "/into", why)));
    }
    if let Some(circle) = circle_of_both(giver.id, keeper.id, &super::relationship::line_management(tx, None).await?) {
        faults.check::<()>(Err(super::relationship::told(tx, &circle).await?.of("/into")));
    }
    Ok(faults.settle()?)
}

impl Write<Here> for MergePeople {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Merge>> {
        let Self { person_id, into, reason, expected } = self.clone();
        both_writable(tx, person_id, into).await?;
        if person_id == into {
            let person = super::person::load(tx, into).await?;
            may_merge(&person, &person, None)?;
        }
        let row = merge(tx, person_id, into, reason, expected).await?;
        seen(tx, &row).await
    }
}

impl Read<Here> for GetMerge {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<Merge>>> {
        let row = visible(cx, self.id).await?;
        if self.unless == Some(row.version) {
            return Ok(Fetched::Unchanged(row.version));
        }
        Ok(Fetched::Found(seen(cx, &row).await?))
    }
}

impl Read<Here> for ListMerges {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Merge>> {
        let query = merges::table.filter(merges::tenant_id.eq(cx.tenant())).select(MergeRow::as_select()).into_boxed::<Dialect>();
        let mut query = page::windowed!(query, self.window, merges);
        query = super::person::written!(query, cx, merges::survivor_id);
        if let Some(person) = self.person_id {
            let person = Uid::from(person);
            query = query.filter(merges::person_id.eq(person).or(merges::into_id.eq(person)).or(merges::survivor_id.eq(person)));
        }
        let rows: Vec<MergeRow> = query.all(cx.conn()).await?;
        let items = rows.iter().map(MergeRow::merge).collect::<Result<Vec<_>>>()?;
        Ok(Page::cut(items, self.window.limit, |m| m.id.0))
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: MergeId, _: &crate::explain::Doing) -> Result<Can> {
    let row = visible(cx, id).await?;
    Ok(seen(cx, &row).await?.can)
}
