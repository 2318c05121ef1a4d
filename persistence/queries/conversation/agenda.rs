//! The agenda: everything is read under the permission of its own list, so that what the reader may not see is not on it. The number of
//! statements is fixed.

use super::super::prelude::*;
use super::{Said, load, readings};
use crate::{
    conversation::{Agenda, GetAgenda},
    disclosure::Sealed,
};
use trellis_domain::{
    access::{self as rules, Permission},
    conversation::{
        Conversation,
        agenda::{Facts, compose},
    },
};

/// When the two last met in this lane, before this conversation was held.
async fn last_held(cx: &mut Cx<'_>, of: &Conversation) -> Result<Option<Moment>> {
    let before = of.held_at.unwrap_or(cx.act.now);
    let found: Option<Option<Moment>> = conversations::table
        .filter(conversations::tenant_id.eq(cx.tenant()))
        .filter(conversations::employment_id.eq(Uid::from(of.employment_id)))
        .filter(conversations::partner_id.eq(Uid::from(of.partner_id)))
        .filter(conversations::lane.eq(of.lane.as_str()))
        .filter(conversations::id.ne(Uid::from(of.id)))
        .filter(conversations::held_at.lt(Moment(before)))
        .order(conversations::held_at.desc())
        .select(conversations::held_at)
        .one(cx.conn())
        .await
        .optional()?;
    Ok(found.flatten())
}

impl Read<Here> for GetAgenda {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Sealed<Agenda>> {
        let conversation = load(cx, self.id).await?;
        let since = last_held(cx, &conversation).await?;
        let own = cx.reach.clone();
        let actions = super::super::agreed_action::open_of(cx, &conversation).await?;
        cx.reach = rules::reach(&cx.caller, Permission::ReadObjectives).unwrap_or_default();
        let objectives = super::super::objective::of_employment(cx, conversation.employment_id).await?;
        cx.reach = rules::reach(&cx.caller, Permission::ReadLearning).unwrap_or_default();
        let learning = super::super::learning::shared_since(cx, conversation.person_id, since).await?;
        cx.reach = rules::reach(&cx.caller, Permission::ReadRequests).unwrap_or_default();
        let checkpoints = super::super::request::impact::due_of(cx, conversation.person_id, conversation.starts_at.date_naive()).await?;
        cx.reach = own;
        let appraisal = match conversation.appraisal_id {
            None => None,
            Some(id) => match super::super::appraisal::load(cx, id).await {
                Err(StoreError::Missing) => None,
                other => Some(other?),
            },
        };
        // what was agreed in the support lane is read with the agenda
        let said = [Said::from(&conversation)].into_iter().chain(actions.iter().map(Said::from));
        let readings = readings(cx, said).await?;
        let items = compose(conversation.lane, Facts { objectives, learning, checkpoints, actions, appraisal });
        Ok(sealed(Agenda { since: since.map(|at| at.0), items }, readings))
    }
}
