//! Files on their way: into the store, out of it, and away.

use super::store::{Place, Store};
use crate::{
    app::Shared,
    error::ApiError,
    extract::{media_type, read_within},
    permitted::admitted,
    problem::Problem,
    share::Share,
};
use actix_web::{
    FromRequest, HttpRequest,
    body::SizedStream,
    dev::Payload,
    http::header,
    web::{self, Bytes},
};
use futures_util::{future::LocalBoxFuture, stream};
use std::{
    fs::File,
    io::{self, Read},
    time::Duration,
};
use trellis_domain::{
    evidence::{FILE_LIMIT, MediaType},
    id::EvidenceId,
    text::Wire,
};
use trellis_persistence::{
    Act, Database, StoreError,
    evidence::{ForgetStrays, StrayFiles},
};

/// How long a file may take to arrive: a school's line may be slow.
const PATIENCE: Duration = Duration::from_secs(120);
/// Bytes that are read at a time.
const PART: usize = 64 << 10;
/// Says nothing of what a file is; its content does.
pub const UNSAID: &str = "application/octet-stream";

/// A file in the body, whole, and what its sender says that it is.
pub struct FileBody {
    /// Its media type, if they say one.
    pub said: Option<MediaType>,
    /// Its bytes.
    pub bytes: Bytes,
    /// A bounded number of files is taken in at once.
    _share: Share,
}

impl FromRequest for FileBody {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let media = media_type(&request);
            let said = MediaType::parse(&media).ok();
            if said.is_none() && media != UNSAID {
                let all: Vec<&str> = MediaType::ALL.iter().map(|m| m.as_str()).collect();
                let detail = format!("files of these types are taken: {}; or {UNSAID}, which leaves it to the content", all.join(", "));
                return Err(ApiError::new(Problem::UnsupportedMediaType, detail));
            }
            let who = admitted(&request).await?;
            let full = || ApiError::new(Problem::Busy, "as many files as fit are being taken in").header(header::RETRY_AFTER, "5");
            let share = request.app_data::<web::Data<Shared>>().and_then(|shared| shared.spooled.take(&who)).ok_or_else(full)?;
            let bytes = read_within(&request, payload, FILE_LIMIT, PATIENCE).await?;
            Ok(Self { said, bytes, _share: share })
        })
    }
}

/// The store is full, fails or cannot be reached: no fault of the request, nor of ours. It can be sent again.
fn unavailable(e: &dyn std::fmt::Display) -> ApiError {
    let because = format!("the store of files: {e}");
    ApiError::new(Problem::Unavailable, "the store of files does not work at the moment; nothing was done").header(header::RETRY_AFTER, "30").because(&because)
}

/// Keeps a file.
///
/// # Errors
/// `unavailable`.
pub async fn keep(store: &Store, place: Place, bytes: Bytes) -> Result<(), ApiError> {
    let store = store.clone();
    web::block(move || store.put(place, &bytes)).await.map_err(|e| unavailable(&e))?.map_err(|e| unavailable(&e))
}

/// A file of this size, in parts as they are asked for.
///
/// # Errors
/// `file_missing`, when it is not there, or not all of it; `unavailable`.
pub async fn parts(store: &Store, place: Place, size: u64) -> Result<SizedStream<impl stream::Stream<Item = io::Result<Bytes>> + use<>>, ApiError> {
    let missing = || {
        let because = format!("the file of evidence {} is not in the store, or not all of it", place.id);
        ApiError::new(Problem::FileMissing, "the bytes of this file are lost").because(&because)
    };
    let from = store.clone();
    let opened = web::block(move || {
        let file = from.open(place)?;
        let length = file.metadata()?.len();
        Ok::<_, io::Error>((file, length))
    });
    let file = match opened.await.map_err(|e| unavailable(&e))? {
        Ok((file, length)) if length == size => file,
        Ok(_) => return Err(missing()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(missing()),
        Err(e) => return Err(unavailable(&e)),
    };
    Ok(SizedStream::new(size, stream::try_unfold(Some(file), next_part)))
}

async fn next_part(from: Option<File>) -> io::Result<Option<(Bytes, Option<File>)>> {
    let Some(mut file) = from else { return Ok(None) };
    let read = web::block(move || {
        let mut part = vec![0; PART];
        let n = file.read(&mut part)?;
        part.truncate(n);
        Ok::<_, io::Error>((part, file))
    });
    let (part, file) = read.await.map_err(io::Error::other)??;
    Ok(if part.is_empty() { None } else { Some((part.into(), Some(file))) })
}

/// Removes the bytes of one file at once, if it can be done.
pub async fn discard(store: &Store, place: Place) -> bool {
    let store = store.clone();
    match web::block(move || store.remove(place)).await {
        Ok(Ok(())) => true,
        Ok(Err(e)) => {
            log::warn!("a file that is nobody's could not be removed; it is tried again: {e}");
            false
        }
        Err(_) => false,
    }
}

/// Removes the bytes of all files of a tenant that are nobody's any more. What cannot be removed now is tried again every hour.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn sweep(store: &Store, db: &Database, act: Act) -> Result<(), StoreError> {
    loop {
        let ids: Vec<EvidenceId> = db.read(act.clone(), StrayFiles).await?;
        let mut removed = Vec::with_capacity(ids.len());
        for id in &ids {
            if discard(store, Place { tenant: act.tenant, id: *id }).await {
                removed.push(*id);
            }
        }
        let all = removed.len() == ids.len();
        if !removed.is_empty() {
            db.write(act.clone(), ForgetStrays { ids: removed }).await?;
        }
        if ids.is_empty() || !all {
            return Ok(());
        }
    }
}
