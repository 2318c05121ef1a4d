//! The line of sight from a priority to what came of it, with the requests and the money.

use super::{EvidenceLevel, Halves, Orphan, Split, split, totals};
use crate::{
    id::{OrganisationId, PersonId},
    suppression::{Figure, Grid, LEAST, People, grid, list},
};

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
/// Learning of one person that serves a priority, alike, as the store counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServingLearning {
    /// At which organisation.
    pub organisation: OrganisationId,
    /// Whose.
    pub person: PersonId,
    /// Was it reflected upon?
    pub reflected: bool,
    /// Did it come of a session?
    pub from_session: bool,
    /// Does it serve a priority that was adopted from it, too?
    pub adopted: bool,
    /// How many records.
    pub records: u64,
    /// How long they took, in minutes.
    pub minutes: u64,
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

/// Whose what serves a priority is: apart from whatever was adopted from it, and through that. What is told of an adopted priority stands in this one's figures
/// as well: where few are in the one and not in the other, the difference would speak of them.
#[derive(Debug, Clone, Default)]
struct Adopted {
    apart: People,
    adopted: People,
}
impl Adopted {
    fn note(&mut self, adopted: bool, person: PersonId) {
        if adopted { &mut self.adopted } else { &mut self.apart }.add(person);
    }
    fn tells(&self) -> bool {
        self.apart.few() && !self.adopted.nobody()
    }
}

/// Learning requests and what was spent on them at each of these organisations, and at all together. What was spent on one to four people is never told.
pub fn money(organisations: &[OrganisationId], found: &[ServingRequests]) -> (Vec<Money>, Money) {
    #[derive(Default, Clone)]
    struct Here {
        /// With an impact that is known, without, and those of which it is too early to say.
        requests: [Figure; 3],
        whose: Adopted,
        spent: Figure,
        spenders: Adopted,
    }
    let mut here = vec![Here::default(); organisations.len()];
    for r in found {
        let Some(at) = organisations.iter().position(|x| *x == r.organisation) else { continue };
        let (row, column) = (&mut here[at], r.impact.map_or(2, |known| usize::from(!known)));
        row.requests[column].add(r.count, r.person);
        row.whose.note(r.adopted, r.person);
        if r.spent_pence > 0 {
            row.spent.add(r.spent_pence, r.person);
            row.spenders.note(r.adopted, r.person);
        }
    }
    let requests: Vec<Figure> = here.iter().map(|h| Figure::together(&h.requests).withheld_if(h.whose.tells())).collect();
    let requests = list(&requests, &[]);
    let Grid { cells, columns } = grid(&here.iter().map(|h| h.requests.to_vec()).collect::<Vec<_>>(), &[], &requests);
    let spent = |(h, told): (&Here, &Option<u64>)| h.spent.clone().withheld_if(told.is_none() || h.spenders.tells());
    let spent = list(&here.iter().zip(&requests.cells).map(spent).collect::<Vec<_>>(), &[]);
    let rows = (0..here.len()).map(|i| Money { requests: requests.cells[i], impact: Split::of(&cells[i]), spent_pence: spent.cells[i] });
    let spent_of_all = spent.total.filter(|_| requests.total.is_some());
    (rows.collect(), Money { requests: requests.total, impact: Split::of(&columns), spent_pence: spent_of_all })
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
    let at = |organisation: OrganisationId| organisations.iter().position(|x| *x == organisation);
    let none = || vec![Halves::default(); organisations.len()];
    let (mut with_learning, mut with_finding, mut whose) = (none(), none(), vec![Adopted::default(); organisations.len()]);
    for o in objectives {
        let Some(at) = at(o.organisation) else { continue };
        whose[at].note(o.adopted, o.person);
        with_learning[at].note(o.has_learning, o.person, o.count);
        with_finding[at].note(o.has_finding, o.person, o.count);
    }
    let tells = |whose: &[Adopted]| whose.iter().map(Adopted::tells).collect::<Vec<_>>();
    let set = totals(&with_learning, &tells(&whose));
    let (learning_split, learning_all) = split(&with_learning, &set);
    let (finding_split, finding_all) = split(&with_finding, &set);
    let (mut followed, mut sessions, mut whose) = (none(), none(), vec![Adopted::default(); organisations.len()]);
    let mut minutes = vec![Figure::default(); organisations.len()];
    for l in learning {
        let Some(at) = at(l.organisation) else { continue };
        whose[at].note(l.adopted, l.person);
        followed[at].note(l.reflected, l.person, l.records);
        sessions[at].note(l.from_session, l.person, l.records);
        minutes[at].add(l.minutes, l.person);
    }
    let records = totals(&followed, &tells(&whose));
    let (followed, followed_all) = split(&followed, &records);
    let (sessions, sessions_all) = split(&sessions, &records);
    let minutes = list(&minutes.into_iter().zip(&records.cells).map(|(m, told)| m.withheld_if(told.is_none())).collect::<Vec<_>>(), &[]);
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
