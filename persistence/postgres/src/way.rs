//! The way to PostgreSQL: encrypted, and to a server that shows who it is, wherever it leaves this machine.

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use percent_encoding::percent_decode_str;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};
use tokio_postgres::{
    Config, NoTls,
    config::{Host, SslMode},
};
use tokio_postgres_rustls::MakeRustlsConnect;
use trellis_operations::{Result, StoreError};

/// How long a server may take to let us in.
const CONNECT: Duration = Duration::from_secs(5);
/// How long what was sent may go without the other machine's word that it arrived.
const SILENCE: Duration = Duration::from_secs(15);

/// Where the server is, and how it is spoken to.
pub struct Way {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

/// Reads a server's address: how it is reached, and the file of authorities that it names.
///
/// # Errors
/// When it cannot be read. The address, which may hold a password, is not repeated.
pub fn read(url: &str) -> Result<(Config, Option<PathBuf>)> {
    let (server, parameters) = url.split_once('?').unwrap_or((url, ""));
    let mut authorities = None;
    let parameters: Vec<&str> = parameters
        .split('&')
        .filter_map(|parameter| match parameter.split_once('=') {
            Some(("sslrootcert", "system")) => None,
            Some(("sslrootcert", path)) => {
                authorities = Some(PathBuf::from(&*percent_decode_str(path).decode_utf8_lossy()));
                None
            }
            // the stricter names mean what is always done here
            Some(("sslmode", "verify-ca" | "verify-full")) => Some("sslmode=require"),
            _ => Some(parameter),
        })
        .collect();
    let url = format!("{server}?{}", parameters.join("&"));
    let config = Config::from_str(&url).map_err(|e| StoreError::Unavailable(format!("the address of the database: {e}")))?;
    Ok((config, authorities))
}

impl Way {
    /// Reads a server's address, with libpq's `sslmode` and `sslrootcert`. A certificate is judged by the authorities of that file, or by the system's.
    ///
    /// # Errors
    /// When the address cannot be read, or there is no authority to judge by. The address, which may hold a password, is not repeated.
    pub fn to(url: &str) -> Result<Self> {
        let (mut config, authorities) = read(url)?;
        let encrypted = match config.get_ssl_mode() {
            SslMode::Disable => false,
            SslMode::Require => true,
            // `prefer` would let whoever is in between choose for both sides
            _ => !config.get_hosts().iter().all(here),
        };
        // a server that is gone without a word is found out by the kernel, also while nothing is asked of it
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
        }
        config.keepalives_idle(SILENCE).keepalives_interval(CONNECT).keepalives_retries(3);
        config.ssl_mode(if encrypted { SslMode::Require } else { SslMode::Disable });
        Ok(Self { config, tls: encrypted.then(|| judging(authorities.as_deref())).transpose()? })
    }
    /// Connects.
    ///
    /// # Errors
    /// When the server cannot be reached, refuses, or cannot show who it is.
    pub async fn connect(&self) -> ConnectionResult<AsyncPgConnection> {
        let late = |_| ConnectionError::BadConnection(format!("the database did not answer within {} seconds", CONNECT.as_secs()));
        tokio::time::timeout(CONNECT, self.reach()).await.map_err(late)?
    }
    async fn reach(&self) -> ConnectionResult<AsyncPgConnection> {
        let failed = |e: tokio_postgres::Error| {
            // only the cause says what is wrong with a certificate
            let cause = std::error::Error::source(&e).map(|cause| format!(": {cause}")).unwrap_or_default();
            ConnectionError::BadConnection(format!("{e}{cause}"))
        };
        match &self.tls {
            Some(tls) => {
                let (client, connection) = self.config.connect(tls.clone()).await.map_err(failed)?;
                AsyncPgConnection::try_from_client_and_connection(client, connection).await
            }
            None => {
                let (client, connection) = self.config.connect(NoTls).await.map_err(failed)?;
                AsyncPgConnection::try_from_client_and_connection(client, connection).await
            }
        }
    }
}

/// Does it never leave this machine?
fn here(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
    }
}

/// TLS that believes only in these authorities.
fn judging(authorities: Option<&Path>) -> Result<MakeRustlsConnect> {
    let mut roots = RootCertStore::empty();
    match authorities {
        Some(path) => {
            let unreadable = |e: &dyn std::fmt::Display| StoreError::Unavailable(format!("the database's certificate authorities, {}: {e}", path.display()));
            for certificate in CertificateDer::pem_file_iter(path).map_err(|e| unreadable(&e))? {
                roots.add(certificate.map_err(|e| unreadable(&e))?).map_err(|e| unreadable(&e))?;
            }
        }
        None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
    }
    if roots.is_empty() {
        let missing =
            "no certificate authority is known by which to judge the database's certificate: name a file of them as sslrootcert, or say sslmode=disable";
        return Err(StoreError::Unavailable(missing.into()));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| StoreError::Internal(e.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stays_on_this_machine_is_not_encrypted_unless_somebody_says_so() {
        // a file without a certificate: whoever encrypts misses one
        let file = concat!("sslrootcert=", env!("CARGO_MANIFEST_DIR"), "%2FCargo.toml");
        for (url, encrypted) in [
            ("postgres://trellis@localhost/trellis", false),
            ("postgres://trellis@127.0.0.1:5433/trellis", false),
            ("postgres://trellis@[::1]/trellis", false),
            ("postgres://trellis@%2Frun%2Fpostgresql/trellis", false),
            ("postgres://trellis@localhost/trellis?sslmode=require", true),
            ("postgres://trellis@database.school.example/trellis", true),
            ("postgres://trellis@database.school.example/trellis?sslmode=prefer", true),
            ("postgres://trellis@database.school.example/trellis?sslmode=verify-full", true),
            ("postgres://trellis@database.school.example/trellis?sslmode=disable", false),
            ("postgres://trellis@localhost,10.0.0.7/trellis", true),
        ] {
            let url = format!("{url}{}{file}", if url.contains('?') { '&' } else { '?' });
            assert_eq!(Way::to(&url).is_err(), encrypted, "{url}");
        }
    }
    #[test]
    fn an_address_that_cannot_be_read_is_not_repeated() {
        let told = Way::to("postgres://trellis:hush@host/trellis?sslmode=sometimes").err().map(|e| e.to_string()).unwrap_or_default();
        assert!(told.contains("address") && !told.contains("hush"), "{told}");
    }
}
