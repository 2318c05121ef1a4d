//! Appraisals.

use crate::{
    cycle::WithReason,
    error::ApiError,
    extract::{Body, Id, IfNoneMatch, MustMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Word, actions, list, values, word, words},
};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    appraisal::{Appraisal, AppraisalAction, AppraiserTerm, Deadline},
    id::AppraisalId,
};
use trellis_persistence::{
    Seen,
    appraisal::{
        AppraisalHistory, AssignAppraisers, GetAppraisal, LeaveAppraisal, ListAppraisals, MoveDeadline, ResumeAppraisal, StepAppraisal, SuspendAppraisal,
        VisibleAppraisal,
    },
    transaction::needs::{AssignAppraisals, ReadAppraisals, WriteAppraisals},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with an appraisal.
    AppraisalActions, AppraisalCan = "AppraisalCan", list::<AppraisalAction>();
}
/// Somebody who appraises, or did.
#[derive(Serialize, ToSchema)]
#[schema(title = "AppraiserTerm")]
pub struct AppraiserTermView {
    /// Who.
    person_id: word::PersonId,
    /// From this day.
    from: NaiveDate,
    /// Until this day, on which somebody else took over; null while they appraise.
    until: Option<NaiveDate>,
}
/// A day by which something is due, with the rule that made it. It moves with a reason: when somebody moves it, or with the cycle's own day; and when the review is
/// held from which the rules count the report's. What somebody set by hand nothing else moves.
#[derive(Serialize, ToSchema)]
#[schema(title = "Deadline")]
pub struct DeadlineView {
    /// What is due.
    kind: word::DeadlineKind,
    /// By when.
    due_on: NaiveDate,
    /// The rule profile under which it was set.
    rule_profile: word::ProfileKey,
    /// Which version of it.
    rule_profile_version: i32,
    /// Who or what set it.
    set_by: word::DeadlineSource,
    /// Which days were counted; null where the cycle, or somebody with a reason, named the day.
    basis: Option<word::DayBasis>,
    /// The versions of calendars that were counted by.
    calendar_ids: Vec<word::CalendarId>,
    /// Why it was moved, if it was; absent, and named in `redacted`, for whoever only says who appraises.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<word::Reason>)]
    reason: Option<Option<word::Reason>>,
    /// Fields that this caller may not see.
    redacted: Vec<&'static str>,
}
/// One employment's appraisal in one cycle. Its objectives are those of the employment in the cycle: `GET /v1/objectives`.
#[derive(Serialize, ToSchema)]
#[schema(title = "AppraisalRecord")]
pub struct AppraisalView {
    /// Its id.
    pub id: word::AppraisalId,
    /// The employment that it hangs on.
    pub employment_id: word::EmploymentId,
    /// Whose it is: the appraisee.
    pub person_id: word::PersonId,
    /// The school of that employment.
    pub organisation_id: word::OrganisationId,
    /// In which cycle.
    pub cycle_id: word::CycleId,
    /// What the appraisee was when it was created: it decides who can appraise.
    pub staff_category: word::StaffCategory,
    /// Where it stands.
    pub state: word::AppraisalState,
    /// Where it stood before it was suspended, and goes on; null unless it is suspended.
    pub resumes_to: Option<word::AppraisalState>,
    /// First day of its period: the cycle's, or the appraisee's own if they started later.
    pub starts_on: NaiveDate,
    /// Last day of its period.
    pub ends_on: NaiveDate,
    /// What is due when.
    pub deadlines: Vec<DeadlineView>,
    /// Who appraises and appraised, in the order in which they came.
    pub appraisers: Vec<AppraiserTermView>,
    /// Who advises those who appraise a headteacher; null if nobody is named, as with everybody else.
    pub external_adviser: Option<word::Title>,
    /// When the adviser was consulted on the objectives; null until they were, and where there is none.
    pub adviser_consulted_on: Option<NaiveDate>,
    /// When the appraisee was told which standards apply; null until they were.
    pub standards_informed_on: Option<NaiveDate>,
    /// When the report was issued, as it stands: `GET /v1/appraisal-reports`. Null until then.
    pub report_issued_on: Option<NaiveDate>,
    /// The last day on which the appraisee may comment on it; null until it is issued.
    pub comment_due_on: Option<NaiveDate>,
    /// When they did; null if they have not, and again once the report is corrected. Absent, and named in `redacted`, for whoever only says who appraises.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<NaiveDate>)]
    pub commented_on: Option<Option<NaiveDate>>,
    /// The last day on which the appraisee may appeal against the report as it stands; null until a report is issued, and where the rules give no appeal.
    pub appeal_due_on: Option<NaiveDate>,
    /// When the appraisee appealed against the report as it stands; null if they have not, and again once it is corrected. Absent, and named in `redacted`, for whoever
    /// only says who appraises.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<NaiveDate>)]
    pub appealed_on: Option<Option<NaiveDate>>,
    /// When that appeal was decided; null until then, and again once the report is corrected. Absent, and named in `redacted`, for whoever only says who appraises.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<NaiveDate>)]
    pub appeal_decided_on: Option<Option<NaiveDate>>,
    /// When it was completed; null until it is, and again once the report is corrected.
    pub completed_on: Option<NaiveDate>,
    /// Why it was transferred or abandoned; null if it was not. Absent, and named in `redacted`, for whoever only says who appraises.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<word::Reason>)]
    pub last_reason: Option<Option<word::Reason>>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Fields that this caller may not see.
    pub redacted: Vec<&'static str>,
}
/// An appraisal, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "Appraisal")]
pub struct AppraisalDetail {
    #[serde(flatten)]
    record: AppraisalView,
    /// What can be done with it.
    can: AppraisalCan,
}

impl From<AppraiserTerm> for AppraiserTermView {
    fn from(AppraiserTerm { person_id, from, until }: AppraiserTerm) -> Self {
        Self { person_id: Word(person_id), from, until }
    }
}
impl DeadlineView {
    fn new(deadline: Deadline, in_full: bool) -> Self {
        let Deadline { kind, due_on, rule_profile, rule_profile_version, set_by, basis, calendar_ids, reason } = deadline;
        Self {
            kind: Word(kind),
            due_on,
            rule_profile: Word(rule_profile),
            rule_profile_version,
            set_by: Word(set_by),
            basis: basis.map(Word),
            calendar_ids: words(calendar_ids),
            reason: in_full.then(|| reason.map(Word)),
            redacted: if in_full { Vec::new() } else { vec!["reason"] },
        }
    }
}
impl From<VisibleAppraisal> for AppraisalView {
    fn from(VisibleAppraisal { appraisal, in_full }: VisibleAppraisal) -> Self {
        let Appraisal {
            id,
            employment_id,
            person_id,
            organisation_id,
            cycle_id,
            staff_category,
            state,
            resumes_to,
            starts_on,
            ends_on,
            deadlines,
            appraisers,
            external_adviser,
            adviser_consulted_on,
            standards_informed_on,
            report_issued_on,
            comment_due_on,
            commented_on,
            appeal_due_on,
            appealed_on,
            appeal_decided_on,
            completed_on,
            last_reason,
            hold_id: _,
            version,
            created_at,
            updated_at,
        } = appraisal;
        Self {
            id: Word(id),
            employment_id: Word(employment_id),
            person_id: Word(person_id),
            organisation_id: Word(organisation_id),
            cycle_id: Word(cycle_id),
            staff_category: Word(staff_category),
            state: Word(state),
            resumes_to: resumes_to.map(Word),
            starts_on,
            ends_on,
            deadlines: deadlines.into_iter().map(|d| DeadlineView::new(d, in_full)).collect(),
            appraisers: appraisers.into_iter().map(Into::into).collect(),
            external_adviser: external_adviser.map(Word),
            adviser_consulted_on,
            standards_informed_on,
            report_issued_on,
            comment_due_on,
            commented_on: in_full.then_some(commented_on),
            appeal_due_on,
            appealed_on: in_full.then_some(appealed_on),
            appeal_decided_on: in_full.then_some(appeal_decided_on),
            completed_on,
            last_reason: in_full.then(|| last_reason.map(Word)),
            version,
            created_at,
            updated_at,
            redacted: if in_full { Vec::new() } else { vec!["commented_on", "appealed_on", "appeal_decided_on", "last_reason"] },
        }
    }
}
impl From<Seen<VisibleAppraisal>> for AppraisalDetail {
    fn from(Seen { record, can }: Seen<VisibleAppraisal>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
pub(crate) fn saved(seen: &Seen<VisibleAppraisal>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.appraisal.version, &AppraisalDetail::from(seen.clone()))
}

/// Who appraises from today.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAppraisers {
    /// All of them; one for everybody but a headteacher, whose panel is as the rule profile has it.
    #[schema(min_items = 1, max_items = 9)]
    appraiser_ids: Vec<word::PersonId>,
    /// Who advises those who appraise a headteacher: a name, and where they are from.
    #[serde(default)]
    external_adviser: Option<word::Title>,
}
/// A deadline moved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MovedDeadline {
    /// Which one. The last days for a comment and an appeal begin when the report is given, and do not move.
    kind: word::DeadlineKind,
    /// To when.
    due_on: NaiveDate,
    /// Why.
    reason: word::Reason,
}
/// Why an appraisal rests.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    /// Why: kept as a hold, which only HR and the headteacher can read.
    reason: word::HoldReason,
}
/// How an appraisal goes on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resumption {
    /// The last day of its period, if that is later now.
    #[serde(default)]
    ends_on: Option<NaiveDate>,
}

/// Filters of the list of appraisals.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AppraisalFilters {
    /// Only this person's.
    person_id: Option<word::PersonId>,
    /// Only those on this employment.
    employment_id: Option<word::EmploymentId>,
    /// Only those at this organisation or beneath it.
    organisation_id: Option<word::OrganisationId>,
    /// Only those of this cycle.
    cycle_id: Option<word::CycleId>,
    /// Only those that this person appraises today.
    appraiser_id: Option<word::PersonId>,
    /// Only those that stand here.
    state: Option<word::AppraisalState>,
}

/// List appraisals
///
/// One's own, those that one appraises today, and for headteachers and HR those of their schools; for external advisers those of the headteachers they advise. Whom they let say who appraises (the role `appraisal_delegate`) finds their school's, without the fields that `redacted` names.
#[utoipa::path(tag = "Appraisals", params(PageParams, AppraisalFilters), responses((status = 200, description = "A page of appraisals", body = List<AppraisalView>)), security(("bearer" = ["appraisals:read"])))]
#[get("/v1/appraisals")]
pub async fn list_appraisals(permitted: Permitted<ReadAppraisals>, listing: Listing<AppraisalFilters>) -> Result<HttpResponse, ApiError> {
    let AppraisalFilters { person_id, employment_id, organisation_id, cycle_id, appraiser_id, state } = &listing.filters;
    let page = permitted
        .read(ListAppraisals {
            person_id: person_id.as_ref().map(|p| p.0),
            employment_id: employment_id.as_ref().map(|e| e.0),
            organisation_id: organisation_id.as_ref().map(|o| o.0),
            cycle_id: cycle_id.as_ref().map(|c| c.0),
            appraiser_id: appraiser_id.as_ref().map(|a| a.0),
            state: state.as_ref().map(|s| s.0),
            window: listing.window,
        })
        .await?;
    Ok(listing.answer(page, AppraisalView::from))
}

/// Read an appraisal
///
/// With what can be done with it: the same appraisal answers appraisee, appraiser and HR differently. Whom the headteacher or HR lets say who appraises reads whose it is, who appraises, where it stands and what is due when; why a deadline moved, why it was left and whether there was a comment they do not. The external adviser of a headteacher reads the headteacher's appraisal on the days of their role, and writes nothing in it.
#[utoipa::path(tag = "Appraisals", responses((status = 200, description = "The appraisal", body = AppraisalDetail)), security(("bearer" = ["appraisals:read"])))]
#[get("/v1/appraisals/{id}")]
pub async fn get_appraisal(
    permitted: Permitted<ReadAppraisals>,
    _none: Params<NoParams>,
    id: Id<AppraisalId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetAppraisal { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.appraisal.version, AppraisalDetail::from))
}

/// Assign appraisers
///
/// Says who appraises from today; whoever did until now keeps their place in the record. Each must have authority on this day: be the appraiser or line manager, or the headteacher; for a headteacher, the appraiser or line manager, or a governor (`no_authority`). Nobody appraises themself (`self_appraisal`). Where the rule profile has a `headteacher_panel`, a headteacher has as many appraisers as it says, nobody of the staff if it excludes them, and an external adviser if it requires one (`panel_rules`). For the headteacher and HR of the school, and for whom they delegate it to (the role `appraisal_delegate`): not for the headteacher's appraisal, nor for anybody's who says who appraises, and never making themself the appraiser.
#[utoipa::path(tag = "Appraisals", request_body = NewAppraisers, responses((status = 200, description = "As it is now", body = AppraisalDetail)), security(("bearer" = ["appraisals:assign"])))]
#[post("/v1/appraisals/{id}/assign-appraisers")]
pub async fn assign_appraisers(
    permitted: Permitted<AssignAppraisals>,
    _none: Params<NoParams>,
    id: Id<AppraisalId>,
    expected: MustMatch,
    body: Body<NewAppraisers>,
) -> Result<HttpResponse, ApiError> {
    let NewAppraisers { appraiser_ids, external_adviser } = body.0;
    let operation = AssignAppraisers { id: id.0, people: values(appraiser_ids), external_adviser: external_adviser.map(|a| a.0), expected: expected.0 };
    permitted.write(operation, saved).await
}

/// Move a deadline
///
/// With a reason that everybody can read who reads the appraisal. From then on neither the cycle nor a rule moves it. Part-time work and absence move what is due, never an assessment. For the headteacher and HR of the school.
#[utoipa::path(tag = "Appraisals", request_body = MovedDeadline, responses((status = 200, description = "As it is now", body = AppraisalDetail)), security(("bearer" = ["appraisals:write"])))]
#[post("/v1/appraisals/{id}/move-deadline")]
pub async fn move_appraisal_deadline(
    permitted: Permitted<WriteAppraisals>,
    _none: Params<NoParams>,
    id: Id<AppraisalId>,
    expected: MustMatch,
    body: Body<MovedDeadline>,
) -> Result<HttpResponse, ApiError> {
    let MovedDeadline { kind, due_on, reason } = body.0;
    permitted.write(MoveDeadline { id: id.0, kind: kind.0, due_on, reason: reason.0, expected: expected.0 }, saved).await
}

/// Suspend an appraisal
///
/// It rests where it stands. Why is kept as a hold: HR and the headteacher can read it, everybody else sees only that the appraisal rests. For HR of the school.
#[utoipa::path(tag = "Appraisals", request_body = Suspension, responses((status = 200, description = "As it is now", body = AppraisalDetail)), security(("bearer" = ["appraisals:write"])))]
#[post("/v1/appraisals/{id}/suspend")]
pub async fn suspend_appraisal(
    permitted: Permitted<WriteAppraisals>,
    _none: Params<NoParams>,
    id: Id<AppraisalId>,
    expected: MustMatch,
    body: Body<Suspension>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(SuspendAppraisal { id: id.0, reason: body.0.reason.0, expected: expected.0 }, saved).await
}

/// Resume an appraisal
///
/// It goes on where it stood, with a longer period if so wished, and the hold that suspended it ends. For HR of the school.
#[utoipa::path(tag = "Appraisals", request_body = Resumption, responses((status = 200, description = "As it is now", body = AppraisalDetail)), security(("bearer" = ["appraisals:write"])))]
#[post("/v1/appraisals/{id}/resume")]
pub async fn resume_appraisal(
    permitted: Permitted<WriteAppraisals>,
    _none: Params<NoParams>,
    id: Id<AppraisalId>,
    expected: MustMatch,
    body: Body<Resumption>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(ResumeAppraisal { id: id.0, ends_on: body.0.ends_on, expected: expected.0 }, saved).await
}

async fn leave(
    permitted: &Permitted<WriteAppraisals>,
    id: AppraisalId,
    action: AppraisalAction,
    expected: MustMatch,
    body: WithReason,
) -> Result<HttpResponse, ApiError> {
    permitted.write(LeaveAppraisal { id, action, reason: body.reason.0, expected: expected.0 }, saved).await
}

/// Transfer an appraisal
///
/// The appraisee's work goes on at another school, under an appraisal of its own there. For HR of the school.
#[utoipa::path(tag = "Appraisals", request_body = WithReason, responses((status = 200, description = "As it is now", body = AppraisalDetail)), security(("bearer" = ["appraisals:write"])))]
#[post("/v1/appraisals/{id}/transfer")]
pub async fn transfer_appraisal(
    permitted: Permitted<WriteAppraisals>,
    _none: Params<NoParams>,
    id: Id<AppraisalId>,
    expected: MustMatch,
    body: Body<WithReason>,
) -> Result<HttpResponse, ApiError> {
    leave(&permitted, id.0, AppraisalAction::Transfer, expected, body.0).await
}

/// Abandon an appraisal
///
/// Nothing more is done with it; all that was said stays readable. For HR of the school.
#[utoipa::path(tag = "Appraisals", request_body = WithReason, responses((status = 200, description = "As it is now", body = AppraisalDetail)), security(("bearer" = ["appraisals:write"])))]
#[post("/v1/appraisals/{id}/abandon")]
pub async fn abandon_appraisal(
    permitted: Permitted<WriteAppraisals>,
    _none: Params<NoParams>,
    id: Id<AppraisalId>,
    expected: MustMatch,
    body: Body<WithReason>,
) -> Result<HttpResponse, ApiError> {
    leave(&permitted, id.0, AppraisalAction::Abandon, expected, body.0).await
}

/// The steps that need nothing but the step itself.
macro_rules! steps {
    ($($(#[doc = $doc:literal])+ $name:ident, $path:literal, $action:ident;)*) => {
        $(
            $(#[doc = $doc])+
            #[utoipa::path(tag = "Appraisals", responses((status = 200, description = "As it is now", body = AppraisalDetail)), security(("bearer" = ["appraisals:write"])))]
            #[post($path)]
            pub async fn $name(permitted: Permitted<WriteAppraisals>, _none: Params<NoParams>, id: Id<AppraisalId>, expected: MustMatch, _body: NoBody) -> Result<HttpResponse, ApiError> {
                permitted.write(StepAppraisal { id: id.0, action: AppraisalAction::$action, expected: expected.0 }, saved).await
            }
        )*
        fn steps(config: &mut Routes<'_>) {
            $(config.service($name);)*
        }
    };
}
steps! {
    /// Start planning
    ///
    /// Standards are made known and objectives are set from now on. By who appraises.
    start_appraisal_planning, "/v1/appraisals/{id}/start-planning", StartPlanning;
    /// Record that standards were made known
    ///
    /// Before, or as soon as practicable after, the period begins the appraisee is told which standards apply; the day is kept. By who appraises.
    inform_appraisal_standards, "/v1/appraisals/{id}/inform-standards", InformStandards;
    /// Record that the adviser was consulted
    ///
    /// A headteacher's objectives are set after consulting the external adviser; the day is kept. By the panel.
    consult_appraisal_adviser, "/v1/appraisals/{id}/consult-adviser", ConsultAdviser;
    /// Start the year's work
    ///
    /// Planning is over: the standards are known, every objective that was proposed is agreed or set with dissent, and for a headteacher the adviser was consulted. Everything that is missing is named at once. By who appraises.
    start_appraisal, "/v1/appraisals/{id}/start", Start;
    /// Start the self-review
    ///
    /// The appraisee looks back first: once reviews are held or the period ends, and earlier if they leave or their role changes. By the appraisee.
    start_appraisal_self_review, "/v1/appraisals/{id}/start-self-review", StartSelfReview;
    /// Start the assessment
    ///
    /// The appraiser begins to write: once reviews are held or the period ends, and earlier if the appraisee leaves or their role changes. By who appraises.
    start_appraisal_assessment, "/v1/appraisals/{id}/start-assessment", StartAssessment;
    /// Complete an appraisal
    ///
    /// Once the appraisee has commented on the report, or the time for it is over, and no appeal waits to be decided. No signature is needed. The panel of a headteacher reads it no more. For the headteacher and HR of the school.
    complete_appraisal, "/v1/appraisals/{id}/complete", Complete;
}

crate::event::history_of!(appraisal_history, ReadAppraisals, AppraisalHistory, AppraisalId, "Appraisals", "/v1/appraisals/{id}/history", "appraisals:read");

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_appraisals).service(get_appraisal).service(assign_appraisers).service(move_appraisal_deadline);
    config.service(suspend_appraisal).service(resume_appraisal).service(transfer_appraisal).service(abandon_appraisal);
    steps(config);
    config.service(appraisal_history);
}
