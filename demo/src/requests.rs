//! What the demo's teachers ask to be let learn: one request in each state, from a draft to one that is closed, with the money for it.

use super::{
    objectives::Told,
    people::Crew,
    places::{Places, Site},
    scene::{Scene, Span, say},
};
use RequestAction as A;
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;
use trellis_domain::{
    access::Audience,
    budget::BudgetLinePatch,
    id::{BudgetLineId, LearningRequestId, ObjectiveId, PriorityId},
    impact::{CheckpointOutcome, Conclusion, ImpactLevel, ImpactPlan, Look, OffsetUnit},
    learning::LearningKind,
    request::{AskPatch, Brought, RequestAction},
    time::academic_year,
};
use trellis_persistence::{
    StoreError,
    budget::CreateBudgetLine,
    learning::{LogLearning, ShowLearning},
    request::{ApproveLearningRequest, CommentOnRequest, CreateLearningRequest, PlanImpact, RecordCheckpoint, RequestImpact, StepLearningRequest},
};

/// What somebody asks for: who, what, what it costs in pence, cover in minutes, and how far it gets.
type Wish = (&'static str, &'static str, i32, i32, &'static [RequestAction]);

/// Still to come.
const AHEAD: [Wish; 7] = [
    ("s-eng-1", "A conference on oracy", 18_000, 360, &[]),
    ("s-mat-2", "Lesson study with the maths hub", 0, 720, &[A::Submit]),
    ("s-mfl-2", "A week at our partner school in Lyon", 64_000, 1_800, &[A::Submit, A::ManagerDecline]),
    ("s-sci-5", "Modelling in practical work", 9_500, 180, &[A::Submit, A::ManagerAgree]),
    ("s-eng-4", "Feedback that moves writing on", 14_000, 360, &[A::Submit, A::ManagerAgree, A::Approve]),
    ("s-hum-3", "A retreat for teachers of religious education", 39_000, 720, &[A::Submit, A::ManagerAgree, A::Decline]),
    ("s-art-1", "Printmaking for the classroom", 21_000, 360, &[A::Submit, A::ManagerAgree, A::Approve, A::Return]),
];
/// Held this term, by one provider.
const HELD: [Wish; 6] = [
    ("s-pe", "Coaching colleagues", 12_000, 360, &[A::Submit, A::ManagerAgree, A::Approve, A::Withdraw]),
    ("s-eng-2", "Coaching colleagues", 12_000, 360, &[A::Submit, A::ManagerAgree, A::Approve, A::Book]),
    ("s-mat-1", "Coaching colleagues", 12_000, 360, &[A::Submit, A::ManagerAgree, A::Approve, A::Book, A::Attend]),
    ("s-hum-1", "Coaching colleagues", 12_000, 360, &[A::Submit, A::ManagerAgree, A::Approve, A::Book, A::Attend, A::Evaluate]),
    ("s-sci-1", "Coaching colleagues", 12_000, 360, &[A::Submit, A::ManagerAgree, A::Approve, A::Book, A::Attend, A::Evaluate, A::ReviewImpact]),
    ("s-mfl-1", "Coaching colleagues", 12_000, 360, &[A::Submit, A::ManagerAgree, A::Approve, A::Book, A::Attend, A::Evaluate, A::ReviewImpact, A::Close]),
];
/// Whose second checkpoint is given up.
const LOOKS_NO_MORE: &str = "s-hum-1";
const HEAD: &str = "s-head";
const APPROVER: &str = "s-dht-1";

/// Who sees to cover, and says so.
const COVER: &str = "s-bus";
/// Whose whole year is told: what she asked for serves a priority and her inquiry, and she shared what the course taught her and what she found.
pub(super) const TELLS: &str = "s-mfl-1";

struct Office<'a> {
    scene: &'a Scene<'a>,
    crew: &'a Crew,
    told: &'a [Told],
    priority: PriorityId,
    lines: BTreeMap<i32, BudgetLineId>,
}

fn lost(what: &str) -> StoreError {
    StoreError::Internal(format!("the demo lost {what}"))
}

impl Office<'_> {
    async fn at<W: trellis_persistence::Command>(&self, part: f64, by: &str, what: W) -> Result<W::Output, StoreError> {
        let done = self.scene.over(Span::Present, (part, part), vec![(self.crew.principal(by)?, what)]).await?;
        done.into_iter().next().ok_or_else(|| lost("a write"))
    }
    /// The school's line for the year of a day.
    async fn line(&mut self, places: &Places, day: NaiveDate) -> Result<BudgetLineId, StoreError> {
        let year = academic_year(day);
        if let Some(line) = self.lines.get(&year) {
            return Ok(*line);
        }
        let new = CreateBudgetLine {
            organisation_id: places.at(Site::Saltings),
            academic_year: year,
            title: say("Courses, visits and conferences")?,
            allocated_pence: 600_000,
            details: BudgetLinePatch { plan_above_pence: Some(Some(10_000)), plan_above_minutes: Some(Some(900)), ..BudgetLinePatch::default() },
        };
        let line = self.at(0.2995, HEAD, new).await?.record.id;
        self.lines.insert(year, line);
        Ok(line)
    }
    /// The objective of theirs that is under way.
    fn serves(&self, owner: &str) -> Vec<ObjectiveId> {
        self.told.iter().find(|t| t.part.0 == owner && t.part.4.begun()).map(|t| t.id).into_iter().collect()
    }
    /// What the course taught somebody, who shares it.
    async fn tell(&self, part: f64, owner: &str, (title, provider): (&str, &str), held_on: NaiveDate) -> Result<(), StoreError> {
        let learning = LogLearning {
            employment_id: Some(self.crew.employment(owner)?),
            title: say(title)?,
            kind: LearningKind::Course,
            started_on: held_on,
            ended_on: held_on,
            minutes: 330,
            provider: Some(say(provider)?),
            reflection: Some(say("I tell less and ask more, and the second question is the one that counts.")?),
            objective_ids: self.serves(owner),
            standard_ids: Vec::new(),
            priority_ids: vec![self.priority],
        };
        let id = self.at(part, owner, learning).await?.record.id;
        self.at(part, owner, ShowLearning { id, to: Audience::usual(), expected: None }).await.map(drop)
    }
    /// How one will know; those who look back already planned to do so soon.
    async fn plan(&self, part: f64, by: &str, id: LearningRequestId, soon: bool) -> Result<RequestImpact, StoreError> {
        let plan = ImpactPlan {
            reaction: say("Worth the time away from my classes")?,
            learning: say("I can say what I would look for before I walk in")?,
            organisational_support: say("An hour a fortnight for two of us, in the timetable")?,
            use_in_practice: say("One thing that I do differently every week, tried and talked through")?,
            pupil_outcomes: say("Pupils say more about why, in their own words")?,
        };
        let look = |level, after, unit| Look { level, after, unit };
        let unit = if soon { OffsetUnit::Weeks } else { OffsetUnit::Terms };
        let weeks = OffsetUnit::Weeks;
        let looks = vec![look(ImpactLevel::Learning, 1, weeks), look(ImpactLevel::UseInPractice, 1, weeks), look(ImpactLevel::PupilOutcomes, 1, unit)];
        self.at(part, by, PlanImpact { id, plan, looks, expected: None }).await
    }
    /// One wish, as far as it gets. It begins on this day, which lies at this part of the year.
    async fn ask(&mut self, places: &Places, wish: Wish, starts_on: NaiveDate, begins: f64) -> Result<(), StoreError> {
        let (owner, title, cost, cover, steps) = wish;
        let provider = if title == HELD[0].1 { "Estuary Teaching School Hub" } else { "South Coast Learning" };
        let details = AskPatch {
            why: Some(Some(say("It serves what I set out to find out this year, and two of us could use it.")?)),
            needs: (cover > 600).then(|| say("Somebody who knows the classes")).transpose()?.map(Some),
            provider: Some(Some(say(provider)?)),
            cost_pence: Some(cost),
            cover_minutes: Some(cover),
            objective_ids: Some(self.serves(owner)),
            priority_ids: (title == HELD[0].1).then(|| vec![self.priority]),
            ..AskPatch::default()
        };
        let line = self.line(places, starts_on).await?;
        let employment_id = Some(self.crew.employment(owner)?);
        let new = CreateLearningRequest { employment_id, title: say(title)?, starts_on, ends_on: None, details };
        let id = self.at(0.3, owner, new).await?.record.request.id;
        let soon = steps.contains(&A::ReviewImpact);
        let planned = if cost > 10_000 || cover > 900 { Some(self.plan(0.301, owner, id, soon).await?) } else { None };
        for action in steps {
            let (part, by) = match action {
                A::Submit => (0.302, owner),
                A::ManagerAgree | A::ManagerDecline => (0.304, self.crew.appraiser_of(owner)?),
                A::Approve => (0.306, APPROVER),
                A::Decline | A::Return => (0.308, APPROVER),
                A::Book => (0.31, owner),
                A::Withdraw => (0.312, owner),
                A::Attend => (begins + 0.001, owner),
                A::Evaluate => (begins + 0.01, owner),
                A::ReviewImpact => (begins + 0.2, owner),
                _ => (begins + 0.21, owner),
            };
            if *action == A::ReviewImpact {
                self.look(begins, owner, planned.as_ref()).await?;
            }
            if *action == A::Evaluate && owner == TELLS {
                self.tell(begins + 0.009, owner, (title, provider), starts_on).await?;
            }
            if *action == A::Approve && owner == TELLS {
                self.at(0.307, COVER, CommentOnRequest { id, text: say("Cover is arranged for the day.")? }).await?;
            }
            if *action == A::Evaluate && owner == LOOKS_NO_MORE {
                self.drop_looks(begins, owner, planned.as_ref()).await?;
            }
            let reason = match action {
                A::ManagerAgree => Some("It serves our department's plan"),
                A::ManagerDecline => Some("Five days away cannot be covered this term; let us look at June"),
                A::Decline => Some("The line is for what more than one of us can use"),
                A::Return => Some("Could two of you go, for one day? Then ask again"),
                A::Withdraw => Some("It falls on the day of our fixture"),
                _ => None,
            };
            let brought = Brought {
                budget_line_id: (*action == A::Approve).then_some(line),
                evaluation: (*action == A::Evaluate).then(|| say("Practical, and honest about what does not work.")).transpose()?,
                conclusion: (*action == A::ReviewImpact).then_some((Conclusion::Adapt, None)),
                ..Brought::default()
            };
            let step = StepLearningRequest { id, action: *action, reason: reason.map(say).transpose()?, brought, expected: None };
            match action {
                A::Approve | A::Decline | A::Return => self.at(part, by, ApproveLearningRequest(step)).await?,
                _ => self.at(part, by, step).await?,
            };
            if *action == A::ManagerDecline {
                self.at(0.305, HEAD, CommentOnRequest { id, text: say("I would gladly see this happen in the summer.")? }).await?;
            }
        }
        Ok(())
    }
    /// Nobody looks at the last checkpoint any more, and it is written down why.
    async fn drop_looks(&self, begins: f64, by: &str, planned: Option<&RequestImpact>) -> Result<(), StoreError> {
        let Some((id, checkpoint)) = planned.and_then(|p| p.checkpoints.last().map(|c| (p.request.id, c))) else { return Ok(()) };
        let narrative = Some(say("The group was split after half-term; nobody could tell what came of what.")?);
        let record = RecordCheckpoint { id, checkpoint_id: checkpoint.id, outcome: CheckpointOutcome::Discontinued, narrative, evidence: None, expected: None };
        self.at(begins + 0.008, by, record).await.map(drop)
    }
    /// What the checkpoints showed: something was seen twice, and something cannot be said yet.
    async fn look(&self, begins: f64, by: &str, planned: Option<&RequestImpact>) -> Result<(), StoreError> {
        let outcomes = [
            (CheckpointOutcome::Recorded, Some("I can say beforehand what I shall look for, and why.")),
            (CheckpointOutcome::Recorded, Some("I ask before I tell, most days; my colleague has the notes.")),
            (CheckpointOutcome::NoEvidenceYet, None),
        ];
        for (checkpoint, (outcome, said)) in planned.iter().flat_map(|p| &p.checkpoints).zip(outcomes) {
            let id = planned.map(|p| p.request.id).ok_or_else(|| lost("a plan"))?;
            let narrative = said.map(say).transpose()?;
            let record = RecordCheckpoint { id, checkpoint_id: checkpoint.id, outcome, narrative, evidence: None, expected: None };
            self.at(begins + 0.19, by, record).await?;
        }
        Ok(())
    }
}

/// The requests of this year.
pub(super) async fn this_year(scene: &Scene<'_>, places: &Places, crew: &Crew, told: &[Told], priority: PriorityId) -> Result<(), StoreError> {
    let mut office = Office { scene, crew, told, priority, lines: BTreeMap::new() };
    let begins = 0.36;
    for wish in AHEAD {
        office.ask(places, wish, scene.calendar.today + Days::new(35), begins).await?;
    }
    let held_on = scene.calendar.moment(Span::Present, begins).date_naive();
    for wish in HELD {
        office.ask(places, wish, held_on, begins).await?;
    }
    Ok(())
}
