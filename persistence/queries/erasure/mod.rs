//! Erasing a person: everything that is theirs is deleted, and what is kept elsewhere in the words of then is cleaned of them. An empty row stays,
//! so that other people's records can go on naming the id.

mod jobs;
mod whom;

use super::{person, placement, prelude::*};
use crate::erasure::{ErasePerson, Erased};
use serde_json::json;
use trellis_domain::{
    access::{self as rules, Permission},
    bulk::key_text,
    erasure::{Ties, confirmed, may_erase},
    event::{About, Changes, EventKind, places},
    id::PersonId,
    person::Person,
    rule::{Faults, RuleError},
    time::{Period, micros},
};
use whom::Whom;

const WHO: &str = "HR and administrators of every school at which the person was ever employed, or of the trust,";
/// What the erased are called in columns that must hold something. Nobody is shown it.
const NOBODY: &str = "-";

/// What still hangs on them.
async fn ties(cx: &mut Cx<'_>, person: &Person) -> Result<Ties> {
    let id = Uid::from(person.id);
    let period = |(starts_on, ends_on)| Period { starts_on, ends_on };
    macro_rules! periods {
        ($table:ident, $column:ident) => {{
            let rows = $table::table.filter($table::tenant_id.eq(cx.tenant())).filter($table::$column.eq(id)).select(($table::starts_on, $table::ends_on));
            let rows: Vec<(chrono::NaiveDate, Option<chrono::NaiveDate>)> = rows.all(cx.conn()).await?;
            rows.into_iter().map(period).collect()
        }};
    }
    let over = cycles::state.eq_any(["closed", "archived", "cancelled"]);
    let ended = cycles::table.filter(cycles::tenant_id.eq(cx.tenant())).filter(over).select(cycles::id.nullable());
    let open: i64 = objectives::table
        .filter(objectives::tenant_id.eq(cx.tenant()))
        .filter(objectives::person_id.eq(id))
        .filter(objectives::state.ne_all(["closed", "withdrawn"]))
        .filter(objectives::cycle_id.is_not_null())
        .filter(objectives::cycle_id.ne_all(ended))
        .count()
        .one(cx.conn())
        .await?;
    let theirs_to_appraise = appraisal_appraisers::table
        .filter(appraisal_appraisers::tenant_id.eq(cx.tenant()))
        .filter(appraisal_appraisers::person_id.eq(id))
        .filter(appraisal_appraisers::until_on.is_null().or(appraisal_appraisers::until_on.gt(cx.act.today())))
        .select(appraisal_appraisers::appraisal_id);
    let ended = cycles::table.filter(cycles::tenant_id.eq(cx.tenant())).filter(cycles::state.eq_any(["closed", "archived", "cancelled"])).select(cycles::id);
    let under_way: Vec<(Uid, Uid)> = appraisals::table
        .filter(appraisals::tenant_id.eq(cx.tenant()))
        .filter(appraisals::state.ne_all(super::appraisal::OVER))
        .filter(appraisals::cycle_id.ne_all(ended))
        .filter(appraisals::person_id.eq(id).or(appraisals::id.eq_any(theirs_to_appraise)))
        .select((appraisals::id, appraisals::person_id))
        .all(cx.conn())
        .await?;
    let approved: i64 = learning_requests::table
        .filter(learning_requests::tenant_id.eq(cx.tenant()))
        .filter(learning_requests::person_id.eq(id))
        .filter(learning_requests::state.eq("approved"))
        .filter(learning_requests::cost_pence.gt(0))
        .count()
        .one(cx.conn())
        .await?;
    let keys: Vec<Option<String>> = person.external_refs.iter().map(|r| Some(key_text(r))).collect();
    let waiting: i64 = job_rows::table.filter(job_rows::tenant_id.eq(cx.tenant())).filter(job_rows::key.eq_any(keys)).count().one(cx.conn()).await?;
    let count = |n: i64| usize::try_from(n).unwrap_or_default();
    Ok(Ties {
        employments: periods!(employments, person_id),
        roles: periods!(roles, person_id),
        held: periods!(relationships, holder_id),
        open_objectives: count(open),
        open_appraisals: under_way.iter().filter(|(_, of)| *of == id).count(),
        appraising: under_way.iter().filter(|(_, of)| *of != id).count(),
        approved_requests: count(approved),
        waiting_rows: count(waiting),
    })
}

/// Does the caller's reach cover every school at which they were ever employed?
async fn permitted(cx: &mut Cx<'_>, person: &Person) -> Result<std::result::Result<(), RuleError>> {
    let Ok(reach) = rules::reach(&cx.caller, Permission::ErasePeople) else { return Ok(rules::require(false, WHO)) };
    if reach.everywhere {
        return Ok(Ok(()));
    }
    let schools: Vec<Uid> = employments::table
        .filter(employments::tenant_id.eq(cx.tenant()))
        .filter(employments::person_id.eq(Uid::from(person.id)))
        .select(employments::organisation_id)
        .distinct()
        .all(cx.conn())
        .await?;
    let mut all = !schools.is_empty() || !reach.organisations.is_empty();
    for school in schools {
        all &= access::covers(cx, &reach, Some(school.to()), None, None).await?;
    }
    Ok(rules::require(all, WHO))
}

/// Somebody who was erased, to a caller who erases in the whole tenant: that it happened, when and by whom is no secret to them.
pub(super) async fn tombstone(cx: &mut Cx<'_>, id: PersonId) -> Result<()> {
    let erases = rules::reach(&cx.caller, Permission::ErasePeople).is_ok_and(|r| r.everywhere);
    let row = people::table.find((cx.tenant(), Uid::from(id))).filter(people::erased_at.is_not_null());
    let there: i64 = row.count().one(cx.conn()).await?;
    if erases && there == 1 { Ok(()) } else { Err(StoreError::Missing) }
}

/// What is in the way of erasing them, for their `can`.
pub(super) async fn refusal(cx: &mut Cx<'_>, person: &Person) -> Result<Option<RuleError>> {
    if let Err(refusal) = permitted(cx, person).await? {
        return Ok(Some(refusal));
    }
    let ties = ties(cx, person).await?;
    Ok(may_erase(person.id, &ties, cx.act.today(), cx.caller.person()).err())
}

impl Write<Here> for ErasePerson {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Erased> {
        access::guard(tx, self.id).await?;
        let reads = rules::reach(&tx.caller, Permission::ReadPeople).unwrap_or_default();
        person::person_within(tx, &reads, self.id).await?;
        let before = person::load(tx, self.id).await?;
        permitted(tx, &before).await??;
        super::event::expect(tx, &before, self.expected).await?;
        let mut faults = Faults::default();
        faults.check(confirmed(&before, &self.family_name));
        let ties = ties(tx, &before).await?;
        faults.check(may_erase(self.id, &ties, tx.act.today(), tx.caller.person()));
        faults.settle()?;

        let was = placement::live_at(tx, &[self.id]).await?.remove(&self.id).unwrap_or_default();
        let whom = Whom::of(tx, &before).await?;
        whom.unsay(tx).await?;
        whom.forget_answers(tx).await?;
        whom.clean_jobs(tx).await?;
        let records = whom.delete(tx).await?;
        let (at, version) = (micros(tx.act.now), before.version + 1);
        empty(tx, &before, version).await?;

        let fields = ["given_name", "family_name", "preferred_name", "email", "trn", "external_refs"].map(str::to_owned).to_vec();
        let values = json!({"external_refs": {"before": before.external_refs, "after": []}, "reason": {"before": null, "after": self.reason}});
        let about = About { person: Some(self.id), organisation: was.first().copied(), private_to: None };
        tx.placed(EventKind::PersonErased, self.id.0, version, Changes { fields, values }, about, places(&was, &std::collections::BTreeSet::new()));
        Ok(Erased { id: self.id, reason: self.reason, at, records, version })
    }
}

/// The tombstone: an id and its times.
async fn empty(tx: &mut Tx<'_>, before: &Person, version: i64) -> Result<()> {
    let now = Moment(micros(tx.act.now));
    let none = None::<String>;
    let row = people::table.find((tx.tenant(), Uid::from(before.id))).filter(people::version.eq(before.version));
    let changed = diesel::update(row)
        .set((
            (people::given_name.eq(NOBODY), people::family_name.eq(NOBODY), people::preferred_name.eq(&none), people::email.eq(&none), people::trn.eq(&none)),
            (people::search.eq(""), people::search_given.eq(""), people::search_preferred.eq(&none)),
            (people::email_key.eq(&none), people::managed.eq(None::<Json>), people::overridden.eq(false)),
            (people::erased_at.eq(Some(now)), people::version.eq(version), people::updated_at.eq(now)),
        ))
        .done(tx.conn())
        .await?;
    if changed == 0 { Err(StoreError::Retry) } else { Ok(()) }
}

/// What the log knows of these records is forgotten; that something happened to them is not.
pub(super) async fn unsay_records(tx: &mut Tx<'_>, ids: &[Uid]) -> Result<()> {
    let tenant = tx.tenant();
    let of = events::table.filter(events::tenant_id.eq(tenant)).filter(events::subject_id.eq_any(ids.to_vec())).select(events::number);
    let said = event_payloads::table.filter(event_payloads::tenant_id.eq(tenant)).filter(event_payloads::number.eq_any(of));
    diesel::delete(said).done(tx.conn()).await?;
    Ok(())
}
