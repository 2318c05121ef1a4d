//! The demo: every login and key works, its clock can be moved, and it can be made anew.

use crate::support::{Backend, World};
use serde_json::{Value, json};

async fn everything_that_the_guide_names_works(w: &World, guide: &Value) -> Vec<String> {
    for login in guide["logins"].as_array().unwrap() {
        let body = json!({"tenant": guide["tenant"], "email": login["email"], "password": login["password"]});
        let session = w.post("/v1/sessions").json(body).send().await.expect(201).body;
        let me = w.get("/v1/me").bearer(session["access_token"].as_str().unwrap()).send().await.expect(200).body;
        assert_eq!(me["id"], login["person_id"], "{login}");
    }
    let keys: Vec<String> = guide["keys"].as_array().unwrap().iter().map(|k| k["key"].as_str().unwrap().to_owned()).collect();
    for key in &keys {
        w.get("/v1/me").bearer(key).send().await.expect(200);
    }
    keys
}

async fn story(w: &World) {
    let guide = w.get("/v1/demo").send().await.expect(200).body;
    let keys = everything_that_the_guide_names_works(w, &guide).await;
    let writer = guide["keys"].as_array().unwrap().iter().find(|k| k["scopes"].as_array().unwrap().contains(&json!("people:write"))).unwrap();
    let writer = writer["key"].as_str().unwrap().to_owned();
    let visitor = json!({"given_name": "Passing", "family_name": "Visitor"});
    w.post("/v1/people").bearer(&writer).json(visitor).header("demo-now", "2027-07-10T09:00:00Z").send().await.expect(201);
    let found = w.get("/v1/people?q=visitor").bearer(&writer).send().await.expect(200).body;
    assert_eq!(found["items"][0]["created_at"], "2027-07-10T09:00:00Z");

    let teacher = guide["logins"].as_array().unwrap().iter().find(|l| l["role"] == "teacher").unwrap();
    let body = json!({"tenant": guide["tenant"], "email": teacher["email"], "password": teacher["password"]});
    let session = w.post("/v1/sessions").json(body).send().await.expect(201).body;
    let session = session["access_token"].as_str().unwrap();
    w.get("/v1/me").bearer(session).send().await.expect(200);

    let anew = w.post("/v1/demo/reset").send().await.expect(200).body;
    let credentials = |guide: &Value| -> Vec<String> {
        guide["logins"].as_array().unwrap().iter().map(|l| format!("{} {} {}", l["role"], l["email"], l["password"])).collect()
    };
    assert_eq!(credentials(&anew), credentials(&guide), "logins stay");
    let fresh = everything_that_the_guide_names_works(w, &anew).await;
    for old in &keys {
        assert!(!fresh.contains(old));
        w.get("/v1/me").bearer(old).send().await.problem(401, "key_unknown");
    }
    w.get("/v1/me").bearer(session).send().await.problem(401, "session_ended");
    let broad = anew["keys"].as_array().unwrap().iter().find(|k| k["scopes"].as_array().unwrap().contains(&json!("people:write"))).unwrap();
    let left = w.get("/v1/people?q=visitor").bearer(broad["key"].as_str().unwrap()).send().await.expect(200).body;
    assert_eq!(left["items"], json!([]), "what was done in it is gone");
    assert_eq!(w.get("/v1/demo").send().await.expect(200).body, anew);
}

#[test]
fn the_demo_is_as_its_guide_says_and_can_be_made_anew_sqlite() {
    World::run_with(Backend::Sqlite, true, async |w| story(w).await);
}
#[test]
fn the_demo_is_as_its_guide_says_and_can_be_made_anew_postgres() {
    World::run_with(Backend::Postgres, true, async |w| story(w).await);
}
