//! Every request and answer is held against the contract, and the codes that were met are noted.

use super::*;

/// Codes that the suite met are noted in files, for `reached.rs`, which runs after the suite.
pub(super) fn reached(reply: &Reply) {
    if reply.status >= 300
        && let Some(code) = reply.body["code"].as_str()
    {
        note(code);
    }
    for fault in reply.body["errors"].as_array().into_iter().flatten() {
        if let Some(code) = fault["code"].as_str() {
            note(code);
        }
    }
}
pub fn note(code: &str) {
    static NOTED: OnceLock<Mutex<HashSet<String>>> = OnceLock::new();
    if !NOTED.get_or_init(Mutex::default).lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(code.to_owned()) {
        return;
    }
    let folder = scratch().join("reached");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(code), b"").unwrap();
}

pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(trellis_api::openapi::document)
}

/// An operation of the contract: its method, its path, and what is said of it.
pub type Described = (Method, &'static str, &'static Value);

fn operations() -> impl Iterator<Item = Described> {
    let paths = document()["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, item)| item.as_object().unwrap().iter().map(move |(method, o)| (method, path, o)));
    all.map(|(method, path, o)| (method.to_uppercase().parse().unwrap(), path.as_str(), o))
}

/// The operation with this id.
pub fn of_contract(operation: &str) -> Described {
    static BY_ID: OnceLock<HashMap<&str, Described>> = OnceLock::new();
    let known = BY_ID.get_or_init(|| operations().map(|o| (o.2["operationId"].as_str().unwrap(), o)).collect());
    known.get(operation).unwrap_or_else(|| panic!("{operation} is not in the contract")).clone()
}

/// The operation of the contract that an address belongs to, with its template.
pub fn operation(method: &Method, path: &str) -> Option<(&'static str, &'static Value)> {
    type Template = (Vec<&'static str>, &'static str, &'static Value);
    // by how many words they have; those with fewer names first
    static BY_LENGTH: OnceLock<HashMap<(Method, usize), Vec<Template>>> = OnceLock::new();
    let known = BY_LENGTH.get_or_init(|| {
        let mut known: HashMap<_, Vec<Template>> = HashMap::new();
        for (method, template, operation) in operations() {
            let words: Vec<_> = template.split('/').collect();
            known.entry((method, words.len())).or_default().push((words, template, operation));
        }
        known.values_mut().for_each(|all| all.sort_by_key(|(_, template, _)| template.matches('{').count()));
        known
    });
    let words: Vec<&str> = path.split('?').next().unwrap_or_default().split('/').collect();
    let fits = |template: &[&str]| template.iter().zip(&words).all(|(ours, theirs)| ours == theirs || ours.starts_with('{'));
    let (_, template, operation) = known.get(&(method.clone(), words.len()))?.iter().find(|(template, _, _)| fits(template))?;
    Some((template, operation))
}

fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => document().pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{reference} resolves to nothing")),
        None => value,
    }
}

/// A validator of a schema of the contract; made once for each.
pub fn validator(schema: &Value) -> Arc<Validator> {
    static MADE: OnceLock<Mutex<HashMap<String, Arc<Validator>>>> = OnceLock::new();
    let key = schema.to_string();
    let mut made = MADE.get_or_init(Mutex::default).lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    made.entry(key)
        .or_insert_with(|| {
            let whole = json!({"allOf": [schema], "components": document()["components"]});
            Arc::new(jsonschema::draft202012::options().should_validate_formats(true).build(&whole).unwrap())
        })
        .clone()
}

/// Every answer of the suite: its status is documented, its media type and body are as promised, and so was what was sent, if it was taken.
pub(super) fn hold_against_contract(method: &Method, path: &str, asked: &[(String, String)], sent: Option<&Value>, reply: &Reply) {
    assert!(reply.headers.contains_key("request-id"), "no Request-Id: {method} {path}");
    if method == Method::HEAD {
        return assert!(reply.text.is_empty(), "HEAD {path} has a body: {}", reply.text); // that the rest is GET's is a test of its own
    }
    // a client that asks for a token is refused in the words of RFC 6749, and as the contract says
    let oauth = path.starts_with("/oauth/token") && !reply.headers.contains_key("error-code");
    if reply.status >= 400 && oauth {
        assert!(matches!(reply.status, 400 | 401) && reply.body["error"].is_string(), "{}", reply.text);
    } else if reply.status >= 305 {
        assert_eq!(reply.headers.get("content-type").map(String::as_str), Some("application/problem+json"), "{method} {path}: {}", reply.text);
        assert_eq!(reply.headers.get("error-code").map(String::as_str), reply.body["code"].as_str());
        assert_eq!(reply.body["status"].as_u64(), Some(reply.status.into()));
        assert_eq!(reply.body["request_id"].as_str(), reply.headers.get("request-id").map(String::as_str));
        assert_ne!(reply.status, 500, "{method} {path}: {}", reply.text);
    }
    let Some((template, operation)) = operation(method, path) else {
        assert!(
            matches!(reply.status, 404 | 405) || method == Method::OPTIONS || !path.starts_with("/v1/"),
            "{method} {path} is in no contract and answered {}",
            reply.status
        );
        return;
    };
    let name = format!("{method} {template} -> {}", reply.status);
    let response = operation["responses"].get(reply.status.to_string()).unwrap_or_else(|| panic!("{name} is not documented: {}", reply.text));
    let response = resolve(response);
    for (header, spec) in response["headers"].as_object().into_iter().flatten() {
        if resolve(spec)["required"] == true {
            assert!(reply.headers.contains_key(&header.to_lowercase()), "{name} lacks {header}");
        }
    }
    match response["content"].as_object() {
        None => assert!(reply.text.is_empty(), "{name} has a body that is not documented: {}", reply.text),
        Some(content) => {
            let media = reply.headers.get("content-type").map_or("", |m| m.split(';').next().unwrap_or_default());
            let schema = &content.get(media).unwrap_or_else(|| panic!("{name} answered {media}"))["schema"];
            let check = validator(schema);
            let faults: Vec<String> = check.iter_errors(&reply.body).map(|e| format!("{} {e}", e.instance_path())).collect();
            assert!(faults.is_empty(), "{name} breaks the contract: {faults:?}\n{}", reply.text);
        }
    }
    if reply.status < 400 {
        hold_parameters(&name, operation, parameters(template, path, asked));
    }
    if let (Some(sent), Some(schema), 200..=299) = (sent, operation.pointer("/requestBody/content/application~1json/schema"), reply.status) {
        let check = validator(schema);
        let faults: Vec<String> = check.iter_errors(sent).map(|e| e.to_string()).collect();
        assert!(faults.is_empty(), "{name} took what the contract does not describe: {faults:?}");
    }
}

/// Everything that was sent but the body: where, under which name, and what.
fn parameters(template: &str, path: &str, asked: &[(String, String)]) -> Vec<(&'static str, String, String)> {
    let (address, query) = path.split_once('?').unwrap_or((path, ""));
    let in_the_path = template.split('/').zip(address.split('/')).filter_map(|(pattern, part)| {
        let (name, rest) = pattern.strip_prefix('{')?.split_once('}')?;
        Some(("path", name.to_owned(), part.strip_suffix(rest)?.to_owned()))
    });
    let in_the_query = actix_web::web::Query::<Vec<(String, String)>>::from_query(query).unwrap().into_inner();
    let headers = asked.iter().filter(|(name, _)| header_parameters().contains(name));
    in_the_path
        .chain(in_the_query.into_iter().map(|(name, value)| ("query", name, value)))
        .chain(headers.map(|(name, value)| ("header", name.clone(), value.clone())))
        .collect()
}
/// Does the operation of this address take this header?
pub fn takes(method: &Method, path: &str, header: &str) -> bool {
    let parameters = operation(method, path).and_then(|(_, operation)| operation["parameters"].as_array());
    parameters.into_iter().flatten().map(resolve).any(|p| p["in"] == "header" && p["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(header)))
}
/// The headers that some operation takes as a parameter.
fn header_parameters() -> &'static HashSet<String> {
    static NAMES: OnceLock<HashSet<String>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let operations = document()["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
        let all = operations.flat_map(|o| o["parameters"].as_array().into_iter().flatten());
        all.map(resolve).filter(|p| p["in"] == "header").map(|p| p["name"].as_str().unwrap().to_lowercase()).collect()
    })
}
/// Whatever was sent besides a body, and taken, is declared and has the form that is promised; and nothing that is required was left out.
fn hold_parameters(name: &str, operation: &'static Value, sent: Vec<(&str, String, String)>) {
    let mut declared: Vec<&'static Value> = operation["parameters"].as_array().into_iter().flatten().map(resolve).collect();
    for (place, parameter, value) in sent {
        let known = declared.iter().position(|p| p["in"] == place && p["name"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(&parameter)));
        let known =
            declared.swap_remove(known.unwrap_or_else(|| panic!("{name} took {parameter} in the {place}, which it does not declare, or took it twice")));
        let schema = &known["schema"];
        let value = match resolve(schema)["type"].as_str() {
            Some("integer" | "number" | "boolean") => serde_json::from_str(&value).unwrap_or(Value::String(value)),
            _ => Value::String(value),
        };
        let check = validator(schema);
        let faults: Vec<String> = check.iter_errors(&value).map(|e| e.to_string()).collect();
        assert!(faults.is_empty(), "{name} took {parameter} = {value}, which the contract does not describe: {faults:?}");
    }
    let missing: Vec<&Value> = declared.into_iter().filter(|p| p["required"] == true).map(|p| &p["name"]).collect();
    assert!(missing.is_empty(), "{name} was taken without {missing:?}, which the contract requires");
}

/// Two answers that must not be told apart, but for the request's id.
#[track_caller]
pub fn alike(a: &Reply, b: &Reply) {
    let bare = |r: &Reply| {
        let mut body = r.body.clone();
        body["request_id"] = Value::Null;
        // a job has an id of its own, and its results say by which key each row was sent
        if body.get("job_id").is_some() {
            body["job_id"] = Value::Null;
            body["results"].as_array_mut().into_iter().flatten().for_each(|row| row["external_ref"] = Value::Null);
        }
        let mut headers = r.headers.clone();
        for own in ["request-id", "date", "content-length"] {
            headers.remove(own);
        }
        (r.status, body, headers)
    };
    assert_eq!(bare(a), bare(b));
}
