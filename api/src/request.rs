//! What happens around every request: its id, its time, its line in the access log, and that every answer that is not a good one is a
//! problem with the request's id in it.

use crate::{
    admission,
    app::Shared,
    error::ApiError,
    problem::Problem,
    uses::{KEY_EXPIRES_AT, Presented},
};
use actix_cors::CorsError;
use actix_web::{
    Error, HttpMessage,
    body::{BodySize, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::{self, Bytes},
};
use chrono::{DateTime, SecondsFormat, Utc};
use futures_util::FutureExt;
use std::{
    convert::Infallible,
    panic::AssertUnwindSafe,
    pin::Pin,
    task::{Context as Waking, Poll},
    time::Instant,
};
use trellis_domain::{service_account::ends_soon, time::micros};

/// Header by which the demo's clock is moved for one request.
pub const DEMO_NOW: HeaderName = HeaderName::from_static("demo-now");
/// Header that names the request.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// What is known of a request before anybody looks at it.
#[derive(Debug, Clone)]
pub struct Context {
    /// Its id.
    pub request_id: String,
    /// The time of the act.
    pub now: DateTime<Utc>,
    /// The time on the wall.
    pub wall: DateTime<Utc>,
}
/// Who acts, once it is known, for the access log: an account's or service account's id, nothing personal.
#[derive(Debug, Clone)]
pub struct ActorId(pub String);

fn sane(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

/// The id under which a request is found again: the sender's, if it looks like one.
pub(crate) fn request_id(request: &ServiceRequest, shared: &Shared, wall: DateTime<Utc>) -> String {
    let sent = request.headers().get(REQUEST_ID).and_then(|v| v.to_str().ok());
    sent.filter(|id| sane(id)).map_or_else(|| shared.ids.make(wall).to_string(), str::to_owned)
}

fn context(request: &ServiceRequest, shared: &Shared) -> (Context, Result<(), ApiError>) {
    let wall = micros(shared.clock.now());
    let mut context = Context { request_id: request_id(request, shared, wall), now: wall, wall };
    let moved = match request.headers().get(DEMO_NOW) {
        None => Ok(()),
        Some(_) if shared.demo.is_none() => Err(ApiError::new(Problem::DemoOnly, "Demo-Now moves the clock in the demo only")),
        Some(at) => match at.to_str().ok().and_then(|at| at.parse::<DateTime<Utc>>().ok()) {
            Some(at) => {
                context.now = micros(at);
                Ok(())
            }
            None => Err(ApiError::new(Problem::InvalidHeader, "Demo-Now is an instant such as 2027-07-10T09:00:00Z")),
        },
    };
    let plain = match request.headers().get(header::CONTENT_ENCODING) {
        Some(encoding) if encoding != "identity" => Err(ApiError::new(Problem::UnsupportedMediaType, "bodies are sent without Content-Encoding")),
        _ => Ok(()),
    };
    // a template would take this address too, for the name of a record
    let elsewhere = match (request.method(), request.path()) {
        (&Method::OPTIONS, _) => Ok(()),
        (&Method::HEAD, path) => shared.contract.addressed(&Method::GET, path),
        (method, path) => shared.contract.addressed(method, path),
    };
    (context, moved.and(plain).and(elsewhere.map_err(|allowed| ApiError::method_not_allowed(&allowed))))
}

/// Around every request.
///
/// # Errors
/// None: every fault becomes an answer.
pub async fn around(mut request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let Some(shared) = request.app_data::<web::Data<Shared>>().cloned() else {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    };
    let Some(_place) = admission::admit(&request, &shared) else { return Ok(admission::turn_away(request, &shared, started).await) };
    let (context, fit) = context(&request, &shared);
    request.extensions_mut().insert(context.clone());
    let head = request.method() == Method::HEAD;
    if head {
        request.head_mut().method = Method::GET; // answered like GET, and then without the body (RFC 9110, 9.3.2)
    }
    let method = request.method().clone();
    // no clone of the request is kept: the router must be alone with it
    let answer = match fit {
        Err(e) => {
            let problem = e.answer(&context.request_id);
            Ok(request.into_response(problem))
        }
        Ok(()) => match AssertUnwindSafe(next.call(request)).catch_unwind().await {
            Ok(answer) => answer.map(ServiceResponse::map_into_boxed_body),
            Err(_) => Err(ApiError::internal(&"a handler panicked").into()),
        },
    };
    let mut answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            // the request is gone with what it ran into, and nobody knows what it asked for
            let problem = as_problem(&error).of(&context.request_id);
            problem.note(&context.request_id);
            tell(&context.request_id, "-", problem.problem.status(), started, "-");
            return Err(problem.into());
        }
    };
    // answers made of errors do not know their request yet
    if let Some(problem) = answer.response().error().map(as_problem) {
        problem.note(&context.request_id);
        answer = answer.into_response(problem.answer(&context.request_id));
    }
    let status = answer.status();
    let pattern = answer.request().match_pattern().unwrap_or_default();
    let operation = shared.contract.operation(&method, &pattern).map_or("-", |o| o.id);
    let actor = answer.request().extensions().get::<ActorId>().map_or_else(|| "-".into(), |a| a.0.clone());
    let until = answer.request().extensions().get::<Presented>().and_then(|p| p.until.get().map(|until| (p.tenant, p.key, until)));
    let headers = answer.headers_mut();
    if let Some((tenant, key, until)) = until {
        shared.uses.note(tenant, key, context.wall);
        if ends_soon(until, context.wall)
            && let Ok(until) = HeaderValue::from_str(&until.to_rfc3339_opts(SecondsFormat::AutoSi, true))
        {
            headers.insert(HeaderName::from_static(KEY_EXPIRES_AT), until);
        }
    }
    if let Ok(id) = HeaderValue::from_str(&context.request_id) {
        headers.insert(REQUEST_ID, id);
    }
    if headers.get(header::CONTENT_TYPE).is_some_and(|media| media == "application/json") {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    }
    protect(headers);
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    tell(&context.request_id, operation, status.as_u16(), started, &actor);
    Ok(if head { answer.map_body(|_, body| BoxBody::new(Unsaid(body.size()))) } else { answer })
}

/// The line of a request in the access log.
pub(crate) fn tell(request_id: &str, operation: &str, status: u16, started: Instant, actor: &str) {
    log::info!(target: "access", "{request_id} {operation} {status} {:.1}ms {actor}", started.elapsed().as_secs_f64() * 1000.0);
}

/// What every answer says to browsers and to whoever keeps answers.
pub(crate) fn protect(headers: &mut HeaderMap) {
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::VARY, "Accept, Authorization, Origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// A body that is only spoken of: as long as the one that GET answers, and not sent.
struct Unsaid(BodySize);
impl MessageBody for Unsaid {
    type Error = Infallible;
    fn size(&self) -> BodySize {
        self.0
    }
    fn poll_next(self: Pin<&mut Self>, _: &mut Waking<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(None)
    }
}

/// Ours as they are; the framework's by their status.
fn as_problem(error: &Error) -> ApiError {
    if let Some(ours) = error.as_error::<ApiError>() {
        return ours.clone();
    }
    if let Some(refusal) = error.as_error::<CorsError>() {
        return preflight(refusal);
    }
    match error.as_response_error().status_code() {
        StatusCode::NOT_FOUND => ApiError::not_found(),
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(Problem::BodyTooLarge, "the body is too large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ApiError::new(Problem::UnsupportedMediaType, "this media type is not taken here"),
        status if status.is_client_error() => ApiError::new(Problem::MalformedBody, "the request cannot be read"),
        _ => ApiError::internal(error),
    }
}

/// A browser's question whether a page may call from elsewhere, which is answered with no. The browser then sends nothing.
fn preflight(refusal: &CorsError) -> ApiError {
    match refusal {
        CorsError::OriginNotAllowed => ApiError::new(Problem::OriginNotAllowed, "pages of this origin may not call this server"),
        CorsError::MethodNotAllowed => ApiError::new(Problem::OriginNotAllowed, "pages of other origins may not call this server with this method"),
        CorsError::HeadersNotAllowed => ApiError::new(Problem::OriginNotAllowed, "pages of other origins may not send one of these headers"),
        _ => ApiError::new(Problem::InvalidHeader, "a preflight needs Origin, Access-Control-Request-Method and, if it names headers, their names"),
    }
}
