//! All that is theirs: found, forgotten by the log and by kept answers, and deleted.

use super::{
    super::{merging::MergeRow, prelude::*, redirect},
    unsay_records,
};
use std::collections::BTreeMap;
use trellis_domain::{event::RecordType, person::Person, text::ExternalRef};

/// All that is theirs, by id.
#[derive(Default)]
pub(super) struct Whom {
    /// They, and whoever was merged into them.
    pub(super) people: Vec<Uid>,
    /// As whom they were known: they, and whoever was merged into them, as they were then.
    pub(super) known: Vec<Person>,
    pub(super) refs: Vec<ExternalRef>,
    /// With what else they logged in: addresses of accounts that gave way to theirs.
    pub(super) gave_way: Vec<String>,
    pub(super) employments: Vec<Uid>,
    objectives: Vec<Uid>,
    pub(super) learning: Vec<Uid>,
    appraisals: Vec<Uid>,
    conversations: Vec<Uid>,
    actions: Vec<Uid>,
    reports: Vec<Uid>,
    pay: Vec<Uid>,
    needs: Vec<Uid>,
    holds: Vec<Uid>,
    enrolments: Vec<Uid>,
    pub(super) completions: Vec<Uid>,
    exemptions: Vec<Uid>,
    requests: Vec<Uid>,
    findings: Vec<Uid>,
    partnerships: Vec<Uid>,
    steps: Vec<Uid>,
    visits: Vec<Uid>,
    self_reviews: Vec<Uid>,
    self_review_versions: Vec<Uid>,
    shared_reviews: Vec<Uid>,
    pub(super) accounts: Vec<Uid>,
}

/// Rows of a table in which one of these columns holds one of these ids.
macro_rules! theirs {
    ($tx:expr, $table:ident, $column:ident, $ids:expr) => {
        $table::table.filter($table::tenant_id.eq($tx.tenant())).filter($table::$column.eq_any($ids.clone()))
    };
}
pub(super) use theirs;

impl Whom {
    /// Somebody who is known so now, with all that is theirs.
    pub(super) async fn of(tx: &mut Tx<'_>, known: &Person) -> Result<Self> {
        let people = redirect::with_merged(tx, known.id.into()).await?;
        let mut whom = Self { people, known: vec![known.clone()], refs: known.external_refs.clone(), ..Self::default() };
        whom.collect(tx).await?;
        Ok(whom)
    }
    async fn collect(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let merged: Vec<MergeRow> =
            theirs!(tx, merges, survivor_id, self.people).filter(merges::undone_at.is_null()).select(MergeRow::as_select()).all(tx.conn()).await?;
        for row in &merged {
            let done = row.all_done()?;
            self.gave_way.extend(done.account.map(|account| account.email.as_str().to_owned()));
            self.known.push(done.giver);
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
        self.findings = super::super::finding::named_of(tx, &self.people).await?;
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
        (self.self_review_versions, self.shared_reviews) = super::super::self_review::told_of(tx, &self.self_reviews).await?;
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
    pub(super) async fn unsay(&self, tx: &mut Tx<'_>) -> Result<()> {
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
    pub(super) async fn forget_answers(&self, tx: &mut Tx<'_>) -> Result<()> {
        let named = self.people.iter().chain(&self.employments).chain(self.of_work().into_iter().flatten());
        super::super::idempotency::forget(tx, named.copied(), super::super::idempotency::Told::Anybody).await?;
        diesel::delete(theirs!(tx, idempotency_keys, caller_id, self.accounts)).done(tx.conn()).await?;
        Ok(())
    }
    /// Deletes what is theirs; answers how many records of each kind.
    pub(super) async fn delete(&self, tx: &mut Tx<'_>) -> Result<BTreeMap<RecordType, usize>> {
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
        if let n @ 1.. = super::super::finding::erase(tx, &self.people).await? {
            gone.insert(RecordType::Finding, n);
        }
        delete!(LearningVisit: learning_visits, id, self.visits);
        delete!(SharedSelfReview: shared_self_reviews, id, self.shared_reviews);
        delete!(self_review_versions, id, self.self_review_versions);
        delete!(SelfReview: self_reviews, id, self.self_reviews);
        delete!(ActionStep: action_steps, id, self.steps);
        delete!(CoachingPartnership: coaching_partnerships, id, self.partnerships);
        super::super::coaching::end_of(tx, &self.people).await?;
        delete!(abandoned_inquiries, objective_id, self.objectives);
        delete!(Enrolment: enrolments, id, self.enrolments);
        delete!(learning_record_readers, learning_record_id, self.learning);
        delete!(learning_record_objectives, learning_record_id, self.learning);
        delete!(learning_record_objectives, objective_id, self.objectives);
        delete!(learning_record_standards, learning_record_id, self.learning);
        delete!(learning_record_priorities, learning_record_id, self.learning);
        super::super::evidence::discard_of(tx, &self.learning).await?;
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
