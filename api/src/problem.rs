//! The problem catalogue: every code an answer can carry, with its meaning and remedy (RFC 9457).

use serde::Serialize;
use trellis_domain::rule::{Code, Kind};
use utoipa::ToSchema;

macro_rules! problems {
    ($($(#[doc = $meaning:literal])+ $name:ident = $slug:literal, $status:literal, $title:literal, $remedy:literal;)*) => {
        /// Codes of HTTP itself; the domain's rules have [`Code`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Problem {
            $($(#[doc = $meaning])+ $name,)*
            /// A rule of the domain.
            Rule(Code),
        }
        const HTTP: &[Problem] = &[$(Problem::$name),*];
        impl Problem {
            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $slug,)* Self::Rule(code) => code.as_str() }
            }
            /// HTTP status.
            pub const fn status(self) -> u16 {
                match self {
                    $(Self::$name => $status,)*
                    Self::Rule(code) => match code.kind() { Kind::Invalid => 422, Kind::Conflict => 409, Kind::Forbidden => 403 },
                }
            }
            /// A short title, the same whenever the code occurs.
            pub fn title(self) -> String {
                match self { $(Self::$name => $title.into(),)* Self::Rule(code) => title_of(code) }
            }
            /// What it means.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($meaning),+),)* Self::Rule(code) => code.meaning() }
            }
            /// What to do about it.
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$name => $remedy,)* Self::Rule(code) => code.remedy() }
            }
        }
    };
}

problems! {
    /// The record was merged into another, or folded into one; `Location` is the way there.
    Merged = "merged", 308, "Merged into another record", "Follow `Location`, and keep the new id.";
    /// The body is not JSON, or not UTF-8.
    MalformedBody = "malformed_body", 400, "Malformed body", "Send JSON in UTF-8; the detail names line and column.";
    /// A header has a form that cannot be understood.
    InvalidHeader = "invalid_header", 400, "Invalid header", "The detail names the header and its form.";
    /// The operation has no query parameter of this name.
    UnknownParameter = "unknown_parameter", 400, "Unknown parameter", "The message names one that is alike, or those that the operation has.";
    /// A query parameter has a value that it cannot have.
    InvalidParameter = "invalid_parameter", 400, "Invalid parameter", "Correct the parameters named in `errors`.";
    /// The cursor is not one that this server gave.
    InvalidCursor = "invalid_cursor", 400, "Invalid cursor", "Start again without a cursor.";
    /// The cursor belongs to a list with other filters.
    CursorFilterMismatch = "cursor_filter_mismatch", 400, "Cursor of another list", "Send the cursor with the filters it was given for, or start again without it.";
    /// Only the demo does this.
    DemoOnly = "demo_only", 400, "Only in the demo", "Start the server with `serve --demo`, or leave the header out.";
    /// The operation needs a credential and none was sent.
    AuthenticationRequired = "authentication_required", 401, "Authentication required", "Send `Authorization: Bearer` with an access token or a service account's key.";
    /// The credential is no token or key of this server.
    TokenMalformed = "token_malformed", 401, "Malformed credential", "Log in again, or check that the key was copied whole.";
    /// The access token's time is over.
    TokenExpired = "token_expired", 401, "Expired access token", "Exchange the refresh token: `POST /v1/sessions/refresh`.";
    /// The log-in ended, or was revoked.
    SessionEnded = "session_ended", 401, "Log-in ended", "Log in again.";
    /// A refresh token was used a second time; the whole log-in is revoked.
    RefreshReused = "refresh_reused", 401, "Refresh token used twice", "Log in again; if it was not you, change your password.";
    /// E-mail or password is not right, or there is no such tenant.
    LoginFailed = "login_failed", 401, "Log-in failed", "Check tenant, e-mail and password.";
    /// The account is disabled.
    AccountDisabled = "account_disabled", 401, "Account disabled", "Ask an administrator of the trust.";
    /// There is no such key.
    KeyUnknown = "key_unknown", 401, "Unknown key", "Check that the key was copied whole, or have a new one issued.";
    /// The key's time is over.
    KeyExpired = "key_expired", 401, "Expired key", "Have a new key issued: two may be live while you rotate.";
    /// The key, or its service account, was revoked.
    KeyRevoked = "key_revoked", 401, "Revoked key", "Have a new key issued.";
    /// The service account lacks the scope.
    InsufficientScope = "insufficient_scope", 403, "Scope missing", "An administrator adds the scope to the service account: `PATCH /v1/service-accounts/{id}`.";
    /// None of the caller's roles may do this.
    RoleRequired = "role_required", 403, "Role missing", "`required_roles` names the roles that may; an administrator of the trust gives them.";
    /// A browser asked whether a page of another origin may make this call, and it may not.
    OriginNotAllowed = "origin_not_allowed", 403, "Origin not allowed", "The operator names the origins that may call with `--origins`; the docs name the methods and headers.";
    /// There is no such thing, or it is not yours to know of.
    NotFound = "not_found", 404, "Not found", "Check the address and the id.";
    /// No operation has this address.
    UnknownAddress = "unknown_address", 404, "Unknown address", "`/docs` and `/openapi.json` have every address; they are in lower case and end without a slash.";
    /// The address exists, but not with this method.
    MethodNotAllowed = "method_not_allowed", 405, "Method not allowed", "The `Allow` header names the methods.";
    /// The same idempotency key is being worked on at this moment.
    IdempotencyKeyInUse = "idempotency_key_in_use", 409, "Still running", "Wait a moment, then send the same request again.";
    /// This cursor was given more than 400 days ago, or the log was restored and never had it.
    CursorExpired = "cursor_expired", 410, "Cursor expired", "Read the lists that you keep anew with `snapshot=true`, the first of them to its end; follow the feed from the `changes_cursor` of that one.";
    /// What is known of a file is there, and its bytes are not in the store.
    FileMissing = "file_missing", 410, "File missing", "Tell the operator: the store was lost, or restored from another day than the database. Whoever has the file removes the evidence and adds it again.";
    /// The record changed since you read it.
    Stale = "stale", 412, "Changed meanwhile", "Read it again, look at `changed`, and repeat with the new ETag.";
    /// The body is larger than this operation takes.
    BodyTooLarge = "body_too_large", 413, "Body too large", "Send less at once; the detail names the limit.";
    /// The body's media type or encoding is not one that the operation takes.
    UnsupportedMediaType = "unsupported_media_type", 415, "Unsupported media type", "Send the media type that the contract names, without Content-Encoding.";
    /// The body does not have the form that the contract describes.
    ValidationFailed = "validation_failed", 422, "Validation failed", "Correct every field named in `errors`.";
    /// The idempotency key was used for another request.
    IdempotencyKeyReused = "idempotency_key_reused", 422, "Idempotency key used for another request", "Make a new key for a new request.";
    /// Two people write this document: say which version you saw.
    IfMatchRequired = "if_match_required", 428, "If-Match required", "Send the record's ETag in If-Match.";
    /// Too many attempts in a short time.
    TooManyRequests = "too_many_requests", 429, "Too many requests", "Wait as long as `Retry-After` says.";
    /// A fault of this server. It is logged under the request id.
    Internal = "internal", 500, "Internal error", "Tell the operator the request id.";
    /// More is waiting than can be done at once.
    Busy = "busy", 503, "Busy", "Wait as long as `Retry-After` says, then send the same request again.";
    /// The database cannot be reached, or cannot write.
    Unavailable = "unavailable", 503, "Unavailable", "Try again later; with an idempotency key nothing is done twice.";
}

fn title_of(code: Code) -> String {
    let words = code.as_str().replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

impl Problem {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Problem> {
        HTTP.iter().copied().chain(Code::ALL.iter().map(|c| Problem::Rule(*c)))
    }
    /// As the catalogue shows it.
    pub fn entry(self) -> CatalogueEntry {
        CatalogueEntry {
            r#type: format!("/problems/{}", self.code()),
            code: self.code().into(),
            title: self.title(),
            status: self.status(),
            meaning: self.meaning().trim().into(),
            remedy: self.remedy().into(),
        }
    }
}

/// One code of the problem catalogue.
#[derive(Serialize, ToSchema)]
pub struct CatalogueEntry {
    /// The problem's `type`: where this server explains it.
    #[schema(example = "/problems/stale")]
    pub r#type: String,
    /// The stable code, also in the `Error-Code` header.
    pub code: String,
    /// A short title.
    pub title: String,
    /// HTTP status.
    #[schema(minimum = 300, maximum = 599)]
    pub status: u16,
    /// What it means.
    pub meaning: String,
    /// What to do about it.
    pub remedy: String,
}
