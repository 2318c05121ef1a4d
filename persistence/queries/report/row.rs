//! Reports as they are stored.

use super::super::prelude::*;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    appraisal::Appraisal,
    report::{Appeal, AppealDecided, AppealOutcome, Content, Report, ReportDraft, Written},
    text::{Narrative, Reason, Wire},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = report_drafts, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg))]
pub(super) struct DraftRow {
    tenant_id: Uid,
    id: Uid,
    appraisal_id: Uid,
    written: Json,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl DraftRow {
    pub(super) fn new(tenant_id: Uid, draft: &ReportDraft) -> Result<Self> {
        let ReportDraft { id, appraisal_id, person_id: _, organisation_id: _, written, version, created_at, updated_at } = draft;
        Ok(Self {
            tenant_id,
            id: (*id).into(),
            appraisal_id: (*appraisal_id).into(),
            written: Json(serde_json::to_string(written).map_err(corrupt)?),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        })
    }
    pub(super) fn draft(self, of: &Appraisal) -> Result<ReportDraft> {
        let Self { tenant_id: _, id, appraisal_id, written, version, created_at, updated_at } = self;
        Ok(ReportDraft {
            id: id.to(),
            appraisal_id: appraisal_id.to(),
            person_id: of.person_id,
            organisation_id: of.organisation_id,
            written: serde_json::from_str::<Written>(&written.0).map_err(corrupt)?,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// An issued version. There is an insert of it, and no update.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = appraisal_reports, check_for_backend(Sqlite, Pg), treat_none_as_default_value = false)]
pub(super) struct ReportRow {
    tenant_id: Uid,
    id: Uid,
    pub(super) appraisal_id: Uid,
    number: i32,
    content: String,
    content_hash: String,
    reason: Option<String>,
    issued_by: Uid,
    issued_at: Moment,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = report_comments, check_for_backend(Sqlite, Pg))]
pub(super) struct CommentRow {
    tenant_id: Uid,
    report_id: Uid,
    comment: String,
    commented_at: Moment,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = report_appeals, check_for_backend(Sqlite, Pg), treat_none_as_default_value = false)]
pub(super) struct AppealRow {
    tenant_id: Uid,
    id: Uid,
    report_id: Uid,
    grounds: String,
    appealed_at: Moment,
    outcome: Option<String>,
    decision: Option<String>,
    decided_by: Option<Uid>,
    decided_at: Option<Moment>,
}

impl AppealRow {
    pub(super) fn new(tenant_id: Uid, id: Uid, report: &Report, appeal: &Appeal) -> Self {
        let Appeal { grounds, appealed_at, decided } = appeal;
        let (outcome, decision, decided_by, decided_at) = match decided {
            Some(AppealDecided { outcome, decision, decided_by, decided_at }) => {
                (Some(outcome.as_str().into()), Some(decision.as_str().into()), Some((*decided_by).into()), Some((*decided_at).into()))
            }
            None => (None, None, None, None),
        };
        let (report_id, grounds, appealed_at) = (report.id.into(), grounds.as_str().into(), (*appealed_at).into());
        Self { tenant_id, id, report_id, grounds, appealed_at, outcome, decision, decided_by, decided_at }
    }
    fn appeal(self) -> Result<Appeal> {
        let Self { tenant_id: _, id: _, report_id: _, grounds, appealed_at, outcome, decision, decided_by, decided_at } = self;
        let decided = match (outcome, decision, decided_by, decided_at) {
            (Some(outcome), Some(decision), Some(decided_by), Some(decided_at)) => Some(AppealDecided {
                outcome: AppealOutcome::parse(&outcome).map_err(corrupt)?,
                decision: Narrative::parse(&decision).map_err(corrupt)?,
                decided_by: decided_by.to(),
                decided_at: decided_at.0,
            }),
            _ => None,
        };
        Ok(Appeal { grounds: Narrative::parse(&grounds).map_err(corrupt)?, appealed_at: appealed_at.0, decided })
    }
}

impl ReportRow {
    pub(super) fn new(tenant_id: Uid, report: &Report, kept: String) -> Self {
        let Report { id, appraisal_id, number, content_hash, reason, issued_by, issued_at, .. } = report;
        Self {
            tenant_id,
            id: (*id).into(),
            appraisal_id: (*appraisal_id).into(),
            number: *number,
            content: kept,
            content_hash: content_hash.clone(),
            reason: reason.as_ref().map(|r| r.as_str().into()),
            issued_by: (*issued_by).into(),
            issued_at: (*issued_at).into(),
        }
    }
    pub(super) fn report(self, comment: Option<CommentRow>, appeal: Option<AppealRow>, of: &Appraisal) -> Result<Report> {
        let Self { tenant_id: _, id, appraisal_id, number, content, content_hash, reason, issued_by, issued_at } = self;
        let content = Content::opened(&content, &content_hash).map_err(corrupt)?;
        let (comment, commented_at) = match comment {
            Some(CommentRow { tenant_id: _, report_id: _, comment, commented_at }) => {
                (Some(Narrative::parse(&comment).map_err(corrupt)?), Some(commented_at.0))
            }
            None => (None, None),
        };
        let appeal = appeal.map(AppealRow::appeal).transpose()?;
        let (appealed_at, decided_at) = (appeal.as_ref().map(|a| a.appealed_at), appeal.as_ref().and_then(|a| a.decided.as_ref()).map(|d| d.decided_at));
        let said = [commented_at, appealed_at, decided_at];
        Ok(Report {
            id: id.to(),
            appraisal_id: appraisal_id.to(),
            person_id: of.person_id,
            organisation_id: of.organisation_id,
            number,
            content,
            content_hash,
            reason: reason.map(|r| Reason::parse(&r)).transpose().map_err(corrupt)?,
            issued_by: issued_by.to(),
            issued_at: issued_at.0,
            version: version_of(said.map(|at| at.is_some())),
            updated_at: said.into_iter().flatten().max().unwrap_or(issued_at.0),
            comment,
            commented_at,
            appeal,
        })
    }
}

impl CommentRow {
    pub(super) fn new(tenant_id: Uid, report: &Report, comment: &Narrative) -> Self {
        let commented_at = report.commented_at.unwrap_or(report.updated_at);
        Self { tenant_id, report_id: report.id.into(), comment: comment.as_str().into(), commented_at: commented_at.into() }
    }
}

/// An issued version changes when it is commented on, when it is appealed against, and when that is decided: once each.
pub(super) fn version_of(said: [bool; 3]) -> i64 {
    1 + said.into_iter().map(i64::from).sum::<i64>()
}
