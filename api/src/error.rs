//! From what went wrong to the one body that says so: `application/problem+json` (RFC 9457).

use crate::{page::SYNCED, problem::Problem, request, wire::word};
use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use trellis_domain::{
    access::Denied,
    rule::{Fault, RuleError},
};
use trellis_persistence::{StoreError, Unauthenticated};
use utoipa::ToSchema;

/// An answer that is not the one that was hoped for.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// Which problem.
    pub problem: Problem,
    detail: String,
    errors: Vec<Fault>,
    more: Map<String, Value>,
    headers: Vec<(header::HeaderName, String)>,
    request_id: String,
    /// Why, where that is for the log alone.
    cause: Option<String>,
}

impl ApiError {
    /// A problem with its detail.
    pub fn new(problem: Problem, detail: impl Into<String>) -> Self {
        Self { problem, detail: detail.into(), errors: Vec::new(), more: Map::new(), headers: Vec::new(), request_id: String::new(), cause: None }
    }
    /// With every fault of the request.
    #[must_use]
    pub fn faults(mut self, errors: Vec<Fault>) -> Self {
        self.errors = errors;
        self
    }
    /// Of the request of this id.
    #[must_use]
    pub fn of(mut self, request_id: &str) -> Self {
        self.request_id = request_id.into();
        self
    }
    /// With a member of its own.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.more.insert(name.into(), value);
        self
    }
    /// With other words for what is wrong this time.
    #[must_use]
    pub fn detailed(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
    /// With a header.
    #[must_use]
    pub fn header(mut self, name: header::HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
    /// With its cause, which is never shown: [`ApiError::note`] logs it.
    #[must_use]
    pub fn because(mut self, why: &dyn std::fmt::Display) -> Self {
        self.cause = Some(why.to_string());
        self
    }
    /// Logs its cause, if it has one that is ours to know, under the id of the request: once, by whoever answers it.
    pub fn note(&self, request_id: &str) {
        if let Some(why) = &self.cause {
            log::error!("{request_id} {}: {why}", self.problem.code());
        }
    }
    /// What is wrong this time, for a person.
    pub fn detail(&self) -> &str {
        &self.detail
    }
    /// An address that does not take this method, and which it takes.
    pub fn method_not_allowed(methods: &BTreeSet<String>) -> Self {
        let allow = allow(methods);
        Self::new(Problem::MethodNotAllowed, format!("this address takes {allow}")).header(header::ALLOW, allow)
    }
    /// What does not exist, or is not this caller's to know of: always the same words.
    pub fn not_found() -> Self {
        Self::new(Problem::NotFound, "there is nothing here that you could see")
    }
    /// Come back in a moment.
    pub fn busy() -> Self {
        Self::new(Problem::Busy, "too much is waiting").header(header::RETRY_AFTER, "1")
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.problem.code(), self.detail)
    }
}

impl From<RuleError> for ApiError {
    fn from(RuleError { code, message, faults }: RuleError) -> Self {
        Self::new(Problem::Rule(code), message).faults(faults)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        use trellis_domain::rule::Code;
        match error {
            StoreError::Unauthenticated(why) => Self::unauthenticated(match why {
                Unauthenticated::Login => Problem::LoginFailed,
                Unauthenticated::SessionEnded => Problem::SessionEnded,
                Unauthenticated::AccountDisabled => Problem::AccountDisabled,
                Unauthenticated::KeyUnknown => Problem::KeyUnknown,
                Unauthenticated::KeyExpired => Problem::KeyExpired,
                Unauthenticated::KeyRevoked => Problem::KeyRevoked,
            }),
            StoreError::Denied(Denied::Scope { required, held, withheld }) => {
                let held: Vec<&str> = held.iter().map(|p| p.as_str()).collect();
                let remedy = match (required.for_service_accounts(), withheld) {
                    (false, _) => "which is given to no machine: a person does this",
                    (true, true) => "which the service account holds, but not this token: ask for one with it",
                    (true, false) => "which an administrator of the trust can add to the service account",
                };
                let challenge = format!("Bearer realm=\"trellis\", error=\"insufficient_scope\", scope=\"{required}\"");
                Self::new(Problem::InsufficientScope, format!("this needs the scope {required}, {remedy}"))
                    .with("required_scopes", json!([required.as_str()]))
                    .with("held_scopes", json!(held))
                    .header(header::WWW_AUTHENTICATE, challenge)
            }
            StoreError::Denied(Denied::Role { required, roles }) => {
                let roles: Vec<&str> = roles.iter().map(|r| r.as_str()).collect();
                let detail = format!("this needs {required}, which comes with one of these roles: {}", roles.join(", "));
                Self::new(Problem::RoleRequired, detail).with("required_scopes", json!([required.as_str()])).with("required_roles", json!(roles))
            }
            StoreError::Missing => Self::not_found(),
            StoreError::Rule(rule) => rule.into(),
            StoreError::Stale(stale) => {
                let by = stale.changed_by.map(|(kind, id)| json!({"type": kind, "id": id}));
                Self::new(Problem::Stale, "the record changed since you read it")
                    .with("current_etag", json!(format!("\"{}\"", stale.version)))
                    .with("changed_by", by.unwrap_or(Value::Null))
                    .with("changed_at", json!(stale.changed_at))
                    .with("changed", json!(stale.changed))
                    .header(header::ETAG, format!("\"{}\"", stale.version))
            }
            StoreError::Braked(forecast) => {
                let (current, ended, missing) = (forecast.current, forecast.ended.len(), forecast.missing.len());
                let detail = format!("{ended} of the {current} current employments would be ended and {missing} would newly be missing; nothing was done");
                Self::new(Problem::Rule(Code::SyncThresholdExceeded), detail)
                    .with("current", json!(current))
                    .with("would_end", json!(ended))
                    .with("would_be_missing", json!(missing))
            }
            StoreError::Duplicate(_) => RuleError::new(Code::Duplicate, "another record has one of these values already").into(),
            StoreError::Reference(_) => RuleError::new(Code::UnknownReference, "the body names a record that does not exist").into(),
            StoreError::KeyReused => Self::new(Problem::IdempotencyKeyReused, "this idempotency key was sent before with another request"),
            StoreError::CursorExpired => {
                let lists: Vec<String> = SYNCED.iter().map(|list| format!("/v1/{list}?snapshot=true")).collect();
                let detail = "the feed cannot go on from this cursor: take a new snapshot, whose last page has the cursor to go on from";
                Self::new(Problem::CursorExpired, detail).with("snapshots", json!(lists))
            }
            StoreError::Busy | StoreError::Retry => Self::busy(),
            StoreError::Unavailable(why) => {
                let because = format!("the database: {why}");
                Self::new(Problem::Unavailable, "the database cannot be reached").header(header::RETRY_AFTER, "5").because(&because)
            }
            StoreError::Corrupt(why) | StoreError::Internal(why) => Self::internal(&why),
        }
    }
}

impl ApiError {
    /// A fault of ours.
    pub fn internal(why: &dyn std::fmt::Display) -> Self {
        Self::new(Problem::Internal, "a fault of this server; it is logged under the request id").because(why)
    }
    /// A credential that is missing, malformed, expired or revoked, each told apart (RFC 6750).
    pub fn unauthenticated(problem: Problem) -> Self {
        let challenge = match problem {
            Problem::AuthenticationRequired => "Bearer realm=\"trellis\"".into(),
            other => format!("Bearer realm=\"trellis\", error=\"invalid_token\", error_description=\"{}\"", other.code()),
        };
        Self::new(problem, problem.meaning().trim()).header(header::WWW_AUTHENTICATE, challenge)
    }
}

/// What problems of some codes say besides.
#[derive(ToSchema)]
#[allow(dead_code)] // the answers are put together where the faults are known; this describes them
pub struct ProblemMembers {
    /// With `stale`: the ETag that the record has now.
    #[schema(example = "\"4\"")]
    current_etag: String,
    /// With `stale`: who changed it last, if you may know.
    changed_by: Option<crate::event::ActorView>,
    /// With `stale`: when that was.
    changed_at: Option<chrono::DateTime<chrono::Utc>>,
    /// With `stale`: the fields that differ from what you saw.
    changed: Vec<String>,
    /// With `insufficient_scope` and `role_required`: what the operation needs.
    required_scopes: Vec<word::Permission>,
    /// With `insufficient_scope`: what the caller has.
    held_scopes: Vec<word::Permission>,
    /// With `role_required`: the roles of which one would do.
    required_roles: Vec<word::RoleName>,
    /// With `sync_threshold_exceeded`: send the same snapshot with it as `confirm`, within 24 hours, if so many are meant.
    confirmation_token: String,
    /// With `sync_threshold_exceeded`: how many are employed at the school now.
    current: usize,
    /// With `sync_threshold_exceeded`: how many employments would be ended.
    would_end: usize,
    /// With `sync_threshold_exceeded`: how many would newly be missing.
    would_be_missing: usize,
    /// With `cursor_expired`: the lists to read again, each of which ends with a cursor to go on from.
    #[schema(example = json!(["/v1/people?snapshot=true"]))]
    snapshots: Vec<String>,
}

/// A problem (RFC 9457). Some codes add members of their own: they say with which.
#[derive(Serialize, ToSchema)]
#[schema(title = "Problem")]
pub struct ProblemBody {
    /// Where this server explains the problem.
    #[schema(example = "/problems/stale")]
    pub r#type: String,
    /// A short title, the same whenever the code occurs.
    pub title: String,
    /// HTTP status.
    #[schema(minimum = 300, maximum = 599)]
    pub status: u16,
    /// What is wrong this time, for a person. Never repeats a value that was sent.
    pub detail: String,
    /// The stable code, also in the `Error-Code` header.
    pub code: String,
    /// The request's id, by which it is found in logs and in the audit log.
    pub request_id: String,
    /// Every fault of the request, if it has faults.
    pub errors: Vec<FaultView>,
}

/// One fault of a request.
#[derive(Serialize, ToSchema)]
#[schema(title = "Fault")]
pub struct FaultView {
    /// JSON pointer into the body (RFC 6901), or the parameter's name.
    #[schema(example = "/ends_on")]
    pub pointer: String,
    /// The rule's stable code.
    pub code: String,
    /// What is wrong and what would be accepted.
    pub message: String,
}

impl From<Fault> for FaultView {
    fn from(Fault { pointer, code, message }: Fault) -> Self {
        Self { pointer, code, message }
    }
}
/// Why one of many was not taken.
#[derive(Serialize, ToSchema)]
pub struct RowProblem {
    /// The rule's stable code.
    pub code: String,
    /// What is wrong.
    pub detail: String,
    /// Every fault of it: the pointer is a JSON pointer into what was sent of it, or the heading's name in a table.
    pub errors: Vec<FaultView>,
}
impl From<RuleError> for RowProblem {
    fn from(RuleError { code, message, faults }: RuleError) -> Self {
        Self { code: code.as_str().into(), detail: message, errors: faults.into_iter().map(Into::into).collect() }
    }
}

impl ApiError {
    /// The problem document, for the request of this id.
    pub fn body(&self, request_id: &str) -> Value {
        let errors = self.errors.iter().cloned().map(Into::into).collect();
        let body = ProblemBody {
            r#type: format!("/problems/{}", self.problem.code()),
            title: self.problem.title(),
            status: self.problem.status(),
            detail: self.detail.clone(),
            code: self.problem.code().into(),
            request_id: request_id.into(),
            errors,
        };
        let mut body = serde_json::to_value(body).unwrap_or(Value::Null);
        if let Value::Object(members) = &mut body {
            members.extend(self.more.clone());
        }
        body
    }
    /// The answer, for the request of this id.
    pub fn answer(&self, request_id: &str) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        response.content_type("application/problem+json").insert_header(("error-code", self.problem.code()));
        for (name, value) in &self.headers {
            response.insert_header((name.clone(), value.as_str()));
        }
        response.body(self.body(request_id).to_string())
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
    /// With the request id that it knows; [`request::around`] gives it one.
    fn error_response(&self) -> HttpResponse {
        let mut answer = self.answer(&self.request_id);
        if let Ok(id) = header::HeaderValue::from_str(&self.request_id) {
            answer.headers_mut().insert(request::REQUEST_ID, id);
        }
        answer
    }
}

/// What `Allow` says of an address that takes these methods (RFC 9110, 10.2.1).
pub fn allow(methods: &BTreeSet<String>) -> String {
    let head = methods.contains("GET").then(|| "HEAD".to_owned());
    let all: BTreeSet<String> = methods.iter().cloned().chain(head).chain(["OPTIONS".to_owned()]).collect();
    all.into_iter().collect::<Vec<_>>().join(", ")
}
