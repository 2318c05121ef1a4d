//! What a team would otherwise write for SQLite: a pool of connections, each write its own `BEGIN IMMEDIATE` on a blocking thread, durable
//! (`synchronous=FULL`) as Trellis is. It reads nothing and judges nobody, which is less work than Trellis does.

use crate::Failure;
use actix_web::{HttpResponse, web};
use diesel::{connection::SimpleConnection, prelude::*};
use serde::Deserialize;
use std::sync::{Condvar, Mutex, PoisonError};
use uuid::Uuid;

/// As many as the pools of the ecosystem open if nothing is said.
const CONNECTIONS: usize = 10;

diesel::table! {
    tenants (id) { id -> Binary, last_event -> BigInt, last_hash -> Binary, }
}
diesel::table! {
    objectives (tenant_id, id) {
        tenant_id -> Binary, id -> Binary, employment_id -> Binary, person_id -> Binary, organisation_id -> Binary, origin -> Text,
        author_id -> Binary, private_to -> Nullable<Binary>, state -> Text, kind -> Text, title -> Text, description -> Nullable<Text>, revision -> Integer, version -> BigInt,
        created_at -> BigInt, updated_at -> BigInt,
    }
}
diesel::table! {
    objective_authorship (tenant_id, id) { tenant_id -> Binary, id -> Binary, objective_id -> Binary, field -> Text, written_by -> Binary, written_at -> BigInt, }
}
diesel::table! {
    employments (tenant_id, id) { tenant_id -> Binary, id -> Binary, organisation_id -> Binary, }
}
diesel::table! {
    events (tenant_id, number) {
        tenant_id -> Binary, number -> BigInt, id -> Binary, occurred_at -> BigInt, actor_kind -> Text, actor_id -> Nullable<Binary>, request_id -> Text,
        kind -> Text, record_type -> Text, subject_id -> Binary, subject_version -> BigInt, organisation_id -> Nullable<Binary>,
        person_id -> Nullable<Binary>, private_to -> Nullable<Binary>, changed -> Text, payload_digest -> Binary, hash -> Binary,
    }
}
diesel::table! {
    event_payloads (tenant_id, number) { tenant_id -> Binary, number -> BigInt, salt -> Binary, body -> Text, }
}

pub struct Pool {
    free: Mutex<Vec<SqliteConnection>>,
    returned: Condvar,
    tenant: Uuid,
    employment: Uuid,
    person: Uuid,
    organisation: Vec<u8>,
}

impl Pool {
    pub fn open(path: &str, tenant: Uuid, employment: Uuid, person: Uuid) -> Result<Self, Failure> {
        let mut free = Vec::new();
        for _ in 0..CONNECTIONS {
            let mut c = SqliteConnection::establish(path)?;
            c.batch_execute("PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-16384; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY")?;
            free.push(c);
        }
        let first = free.first_mut().ok_or("an empty pool")?;
        let organisation =
            employments::table.find((tenant.as_bytes().as_slice(), employment.as_bytes().as_slice())).select(employments::organisation_id).first(first)?;
        Ok(Self { free: Mutex::new(free), returned: Condvar::new(), tenant, employment, person, organisation })
    }
    fn with<T>(&self, work: impl FnOnce(&mut SqliteConnection) -> T) -> T {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut c = loop {
            match free.pop() {
                Some(c) => break c,
                None => free = self.returned.wait(free).unwrap_or_else(PoisonError::into_inner),
            }
        };
        drop(free);
        let out = work(&mut c);
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(c);
        self.returned.notify_one();
        out
    }
    fn create(&self, new: &New) -> QueryResult<Uuid> {
        let now = chrono::Utc::now().timestamp_micros();
        let (id, event) = (Uuid::now_v7(), Uuid::now_v7());
        let (tenant, person, organisation) = (self.tenant.as_bytes().as_slice(), self.person.as_bytes().as_slice(), &self.organisation);
        // what the caller knows before the transaction: the values of the event, and digests of the right size
        let body = format!(
            r#"{{"id":[null,"{id}"],"employment_id":[null,"{0}"],"person_id":[null,"{1}"],"author_id":[null,"{1}"],"title":[null,"{2}"],"description":[null,"{3}"],"kind":[null,"{4}"],"origin":[null,"self"],"state":[null,"draft"],"revision":[null,1]}}"#,
            self.employment, self.person, new.title, new.description, new.kind
        );
        let changed = r#"["employment_id","person_id","organisation_id","origin","author_id","state","kind","title","description","revision"]"#;
        self.with(|c| {
            c.immediate_transaction(|c| {
                let row = (
                    objectives::tenant_id.eq(tenant),
                    objectives::id.eq(id.as_bytes().as_slice()),
                    objectives::employment_id.eq(self.employment.as_bytes().as_slice()),
                    objectives::person_id.eq(person),
                    objectives::organisation_id.eq(organisation),
                    objectives::origin.eq("self"),
                    objectives::author_id.eq(person),
                    objectives::private_to.eq(person),
                    objectives::state.eq("draft"),
                    objectives::kind.eq(&new.kind),
                    objectives::title.eq(&new.title),
                    objectives::description.eq(&new.description),
                    objectives::revision.eq(1),
                    objectives::version.eq(1),
                    objectives::created_at.eq(now),
                    objectives::updated_at.eq(now),
                );
                diesel::insert_into(objectives::table).values(row).execute(c)?;
                for field in ["kind", "title", "description"] {
                    let row = (
                        objective_authorship::tenant_id.eq(tenant),
                        objective_authorship::id.eq(Uuid::now_v7().into_bytes().to_vec()),
                        objective_authorship::objective_id.eq(id.as_bytes().as_slice()),
                        objective_authorship::field.eq(field),
                        objective_authorship::written_by.eq(person),
                        objective_authorship::written_at.eq(now),
                    );
                    diesel::insert_into(objective_authorship::table).values(row).execute(c)?;
                }
                let (number, hash): (i64, Vec<u8>) = diesel::update(tenants::table.find(tenant))
                    .set(tenants::last_event.eq(tenants::last_event + 1))
                    .returning((tenants::last_event, tenants::last_hash))
                    .get_result(c)?;
                let row = (
                    events::tenant_id.eq(tenant),
                    events::number.eq(number),
                    events::id.eq(event.as_bytes().as_slice()),
                    events::occurred_at.eq(now),
                    events::actor_kind.eq("person"),
                    events::actor_id.eq(person),
                    events::request_id.eq("0198c5a0-0000-7000-8000-000000000000"),
                    events::kind.eq("objective.created"),
                    events::record_type.eq("objective"),
                    events::subject_id.eq(id.as_bytes().as_slice()),
                    events::subject_version.eq(1),
                    events::organisation_id.eq(organisation),
                    events::person_id.eq(person),
                    events::private_to.eq(person),
                    events::changed.eq(changed),
                    events::payload_digest.eq(&hash),
                    events::hash.eq(&hash),
                );
                diesel::insert_into(events::table).values(row).execute(c)?;
                let row =
                    (event_payloads::tenant_id.eq(tenant), event_payloads::number.eq(number), event_payloads::salt.eq(tenant), event_payloads::body.eq(&body));
                diesel::insert_into(event_payloads::table).values(row).execute(c)?;
                diesel::update(tenants::table.find(tenant)).set(tenants::last_hash.eq(&hash)).execute(c)?;
                Ok(id)
            })
        })
    }
}

/// The same body as Trellis is sent.
#[derive(Deserialize)]
pub struct New {
    kind: String,
    title: String,
    description: String,
}

pub async fn create(pool: web::Data<Pool>, new: web::Json<New>) -> HttpResponse {
    match web::block(move || pool.create(&new)).await {
        Ok(Ok(id)) => HttpResponse::Created().json(serde_json::json!({ "id": id })),
        Ok(Err(e)) => HttpResponse::ServiceUnavailable().body(e.to_string()),
        Err(e) => HttpResponse::InternalServerError().body(e.to_string()),
    }
}
