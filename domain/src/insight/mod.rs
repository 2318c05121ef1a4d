//! What a school or a trust can see of its learning, as figures: never names, and never fewer than five people.
//!
//! The definitions stand in `docs/insight.md`. What is counted comes from the store as plain facts; which of them is what, and which
//! figures are shown, is decided here.

use crate::{
    appraisal::{AppraisalState, Deadline, DeadlineKind},
    id::{OrganisationId, PersonId},
    objective::{ObjectiveKind, ObjectiveOrigin},
    request::RequestState,
    suppression::{self, Grid, LEAST, List, grid, list},
    words,
};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

words! {
    /// How strong what is recorded is as evidence: a level, since a number would be more exact than what it is made of.
    EvidenceLevel {
        /// Learning of fewer than five people, or none.
        NotSeen = "not_seen",
        /// Learning is recorded.
        Recorded = "recorded",
        /// Half of it, or more, was reflected upon.
        Reflected = "reflected",
        /// Inquiries came to a finding, five or more.
        Found = "found",
    }
    /// What hangs loose between a priority and what comes of it.
    Orphan {
        /// Fewer than five objectives serve it.
        FewObjectives = "few_objectives",
        /// Fewer than five learning records serve it.
        FewLearningRecords = "few_learning_records",
        /// Objectives that serve it have no learning.
        ObjectivesWithoutLearning = "objectives_without_learning",
        /// Learning for it was not followed up.
        LearningWithoutFollowUp = "learning_without_follow_up",
        /// Learning that was asked for and is over has shown nothing yet of what came of it.
        RequestsWithoutImpact = "requests_without_impact",
        /// A school beneath has not adopted it.
        NotAdopted = "not_adopted",
    }
    /// What is outstanding in an appraisal.
    Outstanding {
        /// Nobody appraises.
        Appraiser = "appraiser",
        /// Planning has not begun.
        Planning = "planning",
        /// There are no objectives yet, besides private drafts.
        Objectives = "objectives",
        /// A deadline has passed.
        Overdue = "overdue",
    }
}

/// Whole per cent, where both figures are shown.
pub fn percent(part: Option<u64>, of: Option<u64>) -> Option<u64> {
    match (part, of) {
        (Some(part), Some(of)) if of > 0 => Some((part * 100 + of / 2) / of),
        _ => None,
    }
}

/// A partition of figures by organisation: how many in all, and how many of those are so, and are not.
#[derive(Debug, Clone, Default)]
struct Halves {
    so: u64,
    not: u64,
    people_so: BTreeSet<PersonId>,
    people_not: BTreeSet<PersonId>,
}

/// A figure split in two, as far as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// How many are so.
    pub so: Option<u64>,
    /// How many are not.
    pub not: Option<u64>,
}

fn few(people: usize) -> bool {
    suppression::few(people as u64)
}

/// Splits of rows beneath totals of their own, and the split of all rows.
fn split(rows: &[Halves], totals: &List) -> (Vec<Split>, Split) {
    let values: Vec<Vec<u64>> = rows.iter().map(|r| vec![r.so, r.not]).collect();
    let under: Vec<Vec<bool>> = rows.iter().map(|r| vec![few(r.people_so.len()), few(r.people_not.len())]).collect();
    let Grid { cells, columns } = grid(&values, &[], totals, &under);
    let pair = |cells: &[Option<u64>]| Split { so: cells.first().copied().flatten(), not: cells.get(1).copied().flatten() };
    (cells.iter().map(|c| pair(c)).collect(), pair(&columns))
}

/// One person's agreed objectives that are alike, as the store counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgreedObjectives {
    /// At which organisation.
    pub organisation: OrganisationId,
    /// Whose.
    pub person: PersonId,
    /// What kind.
    pub kind: ObjectiveKind,
    /// Who began them.
    pub origin: ObjectiveOrigin,
    /// Do they say what learning is needed?
    pub needs_learning: bool,
    /// Is a learning record linked?
    pub has_learning: bool,
    /// Are the words that were agreed their owner's proposal?
    pub proposed_by_owner: bool,
    /// Did their owner revise them?
    pub revised_by_owner: bool,
    /// How many.
    pub count: u64,
}

impl AgreedObjectives {
    /// Does learning run through it: an inquiry, a need for learning that is written down, or a record of learning?
    pub fn learning_thread(&self) -> bool {
        self.kind == ObjectiveKind::GrowthInquiry || self.needs_learning || self.has_learning
    }
    /// Did its owner write it, propose the words that were agreed, or revise them?
    pub fn own(&self) -> bool {
        self.origin == ObjectiveOrigin::Own || self.proposed_by_owner || self.revised_by_owner
    }
}

/// Agreed actions, or check-ins, of one person that are alike, as the store counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spoken {
    /// At which organisation.
    pub organisation: OrganisationId,
    /// Whom they are about.
    pub person: PersonId,
    /// Does learning run through them?
    pub thread: bool,
    /// How many.
    pub count: u64,
}

/// How many there are, and through how many of them learning runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threads {
    /// How many.
    pub all: Option<u64>,
    /// Of those, with and without a learning thread.
    pub thread: Split,
}

/// The learning share of one organisation, or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Agreed objectives.
    pub agreed: Option<u64>,
    /// Of those, with and without a learning thread.
    pub thread: Split,
    /// Of those with one, shaped by their owner, and not.
    pub own: Split,
    /// Agreed actions.
    pub actions: Threads,
    /// Check-ins that were held.
    pub check_ins: Threads,
}

/// The learning share of each of these organisations, in their order, and of all together. Objectives, actions and check-ins are three tables that are
/// never added up, so none tells of another.
pub fn learning_share(organisations: &[OrganisationId], found: &[AgreedObjectives], actions: &[Spoken], check_ins: &[Spoken]) -> (Vec<Share>, Share) {
    let (objective_threads, own): (Vec<Halves>, Vec<Halves>) = organisations
        .iter()
        .map(|at| {
            let (mut thread, mut own) = (Halves::default(), Halves::default());
            for o in found.iter().filter(|o| o.organisation == *at) {
                note(&mut thread, o.learning_thread(), o.person, o.count);
                if o.learning_thread() {
                    note(&mut own, o.own(), o.person, o.count);
                }
            }
            (thread, own)
        })
        .unzip();
    let totals = totals(&objective_threads, &[]);
    let (thread, thread_all) = split(&objective_threads, &totals);
    // what has a thread is the total of what is shaped by its owner and what is not
    let with = List { cells: thread.iter().map(|t| t.so).collect(), total: thread_all.so };
    let (own, own_all) = split(&own, &with);
    let ((actions, actions_all), (check_ins, check_ins_all)) = (threads(organisations, actions), threads(organisations, check_ins));
    let row = |i: usize| Share { agreed: totals.cells[i], thread: thread[i], own: own[i], actions: actions[i], check_ins: check_ins[i] };
    let all = Share { agreed: totals.total, thread: thread_all, own: own_all, actions: actions_all, check_ins: check_ins_all };
    ((0..organisations.len()).map(row).collect(), all)
}

/// How many there are at each organisation and at all, and through how many of them learning runs.
fn threads(organisations: &[OrganisationId], found: &[Spoken]) -> (Vec<Threads>, Threads) {
    let halves = organisations.iter().map(|at| {
        let mut halves = Halves::default();
        found.iter().filter(|s| s.organisation == *at).for_each(|s| note(&mut halves, s.thread, s.person, s.count));
        halves
    });
    let halves: Vec<Halves> = halves.collect();
    let totals = totals(&halves, &[]);
    let (thread, thread_all) = split(&halves, &totals);
    (totals.cells.iter().zip(thread).map(|(all, thread)| Threads { all: *all, thread }).collect(), Threads { all: totals.total, thread: thread_all })
}

fn note(halves: &mut Halves, so: bool, person: PersonId, count: u64) {
    let (sum, people) = if so { (&mut halves.so, &mut halves.people_so) } else { (&mut halves.not, &mut halves.people_not) };
    *sum += count;
    people.insert(person);
}
fn totals(rows: &[Halves], withheld: &[bool]) -> List {
    let sums: Vec<u64> = rows.iter().map(|r| r.so + r.not).collect();
    let besides = withheld.iter().copied().chain(std::iter::repeat(false));
    let under: Vec<bool> = rows.iter().zip(besides).map(|(r, withheld)| withheld || few(r.people_so.union(&r.people_not).count())).collect();
    list(&sums, &[], &under)
}

/// Objectives of one person that serve a priority, alike, as the store counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServingObjectives {
    /// At which organisation.
    pub organisation: OrganisationId,
    /// Whose.
    pub person: PersonId,
    /// Is a learning record linked?
    pub has_learning: bool,
    /// Did their inquiry come to a finding?
    pub has_finding: bool,
    /// Do they serve a priority that was adopted from it, too?
    pub adopted: bool,
    /// How many.
    pub count: u64,
}
/// Learning that serves a priority, at one organisation, as the store counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServingLearning {
    /// At which organisation.
    pub organisation: OrganisationId,
    /// How many records.
    pub records: u64,
    /// Of how many people.
    pub people: u64,
    /// Of these, reflected upon.
    pub reflected: u64,
    /// Of how many people.
    pub people_reflected: u64,
    /// Of how many people there is a record that was not.
    pub people_not_reflected: u64,
    /// That came of sessions.
    pub from_sessions: u64,
    /// Of how many people.
    pub people_from_sessions: u64,
    /// Of how many people there is a record that did not.
    pub people_from_elsewhere: u64,
    /// How long, in minutes.
    pub minutes: u64,
    /// Of how many people there is a record that serves a priority that was adopted from it, too.
    pub people_adopted: u64,
    /// Of how many people there is one that does not.
    pub people_apart: u64,
}

/// Learning requests of one person that serve a priority, alike, as the store counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServingRequests {
    /// At which organisation.
    pub organisation: OrganisationId,
    /// Whose.
    pub person: PersonId,
    /// Do they serve a priority that was adopted from it, too?
    pub adopted: bool,
    /// Is the learning over; and if so, is anything known of what came of it?
    pub impact: Option<bool>,
    /// How many.
    pub count: u64,
    /// What was spent on them, in pence.
    pub spent_pence: u64,
}

/// Learning requests and money, as far as they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// Learning requests.
    pub requests: Option<u64>,
    /// Of those whose learning is over: is anything known of what came of it?
    pub impact: Split,
    /// Pence spent on them.
    pub spent_pence: Option<u64>,
}

/// Learning requests and what was spent on them at each of these organisations, and at all together. What was spent on one to four people is never told.
pub fn money(organisations: &[OrganisationId], found: &[ServingRequests]) -> (Vec<Money>, Money) {
    #[derive(Default, Clone)]
    struct Here {
        counts: [u64; 3],
        people: [BTreeSet<PersonId>; 3],
        apart: [BTreeSet<PersonId>; 2],
        spent: u64,
        spenders: BTreeSet<PersonId>,
        spenders_apart: [BTreeSet<PersonId>; 2],
    }
    let mut here = vec![Here::default(); organisations.len()];
    for r in found {
        let Some(at) = organisations.iter().position(|x| *x == r.organisation) else { continue };
        let (row, column) = (&mut here[at], r.impact.map_or(2, |known| usize::from(!known)));
        row.counts[column] += r.count;
        row.people[column].insert(r.person);
        row.apart[usize::from(r.adopted)].insert(r.person);
        if r.spent_pence > 0 {
            row.spent += r.spent_pence;
            row.spenders.insert(r.person);
            row.spenders_apart[usize::from(r.adopted)].insert(r.person);
        }
    }
    let apart = |[apart, adopted]: &[BTreeSet<PersonId>; 2]| few(apart.len()) && !adopted.is_empty();
    let everybody = |h: &Here| h.people.iter().flatten().collect::<BTreeSet<_>>().len();
    let sums: Vec<u64> = here.iter().map(|h| h.counts.iter().sum()).collect();
    let under: Vec<bool> = here.iter().map(|h| few(everybody(h)) || apart(&h.apart)).collect();
    let requests = list(&sums, &[], &under);
    let values: Vec<Vec<u64>> = here.iter().map(|h| h.counts.to_vec()).collect();
    let under: Vec<Vec<bool>> = here.iter().map(|h| h.people.iter().map(|p| few(p.len())).collect()).collect();
    let Grid { cells, columns } = grid(&values, &[], &requests, &under);
    let under: Vec<bool> = here.iter().zip(&requests.cells).map(|(h, r)| r.is_none() || few(h.spenders.len()) || apart(&h.spenders_apart)).collect();
    let spent = list(&here.iter().map(|h| h.spent).collect::<Vec<_>>(), &[], &under);
    let spenders: BTreeSet<PersonId> = here.iter().flat_map(|h| h.spenders.iter().copied()).collect();
    let halves = |cells: &[Option<u64>]| Split { so: cells.first().copied().flatten(), not: cells.get(1).copied().flatten() };
    let rows = (0..here.len()).map(|i| Money { requests: requests.cells[i], impact: halves(&cells[i]), spent_pence: spent.cells[i] });
    let shown = spent.total.filter(|_| requests.total.is_some() && !few(spenders.len()));
    (
        rows.collect(),
        Money { requests: requests.total, impact: if here.is_empty() { Split { so: Some(0), not: Some(0) } } else { halves(&columns) }, spent_pence: shown },
    )
}

/// What one person had spent on learning in a year, with or without a priority that it serves, as the store counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spending {
    /// At which organisation.
    pub organisation: OrganisationId,
    /// On whom.
    pub person: PersonId,
    /// Does it serve a priority, by itself or through an objective?
    pub serves: bool,
    /// Is anything known of what came of it?
    pub followed_up: bool,
    /// How much, in pence.
    pub spent_pence: u64,
}

/// What an organisation spent on learning, or all of them, as far as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// In all, in pence.
    pub spent_pence: Option<u64>,
    /// With and without a priority that it serves.
    pub with_priority: Split,
    /// With and without anything that is known of what came of it.
    pub followed_up: Split,
}

/// What each of these organisations spent, and all together. What was spent on one to four people is never told.
pub fn spending(organisations: &[OrganisationId], found: &[Spending]) -> (Vec<Spent>, Spent) {
    let by = |so: fn(&Spending) -> bool| -> Vec<Halves> {
        let mut rows = vec![Halves::default(); organisations.len()];
        for one in found.iter().filter(|s| s.spent_pence > 0) {
            if let Some(at) = organisations.iter().position(|x| *x == one.organisation) {
                note(&mut rows[at], so(one), one.person, one.spent_pence);
            }
        }
        rows
    };
    let (serving, followed) = (by(|s| s.serves), by(|s| s.followed_up));
    let mut totals = totals(&serving, &[]);
    let people: BTreeSet<PersonId> = serving.iter().flat_map(|h| h.people_so.union(&h.people_not).copied()).collect();
    if few(people.len()) {
        totals.total = None;
    }
    let (with, with_all) = split(&serving, &totals);
    let (known, known_all) = split(&followed, &totals);
    let rows = (0..organisations.len()).map(|i| Spent { spent_pence: totals.cells[i], with_priority: with[i], followed_up: known[i] });
    (rows.collect(), Spent { spent_pence: totals.total, with_priority: with_all, followed_up: known_all })
}

/// What can be seen of a priority at one organisation, or at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// Objectives that serve it.
    pub objectives: Option<u64>,
    /// Of those, with a learning record and without.
    pub with_learning: Split,
    /// Of those, with a finding and without.
    pub with_finding: Split,
    /// Learning records that serve it, by themselves or through an objective.
    pub records: Option<u64>,
    /// Of those, reflected upon, and not.
    pub followed_up: Split,
    /// Of those, from sessions of the catalogue, and not.
    pub from_sessions: Split,
    /// How long they took, in minutes.
    pub minutes: Option<u64>,
    /// Learning requests that serve it, and what was spent on them.
    pub money: Money,
    /// How strong it is as evidence.
    pub evidence: EvidenceLevel,
    /// What hangs loose.
    pub orphans: Vec<Orphan>,
}

/// How strong what is shown is as evidence.
pub fn evidence(records: Option<u64>, reflected: Option<u64>, findings: Option<u64>) -> EvidenceLevel {
    match (records, reflected, findings) {
        (_, _, Some(LEAST..)) => EvidenceLevel::Found,
        (None | Some(..LEAST), ..) => EvidenceLevel::NotSeen,
        (Some(all), Some(some), _) if some * 2 >= all => EvidenceLevel::Reflected,
        _ => EvidenceLevel::Recorded,
    }
}

/// The line of sight of each of these organisations, and of all together. `adopted` says where the priority stands, as it is or adopted.
pub fn line_of_sight(
    organisations: &[OrganisationId],
    adopted: &[bool],
    objectives: &[ServingObjectives],
    learning: &[ServingLearning],
    requests: &[ServingRequests],
) -> (Vec<Sight>, Sight) {
    let (money, money_all) = money(organisations, requests);
    let (mut with_learning, mut with_finding) = (vec![Halves::default(); organisations.len()], vec![Halves::default(); organisations.len()]);
    let mut people = vec![[BTreeSet::new(), BTreeSet::new()]; organisations.len()];
    for o in objectives {
        let Some(at) = organisations.iter().position(|x| *x == o.organisation) else { continue };
        people[at][usize::from(o.adopted)].insert(o.person);
        note(&mut with_learning[at], o.has_learning, o.person, o.count);
        note(&mut with_finding[at], o.has_finding, o.person, o.count);
    }
    // what is told of an adopted priority stands in this figure as well: where few are in the one and not in the other, the difference would speak of them
    let few_apart: Vec<bool> = people.iter().map(|[apart, adopted]| few(apart.len()) && !adopted.is_empty()).collect();
    let set = totals(&with_learning, &few_apart);
    let (learning_split, learning_all) = split(&with_learning, &set);
    let (finding_split, finding_all) = split(&with_finding, &set);
    let none = |at| ServingLearning {
        organisation: at,
        records: 0,
        people: 0,
        reflected: 0,
        people_reflected: 0,
        people_not_reflected: 0,
        from_sessions: 0,
        people_from_sessions: 0,
        people_from_elsewhere: 0,
        minutes: 0,
        people_adopted: 0,
        people_apart: 0,
    };
    let rows: Vec<ServingLearning> = organisations.iter().map(|at| learning.iter().find(|l| l.organisation == *at).copied().unwrap_or(none(*at))).collect();
    let under: Vec<bool> = rows.iter().map(|r| suppression::few(r.people) || (r.people_adopted > 0 && suppression::few(r.people_apart))).collect();
    let records = list(&rows.iter().map(|r| r.records).collect::<Vec<_>>(), &[], &under);
    let halves = |part: fn(&ServingLearning) -> (u64, u64, u64)| {
        let values: Vec<Vec<u64>> = rows.iter().map(|r| vec![part(r).0, r.records - part(r).0]).collect();
        let under: Vec<Vec<bool>> = rows.iter().map(|r| vec![suppression::few(part(r).1), suppression::few(part(r).2)]).collect();
        let Grid { cells, columns } = grid(&values, &[], &records, &under);
        (cells.into_iter().map(|c| Split { so: c[0], not: c[1] }).collect::<Vec<_>>(), Split { so: columns[0], not: columns[1] })
    };
    let (followed, followed_all) = halves(|r| (r.reflected, r.people_reflected, r.people_not_reflected));
    let (sessions, sessions_all) = halves(|r| (r.from_sessions, r.people_from_sessions, r.people_from_elsewhere));
    let hidden: Vec<bool> = records.cells.iter().map(Option::is_none).collect();
    let minutes = list(&rows.iter().map(|r| r.minutes).collect::<Vec<_>>(), &[], &hidden);
    type Shown = Option<u64>;
    let sight = |objectives: Shown,
                 with_learning: Split,
                 with_finding: Split,
                 records: Shown,
                 followed_up: Split,
                 from_sessions,
                 minutes,
                 money: Money,
                 adopted: bool| Sight {
        evidence: evidence(records, followed_up.so, with_finding.so),
        orphans: [
            (objectives.is_none_or(|n| n < LEAST), Orphan::FewObjectives),
            (records.is_none_or(|n| n < LEAST), Orphan::FewLearningRecords),
            (with_learning.not.is_some_and(|n| n > 0), Orphan::ObjectivesWithoutLearning),
            (followed_up.not.is_some_and(|n| n > 0), Orphan::LearningWithoutFollowUp),
            (money.impact.not.is_some_and(|n| n > 0), Orphan::RequestsWithoutImpact),
            (!adopted, Orphan::NotAdopted),
        ]
        .into_iter()
        .filter_map(|(so, orphan)| so.then_some(orphan))
        .collect(),
        objectives,
        with_learning,
        with_finding,
        records,
        followed_up,
        from_sessions,
        minutes,
        money,
    };
    let each = (0..organisations.len()).map(|i| {
        let here = adopted.get(i).copied().unwrap_or_default();
        sight(set.cells[i], learning_split[i], finding_split[i], records.cells[i], followed[i], sessions[i], minutes.cells[i], money[i], here)
    });
    let all_adopted = adopted.iter().all(|a| *a);
    let shown_minutes = minutes.total.filter(|_| records.total.is_some());
    let all = sight(set.total, learning_all, finding_all, records.total, followed_all, sessions_all, shown_minutes, money_all, all_adopted);
    (each.collect(), all)
}

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

/// One post in an academic year, with what its holder learned and was enrolled for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Whose.
    pub person: PersonId,
    /// In which group of the partition at hand.
    pub group: String,
    /// Minutes of learning that are recorded.
    pub minutes: u64,
    /// Places at sessions.
    pub placed: u64,
    /// Sessions for which they wait.
    pub waiting: u64,
    /// Pence that were spent on what they asked for.
    pub spent_pence: u64,
    /// Learning requests of theirs that were approved.
    pub approved: u64,
    /// That were declined.
    pub declined: u64,
    /// Whole days that these waited to be decided, together.
    pub waited_days: u64,
}

/// Was a learning request in this state approved or declined? One that still waits, or was taken back, is neither.
pub fn decided(state: RequestState) -> Option<bool> {
    use RequestState as R;
    match state {
        R::Approved | R::Booked | R::Attended | R::Evaluated | R::ImpactReviewed | R::Closed => Some(true),
        R::ManagerDeclined | R::Declined => Some(false),
        R::Draft | R::Submitted | R::ManagerAgreed | R::Returned | R::Withdrawn => None,
    }
}

/// What a group had of what was offered, or all groups together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// How many people.
    pub people: Option<u64>,
    /// How many of them have learning recorded.
    pub learners: Option<u64>,
    /// Minutes of learning.
    pub minutes: Option<u64>,
    /// Places at sessions.
    pub placed: Option<u64>,
    /// Sessions waited for.
    pub waiting: Option<u64>,
    /// Pence spent on what they asked for.
    pub spent_pence: Option<u64>,
    /// Learning requests that were decided.
    pub decided: Option<u64>,
    /// Of those, approved and declined.
    pub approved: Split,
    /// Whole days that these waited to be decided, together.
    pub waited_days: Option<u64>,
}

/// What each group had, in the order of their names, and all together.
pub fn fair_access(posts: &[Post]) -> (Vec<(String, Access)>, Access) {
    #[derive(Default)]
    struct Group {
        people: BTreeSet<PersonId>,
        learners: BTreeSet<PersonId>,
        minutes: u64,
        placed: (u64, BTreeSet<PersonId>),
        waiting: (u64, BTreeSet<PersonId>),
        spent: (u64, BTreeSet<PersonId>),
        decisions: Halves,
        waited_days: u64,
    }
    let mut groups: BTreeMap<&str, Group> = BTreeMap::new();
    for post in posts {
        let group = groups.entry(&post.group).or_default();
        group.people.insert(post.person);
        if post.minutes > 0 {
            group.learners.insert(post.person);
            group.minutes += post.minutes;
        }
        for ((sum, people), n) in [(&mut group.placed, post.placed), (&mut group.waiting, post.waiting), (&mut group.spent, post.spent_pence)] {
            if n > 0 {
                *sum += n;
                people.insert(post.person);
            }
        }
    }
    for post in posts {
        let Some(group) = groups.get_mut(post.group.as_str()) else { continue };
        for (so, n) in [(true, post.approved), (false, post.declined)] {
            if n > 0 {
                note(&mut group.decisions, so, post.person, n);
            }
        }
        group.waited_days += post.waited_days;
    }
    let of = |value: &dyn Fn(&Group) -> u64, under: &[bool]| list(&groups.values().map(value).collect::<Vec<_>>(), &[], under);
    let people = of(&|g| g.people.len() as u64, &[]);
    let withheld: Vec<bool> = people.cells.iter().map(Option::is_none).collect();
    let besides = |n: &dyn Fn(&Group) -> usize| -> Vec<bool> { groups.values().zip(&withheld).map(|(g, w)| *w || few(n(g))).collect() };
    let learners = of(&|g| g.learners.len() as u64, &withheld);
    let learned: Vec<bool> = learners.cells.iter().map(Option::is_none).collect();
    let minutes = of(&|g| g.minutes, &learned);
    let placed = of(&|g| g.placed.0, &besides(&|g| g.placed.1.len()));
    let waiting = of(&|g| g.waiting.0, &besides(&|g| g.waiting.1.len()));
    let spent = of(&|g| g.spent.0, &besides(&|g| g.spent.1.len()));
    let decisions: Vec<Halves> = groups.values().map(|g| g.decisions.clone()).collect();
    let decided = totals(&decisions, &withheld);
    let (approved, approved_all) = split(&decisions, &decided);
    // how long few waited is theirs, and what is left of a total that is shown would tell of it
    let hidden: Vec<bool> = decided.cells.iter().map(Option::is_none).collect();
    let waited = of(&|g| g.waited_days, &hidden);
    let access = |at: &dyn Fn(&List) -> Option<u64>, approved: Split| Access {
        people: at(&people),
        learners: at(&learners),
        minutes: at(&minutes),
        placed: at(&placed),
        waiting: at(&waiting),
        spent_pence: at(&spent),
        decided: at(&decided),
        approved,
        waited_days: at(&waited),
    };
    let rows = groups.keys().enumerate().map(|(i, name)| ((*name).to_owned(), access(&|l| l.cells[i], approved[i])));
    let mut all = access(&|l| l.total, approved_all);
    if all.learners.is_none() {
        all.minutes = None;
    }
    if all.decided.is_none() {
        all.waited_days = None;
    }
    let spenders: BTreeSet<PersonId> = groups.values().flat_map(|g| g.spent.1.iter().copied()).collect();
    if few(spenders.len()) {
        all.spent_pence = None;
    }
    (rows.collect(), all)
}

#[cfg(test)]
mod tests;
