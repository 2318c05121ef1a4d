//! How the story is told: what was sent and answered, as an example.

use crate::support::*;
use actix_web::http::Method;
use serde_json::{Map, Value, json};

/// The story as it is told: what was sent and answered, by operation.
pub struct Telling<'w> {
    pub w: &'w World,
    pub told: Map<String, Value>,
}

impl<'w> Telling<'w> {
    pub fn of(w: &'w World) -> Self {
        Self { w, told: Map::new() }
    }
    pub async fn get(&mut self, path: &str, by: &Someone) -> Reply {
        self.tell(Method::GET, path, Some(&by.token), None).await
    }
    pub async fn post(&mut self, path: &str, by: &Someone, body: Value) -> Reply {
        self.tell(Method::POST, path, Some(&by.token), Some(body)).await
    }
    /// A POST that has no body: the path says it all.
    pub async fn act(&mut self, path: &str, by: &Someone) -> Reply {
        self.tell(Method::POST, path, Some(&by.token), None).await
    }
    pub async fn patch(&mut self, path: &str, by: &Someone, body: Value) -> Reply {
        self.tell(Method::PATCH, path, Some(&by.token), Some(body)).await
    }
    /// One operation: the path's template filled in, a body if there is one, If-Match `*` wherever it is asked for.
    pub async fn tell(&mut self, method: Method, path: &str, credential: Option<&str>, body: Option<Value>) -> Reply {
        let (_, operation) = operation(&method, path).unwrap_or_else(|| panic!("{method} {path} is no operation"));
        let mut asking = self.w.ask(method.clone(), path);
        if let Some(credential) = credential {
            asking = asking.bearer(credential);
        }
        if operation["parameters"].as_array().into_iter().flatten().any(|p| p["name"] == "If-Match" && p["required"] == true) {
            asking = asking.if_match("*");
        }
        if let Some(body) = body.clone() {
            asking = asking.json(body);
        }
        let reply = asking.send().await;
        assert!(reply.status < 300, "{method} {path}: {}", reply.text);
        self.note(&method, path, body, &reply);
        reply
    }
    /// The first time that an operation was asked for is its example.
    pub fn note(&mut self, method: &Method, path: &str, body: Option<Value>, reply: &Reply) {
        let (template, operation) = operation(method, path).unwrap_or_else(|| panic!("{method} {path} is no operation"));
        let bare = path.split('?').next().unwrap_or_default();
        let filled: Map<String, Value> = template
            .split('/')
            .zip(bare.split('/'))
            .filter(|(t, _)| t.starts_with('{') && t.ends_with('}') && *t != "{token}") // the secrets of calendars and files are not shown
            .map(|(t, s)| (t.trim_matches(['{', '}']).to_owned(), json!(s)))
            .collect();
        let mut example = json!({"status": reply.status});
        if !filled.is_empty() {
            example["path"] = Value::Object(filled);
        }
        if let Some(body) = body {
            example["request"] = body;
        }
        match &reply.body {
            Value::Null => {}
            Value::String(text) if text.starts_with("BEGIN:VCALENDAR") => example["response"] = json!(text),
            Value::String(text) if reply.headers["content-type"].starts_with("text/csv") => example["response"] = json!(text),
            Value::String(text) if text.starts_with("<!DOCTYPE") => example["response"] = json!(head_of(text)),
            // of a stream, the first event
            Value::String(text) => example["response"] = json!(first_event(text)),
            body => {
                let mut body = body.clone();
                shorten(&mut body);
                example["response"] = body;
            }
        }
        let id = operation["operationId"].as_str().unwrap().to_owned();
        self.told.entry(id).or_insert(example);
    }
}

/// A page as far as its title.
fn head_of(page: &str) -> String {
    page.split_once("<style>").map_or(page, |(head, _)| head).to_owned()
}

/// The first event of a stream, with a place that is the same in every run.
fn first_event(text: &str) -> String {
    let event = text.split("\n\n").find(|part| part.contains("data:")).unwrap_or_else(|| panic!("no event in {text}"));
    let id = event.lines().find_map(|line| line.strip_prefix("id: ")).unwrap_or_default();
    format!("{}\n\n", event.replace(id, PLACE))
}
const PLACE: &str = "bG9nLjQyLjAwMTEyMjMzNDQ1NQ";

/// Long lists are cut, and secrets and signatures, which differ in every run, are named instead of shown.
fn shorten(body: &mut Value) {
    match body {
        Value::Array(items) => items.iter_mut().for_each(shorten),
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                // a list goes on like its first entries; whatever else there is several of is told whole
                if let ("items" | "rows" | "results" | "keys", Value::Array(items)) = (name.as_str(), &mut *value) {
                    items.truncate(2);
                }
                match (name.as_str(), &value) {
                    ("access_token", Value::String(_)) => *value = json!("eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSIsImtpZCI6Ii4uLiJ9..."),
                    ("refresh_token", Value::String(_)) => *value = json!("trellis_refresh_..."),
                    ("key", Value::String(text)) if text.starts_with("trellis_key_") => *value = json!("trellis_key_..."),
                    ("url", Value::String(text)) if text.contains("/v1/calendar/trellis_calendar_") => {
                        *value = json!("https://trellis.example/v1/calendar/trellis_calendar_....ics")
                    }
                    ("url", Value::String(text)) if text.contains("/v1/evidence-files/") => *value = json!("https://trellis.example/v1/evidence-files/..."),
                    ("content_hash", Value::String(_)) => *value = json!("…"),
                    ("x", Value::String(_)) => *value = json!("..."),
                    ("cursor" | "next_cursor", Value::String(_)) => *value = json!(PLACE),
                    _ => shorten(value),
                }
            }
        }
        _ => {}
    }
}
