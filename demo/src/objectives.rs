//! How the demo's objectives come about: the appraisee writes first, either party proposes, the other agrees; some pause, change or end.

use super::{
    aims::Aim,
    aims_others::aim,
    cast::{Part, Path},
    cycles::{Rounds, Shelf},
    people::Crew,
    scene::{Scene, Span, date, say},
};
use chrono::{DateTime, NaiveDate, Utc};
use trellis_domain::{
    id::ObjectiveId,
    objective::{Inquiry, Objective, ObjectiveAction as A, ObjectiveKind, WordsPatch},
    text::{Narrative, Reason, Wire},
};
use trellis_persistence::{
    Principal, Seen, StoreError,
    objective::{CreateObjective, ReviseObjective, SetObjectiveWithDissent, StepObjective, UpdateObjective},
};

/// Who takes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Owner,
    Appraiser,
}
use By::{Appraiser, Owner};

/// A step on an objective's path, beside the first draft.
#[derive(Debug, Clone, Copy)]
enum Move {
    /// A step that needs nothing, or a reason.
    Step(A, By, Option<&'static str>),
    /// Set in spite of dissent.
    Dissent,
    /// The appraiser changes a proposal.
    Reword,
    /// The appraisee revises what was agreed.
    Revise,
    /// The appraisee writes up what was seen and learned.
    WriteUp,
}
use Move::Step;

const DISSENT: &str = "I would rather have gone on with last year's question, which is not answered yet. The timetable leaves no room for both.";
const PAUSED: &str = "The class is taught by a colleague until half-term; we go on when I have them back.";
const REVISED: &str = "After four weeks it is clear that one class is enough to find this out, and that the second criterion measured something else.";
const WRITTEN_UP: &str = "Written up: what I saw and what I learned.";
const WITHDRAWN: &str = "Too close to a colleague's inquiry; we will do that one together instead.";
const CALLED_OFF: &str = "The role changes this term; the work goes on under another colleague's name.";

/// Creating is step 0; the steps of all paths that bear the same number happen in the same days.
const LAST_STEP: u8 = 8;

const AGREED: [(u8, Move); 2] = [(1, Step(A::Propose, Owner, None)), (2, Step(A::Agree, Appraiser, None))];
const SET: [(u8, Move); 2] = [(1, Step(A::Propose, Appraiser, None)), (2, Move::Dissent)];
const START: (u8, Move) = (3, Step(A::Start, Owner, None));
const REVIEW: (u8, Move) = (7, Step(A::Review, Appraiser, None));
const CLOSE: (u8, Move) = (LAST_STEP, Step(A::Close, Appraiser, None));
const AGAIN: [(u8, Move); 2] = [(5, Step(A::Agree, Appraiser, None)), (6, Step(A::Start, Owner, None))];

/// The steps of a path, each with its number.
fn moves(path: Path) -> Vec<(u8, Move)> {
    let begun = [AGREED[0], AGREED[1], START];
    let and = |more: &[(u8, Move)]| [&begun[..], more].concat();
    let written_up = [(4, Move::WriteUp), AGAIN[0], AGAIN[1], REVIEW, CLOSE];
    match path {
        Path::Draft | Path::AppraisersDraft => Vec::new(),
        Path::Proposed => vec![AGREED[0]],
        Path::Offered => vec![SET[0]],
        Path::Reworded => vec![AGREED[0], (2, Move::Reword)],
        Path::Agreed => AGREED.to_vec(),
        Path::Accepted => vec![SET[0], (2, Step(A::Agree, Owner, None)), START],
        Path::Dissent => SET.to_vec(),
        Path::DissentBegun => vec![SET[0], SET[1], START],
        Path::Active => begun.to_vec(),
        Path::Paused => and(&[(4, Step(A::Pause, Owner, Some(PAUSED)))]),
        Path::Resumed => and(&[(4, Step(A::Pause, Owner, Some(PAUSED))), (5, Step(A::Resume, Owner, None))]),
        Path::Revising => and(&[(4, Move::Revise)]),
        Path::Revised => and(&[(4, Move::Revise), AGAIN[0], AGAIN[1]]),
        Path::Reviewed => and(&written_up[..4]),
        Path::Closed => and(&written_up),
        Path::TalkedThrough => and(&[REVIEW]),
        Path::Done => and(&[REVIEW, CLOSE]),
        Path::Withdrawn => vec![AGREED[0], (2, Step(A::Withdraw, Owner, Some(WITHDRAWN)))],
        Path::CalledOff => and(&[(4, Step(A::Withdraw, Appraiser, Some(CALLED_OFF)))]),
    }
}

fn author(path: Path) -> By {
    match path {
        Path::AppraisersDraft | Path::Offered | Path::Accepted | Path::Dissent | Path::DissentBegun => Appraiser,
        _ => Owner,
    }
}

/// How much of an inquiry is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// What is to be found out, and how.
    Plan,
    /// What was seen so far, too.
    Seen,
    /// What was found.
    Up,
}

/// An objective on its way.
pub(super) struct Told {
    /// Whose it is and what it is about.
    pub part: Part,
    /// The aim behind it.
    pub aim: &'static Aim,
    /// Which objective, once it is drafted.
    pub id: ObjectiveId,
    cycle: &'static str,
}

impl Told {
    fn text<T: Wire>(&self, text: &str) -> Result<T, StoreError> {
        say(&fill(text, &self.part))
    }
    fn maybe(&self, text: &str) -> Result<Option<Narrative>, StoreError> {
        if text.is_empty() { Ok(None) } else { self.text(text).map(Some) }
    }
    /// Did its owner write the first draft?
    pub(super) fn owner_began(&self) -> bool {
        matches!(author(self.part.4), Owner)
    }
    /// As far as it is written: an idea is a question, what was agreed says what is done now, what was begun says what changes.
    fn inquiry(&self, written: Written) -> Result<Option<Inquiry>, StoreError> {
        if self.aim.kind != ObjectiveKind::GrowthInquiry {
            return Ok(None);
        }
        Ok(Some(Inquiry {
            question: self.text(self.aim.question)?,
            current_practice: if self.part.4 == Path::Draft { None } else { self.maybe(self.aim.practice)? },
            change_tried: if self.part.4.begun() { self.maybe(self.aim.change)? } else { None },
            evidence: if written != Written::Plan { self.maybe(self.aim.seen)? } else { None },
            finding: if written == Written::Up { self.maybe(self.aim.found)? } else { None },
        }))
    }
    fn criteria(&self, count: usize) -> Result<Vec<Reason>, StoreError> {
        self.aim.criteria.iter().take(count).map(|c| self.text(c)).collect()
    }
    fn words(&self, shelf: &Shelf, due_on: Option<NaiveDate>) -> Result<WordsPatch, StoreError> {
        let aim = self.aim;
        // a private draft holds the idea, and not much else yet
        let whole = self.part.4 != Path::Draft;
        Ok(WordsPatch {
            description: Some(self.maybe(aim.description)?),
            evidence_plan: Some(if whole { self.maybe(aim.evidence)? } else { None }),
            support_needed: Some(if whole { self.maybe(aim.support)? } else { None }),
            learning_needed: Some(if whole { self.maybe(aim.learning)? } else { None }),
            due_on: Some(due_on.filter(|_| whole)),
            success_criteria: Some(self.criteria(if whole { usize::MAX } else { 1 })?),
            standard_ids: Some(shelf.standards(aim.standards)?),
            ..WordsPatch::default()
        })
    }
}

/// A text with its class and subject.
pub(super) fn fill(text: &str, part: &Part) -> String {
    text.replace("{class}", part.2).replace("{subject}", part.3)
}

/// What the parts of a cycle's story need.
pub(super) struct Tellers<'a> {
    /// The scene.
    pub scene: &'a Scene<'a>,
    /// The people.
    pub crew: &'a Crew,
    /// The standards.
    pub shelf: &'a Shelf,
    /// The cycles.
    pub rounds: &'a Rounds,
}

impl Tellers<'_> {
    fn acts(&self, who: &str, by: By) -> Result<Principal, StoreError> {
        match by {
            Owner => self.crew.principal(who),
            Appraiser => self.crew.principal(self.crew.appraiser_of(who)?),
        }
    }

    /// Drafts the objectives of a cycle.
    pub(super) async fn begin(&self, cycle: &'static str, parts: &[Part], span: Span, part: (f64, f64)) -> Result<Vec<Told>, StoreError> {
        let unknown = |p: &Part| StoreError::Internal(format!("no aim of the demo is called {}", p.1));
        let told = |p: &Part| Ok(Told { part: *p, aim: aim(p.1).ok_or_else(|| unknown(p))?, id: ObjectiveId(uuid::Uuid::nil()), cycle });
        let mut told: Vec<Told> = parts.iter().map(told).collect::<Result<_, StoreError>>()?;
        let year = self.scene.calendar.year + i32::from(span == Span::Present);
        let mut drafts = Vec::new();
        for (i, one) in told.iter().enumerate() {
            let (who, path) = (one.part.0, one.part.4);
            let due_on = self.rounds.within(cycle, [date(year, 5, 22), date(year, 7, 10)][i % 2]);
            let draft = CreateObjective {
                employment_id: self.crew.employment(who)?,
                cycle_id: Some(self.rounds.get(one.cycle)?),
                kind: one.aim.kind,
                title: one.text(one.aim.title)?,
                inquiry: one.inquiry(Written::Plan)?,
                words: one.words(self.shelf, Some(due_on))?,
            };
            drafts.push((self.acts(who, author(path))?, draft));
        }
        for (one, seen) in told.iter_mut().zip(self.scene.over(span, part, drafts).await?) {
            one.id = seen.record.id;
        }
        Ok(told)
    }

    /// Takes the steps of these numbers, each over a part of the span.
    pub(super) async fn go_on(&self, told: &[Told], span: Span, steps: &[(u8, f64, f64)]) -> Result<(), StoreError> {
        for (number, from, to) in steps {
            let of_this_number = |path| moves(path).into_iter().find(|(n, _)| n == number).map(|(_, step)| step);
            let steps: Vec<(&Told, Move)> = told.iter().filter_map(|t| of_this_number(t.part.4).map(|step| (t, step))).collect();
            let moments = self.scene.calendar.moments(span, (*from, *to), steps.len());
            self.scene.together(steps.into_iter().zip(moments).map(|((told, step), at)| self.take(told, step, at))).await?;
        }
        Ok(())
    }

    async fn take(&self, told: &Told, step: Move, at: DateTime<Utc>) -> Result<Seen<Objective>, StoreError> {
        let (id, expected, db) = (told.id, None, self.scene.db);
        let by = |by: By| Ok::<_, StoreError>(self.scene.act(self.acts(told.part.0, by)?, at));
        match step {
            Step(action, who, reason) => {
                let reason = reason.map(say).transpose()?;
                db.write(by(who)?, StepObjective { id, action, reason, expected }).await
            }
            Move::Dissent => db.write(by(Appraiser)?, SetObjectiveWithDissent { id, dissent: say(DISSENT)?, expected }).await,
            Move::Reword => {
                let support = format!("{} I will free an hour for it before half-term.", told.aim.support);
                let patch = WordsPatch { support_needed: Some(told.maybe(&support)?), success_criteria: Some(told.criteria(1)?), ..WordsPatch::default() };
                db.write(by(Appraiser)?, UpdateObjective { id, patch, expected }).await
            }
            Move::Revise => {
                let inquiry = told.inquiry(Written::Seen)?.map(|i| Some(i.into()));
                let patch = WordsPatch { inquiry, success_criteria: Some(told.criteria(1)?), ..WordsPatch::default() };
                db.write(by(Owner)?, ReviseObjective { id, patch, reason: say(REVISED)?, expected }).await
            }
            Move::WriteUp => {
                let patch = WordsPatch { inquiry: Some(told.inquiry(Written::Up)?.map(Into::into)), ..WordsPatch::default() };
                db.write(by(Owner)?, ReviseObjective { id, patch, reason: say(WRITTEN_UP)?, expected }).await
            }
        }
    }
}
