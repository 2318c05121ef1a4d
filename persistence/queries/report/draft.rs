//! A report that is being written: it is there for those who appraise today, and for nobody else.

use super::{
    super::{appraisal, prelude::*},
    row::DraftRow,
    spoken::spoken,
};
use crate::report::{Drafted, GetReportDraft, UpdateReportDraft};
use chrono::NaiveDate;
use trellis_domain::{
    appraisal::{Appraisal, AppraisalState as S, Party},
    event::{Changes, EventKind, changes},
    id::AppraisalId,
    learning::LearningKind,
    objective::{ObjectiveKind, ObjectiveState},
    report::{Ground, LearningShown, ObjectiveAssessed, ReportDraft, StandardAssessed, Written},
    rule::{Code, RuleError},
    text::{StandardCode, Title, Wire},
    time::micros,
};

/// Most learning that a report lists.
const MOST: i64 = 200;

/// The year as the records have it: the standards of the cycle, the objectives that were agreed or set, the learning that is shared.
pub(super) async fn ground(cx: &mut Cx<'_>, of: &Appraisal, (from, to): (NaiveDate, NaiveDate)) -> Result<Ground> {
    let tenant = cx.tenant();
    let rows: Vec<(Uid, String, String)> = standards::table
        .inner_join(
            cycle_framework_versions::table.on(cycle_framework_versions::tenant_id
                .eq(standards::tenant_id)
                .and(cycle_framework_versions::framework_version_id.eq(standards::framework_version_id))),
        )
        .filter(standards::tenant_id.eq(tenant))
        .filter(cycle_framework_versions::cycle_id.eq(Uid::from(of.cycle_id)))
        .filter(standards::parent_id.is_null())
        .order((cycle_framework_versions::position, standards::position))
        .select((standards::id, standards::code, standards::title))
        .all(cx.conn())
        .await?;
    let standard = |(id, code, title): (Uid, String, String)| {
        let (code, title) = (StandardCode::parse(&code).map_err(corrupt)?, Title::parse(&title).map_err(corrupt)?);
        Ok::<_, StoreError>(StandardAssessed { standard_id: id.to(), code, title, note: None })
    };
    let standards = rows.into_iter().map(standard).collect::<Result<Vec<_>>>()?;
    let rows: Vec<(Uid, String, String, String)> = objectives::table
        .filter(objectives::tenant_id.eq(tenant))
        .filter(objectives::employment_id.eq(Uid::from(of.employment_id)))
        .filter(objectives::cycle_id.eq(Uid::from(of.cycle_id)))
        .filter(objectives::state.ne_all(["draft", "proposed", "withdrawn"]))
        .order(objectives::id)
        .select((objectives::id, objectives::title, objectives::kind, objectives::state))
        .all(cx.conn())
        .await?;
    let objective = |(id, title, kind, state): (Uid, String, String, String)| {
        Ok::<_, StoreError>(ObjectiveAssessed {
            objective_id: id.to(),
            title: Title::parse(&title).map_err(corrupt)?,
            kind: ObjectiveKind::parse(&kind).map_err(corrupt)?,
            state: ObjectiveState::parse(&state).map_err(corrupt)?,
            assessment: None,
            not_assessed_because: None,
        })
    };
    let objectives = rows.into_iter().map(objective).collect::<Result<Vec<_>>>()?;
    let rows: Vec<(Uid, String, String, NaiveDate, i32)> = learning_records::table
        .filter(learning_records::tenant_id.eq(tenant))
        .filter(learning_records::employment_id.eq(Uid::from(of.employment_id)))
        // a report is read by the appraiser and by the leaders: what is shown to one of them alone does not stand in it
        .filter(learning_records::for_appraiser.eq(true))
        .filter(learning_records::for_leaders.eq(true))
        .filter(learning_records::ended_on.ge(from))
        .filter(learning_records::ended_on.le(to))
        .order((learning_records::ended_on, learning_records::id))
        .limit(MOST)
        .select((learning_records::id, learning_records::title, learning_records::kind, learning_records::ended_on, learning_records::minutes))
        .all(cx.conn())
        .await?;
    let learned = |(id, title, kind, ended_on, minutes): (Uid, String, String, NaiveDate, i32)| {
        let (title, kind) = (Title::parse(&title).map_err(corrupt)?, LearningKind::parse(&kind).map_err(corrupt)?);
        Ok::<_, StoreError>(LearningShown { learning_record_id: id.to(), title, kind, ended_on, minutes })
    };
    let learning_records = rows.into_iter().map(learned).collect::<Result<Vec<_>>>()?;
    Ok(Ground { standards, objectives, learning_records })
}

/// The same for the days that the appraisee works there, as far as they are known.
async fn ground_now(cx: &mut Cx<'_>, of: &Appraisal) -> Result<Ground> {
    let employment = super::super::employment::load(cx, of.employment_id).await?;
    ground(cx, of, of.days_worked(&employment.period)).await
}

/// What is written, or an empty draft before anything is.
pub(super) async fn of(cx: &mut Cx<'_>, appraisal: &Appraisal) -> Result<ReportDraft> {
    let row: Option<DraftRow> = report_drafts::table
        .filter(report_drafts::tenant_id.eq(cx.tenant()))
        .filter(report_drafts::appraisal_id.eq(Uid::from(appraisal.id)))
        .select(DraftRow::as_select())
        .one(cx.conn())
        .await
        .optional()?;
    if let Some(row) = row {
        return row.draft(appraisal);
    }
    let now = micros(cx.act.now);
    Ok(ReportDraft {
        id: cx.new_id(),
        appraisal_id: appraisal.id,
        person_id: appraisal.person_id,
        organisation_id: appraisal.organisation_id,
        written: Written::default(),
        version: 0,
        created_at: now,
        updated_at: now,
    })
}

/// What the report lacks: told to who writes it, while it is written.
pub(in super::super) async fn lacking(cx: &mut Cx<'_>, appraisal: &Appraisal, by: Party) -> Result<Vec<RuleError>> {
    if appraisal.state != S::AssessmentDraft || !by.appraiser {
        return Ok(Vec::new());
    }
    let (draft, ground) = (of(cx, appraisal).await?, ground_now(cx, appraisal).await?);
    let spoken = spoken(cx, appraisal, &draft.written.concerns).await?;
    Ok(draft.written.over(ground).missing(cx.act.today(), &spoken))
}

/// The appraisal, if a report of it is being written and the caller is one of those who write.
async fn open(cx: &mut Cx<'_>, id: AppraisalId) -> Result<Appraisal> {
    let found = appraisal::load(cx, id).await?;
    let written = found.state == S::AssessmentDraft || found.resumes_to == Some(S::AssessmentDraft);
    let by = appraisal::party(cx, &found).await?;
    if written && by.appraiser && by.person != Some(found.person_id) { Ok(found) } else { Err(StoreError::Missing) }
}

fn may_update(appraisal: &Appraisal) -> std::result::Result<(), RuleError> {
    match appraisal.state {
        S::AssessmentDraft => Ok(()),
        other => Err(RuleError::new(Code::WrongState, format!("the appraisal is {other}; the report rests with it"))),
    }
}

async fn drafted(cx: &mut Cx<'_>, appraisal: &Appraisal, draft: ReportDraft) -> Result<Drafted> {
    let composed = draft.written.clone().over(ground_now(cx, appraisal).await?);
    let missing = composed.missing(cx.act.today(), &spoken(cx, appraisal, &composed.concerns).await?);
    Ok(Drafted { draft, composed, missing, can: vec![("update", may_update(appraisal).err())] })
}

impl Read<Here> for GetReportDraft {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Drafted> {
        let appraisal = open(cx, self.id).await?;
        let draft = of(cx, &appraisal).await?;
        drafted(cx, &appraisal, draft).await
    }
}

/// What happened to a draft, without its words: nobody keeps what was half written.
pub(super) fn told(tx: &mut Tx<'_>, kind: EventKind, before: Option<&ReportDraft>, after: &ReportDraft) {
    let Changes { fields, values: _ } = changes(before, after);
    tx.happened(kind, after.id.0, after.version, Changes { fields, values: serde_json::json!({}) }, after.about());
}

impl Write<Here> for UpdateReportDraft {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Drafted> {
        // those who write together write one after the other, from the first word on
        access::guard(tx, self.id).await?;
        let appraisal = open(tx, self.id).await?;
        let before = of(tx, &appraisal).await?;
        super::super::event::expect(tx, &before, self.expected).await?;
        may_update(&appraisal)?;
        let written = before.written.patched(self.patch.clone());
        let ground = ground_now(tx, &appraisal).await?;
        written.check(&ground, tx.act.today())?;
        let Some(after) = tx.next(&before, ReportDraft { written, ..before.clone() }) else { return drafted(tx, &appraisal, before).await };
        let row = DraftRow::new(tx.tenant(), &after)?;
        if before.version == 0 {
            diesel::insert_into(report_drafts::table).values(row).done(tx.conn()).await?;
            told(tx, EventKind::ReportDraftStarted, None, &after);
        } else {
            let key = report_drafts::table.find((tx.tenant(), Uid::from(after.id))).filter(report_drafts::version.eq(before.version));
            if diesel::update(key).set(row).done(tx.conn()).await? == 0 {
                return Err(StoreError::Retry);
            }
            told(tx, EventKind::ReportDraftUpdated, Some(&before), &after);
        }
        drafted(tx, &appraisal, after).await
    }
}

/// What `explain` judges by: the same as the operations above. A draft is named by its appraisal.
pub(in super::super) async fn explain(cx: &mut Cx<'_>, id: AppraisalId, _: &Doing) -> Result<Can> {
    let appraisal = open(cx, id).await?;
    Ok(vec![("update", may_update(&appraisal).err())])
}
