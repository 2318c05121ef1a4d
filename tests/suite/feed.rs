//! The one log of a tenant, and whoever follows it (T9).

use crate::support::*;
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query, sql_types::BigInt};
use diesel_async::{AsyncPgConnection, async_connection_wrapper::AsyncConnectionWrapper};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};
use trellis_domain::{
    access::Permission,
    person::Trn,
    role::RoleName,
    rule::Code,
    text::{Name, Wire},
};
use trellis_persistence::{
    StoreError,
    event::{After, Changes, VerifyLog},
    person::CreatePerson,
};

pub type Postgres = AsyncConnectionWrapper<AsyncPgConnection>;

/// SQL past the server, on a connection of its own.
pub fn past_the_server(w: &World, sql: &str) {
    let (backend, place) = (w.backend, w.place.clone());
    // a thread of its own: the wrapper brings its own runtime
    let work = move |sql: &str| match backend {
        Backend::Sqlite => SqliteConnection::establish(&place).unwrap().batch_execute(sql).unwrap(),
        Backend::Postgres => Postgres::establish(&place).unwrap().batch_execute(sql).unwrap(),
    };
    std::thread::scope(|scope| scope.spawn(|| work(sql)).join().unwrap());
}

fn person(name: &str, trn: Option<&str>) -> CreatePerson {
    CreatePerson {
        given_name: Name::parse("Ada").unwrap(),
        family_name: Name::parse(name).unwrap(),
        preferred_name: None,
        email: None,
        trn: trn.map(|t| Trn::parse(t).unwrap()),
        external_refs: vec![],
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}
/// How many events there are, for this reader.
fn count(c: &mut SqliteConnection) -> i64 {
    sql_query("SELECT count(*) AS count FROM events").get_result::<Count>(c).unwrap().count
}
/// A write by somebody else that has begun and not ended.
fn slow_write(begin: &str, ids: &str, now: &str) -> String {
    format!(
        "{begin}; INSERT INTO people (tenant_id, id, given_name, family_name, search, version, created_at, updated_at) \
         VALUES ({ids}, 'Slow', 'Writer', 'writer slow', 1, {now}, {now})"
    )
}

const WRITERS: usize = 8;
const EACH: usize = 25;

on_both! {
    async fn eight_writers_and_a_transaction_held_open_and_a_reader_misses_nothing(w: World) {
        let trust = w.trust("beacon").await;
        w.does(trust.id, person("Taken", Some("0000001"))).await;
        let act = w.operator(trust.id);
        let (running, failed) = (AtomicUsize::new(WRITERS), AtomicUsize::new(0));
        let (held, looks) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
        let (backend, place, tenant) = (w.backend, w.place.clone(), trust.id);
        let (open, opened) = mpsc::channel();
        let seen = std::thread::scope(|scope| {
            let (holding, looked) = (held.clone(), looks.clone());
            scope.spawn(move || {
                let hold = |goes_on: &dyn Fn() -> bool| {
                    while goes_on() {
                        std::thread::sleep(Duration::from_millis(5));
                    }
                };
                let to_the_end = || holding.load(Ordering::SeqCst);
                match backend {
                    Backend::Postgres => {
                        let mut other = Postgres::establish(&place).unwrap();
                        other.batch_execute(&slow_write("BEGIN", &format!("'{tenant}', '{}'", uuid::Uuid::from_u128(7)), "now()")).unwrap();
                        open.send(()).unwrap();
                        hold(&to_the_end);
                        other.batch_execute("COMMIT").unwrap();
                    }
                    Backend::Sqlite => {
                        let mut reader = SqliteConnection::establish(&place).unwrap();
                        reader.batch_execute("BEGIN").unwrap();
                        let before = count(&mut reader);
                        let mut other = SqliteConnection::establish(&place).unwrap();
                        let ids = format!("x'{}', x'{}'", tenant.0.simple(), uuid::Uuid::from_u128(7).simple());
                        other.batch_execute(&slow_write("BEGIN IMMEDIATE", &ids, "0")).unwrap();
                        open.send(()).unwrap();
                        // nobody else can write meanwhile: all eight wait for it while the reader looks
                        hold(&|| looked.load(Ordering::SeqCst) < 50);
                        other.batch_execute("COMMIT").unwrap();
                        hold(&to_the_end);
                        assert_eq!(count(&mut reader), before, "for whoever has begun to read, time stands still");
                    }
                }
            });
            opened.recv_timeout(Duration::from_secs(20)).unwrap();
            for writer in 0..WRITERS {
                let (act, source, running, failed) = (act.clone(), w.source.clone(), &running, &failed);
                scope.spawn(move || {
                    actix_web::rt::System::new().block_on(async move {
                        let db = source.connect().unwrap();
                        for i in 0..EACH {
                            // every fifth fails after its checks, so that rollbacks are in the mix
                            if i % 5 == writer % 5 {
                                let refused = db.write(act.clone(), person("Refused", Some("0000001"))).await.unwrap_err();
                                assert!(matches!(&refused, StoreError::Rule(rule) if rule.code == Code::Duplicate), "{refused:?}");
                                failed.fetch_add(1, Ordering::SeqCst);
                            }
                            db.write(act.clone(), person(&format!("Writer{writer} number{i}"), None)).await.unwrap();
                        }
                        running.fetch_sub(1, Ordering::SeqCst);
                    });
                });
            }
            let (act, source, running, held, looks) = (act.clone(), w.source.clone(), &running, held.clone(), looks.clone());
            let reader = scope.spawn(move || {
                actix_web::rt::System::new().block_on(async move {
                    let db = source.connect().unwrap();
                    let (mut after, mut last, mut seen, end) = (After::Beginning, 0, vec![], Instant::now() + Duration::from_secs(60));
                    loop {
                        let over = running.load(Ordering::SeqCst) == 0 || Instant::now() > end;
                        let page = db.read(act.clone(), Changes::after(after, 7)).await.unwrap();
                        looks.fetch_add(1, Ordering::SeqCst);
                        for entry in &page.entries {
                            assert_eq!(entry.number, last + 1, "a number was left out, or told twice");
                            last = entry.number;
                            seen.push(entry.subject);
                        }
                        after = After::Change(page.next, page.mark);
                        if over && page.entries.is_empty() {
                            held.store(false, Ordering::SeqCst);
                            return seen;
                        }
                        actix_web::rt::time::sleep(Duration::from_millis(1)).await;
                    }
                })
            });
            reader.join().unwrap()
        });
        assert!(failed.load(Ordering::SeqCst) >= WRITERS * 4);
        let head = w.db.read(act, VerifyLog).await.unwrap().unwrap();
        assert_eq!(usize::try_from(head.number).unwrap(), seen.len());
        assert!(seen.len() > WRITERS * EACH);
    }

    async fn the_log_names_the_first_place_that_was_changed(w: World) {
        let trust = w.trust("beacon").await;
        let other = w.trust("other").await;
        for i in 0..6 {
            w.does(trust.id, person(&format!("N{i}"), None)).await;
        }
        let act = w.operator(trust.id);
        let head = w.db.read(act.clone(), VerifyLog).await.unwrap().unwrap();
        let id = match w.backend {
            Backend::Sqlite => format!("x'{}'", trust.id.0.simple()),
            Backend::Postgres => format!("'{}'", trust.id),
        };
        let told = w.db.read(act.clone(), Changes::after(After::Beginning, 1000)).await.unwrap().entries;
        let with = |number: i64| (number, told.iter().find(|entry| entry.number == number).map(|entry| entry.id));
        assert!(with(head.number - 1).1.is_some());
        past_the_server(w, &format!("UPDATE event_payloads SET body = '{{}}' WHERE tenant_id = {id} AND number = {}", head.number - 1));
        let broken = w.db.read(act.clone(), VerifyLog).await.unwrap().unwrap_err();
        assert_eq!((broken.number, broken.event), with(head.number - 1), "{}", broken.why);
        past_the_server(w, &format!("UPDATE events SET kind = 'person.updated' WHERE tenant_id = {id} AND number = {}", head.number - 3));
        let broken = w.db.read(act, VerifyLog).await.unwrap().unwrap_err();
        assert_eq!((broken.number, broken.event), with(head.number - 3), "{}", broken.why);
        assert!(w.db.read(w.operator(other.id), VerifyLog).await.unwrap().is_ok());
    }

    async fn what_cannot_be_read_and_what_is_kept_beside_an_event_is_named_too(w: World) {
        let trust = w.trust("beacon").await;
        trust.someone(w).at(trust.school).made().await;
        for i in 0..5 {
            w.does(trust.id, person(&format!("N{i}"), None)).await;
        }
        let act = w.operator(trust.id);
        let head = w.db.read(act.clone(), VerifyLog).await.unwrap().unwrap().number;
        let spoil = |column: &str, value: &str, number: i64| past_the_server(w, &format!("UPDATE events SET {column} = {value} WHERE number = {number}"));
        let mut breaks = vec![("actor_kind", "'ghost'", head, "cannot be read"), ("record_type", "'role'", head - 1, "the type of its record")];
        if w.backend == Backend::Sqlite {
            breaks.extend([("id", "x'00'", head - 2, "cannot be read"), ("occurred_at", "'today'", head - 3, "was changed")]);
        }
        for (column, value, number, why) in breaks {
            spoil(column, value, number);
            let found = w.db.read(act.clone(), VerifyLog).await.unwrap().unwrap_err();
            assert!(found.number == number && found.why.contains(why), "{column} of {number}: {found:?}");
            assert_eq!(found.event.is_none(), column == "id", "{column} of {number}: {found:?}");
        }
        past_the_server(w, "UPDATE event_places SET is_live = NOT is_live");
        let found = w.db.read(act, VerifyLog).await.unwrap().unwrap_err();
        assert!(found.number < head - 4 && found.why.contains("where its person was"), "{found:?}");
    }

    async fn the_feed_is_followed_page_by_page_to_its_end_and_on(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let (_, _, key) = w.key(&trust, &readable(), None).await;
        let whole = w.get("/v1/changes").bearer(&key).send().await.expect(200);
        assert_eq!(whole.body["has_more"], false);
        let (mut after, mut pages, mut told) = (String::new(), 0, vec![]);
        loop {
            let page = w.get(format!("/v1/changes?limit=3{after}")).bearer(&key).send().await.expect(200);
            told.extend(page.items().to_vec());
            pages += 1;
            after = format!("&after={}", page.body["next_cursor"].as_str().unwrap());
            assert_eq!(page.headers.contains_key("link"), page.body["has_more"] == true);
            if page.body["has_more"] == false {
                break;
            }
        }
        assert!(pages > 2);
        assert_eq!(told, whole.items());
        assert!(told.iter().map(|c| c["cursor"].to_string()).collect::<BTreeSet<_>>().len() == told.len());
        assert!(w.get(format!("/v1/changes?limit=3{after}")).bearer(&key).send().await.expect(200).items().is_empty());
        let made = w.post("/v1/people").by(&hr).json(json!({"given_name": "Ada", "family_name": "New"})).send().await.expect(201);
        let on = w.get(format!("/v1/changes?limit=3{after}")).bearer(&key).send().await.expect(200);
        assert_eq!((on.items().len(), on.items()[0]["id"].as_str(), on.items()[0]["type"].as_str()), (1, Some(made.id().as_str()), Some("person.created")));
        assert_eq!(on.items()[0]["etag"].as_str(), Some(made.etag().as_str()));
        assert_eq!(on.items()[0]["actor"], json!({"type": "person", "id": hr.person.to_string()}));
        let only = w.get("/v1/changes?types=person,employment").bearer(&key).send().await.expect(200);
        assert!(!only.items().is_empty());
        assert!(types(&only).iter().all(|t| t.starts_with("person.") || t.starts_with("employment.")), "{:?}", types(&only));
        w.get("/v1/changes?types=people").bearer(&key).send().await.problem(400, "invalid_parameter");
        w.get("/v1/changes").by(&hr).send().await.problem(403, "role_required");
        let (_, _, blind) = w.key(&trust, &[Permission::ReadPeople], None).await;
        w.get("/v1/changes").bearer(&blind).send().await.problem(403, "insufficient_scope");
    }

    async fn a_key_of_one_school_is_told_of_that_school_alone(w: World) {
        let trust = w.trust("beacon").await;
        let here = trust.someone(w).at(trust.school).made().await;
        let there = trust.someone(w).at(trust.other_school).made().await;
        let (_, _, key) = w.key(&trust, &readable(), Some(vec![trust.school])).await;
        let feed = w.get("/v1/changes").bearer(&key).send().await.expect(200);
        let told = |id: String| feed.items().iter().any(|c| c["id"] == id.as_str());
        assert!(told(here.employment.unwrap().to_string()) && told(trust.school.to_string()));
        assert!(!told(there.employment.unwrap().to_string()) && !told(there.person.to_string()));
        assert!(feed.items().iter().all(|c| c["organisation_id"] != trust.other_school.to_string().as_str()));
        let narrow = [Permission::ReadChanges, Permission::ReadOrganisations];
        let (_, _, key) = w.key(&trust, &narrow, None).await;
        let feed = w.get("/v1/changes").bearer(&key).send().await.expect(200);
        assert!(!feed.items().is_empty() && types(&feed).iter().all(|t| t.starts_with("organisation.")), "{:?}", types(&feed));
    }

    async fn private_learning_never_appears_and_what_is_taken_back_leaves_the_scope(w: World) {
        let trust = w.trust("beacon").await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let (_, _, key) = w.key(&trust, &readable(), None).await;
        let learning = async || {
            let feed = w.get("/v1/changes?types=learning_record").bearer(&key).send().await.expect(200);
            feed.items().to_vec()
        };
        let new = |title: &str| json!({"title": title, "kind": "reading", "started_on": "2026-10-01", "minutes": 60});
        let private = w.post("/v1/learning-records").by(&teacher).json(new("Mine")).send().await.expect(201);
        let record = w.post("/v1/learning-records").by(&teacher).json(new("Ours")).send().await.expect(201);
        let path = format!("/v1/learning-records/{}", record.id());
        w.patch(&path).by(&teacher).json(json!({"minutes": 70})).send().await.expect(200);
        assert!(learning().await.is_empty());
        w.post(format!("{path}/share")).by(&teacher).send().await.expect(200);
        assert_eq!(learning().await.last().unwrap()["type"], "learning_record.shared");
        w.get(&path).bearer(&key).send().await.expect(200);
        w.post(format!("{path}/unshare")).by(&teacher).send().await.expect(200);
        assert_eq!(learning().await.last().unwrap()["type"], "learning_record.left_scope");
        w.get(&path).bearer(&key).send().await.problem(404, "not_found");
        w.post(format!("{path}/reflect")).by(&teacher).json(json!({"reflection": "For me"})).send().await.expect(200);
        let told = learning().await;
        assert_eq!(told.last().unwrap()["type"], "learning_record.left_scope");
        assert!(told.iter().all(|c| c["id"] != private.id().as_str()));
    }

    async fn a_change_that_changes_nothing_leaves_no_event_and_keeps_the_etag(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let (_, _, key) = w.key(&trust, &readable(), None).await;
        let made = w.post("/v1/people").by(&hr).json(json!({"given_name": "Ada", "family_name": "Still", "trn": "0012345"})).send().await.expect(201);
        let before = w.get("/v1/changes").bearer(&key).send().await.expect(200);
        let path = format!("/v1/people/{}", made.id());
        for same in [json!({}), json!({"given_name": "Ada"}), json!({"trn": "0012345", "preferred_name": null})] {
            let reply = w.patch(&path).by(&hr).if_match(&made.etag()).json(same).send().await.expect(200);
            assert_eq!((reply.etag(), &reply.body["updated_at"]), (made.etag(), &made.body["updated_at"]));
        }
        let after = w.get("/v1/changes").bearer(&key).send().await.expect(200);
        assert_eq!(before.body["next_cursor"], after.body["next_cursor"]);
        let none = w.get(&path).by(&hr).header("if-none-match", &made.etag()).send().await.expect(304);
        assert!(none.text.is_empty());
        w.patch(&path).by(&hr).if_match(&made.etag()).json(json!({"preferred_name": "Addie"})).send().await.expect(200);
        let stale = w.patch(&path).by(&hr).if_match(&made.etag()).json(json!({"preferred_name": "Ade"})).send().await.problem(412, "stale");
        assert_eq!(stale.body["changed"], json!(["preferred_name"]));
        let history = w.get(format!("{path}/history")).by(&hr).send().await.expect(200);
        assert_eq!(history.items()[0]["values"]["preferred_name"], json!({"before": null, "after": "Addie"}));
    }
}

/// Everything that a machine may read.
pub fn readable() -> Vec<Permission> {
    Permission::ALL.iter().copied().filter(|p| p.for_service_accounts() && p.as_str().ends_with(":read")).collect()
}
pub fn types(feed: &Reply) -> Vec<&str> {
    feed.items().iter().filter_map(|c: &Value| c["type"].as_str()).collect()
}
