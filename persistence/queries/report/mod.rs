//! Appraisal reports: issued versions are read by whoever reads the appraisal, and each reading by somebody else is recorded before it is given.

mod draft;
mod issue;
mod row;
mod spoken;

pub(super) use draft::{explain as explain_draft, lacking};
pub(super) use issue::in_words;

use super::{
    appraisal::{self, ids_readable},
    prelude::*,
};
use crate::{
    disclosure::Sealed,
    event::History,
    report::{GetReport, GetStatement, ListReports, ReportHistory, Statement, Summary},
};
use chrono::NaiveDate;
use row::{AppealRow, CommentRow, ReportRow, version_of};
use std::collections::{HashMap, HashSet};
use trellis_domain::{
    appraisal::Appraisal,
    disclosure::{self, Reader, Reading, reader},
    event::RecordType,
    id::{AppraisalId, PersonId, ReportId},
    report::Report,
};
use uuid::Uuid;

/// Versions with what was said of them.
macro_rules! reports {
    ($cx:expr) => {
        appraisal_reports::table
            .left_join(
                report_comments::table
                    .on(report_comments::tenant_id.eq(appraisal_reports::tenant_id).and(report_comments::report_id.eq(appraisal_reports::id))),
            )
            .left_join(
                report_appeals::table.on(report_appeals::tenant_id.eq(appraisal_reports::tenant_id).and(report_appeals::report_id.eq(appraisal_reports::id))),
            )
            .filter(appraisal_reports::tenant_id.eq($cx.tenant()))
            .select((ReportRow::as_select(), Option::<CommentRow>::as_select(), Option::<AppealRow>::as_select()))
    };
}

/// The last issued version of an appraisal's report.
async fn last(cx: &mut Cx<'_>, of: &Appraisal) -> Result<Option<Report>> {
    let query = reports!(cx).filter(appraisal_reports::appraisal_id.eq(Uid::from(of.id))).order(appraisal_reports::number.desc()).limit(1);
    let row: Option<(ReportRow, Option<CommentRow>, Option<AppealRow>)> = query.one(cx.conn()).await.optional()?;
    row.map(|(row, comment, appeal)| row.report(comment, appeal, of)).transpose()
}

/// Does an appraisal's report, as it stands, bear on pay?
pub(super) async fn bears_on_pay(cx: &mut Cx<'_>, of: &Appraisal) -> Result<bool> {
    Ok(last(cx, of).await?.is_some_and(|report| report.content.pay_relevant))
}

/// Those of these appraisals whose report, as it stands, bears on pay: in one statement.
pub(super) async fn bear_on_pay(cx: &mut Cx<'_>, of: &[Appraisal]) -> Result<HashSet<AppraisalId>> {
    let by_id: HashMap<Uid, &Appraisal> = of.iter().map(|a| (a.id.into(), a)).collect();
    let query = reports!(cx).filter(appraisal_reports::appraisal_id.eq_any(by_id.keys().copied().collect::<Vec<_>>()));
    let rows: Vec<(ReportRow, Option<CommentRow>, Option<AppealRow>)> = query.order(appraisal_reports::number).all(cx.conn()).await?;
    let mut bearing = HashSet::new();
    for (row, comment, appeal) in rows {
        let Some(appraisal) = by_id.get(&row.appraisal_id) else { continue };
        // the last version is what stands
        match row.report(comment, appeal, appraisal)?.content.pay_relevant {
            true => _ = bearing.insert(appraisal.id),
            false => _ = bearing.remove(&appraisal.id),
        }
    }
    Ok(bearing)
}

/// Those of these appraisals whose report the caller wrote, by whomever its versions were issued.
pub(super) async fn written(cx: &mut Cx<'_>, of: &[&Appraisal]) -> Result<HashSet<AppraisalId>> {
    let Some(me) = cx.caller.person().filter(|_| !of.is_empty()) else { return Ok(HashSet::new()) };
    let rows: Vec<(Uid, Uid, Moment)> = appraisal_reports::table
        .filter(appraisal_reports::tenant_id.eq(cx.tenant()))
        .filter(appraisal_reports::appraisal_id.eq_any(of.iter().map(|a| Uid::from(a.id)).collect::<Vec<_>>()))
        .select((appraisal_reports::appraisal_id, appraisal_reports::issued_by, appraisal_reports::issued_at))
        .all(cx.conn())
        .await?;
    let mut versions: HashMap<Uid, Vec<(PersonId, NaiveDate)>> = HashMap::new();
    for (appraisal, issued_by, issued_at) in rows {
        versions.entry(appraisal).or_default().push((issued_by.to(), issued_at.0.date_naive()));
    }
    let wrote = |a: &&&Appraisal| versions.get(&Uid::from(a.id)).is_some_and(|of_it| a.written_by(me, of_it));
    Ok(of.iter().filter(wrote).map(|a| a.id).collect())
}

/// The version with its appraisal, if the caller may know of them, and the reading that this would be.
async fn load(cx: &mut Cx<'_>, id: ReportId) -> Result<(Report, Option<Reading>)> {
    let query = reports!(cx).filter(appraisal_reports::id.eq(Uid::from(id)));
    let (row, comment, appeal): (ReportRow, Option<CommentRow>, Option<AppealRow>) = query.one(cx.conn()).await?;
    let of = appraisal::load(cx, row.appraisal_id.to()).await?;
    let report = row.report(comment, appeal, &of)?;
    let reading = reading(cx, &of, RecordType::AppraisalReport, report.id.0).await?;
    Ok((report, reading))
}

/// What reading this record of an appraisal would be: nothing to record for the appraisee, nothing to be had for who has no capacity.
async fn reading(cx: &mut Cx<'_>, of: &Appraisal, record_type: RecordType, record: Uuid) -> Result<Option<Reading>> {
    let party = appraisal::party(cx, of).await?;
    if reader(of.person_id, party) == Reader::Nobody {
        return Err(StoreError::Missing);
    }
    Ok(disclosure::reading(of.person_id, record_type, record, party))
}

impl Read<Here> for GetReport {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Sealed<Report>>> {
        let (report, reading) = load(cx, self.id).await?;
        Ok(match self.unless == Some(report.version) {
            true => Fetched::Unchanged(report.version),
            false => Fetched::Found(sealed(report, reading)),
        })
    }
}

/// When somebody commented, when they appealed, and when that was decided.
type Said = (Option<Moment>, Option<Moment>, Option<Moment>);
type SummaryRow = ((Uid, Uid, i32, String, Uid, Moment), (Uid, Uid), Said);

/// Ids of versions, of appraisals that the caller may read.
macro_rules! known {
    ($cx:expr) => {{
        let query = appraisal_reports::table.filter(appraisal_reports::tenant_id.eq($cx.tenant())).select(appraisal_reports::id).into_boxed::<Dialect>();
        if $cx.reach.everywhere { query } else { query.filter(appraisal_reports::appraisal_id.eq_any(ids_readable!($cx))) }
    }};
}

/// These versions without what they say, in the order of their ids.
async fn summaries(cx: &mut Cx<'_>, ids: Vec<Uid>) -> Result<Vec<Summary>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<SummaryRow> = appraisal_reports::table
        .inner_join(appraisals::table.on(appraisals::tenant_id.eq(appraisal_reports::tenant_id).and(appraisals::id.eq(appraisal_reports::appraisal_id))))
        .left_join(
            report_comments::table.on(report_comments::tenant_id.eq(appraisal_reports::tenant_id).and(report_comments::report_id.eq(appraisal_reports::id))),
        )
        .left_join(
            report_appeals::table.on(report_appeals::tenant_id.eq(appraisal_reports::tenant_id).and(report_appeals::report_id.eq(appraisal_reports::id))),
        )
        .filter(appraisal_reports::tenant_id.eq(cx.tenant()))
        .filter(appraisal_reports::id.eq_any(ids))
        .order(appraisal_reports::id)
        .select((
            (
                appraisal_reports::id,
                appraisal_reports::appraisal_id,
                appraisal_reports::number,
                appraisal_reports::content_hash,
                appraisal_reports::issued_by,
                appraisal_reports::issued_at,
            ),
            (appraisals::person_id, appraisals::organisation_id),
            (report_comments::commented_at.nullable(), report_appeals::appealed_at.nullable(), report_appeals::decided_at.nullable()),
        ))
        .all(cx.conn())
        .await?;
    Ok(rows.into_iter().map(summary).collect())
}

fn summary(((id, appraisal, number, content_hash, issued_by, issued_at), (person, organisation), said): SummaryRow) -> Summary {
    let (commented_at, appealed_at, appeal_decided_at) = said;
    Summary {
        id: id.to(),
        appraisal_id: appraisal.to(),
        person_id: person.to(),
        organisation_id: organisation.to(),
        number,
        content_hash,
        issued_by: issued_by.to(),
        issued_at: issued_at.0,
        commented_at: commented_at.map(|at| at.0),
        appealed_at: appealed_at.map(|at| at.0),
        appeal_decided_at: appeal_decided_at.map(|at| at.0),
        version: version_of([commented_at, appealed_at, appeal_decided_at].map(|at| at.is_some())),
    }
}

/// Those of these versions that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<Summary>> {
    let known: Vec<Uid> = known!(cx).filter(appraisal_reports::id.eq_any(ids.to_vec())).all(cx.conn()).await?;
    summaries(cx, known).await
}

impl Read<Here> for ListReports {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Summary>> {
        let mut query = page::windowed!(known!(cx), self.window, appraisal_reports);
        if let Some(appraisal) = self.appraisal_id {
            query = query.filter(appraisal_reports::appraisal_id.eq(Uid::from(appraisal)));
        }
        if let Some(person) = self.person_id {
            let theirs =
                appraisals::table.filter(appraisals::tenant_id.eq(cx.tenant())).filter(appraisals::person_id.eq(Uid::from(person))).select(appraisals::id);
            query = query.filter(appraisal_reports::appraisal_id.eq_any(theirs));
        }
        let found: Vec<Uid> = query.all(cx.conn()).await?;
        let page = Page::cut(found, self.window.limit, |id| id.0);
        Ok(Page { items: summaries(cx, page.items).await?, next: page.next })
    }
}

impl Read<Here> for ReportHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        load(cx, self.id).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// The appraisal with its last version, and the reading that this would be.
async fn stated(cx: &mut Cx<'_>, id: AppraisalId) -> Result<(Appraisal, Report, Option<Reading>)> {
    let of = appraisal::load(cx, id).await?;
    let report = last(cx, &of).await?.ok_or(StoreError::Missing)?;
    let reading = reading(cx, &of, RecordType::AppraisalReport, report.id.0).await?;
    Ok((of, report, reading))
}

impl Read<Here> for GetStatement {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Sealed<Statement>> {
        let (of, report, reading) = stated(cx, self.id).await?;
        let issued_on = report.issued_at.date_naive();
        let mut appraisers: Vec<Uid> = of.appraisers_of_report(issued_on).map(Uid::from).collect();
        if !appraisers.contains(&report.issued_by.into()) {
            appraisers.push(report.issued_by.into());
        }
        let people: Vec<Uid> = appraisers.iter().copied().chain([of.person_id.into()]).collect();
        let names = super::person::names(cx, people).await?;
        let called = |id: &Uid| names.get(id).cloned().unwrap_or_default();
        let (_, profile) = appraisal::rules_of(cx, of.cycle_id).await?;
        let statement = Statement {
            appraisee: called(&of.person_id.into()),
            job_title: super::employment::load(cx, of.employment_id).await?.job_title,
            school: super::organisation::load(cx, of.organisation_id).await?.name,
            appraisers: appraisers.iter().map(called).collect(),
            external_adviser: of.external_adviser.clone(),
            labels: profile.labels,
            legal_basis: profile.legal_basis,
            report,
        };
        Ok(sealed(statement, reading))
    }
}

/// What `explain` judges by: the same as the operations above. Nothing is done with an issued version but reading it.
pub(super) async fn explain(cx: &mut Cx<'_>, id: ReportId, _: &Doing) -> Result<Can> {
    load(cx, id).await.map(|_| Vec::new())
}
/// The same for a statement, which its appraisal names.
pub(super) async fn explain_statement(cx: &mut Cx<'_>, id: AppraisalId, _: &Doing) -> Result<Can> {
    stated(cx, id).await.map(|_| Vec::new())
}
