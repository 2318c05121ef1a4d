//! `expand`: what the people and organisations are called whom an answer names, in the answer itself. One hop and one statement for each kind,
//! whatever the page; names, and nothing else of them.

use crate::{
    app::Shared,
    contract::{Operation, references},
    error::ApiError,
    openapi::{reached, reference},
    permitted::also,
    wire::{Word, word},
};
use actix_web::{
    Error, HttpRequest,
    body::{BoxBody, MessageBody, to_bytes},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode, header},
    middleware::Next,
    web,
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use trellis_domain::{
    id::{OrganisationId, PersonId},
    text::Wire,
};
use trellis_persistence::{organisation::NameOrganisations, person::NamePeople};
use utoipa::ToSchema;

/// A person whom the answer names.
#[derive(Serialize, ToSchema)]
pub struct PersonName {
    /// Their id, as the answer has it.
    id: word::PersonId,
    /// What they are called: the name that they like to be called, or the given name, and the family name.
    name: String,
}
/// An organisation that the answer names.
#[derive(Serialize, ToSchema)]
pub struct OrganisationName {
    /// Its id, as the answer has it.
    id: word::OrganisationId,
    /// What it is called.
    name: String,
}
/// What was asked for with `expand`: each only once, however often the answer names them.
#[derive(Serialize, ToSchema)]
pub struct Expanded {
    /// The people whom the answer names. Who was erased is not among them: nobody knows what they were called. Empty, if people were not asked for.
    people: Vec<PersonName>,
    /// The organisations that the answer names. Empty, if organisations were not asked for.
    organisations: Vec<OrganisationName>,
}

/// The parameter, and the member of the answer.
const EXPAND: &str = "expand";
const EXPANDED: &str = "expanded";
/// What can be expanded, and the schemas in which an answer names them.
const KINDS: [(&str, &[&str]); 2] = [("people", &["PersonId", "Actor"]), ("organisations", &["OrganisationId"])];
/// A person's or an organisation's own record says what it is called; a log is followed by programs; the rest is nobody's in particular.
const NOT_OFFERED: [&str; 4] = ["/v1/people", "/v1/people/{id}", "/v1/changes", "/v1/demo"];

/// Offers `expand` on every read whose answer names people or organisations.
pub fn offer(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object().cloned() else { return };
    let mut with = BTreeSet::new();
    for (_, item) in document["paths"].as_object_mut().into_iter().flatten().filter(|(path, _)| !NOT_OFFERED.contains(&path.as_str())) {
        let Some(operation) = item.get_mut("get").filter(|operation| operation.pointer("/security/0/bearer").is_some()) else { continue };
        let Some(schema) = operation.pointer("/responses/200/content/application~1json/schema").cloned() else { continue };
        let named = reached(vec![&schema], &schemas);
        let kinds: Vec<&str> = KINDS.iter().filter(|(_, by)| by.iter().any(|schema| named.contains(*schema))).map(|(kind, _)| *kind).collect();
        let mut own = Vec::new();
        references(&schema, &mut own);
        let (false, [answer]) = (kinds.is_empty(), own.as_slice()) else { continue };
        with.insert(answer.clone());
        let one = format!("({})", kinds.join("|"));
        let parameter = json!({
            "name": EXPAND, "in": "query", "required": false,
            "description": format!("Puts names beside the answer, in `expanded`: of the {} whose ids its fields name (in a history: who did it). More than one are separated by a comma. Names are no part of the record: they change without its ETag.", kinds.join(" and the ")),
            "schema": {"type": "string", "maxLength": 40, "pattern": format!("^{one}(,{one})*$"), "example": kinds.join(",")},
        });
        match operation["parameters"].as_array_mut() {
            Some(parameters) => parameters.push(parameter),
            None => operation["parameters"] = json!([parameter]),
        }
    }
    for answer in with {
        let Some(schema) = document["components"]["schemas"].get_mut(&answer) else { continue };
        let expanded = json!({"$ref": reference("Expanded"), "description": "Only if `expand` was sent: what the people and organisations are called whom the answer names."});
        let part = match schema.get("allOf").is_some() {
            true => schema["allOf"].as_array_mut().into_iter().flatten().find(|part| part.get("properties").is_some()),
            false => Some(schema),
        };
        if let Some(part) = part {
            part["properties"][EXPANDED] = expanded;
        }
    }
}

/// Whom and what an answer names.
#[derive(Default)]
struct Named {
    people: BTreeSet<PersonId>,
    organisations: BTreeSet<OrganisationId>,
}
impl Named {
    /// Goes through a value by its schema: what is an id of a person there is one.
    fn collect(&mut self, value: &Value, schema: &Value, schemas: &Map<String, Value>) {
        if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix(&reference("")).map(str::to_owned)) {
            match (name.as_str(), value) {
                ("PersonId", Value::String(id)) => self.people.extend(PersonId::parse(id).ok()),
                ("OrganisationId", Value::String(id)) => self.organisations.extend(OrganisationId::parse(id).ok()),
                ("Actor", actor) if actor["type"] == "person" => self.people.extend(actor["id"].as_str().and_then(|id| PersonId::parse(id).ok())),
                _ => {
                    if let Some(schema) = schemas.get(&name) {
                        self.collect(value, schema, schemas);
                    }
                }
            }
        }
        for branches in ["allOf", "oneOf", "anyOf"] {
            schema[branches].as_array().into_iter().flatten().for_each(|branch| self.collect(value, branch, schemas));
        }
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.collect(item, &schema["items"], schemas)),
            Value::Object(members) => {
                for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
                    members.get(name).into_iter().for_each(|value| self.collect(value, schema, schemas));
                }
            }
            _ => {}
        }
    }
}

/// What the caller asks to be expanded. That it may be asked for has been judged with the other parameters.
fn asked(request: &HttpRequest) -> Option<String> {
    let sent = web::Query::<Vec<(String, String)>>::from_query(request.query_string()).ok()?;
    sent.into_inner().into_iter().find(|(name, _)| name == EXPAND).map(|(_, kinds)| kinds)
}

/// After every request: puts the names beside a good answer, if they were asked for.
///
/// # Errors
/// What the caller lacks to be told a name.
pub async fn around(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let answer = next.call(request).await?.map_into_boxed_body();
    let json = answer.headers().get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok()).is_some_and(|media| media.starts_with("application/json"));
    let (Some(kinds), StatusCode::OK, true) = (asked(answer.request()), answer.status(), json) else { return Ok(answer) };
    let Some(shared) = answer.request().app_data::<web::Data<Shared>>().cloned() else { return Ok(answer) };
    let pattern = answer.request().match_pattern().unwrap_or_default();
    let schema = shared
        .contract
        .operation(&Method::GET, &pattern)
        .filter(|_| matches!(*answer.request().method(), Method::GET | Method::HEAD))
        .and_then(Operation::answer);
    let Some((schema, schemas)) = schema.and_then(|schema| Some((schema, schema.pointer("/components/schemas")?.as_object()?))) else { return Ok(answer) };
    let (request, response) = answer.into_parts();
    let (response, body) = response.into_parts();
    let read = to_bytes(body).await.ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let Some(mut value) = read else { return Ok(ServiceResponse::from_err(ApiError::internal(&"an answer that is no JSON cannot be expanded"), request)) };
    let mut named = Named::default();
    named.collect(&value, schema, schemas);
    match expanded(&request, &kinds, named).await {
        Ok(expanded) => {
            value[EXPANDED] = json!(expanded);
            Ok(ServiceResponse::new(request, response.set_body(BoxBody::new(value.to_string()))))
        }
        Err(refused) => Ok(ServiceResponse::from_err(refused, request)),
    }
}

async fn expanded(request: &HttpRequest, kinds: &str, named: Named) -> Result<Expanded, ApiError> {
    let wanted = |kind: &str| kinds.split(',').any(|asked| asked == kind);
    let mut out = Expanded { people: Vec::new(), organisations: Vec::new() };
    if wanted("people") {
        let names = also(request, NamePeople { ids: named.people.into_iter().collect() }).await?;
        out.people = names.into_iter().map(|(id, name)| PersonName { id: Word(id), name }).collect();
    }
    if wanted("organisations") {
        let names = also(request, NameOrganisations { ids: named.organisations.into_iter().collect() }).await?;
        out.organisations = names.into_iter().map(|(id, name)| OrganisationName { id: Word(id), name }).collect();
    }
    Ok(out)
}
