//! Who appraises whom: authority on the day of the act, never oneself, and for a headteacher a panel as the rules have it.

use super::{Appraisal, Party};
use crate::{
    employment::StaffCategory,
    id::PersonId,
    profile::Rules,
    rule::{Code, Faults, RuleError},
    text::Title,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Somebody who appraises, or did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppraiserTerm {
    /// Who.
    pub person_id: PersonId,
    /// From this day.
    pub from: NaiveDate,
    /// Until this day, on which somebody else took over; none while they appraise.
    pub until: Option<NaiveDate>,
}

impl AppraiserTerm {
    /// Do they appraise on this day?
    pub fn on(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// Somebody who could appraise, as they stand on the day of the act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub person: PersonId,
    /// Are they the appraisee's appraiser or line manager?
    pub appoints: bool,
    /// Are they the headteacher of the school?
    pub leads: bool,
    /// Are they a governor of the school, or of the trust?
    pub governs: bool,
    /// Are they employed at the school?
    pub staff: bool,
}

/// Who is to appraise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// The people, in the order in which they were named.
    pub people: Vec<Candidate>,
    /// Who advises them.
    pub adviser: Option<Title>,
}

/// Can these people appraise on a day, if `by` says so? Every fault is named.
///
/// # Errors
/// `not_for_yourself`, for a delegate who would take an appraisal over, or begin earlier than was arranged for them, and with it come to read what was delegated to
/// nobody; `self_appraisal`, `no_authority`, `panel_rules`.
pub fn appoint(appraisal: &Appraisal, rules: &Rules, panel: &Panel, by: Party, day: NaiveDate) -> Result<(), RuleError> {
    let goes_on = |me| appraisal.appraisers.iter().any(|term| term.person_id == me && term.from <= day && term.until.is_none());
    let taken_over = |me| !goes_on(me) && panel.people.iter().any(|candidate| candidate.person == me);
    if by.delegated() && by.person.is_some_and(taken_over) {
        return Err(RuleError::new(Code::NotForYourself, "a delegate does not make themself an appraiser; the headteacher or HR does"));
    }
    let mut faults = Faults::default();
    let mut refuse = |wrong: bool, code: Code, pointer: &str, why: &str| {
        if wrong {
            faults.check::<()>(Err(RuleError::at(code, pointer, why)));
        }
    };
    let head = appraisal.staff_category == StaffCategory::Headteacher;
    let ruled = rules.headteacher_panel.filter(|_| head);
    for (i, candidate) in panel.people.iter().enumerate() {
        let at = format!("/appraiser_ids/{i}");
        let own = candidate.person == appraisal.person_id;
        refuse(own, Code::SelfAppraisal, &at, "nobody appraises themself");
        let authority = candidate.appoints || (candidate.leads && !head) || (candidate.governs && head);
        let who =
            if head { "the appraiser or line manager of the headteacher, or a governor" } else { "their appraiser, their line manager, or the headteacher" };
        refuse(!own && !authority, Code::NoAuthority, &at, &format!("on this day they are not {who}"));
        refuse(
            !own && candidate.staff && ruled.is_some_and(|r| r.staff_excluded),
            Code::PanelRules,
            &at,
            "a member of staff does not appraise the headteacher",
        );
    }
    if let Some(ruled) = ruled {
        let few = panel.people.len() < ruled.min.into();
        let many = ruled.max.is_some_and(|max| panel.people.len() > max.into());
        let most = ruled.max.map_or_else(|| "or more".into(), |max| format!("to {max}"));
        refuse(few || many, Code::PanelRules, "/appraiser_ids", &format!("a headteacher is appraised by {} {most} people", ruled.min));
        let alone = ruled.external_adviser_required && panel.adviser.is_none();
        refuse(alone, Code::PanelRules, "/external_adviser", "the panel has an external adviser");
    }
    faults.settle()
}

/// The terms after these people took over on a day, today or later: who stays goes on, who leaves has their last day, whoever was to begin later never
/// does, and nobody's past is rewritten.
pub fn hand_over(terms: &[AppraiserTerm], to: &[PersonId], day: NaiveDate) -> Vec<AppraiserTerm> {
    let mut out = Vec::with_capacity(terms.len() + to.len());
    for term in terms {
        match term.until.is_none_or(|until| until > day) {
            false => out.push(*term),
            true if term.from > day => {}
            true => out.push(AppraiserTerm { until: (!to.contains(&term.person_id)).then_some(day), ..*term }),
        }
    }
    for person in to {
        if !out.iter().any(|t| t.person_id == *person && t.until.is_none()) {
            out.push(AppraiserTerm { person_id: *person, from: day, until: None });
        }
    }
    out
}

/// Who appraises and appraised, once somebody has followed another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    /// Their terms. Only the leaver's ended, and only the successor's began.
    pub terms: Vec<AppraiserTerm>,
    /// The days, in their order, from which the leaver's place is the successor's, for each term that the leaver had: where it begins, where a term of the successor's
    /// begins in it, and where the successor's own terms, arranged before, begin and would be one person in two places. Who appraises on such a day is to be able to.
    pub days: Vec<NaiveDate>,
}
impl Succession {
    /// Who appraises on this day.
    pub fn on(&self, day: NaiveDate) -> Vec<PersonId> {
        let mut people = Vec::new();
        for term in self.terms.iter().filter(|t| t.on(day)) {
            if !people.contains(&term.person_id) {
                people.push(term.person_id);
            }
        }
        people
    }
}

/// The terms of whoever goes on, with what the leaver appraised before a day; and what was left of the leaver's from that day on.
fn parted(terms: &[AppraiserTerm], leaver: PersonId, day: NaiveDate, today: NaiveDate) -> Result<(Vec<AppraiserTerm>, Vec<AppraiserTerm>), RuleError> {
    if day < today {
        return Err(RuleError::at(Code::PeriodBackwards, "/on", "an appraisal is handed over from today or a later day; who appraised before stays on record"));
    }
    let (mut out, mut left) = (Vec::with_capacity(terms.len() + 1), Vec::new());
    for term in terms {
        if term.person_id != leaver || term.until.is_some_and(|until| until <= day) {
            out.push(*term);
            continue;
        }
        left.push(AppraiserTerm { from: term.from.max(day), ..*term });
        // a term that would begin and end on a day to come is none
        if term.from < day || term.from == today {
            out.push(AppraiserTerm { until: Some(day), ..*term });
        }
    }
    Ok((out, left))
}

/// The terms once somebody appraises no more from a day on, and nobody follows them.
///
/// # Errors
/// `period_backwards`, for a day that is over.
pub fn left(terms: &[AppraiserTerm], leaver: PersonId, day: NaiveDate, today: NaiveDate) -> Result<Vec<AppraiserTerm>, RuleError> {
    parted(terms, leaver, day, today).map(|(out, _)| out)
}

/// A successor appraises in the leaver's place from a day on, on each of the days that were left; nothing, if the leaver does not appraise then. On days on which
/// the successor appraises already, no more of theirs begins. What was arranged for anybody else stays as it was.
///
/// # Errors
/// `period_backwards`, for a day that is over: who appraised then is on record, and acted as such.
pub fn succession(
    terms: &[AppraiserTerm],
    (leaver, successor): (PersonId, PersonId),
    day: NaiveDate,
    today: NaiveDate,
) -> Result<Option<Succession>, RuleError> {
    if leaver == successor {
        return Ok(None);
    }
    let (mut out, left) = parted(terms, leaver, day, today)?;
    let mut days = Vec::new();
    for AppraiserTerm { from, until, .. } in left {
        let in_time = |day: NaiveDate| until.is_none_or(|until| day < until);
        let arranged = |t: &&AppraiserTerm| t.person_id == successor && in_time(t.from) && t.until.is_none_or(|end| end > from.max(t.from));
        let mut theirs: Vec<AppraiserTerm> = out.iter().filter(arranged).copied().collect();
        theirs.sort_unstable_by_key(|t| t.from);
        days.push(from);
        // the first day on which they do not yet stand in the leaver's place; none, if from here on they always do
        let mut open = Some(from);
        for AppraiserTerm { from: next, until: end, .. } in theirs {
            if next > from {
                days.push(next);
            }
            if let Some(begins) = open.filter(|day| *day < next) {
                days.push(begins);
                out.push(AppraiserTerm { person_id: successor, from: begins, until: Some(next) });
            }
            open = open.zip(end).map(|(open, end)| open.max(end));
        }
        if let Some(begins) = open.filter(|day| in_time(*day)) {
            days.push(begins);
            out.push(AppraiserTerm { person_id: successor, from: begins, until });
        }
    }
    days.sort_unstable();
    days.dedup();
    Ok((!days.is_empty()).then_some(Succession { terms: out, days }))
}
