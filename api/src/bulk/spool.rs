//! A large body on its way in: small ones stay in memory, others go to a file that nobody else can open and that goes with its last reader.

use crate::{
    app::Shared,
    error::ApiError,
    extract::{BodyDigest, UNJUDGED, limited, media_type},
    permitted::admitted,
    problem::Problem,
    share::Share,
};
use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header,
    web::{Bytes, BytesMut, Data},
};
use futures_util::{StreamExt, future::LocalBoxFuture};
use sha2::{Digest, Sha256};
use std::{
    fs::{File, OpenOptions},
    io::{self, Cursor, Read, Seek, SeekFrom, Write},
    time::Duration,
};

/// Most bytes of a body of rows.
pub const ROWS_LIMIT: usize = 64 << 20;
/// Bytes up to which a body stays in memory.
const IN_MEMORY: usize = 1 << 20;
/// How long such a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(300);

/// In which form rows are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// `{"rows": [..]}`
    Json,
    /// A table, in this encoding.
    Csv(Option<String>),
}

/// A body of rows, whole.
pub struct Upload {
    /// In which form.
    pub form: Form,
    memory: Bytes,
    file: Option<(File, Share)>,
}

/// The disk is full or fails, which is no fault of the request, nor of ours: it can be sent again.
fn broken(e: &io::Error) -> ApiError {
    let because = format!("the temporary file of a request: {e}");
    ApiError::new(Problem::Unavailable, "the server has no room for a large body at the moment; nothing was done")
        .header(header::RETRY_AFTER, "30")
        .because(&because)
}

/// A new file without a name.
pub(crate) fn nameless() -> io::Result<File> {
    let name = format!("trellis-rows-{}-{:032x}", std::process::id(), rand::random::<u128>());
    let path = std::env::temp_dir().join(name);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

impl Upload {
    /// The body from its beginning. One reader at a time.
    ///
    /// # Errors
    /// `unavailable`, when the file cannot be read.
    pub fn reader(&self) -> Result<Box<dyn Read + Send>, ApiError> {
        match &self.file {
            None => Ok(Box::new(Cursor::new(self.memory.clone()))),
            Some((file, _)) => {
                let mut file = file.try_clone().map_err(|e| broken(&e))?;
                file.seek(SeekFrom::Start(0)).map_err(|e| broken(&e))?;
                Ok(Box::new(io::BufReader::with_capacity(64 << 10, file)))
            }
        }
    }
}

/// A place on the disk.
fn place(request: &HttpRequest, who: &str) -> Result<Share, ApiError> {
    let shares = request.app_data::<Data<Shared>>().map(|shared| shared.spooled.clone());
    let full = || ApiError::new(Problem::Busy, "as many large bodies as fit are being taken in").header(header::RETRY_AFTER, "5");
    shares.and_then(|shares| shares.take(who)).ok_or_else(full)
}

async fn read(request: HttpRequest, mut payload: Payload) -> Result<Upload, ApiError> {
    let form = match media_type(&request).as_str() {
        "application/json" => Form::Json,
        "text/csv" => Form::Csv(charset(&request)),
        _ => return Err(ApiError::new(Problem::UnsupportedMediaType, "this operation takes application/json or text/csv")),
    };
    let limit = limited(&request, ROWS_LIMIT);
    let too_large = || ApiError::new(Problem::BodyTooLarge, format!("at most {limit} bytes are taken here"));
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<usize>().ok());
    if length.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let (mut memory, mut file, mut size, mut digest) = (BytesMut::new(), None, 0, Sha256::new());
    let mut who = None;
    while let Some(part) = payload.next().await {
        let part = part.map_err(|_| ApiError::new(Problem::MalformedBody, "the body broke off; nothing was done"))?;
        size += part.len();
        if size > limit {
            return Err(too_large());
        }
        if who.is_none() && size > UNJUDGED {
            who = Some(admitted(&request).await?);
        }
        digest.update(&part);
        memory.extend_from_slice(&part);
        if memory.len() > IN_MEMORY {
            let (file, _) = match &mut file {
                Some(file) => file,
                none => none.insert((nameless().map_err(|e| broken(&e))?, place(&request, who.as_deref().unwrap_or_default())?)),
            };
            file.write_all(&memory).map_err(|e| broken(&e))?;
            memory.clear();
        }
    }
    if let Some((file, _)) = &mut file {
        file.write_all(&memory).map_err(|e| broken(&e))?;
        memory = BytesMut::new();
    }
    request.extensions_mut().insert(BodyDigest(digest.finalize().to_vec()));
    Ok(Upload { form, memory: memory.freeze(), file })
}

/// The encoding that `Content-Type` names.
fn charset(request: &HttpRequest) -> Option<String> {
    let header = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?.to_ascii_lowercase();
    header.split(';').skip(1).find_map(|p| p.trim().strip_prefix("charset=").map(|c| c.trim_matches('"').to_owned()))
}

impl FromRequest for Upload {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let late = |_| ApiError::new(Problem::MalformedBody, format!("the body did not arrive within {} seconds", PATIENCE.as_secs()));
            actix_web::rt::time::timeout(PATIENCE, read(request, payload)).await.map_err(late)?
        })
    }
}
