//! Following the feed: with the records, from a snapshot on, waiting for what comes, and as a stream.

use crate::{
    feed::{Postgres, readable, types},
    support::*,
};
use actix_web::test as http;
use chrono::TimeDelta;
use diesel::{
    Connection,
    connection::{Instrumentation, InstrumentationEvent, SimpleConnection, set_default_instrumentation},
};
use futures_util::future::join;
use serde_json::{Value, json};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};
use trellis_api::{app, waiting::SEATS};
use trellis_databases::{self as databases, Settings};
use trellis_domain::{
    employment::StaffCategory,
    id::{OrganisationId, PersonId},
    role::RoleName,
    text::{Name, Wire},
    time::Period,
};
use trellis_persistence::{
    Act, Database, Principal,
    employment::CreateEmployment,
    event::{After, Changes},
    person::CreatePerson,
    service_account::RevokeKey,
};

fn person(family: &str) -> CreatePerson {
    CreatePerson {
        given_name: Name::parse("Ada").unwrap(),
        family_name: Name::parse(family).unwrap(),
        preferred_name: None,
        email: None,
        trn: None,
        external_refs: vec![],
    }
}
fn employment(person_id: PersonId, organisation_id: OrganisationId) -> CreateEmployment {
    CreateEmployment {
        person_id,
        organisation_id,
        job_title: title("Teacher"),
        staff_category: StaffCategory::Teacher,
        staff_code: None,
        fte_percent: 100,
        period: Period { starts_on: "2026-09-01".parse().unwrap(), ends_on: None },
    }
}
/// Adds somebody, employed at this school.
async fn employed(db: &Database, act: &Act, school: OrganisationId) -> String {
    let id = db.write(act.clone(), person("Followed")).await.unwrap().record.person.id;
    db.write(act.clone(), employment(id, school)).await.unwrap().record.id.to_string()
}

/// Nothing in these tests takes long, unless something is lost.
const PATIENCE: Duration = Duration::from_secs(60);
async fn patiently<T>(what: impl Future<Output = T>) -> T {
    actix_web::rt::time::timeout(PATIENCE, what).await.expect("something was missed")
}

async fn head(w: &World, key: &str) -> String {
    w.get("/v1/changes?after=head").bearer(key).send().await.expect(200).body["next_cursor"].as_str().unwrap().to_owned()
}

on_both! {
    async fn a_change_comes_with_its_record_as_the_caller_may_read_it(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let teacher = trust.someone(w).at(trust.school).with(RoleName::Governor, trust.school).appraised_by(&hr).made().await;
        let new = json!({"employment_id": teacher.employment.unwrap().to_string(), "kind": "practice", "title": "Questioning"});
        let objective = w.post("/v1/objectives").by(&teacher).json(new).send().await.expect(201).id();
        w.post(format!("/v1/objectives/{objective}/propose")).by(&teacher).if_match("*").send().await.expect(200);
        let new = json!({"title": "Ours", "kind": "reading", "started_on": "2026-10-01", "minutes": 60});
        let learning = w.post("/v1/learning-records").by(&teacher).json(new).send().await.expect(201).id();
        w.post(format!("/v1/learning-records/{learning}/share")).by(&teacher).send().await.expect(200);
        let (service, _, key) = w.key(&trust, &readable(), None).await;
        let (_, _, bound) = w.key(&trust, &readable(), Some(vec![trust.school])).await;
        let mut kinds = BTreeSet::new();
        for key in [&key, &bound] {
            let feed = w.get("/v1/changes?include=record").bearer(key).send().await.expect(200);
            for change in feed.items() {
                let kind = change["type"].as_str().unwrap().split('.').next().unwrap();
                let places = [("learning_record", "learning-records"), ("framework_version", "framework-versions"), ("service_account", "service-accounts")];
                let list = places.iter().find(|(k, _)| *k == kind).map_or_else(|| format!("{kind}s").replace("persons", "people"), |(_, list)| (*list).to_owned());
                if kind == "session" {
                    assert_eq!(change["record"], Value::Null);
                    continue;
                }
                let one = w.get(format!("/v1/{list}/{}", change["id"].as_str().unwrap())).bearer(key).send().await;
                if one.status == 404 {
                    assert_eq!(change["record"], Value::Null, "{change}");
                    continue;
                }
                let mut now = one.expect(200).body;
                now.as_object_mut().unwrap().remove("can");
                assert_eq!(change["record"], json!({"type": kind, "value": now}), "{change}");
                kinds.insert(kind.to_owned());
            }
        }
        let all = ["account", "employment", "framework_version", "learning_record", "objective", "organisation", "person", "relationship", "role", "service_account"];
        assert_eq!(kinds.iter().map(String::as_str).collect::<Vec<_>>(), all, "{service}");
        // without asking there is none, and what left is told by its id
        w.post(format!("/v1/learning-records/{learning}/unshare")).by(&teacher).send().await.expect(200);
        assert!(w.get("/v1/changes").bearer(&key).send().await.expect(200).items().iter().all(|c| c["record"].is_null()));
        let feed = w.get("/v1/changes?types=learning_record&include=record").bearer(&key).send().await.expect(200);
        let left = feed.items().last().unwrap();
        let nothing = json!({"type": "learning_record.left_scope", "id": learning, "record": null, "person": null, "organisation_id": null, "changed": [], "actor": null, "etag": null});
        assert!(nothing.as_object().unwrap().iter().all(|(field, value)| left[field] == *value), "{left}");
        // its owner goes on seeing it
        w.get("/v1/changes?include=everything").bearer(&key).send().await.problem(400, "invalid_parameter");
    }

    async fn the_feed_of_one_school_is_that_school_and_whoever_is_live_there(w: World) {
        let trust = w.trust("beacon").await;
        let here = trust.someone(w).at(trust.school).made().await;
        let there = trust.someone(w).at(trust.other_school).made().await;
        let (_, _, key) = w.key(&trust, &readable(), None).await;
        let feed = w.get(format!("/v1/changes?organisation_id={}", trust.school)).bearer(&key).send().await.expect(200);
        let about = |id: &str| feed.items().iter().any(|c| c["id"] == id || c["person"]["id"] == id);
        assert!(about(&here.person.to_string()) && about(&trust.school.to_string()) && !about(&there.person.to_string()));
        assert!(types(&feed).contains(&"person.created") && types(&feed).contains(&"person.moved"), "{:?}", types(&feed));
        let whole = w.get(format!("/v1/changes?organisation_id={}&types=person", trust.root)).bearer(&key).send().await.expect(200);
        assert_eq!(whole.items().len(), 4);
        let (_, _, bound) = w.key(&trust, &readable(), Some(vec![trust.school])).await;
        let none = w.get(format!("/v1/changes?organisation_id={}", trust.other_school)).bearer(&bound).send().await.expect(200);
        assert!(none.items().is_empty(), "{}", none.text);
    }

    async fn a_cursor_is_good_for_400_days_and_then_says_where_to_begin_again(w: World) {
        let trust = w.trust("beacon").await;
        w.does(trust.id, person("Before")).await;
        let (account, key, shown) = w.key(&trust, &readable(), None).await;
        let first = w.get("/v1/changes?limit=1").bearer(&shown).send().await.expect(200).body["next_cursor"].as_str().unwrap().to_owned();
        w.later(TimeDelta::days(5));
        let (_, _, fresh) = w.key(&trust, &readable(), None).await;
        let at_head = head(w, &fresh).await;
        w.get(format!("/v1/changes?after={first}")).bearer(&fresh).send().await.expect(200);
        w.later(TimeDelta::days(396));
        let act = w.operator(trust.id);
        let ask = async |after: &str| {
            let (_, _, key) = w.key(&trust, &readable(), None).await;
            w.get(format!("/v1/changes?after={after}")).bearer(&key).send().await
        };
        let gone = ask(&first).await.problem(410, "cursor_expired");
        assert_eq!(gone.body["snapshots"][1], "/v1/people?snapshot=true");
        let (_, _, later) = w.key(&trust, &readable(), None).await;
        for address in gone.body["snapshots"].as_array().unwrap() {
            let list = w.get(address.as_str().unwrap()).bearer(&later).send().await.expect(200);
            let cursor = list.body["changes_cursor"].as_str().unwrap();
            w.get(format!("/v1/changes?after={cursor}")).bearer(&later).send().await.expect(200);
        }
        // a log older than that is still read from its beginning, page by page
        let mut page = w.get("/v1/changes?limit=2").bearer(&later).send().await.expect(200).body;
        while page["has_more"] == true {
            page = w.get(format!("/v1/changes?limit=2&after={}", page["next_cursor"].as_str().unwrap())).bearer(&later).send().await.expect(200).body;
        }
        assert!(!ask(&at_head).await.expect(200).items().is_empty());
        w.later(TimeDelta::days(5));
        ask(&at_head).await.problem(410, "cursor_expired");
        let _ = (account, key, act);
    }

    async fn a_snapshot_and_the_feed_from_its_end_are_the_truth(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let mut people = vec![];
        for _ in 0..7 {
            people.push(trust.someone(w).at(trust.school).made().await);
        }
        let (_, _, key) = w.key(&trust, &readable(), Some(vec![trust.school])).await;
        let (mut copy, mut cursor, mut pages, mut turn) = (BTreeMap::new(), String::new(), 0, 0);
        let after = loop {
            let page = w.get(format!("/v1/people?snapshot=true&limit=2{cursor}")).bearer(&key).send().await.expect(200);
            copy.extend(page.items().iter().map(|p| (p["id"].as_str().unwrap().to_owned(), p.clone())));
            pages += 1;
            let Some(next) = page.body["next_cursor"].as_str() else { break page.body["changes_cursor"].as_str().unwrap().to_owned() };
            assert_eq!(page.body["changes_cursor"], Value::Null);
            cursor = format!("&cursor={next}");
            // meanwhile: one of those already read, and one still to come, change; one leaves; one is added; one arrives
            for person in [&people[0], &people[6]] {
                turn += 1;
                w.patch(format!("/v1/people/{}", person.person)).by(&hr).json(json!({"preferred_name": format!("Turn {turn}")})).send().await.expect(200);
            }
            if pages == 2 {
                let leaver = &people[1];
                let body = json!({"person_id": leaver.person.to_string(), "organisation_id": trust.other_school.to_string(), "job_title": "Teacher", "staff_category": "teacher", "starts_on": "2026-09-01"});
                w.post("/v1/employments").by(&hr).json(body).send().await.expect(201);
                w.patch(format!("/v1/employments/{}", leaver.employment.unwrap())).by(&hr).json(json!({"ends_on": "2026-08-31"})).send().await.expect(200);
            }
            trust.someone(w).at(trust.school).made().await;
        };
        assert!(pages > 3);
        let feed = w.get(format!("/v1/changes?types=person&include=record&after={after}")).bearer(&key).send().await.expect(200);
        for change in feed.items() {
            let id = change["id"].as_str().unwrap().to_owned();
            match change["record"]["value"].clone() {
                Value::Null => drop(copy.remove(&id)),
                record => drop(copy.insert(id, record)),
            }
        }
        let truth = w.get("/v1/people?limit=200").bearer(&key).send().await.expect(200);
        assert_eq!(copy.values().cloned().collect::<Vec<_>>(), truth.items());
        assert!(truth.body["changes_cursor"].is_null());
        for list in ["organisations", "employments", "relationships", "roles"] {
            let page = w.get(format!("/v1/{list}?snapshot=true&limit=200")).bearer(&key).send().await.expect(200);
            let cursor = page.body["changes_cursor"].as_str().unwrap();
            assert!(w.get(format!("/v1/changes?after={cursor}")).bearer(&key).send().await.expect(200).items().is_empty());
        }
        w.get(format!("/v1/people?limit=2{cursor}")).bearer(&key).send().await.problem(400, "cursor_filter_mismatch");
        w.get("/v1/cycles?snapshot=true").bearer(&key).send().await.problem(400, "unknown_parameter");
    }

    async fn whoever_waits_is_answered_when_something_comes(w: World) {
        let trust = w.trust("beacon").await;
        let (_, _, key) = w.key(&trust, &readable(), Some(vec![trust.school])).await;
        let cursor = head(w, &key).await;
        let wait = |seconds: u8| w.get(format!("/v1/changes?wait={seconds}&after={cursor}")).bearer(&key).send();
        // what happens elsewhere wakes, and is not told
        let (answer, id) = join(wait(30), async {
            employed(&w.db, &w.operator(trust.id), trust.other_school).await;
            employed(&w.db, &w.operator(trust.id), trust.school).await
        }).await;
        let answer = answer.expect(200);
        assert!(!answer.items().is_empty());
        let rest = w.get(format!("/v1/changes?after={}", answer.body["next_cursor"].as_str().unwrap())).bearer(&key).send().await.expect(200);
        assert!(answer.items().iter().chain(rest.items()).any(|c| c["id"] == id.as_str()));
        // there is something: no waiting
        assert!(!wait(30).await.expect(200).items().is_empty());
        // nothing comes
        let cursor = head(w, &key).await;
        let nothing = w.get(format!("/v1/changes?wait=1&after={cursor}")).bearer(&key).send().await.expect(200);
        assert!(nothing.items().is_empty() && nothing.body["next_cursor"] == cursor.as_str() && nothing.body["has_more"] == false);
        assert_eq!(w.shared.waiting.free(), SEATS);
        w.get("/v1/changes?wait=31").bearer(&key).send().await.problem(400, "invalid_parameter");
        // another server's write is not heard, and found all the same
        let url = w.url();
        // a thread of its own: opening brings its own runtime
        let elsewhere = std::thread::spawn(move || databases::open(&url, &Settings::default()).unwrap()).join().unwrap();
        let cursor = head(w, &key).await;
        let (answer, id) = join(w.get(format!("/v1/changes?wait=30&after={cursor}")).bearer(&key).send(), async {
            let db = elsewhere.connect().unwrap();
            employed(&db, &w.operator(trust.id), trust.school).await
        }).await;
        assert!(!answer.expect(200).items().is_empty() && !id.is_empty());
    }

    async fn a_stream_tells_what_comes_and_goes_on_where_it_broke_off(w: World) {
        let trust = w.trust("beacon").await;
        let (_, _, key) = w.key(&trust, &readable(), Some(vec![trust.school])).await;
        let act = w.operator(trust.id);
        let first = employed(&w.db, &act, trust.school).await;
        let mut stream = w.get("/v1/changes/stream?types=employment&include=record").bearer(&key).open().await;
        let told = stream.events().await.unwrap();
        assert_eq!((told.len(), told[0].0.as_str(), told[0].1["id"].as_str()), (1, "employment.created", Some(first.as_str())));
        assert_eq!(told[0].1["record"]["value"]["id"], first.as_str());
        let (told, second) = join(stream.events(), async {
            employed(&w.db, &act, trust.other_school).await;
            employed(&w.db, &act, trust.school).await
        }).await;
        let told = told.unwrap();
        assert_eq!((told.len(), told[0].1["id"].as_str()), (1, Some(second.as_str())));
        assert_eq!(w.shared.waiting.free(), SEATS - 1);
        drop(stream);
        assert_eq!(w.shared.waiting.free(), SEATS);
        let place = told[0].1["cursor"].as_str().unwrap();
        let third = employed(&w.db, &act, trust.school).await;
        let mut again = w.get("/v1/changes/stream?types=employment&after=head").bearer(&key).header("last-event-id", place).open().await;
        assert_eq!(again.events().await.unwrap()[0].1["id"], third.as_str());
        w.get("/v1/changes/stream").bearer(&key).header("last-event-id", "nonsense").send().await.problem(400, "invalid_cursor");
        w.get("/v1/changes/stream?limit=3").bearer(&key).send().await.problem(400, "unknown_parameter");
        // a quiet one says first that it is there, and where
        let mut quiet = w.get("/v1/changes/stream?after=head").bearer(&key).open().await;
        let opening = quiet.part().await.unwrap();
        let place = head(w, &key).await;
        assert_eq!(opening, format!("retry: 2000\n\n: still here\nid: {place}\n\n"));
    }

    async fn a_stream_ends_when_its_key_does(w: World) {
        let trust = w.trust("beacon").await;
        let (id, key, shown) = w.key(&trust, &readable(), None).await;
        let mut stream = w.get("/v1/changes/stream?after=head").bearer(&shown).open().await;
        stream.part().await.unwrap();
        let (told, _) = join(stream.events(), w.does(trust.id, RevokeKey { id, key })).await;
        let (name, problem) = told.unwrap().pop().unwrap();
        assert_eq!((name.as_str(), problem["code"].as_str(), problem["status"].as_u64()), ("error", Some("key_revoked"), Some(401)));
        assert!(stream.part().await.is_none());
        // and one whose time is over, without anything being written
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let mut stream = w.get("/v1/changes/stream?after=head").by(&admin).open().await;
        stream.part().await.unwrap();
        w.later(TimeDelta::minutes(11));
        assert_eq!(stream.events().await.unwrap()[0].1["code"], "token_expired");
        assert!(stream.part().await.is_none());
        assert_eq!(w.shared.waiting.free(), SEATS);
    }

    async fn seats_are_bounded_and_given_up_when_the_server_stops(w: World) {
        let trust = w.trust("beacon").await;
        let (_, _, key) = w.key(&trust, &readable(), None).await;
        let cursor = head(w, &key).await;
        let taken: Vec<_> = (0..SEATS).map(|n| w.shared.waiting.seat(&(n / 40).to_string()).unwrap()).collect();
        let full = w.get(format!("/v1/changes?wait=30&after={cursor}")).bearer(&key).send().await.problem(503, "busy");
        assert_eq!(full.headers["retry-after"], "5");
        w.get("/v1/changes/stream").bearer(&key).send().await.problem(503, "busy");
        w.get(format!("/v1/changes?after={cursor}")).bearer(&key).send().await.expect(200);
        drop(taken);
        let mut stream = w.get("/v1/changes/stream?after=head").bearer(&key).open().await;
        stream.part().await.unwrap();
        let waiting = w.get(format!("/v1/changes?wait=30&after={cursor}")).bearer(&key).send();
        let ((answer, end), ()) = join(join(waiting, stream.part()), async { w.shared.waiting.close() }).await;
        assert!(answer.expect(200).items().is_empty() && end.is_none());
    }

    /// T9 as everybody follows: whole trust or one school, asking again and again, waiting, or as a stream.
    async fn followers_of_every_kind_miss_nothing_and_hear_nothing_twice(w: World) {
        const WRITERS: usize = 8;
        const EACH: usize = 8;
        let trust = w.trust("beacon").await;
        let (_, _, whole) = w.key(&trust, &readable(), None).await;
        let (_, _, bound) = w.key(&trust, &readable(), Some(vec![trust.school])).await;
        let act = w.operator(trust.id);
        let (held, place, tenant) = (AtomicBool::new(w.backend == Backend::Postgres), &w.place, trust.id);
        let (open, opened) = mpsc::channel();
        let (mut here, mut all) = (BTreeSet::new(), BTreeSet::new());
        let mut heard = vec![];
        std::thread::scope(|scope| {
            if held.load(Ordering::SeqCst) {
                let (held, end) = (&held, Instant::now() + PATIENCE);
                scope.spawn(move || {
                    let mut other = Postgres::establish(place).unwrap();
                    other.batch_execute(&format!(
                        "BEGIN; INSERT INTO people (tenant_id, id, given_name, family_name, search, version, created_at, updated_at) \
                         VALUES ('{tenant}', '{}', 'Slow', 'Writer', 'writer slow', 1, now(), now())", uuid::Uuid::from_u128(7)
                    )).unwrap();
                    open.send(()).unwrap();
                    while held.load(Ordering::SeqCst) && Instant::now() < end {
                        std::thread::sleep(Duration::from_millis(5));
                    }
                    other.batch_execute("COMMIT").unwrap();
                });
                opened.recv_timeout(Duration::from_secs(20)).unwrap();
            }
            let readers: Vec<_> = [(&whole, WRITERS * EACH), (&bound, WRITERS * EACH / 2)]
                .into_iter()
                .flat_map(|(key, count)| [None, Some(0), Some(30)].map(|wait| (key.clone(), count, wait)))
                .map(|(key, count, wait)| {
                    let (shared, source) = (w.shared.clone(), w.source.clone());
                    (count, scope.spawn(move || actix_web::rt::System::new().block_on(patiently(async move {
                        let service = http::init_service(app::app(shared, source.connect().unwrap())).await;
                        let ask = async |path: String| {
                            let request = http::TestRequest::get().uri(&path).insert_header(("authorization", format!("Bearer {key}")));
                            http::call_service(&service, request.to_request()).await
                        };
                        let (mut told, mut after) = (vec![], String::new());
                        let mut stream = match wait {
                            None => Some(Open::of(ask("/v1/changes/stream?types=employment".into()).await)),
                            Some(_) => None,
                        };
                        while told.len() < count {
                            let items: Vec<Value> = match (&mut stream, wait) {
                                (Some(stream), _) => stream.events().await.unwrap().into_iter().map(|(_, data)| data).collect(),
                                (None, wait) => {
                                    let answer = ask(format!("/v1/changes?types=employment&limit=3&wait={}{after}", wait.unwrap())).await;
                                    let mut page: Value = serde_json::from_slice(&http::read_body(answer).await).unwrap();
                                    after = format!("&after={}", page["next_cursor"].as_str().unwrap());
                                    page["items"].as_array_mut().unwrap().drain(..).collect()
                                }
                            };
                            told.extend(items.into_iter().map(|c| c["id"].as_str().unwrap().to_owned()));
                        }
                        told
                    }))))
                })
                .collect();
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let (act, source) = (act.clone(), w.source.clone());
                    let school = if writer % 2 == 0 { trust.school } else { trust.other_school };
                    (writer % 2 == 0, scope.spawn(move || actix_web::rt::System::new().block_on(async move {
                        let db = source.connect().unwrap();
                        let mut made = vec![];
                        for _ in 0..EACH {
                            made.push(employed(&db, &act, school).await);
                        }
                        made
                    })))
                })
                .collect();
            for (ours, writer) in writers {
                let made = writer.join().unwrap();
                all.extend(made.clone());
                here.extend(if ours { made } else { vec![] });
            }
            for (count, reader) in readers {
                heard.push((count, reader.join().unwrap()));
            }
            held.store(false, Ordering::SeqCst);
        });
        assert_eq!((all.len(), here.len(), heard.len()), (WRITERS * EACH, WRITERS * EACH / 2, 6));
        for (count, told) in heard {
            let distinct: BTreeSet<String> = told.iter().cloned().collect();
            assert_eq!(distinct.len(), told.len(), "something was told twice");
            assert!(distinct == if count == all.len() { all.clone() } else { here.clone() });
        }
    }
}

thread_local! {
    static COUNT: Arc<AtomicUsize> = Arc::default();
    /// Statements that this thread itself sent.
    pub static SENT_HERE: Cell<usize> = const { Cell::new(0) };
    /// And their words.
    pub static ASKED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}
/// Statements of the connections that this thread opened, whichever thread sent them.
pub struct Statements;
pub static STATEMENTS: Statements = Statements;
impl Statements {
    pub fn get(&self) -> usize {
        COUNT.with(|count| count.load(Ordering::SeqCst))
    }
    pub fn replace(&self, n: usize) -> usize {
        COUNT.with(|count| count.swap(n, Ordering::SeqCst))
    }
    pub fn set(&self, n: usize) {
        self.replace(n);
    }
}
/// Counts the statements of one connection for the thread that opened it, and keeps their words.
struct Counting(Arc<AtomicUsize>);
impl Instrumentation for Counting {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            self.0.fetch_add(1, Ordering::SeqCst);
            SENT_HERE.set(SENT_HERE.get() + 1);
            ASKED.with_borrow_mut(|asked| asked.push(query.to_string()));
        }
    }
}
/// From here on the statements of every new connection are counted.
pub fn count_statements() {
    set_default_instrumentation(|| Some(Box::new(Counting(COUNT.with(Arc::clone))))).unwrap();
}

#[test]
fn a_page_costs_the_same_number_of_statements_whatever_its_size() {
    World::run(Backend::Sqlite, async |w| {
        let trust = w.trust("beacon").await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        trust.someone(w).at(trust.school).with(RoleName::Hr, trust.school).appraised_by(&appraiser).made().await;
        count_statements();
        let db = w.source.connect().unwrap();
        let (_, key, shown) = w.key(&trust, &readable(), Some(vec![trust.school])).await;
        let (_, _, digest) = trellis_api::auth::secret::read_key(&shown).unwrap();
        let act = Act { principal: Principal::Key { key, digest, of: None, until: trellis_persistence::GoodUntil::default() }, ..w.operator(trust.id) };
        let cost = async |limit: i64| {
            STATEMENTS.set(0);
            let page = db.read(act.clone(), Changes { with_records: true, ..Changes::after(After::Beginning, limit) }).await.unwrap();
            (page.entries.len(), STATEMENTS.get())
        };
        let (few, cost_of_few) = cost(200).await;
        for _ in 0..20 {
            trust.someone(w).at(trust.school).with(RoleName::Hr, trust.school).appraised_by(&appraiser).made().await;
        }
        let (many, cost_of_many) = cost(1000).await;
        assert!(few > 10 && many > 100 && cost_of_few > 10, "{few} {many} {cost_of_few}");
        assert_eq!(cost_of_few, cost_of_many);
    });
}
