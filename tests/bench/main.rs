//! `trellis-bench`: the limits that Trellis is measured against, on a bare actix server of as many workers as Trellis has, without
//! permissions, contract, log lines or middleware.
//!
//! * `GET /static/{bytes}`: so many bytes; what HTTP costs.
//! * `POST /pool/objectives` (SQLite): an objective and its event, by a pool of connections with `BEGIN IMMEDIATE` on blocking threads.
//! * `GET /raw/objectives/{id}` (PostgreSQL): the statements of Trellis's get, by plain tokio-postgres on one pipelined connection of each worker.

#![allow(clippy::disallowed_methods, clippy::type_complexity)] // the limits are what one writes in a hurry: they ask the machine for time and ids

mod pool;
mod raw;

use actix_web::{App, HttpResponse, HttpServer, web};
use std::{collections::HashMap, time::Duration};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whatever stops the start.
type Failure = Box<dyn std::error::Error>;

/// The command line: pairs of `--name value`.
struct Settings(HashMap<String, String>);
impl Settings {
    fn read() -> Result<Self, Failure> {
        let mut words = std::env::args().skip(1);
        let mut found = HashMap::new();
        while let Some(name) = words.next() {
            let value = words.next().ok_or_else(|| format!("{name} has no value"))?;
            found.insert(name.trim_start_matches("--").to_owned(), value);
        }
        Ok(Self(found))
    }
    fn get(&self, name: &str) -> Result<&str, Failure> {
        self.0.get(name).map(String::as_str).ok_or_else(|| format!("--{name} is missing").into())
    }
    fn id(&self, name: &str) -> Result<uuid::Uuid, Failure> {
        Ok(self.get(name)?.parse()?)
    }
}

async fn fixed(bytes: web::Path<usize>) -> HttpResponse {
    static BODY: [u8; 65_536] = [b'x'; 65_536];
    match BODY.get(..*bytes) {
        Some(body) => HttpResponse::Ok().content_type("application/json; charset=utf-8").body(web::Bytes::from_static(body)),
        None => HttpResponse::BadRequest().finish(),
    }
}

fn main() -> Result<(), Failure> {
    let settings = Settings::read()?;
    let listener = std::net::TcpListener::bind(settings.get("listen")?)?;
    let workers = settings.get("workers")?.parse()?;
    let url = settings.get("database")?.to_owned();
    let tenant = settings.id("tenant")?;
    let pool = match url.strip_prefix("sqlite:") {
        Some(path) => Some(web::Data::new(pool::Pool::open(path, tenant, settings.id("employment")?, settings.id("person")?)?)),
        None => None,
    };
    println!("limits on http://{}", listener.local_addr()?);
    actix_web::rt::System::new().block_on(async move {
        HttpServer::new(move || {
            let app = App::new().route("/static/{bytes}", web::get().to(fixed)).route("/static/{bytes}", web::post().to(fixed));
            match &pool {
                Some(pool) => app.app_data(pool.clone()).route("/pool/objectives", web::post().to(pool::create)),
                None => app.app_data(web::Data::new(raw::Raw::new(&url, tenant))).route("/raw/objectives/{id}", web::get().to(raw::get)),
            }
        })
        .workers(workers)
        .keep_alive(Duration::from_secs(75))
        .listen(listener)?
        .run()
        .await
    })?;
    Ok(())
}
