//! Operations as values, and what they run in.
//!
//! An operation says what it gives back ([`Operation`]) and what a caller needs for it ([`Operation::Needs`]); how it runs is written once, in
//! `queries/`, which both databases mount. Whoever runs it passes an [`Act`]: who, when, in which request. The caller's facts are loaded
//! and judged before the operation sees its first row, in the same transaction.

mod asked;
pub mod needs;
mod versioned;

pub use asked::{Answers, Command, Query, Reads, Running, Writes};
pub(crate) use asked::{commands, operation, queries, under};
pub use needs::{Need, Needs};
pub use versioned::Versioned;

use crate::{error::Result, known::Known, principal::Principal};
use chrono::{DateTime, NaiveDate, Utc};
use std::sync::Arc;
use trellis_domain::{
    access::{Caller, Reach},
    event::{About, Actor, Changes, EventKind, NewEvent, Place, changes},
    id::{EventId, IdMaker, PersonId, TenantId, TypedId},
};
use uuid::Uuid;

/// What an operation gives back, and what it needs. Its own trait, so that both databases must agree on it.
pub trait Operation: 'static {
    /// What it gives back.
    type Output: Send + 'static;
    /// What a caller needs.
    type Needs: Needs;
}

/// An operation as a database sees it. For databases alone: whoever asks is given no way to it.
pub trait Answerable: Operation {
    /// The form in which it is answered: itself, unless it is asked under several permissions.
    type Form: Answerable<Output = Self::Output>;
    /// By what its caller is judged: what its type says that it needs, in whatever form.
    fn need(&self) -> Need;
    /// Brings it into that form.
    fn form(self) -> Self::Form;
}

/// One of the two databases.
pub trait Backend: 'static {
    /// Its connection, as an operation borrows it.
    type Connection<'c>;
    /// Do all statements of a read see one state of the database?
    const SNAPSHOT: bool;
    /// What is said at the end of a query so that nobody else changes its row before the transaction ends. Rows that refer to it can still be made.
    const LOCK: &'static str;
}

/// An operation that reads. It may do so on another thread than the one that asks.
#[allow(async_fn_in_trait)]
pub trait Read<B: Backend>: Answerable + Send {
    /// Runs it.
    async fn run(&self, cx: &mut Cx<'_, B>) -> Result<Self::Output>;
}
/// An operation that writes. `&self`: a serialisation failure runs the same value again.
#[allow(async_fn_in_trait)]
pub trait Write<B: Backend>: Answerable + Send {
    /// Runs it.
    async fn run(&self, tx: &mut Tx<'_, B>) -> Result<Self::Output>;
}

/// Who acts, when, in which request.
#[derive(Clone)]
pub struct Act {
    /// In which tenant.
    pub tenant: TenantId,
    /// By what the caller is known.
    pub principal: Principal,
    /// The time of the act, for every rule of the domain.
    pub now: DateTime<Utc>,
    /// The time on the wall, for credentials: the demo's clock does not move it.
    pub wall: DateTime<Utc>,
    /// The request's id.
    pub request_id: String,
    /// Where ids come from.
    pub ids: Arc<dyn IdMaker>,
}

impl Act {
    /// The day of the act.
    pub fn today(&self) -> NaiveDate {
        self.now.date_naive()
    }
}

/// A connection seen by one caller in one tenant.
pub struct Cx<'c, B: Backend> {
    /// The connection.
    pub conn: B::Connection<'c>,
    /// Who acts, when, in which request.
    pub act: Act,
    /// The caller, once they are known.
    pub caller: Caller,
    /// How far the permission reaches that they were let in by.
    pub reach: Reach,
    /// Until when the caller's credential is good.
    pub expires_at: Option<DateTime<Utc>>,
    /// Is it tried whether somebody still may do what they did, before they are told again what they were told then?
    pub rehearsing: bool,
    known: Option<&'c Known>,
}

impl<'c, B: Backend> Cx<'c, B> {
    /// Of somebody who is not known yet.
    pub fn new(conn: B::Connection<'c>, act: Act) -> Self {
        Cx { conn, act, caller: Caller::Nobody, reach: Reach::default(), expires_at: None, rehearsing: false, known: None }
    }
    /// The same, with callers that were known a moment ago.
    pub fn knowing(mut self, known: &'c Known) -> Self {
        self.known = Some(known);
        self
    }
    /// Callers that were known a moment ago.
    pub fn known(&self) -> Option<&'c Known> {
        self.known
    }
    /// The tenant, as a column holds it.
    pub fn tenant(&self) -> crate::column::Uid {
        self.act.tenant.into()
    }
    /// A new id, made for this act.
    pub fn new_id<T: TypedId>(&self) -> T {
        T::from(self.act.ids.make(self.act.now))
    }
    /// The person who acts.
    pub fn person(&self) -> Result<PersonId> {
        use trellis_domain::rule::{Code, RuleError};
        self.caller.person().ok_or_else(|| RuleError::new(Code::NotPermitted, "only a person may do this, not a service account").into())
    }
}

/// A [`Cx`] in a transaction that writes, with the events that it will leave.
pub struct Tx<'c, B: Backend> {
    cx: Cx<'c, B>,
    /// The events.
    pub events: Vec<NewEvent>,
    actor: Option<Actor>,
}
impl<'c, B: Backend> std::ops::Deref for Tx<'c, B> {
    type Target = Cx<'c, B>;
    fn deref(&self) -> &Cx<'c, B> {
        &self.cx
    }
}
impl<B: Backend> std::ops::DerefMut for Tx<'_, B> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.cx
    }
}

impl<'c, B: Backend> Tx<'c, B> {
    /// Of somebody who is not known yet.
    pub fn new(conn: B::Connection<'c>, act: Act) -> Self {
        Tx { cx: Cx::new(conn, act), events: Vec::new(), actor: None }
    }
    /// The same, with callers that were known a moment ago: where there is one writer.
    pub fn knowing(mut self, known: &'c Known) -> Self {
        self.cx = self.cx.knowing(known);
        self
    }
    /// Who logs in is known only when they have.
    pub fn act_as(&mut self, actor: Actor) {
        self.actor = Some(actor);
    }
    /// Who does it.
    pub fn actor(&self) -> Actor {
        self.actor.unwrap_or(match &self.caller {
            Caller::Person { person, .. } => Actor::Person(*person),
            Caller::Service { id, .. } => Actor::Service(*id),
            Caller::Operator | Caller::Nobody => Actor::System,
        })
    }
    /// Leaves an event. It is numbered and stored just before the commit.
    pub fn event<R: Versioned>(&mut self, kind: EventKind, before: Option<&R>, after: &R, about: About) {
        self.happened(kind, after.uuid(), after.version(), changes(before, after), about);
    }
    /// Leaves an event of something that a person did without their name: the log holds neither who it was nor the request in which it happened,
    /// by which they could be known again.
    pub fn unnamed<R: Versioned>(&mut self, kind: EventKind, before: Option<&R>, after: &R, about: About) {
        self.event(kind, before, after, about);
        if let Some(event) = self.events.last_mut() {
            event.actor = Actor::Unnamed;
            event.request_id = WITHHELD.into();
        }
    }
    /// Leaves an event about something that is no versioned record.
    pub fn happened(&mut self, kind: EventKind, subject: Uuid, subject_version: i64, changes: Changes, about: About) {
        self.placed(kind, subject, subject_version, changes, about, Vec::new());
    }
    /// Was this record made in this very transaction, so that nobody can have seen it before?
    pub fn made(&self, subject: Uuid) -> bool {
        self.events.iter().any(|e| e.subject == subject && e.kind == EventKind::PersonCreated)
    }
    /// Leaves an event that is told wherever a person was or is live, and not by where they are live when it is read.
    pub fn placed(&mut self, kind: EventKind, subject: Uuid, subject_version: i64, changes: Changes, about: About, places: Vec<Place>) {
        let event = NewEvent {
            id: self.new_id::<EventId>(),
            occurred_at: trellis_domain::time::micros(self.act.now),
            actor: self.actor(),
            request_id: self.act.request_id.clone(),
            kind,
            subject,
            subject_version,
            about,
            changes,
            salt: rand::random(),
            places,
        };
        self.events.push(event);
    }
    /// The record's next version, if anything changed that matters; a write that changes nothing leaves no event and keeps the ETag.
    pub fn next<R: Versioned>(&self, before: &R, mut after: R) -> Option<R> {
        if changes(Some(before), &after).fields.is_empty() {
            return None;
        }
        after.touch(before.version() + 1, trellis_domain::time::micros(self.act.now));
        Some(after)
    }
}

/// What stands for the request of an event without a name.
const WITHHELD: &str = "-";

/// What a caller sees of one record: the record, and what can be done with it, with the reason why the rest cannot.
#[derive(Debug, Clone)]
pub struct Seen<T> {
    /// The record.
    pub record: T,
    /// By action: nothing in the way, or the rule that is.
    pub can: Vec<(&'static str, Option<trellis_domain::rule::RuleError>)>,
}

/// A record, or word that it is still as the caller has it.
#[derive(Debug, Clone)]
pub enum Fetched<T> {
    /// Still this version.
    Unchanged(i64),
    /// Here it is.
    Found(T),
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// The id after which the next page starts, if there is one.
    pub next: Option<Uuid>,
}

impl<T> Page<T> {
    /// A page of at most `limit` from one row more than that.
    pub fn cut(mut items: Vec<T>, limit: i64, id: impl Fn(&T) -> Uuid) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        Page { next: if more { items.last().map(id) } else { None }, items }
    }
}

/// Where a list goes on, and how much of it is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// After this id.
    pub after: Option<Uuid>,
    /// At most so many.
    pub limit: i64,
}
