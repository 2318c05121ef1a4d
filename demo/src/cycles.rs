//! The demo's frameworks of its own, and appraisal cycles in every state of their machine.

use super::{
    people::Crew,
    places::{Places, Site},
    scene::{ALL, Calendar, Scene, Span, date, end_of_month, first_of_month, say},
};
use chrono::{Days, NaiveDate};
use std::collections::HashMap;
use trellis_domain::{
    cycle::{CycleAction, CyclePatch, DueDates},
    employment::StaffCategory,
    framework::NewStandard,
    id::{CycleId, FrameworkVersionId, StandardId},
    profile::{DayBasis, Rules, Span as Count, shipped},
};
use trellis_persistence::{
    Principal, StoreError,
    cycle::{CreateCycle, MoveCycleDueDates, StepCycle},
    framework::{CreateFrameworkVersion, ListFrameworkVersions, PublishFrameworkVersion},
    profile::{CreateRuleProfile, PublishRuleProfile},
};

/// Standards by their codes, and framework versions by their keys.
pub(super) struct Shelf {
    standards: HashMap<String, StandardId>,
    versions: HashMap<String, FrameworkVersionId>,
}

impl Shelf {
    /// The standards of these codes.
    pub(super) fn standards(&self, codes: &[&str]) -> Result<Vec<StandardId>, StoreError> {
        let unknown = |code: &str| StoreError::Internal(format!("no standard of the demo has the code {code}"));
        codes.iter().map(|code| self.standards.get(*code).copied().ok_or_else(|| unknown(code))).collect()
    }
    /// The version of the framework with this key.
    pub(super) fn version(&self, key: &str) -> Result<FrameworkVersionId, StoreError> {
        self.versions.get(key).copied().ok_or_else(|| StoreError::Internal(format!("the demo has no framework {key}")))
    }
}

const SUPPORT: &str = "tidewater-support-colleagues";
const OF_OUR_OWN: [(&str, &str); 5] = [
    ("SC1", "Knows the children and families we serve, and what they need from this role"),
    ("SC2", "Works as part of a team that shares what it learns"),
    ("SC3", "Keeps children safe and information confidential"),
    ("SC4", "Keeps developing in the craft of the role"),
    ("SC5", "Speaks up, and helps to decide what concerns the role"),
];

/// Writes and publishes the trust's own standards for support colleagues, drafts their next edition, and reads all published standards.
pub(super) async fn frameworks(scene: &Scene<'_>, crew: &Crew, part: (f64, f64)) -> Result<Shelf, StoreError> {
    let writer = crew.principal("t-sys")?;
    let edition = |label: &str, count: usize| {
        let standard =
            |(code, title): &(&str, &str)| Ok::<_, StoreError>(NewStandard { code: say(code)?, title: say(title)?, description: None, children: Vec::new() });
        let standards = OF_OUR_OWN[..count].iter().map(standard).collect::<Result<Vec<_>, _>>()?;
        let attribution = Some(say("Written by colleagues of the Tidewater Learning Trust.")?);
        let name = say("Standards for support colleagues")?;
        Ok::<_, StoreError>((writer.clone(), CreateFrameworkVersion { key: say(SUPPORT)?, name, label: say(label)?, attribution, standards }))
    };
    for made in scene.over(Span::Past, part, vec![edition("First edition", 4)?]).await? {
        scene.over(Span::Past, part, vec![(writer.clone(), PublishFrameworkVersion { id: made.record.id, expected: None })]).await?;
    }
    scene.over(Span::Past, (part.1, part.1), vec![edition("Second edition", 5)?]).await?;
    own_rules(scene, crew, part.1).await?;
    let act = scene.operator(scene.calendar.moment(Span::Past, part.1));
    let versions =
        scene.db.read(act, ListFrameworkVersions { key: None, state: Some(trellis_domain::framework::VersionState::Published), window: ALL }).await?;
    let mut shelf = Shelf { standards: HashMap::new(), versions: HashMap::new() };
    for version in versions.items {
        shelf.standards.extend(version.standards.iter().map(|s| (s.code.as_str().to_owned(), s.id)));
        shelf.versions.insert(version.key.as_str().to_owned(), version.id);
    }
    Ok(shelf)
}

/// A first version of rules of the trust's own, made from shipped ones.
fn made_from(of: &str, key: &str, name: &str, legal_basis: &str, changed: impl FnOnce(Rules) -> Rules) -> Result<CreateRuleProfile, StoreError> {
    let theirs = shipped().iter().find(|p| p.key.as_str() == of).ok_or_else(|| StoreError::Internal(format!("no profile {of}")))?;
    let (key, name, legal_basis, rules) = (say(key)?, say(name)?, say(legal_basis)?, changed(theirs.rules.clone()));
    Ok(CreateRuleProfile { key, name, legal_basis, based_on: theirs.id, nation: None, labels: None, rules })
}

/// Rules of the trust's own. Made from those of the academies, a draft, in which a look from the middle of the year becomes one of them; made from those of support
/// colleagues, published, by which one can appeal against a report, and one that bears on pay is followed by a recommendation.
async fn own_rules(scene: &Scene<'_>, crew: &Crew, part: f64) -> Result<(), StoreError> {
    let (writer, moment) = (crew.principal("t-sys")?, (part, part));
    let agreeing = "What governors and staff of the Tidewater Learning Trust are agreeing";
    let growth = made_from(POLICY, "tidewater_growth", "Growth at Tidewater", agreeing, |rules| Rules { mid_year_review_required: true, ..rules })?;
    scene.over(Span::Past, moment, vec![(writer.clone(), growth)]).await?;
    let agreed = "What support colleagues and governors of the Tidewater Learning Trust agreed";
    let appeal_within = Some(Count { days: 10, basis: DayBasis::Calendar });
    let ours =
        made_from(SUPPORT_POLICY, OWN_POLICY, "Support colleagues at Tidewater", agreed, |rules| Rules { pay_recommendation: true, appeal_within, ..rules })?;
    for made in scene.over(Span::Past, moment, vec![(writer.clone(), ours)]).await? {
        scene.over(Span::Past, moment, vec![(writer.clone(), PublishRuleProfile { id: made.record.id, expected: None })]).await?;
    }
    Ok(())
}

/// A cycle as it is first drafted.
struct Round {
    key: &'static str,
    by: &'static str,
    site: Site,
    name: String,
    profile: &'static str,
    framework: &'static str,
    categories: Vec<StaffCategory>,
    period: Option<(NaiveDate, NaiveDate)>,
    due: Option<(NaiveDate, NaiveDate, NaiveDate)>,
}

const POLICY: &str = "england_academy_policy";
const SUPPORT_POLICY: &str = "support_staff_policy";
/// The trust's own, which Curlew tries first.
const OWN_POLICY: &str = "tidewater_support";
const TEACHERS: &str = "teachers-standards";

fn teachers(calendar: &Calendar, key: &'static str, by: &'static str, site: Site, years_ago: i32) -> Round {
    let year = calendar.year - years_ago;
    Round {
        key,
        by,
        site,
        name: format!("Teachers' appraisal {}", trellis_domain::time::academic_year_label(year)),
        profile: POLICY,
        framework: TEACHERS,
        categories: vec![StaffCategory::Teacher, StaffCategory::Leader],
        period: Some((date(year, 9, 1), date(year + 1, 8, 31))),
        due: Some((date(year, 10, 24), date(year + 1, 7, 17), date(year + 1, 10, 31))),
    }
}

fn support(key: &'static str, by: &'static str, site: Site, whose: &str, from: NaiveDate, to: NaiveDate) -> Round {
    Round {
        key,
        by,
        site,
        name: format!("{whose}: support colleagues, {} to {}", from.format("%B %Y"), to.format("%B %Y")),
        profile: SUPPORT_POLICY,
        framework: SUPPORT,
        categories: vec![StaffCategory::Support],
        period: Some((from, to)),
        due: Some((from + Days::new(21), to, to + Days::new(28))),
    }
}

/// The cycles of the past: one that was over before the trust began with Trellis, and last year's.
fn past(calendar: &Calendar) -> Vec<Round> {
    vec![teachers(calendar, "before", "t-sys", Site::Trust, 2), teachers(calendar, "last", "t-sys", Site::Trust, 1)]
}

/// This year's cycles. The main one is trust-wide and has the year's work on; the rest stand in the other states.
fn present(calendar: &Calendar) -> Vec<Round> {
    let (today, opens) = (calendar.today, calendar.opens());
    let label = trellis_domain::time::academic_year_label(calendar.year);
    let main = teachers(calendar, "main", "t-sys", Site::Trust, 0);
    let heads = Round {
        name: format!("Headteachers' appraisal {label}"),
        profile: "england_maintained_2012",
        framework: "headteachers-standards",
        categories: vec![StaffCategory::Headteacher],
        due: Some((date(calendar.year, 12, 31), date(calendar.year + 1, 7, 17), date(calendar.year + 1, 12, 31))),
        ..teachers(calendar, "heads", "t-sys", Site::Trust, 0)
    };
    let alone = Round {
        name: format!("Estuary Lane: teachers' appraisal {label}"),
        categories: vec![StaffCategory::Teacher],
        ..teachers(calendar, "alone", "e-head", Site::Estuary, 0)
    };
    let next = Round { due: None, categories: Vec::new(), ..teachers(calendar, "next", "t-sys", Site::Trust, -1) };
    vec![
        main,
        heads,
        alone,
        next,
        support("reviewing", "e-head", Site::Estuary, "Estuary Lane", first_of_month(opens, 0), end_of_month(today, 0)),
        Round { profile: OWN_POLICY, ..support("closing", "c-head", Site::Curlew, "Curlew", first_of_month(opens, 0), end_of_month(today, -1)) },
        support("planning", "s-head", Site::Saltings, "The Saltings", first_of_month(today, 0), end_of_month(today, 11)),
        support("announced", "t-hr", Site::Trust, "Central team", first_of_month(today, 1), end_of_month(today, 12)),
    ]
}

/// The cycles, by how the story calls them: which, who runs them, and their days.
#[derive(Default)]
pub(super) struct Rounds(HashMap<&'static str, (CycleId, &'static str, Option<(NaiveDate, NaiveDate)>)>);

impl Rounds {
    /// The cycle that the story calls so.
    pub(super) fn get(&self, key: &str) -> Result<CycleId, StoreError> {
        self.entry(key).map(|e| e.0)
    }
    /// Who runs it.
    pub(super) fn runner(&self, key: &str) -> Result<&'static str, StoreError> {
        self.entry(key).map(|e| e.1)
    }
    /// This day, if it is one of the cycle's; its last, if not.
    pub(super) fn within(&self, key: &str, day: NaiveDate) -> NaiveDate {
        match self.0.get(key).and_then(|(_, _, period)| *period) {
            Some((first, last)) if day < first || last < day => last,
            _ => day,
        }
    }
    fn entry(&self, key: &str) -> Result<(CycleId, &'static str), StoreError> {
        self.0.get(key).map(|(id, by, _)| (*id, *by)).ok_or_else(|| StoreError::Internal(format!("no cycle of the demo is called {key}")))
    }
    /// Drafts a span's cycles.
    pub(super) async fn draft(
        &mut self,
        scene: &Scene<'_>,
        places: &Places,
        crew: &Crew,
        shelf: &Shelf,
        span: Span,
        part: (f64, f64),
    ) -> Result<(), StoreError> {
        let rounds = match span {
            Span::Past => past(&scene.calendar),
            Span::Present => present(&scene.calendar),
        };
        let mut drafts = Vec::new();
        for round in &rounds {
            let pinned = shelf.versions.get(round.framework).copied().ok_or_else(|| StoreError::Internal(format!("no framework {}", round.framework)))?;
            let details = CyclePatch {
                starts_on: Some(round.period.map(|p| p.0)),
                ends_on: Some(round.period.map(|p| p.1)),
                rule_profile: Some(Some(say(round.profile)?)),
                rule_profile_version: Some(Some(1)),
                objectives_due_on: Some(round.due.map(|d| d.0)),
                review_due_on: Some(round.due.map(|d| d.1)),
                report_due_on: Some(round.due.map(|d| d.2)),
                staff_categories: Some(round.categories.clone()),
                framework_version_ids: Some(vec![pinned]),
                ..CyclePatch::default()
            };
            drafts.push((crew.principal(round.by)?, CreateCycle { organisation_id: places.at(round.site), name: say(&round.name)?, details }));
        }
        for (round, made) in rounds.iter().zip(scene.over(span, part, drafts).await?) {
            self.0.insert(round.key, (made.record.id, round.by, round.period));
        }
        Ok(())
    }
    /// Takes one step with each of these cycles.
    pub(super) async fn step(
        &self,
        scene: &Scene<'_>,
        crew: &Crew,
        keys: &[&str],
        action: CycleAction,
        reason: Option<&str>,
        (span, part): (Span, f64),
    ) -> Result<(), StoreError> {
        let mut steps = Vec::new();
        for key in keys {
            let (id, by) = self.entry(key)?;
            let reason = reason.map(say).transpose()?;
            steps.push((crew.principal(by)?, StepCycle { id, action, reason, expected: None }));
        }
        scene.over(span, (part, part), steps).await?;
        Ok(())
    }
    /// Half-term falls late in one of the authorities: a little more time for setting objectives.
    pub(super) async fn more_time(&self, scene: &Scene<'_>, crew: &Crew, part: f64) -> Result<(), StoreError> {
        let (id, by) = self.entry("main")?;
        let due = DueDates { objectives_due_on: Some(date(scene.calendar.year, 10, 31)), ..DueDates::default() };
        let reason = say("Half-term falls a week later at Curlew and Estuary Lane; nobody should have to write objectives in it.")?;
        let moved: (Principal, MoveCycleDueDates) = (crew.principal(by)?, MoveCycleDueDates { id, due, reason, expected: None });
        scene.over(Span::Present, (part, part), vec![moved]).await?;
        Ok(())
    }
}
