//! Appraisal cycles.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Patch, Word, actions, list, values, word, words},
};
use actix_web::{HttpResponse, get, patch, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    cycle::{Cycle, CycleAction, CyclePatch, DueDates},
    id::CycleId,
};
use trellis_persistence::{
    Seen,
    cycle::{CreateCycle, CycleHistory, GetCycle, ListCycles, MoveCycleDueDates, StepCycle, UpdateCycle},
    transaction::needs::{ReadCycles, WriteCycles},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a cycle.
    CycleActions, CycleCan = "CycleCan", list::<CycleAction>();
}

/// One round of appraisal for a population.
#[derive(Serialize, ToSchema)]
#[schema(title = "CycleRecord")]
pub struct CycleView {
    /// Its id.
    pub id: word::CycleId,
    /// Whose: the trust's, or one school's. It covers everything beneath.
    pub organisation_id: word::OrganisationId,
    /// Its name.
    pub name: word::Title,
    /// Where it stands.
    pub state: word::CycleState,
    /// First day of the appraisal period.
    pub starts_on: Option<NaiveDate>,
    /// Last day of the appraisal period.
    pub ends_on: Option<NaiveDate>,
    /// The academic year in which it starts, by the calendar year in which that starts: 2026 is 2026/27.
    pub academic_year: Option<i32>,
    /// The same, as schools say it.
    #[schema(example = "2026/27")]
    pub year: Option<String>,
    /// Which rules apply: `GET /v1/rule-profiles`.
    pub rule_profile: Option<word::ProfileKey>,
    /// Which version of them.
    pub rule_profile_version: Option<i32>,
    /// When objectives are to be agreed or set.
    pub objectives_due_on: Option<NaiveDate>,
    /// When reviews are to be held.
    pub review_due_on: Option<NaiveDate>,
    /// When reports are to be given.
    pub report_due_on: Option<NaiveDate>,
    /// The population rule: whose appraisal this is.
    pub staff_categories: Vec<word::StaffCategory>,
    /// The standards that apply, pinned to their versions.
    pub framework_version_ids: Vec<word::FrameworkVersionId>,
    /// Last year's cycle, from which it was drafted.
    pub rolled_over_from: Option<word::CycleId>,
    /// Why due dates last moved, or why it was called off.
    pub last_reason: Option<word::Reason>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was drafted.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<Cycle> for CycleView {
    fn from(cycle: Cycle) -> Self {
        let Cycle {
            id,
            organisation_id,
            name,
            state,
            starts_on,
            ends_on,
            rule_profile,
            rule_profile_version,
            due,
            staff_categories,
            framework_version_ids,
            rolled_over_from,
            last_reason,
            version,
            created_at,
            updated_at,
        } = cycle;
        use trellis_domain::time::{academic_year, academic_year_label};
        Self {
            id: Word(id),
            organisation_id: Word(organisation_id),
            name: Word(name),
            state: Word(state),
            starts_on,
            ends_on,
            academic_year: starts_on.map(academic_year),
            year: starts_on.map(|day| academic_year_label(academic_year(day))),
            rule_profile: rule_profile.map(Word),
            rule_profile_version,
            objectives_due_on: due.objectives_due_on,
            review_due_on: due.review_due_on,
            report_due_on: due.report_due_on,
            staff_categories: words(staff_categories),
            framework_version_ids: words(framework_version_ids),
            rolled_over_from: rolled_over_from.map(Word),
            last_reason: last_reason.map(Word),
            version,
            created_at,
            updated_at,
        }
    }
}
/// A cycle, with what can be done with it, and what blocks the rest.
#[derive(Serialize, ToSchema)]
#[schema(title = "Cycle")]
pub struct CycleDetail {
    #[serde(flatten)]
    record: CycleView,
    /// What can be done with it.
    can: CycleCan,
}
impl From<Seen<Cycle>> for CycleDetail {
    fn from(Seen { record, can }: Seen<Cycle>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
fn saved(seen: &Seen<Cycle>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.version, &CycleDetail::from(seen.clone()))
}

/// A new draft. Only name and organisation are needed now; `can.publish` says what is missing later.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCycle {
    /// Whose: the trust's, or one school's.
    organisation_id: word::OrganisationId,
    /// Its name.
    name: word::Title,
    /// First day of the appraisal period.
    #[serde(default)]
    starts_on: Option<NaiveDate>,
    /// Last day of the appraisal period.
    #[serde(default)]
    ends_on: Option<NaiveDate>,
    /// Which rules apply.
    #[serde(default)]
    rule_profile: Option<word::ProfileKey>,
    /// Which version of them.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1000)]
    rule_profile_version: Option<i32>,
    /// When objectives are to be agreed or set.
    #[serde(default)]
    objectives_due_on: Option<NaiveDate>,
    /// When reviews are to be held.
    #[serde(default)]
    review_due_on: Option<NaiveDate>,
    /// When reports are to be given.
    #[serde(default)]
    report_due_on: Option<NaiveDate>,
    /// Whose appraisal this is.
    #[serde(default)]
    #[schema(max_items = 4)]
    staff_categories: Vec<word::StaffCategory>,
    /// The standards that apply: published versions.
    #[serde(default)]
    #[schema(max_items = 20)]
    framework_version_ids: Vec<word::FrameworkVersionId>,
}
/// Changes to a draft: what is absent stays as it is, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CycleChanges {
    /// Its name.
    #[serde(default)]
    #[schema(value_type = word::Title)]
    name: Option<word::Title>,
    /// First day.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    starts_on: Patch<NaiveDate>,
    /// Last day.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    ends_on: Patch<NaiveDate>,
    /// Which rules apply.
    #[serde(default)]
    #[schema(value_type = Option<word::ProfileKey>)]
    rule_profile: Patch<word::ProfileKey>,
    /// Which version of them.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 1000)]
    rule_profile_version: Patch<i32>,
    /// When objectives are to be agreed or set.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    objectives_due_on: Patch<NaiveDate>,
    /// When reviews are to be held.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    review_due_on: Patch<NaiveDate>,
    /// When reports are to be given.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    report_due_on: Patch<NaiveDate>,
    /// Whose appraisal this is.
    #[serde(default)]
    #[schema(value_type = Vec<word::StaffCategory>, max_items = 4)]
    staff_categories: Option<Vec<word::StaffCategory>>,
    /// The standards that apply.
    #[serde(default)]
    #[schema(value_type = Vec<word::FrameworkVersionId>, max_items = 20)]
    framework_version_ids: Option<Vec<word::FrameworkVersionId>>,
}
/// New due dates, with the reason; those that are absent stay.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MovedDueDates {
    /// When objectives are to be agreed or set.
    #[serde(default)]
    objectives_due_on: Option<NaiveDate>,
    /// When reviews are to be held.
    #[serde(default)]
    review_due_on: Option<NaiveDate>,
    /// When reports are to be given.
    #[serde(default)]
    report_due_on: Option<NaiveDate>,
    /// Why they move.
    reason: word::Reason,
}
/// Why something is done.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithReason {
    /// Why: one line.
    pub reason: word::Reason,
}

/// Filters of the list of cycles.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CycleFilters {
    /// Only this organisation's.
    organisation_id: Option<word::OrganisationId>,
    /// Only those that stand here.
    state: Option<word::CycleState>,
}

/// List cycles
///
/// Those that were announced; drafts for those who run cycles there.
#[utoipa::path(tag = "Cycles", params(PageParams, CycleFilters), responses((status = 200, description = "A page of cycles", body = List<CycleView>)), security(("bearer" = ["cycles:read"])))]
#[get("/v1/cycles")]
pub async fn list_cycles(permitted: Permitted<ReadCycles>, listing: Listing<CycleFilters>) -> Result<HttpResponse, ApiError> {
    let CycleFilters { organisation_id, state } = &listing.filters;
    let page = permitted
        .read(ListCycles { organisation_id: organisation_id.as_ref().map(|o| o.0), state: state.as_ref().map(|s| s.0), window: listing.window })
        .await?;
    Ok(listing.answer(page, CycleView::from))
}

/// Draft a cycle
///
/// For the headteacher, HR and administrators of the organisation. `can.publish` names what is still missing.
#[utoipa::path(tag = "Cycles", request_body = NewCycle, responses((status = 201, description = "Drafted", body = CycleDetail)), security(("bearer" = ["cycles:write"])))]
#[post("/v1/cycles")]
pub async fn create_cycle(permitted: Permitted<WriteCycles>, _none: Params<NoParams>, body: Body<NewCycle>) -> Result<HttpResponse, ApiError> {
    let NewCycle {
        organisation_id,
        name,
        starts_on,
        ends_on,
        rule_profile,
        rule_profile_version,
        objectives_due_on,
        review_due_on,
        report_due_on,
        staff_categories,
        framework_version_ids,
    } = body.0;
    let details = CyclePatch {
        name: None,
        starts_on: Some(starts_on),
        ends_on: Some(ends_on),
        rule_profile: Some(rule_profile.map(|p| p.0)),
        rule_profile_version: Some(rule_profile_version),
        objectives_due_on: Some(objectives_due_on),
        review_due_on: Some(review_due_on),
        report_due_on: Some(report_due_on),
        staff_categories: Some(values(staff_categories)),
        framework_version_ids: Some(values(framework_version_ids)),
    };
    let operation = CreateCycle { organisation_id: organisation_id.0, name: name.0, details };
    permitted.write(operation, |seen| respond::created(seen.record.version, format!("/v1/cycles/{}", seen.record.id), &CycleDetail::from(seen.clone()))).await
}

/// Read a cycle
///
/// With what can be done with it and what blocks the rest.
#[utoipa::path(tag = "Cycles", responses((status = 200, description = "The cycle", body = CycleDetail)), security(("bearer" = ["cycles:read"])))]
#[get("/v1/cycles/{id}")]
pub async fn get_cycle(permitted: Permitted<ReadCycles>, _none: Params<NoParams>, id: Id<CycleId>, unless: IfNoneMatch) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetCycle { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, CycleDetail::from))
}

/// Change a draft cycle
///
/// A merge-patch (RFC 7396). After publishing only due dates move: `POST /v1/cycles/{id}/move-due-dates`.
#[utoipa::path(tag = "Cycles", request_body = CycleChanges, responses((status = 200, description = "As it is now", body = CycleDetail)), security(("bearer" = ["cycles:write"])))]
#[patch("/v1/cycles/{id}")]
pub async fn update_cycle(
    permitted: Permitted<WriteCycles>,
    _none: Params<NoParams>,
    id: Id<CycleId>,
    expected: IfMatch,
    body: Body<CycleChanges>,
) -> Result<HttpResponse, ApiError> {
    let CycleChanges {
        name,
        starts_on,
        ends_on,
        rule_profile,
        rule_profile_version,
        objectives_due_on,
        review_due_on,
        report_due_on,
        staff_categories,
        framework_version_ids,
    } = body.0;
    let patch = CyclePatch {
        name: name.map(|n| n.0),
        starts_on: starts_on.into_option(),
        ends_on: ends_on.into_option(),
        rule_profile: rule_profile.value(),
        rule_profile_version: rule_profile_version.into_option(),
        objectives_due_on: objectives_due_on.into_option(),
        review_due_on: review_due_on.into_option(),
        report_due_on: report_due_on.into_option(),
        staff_categories: staff_categories.map(values),
        framework_version_ids: framework_version_ids.map(values),
    };
    permitted.write(UpdateCycle { id: id.0, patch, expected: expected.0 }, saved).await
}

/// Move a cycle's due dates
///
/// After publishing, with a reason that everybody can read. The deadlines of its appraisals that the cycle set move with them, each with the same reason; what somebody set for one person stays, and so does a report's day that was counted from the review.
#[utoipa::path(tag = "Cycles", request_body = MovedDueDates, responses((status = 200, description = "As it is now", body = CycleDetail)), security(("bearer" = ["cycles:write"])))]
#[post("/v1/cycles/{id}/move-due-dates")]
pub async fn move_cycle_due_dates(
    permitted: Permitted<WriteCycles>,
    _none: Params<NoParams>,
    id: Id<CycleId>,
    expected: IfMatch,
    body: Body<MovedDueDates>,
) -> Result<HttpResponse, ApiError> {
    let MovedDueDates { objectives_due_on, review_due_on, report_due_on, reason } = body.0;
    let due = DueDates { objectives_due_on, review_due_on, report_due_on };
    permitted.write(MoveCycleDueDates { id: id.0, due, reason: reason.0, expected: expected.0 }, saved).await
}

/// The steps of a cycle that need nothing but the step itself.
macro_rules! steps {
    ($($(#[doc = $doc:literal])+ $name:ident, $path:literal, $action:ident;)*) => {
        $(
            $(#[doc = $doc])+
            #[utoipa::path(tag = "Cycles", responses((status = 200, description = "As it is now", body = CycleDetail)), security(("bearer" = ["cycles:write"])))]
            #[post($path)]
            pub async fn $name(permitted: Permitted<WriteCycles>, _none: Params<NoParams>, id: Id<CycleId>, expected: IfMatch, _body: NoBody) -> Result<HttpResponse, ApiError> {
                permitted.write(StepCycle { id: id.0, action: CycleAction::$action, reason: None, expected: expected.0 }, saved).await
            }
        )*
        fn steps(config: &mut Routes<'_>) {
            $(config.service($name);)*
        }
    };
}
steps! {
    /// Publish a cycle
    ///
    /// Announces it to everybody it covers. It needs a rule profile version, a period, framework versions, due dates and a population rule; everything that is missing is named at once.
    publish_cycle, "/v1/cycles/{id}/publish", Publish;
    /// Open planning
    ///
    /// Objectives are drafted, proposed and agreed from now on.
    open_cycle_planning, "/v1/cycles/{id}/open-planning", OpenPlanning;
    /// Start monitoring
    ///
    /// Planning is over and the year's work begins.
    start_cycle_monitoring, "/v1/cycles/{id}/start-monitoring", StartMonitoring;
    /// Open the review
    ///
    /// Reviews are held from now on.
    open_cycle_review, "/v1/cycles/{id}/open-review", OpenReview;
    /// Start closing
    ///
    /// The cycle is being wound up.
    start_cycle_closing, "/v1/cycles/{id}/start-closing", StartClosing;
    /// Close a cycle
    ///
    /// Answers all that blocks it at once: objectives that are not closed, carried over or withdrawn, and appraisals that are not completed, transferred or abandoned.
    close_cycle, "/v1/cycles/{id}/close", Close;
    /// Archive a cycle
    ///
    /// Puts a closed cycle away.
    archive_cycle, "/v1/cycles/{id}/archive", Archive;
}

/// Cancel a cycle
///
/// From draft or published, with a reason.
#[utoipa::path(tag = "Cycles", request_body = WithReason, responses((status = 200, description = "As it is now", body = CycleDetail)), security(("bearer" = ["cycles:write"])))]
#[post("/v1/cycles/{id}/cancel")]
pub async fn cancel_cycle(
    permitted: Permitted<WriteCycles>,
    _none: Params<NoParams>,
    id: Id<CycleId>,
    expected: IfMatch,
    body: Body<WithReason>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(StepCycle { id: id.0, action: CycleAction::Cancel, reason: Some(body.0.reason.0), expected: expected.0 }, saved).await
}

crate::event::history_of!(cycle_history, ReadCycles, CycleHistory, CycleId, "Cycles", "/v1/cycles/{id}/history", "cycles:read");

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_cycles).service(create_cycle).service(get_cycle).service(update_cycle).service(move_cycle_due_dates);
    steps(config);
    config.service(cancel_cycle).service(cycle_history);
}
