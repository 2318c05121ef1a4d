//! The demo's conversations: two templates, and a conversation in every state.

use super::{
    cycles::Rounds,
    people::Crew,
    places::{Places, Site},
    scene::{ALL, Scene, Span, say},
};
use chrono::{DateTime, Days, NaiveTime, Utc};
use trellis_domain::{
    conversation::{ConversationAction as A, ConversationKind as K, ConversationPatch},
    conversation_template::{AnsweredBy, Document, Question, Section},
    id::{AgreedActionId, AppraisalId, ConversationId, ConversationTemplateId, OrganisationId},
    relationship::RelationshipKind,
    text::Reason,
};
use trellis_persistence::{
    StoreError,
    agreed_action::{AddAgreedAction, StepAgreedAction},
    appraisal::ListAppraisals,
    check_in::SetCadence,
    conversation::{CompleteConversation, RespondToConversation, ScheduleConversation, StepConversation, UpdateConversation, UpdateMyNotes},
    conversation_template::{CreateConversationTemplate, PublishConversationTemplate},
    relationship::ListRelationships,
};

const NOW: Span = Span::Present;
/// The first teacher, and who appraises her.
const TEACHER: &str = "s-eng-1";
const APPRAISER: &str = "s-eng";

fn lost(what: &str) -> StoreError {
    StoreError::Internal(format!("the demo lost {what}"))
}

fn check_in() -> Result<Document, StoreError> {
    let ask = |key, text, answered_by| Ok::<_, StoreError>(Question { key: say(key)?, text: say(text)?, help: None, answered_by });
    let learning = vec![
        ask("learned-since", "What have you learned since we last met, and what did you try?", AnsweredBy::Appraisee)?,
        ask("saw", "What did you see of it in lessons?", AnsweredBy::Both)?,
    ];
    let work = vec![ask("support", "What would help most before we meet again?", AnsweredBy::Both)?];
    let sections = vec![Section { title: say("Learning first")?, questions: learning }, Section { title: say("The work")?, questions: work }];
    Ok(Document { key: say("check-in")?, name: say("Check-in")?, kind: K::CheckIn, sections })
}
fn mid_year() -> Result<Document, StoreError> {
    let question = Question {
        key: say("inquiry")?,
        text: say("What is your inquiry telling you, and what will you change?")?,
        help: Some(say("What surprised you is worth more than what you expected.")?),
        answered_by: AnsweredBy::Appraisee,
    };
    let sections = vec![Section { title: say("Your inquiry")?, questions: vec![question] }];
    Ok(Document { key: say("mid-year")?, name: say("The look from the middle")?, kind: K::MidCycle, sections })
}

fn coming_back() -> Result<Document, StoreError> {
    let question = Question {
        key: say("first-week")?,
        text: say("What should your first week back look like, and what can wait?")?,
        help: None,
        answered_by: AnsweredBy::Both,
    };
    let sections = vec![Section { title: say("Coming back")?, questions: vec![question] }];
    Ok(Document { key: say("coming-back")?, name: say("Coming back to work")?, kind: K::ReturnToWork, sections })
}

/// A conversation of the first teacher with who appraises her, as it is told.
struct Telling<'a> {
    scene: &'a Scene<'a>,
    crew: &'a Crew,
}

impl Telling<'_> {
    async fn draft(&self, by: &str, organisation_id: OrganisationId, document: Document, part: f64) -> Result<ConversationTemplateId, StoreError> {
        let new = CreateConversationTemplate { organisation_id, based_on: None, document };
        let made = self.scene.over(NOW, (part, part), vec![(self.crew.principal(by)?, new)]).await?;
        made.first().map(|seen| seen.record.id).ok_or_else(|| lost("a template"))
    }
    async fn offer(&self, by: &str, organisation_id: OrganisationId, document: Document, part: f64) -> Result<(), StoreError> {
        let id = self.draft(by, organisation_id, document, part).await?;
        self.scene.over(NOW, (part, part), vec![(self.crew.principal(by)?, PublishConversationTemplate { id, expected: None })]).await.map(drop)
    }
    async fn schedule(&self, kind: K, appraisal_id: Option<AppraisalId>, with: &str, at: DateTime<Utc>, part: f64) -> Result<ConversationId, StoreError> {
        let new = ScheduleConversation {
            employment_id: self.crew.employment(TEACHER)?,
            partner_id: self.crew.get(with)?.person,
            kind,
            appraisal_id,
            template_id: None,
            starts_at: at,
            place: Some(say("Room 12")?),
        };
        let made = self.scene.over(NOW, (part, part), vec![(self.crew.principal(TEACHER)?, new)]).await?;
        made.first().map(|seen| seen.record.record.id).ok_or_else(|| lost("a conversation"))
    }
    /// One that takes place at this part of the span.
    async fn at(&self, kind: K, appraisal_id: Option<AppraisalId>, part: f64) -> Result<ConversationId, StoreError> {
        self.schedule(kind, appraisal_id, APPRAISER, self.scene.calendar.moment(NOW, part), part - 0.004).await
    }
    async fn step(&self, by: &str, id: ConversationId, action: A, why: Option<&str>, part: f64) -> Result<(), StoreError> {
        let reason = why.map(say::<Reason>).transpose()?;
        let step = StepConversation { id, action, reason, expected: None };
        self.scene.over(NOW, (part, part), vec![(self.crew.principal(by)?, step)]).await.map(drop)
    }
    async fn note(&self, by: &str, id: ConversationId, answers: &[(&str, &str)], text: &str, part: f64) -> Result<(), StoreError> {
        let answers = answers.iter().map(|(question, text)| Ok((say(question)?, say(text)?))).collect::<Result<_, StoreError>>()?;
        let notes = UpdateMyNotes { id, answers: Some(answers), text: Some(Some(say(text)?)), expected: None };
        self.scene.over(NOW, (part, part), vec![(self.crew.principal(by)?, notes)]).await.map(drop)
    }
    /// Prepared, shared and held, with a few words of each.
    async fn meet(&self, id: ConversationId, said: &str, part: f64) -> Result<(), StoreError> {
        self.step(TEACHER, id, A::Prepare, None, part - 0.003).await?;
        self.note(TEACHER, id, &[], "What I would like to talk about first: what I tried last week.", part - 0.002).await?;
        self.step(TEACHER, id, A::Share, None, part - 0.001).await?;
        self.step(APPRAISER, id, A::Hold, None, part).await?;
        let patch = ConversationPatch { summary: Some(Some(say(said)?)), ..ConversationPatch::default() };
        self.scene.over(NOW, (part, part), vec![(self.crew.principal(APPRAISER)?, UpdateConversation { id, patch, expected: None })]).await.map(drop)
    }
    async fn lock(&self, id: ConversationId, response: &str, part: f64) -> Result<(), StoreError> {
        self.step(APPRAISER, id, A::RequestResponse, None, part).await?;
        let response = RespondToConversation { id, response: say(response)?, expected: None };
        self.scene.over(NOW, (part, part), vec![(self.crew.principal(TEACHER)?, response)]).await?;
        let complete = CompleteConversation { id, reason: None, expected: None };
        self.scene.over(NOW, (part, part), vec![(self.crew.principal(APPRAISER)?, complete)]).await.map(drop)
    }
    /// One of two who work together says how often they meet.
    async fn rhythm(&self, by: &str, (of, holder): (&str, &str), weeks: i32, part: f64) -> Result<(), StoreError> {
        let (of, holder) = (self.crew.get(of)?.person, self.crew.get(holder)?.person);
        let kind = Some(RelationshipKind::LineManager);
        let list = ListRelationships { person_id: Some(of), holder_id: Some(holder), kind, current_on: Some(self.scene.calendar.today), window: ALL };
        let found = self.scene.db.read(self.scene.operator(self.scene.calendar.moment(NOW, part)), list).await?.items;
        let id = found.first().map(|r| r.id).ok_or_else(|| lost("who manages whom"))?;
        let set = SetCadence { id, weeks: Some(weeks), expected: None };
        self.scene.over(NOW, (part, part), vec![(self.crew.principal(by)?, set)]).await.map(drop)
    }
    async fn agree(&self, id: ConversationId, title: &str, owner: &str, part: f64) -> Result<AgreedActionId, StoreError> {
        let due_on = Some(self.scene.calendar.today + Days::new(14));
        let new = AddAgreedAction { id, title: say(title)?, owner_id: self.crew.get(owner)?.person, objective_id: None, due_on };
        let made = self.scene.over(NOW, (part, part), vec![(self.crew.principal(APPRAISER)?, new)]).await?;
        made.first().map(|seen| seen.record.id).ok_or_else(|| lost("an agreed action"))
    }
}

/// This year's conversations.
pub(super) async fn this_year(scene: &Scene<'_>, places: &Places, crew: &Crew, rounds: &Rounds) -> Result<(), StoreError> {
    let t = Telling { scene, crew };
    t.offer("t-pl", places.at(Site::Trust), check_in()?, 0.816).await?;
    t.offer("s-aht-1", places.at(Site::Saltings), mid_year()?, 0.8165).await?;
    t.draft("s-aht-1", places.at(Site::Saltings), coming_back()?, 0.8167).await?;
    let list = ListAppraisals {
        person_id: Some(crew.get(TEACHER)?.person),
        employment_id: None,
        organisation_id: None,
        cycle_id: Some(rounds.get("main")?),
        appraiser_id: None,
        state: None,
        window: ALL,
    };
    let found = scene.db.read(scene.operator(scene.calendar.moment(NOW, 0.817)), list).await?.items;
    let appraisal = Some(found.first().map(|a| a.appraisal.id).ok_or_else(|| lost("an appraisal"))?);

    let completed = t.at(K::CheckIn, appraisal, 0.825).await?;
    t.meet(completed, "Waiting for answers works with Year 9. Next: the same with Year 11, with a visitor who counts.", 0.825).await?;
    t.agree(completed, "Arrange cover for one visit", APPRAISER, 0.826).await?;
    t.lock(completed, "I would like the visitor to be from another department.", 0.827).await?;

    let reopened = t.at(K::CheckIn, None, 0.835).await?;
    t.meet(reopened, "A good half-term; the marking of mocks is the worry.", 0.835).await?;
    let done = t.agree(reopened, "Share the marking of one paper with the department", TEACHER, 0.836).await?;
    t.lock(reopened, "Thank you.", 0.837).await?;
    t.step(TEACHER, reopened, A::Reopen, Some("What we said about the mocks is missing"), 0.838).await?;
    let finish = StepAgreedAction { id: done, step: trellis_domain::agreed_action::AgreedActionStep::Finish, reason: None, expected: None };
    scene.over(NOW, (0.839, 0.839), vec![(crew.principal(TEACHER)?, finish)]).await?;
    let moot = t.agree(reopened, "Ask whether the mocks can be a week later", APPRAISER, 0.8385).await?;
    let why = Some(say("They were moved anyway")?);
    let dropped = StepAgreedAction { id: moot, step: trellis_domain::agreed_action::AgreedActionStep::Drop, reason: why, expected: None };
    scene.over(NOW, (0.839, 0.839), vec![(crew.principal(APPRAISER)?, dropped)]).await?;

    let cancelled = t.at(K::Wellbeing, None, 0.845).await?;
    t.step(TEACHER, cancelled, A::Cancel, Some("Open evening; we spoke on the way home"), 0.8445).await?;

    let waiting = t.at(K::Coaching, None, 0.855).await?;
    t.meet(waiting, "Two questions, rehearsed; one of them used in period three.", 0.855).await?;
    t.agree(waiting, "Film five minutes of period three", TEACHER, 0.856).await?;
    t.step(APPRAISER, waiting, A::RequestResponse, None, 0.857).await?;

    let held = t.at(K::ReturnToWork, None, 0.865).await?;
    t.meet(held, "Back after a week; no duties until Monday.", 0.865).await?;

    let shared = t.at(K::CheckIn, None, 0.875).await?;
    t.step(TEACHER, shared, A::Prepare, None, 0.873).await?;
    let answers = [("learned-since", "That a pause of five seconds is longer than I thought.")];
    t.note(TEACHER, shared, &answers, "And the seating plan.", 0.8735).await?;
    t.step(TEACHER, shared, A::Share, None, 0.874).await?;

    // within the year, also when its story is told in its last days
    let last = scene.calendar.september(-1) - Days::new(1);
    let soon = |days| (scene.calendar.today + Days::new(days)).min(last).and_time(NaiveTime::from_hms_opt(15, 30, 0).unwrap_or_default()).and_utc();
    let preparing = t.schedule(K::MidCycle, appraisal, APPRAISER, soon(9), 0.88).await?;
    t.step(TEACHER, preparing, A::Prepare, None, 0.881).await?;
    let answers = [("inquiry", "The quiet ones answer. I had not expected them to be first.")];
    t.note(TEACHER, preparing, &answers, "Not yet sure whether to say that I am tired.", 0.882).await?;
    t.schedule(K::Coaching, None, "s-mat-1", soon(5), 0.883).await?;
    t.rhythm(TEACHER, (TEACHER, APPRAISER), 3, 0.884).await?;
    // the headteacher and the deputies mean to meet, and have not found the time
    t.rhythm("s-head", ("s-dht-1", "s-head"), 1, 0.705).await?;
    t.rhythm("s-dht-2", ("s-dht-2", "s-head"), 2, 0.706).await
}
