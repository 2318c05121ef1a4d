//! Issuing, commenting and correcting: what is said stays said.

use super::{
    super::{appraisal, calendar, need, prelude::*},
    draft, last,
    row::{AppealRow, CommentRow, ReportRow},
    spoken::spoken,
};
use crate::{
    appraisal::VisibleAppraisal,
    report::{AmendReport, AppealAgainstReport, CommentOnReport, DecideAppeal, IssueReport},
};
use trellis_domain::{
    appraisal::{Appraisal, AppraisalAction as A},
    event::EventKind,
    report::{Appeal, AppealDecided, Content, Report, Written, windows},
    rule::{Code, RuleError},
    text::{Narrative, Reason},
    time::micros,
};

/// The next version of an appraisal's report.
async fn put(tx: &mut Tx<'_>, of: &Appraisal, before: Option<&Report>, content: Content, reason: Option<Reason>) -> Result<()> {
    let now = micros(tx.act.now);
    let (kept, content_hash) = content.sealed().map_err(corrupt)?;
    let report = Report {
        id: tx.new_id(),
        appraisal_id: of.id,
        person_id: of.person_id,
        organisation_id: of.organisation_id,
        number: before.map_or(1, |r| r.number + 1),
        content,
        content_hash,
        reason,
        issued_by: tx.person()?,
        issued_at: now,
        comment: None,
        commented_at: None,
        appeal: None,
        version: 1,
        updated_at: now,
    };
    diesel::insert_into(appraisal_reports::table).values(ReportRow::new(tx.tenant(), &report, kept)).done(tx.conn()).await?;
    tx.event(EventKind::ReportIssued, None, &report, report.about());
    need::named(tx, of, before.map(|r| r.id), report.id, &report.content.development_needs).await
}

/// The appraisal with its report given, from today.
async fn given(tx: &mut Tx<'_>, action: A, before: &Appraisal, around: &appraisal::Around) -> Result<Appraisal> {
    let calendars = calendar::counting_at(tx, before.organisation_id).await?;
    let today = tx.act.today();
    let until = windows(today, around.profile(), calendar::holidays_of(&calendars), &calendars);
    Ok(before.give_report(action, until, around.party, around.facts(today))?)
}

impl Write<Here> for IssueReport {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<VisibleAppraisal>> {
        access::guard(tx, self.id).await?;
        let (before, around) = appraisal::load_for_write(tx, self.id, self.expected).await?;
        before.can(A::IssueReport, around.party, around.facts(tx.act.today()))?;
        let draft = draft::of(tx, &before).await?;
        // what is issued is what was read, and not what somebody else of the panel wrote meanwhile
        super::super::event::expect(tx, &draft, Some(self.draft_version)).await?;
        let worked = before.days_worked(&around.employment().period);
        let ground = draft::ground(tx, &before, worked).await?;
        let spoken = spoken(tx, &before, &draft.written.concerns).await?;
        let content = draft.written.clone().over(ground).content(worked, tx.act.today(), &spoken)?;
        let after = given(tx, A::IssueReport, &before, &around).await?;
        put(tx, &before, None, content, None).await?;
        let row = report_drafts::table.find((tx.tenant(), Uid::from(draft.id)));
        diesel::delete(row).done(tx.conn()).await?;
        let gone = trellis_domain::report::ReportDraft { version: draft.version + 1, ..draft };
        draft::told(tx, EventKind::ReportDraftIssued, Some(&gone), &gone);
        appraisal::save(tx, A::IssueReport.event(), before, after).await
    }
}

impl Write<Here> for CommentOnReport {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<VisibleAppraisal>> {
        access::guard(tx, self.id).await?;
        let (before, around) = appraisal::load_for_write(tx, self.id, self.expected).await?;
        let after = before.step(A::Comment, around.party, around.facts(tx.act.today()))?;
        in_words(&self.comment, "/comment", "something is said in a comment")?;
        let on = last(tx, &before).await?.ok_or_else(|| corrupt("an appraisal whose report was issued has none"))?;
        let now = micros(tx.act.now);
        let commented = Report { comment: Some(self.comment.clone()), commented_at: Some(now), version: on.version + 1, updated_at: now, ..on.clone() };
        diesel::insert_into(report_comments::table).values(CommentRow::new(tx.tenant(), &commented, &self.comment)).done(tx.conn()).await?;
        tx.event(EventKind::ReportCommented, Some(&on), &commented, commented.about());
        appraisal::save(tx, A::Comment.event(), before, after).await
    }
}

/// What is said in words says something.
pub(in super::super) fn in_words(words: &Narrative, pointer: &str, why: &str) -> Result<()> {
    match words.is_blank() {
        true => Err(RuleError::at(Code::ContradictoryMembers, pointer, why).into()),
        false => Ok(()),
    }
}

impl Write<Here> for AppealAgainstReport {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<VisibleAppraisal>> {
        access::guard(tx, self.id).await?;
        let (before, around) = appraisal::load_for_write(tx, self.id, self.expected).await?;
        let after = before.step(A::Appeal, around.party, around.facts(tx.act.today()))?;
        in_words(&self.grounds, "/grounds", "an appeal says why")?;
        let on = last(tx, &before).await?.ok_or_else(|| corrupt("an appraisal whose report was issued has none"))?;
        let now = micros(tx.act.now);
        let appeal = Appeal { grounds: self.grounds.clone(), appealed_at: now, decided: None };
        let id = Uid(tx.act.ids.make(tx.act.now));
        let appealed = Report { appeal: Some(appeal.clone()), version: on.version + 1, updated_at: now, ..on.clone() };
        diesel::insert_into(report_appeals::table).values(AppealRow::new(tx.tenant(), id, &appealed, &appeal)).done(tx.conn()).await?;
        tx.event(EventKind::ReportAppealed, Some(&on), &appealed, appealed.about());
        appraisal::save(tx, A::Appeal.event(), before, after).await
    }
}

impl Write<Here> for DecideAppeal {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<VisibleAppraisal>> {
        access::guard(tx, self.id).await?;
        let (before, around) = appraisal::load_for_write(tx, self.id, self.expected).await?;
        let after = before.step(A::DecideAppeal, around.party, around.facts(tx.act.today()))?;
        in_words(&self.decision, "/decision", "a decision says why, and what follows")?;
        let on = last(tx, &before).await?.ok_or_else(|| corrupt("an appraisal whose report was issued has none"))?;
        let appeal = on.appeal.clone().ok_or_else(|| corrupt("an appraisal whose report was appealed against has no appeal"))?;
        let (now, decided_by) = (micros(tx.act.now), tx.person()?);
        let decided = AppealDecided { outcome: self.outcome, decision: self.decision.clone(), decided_by, decided_at: now };
        let decided_on = Report { appeal: Some(Appeal { decided: Some(decided), ..appeal }), version: on.version + 1, updated_at: now, ..on.clone() };
        let waiting = report_appeals::table
            .filter(report_appeals::tenant_id.eq(tx.tenant()))
            .filter(report_appeals::report_id.eq(Uid::from(on.id)))
            .filter(report_appeals::outcome.is_null());
        let set = (
            report_appeals::outcome.eq(self.outcome.as_str().to_owned()),
            report_appeals::decision.eq(self.decision.as_str().to_owned()),
            report_appeals::decided_by.eq(Uid::from(decided_by)),
            report_appeals::decided_at.eq(Moment(now)),
        );
        if diesel::update(waiting).set(set).done(tx.conn()).await? == 0 {
            return Err(StoreError::Retry);
        }
        tx.event(EventKind::ReportAppealDecided, Some(&on), &decided_on, decided_on.about());
        appraisal::save(tx, A::DecideAppeal.event(), before, after).await
    }
}

impl Write<Here> for AmendReport {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<VisibleAppraisal>> {
        access::guard(tx, self.id).await?;
        let (before, around) = appraisal::load_for_write(tx, self.id, self.expected).await?;
        let after = given(tx, A::AmendReport, &before, &around).await?;
        let on = last(tx, &before).await?.ok_or_else(|| corrupt("an appraisal whose report was issued has none"))?;
        // the year stands as it was issued: a correction corrects what was said of it
        let (ground, today) = (on.content.ground(), tx.act.today());
        let written = Written::from(&on.content).patched(self.patch.clone());
        written.check(&ground, today)?;
        let mut spoken = spoken(tx, &before, &written.concerns).await?;
        spoken.extend(on.content.spoken());
        let content = written.over(ground).content((on.content.starts_on, on.content.ends_on), today, &spoken)?;
        if content == on.content {
            return Err(RuleError::new(Code::NoCorrection, "nothing would be different from the version that was issued").into());
        }
        put(tx, &before, Some(&on), content, Some(self.reason.clone())).await?;
        appraisal::save_with_report(tx, A::AmendReport.event(), before, after, on.number).await
    }
}
