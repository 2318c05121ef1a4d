//! Pay recommendations: what who appraises recommends on somebody's pay, where the report says that it bears on pay. They stand in the pay lane: the
//! appraisee, who appraises today, and the headteacher and HR of the school read them, and neither an appraisal nor a report nor an objective holds a word of
//! one. They are off, but where the rules of the cycle have them (in England's maintained schools: SI 2012/115, regulation 7(6)(c)).

use crate::{
    appraisal::{Appraisal, Party},
    event::{About, EventKind},
    id::{AppraisalId, OrganisationId, PayRecommendationId, PersonId},
    rule::{Code, Faults, RuleError},
    text::Narrative,
    words,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

words! {
    /// What is recommended on somebody's pay. Points and sums are the pay policy's, and stand in no record of Trellis.
    PayOutcome {
        /// That their pay progresses, as the school's policy has it.
        Progress = "progress",
        /// That it does not progress this year.
        NoProgress = "no_progress",
        /// Something else, which the reasons say.
        Other = "other",
    }
    /// Where a recommendation on pay stands. What was decided it does not say.
    PayState {
        /// It was made, and waits to be decided.
        Made = "made",
        /// It was decided: it stands as it is.
        Decided = "decided",
        /// Who appraises took it back.
        Withdrawn = "withdrawn",
    }
    /// What was decided on a recommendation.
    PayVerdict {
        /// Pay becomes what was recommended.
        Accepted = "accepted",
        /// It does not; who appraises may make another recommendation.
        NotAccepted = "not_accepted",
    }
    /// What can be done with a recommendation on pay.
    PayAction {
        /// Change what is recommended, or why.
        Update = "update",
        /// Take it back.
        Withdraw = "withdraw",
        /// Decide it.
        Decide = "decide",
    }
}

use PayAction as A;
use PayState as S;

/// What was decided, by whom and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PayDecision {
    /// What.
    pub verdict: PayVerdict,
    /// Why, and what follows.
    pub words: Narrative,
    /// Who decided.
    pub decided_by: PersonId,
    /// When.
    pub decided_at: DateTime<Utc>,
}

/// A recommendation on the pay of somebody, at the end of an appraisal. The log names its fields and keeps no value of any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PayRecommendation {
    /// Its id.
    pub id: PayRecommendationId,
    /// Of which appraisal.
    pub appraisal_id: AppraisalId,
    /// Whose pay it is: the appraisee's.
    pub person_id: PersonId,
    /// The school.
    pub organisation_id: OrganisationId,
    /// Where it stands.
    pub state: PayState,
    /// What is recommended.
    pub outcome: PayOutcome,
    /// Why.
    pub reasons: Narrative,
    /// Who made it.
    pub made_by: PersonId,
    /// What was decided, once it was.
    pub decision: Option<PayDecision>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be changed of one that waits; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct PayPatch {
    /// What is recommended.
    pub outcome: Option<PayOutcome>,
    /// Why.
    pub reasons: Option<Narrative>,
}

/// What else decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayFacts {
    /// Does the report, as it stands, bear on pay? Known while the recommendation waits.
    pub relevant: bool,
    /// Does an appeal against the report wait to be decided?
    pub appealed: bool,
    /// Did whoever asks write the report, or work on the recommendation ([`PayRecommendation::worked_on_by`])? Known of who could decide it.
    pub wrote: bool,
}

impl PayAction {
    /// The states in which it can be done.
    pub const fn from(self) -> &'static [PayState] {
        match self {
            A::Update | A::Withdraw | A::Decide => &[S::Made],
        }
    }
    /// What the log says of it.
    pub const fn event(self) -> EventKind {
        match self {
            A::Update => EventKind::PayRecommendationChanged,
            A::Withdraw => EventKind::PayRecommendationWithdrawn,
            A::Decide => EventKind::PayRecommendationDecided,
        }
    }
    /// Is it this party's to do? If not, whose it is.
    const fn whose(self, by: Party) -> Result<(), &'static str> {
        let (ok, who) = match self {
            A::Update | A::Withdraw => (by.appraiser, "who appraises"),
            A::Decide => ((by.headteacher || by.hr) && !by.appraiser, "the headteacher and HR of the school, unless they appraise it,"),
        };
        if ok { Ok(()) } else { Err(who) }
    }
}

impl PayRecommendation {
    /// Whom and where it is about.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), person: Some(self.person_id), private_to: None }
    }
    /// Did this person make it, or appraise on a day since it was made, to whomever they handed over?
    pub fn worked_on_by(&self, person: PersonId, of: &Appraisal, today: NaiveDate) -> bool {
        let made_on = self.created_at.date_naive();
        let since = |until: Option<NaiveDate>| until.is_none_or(|until| made_on <= until);
        self.made_by == person || of.appraisers.iter().any(|a| a.person_id == person && a.from <= today && since(a.until))
    }
    /// Is it this party's to do at all? Asked before whoever may only read it is told what changed.
    ///
    /// # Errors
    /// `not_permitted`; `not_for_yourself`, of one's own pay, and for who would decide what they wrote.
    pub fn theirs(&self, action: PayAction, by: Party, facts: PayFacts) -> Result<(), RuleError> {
        action.whose(by).map_err(|who| RuleError::new(Code::NotPermitted, format!("only {who} may do this")))?;
        if by.person == Some(self.person_id) {
            return Err(RuleError::new(Code::NotForYourself, "nobody does this for their own pay; a colleague must"));
        }
        if action == A::Decide && facts.wrote {
            // or one could hand the appraisal over and accept one's own words on the same day
            let why = "nobody decides what they recommended, or what rests on a report that they wrote; another of the headteacher and HR does";
            return Err(RuleError::new(Code::NotForYourself, why));
        }
        Ok(())
    }
    /// Can this party do this now? Who first, then the state, then what must come first.
    ///
    /// # Errors
    /// As [`PayRecommendation::theirs`]; `wrong_state`, or `not_ready` with all that is in the way.
    pub fn can(&self, action: PayAction, by: Party, facts: PayFacts) -> Result<(), RuleError> {
        self.theirs(action, by, facts)?;
        if !action.from().contains(&self.state) {
            let from: Vec<&str> = action.from().iter().map(|s| s.as_str()).collect();
            return Err(RuleError::new(Code::WrongState, format!("the recommendation is {}; this needs {}", self.state, from.join(" or "))));
        }
        let mut faults = Faults::default();
        if action == A::Decide && !facts.relevant {
            let why = "the report was corrected, and does not bear on pay any more; who appraises takes the recommendation back";
            faults.check::<()>(Err(RuleError::at(Code::NotReady, "/pay_relevant", why)));
        }
        if action == A::Decide && facts.appealed {
            faults.check::<()>(Err(RuleError::at(Code::NotReady, "/appeal_decided_on", "an appeal against the report waits to be decided")));
        }
        faults.settle()
    }
    /// With other words.
    ///
    /// # Errors
    /// As [`PayRecommendation::can`].
    pub fn patched(&self, patch: PayPatch, by: Party, facts: PayFacts) -> Result<Self, RuleError> {
        self.can(A::Update, by, facts)?;
        let PayPatch { outcome, reasons } = patch;
        Ok(Self { outcome: outcome.unwrap_or(self.outcome), reasons: reasons.unwrap_or_else(|| self.reasons.clone()), ..self.clone() })
    }
    /// Taken back.
    ///
    /// # Errors
    /// As [`PayRecommendation::can`].
    pub fn withdrawn(&self, by: Party, facts: PayFacts) -> Result<Self, RuleError> {
        self.can(A::Withdraw, by, facts)?;
        Ok(Self { state: S::Withdrawn, ..self.clone() })
    }
    /// Decided, once.
    ///
    /// # Errors
    /// As [`PayRecommendation::can`].
    pub fn decided(&self, decision: PayDecision, by: Party, facts: PayFacts) -> Result<Self, RuleError> {
        self.can(A::Decide, by, facts)?;
        Ok(Self { state: S::Decided, decision: Some(decision), ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        appraisal::{AppraisalState, AppraiserTerm},
        employment::StaffCategory,
        id::{CycleId, EmploymentId},
        task::{TaskKind, of_pay},
        text::Wire,
    };
    use uuid::Uuid;

    const OWN: u128 = 10;
    const MAKER: u128 = 11;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }
    fn human(n: u128) -> PersonId {
        PersonId(Uuid::from_u128(n))
    }
    fn party(n: u128, appraiser: bool, headteacher: bool, hr: bool) -> Party {
        Party { person: Some(human(n)), appraiser, headteacher, hr, delegate: false }
    }
    fn words(text: &str) -> Narrative {
        Narrative::parse(text).unwrap_or_else(|e| unreachable!("{e}"))
    }
    fn decision() -> PayDecision {
        PayDecision { verdict: PayVerdict::Accepted, words: words("As recommended"), decided_by: human(20), decided_at: DateTime::UNIX_EPOCH }
    }
    fn recommendation(state: PayState) -> PayRecommendation {
        PayRecommendation {
            id: PayRecommendationId(Uuid::nil()),
            appraisal_id: AppraisalId(Uuid::nil()),
            person_id: human(OWN),
            organisation_id: OrganisationId(Uuid::nil()),
            state,
            outcome: PayOutcome::Progress,
            reasons: words("Every objective was met"),
            made_by: human(MAKER),
            decision: (state == S::Decided).then(decision),
            version: 1,
            created_at: "2027-07-09T10:00:00Z".parse().unwrap_or_default(),
            updated_at: DateTime::UNIX_EPOCH,
        }
    }
    const READY: PayFacts = PayFacts { relevant: true, appealed: false, wrote: false };

    /// Every action in every state, by somebody whose it is: what waits is changed, taken back or decided, and what was decided or taken back stands.
    #[test]
    fn the_machine_takes_exactly_these_steps() {
        for state in S::ALL {
            for action in A::ALL {
                let by = if *action == A::Decide { party(20, false, true, true) } else { party(MAKER, true, false, false) };
                let of = recommendation(*state);
                let found = match action {
                    A::Update => of.patched(PayPatch { outcome: Some(PayOutcome::Other), reasons: None }, by, READY),
                    A::Withdraw => of.withdrawn(by, READY),
                    A::Decide => of.decided(decision(), by, READY),
                };
                let expected = match (state, action) {
                    (S::Made, A::Update) => Ok((S::Made, PayOutcome::Other, false)),
                    (S::Made, A::Withdraw) => Ok((S::Withdrawn, PayOutcome::Progress, false)),
                    (S::Made, A::Decide) => Ok((S::Decided, PayOutcome::Progress, true)),
                    _ => Err(Code::WrongState),
                };
                assert_eq!(found.map(|p| (p.state, p.outcome, p.decision.is_some())).map_err(|e| e.code), expected, "{action} {state}");
            }
        }
    }

    /// Every action against every kind of caller.
    #[test]
    fn who_recommends_does_not_decide_and_nobody_does_either_for_themself() {
        let (no, yes, own) = (Some(Code::NotPermitted), None, Some(Code::NotForYourself));
        for (by, expected) in [
            (party(OWN, false, false, false), [no, no, no]),
            (party(MAKER, true, false, false), [yes, yes, no]),
            (party(12, true, false, false), [yes, yes, no]),
            (party(13, false, true, false), [no, no, yes]),
            (party(14, false, false, true), [no, no, yes]),
            // who appraises decides nothing, whatever else they are
            (party(15, true, true, true), [yes, yes, no]),
            (party(OWN, true, false, false), [own, own, no]),
            (party(OWN, false, true, true), [no, no, own]),
            (Party { delegate: true, ..party(16, false, false, false) }, [no, no, no]),
            (party(17, false, false, false), [no, no, no]),
            (Party::default(), [no, no, no]),
        ] {
            let may = |action| recommendation(S::Made).can(action, by, READY).err().map(|e| e.code);
            assert_eq!([may(A::Update), may(A::Withdraw), may(A::Decide)], expected, "{by:?}");
            // what waits is a task of whoever can decide it, and of nobody else
            let asked = of_pay(&recommendation(S::Made), by, READY).map(|(kind, _)| kind);
            assert_eq!(asked, expected[2].is_none().then_some(TaskKind::DecidePay), "{by:?}");
            assert_eq!(of_pay(&recommendation(S::Decided), by, READY), None, "{by:?}");
            // who may not is told nothing of where it stands
            for state in S::ALL {
                for (action, refused) in [A::Update, A::Withdraw, A::Decide].into_iter().zip(expected).filter(|(_, refused)| refused.is_some()) {
                    assert_eq!(recommendation(*state).can(action, by, READY).err().map(|e| e.code), refused, "{by:?} {action} {state}");
                }
            }
        }
    }

    #[test]
    fn it_is_decided_where_the_report_still_bears_on_pay_and_nothing_against_it_waits() {
        let hr = party(14, false, false, true);
        let pointers = |facts| {
            let refused = recommendation(S::Made).can(A::Decide, hr, facts).err();
            refused.map(|e| (e.code, e.faults.into_iter().map(|f| f.pointer).collect::<Vec<_>>()))
        };
        let waits = |of: &[&str]| Some((Code::NotReady, of.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>()));
        assert_eq!(pointers(READY), None);
        assert_eq!(pointers(PayFacts { relevant: false, ..READY }), waits(&["/pay_relevant"]));
        assert_eq!(pointers(PayFacts { appealed: true, ..READY }), waits(&["/appeal_decided_on"]));
        assert_eq!(pointers(PayFacts { relevant: false, appealed: true, ..READY }), waits(&["/pay_relevant", "/appeal_decided_on"]));
        for facts in [PayFacts { relevant: false, ..READY }, PayFacts { appealed: true, ..READY }, PayFacts { wrote: true, ..READY }] {
            assert_eq!(of_pay(&recommendation(S::Made), hr, facts), None, "{facts:?}");
        }
        let wrote = recommendation(S::Made).can(A::Decide, hr, PayFacts { wrote: true, ..READY });
        assert_eq!(wrote.err().map(|e| e.code), Some(Code::NotForYourself));
        // what waits for a decision can be taken back and mended nevertheless
        for action in [A::Update, A::Withdraw] {
            let facts = PayFacts { relevant: false, appealed: true, wrote: true };
            assert_eq!(recommendation(S::Made).can(action, party(MAKER, true, false, false), facts), Ok(()), "{action}");
        }
    }

    /// Whoever handed the appraisal over afterwards, on the same day too, worked on it nevertheless.
    #[test]
    fn it_is_the_work_of_who_made_it_and_of_who_appraised_since() {
        let term = |n: u128, from: &str, until: &str| AppraiserTerm { person_id: human(n), from: day(from), until: until.parse().ok() };
        let of = Appraisal {
            id: AppraisalId(Uuid::nil()),
            employment_id: EmploymentId(Uuid::nil()),
            person_id: human(OWN),
            organisation_id: OrganisationId(Uuid::nil()),
            cycle_id: CycleId(Uuid::nil()),
            staff_category: StaffCategory::Teacher,
            state: AppraisalState::Completed,
            resumes_to: None,
            starts_on: day("2026-09-01"),
            ends_on: day("2027-08-31"),
            deadlines: vec![],
            appraisers: vec![
                term(21, "2026-09-01", "2027-07-08"),
                term(22, "2026-09-01", "2027-07-09"),
                term(23, "2027-07-10", "2027-07-12"),
                term(24, "2027-07-12", ""),
                term(25, "2027-09-01", ""),
            ],
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
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        };
        for (who, worked) in [(MAKER, true), (21, false), (22, true), (23, true), (24, true), (25, false), (OWN, false), (30, false)] {
            assert_eq!(recommendation(S::Made).worked_on_by(human(who), &of, day("2027-07-20")), worked, "{who}");
        }
    }
}
