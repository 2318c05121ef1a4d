//! Relationships: line manager, appraiser, coach, mentor and induction tutor, dated, from person to person. Authority is checked at the
//! date of the act; a handover never rewrites who did what.

use crate::{
    check_in::Cadence,
    id::{PersonId, RelationshipId},
    role::{ended, not_for_yourself},
    rule::{Code, RuleError},
    time::Period,
    words,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

words! {
    /// What one person is to another.
    RelationshipKind {
        /// Manages their work; acyclic on every date.
        LineManager = "line_manager",
        /// Appraises them.
        Appraiser = "appraiser",
        /// Coaches them.
        Coach = "coach",
        /// Mentors them.
        Mentor = "mentor",
        /// Sees them through induction.
        InductionTutor = "induction_tutor",
    }
}

/// A relationship: on these days, `holder_id` is the `kind` of `person_id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relationship {
    /// Its id.
    pub id: RelationshipId,
    /// What the holder is.
    pub kind: RelationshipKind,
    /// Of whom.
    pub person_id: PersonId,
    /// Who is.
    pub holder_id: PersonId,
    /// When.
    #[serde(flatten)]
    pub period: Period,
    /// How often the two mean to meet, if one of them said so.
    #[serde(default)]
    pub cadence: Option<Cadence>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// May this relationship be made? Never with oneself, never by appointing oneself, never twice for the same days.
///
/// # Errors
/// `self_relationship`, `not_for_yourself`, `overlapping_relationship`.
pub fn appoint(new: &Relationship, by: Option<PersonId>, of_the_person: &[Relationship]) -> Result<(), RuleError> {
    if new.person_id == new.holder_id {
        return Err(RuleError::at(Code::SelfRelationship, "/holder_id", "nobody is their own line manager, appraiser, coach, mentor or induction tutor"));
    }
    not_for_yourself(new.holder_id, by)?;
    let twice = of_the_person.iter().any(|r| r.id != new.id && r.kind == new.kind && r.holder_id == new.holder_id && r.period.overlaps(&new.period));
    if twice {
        return Err(RuleError::at(Code::OverlappingRelationship, "/starts_on", "these two already have this relationship on some of these days"));
    }
    Ok(())
}

/// People who would manage one another, each managed by the next, the first and the last being the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle {
    /// From which day.
    pub from: NaiveDate,
    /// Who, in order.
    pub way: Vec<PersonId>,
}
impl Circle {
    /// The refusal, with everybody on the circle as `name` calls them.
    pub fn told(&self, name: impl Fn(PersonId) -> String) -> RuleError {
        self.told_of_rows(name, |_, _| None)
    }
    /// The same of a file, with the line that says of somebody who manages them, where one does.
    pub fn told_of_rows(&self, name: impl Fn(PersonId) -> String, line: impl Fn(PersonId, PersonId) -> Option<u64>) -> RuleError {
        let managers = self.way.iter().skip(1).map(Some).chain([None]);
        let names = self.way.iter().zip(managers).map(|(person, manager)| match manager.and_then(|manager| line(*person, *manager)) {
            Some(line) => format!("{} (line {line})", name(*person)),
            None => name(*person),
        });
        let message = format!("from {} they would manage one another: {}", self.from, names.collect::<Vec<_>>().join(" is managed by "));
        RuleError::at(Code::LineManagementCycle, "/holder_id", message)
    }
}

/// The circle that this line management would close on some date, if any.
pub fn circle(new: &Relationship, line_management: &[Relationship]) -> Option<Circle> {
    let mut of: HashMap<PersonId, Vec<&Relationship>> = HashMap::new();
    for r in line_management {
        of.entry(r.person_id).or_default().push(r);
    }
    circle_among(new, |person| of.get(&person).into_iter().flatten().copied())
}

/// The same where each person's relationships are at hand: only those on the way upwards are asked for. Follows managers over the days that all links of
/// the way share.
pub fn circle_among<'a, R: IntoIterator<Item = &'a Relationship>>(new: &Relationship, of: impl Fn(PersonId) -> R) -> Option<Circle> {
    // each entry: how far up we are, over which days, and by which way we came
    let mut ways = vec![(new.holder_id, new.period, vec![new.person_id, new.holder_id])];
    let mut been: HashSet<(PersonId, NaiveDate, Option<NaiveDate>)> = HashSet::new();
    while let Some((at, days, way)) = ways.pop() {
        for up in of(at).into_iter().filter(|r| r.id != new.id && r.kind == RelationshipKind::LineManager) {
            let Some(shared) = days.intersection(&up.period) else { continue };
            let mut way = way.clone();
            way.push(up.holder_id);
            if up.holder_id == new.person_id {
                return Some(Circle { from: shared.starts_on, way });
            }
            if been.insert((up.holder_id, shared.starts_on, shared.ends_on)) {
                ways.push((up.holder_id, shared, way));
            }
        }
    }
    None
}

/// Gives a relationship its last day.
///
/// # Errors
/// `period_backwards`, `already_ended`.
pub fn end(relationship: &Relationship, ends_on: NaiveDate) -> Result<Relationship, RuleError> {
    ended(&relationship.period, ends_on).map(|period| Relationship { period, ..relationship.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn manages(n: u128, person: u128, holder: u128, starts: &str, ends: &str) -> Relationship {
        Relationship {
            id: RelationshipId(Uuid::from_u128(n)),
            kind: RelationshipKind::LineManager,
            person_id: PersonId(Uuid::from_u128(person)),
            holder_id: PersonId(Uuid::from_u128(holder)),
            period: Period { starts_on: starts.parse().unwrap_or_default(), ends_on: ends.parse().ok() },
            cadence: None,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn line_management_is_acyclic_on_every_date() {
        let held = [manages(1, 1, 2, "2026-01-01", "2026-06-30"), manages(2, 2, 3, "2026-03-01", "")];
        for (new, ok) in [
            (manages(9, 3, 1, "2026-01-01", ""), false),
            (manages(9, 3, 1, "2026-06-30", ""), false),
            (manages(9, 3, 1, "2026-07-01", ""), true),
            (manages(9, 3, 1, "2026-01-01", "2026-02-28"), true),
            (manages(9, 2, 1, "2026-06-01", ""), false),
            (manages(9, 2, 1, "2026-07-01", ""), true),
            (manages(9, 4, 1, "2026-01-01", ""), true),
            (manages(2, 2, 1, "2026-07-01", ""), true),
        ] {
            assert_eq!(circle(&new, &held).is_none(), ok, "{new:?}");
        }
    }

    #[test]
    fn the_circle_is_spelled_out() {
        let closed = circle(&manages(9, 2, 1, "2026-01-01", ""), &[manages(1, 1, 3, "2026-01-01", ""), manages(2, 3, 2, "2026-03-01", "")]);
        let name =
            |p: PersonId| ["nobody", "Ann", "Bob", "Cy"].get(usize::try_from(p.0.as_u128()).unwrap_or_default()).map_or_else(String::new, |n| (*n).to_owned());
        let line = |person: PersonId, manager: PersonId| (person.0.as_u128() < 3).then_some(u64::try_from(manager.0.as_u128()).unwrap_or_default() + 3);
        let told = |c: &Circle| (c.told(name).message, c.told_of_rows(name, line).message);
        let expected = (
            "from 2026-03-01 they would manage one another: Bob is managed by Ann is managed by Cy is managed by Bob".to_owned(),
            "from 2026-03-01 they would manage one another: Bob (line 4) is managed by Ann (line 6) is managed by Cy is managed by Bob".to_owned(),
        );
        assert_eq!(closed.as_ref().map(told), Some(expected));
    }

    #[test]
    fn nobody_appoints_themself_or_is_their_own_manager() {
        let new = manages(1, 1, 2, "2026-01-01", "");
        let code = |r: Result<(), RuleError>| r.err().map(|e| e.code);
        assert_eq!(code(appoint(&new, Some(PersonId(Uuid::from_u128(3))), &[])), None);
        assert_eq!(code(appoint(&new, Some(new.holder_id), &[])), Some(Code::NotForYourself));
        assert_eq!(code(appoint(&Relationship { holder_id: new.person_id, ..new.clone() }, None, &[])), Some(Code::SelfRelationship));
        assert_eq!(code(appoint(&Relationship { id: RelationshipId(Uuid::from_u128(5)), ..new.clone() }, None, &[new])), Some(Code::OverlappingRelationship));
    }
}
