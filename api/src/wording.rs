//! What the contract says of all operations alike: of what a history is, where a record is listed, and who has the permission that an operation asks
//! for. The last comes of the table by which callers are judged, so it cannot be wrong.

use serde_json::{Value, json};
use trellis_domain::{access::Permission, role::RoleName, text::Wire};

/// Adds it to every operation.
pub fn complete(document: &mut Value) {
    let Some(paths) = document["paths"].as_object_mut() else { return };
    let lists: Vec<String> = paths.iter().filter(|(_, item)| item.get("get").is_some()).map(|(path, _)| path.clone()).collect();
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            name_the_history(operation);
            let list = path.strip_suffix("/{id}").filter(|list| method == "get" && lists.iter().any(|path| path == list));
            let listed = list.map(|list| format!("Whoever finds it in `GET {list}` may read it."));
            let who = operation.pointer("/security/0/bearer/0").and_then(Value::as_str).and_then(|word| Permission::parse(word).ok()).map(who_has);
            let says = operation["description"].as_str().unwrap_or_default();
            let first = [Some(says.to_owned()), listed].into_iter().flatten().collect::<Vec<_>>().join(" ");
            operation["description"] = json!([Some(first), who].into_iter().flatten().collect::<Vec<_>>().join("\n\n"));
        }
    }
}

/// Of what a history is stands in its name.
fn name_the_history(operation: &mut Value) {
    let Some(of) = operation["operationId"].as_str().and_then(|id| id.strip_suffix("_history")) else { return };
    let article = if of.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    operation["summary"] = json!(format!("Read the history of {article} {}", of.replace('_', " ").replace("self review", "self-review")));
}

/// Who has a permission, in a sentence.
fn who_has(permission: Permission) -> String {
    let roles = permission.roles();
    let named = || roles.iter().map(|role| format!("`{role}`")).collect::<Vec<_>>().join(", ");
    let by_role = match roles {
        [] => None,
        all if all.len() == RoleName::ALL.len() => Some("every role, at its organisation and beneath".to_owned()),
        _ => Some(format!("{}, at their organisation and beneath", named())),
    };
    let by_what_they_are = [
        (permission.everybody(), "everybody, within what is theirs, shown to them, or everybody's"),
        (permission.colleagues(), "whoever works at a school, there"),
        (permission.appraisers(), "appraisers, for whom they appraise"),
        (permission.advisers(), "external advisers, for the headteachers they advise"),
        (permission.line_managers(), "line managers, for whom they manage"),
    ];
    let who: Vec<String> = by_role.into_iter().chain(by_what_they_are.into_iter().filter(|(has, _)| *has).map(|(_, who)| who.to_owned())).collect();
    let machines = if permission.for_service_accounts() { "A service account can have it as a scope." } else { "No service account can have it." };
    format!("Asks for `{permission}`, which is had by {}. {machines}", who.join("; "))
}
