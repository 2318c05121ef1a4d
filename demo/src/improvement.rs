//! What the demo's trust and schools set out to improve: the trust's three priorities, what two schools adopted and what they added, and
//! last year's plan, put away.

use super::{
    objectives::Told,
    people::Crew,
    places::{Places, Site},
    requests::TELLS,
    scene::{Scene, Span, date, say},
};
use std::cell::Cell;
use trellis_domain::{
    id::{ImprovementPlanId, PriorityId},
    improvement::PlanAction,
    objective::WordsPatch,
    priority::{PriorityPatch, PriorityStep, SaidAction},
};
use trellis_persistence::{
    StoreError,
    improvement::{AdoptPriority, CreateImprovementPlan, CreatePriority, StepImprovementPlan, StepPriority},
    objective::UpdateObjective,
};

/// Title, why, how one will know, who sees to it.
type Aim = (&'static str, &'static str, &'static [&'static str], &'static str);

/// The trust's three priorities.
const OF_THE_TRUST: [Aim; 3] = [
    (
        "Every pupil has the words for what they learn",
        "Extended writing stops where vocabulary stops, in all three schools and in every subject.",
        &["Pupils use subject vocabulary unprompted in extended writing", "Fewer answers are left blank in the July papers"],
        "t-edu",
    ),
    (
        "Teachers learn from one another's lessons",
        "Colleagues in one corridor answer the same question in three ways, and do not know it.",
        &["Everybody has visited, and been visited, twice in the year"],
        "t-pl",
    ),
    ("Nobody waits for support", "Pupils with additional needs wait for a plan longer than they need to.", &["A plan within twenty school days"], "t-edu"),
];

/// This year's priorities, by school.
pub(super) struct Priorities {
    /// The second one of The Saltings, adopted from the trust: teachers learn from one another.
    pub visits: PriorityId,
    saltings: PriorityId,
    curlew: PriorityId,
}

/// A plan with its priorities, published.
struct Drafting<'a> {
    scene: &'a Scene<'a>,
    crew: &'a Crew,
    span: Span,
    part: Cell<f64>,
}

impl<'a> Drafting<'a> {
    fn new(scene: &'a Scene<'a>, crew: &'a Crew, span: Span, part: f64) -> Self {
        Self { scene, crew, span, part: Cell::new(part) }
    }
    /// The next few minutes of the story, so that what is written one after another is told so.
    fn next(&self) -> (f64, f64) {
        let from = self.part.get();
        self.part.set(from + 0.0001);
        (from, from + 0.0001)
    }
    async fn plan(&self, by: &str, places: &Places, site: Site, title: &str, years: (i32, i32)) -> Result<ImprovementPlanId, StoreError> {
        let (first_year, last_year) = years;
        let new = CreateImprovementPlan { organisation_id: places.at(site), title: say(title)?, summary: None, first_year, last_year };
        let made = self.scene.over(self.span, self.next(), vec![(self.crew.principal(by)?, new)]).await?;
        made.first().map(|seen| seen.record.id).ok_or_else(|| StoreError::Internal("no plan was made".into()))
    }
    async fn add(&self, by: &str, plan_id: ImprovementPlanId, aims: &[Aim], actions: &[SaidAction]) -> Result<Vec<PriorityId>, StoreError> {
        let mut new = Vec::new();
        for (title, why, measures, owner) in aims {
            let details = PriorityPatch {
                why: Some(Some(say(why)?)),
                success_measures: Some(measures.iter().map(|m| say(m)).collect::<Result<_, _>>()?),
                owner_id: Some(Some(self.crew.get(owner)?.person)),
                actions: Some(actions.to_vec()),
                ..PriorityPatch::default()
            };
            new.push((self.crew.principal(by)?, CreatePriority { plan_id, title: say(title)?, details }));
        }
        let made = self.scene.over(self.span, self.next(), new).await?;
        Ok(made.iter().map(|seen| seen.record.id).collect())
    }
    async fn adopt(&self, by: &str, plan_id: ImprovementPlanId, id: PriorityId) -> Result<PriorityId, StoreError> {
        let owner_id = Some(self.crew.get(by)?.person);
        let own = AdoptPriority { id, plan_id, owner_id, expected: None };
        let made = self.scene.over(self.span, self.next(), vec![(self.crew.principal(by)?, own)]).await?;
        made.first().map(|seen| seen.record.id).ok_or_else(|| StoreError::Internal("no priority was adopted".into()))
    }
    async fn step(&self, by: &str, id: ImprovementPlanId, action: PlanAction) -> Result<(), StoreError> {
        let step = StepImprovementPlan { id, action, expected: None };
        self.scene.over(self.span, self.next(), vec![(self.crew.principal(by)?, step)]).await.map(drop)
    }
    async fn end(&self, by: &str, id: PriorityId, step: PriorityStep, reason: Option<&str>) -> Result<(), StoreError> {
        let end = StepPriority { id, step, reason: reason.map(say).transpose()?, expected: None };
        self.scene.over(self.span, self.next(), vec![(self.crew.principal(by)?, end)]).await.map(drop)
    }
}

/// Last year's plan of the secondary school: one priority achieved, one stopped, the whole put away.
pub(super) async fn last_year(scene: &Scene<'_>, places: &Places, crew: &Crew, part: f64) -> Result<(), StoreError> {
    let (at, year, by) = (Drafting::new(scene, crew, Span::Past, part), scene.calendar.year - 1, "s-head");
    let plan = at.plan(by, places, Site::Saltings, "The Saltings: what we worked on last year", (year, year)).await?;
    let aims: [Aim; 2] = [
        ("Calm corridors", "Lessons began late.", &["Lessons begin within two minutes"], by),
        ("A reading hour on Wednesdays", "Pupils read too little at home.", &["Library loans double"], "s-aht-1"),
    ];
    let made = at.add(by, plan, &aims, &[]).await?;
    at.step(by, plan, PlanAction::Publish).await?;
    if let [corridors, reading] = made[..] {
        at.end(by, corridors, PriorityStep::Achieve, None).await?;
        at.end(by, reading, PriorityStep::Stop, Some("The hour is needed for tutoring, which helps more")).await?;
    }
    at.step(by, plan, PlanAction::Archive).await
}

/// This year: the trust's plan over three years, two schools' own, and the third school's draft.
pub(super) async fn this_year(scene: &Scene<'_>, places: &Places, crew: &Crew, part: f64) -> Result<Priorities, StoreError> {
    let (at, year) = (Drafting::new(scene, crew, Span::Present, part), scene.calendar.year);
    let trust = at.plan("t-ceo", places, Site::Trust, "Tidewater: three priorities", (year, year + 2)).await?;
    let visit = SaidAction {
        title: say("Visit a trust that is further on")?,
        owner_id: Some(crew.get("t-edu")?.person),
        due_on: Some(date(year, 11, 27)),
        done_on: Some(scene.calendar.opens()),
    };
    let above = at.add("t-ceo", trust, &OF_THE_TRUST, &[visit]).await?;
    at.step("t-ceo", trust, PlanAction::Publish).await?;
    let [vocabulary, visits, _] = above[..] else { return Err(StoreError::Internal("three priorities were added".into())) };

    let saltings = at.plan("s-head", places, Site::Saltings, "The Saltings: our year", (year, year)).await?;
    let own = at.adopt("s-head", saltings, vocabulary).await?;
    let from_another = at.adopt("s-head", saltings, visits).await?;
    let attendance: Aim = ("Sixth formers who come back", "One in eight leaves after Year 12.", &["One in twelve by next summer"], "s-aht-1");
    at.add("s-head", saltings, &[attendance], &[]).await?;
    at.step("s-head", saltings, PlanAction::Publish).await?;
    let curlew = at.plan("c-head", places, Site::Curlew, "Curlew: our year", (year, year)).await?;
    let theirs = at.adopt("c-head", curlew, vocabulary).await?;
    at.step("c-head", curlew, PlanAction::Publish).await?;
    at.plan("e-head", places, Site::Estuary, "Estuary Lane: a draft for the staff meeting", (year, year)).await?;
    Ok(Priorities { visits: from_another, saltings: own, curlew: theirs })
}

/// Half of those who begin an objective of their own say which priority it serves, and so does the one whose whole year is told.
pub(super) async fn link(scene: &Scene<'_>, crew: &Crew, told: &[Told], priorities: &Priorities, part: (f64, f64)) -> Result<(), StoreError> {
    let mut linked = Vec::new();
    for (i, one) in told.iter().filter(|t| t.owner_began()).enumerate() {
        let priority = match one.part.0.as_bytes().first() {
            _ if one.part.0 == TELLS => priorities.visits,
            Some(b's') if i % 2 == 0 => priorities.saltings,
            Some(b'c') if i % 2 == 0 => priorities.curlew,
            _ => continue,
        };
        let patch = WordsPatch { priority_ids: Some(vec![priority]), ..WordsPatch::default() };
        linked.push((crew.principal(one.part.0)?, UpdateObjective { id: one.id, patch, expected: None }));
    }
    scene.over(Span::Present, part, linked).await.map(drop)
}
