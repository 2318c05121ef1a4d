//! Erasing a person: everything that is theirs is deleted, and what is kept elsewhere in the words of then is cleaned of them. An empty row stays,
//! so that other people's records can go on naming the id.

use super::{merging::MergeRow, person, placement, prelude::*, redirect};
use crate::erasure::{ErasePerson, Erased};
use diesel::{
    dsl::sql,
    sql_types::{Bool, Text},
};
use serde_json::json;
use std::collections::{BTreeMap, HashSet};
use trellis_domain::{
    access::{self as rules, Permission},
    bulk::{Outcome, key_text},
    erasure::{Ties, confirmed, may_erase},
    event::{About, Changes, EventKind, RecordType, places},
    id::PersonId,
    line_management::tie_key,
    person::{Person, Trn},
    relationship::RelationshipKind,
    rule::{Faults, RuleError},
    sync::Sync,
    text::ExternalRef,
    time::{Period, micros},
};
use uuid::Uuid;

const WHO: &str = "HR and administrators of every school at which the person was ever employed, or of the trust,";
/// What the erased are called in columns that must hold something. Nobody is shown it.
const NOBODY: &str = "-";

/// What still hangs on them.
async fn ties(cx: &mut Cx<'_>, person: &Person) -> Result<Ties> {
    let id = Uid::from(person.id);
    let period = |(starts_on, ends_on)| Period { starts_on, ends_on };
    macro_rules! periods {
        ($table:ident, $column:ident) => {{
            let rows = $table::table.filter($table::tenant_id.eq(cx.tenant())).filter($table::$column.eq(id)).select(($table::starts_on, $table::ends_on));
            let rows: Vec<(chrono::NaiveDate, Option<chrono::NaiveDate>)> = rows.all(cx.conn()).await?;
            rows.into_iter().map(period).collect()
        }};
    }
    let over = cycles::state.eq_any(["closed", "archived", "cancelled"]);
    let ended = cycles::table.filter(cycles::tenant_id.eq(cx.tenant())).filter(over).select(cycles::id.nullable());
    let open: i64 = objectives::table
        .filter(objectives::tenant_id.eq(cx.tenant()))
        .filter(objectives::person_id.eq(id))
        .filter(objectives::state.ne_all(["closed", "withdrawn"]))
        .filter(objectives::cycle_id.is_not_null())
        .filter(objectives::cycle_id.ne_all(ended))
        .count()
        .one(cx.conn())
        .await?;
    let theirs_to_appraise = appraisal_appraisers::table
        .filter(appraisal_appraisers::tenant_id.eq(cx.tenant()))
        .filter(appraisal_appraisers::person_id.eq(id))
        .filter(appraisal_appraisers::until_on.is_null().or(appraisal_appraisers::until_on.gt(cx.act.today())))
        .select(appraisal_appraisers::appraisal_id);
    let ended = cycles::table.filter(cycles::tenant_id.eq(cx.tenant())).filter(cycles::state.eq_any(["closed", "archived", "cancelled"])).select(cycles::id);
    let under_way: Vec<(Uid, Uid)> = appraisals::table
        .filter(appraisals::tenant_id.eq(cx.tenant()))
        .filter(appraisals::state.ne_all(super::appraisal::OVER))
        .filter(appraisals::cycle_id.ne_all(ended))
        .filter(appraisals::person_id.eq(id).or(appraisals::id.eq_any(theirs_to_appraise)))
        .select((appraisals::id, appraisals::person_id))
        .all(cx.conn())
        .await?;
    let approved: i64 = learning_requests::table
        .filter(learning_requests::tenant_id.eq(cx.tenant()))
        .filter(learning_requests::person_id.eq(id))
        .filter(learning_requests::state.eq("approved"))
        .filter(learning_requests::cost_pence.gt(0))
        .count()
        .one(cx.conn())
        .await?;
    let keys: Vec<Option<String>> = person.external_refs.iter().map(|r| Some(key_text(r))).collect();
    let waiting: i64 = job_rows::table.filter(job_rows::tenant_id.eq(cx.tenant())).filter(job_rows::key.eq_any(keys)).count().one(cx.conn()).await?;
    let count = |n: i64| usize::try_from(n).unwrap_or_default();
    Ok(Ties {
        employments: periods!(employments, person_id),
        roles: periods!(roles, person_id),
        held: periods!(relationships, holder_id),
        open_objectives: count(open),
        open_appraisals: under_way.iter().filter(|(_, of)| *of == id).count(),
        appraising: under_way.iter().filter(|(_, of)| *of != id).count(),
        approved_requests: count(approved),
        waiting_rows: count(waiting),
    })
}

/// Does the caller's reach cover every school at which they were ever employed?
async fn permitted(cx: &mut Cx<'_>, person: &Person) -> Result<std::result::Result<(), RuleError>> {
    let Ok(reach) = rules::reach(&cx.caller, Permission::ErasePeople) else { return Ok(rules::require(false, WHO)) };
    if reach.everywhere {
        return Ok(Ok(()));
    }
    let schools: Vec<Uid> = employments::table
        .filter(employments::tenant_id.eq(cx.tenant()))
        .filter(employments::person_id.eq(Uid::from(person.id)))
        .select(employments::organisation_id)
        .distinct()
        .all(cx.conn())
        .await?;
    let mut all = !schools.is_empty() || !reach.organisations.is_empty();
    for school in schools {
        all &= access::covers(cx, &reach, Some(school.to()), None, None).await?;
    }
    Ok(rules::require(all, WHO))
}

/// Somebody who was erased, to a caller who erases in the whole tenant: that it happened, when and by whom is no secret to them.
pub(super) async fn tombstone(cx: &mut Cx<'_>, id: PersonId) -> Result<()> {
    let erases = rules::reach(&cx.caller, Permission::ErasePeople).is_ok_and(|r| r.everywhere);
    let row = people::table.find((cx.tenant(), Uid::from(id))).filter(people::erased_at.is_not_null());
    let there: i64 = row.count().one(cx.conn()).await?;
    if erases && there == 1 { Ok(()) } else { Err(StoreError::Missing) }
}

/// What is in the way of erasing them, for their `can`.
pub(super) async fn refusal(cx: &mut Cx<'_>, person: &Person) -> Result<Option<RuleError>> {
    if let Err(refusal) = permitted(cx, person).await? {
        return Ok(Some(refusal));
    }
    let ties = ties(cx, person).await?;
    Ok(may_erase(person.id, &ties, cx.act.today(), cx.caller.person()).err())
}

impl Write<Here> for ErasePerson {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Erased> {
        access::guard(tx, self.id).await?;
        let reads = rules::reach(&tx.caller, Permission::ReadPeople).unwrap_or_default();
        person::person_within(tx, &reads, self.id).await?;
        let before = person::load(tx, self.id).await?;
        permitted(tx, &before).await??;
        super::event::expect(tx, &before, self.expected).await?;
        let mut faults = Faults::default();
        faults.check(confirmed(&before, &self.family_name));
        let ties = ties(tx, &before).await?;
        faults.check(may_erase(self.id, &ties, tx.act.today(), tx.caller.person()));
        faults.settle()?;

        let everybody = redirect::with_merged(tx, self.id.into()).await?;
        let was = placement::live_at(tx, &[self.id]).await?.remove(&self.id).unwrap_or_default();
        let mut whom = Whom { people: everybody, known: vec![before.clone()], refs: before.external_refs.clone(), ..Whom::default() };
        whom.collect(tx).await?;
        whom.unsay(tx).await?;
        whom.forget_answers(tx).await?;
        whom.clean_jobs(tx).await?;
        let records = whom.delete(tx).await?;
        let (at, version) = (micros(tx.act.now), before.version + 1);
        empty(tx, &before, version).await?;

        let fields = ["given_name", "family_name", "preferred_name", "email", "trn", "external_refs"].map(str::to_owned).to_vec();
        let values = json!({"external_refs": {"before": before.external_refs, "after": []}, "reason": {"before": null, "after": self.reason}});
        let about = About { person: Some(self.id), organisation: was.first().copied(), private_to: None };
        tx.placed(EventKind::PersonErased, self.id.0, version, Changes { fields, values }, about, places(&was, &std::collections::BTreeSet::new()));
        Ok(Erased { id: self.id, reason: self.reason, at, records, version })
    }
}

/// The tombstone: an id and its times.
async fn empty(tx: &mut Tx<'_>, before: &Person, version: i64) -> Result<()> {
    let now = Moment(micros(tx.act.now));
    let none = None::<String>;
    let row = people::table.find((tx.tenant(), Uid::from(before.id))).filter(people::version.eq(before.version));
    let changed = diesel::update(row)
        .set((
            (people::given_name.eq(NOBODY), people::family_name.eq(NOBODY), people::preferred_name.eq(&none), people::email.eq(&none), people::trn.eq(&none)),
            (people::search.eq(""), people::search_given.eq(""), people::search_preferred.eq(&none)),
            (people::email_key.eq(&none), people::managed.eq(None::<Json>), people::overridden.eq(false)),
            (people::erased_at.eq(Some(now)), people::version.eq(version), people::updated_at.eq(now)),
        ))
        .done(tx.conn())
        .await?;
    if changed == 0 { Err(StoreError::Retry) } else { Ok(()) }
}

/// What the log knows of these records is forgotten; that something happened to them is not.
pub(super) async fn unsay_records(tx: &mut Tx<'_>, ids: &[Uid]) -> Result<()> {
    let tenant = tx.tenant();
    let of = events::table.filter(events::tenant_id.eq(tenant)).filter(events::subject_id.eq_any(ids.to_vec())).select(events::number);
    let said = event_payloads::table.filter(event_payloads::tenant_id.eq(tenant)).filter(event_payloads::number.eq_any(of));
    diesel::delete(said).done(tx.conn()).await?;
    Ok(())
}

/// All that is theirs, by id.
#[derive(Default)]
struct Whom {
    /// They, and whoever was merged into them.
    people: Vec<Uid>,
    /// As whom they were known: they, and whoever was merged into them, as they were then.
    known: Vec<Person>,
    refs: Vec<ExternalRef>,
    employments: Vec<Uid>,
    objectives: Vec<Uid>,
    learning: Vec<Uid>,
    appraisals: Vec<Uid>,
    conversations: Vec<Uid>,
    actions: Vec<Uid>,
    reports: Vec<Uid>,
    pay: Vec<Uid>,
    needs: Vec<Uid>,
    holds: Vec<Uid>,
    enrolments: Vec<Uid>,
    completions: Vec<Uid>,
    exemptions: Vec<Uid>,
    requests: Vec<Uid>,
    findings: Vec<Uid>,
    partnerships: Vec<Uid>,
    steps: Vec<Uid>,
    visits: Vec<Uid>,
    self_reviews: Vec<Uid>,
    self_review_versions: Vec<Uid>,
    shared_reviews: Vec<Uid>,
    accounts: Vec<Uid>,
}

/// Rows that were not taken which are looked through at once.
const LOOKED_THROUGH: i64 = 500;

/// By what a row of a file can name somebody.
struct Named {
    people: HashSet<Uid>,
    /// Given and family name, in small letters.
    names: Vec<(String, String)>,
    trns: Vec<Trn>,
    /// Addresses, references with and without their source, and staff codes, in small letters.
    cells: HashSet<String>,
}

impl Named {
    /// Are they called by both names in this text?
    fn told(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.names.iter().any(|(given, family)| text.contains(given) && text.contains(family))
    }
    /// Does a cell name them, and nobody else?
    fn is(&self, cell: &str) -> bool {
        let cell = cell.trim();
        self.cells.contains(&cell.to_lowercase())
            || Uuid::try_parse(cell).is_ok_and(|id| self.people.contains(&Uid(id)))
            || Trn::from_import(cell).is_ok_and(|trn| self.trns.contains(&trn))
    }
    /// The row without what names them; none if nothing does.
    fn cleaned(&self, mut outcome: Outcome) -> Option<Outcome> {
        let sent = outcome.sent.iter().any(|cell| self.is(cell)) || self.told(&outcome.sent.join(" "));
        if sent {
            outcome.sent.clear();
        }
        let problem = outcome.problem.as_mut().filter(|problem| self.told(&problem.detail));
        let said = problem.is_some();
        if let Some(problem) = problem {
            "the words named somebody who was erased".clone_into(&mut problem.detail);
            problem.errors.iter_mut().for_each(|fault| problem.detail.clone_into(&mut fault.message));
        }
        (sent || said).then_some(outcome)
    }
}

/// Rows of a table in which one of these columns holds one of these ids.
macro_rules! theirs {
    ($tx:expr, $table:ident, $column:ident, $ids:expr) => {
        $table::table.filter($table::tenant_id.eq($tx.tenant())).filter($table::$column.eq_any($ids.clone()))
    };
}

impl Whom {
    async fn collect(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let merged: Vec<MergeRow> =
            theirs!(tx, merges, survivor_id, self.people).filter(merges::undone_at.is_null()).select(MergeRow::as_select()).all(tx.conn()).await?;
        for row in &merged {
            self.known.push(row.all_done()?.giver);
        }
        self.employments = theirs!(tx, employments, person_id, self.people).select(employments::id).all(tx.conn()).await?;
        let drafts: Vec<Option<Uid>> = self.people.iter().copied().map(Some).collect();
        self.objectives = objectives::table
            .filter(objectives::tenant_id.eq(tx.tenant()))
            .filter(objectives::person_id.eq_any(self.people.clone()).or(objectives::private_to.eq_any(drafts)))
            .select(objectives::id)
            .all(tx.conn())
            .await?;
        self.learning = theirs!(tx, learning_records, person_id, self.people).select(learning_records::id).all(tx.conn()).await?;
        self.appraisals = theirs!(tx, appraisals, person_id, self.people).select(appraisals::id).all(tx.conn()).await?;
        self.conversations = theirs!(tx, conversations, person_id, self.people).select(conversations::id).all(tx.conn()).await?;
        self.actions = theirs!(tx, agreed_actions, person_id, self.people).select(agreed_actions::id).all(tx.conn()).await?;
        self.reports = theirs!(tx, appraisal_reports, appraisal_id, self.appraisals).select(appraisal_reports::id).all(tx.conn()).await?;
        self.pay = theirs!(tx, pay_recommendations, person_id, self.people).select(pay_recommendations::id).all(tx.conn()).await?;
        self.needs = theirs!(tx, development_needs, person_id, self.people).select(development_needs::id).all(tx.conn()).await?;
        self.holds = theirs!(tx, appraisal_holds, person_id, self.people).select(appraisal_holds::id).all(tx.conn()).await?;
        self.enrolments = theirs!(tx, enrolments, person_id, self.people).select(enrolments::id).all(tx.conn()).await?;
        self.completions = theirs!(tx, training_completions, person_id, self.people).select(training_completions::id).all(tx.conn()).await?;
        self.exemptions = theirs!(tx, training_exemptions, person_id, self.people).select(training_exemptions::id).all(tx.conn()).await?;
        self.requests = theirs!(tx, learning_requests, person_id, self.people).select(learning_requests::id).all(tx.conn()).await?;
        self.findings = super::finding::named_of(tx, &self.people).await?;
        self.partnerships = theirs!(tx, coaching_partnerships, learner_id, self.people).select(coaching_partnerships::id).all(tx.conn()).await?;
        self.steps = theirs!(tx, action_steps, learner_id, self.people).select(action_steps::id).all(tx.conn()).await?;
        let within: Vec<Option<Uid>> = self.partnerships.iter().copied().map(Some).collect();
        self.visits = learning_visits::table
            .filter(learning_visits::tenant_id.eq(tx.tenant()))
            .filter(learning_visits::visited_id.eq_any(self.people.clone()).or(learning_visits::partnership_id.eq_any(within)))
            .select(learning_visits::id)
            .all(tx.conn())
            .await?;
        self.self_reviews = theirs!(tx, self_reviews, person_id, self.people).select(self_reviews::id).all(tx.conn()).await?;
        (self.self_review_versions, self.shared_reviews) = super::self_review::told_of(tx, &self.self_reviews).await?;
        self.accounts = theirs!(tx, accounts, person_id, self.people).select(accounts::id).all(tx.conn()).await?;
        Ok(())
    }
    /// Ids of all records of theirs that are no person, employment or account.
    fn of_work(&self) -> [&Vec<Uid>; 19] {
        [
            &self.objectives,
            &self.learning,
            &self.appraisals,
            &self.holds,
            &self.enrolments,
            &self.completions,
            &self.exemptions,
            &self.conversations,
            &self.actions,
            &self.requests,
            &self.findings,
            &self.partnerships,
            &self.steps,
            &self.visits,
            &self.self_reviews,
            &self.shared_reviews,
            &self.reports,
            &self.pay,
            &self.needs,
        ]
    }
    /// The log keeps that something happened, and loses what: payloads are kept apart, and an event's link holds only their digest.
    async fn unsay(&self, tx: &mut Tx<'_>) -> Result<()> {
        let people: Vec<Option<Uid>> = self.people.iter().copied().map(Some).collect();
        let subjects: Vec<Uid> = [&self.people, &self.employments, &self.accounts].into_iter().chain(self.of_work()).flatten().copied().collect();
        let tenant = tx.tenant();
        let about = events::table.filter(events::tenant_id.eq(tenant)).filter(events::person_id.eq_any(people)).select(events::number);
        diesel::delete(event_payloads::table.filter(event_payloads::tenant_id.eq(tenant)).filter(event_payloads::number.eq_any(about))).done(tx.conn()).await?;
        for part in subjects.chunks(500) {
            unsay_records(tx, part).await?;
        }
        Ok(())
    }
    /// Answers that were kept for repeated requests say what was known, and name the person, or a record of theirs, by id.
    async fn forget_answers(&self, tx: &mut Tx<'_>) -> Result<()> {
        let named = self.people.iter().chain(&self.employments).chain(self.of_work().into_iter().flatten());
        super::idempotency::forget(tx, named.copied(), super::idempotency::Told::Anybody).await?;
        diesel::delete(theirs!(tx, idempotency_keys, caller_id, self.accounts)).done(tx.conn()).await?;
        Ok(())
    }
    /// Results of bulk rows keep their place, their id and what was done; summaries of snapshots keep their numbers.
    async fn clean_jobs(&self, tx: &mut Tx<'_>) -> Result<()> {
        let mut keys: Vec<Option<String>> = self.refs.iter().map(|r| Some(key_text(r))).collect();
        for employment in &self.employments {
            keys.extend(redirect::with_merged(tx, *employment).await?.iter().map(|id| Some(id.0.to_string())));
        }
        keys.extend(self.people.iter().flat_map(|id| RelationshipKind::ALL.iter().map(|kind| Some(tie_key(id.to(), *kind)))));
        let records = self.people.iter().chain(&self.learning).chain(&self.completions);
        let records: Vec<Option<Uid>> = records.copied().map(Some).collect();
        let rows: Vec<(Uid, i64, Json)> = job_results::table
            .filter(job_results::tenant_id.eq(tx.tenant()))
            .filter(job_results::key.eq_any(keys).or(job_results::record_id.eq_any(records)))
            .select((job_results::job_id, job_results::row_index, job_results::result))
            .all(tx.conn())
            .await?;
        for (job, index, result) in rows {
            let outcome: Outcome = serde_json::from_str(&result.0).map_err(corrupt)?;
            let clean = Json(
                serde_json::to_string(&Outcome {
                    external_ref: None,
                    relationship: None,
                    sent: Vec::new(),
                    differences: Vec::new(),
                    considered: None,
                    ..outcome
                })
                .map_err(corrupt)?,
            );
            let row = job_results::table.find((tx.tenant(), job, index));
            diesel::update(row).set((job_results::key.eq(None::<String>), job_results::result.eq(clean))).done(tx.conn()).await?;
        }
        let foreseen = job_foreseen::table.filter(job_foreseen::tenant_id.eq(tx.tenant())).filter(job_foreseen::record_id.eq_any(&self.people));
        diesel::delete(foreseen).done(tx.conn()).await?;
        self.clean_words(tx).await?;
        let people: Vec<PersonId> = self.people.iter().map(|id| id.to()).collect();
        let mut said: Vec<String> = people.iter().map(ToString::to_string).collect();
        said.extend(self.refs.iter().map(|r| r.id.as_str().to_owned()));
        for text in said {
            let named = sql::<Bool>("CAST(sync AS TEXT) LIKE ").bind::<Text, _>(format!("%{text}%"));
            let rows: Vec<(Uid, Option<Json>)> =
                jobs::table.filter(jobs::tenant_id.eq(tx.tenant())).filter(named).select((jobs::id, jobs::sync)).all(tx.conn()).await?;
            for (job, kept) in rows {
                let Some(kept) = kept else { continue };
                let mut sync: Sync = serde_json::from_str(&kept.0).map_err(corrupt)?;
                sync.forget(&people, &self.refs);
                let clean = Json(serde_json::to_string(&sync).map_err(corrupt)?);
                diesel::update(jobs::table.find((tx.tenant(), job))).set(jobs::sync.eq(Some(clean))).done(tx.conn()).await?;
            }
        }
        Ok(())
    }
    /// Rows that were not taken keep what was sent, and why in words that can name others: whom a cell names, or whose name stands in either, is no longer told.
    /// No column says whom a row names, so all that the tenant's jobs still keep are looked through; they are gone after 30 days (`job::KEPT_DAYS`).
    async fn clean_words(&self, tx: &mut Tx<'_>) -> Result<()> {
        let named = self.named(tx).await?;
        let failed = || job_results::table.filter(job_results::action.eq("failed"));
        let jobs: Vec<Uid> = failed().filter(job_results::tenant_id.eq(tx.tenant())).select(job_results::job_id).distinct().all(tx.conn()).await?;
        for job in jobs {
            let mut from: i64 = 0;
            loop {
                let rows: Vec<(i64, Json)> = failed()
                    .filter(job_results::tenant_id.eq(tx.tenant()))
                    .filter(job_results::job_id.eq(job))
                    .filter(job_results::row_index.ge(from))
                    .order(job_results::row_index)
                    .limit(LOOKED_THROUGH)
                    .select((job_results::row_index, job_results::result))
                    .all(tx.conn())
                    .await?;
                let Some((last, _)) = rows.last() else { break };
                from = *last + 1;
                for (index, result) in rows {
                    let outcome: Outcome = serde_json::from_str(&result.0).map_err(corrupt)?;
                    let Some(clean) = named.cleaned(outcome) else { continue };
                    let clean = Json(serde_json::to_string(&clean).map_err(corrupt)?);
                    diesel::update(job_results::table.find((tx.tenant(), job, index))).set(job_results::result.eq(clean)).done(tx.conn()).await?;
                }
            }
        }
        Ok(())
    }
    /// By what a row of a file can name them.
    async fn named(&self, tx: &mut Tx<'_>) -> Result<Named> {
        let mut cells: HashSet<String> = HashSet::new();
        for reference in self.known.iter().flat_map(|person| &person.external_refs) {
            let id = reference.id.as_str().to_lowercase();
            cells.insert(format!("{}:{id}", reference.source.as_str().to_lowercase()));
            cells.insert(id);
        }
        cells.extend(self.known.iter().filter_map(|person| person.email.as_ref()).map(|email| email.as_str().to_lowercase()));
        let logged_in: Vec<String> = theirs!(tx, accounts, person_id, self.people).select(accounts::email).all(tx.conn()).await?;
        let codes: Vec<String> = theirs!(tx, staff_codes, person_id, self.people).select(staff_codes::staff_code).all(tx.conn()).await?;
        cells.extend(logged_in.iter().chain(&codes).map(|text| text.to_lowercase()));
        Ok(Named {
            people: self.people.iter().copied().collect(),
            names: self.known.iter().map(|person| (person.given_name.as_str().to_lowercase(), person.family_name.as_str().to_lowercase())).collect(),
            trns: self.known.iter().filter_map(|person| person.trn.clone()).collect(),
            cells,
        })
    }
    /// Deletes what is theirs; answers how many records of each kind.
    async fn delete(&self, tx: &mut Tx<'_>) -> Result<BTreeMap<RecordType, usize>> {
        let mut gone = BTreeMap::new();
        macro_rules! delete {
            ($table:ident, $column:ident, $ids:expr) => {
                diesel::delete(theirs!(tx, $table, $column, $ids)).done(tx.conn()).await?
            };
            ($type:ident: $table:ident, $column:ident, $ids:expr) => {
                if let n @ 1.. = delete!($table, $column, $ids) {
                    gone.insert(RecordType::$type, n);
                }
            };
        }
        delete!(TrainingCompletion: training_completions, id, self.completions);
        delete!(TrainingExemption: training_exemptions, id, self.exemptions);
        delete!(AgreedAction: agreed_actions, id, self.actions);
        delete!(conversation_snapshots, conversation_id, self.conversations);
        delete!(conversation_notes, conversation_id, self.conversations);
        // what they noted for themself in conversations about others was never anybody else's
        delete!(conversation_notes, author_id, self.people);
        delete!(Conversation: conversations, id, self.conversations);
        let requests: Vec<Option<Uid>> = self.requests.iter().copied().map(Some).collect();
        let entries = theirs!(tx, budget_entries, learning_request_id, requests);
        diesel::update(entries).set(budget_entries::learning_request_id.eq(None::<Uid>)).done(tx.conn()).await?;
        delete!(impact_checkpoints, learning_request_id, self.requests);
        delete!(impact_plans, learning_request_id, self.requests);
        delete!(learning_request_comments, learning_request_id, self.requests);
        delete!(learning_request_decisions, learning_request_id, self.requests);
        delete!(learning_request_priorities, learning_request_id, self.requests);
        delete!(learning_request_standards, learning_request_id, self.requests);
        delete!(learning_request_objectives, learning_request_id, self.requests);
        delete!(learning_request_objectives, objective_id, self.objectives);
        delete!(LearningRequest: learning_requests, id, self.requests);
        if let n @ 1.. = super::finding::erase(tx, &self.people).await? {
            gone.insert(RecordType::Finding, n);
        }
        delete!(LearningVisit: learning_visits, id, self.visits);
        delete!(SharedSelfReview: shared_self_reviews, id, self.shared_reviews);
        delete!(self_review_versions, id, self.self_review_versions);
        delete!(SelfReview: self_reviews, id, self.self_reviews);
        delete!(ActionStep: action_steps, id, self.steps);
        delete!(CoachingPartnership: coaching_partnerships, id, self.partnerships);
        super::coaching::end_of(tx, &self.people).await?;
        delete!(abandoned_inquiries, objective_id, self.objectives);
        delete!(Enrolment: enrolments, id, self.enrolments);
        delete!(learning_record_readers, learning_record_id, self.learning);
        delete!(learning_record_objectives, learning_record_id, self.learning);
        delete!(learning_record_objectives, objective_id, self.objectives);
        delete!(learning_record_standards, learning_record_id, self.learning);
        delete!(learning_record_priorities, learning_record_id, self.learning);
        super::evidence::discard_of(tx, &self.learning).await?;
        delete!(LearningRecord: learning_records, id, self.learning);
        delete!(objective_revisions, objective_id, self.objectives);
        delete!(bulk_objectives, objective_id, self.objectives);
        delete!(objective_successions, objective_id, self.objectives);
        delete!(objective_successions, successor_id, self.objectives);
        delete!(objective_authorship, objective_id, self.objectives);
        delete!(objective_notes, objective_id, self.objectives);
        delete!(collaborations, objective_id, self.objectives);
        delete!(collaborations, person_id, self.people);
        delete!(objective_standards, objective_id, self.objectives);
        delete!(objective_priorities, objective_id, self.objectives);
        delete!(success_criteria, objective_id, self.objectives);
        delete!(Objective: objectives, id, self.objectives);
        delete!(disclosures, person_id, self.people);
        delete!(PayRecommendation: pay_recommendations, id, self.pay);
        delete!(DevelopmentNeed: development_needs, id, self.needs);
        delete!(report_comments, report_id, self.reports);
        delete!(report_appeals, report_id, self.reports);
        delete!(AppraisalReport: appraisal_reports, id, self.reports);
        delete!(report_drafts, appraisal_id, self.appraisals);
        delete!(appraisal_appraisers, appraisal_id, self.appraisals);
        delete!(Appraisal: appraisals, id, self.appraisals);
        delete!(AppraisalHold: appraisal_holds, id, self.holds);
        delete!(calendar_links, account_id, self.accounts);
        let sessions: Vec<Uid> = theirs!(tx, sessions, account_id, self.accounts).select(sessions::id).all(tx.conn()).await?;
        delete!(used_refresh_tokens, session_id, sessions);
        delete!(sessions, id, sessions);
        delete!(Account: accounts, id, self.accounts);
        let suggested = match_suggestions::person_id.eq_any(self.people.clone()).or(match_suggestions::candidate_id.eq_any(self.people.clone()));
        diesel::delete(match_suggestions::table.filter(match_suggestions::tenant_id.eq(tx.tenant())).filter(suggested)).done(tx.conn()).await?;
        self.part_merges(tx).await?;
        delete!(Role: roles, person_id, self.people);
        delete!(Relationship: relationships, person_id, self.people);
        delete!(staff_codes, person_id, self.people);
        delete!(Employment: employments, id, self.employments);
        let people: Vec<Option<Uid>> = self.people.iter().copied().map(Some).collect();
        delete!(external_refs, person_id, people);
        Ok(gone)
    }
    /// What a merge kept for its undoing is all that was known of both.
    async fn part_merges(&self, tx: &mut Tx<'_>) -> Result<()> {
        let people = || self.people.clone();
        let merges: Vec<Uid> = merges::table
            .filter(merges::tenant_id.eq(tx.tenant()))
            .filter(merges::survivor_id.eq_any(people()).or(merges::person_id.eq_any(people())).or(merges::into_id.eq_any(people())))
            .select(merges::id)
            .all(tx.conn())
            .await?;
        diesel::delete(theirs!(tx, redirects, merge_id, merges)).done(tx.conn()).await?;
        let of: Vec<Option<Uid>> = merges.iter().copied().map(Some).collect();
        diesel::update(theirs!(tx, match_suggestions, merge_id, of)).set(match_suggestions::merge_id.eq(None::<Uid>)).done(tx.conn()).await?;
        diesel::delete(theirs!(tx, merges, id, merges)).done(tx.conn()).await?;
        Ok(())
    }
}
