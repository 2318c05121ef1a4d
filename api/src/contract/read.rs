//! The document as far as the server needs it. What it may never need is not read: a schema is a piece of the text until somebody asks for it.

use actix_web::http::Method;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A schema that nobody has read yet.
pub(super) type Unread = &'static RawValue;

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(super) struct Document {
    pub paths: BTreeMap<String, Address>,
    pub components: Components,
}
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(super) struct Components {
    pub schemas: BTreeMap<String, Unread>,
}
/// The operations of an address.
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(super) struct Address {
    get: Option<Described>,
    post: Option<Described>,
    patch: Option<Described>,
    delete: Option<Described>,
}
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Described {
    pub operation_id: &'static str,
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    #[serde(default)]
    security: Vec<BTreeMap<String, Vec<&'static str>>>,
    request_body: Option<Sent>,
    responses: Answers,
}
#[derive(Deserialize)]
pub(super) struct Parameter {
    pub name: Option<&'static str>,
    #[serde(rename = "in")]
    pub place: Option<&'static str>,
    #[serde(default)]
    pub required: bool,
    pub schema: Option<Unread>,
}
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Answers {
    #[serde(rename = "200")]
    good: Option<Sent>,
}
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Sent {
    #[serde(default)]
    content: Media,
}
#[derive(Deserialize, Default)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Media {
    #[serde(rename = "application/json")]
    json: Option<Shaped>,
}
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Shaped {
    schema: Option<Unread>,
}

impl Address {
    pub fn into_operations(self) -> impl Iterator<Item = (Method, Described)> {
        let Self { get, post, patch, delete } = self;
        [(Method::GET, get), (Method::POST, post), (Method::PATCH, patch), (Method::DELETE, delete)]
            .into_iter()
            .filter_map(|(method, operation)| Some((method, operation?)))
    }
}

impl Described {
    /// The permission that it asks for, as its word; empty if it asks for none.
    pub fn permission(&self) -> &'static str {
        let bearer = self.security.first().and_then(|way| way.get("bearer"));
        bearer.and_then(|words| words.first()).copied().unwrap_or_default()
    }
    pub fn body(&self) -> Option<Unread> {
        self.request_body.as_ref()?.content.json.as_ref()?.schema
    }
    pub fn answer(&self) -> Option<Unread> {
        self.responses.good.as_ref()?.content.json.as_ref()?.schema
    }
}
