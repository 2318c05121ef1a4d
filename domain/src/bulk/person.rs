//! A row about a person.

use super::{Field, Intake, OrganisationKey, PersonKey, reading::Reading};
use crate::{
    employment::StaffCategory,
    person::Trn,
    relationship::RelationshipKind,
    role::RoleName,
    text::{Email, ExternalRef, Name, StaffCode, Title},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a row says of a person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PersonRow {
    /// The row's key: what the other system calls the person.
    pub external_ref: Option<ExternalRef>,
    /// Given name.
    pub given_name: Option<Name>,
    /// Family name.
    pub family_name: Option<Name>,
    /// What they like to be called.
    pub preferred_name: Field<Name>,
    /// Work e-mail.
    pub email: Field<Email>,
    /// Teacher reference number.
    pub trn: Field<Trn>,
    /// More references; those that the person has besides stay.
    pub external_refs: Vec<ExternalRef>,
    /// Employments; those that the row does not speak of stay.
    pub employments: Vec<EmploymentEntry>,
    /// Roles.
    pub roles: Vec<RoleEntry>,
    /// Relationships of which the person is the subject: their line manager, their appraiser.
    pub relationships: Vec<RelationshipEntry>,
}

/// What a row says of an employment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EmploymentEntry {
    /// Where.
    pub organisation: Option<OrganisationKey>,
    /// What they do there.
    pub job_title: Option<Title>,
    /// Which appraisal rules can apply.
    pub staff_category: Option<StaffCategory>,
    /// The school's own code.
    pub staff_code: Field<StaffCode>,
    /// Full-time equivalent in per cent.
    pub fte_percent: Option<i32>,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Field<NaiveDate>,
}

/// What a row says of a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleEntry {
    /// Which.
    pub role: Option<RoleName>,
    /// Where.
    pub organisation: Option<OrganisationKey>,
    /// First day; today if none is said.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Field<NaiveDate>,
}

/// What a row says of a relationship.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelationshipEntry {
    /// What the holder is.
    pub kind: Option<RelationshipKind>,
    /// Who.
    pub holder: Option<PersonKey>,
    /// First day. Without one it is about today: a line manager or appraiser who is not the one of today takes over.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Field<NaiveDate>,
}

const FIELDS: [&str; 10] =
    ["external_ref", "given_name", "family_name", "preferred_name", "email", "trn", "external_refs", "employments", "roles", "relationships"];

/// Reads a row.
pub fn read(value: &Value, line: Option<u64>) -> Intake<PersonRow> {
    let mut r = Reading::default();
    let Some(of) = r.object(value, "", &FIELDS) else { return Intake { row: PersonRow::default(), faults: r.faults, line, sent: Vec::new() } };
    if !of.has("external_ref") {
        r.fault("/external_ref".into(), crate::rule::Code::InvalidValue, "is missing");
    }
    let external_ref = r.reference_of(of, "external_ref");
    let given_name = r.text(of, "given_name");
    let given_name = r.firm(of, "given_name", given_name);
    let family_name = r.text(of, "family_name");
    let family_name = r.firm(of, "family_name", family_name);
    let preferred_name = r.text(of, "preferred_name");
    let email = r.text(of, "email");
    let trn = r.trn(of);
    let external_refs = r.list(of, "external_refs", |r, value, at| r.reference(value, at));
    let employments = r.list(of, "employments", employment);
    let roles = r.list(of, "roles", role);
    let relationships = r.list(of, "relationships", relationship);
    let row = PersonRow { external_ref, given_name, family_name, preferred_name, email, trn, external_refs, employments, roles, relationships };
    Intake { row, faults: r.faults, line, sent: Vec::new() }
}

fn employment(r: &mut Reading, value: &Value, at: &str) -> Option<EmploymentEntry> {
    let of = r.object(value, at, &["organisation", "job_title", "staff_category", "staff_code", "fte_percent", "starts_on", "ends_on"])?;
    let organisation = r.organisation(of, "organisation");
    let job_title = r.text(of, "job_title");
    let job_title = r.firm(of, "job_title", job_title);
    let staff_category = r.text(of, "staff_category");
    let staff_category = r.firm(of, "staff_category", staff_category);
    let staff_code = r.text(of, "staff_code");
    let fte_percent = r.number(of, "fte_percent", 1..=100);
    let fte_percent = r.firm(of, "fte_percent", fte_percent);
    let starts_on = r.day(of, "starts_on");
    let starts_on = r.firm(of, "starts_on", starts_on);
    let ends_on = r.day(of, "ends_on");
    Some(EmploymentEntry { organisation, job_title, staff_category, staff_code, fte_percent, starts_on, ends_on })
}
fn role(r: &mut Reading, value: &Value, at: &str) -> Option<RoleEntry> {
    let of = r.object(value, at, &["role", "organisation", "starts_on", "ends_on"])?;
    let role = r.text(of, "role");
    let role = r.needed(of, "role", role);
    let organisation = r.organisation(of, "organisation");
    let starts_on = r.day(of, "starts_on");
    let starts_on = r.firm(of, "starts_on", starts_on);
    let ends_on = r.day(of, "ends_on");
    Some(RoleEntry { role, organisation, starts_on, ends_on })
}
fn relationship(r: &mut Reading, value: &Value, at: &str) -> Option<RelationshipEntry> {
    let of = r.object(value, at, &["kind", "holder", "starts_on", "ends_on"])?;
    let kind = r.text(of, "kind");
    let kind = r.needed(of, "kind", kind);
    let holder = r.person(of, "holder");
    let starts_on = r.day(of, "starts_on");
    let starts_on = r.firm(of, "starts_on", starts_on);
    let ends_on = r.day(of, "ends_on");
    Some(RelationshipEntry { kind, holder, starts_on, ends_on })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_fault_of_a_row_is_named_at_once_and_no_value_is_repeated() {
        let row = json!({
            "external_ref": {"source": "mis", "id": ""}, "given_name": null, "trn": "12", "colour": "green",
            "employments": [{"organisation": {"urn": "abc"}, "fte_percent": 0, "starts_on": "1/9/2026", "ends_on": "2026-02-30", "staff_code": "AB123456C"}],
            "roles": [{"role": "king"}], "relationships": [{"kind": "coach", "holder": {"id": "x", "trn": "1234567"}}],
        });
        let intake = read(&row, None);
        let mut pointers: Vec<&str> = intake.faults.iter().map(|f| f.pointer.as_str()).collect();
        pointers.sort_unstable();
        assert_eq!(
            pointers,
            [
                "/colour",
                "/employments/0/ends_on",
                "/employments/0/fte_percent",
                "/employments/0/organisation/urn",
                "/employments/0/staff_code",
                "/employments/0/starts_on",
                "/external_ref/id",
                "/given_name",
                "/relationships/0/holder",
                "/roles/0/organisation",
                "/roles/0/role",
                "/trn"
            ]
        );
        let said = serde_json::to_string(&intake).unwrap_or_default();
        for sent in ["green", "AB123456C", "king", "1/9/2026"] {
            assert!(!said.contains(sent), "{sent}");
        }
    }

    #[test]
    fn a_row_survives_being_stored() {
        let row = json!({"external_ref": {"source": "mis", "id": "1"}, "trn": "12345", "email": null, "employments": [{"organisation": {"urn": "100000"}, "ends_on": null}]});
        let intake = read(&row, Some(7));
        let kept = serde_json::to_string(&intake).ok().and_then(|text| serde_json::from_str(&text).ok());
        assert_eq!(kept, Some(intake.clone()));
        assert!(intake.faults.is_empty() && intake.row.email == Field::Empty && intake.row.preferred_name == Field::Absent);
        assert_eq!(intake.row.trn.value().map(Trn::as_str), Some("0012345"));
    }
}
