//! The command line of `trellis`: every flag has a `TRELLIS_…` form in the environment; a setting that is not known stops the start.

use clap::{
    Args, CommandFactory, Parser, Subcommand,
    error::{ContextKind, ContextValue},
};
use std::{collections::BTreeSet, ffi::OsString, path::PathBuf};
use trellis_domain::{
    role::RoleName,
    text::{Email, Name, Slug, Title, Wire},
};

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
    #[arg(long, env = "TRELLIS_DATABASE", hide_env_values = true, default_value = "sqlite:trellis.db", value_name = "URL", value_parser = database_url)]
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
    #[arg(long, env = "TRELLIS_DATABASE", hide_env_values = true, value_name = "URL", value_parser = database_url)]
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
        #[arg(long, env = "TRELLIS_LINKS", value_name = "FILE")]
        links: Option<PathBuf>,
        /// The tenant's short name
        #[arg(long, env = "TRELLIS_TENANT", value_name = "SLUG", value_parser = parsed::<Slug>)]
        tenant: Slug,
        /// Only say what would happen
        #[arg(long, env = "TRELLIS_VALIDATE_ONLY")]
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
        #[arg(long, env = "TRELLIS_TENANT", value_name = "SLUG", value_parser = parsed::<Slug>)]
        tenant: Option<Slug>,
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
        #[arg(long, env = "TRELLIS_SLUG", value_name = "SLUG", value_parser = parsed::<Slug>)]
        slug: Slug,
        /// Name
        #[arg(long, env = "TRELLIS_NAME", value_parser = parsed::<Title>)]
        name: Title,
        /// Is the whole tenant one school?
        #[arg(long, env = "TRELLIS_SCHOOL")]
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
        #[arg(long, env = "TRELLIS_TENANT", value_name = "SLUG", value_parser = parsed::<Slug>)]
        tenant: Slug,
        /// E-mail to log in with
        #[arg(long, env = "TRELLIS_EMAIL", hide_env_values = true, value_parser = parsed::<Email>)]
        email: Email,
        /// Given name
        #[arg(long, env = "TRELLIS_GIVEN_NAME", hide_env_values = true, value_parser = parsed::<Name>)]
        given_name: Name,
        /// Family name
        #[arg(long, env = "TRELLIS_FAMILY_NAME", hide_env_values = true, value_parser = parsed::<Name>)]
        family_name: Name,
        /// A role to give at the tenant's root, such as trust_admin; may be given more than once, or several separated by commas
        #[arg(long = "role", env = "TRELLIS_ROLE", value_delimiter = ',', value_name = "ROLE", value_parser = parsed::<RoleName>)]
        roles: Vec<RoleName>,
        #[command(flatten)]
        /// Which database.
        database: DatabaseArg,
    },
    /// Set another password for an account whose person has forgotten theirs; it is read from the standard input
    Password {
        /// The tenant's short name
        #[arg(long, env = "TRELLIS_TENANT", value_name = "SLUG", value_parser = parsed::<Slug>)]
        tenant: Slug,
        /// E-mail with which the account logs in
        #[arg(long, env = "TRELLIS_EMAIL", hide_env_values = true, value_parser = parsed::<Email>)]
        email: Email,
        #[command(flatten)]
        /// Which database.
        database: DatabaseArg,
    },
}

/// A value that travels in requests too, by the same rule.
fn parsed<T: Wire>(text: &str) -> Result<T, String> {
    T::parse(text).map_err(|e| e.message)
}
fn database_url(text: &str) -> Result<String, String> {
    trellis_databases::fits(text).map(|()| text.into())
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

impl Trellis {
    /// Reads the command line, and the environment for what it does not say.
    ///
    /// # Errors
    /// What cannot be understood, or the help that was asked for. A value that may be secret is not repeated.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        Self::try_parse_from(words).map_err(|mut error| {
            let secret = match error.get(ContextKind::InvalidArg) {
                Some(ContextValue::String(flag)) => settings(|arg| arg.is_hide_env_values_set().then(|| arg.to_string())).contains(flag),
                _ => false,
            };
            if secret {
                error.insert(ContextKind::InvalidValue, ContextValue::String("…".into()));
            }
            error
        })
    }
}

/// What is to be known of every flag of every command.
fn settings<T: Ord>(wanted: impl Fn(&clap::Arg) -> Option<T>) -> BTreeSet<T> {
    fn walk<T: Ord>(command: &clap::Command, wanted: &impl Fn(&clap::Arg) -> Option<T>, out: &mut BTreeSet<T>) {
        out.extend(command.get_arguments().filter_map(wanted));
        command.get_subcommands().for_each(|sub| walk(sub, wanted, out));
    }
    let (mut all, mut out) = (Trellis::command(), BTreeSet::new());
    all.build();
    walk(&all, &wanted, &mut out);
    out
}

/// Settings in the environment that are not known: each is named, and stops the start.
///
/// # Errors
/// Their names.
pub fn known_environment(names: impl Iterator<Item = OsString>) -> Result<(), String> {
    let known = settings(|arg| Some(arg.get_env()?.to_string_lossy().into_owned()));
    let unknown: Vec<String> =
        names.map(|name| name.to_string_lossy().into_owned()).filter(|name| name.starts_with("TRELLIS_") && !known.contains(name)).collect();
    let known: Vec<String> = known.into_iter().collect();
    if unknown.is_empty() { Ok(()) } else { Err(format!("not known as settings: {}; known are {}", unknown.join(", "), known.join(", "))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_has_a_form_in_the_environment() {
        let flags = settings(|arg| {
            let long = arg.get_long().filter(|long| !["help", "version"].contains(long))?;
            Some((format!("TRELLIS_{}", long.to_uppercase().replace('-', "_")), arg.get_env().map(|name| name.to_string_lossy().into_owned())))
        });
        assert!(flags.len() > 20 && flags.iter().all(|(expected, found)| found.as_ref() == Some(expected)), "{flags:?}");
    }

    #[test]
    fn a_setting_that_is_not_known_stops_the_start_and_is_named() {
        let told = |names: &[&str]| known_environment(names.iter().map(OsString::from));
        assert_eq!(told(&["PATH", "TRELLIS", "TRELLIS_DATABASE", "TRELLIS_EVIDENCE_CA", "TRELLIS_VALIDATE_ONLY"]), Ok(()));
        let refused = told(&["TRELLIS_DATABSE", "TRELLIS_TEST_POSTGRES", "TRELLIS_DEMO"]).unwrap_err();
        assert!(refused.starts_with("not known as settings: TRELLIS_DATABSE, TRELLIS_TEST_POSTGRES; known are TRELLIS_DATABASE, "), "{refused}");
        #[cfg(unix)]
        {
            let name: OsString = std::os::unix::ffi::OsStringExt::from_vec(b"TRELLIS_\xff".to_vec());
            assert!(known_environment([name].into_iter()).is_err(), "a name that is no text is not known either");
        }
    }

    #[test]
    fn a_malformed_value_stops_the_start_and_names_its_flag() {
        let serve = |flag: &str, value: &str| vec!["trellis".to_owned(), "serve".into(), format!("{flag}={value}")];
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        for (flag, line) in [
            ("--database", serve("--database", "mysql:trellis")),
            ("--database", serve("--database", "sqlite:")),
            #[cfg(feature = "postgres")]
            ("--database", serve("--database", "postgres://trellis:secret@db.internal:port/trellis")),
            ("--listen", serve("--listen", "localhost")),
            ("--workers", serve("--workers", "0")),
            ("--origins", serve("--origins", "https://a.example,b")),
            ("--demo", serve("--demo", "perhaps")),
            ("--evidence", serve("--evidence", "/var/lib")),
            ("--tenant", words("trellis log verify --tenant Beacon!")),
            ("--slug", words("trellis tenant create --slug Beacon! --name Beacon")),
            ("--email", words("trellis account password --tenant beacon --email nobody")),
            ("--role", words("trellis account create --tenant beacon --email a@b.example --given-name A --family-name B --role hr,king")),
        ] {
            let told = Trellis::read(line.into_iter().map(OsString::from)).unwrap_err();
            assert_eq!(told.exit_code(), 2, "{told}");
            assert!(told.to_string().contains(flag), "{told}");
            assert!(!told.to_string().contains("secret") && !told.to_string().contains("nobody"), "{told}");
        }
    }

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
