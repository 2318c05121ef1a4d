//! What the demo's people learned: private by default; some of it shared, some thought about again, one record taken back.

use super::{
    aims::{Lesson, US, lesson},
    objectives::{Tellers, Told, fill},
    scene::{Span, say},
};
use chrono::Days;
use trellis_domain::{
    access::Audience,
    id::{LearningRecordId, ObjectiveId},
    learning::LearningKind as K,
    need::NeedStep,
    report::NeedAction,
};
use trellis_persistence::{
    Principal, StoreError,
    learning::{LogLearning, ReflectOnLearning, ShowLearning},
    need::{CreateNeed, EndNeed},
};

/// Learning that goes with no objective: who, what.
const BESIDE: &[(&str, Lesson)] = &[
    ("s-eng-1", lesson(K::Inset, "Training day: safeguarding, and the trust's three priorities", (360, 1), US, "", &["TSP2"])),
    (
        "s-eng-1",
        lesson(
            K::Coaching,
            "Coaching with a colleague from mathematics: which four questions?",
            (40, 1),
            US,
            "She asked what I would stop doing to make room. I did not have an answer, and now I do: the starter on yesterday's lesson.",
            &["TS2", "M9"],
        ),
    ),
    (
        "s-eng-1",
        lesson(
            K::Other,
            "Notes to myself after a hard week with Year 8",
            (20, 1),
            "",
            "Not for sharing. I was cross with the class for my own bad plan.",
            &["TS7"],
        ),
    ),
    ("s-eng", lesson(K::Inset, "Training day: leading a team that learns", (180, 1), US, "Ask for one piece of evidence, not five.", &["TS8", "PD3"])),
    ("s-eng-5", lesson(K::Mentoring, "Weekly mentor meeting: lesson openings", (50, 1), US, "I plan the task and forget the first sentence.", &["TS4", "M7"])),
    (
        "s-eng-5",
        lesson(K::LearningVisit, "Watching three openings in one morning", (90, 1), "", "All three were different. All three were short.", &["TS4", "M8"]),
    ),
    ("s-hum-4", lesson(K::Mentoring, "Weekly mentor meeting: a difficult discussion", (50, 1), US, "Agree the ground rules before the topic.", &["TS1", "M7"])),
    ("c-y1", lesson(K::Mentoring, "Weekly mentor meeting: moving between activities", (45, 1), US, "A song is quicker than a countdown.", &["TS7", "M10"])),
    ("c-y1", lesson(K::Course, "Early career programme: how children learn to read", (180, 10), "Estuary Teaching School Hub", "", &["TS3", "M1"])),
    ("c-y4", lesson(K::Conference, "Primary science day", (300, 1), "Northshore Science Teachers' Forum", "Words first, then the apparatus.", &["TS3", "M4"])),
    ("c-y4", lesson(K::Inset, "Training day: safeguarding, and the trust's three priorities", (360, 1), US, "", &["TSP2"])),
    (
        "s-cov-1",
        lesson(
            K::Course,
            "Calm in a room that is not yours",
            (120, 1),
            "Estuary Teaching School Hub",
            "Names first. I have asked for seating plans.",
            &["SC2", "SC4"],
        ),
    ),
    ("s-site", lesson(K::Course, "Managing contractors safely", (240, 1), "Northshore Premises Network", "", &["SC3"])),
    (
        "e-ta-3",
        lesson(
            K::Course,
            "Paediatric first aid",
            (720, 2),
            "Saltmarsh First Aid Training",
            "Renewed. The recovery position for a toddler is different.",
            &["SC3", "M10"],
        ),
    ),
    (
        "c-fsw",
        lesson(K::Conference, "Family support network: regional meeting", (240, 1), "", "Home visits before the first letter, not after the third.", &["SC1"]),
    ),
    ("t-sys", lesson(K::Course, "Data protection for schools: refresher", (60, 1), "", "", &["SC3"])),
    ("t-hr", lesson(K::Reading, "Reading: flexible working in schools", (70, 3), "", "Most of the obstacles are timetable habits.", &["SC4"])),
    (
        "t-pl",
        lesson(
            K::Reading,
            "Guidance: effective professional development",
            (120, 6),
            "Education Endowment Foundation",
            "We build knowledge well and embed badly.",
            &["PD2", "M14"],
        ),
    ),
    (
        "s-head",
        lesson(K::LearningVisit, "Learning walk with three pupils as guides", (90, 1), "", "They showed me the corridor that I never walk.", &["HT1", "HT6"]),
    ),
    ("e-head", lesson(K::Qualification, "NPQ for headship: first module", (480, 30), "Estuary Teaching School Hub", "", &["HT8"])),
];

/// Who logs learning beside any objective.
pub(super) fn everybody() -> impl Iterator<Item = &'static str> {
    BESIDE.iter().map(|(who, _)| *who)
}

/// What is about to be logged.
struct Entry<'a> {
    who: &'static str,
    lesson: &'a Lesson,
    title: String,
    objective_ids: Vec<ObjectiveId>,
    hurried: bool,
    share: bool,
}

/// What was logged, and what is still to come of it.
pub(super) struct Logged {
    pub(super) who: &'static str,
    pub(super) id: LearningRecordId,
    reflection: Option<String>,
    share: bool,
}

/// What the first teacher says she needs, and what became of it.
const NEEDS: [(&str, &str, Option<(NeedStep, Option<&str>)>); 3] = [
    ("To ask so that the quiet ones answer first", "Watch Year 9 mathematics on a Thursday, and try it the week after", None),
    ("To use the new mark book", "An hour with the data manager", Some((NeedStep::Meet, None))),
    ("A course on examination boards' mark schemes", "Look for one in the spring", Some((NeedStep::Withdraw, Some("The department does this together now")))),
];

impl Tellers<'_> {
    /// What the first teacher needs: written down, met, or taken back.
    pub(super) async fn need(&self, span: Span, part: f64) -> Result<(), StoreError> {
        let by = || self.crew.principal("s-eng-1");
        for (need, action, end) in NEEDS {
            let actions = vec![NeedAction { action: say(action)?, due_on: None }];
            let new = CreateNeed { employment_id: None, need: say(need)?, actions, standard_id: None, origin: None };
            let made = self.scene.over(span, (part, part), vec![(by()?, new)]).await?;
            let Some((id, (step, reason))) = made.first().map(|seen| seen.record.id).zip(end) else { continue };
            let reason = reason.map(say).transpose()?;
            self.scene.over(span, (part, part), vec![(by()?, EndNeed { id, step, reason, expected: None })]).await?;
        }
        Ok(())
    }
    /// Logs what was learned on the way to these objectives: the first or the second lesson of each.
    pub(super) async fn learn(&self, told: &[Told], which: usize, span: Span, part: (f64, f64)) -> Result<Vec<Logged>, StoreError> {
        let told = told.iter().filter(|t| t.part.4.begun());
        let lessons = told.filter_map(|t| t.aim.lessons.get(which).map(|l| (t, l)));
        let entries = lessons.enumerate().map(|(i, (t, l))| {
            // every third is logged in a hurry and thought about later; every third stays private
            let (hurried, share) = (i % 3 == 0, i % 3 != 2 || t.part.0 == "s-eng-1");
            Entry { who: t.part.0, lesson: l, title: fill(l.title, &t.part), objective_ids: vec![t.id], hurried, share }
        });
        self.log(entries.collect(), span, part).await
    }
    /// Logs learning that goes with no objective.
    pub(super) async fn learn_beside(&self, span: Span, part: (f64, f64)) -> Result<Vec<Logged>, StoreError> {
        let entries = BESIDE.iter().enumerate().map(|(i, (who, l))| {
            let share = i % 2 == 0 && l.kind != K::Other;
            Entry { who, lesson: l, title: l.title.to_owned(), objective_ids: Vec::new(), hurried: false, share }
        });
        self.log(entries.collect(), span, part).await
    }
    async fn log(&self, entries: Vec<Entry<'_>>, span: Span, part: (f64, f64)) -> Result<Vec<Logged>, StoreError> {
        let moments = self.scene.calendar.moments(span, part, entries.len());
        let (mut logged, mut writes) = (Vec::new(), Vec::new());
        for (i, (entry, at)) in (0..).zip(entries.into_iter().zip(moments)) {
            let Entry { who, lesson: l, title, objective_ids, hurried, share } = entry;
            let ended_on = at.date_naive() - Days::new(i % 3);
            let reflection = Some(l.reflection).filter(|r| !r.is_empty());
            let learning = LogLearning {
                employment_id: Some(self.crew.employment(who)?),
                title: say(&title)?,
                kind: l.kind,
                started_on: ended_on - Days::new(l.days.saturating_sub(1)),
                ended_on,
                minutes: l.minutes,
                provider: if l.provider.is_empty() { None } else { Some(say(l.provider)?) },
                reflection: reflection.filter(|_| !hurried).map(say).transpose()?,
                objective_ids,
                standard_ids: self.shelf.standards(l.codes)?,
                priority_ids: Vec::new(),
            };
            writes.push((self.crew.principal(who)?, learning));
            logged.push((who, reflection.filter(|_| hurried).map(str::to_owned), share));
        }
        let made = self.scene.over(span, part, writes).await?;
        let whole = logged.into_iter().zip(made);
        Ok(whole.map(|((who, reflection, share), seen)| Logged { who, id: seen.record.id, reflection, share }).collect())
    }
    /// Some think about what they logged, over the first half of a part of a span; some share it, over the second half.
    pub(super) async fn look_back(&self, logged: &[Logged], span: Span, (from, to): (f64, f64)) -> Result<(), StoreError> {
        let half = (from + to) / 2.0;
        let mut reflections = Vec::new();
        for one in logged {
            if let Some(reflection) = &one.reflection {
                let reflection = ReflectOnLearning { id: one.id, reflection: say(reflection)?, prompt: Some(say("what-changed")?), expected: None };
                reflections.push((self.crew.principal(one.who)?, reflection));
            }
        }
        self.scene.over(span, (from, half), reflections).await?;
        let school = Audience { school: true, ..Audience::default() };
        // the key of whoever leads the school of somebody with this key
        let head = |who: &str| who.split_once('-').and_then(|(site, _)| self.crew.get(&format!("{site}-head")).ok());
        // most as it is usual, some with the whole school, some with the appraiser and somebody by name
        let shown_to = |i: usize, who: &str| match (i % 6, head(who)) {
            (2, _) => school.clone(),
            (5, Some(head)) => Audience { appraiser: true, people: vec![head.person], ..Audience::default() },
            _ => Audience::usual(),
        };
        let shared = logged.iter().filter(|l| l.share).enumerate().map(|(i, l)| self.show(l, shown_to(i, l.who))).collect::<Result<Vec<_>, _>>()?;
        self.scene.over(span, (half, to), shared).await?;
        Ok(())
    }
    /// Somebody takes back what they shared.
    pub(super) async fn take_back(&self, logged: &[Logged], span: Span, part: f64) -> Result<(), StoreError> {
        let back = logged.iter().rfind(|l| l.share).map(|l| self.show(l, Audience::default())).transpose()?;
        self.scene.over(span, (part, part), back.into_iter().collect()).await?;
        Ok(())
    }
    fn show(&self, logged: &Logged, to: Audience) -> Result<(Principal, ShowLearning), StoreError> {
        Ok((self.crew.principal(logged.who)?, ShowLearning { id: logged.id, to, expected: None }))
    }
}
