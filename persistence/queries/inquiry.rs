//! Growth inquiries: what is known of one beside the objective's words.

use super::{finding::is_shared, prelude::*};
use crate::inquiry::{AbandonInquiry, GetInquiryStage, Standing};
use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use serde_json::json;
use trellis_domain::{
    event::{Changes, EventKind},
    id::ObjectiveId,
    inquiry::{self, InquiryAction, Known},
    objective::Objective,
    text::{Narrative, Wire},
    time::micros,
};

/// What was learned, if it was given up, and when.
async fn learned(cx: &mut Cx<'_>, id: ObjectiveId) -> Result<Option<(Narrative, DateTime<Utc>)>> {
    let row: Option<(String, Moment)> = abandoned_inquiries::table
        .find((cx.tenant(), Uid::from(id)))
        .select((abandoned_inquiries::learned, abandoned_inquiries::abandoned_at))
        .one(cx.conn())
        .await
        .optional()?;
    row.map(|(learned, at)| Ok((Narrative::parse(&learned).map_err(corrupt)?, at.0))).transpose()
}

/// What is known of an objective's inquiry to its owner. To everybody else it is not theirs to act on, whatever is known.
pub(super) async fn known(cx: &mut Cx<'_>, objective: &Objective) -> Result<Known> {
    if objective.words.inquiry.is_none() || cx.caller.person() != Some(objective.person_id) {
        return Ok(Known::default());
    }
    let abandoned = exists(abandoned_inquiries::table.find((cx.tenant(), Uid::from(objective.id))));
    let (abandoned, shared) = diesel::select((abandoned, is_shared!(cx, objective.id))).one(cx.conn()).await?;
    Ok(Known { abandoned, shared })
}

impl Write<Here> for AbandonInquiry {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Objective>> {
        let before = super::objective::load_for_write(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let known = known(tx, &before).await?;
        inquiry::can(&before, known, InquiryAction::Abandon, tx.caller.person())?;
        let row = (
            abandoned_inquiries::tenant_id.eq(tx.tenant()),
            abandoned_inquiries::objective_id.eq(Uid::from(self.id)),
            abandoned_inquiries::learned.eq(self.learned.as_str()),
            abandoned_inquiries::abandoned_at.eq(Moment(micros(tx.act.now))),
        );
        diesel::insert_into(abandoned_inquiries::table).values(row).done(tx.conn()).await?;
        let changes = Changes { fields: vec!["inquiry_learned".into()], values: json!({"inquiry_learned": {"before": null, "after": self.learned}}) };
        let after = super::objective::noted(tx, EventKind::ObjectiveInquiryAbandoned, &before, changes).await?;
        super::objective::seen(tx, after).await
    }
}

impl Read<Here> for GetInquiryStage {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Standing> {
        let row = super::objective::visible_row(cx, self.id).await?;
        let objective = super::objective::whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)?;
        let Some(inquiry) = &objective.words.inquiry else { return Ok(Standing { id: self.id, stage: None, learned: None }) };
        let learned = learned(cx, self.id).await?;
        // whether it is shared is its owner's to know: what was published without a name must not be found by it
        let shared = cx.caller.person() == Some(objective.person_id) && diesel::select(is_shared!(cx, self.id)).one(cx.conn()).await?;
        let stage = inquiry::stage(inquiry, Known { abandoned: learned.is_some(), shared });
        Ok(Standing { id: self.id, stage: Some(stage), learned })
    }
}
