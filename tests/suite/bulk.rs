//! Bulk upsert: what another system says of people, schools and groups.

use crate::{
    concurrency::{Shot, all_at_once},
    permissions::last_event,
    support::*,
};
use serde_json::{Value, json};
use trellis_domain::{access::Permission, role::RoleName};

pub const PEOPLE: &str = "/v1/people/bulk-upsert";
pub const PLACES: &str = "/v1/organisations/bulk-upsert";

pub fn reference(id: &str) -> Value {
    json!({"source": "mis", "id": id})
}
/// A person of the other system, employed at the school.
pub fn row(id: &str, school: &str) -> Value {
    json!({
        "external_ref": reference(id), "given_name": "Ada", "family_name": format!("Row {id}"),
        "employments": [{"organisation": {"id": school}, "job_title": "Teacher", "staff_category": "teacher", "staff_code": format!("C{id}"), "starts_on": "2026-09-01"}],
    })
}
pub fn with(mut row: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}
pub fn rows(rows: impl IntoIterator<Item = Value>) -> Vec<u8> {
    json!({"rows": rows.into_iter().collect::<Vec<_>>()}).to_string().into_bytes()
}

/// A trust, somebody of its HR, and the ids that are named most.
pub struct Office {
    pub trust: Trust,
    pub hr: Someone,
    pub school: String,
}
pub async fn office(w: &World) -> Office {
    let trust = w.trust("beacon").await;
    let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
    let school = trust.school.to_string();
    Office { trust, hr, school }
}
impl Office {
    pub async fn send(&self, w: &World, query: &str, sent: Vec<Value>) -> Reply {
        w.post(format!("{PEOPLE}{query}")).by(&self.hr).raw("application/json", &rows(sent)).send().await.expect(207)
    }
    pub async fn csv(&self, w: &World, text: &str) -> Reply {
        w.post(format!("{PEOPLE}?source=mis")).by(&self.hr).raw("text/csv", text.as_bytes()).send().await.expect(207)
    }
    pub async fn person(&self, w: &World, id: &str) -> Reply {
        w.get(format!("/v1/people/{id}")).by(&self.hr).send().await.expect(200)
    }
}

pub fn actions(reply: &Reply) -> Vec<&str> {
    reply.body["results"].as_array().unwrap().iter().map(|r| r["action"].as_str().unwrap()).collect()
}
pub fn id_of(reply: &Reply, n: usize) -> String {
    reply.body["results"][n]["id"].as_str().unwrap_or_else(|| panic!("no id: {}", reply.text)).to_owned()
}
/// Code and pointer of every fault of a row.
pub fn faults(reply: &Reply, n: usize) -> Vec<(String, String)> {
    let errors = reply.body["results"][n]["problem"]["errors"].as_array().unwrap_or_else(|| panic!("taken: {}", reply.text));
    let text = |e: &Value, name: &str| e[name].as_str().unwrap().to_owned();
    errors.iter().for_each(|e| note(e["code"].as_str().unwrap()));
    errors.iter().map(|e| (text(e, "code"), text(e, "pointer"))).collect()
}
pub fn fault(code: &str, pointer: &str) -> (String, String) {
    (code.into(), pointer.into())
}

on_both! {
    async fn rows_are_added_changed_and_left_in_their_order(w: World) {
        let o = office(w).await;
        let first = o.send(w, "", vec![row("1", &o.school), row("2", &o.school)]).await;
        assert_eq!(actions(&first), ["created", "created"], "{}", first.text);
        assert_eq!(first.body["counts"], json!({"created": 2, "updated": 0, "unchanged": 0, "failed": 0}));
        assert_eq!(first.body["results"][1]["external_ref"], reference("2"));
        let (before, one, two) = (last_event(w, o.trust.id).await, id_of(&first, 0), id_of(&first, 1));
        let tags = (o.person(w, &one).await.etag(), o.person(w, &two).await.etag());

        let again = o.send(w, "", vec![row("1", &o.school), row("2", &o.school)]).await;
        assert_eq!(actions(&again), ["unchanged", "unchanged"], "{}", again.text);
        assert_eq!((last_event(w, o.trust.id).await, (o.person(w, &one).await.etag(), o.person(w, &two).await.etag())), (before, tags));

        let changed = with(row("2", &o.school), json!({"preferred_name": "Addie", "email": "ada.two@school.example"}));
        let third = o.send(w, "", vec![row("3", &o.school), changed.clone(), row("1", &o.school)]).await;
        assert_eq!(actions(&third), ["created", "updated", "unchanged"], "{}", third.text);
        assert_eq!((third.body["results"][1]["changed"].clone(), id_of(&third, 1)), (json!(["preferred_name", "email"]), two.clone()));
        let emptied = o.send(w, "", vec![json!({"external_ref": reference("2"), "preferred_name": null})]).await;
        assert_eq!(emptied.body["results"][0]["changed"], json!(["preferred_name"]), "{}", emptied.text);
        let person = o.person(w, &two).await.body;
        assert_eq!((&person["preferred_name"], &person["email"]), (&Value::Null, &json!("ada.two@school.example")));
    }

    async fn a_trial_says_what_would_happen_and_writes_nothing(w: World) {
        let o = office(w).await;
        o.send(w, "", vec![row("1", &o.school)]).await;
        let before = last_event(w, o.trust.id).await;
        let mut changed = with(row("1", &o.school), json!({"family_name": "Byron"}));
        changed["employments"][0]["fte_percent"] = json!(60);
        let managed = json!([{"kind": "line_manager", "holder": {"external_ref": reference("3")}}]);
        let sent = vec![changed, with(row("2", &o.school), json!({"relationships": managed})), row("3", &o.school)];
        let trial = o.send(w, "?validate_only=true", sent).await;
        assert_eq!(actions(&trial), ["updated", "created", "created"], "{}", trial.text);
        assert_eq!(
            trial.body["results"][0]["differences"],
            json!([{"field": "family_name", "before": "Row 1", "after": "Byron"}, {"field": "employments/0/fte_percent", "before": 100, "after": 60}])
        );
        assert_eq!((&trial.body["results"][1]["id"], last_event(w, o.trust.id).await), (&Value::Null, before));
        let found = w.get("/v1/people?external_ref=mis:2").by(&o.hr).send().await.expect(200);
        assert!(found.items().is_empty());
    }

    async fn all_or_none(w: World) {
        let o = office(w).await;
        let before = last_event(w, o.trust.id).await;
        let bad = with(row("2", &o.school), json!({"given_name": ""}));
        let none = o.send(w, "?atomic=true", vec![row("1", &o.school), bad]).await;
        assert_eq!(actions(&none), ["failed", "failed"], "{}", none.text);
        assert_eq!(faults(&none, 0), [fault("not_applied", "/rows/0")]);
        assert_eq!(last_event(w, o.trust.id).await, before);
        let all = o.send(w, "?atomic=true", vec![row("1", &o.school), row("2", &o.school)]).await;
        assert_eq!(actions(&all), ["created", "created"]);
        let many = rows((0..1001).map(|n| json!({"external_ref": reference(&n.to_string())})));
        w.post(format!("{PEOPLE}?atomic=true")).by(&o.hr).raw("application/json", &many).send().await.problem(422, "too_many_rows");
    }

    async fn every_fault_of_a_row_is_told_with_its_place(w: World) {
        let o = office(w).await;
        o.send(w, "", vec![with(row("9", &o.school), json!({"trn": "7654321"})), with(row("8", &o.school), json!({"trn": "7654322"}))]).await;
        let mut bad = with(row("1", &o.school), json!({"family_name": "  ", "trn": "12", "colour": "green"}));
        bad["employments"][0]["ends_on"] = json!("2026-08-31");
        bad["employments"].as_array_mut().unwrap().push(json!({"organisation": {"urn": "999999"}, "staff_category": "king"}));
        bad["relationships"] = json!([{"kind": "coach", "holder": {"external_ref": reference("nobody")}}, {"kind": "line_manager", "holder": {"external_ref": reference("1")}}]);
        let reply = o.send(w, "", vec![row("7", &o.school), bad]).await;
        assert_eq!(actions(&reply), ["created", "failed"], "{}", reply.text);
        let mut found = faults(&reply, 1);
        found.sort();
        let mut expected = vec![
            fault("invalid_value", "/rows/1/colour"),
            fault("invalid_value", "/rows/1/family_name"),
            fault("invalid_value", "/rows/1/trn"),
            fault("period_backwards", "/rows/1/employments/0/ends_on"),
            fault("unknown_reference", "/rows/1/employments/1/organisation"),
            fault("invalid_value", "/rows/1/employments/1/staff_category"),
            fault("unknown_reference", "/rows/1/relationships/0/holder"),
            fault("self_relationship", "/rows/1/relationships/1/holder"),
        ];
        expected.sort();
        assert_eq!(found, expected, "{}", reply.text);
        assert!(!reply.text.contains("green") && !reply.text.contains("king"), "values are not repeated: {}", reply.text);

        let taken = with(row("2", &o.school), json!({}));
        let mut code = taken.clone();
        code["employments"][0]["staff_code"] = json!("C9");
        code["trn"] = json!("7654322");
        let twice = with(row("3", &o.school), json!({"external_refs": [reference("9")], "trn": "7654322"}));
        let reply = o.send(w, "", vec![code, twice, row("4", &o.school), row("4", &o.school), with(row("9", &o.school), json!({})), json!({"external_ref": reference("5"), "external_refs": [reference("9")], "trn": "7654321"})]).await;
        assert_eq!(faults(&reply, 0), [fault("ambiguous_match", "/rows/0/trn"), fault("duplicate", "/rows/0/employments/0/staff_code")]);
        assert_eq!(faults(&reply, 1), [fault("ambiguous_match", "/rows/1/trn")]);
        assert_eq!(faults(&reply, 3), [fault("repeated_row", "/rows/3/external_ref")]);
        assert_eq!(faults(&reply, 5), [fault("repeated_row", "/rows/5")], "two rows for one person: {}", reply.text);
        assert_eq!((actions(&reply)[2], actions(&reply)[4]), ("created", "unchanged"), "{}", reply.text);
    }

    async fn somebody_is_found_by_trn_and_by_staff_code_and_only_suggested_by_email(w: World) {
        let o = office(w).await;
        let new = json!({"given_name": "Ada", "family_name": "Known", "trn": "0012345", "email": "ada@school.example"});
        let known = w.post("/v1/people").by(&o.hr).json(new).send().await.expect(201).id();
        let reply = o.send(w, "", vec![json!({"external_ref": reference("1"), "trn": "12345"})]).await;
        assert_eq!((actions(&reply)[0], id_of(&reply, 0), &reply.body["results"][0]["changed"]), ("updated", known.clone(), &json!(["external_refs"])));
        let post = json!({"person_id": known, "organisation_id": o.school, "job_title": "Teacher", "staff_category": "teacher", "staff_code": "AKN", "starts_on": "2026-09-01"});
        w.post("/v1/employments").by(&o.hr).json(post).send().await.expect(201);
        let by_code = json!({"external_ref": {"source": "payroll", "id": "77"}, "employments": [{"organisation": {"id": o.school}, "staff_code": "AKN"}]});
        let reply = o.send(w, "", vec![by_code]).await;
        assert_eq!((actions(&reply)[0], id_of(&reply, 0)), ("updated", known.clone()), "{}", reply.text);
        let by_email = with(row("3", &o.school), json!({"email": "ada@school.example"}));
        let reply = o.send(w, "", vec![by_email]).await;
        assert_eq!(actions(&reply), ["created"]);
        assert_ne!(id_of(&reply, 0), known);
    }

    async fn employments_are_found_by_their_days(w: World) {
        let o = office(w).await;
        let at = |starts: &str, ends: Value| {
            let job = json!({"organisation": {"id": o.school}, "job_title": "Teacher", "staff_category": "teacher", "starts_on": starts, "ends_on": ends});
            json!({"external_ref": reference("1"), "given_name": "Ada", "family_name": "Days", "employments": [job]})
        };
        o.send(w, "", vec![at("2020-09-01", json!("2022-08-31"))]).await;
        let second = o.send(w, "", vec![at("2023-09-01", json!(null))]).await;
        assert_eq!(second.body["results"][0]["changed"], json!(["employments"]));
        let person = id_of(&second, 0);
        let list = async || w.get(format!("/v1/employments?person_id={person}")).by(&o.hr).send().await.expect(200).items().len();
        assert_eq!(list().await, 2);
        let ended = o.send(w, "", vec![at("2023-09-01", json!("2026-12-31"))]).await;
        assert_eq!((actions(&ended)[0], list().await), ("updated", 2), "{}", ended.text);
        let both = o.send(w, "", vec![at("2021-01-01", json!("2024-01-01"))]).await;
        assert_eq!(faults(&both, 0), [fault("ambiguous_employment", "/rows/0/employments/0/starts_on")]);
        // an entry that moves an employment onto another one
        let overlap = o.send(w, "", vec![at("2023-09-01", json!(null)), ]).await;
        assert_eq!(actions(&overlap), ["updated"]);
    }

    async fn a_manager_may_come_later_and_circles_are_refused(w: World) {
        let o = office(w).await;
        let under = |id: &str, manager: &str| with(row(id, &o.school), json!({"relationships": [{"kind": "line_manager", "holder": {"external_ref": reference(manager)}}]}));
        let reply = o.send(w, "", vec![under("1", "2"), under("2", "3"), row("3", &o.school)]).await;
        assert_eq!(actions(&reply), ["created"; 3], "{}", reply.text);
        let circle = o.send(w, "", vec![under("3", "1")]).await;
        assert_eq!(faults(&circle, 0), [fault("line_management_cycle", "/rows/0/relationships/0/holder")]);
        let told = circle.body["results"][0]["problem"]["detail"].as_str().unwrap();
        assert!(told.contains("Row 3 is managed by") && told.contains("Row 2 is managed by") && !told.contains(&id_of(&reply, 1)), "{told}");
        let waiting = o.send(w, "", vec![under("7", "8"), under("8", "7")]).await;
        assert_eq!(actions(&waiting), ["failed", "failed"], "{}", waiting.text);
        assert_eq!(faults(&waiting, 0), [fault("unknown_reference", "/rows/0/relationships/0/holder")]);
        // across the parts in which rows are done
        let mut many = vec![under("a", "z")];
        many.extend((0..60).map(|n| row(&format!("m{n}"), &o.school)));
        many.push(row("z", &o.school));
        let reply = o.send(w, "", many).await;
        assert!(actions(&reply).iter().all(|a| *a == "created"), "{}", reply.text);
        // another manager takes over today
        let reply = o.send(w, "", vec![under("1", "3")]).await;
        assert_eq!(actions(&reply), ["updated"], "{}", reply.text);
        let person = id_of(&reply, 0);
        let now = w.get(format!("/v1/relationships?person_id={person}&kind=line_manager")).by(&o.hr).send().await.expect(200);
        assert_eq!(now.items().iter().filter(|r| r["ends_on"].is_null()).count(), 1, "{}", now.text);
    }

    async fn roles_are_given_by_those_who_may_and_by_no_machine(w: World) {
        let o = office(w).await;
        let admin = o.trust.someone(w).at(o.trust.school).with(RoleName::TrustAdmin, o.trust.root).made().await;
        let leader = with(row("1", &o.school), json!({"roles": [{"role": "headteacher", "organisation": {"id": o.school}, "starts_on": "2026-09-01"}]}));
        let refused = o.send(w, "", vec![leader.clone()]).await;
        assert_eq!(faults(&refused, 0), [fault("not_permitted", "/rows/0/roles/0/organisation")]);
        let delegate = |ends: Value| with(row("2", &o.school), json!({"roles": [{"role": "appraisal_delegate", "organisation": {"id": o.school}, "starts_on": "2026-10-05", "ends_on": ends}]}));
        let endless = o.send(w, "", vec![delegate(Value::Null)]).await;
        assert_eq!(faults(&endless, 0), [fault("contradictory_members", "/rows/0/roles/0/ends_on")]);
        let given = o.send(w, "", vec![delegate(json!("2027-08-31"))]).await;
        assert_eq!(actions(&given), ["created"], "HR delegates in bulk as one by one: {}", given.text);
        // of a role that is not theirs to give they hear nothing, held or not
        let governor = |ends: Value| with(row("2", &o.school), json!({"roles": [{"role": "governor", "organisation": {"id": o.school}, "starts_on": "2026-09-01", "ends_on": ends}]}));
        let held = governor(json!("2027-03-31"));
        assert_eq!(actions(&w.post(PEOPLE).by(&admin).raw("application/json", &rows([held.clone()])).send().await.expect(207)), ["updated"]);
        for asked in [held, governor(json!("2027-06-30")), governor(json!("2026-12-31")), governor(Value::Null)] {
            assert_eq!(faults(&o.send(w, "", vec![asked]).await, 0), [fault("not_permitted", "/rows/0/roles/0/organisation")]);
        }
        let (_, _, key) = w.key(&o.trust, &[Permission::WritePeople, Permission::ReadPeople], None).await;
        let refused = w.post(PEOPLE).bearer(&key).raw("application/json", &rows([leader.clone()])).send().await.expect(207);
        assert_eq!(faults(&refused, 0), [fault("not_permitted", "/rows/0/roles/0")]);
        let given = w.post(PEOPLE).by(&admin).raw("application/json", &rows([leader.clone()])).send().await.expect(207);
        assert_eq!(actions(&given), ["created"], "{}", given.text);
        let again = w.post(PEOPLE).by(&admin).raw("application/json", &rows([leader])).send().await.expect(207);
        assert_eq!(actions(&again), ["unchanged"]);
    }

    async fn a_machine_of_one_school_writes_there_alone_and_learns_nothing_of_others(w: World) {
        let o = office(w).await;
        let other = o.trust.other_school.to_string();
        let there = o.send(w, "", vec![with(row("9", &other), json!({"trn": "7654321"}))]).await;
        let (_, _, key) = w.key(&o.trust, &[Permission::WritePeople, Permission::ReadPeople], Some(vec![o.trust.school])).await;
        let sent = [row("1", &o.school), row("2", &other), row("9", &o.school), with(row("3", &o.school), json!({"trn": "7654321"}))];
        let reply = w.post(PEOPLE).bearer(&key).raw("application/json", &rows(sent)).send().await.expect(207);
        assert_eq!(actions(&reply)[0], "created", "{}", reply.text);
        assert_eq!(faults(&reply, 1), [fault("unknown_reference", "/rows/1/employments/0/organisation")]);
        assert_eq!(faults(&reply, 2), [fault("duplicate", "/rows/2/external_ref")]);
        assert_eq!(faults(&reply, 3), [fault("duplicate", "/rows/3/trn")]);
        assert!(!reply.text.contains(&id_of(&there, 0)));
    }

    async fn a_table_is_read_with_the_habits_of_spreadsheets(w: World) {
        let o = office(w).await;
        let text = format!(
            "\u{feff}External ID;Given name;family_name;trn;organisation_id;job_title;staff_category;starts_on;line_manager;;\r\n\
             1;Zo\u{eb};\"O'Neill;\nor so\";=\"0012345\";{0};Teacher;Teacher;1/9/2026;2;;\r\n\r\n\
             2;Ben;Head;'12346;{0};Head;headteacher;2026-09-01;;;\r\n3;short\r\n;;;;;;;;;;\r\n4;Cy;Bad;12;{0};Teacher;king;31/02/2026;;;\r\n",
            o.school
        );
        let reply = o.csv(w, &text).await;
        assert_eq!(actions(&reply), ["failed", "created", "failed", "failed"], "{}", reply.text);
        let lines: Vec<u64> = reply.body["results"].as_array().unwrap().iter().map(|r| r["line"].as_u64().unwrap()).collect();
        assert_eq!(lines, [2, 5, 6, 8]);
        assert_eq!(faults(&reply, 0), [fault("invalid_value", "/family_name"), fault("unknown_reference", "/line_manager")].into_iter().take(1).chain(faults(&reply, 0).into_iter().skip(1)).collect::<Vec<_>>());
        assert_eq!(faults(&reply, 2)[0].0, "unreadable_file");
        let mut bad = faults(&reply, 3);
        bad.sort();
        assert_eq!(bad, [fault("invalid_value", "/staff_category"), fault("invalid_value", "/starts_on"), fault("invalid_value", "/trn")]);
        assert_eq!(o.person(w, &id_of(&reply, 1)).await.body["trn"], "0012346");
        let latin = b"source,external_id,given_name,family_name\nmis,5,Zo\xeb,=Name\n";
        w.post(PEOPLE).by(&o.hr).raw("text/csv", latin).send().await.problem(422, "unreadable_file");
        let reply = w.post(PEOPLE).by(&o.hr).raw("text/csv; charset=windows-1252", latin).send().await.expect(207);
        assert_eq!(o.person(w, &id_of(&reply, 0)).await.body["given_name"], "Zo\u{eb}");
        let table = w.post(PEOPLE).by(&o.hr).header("accept", "text/csv").raw("text/csv; charset=windows-1252", latin).send().await.expect(207);
        let id = id_of(&reply, 0);
        assert_eq!(table.text, format!("source,external_id,given_name,family_name,action,id,changed,code,reason\r\nmis,5,Zo\u{eb},'=Name,unchanged,{id},,,\r\n"));
    }

    async fn headings_are_told_all_at_once_and_a_body_that_was_cut_does_nothing(w: World) {
        let o = office(w).await;
        let before = last_event(w, o.trust.id).await;
        let reply = w.post(PEOPLE).by(&o.hr).raw("text/csv", b"Given nmae,email\nAda,a@b.example\n").send().await.problem(422, "unreadable_file");
        assert_eq!(reply.pointers(), ["/Given nmae", "/source", "/external_id"]);
        assert!(reply.text.contains("did you mean given_name"), "{}", reply.text);
        let whole = rows([row("1", &o.school), row("2", &o.school)]);
        let reply = w.post(PEOPLE).by(&o.hr).raw("application/json", &whole[..whole.len() - 40]).send().await.problem(400, "malformed_body");
        assert!(reply.text.contains("nothing was done"));
        let cut = format!("source,external_id,given_name,family_name\nmis,1,Ada,Whole\nmis,2,\"Ada,Cut\n{}", o.school);
        let reply = w.post(PEOPLE).by(&o.hr).raw("text/csv", cut.as_bytes()).send().await.problem(422, "unreadable_file");
        assert!(reply.text.contains("nothing was done"));
        for (body, pointer) in [(json!({"rows": [], "more": 1}), "/more"), (json!({}), "/rows")] {
            let reply = w.post(PEOPLE).by(&o.hr).raw("application/json", body.to_string().as_bytes()).send().await.problem(422, "validation_failed");
            assert_eq!(reply.pointers(), [pointer]);
        }
        w.post(PEOPLE).by(&o.hr).raw("application/json", b"{\"rows\": []}").send().await.problem(422, "validation_failed");
        w.post(PEOPLE).by(&o.hr).raw("application/json", b"{\"rows\": [], \"rows\": []}").send().await.problem(400, "malformed_body");
        w.post(PEOPLE).by(&o.hr).raw("text/plain", b"x").send().await.problem(415, "unsupported_media_type");
        assert_eq!(last_event(w, o.trust.id).await, before);
    }

    async fn schools_and_groups_are_taken_the_same_way(w: World) {
        let o = office(w).await;
        let admin = o.trust.someone(w).at(o.trust.school).with(RoleName::TrustAdmin, o.trust.root).made().await;
        let send = async |sent: Value| w.post(PLACES).by(&admin).raw("application/json", &rows(sent.as_array().unwrap().clone())).send().await.expect(207);
        let sent = json!([
            {"external_ref": reference("y7"), "kind": "group", "name": "Year 7", "parent": {"external_ref": reference("s1")}},
            {"external_ref": reference("s1"), "kind": "school", "name": "North School", "urn": "100001", "phase": "secondary"},
            {"external_ref": reference("bad"), "kind": "school", "urn": "1", "opened_on": "2026-09-01", "closed_on": "2020-01-01", "parent": {"urn": "999999"}},
        ]);
        let reply = send(sent.clone()).await;
        assert_eq!(actions(&reply), ["created", "created", "failed"], "{}", reply.text);
        let mut bad = faults(&reply, 2);
        bad.sort();
        assert_eq!(bad, [fault("invalid_identifier", "/rows/2/urn"), fault("invalid_value", "/rows/2/name"), fault("unknown_reference", "/rows/2/parent")]);
        let before = last_event(w, o.trust.id).await;
        let again = send(sent).await;
        assert_eq!((actions(&again), last_event(w, o.trust.id).await), (vec!["unchanged", "unchanged", "failed"], before), "{}", again.text);
        let by_urn = send(json!([{"external_ref": {"source": "gias", "id": "100001"}, "urn": "100001", "name": "North Academy"}, {"external_ref": reference("y7"), "kind": "school"}])).await;
        assert_eq!((actions(&by_urn)[0], id_of(&by_urn, 0)), ("updated", id_of(&reply, 1)), "{}", by_urn.text);
        assert_eq!(faults(&by_urn, 1), [fault("misplaced_organisation", "/rows/1/kind")]);
        let csv = b"source,external_id,kind,name,parent\nmis,d1,Group,English,s1\n";
        let reply = w.post(PLACES).by(&admin).raw("text/csv", csv).send().await.expect(207);
        assert_eq!(actions(&reply), ["created"], "{}", reply.text);
    }

    async fn the_same_rows_twice_at_once_do_no_harm(w: World) {
        let o = office(w).await;
        let body: Value = serde_json::from_slice(&rows((0..40).map(|n| row(&n.to_string(), &o.school)))).unwrap();
        let answers = all_at_once(w, vec![Shot::post(PEOPLE, &o.hr.token).json(body); 2]);
        let mut created = 0;
        for (status, report) in &answers {
            assert_eq!(*status, 207, "{report}");
            assert_eq!(report["counts"]["failed"], 0, "{report}");
            created += report["counts"]["created"].as_u64().unwrap();
        }
        assert_eq!(created, 40);
    }

    async fn two_jobs_with_the_same_new_people_at_once_make_each_once(w: World) {
        let o = office(w).await;
        let before = last_event(w, o.trust.id).await;
        o.send(w, "", vec![row("alone", &o.school)]).await;
        let (each, before) = (last_event(w, o.trust.id).await - before, last_event(w, o.trust.id).await);
        let body: Value = serde_json::from_slice(&rows((0..120).map(|n| row(&n.to_string(), &o.school)))).unwrap();
        let send = |key: &str| Shot::post(PEOPLE, &o.hr.token).with("idempotency-key", key).json(body.clone());
        let answers = all_at_once(w, vec![send("one"), send("two")]);
        let mut ids = std::collections::BTreeSet::new();
        let (mut created, mut unchanged) = (0, 0);
        for (status, report) in &answers {
            assert_eq!(*status, 207, "{report}");
            for result in report["results"].as_array().unwrap() {
                match result["action"].as_str().unwrap() {
                    "created" => created += 1,
                    "unchanged" => unchanged += 1,
                    other => panic!("{other}: {result}"),
                }
                ids.insert(result["id"].as_str().unwrap().to_owned());
            }
        }
        assert_eq!((created, unchanged, ids.len()), (120, 120, 120));
        assert_eq!(last_event(w, o.trust.id).await, before + 120 * each, "the events of 120 people, and nothing besides");
        assert_ne!(answers[0].1["job_id"], answers[1].1["job_id"]);
    }
}
