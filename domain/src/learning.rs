//! Learning records: what a person learned. Private by default; its owner alone decides who else sees it.

use crate::{
    access::Audience,
    activity::{LearningActivity, LearningSession},
    enrolment::Enrolment,
    event::{About, EventKind},
    id::{EmploymentId, LearningRecordId, ObjectiveId, OrganisationId, PersonId, PriorityId, StandardId},
    provenance::{LearningField, Provenance},
    rule::{Code, Faults, RuleError},
    text::{ExternalRef, Narrative, Slug, Title},
    visit::LearningVisit,
    words,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

words! {
    /// How somebody learned.
    LearningKind {
        /// A course or workshop.
        Course = "course",
        /// A day or session of the school's own.
        Inset = "inset",
        /// Reading or study.
        Reading = "reading",
        /// Being coached.
        Coaching = "coaching",
        /// Being mentored, or mentoring.
        Mentoring = "mentoring",
        /// A visit to somebody's lesson or school.
        LearningVisit = "learning_visit",
        /// Inquiry into one's own practice.
        Inquiry = "inquiry",
        /// Planning and reviewing with colleagues.
        Collaboration = "collaboration",
        /// A conference or network.
        Conference = "conference",
        /// A qualification, such as an NPQ.
        Qualification = "qualification",
        /// Anything else.
        Other = "other",
    }
    /// Who may see a learning record.
    Visibility {
        /// Its owner alone.
        Private = "private",
        /// Also those to whom its owner shows it.
        Shared = "shared",
    }
    /// To whom a learning record is shown, beside the people whom its owner names.
    LearningAudience {
        /// Whoever appraises its owner.
        Appraiser = "appraiser",
        /// The headteacher, HR and learning lead of its school.
        Leaders = "leaders",
        /// Everybody who works at its school, its owner's appraiser and the leaders among them.
        School = "school",
    }
    /// What can be done with a learning record.
    LearningAction {
        /// Change it.
        Update = "update",
        /// Reflect on it.
        Reflect = "reflect",
        /// Share it: with the appraiser and the leaders, or as one likes.
        Share = "share",
        /// Make it private again.
        Unshare = "unshare",
        /// Add evidence.
        AddEvidence = "add_evidence",
        /// Delete it, if an outside provider sent it.
        Delete = "delete",
    }
}

use LearningAction as A;

/// Longest that something can have taken, in minutes: 1,000 hours.
pub const MOST_MINUTES: i32 = 60_000;
/// Minutes of a day.
const DAY: i64 = 24 * 60;

/// Most minutes that something can have taken from one day to another, both included: none, if they are the wrong way round.
pub fn most_minutes(first: NaiveDate, last: NaiveDate) -> i32 {
    let days = (last - first).num_days().saturating_add(1).max(0);
    i32::try_from(days.saturating_mul(DAY)).unwrap_or(MOST_MINUTES).min(MOST_MINUTES)
}

impl LearningAction {
    /// What the log says of it.
    pub const fn event(self) -> EventKind {
        match self {
            A::Update => EventKind::LearningRecordUpdated,
            A::Reflect => EventKind::LearningRecordReflected,
            A::Share => EventKind::LearningRecordShared,
            A::Unshare => EventKind::LearningRecordUnshared,
            A::AddEvidence => EventKind::LearningRecordEvidenceAdded,
            A::Delete => EventKind::LearningRecordDeleted,
        }
    }
}

/// A learning record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LearningRecord {
    /// Its id.
    pub id: LearningRecordId,
    /// Whose it is.
    pub person_id: PersonId,
    /// The employment in which they learned it.
    pub employment_id: EmploymentId,
    /// The school of that employment.
    pub organisation_id: OrganisationId,
    /// What it was.
    pub title: Title,
    /// How.
    pub kind: LearningKind,
    /// First day.
    pub started_on: NaiveDate,
    /// Last day.
    pub ended_on: NaiveDate,
    /// How long it took, in minutes.
    pub minutes: i32,
    /// Who provided it.
    pub provider: Option<Title>,
    /// What its owner makes of it.
    pub reflection: Option<Narrative>,
    /// The question that this answers, by the key of its prompt.
    pub reflection_prompt: Option<Slug>,
    /// To whom its owner shows it.
    pub shared_with: Audience,
    /// Objectives it serves.
    pub objective_ids: Vec<ObjectiveId>,
    /// Standards and mechanisms of effective professional development it speaks to.
    pub standard_ids: Vec<StandardId>,
    /// Priorities of improvement plans that it serves.
    pub priority_ids: Vec<PriorityId>,
    /// What the outside provider calls it that sent it.
    pub external_ref: Option<ExternalRef>,
    /// Which of its fields the provider manages, and which of them its owner changed.
    pub provenance: Provenance<LearningField>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was logged.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be changed of a learning record; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct LearningRecordPatch {
    /// What it was.
    pub title: Option<Title>,
    /// How.
    pub kind: Option<LearningKind>,
    /// First day.
    pub started_on: Option<NaiveDate>,
    /// Last day.
    pub ended_on: Option<NaiveDate>,
    /// How long, in minutes.
    pub minutes: Option<i32>,
    /// Who provided it.
    pub provider: Option<Option<Title>>,
    /// What its owner makes of it.
    pub reflection: Option<Option<Narrative>>,
    /// All the objectives it serves.
    pub objective_ids: Option<Vec<ObjectiveId>>,
    /// All the standards it speaks to.
    pub standard_ids: Option<Vec<StandardId>>,
    /// All the priorities it serves.
    pub priority_ids: Option<Vec<PriorityId>>,
}

impl LearningRecord {
    /// Is it its owner's alone, or shown to anybody?
    pub fn visibility(&self) -> Visibility {
        if self.shared_with.nobody() { Visibility::Private } else { Visibility::Shared }
    }
    /// Whom and where it is about. In the log it is its owner's alone until the leaders may read it: what is shown to a few is told to nobody who follows a
    /// whole school.
    pub fn about(&self) -> About {
        let private_to = (!self.shared_with.leaders).then_some(self.person_id);
        About { organisation: Some(self.organisation_id), person: Some(self.person_id), private_to }
    }
    /// Learning is logged after it happened, and took no longer than the days on which it was.
    ///
    /// # Errors
    /// `impossible_dates`, `impossible_hours`.
    pub fn check(&self, today: NaiveDate) -> Result<(), RuleError> {
        let mut faults = Faults::default();
        if self.ended_on < self.started_on {
            faults.check::<()>(Err(RuleError::at(Code::ImpossibleDates, "/ended_on", "ended before it started")));
        }
        if self.ended_on > today {
            faults.check::<()>(Err(RuleError::at(Code::ImpossibleDates, "/ended_on", "learning is logged after it happened")));
        }
        let most = most_minutes(self.started_on, self.ended_on);
        if self.started_on <= self.ended_on && self.minutes > most {
            let what = format!("that is more than the days on which it was have: {most} minutes at most");
            faults.check::<()>(Err(RuleError::at(Code::ImpossibleHours, "/minutes", what)));
        }
        faults.settle()
    }
    /// Only its owner writes in it.
    ///
    /// # Errors
    /// `not_permitted`, `wrong_state`.
    pub fn can(&self, action: LearningAction, by: Option<PersonId>) -> Result<(), RuleError> {
        if by != Some(self.person_id) {
            return Err(RuleError::new(Code::NotPermitted, "only its owner decides about a learning record"));
        }
        match (action, self.visibility()) {
            (A::Unshare, Visibility::Private) => Err(RuleError::new(Code::WrongState, "it is private already")),
            (A::Delete, _) if self.external_ref.is_none() => {
                Err(RuleError::new(Code::WrongState, "what one logged oneself is corrected or made private; only what a provider sent is deleted"))
            }
            _ => Ok(()),
        }
    }
    /// Shown to these from now on, and to nobody else any more; and what the log says of it. Whoever follows it is told that it left their sight if the leaders no
    /// longer read it, and of all of it otherwise.
    ///
    /// # Errors
    /// As [`LearningRecord::can`].
    pub fn shown(&self, to: Audience, by: Option<PersonId>) -> Result<(Self, EventKind), RuleError> {
        let meant = !to.nobody();
        let shared_with = to.of(self.person_id);
        if meant && shared_with.nobody() {
            return Err(RuleError::at(
                Code::ContradictoryMembers,
                "/person_ids",
                "it is yours already: say with whom else; to make it private again, unshare it",
            ));
        }
        self.can(if shared_with.nobody() { A::Unshare } else { A::Share }, by)?;
        let left = shared_with.nobody() || (self.shared_with.leaders && !shared_with.leaders);
        let event = if left { A::Unshare.event() } else { A::Share.event() };
        Ok((Self { shared_with, ..self.clone() }, event))
    }
    /// With what its owner makes of it, and the question that this answers.
    ///
    /// # Errors
    /// `not_permitted`; `unknown_reference` where there is no such question.
    pub fn reflected(&self, reflection: Narrative, prompt: Option<Slug>, by: Option<PersonId>) -> Result<Self, RuleError> {
        self.can(A::Reflect, by)?;
        prompt.iter().try_for_each(crate::reflection::known)?;
        Ok(Self { reflection: Some(reflection), reflection_prompt: prompt, ..self.clone() })
    }
    /// The record with a patch laid over it.
    ///
    /// # Errors
    /// As [`LearningRecord::check`].
    pub fn patched(&self, patch: LearningRecordPatch, today: NaiveDate) -> Result<Self, RuleError> {
        let LearningRecordPatch { title, kind, started_on, ended_on, minutes, provider, reflection, objective_ids, standard_ids, priority_ids } = patch;
        let new = Self {
            title: title.unwrap_or_else(|| self.title.clone()),
            kind: kind.unwrap_or(self.kind),
            started_on: started_on.unwrap_or(self.started_on),
            ended_on: ended_on.unwrap_or(self.ended_on),
            minutes: minutes.unwrap_or(self.minutes),
            provider: provider.unwrap_or_else(|| self.provider.clone()),
            // other words may answer another question; none answer none
            reflection_prompt: self.reflection_prompt.clone().filter(|_| reflection.as_ref().is_none_or(|new| *new == self.reflection)),
            reflection: reflection.unwrap_or_else(|| self.reflection.clone()),
            objective_ids: objective_ids.unwrap_or_else(|| self.objective_ids.clone()),
            standard_ids: standard_ids.unwrap_or_else(|| self.standard_ids.clone()),
            priority_ids: priority_ids.unwrap_or_else(|| self.priority_ids.clone()),
            ..self.clone()
        };
        new.check(today).map(|()| new)
    }
}

/// What somebody who came to a session learned there: theirs, and private until they share it. What they make of it, they write themselves.
pub fn attended(id: LearningRecordId, enrolment: &Enrolment, activity: &LearningActivity, of: &LearningSession, now: DateTime<Utc>) -> LearningRecord {
    let (started_on, today) = (of.starts_at.date_naive(), now.date_naive());
    // it is said of a session that has begun, and may go on tomorrow
    let ended_on = of.ends_at.date_naive().min(today).max(started_on);
    LearningRecord {
        id,
        person_id: enrolment.person_id,
        employment_id: enrolment.employment_id,
        organisation_id: enrolment.organisation_id,
        title: activity.title.clone(),
        kind: activity.kind,
        started_on,
        ended_on,
        minutes: of.counted_minutes(activity.minutes).min(most_minutes(started_on, ended_on)),
        provider: activity.provider.clone(),
        reflection: None,
        reflection_prompt: None,
        shared_with: Audience::default(),
        objective_ids: Vec::new(),
        standard_ids: activity.standard_ids.clone(),
        priority_ids: Vec::new(),
        external_ref: None,
        provenance: Provenance::default(),
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// A copy of what a visitor wrote, put by the visited person among their own learning for others to see. It is theirs from now on.
pub fn visited(
    id: LearningRecordId,
    visit: &LearningVisit,
    (employment_id, organisation_id): (EmploymentId, OrganisationId),
    now: DateTime<Utc>,
) -> LearningRecord {
    LearningRecord {
        id,
        person_id: visit.visited_id,
        employment_id,
        organisation_id,
        title: visit.purpose.clone(),
        kind: LearningKind::LearningVisit,
        started_on: visit.visited_on,
        ended_on: visit.visited_on,
        minutes: visit.minutes,
        provider: None,
        reflection: visit.notes.clone(),
        reflection_prompt: None,
        shared_with: Audience::usual(),
        objective_ids: Vec::new(),
        standard_ids: Vec::new(),
        priority_ids: Vec::new(),
        external_ref: None,
        provenance: Provenance::default(),
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn record(visibility: Visibility, started: &str, ended: &str) -> LearningRecord {
        LearningRecord {
            id: LearningRecordId(Uuid::nil()),
            person_id: PersonId(Uuid::from_u128(1)),
            employment_id: EmploymentId(Uuid::nil()),
            organisation_id: OrganisationId(Uuid::nil()),
            title: Title::try_from("Retrieval practice".to_owned()).unwrap_or_else(|e| unreachable!("{e}")),
            kind: LearningKind::Reading,
            started_on: started.parse().unwrap_or_default(),
            ended_on: ended.parse().unwrap_or_default(),
            minutes: 90,
            provider: None,
            reflection: None,
            reflection_prompt: None,
            shared_with: match visibility {
                Visibility::Private => Audience::default(),
                Visibility::Shared => Audience::usual(),
            },
            objective_ids: vec![],
            standard_ids: vec![],
            priority_ids: vec![],
            external_ref: None,
            provenance: Provenance::default(),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn only_the_owner_decides_and_sharing_goes_back_and_forth() {
        for visibility in Visibility::ALL {
            for action in A::ALL {
                let owner = record(*visibility, "2026-10-01", "2026-10-01").can(*action, Some(PersonId(Uuid::from_u128(1))));
                let refused = matches!((action, visibility), (A::Unshare, Visibility::Private) | (A::Delete, _));
                assert_eq!(owner.is_err(), refused, "{visibility} {action}");
                let other = record(*visibility, "2026-10-01", "2026-10-01").can(*action, Some(PersonId(Uuid::from_u128(2))));
                assert_eq!(other.err().map(|e| e.code), Some(Code::NotPermitted));
            }
        }
    }

    /// From whom to whom: what the log says, and whether it is anybody's who follows the school.
    #[test]
    fn whoever_follows_a_school_is_told_of_what_its_leaders_read_and_that_it_left_their_sight() {
        let one = |n: u128| Audience { people: vec![PersonId(Uuid::from_u128(n))], ..Audience::default() };
        let (nobody, usual) = (Audience::default, Audience::usual);
        let school = || Audience { school: true, ..Audience::default() };
        for (from, to, event, private) in [
            (nobody(), usual(), EventKind::LearningRecordShared, false),
            (nobody(), one(2), EventKind::LearningRecordShared, true),
            (usual(), one(2), EventKind::LearningRecordUnshared, true),
            (usual(), school(), EventKind::LearningRecordShared, false),
            (school().of(PersonId(Uuid::from_u128(1))), usual(), EventKind::LearningRecordShared, false),
            (one(2), nobody(), EventKind::LearningRecordUnshared, true),
            (one(2), one(3), EventKind::LearningRecordShared, true),
        ] {
            let owner = Some(PersonId(Uuid::from_u128(1)));
            let before = LearningRecord { shared_with: from, ..record(Visibility::Private, "2026-10-01", "2026-10-01") };
            let found = before.shown(to, owner).map(|(after, event)| (event, after.about().private_to.is_some()));
            assert_eq!(found, Ok((event, private)), "{before:?}");
        }
        // whoever names themself alone has named nobody, and takes back nothing
        let own = record(Visibility::Private, "2026-10-01", "2026-10-01");
        assert_eq!(own.shown(one(1), Some(own.person_id)).err().map(|e| e.code), Some(Code::ContradictoryMembers));
    }

    #[test]
    fn what_a_provider_sent_its_owner_deletes_and_nobody_else() {
        let reference = |text: &str| crate::text::Reference::try_from(text.to_owned()).unwrap_or_else(|e| unreachable!("{e}"));
        let sent = ExternalRef { source: reference("provider"), id: reference("1") };
        let record = LearningRecord { external_ref: Some(sent), ..record(Visibility::Shared, "2026-10-01", "2026-10-01") };
        for (who, expected) in [(1, None), (2, Some(Code::NotPermitted))] {
            assert_eq!(record.can(A::Delete, Some(PersonId(Uuid::from_u128(who)))).err().map(|e| e.code), expected);
        }
    }

    #[test]
    fn learning_is_logged_after_it_happened() {
        let today = "2026-10-05".parse().unwrap_or_default();
        for (started, ended, faults) in
            [("2026-10-01", "2026-10-05", 0), ("2026-10-01", "2026-10-06", 1), ("2026-10-02", "2026-10-01", 1), ("2026-10-09", "2026-10-08", 2)]
        {
            assert_eq!(record(Visibility::Private, started, ended).check(today).err().map_or(0, |e| e.faults.len()), faults, "{started} {ended}");
        }
    }

    #[test]
    fn nothing_took_longer_than_the_days_on_which_it_was() {
        let today = "2026-10-05".parse().unwrap_or_default();
        let hours = ("/minutes", Code::ImpossibleHours.as_str());
        let dates = ("/ended_on", Code::ImpossibleDates.as_str());
        for (started, ended, minutes, faults) in [
            ("2026-10-01", "2026-10-01", 1_440, vec![]),
            ("2026-10-01", "2026-10-01", 1_441, vec![hours]),
            ("2026-10-01", "2026-10-02", 2_880, vec![]),
            ("2026-10-01", "2026-10-02", 2_881, vec![hours]),
            ("2026-10-05", "2026-10-06", 60_000, vec![dates, hours]),
            // which day is wrong is not known, so nor is how many there are
            ("2026-10-02", "2026-10-01", 60_000, vec![dates]),
            ("1950-01-01", "2026-10-01", MOST_MINUTES, vec![]),
        ] {
            let found = LearningRecord { minutes, ..record(Visibility::Private, started, ended) }.check(today);
            let told = found.err().map_or_else(Vec::new, |e| e.faults);
            assert_eq!(told.iter().map(|f| (f.pointer.as_str(), f.code.as_str())).collect::<Vec<_>>(), faults, "{started} {ended} {minutes}");
        }
        assert_eq!(most_minutes(NaiveDate::MIN, NaiveDate::MAX), MOST_MINUTES);
    }
}
