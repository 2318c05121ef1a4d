//! Who is let in when more come than can be served. Whoever is turned away is turned away first of all, before it is known who they are or what they
//! want: a refusal that costs a good part of the work would leave no time for the work (docs/adr/0049-overload.md).

use crate::{
    app::Shared,
    error::ApiError,
    extract::UNJUDGED,
    problem::Problem,
    request::{REQUEST_ID, protect, request_id, tell},
    waiting::SEATS,
};
use actix_web::{
    HttpMessage, HttpResponse,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    rt, web,
};
use futures_util::StreamExt;
use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use trellis_domain::time::micros;
use trellis_persistence::Database;

/// Requests that are being answered at once, besides the readers who wait. Each may bring a body, so this bounds what bodies take.
const MOST: usize = 4096 + SEATS;

/// How long the rest of a body is waited for that nobody will read.
const PATIENCE: Duration = Duration::from_millis(500);

/// How many requests are being answered.
#[derive(Clone, Default)]
pub struct Admission(Arc<AtomicUsize>);
/// A request that was let in, until it is answered.
pub struct Place(Admission);

impl Admission {
    fn enter(&self) -> Option<Place> {
        let place = Place(self.clone());
        (self.0.fetch_add(1, Ordering::Relaxed) < MOST).then_some(place)
    }
}
impl Drop for Place {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A place, unless too many have one, or this is a write and too many of those wait already.
pub fn admit(request: &ServiceRequest, shared: &Shared) -> Option<Place> {
    let writes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let full = writes && request.app_data::<web::Data<Database>>().is_some_and(|db| db.is_full());
    if full { None } else { shared.admission.enter() }
}

/// The body of every refusal, before and after the request's id: put together once, for it is wanted when there is no time for it.
static WORDS: LazyLock<(String, String)> = LazyLock::new(|| {
    let body = ApiError::busy().body(HERE).to_string();
    body.split_once(HERE).map(|(before, after)| (before.to_owned(), after.to_owned())).unwrap_or_default()
});
const HERE: &str = "HERE";

/// The refusal. They are sent to come back at different times.
pub async fn turn_away(mut request: ServiceRequest, shared: &Shared, started: Instant) -> ServiceResponse<BoxBody> {
    let id = request_id(&request, shared, micros(shared.clock.now()));
    let mut payload = request.take_payload();
    let rest = async {
        let mut taken = 0;
        while taken <= UNJUDGED
            && let Some(Ok(part)) = payload.next().await
        {
            taken += part.len();
        }
    };
    // what is on its way already is taken, so that the connection can be used again
    let _ = rt::time::timeout(PATIENCE, rest).await;
    let (before, after) = &*WORDS;
    let mut answer = HttpResponse::with_body(StatusCode::SERVICE_UNAVAILABLE, BoxBody::new([before, &*id, after].concat()));
    let headers = answer.headers_mut();
    protect(headers);
    let later = match rand::random_range(1..=3_u8) {
        1 => "1",
        2 => "2",
        _ => "3",
    };
    for (name, value) in [
        (header::CONTENT_TYPE, "application/problem+json"),
        (HeaderName::from_static("error-code"), Problem::Busy.code()),
        (header::RETRY_AFTER, later),
        (header::CACHE_CONTROL, "private, no-cache"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    tell(&id, "-", 503, started, "-");
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    request.into_response(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refusal_is_the_problem_that_everybody_else_is_told() {
        let (before, after) = &*WORDS;
        let told: serde_json::Value = serde_json::from_str(&[before, "r-1", after].concat()).unwrap_or_default();
        assert_eq!(told, ApiError::busy().body("r-1"));
    }
    #[test]
    fn as_many_as_fit_are_let_in_and_who_is_answered_makes_room() {
        let admission = Admission::default();
        let mut places: Vec<Place> = (0..MOST + 10).filter_map(|_| admission.enter()).collect();
        assert_eq!(places.len(), MOST);
        places.pop();
        assert!(admission.enter().is_some() && admission.enter().is_some(), "what was given back is free, and a refusal takes nothing");
    }
}
