//! What the demo's trust and schools offer to learn: a course that was held, with who came; one that is full, with a queue; and a school's own.

use super::{
    cycles::Shelf,
    people::Crew,
    places::{Places, Site},
    scene::{Scene, Span, say},
};
use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use trellis_domain::{
    activity::{ActivityAction, LearningActivityPatch},
    employment::StaffCategory,
    id::{EnrolmentId, LearningActivityId, LearningSessionId, PersonId},
    learning::LearningKind,
};
use trellis_persistence::{
    StoreError,
    activity::{CancelLearningSession, CreateLearningActivity, CreateLearningSession, EnrolMany, RecordAttendance, StepLearningActivity, WithdrawEnrolment},
};

/// Who is enrolled at the course that was held; the last did not come.
const CAME: [&str; 5] = ["s-eng-1", "s-eng-2", "s-mat-1", "c-y4", "e-y3"];
/// Who is enrolled at the one that is full, in this order.
const QUEUE: [&str; 4] = ["s-mat-2", "c-y3", "s-hum-1", "s-eng-1"];

/// Who came to the school's own hour of reading aloud: enough that what was at work in it can be told in figures.
const READ_ALOUD: [&str; 8] = ["s-eng-4", "s-mat-2", "s-mat-3", "s-sci-1", "s-sci-3", "s-hum-1", "s-mfl-1", "s-pe-1"];

/// Who gave her place at another up again.
const CHANGED_HER_MIND: &str = "s-eng-1";

struct Desk<'a> {
    scene: &'a Scene<'a>,
    crew: &'a Crew,
    by: &'static str,
}

fn lost(what: &str) -> StoreError {
    StoreError::Internal(format!("the demo lost {what}"))
}

impl Desk<'_> {
    async fn offer(&self, part: f64, new: CreateLearningActivity) -> Result<LearningActivityId, StoreError> {
        let made = self.scene.over(Span::Present, (part, part), vec![(self.crew.principal(self.by)?, new)]).await?;
        made.first().map(|seen| seen.record.id).ok_or_else(|| lost("an activity"))
    }
    async fn schedule(&self, part: f64, activity_id: LearningActivityId, starts_at: DateTime<Utc>, places: i32) -> Result<LearningSessionId, StoreError> {
        let ends_at = starts_at + TimeDelta::minutes(90);
        let new = CreateLearningSession { activity_id, starts_at, ends_at, place: Some(say("The library at The Saltings")?), places };
        let made = self.scene.over(Span::Present, (part, part), vec![(self.crew.principal(self.by)?, new)]).await?;
        made.first().map(|seen| seen.record.id).ok_or_else(|| lost("a session"))
    }
    async fn enrol(&self, part: f64, session_id: LearningSessionId, keys: &[&str]) -> Result<Vec<EnrolmentId>, StoreError> {
        let people: Vec<PersonId> = keys.iter().map(|key| self.crew.get(key).map(|m| m.person)).collect::<Result<_, _>>()?;
        let many = EnrolMany { session_id, people };
        let made = self.scene.over(Span::Present, (part, part), vec![(self.crew.principal(self.by)?, many)]).await?;
        let results = made.into_iter().flatten().map(|(_, result)| result.map(|e| e.id).map_err(StoreError::from));
        results.collect()
    }
}

/// A school day's end, so many days from the day on which the story is told.
fn after_school(scene: &Scene<'_>, days: u64) -> DateTime<Utc> {
    let at = NaiveTime::from_hms_opt(15, 45, 0).unwrap_or_default();
    (scene.calendar.today + Days::new(days)).and_time(at).and_utc()
}

/// The catalogue of this year.
pub(super) async fn this_year(scene: &Scene<'_>, places: &Places, crew: &Crew, shelf: &Shelf) -> Result<(), StoreError> {
    let trust = Desk { scene, crew, by: "t-pl" };
    let retrieval = CreateLearningActivity {
        organisation_id: places.at(Site::Trust),
        title: say("Retrieval that sticks")?,
        kind: LearningKind::Course,
        minutes: 90,
        details: LearningActivityPatch {
            description: Some(Some(say("Three twilights for colleagues of all three schools, with something to try in between.")?)),
            provider: Some(Some(say("Tidewater")?)),
            audience: Some(vec![StaffCategory::Teacher, StaffCategory::Leader]),
            standard_ids: Some(shelf.standards(&["TS2", "M2", "M14"])?),
            ..LearningActivityPatch::default()
        },
    };
    let retrieval = trust.offer(0.6505, retrieval).await?;
    let held = trust.schedule(0.651, retrieval, scene.calendar.moment(Span::Present, 0.654), 20).await?;
    let enrolled = trust.enrol(0.652, held, &CAME).await?;
    let full = trust.schedule(0.6525, retrieval, after_school(scene, 7), 2).await?;
    trust.enrol(0.653, full, &QUEUE).await?;
    let off = trust.schedule(0.6531, retrieval, after_school(scene, 14), 20).await?;
    let cancel = CancelLearningSession { id: off, reason: say("It falls in the week of the open evenings")?, expected: None };
    scene.over(Span::Present, (0.6532, 0.6532), vec![(crew.principal("t-pl")?, cancel)]).await?;

    let school = Desk { scene, crew, by: "s-aht-1" };
    let aloud = CreateLearningActivity {
        organisation_id: places.at(Site::Saltings),
        title: say("Reading aloud in every subject")?,
        kind: LearningKind::Inset,
        minutes: 60,
        details: LearningActivityPatch {
            cost_pence: Some(1_500),
            standard_ids: Some(shelf.standards(&["TS3", "M5", "M6"])?),
            ..LearningActivityPatch::default()
        },
    };
    let aloud = school.offer(0.6533, aloud).await?;
    let read = school.schedule(0.6534, aloud, scene.calendar.moment(Span::Present, 0.655), 40).await?;
    let readers = school.enrol(0.65345, read, &READ_ALOUD).await?;
    let later = school.schedule(0.6535, aloud, after_school(scene, 21), 40).await?;
    for id in school.enrol(0.6537, later, &[CHANGED_HER_MIND]).await? {
        scene.over(Span::Present, (0.654, 0.654), vec![(crew.principal(CHANGED_HER_MIND)?, WithdrawEnrolment { id, expected: None })]).await?;
    }
    let over = CreateLearningActivity {
        organisation_id: places.at(Site::Saltings),
        title: say("Marking faster with codes")?,
        kind: LearningKind::Inset,
        minutes: 45,
        details: LearningActivityPatch::default(),
    };
    let over = school.offer(0.6538, over).await?;
    let retire = StepLearningActivity { id: over, action: ActivityAction::Retire, expected: None };
    scene.over(Span::Present, (0.6541, 0.6541), vec![(crew.principal("s-aht-1")?, retire)]).await?;
    let last = enrolled.len().saturating_sub(1);
    let said = enrolled.into_iter().enumerate().map(|(i, id)| Ok((crew.principal("t-pl")?, RecordAttendance { id, attended: i != last, expected: None })));
    let said = said.collect::<Result<Vec<_>, StoreError>>()?;
    scene.over(Span::Present, (0.656, 0.657), said).await?;
    let came = readers.into_iter().map(|id| Ok((crew.principal("s-aht-1")?, RecordAttendance { id, attended: true, expected: None })));
    let came = came.collect::<Result<Vec<_>, StoreError>>()?;
    scene.over(Span::Present, (0.657, 0.658), came).await.map(drop)
}
