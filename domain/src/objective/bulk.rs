//! One objective for many people, proposed to each in one call: each is theirs, and each answers for themself.

use crate::rule::{Code, RuleError};

/// To how many people an objective is proposed at once.
pub const AT_ONCE: usize = 500;

/// How somebody who proposes stands to one of the people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposer {
    /// Are they that person?
    pub own: bool,
    /// Do they appraise them today?
    pub appraises: bool,
    /// Are they the headteacher of the school?
    pub leads: bool,
    /// Is the person employed there today?
    pub current: bool,
}

/// What is said of somebody whom one neither appraises nor leads, and of nobody.
pub fn nobody_of_theirs() -> RuleError {
    RuleError::new(Code::UnknownReference, "no such employment of somebody whom you appraise or lead")
}

/// May it be proposed to this person? Whoever is nobody of theirs is told of like somebody who does not exist.
///
/// # Errors
/// `not_for_yourself`, `unknown_reference`, `outside_employment`.
pub fn may_propose(by: Proposer) -> Result<(), RuleError> {
    if by.own {
        return Err(RuleError::new(Code::NotForYourself, "draft your own, `POST /v1/objectives`"));
    }
    if !by.appraises && !by.leads {
        return Err(nobody_of_theirs());
    }
    if !by.current {
        return Err(RuleError::new(Code::OutsideEmployment, "this employment is not current"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_whom_it_is_proposed() {
        let by = |own, appraises, leads, current| may_propose(Proposer { own, appraises, leads, current }).err().map(|e| e.code);
        for (found, expected) in [
            (by(true, true, true, true), Some(Code::NotForYourself)),
            (by(false, false, false, true), Some(Code::UnknownReference)),
            (by(false, false, false, false), Some(Code::UnknownReference)),
            (by(false, true, false, false), Some(Code::OutsideEmployment)),
            (by(false, true, false, true), None),
            (by(false, false, true, true), None),
        ] {
            assert_eq!(found, expected);
        }
    }
}
