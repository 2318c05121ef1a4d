//! Passwords: Argon2id (RFC 9106), in a queue that is bounded so that log-ins cannot eat the server.

use crate::{error::ApiError, problem::Problem};
use actix_web::{http::header, web};
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::Semaphore;

/// How many may hash at once, each with 19 MiB.
const AT_ONCE: usize = 2;
/// How many more may wait.
const WAITING: usize = 32;

/// The bounded queue.
pub struct Passwords {
    turns: Arc<Semaphore>,
    queue: Arc<AtomicUsize>,
}

/// A place in the queue, of somebody who waits or is hashed for. It is given back when it is dropped: also by whoever hangs up while they wait.
struct Place(Arc<AtomicUsize>);
impl Place {
    fn take(queue: &Arc<AtomicUsize>) -> Option<Self> {
        let place = Self(queue.clone());
        (queue.fetch_add(1, Ordering::Relaxed) < WAITING + AT_ONCE).then_some(place)
    }
}
impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The hash that no password is known to have, checked when there is no such account, so that the answer takes as long.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyBpdC4uLg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn argon2() -> Argon2<'static> {
    // m=19 MiB, t=2, p=1: OWASP's first choice; the parameters are kept in each hash
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19_456, 2, 1, None).unwrap_or_default())
}

/// The hash of a password, as a PHC string.
///
/// # Errors
/// When the machine has no randomness.
pub fn hash_now(password: &str) -> Result<String, ApiError> {
    let hash: Result<argon2::password_hash::phc::PasswordHash, _> = argon2().hash_password(password.as_bytes());
    hash.map(|h| h.to_string()).map_err(|e| ApiError::internal(&e))
}

fn matches(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|parsed| argon2().verify_password(password.as_bytes(), &parsed).is_ok())
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), queue: Arc::default() }
    }
}

impl Passwords {
    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
        let busy = || ApiError::new(Problem::Busy, "too many log-ins at once").header(header::RETRY_AFTER, "2");
        let place = Place::take(&self.queue).ok_or_else(busy)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|e| ApiError::internal(&e))?;
        // hashing that was begun goes on when nobody waits for it any more, and keeps its turn and its place until it ends
        let work = move || {
            let out = work();
            drop((turn, place));
            out
        };
        web::block(work).await.map_err(|e| ApiError::internal(&e))
    }
    /// Hashes a password in turn.
    ///
    /// # Errors
    /// Busy, when too many wait.
    pub async fn hash(&self, password: String) -> Result<String, ApiError> {
        self.in_turn(move || hash_now(&password)).await?
    }
    /// Is it the password of this hash? Without a hash the answer is no, and takes as long.
    ///
    /// # Errors
    /// Busy, when too many wait.
    pub async fn check(&self, password: String, hash: Option<String>) -> Result<bool, ApiError> {
        let (known, hash) = (hash.is_some(), hash.unwrap_or_else(|| NOBODY.into()));
        Ok(self.in_turn(move || matches(&password, &hash)).await? && known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[actix_web::test]
    async fn who_hangs_up_leaves_the_queue() {
        let passwords = Passwords::default();
        let hashing = passwords.turns.clone().acquire_many_owned(2).await;
        for _ in 0..3 {
            let mut waiting: Vec<_> = (0..WAITING + AT_ONCE).map(|_| Box::pin(passwords.in_turn(|| ()))).collect();
            assert!(waiting.iter_mut().all(|one| one.now_or_never().is_none()), "they wait");
            assert!(passwords.in_turn(|| ()).await.is_err(), "one more is told to come back, and takes no place");
            drop(waiting);
        }
        drop(hashing);
        assert_eq!(passwords.in_turn(|| "hashed").await.ok(), Some("hashed"));
        assert_eq!(passwords.queue.load(Ordering::Relaxed), 0);
    }

    #[actix_web::test]
    async fn hashing_that_nobody_waits_for_keeps_its_turn_until_it_ends() {
        let passwords = Passwords::default();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let mut work = Box::pin(passwords.in_turn(move || ended.recv().is_ok()));
        assert!((&mut work).now_or_never().is_none());
        drop(work);
        assert_eq!((passwords.turns.available_permits(), passwords.queue.load(Ordering::Relaxed)), (AT_ONCE - 1, 1));
        drop(end);
        assert!(passwords.turns.acquire_many(2).await.is_ok(), "both turns are free again");
    }

    #[test]
    fn nobodys_hash_takes_as_long_as_anybodys() {
        let parameters = |hash: &str| {
            PasswordHash::new(hash).map(|h| (h.algorithm.to_string(), h.version, h.params.to_string(), h.salt.map(|s| s.len()), h.hash.map(|h| h.len())))
        };
        let made = hash_now("a password").unwrap_or_default();
        assert_eq!(parameters(NOBODY), parameters(&made));
        assert!(!matches("", NOBODY) && matches("a password", &made));
    }
}
