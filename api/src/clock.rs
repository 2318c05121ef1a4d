//! Where time and ids come from in a server: the only place that asks the machine.
#![allow(clippy::disallowed_methods)] // everything else is passed the time, and the maker of ids

use chrono::{DateTime, Utc};
use trellis_domain::{id::IdMaker, time::Clock};
use uuid::{Builder, Uuid};

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock;
impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// UUIDv7 (RFC 9562): the instant in milliseconds, then randomness.
#[derive(Debug)]
pub struct RandomIds;
impl IdMaker for RandomIds {
    fn make(&self, at: DateTime<Utc>) -> Uuid {
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
        Builder::from_unix_timestamp_millis(millis, &rand::random()).into_uuid()
    }
}
