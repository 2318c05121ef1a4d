//! Training that is required: who stands where on which day, who may know it, and what is refused.

use crate::support::*;
use serde_json::{Value, json};
use trellis_domain::{access::Permission, employment::StaffCategory, id::OrganisationId, relationship::RelationshipKind, role::RoleName};

pub struct Office {
    pub trust: Trust,
    pub head: Someone,
    pub hr: Someone,
    pub lead: Someone,
}
pub async fn office(w: &World) -> Office {
    let trust = w.trust("beacon").await;
    let head = trust.someone(w).with(RoleName::Headteacher, trust.school).made().await;
    let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
    let lead = trust.someone(w).with(RoleName::LearningLead, trust.school).made().await;
    Office { trust, head, hr, lead }
}
pub fn first_aid(at: OrganisationId) -> Value {
    json!({"organisation_id": at.to_string(), "title": "First aid", "authority": "guidance", "trigger": "on_start", "due_within_days": 60, "validity": "months", "validity_months": 36})
}
pub fn with(mut body: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}
impl Office {
    /// A requirement that has been asked for long.
    pub async fn asked(&self, w: &World, by: &Someone, new: Value) -> String {
        let id = w.post("/v1/training-requirements").by(by).json(new).send().await.expect(201).id();
        w.post(format!("/v1/training-requirements/{id}/publish")).by(by).json(json!({"applies_from": "2020-09-01"})).send().await.expect(200);
        id
    }
    pub async fn done(&self, w: &World, by: &Someone, of: &str, who: &Someone, day: &str) -> Reply {
        let new = json!({"requirement_id": of, "person_id": who.person.to_string(), "completed_on": day, "provider": "St John", "certificate": "C-1"});
        w.post("/v1/training-completions").by(by).json(new).send().await
    }
}
/// Person, status, due, valid until; of everybody whom the caller sees.
pub async fn standings(w: &World, by: &Someone, query: &str) -> Vec<(String, String, Value, Value)> {
    let found = w.get(format!("/v1/training-compliance?limit=200&{query}")).by(by).send().await.expect(200);
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    found.items().iter().map(|r| (text(&r["person_id"]), text(&r["status"]), r["due_on"].clone(), r["valid_until"].clone())).collect()
}
async fn status(w: &World, by: &Someone, of: &str, who: &Someone, day: &str) -> String {
    let found = standings(w, by, &format!("requirement_id={of}&person_id={}&as_of={day}", who.person)).await;
    found.first().map_or_else(|| "-".into(), |r| r.1.clone())
}

on_both! {
    async fn where_somebody_stands_is_worked_out_for_any_day(w: World) {
        let o = office(w).await;
        let (teacher, fresh) = (o.trust.someone(w).at(o.trust.school).made().await, o.trust.someone(w).at(o.trust.school).made().await);
        let of = o.asked(w, &o.lead, first_aid(o.trust.school)).await;
        o.done(w, &o.hr, &of, &teacher, "2023-10-20").await.expect(201);
        for (day, expected) in [("2026-01-05", "current"), ("2026-10-05", "expiring"), ("2026-10-20", "expiring"), ("2026-10-21", "expired")] {
            assert_eq!(status(w, &o.head, &of, &teacher, day).await, expected, "{day}");
        }
        let today = standings(w, &o.head, &format!("requirement_id={of}&person_id={}", teacher.person)).await;
        assert_eq!(today, [(teacher.person.to_string(), "expiring".into(), json!("2026-10-20"), json!("2026-10-20"))]);
        // renewed within the warning it counts from the day on which it would have run out
        let renewal = o.done(w, &o.hr, &of, &teacher, "2026-10-01").await.expect(201);
        assert_eq!(standings(w, &o.head, &format!("requirement_id={of}&person_id={}", teacher.person)).await[0].3, "2029-10-20");
        assert_eq!(status(w, &o.head, &of, &teacher, "2026-09-30").await, "expiring", "as it was the day before");
        // taken back, it counts on no day
        let at = format!("/v1/training-completions/{}", renewal.id());
        w.post(format!("{at}/void")).by(&o.hr).json(json!({"reason": "Another's certificate"})).send().await.expect(200);
        w.post(format!("{at}/void")).by(&o.hr).json(json!({"reason": "Again"})).send().await.problem(409, "wrong_state");
        assert_eq!(status(w, &o.head, &of, &teacher, "2026-10-05").await, "expiring");
        let history = w.get(format!("{at}/history")).by(&o.hr).send().await.expect(200);
        assert_eq!(history.items().iter().map(|e| e["type"].as_str().unwrap()).collect::<Vec<_>>(), ["training_completion.voided", "training_completion.created"]);
        // a new edition: due again, within its days
        let path = format!("/v1/training-requirements/{of}");
        let issue = json!({"issued_on": "2026-10-05", "due_within_days": 14, "note": "The new resuscitation guidance"});
        w.post(format!("{path}/issue-edition")).by(&o.lead).json(issue.clone()).send().await.expect(200);
        assert_eq!(w.post(format!("{path}/issue-edition")).by(&o.lead).json(issue).send().await.problem(422, "impossible_dates").pointers(), ["/issued_on"]);
        for (day, expected) in [("2026-10-04", "expiring"), ("2026-10-05", "due_soon"), ("2026-10-19", "due"), ("2026-10-21", "expired")] {
            assert_eq!(status(w, &o.head, &of, &teacher, day).await, expected, "{day}");
        }
        // whoever did nothing, and a leaver, and somebody who is exempt for a time
        assert_ne!(status(w, &o.head, &of, &fresh, "2026-10-05").await, "-");
        let ends = json!({"ends_on": "2026-12-31"});
        w.patch(format!("/v1/employments/{}", fresh.employment.unwrap())).by(&o.hr).json(ends).send().await.expect(200);
        assert_eq!(status(w, &o.head, &of, &fresh, "2027-01-01").await, "-");
        let new = json!({"requirement_id": of, "person_id": teacher.person.to_string(), "reason": "Family leave", "starts_on": "2026-11-01", "ends_on": "2026-11-30"});
        let exempt = w.post("/v1/training-exemptions").by(&o.head).json(new.clone()).send().await.expect(201);
        assert_eq!(w.post("/v1/training-exemptions").by(&o.head).json(new).send().await.problem(409, "duplicate").pointers(), ["/starts_on"]);
        for (day, expected) in [("2026-10-31", "expired"), ("2026-11-01", "exempt"), ("2026-11-30", "exempt"), ("2026-12-01", "expired")] {
            assert_eq!(status(w, &o.head, &of, &teacher, day).await, expected, "{day}");
        }
        let end = async |day: &str| w.post(format!("/v1/training-exemptions/{}/end", exempt.id())).by(&o.hr).json(json!({"ends_on": day})).send().await;
        end("2026-11-10").await.expect(200);
        end("2026-11-20").await.problem(409, "already_ended");
        end("2026-10-10").await.problem(422, "period_backwards");
        assert_eq!(status(w, &o.head, &of, &teacher, "2026-11-11").await, "expired");
        // retired, it is asked of nobody, and still was before
        w.post(format!("{path}/retire")).by(&o.lead).send().await.expect(200);
        assert_eq!((status(w, &o.head, &of, &teacher, "2026-10-05").await, status(w, &o.head, &of, &teacher, "2026-10-04").await), ("-".into(), "expiring".into()));
    }

    async fn who_somebody_was_on_a_day_decides_what_was_asked_of_them_then(w: World) {
        let o = office(w).await;
        let someone = async |category| o.trust.someone(w).at(o.trust.school).employed_as(category).made().await;
        let (risen, steady) = (someone(StaffCategory::Support).await, someone(StaffCategory::Support).await);
        let for_teachers = json!({"audience": {"include": {"staff_categories": ["teacher"]}}});
        let of = o.asked(w, &o.lead, with(first_aid(o.trust.school), for_teachers)).await;
        let for_heads_of = json!({"audience": {"include": {"job_titles": ["Head of Art"]}}});
        let titled = o.asked(w, &o.lead, with(first_aid(o.trust.school), for_heads_of)).await;
        let as_of = async |head: &Someone, of: &str, day: &str| (status(w, head, of, &risen, day).await, status(w, head, of, &steady, day).await);
        let (asked, not) = ("due".to_owned(), "not_required".to_owned());
        let again = |who: &Someone| Someone { token: w.token(o.trust.id, who), ..who.clone() };
        let change = async |changes: Value| {
            w.later(chrono::TimeDelta::days(10));
            w.patch(format!("/v1/employments/{}", risen.employment.unwrap())).by(&again(&o.hr)).json(changes).send().await.expect(200);
        };
        // from 15 October a teacher, from 25 October head of art
        change(json!({"staff_category": "teacher"})).await;
        change(json!({"job_title": "Head of Art", "fte_percent": 80})).await;
        let head = again(&o.head);
        for (day, taught, led) in [
            ("2021-01-05", &not, &not),
            ("2026-10-05", &not, &not),
            ("2026-10-14", &not, &not),
            ("2026-10-15", &asked, &not),
            ("2026-10-24", &asked, &not),
            ("2026-10-25", &asked, &asked),
            ("2027-01-05", &asked, &asked),
        ] {
            assert_eq!(as_of(&head, &of, day).await, (taught.clone(), not.clone()), "{day}");
            assert_eq!(as_of(&head, &titled, day).await, (led.clone(), not.clone()), "{day}");
        }
        // and so in figures of a day
        let summary = w.get(format!("/v1/training-compliance/summary?requirement_id={of}&as_of=2026-10-10")).by(&head).send().await.expect(200);
        assert_eq!(summary.items().len(), 1, "{}", summary.text);
    }

    async fn each_warning_is_told_in_the_list_in_the_table_and_in_the_calendar(w: World) {
        let o = office(w).await;
        let teacher = o.trust.someone(w).at(o.trust.school).made().await;
        let of = o.asked(w, &o.lead, with(first_aid(o.trust.school), json!({"validity_months": 12, "warn_at_days": [60, 30, 7]}))).await;
        o.done(w, &o.hr, &of, &teacher, "2025-12-20").await.expect(201);
        // the table of a team is of the team and who manages it, of a school of everybody there
        let manager = o.trust.someone(w).at(o.trust.school).made().await;
        o.trust.someone(w).at(o.trust.school).made().await;
        w.appoint(&o.trust, RelationshipKind::LineManager, teacher.person, manager.person).await;
        for (who, rows) in [(&teacher, 1), (&manager, 2), (&o.head, 3)] {
            let table = w.get(format!("/v1/training-compliance?requirement_id={of}")).by(who).header("accept", "text/csv").send().await.expect(200).text;
            assert_eq!(table.lines().count(), 1 + rows, "{table}");
        }
        let link = w.post("/v1/me/calendar-links").by(&teacher).json(json!({"name": "Here"})).send().await.expect(201);
        let path = link.body["url"].as_str().unwrap().strip_prefix("https://trellis.example").unwrap().to_owned();
        let told = async || {
            let feed = w.get(&path).send().await.expect(200).text.replace("\r\n ", "");
            let lines = feed.split("BEGIN:VEVENT").skip(1).filter(|e| e.contains("First aid"));
            let value = |entry: &str, name: &str| entry.lines().find_map(|l| l.strip_prefix(name)).unwrap().trim_end().to_owned();
            let mut out: Vec<String> = lines.map(|e| format!("{} {}", value(e, "DTSTART;VALUE=DATE:"), value(e, "SUMMARY:"))).collect();
            out.sort();
            out
        };
        let warnings = ["20261021 First aid runs out in 60 days", "20261120 First aid runs out in 30 days", "20261213 First aid runs out in 7 days"];
        assert_eq!(told().await, [&warnings[..], &["20261220 First aid runs out"]].concat(), "nothing is to do yet");
        for (days, day, warned) in [(0, "2026-10-05", json!(null)), (16, "2026-10-21", json!(60)), (30, "2026-11-20", json!(30)), (23, "2026-12-13", json!(7)), (8, "2026-12-21", json!(null))] {
            w.later(chrono::TimeDelta::days(days));
            let head = Someone { token: w.token(o.trust.id, &o.head), ..o.head.clone() };
            let list = format!("/v1/training-compliance?requirement_id={of}&person_id={}", teacher.person);
            let found = w.get(&list).by(&head).send().await.expect(200);
            assert_eq!((&found.items()[0]["as_of"], &found.items()[0]["warned_at_days"]), (&json!(day), &warned), "{}", found.text);
            let table = w.get(&list).by(&head).header("accept", "text/csv").send().await.expect(200).text;
            let cell = table.lines().nth(1).unwrap().rsplit(',').next().unwrap().to_owned();
            assert_eq!((table.lines().next().unwrap().ends_with(",warned_at_days"), cell), (true, warned.as_i64().map_or_else(String::new, |n| n.to_string())), "{table}");
            if warned == json!(7) {
                assert_eq!(told().await, [&warnings[..], &["20261220 Do training: First aid"]].concat(), "it has become a task");
            }
        }
        assert_eq!(told().await, ["20261220 Do training: First aid"], "it has run out");
    }

    async fn who_knows_how_much_of_whom(w: World) {
        let o = office(w).await;
        let someone = |school| o.trust.someone(w).at(school);
        let (teacher, manager, there) = (someone(o.trust.school).made().await, someone(o.trust.school).made().await, someone(o.trust.other_school).made().await);
        let admin = someone(o.trust.school).with(RoleName::SchoolAdmin, o.trust.school).made().await;
        w.appoint(&o.trust, RelationshipKind::LineManager, teacher.person, manager.person).await;
        let (leader, governor) = (
            o.trust.someone(w).with(RoleName::TrustLeader, o.trust.root).made().await,
            o.trust.someone(w).with(RoleName::Governor, o.trust.school).made().await,
        );
        let of_trust = o.asked(w, &o.hr, first_aid(o.trust.root)).await;
        let of_school = o.asked(w, &o.lead, first_aid(o.trust.school)).await;
        let completion = o.done(w, &o.hr, &of_trust, &teacher, "2026-09-10").await.expect(201).id();
        let sees = async |by: &Someone| {
            let mut people: Vec<String> = standings(w, by, "").await.into_iter().map(|r| r.0).collect();
            people.dedup();
            people.sort_unstable();
            people.dedup();
            people
        };
        let sorted = |of: &[&Someone]| {
            let mut ids: Vec<String> = of.iter().map(|s| s.person.to_string()).collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(sees(&teacher).await, sorted(&[&teacher]));
        assert_eq!(sees(&manager).await, sorted(&[&manager, &teacher]));
        assert_eq!(sees(&there).await, sorted(&[&there]));
        for by in [&o.head, &o.lead, &admin] {
            assert_eq!(sees(by).await, sorted(&[&teacher, &manager, &admin]));
        }
        assert_eq!(sees(&o.hr).await, sorted(&[&teacher, &manager, &admin, &there]));
        assert_eq!(standings(w, &there, "").await.len(), 1, "what another school requires is asked of nobody here");
        assert_eq!(standings(w, &teacher, "").await.len(), 2);
        for by in [&leader, &governor] {
            assert_eq!(sees(by).await, Vec::<String>::new());
        }
        // the record itself: not to administrators, who see days alone
        let at = format!("/v1/training-completions/{completion}");
        for (by, expected) in [(&teacher, 200), (&manager, 200), (&o.head, 200), (&o.lead, 200), (&admin, 404), (&there, 404), (&leader, 404)] {
            w.get(&at).by(by).send().await.expect(expected);
            let listed = w.get("/v1/training-completions").by(by).send().await.expect(200).items().len();
            assert_eq!(listed, usize::from(expected == 200));
        }
        // they record what they cannot read afterwards, and take nothing back
        let own = o.done(w, &admin, &of_school, &teacher, "2026-09-11").await.expect(201);
        assert_eq!(own.body["provider"], "St John");
        w.post(format!("/v1/training-completions/{}/void", own.id())).by(&admin).json(json!({"reason": "No"})).send().await.problem(404, "not_found");
        o.done(w, &o.lead, &of_trust, &there, "2026-09-11").await.problem(422, "unknown_reference");
        o.done(w, &o.hr, &of_school, &there, "2026-09-11").await.problem(422, "outside_employment");
        let other = o.trust.someone(w).with(RoleName::Headteacher, o.trust.other_school).made().await;
        assert_eq!(o.done(w, &other, &of_school, &there, "2026-09-11").await.problem(422, "unknown_reference").pointers(), ["/requirement_id"]);
        let new = json!({"requirement_id": of_school, "person_id": teacher.person.to_string(), "reason": "None", "starts_on": "2026-11-01", "ends_on": "2026-11-30"});
        w.post("/v1/training-exemptions").by(&o.lead).json(new).send().await.problem(403, "role_required");
        // requirements: what a trust requires is known beneath it, what a school requires nowhere else; drafts to those who write them
        let listed = async |by: &Someone| w.get("/v1/training-requirements").by(by).send().await.expect(200).items().len();
        let draft = w.post("/v1/training-requirements").by(&o.lead).json(first_aid(o.trust.school)).send().await.expect(201).id();
        for (by, count) in [(&teacher, 2), (&there, 1), (&o.lead, 3), (&o.hr, 3), (&other, 1)] {
            assert_eq!(listed(by).await, count);
        }
        w.get(format!("/v1/training-requirements/{draft}")).by(&teacher).send().await.problem(404, "not_found");
        w.patch(format!("/v1/training-requirements/{of_school}")).by(&teacher).json(json!({"title": "Mine"})).send().await.problem(403, "role_required");
        w.post(format!("/v1/training-requirements/{of_trust}/retire")).by(&o.lead).send().await.problem(403, "not_permitted");
        w.post("/v1/training-requirements").by(&o.lead).json(first_aid(o.trust.root)).send().await.problem(403, "not_permitted");
        // a person who moved: their new school sees what the old one recorded
        let ends = json!({"ends_on": "2026-10-04"});
        w.patch(format!("/v1/employments/{}", teacher.employment.unwrap())).by(&o.hr).json(ends).send().await.expect(200);
        let new = json!({"person_id": teacher.person.to_string(), "organisation_id": o.trust.other_school.to_string(), "job_title": "T", "staff_category": "teacher", "starts_on": "2026-10-05"});
        w.post("/v1/employments").by(&o.hr).json(new).send().await.expect(201);
        w.get(&at).by(&other).send().await.expect(200);
        assert_eq!(status(w, &other, &of_trust, &teacher, "2026-10-05").await, "current");
        assert_eq!(status(w, &o.head, &of_trust, &teacher, "2026-10-04").await, "current", "as it was while they were there");
        assert_eq!(status(w, &o.head, &of_trust, &teacher, "2026-10-05").await, "-");
        o.done(w, &o.head, &of_trust, &teacher, "2026-09-12").await.problem(422, "unknown_reference");
    }

    async fn machines_record_once_and_are_not_told_names_that_they_do_not_read(w: World) {
        let o = office(w).await;
        let teacher = o.trust.someone(w).at(o.trust.school).made().await;
        let of = o.asked(w, &o.lead, first_aid(o.trust.school)).await;
        let (_, _, key) = w.key(&o.trust, &[Permission::WriteTraining, Permission::ReadCompliance], Some(vec![o.trust.school])).await;
        let (_, _, elsewhere) = w.key(&o.trust, &[Permission::WriteTraining, Permission::ReadCompliance], Some(vec![o.trust.other_school])).await;
        let new = json!({"requirement_id": of, "person_id": teacher.person.to_string(), "completed_on": "2026-09-10", "external_ref": {"source": "elearning", "id": "77"}});
        let post = async |key: &str, body: &Value| w.post("/v1/training-completions").bearer(key).json(body.clone()).send().await;
        let first = post(&key, &new).await.expect(201);
        assert_eq!(first.body["recorded_by"], Value::Null);
        let again = post(&key, &new).await.expect(200);
        assert_eq!((again.id(), again.etag()), (first.id(), first.etag()));
        let history = w.get(format!("/v1/training-completions/{}/history", first.id())).by(&o.hr).send().await.expect(200);
        assert_eq!(history.items().len(), 1, "the same again leaves no event");
        let other = with(new.clone(), json!({"completed_on": "2026-09-11"}));
        assert_eq!(post(&key, &other).await.problem(409, "duplicate").pointers(), ["/external_ref"]);
        post(&elsewhere, &new).await.problem(422, "unknown_reference");
        w.post(format!("/v1/training-completions/{}/void", first.id())).by(&o.hr).json(json!({"reason": "The wrong day"})).send().await.expect(200);
        post(&key, &other).await.expect(201);
        let found = w.get("/v1/training-compliance").bearer(&key).send().await.expect(200);
        assert_eq!((found.items().len(), &found.items()[0]["person_name"], &found.items()[0]["completed_on"]), (1, &Value::Null, &json!("2026-09-11")));
        assert_eq!(w.get("/v1/training-compliance").bearer(&elsewhere).send().await.expect(200).items().len(), 0);
    }

    async fn who_attends_has_done_what_the_activity_meets(w: World) {
        let o = office(w).await;
        let lead = o.trust.someone(w).at(o.trust.school).with(RoleName::LearningLead, o.trust.school).made().await;
        let teacher = o.trust.someone(w).at(o.trust.school).made().await;
        let new = json!({"organisation_id": o.trust.school.to_string(), "title": "First aid at work", "kind": "course", "minutes": 90});
        let activity = w.post("/v1/learning-activities").by(&lead).json(new).send().await.expect(201).id();
        let of = o.asked(w, &lead, with(first_aid(o.trust.school), json!({"activity_ids": [activity]}))).await;
        let unknown = with(first_aid(o.trust.school), json!({"activity_ids": ["01938a5e-7c00-7000-8000-0000000000ff"]}));
        assert_eq!(w.post("/v1/training-requirements").by(&lead).json(unknown).send().await.problem(422, "unknown_reference").pointers(), ["/activity_ids"]);
        let new = json!({"activity_id": activity, "starts_at": "2026-10-05T07:00:00Z", "ends_at": "2026-10-05T07:30:00Z", "places": 5});
        let session = w.post("/v1/learning-sessions").by(&lead).json(new).send().await.expect(201).id();
        let came = async |who: &Someone, attended: bool, enrolment: Option<String>| {
            let id = match enrolment {
                Some(id) => id,
                None => {
                    let new = json!({"session_id": session, "person_id": who.person.to_string()});
                    w.post("/v1/enrolments").by(&lead).json(new).send().await.expect(201).id()
                }
            };
            w.post(format!("/v1/enrolments/{id}/record-attendance")).by(&lead).json(json!({"attended": attended})).send().await.expect(200);
            id
        };
        let enrolment = came(&teacher, true, None).await;
        assert_eq!(status(w, &lead, &of, &teacher, "2026-10-05").await, "current");
        came(&teacher, true, Some(enrolment.clone())).await;
        let kept = async || w.get(format!("/v1/training-completions?person_id={}&void=true", teacher.person)).by(&o.hr).send().await.expect(200).items().to_vec();
        let one = kept().await;
        assert_eq!((one.len(), &one[0]["enrolment_id"]), (1, &json!(enrolment)));
        came(&teacher, false, Some(enrolment.clone())).await;
        assert_ne!(status(w, &lead, &of, &teacher, "2026-10-05").await, "current");
        came(&teacher, true, Some(enrolment)).await;
        assert_eq!(kept().await.len(), 2, "the one that was taken back, and the one that counts");
        assert_eq!(status(w, &lead, &of, &teacher, "2026-10-05").await, "current");
        // nobody says of themself that they did it
        came(&lead, true, None).await;
        assert_ne!(status(w, &lead, &of, &lead, "2026-10-05").await, "current");
    }

    async fn what_cannot_be_meant_is_refused_with_all_its_faults(w: World) {
        let o = office(w).await;
        let teacher = o.trust.someone(w).at(o.trust.school).made().await;
        let of = o.asked(w, &o.lead, first_aid(o.trust.school)).await;
        for (day, code) in [("2026-10-06", "impossible_dates"), ("1066-10-14", "impossible_dates"), ("9999-12-31", "impossible_dates")] {
            assert_eq!(o.done(w, &o.hr, &of, &teacher, day).await.problem(422, code).pointers()[0], "/completed_on", "{day}");
        }
        o.done(w, &o.hr, &of, &teacher, "2026-02-30").await.problem(422, "validation_failed");
        o.done(w, &o.hr, &of, &teacher, "2026-10-05").await.expect(201);
        assert_eq!(o.done(w, &o.hr, &of, &teacher, "2026-10-05").await.problem(409, "duplicate").pointers(), ["/completed_on"]);
        let me = o.trust.someone(w).at(o.trust.school).with(RoleName::Headteacher, o.trust.school).made().await;
        o.done(w, &me, &of, &me, "2026-10-01").await.problem(403, "not_for_yourself");
        let new = json!({"requirement_id": of, "person_id": me.person.to_string(), "reason": "Busy", "starts_on": "2026-11-01", "ends_on": "2026-11-30"});
        w.post("/v1/training-exemptions").by(&me).json(new.clone()).send().await.problem(403, "not_for_yourself");
        w.post("/v1/training-exemptions").by(&o.hr).json(with(new.clone(), json!({"ends_on": "2026-10-30"}))).send().await.problem(422, "period_backwards");
        let absurd = with(new, json!({"starts_on": "0001-01-01", "ends_on": "9999-12-31"}));
        assert_eq!(w.post("/v1/training-exemptions").by(&o.hr).json(absurd).send().await.problem(422, "impossible_dates").pointers(), ["/starts_on", "/ends_on"]);

        let post = async |changes: Value| w.post("/v1/training-requirements").by(&o.lead).json(with(first_aid(o.trust.school), changes)).send().await;
        for (changes, code, pointers) in [
            (json!({"validity_months": 0}), "endless_requirement", vec!["/validity_months"]),
            (json!({"validity_months": 3, "warn_at_days": [7, 91]}), "endless_requirement", vec!["/warn_at_days"]),
            (json!({"validity_months": 1}), "endless_requirement", vec!["/warn_at_days", "/due_within_days"]),
            (json!({"due_within_days": 1095}), "endless_requirement", vec!["/due_within_days"]),
            (json!({"validity": "academic_year"}), "contradictory_requirement", vec!["/validity_months"]),
            (json!({"validity": "academic_year", "validity_months": null, "warn_at_days": [400]}), "endless_requirement", vec!["/warn_at_days"]),
            (json!({"trigger": "scheduled"}), "contradictory_requirement", vec!["/scheduled_on"]),
            (json!({"scheduled_on": "2026-09-01"}), "contradictory_requirement", vec!["/scheduled_on"]),
            (json!({"trigger": "on_role"}), "contradictory_requirement", vec!["/audience/include/roles"]),
            (
                json!({"validity_months": 0, "audience": {"include": {"staff_categories": ["teacher"]}, "exclude": {"staff_categories": ["teacher"]}}}),
                "contradictory_requirement",
                vec!["/audience/exclude", "/validity_months"],
            ),
        ] {
            assert_eq!(post(changes.clone()).await.problem(422, code).pointers(), pointers, "{changes}");
        }
        for changes in [
            json!({"audience": {"include": {"staff_categories": ["wizard"]}}}),
            json!({"audience": {"include": {"roles": ["king"]}}}),
            json!({"audience": {"everybody": true}}),
            json!({"due_within_days": -1}),
            json!({"validity_months": 1.5}),
            json!({"warn_at_days": [0]}),
            json!({"warn_at_days": [1, 2, 3, 4, 5, 6]}),
            json!({"authority": "royal"}),
        ] {
            post(changes).await.problem(422, "validation_failed");
        }
        let by_edition = post(json!({"trigger": "on_edition", "validity": "none", "validity_months": null})).await.expect(201).id();
        let at = format!("/v1/training-requirements/{by_edition}");
        assert_eq!(w.post(format!("{at}/publish")).by(&o.lead).json(json!({})).send().await.problem(409, "not_ready").pointers(), ["/editions"]);
        let record = json!({"requirement_id": by_edition, "person_id": teacher.person.to_string(), "completed_on": "2026-10-05"});
        w.post("/v1/training-completions").by(&o.hr).json(record.clone()).send().await.problem(422, "unknown_reference");
        w.post(format!("{at}/issue-edition")).by(&o.lead).json(json!({"due_within_days": 14})).send().await.expect(200);
        w.post(format!("{at}/publish")).by(&o.lead).json(json!({"applies_from": "1066-10-14"})).send().await.problem(422, "impossible_dates");
        w.post(format!("{at}/publish")).by(&o.lead).json(json!({})).send().await.expect(200);
        w.patch(&at).by(&o.lead).json(json!({"title": "Another"})).send().await.problem(409, "wrong_state");
        w.post(format!("{at}/retire")).by(&o.lead).send().await.expect(200);
        w.post("/v1/training-completions").by(&o.hr).json(record).send().await.problem(409, "wrong_state");
        // a change of the trigger or the validity takes what belonged to it along
        let draft = post(json!({"trigger": "scheduled", "scheduled_on": "2026-11-02"})).await.expect(201).id();
        let changed = json!({"trigger": "on_start", "validity": "none"});
        let now = w.patch(format!("/v1/training-requirements/{draft}")).by(&o.lead).json(changed).send().await.expect(200);
        assert_eq!((&now.body["scheduled_on"], &now.body["validity_months"]), (&Value::Null, &Value::Null));
    }

    async fn it_goes_where_its_person_goes(w: World) {
        let o = office(w).await;
        let (one, twin) = (o.trust.someone(w).at(o.trust.school).made().await, o.trust.someone(w).at(o.trust.school).made().await);
        let of = o.asked(w, &o.hr, first_aid(o.trust.root)).await;
        o.done(w, &o.hr, &of, &twin, "2026-09-10").await.expect(201);
        let new = json!({"requirement_id": of, "person_id": twin.person.to_string(), "reason": "Quillfeather", "starts_on": "2026-11-01", "ends_on": "2026-11-30"});
        w.post("/v1/training-exemptions").by(&o.hr).json(new).send().await.expect(201);
        let writer = o.trust.someone(w).with(RoleName::TrustAdmin, o.trust.root).with(RoleName::Hr, o.trust.root).made().await;
        w.post(format!("/v1/people/{}/merge", twin.person)).by(&writer).if_match("*").json(json!({"into": one.person.to_string()})).send().await.expect(201);
        assert_eq!(status(w, &o.head, &of, &one, "2026-10-05").await, "current");
        assert_eq!(status(w, &o.head, &of, &one, "2026-11-05").await, "exempt");
        let ends = json!({"ends_on": "2026-10-04"});
        let theirs = w.get(format!("/v1/employments?person_id={}", one.person)).by(&o.hr).send().await.expect(200);
        for employment in theirs.items() {
            w.patch(format!("/v1/employments/{}", employment["id"].as_str().unwrap())).by(&o.hr).json(ends.clone()).send().await.expect(200);
        }
        let person = w.get(format!("/v1/people/{}", one.person)).by(&o.hr).send().await.expect(200);
        let erase = json!({"reason": "requested", "family_name": person.body["family_name"]});
        let erased = w.post(format!("/v1/people/{}/erase", one.person)).by(&o.hr).json(erase).send().await.expect(200);
        let kinds: Vec<&str> = erased.body["deleted"].as_array().unwrap().iter().map(|c| c["record_type"].as_str().unwrap()).collect();
        assert!(kinds.contains(&"training_completion") && kinds.contains(&"training_exemption"), "{kinds:?}");
        for list in ["completions", "exemptions", "compliance"] {
            assert_eq!(w.get(format!("/v1/training-{list}?person_id={}", one.person)).by(&o.hr).send().await.expect(200).items().len(), 0, "{list}");
        }
    }
}
