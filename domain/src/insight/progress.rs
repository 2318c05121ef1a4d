//! How far the appraisals of a cycle are, and what is outstanding in them.

use super::Outstanding;
use crate::{
    appraisal::{AppraisalState, Deadline, DeadlineKind},
    id::OrganisationId,
    suppression::{Grid, grid, list},
};
use chrono::NaiveDate;

/// What is outstanding in an appraisal on this day: nothing while it rests, and nothing once its report is given.
pub fn outstanding(state: AppraisalState, deadlines: &[Deadline], appraised: bool, has_objectives: bool, today: NaiveDate) -> Vec<Outstanding> {
    use AppraisalState as S;
    if matches!(state, S::Suspended | S::Transferred | S::Abandoned | S::ReportIssued | S::Completed) {
        return Vec::new();
    }
    let planning = matches!(state, S::Created | S::Planning);
    let passed = |kind| deadlines.iter().any(|d| d.kind == kind && d.due_on < today);
    let overdue = (planning && passed(DeadlineKind::Objectives))
        || ((planning || state == S::InProgress) && passed(DeadlineKind::Review))
        || passed(DeadlineKind::Report);
    [
        (!appraised, Outstanding::Appraiser),
        (state == S::Created, Outstanding::Planning),
        (!has_objectives, Outstanding::Objectives),
        (overdue, Outstanding::Overdue),
    ]
    .into_iter()
    .filter_map(|(so, what)| so.then_some(what))
    .collect()
}

/// Appraisals that are alike, as the store counts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedAppraisals {
    /// At which organisation.
    pub organisation: OrganisationId,
    /// Where they stand.
    pub state: AppraisalState,
    /// What is due when.
    pub deadlines: Vec<Deadline>,
    /// Does somebody appraise them today?
    pub appraised: bool,
    /// Are there objectives, besides private drafts?
    pub has_objectives: bool,
    /// How many.
    pub count: u64,
}

/// How far the appraisals of one organisation are, or those of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// How many there are.
    pub appraisals: Option<u64>,
    /// By where they stand.
    pub states: Vec<(AppraisalState, Option<u64>)>,
    /// By what is outstanding.
    pub outstanding: Vec<(Outstanding, Option<u64>)>,
}

/// Progress at each of these organisations, and at all together. At those that are `open` the caller reads every appraisal by name.
pub fn progress(organisations: &[OrganisationId], open: &[bool], found: &[CountedAppraisals], today: NaiveDate) -> (Vec<Progress>, Progress) {
    let states: Vec<AppraisalState> = AppraisalState::ALL.iter().copied().filter(|s| s.live()).collect();
    let here = |at: &OrganisationId| found.iter().filter(move |c| c.organisation == *at).collect::<Vec<_>>();
    let sum = |of: &[&CountedAppraisals], so: &dyn Fn(&CountedAppraisals) -> bool| of.iter().filter(|c| so(c)).map(|c| c.count).sum::<u64>();
    let by_organisation: Vec<Vec<&CountedAppraisals>> = organisations.iter().map(here).collect();
    let totals = list(&by_organisation.iter().map(|of| sum(of, &|c| c.state.live())).collect::<Vec<_>>(), open, &[]);
    let table = |parts: Vec<Vec<u64>>| grid(&parts, open, &totals, &[]);
    let by_state = table(by_organisation.iter().map(|of| states.iter().map(|s| sum(of, &|c| c.state == *s)).collect()).collect());
    let by_lack: Vec<Grid> = Outstanding::ALL
        .iter()
        .map(|what| {
            let lacks = |c: &CountedAppraisals| outstanding(c.state, &c.deadlines, c.appraised, c.has_objectives, today).contains(what);
            table(by_organisation.iter().map(|of| vec![sum(of, &lacks), sum(of, &|c| c.state.live() && !lacks(c))]).collect())
        })
        .collect();
    // whose planning is outstanding is who stands at the beginning: one figure, shown or withheld in one place
    let created = states.iter().position(|s| *s == AppraisalState::Created);
    let lacking = |of: &dyn Fn(&Grid, usize) -> Option<u64>| {
        let shown = |(what, g): (&Outstanding, &Grid)| match created.filter(|_| *what == Outstanding::Planning) {
            Some(column) => of(&by_state, column),
            None => of(g, 0),
        };
        Outstanding::ALL.iter().zip(&by_lack).map(shown).collect::<Vec<_>>()
    };
    // who is overdue is nearly who stands in one of some states: it is told only where they all are, and of all only if it is told of each
    let complete = |shown: &[Option<u64>]| shown.iter().all(Option::is_some);
    let row = |appraisals, states_shown: &[Option<u64>], lacks: Vec<Option<u64>>, complete: bool| Progress {
        appraisals,
        states: states.iter().copied().zip(states_shown.iter().copied()).collect(),
        outstanding: Outstanding::ALL.iter().copied().zip(lacks).map(|(what, n)| (what, n.filter(|_| complete || what != Outstanding::Overdue))).collect(),
    };
    let rows =
        (0..organisations.len()).map(|i| row(totals.cells[i], &by_state.cells[i], lacking(&|g, column| g.cells[i][column]), complete(&by_state.cells[i])));
    let all_complete = complete(&by_state.columns) && by_state.cells.iter().all(|cells| complete(cells));
    let all = match organisations.is_empty() {
        true => row(Some(0), &vec![Some(0); states.len()], vec![Some(0); Outstanding::ALL.len()], true),
        false => row(totals.total, &by_state.columns, lacking(&|g, column| g.columns[column]), all_complete),
    };
    (rows.collect(), all)
}
