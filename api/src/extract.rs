//! What a handler receives of a request: bodies and parameters that have the contract's form already, ids, and preconditions.

use crate::{app::Shared, error::ApiError, permitted::admitted, problem::Problem, request::Context};
use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::{Method, header},
    web::{self, Bytes, BytesMut},
};
use futures_util::{StreamExt, future::LocalBoxFuture};
use serde::{
    Deserialize,
    de::{DeserializeOwned, DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::{
    future::{Ready, ready},
    time::Duration,
};
use trellis_domain::{
    forbidden,
    nearest::nearest,
    rule::{Code, Fault},
    text::Wire,
};

/// Most bytes of a JSON body.
pub const BODY_LIMIT: usize = 1 << 20;
/// Bytes of a body that anybody may send: of more, it is first judged who sends it.
pub const UNJUDGED: usize = 64 << 10;
/// Most bytes of a file that is imported.
pub const FILE_LIMIT: usize = 16 << 20;

/// Digest of the body, for the idempotency key.
pub struct BodyDigest(pub Vec<u8>);

fn shared(request: &HttpRequest) -> Result<web::Data<Shared>, ApiError> {
    request.app_data::<web::Data<Shared>>().cloned().ok_or_else(|| ApiError::internal(&"the server was put together without its state"))
}

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// The whole body, within half a minute.
///
/// # Errors
/// `body_too_large`, or `malformed_body` when it breaks off or is late.
pub async fn read(request: &HttpRequest, payload: Payload, limit: usize) -> Result<Bytes, ApiError> {
    read_within(request, payload, limit, PATIENCE).await
}

/// The whole body, within this time.
///
/// # Errors
/// As [`read`].
pub(crate) async fn read_within(request: &HttpRequest, payload: Payload, limit: usize, patience: Duration) -> Result<Bytes, ApiError> {
    let late = |_| ApiError::new(Problem::MalformedBody, format!("the body did not arrive within {} seconds", patience.as_secs()));
    actix_web::rt::time::timeout(patience, read_all(request, payload, limit)).await.map_err(late)?
}

/// How much of a body is taken at all. Who does not say who they are has little to say.
pub(crate) fn limited(request: &HttpRequest, limit: usize) -> usize {
    if request.headers().contains_key(header::AUTHORIZATION) { limit } else { limit.min(UNJUDGED) }
}

/// The whole body, up to a limit; more is refused as early as it is known.
async fn read_all(request: &HttpRequest, mut payload: Payload, limit: usize) -> Result<Bytes, ApiError> {
    let limit = limited(request, limit);
    let too_large = || ApiError::new(Problem::BodyTooLarge, format!("at most {limit} bytes are taken here"));
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<usize>().ok());
    if length.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let (mut body, mut judged) = (BytesMut::new(), false);
    while let Some(part) = payload.next().await {
        let part = part.map_err(|_| ApiError::new(Problem::MalformedBody, "the body broke off"))?;
        if body.len() + part.len() > limit {
            return Err(too_large());
        }
        if !judged && body.len() + part.len() > UNJUDGED {
            admitted(request).await?;
            judged = true;
        }
        body.extend_from_slice(&part);
    }
    request.extensions_mut().insert(BodyDigest(Sha256::digest(&body).to_vec()));
    Ok(body.freeze())
}

/// The body's media type, without its parameters.
pub(crate) fn media_type(request: &HttpRequest) -> String {
    let header = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A JSON value in which no name stands twice: which of two would count is nobody's guess.
pub(crate) struct Strict;
impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(Strict)
    }
}
impl<'de> Visitor<'de> for Strict {
    type Value = Value;
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    /// 30.0 is an integer, by JSON Schema's word.
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        #[allow(clippy::cast_possible_truncation)] // whole, and within what a double holds exactly
        Ok(if value.fract() == 0.0 && value.abs() < EXACT { (value as i64).into() } else { value.into() })
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut out = Vec::new();
        while let Some(item) = seq.next_element_seed(Strict)? {
            out.push(item);
        }
        Ok(Value::Array(out))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut out = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(Strict)?;
            if out.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice in one object"));
            }
        }
        Ok(Value::Object(out))
    }
}

fn parse(body: &[u8]) -> Result<Value, ApiError> {
    let mut from = serde_json::Deserializer::from_slice(body);
    let value = Strict.deserialize(&mut from).and_then(|value| from.end().map(|()| value));
    value.map_err(|e| {
        // serde's words may repeat what was sent; line and column never do
        let twice = e.to_string().contains("stands twice");
        let what = if twice { "a name stands twice in one object" } else { "this is not JSON" };
        ApiError::new(Problem::MalformedBody, format!("{what}: line {}, column {}", e.line(), e.column()))
    })
}

/// A JSON body that has the contract's form.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let media = media_type(&request);
            let merge_patch = request.method() == Method::PATCH && media == "application/merge-patch+json";
            if media != "application/json" && !merge_patch {
                return Err(ApiError::new(Problem::UnsupportedMediaType, "this operation takes application/json"));
            }
            let body = read(&request, payload, BODY_LIMIT).await?;
            let value = parse(&body)?;
            let shared = shared(&request)?;
            let pattern = request.match_pattern().unwrap_or_default();
            let Some(operation) = shared.contract.operation(request.method(), &pattern) else { return Err(ApiError::internal(&"a route without a contract")) };
            let forbidden = forbidden::faults(&value);
            if !forbidden.is_empty() {
                let detail = "the body asks for what is never held, or carries it; nothing of it was kept";
                return Err(ApiError::new(Problem::Rule(Code::ForbiddenData), detail).faults(forbidden));
            }
            let faults = operation.body_faults(&value);
            if !faults.is_empty() {
                return Err(ApiError::new(Problem::ValidationFailed, format!("{} faults; `errors` names each", faults.len())).faults(faults));
            }
            serde_json::from_value(value).map(Body).map_err(|e| {
                let fault = Fault { pointer: String::new(), code: Code::InvalidValue.as_str().into(), message: e.to_string() };
                ApiError::new(Problem::ValidationFailed, "a value is not accepted").faults(vec![fault])
            })
        })
    }
}

/// No body: what is sent with it is refused rather than ignored.
pub struct NoBody;

impl FromRequest for NoBody {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let body = read(&request, payload, BODY_LIMIT).await?;
            if body.is_empty() {
                return Ok(NoBody);
            }
            let names = match parse(&body)? {
                Value::Object(members) => members.into_iter().map(|(name, _)| name).collect(),
                _ => vec![String::new()],
            };
            if names.is_empty() {
                return Ok(NoBody);
            }
            let faults = names.iter().map(|name| Fault {
                pointer: forbidden::pointer("", name),
                code: Code::InvalidValue.as_str().into(),
                message: "this operation takes no body".into(),
            });
            Err(ApiError::new(Problem::ValidationFailed, "this operation takes no body").faults(faults.collect()))
        })
    }
}

/// Query parameters that have the contract's form.
pub struct Params<T>(pub T);

/// What somebody who writes a name that is not known may have meant.
fn meant<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match (nearest(name, known.clone()), known.clone().next()) {
        (Some(nearest), _) => format!("did you mean {nearest}?"),
        (None, Some(_)) => format!("it has {}", known.collect::<Vec<_>>().join(", ")),
        (None, None) => "it has none".into(),
    }
}

/// The query as JSON, by the types that the contract gives its parameters; every name is one of the operation's.
fn query(request: &HttpRequest) -> Result<Value, ApiError> {
    let shared = shared(request)?;
    let pattern = request.match_pattern().unwrap_or_default();
    let Some(operation) = shared.contract.operation(request.method(), &pattern) else { return Err(ApiError::internal(&"a route without a contract")) };
    let pairs: Vec<(String, String)> = web::Query::from_query(request.query_string())
        .map(web::Query::into_inner)
        .map_err(|_| ApiError::new(Problem::InvalidParameter, "the query string cannot be read"))?;
    let (mut out, mut unknown, mut faults) = (Map::new(), Vec::new(), Vec::new());
    let fault = |pointer: &str, code: &str, message: String| Fault { pointer: pointer.chars().take(64).collect(), code: code.into(), message };
    for (name, text) in pairs {
        let Some((_, schema)) = operation.query().iter().find(|(known, _)| *known == name) else {
            let message = format!("is no parameter of this operation; {}", meant(&name, operation.query().iter().map(|(known, _)| *known)));
            unknown.push(fault(if forbidden::is_a_name(&name) { name.as_str() } else { "" }, Problem::UnknownParameter.code(), message));
            continue;
        };
        let value = match type_of(schema) {
            "integer" => text.parse::<i64>().map(|n| json!(n)).unwrap_or_else(|_| json!(text)),
            "boolean" => text.parse::<bool>().map(|b| json!(b)).unwrap_or_else(|_| json!(text)),
            _ => json!(text),
        };
        if out.insert(name.clone(), value).is_some() {
            faults.push(fault(&name, Code::InvalidValue.as_str(), "is given twice".into()));
        }
    }
    if !unknown.is_empty() {
        return Err(ApiError::new(Problem::UnknownParameter, "a query parameter is not known; `errors` names it").faults(unknown));
    }
    let value = Value::Object(out);
    faults.extend(operation.query_faults(&value).into_iter().map(|f| Fault { pointer: f.pointer.trim_start_matches('/').into(), ..f }));
    if !faults.is_empty() {
        return Err(ApiError::new(Problem::InvalidParameter, "`errors` names each parameter and what it accepts").faults(faults));
    }
    Ok(value)
}

fn type_of(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(name) => name,
        Value::Array(names) => names.iter().filter_map(Value::as_str).find(|name| *name != "null").unwrap_or_default(),
        _ => "string",
    }
}

impl<T: DeserializeOwned> FromRequest for Params<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let params = query(request).and_then(|value| {
            serde_json::from_value(value).map(Params).map_err(|e| {
                let fault = Fault { pointer: String::new(), code: Code::InvalidValue.as_str().into(), message: e.to_string() };
                ApiError::new(Problem::InvalidParameter, "a parameter is not accepted").faults(vec![fault])
            })
        });
        ready(params)
    }
}

/// No query parameters: one that is sent is refused by name.
#[derive(Deserialize)]
pub struct NoParams {}

/// An id of the path. What is no id names nothing.
pub struct Id<T>(pub T);

impl<T: Wire> FromRequest for Id<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(segment(request, "id").map(Id))
    }
}

/// A segment of the path by its name.
///
/// # Errors
/// `not_found`, if it is not of the form that such an id has.
pub fn segment<T: Wire>(request: &HttpRequest, name: &str) -> Result<T, ApiError> {
    request.match_info().get(name).and_then(|text| T::parse(text).ok()).ok_or_else(ApiError::not_found)
}

/// `If-Match`, if it was sent: the version that the caller saw.
pub struct IfMatch(pub Option<i64>);
/// `If-Match` on a document that two people write.
pub struct MustMatch(pub Option<i64>);
/// `If-None-Match`: the version that the caller has.
pub struct IfNoneMatch(pub Option<i64>);

/// The form of `If-Match`: `*`, or one entity tag (RFC 9110, 8.8.3) whose quotation marks a script may leave out.
pub const IF_MATCH: &str = r#"^(\*|(W/)?"[!#-~]*"|[0-9]{1,18})$"#;

/// The version that an entity tag names. A weak one never matches strongly, and one that is not ours matches no version. 0 is that of a draft before its first word.
fn entity_tag(tag: &str) -> i64 {
    tag.trim_matches('"').parse().ok().filter(|version| *version >= 0 && !tag.starts_with("W/")).unwrap_or(-1)
}

/// What `If-Match` says, if it is there: any version, or this one.
fn if_match(request: &HttpRequest) -> Result<Option<Option<i64>>, ApiError> {
    let Some(value) = request.headers().get(header::IF_MATCH) else { return Ok(None) };
    let malformed = || ApiError::new(Problem::InvalidHeader, "If-Match is * or one ETag such as \"3\"");
    let tag = value.to_str().map_err(|_| malformed())?.trim();
    let bare = || (1..=18).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_digit());
    let quoted = || {
        let opaque = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"').and_then(|t| t.strip_suffix('"'));
        opaque.is_some_and(|t| t.bytes().all(|b| b.is_ascii_graphic() && b != b'"'))
    };
    match tag {
        "*" => Ok(Some(None)),
        _ if bare() || quoted() => Ok(Some(Some(entity_tag(tag)))),
        _ => Err(malformed()),
    }
}

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(if_match(request).map(|version| IfMatch(version.flatten())))
    }
}
impl FromRequest for MustMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let missing = || ApiError::new(Problem::IfMatchRequired, "two people write this document; send the ETag that you saw in If-Match");
        ready(if_match(request).and_then(|version| version.map(MustMatch).ok_or_else(missing)))
    }
}
impl FromRequest for IfNoneMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let value = request.headers().get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let version = value.split(',').map(|tag| entity_tag(tag.trim().trim_start_matches("W/"))).find(|version| *version > 0);
        ready(Ok(IfNoneMatch(version)))
    }
}

/// The time of the request.
pub struct Now(pub chrono::DateTime<chrono::Utc>);
impl FromRequest for Now {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let now = request.extensions().get::<Context>().map(|c| Now(c.now));
        ready(now.ok_or_else(|| ApiError::internal(&"a request without its context")))
    }
}
