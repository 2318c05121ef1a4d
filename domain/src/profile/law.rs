//! What a profile that rests on a law may change of it: tighten, never loosen.

use super::{HeadteacherPanel, RuleName, Rules, Span};
use crate::rule::{Code, Faults, RuleError};

/// Does a profile keep what the law of the one that it is made from fixes?
///
/// # Errors
/// `legal_minimum`, one fault for each rule that would be loosened, beneath `/rules`.
pub fn keeps_the_law(statutory: &[RuleName], law: &Rules, own: &Rules) -> Result<(), RuleError> {
    let mut faults = Faults::default();
    for name in statutory {
        if let Err(why) = kept(*name, law, own) {
            faults.check::<()>(Err(RuleError::at(Code::LegalMinimum, &format!("/rules/{name}"), why)));
        }
    }
    faults.settle()
}

/// Is this rule at least as tight as the law has it? Else what the law asks for.
fn kept(name: RuleName, law: &Rules, own: &Rules) -> Result<(), String> {
    let no_less = |law: Option<Span>, own: Option<Span>| at_least(law, own, |own, law| own >= law, "at least");
    match name {
        RuleName::MinimumEmploymentMonths if own.minimum_employment_months > law.minimum_employment_months => {
            Err(format!("appraisal applies after {} months at the latest", law.minimum_employment_months))
        }
        RuleName::ExcludedWhile if sorted(law) != sorted(own) => {
            let words: Vec<&str> = law.excluded_while.iter().map(|r| r.as_str()).collect();
            Err(format!("the regulations fix what excludes from appraisal: {}", words.join(", ")))
        }
        RuleName::HeadteacherPanel => law.headteacher_panel.map_or(Ok(()), |law| panel(law, own.headteacher_panel)),
        RuleName::MidYearReviewRequired if law.mid_year_review_required && !own.mid_year_review_required => Err("a review in mid-year is required".into()),
        RuleName::ReviewNotice => no_less(law.review_notice, own.review_notice),
        RuleName::CommentWithin => no_less(law.comment_within, own.comment_within),
        RuleName::AppealWithin => no_less(law.appeal_within, own.appeal_within),
        RuleName::ReportWithin => at_least(law.report_within, own.report_within, |own, law| own <= law, "at most"),
        _ => Ok(()),
    }
}

fn sorted(rules: &Rules) -> Vec<&'static str> {
    let mut out: Vec<&str> = rules.excluded_while.iter().map(|r| r.as_str()).collect();
    out.sort_unstable();
    out.dedup();
    out
}

fn at_least(law: Option<Span>, own: Option<Span>, tight: fn(u16, u16) -> bool, words: &str) -> Result<(), String> {
    match (law, own) {
        (Some(law), Some(own)) if own.basis == law.basis && tight(own.days, law.days) => Ok(()),
        (Some(law), _) => Err(format!("the law gives {words} {} {} days", law.days, law.basis)),
        (None, _) => Ok(()),
    }
}

fn panel(law: HeadteacherPanel, own: Option<HeadteacherPanel>) -> Result<(), String> {
    let tight = own.is_some_and(|own| {
        own.min >= law.min
            && law.max.is_none_or(|most| own.max.is_some_and(|max| max <= most))
            && (own.staff_excluded || !law.staff_excluded)
            && (own.external_adviser_required || !law.external_adviser_required)
    });
    let also = match (law.staff_excluded, law.external_adviser_required) {
        (true, true) => ", without staff and with an external adviser",
        (true, false) => ", without staff",
        (false, true) => ", with an external adviser",
        (false, false) => "",
    };
    let people = law.max.map_or_else(|| format!("at least {}", law.min), |max| format!("{} to {max}", law.min));
    if tight { Ok(()) } else { Err(format!("a headteacher is appraised by {people} people{also}")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{DayBasis, HoldReason, shipped};

    #[test]
    fn what_the_law_fixes_is_tightened_and_never_loosened() {
        type Change = fn(&mut Rules);
        let cases: &[(&str, Change, Option<&str>)] = &[
            ("england_maintained_2012", |_| (), None),
            ("england_maintained_2012", |r| r.minimum_employment_months = 3, None),
            ("england_maintained_2012", |r| r.minimum_employment_months = 5, Some("/rules/minimum_employment_months")),
            ("england_maintained_2012", |r| r.excluded_while.reverse(), None),
            ("england_maintained_2012", |r| r.excluded_while.push(HoldReason::Secondment), Some("/rules/excluded_while")),
            ("england_maintained_2012", |r| r.headteacher_panel = None, Some("/rules/headteacher_panel")),
            ("england_maintained_2012", |r| r.mid_year_review_required = true, None),
            ("england_maintained_2012", |r| r.period_months = 18, None),
            ("wales_2011", |r| r.review_notice = Some(Span { days: 15, basis: DayBasis::School }), None),
            ("wales_2011", |r| r.review_notice = Some(Span { days: 9, basis: DayBasis::School }), Some("/rules/review_notice")),
            ("wales_2011", |r| r.review_notice = Some(Span { days: 10, basis: DayBasis::Calendar }), Some("/rules/review_notice")),
            ("wales_2011", |r| r.report_within = Some(Span { days: 5, basis: DayBasis::School }), None),
            ("wales_2011", |r| r.report_within = Some(Span { days: 11, basis: DayBasis::School }), Some("/rules/report_within")),
            ("wales_2011", |r| r.appeal_within = None, Some("/rules/appeal_within")),
            ("england_academy_policy", |r| r.excluded_while.clear(), None),
        ];
        for (key, change, fault) in cases {
            let profile = shipped().iter().find(|p| p.key.as_str() == *key);
            let Some(profile) = profile else { unreachable!("{key} is shipped") };
            let mut own = profile.rules.clone();
            change(&mut own);
            let found = keeps_the_law(&profile.statutory, &profile.rules, &own);
            assert_eq!(found.err().map(|e| e.faults[0].pointer.clone()).as_deref(), *fault, "{key}");
        }
    }

    #[test]
    fn a_headteachers_panel_is_no_looser_than_the_law_has_it() {
        let law = HeadteacherPanel { min: 2, max: Some(3), staff_excluded: true, external_adviser_required: true };
        for (own, ok) in [
            (law, true),
            (HeadteacherPanel { min: 3, ..law }, true),
            (HeadteacherPanel { max: Some(2), ..law }, true),
            (HeadteacherPanel { min: 1, ..law }, false),
            (HeadteacherPanel { max: Some(4), ..law }, false),
            (HeadteacherPanel { max: None, ..law }, false),
            (HeadteacherPanel { staff_excluded: false, ..law }, false),
            (HeadteacherPanel { external_adviser_required: false, ..law }, false),
        ] {
            assert_eq!(panel(law, Some(own)).is_ok(), ok, "{own:?}");
        }
        assert!(panel(law, None).is_err());
    }
}
