//! Learning requests as rows, with what they are linked to.

use super::super::prelude::*;
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    id::{LearningRequestId, ObjectiveId, PriorityId, StandardId},
    impact::Conclusion,
    request::{Ask, LearningRequest, RequestState},
    text::{Narrative, Title, Wire},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = learning_requests, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct RequestRow {
    tenant_id: Uid,
    pub(super) id: Uid,
    pub(super) person_id: Uid,
    employment_id: Uid,
    pub(super) organisation_id: Uid,
    pub(super) private_to: Option<Uid>,
    state: String,
    title: String,
    why: Option<String>,
    needs: Option<String>,
    activity_id: Option<Uid>,
    session_id: Option<Uid>,
    provider: Option<String>,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    cost_pence: i32,
    cover_minutes: i32,
    budget_line_id: Option<Uid>,
    spent_pence: Option<i32>,
    submitted_at: Option<Moment>,
    agreed_by: Option<Uid>,
    approved_by: Option<Uid>,
    evaluation: Option<String>,
    conclusion: Option<String>,
    conclusion_note: Option<String>,
    pub(super) version: i64,
    created_at: Moment,
    updated_at: Moment,
}

fn prose(text: Option<String>) -> Result<Option<Narrative>> {
    text.map(|t| Narrative::parse(&t)).transpose().map_err(corrupt)
}
fn column(text: Option<&Narrative>) -> Option<String> {
    text.map(|t| t.as_str().to_owned())
}

impl RequestRow {
    pub(super) fn new(tenant_id: Uid, request: &LearningRequest) -> Self {
        let private_to = optional(request.about().private_to);
        let LearningRequest {
            id,
            person_id,
            employment_id,
            organisation_id,
            state,
            ask,
            budget_line_id,
            spent_pence,
            submitted_at,
            agreed_by,
            approved_by,
            evaluation,
            conclusion,
            conclusion_note,
            version,
            created_at,
            updated_at,
        } = request;
        let Ask {
            title,
            why,
            needs,
            activity_id,
            session_id,
            provider,
            starts_on,
            ends_on,
            cost_pence,
            cover_minutes,
            objective_ids: _,
            standard_ids: _,
            priority_ids: _,
        } = ask;
        Self {
            tenant_id,
            id: (*id).into(),
            person_id: (*person_id).into(),
            employment_id: (*employment_id).into(),
            organisation_id: (*organisation_id).into(),
            private_to,
            state: state.as_str().into(),
            title: title.as_str().into(),
            why: column(why.as_ref()),
            needs: column(needs.as_ref()),
            activity_id: optional(*activity_id),
            session_id: optional(*session_id),
            provider: provider.as_ref().map(|p| p.as_str().into()),
            starts_on: *starts_on,
            ends_on: *ends_on,
            cost_pence: *cost_pence,
            cover_minutes: *cover_minutes,
            budget_line_id: optional(*budget_line_id),
            spent_pence: *spent_pence,
            submitted_at: submitted_at.map(Moment::from),
            agreed_by: optional(*agreed_by),
            approved_by: optional(*approved_by),
            evaluation: column(evaluation.as_ref()),
            conclusion: conclusion.map(|c| c.as_str().into()),
            conclusion_note: column(conclusion_note.as_ref()),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    fn request(self, objective_ids: Vec<ObjectiveId>, standard_ids: Vec<StandardId>, priority_ids: Vec<PriorityId>) -> Result<LearningRequest> {
        let Self {
            tenant_id: _,
            id,
            person_id,
            employment_id,
            organisation_id,
            private_to: _,
            state,
            title,
            why,
            needs,
            activity_id,
            session_id,
            provider,
            starts_on,
            ends_on,
            cost_pence,
            cover_minutes,
            budget_line_id,
            spent_pence,
            submitted_at,
            agreed_by,
            approved_by,
            evaluation,
            conclusion,
            conclusion_note,
            version,
            created_at,
            updated_at,
        } = self;
        Ok(LearningRequest {
            id: id.to(),
            person_id: person_id.to(),
            employment_id: employment_id.to(),
            organisation_id: organisation_id.to(),
            state: RequestState::parse(&state).map_err(corrupt)?,
            ask: Ask {
                title: Title::parse(&title).map_err(corrupt)?,
                why: prose(why)?,
                needs: prose(needs)?,
                activity_id: activity_id.map(Uid::to),
                session_id: session_id.map(Uid::to),
                provider: provider.map(|p| Title::parse(&p)).transpose().map_err(corrupt)?,
                starts_on,
                ends_on,
                cost_pence,
                cover_minutes,
                objective_ids,
                standard_ids,
                priority_ids,
            },
            budget_line_id: budget_line_id.map(Uid::to),
            spent_pence,
            submitted_at: submitted_at.map(|at| at.0),
            agreed_by: agreed_by.map(Uid::to),
            approved_by: approved_by.map(Uid::to),
            evaluation: prose(evaluation)?,
            conclusion: conclusion.map(|c| Conclusion::parse(&c)).transpose().map_err(corrupt)?,
            conclusion_note: prose(conclusion_note)?,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Saves the request over the version that was read.
pub(super) async fn replace(tx: &mut Tx<'_>, read: i64, request: &LearningRequest) -> Result<()> {
    let key = learning_requests::table.find((tx.tenant(), Uid::from(request.id))).filter(learning_requests::version.eq(read));
    match diesel::update(key).set(RequestRow::new(tx.tenant(), request)).done(tx.conn()).await? {
        0 => Err(StoreError::Retry),
        _ => Ok(()),
    }
}

/// Whole records of rows: with objectives, standards and priorities, in a fixed number of statements. Private drafts of others are not named.
pub(super) async fn whole(cx: &mut Cx<'_>, rows: Vec<RequestRow>) -> Result<Vec<LearningRequest>> {
    let ids: Vec<Uid> = rows.iter().map(|r| r.id).collect();
    let objectives = learning_request_objectives::table
        .filter(learning_request_objectives::tenant_id.eq(cx.tenant()))
        .order((learning_request_objectives::learning_request_id, learning_request_objectives::position))
        .select((learning_request_objectives::learning_request_id, learning_request_objectives::objective_id));
    let objectives: Vec<(Uid, Uid)> = page::of_these!(cx, objectives, learning_request_objectives::learning_request_id, &ids);
    let standards = learning_request_standards::table
        .filter(learning_request_standards::tenant_id.eq(cx.tenant()))
        .order((learning_request_standards::learning_request_id, learning_request_standards::position))
        .select((learning_request_standards::learning_request_id, learning_request_standards::standard_id));
    let standards: Vec<(Uid, Uid)> = page::of_these!(cx, standards, learning_request_standards::learning_request_id, &ids);
    let mut priorities_of = super::super::priority_link::of_requests(cx, &ids).await?;
    let mut objectives_of: HashMap<Uid, Vec<ObjectiveId>> = HashMap::new();
    let linked: Vec<Uid> = objectives.iter().map(|(_, objective)| *objective).collect();
    let drafts = super::super::objective::drafts_of_others(cx, &linked).await?;
    for (request, objective) in objectives.into_iter().filter(|(_, objective)| !drafts.contains(objective)) {
        objectives_of.entry(request).or_default().push(objective.to());
    }
    let mut standards_of: HashMap<Uid, Vec<StandardId>> = HashMap::new();
    for (request, standard) in standards {
        standards_of.entry(request).or_default().push(standard.to());
    }
    rows.into_iter()
        .map(|row| {
            let (objectives, standards) = (objectives_of.remove(&row.id).unwrap_or_default(), standards_of.remove(&row.id).unwrap_or_default());
            let priorities = priorities_of.remove(&row.id).unwrap_or_default();
            row.request(objectives, standards, priorities)
        })
        .collect()
}

pub(super) async fn row_of(cx: &mut Cx<'_>, id: LearningRequestId) -> Result<RequestRow> {
    Ok(learning_requests::table.find((cx.tenant(), Uid::from(id))).select(RequestRow::as_select()).one(cx.conn()).await?)
}

/// Saves what the request is linked to: objectives of its owner, standards of published versions, priorities that are for them.
pub(super) async fn put_links(tx: &mut Tx<'_>, before: Option<&Ask>, request: &LearningRequest) -> Result<()> {
    let (tenant, id, ask) = (tx.tenant(), Uid::from(request.id), &request.ask);
    if before.map_or(&[][..], |b| &b.objective_ids) != ask.objective_ids {
        super::super::objective::own(tx, request.person_id, &ask.objective_ids).await?;
        let old = learning_request_objectives::table
            .filter(learning_request_objectives::tenant_id.eq(tenant))
            .filter(learning_request_objectives::learning_request_id.eq(id));
        diesel::delete(old).done(tx.conn()).await?;
        let row = |(objective, position): (&ObjectiveId, i32)| {
            (
                learning_request_objectives::tenant_id.eq(tenant),
                learning_request_objectives::learning_request_id.eq(id),
                learning_request_objectives::objective_id.eq(Uid::from(*objective)),
                learning_request_objectives::position.eq(position),
            )
        };
        let rows: Vec<_> = ask.objective_ids.iter().zip(0..).map(row).collect();
        if !rows.is_empty() {
            diesel::insert_into(learning_request_objectives::table).values(rows).done(tx.conn()).await?;
        }
    }
    if before.map_or(&[][..], |b| &b.standard_ids) != ask.standard_ids {
        super::super::framework::linkable(tx, &ask.standard_ids).await?;
        let old = learning_request_standards::table
            .filter(learning_request_standards::tenant_id.eq(tenant))
            .filter(learning_request_standards::learning_request_id.eq(id));
        diesel::delete(old).done(tx.conn()).await?;
        let row = |(standard, position): (&StandardId, i32)| {
            (
                learning_request_standards::tenant_id.eq(tenant),
                learning_request_standards::learning_request_id.eq(id),
                learning_request_standards::standard_id.eq(Uid::from(*standard)),
                learning_request_standards::position.eq(position),
            )
        };
        let rows: Vec<_> = ask.standard_ids.iter().zip(0..).map(row).collect();
        if !rows.is_empty() {
            diesel::insert_into(learning_request_standards::table).values(rows).done(tx.conn()).await?;
        }
    }
    let linked = before.map(|b| b.priority_ids.as_slice());
    super::super::priority_link::put_request(tx, id, request.organisation_id, linked, &ask.priority_ids).await
}
