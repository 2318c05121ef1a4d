//! The line of sight from a priority to what came of it, with the requests and the money.

use super::{EvidenceLevel, Halves, Orphan, Split, few, note, split, totals};
use crate::{
    id::{OrganisationId, PersonId},
    suppression::{self, Grid, LEAST, Of, grid, list},
};
use std::collections::BTreeSet;

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
    let of: Vec<Of> = here.iter().map(|h| Of::these(everybody(h)).withheld_if(apart(&h.apart))).collect();
    let requests = list(&sums, &[], &of);
    let values: Vec<Vec<u64>> = here.iter().map(|h| h.counts.to_vec()).collect();
    let of: Vec<Vec<Of>> = here.iter().map(|h| h.people.iter().map(|p| Of::these(p.len())).collect()).collect();
    let Grid { cells, columns } = grid(&values, &[], &requests, &of);
    let of = |(h, r): (&Here, &Option<u64>)| Of::these(h.spenders.len()).withheld_if(r.is_none() || apart(&h.spenders_apart));
    let of: Vec<Of> = here.iter().zip(&requests.cells).map(of).collect();
    let spent = list(&here.iter().map(|h| h.spent).collect::<Vec<_>>(), &[], &of);
    let spenders: BTreeSet<PersonId> = here.iter().flat_map(|h| h.spenders.iter().copied()).collect();
    let halves = |cells: &[Option<u64>]| Split { so: cells.first().copied().flatten(), not: cells.get(1).copied().flatten() };
    let rows = (0..here.len()).map(|i| Money { requests: requests.cells[i], impact: halves(&cells[i]), spent_pence: spent.cells[i] });
    let shown = spent.total.filter(|_| requests.total.is_some() && !few(spenders.len()));
    (
        rows.collect(),
        Money { requests: requests.total, impact: if here.is_empty() { Split { so: Some(0), not: Some(0) } } else { halves(&columns) }, spent_pence: shown },
    )
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
    let of = |r: &ServingLearning| Of { people: r.people, withheld: r.people_adopted > 0 && suppression::few(r.people_apart) };
    let of: Vec<Of> = rows.iter().map(of).collect();
    let records = list(&rows.iter().map(|r| r.records).collect::<Vec<_>>(), &[], &of);
    let halves = |part: fn(&ServingLearning) -> (u64, u64, u64)| {
        let values: Vec<Vec<u64>> = rows.iter().map(|r| vec![part(r).0, r.records - part(r).0]).collect();
        let of: Vec<Vec<Of>> = rows.iter().map(|r| [part(r).1, part(r).2].map(|people| Of { people, withheld: false }).to_vec()).collect();
        let Grid { cells, columns } = grid(&values, &[], &records, &of);
        (cells.into_iter().map(|c| Split { so: c[0], not: c[1] }).collect::<Vec<_>>(), Split { so: columns[0], not: columns[1] })
    };
    let (followed, followed_all) = halves(|r| (r.reflected, r.people_reflected, r.people_not_reflected));
    let (sessions, sessions_all) = halves(|r| (r.from_sessions, r.people_from_sessions, r.people_from_elsewhere));
    let of: Vec<Of> = rows.iter().zip(&records.cells).map(|(r, told)| Of { people: r.people, withheld: told.is_none() }).collect();
    let minutes = list(&rows.iter().map(|r| r.minutes).collect::<Vec<_>>(), &[], &of);
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
