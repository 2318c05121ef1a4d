//! Readers who wait for what comes. Each has a seat, of which there is a bounded number; a seat holds no thread and no connection, and is
//! given back when the reader goes. When the server closes, all of them are woken and go.

use crate::{
    error::ApiError,
    problem::Problem,
    share::{Share, Shares},
};
use actix_web::{
    http::header,
    rt::time::{Instant, sleep_until},
};
use std::time::Duration;
use tokio::sync::watch;
use trellis_persistence::bell::Listener;

/// Readers who can wait at once on one server.
pub const SEATS: usize = 1000;
/// Of these, for one caller.
const SEATS_EACH: usize = 50;
/// How long a reader waits at most before they look for themselves: at what another server wrote, and at their own authority.
const LOOK: Duration = Duration::from_secs(1);

/// Where readers wait.
pub struct Waiting {
    seats: Shares,
    closing: watch::Sender<bool>,
}
/// One of the seats.
pub struct Seat {
    _share: Share,
    closing: watch::Receiver<bool>,
}

impl Default for Waiting {
    fn default() -> Self {
        Self { seats: Shares::new(SEATS, SEATS_EACH), closing: watch::channel(false).0 }
    }
}
impl Waiting {
    /// Takes a seat.
    ///
    /// # Errors
    /// `busy`, when all are taken, or as many as one caller may have.
    pub fn seat(&self, who: &str) -> Result<Seat, ApiError> {
        let full = || {
            let detail = format!("{SEATS} readers are waiting already, or {SEATS_EACH} of yours; ask without waiting");
            ApiError::new(Problem::Busy, detail).header(header::RETRY_AFTER, "5")
        };
        Ok(Seat { _share: self.seats.take(who).ok_or_else(full)?, closing: self.closing.subscribe() })
    }
    /// How many more could wait.
    pub fn free(&self) -> usize {
        self.seats.free()
    }
    /// The server closes: nobody waits any longer.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }
}

impl Seat {
    /// Waits until it rings, or it is time to look anyway, at `until` at the latest. False when the server closes.
    pub async fn wait(&mut self, bell: &mut Listener, until: Instant) -> bool {
        let look = until.min(Instant::now() + LOOK);
        tokio::select! {
            () = bell.rung() => {}
            () = sleep_until(look) => {}
            _ = self.closing.wait_for(|closing| *closing) => {}
        }
        !*self.closing.borrow()
    }
}
