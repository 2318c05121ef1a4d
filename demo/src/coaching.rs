//! The demo's coaching: a partnership in every state, action steps of every outcome, visits of both lanes, one of them shared.

use super::{
    people::Crew,
    scene::{Scene, Span, say},
};
use chrono::{Days, NaiveDate};
use trellis_domain::{
    coaching::{CoachingKind, CoachingStage, StepOutcome},
    id::{ActionStepId, CoachingPartnershipId, LearningVisitId},
    visit::VisitLane,
};
use trellis_persistence::{
    Command, StoreError,
    coaching::{
        AcceptPartnership, CreateActionStep, CreateLearningVisit, EndPartnership, GoOnCoaching, ProposePartnership, SettleActionStep, ShareLearningVisit,
    },
};

const NOW: Span = Span::Present;

struct Room<'a> {
    scene: &'a Scene<'a>,
    crew: &'a Crew,
}

impl Room<'_> {
    async fn one<W: Command>(&self, who: &str, part: f64, what: W) -> Result<W::Output, StoreError> {
        let made = self.scene.over(NOW, (part, part), vec![(self.crew.principal(who)?, what)]).await?;
        made.into_iter().next().ok_or_else(|| StoreError::Internal("the demo lost a write".into()))
    }
    fn day(&self, part: f64) -> NaiveDate {
        self.scene.calendar.moment(NOW, part).date_naive()
    }
    /// Proposed by the learner.
    async fn propose(&self, kind: CoachingKind, (learner, coach): (&str, &str), focus: &str, part: f64) -> Result<CoachingPartnershipId, StoreError> {
        let (learner_id, coach_id) = (self.crew.get(learner)?.person, self.crew.get(coach)?.person);
        let new = ProposePartnership { kind, learner_id, coach_id, focus: say(focus)?, cadence_weeks: Some(2) };
        Ok(self.one(learner, part, new).await?.record.id)
    }
    async fn step(&self, who: &str, partnership_id: CoachingPartnershipId, step: &str, part: f64) -> Result<ActionStepId, StoreError> {
        let check_back_on = self.day(part) + Days::new(14);
        Ok(self.one(who, part, CreateActionStep { partnership_id, step: say(step)?, check_back_on }).await?.record.id)
    }
    async fn go_on(&self, who: &str, id: CoachingPartnershipId, to: CoachingStage, part: f64) -> Result<(), StoreError> {
        self.one(who, part, GoOnCoaching { id, to, expected: None }).await.map(drop)
    }
    async fn settle(&self, who: &str, id: ActionStepId, outcome: StepOutcome, note: &str, part: f64) -> Result<(), StoreError> {
        self.one(who, part, SettleActionStep { id, outcome, note: Some(say(note)?), expected: None }).await.map(drop)
    }
    async fn visit(&self, by: &str, partnership: CoachingPartnershipId, (purpose, notes): (&str, &str), part: f64) -> Result<LearningVisitId, StoreError> {
        let new = CreateLearningVisit {
            lane: VisitLane::Development,
            partnership_id: Some(partnership),
            visited_id: None,
            visited_on: self.day(part),
            minutes: 25,
            purpose: say(purpose)?,
            notes: Some(say(notes)?),
        };
        Ok(self.one(by, part, new).await?.record.id)
    }
}

/// The autumn: answers the partnership that goes on.
pub(super) async fn this_year(scene: &Scene<'_>, crew: &Crew) -> Result<CoachingPartnershipId, StoreError> {
    let room = Room { scene, crew };
    let accept = |id| AcceptPartnership { id, expected: None };
    let teacher = room.propose(CoachingKind::Coaching, ("s-eng-1", "s-mat-2"), "Questions that wait for an answer", 0.4610).await?;
    room.one("s-mat-2", 0.4620, accept(teacher)).await?;
    let first = room.step("s-mat-2", teacher, "Count to five after every question in the first ten minutes", 0.4630).await?;
    room.go_on("s-eng-1", teacher, CoachingStage::Learn, 0.4632).await?;
    room.visit("s-mat-2", teacher, ("Who answers, and after how long?", "You waited four seconds and Aaliya spoke for the first time this term."), 0.4690)
        .await?;
    room.settle("s-eng-1", first, StepOutcome::Kept, "It is a habit now. Five is long; four does.", 0.4730).await?;
    room.go_on("s-mat-2", teacher, CoachingStage::Improve, 0.4740).await?;
    let second = room.step("s-eng-1", teacher, "Ask for a second answer before saying whether the first is right", 0.4750).await?;
    let shared = room.visit("s-mat-2", teacher, ("Second answers", "Three pupils built on one another without you."), 0.4830).await?;
    room.settle("s-eng-1", second, StepOutcome::Adapted, "Works in discussion, not in recap. I keep it for discussion.", 0.4870).await?;
    room.one("s-eng-1", 0.4890, ShareLearningVisit { id: shared, employment_id: None, expected: None }).await?;

    let mentor = room.propose(CoachingKind::Mentoring, ("s-eng-5", "s-eng"), "The first five minutes", 0.4630).await?;
    room.one("s-eng", 0.4640, accept(mentor)).await?;
    let over = room.propose(CoachingKind::Peer, ("s-eng-1", "s-hum-2"), "Marking less, and reading more of it", 0.4650).await?;
    room.one("s-hum-2", 0.4660, accept(over)).await?;
    room.go_on("s-hum-2", over, CoachingStage::Learn, 0.4665).await?;
    let dropped = room.step("s-hum-2", over, "One set of books a week, whole class notes only", 0.4670).await?;
    room.settle("s-eng-1", dropped, StepOutcome::Dropped, "The department had agreed otherwise by then.", 0.4770).await?;
    let end = EndPartnership { id: over, reason: Some(say("We found what we came for, and meet in the department anyway.")?), expected: None };
    room.one("s-eng-1", 0.4970, end).await?;

    let observed = CreateLearningVisit {
        lane: VisitLane::Appraisal,
        partnership_id: None,
        visited_id: Some(crew.get("s-eng-2")?.person),
        visited_on: room.day(0.4770),
        minutes: 45,
        purpose: say("Vocabulary in Year 9: the objective that we agreed")?,
        notes: Some(say("Six of the eight words were used by pupils, unprompted.")?),
    };
    room.one("s-eng", 0.4790, observed).await?;
    Ok(teacher)
}

/// The last weeks: a step that is being tried, and somebody who asked and has no answer yet.
pub(super) async fn lately(scene: &Scene<'_>, crew: &Crew, teacher: CoachingPartnershipId) -> Result<(), StoreError> {
    let room = Room { scene, crew };
    room.step("s-eng-1", teacher, "Plan the two questions that matter before the lesson", 0.893).await?;
    room.propose(CoachingKind::Peer, ("c-y4", "c-y6"), "Writing across Years 4 and 6", 0.895).await.map(drop)
}
