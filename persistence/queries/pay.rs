//! Recommendations on pay: read by the appraisee, by who appraises today, and by the headteacher and HR of the school; each reading by somebody else is
//! recorded before it is given. To everybody else there are none.

use super::{
    appraisal::{self, appraised_by, ids_readable},
    prelude::*,
    report,
};
use crate::{
    disclosure::Sealed,
    event::History,
    pay::{
        DecidePayRecommendation, GetPayRecommendation, ListPayRecommendations, PayRecommendationHistory, RecommendPay, UpdatePayRecommendation,
        WithdrawPayRecommendation,
    },
};
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::{HashMap, HashSet};
use trellis_domain::{
    appraisal::{Appraisal, AppraisalAction, Party},
    disclosure::{self, Reader, Reading, reader},
    event::{Changes, EventKind, RecordType, changes},
    id::{AppraisalId, OrganisationId, PayRecommendationId, PersonId},
    pay::{PayAction, PayDecision, PayFacts, PayOutcome, PayRecommendation, PayState, PayVerdict},
    text::{Narrative, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = pay_recommendations, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct PayRow {
    tenant_id: Uid,
    id: Uid,
    appraisal_id: Uid,
    person_id: Uid,
    organisation_id: Uid,
    state: String,
    outcome: String,
    reasons: String,
    made_by: Uid,
    verdict: Option<String>,
    decision: Option<String>,
    decided_by: Option<Uid>,
    decided_at: Option<Moment>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl PayRow {
    fn new(tenant_id: Uid, record: &PayRecommendation) -> Self {
        let PayRecommendation { id, appraisal_id, person_id, organisation_id, state, outcome, reasons, made_by, decision, version, created_at, updated_at } =
            record;
        let (verdict, words, decided_by, decided_at) = match decision {
            Some(PayDecision { verdict, words, decided_by, decided_at }) => {
                (Some(verdict.as_str().into()), Some(words.as_str().into()), Some((*decided_by).into()), Some((*decided_at).into()))
            }
            None => (None, None, None, None),
        };
        Self {
            tenant_id,
            id: (*id).into(),
            appraisal_id: (*appraisal_id).into(),
            person_id: (*person_id).into(),
            organisation_id: (*organisation_id).into(),
            state: state.as_str().into(),
            outcome: outcome.as_str().into(),
            reasons: reasons.as_str().into(),
            made_by: (*made_by).into(),
            verdict,
            decision: words,
            decided_by,
            decided_at,
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    fn recommendation(self) -> Result<PayRecommendation> {
        let Self {
            tenant_id: _,
            id,
            appraisal_id,
            person_id,
            organisation_id,
            state,
            outcome,
            reasons,
            made_by,
            verdict,
            decision,
            decided_by,
            decided_at,
            version,
            created_at,
            updated_at,
        } = self;
        let decision = match (verdict, decision, decided_by, decided_at) {
            (Some(verdict), Some(words), Some(decided_by), Some(decided_at)) => Some(PayDecision {
                verdict: PayVerdict::parse(&verdict).map_err(corrupt)?,
                words: Narrative::parse(&words).map_err(corrupt)?,
                decided_by: decided_by.to(),
                decided_at: decided_at.0,
            }),
            _ => None,
        };
        Ok(PayRecommendation {
            id: id.to(),
            appraisal_id: appraisal_id.to(),
            person_id: person_id.to(),
            organisation_id: organisation_id.to(),
            state: PayState::parse(&state).map_err(corrupt)?,
            outcome: PayOutcome::parse(&outcome).map_err(corrupt)?,
            reasons: Narrative::parse(&reasons).map_err(corrupt)?,
            made_by: made_by.to(),
            decision,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

super::row::stored!(pay_recommendations, PayRow, PayRecommendation, replace);

/// Is there one of this appraisal that waits to be decided, or was accepted?
pub(super) async fn stands(cx: &mut Cx<'_>, of: AppraisalId) -> Result<bool> {
    let waits = pay_recommendations::state.eq(PayState::Made.as_str());
    let accepted = pay_recommendations::verdict.eq(PayVerdict::Accepted.as_str());
    let count: i64 = pay_recommendations::table
        .filter(pay_recommendations::tenant_id.eq(cx.tenant()))
        .filter(pay_recommendations::appraisal_id.eq(Uid::from(of)))
        .filter(waits.or(accepted))
        .count()
        .one(cx.conn())
        .await?;
    Ok(count > 0)
}

/// A recommendation with its appraisal and who asks, if they may know of it.
struct Known {
    record: PayRecommendation,
    of: Appraisal,
    party: Party,
}
impl Known {
    /// The reading that giving it out would be; none to whom it is about.
    fn reading(&self) -> Option<Reading> {
        disclosure::reading(self.record.person_id, RecordType::PayRecommendation, self.record.id.0, self.party)
    }
}

async fn load(cx: &mut Cx<'_>, id: PayRecommendationId) -> Result<Known> {
    let row: PayRow = pay_recommendations::table.find((cx.tenant(), Uid::from(id))).select(PayRow::as_select()).one(cx.conn()).await?;
    let record = row.recommendation()?;
    let of = appraisal::load(cx, record.appraisal_id).await?;
    let party = appraisal::party(cx, &of).await?;
    if reader(record.person_id, party) == Reader::Nobody {
        return Err(StoreError::Missing);
    }
    Ok(Known { record, of, party })
}

/// What else decides about it.
async fn facts(cx: &mut Cx<'_>, Known { record, of, party }: &Known) -> Result<PayFacts> {
    let (today, waits) = (cx.act.today(), record.state == PayState::Made);
    let decides = party.headteacher || party.hr;
    let worked = decides && party.person.is_some_and(|me| record.worked_on_by(me, of, today));
    Ok(PayFacts {
        relevant: waits && report::bears_on_pay(cx, of).await?,
        appealed: of.appeal_waits(),
        wrote: worked || (decides && !report::written(cx, &[of]).await?.is_empty()),
    })
}

/// Those of these organisations that wait to be decided, with how somebody stands to each, and what else decides: in a fixed number of statements.
pub(super) async fn waiting(cx: &mut Cx<'_>, me: PersonId, led: &[OrganisationId], limit: i64) -> Result<Vec<(PayRecommendation, Party, PayFacts)>> {
    if led.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<PayRow> = pay_recommendations::table
        .filter(pay_recommendations::tenant_id.eq(cx.tenant()))
        .filter(pay_recommendations::state.eq(PayState::Made.as_str()))
        .filter(pay_recommendations::organisation_id.eq_any(uids(led)))
        .order(pay_recommendations::id)
        .limit(limit)
        .select(PayRow::as_select())
        .all(cx.conn())
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let of = appraisal::of_ids(cx, rows.iter().map(|r| r.appraisal_id).collect()).await?;
    let mut schools: Vec<OrganisationId> = of.iter().map(|a| a.organisation_id).collect();
    schools.sort_unstable();
    schools.dedup();
    let (parties, today) = (appraisal::parties_at(cx, &schools).await?, cx.act.today());
    let (bearing, written) = (report::bear_on_pay(cx, &of).await?, report::written(cx, &of.iter().collect::<Vec<_>>()).await?);
    let by_id: HashMap<AppraisalId, &Appraisal> = of.iter().map(|a| (a.id, a)).collect();
    let mut out = Vec::new();
    for record in rows.into_iter().map(PayRow::recommendation) {
        let record = record?;
        let Some(of) = by_id.get(&record.appraisal_id) else { continue };
        let Some(by_role) = parties.get(&of.organisation_id) else { continue };
        let party = Party { appraiser: of.appraised_by(me, today), ..*by_role };
        let wrote = record.worked_on_by(me, of, today) || written.contains(&of.id);
        out.push((record, party, PayFacts { relevant: bearing.contains(&of.id), appealed: of.appeal_waits(), wrote }));
    }
    Ok(out)
}

async fn seen(cx: &mut Cx<'_>, known: Known) -> Result<Seen<PayRecommendation>> {
    let facts = facts(cx, &known).await?;
    let can = PayAction::ALL.iter().map(|action| (action.as_str(), known.record.can(*action, known.party, facts).err())).collect();
    Ok(Seen { record: known.record, can })
}

/// What happened to one, without what it says: the log names fields, and what they hold is read at its address.
fn told(tx: &mut Tx<'_>, kind: EventKind, before: Option<&PayRecommendation>, after: &PayRecommendation) {
    let Changes { fields, values: _ } = changes(before, after);
    tx.happened(kind, after.id.0, after.version, Changes { fields, values: serde_json::json!({}) }, after.about());
}

/// The record for a write, with all that decides about it, once nobody else writes in its appraisal. Nobody is told by an old version who changed what: that is
/// read in its history, where the reading is recorded. Whoever may only read it is not even told that it changed.
async fn load_for_write(tx: &mut Tx<'_>, id: PayRecommendationId, action: PayAction, expected: Option<i64>) -> Result<(Known, PayFacts)> {
    let of = load(tx, id).await?.record.appraisal_id;
    access::guard(tx, of).await?;
    let known = load(tx, id).await?;
    let facts = facts(tx, &known).await?;
    known.record.theirs(action, known.party, facts)?;
    super::event::expect_bare(known.record.version, expected)?;
    Ok((known, facts))
}

/// Saves it as it is now. Who writes in it is answered with all of it, and has read it by that.
async fn save(tx: &mut Tx<'_>, action: PayAction, known: Known, after: PayRecommendation) -> Result<Seen<PayRecommendation>> {
    let readings: Vec<Reading> = known.reading().into_iter().collect();
    super::disclosure::record(tx, &readings).await?;
    let Known { record: before, of, party } = known;
    let record = match tx.next(&before, after) {
        None => before,
        Some(after) => {
            replace(tx, before.version, &after).await?;
            told(tx, action.event(), Some(&before), &after);
            after
        }
    };
    seen(tx, Known { record, of, party }).await
}

impl Write<Here> for RecommendPay {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<PayRecommendation>> {
        access::guard(tx, self.id).await?;
        let (of, around) = appraisal::load_for_write(tx, self.id, self.expected).await?;
        of.can(AppraisalAction::RecommendPay, around.party, around.facts(tx.act.today()))?;
        report::in_words(&self.reasons, "/reasons", "a recommendation says why")?;
        let now = micros(tx.act.now);
        let record = PayRecommendation {
            id: tx.new_id(),
            appraisal_id: of.id,
            person_id: of.person_id,
            organisation_id: of.organisation_id,
            state: PayState::Made,
            outcome: self.outcome,
            reasons: self.reasons.clone(),
            made_by: tx.person()?,
            decision: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        diesel::insert_into(pay_recommendations::table).values(PayRow::new(tx.tenant(), &record)).done(tx.conn()).await?;
        told(tx, AppraisalAction::RecommendPay.event(), None, &record);
        seen(tx, Known { record, of, party: around.party }).await
    }
}

impl Read<Here> for GetPayRecommendation {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Sealed<Seen<PayRecommendation>>>> {
        let known = load(cx, self.id).await?;
        if self.unless == Some(known.record.version) {
            return Ok(Fetched::Unchanged(known.record.version));
        }
        let reading = known.reading();
        Ok(Fetched::Found(sealed(seen(cx, known).await?, reading)))
    }
}

/// The readings that giving these out to the caller would be: one for each that is not on their own pay.
async fn readings(cx: &mut Cx<'_>, records: &[PayRecommendation]) -> Result<Vec<Reading>> {
    let mut schools: Vec<OrganisationId> = records.iter().map(|r| r.organisation_id).collect();
    schools.sort_unstable();
    schools.dedup();
    let parties = appraisal::parties_at(cx, &schools).await?;
    let mut appraised: HashSet<Uid> = HashSet::new();
    if let Some(me) = cx.caller.person().filter(|_| !records.is_empty()) {
        let of: Vec<Uid> = records.iter().map(|r| r.appraisal_id.into()).collect();
        let theirs: Vec<Uid> = appraised_by!(cx, me).filter(appraisal_appraisers::appraisal_id.eq_any(of)).all(cx.conn()).await?;
        appraised.extend(theirs);
    }
    let of = |record: &PayRecommendation| {
        let by_role = *parties.get(&record.organisation_id)?;
        let party = Party { appraiser: appraised.contains(&record.appraisal_id.into()), ..by_role };
        disclosure::reading(record.person_id, RecordType::PayRecommendation, record.id.0, party)
    };
    Ok(records.iter().filter_map(of).collect())
}

impl Read<Here> for ListPayRecommendations {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Sealed<Page<PayRecommendation>>> {
        let query = pay_recommendations::table.filter(pay_recommendations::tenant_id.eq(cx.tenant())).select(PayRow::as_select()).into_boxed::<Dialect>();
        let mut query = page::windowed!(query, self.window, pay_recommendations);
        if !cx.reach.everywhere {
            query = query.filter(pay_recommendations::appraisal_id.eq_any(ids_readable!(cx)));
        }
        if let Some(appraisal) = self.appraisal_id {
            query = query.filter(pay_recommendations::appraisal_id.eq(Uid::from(appraisal)));
        }
        if let Some(person) = self.person_id {
            query = query.filter(pay_recommendations::person_id.eq(Uid::from(person)));
        }
        if let Some(at) = self.organisation_id {
            query = query.filter(pay_recommendations::organisation_id.eq_any(page::beneath!(cx, at)));
        }
        if let Some(state) = self.state {
            query = query.filter(pay_recommendations::state.eq(state.as_str()));
        }
        let rows: Vec<PayRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        let items = page.items.into_iter().map(PayRow::recommendation).collect::<Result<Vec<_>>>()?;
        let readings = readings(cx, &items).await?;
        Ok(sealed(Page { items, next: page.next }, readings))
    }
}

impl Write<Here> for UpdatePayRecommendation {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<PayRecommendation>> {
        let (known, facts) = load_for_write(tx, self.id, PayAction::Update, self.expected).await?;
        let after = known.record.patched(self.patch.clone(), known.party, facts)?;
        report::in_words(&after.reasons, "/reasons", "a recommendation says why")?;
        save(tx, PayAction::Update, known, after).await
    }
}

impl Write<Here> for WithdrawPayRecommendation {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<PayRecommendation>> {
        let (known, facts) = load_for_write(tx, self.id, PayAction::Withdraw, self.expected).await?;
        let after = known.record.withdrawn(known.party, facts)?;
        save(tx, PayAction::Withdraw, known, after).await
    }
}

impl Write<Here> for DecidePayRecommendation {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<PayRecommendation>> {
        let (known, facts) = load_for_write(tx, self.id, PayAction::Decide, self.expected).await?;
        let decision = PayDecision { verdict: self.verdict, words: self.words.clone(), decided_by: tx.person()?, decided_at: micros(tx.act.now) };
        let after = known.record.decided(decision, known.party, facts)?;
        report::in_words(&self.words, "/decision", "a decision says why, and what follows")?;
        save(tx, PayAction::Decide, known, after).await
    }
}

impl Read<Here> for PayRecommendationHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Sealed<History>> {
        let reading = load(cx, self.id).await?.reading();
        Ok(sealed(super::event::history(cx, self.id.into(), self.window).await?, reading))
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: PayRecommendationId, _: &Doing) -> Result<Can> {
    let known = load(cx, id).await?;
    Ok(seen(cx, known).await?.can)
}
