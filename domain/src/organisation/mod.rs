//! Organisations: the tenant's tree of trust, schools and groups, with the identifiers by which the rest of the country knows them.

pub mod gias;
mod identifier;

pub use identifier::{Identifier, Scheme};

use crate::{
    id::OrganisationId,
    provenance::{OrganisationField, Provenance},
    rule::{Code, Faults, RuleError},
    text::{ExternalRef, Title},
    time::Period,
    words,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

words! {
    /// What kind of node of the tenant's tree it is.
    OrganisationKind {
        /// A multi-academy trust, federation or other body above its schools.
        Trust = "trust",
        /// A school.
        School = "school",
        /// A department, year team or network.
        Group = "group",
    }
    /// Phase of education, by GIAS's public codes 0 to 7.
    Phase {
        /// Code 0.
        NotApplicable = "not_applicable",
        /// Code 1.
        Nursery = "nursery",
        /// Code 2.
        Primary = "primary",
        /// Code 3.
        MiddleDeemedPrimary = "middle_deemed_primary",
        /// Code 4.
        Secondary = "secondary",
        /// Code 5.
        MiddleDeemedSecondary = "middle_deemed_secondary",
        /// Code 6.
        SixteenPlus = "16_plus",
        /// Code 7.
        AllThrough = "all_through",
    }
    /// Status of an establishment, by GIAS's public codes 1 to 4.
    OrganisationStatus {
        /// Code 1.
        Open = "open",
        /// Code 2.
        Closed = "closed",
        /// Code 3.
        OpenProposedToClose = "open_proposed_to_close",
        /// Code 4.
        ProposedToOpen = "proposed_to_open",
    }
    /// Type of a group of schools, by GIAS's public codes.
    GroupType {
        /// Code 1.
        Federation = "federation",
        /// Code 2.
        FoundationTrust = "foundation_trust",
        /// Code 5.
        Sponsor = "sponsor",
        /// Code 6.
        MultiAcademyTrust = "multi_academy_trust",
        /// Code 7.
        UmbrellaTrust = "umbrella_trust",
        /// Code 10.
        SingleAcademyTrust = "single_academy_trust",
    }
    /// What a school's link to another says.
    LinkKind {
        /// The other came before this one.
        Predecessor = "predecessor",
        /// The other came after this one.
        Successor = "successor",
        /// Another published relation: a merger, an expansion, a sixth-form centre.
        Other = "other",
    }
}

impl Phase {
    /// From GIAS's code.
    pub fn from_gias(code: &str) -> Option<Self> {
        code.parse::<usize>().ok().and_then(|n| Self::ALL.get(n).copied())
    }
}

impl OrganisationStatus {
    /// From GIAS's code.
    pub fn from_gias(code: &str) -> Option<Self> {
        code.parse::<usize>().ok()?.checked_sub(1).and_then(|n| Self::ALL.get(n).copied())
    }
}

/// A node of the tenant's tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Organisation {
    /// Its own id: a URN is not a school's identity, academy conversion gives a new one.
    pub id: OrganisationId,
    /// What kind of node.
    pub kind: OrganisationKind,
    /// What it lies beneath; none for the tenant's root.
    pub parent_id: Option<OrganisationId>,
    /// Its name.
    pub name: Title,
    /// Phase of education.
    pub phase: Option<Phase>,
    /// Type of establishment, by GIAS's public code.
    pub establishment_type: Option<i32>,
    /// Type of a group of schools.
    pub group_type: Option<GroupType>,
    /// Open, closed or proposed.
    pub status: OrganisationStatus,
    /// When it opened.
    pub opened_on: Option<NaiveDate>,
    /// When it closed.
    pub closed_on: Option<NaiveDate>,
    /// URN, LAESTAB, UKPRN and the like, dated.
    pub identifiers: Vec<Identifier>,
    /// What other systems call it.
    pub external_refs: Vec<ExternalRef>,
    /// Which fields other systems manage.
    pub provenance: Provenance<OrganisationField>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl Organisation {
    /// An open organisation of which no more is known yet.
    pub fn named(id: OrganisationId, parent_id: Option<OrganisationId>, kind: OrganisationKind, name: Title, now: DateTime<Utc>) -> Self {
        Self {
            id,
            kind,
            parent_id,
            name,
            phase: None,
            establishment_type: None,
            group_type: None,
            status: OrganisationStatus::Open,
            opened_on: None,
            closed_on: None,
            identifiers: Vec::new(),
            external_refs: Vec::new(),
            provenance: Provenance::default(),
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// What can be changed of an organisation; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct OrganisationPatch {
    /// Its name.
    pub name: Option<Title>,
    /// Phase of education.
    pub phase: Option<Option<Phase>>,
    /// Type of establishment.
    pub establishment_type: Option<Option<i32>>,
    /// Type of a group of schools.
    pub group_type: Option<Option<GroupType>>,
    /// Open, closed or proposed.
    pub status: Option<OrganisationStatus>,
    /// When it opened.
    pub opened_on: Option<Option<NaiveDate>>,
    /// When it closed.
    pub closed_on: Option<Option<NaiveDate>>,
    /// All of its identifiers.
    pub identifiers: Option<Vec<Identifier>>,
    /// All of its external references.
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl Organisation {
    /// What every organisation must keep, whatever it lies beneath.
    ///
    /// # Errors
    /// All that is wrong, at once.
    pub fn check(&self) -> Result<(), RuleError> {
        let mut faults = Faults::default();
        if let Some(opened) = self.opened_on {
            faults.check(Period::new(opened, self.closed_on).map_err(|e| e.of("/closed_on")));
        }
        for (i, identifier) in self.identifiers.iter().enumerate() {
            if let Some(start) = identifier.starts_on {
                faults.check(Period::new(start, identifier.ends_on).map_err(|e| e.of(&format!("/identifiers/{i}/ends_on"))));
            }
            if self.identifiers[..i].iter().any(|other| (other.scheme, &other.value) == (identifier.scheme, &identifier.value)) {
                faults.check::<()>(Err(RuleError::at(Code::Duplicate, &format!("/identifiers/{i}"), "named twice")));
            }
        }
        faults.settle()
    }

    /// The organisation with a patch laid over it.
    ///
    /// # Errors
    /// As [`Organisation::check`].
    pub fn patched(&self, patch: OrganisationPatch) -> Result<Self, RuleError> {
        let OrganisationPatch { name, phase, establishment_type, group_type, status, opened_on, closed_on, identifiers, external_refs } = patch;
        let new = Self {
            name: name.unwrap_or_else(|| self.name.clone()),
            phase: phase.unwrap_or(self.phase),
            establishment_type: establishment_type.unwrap_or(self.establishment_type),
            group_type: group_type.unwrap_or(self.group_type),
            status: status.unwrap_or(self.status),
            opened_on: opened_on.unwrap_or(self.opened_on),
            closed_on: closed_on.unwrap_or(self.closed_on),
            identifiers: identifiers.unwrap_or_else(|| self.identifiers.clone()),
            external_refs: external_refs.unwrap_or_else(|| self.external_refs.clone()),
            ..self.clone()
        };
        new.check().map(|()| new)
    }
}

/// May a node of this kind lie beneath one of that kind? A school beneath the trust or a group of schools, a group anywhere; only the
/// tenant's root, made with the tenant, has no parent.
///
/// # Errors
/// `misplaced_organisation`.
pub fn place(kind: OrganisationKind, parent: OrganisationKind) -> Result<(), RuleError> {
    use OrganisationKind::{Group, School, Trust};
    match (kind, parent) {
        (School, Trust | Group) | (Group, _) => Ok(()),
        _ => Err(RuleError::at(Code::MisplacedOrganisation, "/parent_id", format!("a {kind} cannot lie beneath a {parent}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_has_one_root_and_schools_are_not_nested() {
        use OrganisationKind::{Group, School, Trust};
        for (kind, parent, ok) in [
            (Trust, Trust, false),
            (Trust, School, false),
            (Trust, Group, false),
            (School, Trust, true),
            (School, School, false),
            (School, Group, true),
            (Group, Trust, true),
            (Group, School, true),
            (Group, Group, true),
        ] {
            assert_eq!(place(kind, parent).is_ok(), ok, "{kind} beneath {parent}");
        }
    }

    #[test]
    fn gias_codes_are_the_public_ones() {
        assert_eq!(["0", "2", "7", "8", "x"].map(Phase::from_gias), [Some(Phase::NotApplicable), Some(Phase::Primary), Some(Phase::AllThrough), None, None]);
        assert_eq!(
            ["1", "2", "3", "4", "0", "5"].map(OrganisationStatus::from_gias),
            [
                Some(OrganisationStatus::Open),
                Some(OrganisationStatus::Closed),
                Some(OrganisationStatus::OpenProposedToClose),
                Some(OrganisationStatus::ProposedToOpen),
                None,
                None,
            ]
        );
    }
}
