//! The examples of the contract are requests that were really made and answers that were really given. This story makes each of them again
//! and compares; `make contract` writes them anew.

use crate::support::*;
use actix_web::http::Method;
use serde_json::{Map, Value, json};
use trellis_domain::{access::Permission, employment::StaffCategory, role::RoleName};

/// The story as it is told: what was sent and answered, by operation.
struct Telling<'w> {
    w: &'w World,
    told: Map<String, Value>,
}

impl Telling<'_> {
    /// One operation: the path's template filled in, a body if there is one, If-Match `*` wherever it is asked for.
    async fn tell(&mut self, method: Method, path: &str, credential: Option<&str>, body: Option<Value>) -> Reply {
        let (template, operation) = operation(&method, path).unwrap_or_else(|| panic!("{method} {path} is no operation"));
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
        self.note(template, path, operation, body, &reply);
        reply
    }
    fn note(&mut self, template: &str, path: &str, operation: &Value, body: Option<Value>, reply: &Reply) {
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
            // of a stream, the first event
            Value::String(text) if text.starts_with("<!DOCTYPE") => example["response"] = json!(head_of(text)),
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

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/examples.json");

#[test]
fn every_operation_has_an_example_that_really_happened() {
    // one story is one future, and this one is longer than the stack of a test's thread
    let told = std::thread::Builder::new().stack_size(32 << 20).spawn(|| World::run(Backend::Sqlite, async |w| held_against_the_file(w).await));
    told.unwrap().join().unwrap_or_else(|fault| std::panic::resume_unwind(fault));
}

async fn held_against_the_file(w: &World) {
    let told = story(w).await;
    let operations: Vec<&str> =
        document()["paths"].as_object().unwrap().values().flat_map(|i| i.as_object().unwrap().values()).filter_map(|o| o["operationId"].as_str()).collect();
    let missing: Vec<&&str> = operations.iter().filter(|id| !told.contains_key(**id) && !id.ends_with("_demo")).collect();
    assert!(missing.is_empty(), "without an example: {missing:?}");
    let told = format!("{}\n", serde_json::to_string_pretty(&Value::Object(told)).unwrap());
    if std::env::var_os("UPDATE_EXAMPLES").is_some() {
        std::fs::write(FILE, told).unwrap();
    } else {
        assert!(std::fs::read_to_string(FILE).unwrap_or_default() == told, "openapi/examples.json is stale: run `make contract`");
    }
}

/// What shows that somebody learned something, while their record is shared.
async fn evidence(s: &mut Telling<'_>, at: &str, teacher: &Someone, appraiser: &Someone) {
    let (get, post) = (Method::GET, Method::POST);
    let (t, p) = (Some(teacher.token.as_str()), Some(appraiser.token.as_str()));
    let page = json!({"title": "The bank of hinge questions", "url": "https://drive.beacon.example/hinge-questions"});
    let page = s.tell(post.clone(), &format!("{at}/evidence"), t, Some(page)).await.id();
    let file = format!("{at}/evidence-files?title=Before%20and%20after&file_name=9B.csv");
    let table = "question,before,after\r\n1,17,4\r\n2,12,9\r\n";
    let reply = s.w.post(&file).by(teacher).raw("text/csv", table.as_bytes()).send().await.expect(201);
    let (template, taking) = operation(&post, &file).unwrap();
    s.note(template, &file, taking, Some(json!(table)), &reply);
    let evidence = format!("/v1/evidence/{}", reply.id());
    s.tell(get.clone(), &evidence, p, None).await;
    let link = s.tell(get.clone(), &format!("{evidence}/link"), p, None).await;
    s.tell(get.clone(), link.body["url"].as_str().unwrap().trim_start_matches("https://trellis.example"), None, None).await;
    s.tell(get.clone(), &format!("{at}/evidence"), p, None).await;
    s.tell(post.clone(), &format!("/v1/evidence/{page}/remove"), t, None).await;
}

/// From the first word of a report to the appraisee's last, and what the school learns from it.
async fn report(s: &mut Telling<'_>, trust: &Trust, at: &str, (teacher, appraiser, hr): (&Someone, &Someone, &Someone)) {
    let (get, post, patch) = (Method::GET, Method::POST, Method::PATCH);
    let (t, p, h) = (Some(teacher.token.as_str()), Some(appraiser.token.as_str()), Some(hr.token.as_str()));
    let draft = s.tell(get.clone(), &format!("{at}/report-draft"), p, None).await;
    let said: Vec<Value> = draft.body["objectives"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| json!({"objective_id": o["objective_id"], "assessment": "Her pupils now answer one another, and not only her."}))
        .collect();
    let needs = json!([{"need": "To plan talk for pupils who are new to English", "standard_id": draft.body["standards"][0]["standard_id"],
        "actions": [{"action": "Visit Curlew, where talk is planned with every unit", "due_on": "2027-11-26"}]}]);
    let words = json!({"standards_assessed": true, "objectives": said, "learning": "She led a group on classroom talk and shared what it found.",
        "development_needs": needs, "pay_relevant": false});
    s.tell(patch.clone(), &format!("{at}/report-draft"), p, Some(words)).await;
    s.tell(post.clone(), &format!("{at}/issue-report"), p, Some(json!({"draft_version": 1}))).await;
    s.tell(get.clone(), &format!("{at}/statement"), t, None).await;
    let id = at.rsplit('/').next().unwrap();
    let report = s.tell(get.clone(), &format!("/v1/appraisal-reports?appraisal_id={id}"), t, None).await.items()[0]["id"].as_str().unwrap().to_owned();
    s.tell(post.clone(), &format!("{at}/comment"), t, Some(json!({"comment": "Thank you. The group goes on next year."}))).await;
    s.tell(get.clone(), &format!("/v1/appraisal-reports/{report}"), h, None).await;
    s.tell(get.clone(), &format!("/v1/appraisal-reports/{report}/history"), t, None).await;
    s.tell(get.clone(), "/v1/me/disclosures", t, None).await;
    s.tell(post.clone(), &format!("{at}/complete"), h, None).await;
    let named = json!({"reason": "The group met for two terms, not one", "changes": {"summary": "She led the group for two terms."}});
    s.tell(post.clone(), &format!("{at}/amend-report"), p, Some(named)).await;
    // the new version can be commented on, and is completed too
    s.w.post(format!("{at}/comment")).by(teacher).if_match("*").json(json!({"comment": "Now it is right."})).send().await.expect(200);
    s.w.post(format!("{at}/complete")).by(hr).if_match("*").send().await.expect(200);
    // needs
    let new = json!({"need": "To use the new data system without losing an evening", "actions": [{"action": "An hour with the data manager"}]});
    let need = s.tell(post.clone(), "/v1/development-needs", t, Some(new.clone())).await.id();
    let at = format!("/v1/development-needs/{need}");
    s.tell(patch.clone(), &at, t, Some(json!({"need": "To use the new data system"}))).await;
    s.tell(get.clone(), &at, p, None).await;
    let lead = trust.someone(s.w).with(RoleName::LearningLead, trust.root).made().await;
    let l = Some(lead.token.as_str());
    s.tell(get.clone(), "/v1/development-needs?state=open", l, None).await;
    s.tell(get.clone(), "/v1/development-needs/summary", l, None).await;
    s.tell(post.clone(), &format!("{at}/meet"), t, None).await;
    s.tell(get.clone(), &format!("{at}/history"), t, None).await;
    let another = s.w.post("/v1/development-needs").by(teacher).json(new).send().await.expect(201).id();
    s.tell(post.clone(), &format!("/v1/development-needs/{another}/withdraw"), t, Some(json!({"reason": "It was met with the first"}))).await;
}

async fn story(w: &World) -> Map<String, Value> {
    let (get, post, patch) = (Method::GET, Method::POST, Method::PATCH);
    let trust = w.trust("beacon-hill").await;
    let admin = trust.someone(w).named("Siân", "Prosser").with(RoleName::TrustAdmin, trust.root).made().await;
    let hr = trust.someone(w).named("Katarzyna", "Wiśniewska").with(RoleName::Hr, trust.root).made().await;
    let appraiser = trust.someone(w).named("Niamh", "O'Rourke").at(trust.school).made().await;
    let teacher = trust.someone(w).named("Amina", "Okoro").at(trust.school).appraised_by(&appraiser).made().await;
    let (a, h, p, t) = (Some(admin.token.as_str()), Some(hr.token.as_str()), Some(appraiser.token.as_str()), Some(teacher.token.as_str()));
    let mut s = Telling { w, told: Map::new() };

    // organisations
    let new = json!({"parent_id": trust.root.to_string(), "kind": "school", "name": "Rhyl Community Primary School", "phase": "primary", "establishment_type": 1, "identifiers": [{"scheme": "urn", "value": "100021"}], "external_refs": [{"source": "bromcom", "id": "RCPS"}]});
    let school = s.tell(post.clone(), "/v1/organisations", a, Some(new)).await.id();
    let at = format!("/v1/organisations/{school}");
    s.tell(patch.clone(), &at, a, Some(json!({"phase": "all_through"}))).await;
    s.tell(get.clone(), &at, t, None).await;
    s.tell(get.clone(), "/v1/organisations?kind=school", t, None).await;
    let csv = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/data/gias/establishments.csv")).unwrap();
    let reply = w.post("/v1/organisations/import").by(&admin).raw("text/csv", &csv).send().await.expect(207);
    let (template, operation) = operation(&post, "/v1/organisations/import").unwrap();
    s.note(template, "/v1/organisations/import", operation, None, &reply);
    let links = "\"URN\",\"LinkURN\",\"LinkName\",\"LinkType\",\"LinkEstablishedDate\"\n\"100021\",\"100012\",\"Carlton Primary School\",\"Predecessor - merged\",\"31-08-2021\"\n";
    w.post("/v1/organisations/import?file=links").by(&admin).raw("text/csv", links.as_bytes()).send().await.expect(207);
    s.tell(get.clone(), &format!("{at}/links"), t, None).await;
    s.tell(get.clone(), &format!("{at}/history"), t, None).await;

    // many at once
    let rows = json!({"rows": [{"external_ref": {"source": "bromcom", "id": "900"}, "kind": "group", "name": "Year 4 team", "parent": {"id": school}}]});
    s.tell(post.clone(), "/v1/organisations/bulk-upsert", a, Some(rows)).await;
    let job = |id: &str| json!([{"organisation": {"id": id}, "job_title": "Teacher of Year 4", "staff_category": "teacher", "starts_on": "2026-09-01"}]);
    let rows = json!({"rows": [
        {"external_ref": {"source": "bromcom", "id": "901"}, "given_name": "Megan", "family_name": "Rees", "employments": job(&school), "relationships": [{"kind": "line_manager", "holder": {"external_ref": {"source": "bromcom", "id": "902"}}}]},
        {"external_ref": {"source": "bromcom", "id": "902"}, "given_name": "Tomos", "family_name": "Pritchard", "trn": "12345/67", "employments": job(&school)},
    ]});
    let done = s.tell(post.clone(), "/v1/people/bulk-upsert", h, Some(rows.clone())).await.body["job_id"].as_str().unwrap().to_owned();
    s.tell(get.clone(), "/v1/jobs", h, None).await;
    s.tell(get.clone(), &format!("/v1/jobs/{done}"), h, None).await;
    s.tell(get.clone(), &format!("/v1/jobs/{done}/results"), h, None).await;
    let snapshot = json!({"organisation": {"id": school}, "source": "bromcom", "taken_at": "2026-10-05T01:00:00Z", "rows": [
        {"external_ref": {"source": "bromcom", "id": "901"}},
        {"external_ref": {"source": "bromcom", "id": "903"}, "given_name": "Nia", "family_name": "Evans", "employments": [{"job_title": "Teacher of Year 3", "staff_category": "teacher", "starts_on": "2026-09-01"}]},
    ]});
    let sent = s.tell(post.clone(), "/v1/syncs", h, Some(snapshot)).await.body["job_id"].as_str().unwrap().to_owned();
    s.tell(get.clone(), "/v1/syncs", h, None).await;
    s.tell(get.clone(), &format!("/v1/syncs/{sent}"), h, None).await;
    let missing = w.get("/v1/employments?missing=true").by(&hr).send().await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
    s.tell(post.clone(), &format!("/v1/employments/{missing}/keep"), h, None).await;
    // what was changed by hand is given back to the system that manages it
    let first = async |path: &str| w.get(path).by(&hr).send().await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
    let (group, megan) = (first("/v1/organisations?external_ref=bromcom:900").await, first("/v1/people?external_ref=bromcom:901").await);
    for (at, by, changes, fields) in [
        (format!("/v1/organisations/{group}"), a, json!({"name": "Year 4"}), json!(["name"])),
        (format!("/v1/people/{megan}"), h, json!({"family_name": "Rees-Jones"}), json!(["family_name"])),
        (format!("/v1/employments/{missing}"), h, json!({"job_title": "Teacher of Years 4 and 5"}), json!(["job_title"])),
    ] {
        w.patch(&at).bearer(by.unwrap_or_default()).json(changes).send().await.expect(200);
        s.tell(post.clone(), &format!("{at}/release-fields"), by, Some(json!({"fields": fields}))).await;
    }
    let later = w.post("/v1/people/bulk-upsert").by(&hr).header("prefer", "respond-async").json(rows).send().await.expect(202).id();
    s.tell(post.clone(), &format!("/v1/jobs/{later}/cancel"), h, None).await;

    // people
    let new = json!({"given_name": "Dafydd", "family_name": "Hughes", "email": "dafydd.hughes@beaconhill.example", "trn": "0012345", "external_refs": [{"source": "bromcom", "id": "10023"}]});
    let person = s.tell(post.clone(), "/v1/people", h, Some(new)).await.id();
    let at = format!("/v1/people/{person}");
    s.tell(patch.clone(), &at, h, Some(json!({"preferred_name": "Dai"}))).await;
    s.tell(get.clone(), &at, h, None).await;
    s.tell(get.clone(), "/v1/people?q=ok", t, None).await;
    s.tell(get.clone(), &format!("{at}/history"), h, None).await;
    let new = json!({"person_id": person, "organisation_id": school, "job_title": "Teacher of Year 4", "staff_category": "teacher", "staff_code": "DHU", "fte_percent": 60, "starts_on": "2026-09-01"});
    let employment = s.tell(post.clone(), "/v1/employments", h, Some(new)).await.id();
    let at = format!("/v1/employments/{employment}");
    s.tell(patch.clone(), &at, h, Some(json!({"fte_percent": 80}))).await;
    s.tell(get.clone(), &at, h, None).await;
    s.tell(get.clone(), &format!("/v1/employments?person_id={person}"), h, None).await;
    s.tell(get.clone(), &format!("{at}/history"), h, None).await;
    let new = json!({"kind": "mentor", "person_id": person, "holder_id": appraiser.person.to_string(), "starts_on": "2026-09-01"});
    let relationship = s.tell(post.clone(), "/v1/relationships", h, Some(new)).await.id();
    let at = format!("/v1/relationships/{relationship}");
    s.tell(get.clone(), &at, h, None).await;
    s.tell(get.clone(), "/v1/relationships?kind=mentor", h, None).await;
    s.tell(post.clone(), &format!("{at}/end"), h, Some(json!({"ends_on": "2027-08-31"}))).await;
    s.tell(get.clone(), &format!("{at}/history"), h, None).await;
    // line management from a file, handed over
    let file = "kind,person,holder,starts_on,school\nline_manager,bromcom:10023,";
    let file = format!("{file}{},2026-09-01,\nappraiser,DHU,{},2026-09-01,100021\n", appraiser.person, appraiser.person);
    let reply = w.post("/v1/relationships/import").by(&hr).raw("text/csv", file.as_bytes()).send().await.expect(207);
    let (template, of_import) = crate::support::operation(&post, "/v1/relationships/import").unwrap();
    s.note(template, "/v1/relationships/import", of_import, Some(json!(file)), &reply);
    let successor = trust.someone(w).named("Owen", "Pritchard").at(trust.school).made().await;
    let leaves = json!({"to": successor.person.to_string(), "on": "2027-01-04", "kinds": ["line_manager"]});
    s.tell(post.clone(), &format!("/v1/people/{}/hand-over", appraiser.person), h, Some(leaves)).await;

    // somebody was added twice
    let again = json!({"given_name": "Dai", "family_name": "Hughes", "email": "dafydd.hughes+mis@beaconhill.example", "external_refs": [{"source": "payroll", "id": "P-77"}]});
    let twin = w.post("/v1/people").by(&hr).json(again).send().await.expect(201).id();
    let suggestion = s.tell(get.clone(), "/v1/match-suggestions", h, None).await.items()[0]["id"].as_str().unwrap().to_owned();
    let at = format!("/v1/match-suggestions/{suggestion}");
    s.tell(get.clone(), &at, h, None).await;
    s.tell(post.clone(), &format!("{at}/later"), h, Some(json!({"until": "2026-10-12"}))).await;
    s.tell(post.clone(), &format!("{at}/accept"), h, None).await;
    let merges = s.tell(get.clone(), &format!("/v1/merges?person_id={person}"), h, None).await;
    let at = format!("/v1/merges/{}", merges.items()[0]["id"].as_str().unwrap());
    s.tell(get.clone(), &at, h, None).await;
    s.tell(post.clone(), &format!("{at}/undo"), h, None).await;
    let merge = s
        .tell(post.clone(), &format!("/v1/people/{twin}/merge"), h, Some(json!({"into": person, "reason": "Added a second time by the payroll import"})))
        .await
        .id();
    w.post(format!("/v1/merges/{merge}/undo")).by(&hr).send().await.expect(200);
    w.post(format!("/v1/people/{twin}/merge")).by(&hr).json(json!({"into": person})).send().await.expect(201);
    let other = json!({"given_name": "Delyth", "family_name": "Hughes", "email": "dafydd.hughes@beaconhill.example"});
    w.post("/v1/people").by(&hr).json(other).send().await.expect(201);
    let suggestion = w.get("/v1/match-suggestions").by(&hr).send().await.items()[0]["id"].as_str().unwrap().to_owned();
    s.tell(post.clone(), &format!("/v1/match-suggestions/{suggestion}/reject"), h, None).await;

    let gone = json!({"given_name": "Aled", "family_name": "Parry", "external_refs": [{"source": "payroll", "id": "P-78"}]});
    let gone = w.post("/v1/people").by(&hr).json(gone).send().await.expect(201).id();
    s.tell(post.clone(), &format!("/v1/people/{gone}/erase"), h, Some(json!({"family_name": "Parry", "reason": "recorded_in_error"}))).await;

    let new = json!({"person_id": person, "role": "learning_lead", "organisation_id": school, "starts_on": "2026-09-01"});
    let role = s.tell(post.clone(), "/v1/roles", a, Some(new)).await.id();
    let at = format!("/v1/roles/{role}");
    s.tell(get.clone(), &at, a, None).await;
    s.tell(get.clone(), "/v1/roles?role=learning_lead", a, None).await;
    s.tell(post.clone(), &format!("{at}/end"), a, Some(json!({"ends_on": "2027-08-31"}))).await;
    s.tell(get.clone(), &format!("{at}/history"), a, None).await;

    // frameworks and cycles
    let standards = s.tell(get.clone(), "/v1/framework-versions?key=teachers-standards", t, None).await;
    let (version, standard) =
        (standards.items()[0]["id"].as_str().unwrap().to_owned(), standards.items()[0]["standards"][1]["id"].as_str().unwrap().to_owned());
    s.tell(get.clone(), &format!("/v1/framework-versions/{version}"), t, None).await;
    let new = json!({"key": "our-support-staff", "name": "Support colleagues at Beacon Hill", "label": "2026", "standards": [{"code": "S1", "title": "Pupils come first", "parts": [{"code": "S1a", "title": "Every pupil is known by name"}]}]});
    let own = s.tell(post.clone(), "/v1/framework-versions", a, Some(new)).await.id();
    s.tell(post.clone(), &format!("/v1/framework-versions/{own}/publish"), a, None).await;
    s.tell(get.clone(), &format!("/v1/framework-versions/{own}/history"), a, None).await;
    s.tell(get.clone(), "/v1/rule-profiles", h, None).await;
    let rules = json!({"minimum_employment_months": 3, "excluded_while": ["induction", "capability"], "period_months": 12, "maximum_objectives": 3, "mid_year_review_required": true,
        "headteacher_panel": {"min": 2, "max": 3, "staff_excluded": true, "external_adviser_required": true}, "review_notice": {"days": 10, "basis": "school"}, "keep_years": 6});
    let new = json!({"key": "beacon_hill", "name": "Growth at Beacon Hill", "legal_basis": "The trust's appraisal policy of July 2026", "based_on": "01990000-0000-7000-8000-000000000001", "rules": rules});
    let profile = s.tell(post.clone(), "/v1/rule-profiles", a, Some(new)).await.id();
    s.tell(get.clone(), &format!("/v1/rule-profiles/{profile}"), h, None).await;
    s.tell(post.clone(), &format!("/v1/rule-profiles/{profile}/publish"), a, None).await;
    s.tell(get.clone(), &format!("/v1/rule-profiles/{profile}/history"), h, None).await;
    let days = |from: &str, to: &str| json!({"starts_on": from, "ends_on": to});
    let terms = [("2026-09-02", "2026-10-23"), ("2026-11-02", "2026-12-18"), ("2027-01-04", "2027-03-25"), ("2027-04-12", "2027-07-21")]
        .map(|(from, to)| days(from, to));
    let new = json!({"organisation_id": trust.root.to_string(), "academic_year": 2026, "bank_holidays": "england_and_wales", "terms": terms, "inset_days": ["2026-09-02", "2026-11-02"]});
    let calendar = s.tell(post.clone(), "/v1/calendars", h, Some(new)).await.id();
    s.tell(get.clone(), &format!("/v1/calendars/{calendar}"), t, None).await;
    s.tell(get.clone(), "/v1/calendars?academic_year=2026", t, None).await;
    s.tell(get.clone(), &format!("/v1/calendars/{calendar}/history"), h, None).await;
    s.tell(get.clone(), &format!("/v1/organisations/{school}/due-day?from=2026-10-19&days=10&basis=school"), t, None).await;
    let head = trust.someone(w).named("Gwen", "Morris").at(trust.school).employed_as(StaffCategory::Headteacher).made().await;
    let chair = trust.someone(w).named("Ruth", "Adeyemi").with(RoleName::Governor, trust.school).made().await;
    let governor = trust.someone(w).named("Tomos", "Bevan").with(RoleName::Governor, trust.school).made().await;
    let new = json!({"organisation_id": trust.root.to_string(), "name": "Appraisal and growth 2026/27", "starts_on": "2026-09-01", "ends_on": "2027-08-31", "rule_profile": "england_maintained_2012", "rule_profile_version": 1, "objectives_due_on": "2026-10-31", "review_due_on": "2027-07-09", "staff_categories": ["teacher", "leader", "headteacher"], "framework_version_ids": [version]});
    let cycle = s.tell(post.clone(), "/v1/cycles", h, Some(new)).await.id();
    let at = format!("/v1/cycles/{cycle}");
    s.tell(patch.clone(), &at, h, Some(json!({"report_due_on": "2027-10-31"}))).await;
    s.tell(get.clone(), &at, h, None).await;
    s.tell(get.clone(), "/v1/cycles", h, None).await;
    s.tell(post.clone(), &format!("{at}/publish"), h, None).await;
    s.tell(post.clone(), &format!("{at}/move-due-dates"), h, Some(json!({"objectives_due_on": "2026-11-13", "reason": "Half-term fell early this year"})))
        .await;
    s.tell(post.clone(), &format!("{at}/open-planning"), h, None).await;

    // appraisals
    let new = json!({"employment_id": employment, "reason": "induction", "starts_on": "2026-09-01"});
    let hold = s.tell(post.clone(), "/v1/appraisal-holds", h, Some(new)).await.id();
    let held = format!("/v1/appraisal-holds/{hold}");
    s.tell(get.clone(), &held, h, None).await;
    s.tell(get.clone(), &format!("/v1/appraisal-holds?employment_id={employment}"), h, None).await;
    s.tell(post.clone(), &format!("{at}/create-appraisals"), h, None).await;
    s.tell(post.clone(), &format!("{held}/end"), h, Some(json!({"ends_on": "2027-07-31"}))).await;
    s.tell(get.clone(), &format!("{held}/history"), h, None).await;
    let of = async |person: &Someone| {
        let found = w.get(format!("/v1/appraisals?cycle_id={cycle}&person_id={}", person.person)).by(&hr).send().await.expect(200);
        format!("/v1/appraisals/{}", found.items()[0]["id"].as_str().unwrap())
    };
    let (own, of_head, of_owen, of_niamh) = (of(&teacher).await, of(&head).await, of(&successor).await, of(&appraiser).await);
    s.tell(get.clone(), "/v1/appraisals", t, None).await;
    s.tell(post.clone(), &format!("{own}/start-planning"), p, None).await;
    s.tell(post.clone(), &format!("{own}/inform-standards"), p, None).await;
    s.tell(get.clone(), &own, t, None).await;
    let panel = json!({"appraiser_ids": [chair.person.to_string(), governor.person.to_string()], "external_adviser": "Dr Ilse Brandt, Northmoor Advisers"});
    s.tell(post.clone(), &format!("{of_head}/assign-appraisers"), h, Some(panel)).await;
    w.post(format!("{of_head}/start-planning")).by(&chair).if_match("*").send().await.expect(200);
    s.tell(post.clone(), &format!("{of_head}/consult-adviser"), Some(&chair.token), None).await;
    let later = json!({"kind": "objectives", "due_on": "2026-11-27", "reason": "Back from jury service in November"});
    s.tell(post.clone(), &format!("{own}/move-deadline"), h, Some(later)).await;
    s.tell(post.clone(), &format!("{of_owen}/suspend"), h, Some(json!({"reason": "family_leave"}))).await;
    s.tell(post.clone(), &format!("{of_owen}/resume"), h, Some(json!({"ends_on": "2027-12-31"}))).await;
    s.tell(post.clone(), &format!("{of_owen}/transfer"), h, Some(json!({"reason": "Moves to our other school after half-term"}))).await;
    s.tell(post.clone(), &format!("{of_niamh}/abandon"), h, Some(json!({"reason": "Created in error: she is appraised by the trust"}))).await;
    let draft = w.post("/v1/cycles").by(&hr).json(json!({"organisation_id": trust.school.to_string(), "name": "A draft too many"})).send().await.id();
    s.tell(post.clone(), &format!("/v1/cycles/{draft}/cancel"), h, Some(json!({"reason": "Drafted by mistake"}))).await;

    // improvement
    let leader = trust.someone(w).named("Morwenna", "Teague").with(RoleName::TrustLeader, trust.root).made().await;
    let head = trust.someone(w).named("Gwilym", "Parry").at(trust.school).with(RoleName::Headteacher, trust.school).made().await;
    let (l, d) = (Some(leader.token.as_str()), Some(head.token.as_str()));
    let new = json!({"organisation_id": trust.root.to_string(), "title": "Trust improvement plan 2026 to 2029", "summary": "Three priorities, for every school to make its own.", "first_year": 2026, "last_year": 2028});
    let plan = s.tell(post.clone(), "/v1/improvement-plans", l, Some(new)).await.id();
    let new = json!({"plan_id": plan, "title": "Every pupil has the words for what they learn", "why": "Written answers in all four schools stop where vocabulary stops.", "success_measures": ["Pupils use subject vocabulary unprompted in extended writing by July"], "actions": [{"title": "Visit two schools that teach vocabulary well", "due_on": "2026-11-27"}]});
    let above = s.tell(post.clone(), "/v1/priorities", l, Some(new)).await.id();
    let at = format!("/v1/improvement-plans/{plan}");
    s.tell(patch.clone(), &at, l, Some(json!({"summary": "Priorities for every school to make its own."}))).await;
    s.tell(post.clone(), &format!("{at}/publish"), l, None).await;
    s.tell(get.clone(), &at, t, None).await;
    s.tell(get.clone(), "/v1/improvement-plans?academic_year=2026", t, None).await;
    s.tell(get.clone(), &format!("{at}/history"), t, None).await;
    let ours = json!({"organisation_id": trust.school.to_string(), "title": "Our plan 2026/27", "first_year": 2026});
    let ours = w.post("/v1/improvement-plans").by(&head).json(ours).send().await.expect(201).id();
    let adoption = json!({"plan_id": ours, "owner_id": head.person.to_string()});
    let priority = s.tell(post.clone(), &format!("/v1/priorities/{above}/adopt"), d, Some(adoption)).await.id();
    w.post(format!("/v1/improvement-plans/{ours}/publish")).by(&head).send().await.expect(200);
    let at = format!("/v1/priorities/{priority}");
    let more = json!({"actions": [{"title": "Ten words a half-term, the same in every department", "owner_id": head.person.to_string(), "due_on": "2026-10-23", "done_on": "2026-10-02"}]});
    s.tell(patch.clone(), &at, d, Some(more)).await;
    s.tell(get.clone(), &at, t, None).await;
    s.tell(get.clone(), &format!("/v1/priorities?adopted_from={above}"), t, None).await;
    s.tell(post.clone(), &format!("{at}/achieve"), d, None).await;
    s.tell(post.clone(), &format!("{at}/reopen"), d, Some(json!({"reason": "It holds in English and history, not yet in science"}))).await;
    s.tell(get.clone(), &format!("{at}/history"), t, None).await;
    let second = json!({"plan_id": ours, "title": "A reading hour on Wednesdays"});
    let second = w.post("/v1/priorities").by(&head).json(second).send().await.expect(201).id();
    s.tell(post.clone(), &format!("/v1/priorities/{second}/stop"), d, Some(json!({"reason": "The hour is needed for tutoring, which helps more"}))).await;
    let last = json!({"organisation_id": trust.school.to_string(), "title": "Our plan 2025/26", "first_year": 2025});
    let last = w.post("/v1/improvement-plans").by(&head).json(last).send().await.expect(201).id();
    s.tell(post.clone(), &format!("/v1/improvement-plans/{last}/archive"), d, None).await;

    // objectives
    let new = |cycle: &str| {
        json!({"employment_id": teacher.employment.unwrap().to_string(), "cycle_id": cycle, "kind": "growth_inquiry", "title": "Does retrieval practice help my Year 9 set?",
        "inquiry": {"question": "If every lesson begins with five minutes of retrieval, do pupils use more of last term's vocabulary in March?", "current_practice": "A recap by me."},
        "learning_needed": "Reading on spacing; a visit to a colleague who does it well.", "success_criteria": ["Pupils use the vocabulary unprompted in extended writing"], "standard_ids": [standard.clone()], "priority_ids": [priority.clone()], "due_on": "2027-03-26"})
    };
    let objective = s.tell(post.clone(), "/v1/objectives", t, Some(new(&cycle))).await.id();
    let at = format!("/v1/objectives/{objective}");
    s.tell(patch.clone(), &at, t, Some(json!({"support_needed": "Cover for one visit"}))).await;
    s.tell(post.clone(), &format!("{at}/propose"), t, None).await;
    s.tell(get.clone(), &at, p, None).await;
    s.tell(get.clone(), "/v1/me/tasks", p, None).await;
    let ties = w.get(format!("/v1/relationships?kind=appraiser&person_id={}", teacher.person)).by(&teacher).send().await.expect(200);
    let tie = ties.items()[0]["id"].as_str().unwrap().to_owned();
    s.tell(post.clone(), &format!("/v1/relationships/{tie}/set-cadence"), t, Some(json!({"weeks": 4}))).await;
    s.tell(get.clone(), "/v1/me/check-ins", t, None).await;
    s.tell(get.clone(), "/v1/objectives?kind=growth_inquiry", p, None).await;
    s.tell(post.clone(), &format!("{at}/agree"), p, None).await;
    s.tell(post.clone(), &format!("{at}/revise"), t, Some(json!({"reason": "A new timetable", "changes": {"due_on": "2027-05-28"}}))).await;
    s.tell(get.clone(), &format!("{at}/revisions"), t, None).await;
    w.post(format!("{at}/agree")).by(&appraiser).if_match("*").send().await.expect(200);
    s.tell(post.clone(), &format!("{at}/start"), t, None).await;
    s.tell(post.clone(), &format!("{at}/pause"), t, Some(json!({"reason": "Jury service until half-term"}))).await;
    s.tell(post.clone(), &format!("{at}/resume"), t, None).await;
    s.tell(get.clone(), &format!("{at}/history"), t, None).await;
    let second = w.post("/v1/objectives").by(&appraiser).json(new(&cycle)).send().await.expect(201).id();
    w.post(format!("/v1/objectives/{second}/propose")).by(&appraiser).if_match("*").send().await.expect(200);
    s.tell(
        post.clone(),
        &format!("/v1/objectives/{second}/set-with-dissent"),
        p,
        Some(json!({"dissent": "I would rather work on oracy, as we said in June."})),
    )
    .await;
    s.tell(post.clone(), &format!("/v1/objectives/{second}/withdraw"), p, Some(json!({"reason": "We found a better question"}))).await;
    s.tell(get.clone(), &format!("{at}/authorship"), t, None).await;
    let notes = format!("{at}/notes");
    let asked = s.tell(post.clone(), &notes, p, Some(json!({"text": "Shall I come to the lesson on Thursday, before you change the starter?"}))).await.id();
    let answer = json!({"text": "Please do. The set is 9B, third period.", "reply_to": asked});
    w.post(&notes).by(&teacher).json(answer).send().await.expect(201);
    s.tell(get.clone(), &notes, t, None).await;
    let hasty = w.post(&notes).by(&teacher).json(json!({"text": "Or Friday?"})).send().await.expect(201).id();
    s.tell(post.clone(), &format!("/v1/objective-notes/{hasty}/withdraw"), t, None).await;
    let with = Some(successor.token.as_str());
    let invitation = json!({"objective_id": objective, "person_id": successor.person.to_string()});
    let part = format!("/v1/collaborations/{}", s.tell(post.clone(), "/v1/collaborations", t, Some(invitation.clone())).await.id());
    s.tell(post.clone(), &format!("{part}/accept"), with, None).await;
    s.tell(get.clone(), &part, with, None).await;
    s.tell(get.clone(), "/v1/collaborations?state=accepted", with, None).await;
    s.tell(post.clone(), &format!("{part}/leave"), with, None).await;
    let again = w.post("/v1/collaborations").by(&teacher).json(invitation.clone()).send().await.expect(201).id();
    s.tell(post.clone(), &format!("/v1/collaborations/{again}/decline"), with, None).await;
    let again = w.post("/v1/collaborations").by(&teacher).json(invitation).send().await.expect(201).id();
    s.tell(post.clone(), &format!("/v1/collaborations/{again}/end"), t, None).await;
    let many = json!({"employment_ids": [teacher.employment.unwrap().to_string()], "cycle_id": cycle, "kind": "operational", "title": "Every corridor display is pupils' work by Easter", "support_needed": "An afternoon of cover each term"});
    let many = s.tell(post.clone(), "/v1/objectives/bulk-propose", p, Some(many)).await;
    let display = format!("/v1/objectives/{}", many.body["results"][0]["objective_id"].as_str().unwrap());
    w.post(format!("{display}/agree")).by(&teacher).if_match("*").send().await.expect(200);
    let onward = json!({"reason": "The east corridor is being rebuilt until summer", "due_on": "2027-10-22"});
    s.tell(post.clone(), &format!("{display}/carry-over"), t, Some(onward)).await;

    s.tell(post.clone(), &format!("{own}/start"), p, None).await;

    // learning
    let new = json!({"title": "Visit to Ms Grant's Year 9 lesson", "kind": "learning_visit", "started_on": "2026-10-01", "minutes": 60, "objective_ids": [objective.clone()], "standard_ids": [standard.clone()], "priority_ids": [priority]});
    let record = s.tell(post.clone(), "/v1/learning-records", t, Some(new)).await.id();
    let at = format!("/v1/learning-records/{record}");
    s.tell(patch.clone(), &at, t, Some(json!({"minutes": 75}))).await;
    s.tell(post.clone(), &format!("{at}/reflect"), t, Some(json!({"reflection": "Her questions waited for an answer. Mine do not yet."}))).await;
    s.tell(post.clone(), &format!("{at}/share"), t, None).await;
    let colleague = trust.someone(w).named("Tomos", "Rees").at(trust.school).made().await;
    s.tell(post.clone(), &format!("{at}/share-with"), t, Some(json!({"audiences": ["appraiser", "leaders"], "person_ids": [colleague.person.to_string()]})))
        .await;
    s.tell(get.clone(), &at, p, None).await;
    s.tell(get.clone(), &format!("/v1/learning-records?objective_id={objective}"), p, None).await;
    Box::pin(evidence(&mut s, &at, &teacher, &appraiser)).await;
    s.tell(post.clone(), &format!("{at}/unshare"), t, None).await;
    s.tell(get.clone(), &format!("{at}/history"), t, None).await;

    // conversations
    let document = json!({"key": "check-in", "name": "Check-in", "kind": "check_in", "sections": [
        {"title": "Learning", "questions": [{"key": "learned-since", "text": "What have you learned since we last met, and what did you try?", "help": "A visit, something you read, a change in one lesson.", "answered_by": "appraisee"}]},
        {"title": "The work", "questions": [{"key": "support", "text": "What would help most before we meet again?", "help": null, "answered_by": "both"}]}]});
    let new = json!({"organisation_id": trust.school.to_string(), "document": document});
    let template = s.tell(post.clone(), "/v1/conversation-templates", d, Some(new)).await.id();
    let at = format!("/v1/conversation-templates/{template}");
    s.tell(post.clone(), &format!("{at}/publish"), d, None).await;
    s.tell(get.clone(), &at, t, None).await;
    s.tell(get.clone(), "/v1/conversation-templates?kind=check_in", t, None).await;
    s.tell(get.clone(), &format!("{at}/history"), d, None).await;
    let appraisal = own.rsplit('/').next().unwrap_or_default();
    let new = |kind: &str| json!({"employment_id": teacher.employment.unwrap().to_string(), "partner_id": appraiser.person.to_string(), "kind": kind, "appraisal_id": appraisal, "starts_at": "2026-10-12T15:30:00Z", "place": "Room 12"});
    let at = format!("/v1/conversations/{}", s.tell(post.clone(), "/v1/conversations", t, Some(new("check_in"))).await.id());
    s.tell(post.clone(), &format!("{at}/prepare"), t, None).await;
    let words = json!({"answers": [{"question": "learned-since", "text": "Her questions waited for an answer. I count to five now."}], "text": "Ask for cover in November?"});
    s.tell(patch.clone(), &format!("{at}/my-notes"), t, Some(words)).await;
    s.tell(get.clone(), &format!("{at}/my-notes"), t, None).await;
    s.tell(post.clone(), &format!("{at}/share"), t, None).await;
    s.tell(get.clone(), &at, p, None).await;
    s.tell(get.clone(), &format!("{at}/agenda"), p, None).await;
    s.tell(post.clone(), &format!("{at}/hold"), p, None).await;
    s.tell(patch.clone(), &at, p, Some(json!({"summary": "Waiting for answers works with Year 9. Next: the same with Year 11, with a visitor who counts."})))
        .await;
    let new_action = json!({"title": "Arrange cover for one visit", "owner_id": appraiser.person.to_string(), "due_on": "2026-11-06"});
    let agreed = format!("/v1/agreed-actions/{}", s.tell(post.clone(), &format!("{at}/actions"), p, Some(new_action)).await.id());
    let words = json!({"answers": [{"question": "support", "text": "One visit, with cover."}]});
    w.patch(format!("{at}/my-notes")).by(&appraiser).if_match("*").json(words).send().await.expect(200);
    s.tell(post.clone(), &format!("{at}/request-response"), p, None).await;
    s.tell(post.clone(), &format!("{at}/respond"), t, Some(json!({"response": "I would like the visitor to be somebody from another department."}))).await;
    s.tell(post.clone(), &format!("{at}/complete"), p, Some(json!({}))).await;
    s.tell(get.clone(), &format!("{at}/snapshots"), t, None).await;
    s.tell(post.clone(), &format!("{at}/reopen"), t, Some(json!({"reason": "The day of the visit is missing"}))).await;
    s.tell(get.clone(), &format!("{at}/history"), p, None).await;
    s.tell(get.clone(), "/v1/conversations?kind=check_in", p, None).await;
    s.tell(get.clone(), "/v1/agreed-actions?state=open", t, None).await;
    s.tell(patch.clone(), &agreed, p, Some(json!({"due_on": "2026-11-13"}))).await;
    s.tell(get.clone(), &agreed, t, None).await;
    s.tell(post.clone(), &format!("{agreed}/finish"), p, None).await;
    s.tell(post.clone(), &format!("{agreed}/reopen"), t, None).await;
    s.tell(post.clone(), &format!("{agreed}/drop"), p, Some(json!({"reason": "The visit was in a free period after all"}))).await;
    s.tell(get.clone(), &format!("{agreed}/history"), t, None).await;
    let at = format!("/v1/conversations/{}", w.post("/v1/conversations").by(&teacher).json(new("mid_cycle")).send().await.expect(201).id());
    s.tell(post.clone(), &format!("{at}/cancel"), t, Some(json!({"reason": "Brought forward to the check-in"}))).await;

    // the catalogue
    let coordinator = trust.someone(w).named("Eleri", "Vaughan").at(trust.school).with(RoleName::LearningLead, trust.school).made().await;
    let e = Some(coordinator.token.as_str());
    let new = json!({"organisation_id": trust.school.to_string(), "title": "Retrieval that sticks", "description": "Three twilights, with something to try in between.", "kind": "course", "provider": "Beacon Hill", "cost_pence": 0, "minutes": 90, "audience": ["teacher", "leader"], "standard_ids": [standard.clone()]});
    let activity = s.tell(post.clone(), "/v1/learning-activities", e, Some(new)).await.id();
    let at = format!("/v1/learning-activities/{activity}");
    s.tell(patch.clone(), &at, e, Some(json!({"cost_pence": 1250}))).await;
    s.tell(get.clone(), &at, t, None).await;
    s.tell(get.clone(), "/v1/learning-activities?kind=course", t, None).await;
    let new = json!({"activity_id": activity, "starts_at": "2026-10-05T07:30:00Z", "ends_at": "2026-10-05T08:30:00Z", "place": "The library", "places": 1});
    let session = s.tell(post.clone(), "/v1/learning-sessions", e, Some(new)).await.id();
    let many = json!({"person_ids": [teacher.person.to_string(), appraiser.person.to_string()]});
    s.tell(post.clone(), &format!("/v1/learning-sessions/{session}/enrol"), e, Some(many)).await;
    let enrolled = w.get(format!("/v1/enrolments?session_id={session}&person_id={}", teacher.person)).by(&teacher).send().await.expect(200);
    let came = format!("/v1/enrolments/{}", enrolled.items()[0]["id"].as_str().unwrap());
    s.tell(post.clone(), &format!("{came}/record-attendance"), e, Some(json!({"attended": true}))).await;
    s.tell(get.clone(), &format!("{came}/certificate"), t, None).await;
    s.tell(get.clone(), &format!("/v1/people/{}/learning-statement?academic_year=2026", teacher.person), t, None).await;
    let new = json!({"activity_id": activity, "starts_at": "2026-10-12T15:00:00Z", "ends_at": "2026-10-12T16:30:00Z", "place": "The library", "places": 20});
    let session = w.post("/v1/learning-sessions").by(&coordinator).json(new).send().await.expect(201).id();
    let at = format!("/v1/learning-sessions/{session}");
    s.tell(patch.clone(), &at, e, Some(json!({"places": 24}))).await;
    s.tell(get.clone(), &at, t, None).await;
    s.tell(get.clone(), "/v1/learning-sessions?from=2026-10-06T00:00:00Z", t, None).await;
    let enrolment = s.tell(post.clone(), "/v1/enrolments", t, Some(json!({"session_id": session}))).await.id();
    s.tell(get.clone(), &format!("{at}/places"), t, None).await;
    s.tell(get.clone(), &format!("/v1/organisations/{}/programme?academic_year=2026&lessons_end=15:15", trust.school), t, None).await;
    let link = s.tell(post.clone(), "/v1/me/calendar-links", t, Some(json!({"name": "My telephone"}))).await;
    let (id, url) = (link.id(), link.body["url"].as_str().unwrap().trim_start_matches("https://trellis.example").to_owned());
    s.tell(get.clone(), &url, None, None).await;
    s.tell(get.clone(), "/v1/me/calendar-links", t, None).await;
    s.tell(post.clone(), &format!("/v1/me/calendar-links/{id}/revoke"), t, None).await;
    s.tell(get.clone(), &format!("/v1/enrolments/{enrolment}"), t, None).await;
    s.tell(get.clone(), "/v1/enrolments?state=enrolled", t, None).await;
    s.tell(post.clone(), &format!("/v1/enrolments/{enrolment}/withdraw"), t, None).await;
    s.tell(get.clone(), &format!("/v1/enrolments/{enrolment}/history"), t, None).await;
    s.tell(post.clone(), &format!("{at}/cancel"), e, Some(json!({"reason": "The heating is being mended"}))).await;
    s.tell(get.clone(), &format!("{at}/history"), t, None).await;
    let at = format!("/v1/learning-activities/{activity}");
    s.tell(post.clone(), &format!("{at}/retire"), e, None).await;
    s.tell(post.clone(), &format!("{at}/restore"), e, None).await;
    s.tell(get.clone(), &format!("{at}/history"), t, None).await;

    // required training
    let new = json!({
        "organisation_id": trust.school.to_string(), "title": "Safeguarding, with Keeping Children Safe in Education", "description": "An hour together, then the quiz.",
        "authority": "statutory", "audience": {"exclude": {"job_titles": ["Governor"]}}, "trigger": "on_start", "due_within_days": 14, "validity": "months",
        "validity_months": 24, "activity_ids": [activity]
    });
    let requirement = s.tell(post.clone(), "/v1/training-requirements", e, Some(new)).await.id();
    let at = format!("/v1/training-requirements/{requirement}");
    s.tell(patch.clone(), &at, e, Some(json!({"warn_at_days": [90, 30]}))).await;
    s.tell(post.clone(), &format!("{at}/issue-edition"), e, Some(json!({"issued_on": "2026-09-01", "due_within_days": 30, "note": "September 2026"}))).await;
    s.tell(post.clone(), &format!("{at}/publish"), e, Some(json!({"applies_from": "2025-09-01"}))).await;
    s.tell(get.clone(), &at, t, None).await;
    s.tell(get.clone(), "/v1/training-requirements?authority=statutory", t, None).await;
    let (hr_token, of) = (hr.token.clone(), teacher.person.to_string());
    let k = Some(hr_token.as_str());
    let new = json!({"requirement_id": requirement, "person_id": of, "completed_on": "2026-09-02", "provider": "Beacon Hill", "certificate": "KCSIE-2026-117"});
    let completion = s.tell(post.clone(), "/v1/training-completions", k, Some(new)).await.id();
    let (_, _, provider) = w.key(&trust, &[Permission::ProvideLearning, Permission::WriteTraining], None).await;
    let (sent, whom) = (|id: &str| json!({"source": "national-college", "id": id}), json!({"id": of}));
    let rows = json!({"rows": [
        {"external_ref": sent("course-88123"), "person": whom, "title": "Metacognition in Key Stage 2", "kind": "course", "started_on": "2026-09-22", "minutes": 180, "provider": "National College"},
        {"external_ref": sent("course-88124"), "person": {"trn": "7654321"}, "title": "Metacognition in Key Stage 2", "kind": "course", "started_on": "2026-09-22", "minutes": 180},
    ]});
    let taken = s.tell(post.clone(), "/v1/learning-records/bulk-upsert", Some(&provider), Some(rows)).await;
    let unwanted = taken.body["results"][0]["id"].as_str().unwrap().to_owned();
    s.tell(post.clone(), &format!("/v1/learning-records/{unwanted}/delete"), t, None).await;
    let rows = json!({"rows": [{"external_ref": sent("certificate-5512"), "person": {"id": of}, "requirement_id": requirement, "completed_on": "2026-09-29", "provider": "National College", "certificate": "NC-5512"}]});
    s.tell(post.clone(), "/v1/training-completions/bulk-upsert", Some(&provider), Some(rows)).await;
    let done = format!("/v1/training-completions/{completion}");
    s.tell(get.clone(), &done, t, None).await;
    s.tell(get.clone(), &format!("/v1/training-completions?person_id={of}"), k, None).await;
    let new = json!({"requirement_id": requirement, "person_id": appraiser.person.to_string(), "reason": "Seconded abroad", "starts_on": "2026-09-01", "ends_on": "2026-12-31"});
    let exemption = s.tell(post.clone(), "/v1/training-exemptions", k, Some(new)).await.id();
    let exempt = format!("/v1/training-exemptions/{exemption}");
    s.tell(get.clone(), &exempt, k, None).await;
    s.tell(get.clone(), "/v1/training-exemptions?current_on=2026-10-05", k, None).await;
    s.tell(get.clone(), &format!("/v1/training-compliance?organisation_id={}&as_of=2026-10-05", trust.school), k, None).await;
    s.tell(get.clone(), "/v1/training-compliance/summary?as_of=2026-10-05", k, None).await;
    s.tell(post.clone(), &format!("{exempt}/end"), k, Some(json!({"ends_on": "2026-10-31"}))).await;
    s.tell(get.clone(), &format!("{exempt}/history"), k, None).await;
    s.tell(post.clone(), &format!("{done}/void"), k, Some(json!({"reason": "It was another Amina's certificate"}))).await;
    s.tell(get.clone(), &format!("{done}/history"), k, None).await;
    s.tell(post.clone(), &format!("{at}/retire"), e, None).await;
    s.tell(get.clone(), &format!("{at}/history"), e, None).await;
    // learning requests: the line, the request, two decisions, a change of mind, and what came of it
    let approver = trust.someone(w).named("Marged", "Rowlands").at(trust.school).with(RoleName::LearningApprover, trust.school).made().await;
    let v = Some(approver.token.as_str());
    let new = json!({"organisation_id": trust.school.to_string(), "academic_year": 2026, "title": "Courses and visits", "allocated_pence": 500_000, "plan_above_pence": 20_000});
    let line = s.tell(post.clone(), "/v1/budget-lines", d, Some(new)).await.id();
    let at = format!("/v1/budget-lines/{line}");
    s.tell(patch.clone(), &at, d, Some(json!({"allocated_pence": 600_000}))).await;
    s.tell(get.clone(), &at, d, None).await;
    s.tell(get.clone(), "/v1/budget-lines?academic_year=2026", v, None).await;
    let new = json!({"title": "Teaching extended writing", "why": "My Year 9 stop after a paragraph; the vocabulary is there.", "needs": "A seat near the front",
        "provider": "Severn Writers", "starts_on": "2026-11-05", "ends_on": "2026-11-06", "cost_pence": 24_000, "cover_minutes": 600, "objective_ids": [objective.clone()]});
    let request = s.tell(post.clone(), "/v1/learning-requests", t, Some(new)).await.id();
    let at = format!("/v1/learning-requests/{request}");
    s.tell(patch.clone(), &at, t, Some(json!({"cover_minutes": 540}))).await;
    let plan = json!({"plan": {"reaction": "Worth two days away from my classes", "learning": "I can model a paragraph while they watch",
        "organisational_support": "An hour in the department meeting of November", "use_in_practice": "A modelled paragraph in every second lesson",
        "pupil_outcomes": "Two paragraphs unprompted by March"}, "checkpoints": [{"level": "use_in_practice", "after": 6, "unit": "weeks"}, {"level": "pupil_outcomes", "after": 1, "unit": "terms"}]});
    s.tell(post.clone(), &format!("{at}/plan-impact"), t, Some(plan)).await;
    s.tell(post.clone(), &format!("{at}/submit"), t, None).await;
    s.tell(post.clone(), &format!("{at}/manager-decline"), p, Some(json!({"reason": "Two days in one week is hard to cover"}))).await;
    s.tell(post.clone(), &format!("{at}/manager-agree"), p, Some(json!({"reason": "Mr Bevan takes the second day"}))).await;
    s.tell(post.clone(), &format!("{at}/comments"), v, Some(json!({"text": "Is there a place for two?"}))).await;
    s.tell(get.clone(), &format!("{at}/comments"), t, None).await;
    s.tell(post.clone(), &format!("{at}/approve"), v, Some(json!({"budget_line_id": line}))).await;
    s.tell(get.clone(), &at, p, None).await;
    s.tell(get.clone(), "/v1/learning-requests?state=approved", v, None).await;
    s.tell(get.clone(), "/v1/budget-balances?academic_year=2026", d, None).await;
    s.tell(post.clone(), &format!("{at}/decline"), v, Some(json!({"reason": "The day moved into the mock examinations"}))).await;
    s.tell(post.clone(), &format!("{at}/return"), v, Some(json!({"reason": "Ask again for the day in January"}))).await;
    s.tell(get.clone(), &format!("{at}/decisions"), t, None).await;
    s.tell(get.clone(), &format!("{at}/impact"), p, None).await;
    s.tell(post.clone(), &format!("{at}/withdraw"), t, Some(json!({"reason": "I will go next year"}))).await;
    s.tell(get.clone(), &format!("{at}/history"), t, None).await;
    let new =
        json!({"title": "A morning with the phonics hub", "provider": "Severn Writers", "starts_on": "2026-10-05", "cost_pence": 6_000, "cover_minutes": 180});
    let today = w.post("/v1/learning-requests").by(&teacher).json(new).send().await.expect(201).id();
    let at = format!("/v1/learning-requests/{today}");
    // it was planned on Friday
    let planned = {
        use trellis_domain::{
            impact::{ImpactLevel, ImpactPlan, Look, OffsetUnit},
            text::{Reason, Wire},
        };
        let text = |t: &str| Reason::parse(t).unwrap();
        let plan = ImpactPlan {
            reaction: text("Worth a morning"),
            learning: text("The order of sounds that the hub uses"),
            organisational_support: text("The same cards in every room"),
            use_in_practice: text("I teach the sounds in that order"),
            pupil_outcomes: text("Fewer pupils guess from the picture"),
        };
        let looks = vec![Look { level: ImpactLevel::Reaction, after: 0, unit: OffsetUnit::Weeks }];
        let principal = trellis_persistence::Principal::Session { session: teacher.session, account: teacher.account };
        let act = trellis_persistence::Act { principal, now: w.now() - chrono::TimeDelta::days(3), ..w.operator(trust.id) };
        let id = trellis_domain::id::LearningRequestId(today.parse().unwrap());
        w.db.write(act, trellis_persistence::request::PlanImpact { id, plan, looks, expected: None }).await.unwrap()
    };
    w.post(format!("{at}/submit")).by(&teacher).send().await.expect(200);
    w.post(format!("{at}/manager-agree")).by(&appraiser).json(json!({})).send().await.expect(200);
    let verdicts = json!({"items": [{"id": today, "decision": "approve", "budget_line_id": line}, {"id": request, "decision": "approve"}]});
    s.tell(post.clone(), "/v1/learning-requests/decide", v, Some(verdicts)).await;
    s.tell(post.clone(), &format!("{at}/book"), t, Some(json!({}))).await;
    s.tell(post.clone(), &format!("{at}/record-cost"), v, Some(json!({"actual_cost_pence": 5_500}))).await;
    s.tell(get.clone(), &format!("/v1/budget-lines/{line}/entries"), v, None).await;
    s.tell(get.clone(), &format!("/v1/budget-lines/{line}/history"), d, None).await;
    s.tell(post.clone(), &format!("{at}/attend"), t, None).await;
    let seen = json!({"outcome": "recorded", "narrative": "Worth it: I heard my own muddle.", "evidence": "Notes in the phonics folder"});
    s.tell(post.clone(), &format!("{at}/checkpoints/{}/record", planned.checkpoints[0].id), t, Some(seen)).await;
    s.tell(post.clone(), &format!("{at}/evaluate"), t, Some(json!({"evaluation": "Short, practical, and we all went home with cards."}))).await;
    s.tell(post.clone(), &format!("{at}/review-impact"), t, Some(json!({"conclusion": "continue", "note": "In Year 2 as well, from January"}))).await;
    s.tell(post.clone(), &format!("{at}/close"), t, None).await;
    s.tell(get.clone(), &format!("/v1/organisations/{}/impact-summary?academic_year=2026", trust.school), d, None).await;
    // the inquiry commons
    s.tell(
        post.clone(),
        &format!("/v1/objectives/{objective}/abandon-inquiry"),
        t,
        Some(json!({"learned": "Retrieval of single words does not bring them into writing. I would retrieve sentences next time."})),
    )
    .await;
    s.tell(get.clone(), &format!("/v1/objectives/{objective}/inquiry"), t, None).await;
    let new = json!({"publish_to": "trust", "named": true, "title": "Retrieving words is not enough", "question": "Do pupils use vocabulary in extended writing if every lesson begins with retrieval?", "change_tried": "Five minutes of retrieval in every lesson for a term.", "evidence": "Six books: the words were known, and not used.", "finding": "Retrieve sentences, not words."});
    let finding = s.tell(post.clone(), &format!("/v1/objectives/{objective}/publish-finding"), t, Some(new)).await.id();
    let at = format!("/v1/findings/{finding}");
    s.tell(get.clone(), "/v1/findings?q=retrieval%20vocab", p, None).await;
    s.tell(get.clone(), &at, p, None).await;
    let new = json!({"employment_id": appraiser.employment.unwrap().to_string(), "kind": "growth_inquiry", "title": "Writing with new words", "inquiry": {"question": "What makes pupils use new vocabulary in extended writing?"}});
    let like = w.post("/v1/objectives").by(&appraiser).json(new).send().await.expect(201).id();
    s.tell(get.clone(), &format!("/v1/objectives/{like}/similar-findings"), p, None).await;
    s.tell(post.clone(), &format!("{at}/reuse"), p, Some(json!({"objective_id": like}))).await;
    s.tell(get.clone(), "/v1/me/findings", t, None).await;
    s.tell(post.clone(), &format!("{at}/withdraw"), t, None).await;
    s.tell(get.clone(), &format!("{at}/history"), t, None).await;

    // coaching
    let new = json!({"kind": "coaching", "learner_id": teacher.person.to_string(), "coach_id": appraiser.person.to_string(), "focus": "Questions that wait for an answer", "cadence_weeks": 2});
    let partnership = s.tell(post.clone(), "/v1/coaching-partnerships", t, Some(new)).await.id();
    let at = format!("/v1/coaching-partnerships/{partnership}");
    s.tell(post.clone(), &format!("{at}/accept"), p, None).await;
    s.tell(patch.clone(), &at, p, Some(json!({"cadence_weeks": 3}))).await;
    s.tell(get.clone(), &at, t, None).await;
    s.tell(get.clone(), "/v1/coaching-partnerships?state=active", t, None).await;
    let new = json!({"partnership_id": partnership, "step": "Count to five after every question in the first ten minutes", "check_back_on": "2026-10-19"});
    let step = s.tell(post.clone(), "/v1/action-steps", p, Some(new)).await.id();
    let of_step = format!("/v1/action-steps/{step}");
    s.tell(get.clone(), &of_step, t, None).await;
    s.tell(get.clone(), "/v1/action-steps?state=open", t, None).await;
    s.tell(post.clone(), &format!("{of_step}/settle"), t, Some(json!({"outcome": "adapted", "note": "Four seconds do."}))).await;
    s.tell(get.clone(), &format!("{of_step}/history"), t, None).await;
    let new = json!({"partnership_id": partnership, "visited_on": "2026-10-02", "minutes": 25, "purpose": "Who answers, and after how long?", "notes": "Four seconds, and she spoke for the first time this term."});
    let visit = s.tell(post.clone(), "/v1/learning-visits", p, Some(new)).await.id();
    let of_visit = format!("/v1/learning-visits/{visit}");
    s.tell(patch.clone(), &of_visit, p, Some(json!({"notes": "Four seconds, and two spoke for the first time this term."}))).await;
    s.tell(get.clone(), &of_visit, t, None).await;
    s.tell(get.clone(), "/v1/learning-visits?lane=development", t, None).await;
    s.tell(post.clone(), &format!("{of_visit}/share"), t, Some(json!({}))).await;
    s.tell(get.clone(), &format!("{of_visit}/history"), t, None).await;
    s.tell(post.clone(), &format!("{at}/end"), t, Some(json!({"reason": "We found what we came for"}))).await;
    s.tell(get.clone(), &format!("{at}/history"), t, None).await;
    // how somebody sees themself
    let standards = w.get("/v1/framework-versions?key=teachers-standards").by(&teacher).send().await.expect(200).items()[0].clone();
    let (first, second) = (standards["standards"][0]["id"].clone(), standards["standards"][3]["id"].clone());
    let said = json!([{"standard_id": first, "view": "strength"}, {"standard_id": second, "view": "growing", "words": "My openings are planned. My endings still run into the bell."}]);
    let new = json!({"framework_version_id": standards["id"], "title": "The autumn", "statements": said});
    let review = s.tell(post.clone(), "/v1/self-reviews", t, Some(new)).await.id();
    let at = format!("/v1/self-reviews/{review}");
    s.tell(patch.clone(), &at, t, Some(json!({"title": "The first half-term"}))).await;
    s.tell(post.clone(), &format!("{at}/keep"), t, None).await;
    s.tell(get.clone(), &at, t, None).await;
    s.tell(get.clone(), "/v1/self-reviews", t, None).await;
    s.tell(get.clone(), &format!("{at}/versions"), t, None).await;
    let shown = s.tell(post.clone(), &format!("{at}/share"), t, Some(json!({"reader_id": appraiser.person.to_string()}))).await.id();
    let of_shown = format!("/v1/shared-self-reviews/{shown}");
    s.tell(get.clone(), "/v1/shared-self-reviews", p, None).await;
    s.tell(get.clone(), &of_shown, p, None).await;
    s.tell(post.clone(), &format!("{of_shown}/withdraw"), t, None).await;
    s.tell(get.clone(), &format!("{of_shown}/history"), t, None).await;
    s.tell(get.clone(), &format!("{at}/history"), t, None).await;
    // what leaders see
    s.tell(get.clone(), &format!("/v1/appraisal-overview?cycle_id={cycle}"), l, None).await;
    s.tell(get.clone(), &format!("/v1/appraisal-progress?cycle_id={cycle}"), d, None).await;
    s.tell(get.clone(), &format!("/v1/priorities/{above}/line-of-sight"), l, None).await;
    s.tell(get.clone(), &format!("/v1/learning-records/{record}/line-of-sight"), t, None).await;
    s.tell(get.clone(), "/v1/learning-share?academic_year=2026", l, None).await;
    s.tell(get.clone(), "/v1/fair-access?academic_year=2026", l, None).await;
    s.tell(get.clone(), "/v1/check-in-health", l, None).await;
    s.tell(get.clone(), "/v1/learning-spending?academic_year=2026", l, None).await;

    // the year ends
    s.tell(post.clone(), &format!("/v1/objectives/{objective}/review"), p, None).await;
    s.tell(post.clone(), &format!("/v1/objectives/{objective}/close"), t, None).await;
    let at = format!("/v1/cycles/{cycle}");
    for step in ["start-monitoring", "open-review", "start-closing", "close", "archive"] {
        if step == "close" {
            s.tell(post.clone(), &format!("{at}/roll-over"), h, Some(json!({"name": "Appraisal and growth 2027/28"}))).await;
            // what was not completed is given up: else it blocks the closing
            let left = w.get(format!("/v1/appraisals?cycle_id={cycle}&limit=200")).by(&hr).send().await.expect(200);
            for open in left.items().iter().filter(|a| !["completed", "transferred", "abandoned"].contains(&a["state"].as_str().unwrap())) {
                let path = format!("/v1/appraisals/{}/abandon", open["id"].as_str().unwrap());
                w.post(path).by(&hr).if_match("*").json(json!({"reason": "The year is over"})).send().await.expect(200);
            }
        }
        s.tell(post.clone(), &format!("{at}/{step}"), h, None).await;
        if step == "open-review" {
            s.tell(post.clone(), &format!("{own}/start-self-review"), t, None).await;
            s.tell(post.clone(), &format!("{own}/start-assessment"), p, None).await;
            s.tell(get.clone(), &format!("{own}/history"), t, None).await;
            report(&mut s, &trust, &own, (&teacher, &appraiser, &hr)).await;
        }
    }
    s.tell(get.clone(), &format!("{at}/history"), h, None).await;

    // accounts, log-ins and machines
    let password = "green kettle on a bicycle";
    let new = json!({"person_id": person, "email": "dafydd.hughes@beaconhill.example", "password": password});
    let account = s.tell(post.clone(), "/v1/accounts", a, Some(new)).await.id();
    let login = json!({"tenant": "beacon-hill", "email": "dafydd.hughes@beaconhill.example", "password": password});
    let tokens = s.tell(post.clone(), "/v1/sessions", None, Some(login)).await.body;
    let refresh = json!({"refresh_token": tokens["refresh_token"]});
    let refreshed = s.tell(post.clone(), "/v1/sessions/refresh", None, Some(refresh)).await.body;
    s.told["refresh_session"]["request"]["refresh_token"] = json!("trellis_refresh_...");
    let own = refreshed["access_token"].as_str().unwrap().to_owned();
    s.tell(get.clone(), "/v1/me", Some(&own), None).await;
    s.tell(post.clone(), "/v1/me/password", Some(&own), Some(json!({"current_password": password, "new_password": "a taller kettle on two bicycles"}))).await;
    s.tell(Method::DELETE, "/v1/sessions/current", Some(&own), None).await;
    let at = format!("/v1/accounts/{account}");
    s.tell(post.clone(), &format!("{at}/disable"), a, None).await;
    s.tell(post.clone(), &format!("{at}/enable"), a, None).await;
    s.tell(post.clone(), &format!("{at}/reset-password"), a, Some(json!({"password": "the tallest kettle on a bicycle"}))).await;
    s.tell(get.clone(), &at, a, None).await;
    s.tell(get.clone(), &format!("/v1/accounts?person_id={person}"), a, None).await;
    s.tell(get.clone(), &format!("{at}/history"), a, None).await;
    let new = json!({"name": "Nightly MIS sync", "scopes": ["people:read", "people:write", "changes:read"], "organisation_ids": [school]});
    let machine = s.tell(post.clone(), "/v1/service-accounts", a, Some(new)).await.id();
    let at = format!("/v1/service-accounts/{machine}");
    s.tell(patch.clone(), &at, a, Some(json!({"name": "Nightly sync of staff"}))).await;
    let issued = s.tell(post.clone(), &format!("{at}/keys"), a, Some(json!({"days": 365}))).await;
    let key = issued.body["key"].as_str().unwrap().to_owned();
    s.tell(get.clone(), "/v1/changes?types=person,employment&include=record", Some(&key), None).await;
    s.tell(get.clone(), "/v1/changes/stream?types=person", Some(&key), None).await;
    s.tell(get.clone(), "/.well-known/oauth-authorization-server", None, None).await;
    let form = format!("grant_type=client_credentials&scope=people%3Aread+changes%3Aread&client_id={machine}&client_secret={key}");
    let token = w.post("/oauth/token").form(&form).send().await.expect(200);
    let (template, operation) = crate::support::operation(&post, "/oauth/token").unwrap();
    let sent = json!({"grant_type": "client_credentials", "scope": "people:read changes:read", "client_id": machine, "client_secret": "trellis_key_..."});
    s.note(template, "/oauth/token", operation, Some(sent), &token);
    let question = json!({"operation_id": "update_person", "record_id": person});
    s.tell(post.clone(), "/v1/me/permissions/explain", token.body["access_token"].as_str(), Some(question)).await;
    s.tell(post.clone(), &format!("{at}/keys/{}/revoke", issued.id()), a, None).await;
    s.tell(get.clone(), &at, a, None).await;
    s.tell(get.clone(), "/v1/service-accounts", a, None).await;
    s.tell(post.clone(), &format!("{at}/disable"), a, None).await;
    s.tell(get.clone(), &format!("{at}/history"), a, None).await;

    // what anybody may read
    s.tell(get.clone(), "/problems.json", None, None).await;
    s.tell(get.clone(), "/problems/stale", None, None).await;
    s.tell(get.clone(), "/.well-known/jwks.json", None, None).await;
    s.tell(get.clone(), "/health", None, None).await;
    s.told
}
