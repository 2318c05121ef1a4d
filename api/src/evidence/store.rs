//! Where the bytes of files are kept: a folder, or a bucket of any S3-compatible store. A file lies under its tenant and its id, and nothing of what
//! somebody called it is part of an address. Everything here waits for a disk or a network: it is called where waiting is allowed.

use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use trellis_domain::{
    evidence::FILE_LIMIT,
    id::{EvidenceId, TenantId},
};
use ureq::{
    Agent,
    http::StatusCode,
    tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem},
};

/// How long a signed address of a bucket is good: for one request of ours.
const SIGNED: Duration = Duration::from_secs(60);

/// Where a file lies.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Whose tenant.
    pub tenant: TenantId,
    /// Of which evidence.
    pub id: EvidenceId,
}

/// Where files are kept.
#[derive(Clone)]
pub enum Store {
    /// A folder of this machine.
    Disk(PathBuf),
    /// A bucket.
    S3(Arc<S3>),
}

/// A bucket, and the way to it.
pub struct S3 {
    bucket: Bucket,
    credentials: Credentials,
    agent: Agent,
}

/// What is needed to find a bucket and be let in.
#[derive(Debug, Clone)]
pub struct S3Settings {
    /// Address of the service: `https://s3.eu-west-2.amazonaws.com`.
    pub endpoint: String,
    /// Name of the bucket.
    pub bucket: String,
    /// Its region.
    pub region: String,
    /// Id of the access key.
    pub access_key: String,
    /// The access key.
    pub secret_key: String,
    /// A file of certificate authorities in PEM, if not those that the system trusts.
    pub authorities: Option<PathBuf>,
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
fn folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}
/// What is renamed is so for good once its folder is on the disk.
fn settle(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
fn gone_is_fine(done: io::Result<()>) -> io::Result<()> {
    done.or_else(|e| if e.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(e) })
}

impl Store {
    /// A folder, which is made if it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn disk(path: PathBuf) -> io::Result<Self> {
        folder(&path)?;
        Ok(Self::Disk(path))
    }
    /// A bucket.
    ///
    /// # Errors
    /// When it cannot be understood what is meant.
    pub fn s3(settings: &S3Settings) -> io::Result<Self> {
        let S3Settings { endpoint, bucket, region, access_key, secret_key, authorities } = settings;
        let unclear = |e: String| io::Error::new(io::ErrorKind::InvalidInput, e);
        let endpoint = endpoint.parse().map_err(|_| unclear("the address of the store cannot be read".into()))?;
        let bucket = Bucket::new(endpoint, UrlStyle::Path, bucket.clone(), region.clone()).map_err(|e| unclear(e.to_string()))?;
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&trusted(authorities.as_deref())?))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .proxy(None)
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(5)))
            .timeout_recv_response(Some(Duration::from_secs(20)))
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .new_agent();
        Ok(Self::S3(Arc::new(S3 { bucket, credentials: Credentials::new(access_key, secret_key), agent })))
    }
    /// Removes every file, so that the demo begins anew.
    ///
    /// # Errors
    /// When it is no folder, or cannot be emptied.
    pub fn clear(&self) -> io::Result<()> {
        match self {
            Self::Disk(root) => {
                gone_is_fine(fs::remove_dir_all(root))?;
                folder(root)
            }
            Self::S3(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }
    /// Keeps a file: it lies there whole and for good, or not at all.
    ///
    /// # Errors
    /// When it could not be kept.
    pub fn put(&self, place: Place, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Disk(root) => {
                let (file, part) = paths(root, place);
                let within = root.join(place.tenant.to_string());
                folder(&within)?;
                let written = private(OpenOptions::new().write(true).create_new(true)).open(&part).and_then(|mut whole| {
                    whole.write_all(bytes)?;
                    whole.sync_all()?;
                    fs::rename(&part, &file)?;
                    settle(&within)
                });
                written.inspect_err(|_| drop(fs::remove_file(&part)))
            }
            Self::S3(s3) => s3.put(place, bytes),
        }
    }
    /// The file from its beginning.
    ///
    /// # Errors
    /// `NotFound` when it is not there.
    pub fn open(&self, place: Place) -> io::Result<File> {
        match self {
            Self::Disk(root) => File::open(paths(root, place).0),
            Self::S3(s3) => s3.get(place),
        }
    }
    /// Removes a file, and whatever of it was being written. One that is not there is removed.
    ///
    /// # Errors
    /// When it may still be there.
    pub fn remove(&self, place: Place) -> io::Result<()> {
        match self {
            Self::Disk(root) => {
                let (file, part) = paths(root, place);
                gone_is_fine(fs::remove_file(part))?;
                gone_is_fine(fs::remove_file(file))?;
                gone_is_fine(settle(&root.join(place.tenant.to_string())))
            }
            Self::S3(s3) => s3.remove(place),
        }
    }
}

/// Where a file lies, and where it lies while it is written.
fn paths(root: &Path, Place { tenant, id }: Place) -> (PathBuf, PathBuf) {
    let within = root.join(tenant.to_string());
    (within.join(id.to_string()), within.join(format!("{id}.part")))
}

/// The authorities by which a store is judged.
fn trusted(authorities: Option<&Path>) -> io::Result<Vec<Certificate<'static>>> {
    let Some(path) = authorities else {
        return Ok(rustls_native_certs::load_native_certs().certs.iter().map(|c| Certificate::from_der(c).to_owned()).collect());
    };
    let pem = fs::read(path)?;
    let certificates: Vec<_> = parse_pem(&pem).filter_map(|item| if let Ok(PemItem::Certificate(c)) = item { Some(c) } else { None }).collect();
    match certificates.is_empty() {
        true => Err(io::Error::new(io::ErrorKind::InvalidInput, "there is no certificate in the file of authorities")),
        false => Ok(certificates),
    }
}

impl S3 {
    fn put(&self, place: Place, bytes: &[u8]) -> io::Result<()> {
        let key = key(place);
        let url = self.bucket.put_object(Some(&self.credentials), &key).sign(SIGNED);
        fine(self.agent.put(url.as_str()).send(bytes).map_err(unreached)?.status())
    }
    /// Into a file without a name, so that the store need not wait for a slow reader.
    fn get(&self, place: Place) -> io::Result<File> {
        let key = key(place);
        let url = self.bucket.get_object(Some(&self.credentials), &key).sign(SIGNED);
        let answer = self.agent.get(url.as_str()).call().map_err(unreached)?;
        fine(answer.status())?;
        let mut file = crate::bulk::spool::nameless()?;
        io::copy(&mut answer.into_body().into_reader().take(FILE_LIMIT as u64 + 1), &mut file)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
    fn remove(&self, place: Place) -> io::Result<()> {
        let key = key(place);
        let url = self.bucket.delete_object(Some(&self.credentials), &key).sign(SIGNED);
        gone_is_fine(fine(self.agent.delete(url.as_str()).call().map_err(unreached)?.status()))
    }
}

fn key(Place { tenant, id }: Place) -> String {
    format!("{tenant}/{id}")
}
/// An address that is signed is a secret for a minute: nothing of it is logged.
fn unreached(e: ureq::Error) -> io::Error {
    match e {
        ureq::Error::Io(e) => e,
        e => io::Error::other(format!("the store did not answer: {e}")),
    }
}
fn fine(status: StatusCode) -> io::Result<()> {
    match status {
        StatusCode::NOT_FOUND => Err(io::ErrorKind::NotFound.into()),
        status if status.is_success() => Ok(()),
        status => Err(io::Error::other(format!("the store answered {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn scratch() -> PathBuf {
        std::env::temp_dir().join(format!("trellis-evidence-test-{:032x}", rand::random::<u128>()))
    }
    fn place(n: u128) -> Place {
        Place { tenant: TenantId(Uuid::from_u128(1)), id: EvidenceId(Uuid::from_u128(n)) }
    }

    #[test]
    fn a_file_lies_there_whole_or_not_at_all_and_what_is_removed_is_gone() -> io::Result<()> {
        let root = scratch();
        let store = Store::disk(root.clone())?;
        store.put(place(2), b"whole")?;
        let mut read = String::new();
        store.open(place(2))?.read_to_string(&mut read)?;
        assert_eq!(read, "whole");
        assert_eq!(store.open(place(3)).err().map(|e| e.kind()), Some(io::ErrorKind::NotFound));
        // what a server that was killed left behind
        let within = root.join(place(2).tenant.to_string());
        fs::write(within.join(format!("{}.part", place(4).id)), b"half")?;
        for n in [2, 4, 5] {
            store.remove(place(n))?;
        }
        assert_eq!(fs::read_dir(within)?.count(), 0);
        fs::remove_dir_all(root)
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_on_the_machine_reads_it() -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt;
        let root = scratch();
        let store = Store::disk(root.clone())?;
        store.put(place(2), b"whole")?;
        let file = paths(&root, place(2)).0;
        let within = root.join(place(2).tenant.to_string());
        for (path, mode) in [(file, 0o600), (within, 0o700), (root.clone(), 0o700)] {
            assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, mode, "{}", path.display());
        }
        fs::remove_dir_all(root)
    }

    #[test]
    fn a_store_that_cannot_write_says_so_and_leaves_nothing() -> io::Result<()> {
        let root = scratch();
        fs::write(&root, b"no folder")?;
        assert!(Store::disk(root.clone()).is_err());
        assert!(Store::Disk(root.clone()).put(place(2), b"whole").is_err());
        fs::remove_file(root)
    }
}
