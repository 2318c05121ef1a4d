//! Self-reviews: somebody looks at themself against a framework. Of each statement they may say something, in words, with one of a few words that are no
//! grade, or both; of none must they. In the spirit of the Teachers' Standards: who says nothing meets them, unless there is evidence otherwise.
//!
//! A self-review is its owner's alone, for ever. What somebody else reads is a version that its owner kept, as it was then, and only until they withdraw it.

use crate::{
    event::About,
    framework::FrameworkVersion,
    id::{EmploymentId, FrameworkVersionId, OrganisationId, PersonId, SelfReviewId, SelfReviewVersionId, SharedSelfReviewId, StandardId},
    relationship::RelationshipKind,
    rule::{Code, Faults, RuleError},
    text::{Narrative, Title},
    words,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// How somebody sees themself in one statement. No grade: none is better than another, and none need be said.
    SelfAssessment {
        /// A strength, of which others could make use.
        Strength = "strength",
        /// It is growing.
        Growing = "growing",
        /// What they want to work on.
        WantToWorkOn = "want_to_work_on",
    }
    /// What can be done with a self-review.
    SelfReviewAction {
        /// Change what it says.
        Update = "update",
        /// Keep a version as it stands now.
        Keep = "keep",
        /// Let somebody read a version as it stands now.
        Share = "share",
    }
    /// What can be done with a shared self-review.
    SharedReviewAction {
        /// Take it back.
        Withdraw = "withdraw",
    }
}

/// What somebody says of themself in one statement of the framework.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Which statement.
    pub standard_id: StandardId,
    /// How they see themself.
    pub view: Option<SelfAssessment>,
    /// In their own words.
    pub words: Option<Narrative>,
}

/// A self-review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SelfReview {
    /// Its id.
    pub id: SelfReviewId,
    /// Whose.
    pub person_id: PersonId,
    /// In which employment.
    pub employment_id: EmploymentId,
    /// The school of that employment.
    pub organisation_id: OrganisationId,
    /// Against which version of which framework.
    pub framework_version_id: FrameworkVersionId,
    /// What its owner calls it.
    pub title: Option<Title>,
    /// What they say, in the order in which they say it.
    pub statements: Vec<Statement>,
    /// How many versions of it are kept.
    pub kept: i32,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be changed of a self-review; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct SelfReviewPatch {
    /// What its owner calls it.
    pub title: Option<Option<Title>>,
    /// All that they say.
    pub statements: Option<Vec<Statement>>,
}

/// A self-review as it stood when its owner kept it. It never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfReviewVersion {
    /// Its id.
    pub id: SelfReviewVersionId,
    /// Of which self-review.
    pub self_review_id: SelfReviewId,
    /// Which one: 1 is the first.
    pub number: i32,
    /// What its owner called it.
    pub title: Option<Title>,
    /// What they said.
    pub statements: Vec<Statement>,
    /// When they kept it.
    pub kept_at: DateTime<Utc>,
}

/// A version of a self-review that its owner lets somebody read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SharedSelfReview {
    /// Its id.
    pub id: SharedSelfReviewId,
    /// Whose self-review.
    pub owner_id: PersonId,
    /// Who may read it, while they appraise, coach, mentor or induct its owner.
    pub reader_id: PersonId,
    /// Which version.
    pub version_id: SelfReviewVersionId,
    /// When it was taken back.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was shared.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Does somebody who is this to a person help them learn, so that they can be shown a self-review? A line manager who does not appraise plans work.
pub const fn companion(kind: RelationshipKind) -> bool {
    match kind {
        RelationshipKind::Appraiser | RelationshipKind::Coach | RelationshipKind::Mentor | RelationshipKind::InductionTutor => true,
        RelationshipKind::LineManager => false,
    }
}

impl SelfReview {
    /// Whom it is about, who alone ever reads of it.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), person: Some(self.person_id), private_to: Some(self.person_id) }
    }
    /// Can this person do this now? Nothing of it is anybody's but its owner's, and what says nothing is not kept.
    ///
    /// # Errors
    /// `not_permitted`, `not_ready`.
    pub fn can(&self, action: SelfReviewAction, by: Option<PersonId>) -> Result<(), RuleError> {
        if by != Some(self.person_id) {
            return Err(RuleError::new(Code::NotPermitted, "a self-review is its owner's alone"));
        }
        match action {
            SelfReviewAction::Keep | SelfReviewAction::Share if self.statements.is_empty() => {
                Err(RuleError::at(Code::NotReady, "/statements", "it says nothing yet"))
            }
            _ => Ok(()),
        }
    }
    /// Is each statement one of the framework, and said once? A statement of which nothing is said is left out.
    ///
    /// # Errors
    /// `unknown_reference`, `contradictory_members`: each with its place.
    pub fn checked(mut self, framework: &FrameworkVersion) -> Result<Self, RuleError> {
        let mut faults = Faults::default();
        for (i, statement) in self.statements.iter().enumerate() {
            let at = format!("/statements/{i}/standard_id");
            if !framework.standards.iter().any(|s| s.id == statement.standard_id) {
                faults.check::<()>(Err(RuleError::at(Code::UnknownReference, &at, "no statement of this framework version")));
            } else if self.statements[..i].iter().any(|s| s.standard_id == statement.standard_id) {
                faults.check::<()>(Err(RuleError::at(Code::ContradictoryMembers, &at, "this statement stands there already")));
            }
        }
        faults.settle()?;
        self.statements.retain(|s| s.view.is_some() || s.words.is_some());
        Ok(self)
    }
    /// The self-review with a patch laid over it.
    pub fn patched(&self, patch: SelfReviewPatch) -> Self {
        let SelfReviewPatch { title, statements } = patch;
        Self { title: title.unwrap_or_else(|| self.title.clone()), statements: statements.unwrap_or_else(|| self.statements.clone()), ..self.clone() }
    }
    /// Is this what was kept last? Then there is nothing new to keep.
    pub fn is(&self, last: &SelfReviewVersion) -> bool {
        self.title == last.title && self.statements == last.statements
    }
    /// A version of it as it stands, and the self-review that knows of it.
    pub fn kept(&self, id: SelfReviewVersionId, now: DateTime<Utc>) -> (Self, SelfReviewVersion) {
        let after = Self { kept: self.kept + 1, ..self.clone() };
        let version =
            SelfReviewVersion { id, self_review_id: self.id, number: after.kept, title: self.title.clone(), statements: self.statements.clone(), kept_at: now };
        (after, version)
    }
}

/// May it be shown to this person? `companion` says whether they are one of those today.
///
/// # Errors
/// `self_relationship`, `not_in_relationship`.
pub fn may_share(owner: PersonId, reader: PersonId, companion: bool) -> Result<(), RuleError> {
    if owner == reader {
        return Err(RuleError::at(Code::SelfRelationship, "/reader_id", "it is yours already"));
    }
    if !companion {
        return Err(RuleError::at(
            Code::NotInRelationship,
            "/reader_id",
            "it is shown to who appraises, coaches or mentors you today, sees you through induction, or is in a coaching partnership with you",
        ));
    }
    Ok(())
}

impl SharedSelfReview {
    /// Whom it is about. Only the two can come so far as to read an event of it.
    pub fn about(&self) -> About {
        About { organisation: None, person: Some(self.owner_id), private_to: None }
    }
    /// Does this person read it? Its owner does; its reader until it is withdrawn, and while they are one of those to whom it could be shown: `companion`
    /// says so for today.
    pub fn read_by(&self, person: Option<PersonId>, companion: bool) -> bool {
        person == Some(self.owner_id) || (person == Some(self.reader_id) && self.withdrawn_at.is_none() && companion)
    }
    /// Can this person do this now?
    ///
    /// # Errors
    /// `not_permitted`, `wrong_state`.
    pub fn can(&self, _: SharedReviewAction, by: Option<PersonId>) -> Result<(), RuleError> {
        if by != Some(self.owner_id) {
            return Err(RuleError::new(Code::NotPermitted, "only its owner takes it back"));
        }
        match self.withdrawn_at {
            None => Ok(()),
            Some(_) => Err(RuleError::new(Code::WrongState, "it is withdrawn already")),
        }
    }
    /// Taken back.
    ///
    /// # Errors
    /// As [`SharedSelfReview::can`].
    pub fn withdrawn(&self, by: Option<PersonId>, now: DateTime<Utc>) -> Result<Self, RuleError> {
        self.can(SharedReviewAction::Withdraw, by)?;
        Ok(Self { withdrawn_at: Some(now), ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        framework::{Standard, VersionState},
        id::FrameworkId,
        text::Wire,
    };
    use uuid::Uuid;

    const OWNER: PersonId = PersonId(Uuid::from_u128(1));
    const READER: PersonId = PersonId(Uuid::from_u128(2));
    const OTHER: PersonId = PersonId(Uuid::from_u128(3));

    fn must<T: Wire>(text: &str) -> T {
        T::parse(text).unwrap_or_else(|e| unreachable!("{e}"))
    }
    fn said(standard: u128, view: Option<SelfAssessment>, words: Option<&str>) -> Statement {
        Statement { standard_id: StandardId(Uuid::from_u128(standard)), view, words: words.map(must) }
    }
    fn review(statements: Vec<Statement>) -> SelfReview {
        SelfReview {
            id: SelfReviewId(Uuid::nil()),
            person_id: OWNER,
            employment_id: EmploymentId(Uuid::nil()),
            organisation_id: OrganisationId(Uuid::nil()),
            framework_version_id: FrameworkVersionId(Uuid::nil()),
            title: None,
            statements,
            kept: 0,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }
    fn framework() -> FrameworkVersion {
        let standard = |n: u128| Standard {
            id: StandardId(Uuid::from_u128(n)),
            parent_id: None,
            code: must(&format!("TS{n}")),
            title: must("Plan and teach well structured lessons"),
            description: None,
        };
        FrameworkVersion {
            id: FrameworkVersionId(Uuid::nil()),
            framework_id: FrameworkId(Uuid::nil()),
            key: must("own"),
            name: must("Own"),
            label: must("1"),
            state: VersionState::Published,
            attribution: None,
            standards: vec![standard(1), standard(2)],
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn every_statement_is_optional_and_none_is_said_twice_or_made_up() {
        let view = Some(SelfAssessment::Growing);
        for (statements, faults, left) in [
            (vec![], 0, 0),
            (vec![said(1, view, None)], 0, 1),
            (vec![said(1, None, Some("My openings are calm."))], 0, 1),
            (vec![said(1, None, None), said(2, view, None)], 0, 1),
            (vec![said(1, view, None), said(1, None, Some("Again"))], 1, 0),
            (vec![said(3, view, None), said(2, view, None), said(2, view, None)], 2, 0),
        ] {
            match review(statements).checked(&framework()) {
                Ok(kept) => assert_eq!((0, left), (faults, kept.statements.len())),
                Err(e) => assert_eq!(e.faults.len(), faults, "{e}"),
            }
        }
    }

    #[test]
    fn nothing_of_it_is_anybodys_but_its_owners_whatever_is_done() {
        for statements in [vec![], vec![said(1, Some(SelfAssessment::Strength), None)]] {
            let of = review(statements);
            assert_eq!(of.about().private_to, Some(OWNER));
            for action in SelfReviewAction::ALL {
                for by in [Some(READER), None] {
                    assert_eq!(of.can(*action, by).err().map(|e| e.code), Some(Code::NotPermitted));
                }
                let refused = of.statements.is_empty() && *action != SelfReviewAction::Update;
                assert_eq!(of.can(*action, Some(OWNER)).err().map(|e| e.code), refused.then_some(Code::NotReady), "{action}");
            }
        }
    }

    #[test]
    fn a_kept_version_is_what_stood_then() {
        let of = review(vec![said(1, Some(SelfAssessment::Strength), None)]);
        let (after, first) = of.kept(SelfReviewVersionId(Uuid::nil()), DateTime::UNIX_EPOCH);
        assert_eq!((after.kept, first.number, after.is(&first)), (1, 1, true));
        let changed = after.patched(SelfReviewPatch { title: None, statements: Some(vec![said(2, None, Some("Later"))]) });
        assert!(!changed.is(&first));
        assert_eq!(first.statements, of.statements);
    }

    /// Who reads what was shared: by whom, still a companion, withdrawn.
    #[test]
    fn a_shared_version_is_read_until_it_is_withdrawn_and_while_its_reader_is_a_companion() {
        let shared = |withdrawn: bool| SharedSelfReview {
            id: SharedSelfReviewId(Uuid::nil()),
            owner_id: OWNER,
            reader_id: READER,
            version_id: SelfReviewVersionId(Uuid::nil()),
            withdrawn_at: withdrawn.then_some(DateTime::UNIX_EPOCH),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        };
        for withdrawn in [false, true] {
            for companion in [false, true] {
                for (by, reads) in [(Some(OWNER), true), (Some(READER), companion && !withdrawn), (Some(OTHER), false), (None, false)] {
                    assert_eq!(shared(withdrawn).read_by(by, companion), reads, "{by:?} {companion} {withdrawn}");
                    let taken = shared(withdrawn).withdrawn(by, DateTime::UNIX_EPOCH).err().map(|e| e.code);
                    let expected = if by != Some(OWNER) { Some(Code::NotPermitted) } else { withdrawn.then_some(Code::WrongState) };
                    assert_eq!(taken, expected);
                }
            }
        }
        for (reader, companion, code) in [(READER, true, None), (READER, false, Some(Code::NotInRelationship)), (OWNER, true, Some(Code::SelfRelationship))] {
            assert_eq!(may_share(OWNER, reader, companion).err().map(|e| e.code), code);
        }
    }
}
