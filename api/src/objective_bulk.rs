//! One objective, proposed to many people at once.

use crate::{
    error::{ApiError, RowProblem},
    extract::{Body, NoParams, Params},
    objective::InquiryView,
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Word, values, word},
};
use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use trellis_domain::{
    bulk::RowAction,
    objective::WordsPatch,
    rule::{Code, RuleError},
};
use trellis_persistence::{
    objective::{Group, Outcome, ProposeObjectives, ProposedTo},
    transaction::needs::WriteObjectives,
};
use utoipa::ToSchema;

/// An objective for many: to each it is proposed as their own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewObjectives {
    /// To the people of these employments. Either this, or `organisation_id`.
    #[serde(default)]
    #[schema(max_items = 500)]
    employment_ids: Vec<word::EmploymentId>,
    /// To everybody whom one appraises, or leads as headteacher, and who is employed at this organisation or beneath it today.
    #[serde(default)]
    organisation_id: Option<word::OrganisationId>,
    /// With `organisation_id`: only to these staff categories.
    #[serde(default)]
    #[schema(max_items = 4)]
    staff_categories: Vec<word::StaffCategory>,
    /// The cycle it belongs to, while that takes objectives; none for a goal outside any cycle.
    #[serde(default)]
    cycle_id: Option<word::CycleId>,
    /// What kind.
    kind: word::ObjectiveKind,
    /// In one line.
    title: word::Title,
    /// In full.
    #[serde(default)]
    description: Option<word::Narrative>,
    /// The inquiry: for a growth inquiry, and only for one.
    #[serde(default)]
    inquiry: Option<InquiryView>,
    /// How evidence will be had from daily practice.
    #[serde(default)]
    evidence_plan: Option<word::Narrative>,
    /// What support is offered.
    #[serde(default)]
    support_needed: Option<word::Narrative>,
    /// What learning is needed.
    #[serde(default)]
    learning_needed: Option<word::Narrative>,
    /// By when. In a cycle, on one of its days.
    #[serde(default)]
    due_on: Option<NaiveDate>,
    /// How one will know.
    #[serde(default)]
    #[schema(max_items = 20)]
    success_criteria: Vec<word::Reason>,
    /// Standards it speaks to, of published versions.
    #[serde(default)]
    #[schema(max_items = 30)]
    standard_ids: Vec<word::StandardId>,
    /// Priorities of published improvement plans that it serves.
    #[serde(default)]
    #[schema(max_items = 30)]
    priority_ids: Vec<word::PriorityId>,
}
/// What became of it for one person.
#[derive(Serialize, ToSchema)]
pub struct ObjectiveResult {
    /// Their place among those who were meant, from 0.
    index: usize,
    /// In which employment; null, if the caller neither appraises nor leads them: their place says which was meant.
    employment_id: Option<word::EmploymentId>,
    /// Whose; null, if the caller neither appraises nor leads them.
    person_id: Option<word::PersonId>,
    /// `created`: proposed to them. `unchanged`: they have it from an earlier call, and it is not over. `failed`: `problem` says why not.
    action: word::RowAction,
    /// Their objective.
    objective_id: Option<word::ObjectiveId>,
    /// Why it was not proposed to them.
    problem: Option<RowProblem>,
}
/// What became of an objective for many.
#[derive(Serialize, ToSchema)]
pub struct ObjectivesReport {
    /// To how many it was proposed.
    created: usize,
    /// How many have it already.
    unchanged: usize,
    /// How many were refused.
    failed: usize,
    /// One result a person: in the order in which they were named, or of their employments.
    results: Vec<ObjectiveResult>,
}

fn report(all: &[ProposedTo]) -> ObjectivesReport {
    let result = |(index, ProposedTo { employment_id, person_id, outcome }): (usize, &ProposedTo)| {
        let (action, objective_id, refused) = match outcome {
            Outcome::Proposed(id) => (RowAction::Created, Some(*id), None),
            Outcome::Unchanged(id) => (RowAction::Unchanged, Some(*id), None),
            Outcome::Refused(rule) => (RowAction::Failed, None, Some(rule)),
        };
        ObjectiveResult {
            index,
            employment_id: person_id.map(|_| Word(*employment_id)),
            person_id: person_id.map(Word),
            action: Word(action),
            objective_id: objective_id.map(Word),
            problem: refused.cloned().map(Into::into),
        }
    };
    let results: Vec<ObjectiveResult> = all.iter().enumerate().map(result).collect();
    let count = |action| results.iter().filter(|r| r.action.0 == action).count();
    ObjectivesReport { created: count(RowAction::Created), unchanged: count(RowAction::Unchanged), failed: count(RowAction::Failed), results }
}

/// To whom: named one by one, or as a group, and not both.
fn group(employments: Vec<word::EmploymentId>, at: Option<word::OrganisationId>, categories: Vec<word::StaffCategory>) -> Result<Group, RuleError> {
    match (employments.is_empty(), at) {
        (true, Some(at)) => Ok(Group::Organisation(at.0, values(categories))),
        (false, None) if categories.is_empty() => Ok(Group::Employments(values(employments))),
        (false, None) => Err(RuleError::at(Code::ContradictoryMembers, "/staff_categories", "employments are named one by one: leave this out")),
        (true, None) => Err(RuleError::at(Code::ContradictoryMembers, "/employment_ids", "name employments, or an organisation")),
        (false, Some(_)) => Err(RuleError::at(Code::ContradictoryMembers, "/organisation_id", "name employments, or an organisation, and not both")),
    }
}

/// Propose an objective to many
///
/// By their appraiser or the headteacher, to at most 500 people at once. Each has an objective of their own, of the origin `bulk`, which they answer for themselves: agree, change and propose back, or dissent. Each is judged for themself, and told why if it was refused. The same again proposes it only to those who do not have it yet.
#[utoipa::path(tag = "Objectives", request_body = NewObjectives, responses((status = 207, description = "One result a person", body = ObjectivesReport)), security(("bearer" = ["objectives:write"])))]
#[post("/v1/objectives/bulk-propose")]
pub async fn bulk_propose_objectives(
    permitted: Permitted<WriteObjectives>,
    _none: Params<NoParams>,
    body: Body<NewObjectives>,
) -> Result<HttpResponse, ApiError> {
    let NewObjectives {
        employment_ids,
        organisation_id,
        staff_categories,
        cycle_id,
        kind,
        title,
        description,
        inquiry,
        evidence_plan,
        support_needed,
        learning_needed,
        due_on,
        success_criteria,
        standard_ids,
        priority_ids,
    } = body.0;
    let words = WordsPatch {
        description: Some(description.map(|t| t.0)),
        evidence_plan: Some(evidence_plan.map(|t| t.0)),
        support_needed: Some(support_needed.map(|t| t.0)),
        learning_needed: Some(learning_needed.map(|t| t.0)),
        due_on: Some(due_on),
        success_criteria: Some(values(success_criteria)),
        standard_ids: Some(values(standard_ids)),
        priority_ids: Some(values(priority_ids)),
        ..WordsPatch::default()
    };
    let operation = ProposeObjectives {
        to: group(employment_ids, organisation_id, staff_categories)?,
        cycle_id: cycle_id.map(|c| c.0),
        kind: kind.0,
        title: title.0,
        inquiry: inquiry.map(Into::into),
        words,
    };
    permitted.write(operation, |all| respond::plain(207, &report(all))).await
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(bulk_propose_objectives);
}
