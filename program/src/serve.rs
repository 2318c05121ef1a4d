//! What each command does.

use crate::command::{AccountCommand, Command, DatabaseArg, EvidenceArgs, EvidencePlace, ImportCommand, LogCommand, ServeArgs, TenantCommand};
use actix_web::{HttpServer, rt};
use std::{
    fmt::Display,
    io::{self, Read as _, Write},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use trellis_api::{
    app::{self, Setup, Shared, operators_act},
    auth::password,
    clock::{RandomIds, SystemClock},
    demo,
    evidence::store::{S3Settings, Store},
    openapi, organisation, runner,
};
use trellis_databases::{self as databases, Settings};
use trellis_domain::{
    account::fit_password,
    id::{IdMaker, TenantId},
    organisation::{OrganisationKind, gias},
    role::RoleName,
    rule::RuleError,
    text::{Email, Name, Slug},
    time::{Clock, Period},
};
use trellis_persistence::{
    Act, Database, Source, StoreError,
    account::{CreateAccount, FindLogin, ResetPassword},
    event::VerifyLog,
    organisation::{ImportAction, ImportGias},
    person::CreatePerson,
    role::GrantRole,
    tenant::{CreateTenant, FindTenant, ListTenants, RootOrganisation, Tenant},
};

/// Something that a command could not do, for a person.
pub type Failure = Box<dyn std::error::Error>;

/// Settings that cannot be understood, or not together.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Misunderstood(pub String);

/// Says a line. Whoever stops listening, as `head` does, has heard enough: what is to be done is done all the same.
fn say(line: impl Display) -> io::Result<()> {
    heard(writeln!(io::stdout(), "{line}").and_then(|()| io::stdout().flush()))
}
fn heard(said: io::Result<()>) -> io::Result<()> {
    match said {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        said => said,
    }
}
/// Says a line that is no result. There is nobody to tell that nobody can be told.
pub fn complain(line: impl Display) {
    drop(writeln!(io::stderr(), "{line}"));
}

/// Does it.
///
/// # Errors
/// Why it could not be done.
pub fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(args) => serve(args),
        Command::Migrate(DatabaseArg { database }) => {
            databases::open(&database, &Settings::default()).map_err(at(&database))?.close();
            Ok(say(format_args!("{}: up to date", shown(&database)))?)
        }
        Command::Contract => Ok(say(serde_json::to_string_pretty(&openapi::document())?)?),
        Command::Import(ImportCommand::Gias { file, links, tenant, validate_only, database }) => {
            let establishments = gias::read_establishments(&std::fs::read(&file).map_err(|e| format!("{}: {e}", file.display()))?).map_err(told)?;
            let links = match links {
                Some(file) => gias::read_links(&std::fs::read(&file).map_err(|e| format!("{}: {e}", file.display()))?).map_err(told)?,
                None => Vec::new(),
            };
            with_existing(&database.database, async |db| import(db, &tenant, establishments, links, validate_only).await)
        }
        Command::Log(LogCommand::Verify { tenant, database }) => with_existing(&database.database, async |db| verify(db, tenant).await),
        Command::Tenant(TenantCommand::Create { slug, name, school, database }) => with(&database.database, async |db| {
            let tenant = TenantId(RandomIds.make(SystemClock.now()));
            let root = if school { OrganisationKind::School } else { OrganisationKind::Trust };
            let organisation = db.write(act(tenant), CreateTenant { slug: slug.clone(), name, root }).await.map_err(|e| match e {
                StoreError::Duplicate(_) => "there is a tenant of this short name already".into(),
                e => e.to_string(),
            })?;
            Ok(say(format_args!("tenant {} ({tenant}), root organisation {organisation}", slug.as_str()))?)
        }),
        Command::Account(AccountCommand::Create { tenant, email, given_name, family_name, roles, database }) => {
            let password = standard_input()?;
            with_existing(&database.database, async |db| create_account(db, &tenant, (given_name, family_name, email), roles, &password).await)
        }
        Command::Account(AccountCommand::Password { tenant, email, database }) => {
            let password = standard_input()?;
            with_existing(&database.database, async |db| reset_password(db, &tenant, &email, &password).await)
        }
    }
}

/// A password from the standard input, where no list of processes shows it.
fn standard_input() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
/// At which database something went wrong.
fn at(url: &str) -> impl Fn(StoreError) -> Failure {
    move |e| format!("{}: {e}", shown(url)).into()
}
/// A database's URL without its password.
fn shown(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => format!("{}://…{}", &url[..scheme], &url[at..]),
        _ => url.into(),
    }
}
fn told(rule: RuleError) -> Failure {
    let faults: Vec<String> = rule.faults.iter().map(|f| format!("\n  {}: {}", f.pointer, f.message)).collect();
    format!("{}{}", rule.message, faults.concat()).into()
}
fn act(tenant: TenantId) -> Act {
    operators_act(tenant, &SystemClock, Arc::new(RandomIds), "command-line")
}

/// Runs something with the database, which is made if there is none, and closes it in order.
fn with(url: &str, work: impl AsyncFnOnce(&Database) -> Result<(), Failure>) -> Result<(), Failure> {
    done_with(databases::open(url, &Settings::default()).map_err(at(url))?, work)
}
/// The same where a database that was made now would hold nothing to do it with.
fn with_existing(url: &str, work: impl AsyncFnOnce(&Database) -> Result<(), Failure>) -> Result<(), Failure> {
    done_with(databases::open_existing(url, &Settings::default()).map_err(at(url))?, work)
}
fn done_with(source: Source, work: impl AsyncFnOnce(&Database) -> Result<(), Failure>) -> Result<(), Failure> {
    let out = rt::System::new().block_on(async {
        let db = source.connect().map_err(|e| e.to_string())?;
        work(&db).await
    });
    source.close();
    out
}

async fn tenant_of(db: &Database, slug: &Slug) -> Result<Tenant, Failure> {
    let found = db.read(act(TenantId(uuid::Uuid::nil())), FindTenant { slug: slug.as_str().into() }).await.map_err(|e| e.to_string())?;
    found.ok_or_else(|| format!("there is no tenant {}", slug.as_str()).into())
}

async fn import(
    db: &Database,
    slug: &Slug,
    establishments: Vec<gias::Row<gias::Establishment>>,
    links: Vec<gias::Row<gias::Link>>,
    validate_only: bool,
) -> Result<(), Failure> {
    let tenant = tenant_of(db, slug).await?;
    let results = db.write(act(tenant.id), ImportGias { establishments, links, parent_id: None, validate_only }).await.map_err(|e| e.to_string())?;
    for row in &results {
        if let ImportAction::Failed(rule) = &row.action {
            let file = if row.links_file { "links" } else { "schools" };
            complain(format_args!("{file}, line {}, URN {}: {}", row.line, row.urn, told(rule.clone())));
        }
    }
    let organisation::ImportCounts { created, updated, unchanged, failed } = organisation::counts_of(&results);
    let said = if validate_only { "would be: " } else { "" };
    say(format_args!("{said}created {created}, updated {updated}, unchanged {unchanged}, failed {failed}"))?;
    if failed > 0 { Err(format!("{failed} rows were not taken; the others were").into()) } else { Ok(()) }
}

async fn verify(db: &Database, slug: Option<Slug>) -> Result<(), Failure> {
    let tenants = match slug {
        Some(slug) => vec![tenant_of(db, &slug).await?],
        None => db.read(act(TenantId(uuid::Uuid::nil())), ListTenants).await.map_err(|e| e.to_string())?,
    };
    if tenants.is_empty() {
        return Err("the database holds no tenant, so there is no log to verify".into());
    }
    let mut broken = false;
    for tenant in tenants {
        match db.read(act(tenant.id), VerifyLog).await.map_err(|e| format!("{}: {e}", tenant.slug.as_str()))? {
            Ok(head) => {
                let link: String = head.hash.iter().map(|b| format!("{b:02x}")).collect();
                say(format_args!("{}: {} events hold, {} of them erased; the last link is {link}", tenant.slug.as_str(), head.number, head.erased))?;
            }
            Err(at) => {
                broken = true;
                let event = at.event.map_or_else(String::new, |id| format!(" ({id})"));
                say(format_args!("{}: broken at event {}{event}: {}", tenant.slug.as_str(), at.number, at.why))?;
            }
        }
    }
    if broken { Err("the log does not hold".into()) } else { Ok(()) }
}

async fn create_account(
    db: &Database,
    slug: &Slug,
    (given_name, family_name, email): (Name, Name, Email),
    roles: Vec<RoleName>,
    password: &str,
) -> Result<(), Failure> {
    let tenant = tenant_of(db, slug).await?;
    fit_password(password, &email).map_err(|e| format!("the password on the standard input: {e}"))?;
    let password_hash = password::hash_now(password).map_err(|e| e.to_string())?;
    let act = act(tenant.id);
    let person = CreatePerson { given_name, family_name, preferred_name: None, email: Some(email.clone()), trn: None, external_refs: Vec::new() };
    let person_id = db.write(act.clone(), person).await.map_err(|e| e.to_string())?.record.person.id;
    let organisation_id = db.read(act.clone(), RootOrganisation).await.map_err(|e| e.to_string())?;
    for role in roles {
        let period = Period { starts_on: act.today(), ends_on: None };
        db.write(act.clone(), GrantRole { person_id, role, organisation_id, period }).await.map_err(|e| e.to_string())?;
    }
    let account = db.write(act, CreateAccount { person_id, email, password_hash }).await.map_err(|e| e.to_string())?;
    Ok(say(format_args!("account {} of person {person_id}", account.record.id))?)
}

async fn reset_password(db: &Database, slug: &Slug, email: &Email, password: &str) -> Result<(), Failure> {
    let act = act(tenant_of(db, slug).await?.id);
    let found = db.read(act.clone(), FindLogin { email: email.as_str().into() }).await.map_err(|e| e.to_string())?;
    let login = found.ok_or("there is no account with this e-mail")?;
    fit_password(password, email).map_err(|e| format!("the password on the standard input: {e}"))?;
    let password_hash = password::hash_now(password).map_err(|e| e.to_string())?;
    db.write(act, ResetPassword { id: login.account, password_hash, expected: None }).await.map_err(|e| e.to_string())?;
    Ok(say(format_args!("account {}: the password is another now, and every log-in has ended", login.account))?)
}

/// Serves until it is told to stop, then lets everything that was accepted finish.
fn serve(args: ServeArgs) -> Result<(), Failure> {
    let ServeArgs { demo, listen, database, workers, origins, public_url, evidence, write_connections } = args;
    let temporary = (demo && database.is_none()).then(|| std::env::temp_dir().join(format!("trellis-demo-{}.db", std::process::id())));
    let url = match (&temporary, database) {
        (Some(path), _) => format!("sqlite:{}", path.display()),
        (None, url) => url.unwrap_or_else(|| "sqlite:trellis.db".into()),
    };
    let files = temporary_files(demo);
    let evidence = files_of(evidence, files.clone())?;
    let settings = Settings { write_connections: write_connections.into(), ..Settings::default() };
    let source = databases::open(&url, &settings).map_err(at(&url))?;
    let listener = std::net::TcpListener::bind(listen).map_err(|e| format!("{listen}: {e}"))?;
    let address = format!("http://{}", listener.local_addr()?);
    let system = rt::System::new();
    let served: Result<(), Failure> = system.block_on(async {
        let setup = Setup {
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            origins,
            public_url: public_url.unwrap_or_else(|| address.clone()),
            evidence,
            demo,
        };
        let shared = Shared::new(&source, setup).await.map_err(at(&url))?;
        // whether anybody reads it or not, it serves
        drop(match shared.demo.as_ref().and_then(demo::Demo::guide) {
            Some(guide) => say(demo::welcome(&guide, &address)),
            None => say(format_args!("Trellis on {address}, {}", source.kind())),
        });
        let hourly = rt::spawn(tidy(shared.clone(), source.clone()));
        let jobs = rt::spawn(runner::serve(shared.clone(), source.clone()));
        let closing = rt::spawn(wake_the_waiting(shared.clone()));
        let server = HttpServer::new({
            let (shared, source) = (shared.clone(), source.clone());
            move || {
                let db = source.connect().unwrap_or_else(|e| {
                    // a worker without a database would answer nothing; the process that watches us starts another
                    log::error!("a worker has no database: {e}");
                    std::process::exit(1)
                });
                app::app(shared.clone(), db)
            }
        })
        .workers(workers.map_or_else(|| std::thread::available_parallelism().map_or(2, usize::from), usize::from))
        .client_request_timeout(Duration::from_secs(10))
        .keep_alive(Duration::from_secs(75))
        .max_connections(10_000)
        .shutdown_timeout(30)
        .listen(listener)?
        .run();
        let out = server.await;
        hourly.abort();
        jobs.abort();
        closing.abort();
        note_uses(&shared, &source).await;
        out.map_err(Into::into)
    });
    drop(system);
    source.close();
    if let Some(path) = temporary {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
        }
    }
    if let Some(path) = files {
        let _ = std::fs::remove_dir_all(path);
    }
    served
}

/// The folder of the demo's files.
fn temporary_files(demo: bool) -> Option<PathBuf> {
    demo.then(|| std::env::temp_dir().join(format!("trellis-demo-files-{}-{:016x}", std::process::id(), rand::random::<u64>())))
}
/// Where files of evidence are kept.
fn files_of(args: EvidenceArgs, demo: Option<PathBuf>) -> Result<Store, Failure> {
    let EvidenceArgs { place, region, access_key, secret_key, authorities } = args;
    let store = match (demo, place) {
        (Some(_), Some(_)) => return Err(Misunderstood("the demo keeps its files in a temporary folder: leave --evidence out".into()).into()),
        (Some(path), None) => Store::disk(path),
        (None, Some(EvidencePlace::Disk(path))) => Store::disk(path),
        (None, None) => Store::disk("trellis-evidence".into()),
        (None, Some(EvidencePlace::S3 { endpoint, bucket })) => {
            let (Some(access_key), Some(secret_key)) = (access_key, secret_key) else {
                return Err(Misunderstood("a bucket needs TRELLIS_EVIDENCE_ACCESS_KEY and TRELLIS_EVIDENCE_SECRET_KEY".into()).into());
            };
            Store::s3(&S3Settings { endpoint, bucket, region, access_key, secret_key, authorities })
        }
    };
    store.map_err(|e| format!("where files of evidence are kept: {e}").into())
}

/// What the hourly tidying would have noted.
async fn note_uses(shared: &Shared, source: &Source) {
    let noted = match source.connect() {
        Ok(db) => shared.note_uses(&db).await,
        Err(e) => Err(e),
    };
    if let Err(e) = noted {
        log::warn!("when keys were last used could not be noted: {e}");
    }
}

async fn tidy(shared: Arc<Shared>, source: Source) {
    let Ok(db) = source.connect() else { return };
    rt::time::sleep(Duration::from_secs(1)).await;
    crate::memory::while_serving();
    loop {
        rt::time::sleep(Duration::from_secs(3600)).await;
        if let Err(e) = shared.tidy(&db).await {
            log::warn!("the hourly tidying did not finish: {e}");
        }
    }
}

/// When the server is told to stop, those who wait for changes are woken and go, or it would wait for them.
async fn wake_the_waiting(shared: Arc<Shared>) {
    use rt::signal::unix::{SignalKind, signal};
    let (Ok(mut stop), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else { return };
    tokio::select! {
        _ = stop.recv() => {}
        _ = interrupt.recv() => {}
    }
    shared.waiting.close();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_stops_listening_is_no_fault_and_a_full_disk_is_one() -> io::Result<()> {
        let (reader, mut writer) = io::pipe()?;
        drop(reader);
        let unheard = writeln!(writer, "much of it");
        assert_eq!(unheard.as_ref().map_err(io::Error::kind), Err(io::ErrorKind::BrokenPipe));
        assert!(heard(unheard).is_ok());
        assert!(heard(Err(io::ErrorKind::StorageFull.into())).is_err());
        Ok(())
    }

    #[test]
    fn a_log_that_is_not_there_is_not_said_to_hold() {
        let path = std::env::temp_dir().join(format!("trellis-nowhere-{}.db", std::process::id()));
        let database = DatabaseArg { database: format!("sqlite:{}", path.display()) };
        let verified = |database: &DatabaseArg| run(Command::Log(LogCommand::Verify { tenant: None, database: database.clone() }));
        let missing = verified(&database).map_err(|e| e.to_string());
        assert!(missing.as_ref().is_err_and(|e| e.contains("no such file")), "{missing:?}");
        assert!(!path.exists(), "and none is made");
        assert!(run(Command::Migrate(database.clone())).is_ok());
        let empty = verified(&database).map_err(|e| e.to_string());
        assert!(empty.as_ref().is_err_and(|e| e.contains("no tenant")), "{empty:?}");
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
        }
    }
}
