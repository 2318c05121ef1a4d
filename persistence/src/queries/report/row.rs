//! Reports as they are stored.

use super::super::prelude::*;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    appraisal::Appraisal,
    report::{Content, Report, ReportDraft, Written},
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
    pub(super) fn report(self, comment: Option<CommentRow>, of: &Appraisal) -> Result<Report> {
        let Self { tenant_id: _, id, appraisal_id, number, content, content_hash, reason, issued_by, issued_at } = self;
        let content = Content::opened(&content, &content_hash).map_err(corrupt)?;
        let (comment, commented_at) = match comment {
            Some(CommentRow { tenant_id: _, report_id: _, comment, commented_at }) => {
                (Some(Narrative::parse(&comment).map_err(corrupt)?), Some(commented_at.0))
            }
            None => (None, None),
        };
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
            version: version_of(commented_at.is_some()),
            updated_at: commented_at.unwrap_or(issued_at.0),
            comment,
            commented_at,
        })
    }
}

impl CommentRow {
    pub(super) fn new(tenant_id: Uid, report: &Report, comment: &Narrative) -> Self {
        let commented_at = report.commented_at.unwrap_or(report.updated_at);
        Self { tenant_id, report_id: report.id.into(), comment: comment.as_str().into(), commented_at: commented_at.into() }
    }
}

/// An issued version changes once: when it is commented on.
pub(super) const fn version_of(commented: bool) -> i64 {
    if commented { 2 } else { 1 }
}
