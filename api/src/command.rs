//! The command line of `trellis`: every flag has a `TRELLIS_…` form in the environment; a setting that is not known stops the start.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// The open backend for staff appraisal and professional learning in schools and trusts.
#[derive(Parser, Debug)]
#[command(name = "trellis", version, about, after_help = "Exit codes: 0 done, 1 it failed and says why, 2 the command line or a setting cannot be understood.")]
pub struct Trellis {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Which database.
#[derive(Args, Debug, Clone)]
pub struct DatabaseArg {
    /// sqlite:PATH or postgres://USER@HOST/NAME
    #[arg(long, env = "TRELLIS_DATABASE", default_value = "sqlite:trellis.db", value_name = "URL", value_parser = database_url)]
    pub database: String,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Serve the API
    Serve(ServeArgs),
    /// Bring the database's tables up to date, and stop
    Migrate(DatabaseArg),
    /// Print the OpenAPI document
    Contract,
    /// Import published files
    #[command(subcommand)]
    Import(ImportCommand),
    /// The log of a tenant
    #[command(subcommand)]
    Log(LogCommand),
    /// Customer bodies
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Accounts of people
    #[command(subcommand)]
    Account(AccountCommand),
}

/// How to serve.
#[derive(Args, Debug)]
pub struct ServeArgs {
    /// Serve the demo: one trust with three schools, made afresh; it wipes the database that it is given, and takes a temporary one if none is
    #[arg(long, env = "TRELLIS_DEMO", num_args = 0..=1, default_value_t = false, default_missing_value = "true", value_name = "true|false")]
    pub demo: bool,
    /// Address and port to listen on
    #[arg(long, env = "TRELLIS_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub listen: std::net::SocketAddr,
    /// sqlite:PATH or postgres://USER@HOST/NAME [default: sqlite:trellis.db; a temporary file in the demo]
    #[arg(long, env = "TRELLIS_DATABASE", value_name = "URL", value_parser = database_url)]
    pub database: Option<String>,
    /// Threads that answer [default: one per core]
    #[arg(long, env = "TRELLIS_WORKERS", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub workers: Option<u16>,
    /// Web origins that may call from a browser, separated by commas
    #[arg(long, env = "TRELLIS_ORIGINS", value_delimiter = ',', value_name = "ORIGIN", value_parser = origin)]
    pub origins: Vec<String>,
    /// The address under which the world knows the server, as behind a proxy: it issues machines' tokens under that name [default: http:// and what it listens on]
    #[arg(long, env = "TRELLIS_PUBLIC_URL", value_name = "URL", value_parser = origin)]
    pub public_url: Option<String>,
    #[command(flatten)]
    /// Where files are kept.
    pub evidence: EvidenceArgs,
    /// Connections for writing, per worker, on PostgreSQL
    #[arg(long, env = "TRELLIS_WRITE_CONNECTIONS", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub write_connections: u16,
}

/// Where files of evidence are kept.
#[derive(Args, Debug)]
pub struct EvidenceArgs {
    /// Where files of evidence are kept: disk:FOLDER or s3:https://HOST/BUCKET [default: disk:trellis-evidence; a temporary folder in the demo]
    #[arg(long = "evidence", env = "TRELLIS_EVIDENCE", value_name = "PLACE", value_parser = evidence_place)]
    pub place: Option<EvidencePlace>,
    /// Region of the bucket
    #[arg(long = "evidence-region", env = "TRELLIS_EVIDENCE_REGION", default_value = "us-east-1", value_name = "REGION")]
    pub region: String,
    /// Id of the access key to the bucket
    #[arg(long = "evidence-access-key", env = "TRELLIS_EVIDENCE_ACCESS_KEY", hide_env_values = true, value_name = "ID")]
    pub access_key: Option<String>,
    /// Secret of the access key: better in the environment than on the command line
    #[arg(long = "evidence-secret-key", env = "TRELLIS_EVIDENCE_SECRET_KEY", hide_env_values = true, value_name = "SECRET")]
    pub secret_key: Option<String>,
    /// Certificate authorities in PEM by which the store is judged [default: those that the system trusts]
    #[arg(long = "evidence-ca", env = "TRELLIS_EVIDENCE_CA", value_name = "FILE")]
    pub authorities: Option<PathBuf>,
}
/// A place for files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EvidencePlace {
    /// A folder.
    Disk(PathBuf),
    /// A bucket of a service at this address.
    S3 {
        /// Of the service.
        endpoint: String,
        /// Its name.
        bucket: String,
    },
}

/// Published files.
#[derive(Subcommand, Debug)]
pub enum ImportCommand {
    /// Schools and their links, as GIAS publishes them
    Gias {
        /// The file of establishments
        file: PathBuf,
        /// The file of links
        #[arg(long, value_name = "FILE")]
        links: Option<PathBuf>,
        /// The tenant's short name
        #[arg(long, env = "TRELLIS_TENANT", value_name = "SLUG")]
        tenant: String,
        /// Only say what would happen
        #[arg(long)]
        validate_only: bool,
        #[command(flatten)]
        /// Which database.
        database: DatabaseArg,
    },
}
/// The log.
#[derive(Subcommand, Debug)]
pub enum LogCommand {
    /// Check every link of the log, and name the first break
    Verify {
        /// The tenant's short name; every tenant if none is named
        #[arg(long, env = "TRELLIS_TENANT", value_name = "SLUG")]
        tenant: Option<String>,
        #[command(flatten)]
        /// Which database.
        database: DatabaseArg,
    },
}
/// Customer bodies.
#[derive(Subcommand, Debug)]
pub enum TenantCommand {
    /// Make a tenant, with its root organisation and the seed frameworks
    Create {
        /// Short name, with which its people log in
        #[arg(long, value_name = "SLUG")]
        slug: String,
        /// Name
        #[arg(long)]
        name: String,
        /// Is the whole tenant one school?
        #[arg(long)]
        school: bool,
        #[command(flatten)]
        /// Which database.
        database: DatabaseArg,
    },
}
/// Accounts of people.
#[derive(Subcommand, Debug)]
pub enum AccountCommand {
    /// Add a person with an account; the password is read from the standard input
    Create {
        /// The tenant's short name
        #[arg(long, env = "TRELLIS_TENANT", value_name = "SLUG")]
        tenant: String,
        /// E-mail to log in with
        #[arg(long)]
        email: String,
        /// Given name
        #[arg(long)]
        given_name: String,
        /// Family name
        #[arg(long)]
        family_name: String,
        /// A role to give at the tenant's root, such as trust_admin; may be given more than once
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<String>,
        #[command(flatten)]
        /// Which database.
        database: DatabaseArg,
    },
    /// Set another password for an account whose person has forgotten theirs; it is read from the standard input
    Password {
        /// The tenant's short name
        #[arg(long, env = "TRELLIS_TENANT", value_name = "SLUG")]
        tenant: String,
        /// E-mail with which the account logs in
        #[arg(long)]
        email: String,
        #[command(flatten)]
        /// Which database.
        database: DatabaseArg,
    },
}

fn database_url(text: &str) -> Result<String, String> {
    let known = text.strip_prefix("sqlite:").is_some_and(|path| !path.is_empty()) || text.starts_with("postgres://") || text.starts_with("postgresql://");
    if known { Ok(text.into()) } else { Err("expected sqlite:PATH or postgres://USER@HOST/NAME".into()) }
}
/// What is not encrypted stays on this machine.
fn evidence_place(text: &str) -> Result<EvidencePlace, String> {
    let expected = || "expected disk:FOLDER, or s3:https://HOST/BUCKET (http:// only to this machine)".to_owned();
    if let Some(folder) = text.strip_prefix("disk:").filter(|folder| !folder.is_empty()) {
        return Ok(EvidencePlace::Disk(folder.into()));
    }
    let address = text.strip_prefix("s3:").ok_or_else(expected)?;
    let (endpoint, bucket) = address.trim_end_matches('/').rsplit_once('/').ok_or_else(expected)?;
    origin(endpoint).map_err(|_| expected())?;
    let here = ["localhost", "127.0.0.1", "[::1]"].iter().any(|host| {
        let rest = endpoint.strip_prefix("http://").and_then(|rest| rest.strip_prefix(host));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    });
    let named = (3..=63).contains(&bucket.len()) && bucket.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.');
    match named && (here || endpoint.starts_with("https://")) {
        true => Ok(EvidencePlace::S3 { endpoint: endpoint.into(), bucket: bucket.into() }),
        false => Err(expected()),
    }
}
fn origin(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(text.into()),
        _ => Err("expected an origin such as https://appraisal.school.example".into()),
    }
}

/// Settings in the environment that are not known: each is named, and stops the start.
///
/// # Errors
/// Their names.
pub fn known_environment(names: impl Iterator<Item = String>) -> Result<(), String> {
    const KNOWN: [&str; 13] = [
        "TRELLIS_DATABASE",
        "TRELLIS_DEMO",
        "TRELLIS_LISTEN",
        "TRELLIS_WORKERS",
        "TRELLIS_ORIGINS",
        "TRELLIS_PUBLIC_URL",
        "TRELLIS_EVIDENCE",
        "TRELLIS_EVIDENCE_REGION",
        "TRELLIS_EVIDENCE_ACCESS_KEY",
        "TRELLIS_EVIDENCE_SECRET_KEY",
        "TRELLIS_EVIDENCE_CA",
        "TRELLIS_WRITE_CONNECTIONS",
        "TRELLIS_TENANT",
    ];
    let ours = names.filter(|n| n.starts_with("TRELLIS_") && !n.starts_with("TRELLIS_TEST_"));
    let unknown: Vec<String> = ours.filter(|n| !KNOWN.contains(&n.as_str())).collect();
    if unknown.is_empty() { Ok(()) } else { Err(format!("not known as settings: {}; known are {}", unknown.join(", "), KNOWN.join(", "))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_go_to_a_folder_or_over_an_encrypted_way() {
        let bucket = |endpoint: &str, bucket: &str| Some(EvidencePlace::S3 { endpoint: endpoint.into(), bucket: bucket.into() });
        for (text, place) in [
            ("disk:/var/lib/trellis/evidence", Some(EvidencePlace::Disk("/var/lib/trellis/evidence".into()))),
            ("s3:https://s3.eu-west-2.amazonaws.com/school-evidence", bucket("https://s3.eu-west-2.amazonaws.com", "school-evidence")),
            ("s3:http://127.0.0.1:9000/evidence", bucket("http://127.0.0.1:9000", "evidence")),
            ("s3:http://localhost/evidence/", bucket("http://localhost", "evidence")),
            ("s3:http://store.internal/evidence", None),
            ("s3:http://localhost.evil.example/evidence", None),
            ("s3:https://store.internal", None),
            ("s3:https://store.internal/a/b", None),
            ("disk:", None),
            ("/var/lib/trellis", None),
        ] {
            assert_eq!(evidence_place(text).ok(), place, "{text}");
        }
    }
}
