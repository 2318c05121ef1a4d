//! Examples that really happened.

use serde_json::{Map, Value};

/// Requests and answers as they really were: the suite makes each of them again and compares.
pub(super) fn examples() -> Map<String, Value> {
    serde_json::from_str(include_str!("../../../openapi/examples.json")).unwrap_or_default()
}

/// Is it of this form: JSON, or text?
fn shown_as(media: &str, body: &Value) -> bool {
    if body.is_string() { media.starts_with("text/") } else { media.ends_with("json") }
}

pub(super) fn put_example(operation: &mut Value, example: &Value) {
    if let Some(path) = example.get("path").and_then(Value::as_object) {
        for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
            if let Some(value) = parameter["name"].as_str().and_then(|name| path.get(name)) {
                parameter["example"] = value.clone();
            }
        }
    }
    if let (Some(body), Some(content)) = (example.get("request"), operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut)) {
        content.iter_mut().filter(|(media, _)| shown_as(media, body)).for_each(|(_, media)| media["example"] = body.clone());
    }
    let status = example["status"].as_u64().unwrap_or(200).to_string();
    if let (Some(body), Some(media)) = (example.get("response"), operation.pointer_mut(&format!("/responses/{status}/content")).and_then(Value::as_object_mut))
    {
        media.iter_mut().filter(|(media, _)| shown_as(media, body)).for_each(|(_, media)| media["example"] = body.clone());
    }
}
