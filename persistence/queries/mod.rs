//! Every statement, written once and mounted by both databases, which give `Here`, `Cx`, `Tx`, `Dialect` and `Exec` their meaning.

mod prelude {
    pub(super) use super::super::{Conn, Cx, Dialect, Exec, Here, Tx};
    pub(super) use super::{access, page};
    pub(super) use crate::{
        column::{Json, Moment, Uid, optional, uids},
        disclosure::sealed,
        error::{Result, StoreError, alone, corrupt},
        explain::{Can, Doing},
        schema::*,
        transaction::{Fetched, Page, Read, Seen, Write},
    };
    pub(super) use diesel::{BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
}
use crate::transaction::{Read, Write};
use prelude::{Cx, Here, Result, Tx};

mod access;
mod account;
mod action_step;
mod activity;
mod agreed_action;
mod answered;
mod appraisal;
mod budget;
mod bulk;
mod calendar;
mod calendar_link;
mod check_in;
mod coaching;
mod collaboration;
mod conversation;
mod conversation_template;
mod cycle;
mod disclosure;
mod employment;
mod enrolment;
mod erasure;
mod event;
mod evidence;
mod explain;
mod external_ref;
mod feed;
mod finding;
mod framework;
mod hold;
mod idempotency;
mod improvement;
mod inquiry;
mod insight;
mod job;
mod learning;
mod learning_statement;
mod line_management;
mod matching;
mod me;
mod merging;
mod moving;
mod need;
mod objective;
mod organisation;
mod page;
mod pay;
mod person;
mod placement;
mod priority;
mod priority_link;
mod profile;
mod programme;
mod provenance;
mod redirect;
mod relationship;
mod report;
mod request;
mod role;
mod row;
mod self_review;
mod service_account;
mod session;
mod staff_code;
mod sync;

mod task;
mod tenant;
mod training;
mod unmerging;
mod visit;

/// A read: the caller is judged, then it runs.
pub(super) async fn look<R: Read<Here>>(mut cx: Cx<'_>, operation: &R) -> Result<R::Output> {
    access::admit(&mut cx, operation.need()).await?;
    operation.run(&mut cx).await
}

/// A write: the caller is judged, it runs, and its events get their numbers last, so that numbers follow the order of commits.
pub(super) async fn transact<W: Write<Here>>(mut tx: Tx<'_>, operation: &W) -> Result<W::Output> {
    access::admit(&mut tx, operation.need()).await?;
    let out = operation.run(&mut tx).await?;
    event::append(&mut tx).await?;
    Ok(out)
}
