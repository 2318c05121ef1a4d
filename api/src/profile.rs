//! Rule profiles: the appraisal rules of a nation and a kind of school, shipped or a trust's own.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Word, actions, values, word, words},
};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::RuleProfileId,
    profile::{HeadteacherPanel, Labels, RuleProfile, Rules, Span, YearDay},
};
use trellis_persistence::{
    Seen,
    profile::{CreateRuleProfile, GetRuleProfile, ListRuleProfiles, PublishRuleProfile, RuleProfileHistory},
    transaction::needs::{ReadFrameworks, WriteFrameworks},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a version of a rule profile.
    RuleProfileActions, RuleProfileCan = "RuleProfileCan", &["publish"];
}

/// What a headteacher's appraisal panel must be.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "HeadteacherPanel")]
pub struct PanelView {
    /// At least so many people.
    #[schema(minimum = 1, maximum = 20)]
    min: u8,
    /// At most so many; null, if nothing limits it.
    #[schema(minimum = 1, maximum = 20)]
    max: Option<u8>,
    /// Are members of the school's staff kept off it?
    staff_excluded: bool,
    /// Must an external adviser be consulted?
    external_adviser_required: bool,
}
/// So many days, and which days count.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "DaySpan")]
pub struct SpanView {
    /// How many.
    #[schema(minimum = 1, maximum = 366)]
    days: u16,
    /// Which days count.
    basis: word::DayBasis,
}
/// A day of every year.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "YearDay")]
pub struct YearDayView {
    /// Month.
    #[schema(minimum = 1, maximum = 12)]
    month: u8,
    /// Day of the month; 29 February is no day of every year.
    #[schema(minimum = 1, maximum = 31)]
    day: u8,
}
/// The rules. What is null no rule limits.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "Rules")]
pub struct RulesView {
    /// Months of employment before appraisal applies; one term is 4.
    #[schema(minimum = 0, maximum = 24)]
    minimum_employment_months: u8,
    /// During what no appraisal begins.
    #[schema(max_items = 5)]
    excluded_while: Vec<word::HoldReason>,
    /// How long a period lasts by default, in months.
    #[schema(minimum = 1, maximum = 24)]
    period_months: u8,
    /// At least so many objectives.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 20)]
    minimum_objectives: Option<u8>,
    /// At most so many.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 20)]
    maximum_objectives: Option<u8>,
    /// How long somebody who starts within a period has for their objectives.
    #[serde(default)]
    starter_objectives_within: Option<SpanView>,
    /// Who appraises a headteacher, where that is ruled.
    #[serde(default)]
    headteacher_panel: Option<PanelView>,
    /// Is a review in mid-year required? No statute of England requires one.
    mid_year_review_required: bool,
    /// At most so many minutes of observation in a period.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 6000)]
    observation_minutes_limit: Option<u16>,
    /// The day by which a teacher's report is due, by convention.
    #[serde(default)]
    report_due: Option<YearDayView>,
    /// The day by which a headteacher's report is due, by convention.
    #[serde(default)]
    headteacher_report_due: Option<YearDayView>,
    /// How early a review is announced, at least.
    #[serde(default)]
    review_notice: Option<SpanView>,
    /// How soon after the review the report is given, at most.
    #[serde(default)]
    report_within: Option<SpanView>,
    /// How long the appraisee may comment, at least.
    #[serde(default)]
    comment_within: Option<SpanView>,
    /// How long the appraisee may appeal, at least.
    #[serde(default)]
    appeal_within: Option<SpanView>,
    /// Does who appraises recommend something on pay where a report bears on it? Off, unless it is said.
    #[serde(default)]
    pay_recommendation: bool,
    /// For how many years records are kept after a period.
    #[schema(minimum = 1, maximum = 50)]
    keep_years: u8,
}
/// What a nation calls things, to be shown to people; the API keeps England's words.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "Labels")]
pub struct LabelsView {
    /// An appraisal.
    appraisal: word::Title,
    /// Who appraises.
    appraiser: word::Title,
    /// Who is appraised.
    appraisee: word::Title,
    /// An objective.
    objective: word::Title,
    /// The review at the end.
    review: word::Title,
    /// The report.
    report: word::Title,
    /// The standards.
    standards: word::Title,
}

/// One version of a rule profile.
#[derive(Serialize, ToSchema)]
#[schema(title = "RuleProfileRecord")]
pub struct RuleProfileView {
    /// The id of this version.
    pub id: word::RuleProfileId,
    /// The profile's stable name, the same in every version: a cycle's `rule_profile`.
    pub key: word::ProfileKey,
    /// Which version of it, from 1: a cycle's `rule_profile_version`.
    pub number: i32,
    /// Draft or published; a published version never changes.
    pub state: word::ProfileState,
    /// The version that it was made from; null if Trellis ships it.
    pub based_on: Option<word::RuleProfileId>,
    /// Whose rules.
    pub nation: word::Nation,
    /// Its name for people.
    pub name: word::Title,
    /// What it rests on.
    pub legal_basis: word::Title,
    /// Rules that the law fixes: a profile made from this one may tighten them, not loosen.
    pub statutory: Vec<word::RuleName>,
    /// What people call things.
    pub labels: LabelsView,
    /// The rules.
    pub rules: RulesView,
    /// Version of the record; the ETag in quotation marks.
    pub version: i64,
    /// When it was drafted; 1970 for those that Trellis ships.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
/// A version of a rule profile, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "RuleProfile")]
pub struct RuleProfileDetail {
    #[serde(flatten)]
    record: RuleProfileView,
    /// What can be done with it.
    can: RuleProfileCan,
}

impl From<Span> for SpanView {
    fn from(Span { days, basis }: Span) -> Self {
        Self { days, basis: Word(basis) }
    }
}
impl From<SpanView> for Span {
    fn from(SpanView { days, basis }: SpanView) -> Self {
        Self { days, basis: basis.0 }
    }
}
/// What is the same in the domain and on the wire, both ways.
macro_rules! alike {
    ($($wire:ident = $domain:ident { $($field:ident),* };)*) => {$(
        impl From<$domain> for $wire {
            fn from($domain { $($field),* }: $domain) -> Self {
                Self { $($field: $field.into()),* }
            }
        }
    )*};
}
alike! {
    PanelView = HeadteacherPanel { min, max, staff_excluded, external_adviser_required };
    YearDayView = YearDay { month, day };
    LabelsView = Labels { appraisal, appraiser, appraisee, objective, review, report, standards };
}
impl From<PanelView> for HeadteacherPanel {
    fn from(PanelView { min, max, staff_excluded, external_adviser_required }: PanelView) -> Self {
        Self { min, max, staff_excluded, external_adviser_required }
    }
}
impl From<YearDayView> for YearDay {
    fn from(YearDayView { month, day }: YearDayView) -> Self {
        Self { month, day }
    }
}
impl From<LabelsView> for Labels {
    fn from(LabelsView { appraisal, appraiser, appraisee, objective, review, report, standards }: LabelsView) -> Self {
        Self {
            appraisal: appraisal.0,
            appraiser: appraiser.0,
            appraisee: appraisee.0,
            objective: objective.0,
            review: review.0,
            report: report.0,
            standards: standards.0,
        }
    }
}
/// Rules from one form to the other: each field by what it is.
macro_rules! rules {
    ($from:ident => $to:ident, $reasons:expr) => {
        impl From<$from> for $to {
            fn from(rules: $from) -> Self {
                let $from {
                    minimum_employment_months,
                    excluded_while,
                    period_months,
                    minimum_objectives,
                    maximum_objectives,
                    starter_objectives_within,
                    headteacher_panel,
                    mid_year_review_required,
                    observation_minutes_limit,
                    report_due,
                    headteacher_report_due,
                    review_notice,
                    report_within,
                    comment_within,
                    appeal_within,
                    pay_recommendation,
                    keep_years,
                } = rules;
                Self {
                    minimum_employment_months,
                    excluded_while: $reasons(excluded_while),
                    period_months,
                    minimum_objectives,
                    maximum_objectives,
                    starter_objectives_within: starter_objectives_within.map(Into::into),
                    headteacher_panel: headteacher_panel.map(Into::into),
                    mid_year_review_required,
                    observation_minutes_limit,
                    report_due: report_due.map(Into::into),
                    headteacher_report_due: headteacher_report_due.map(Into::into),
                    review_notice: review_notice.map(Into::into),
                    report_within: report_within.map(Into::into),
                    comment_within: comment_within.map(Into::into),
                    appeal_within: appeal_within.map(Into::into),
                    pay_recommendation,
                    keep_years,
                }
            }
        }
    };
}
rules!(Rules => RulesView, words);
rules!(RulesView => Rules, values);

impl From<RuleProfile> for RuleProfileView {
    fn from(profile: RuleProfile) -> Self {
        let RuleProfile { id, key, number, state, based_on, nation, name, legal_basis, statutory, labels, rules, version, created_at, updated_at } = profile;
        Self {
            id: Word(id),
            key: Word(key),
            number,
            state: Word(state),
            based_on: based_on.map(Word),
            nation: Word(nation),
            name: Word(name),
            legal_basis: Word(legal_basis),
            statutory: words(statutory),
            labels: labels.into(),
            rules: rules.into(),
            version,
            created_at,
            updated_at,
        }
    }
}
impl From<Seen<RuleProfile>> for RuleProfileDetail {
    fn from(Seen { record, can }: Seen<RuleProfile>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}

/// A version of a profile of one's own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRuleProfile {
    /// The profile's stable name; the first version makes the profile.
    key: word::ProfileKey,
    /// Its name for people.
    name: word::Title,
    /// What it rests on: usually one's own policy, with its date.
    legal_basis: word::Title,
    /// The published version that it is made from: what the law fixes there can be tightened, not loosened.
    based_on: word::RuleProfileId,
    /// Whose rules; as in that version, if not given. Another nation's profile is made from one that rests on no law.
    #[serde(default)]
    nation: Option<word::Nation>,
    /// What people call things; as in that version, if not given.
    #[serde(default)]
    labels: Option<LabelsView>,
    /// All of the rules.
    rules: RulesView,
}

/// Filters of the list of rule profiles.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RuleProfileFilters {
    /// Only the versions of this profile.
    key: Option<word::ProfileKey>,
}

/// List rule profiles
///
/// Every version: those that Trellis ships, then the tenant's own. A cycle pins a published one.
#[utoipa::path(tag = "Rule profiles", params(PageParams, RuleProfileFilters), responses((status = 200, description = "A page of versions", body = List<RuleProfileView>)), security(("bearer" = ["frameworks:read"])))]
#[get("/v1/rule-profiles")]
pub async fn list_rule_profiles(permitted: Permitted<ReadFrameworks>, listing: Listing<RuleProfileFilters>) -> Result<HttpResponse, ApiError> {
    let key = listing.filters.key.as_ref().map(|k| k.0.clone());
    let page = permitted.read(ListRuleProfiles { key, window: listing.window }).await?;
    Ok(listing.answer(page, RuleProfileView::from))
}

/// Draft a rule profile
///
/// A new version of a profile of one's own, made from a published one. What the law fixes there can be tightened, not loosened: every rule that would be is named. For administrators of the whole trust.
#[utoipa::path(tag = "Rule profiles", request_body = NewRuleProfile, responses((status = 201, description = "Drafted", body = RuleProfileDetail)), security(("bearer" = ["frameworks:write"])))]
#[post("/v1/rule-profiles")]
pub async fn create_rule_profile(permitted: Permitted<WriteFrameworks>, _none: Params<NoParams>, body: Body<NewRuleProfile>) -> Result<HttpResponse, ApiError> {
    let NewRuleProfile { key, name, legal_basis, based_on, nation, labels, rules } = body.0;
    let operation = CreateRuleProfile {
        key: key.0,
        name: name.0,
        legal_basis: legal_basis.0,
        based_on: based_on.0,
        nation: nation.map(|n| n.0),
        labels: labels.map(Into::into),
        rules: rules.into(),
    };
    permitted
        .write(operation, |seen| respond::created(seen.record.version, format!("/v1/rule-profiles/{}", seen.record.id), &RuleProfileDetail::from(seen.clone())))
        .await
}

/// Read a rule profile
///
/// One version, with all of its rules.
#[utoipa::path(tag = "Rule profiles", responses((status = 200, description = "The version", body = RuleProfileDetail)), security(("bearer" = ["frameworks:read"])))]
#[get("/v1/rule-profiles/{id}")]
pub async fn get_rule_profile(
    permitted: Permitted<ReadFrameworks>,
    _none: Params<NoParams>,
    id: Id<RuleProfileId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetRuleProfile { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, RuleProfileDetail::from))
}

/// Publish a rule profile
///
/// From then on this version never changes, and cycles can pin it.
#[utoipa::path(tag = "Rule profiles", responses((status = 200, description = "Published", body = RuleProfileDetail)), security(("bearer" = ["frameworks:write"])))]
#[post("/v1/rule-profiles/{id}/publish")]
pub async fn publish_rule_profile(
    permitted: Permitted<WriteFrameworks>,
    _none: Params<NoParams>,
    id: Id<RuleProfileId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    let operation = PublishRuleProfile { id: id.0, expected: expected.0 };
    permitted.write(operation, |seen| respond::saved(seen.record.version, &RuleProfileDetail::from(seen.clone()))).await
}

crate::event::history_of!(
    rule_profile_history,
    ReadFrameworks,
    RuleProfileHistory,
    RuleProfileId,
    "Rule profiles",
    "/v1/rule-profiles/{id}/history",
    "frameworks:read"
);

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_rule_profiles).service(create_rule_profile).service(get_rule_profile).service(publish_rule_profile).service(rule_profile_history);
}
