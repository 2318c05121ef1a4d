//! What a row may say, as the contract describes it.
#![allow(dead_code)] // rows are read one by one as they arrive, by `trellis_domain::bulk`; this is their description

use crate::{organisation::ExternalRefView, wire::word};
use serde::Deserialize;
use utoipa::ToSchema;

/// People of another system, as they are there.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeopleUpsert {
    /// The rows; at most 64 MiB of them.
    #[schema(min_items = 1, max_items = 200_000)]
    rows: Vec<PersonUpsertRow>,
}
/// A person of another system: what is absent stays as it is, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonUpsertRow {
    /// The row's key: what the other system calls the person.
    external_ref: ExternalRefView,
    /// Given name; a new person needs it.
    #[serde(default)]
    #[schema(value_type = word::Name)]
    given_name: Option<word::Name>,
    /// Family name; a new person needs it.
    #[serde(default)]
    #[schema(value_type = word::Name)]
    family_name: Option<word::Name>,
    /// What they like to be called.
    #[serde(default)]
    preferred_name: Option<word::Name>,
    /// Work e-mail. It suggests a match; it never makes one.
    #[serde(default)]
    email: Option<word::Email>,
    /// Teacher reference number: what is no digit is dropped, lost leading zeros are put back.
    #[serde(default)]
    #[schema(max_length = 20, example = "0012345")]
    trn: Option<String>,
    /// More references; those that the person has besides stay.
    #[serde(default)]
    #[schema(value_type = Vec<ExternalRefView>, max_items = 20)]
    external_refs: Option<Vec<ExternalRefView>>,
    /// Employments. One is found by its school and days that it shares with the row; those that no row speaks of stay.
    #[serde(default)]
    #[schema(value_type = Vec<EmploymentEntry>, max_items = 20)]
    employments: Option<Vec<EmploymentEntry>>,
    /// Roles. Only people whose own role has `roles:write` give them; machines give none.
    #[serde(default)]
    #[schema(value_type = Vec<RoleEntry>, max_items = 20)]
    roles: Option<Vec<RoleEntry>>,
    /// Relationships of which the person is the subject.
    #[serde(default)]
    #[schema(value_type = Vec<RelationshipEntry>, max_items = 20)]
    relationships: Option<Vec<RelationshipEntry>>,
}
/// An organisation by one of its names.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1, max_properties = 1)]
pub struct OrganisationKey {
    /// Our id.
    #[serde(default)]
    #[schema(value_type = word::OrganisationId)]
    id: Option<word::OrganisationId>,
    /// What another system calls it.
    #[serde(default)]
    #[schema(value_type = ExternalRefView)]
    external_ref: Option<ExternalRefView>,
    /// The school's URN.
    #[serde(default)]
    #[schema(value_type = String, max_length = 6, pattern = "^[0-9]{5,6}$", example = "100000")]
    urn: Option<String>,
}
/// A person by one of their names.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1, max_properties = 2)]
pub struct PersonKey {
    /// Our id.
    #[serde(default)]
    #[schema(value_type = word::PersonId)]
    id: Option<word::PersonId>,
    /// What another system calls them. Their own row may come later in the same request.
    #[serde(default)]
    #[schema(value_type = ExternalRefView)]
    external_ref: Option<ExternalRefView>,
    /// Their teacher reference number.
    #[serde(default)]
    #[schema(value_type = String, max_length = 20, example = "0012345")]
    trn: Option<String>,
    /// Their staff code at `organisation`.
    #[serde(default)]
    #[schema(value_type = word::StaffCode)]
    staff_code: Option<word::StaffCode>,
    /// The school of the staff code.
    #[serde(default)]
    #[schema(value_type = OrganisationKey)]
    organisation: Option<OrganisationKey>,
}
/// An employment of a row. A new one needs `job_title`, `staff_category` and `starts_on`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmploymentEntry {
    /// At which school, or by the trust centrally. Only a snapshot's row can leave it out: then it is the snapshot's school.
    #[serde(default)]
    #[schema(value_type = OrganisationKey)]
    organisation: Option<OrganisationKey>,
    /// What they do there.
    #[serde(default)]
    #[schema(value_type = word::Title)]
    job_title: Option<word::Title>,
    /// Which appraisal rules can apply.
    #[serde(default)]
    #[schema(value_type = word::StaffCategory)]
    staff_category: Option<word::StaffCategory>,
    /// The school's own code; nobody else's there.
    #[serde(default)]
    staff_code: Option<word::StaffCode>,
    /// Full-time equivalent in per cent; 100 if nothing is said of a new one.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 1, maximum = 100)]
    fte_percent: Option<i32>,
    /// First day.
    #[serde(default)]
    #[schema(value_type = chrono::NaiveDate)]
    starts_on: Option<chrono::NaiveDate>,
    /// Last day, inclusive.
    #[serde(default)]
    ends_on: Option<chrono::NaiveDate>,
}
/// A role of a row.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleEntry {
    /// Which.
    role: word::RoleName,
    /// Where. Only a snapshot's row can leave it out: then it is the snapshot's school.
    #[serde(default)]
    #[schema(value_type = OrganisationKey)]
    organisation: Option<OrganisationKey>,
    /// First day; today if nothing is said.
    #[serde(default)]
    #[schema(value_type = chrono::NaiveDate)]
    starts_on: Option<chrono::NaiveDate>,
    /// Last day: a role that is held ends so.
    #[serde(default)]
    ends_on: Option<chrono::NaiveDate>,
}
/// A relationship of a row.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RelationshipEntry {
    /// What the holder is.
    kind: word::RelationshipKind,
    /// Who.
    holder: PersonKey,
    /// First day. Without one the row says who it is today: another line manager or appraiser than until now takes over today.
    #[serde(default)]
    #[schema(value_type = chrono::NaiveDate)]
    starts_on: Option<chrono::NaiveDate>,
    /// Last day: a relationship that there is ends so.
    #[serde(default)]
    ends_on: Option<chrono::NaiveDate>,
}

/// Schools and groups of another system, as they are there.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationsUpsert {
    /// The rows; at most 64 MiB of them.
    #[schema(min_items = 1, max_items = 200_000)]
    rows: Vec<OrganisationUpsertRow>,
}
/// A school or group of another system: what is absent stays as it is, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationUpsertRow {
    /// The row's key: what the other system calls it.
    external_ref: ExternalRefView,
    /// What kind of node; a new one needs it.
    #[serde(default)]
    #[schema(value_type = word::OrganisationKind)]
    kind: Option<word::OrganisationKind>,
    /// What it lies beneath; the tenant's root for a new one, if nothing is said. Its own row may come later in the same request.
    #[serde(default)]
    #[schema(value_type = OrganisationKey)]
    parent: Option<OrganisationKey>,
    /// Its name; a new one needs it.
    #[serde(default)]
    #[schema(value_type = word::Title)]
    name: Option<word::Title>,
    /// Phase of education.
    #[serde(default)]
    phase: Option<word::Phase>,
    /// Type of establishment, by GIAS's public code.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 99)]
    establishment_type: Option<i32>,
    /// Type of a group of schools.
    #[serde(default)]
    group_type: Option<word::GroupType>,
    /// Open, closed or proposed.
    #[serde(default)]
    #[schema(value_type = word::OrganisationStatus)]
    status: Option<word::OrganisationStatus>,
    /// When it opened.
    #[serde(default)]
    opened_on: Option<chrono::NaiveDate>,
    /// When it closed.
    #[serde(default)]
    closed_on: Option<chrono::NaiveDate>,
    /// Its URN, by which it is found too.
    #[serde(default)]
    #[schema(value_type = String, max_length = 6, pattern = "^[0-9]{5,6}$", example = "100000")]
    urn: Option<String>,
    /// Its LAESTAB.
    #[serde(default)]
    #[schema(value_type = String, max_length = 8, example = "201/3614")]
    laestab: Option<String>,
    /// Its UKPRN.
    #[serde(default)]
    #[schema(value_type = String, max_length = 8, pattern = "^[0-9]{8}$")]
    ukprn: Option<String>,
    /// More references; those that it has besides stay.
    #[serde(default)]
    #[schema(value_type = Vec<ExternalRefView>, max_items = 20)]
    external_refs: Option<Vec<ExternalRefView>>,
}

/// What people learned with an outside provider.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LearningRecordsUpsert {
    /// The rows; at most 64 MiB of them.
    #[schema(min_items = 1, max_items = 200_000)]
    rows: Vec<LearningRecordUpsertRow>,
}
/// Something that a person learned: what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LearningRecordUpsertRow {
    /// The row's key: what the provider calls it.
    external_ref: ExternalRefView,
    /// Whose it is.
    person: LearnerKey,
    /// The school in whose employment they learned it: needed with a staff code, and where they had several employments on the day.
    #[serde(default)]
    #[schema(value_type = OrganisationKey)]
    organisation: Option<OrganisationKey>,
    /// What it was; something new needs it.
    #[serde(default)]
    #[schema(value_type = word::Title)]
    title: Option<word::Title>,
    /// How; something new needs it.
    #[serde(default)]
    #[schema(value_type = word::LearningKind)]
    kind: Option<word::LearningKind>,
    /// First day; something new needs it.
    #[serde(default)]
    #[schema(value_type = chrono::NaiveDate)]
    started_on: Option<chrono::NaiveDate>,
    /// Last day; of something new the first, if nothing is said. Not in the future.
    #[serde(default)]
    #[schema(value_type = chrono::NaiveDate)]
    ended_on: Option<chrono::NaiveDate>,
    /// How long it took, in minutes, at most 1,000 hours, and 24 hours for each of its days (`impossible_hours`); something new needs it.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 0, maximum = 60_000)]
    minutes: Option<i32>,
    /// Who provided it.
    #[serde(default)]
    provider: Option<word::Title>,
}
/// A person by one or more of their names, which then must be one person's. The first that is known finds them: id, reference, TRN, staff code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1, max_properties = 4)]
pub struct LearnerKey {
    /// Our id.
    #[serde(default)]
    #[schema(value_type = word::PersonId)]
    id: Option<word::PersonId>,
    /// What another system calls them.
    #[serde(default)]
    #[schema(value_type = ExternalRefView)]
    external_ref: Option<ExternalRefView>,
    /// Their teacher reference number.
    #[serde(default)]
    #[schema(value_type = String, max_length = 20, example = "0012345")]
    trn: Option<String>,
    /// Their staff code at the row's `organisation`.
    #[serde(default)]
    #[schema(value_type = word::StaffCode)]
    staff_code: Option<word::StaffCode>,
}

/// Required training that people did with an outside provider.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrainingCompletionsUpsert {
    /// The rows; at most 64 MiB of them.
    #[schema(min_items = 1, max_items = 200_000)]
    rows: Vec<TrainingCompletionUpsertRow>,
}
/// That a person did a required training.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrainingCompletionUpsertRow {
    /// The row's key: what the provider calls it.
    external_ref: ExternalRefView,
    /// Who did it.
    person: LearnerKey,
    /// The school that keeps the record: needed with a staff code.
    #[serde(default)]
    #[schema(value_type = OrganisationKey)]
    organisation: Option<OrganisationKey>,
    /// Which training; it must be asked.
    requirement_id: word::TrainingRequirementId,
    /// When they had done it. Not in the future.
    completed_on: chrono::NaiveDate,
    /// With whom.
    #[serde(default)]
    provider: Option<word::Title>,
    /// What the certificate is called.
    #[serde(default)]
    certificate: Option<word::Reference>,
}
