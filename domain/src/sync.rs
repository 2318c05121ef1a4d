//! Snapshots: another system says that these are all the current staff of one school. What its rows say is done as in bulk; this is about
//! the rest: who joined, left and came back, who is no longer named, and when that is too many to be believed without asking.

use crate::{
    bulk::{OrganisationKey, RowAction, person::PersonRow, plan::Change, reading::Reading},
    employment::Employment,
    id::{EmploymentId, OrganisationId},
    person::Trn,
    provenance::{EmploymentField, Writer},
    rule::{Code, Fault, RuleError},
    text::{ExternalRef, Reference, StaffCode},
    words,
};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashSet;

mod summary;
pub use summary::{Crowd, NAMED, Summary, Sync, Threshold, Who};

words! {
    /// What becomes of the employment of somebody whom a snapshot does not name.
    Unseen {
        /// It is marked as missing, for somebody to look at.
        Review = "review",
        /// It is given its last day.
        End = "end",
    }
}

/// What a snapshot says of itself, beside its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Which school.
    pub organisation: OrganisationKey,
    /// Whose snapshot it is.
    pub source: Reference,
    /// When it was taken.
    pub taken_at: DateTime<Utc>,
    /// What becomes of those whom it does not name.
    pub unseen: Unseen,
    /// Their last day, if they are ended.
    pub ends_on: Option<NaiveDate>,
    /// The token by which the caller says that so many are meant.
    pub confirm: Option<String>,
    /// Is it only asked what would happen?
    pub validate_only: bool,
    /// Does the source take over what other sources manage?
    pub take_over: bool,
}

/// The members of a snapshot beside its rows.
pub const HEAD: [&str; 8] = ["organisation", "source", "taken_at", "unseen", "ends_on", "confirm", "validate_only", "take_over"];
/// A snapshot may be taken by a clock that is so many minutes fast.
const FAST_MINUTES: i64 = 60;

/// Reads what a snapshot says of itself.
///
/// # Errors
/// Every fault of it.
pub fn read(value: &Value, now: DateTime<Utc>) -> Result<Head, Vec<Fault>> {
    let mut r = Reading::default();
    let Some(of) = r.object(value, "", &HEAD) else { return Err(r.faults) };
    let organisation = r.organisation(of, "organisation");
    let source = r.text(of, "source");
    let source = r.needed(of, "source", source);
    let taken_at = r.read(of, "taken_at", |value| {
        let time = value.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok()).map(|t| t.with_timezone(&Utc));
        let time = time.ok_or_else(|| RuleError::new(Code::InvalidValue, "a time as in RFC 3339 is expected, such as 2026-10-05T02:00:00Z"))?;
        // one of next year would have every later one refused until then
        match time > now + TimeDelta::minutes(FAST_MINUTES) {
            true => Err(RuleError::new(Code::SnapshotContradicted, "lies in the future")),
            false => Ok(crate::time::micros(time)),
        }
    });
    let taken_at = r.needed(of, "taken_at", taken_at);
    let unseen = r.text(of, "unseen");
    let unseen = r.firm(of, "unseen", unseen).unwrap_or(Unseen::Review);
    let ends_on = r.day(of, "ends_on");
    let ends_on = r.firm(of, "ends_on", ends_on);
    if ends_on.is_some() && unseen == Unseen::Review {
        r.fault("/ends_on".into(), Code::SnapshotContradicted, "is only for unseen: end");
    }
    if ends_on.zip(taken_at).is_some_and(|(end, taken)| end > taken.date_naive()) {
        r.fault("/ends_on".into(), Code::SnapshotContradicted, "lies after the day on which the snapshot was taken");
    }
    let confirm = r.read(of, "confirm", |value| match value {
        Value::String(text) if text.len() <= 100 => Ok(text.clone()),
        _ => Err(RuleError::new(Code::InvalidValue, "the confirmation_token of the refusal is expected")),
    });
    let confirm = r.firm(of, "confirm", confirm);
    let mut flag = |name: &str| {
        let said = r.read(of, name, |value| value.as_bool().ok_or_else(|| RuleError::new(Code::InvalidValue, "true or false is expected")));
        r.firm(of, name, said).unwrap_or_default()
    };
    let (validate_only, take_over) = (flag("validate_only"), flag("take_over"));
    match (organisation, source, taken_at) {
        (Some(organisation), Some(source), Some(taken_at)) if r.faults.is_empty() => {
            Ok(Head { organisation, source, taken_at, unseen, ends_on, confirm, validate_only, take_over })
        }
        _ => Err(r.faults),
    }
}

/// A snapshot whose school is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Which school.
    pub organisation_id: OrganisationId,
    /// Whose snapshot it is.
    pub source: Reference,
    /// When it was taken.
    pub taken_at: DateTime<Utc>,
    /// What becomes of those whom it does not name.
    pub unseen: Unseen,
    /// Their last day, if they are ended.
    pub ends_on: NaiveDate,
    /// Does the source take over what other sources manage?
    #[serde(default)]
    pub take_over: bool,
}
impl Snapshot {
    /// Of this school.
    pub fn of(head: &Head, organisation_id: OrganisationId) -> Self {
        let Head { source, taken_at, unseen, ends_on, take_over, .. } = head;
        let day_before = || taken_at.date_naive().checked_sub_days(Days::new(1)).unwrap_or_default();
        Self {
            organisation_id,
            source: source.clone(),
            taken_at: *taken_at,
            unseen: *unseen,
            ends_on: ends_on.unwrap_or_else(day_before),
            take_over: *take_over,
        }
    }
    /// The day whose staff it lists.
    pub fn day(&self) -> NaiveDate {
        self.taken_at.date_naive()
    }
}

/// May this snapshot follow the last one? The same one may come twice.
///
/// # Errors
/// `sync_out_of_order`.
pub fn follows(taken_at: DateTime<Utc>, last: Option<DateTime<Utc>>) -> Result<(), RuleError> {
    match last.filter(|last| taken_at < *last) {
        Some(last) => {
            let last = last.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
            Err(RuleError::new(
                Code::SyncOutOfOrder,
                format!("the snapshot of this school and source that was applied last was taken at {last}, after this one"),
            ))
        }
        None => Ok(()),
    }
}

/// What a row says that tells whom it names, and whose employment at the school it ends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// Names of the person in other systems.
    pub refs: Vec<ExternalRef>,
    /// Their teacher reference number.
    pub trn: Option<Trn>,
    /// Their staff codes.
    pub codes: Vec<StaffCode>,
    /// Last days, and where; at the snapshot's school, if nothing is said.
    pub ends: Vec<(Option<OrganisationKey>, NaiveDate)>,
}
impl Said {
    /// By this row.
    pub fn by(row: &PersonRow) -> Self {
        Self {
            refs: row.external_ref.iter().chain(&row.external_refs).cloned().collect(),
            trn: row.trn.value().cloned(),
            codes: row.employments.iter().filter_map(|e| e.staff_code.value().cloned()).collect(),
            ends: row.employments.iter().filter_map(|e| Some((e.organisation.clone(), *e.ends_on.value()?))).collect(),
        }
    }
}

/// An employment at the school, and by what its person is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// The employment.
    pub employment: Employment,
    /// Names of the person in other systems.
    pub refs: Vec<ExternalRef>,
    /// Their teacher reference number.
    pub trn: Option<Trn>,
}
impl Post {
    /// Does it count on the snapshot's day?
    pub fn current(&self, snapshot: &Snapshot) -> bool {
        self.employment.period.contains(snapshot.day())
    }
    /// The person's name in the snapshot's system.
    pub fn known_as(&self, snapshot: &Snapshot) -> Option<&ExternalRef> {
        self.refs.iter().find(|r| r.source == snapshot.source)
    }
    /// Is the last day the snapshot's source's to write, or was it set here, or by another source?
    fn ends(&self, snapshot: &Snapshot) -> bool {
        let writer = Writer { source: &snapshot.source, take_over: snapshot.take_over, unread: false };
        self.employment.provenance.writes(EmploymentField::EndsOn, writer)
    }
    /// Would a snapshot that does not name the person mark or end it?
    fn at_stake(&self, snapshot: &Snapshot) -> bool {
        self.current(snapshot) && self.known_as(snapshot).is_some() && !self.employment.kept.contains(&snapshot.source)
    }
}

/// How many of a school's current employments a snapshot would end or newly mark as missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Forecast {
    /// Current employments at the school.
    pub current: usize,
    /// Those that would be given a last day.
    pub ended: Vec<EmploymentId>,
    /// Those that would newly be marked as missing.
    pub missing: Vec<EmploymentId>,
}
impl Forecast {
    /// From the rows, before anything is done. `here` tells whether a key names the school.
    pub fn of(posts: &[Post], rows: &[Said], snapshot: &Snapshot, here: impl Fn(&OrganisationKey) -> bool) -> Self {
        let (mut refs, mut trns, mut codes) = (HashSet::new(), HashSet::new(), HashSet::new());
        let names = |row: &Said, post: &Post| {
            row.refs.iter().any(|r| post.refs.contains(r))
                || row.trn.as_ref().is_some_and(|trn| post.trn.as_ref() == Some(trn))
                || post.employment.staff_code.as_ref().is_some_and(|code| row.codes.contains(code))
        };
        let mut last_days = Vec::new();
        for row in rows {
            refs.extend(&row.refs);
            trns.extend(&row.trn);
            codes.extend(&row.codes);
            last_days.extend(row.ends.iter().filter(|(at, _)| at.as_ref().is_none_or(&here)).map(|(_, end)| (row, *end)));
        }
        let mut out = Self::default();
        for post in posts.iter().filter(|p| p.current(snapshot)) {
            out.current += 1;
            let employment = &post.employment;
            let named = post.refs.iter().any(|r| refs.contains(r))
                || post.trn.as_ref().is_some_and(|trn| trns.contains(trn))
                || employment.staff_code.as_ref().is_some_and(|code| codes.contains(code));
            let sooner = |end: NaiveDate| employment.period.ends_on.is_none_or(|now| end < now);
            if named {
                if post.ends(snapshot) && last_days.iter().any(|(row, end)| *end >= employment.period.starts_on && sooner(*end) && names(row, post)) {
                    out.ended.push(employment.id);
                }
            } else if post.at_stake(snapshot) {
                match snapshot.unseen {
                    Unseen::End if post.ends(snapshot) => out.ended.push(employment.id),
                    _ if employment.missing_since.is_none() => out.missing.push(employment.id),
                    _ => {}
                }
            }
        }
        out.ended.sort_unstable();
        out.missing.sort_unstable();
        out
    }
    /// Is it too many to be believed without asking: more than one in ten, and at least two, so that a tiny school can work?
    pub fn brakes(&self) -> bool {
        let gone = self.ended.len() + self.missing.len();
        gone >= 2 && gone * 10 > self.current
    }
}

/// What an employment at the school becomes at the end of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It was missing, or kept against the source, and the snapshot names its person.
    Found(Employment),
    /// It is marked as missing.
    Missing(Employment),
    /// It is given its last day.
    Ended(Employment),
}

/// What becomes of an employment. Whose last day is not the source's to write is marked instead of ended. `careful`: a row did not even tell whom it is about, so nobody is ended for not being named.
pub fn fate(post: &Post, seen: bool, snapshot: &Snapshot, careful: bool) -> Option<Fate> {
    let before = &post.employment;
    if seen {
        let kept: Vec<Reference> = before.kept.iter().filter(|s| **s != snapshot.source).cloned().collect();
        let after = Employment { missing_since: None, missing_from: None, kept, ..before.clone() };
        return (after != *before).then_some(Fate::Found(after));
    }
    if !post.at_stake(snapshot) {
        return None;
    }
    match snapshot.unseen {
        Unseen::End if !careful && post.ends(snapshot) => {
            let period = crate::time::Period { ends_on: Some(snapshot.ends_on.max(before.period.starts_on)), ..before.period };
            let sooner = before.period.ends_on.is_none_or(|now| period.ends_on.is_some_and(|end| end < now));
            let mut provenance = before.provenance.clone();
            provenance.claim(EmploymentField::EndsOn, &snapshot.source);
            let ended_from = Some(snapshot.source.clone());
            sooner.then(|| Fate::Ended(Employment { period, missing_since: None, missing_from: None, ended_from, provenance, ..before.clone() }))
        }
        _ if before.missing_since.is_some() => None,
        _ => Some(Fate::Missing(Employment { missing_since: Some(snapshot.day()), missing_from: Some(snapshot.source.clone()), ..before.clone() })),
    }
}

/// Somebody whom a snapshot of this source ended for not naming them is named: their employment at the school goes on, unless they have had
/// another one there since.
pub fn to_go_on<'e>(held: &'e [Employment], school: OrganisationId, source: &Reference) -> Option<&'e Employment> {
    let last = held.iter().filter(|e| e.organisation_id == school).max_by_key(|e| e.period.starts_on)?;
    (last.ended_from.as_ref() == Some(source)).then_some(last)
}
/// Does an employment that a snapshot had ended go on?
fn goes_on(before: &Employment, after: &Employment) -> bool {
    before.ended_from.is_some() && after.ended_from.is_none() && after.period.ends_on.is_none_or(|end| before.period.ends_on.is_some_and(|was| was < end))
}

/// What a row of a snapshot did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Their first employment at the school.
    Joiner,
    /// All of their employments there had ended; they have a new one, or the one that a snapshot had ended goes on, and they are who they were.
    Returner,
    /// An employment there has a last day, or an earlier one.
    Leaver,
    /// Something else changed.
    Change,
    /// Nothing.
    Unchanged,
}

/// What a row did, by the person's employments before it and by what it changes.
pub fn turn(school: OrganisationId, before: &[Employment], changes: &[Change], action: RowAction) -> Turn {
    let there = |e: &&Employment| e.organisation_id == school;
    let mut turn = if action == RowAction::Unchanged { Turn::Unchanged } else { Turn::Change };
    for change in changes {
        match change {
            Change::Employment(None, new) if there(&&**new) => {
                let mut others = before.iter().filter(there).peekable();
                if others.peek().is_none() {
                    return Turn::Joiner;
                }
                if others.all(|e| e.period.ends_on.is_some_and(|end| end < new.period.starts_on)) {
                    return Turn::Returner;
                }
            }
            Change::Employment(Some(old), new) if there(&&**new) && goes_on(old, new) => return Turn::Returner,
            Change::Employment(Some(old), new) if there(&&**new) && new.period.ends_on.is_some_and(|end| old.period.ends_on.is_none_or(|now| end < now)) => {
                turn = Turn::Leaver;
            }
            _ => {}
        }
    }
    turn
}

#[cfg(test)]
mod tests;
