//! What comes of learning: a plan over five levels, written before it begins; checkpoints weeks and terms after it ends, with honest outcomes; and
//! what a school may say of all of them together. The five levels are those of T. R. Guskey, Evaluating Professional Development (2000).

use crate::{
    id::{CheckpointId, LearningActivityId, OrganisationId, PersonId},
    rule::{Code, Faults, RuleError},
    suppression::{self, Figure},
    text::{Narrative, Reason, Title},
    words,
};
use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use std::collections::{BTreeMap, BTreeSet};

words! {
    /// At what one looks.
    ImpactLevel {
        /// What people thought of it.
        Reaction = "reaction",
        /// What they know or can do that they did not.
        Learning = "learning",
        /// What the school did so that they could use it.
        OrganisationalSupport = "organisational_support",
        /// What they do differently in their work.
        UseInPractice = "use_in_practice",
        /// What it changed for pupils.
        PupilOutcomes = "pupil_outcomes",
    }
    /// In what the time to a checkpoint is counted.
    OffsetUnit {
        /// Weeks.
        Weeks = "weeks",
        /// Terms: three make a year, so each is four months.
        Terms = "terms",
    }
    /// Where a checkpoint stands.
    CheckpointState {
        /// Its day is still to come.
        Planned = "planned",
        /// Its day has come. It follows from the day, and is never kept.
        Due = "due",
        /// What was seen is written down.
        Recorded = "recorded",
        /// Somebody looked, and it cannot be said yet.
        NoEvidenceYet = "no_evidence_yet",
        /// It is not looked at any more, for a reason that is written down.
        Discontinued = "discontinued",
    }
    /// What a checkpoint showed.
    CheckpointOutcome {
        /// What was seen is written down.
        Recorded = "recorded",
        /// Somebody looked, and it cannot be said yet.
        NoEvidenceYet = "no_evidence_yet",
        /// It is not looked at any more, for a reason that is written down.
        Discontinued = "discontinued",
    }
    /// Whether to go on with what was learned.
    Conclusion {
        /// As it is.
        Continue = "continue",
        /// In another way.
        Adapt = "adapt",
        /// Not at all.
        Stop = "stop",
    }
}

/// How one will know what comes of learning, level by level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImpactPlan {
    /// What people should think of it.
    pub reaction: Reason,
    /// What they should know or be able to do.
    pub learning: Reason,
    /// What the school has to do for it.
    pub organisational_support: Reason,
    /// What they should do differently.
    pub use_in_practice: Reason,
    /// What it should change for pupils.
    pub pupil_outcomes: Reason,
}

/// When to look, at what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Look {
    /// At which level.
    pub level: ImpactLevel,
    /// How long after the learning ended.
    pub after: i32,
    /// In weeks or terms.
    pub unit: OffsetUnit,
}

impl Look {
    /// Its day, if the learning ends on this one. It moves with that.
    pub fn due_on(self, ends_on: NaiveDate) -> NaiveDate {
        let after = u32::try_from(self.after).unwrap_or(0);
        let due = match self.unit {
            OffsetUnit::Weeks => ends_on.checked_add_days(Days::new(u64::from(after) * 7)),
            OffsetUnit::Terms => ends_on.checked_add_months(Months::new(after.saturating_mul(4))),
        };
        due.unwrap_or(NaiveDate::MAX)
    }
}

/// Nobody looks twice at the same thing on the same day.
///
/// # Errors
/// Every fault at once: `invalid_value`.
pub fn looks(all: &[Look]) -> Result<(), RuleError> {
    let (mut faults, mut been) = (Faults::default(), BTreeSet::new());
    for (i, look) in all.iter().enumerate() {
        if !been.insert(*look) {
            faults.check::<()>(Err(RuleError::at(Code::ContradictoryMembers, &format!("/checkpoints/{i}"), "stands twice in the list")));
        }
    }
    faults.settle()
}

/// A day on which somebody looks at what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Its id.
    pub id: CheckpointId,
    /// When, at what.
    pub look: Look,
    /// What it showed, if somebody looked.
    pub outcome: Option<CheckpointOutcome>,
    /// In the owner's words.
    pub narrative: Option<Narrative>,
    /// Where evidence is found: a reference, not a copy.
    pub evidence: Option<Reason>,
    /// When that was written down.
    pub recorded_at: Option<DateTime<Utc>>,
}

impl Checkpoint {
    /// Where it stands on a day.
    pub fn state(&self, ends_on: NaiveDate, today: NaiveDate) -> CheckpointState {
        match self.outcome {
            Some(CheckpointOutcome::Recorded) => CheckpointState::Recorded,
            Some(CheckpointOutcome::NoEvidenceYet) => CheckpointState::NoEvidenceYet,
            Some(CheckpointOutcome::Discontinued) => CheckpointState::Discontinued,
            None if self.look.due_on(ends_on) <= today => CheckpointState::Due,
            None => CheckpointState::Planned,
        }
    }
    /// What was seen is written down, of learning that ends on the first of these days, on the second. Nobody can say before a checkpoint's day what it shows; that nobody will look can be
    /// said at any time. It can be corrected, and evidence may come later; what is discontinued stays so.
    ///
    /// # Errors
    /// `wrong_state`; `not_ready` before its day; `contradictory_members` where nothing is said.
    pub fn recorded(
        &self,
        outcome: CheckpointOutcome,
        narrative: Option<Narrative>,
        evidence: Option<Reason>,
        (ends_on, today): (NaiveDate, NaiveDate),
        now: DateTime<Utc>,
    ) -> Result<Self, RuleError> {
        let due = self.look.due_on(ends_on);
        if self.outcome == Some(CheckpointOutcome::Discontinued) {
            return Err(RuleError::new(Code::WrongState, "the checkpoint is discontinued"));
        }
        if outcome != CheckpointOutcome::Discontinued && today < due {
            return Err(RuleError::at(Code::NotReady, "/outcome", format!("what it shows is recorded from {due} on; before, it can be discontinued")));
        }
        let said = narrative.as_ref().is_some_and(|n| !n.is_blank());
        if !said && outcome != CheckpointOutcome::NoEvidenceYet {
            return Err(RuleError::at(Code::ContradictoryMembers, "/narrative", "say what was seen, or why nobody looks any more"));
        }
        Ok(Self { outcome: Some(outcome), narrative, evidence, recorded_at: Some(now), ..self.clone() })
    }
}

/// What is told apart in a summary.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// An activity of the catalogue.
    Activity(LearningActivityId),
    /// What is in no catalogue, by who provides it.
    Provider(Option<Title>),
}

/// One request, as a summary knows it.
#[derive(Debug, Clone)]
pub struct Case {
    /// Whose.
    pub person: PersonId,
    /// Of which school.
    pub at: OrganisationId,
    /// What it was.
    pub topic: Topic,
    /// Who provides that: of an activity of the catalogue, as the catalogue says.
    pub provider: Option<Title>,
    /// What was spent, in pence.
    pub spent: u64,
    /// Cover, in minutes.
    pub cover: u64,
    /// Its checkpoints: at which level, and what they showed.
    pub checkpoints: Vec<(ImpactLevel, Option<CheckpointOutcome>)>,
    /// Whether to go on with it.
    pub conclusion: Option<Conclusion>,
}

/// What is known at one level: of how many requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// At which level.
    pub level: ImpactLevel,
    /// Something was seen and written down.
    pub recorded: usize,
    /// Somebody looked, and it cannot be said yet.
    pub no_evidence_yet: usize,
    /// Nobody looks any more.
    pub discontinued: usize,
    /// Nobody has looked, or means to.
    pub unknown: usize,
}

/// What is said of a topic of which enough people spoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// How many people.
    pub people: usize,
    /// How many requests.
    pub requests: usize,
    /// What was spent, in pence; nothing, if it was on few of them.
    pub spent: Option<u64>,
    /// Cover, in minutes; nothing, if few of them needed any.
    pub cover: Option<u64>,
    /// Of how many requests anything was recorded afterwards; nothing, if they, or the rest, are few.
    pub followed_up: Option<usize>,
    /// What is known, level by level, where no count is a few.
    pub known: Vec<Known>,
    /// How many go on, go on in another way, stop, or have not said; nothing, if any of them are few.
    pub conclusions: Option<[usize; 4]>,
}

/// What may be said of all requests together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summaries {
    /// Of each topic of which enough people spoke.
    pub topics: Vec<(Topic, Summary)>,
    /// How many topics are left out: that somebody was there would say too much already.
    pub topics_left_out: usize,
    /// Of everything that a provider gives, in the catalogue and beside it, where enough people spoke of it.
    pub providers: Vec<(Option<Title>, Summary)>,
    /// How many providers are left out.
    pub providers_left_out: usize,
}

/// The summary of each topic and of each provider of which enough people spoke.
///
/// The parts of a whole are asked about one by one, school by school, and topic by topic. So a figure of all is told only if what is left without the parts
/// at which it is told by itself is told by itself too, or is nothing; and beneath the `top`, where what is left could be subtracted again, only if it is nothing.
pub fn summarise(cases: &[Case], top: bool) -> Summaries {
    let (mut by_topic, mut by_provider): (BTreeMap<&Topic, Vec<&Case>>, BTreeMap<&Option<Title>, Vec<&Case>>) = Default::default();
    for case in cases {
        by_topic.entry(&case.topic).or_default().push(case);
        by_provider.entry(&case.provider).or_default().push(case);
    }
    let (all_topics, all_providers) = (by_topic.len(), by_provider.len());
    let topics: Vec<_> = by_topic.into_iter().filter_map(|(topic, cases)| Some((topic.clone(), Told { cases: &cases, top }.summary()?))).collect();
    let providers: Vec<_> = by_provider.into_iter().filter_map(|(by, cases)| Some((by.clone(), Told { cases: &cases, top }.summary()?))).collect();
    Summaries { topics_left_out: all_topics - topics.len(), providers_left_out: all_providers - providers.len(), topics, providers }
}

/// Requests of one topic, or of one provider, of which something may be told.
struct Told<'c> {
    cases: &'c [&'c Case],
    top: bool,
}

impl<'c> Told<'c> {
    /// A figure of all of these, by the rule of [`summarise`].
    fn all<T>(&self, figure: impl Fn(&[&Case]) -> Option<T>) -> Option<T> {
        let mut parts: BTreeMap<(&Topic, OrganisationId), Vec<&Case>> = BTreeMap::new();
        for case in self.cases {
            parts.entry((&case.topic, case.at)).or_default().push(case);
        }
        let one = parts.len() == 1;
        let mut rest: BTreeMap<&Topic, Vec<&Case>> = BTreeMap::new();
        for ((topic, _), part) in parts.into_iter().filter(|(_, part)| figure(part).is_none()) {
            rest.entry(topic).or_default().extend(part);
        }
        // a topic's own figure can be taken away too, if it is told
        let rest: Vec<&Case> = rest.into_values().filter(|of| !(self.top && figure(of).is_some())).flatten().collect();
        figure(self.cases).filter(|_| one || rest.is_empty() || (self.top && figure(&rest).is_some()))
    }
    /// A sum of so much for each, unless it is of few people.
    fn sum(&self, of: fn(&Case) -> u64) -> Option<u64> {
        let figure = |cases: &[&Case]| -> Figure { cases.iter().filter(|c| of(c) > 0).map(|c| (of(c), c.person)).collect() };
        self.all(|cases| people(cases).and_then(|_| suppression::all_or_none([figure(cases)]))).map(|[sum]| sum)
    }
    /// How many of these are of each kind: told of enough people, all of it or nothing. Several requests of one person are one person's.
    fn breakdown<K: PartialEq + Copy, const N: usize>(&self, kinds: [K; N], of: impl Fn(&Case) -> K) -> Option<[usize; N]> {
        let figures = |cases: &[&Case]| kinds.map(|kind| cases.iter().filter(|c| of(c) == kind).map(|c| (1, c.person)).collect::<Figure>());
        let told = self.all(|cases| people(cases).and_then(|_| suppression::all_or_none(figures(cases))))?;
        Some(told.map(|n| usize::try_from(n).unwrap_or(usize::MAX)))
    }
    fn known(&self, level: ImpactLevel) -> Option<Known> {
        use CheckpointOutcome::{Discontinued, NoEvidenceYet, Recorded};
        // the best that is known of a request at this level
        let best = |c: &Case| c.checkpoints.iter().filter(|(l, _)| *l == level).filter_map(|(_, o)| *o).min();
        let kinds = [Some(Recorded), Some(NoEvidenceYet), Some(Discontinued), None];
        let [recorded, no_evidence_yet, discontinued, unknown] = self.breakdown(kinds, best)?;
        Some(Known { level, recorded, no_evidence_yet, discontinued, unknown })
    }
    fn summary(&self) -> Option<Summary> {
        let followed = |c: &Case| c.checkpoints.iter().any(|(_, o)| o.is_some());
        let said = [Some(Conclusion::Continue), Some(Conclusion::Adapt), Some(Conclusion::Stop), None];
        Some(Summary {
            people: self.all(people)?,
            requests: self.cases.len(),
            spent: self.sum(|c| c.spent),
            cover: self.sum(|c| c.cover),
            followed_up: self.breakdown([true, false], followed).map(|[so, _]| so),
            known: ImpactLevel::ALL.iter().filter_map(|level| self.known(*level)).collect(),
            conclusions: self.breakdown(said, |c| c.conclusion),
        })
    }
}

/// How many different people, if they are not few.
fn people(cases: &[&Case]) -> Option<usize> {
    let people = cases.iter().map(|c| c.person).collect::<BTreeSet<_>>().len();
    (people as u64 >= suppression::LEAST).then_some(people)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Wire;
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }
    fn text(words: &str) -> Option<Narrative> {
        Narrative::parse(words).ok()
    }
    fn checkpoint(outcome: Option<CheckpointOutcome>) -> Checkpoint {
        let look = Look { level: ImpactLevel::UseInPractice, after: 6, unit: OffsetUnit::Weeks };
        Checkpoint { id: CheckpointId(Uuid::nil()), look, outcome, narrative: None, evidence: None, recorded_at: None }
    }

    #[test]
    fn a_checkpoint_is_so_many_weeks_or_terms_after_the_end_and_due_on_its_day() {
        for (after, unit, due) in [(0, OffsetUnit::Weeks, "2026-10-31"), (6, OffsetUnit::Weeks, "2026-12-12"), (1, OffsetUnit::Terms, "2027-02-28")] {
            let look = Look { level: ImpactLevel::Learning, after, unit };
            assert_eq!(look.due_on(day("2026-10-31")), day(due));
        }
        let at = |today| checkpoint(None).state(day("2026-10-31"), day(today));
        assert_eq!((at("2026-12-11"), at("2026-12-12")), (CheckpointState::Planned, CheckpointState::Due));
    }

    #[test]
    fn every_outcome_can_follow_every_other_but_what_is_discontinued_stays() {
        use CheckpointOutcome as O;
        for before in [None, Some(O::Recorded), Some(O::NoEvidenceYet), Some(O::Discontinued)] {
            for outcome in O::ALL {
                let record = |before, said, on| checkpoint(before).recorded(*outcome, text(said), None, (day("2026-10-31"), day(on)), DateTime::UNIX_EPOCH);
                let done = record(before, "Seen", "2026-12-12");
                assert_eq!(done.is_ok(), before != Some(O::Discontinued), "{before:?} {outcome}");
                let state = done.map(|c| c.state(day("2026-10-31"), day("2026-10-01")).as_str());
                assert!(state.is_err() || state == Ok(outcome.as_str()));
                let silent = record(None, " ", "2026-12-12");
                assert_eq!(silent.is_ok(), *outcome == O::NoEvidenceYet, "{outcome} without a word");
                let early = record(before, "Seen", "2026-12-11");
                assert_eq!(early.is_ok(), before != Some(O::Discontinued) && *outcome == O::Discontinued, "{before:?} {outcome} on the day before");
            }
        }
    }

    #[test]
    fn nobody_looks_twice_at_the_same() {
        let look = |after| Look { level: ImpactLevel::Reaction, after, unit: OffsetUnit::Weeks };
        assert!(looks(&[look(1), look(2)]).is_ok());
        assert_eq!(looks(&[look(1), look(2), look(1)]).err().map(|e| e.faults[0].pointer.clone()).as_deref(), Some("/checkpoints/2"));
    }

    #[test]
    fn a_kind_of_few_people_is_not_told_however_many_requests_they_made() {
        let told = |stop: u128| {
            let stopped = (0..6).map(|n| case(n % stop, "Severn", None, Some(Conclusion::Stop)));
            let rest = (10..20).map(|n| case(n, "Severn", None, Some(Conclusion::Continue)));
            summarise(&stopped.chain(rest).collect::<Vec<_>>(), true).topics.pop().map(|(_, s)| (s.requests, s.conclusions))
        };
        assert_eq!(told(6), Some((16, Some([10, 0, 6, 0]))));
        assert_eq!(told(5), Some((16, Some([10, 0, 6, 0]))), "six requests of five people");
        assert_eq!(told(1), Some((16, None)), "six of one are one person's");
    }

    fn at(school: u128, cases: impl Iterator<Item = Case>) -> Vec<Case> {
        cases.map(|c| Case { at: OrganisationId(Uuid::from_u128(school)), ..c }).collect()
    }

    #[test]
    fn a_trust_less_its_schools_speaks_of_nobody() {
        let stop = |n: u128| case(n, "Severn", None, Some(Conclusion::Stop));
        let go = |n: u128| case(n, "Severn", None, Some(Conclusion::Continue));
        let seven = || at(1, (0..7).map(stop));
        let told = |cases: Vec<Case>, top| summarise(&cases, top).topics.pop().map(|(_, s)| (s.people, s.conclusions));
        for (beside, top, expected) in [
            (Vec::new(), true, Some((7, Some([0, 0, 7, 0])))),
            // one person of another school is the difference
            (at(2, (10..11).map(stop)), true, None),
            // five of that school can be told by themselves, or together with one of a third
            (at(2, (10..15).map(stop)), true, Some((12, Some([0, 0, 12, 0])))),
            ([at(2, (10..13).map(stop)), at(3, (20..23).map(stop))].concat(), true, Some((13, Some([0, 0, 13, 0])))),
            // below the top what is left could be subtracted again
            ([at(2, (10..13).map(stop)), at(3, (20..23).map(stop))].concat(), false, None),
            // and so for each breakdown: eight people, of whom three go on
            (at(2, (10..15).map(stop).chain((15..18).map(go))), true, Some((15, None))),
        ] {
            assert_eq!(told([seven(), beside.clone()].concat(), top), expected, "{beside:?} {top}");
        }
    }

    fn case(person: u128, provider: &str, seen: Option<CheckpointOutcome>, conclusion: Option<Conclusion>) -> Case {
        Case {
            person: PersonId(Uuid::from_u128(person)),
            at: OrganisationId(Uuid::nil()),
            topic: Topic::Provider(Title::parse(provider).ok()),
            provider: Title::parse(provider).ok(),
            spent: 1000,
            cover: 60,
            checkpoints: vec![(ImpactLevel::UseInPractice, seen)],
            conclusion,
        }
    }

    #[test]
    fn a_topic_is_summed_up_once_five_people_spoke_of_it() {
        let recorded = Some(CheckpointOutcome::Recorded);
        let four: Vec<Case> = (0..9).map(|n| case(n % 4, "Few", recorded, None)).collect();
        let many: Vec<Case> = (0..10).map(|n| case(n, "Many", if n < 5 { recorded } else { None }, (n < 2).then_some(Conclusion::Stop))).collect();
        let told = summarise(&four.into_iter().chain(many).collect::<Vec<_>>(), true);
        assert_eq!((told.topics.len(), told.topics_left_out), (1, 1), "nine requests of four people are left out");
        assert_eq!((told.providers.len(), told.providers_left_out), (1, 1));
        let many = &told.topics[0].1;
        assert_eq!((many.people, many.requests, many.spent, many.cover, many.followed_up), (10, 10, Some(10_000), Some(600), Some(5)));
        let practice = many.known.iter().find(|k| k.level == ImpactLevel::UseInPractice);
        assert_eq!(practice.map(|k| (k.recorded, k.unknown)), Some((5, 5)));
        assert_eq!(many.conclusions, None, "two who stop are a few");
    }

    #[test]
    fn of_several_looks_at_a_level_the_best_counts() {
        let mut cases: Vec<Case> = (0..5).map(|n| case(n, "Many", Some(CheckpointOutcome::NoEvidenceYet), None)).collect();
        cases.iter_mut().for_each(|c| c.checkpoints.push((ImpactLevel::UseInPractice, Some(CheckpointOutcome::Recorded))));
        let told = summarise(&cases, true).topics;
        let known = told[0].1.known.iter().find(|k| k.level == ImpactLevel::UseInPractice).map(|k| (k.recorded, k.no_evidence_yet));
        assert_eq!(known, Some((5, 0)));
    }

    #[test]
    fn what_was_spent_on_few_is_not_told() {
        // ten people asked; so many of them cost something, and needed cover
        let told = |paid: u128, here: u128| {
            let of = |n: u128| Case { spent: if n < paid { 700 } else { 0 }, cover: if n < paid { 30 } else { 0 }, ..case(n, "Severn", None, None) };
            let cases = [at(1, (0..here).map(of)), at(2, (here..12).map(of))].concat();
            summarise(&cases, true).topics.pop().map(|(_, s)| (s.requests, s.spent, s.cover))
        };
        assert_eq!(told(0, 6), Some((12, Some(0), Some(0))), "none is none");
        assert_eq!(told(1, 6), Some((12, None, None)), "what one person cost");
        assert_eq!(told(4, 6), Some((12, None, None)));
        assert_eq!(told(5, 6), Some((12, Some(3500), Some(150))), "five at one school, and none at the other");
        assert_eq!(told(7, 6), Some((12, None, None)), "all less one school, at which it is told, is one person's");
        assert_eq!(told(12, 6), Some((12, Some(8400), Some(360))));
        assert_eq!(summarise(&at(1, (0..6).map(|n| Case { spent: u64::from(n == 0), ..case(n, "Severn", None, None) })), false).topics[0].1.spent, None);
    }

    #[test]
    fn a_provider_less_its_activities_speaks_of_nobody() {
        let activity = |n: u128, of: u128| Case { topic: Topic::Activity(LearningActivityId(Uuid::from_u128(of))), ..case(n, "Severn", None, None) };
        let of = |activities: &[(u128, u128, std::ops::Range<u128>)]| -> Vec<Case> {
            activities.iter().flat_map(|(school, which, who)| at(*school, who.clone().map(|n| activity(n, *which)))).collect()
        };
        let told = |cases: Vec<Case>, top| summarise(&cases, top).providers.pop().map(|(_, s)| (s.people, s.spent));
        for (cases, top, expected) in [
            // two activities, each told by itself
            (of(&[(1, 1, 0..5), (1, 2, 5..11)]), true, Some((11, Some(11_000)))),
            // one person at the second is the difference
            (of(&[(1, 1, 0..5), (1, 2, 5..6)]), true, None),
            // two activities of three people each speak of six together; but not beneath the top
            (of(&[(1, 1, 0..5), (1, 2, 5..8), (1, 3, 8..11)]), true, Some((11, Some(11_000)))),
            (of(&[(1, 1, 0..5), (1, 2, 5..8), (1, 3, 8..11)]), false, None),
            (of(&[(1, 1, 0..5), (1, 2, 5..10)]), false, Some((10, Some(10_000)))),
            // the second activity is told by itself of all schools, and less that the third is one person's
            (of(&[(1, 1, 0..5), (1, 2, 5..8), (2, 2, 8..11), (2, 3, 11..12)]), true, None),
            (of(&[(1, 1, 0..5), (1, 2, 5..8), (2, 2, 8..11), (2, 3, 11..16)]), true, Some((16, Some(16_000)))),
        ] {
            assert_eq!(told(cases.clone(), top), expected, "{:?} {top}", cases.iter().map(|c| (c.at, c.topic.clone())).collect::<Vec<_>>());
        }
        // and what is in no catalogue counts with its provider's activities
        let beside = [of(&[(1, 1, 0..6)]), at(1, (6..12).map(|n| case(n, "Severn", None, None)))].concat();
        let summaries = summarise(&beside, true);
        assert_eq!((summaries.topics.len(), summaries.providers.len(), summaries.providers[0].1.people), (2, 1, 12));
    }
}
