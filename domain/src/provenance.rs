//! Where a field's value comes from. What a bulk upsert or a snapshot writes belongs to its source from then on. Changed by hand, it is a local
//! override: it outlives the source's later runs, until the source says the same or somebody releases it.

use crate::{event::Actor, text::Reference, words};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// Fields of a person that a source can manage.
    PersonField {
        /// Given name.
        GivenName = "given_name",
        /// Family name.
        FamilyName = "family_name",
        /// What they like to be called.
        PreferredName = "preferred_name",
        /// Work e-mail.
        Email = "email",
        /// Teacher reference number.
        Trn = "trn",
    }
    /// Fields of an employment that a source can manage.
    EmploymentField {
        /// What they do there.
        JobTitle = "job_title",
        /// Which appraisal rules can apply.
        StaffCategory = "staff_category",
        /// The school's own code.
        StaffCode = "staff_code",
        /// Full-time equivalent.
        FtePercent = "fte_percent",
        /// First day.
        StartsOn = "starts_on",
        /// Last day.
        EndsOn = "ends_on",
    }
    /// Fields of a learning record that an outside provider can manage. What its owner makes of it, links it to and whom they show it is theirs alone.
    LearningField {
        /// What it was.
        Title = "title",
        /// How.
        Kind = "kind",
        /// First day.
        StartedOn = "started_on",
        /// Last day.
        EndedOn = "ended_on",
        /// How long.
        Minutes = "minutes",
        /// Who provided it.
        Provider = "provider",
    }
    /// Fields of an organisation that a source can manage.
    OrganisationField {
        /// Its name.
        Name = "name",
        /// Phase of education.
        Phase = "phase",
        /// Type of establishment.
        EstablishmentType = "establishment_type",
        /// Type of a group of schools.
        GroupType = "group_type",
        /// Open, closed or proposed.
        Status = "status",
        /// When it opened.
        OpenedOn = "opened_on",
        /// When it closed.
        ClosedOn = "closed_on",
    }
}

/// Who changed by hand what a source manages, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Since when.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: Actor,
}

/// A field that a source manages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Managed {
    /// Which source.
    pub source: Reference,
    /// Set while the value here is a local one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Override>,
}

/// Which source writes, and may it take fields from another one?
#[derive(Debug, Clone, Copy)]
pub struct Writer<'a> {
    /// The source.
    pub source: &'a Reference,
    /// Does it take over what another source manages?
    pub take_over: bool,
    /// May it not read what is here? Then a local value stays local, also where the source says the same: or sending values would tell which it is.
    pub unread: bool,
}

/// What a source's value for a field comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// It is written, and the field is the source's.
    Written,
    /// Another source manages the field, and says the same.
    Agreed,
    /// The local value stays.
    Overridden,
    /// Another source manages the field, and keeps it.
    ManagedByOther,
}

/// Whose value stands, if the field is managed so, and the sent value is the `same` as the one here or not. Who came first keeps a field.
pub fn ruling(now: Option<&Managed>, writer: Writer<'_>, same: bool) -> Ruling {
    match now {
        Some(now) if now.source != *writer.source && !writer.take_over => match same {
            true => Ruling::Agreed,
            false => Ruling::ManagedByOther,
        },
        Some(Managed { overridden: Some(_), .. }) if writer.unread || !same => Ruling::Overridden,
        _ => Ruling::Written,
    }
}

/// Fields of a row that stay as they are here, though the row says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept {
    /// As they were set here.
    pub overridden: Vec<String>,
    /// As another source manages them.
    pub managed_by_other: Vec<String>,
}

/// The fields of a record that sources manage; whatever is not named is nobody's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent, bound(serialize = "F: Ord + Serialize", deserialize = "F: Ord + Deserialize<'de>"))]
pub struct Provenance<F>(BTreeMap<F, Managed>);

impl<F> Default for Provenance<F> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<F: Ord + Copy + crate::text::Wire> Provenance<F> {
    /// Does no source manage anything?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// Is anything here a local override?
    pub fn overridden(&self) -> bool {
        self.0.values().any(|m| m.overridden.is_some())
    }
    /// Is this field as it was set here, and not as its source says?
    pub fn is_overridden(&self, field: F) -> bool {
        self.0.get(&field).is_some_and(|managed| managed.overridden.is_some())
    }
    /// Each managed field.
    pub fn fields(&self) -> impl Iterator<Item = (F, &Managed)> {
        self.0.iter().map(|(field, managed)| (*field, managed))
    }
    /// Would the source's value be written?
    pub fn writes(&self, field: F, writer: Writer<'_>) -> bool {
        ruling(self.0.get(&field), writer, false) == Ruling::Written
    }
    /// The field is this source's.
    pub fn claim(&mut self, field: F, source: &Reference) {
        self.0.insert(field, Managed { source: source.clone(), overridden: None });
    }
    /// A source's value for a field whose value here is `now`: the value to write, if it is to be written. `at` names the record in its row.
    pub fn admit<T: PartialEq>(&mut self, field: F, now: &T, sent: Option<T>, writer: Writer<'_>, at: &str, kept: &mut Kept) -> Option<T> {
        let sent = sent?;
        let name = || format!("{at}{}", field.text());
        match ruling(self.0.get(&field), writer, *now == sent) {
            Ruling::Written => {
                self.claim(field, writer.source);
                return Some(sent);
            }
            Ruling::Agreed => {}
            Ruling::Overridden => {
                self.0.entry(field).and_modify(|m| m.source = writer.source.clone());
                kept.overridden.push(name());
            }
            Ruling::ManagedByOther => kept.managed_by_other.push(name()),
        }
        None
    }
    /// These fields were changed by hand: those that are managed are local overrides now.
    pub fn changed_by_hand(&mut self, changed: &[String], at: DateTime<Utc>, by: Actor) {
        for (_, managed) in self.0.iter_mut().filter(|(field, _)| changed.iter().any(|c| *c == field.text())) {
            managed.overridden = Some(Override { at, by });
        }
    }
    /// The local values of these fields stand no longer: their source's next run writes its own.
    pub fn release(&mut self, fields: &[F]) {
        self.0.iter_mut().filter(|(field, _)| fields.contains(field)).for_each(|(_, managed)| managed.overridden = None);
    }
    /// A field that came from another record, with where it came from.
    pub fn inherit(&mut self, field: F, from: &Self) {
        if let Some(managed) = from.0.get(&field) {
            self.0.insert(field, managed.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Reference {
        Reference::try_from(text.to_owned()).unwrap_or_else(|e| unreachable!("{e}"))
    }
    fn managed(by: &str, overridden: bool) -> Managed {
        let overridden = overridden.then_some(Override { at: DateTime::UNIX_EPOCH, by: Actor::System });
        Managed { source: source(by), overridden }
    }

    #[test]
    fn whose_value_stands() {
        let (own, other) = (managed("mis", false), managed("payroll", false));
        let (own_local, other_local) = (managed("mis", true), managed("payroll", true));
        for (now, same, take_over, expected) in [
            (None, false, false, Ruling::Written),
            (None, true, false, Ruling::Written),
            (Some(&own), false, false, Ruling::Written),
            (Some(&own_local), false, false, Ruling::Overridden),
            (Some(&own_local), true, false, Ruling::Written),
            (Some(&other), false, false, Ruling::ManagedByOther),
            (Some(&other), true, false, Ruling::Agreed),
            (Some(&other), false, true, Ruling::Written),
            (Some(&other), true, true, Ruling::Written),
            (Some(&other_local), false, false, Ruling::ManagedByOther),
            (Some(&other_local), true, false, Ruling::Agreed),
            // a source that takes over takes no local value
            (Some(&other_local), false, true, Ruling::Overridden),
            (Some(&other_local), true, true, Ruling::Written),
        ] {
            assert_eq!(
                ruling(now, Writer { source: &source("mis"), take_over, unread: false }, same),
                expected,
                "{now:?} same: {same}, take_over: {take_over}"
            );
        }
    }

    /// One field through its life: who manages it, whether it is overridden, and its value after each step.
    #[test]
    fn a_local_value_outlives_its_source_until_they_agree_or_it_is_released() {
        enum Step {
            Sent(&'static str, bool, &'static str),
            ByHand(&'static str),
            Released,
        }
        use Step::{ByHand, Released, Sent};
        let (mut provenance, mut value) = (Provenance::<PersonField>::default(), "by hand at first".to_owned());
        for (step, expected) in [
            (ByHand("unmanaged"), (None, false, "unmanaged", 0)),
            (Sent("mis", false, "A"), (Some("mis"), false, "A", 0)),
            (Sent("mis", false, "B"), (Some("mis"), false, "B", 0)),
            (ByHand("C"), (Some("mis"), true, "C", 0)),
            (Sent("mis", false, "B"), (Some("mis"), true, "C", 1)),
            (Sent("mis", false, "D"), (Some("mis"), true, "C", 1)),
            (Sent("mis", false, "C"), (Some("mis"), false, "C", 0)),
            (Sent("mis", false, "E"), (Some("mis"), false, "E", 0)),
            (Sent("payroll", false, "F"), (Some("mis"), false, "E", 1)),
            (ByHand("G"), (Some("mis"), true, "G", 0)),
            (Sent("payroll", true, "F"), (Some("payroll"), true, "G", 1)),
            (Released, (Some("payroll"), false, "G", 0)),
            (Sent("payroll", false, "F"), (Some("payroll"), false, "F", 0)),
        ] {
            let mut kept = Kept::default();
            match step {
                Sent(by, take_over, sent) => {
                    let source = source(by);
                    let writer = Writer { source: &source, take_over, unread: false };
                    let admitted = provenance.admit(PersonField::FamilyName, &value, Some(sent.to_owned()), writer, "", &mut kept);
                    value = admitted.unwrap_or(value);
                }
                ByHand(new) => {
                    provenance.changed_by_hand(&["family_name".into()], DateTime::UNIX_EPOCH, Actor::System);
                    value = new.into();
                }
                Released => provenance.release(&[PersonField::FamilyName, PersonField::Trn]),
            }
            let by = provenance.fields().next().map(|(_, m)| m.source.as_str());
            let told = kept.overridden.len() + kept.managed_by_other.len();
            assert_eq!((by, provenance.overridden(), value.as_str(), told), expected);
        }
    }

    #[test]
    fn what_is_not_sent_is_not_claimed() {
        let (mut provenance, mut kept, mis) = (Provenance::default(), Kept::default(), source("mis"));
        let writer = Writer { source: &mis, take_over: false, unread: false };
        assert_eq!(provenance.admit(PersonField::Email, &Some(1), None, writer, "", &mut kept), None);
        assert!(provenance.is_empty());
        assert_eq!(provenance.admit(PersonField::Email, &Some(1), Some(None), writer, "", &mut kept), Some(None), "emptied");
        let kept_as = serde_json::to_string(&provenance).unwrap_or_default();
        assert_eq!(kept_as, r#"{"email":{"source":"mis"}}"#);
        assert_eq!(serde_json::from_str(&kept_as).ok(), Some(provenance));
    }
}
