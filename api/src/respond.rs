//! Answers: a record with its ETag, and what is kept under an idempotency key.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use serde::Serialize;
use trellis_persistence::{Fetched, idempotency::Stored};

/// The ETag of a version.
pub fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

fn body<V: Serialize>(view: &V) -> String {
    serde_json::to_string(view).unwrap_or_else(|e| {
        log::error!("a view cannot be written: {e}");
        "null".into()
    })
}

/// A record after a write.
pub fn saved<V: Serialize>(version: i64, view: &V) -> Stored {
    Stored { status: 200, headers: vec![("etag".into(), etag(version))], body: body(view) }
}
/// A record that was made, with its address.
pub fn created<V: Serialize>(version: i64, location: String, view: &V) -> Stored {
    Stored { status: 201, headers: vec![("etag".into(), etag(version)), ("location".into(), location)], body: body(view) }
}
/// An answer without a version.
pub fn plain<V: Serialize>(status: u16, view: &V) -> Stored {
    Stored { status, headers: Vec::new(), body: body(view) }
}
/// Done, and nothing to say.
pub fn nothing() -> Stored {
    Stored { status: 204, headers: Vec::new(), body: String::new() }
}

/// Deleted, after this version.
pub fn gone(version: i64) -> Stored {
    Stored { headers: vec![("etag".into(), etag(version))], ..nothing() }
}

/// What was kept, as an answer.
pub fn stored(stored: &Stored, replayed: bool) -> HttpResponse {
    let mut response = HttpResponse::build(StatusCode::from_u16(stored.status).unwrap_or(StatusCode::OK));
    for (name, value) in &stored.headers {
        response.insert_header((name.as_str(), value.as_str()));
    }
    if replayed {
        response.insert_header((crate::permitted::REPLAYED, "true"));
    }
    if stored.status == 204 {
        return response.finish();
    }
    response.content_type("application/json; charset=utf-8").body(stored.body.clone())
}

/// A record that was read, or word that it is still as the caller has it.
pub fn fetched<T, V: Serialize>(fetched: Fetched<T>, version: impl Fn(&T) -> i64, view: impl Fn(T) -> V) -> HttpResponse {
    match fetched {
        Fetched::Unchanged(version) => HttpResponse::NotModified().insert_header((header::ETAG, etag(version))).finish(),
        Fetched::Found(record) => {
            let tag = etag(version(&record));
            HttpResponse::Ok().insert_header((header::ETAG, tag)).content_type("application/json; charset=utf-8").body(body(&view(record)))
        }
    }
}
