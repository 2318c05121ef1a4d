//! A write that can be sent again: the answer is kept with the effect, in one transaction.

use crate::transaction::{Answerable, Need, Operation};

/// An answer as it is kept, and sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// HTTP status.
    pub status: u16,
    /// Headers that belong to the answer.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// The key that a caller sent with a request, and what the request was.
#[derive(Debug, Clone)]
pub struct Key {
    /// The key.
    pub key: String,
    /// The contract's name of the operation.
    pub operation: String,
    /// Digest of path and body.
    pub request_digest: Vec<u8>,
}

/// How an operation's output becomes an answer.
pub type Render<O> = Box<dyn Fn(&O) -> Stored + Send>;

/// An operation whose answer is kept under a key, if there is one.
pub struct Once<W: Operation> {
    /// The operation.
    pub operation: W,
    /// The key.
    pub key: Option<Key>,
    /// How its output is answered.
    pub render: Render<W::Output>,
}

/// An answer, and whether it is one that was kept.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The answer.
    pub stored: Stored,
    /// Was it kept from an earlier request?
    pub replayed: bool,
}

impl<W: Operation> Operation for Once<W> {
    type Output = Answer;
    type Needs = W::Needs;
}
impl<W: Answerable> Answerable for Once<W> {
    type Form = Once<W::Form>;
    fn need(&self) -> Need {
        self.operation.need()
    }
    fn form(self) -> Self::Form {
        let Self { operation, key, render } = self;
        Once { operation: operation.form(), key, render }
    }
}

/// Days that answers are kept.
pub const KEPT_DAYS: i64 = 7;

/// Forgets answers that are older than [`KEPT_DAYS`].
#[derive(Debug)]
pub struct ForgetAnswers;
crate::transaction::commands! {
    ForgetAnswers: Operator => usize;
}
