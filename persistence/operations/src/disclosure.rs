//! Disclosures: what was read about somebody by somebody else, recorded before it is given out.

use crate::{
    error::{Result, StoreError},
    transaction::{Page, Window, needs::Under, queries, under},
};
use trellis_domain::disclosure::{Disclosure, Reading};

/// Something about somebody that may be given out once it is recorded who reads it. There is no other way to what is in it.
#[derive(Debug)]
pub struct Sealed<T> {
    inner: T,
    readings: Vec<Reading>,
}

impl<T> Sealed<T> {
    /// What is to be recorded first; nothing, where somebody reads their own.
    pub fn readings(&self) -> &[Reading] {
        &self.readings
    }
    /// What is in it, for whoever reads their own or has it recorded.
    ///
    /// # Errors
    /// When the reading was not recorded: a fault of the program.
    pub fn open(self, receipt: Option<Receipt>) -> Result<T> {
        match receipt.map(|r| r.0).unwrap_or_default() == self.readings {
            true => Ok(self.inner),
            false => Err(StoreError::Internal("a reading that was not recorded".into())),
        }
    }
}

/// Says that readings are recorded. Only recording makes one.
#[derive(Debug)]
pub struct Receipt(Vec<Reading>);

/// Sealed for these readings; none, if they read their own. For a database alone: whoever asks one is given no way to it.
pub fn sealed<T>(inner: T, readings: impl IntoIterator<Item = Reading>) -> Sealed<T> {
    Sealed { inner, readings: readings.into_iter().collect() }
}
/// The receipt for readings that were recorded. For a database alone, as above.
pub fn receipt(readings: Vec<Reading>) -> Receipt {
    Receipt(readings)
}

/// Records readings, for whoever was permitted to read.
pub struct RecordReadings<N> {
    /// The readings.
    pub readings: Vec<Reading>,
    /// What the reader needed.
    pub need: Under<N>,
}
under!(Writes for RecordReadings { readings } => Receipt);

/// Who read one's own records, newest first.
#[derive(Debug)]
pub struct ListDisclosures {
    /// Where the list goes on.
    pub window: Window,
}

queries! {
    ListDisclosures: Identified => Page<Disclosure>;
}
