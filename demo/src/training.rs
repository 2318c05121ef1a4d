//! What training the demo's trust and schools require, who did it, and who is exempt: on the day on which the story is told somebody stands in every
//! state.

use super::{
    people::Crew,
    places::{Places, Site},
    scene::{Scene, Span, say},
};
use chrono::{Days, NaiveDate};
use trellis_domain::{
    employment::StaffCategory,
    id::TrainingRequirementId,
    role::RoleName,
    time::Period,
    training::{Audience, Authority, Group, TrainingRequirementPatch, Trigger, Validity, ValidityKind},
};
use trellis_persistence::{
    StoreError,
    training::{CreateTrainingRequirement, ExemptFromTraining, RecordTraining, RequirementStep, StepTrainingRequirement},
};

/// Who did safeguarding, and how many days before the day on which the story is told: current, expiring and expired are among them.
const SAFEGUARDING: [(&str, u64); 8] =
    [("s-head", 40), ("s-dht-1", 38), ("s-aht-1", 35), ("s-eng", 300), ("s-eng-1", 700), ("s-mat", 690), ("s-mat-1", 800), ("c-y4", 60)];
/// Who did first aid, the same.
const FIRST_AID: [(&str, u64); 4] = [("s-send", 90), ("s-eng-2", 1_060), ("s-sci", 1_200), ("e-y3", 400)];

struct Desk<'a> {
    scene: &'a Scene<'a>,
    crew: &'a Crew,
}

impl Desk<'_> {
    /// Requires something, from that day.
    async fn require(
        &self,
        by: &str,
        new: CreateTrainingRequirement,
        from: NaiveDate,
        editions: &[(NaiveDate, &str)],
    ) -> Result<TrainingRequirementId, StoreError> {
        let made = self.scene.over(Span::Present, (0.657, 0.657), vec![(self.crew.principal(by)?, new)]).await?;
        let id = made.first().map(|seen| seen.record.id).ok_or_else(|| StoreError::Internal("the demo lost a requirement".into()))?;
        let mut steps = Vec::new();
        for (issued_on, note) in editions {
            steps.push(RequirementStep::IssueEdition { issued_on: Some(*issued_on), due_within_days: 45, note: Some(say(note)?) });
        }
        steps.push(RequirementStep::Publish(Some(from)));
        for step in steps {
            let step = StepTrainingRequirement { id, step, expected: None };
            self.scene.over(Span::Present, (0.6572, 0.6572), vec![(self.crew.principal(by)?, step)]).await?;
        }
        Ok(id)
    }
    async fn record(&self, requirement_id: TrainingRequirementId, provider: &str, done: &[(&str, u64)]) -> Result<(), StoreError> {
        // recorded when the trust's papers were gathered: never before they were done
        let gathered = self.scene.calendar.moment(Span::Present, 0.658).date_naive();
        let mut records = Vec::new();
        for (key, days) in done {
            let completed_on = (self.scene.calendar.today - Days::new(*days)).min(gathered);
            let person_id = self.crew.get(key)?.person;
            let provider = Some(say(provider)?);
            records.push((
                self.crew.principal("t-hr")?,
                RecordTraining { requirement_id, person_id, completed_on, provider, certificate: None, external_ref: None },
            ));
        }
        self.scene.over(Span::Present, (0.658, 0.6585), records).await.map(drop)
    }
}

/// What is required this year.
pub(super) async fn this_year(scene: &Scene<'_>, places: &Places, crew: &Crew) -> Result<(), StoreError> {
    let desk = Desk { scene, crew };
    let calendar = &scene.calendar;
    let long_ago = calendar.september(4);
    let months = |n| Validity { kind: ValidityKind::Months, months: Some(n) };
    let safeguarding = CreateTrainingRequirement {
        organisation_id: places.at(Site::Trust),
        title: say("Safeguarding and child protection")?,
        authority: Authority::Statutory,
        trigger: Trigger::OnStart,
        due_within_days: 14,
        validity: months(24),
        details: TrainingRequirementPatch {
            description: Some(Some(say("For everybody who works in our schools, before they are alone with pupils.")?)),
            ..TrainingRequirementPatch::default()
        },
    };
    let safeguarding = desk.require("t-hr", safeguarding, long_ago, &[]).await?;
    desk.record(safeguarding, "Tidewater", &SAFEGUARDING).await?;

    let first_aid = CreateTrainingRequirement {
        organisation_id: places.at(Site::Trust),
        title: say("First aid at work")?,
        authority: Authority::Guidance,
        trigger: Trigger::OnStart,
        due_within_days: 90,
        validity: months(36),
        details: TrainingRequirementPatch {
            audience: Some(Audience {
                include: Group { staff_categories: vec![StaffCategory::Teacher, StaffCategory::Support], ..Group::default() },
                exclude: Group::default(),
            }),
            ..TrainingRequirementPatch::default()
        },
    };
    let first_aid = desk.require("t-hr", first_aid, long_ago, &[]).await?;
    desk.record(first_aid, "Estuary First Aid", &FIRST_AID).await?;

    // those who choose staff, from the day on which they hold such a role
    let recruitment = CreateTrainingRequirement {
        organisation_id: places.at(Site::Trust),
        title: say("Safer recruitment")?,
        authority: Authority::Statutory,
        trigger: Trigger::OnRole,
        due_within_days: 60,
        validity: Validity { kind: ValidityKind::None, months: None },
        details: TrainingRequirementPatch {
            audience: Some(Audience { include: Group { roles: vec![RoleName::Headteacher, RoleName::Hr], ..Group::default() }, exclude: Group::default() }),
            ..TrainingRequirementPatch::default()
        },
    };
    desk.require("t-hr", recruitment, long_ago, &[]).await?;

    // a school's own: a new edition was issued not long ago, and its days are not over
    let fire = CreateTrainingRequirement {
        organisation_id: places.at(Site::Saltings),
        title: say("Fire safety at The Saltings")?,
        authority: Authority::Local,
        trigger: Trigger::OnEdition,
        due_within_days: 45,
        validity: Validity { kind: ValidityKind::None, months: None },
        details: TrainingRequirementPatch::default(),
    };
    let edition = (calendar.today - Days::new(20), "The new stairs of the science block");
    let fire = desk.require("s-head", fire, calendar.september(1), &[edition]).await?;

    // what is only being written yet, and what is no longer asked
    let local = |title: &str| {
        Ok::<_, StoreError>(CreateTrainingRequirement {
            organisation_id: places.at(Site::Saltings),
            title: say(title)?,
            authority: Authority::Local,
            trigger: Trigger::OnStart,
            due_within_days: 60,
            validity: Validity { kind: ValidityKind::AcademicYear, months: None },
            details: TrainingRequirementPatch::default(),
        })
    };
    scene.over(Span::Present, (0.6575, 0.6575), vec![(crew.principal("s-head")?, local("Reading difficulties: what every teacher can see")?)]).await?;
    let minibus = desk.require("s-head", local("Driving the minibus")?, calendar.september(2), &[]).await?;
    let retire = StepTrainingRequirement { id: minibus, step: RequirementStep::Retire, expected: None };
    scene.over(Span::Present, (0.6575, 0.6575), vec![(crew.principal("s-head")?, retire)]).await?;

    let period = Period::new(calendar.today - Days::new(10), Some(calendar.today + Days::new(80)))?;
    let exempt = ExemptFromTraining { requirement_id: fire, person_id: crew.get("s-eng-3")?.person, reason: say("On leave until the spring")?, period };
    scene.over(Span::Present, (0.659, 0.659), vec![(crew.principal("s-head")?, exempt)]).await.map(drop)
}
