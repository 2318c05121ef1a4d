//! What was decided on a request, and what was said of it.

use super::{super::prelude::*, known, one_shown, party};
use crate::request::{CommentOnRequest, ListRequestComments, ListRequestDecisions, RequestComment, VisibleDecision};
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use serde_json::json;
use trellis_domain::{
    event::{Changes, EventKind},
    request::{Circumstances, DecisionStep, LearningRequest, RequestAction, RequestDecision, RequestState},
    rule::{Code, RuleError},
    text::{Narrative, Reason, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = learning_request_decisions, check_for_backend(Sqlite, Pg), treat_none_as_default_value = false)]
struct DecisionRow {
    tenant_id: Uid,
    id: Uid,
    learning_request_id: Uid,
    step: String,
    decision: String,
    reason: Option<String>,
    decided_by: Uid,
    decided_at: Moment,
}
impl DecisionRow {
    fn decision(self) -> Result<RequestDecision> {
        let Self { tenant_id: _, id, learning_request_id: _, step, decision, reason, decided_by, decided_at } = self;
        Ok(RequestDecision {
            id: id.to(),
            step: DecisionStep::parse(&step).map_err(corrupt)?,
            decision: RequestState::parse(&decision).map_err(corrupt)?,
            reason: reason.map(|r| Reason::parse(&r)).transpose().map_err(corrupt)?,
            decided_by: decided_by.to(),
            decided_at: decided_at.0,
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = learning_request_comments, check_for_backend(Sqlite, Pg))]
struct CommentRow {
    tenant_id: Uid,
    id: Uid,
    learning_request_id: Uid,
    author_id: Uid,
    text: String,
    created_at: Moment,
}
impl CommentRow {
    fn comment(self) -> Result<RequestComment> {
        let Self { tenant_id: _, id, learning_request_id, author_id, text, created_at } = self;
        Ok(RequestComment {
            id: id.to(),
            learning_request_id: learning_request_id.to(),
            author_id: author_id.to(),
            text: Narrative::parse(&text).map_err(corrupt)?,
            created_at: created_at.0,
        })
    }
}

/// Keeps what was decided. A change of mind is another entry.
pub(super) async fn decided(tx: &mut Tx<'_>, request: &LearningRequest, step: DecisionStep, reason: Option<Reason>) -> Result<()> {
    let row = DecisionRow {
        tenant_id: tx.tenant(),
        id: tx.new_id::<trellis_domain::id::RequestDecisionId>().into(),
        learning_request_id: request.id.into(),
        step: step.as_str().into(),
        decision: request.state.as_str().into(),
        reason: reason.map(|r| r.as_str().to_owned()),
        decided_by: tx.person()?.into(),
        decided_at: micros(tx.act.now).into(),
    };
    diesel::insert_into(learning_request_decisions::table).values(row).done(tx.conn()).await?;
    Ok(())
}

impl Read<Here> for ListRequestDecisions {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<VisibleDecision>> {
        let request = known(cx, self.id).await?;
        let in_full = one_shown(cx, request).await?.in_full;
        let of_request = learning_request_decisions::table
            .filter(learning_request_decisions::tenant_id.eq(cx.tenant()))
            .filter(learning_request_decisions::learning_request_id.eq(Uid::from(self.id)))
            .select(DecisionRow::as_select())
            .into_boxed::<Dialect>();
        let rows: Vec<DecisionRow> = page::windowed!(of_request, self.window, learning_request_decisions).all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        let view = |row: DecisionRow| Ok(VisibleDecision { decision: row.decision()?, in_full });
        Ok(Page { items: page.items.into_iter().map(view).collect::<Result<_>>()?, next: page.next })
    }
}

impl Read<Here> for ListRequestComments {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<RequestComment>> {
        known(cx, self.id).await?;
        let of_request = learning_request_comments::table
            .filter(learning_request_comments::tenant_id.eq(cx.tenant()))
            .filter(learning_request_comments::learning_request_id.eq(Uid::from(self.id)))
            .select(CommentRow::as_select())
            .into_boxed::<Dialect>();
        let rows: Vec<CommentRow> = page::windowed!(of_request, self.window, learning_request_comments).all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: page.items.into_iter().map(CommentRow::comment).collect::<Result<_>>()?, next: page.next })
    }
}

impl Write<Here> for CommentOnRequest {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<RequestComment> {
        let request = known(tx, self.id).await?;
        let by = party(tx, &request).await?;
        request.can(RequestAction::Comment, by, Circumstances { today: tx.act.today(), ..Circumstances::default() })?;
        if self.text.is_blank() {
            return Err(RuleError::at(Code::ContradictoryMembers, "/text", "say something").into());
        }
        let row = CommentRow {
            tenant_id: tx.tenant(),
            id: tx.new_id::<trellis_domain::id::RequestCommentId>().into(),
            learning_request_id: self.id.into(),
            author_id: tx.person()?.into(),
            text: self.text.as_str().into(),
            created_at: micros(tx.act.now).into(),
        };
        diesel::insert_into(learning_request_comments::table).values(&row).done(tx.conn()).await?;
        // the log says that something was said, not what
        let said = Changes { fields: vec!["comments".into()], values: json!({}) };
        tx.happened(EventKind::LearningRequestCommented, request.id.0, request.version, said, request.about());
        row.comment()
    }
}
