//! Creating the appraisals of a cycle's population: every employment is judged, those that are taken are stored together.

use super::{
    super::{calendar, cycle, employment::EmploymentRow, hold, prelude::*, profile},
    row::insert,
};
use crate::appraisal::{CreateAppraisals, Intake, Taken};
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap, btree_map::Entry};
use trellis_domain::{
    access::Permission,
    appraisal::{Appraisal, AppraisalState, AppraiserTerm, Employed, Other, Rule, deadlines, judge},
    calendar::Calendar,
    cycle::{Cycle, CycleAction, OpenWork},
    employment::{Employment, StaffCategory},
    event::EventKind,
    hold::Hold,
    id::{EmploymentId, OrganisationId, PersonId},
    profile::RuleProfile,
    time::{Period, micros},
};

/// Organisations at and beneath another.
macro_rules! beneath {
    ($cx:expr, $at:expr) => {
        organisation_paths::table
            .filter(organisation_paths::tenant_id.eq($cx.tenant()))
            .filter(organisation_paths::ancestor_id.eq(Uid::from($at)))
            .select(organisation_paths::descendant_id)
    };
}

/// Every employment at the cycle's schools on some day of its period, with what decides about it.
async fn population(cx: &mut Cx<'_>, at: OrganisationId, starts_on: NaiveDate, ends_on: NaiveDate) -> Result<Vec<Employed>> {
    let rows: Vec<EmploymentRow> = employments::table
        .filter(employments::tenant_id.eq(cx.tenant()))
        .filter(employments::organisation_id.eq_any(beneath!(cx, at)))
        .filter(employments::starts_on.le(ends_on))
        .filter(employments::ends_on.is_null().or(employments::ends_on.ge(starts_on)))
        .order(employments::id)
        .select(EmploymentRow::as_select())
        .all(cx.conn())
        .await?;
    let mut holds: HashMap<EmploymentId, Vec<Hold>> = HashMap::new();
    for hold in hold::beneath(cx, at).await? {
        holds.entry(hold.employment_id).or_default().push(hold);
    }
    let found: Vec<(Uid, Uid, String, NaiveDate, NaiveDate)> = appraisals::table
        .filter(appraisals::tenant_id.eq(cx.tenant()))
        .filter(appraisals::organisation_id.eq_any(beneath!(cx, at)))
        .select((appraisals::employment_id, appraisals::cycle_id, appraisals::state, appraisals::starts_on, appraisals::ends_on))
        .all(cx.conn())
        .await?;
    let mut others: HashMap<EmploymentId, Vec<Other>> = HashMap::new();
    for (of, cycle, state, starts_on, ends_on) in found {
        let live = !matches!(state.as_str(), "transferred" | "abandoned");
        others.entry(of.to()).or_default().push(Other { cycle: cycle.to(), period: Period { starts_on, ends_on: Some(ends_on) }, live });
    }
    rows.into_iter()
        .map(|row| {
            let employment = row.employment()?;
            let (holds, others) = (holds.remove(&employment.id).unwrap_or_default(), others.remove(&employment.id).unwrap_or_default());
            Ok(Employed { employment, holds, others })
        })
        .collect()
}

/// Who is whose appraiser today, of everybody employed there.
async fn appraisers(cx: &mut Cx<'_>, at: OrganisationId) -> Result<HashMap<PersonId, Vec<PersonId>>> {
    let employed = employments::table
        .filter(employments::tenant_id.eq(cx.tenant()))
        .filter(employments::organisation_id.eq_any(beneath!(cx, at)))
        .select(employments::person_id);
    let query = relationships::table
        .filter(relationships::tenant_id.eq(cx.tenant()))
        .filter(relationships::kind.eq("appraiser"))
        .filter(relationships::person_id.eq_any(employed))
        .order(relationships::id)
        .select((relationships::person_id, relationships::holder_id));
    let today = cx.act.today();
    let rows: Vec<(Uid, Uid)> = access::current!(query, relationships, today).all(cx.conn()).await?;
    let mut out: HashMap<PersonId, Vec<PersonId>> = HashMap::new();
    for (person, holder) in rows {
        out.entry(person.to()).or_default().push(holder.to());
    }
    Ok(out)
}

/// The appraisal that an employment is given.
struct Given<'a> {
    cycle: &'a Cycle,
    profile: &'a RuleProfile,
    calendars: &'a [Calendar],
    appraisers: &'a [PersonId],
}

fn created(tx: &Tx<'_>, given: &Given<'_>, employment: &Employment, period: Period, (starts_on, ends_on): (NaiveDate, NaiveDate)) -> Appraisal {
    let (now, today) = (micros(tx.act.now), tx.act.today());
    let Given { cycle, profile, calendars, appraisers } = given;
    Appraisal {
        id: tx.new_id(),
        employment_id: employment.id,
        person_id: employment.person_id,
        organisation_id: employment.organisation_id,
        cycle_id: cycle.id,
        staff_category: employment.staff_category,
        state: AppraisalState::Created,
        resumes_to: None,
        starts_on: period.starts_on,
        ends_on: period.ends_on.unwrap_or(ends_on),
        deadlines: deadlines(&cycle.due, profile, starts_on, period, calendar::holidays_of(calendars), calendars),
        appraisers: appraisers.iter().map(|person| AppraiserTerm { person_id: *person, from: today, until: None }).collect(),
        external_adviser: None,
        adviser_consulted_on: None,
        standards_informed_on: None,
        report_issued_on: None,
        comment_due_on: None,
        commented_on: None,
        completed_on: None,
        last_reason: None,
        hold_id: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

impl Write<Here> for CreateAppraisals {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Intake> {
        let cycle = cycle::load(tx, self.cycle_id).await?;
        cycle::writable(tx, &cycle).await?;
        super::super::event::expect(tx, &cycle, self.expected).await?;
        cycle.can(CycleAction::CreateAppraisals, OpenWork::default())?;
        let unset = || corrupt("a published cycle without period or rule profile");
        let (starts_on, ends_on) = cycle.starts_on.zip(cycle.ends_on).ok_or_else(unset)?;
        let (key, number) = cycle.rule_profile.as_ref().zip(cycle.rule_profile_version).ok_or_else(unset)?;
        let profile = profile::pinned(tx, key, number).await?;
        if !self.validate_only {
            access::guard(tx, cycle.id).await?;
        }
        let people = population(tx, cycle.organisation_id, starts_on, ends_on).await?;
        let appointed = appraisers(tx, cycle.organisation_id).await?;
        let period = Period { starts_on, ends_on: Some(ends_on) };
        let rule = Rule { cycle: cycle.id, period, categories: &cycle.staff_categories, rules: &profile.rules, today: tx.act.today() };
        let of_support = access::may(tx, Permission::ReadSupport, Some(cycle.organisation_id), None).await?;
        let mut calendars: BTreeMap<OrganisationId, Vec<Calendar>> = BTreeMap::new();
        let (mut rows, mut new) = (Vec::new(), Vec::new());
        for employed in people {
            let employment = &employed.employment;
            let taken = match judge(rule, &employed) {
                Err(why) => Taken::LeftOut(why.told(of_support)),
                Ok(None) => Taken::Unchanged,
                Ok(Some(period)) => {
                    let there: &[Calendar] = match calendars.entry(employment.organisation_id) {
                        Entry::Occupied(known) => known.into_mut(),
                        Entry::Vacant(unknown) => unknown.insert(calendar::counting_at(tx, employment.organisation_id).await?),
                    };
                    // a headteacher's panel is named by hand
                    let appoints = employment.staff_category != StaffCategory::Headteacher;
                    let of = appointed.get(&employment.person_id).filter(|_| appoints).cloned().unwrap_or_default();
                    let given = Given { cycle: &cycle, profile: &profile, calendars: there, appraisers: &of };
                    let appraisal = created(tx, &given, employment, period, (starts_on, ends_on));
                    let period = appraisal.period();
                    new.push(appraisal);
                    Taken::Created(period, of)
                }
            };
            rows.push((employed.employment, taken));
        }
        if !self.validate_only && !new.is_empty() {
            let mut ordered: Vec<Uid> = new.iter().map(|a| Uid::from(a.employment_id)).collect();
            ordered.sort_unstable();
            access::guards(tx, &ordered).await?;
            insert(tx, &new).await?;
            for appraisal in &new {
                tx.event(EventKind::AppraisalCreated, None, appraisal, appraisal.about());
            }
        }
        Ok(Intake { version: cycle.version, validate_only: self.validate_only, rows })
    }
}
