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

/// Can these people appraise, if `by` says so? Every fault is named.
///
/// # Errors
/// `not_for_yourself`, for a delegate who would take an appraisal over, and with it come to read what was delegated to nobody; `self_appraisal`,
/// `no_authority`, `panel_rules`.
pub fn appoint(appraisal: &Appraisal, rules: &Rules, panel: &Panel, by: Party) -> Result<(), RuleError> {
    let taken_over = |me| !appraisal.appointed(me) && panel.people.iter().any(|candidate| candidate.person == me);
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

/// Who appraises from a day on, with a successor in somebody's place; nothing, if that somebody does not appraise then.
pub fn succession(terms: &[AppraiserTerm], leaver: PersonId, successor: PersonId, day: NaiveDate) -> Option<Vec<PersonId>> {
    let then: Vec<PersonId> = terms.iter().filter(|t| t.until.is_none_or(|until| until > day)).map(|t| t.person_id).collect();
    if !then.contains(&leaver) {
        return None;
    }
    let mut people: Vec<PersonId> = Vec::with_capacity(then.len());
    for person in then.into_iter().map(|p| if p == leaver { successor } else { p }) {
        if !people.contains(&person) {
            people.push(person);
        }
    }
    Some(people)
}
