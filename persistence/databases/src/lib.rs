//! The databases that this program is built for, opened by their addresses.

use trellis_persistence::{Result, Source, StoreError};
#[cfg(feature = "postgres")]
use trellis_postgres as postgres;
use trellis_sqlite as sqlite;

/// How a database is opened.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many writes may wait for SQLite's writer before a caller is told to come back.
    pub write_queue: usize,
    /// How many may be under way or wait for a connection to PostgreSQL, in each worker.
    pub write_wait: usize,
    /// Connections for writing, in each worker, on PostgreSQL.
    pub write_connections: usize,
}
impl Default for Settings {
    fn default() -> Self {
        Self { write_queue: 512, write_wait: 128, write_connections: 2 }
    }
}

const EXPECTED: &str = "expected sqlite:PATH or postgres://USER@HOST/NAME";
#[cfg(not(feature = "postgres"))]
const WITHOUT: &str = "this program was built without PostgreSQL, as the demo is: build it with its default features";

/// Which database an address names.
enum Named<'a> {
    /// The file at this path.
    Sqlite(&'a str),
    /// The server.
    Postgres,
}
fn named(url: &str) -> Option<Named<'_>> {
    match url.strip_prefix("sqlite:") {
        Some(path) => Some(path).filter(|path| !path.is_empty() && !path.contains('\0')).map(Named::Sqlite),
        None => ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)).then_some(Named::Postgres),
    }
}

/// Can a database be named so? Nothing is opened.
///
/// # Errors
/// What is expected. The address, which may hold a password, is not repeated.
pub fn fits(url: &str) -> std::result::Result<(), String> {
    match named(url).ok_or(EXPECTED)? {
        Named::Sqlite(_) => Ok(()),
        Named::Postgres => fits_postgres(url),
    }
}

/// Opens `sqlite:PATH` or `postgres://…` and brings its tables up to date. Call outside any async runtime.
///
/// # Errors
/// When the address is of neither form, the database cannot be reached, or it does not keep the settings that durability needs.
pub fn open(url: &str, settings: &Settings) -> Result<Source> {
    match named(url).ok_or(StoreError::Unavailable(EXPECTED.into()))? {
        Named::Sqlite(path) => Ok(Source::of(sqlite::Source::open(path, settings.write_queue)?)),
        Named::Postgres => open_postgres(url, settings),
    }
}

/// Opens a database that is there. Where there is no such SQLite file, [`open`] makes one.
///
/// # Errors
/// When it is not there, and as [`open`].
pub fn open_existing(url: &str, settings: &Settings) -> Result<Source> {
    match named(url) {
        Some(Named::Sqlite(path)) if !std::path::Path::new(path).is_file() => Err(StoreError::Unavailable("there is no such file".into())),
        _ => open(url, settings),
    }
}

#[cfg(feature = "postgres")]
fn fits_postgres(url: &str) -> std::result::Result<(), String> {
    postgres::Source::fits(url).map_err(|e| e.to_string())
}
#[cfg(feature = "postgres")]
fn open_postgres(url: &str, settings: &Settings) -> Result<Source> {
    Ok(Source::of(postgres::Source::open(url, settings.write_connections, settings.write_wait)?))
}
#[cfg(not(feature = "postgres"))]
fn fits_postgres(_: &str) -> std::result::Result<(), String> {
    Err(WITHOUT.into())
}
#[cfg(not(feature = "postgres"))]
fn open_postgres(_: &str, _: &Settings) -> Result<Source> {
    Err(StoreError::Unavailable(WITHOUT.into()))
}
