//! Creating the appraisals of a cycle's population, as a job: its employments are noted first, then judged some at a time; those that are taken are stored
//! together with what became of each.

use super::{
    super::{calendar, cycle, employment::EmploymentRow, hold, job, job::JobRow, prelude::*, profile},
    row::insert,
};
use crate::{
    appraisal::{AddPopulation, Candidate, CreateAppraisals, Noted},
    job::{Job, Mode},
};
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap, btree_map::Entry};
use trellis_domain::{
    appraisal::{Appraisal, AppraisalState, AppraiserTerm, Considered, Employed, Omission, Other, Rule, deadlines, holding, judge},
    bulk::{Outcome, Problem, RowAction},
    calendar::Calendar,
    cycle::{Cycle, CycleAction, OpenWork},
    employment::{Employment, StaffCategory},
    event::EventKind,
    hold::Hold,
    id::{EmploymentId, OrganisationId, PersonId},
    job::JobKind,
    profile::RuleProfile,
    rule::{Code, RuleError},
    text::Wire,
    time::{Period, micros},
};

/// Employments that are noted in one transaction.
const NOTED_AT_ONCE: usize = 2000;

/// A cycle whose appraisals may be created by the caller now, with its period.
async fn creatable(tx: &mut Tx<'_>, id: trellis_domain::id::CycleId, expected: Option<i64>) -> Result<(Cycle, (NaiveDate, NaiveDate))> {
    let cycle = cycle::load(tx, id).await?;
    cycle::writable(tx, &cycle).await?;
    super::super::event::expect(tx, &cycle, expected).await?;
    cycle.can(CycleAction::CreateAppraisals, OpenWork::default())?;
    let days = cycle.starts_on.zip(cycle.ends_on).ok_or_else(|| corrupt("a published cycle without its period"))?;
    Ok((cycle, days))
}

impl Write<Here> for CreateAppraisals {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Job> {
        let (cycle, _) = creatable(tx, self.cycle_id, self.expected).await?;
        let mode = Mode { validate_only: self.validate_only, ..Mode::default() };
        let today = tx.act.today();
        job::open(tx, JobKind::AppraisalsCreation, mode, job::Of::Population(cycle.id, today)).await
    }
}

/// Where the rows of a job that is being filled end: their number, and the employment of the last.
async fn noted(tx: &mut Tx<'_>, job: Uid) -> Result<(i64, Option<Candidate>)> {
    let last: Option<(i64, Json)> = job_rows::table
        .filter(job_rows::tenant_id.eq(tx.tenant()))
        .filter(job_rows::job_id.eq(job))
        .order(job_rows::row_index.desc())
        .limit(1)
        .select((job_rows::row_index, job_rows::input))
        .one(tx.conn())
        .await
        .optional()?;
    match last {
        Some((index, input)) => Ok((index + 1, Some(serde_json::from_str(&input.0).map_err(corrupt)?))),
        None => Ok((0, None)),
    }
}

impl Write<Here> for AddPopulation {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Noted> {
        let kept = job::own(tx, self.id).await?;
        let cycle = kept.cycle_id.filter(|_| !kept.ready).ok_or(StoreError::Missing)?;
        let (cycle, (starts_on, ends_on)) = creatable(tx, cycle.to(), None).await?;
        let (tenant, job) = (tx.tenant(), Uid::from(self.id));
        let (next, after) = noted(tx, job).await?;
        let schools = organisation_paths::table
            .filter(organisation_paths::tenant_id.eq(tenant))
            .filter(organisation_paths::ancestor_id.eq(Uid::from(cycle.organisation_id)))
            .select(organisation_paths::descendant_id);
        let mut population = employments::table
            .filter(employments::tenant_id.eq(tenant))
            .filter(employments::organisation_id.eq_any(schools))
            .filter(employments::starts_on.le(ends_on))
            .filter(employments::ends_on.is_null().or(employments::ends_on.ge(starts_on)))
            .order((employments::organisation_id, employments::id))
            .limit(i64::try_from(NOTED_AT_ONCE).map_err(corrupt)?)
            .select((employments::id, employments::person_id, employments::organisation_id))
            .into_boxed::<Dialect>();
        if let Some(Candidate { employment_id, organisation_id, .. }) = after {
            let (school, last) = (Uid::from(organisation_id), Uid::from(employment_id));
            population = population.filter(employments::organisation_id.gt(school).or(employments::organisation_id.eq(school).and(employments::id.gt(last))));
        }
        let found: Vec<(Uid, Uid, Uid)> = population.all(tx.conn()).await?;
        let mut index = next;
        for part in found.chunks(500) {
            let mut rows = Vec::with_capacity(part.len());
            for (employment, person, school) in part {
                let candidate = Candidate { employment_id: employment.to(), person_id: person.to(), organisation_id: school.to() };
                rows.push((
                    job_rows::tenant_id.eq(tenant),
                    job_rows::job_id.eq(job),
                    job_rows::row_index.eq(index),
                    job_rows::pass.eq(0),
                    job_rows::key.eq(Some(candidate.employment_id.to_string())),
                    job_rows::input.eq(Json(serde_json::to_string(&candidate).map_err(corrupt)?)),
                ));
                index += 1;
            }
            diesel::insert_into(job_rows::table).values(rows).done(tx.conn()).await?;
        }
        Ok(Noted { total: next + i64::try_from(found.len()).map_err(corrupt)?, whole: found.len() < NOTED_AT_ONCE })
    }
}

/// These employments, with what decides about each.
async fn employed(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<HashMap<EmploymentId, Employed>> {
    let rows: Vec<EmploymentRow> = employments::table
        .filter(employments::tenant_id.eq(cx.tenant()))
        .filter(employments::id.eq_any(ids.to_vec()))
        .select(EmploymentRow::as_select())
        .all(cx.conn())
        .await?;
    let mut holds: HashMap<EmploymentId, Vec<Hold>> = HashMap::new();
    for hold in hold::of_employments(cx, ids).await? {
        holds.entry(hold.employment_id).or_default().push(hold);
    }
    let found: Vec<(Uid, Uid, Uid, String, NaiveDate, NaiveDate)> = appraisals::table
        .filter(appraisals::tenant_id.eq(cx.tenant()))
        .filter(appraisals::employment_id.eq_any(ids.to_vec()))
        .select((appraisals::id, appraisals::employment_id, appraisals::cycle_id, appraisals::state, appraisals::starts_on, appraisals::ends_on))
        .all(cx.conn())
        .await?;
    let mut others: HashMap<EmploymentId, Vec<Other>> = HashMap::new();
    for (id, of, cycle, state, starts_on, ends_on) in found {
        let live = AppraisalState::parse(&state).map_err(corrupt)?.live();
        others.entry(of.to()).or_default().push(Other { id: id.to(), cycle: cycle.to(), period: Period { starts_on, ends_on: Some(ends_on) }, live });
    }
    rows.into_iter()
        .map(|row| {
            let employment = row.employment()?;
            let (holds, others) = (holds.remove(&employment.id).unwrap_or_default(), others.remove(&employment.id).unwrap_or_default());
            Ok((employment.id, Employed { employment, holds, others }))
        })
        .collect()
}

/// Who is whose appraiser on a day, of these people.
async fn appraisers(cx: &mut Cx<'_>, people: Vec<Uid>, day: NaiveDate) -> Result<HashMap<PersonId, Vec<PersonId>>> {
    let query = relationships::table
        .filter(relationships::tenant_id.eq(cx.tenant()))
        .filter(relationships::kind.eq("appraiser"))
        .filter(relationships::person_id.eq_any(people))
        .select((relationships::id, relationships::person_id, relationships::holder_id));
    let mut rows: Vec<(Uid, Uid, Uid)> = access::current!(query, relationships, day).all(cx.conn()).await?;
    // ordered here: asked to, SQLite walks everybody's to have them in order
    rows.sort_unstable();
    let mut out: HashMap<PersonId, Vec<PersonId>> = HashMap::new();
    for (_, person, holder) in rows {
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
    today: NaiveDate,
}

fn created(tx: &Tx<'_>, given: &Given<'_>, employment: &Employment, period: Period, (starts_on, ends_on): (NaiveDate, NaiveDate)) -> Appraisal {
    let now = micros(tx.act.now);
    let Given { cycle, profile, calendars, appraisers, today } = given;
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
        appraisers: appraisers.iter().map(|person| AppraiserTerm { person_id: *person, from: *today, until: None }).collect(),
        external_adviser: None,
        adviser_consulted_on: None,
        standards_informed_on: None,
        report_issued_on: None,
        comment_due_on: None,
        commented_on: None,
        appeal_due_on: None,
        appealed_on: None,
        appeal_decided_on: None,
        completed_on: None,
        last_reason: None,
        hold_id: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// Does the next employments of a job: each is judged, and those that are taken have their appraisal with the result. Judged by the day on which the job was
/// asked for, however long it takes; by what is known of each employment now; and only while the cycle can still have appraisals created.
pub(in super::super) async fn part(tx: &mut Tx<'_>, job: &JobRow, rows: &[(i64, i32, Json)], give_up: bool) -> Result<Vec<Outcome>> {
    let (id, today) = job.cycle_id.zip(job.judged_on).ok_or_else(|| corrupt("a job that creates appraisals without its cycle or day"))?;
    let (cycle, days) = creatable(tx, id.to(), None).await?;
    let (key, number) = cycle.rule_profile.as_ref().zip(cycle.rule_profile_version).ok_or_else(|| corrupt("a published cycle without a rule profile"))?;
    let profile = profile::pinned(tx, key, number).await?;
    let candidates =
        rows.iter().map(|(index, _, input)| Ok((*index, serde_json::from_str(&input.0).map_err(corrupt)?))).collect::<Result<Vec<(i64, Candidate)>>>()?;
    let mut ids: Vec<Uid> = candidates.iter().map(|(_, c)| c.employment_id.into()).collect();
    ids.sort_unstable();
    if !job.validate_only {
        access::guards(tx, &ids).await?;
    }
    let mut known = employed(tx, &ids).await?;
    let people = known.values().map(|e| Uid::from(e.employment.person_id)).collect();
    let appointed = appraisers(tx, people, today).await?;
    let period = Period { starts_on: days.0, ends_on: Some(days.1) };
    let rule = Rule { cycle: cycle.id, period, categories: &cycle.staff_categories, rules: &profile.rules, today };
    let mut calendars: BTreeMap<OrganisationId, Vec<Calendar>> = BTreeMap::new();
    let (mut outcomes, mut new) = (Vec::with_capacity(rows.len()), Vec::new());
    for (index, Candidate { employment_id, person_id, organisation_id }) in candidates {
        let considered = Considered { employment_id, person_id, organisation_id, omission: None, hold_id: None, period: None, appraisers: Vec::new() };
        let left_out = |why, hold_id| Outcome::considered(index, RowAction::LeftOut, None, Considered { omission: Some(why), hold_id, ..considered.clone() });
        if give_up {
            let problem =
                Problem::of(RuleError::at(Code::Duplicate, "", "another write about this employment was in the way; create the appraisals again").faults);
            outcomes.push(Outcome { problem: Some(problem), ..Outcome::considered(index, RowAction::Failed, None, considered) });
            continue;
        }
        let Some(employed) = known.remove(&employment_id) else {
            outcomes.push(left_out(Omission::Gone, None));
            continue;
        };
        let employment = &employed.employment;
        outcomes.push(match judge(rule, &employed) {
            Err(why) => left_out(why, holding(rule, &employed).filter(|_| why.by_hold()).map(|h| h.id)),
            Ok(None) => {
                let there = employed.others.iter().find(|o| o.cycle == rule.cycle).map(|o| o.id.0);
                Outcome::considered(index, RowAction::Unchanged, there, considered)
            }
            Ok(Some(period)) => {
                let there: &[Calendar] = match calendars.entry(employment.organisation_id) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(unknown) => unknown.insert(calendar::counting_at(tx, employment.organisation_id).await?),
                };
                // a headteacher's panel is named by hand
                let appoints = employment.staff_category != StaffCategory::Headteacher;
                let of = appointed.get(&employment.person_id).filter(|_| appoints).cloned().unwrap_or_default();
                let given = Given { cycle: &cycle, profile: &profile, calendars: there, appraisers: &of, today };
                let appraisal = created(tx, &given, employment, period, days);
                let made = (!job.validate_only).then_some(appraisal.id.0);
                let considered = Considered { period: Some(appraisal.period()), appraisers: of, ..considered };
                new.push(appraisal);
                Outcome::considered(index, RowAction::Created, made, considered)
            }
        });
    }
    if !job.validate_only && !new.is_empty() {
        insert(tx, &new).await?;
        for appraisal in &new {
            tx.event(EventKind::AppraisalCreated, None, appraisal, appraisal.about());
        }
    }
    Ok(outcomes)
}
