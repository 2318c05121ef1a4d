//! How far the appraisals of a cycle are, and what is outstanding in them.

use super::Outstanding;
use crate::{
    appraisal::{AppraisalState, Deadline, DeadlineKind},
    id::{OrganisationId, PersonId},
    suppression::{Figure, Grid, grid, list},
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What there is in an appraisal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Has {
    /// Does somebody appraise today?
    pub appraiser: bool,
    /// Are there objectives, besides private drafts?
    pub objectives: bool,
    /// Was a conversation of it held since the cycle's stage opened? Before the first stage opens nobody has to.
    pub meeting: bool,
}
impl Has {
    /// All of it.
    pub const ALL: Self = Self { appraiser: true, objectives: true, meeting: true };
}

/// What is outstanding in an appraisal on this day: nothing while it rests, and nothing once its report is given.
pub fn outstanding(state: AppraisalState, deadlines: &[Deadline], has: Has, today: NaiveDate) -> Vec<Outstanding> {
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
        (!has.appraiser, Outstanding::Appraiser),
        (state == S::Created, Outstanding::Planning),
        (!has.objectives, Outstanding::Objectives),
        (!has.meeting, Outstanding::Meeting),
        (overdue, Outstanding::Overdue),
    ]
    .into_iter()
    .filter_map(|(so, what)| so.then_some(what))
    .collect()
}

/// An appraisal, as the figures count it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedAppraisal {
    /// At which organisation.
    pub organisation: OrganisationId,
    /// Whose. Who works at two schools is appraised at both, and is one person.
    pub person: PersonId,
    /// Where it stands.
    pub state: AppraisalState,
    /// What is [`outstanding`] in it.
    pub outstanding: Vec<Outstanding>,
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

/// How far the appraisals of each appraiser at each organisation are, where the caller reads all of them by name: nothing is withheld. Those that nobody
/// appraises come first. An appraisal of several counts with each.
pub fn progress_by_appraiser(found: &[(CountedAppraisal, Vec<PersonId>)]) -> Vec<((OrganisationId, Option<PersonId>), Progress)> {
    let mut by: BTreeMap<(OrganisationId, Option<PersonId>), Vec<CountedAppraisal>> = BTreeMap::new();
    for (counted, appraisers) in found {
        let whom = if appraisers.is_empty() { vec![None] } else { appraisers.iter().copied().map(Some).collect() };
        for appraiser in whom {
            by.entry((counted.organisation, appraiser)).or_default().push(counted.clone());
        }
    }
    by.into_iter().map(|(key, of)| (key, progress(&[key.0], &[true], &of).1)).collect()
}

/// Progress at each of these organisations, and at all together. At those that are `open` the caller reads every appraisal by name.
pub fn progress(organisations: &[OrganisationId], open: &[bool], found: &[CountedAppraisal]) -> (Vec<Progress>, Progress) {
    let states: Vec<AppraisalState> = AppraisalState::ALL.iter().copied().filter(|s| s.live()).collect();
    let here = |at: &OrganisationId| found.iter().filter(|c| c.organisation == *at && c.state.live()).collect::<Vec<_>>();
    let by_organisation: Vec<Vec<&CountedAppraisal>> = organisations.iter().map(here).collect();
    let those = |of: &[&CountedAppraisal], so: &dyn Fn(&CountedAppraisal) -> bool| of.iter().filter(|c| so(c)).map(|c| (1, c.person)).collect::<Figure>();
    let totals = list(&by_organisation.iter().map(|of| those(of, &|_| true)).collect::<Vec<_>>(), open);
    let table = |parts: &dyn Fn(&[&CountedAppraisal]) -> Vec<Figure>| grid(&by_organisation.iter().map(|of| parts(of)).collect::<Vec<_>>(), open, &totals);
    let by_state = table(&|of| states.iter().map(|s| those(of, &|c| c.state == *s)).collect());
    let by_lack: Vec<Grid> =
        Outstanding::ALL.iter().map(|what| table(&|of| [true, false].map(|lacks| those(of, &|c| c.outstanding.contains(what) == lacks)).to_vec())).collect();
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
