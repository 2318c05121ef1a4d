//! Learning requests: who may know of them, and what is decided of them. Money moves in the same transaction, under its line's guard.

pub(super) mod impact;
mod row;
mod talk;

use super::{activity, budget, prelude::*, session};
use crate::{
    event::History,
    request::{
        ApproveLearningRequest, CreateLearningRequest, Decide, DecideLearningRequests, Decided, GetLearningRequest, LearningRequestHistory,
        ListLearningRequests, StepLearningRequest, UpdateLearningRequest, VisibleRequest,
    },
};
use row::{RequestRow, put_links, replace, row_of, whole};
use std::collections::HashSet;
use trellis_domain::{
    access::{self as rules, Caller, Permission},
    event::EventKind,
    id::{BudgetLineId, LearningRequestId, OrganisationId, PersonId},
    impact::Checkpoint,
    request::{Ask, AskPatch, Brought, Circumstances, LearningRequest, Party, RequestAction, RequestState, WORDS, words_reach},
    rule::{Code, Faults, RuleError},
    time::{academic_year, micros},
};

/// The row, if this caller may know of it.
async fn visible_row(cx: &mut Cx<'_>, id: LearningRequestId) -> Result<RequestRow> {
    let row = row_of(cx, id).await?;
    let reads = rules::reach(&cx.caller, Permission::ReadRequests).unwrap_or_default();
    let known = access::covers(cx, &reads, Some(row.organisation_id.to()), Some(row.person_id.to()), row.private_to.map(Uid::to)).await?;
    if known { Ok(row) } else { Err(StoreError::Missing) }
}
async fn known(cx: &mut Cx<'_>, id: LearningRequestId) -> Result<LearningRequest> {
    let row = visible_row(cx, id).await?;
    whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)
}

/// Requests as the caller may see them, with one statement more whatever their number: where a role lets them read why it is asked for.
async fn shown(cx: &mut Cx<'_>, requests: Vec<LearningRequest>) -> Result<Vec<VisibleRequest>> {
    let reach = words_reach(&cx.caller);
    let schools: HashSet<Uid> = match (reach.everywhere, reach.organisations.is_empty()) {
        (false, false) => {
            let of_page: Vec<OrganisationId> = requests.iter().map(|r| r.organisation_id).collect();
            let rows: Vec<Uid> = organisation_paths::table
                .filter(organisation_paths::tenant_id.eq(cx.tenant()))
                .filter(organisation_paths::ancestor_id.eq_any(uids(&reach.organisations)))
                .filter(organisation_paths::descendant_id.eq_any(uids(&of_page)))
                .select(organisation_paths::descendant_id)
                .all(cx.conn())
                .await?;
            rows.into_iter().collect()
        }
        _ => HashSet::new(),
    };
    let in_full = |r: &LearningRequest| {
        let person = r.person_id;
        let close = cx.caller.person() == Some(person) || cx.caller.appraises(person) || cx.caller.manages(person);
        reach.everywhere || close || schools.contains(&Uid::from(r.organisation_id))
    };
    Ok(requests.into_iter().map(|request| VisibleRequest { in_full: in_full(&request), request }).collect())
}
async fn one_shown(cx: &mut Cx<'_>, request: LearningRequest) -> Result<VisibleRequest> {
    shown(cx, vec![request]).await?.pop().ok_or(StoreError::Missing)
}

/// Has this person neither line manager nor appraiser today?
async fn unmanaged(cx: &mut Cx<'_>, person: PersonId) -> Result<bool> {
    let today = cx.act.today();
    let query = relationships::table
        .filter(relationships::tenant_id.eq(cx.tenant()))
        .filter(relationships::person_id.eq(Uid::from(person)))
        .filter(relationships::kind.eq_any(["line_manager", "appraiser"]));
    let found: i64 = access::current!(query, relationships, today).count().one(cx.conn()).await?;
    Ok(found == 0)
}

async fn party(cx: &mut Cx<'_>, request: &LearningRequest) -> Result<Party> {
    let person = cx.caller.person();
    let approves = person.is_some() && access::may(cx, Permission::ApproveRequests, Some(request.organisation_id), None).await?;
    Ok(Party {
        person,
        manages: cx.caller.appraises(request.person_id) || cx.caller.manages(request.person_id),
        unmanaged: approves && unmanaged(cx, request.person_id).await?,
        approves,
    })
}

/// What a step depends on, if this line is to pay.
async fn circumstances(cx: &mut Cx<'_>, request: &LearningRequest, line: Option<BudgetLineId>) -> Result<Circumstances> {
    let (planned, open_checkpoints) = impact::standing(cx, request.id).await?;
    let path = access::path_of(cx, request.organisation_id).await?;
    // whichever line is named: what needs a plan at the school is not got round by choosing another
    let of_school = budget::strictest(cx, &path, academic_year(request.ask.starts_on)).await?;
    let (threshold, remaining) = match line {
        Some(id) => {
            let line = budget::load(cx, id).await?;
            let balance = budget::balance(cx, id).await?;
            (of_school.stricter(line.threshold()), Some(balance.remaining(line.allocated_pence)))
        }
        None => (of_school, None),
    };
    Ok(Circumstances { today: cx.act.today(), planned, open_checkpoints, threshold, remaining })
}

/// A request that may wait for the caller, with who they are to it and what its steps depend on.
pub(super) struct Waiting {
    pub request: LearningRequest,
    pub by: Party,
    pub so: Circumstances,
    /// Checkpoints of which nothing is recorded.
    pub checkpoints: Vec<Checkpoint>,
}

/// Requests of this person, of those whom they manage or appraise, and of the schools where they approve learning, while they wait for somebody: the
/// first so many by the day on which the learning begins, in a fixed number of statements.
pub(super) async fn waiting(cx: &mut Cx<'_>, me: PersonId, covered: &HashSet<OrganisationId>, most: i64) -> Result<Vec<Waiting>> {
    use RequestState as S;
    let today = cx.act.today();
    let close: HashSet<PersonId> = match &cx.caller {
        Caller::Person { appraises, manages, .. } => appraises.iter().chain(manages).copied().collect(),
        _ => HashSet::new(),
    };
    let states = |all: &[S]| all.iter().map(|s| s.as_str()).collect::<Vec<_>>();
    let close_ids: Vec<PersonId> = close.iter().copied().collect();
    let at: Vec<OrganisationId> = covered.iter().copied().collect();
    let line = relationships::table
        .filter(relationships::tenant_id.eq(cx.tenant()))
        .filter(relationships::kind.eq_any(["line_manager", "appraiser"]))
        .select(relationships::person_id);
    let managed = access::current!(line, relationships, today);
    let own = learning_requests::person_id.eq(Uid::from(me)).and(learning_requests::state.eq_any(states(&[
        S::Returned,
        S::Approved,
        S::Booked,
        S::Attended,
        S::Evaluated,
        S::ImpactReviewed,
    ])));
    let submitted = || learning_requests::state.eq(S::Submitted.as_str());
    let here = || learning_requests::organisation_id.eq_any(uids(&at));
    let of_others = submitted()
        .and(learning_requests::person_id.eq_any(uids(&close_ids)))
        .or(submitted().and(here()).and(learning_requests::person_id.ne_all(managed)))
        .or(learning_requests::state.eq(S::ManagerAgreed.as_str()).and(here()));
    let rows: Vec<RequestRow> = learning_requests::table
        .filter(learning_requests::tenant_id.eq(cx.tenant()))
        .filter(own.or(of_others))
        .order((learning_requests::starts_on, learning_requests::id))
        .limit(most)
        .select(RequestRow::as_select())
        .all(cx.conn())
        .await?;
    let (planned, mut open) = impact::standings(cx, rows.iter().map(|r| r.id).collect()).await?;
    let requests = whole(cx, rows).await?;
    let waiting = requests.into_iter().map(|request| {
        let (person, manages) = (Some(me), close.contains(&request.person_id));
        let approves = covered.contains(&request.organisation_id);
        // whom the caller neither manages nor appraises stands here, submitted, because nobody does
        let by = Party { person, manages, unmanaged: approves && !manages, approves };
        let checkpoints = open.remove(&Uid::from(request.id)).unwrap_or_default();
        let (planned, open_checkpoints) = (planned.contains(&Uid::from(request.id)), checkpoints.len());
        let so = Circumstances { today, planned, open_checkpoints, ..Circumstances::default() };
        Waiting { request, by, so, checkpoints }
    });
    Ok(waiting.collect())
}

async fn seen(cx: &mut Cx<'_>, record: LearningRequest) -> Result<Seen<VisibleRequest>> {
    let by = party(cx, &record).await?;
    let so = circumstances(cx, &record, record.budget_line_id).await?;
    let can = RequestAction::ALL.iter().map(|action| (action.as_str(), record.can(*action, by, so).err())).collect();
    Ok(Seen { record: one_shown(cx, record).await?, can })
}

/// The activity and session that somebody asks for must be offered to them.
async fn offered(cx: &mut Cx<'_>, before: Option<&Ask>, ask: &Ask) -> Result<()> {
    let mut faults = Faults::default();
    let unknown = |pointer, what: &str| RuleError::at(Code::UnknownReference, pointer, format!("no such {what} that is offered to you"));
    if let Some(id) = ask.activity_id.filter(|_| before.is_none_or(|b| b.activity_id != ask.activity_id)) {
        let found = match activity::load(cx, id).await {
            Ok(found) => activity::readable(cx, found.organisation_id).await,
            Err(e) => Err(e),
        };
        match found {
            Err(StoreError::Missing) => faults.check::<()>(Err(unknown("/activity_id", "activity"))),
            other => Some(other?),
        };
    }
    if let Some(id) = ask.session_id.filter(|_| before.is_none_or(|b| (b.session_id, b.activity_id) != (ask.session_id, ask.activity_id))) {
        match session::known(cx, id).await {
            Err(StoreError::Missing) => faults.check::<()>(Err(unknown("/session_id", "session"))),
            Ok(found) if Some(found.activity_id) != ask.activity_id => {
                faults.check::<()>(Err(RuleError::at(Code::UnknownReference, "/session_id", "is a session of another activity")))
            }
            other => {
                other?;
                None
            }
        };
    }
    Ok(faults.settle()?)
}

/// Saves a request, and moves what money its step moves. Whoever calls this has the guards of the lines.
async fn save(tx: &mut Tx<'_>, kind: EventKind, before: LearningRequest, after: LearningRequest) -> Result<LearningRequest> {
    let Some(after) = tx.next(&before, after) else { return Ok(before) };
    let (held, holds) = (before.standing(), after.standing());
    budget::affordable(tx, held, holds).await?;
    replace(tx, before.version, &after).await?;
    put_links(tx, Some(&before.ask), &after).await?;
    budget::post(tx, after.id, held, holds).await?;
    // when a draft is submitted, its event carries all of it: those before are its author's alone
    let since = if before.about().private_to.is_some() && after.about().private_to.is_none() { None } else { Some(&before) };
    tx.event(kind, since, &after, after.about());
    Ok(after)
}

impl Write<Here> for CreateLearningRequest {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<VisibleRequest>> {
        let Self { employment_id, title, starts_on, ends_on, details } = self.clone();
        let employment = super::learning::employment_of(tx, employment_id).await?;
        let AskPatch { why, needs, activity_id, session_id, provider, cost_pence, cover_minutes, objective_ids, standard_ids, priority_ids, .. } = details;
        let ask = Ask {
            title,
            why: why.flatten(),
            needs: needs.flatten(),
            activity_id: activity_id.flatten(),
            session_id: session_id.flatten(),
            provider: provider.flatten(),
            starts_on,
            ends_on: ends_on.unwrap_or(starts_on),
            cost_pence: cost_pence.unwrap_or(0),
            cover_minutes: cover_minutes.unwrap_or(0),
            objective_ids: objective_ids.unwrap_or_default(),
            standard_ids: standard_ids.unwrap_or_default(),
            priority_ids: priority_ids.unwrap_or_default(),
        };
        ask.check()?;
        if !employment.period.contains(tx.act.today()) {
            return Err(RuleError::at(Code::OutsideEmployment, "/employment_id", "this employment is not current").into());
        }
        offered(tx, None, &ask).await?;
        let now = micros(tx.act.now);
        let request = LearningRequest {
            id: tx.new_id(),
            person_id: employment.person_id,
            employment_id: employment.id,
            organisation_id: employment.organisation_id,
            state: RequestState::Draft,
            ask,
            budget_line_id: None,
            spent_pence: None,
            submitted_at: None,
            agreed_by: None,
            approved_by: None,
            evaluation: None,
            conclusion: None,
            conclusion_note: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        diesel::insert_into(learning_requests::table).values(RequestRow::new(tx.tenant(), &request)).done(tx.conn()).await?;
        put_links(tx, None, &request).await?;
        tx.event(EventKind::LearningRequestCreated, None, &request, request.about());
        seen(tx, request).await
    }
}

impl Read<Here> for GetLearningRequest {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<VisibleRequest>>> {
        loop {
            let row = visible_row(cx, self.id).await?;
            let version = row.version;
            if self.unless == Some(version) {
                return Ok(Fetched::Unchanged(version));
            }
            let record = whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)?;
            if page::unmoved!(cx, learning_requests, self.id, version) {
                return Ok(Fetched::Found(seen(cx, record).await?));
            }
        }
    }
}

/// Those of these requests that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<VisibleRequest>> {
    let query = learning_requests::table.filter(learning_requests::tenant_id.eq(cx.tenant())).filter(learning_requests::id.eq_any(ids.to_vec()));
    let query = query.select(RequestRow::as_select()).into_boxed::<Dialect>();
    let query = page::without_private!(page::within_reach!(query, cx, learning_requests), cx, learning_requests);
    let rows: Vec<RequestRow> = query.all(cx.conn()).await?;
    let requests = whole(cx, rows).await?;
    shown(cx, requests).await
}

impl Read<Here> for ListLearningRequests {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<VisibleRequest>> {
        let query = learning_requests::table.filter(learning_requests::tenant_id.eq(cx.tenant())).select(RequestRow::as_select()).into_boxed::<Dialect>();
        let mut query =
            page::without_private!(page::within_reach!(page::windowed!(query, self.window, learning_requests), cx, learning_requests), cx, learning_requests);
        if let Some(person) = self.person_id {
            query = query.filter(learning_requests::person_id.eq(Uid::from(person)));
        }
        if let Some(at) = self.organisation_id {
            query = query.filter(learning_requests::organisation_id.eq(Uid::from(at)));
        }
        if let Some(state) = self.state {
            query = query.filter(learning_requests::state.eq(state.as_str()));
        }
        if let Some(activity) = self.activity_id {
            query = query.filter(learning_requests::activity_id.eq(Uid::from(activity)));
        }
        if let Some(line) = self.budget_line_id {
            query = query.filter(learning_requests::budget_line_id.eq(Uid::from(line)));
        }
        if let Some(priority) = self.priority_id {
            let linked = learning_request_priorities::table
                .filter(learning_request_priorities::tenant_id.eq(cx.tenant()))
                .filter(learning_request_priorities::priority_id.eq(Uid::from(priority)))
                .select(learning_request_priorities::learning_request_id);
            query = query.filter(learning_requests::id.eq_any(linked));
        }
        let rows: Vec<RequestRow> = query.all(cx.conn()).await?;
        let Page { items, next } = Page::cut(rows, self.window.limit, |r| r.id.0);
        let requests = whole(cx, items).await?;
        Ok(Page { items: shown(cx, requests).await?, next })
    }
}

impl Write<Here> for UpdateLearningRequest {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<VisibleRequest>> {
        let before = known(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let by = party(tx, &before).await?;
        let so = circumstances(tx, &before, before.budget_line_id).await?;
        let after = before.patched(self.patch.clone(), by, so)?;
        offered(tx, Some(&before.ask), &after.ask).await?;
        let after = save(tx, EventKind::LearningRequestUpdated, before, after).await?;
        seen(tx, after).await
    }
}

/// The line that somebody names to pay: of the school or above it, of the year in which the learning starts, and theirs to decide about.
async fn payable(cx: &mut Cx<'_>, request: &LearningRequest, id: BudgetLineId) -> Result<()> {
    let year = academic_year(request.ask.starts_on);
    let unknown = || RuleError::at(Code::UnknownReference, "/budget_line_id", "no such budget line for this school and year that is yours to decide about");
    let line = match budget::load(cx, id).await {
        Err(StoreError::Missing) => return Err(unknown().into()),
        other => other?,
    };
    let above = access::path_of(cx, request.organisation_id).await?.contains(&line.organisation_id);
    let theirs = access::may(cx, Permission::ApproveRequests, Some(line.organisation_id), None).await?;
    if above && theirs && line.academic_year == year { Ok(()) } else { Err(unknown().into()) }
}

/// A step, with its decision and its money.
async fn step(tx: &mut Tx<'_>, asked: &StepLearningRequest) -> Result<LearningRequest> {
    let StepLearningRequest { id, action, reason, brought, expected } = asked.clone();
    let found = known(tx, id).await?;
    // nobody else takes of these lines until the end of the transaction; always in the same order
    let mut lines: Vec<Uid> = found.budget_line_id.into_iter().chain(brought.budget_line_id).map(Uid::from).collect();
    lines.sort_unstable();
    lines.dedup();
    if matches!(
        action,
        RequestAction::Approve | RequestAction::Decline | RequestAction::Return | RequestAction::Book | RequestAction::RecordCost | RequestAction::Withdraw
    ) {
        access::guards(tx, &lines).await?;
    }
    let before = known(tx, id).await?;
    super::event::expect(tx, &before, expected).await?;
    let by = party(tx, &before).await?;
    // who may not decide is told so before they are told of any line
    let so = circumstances(tx, &before, before.budget_line_id).await?;
    let named = brought.budget_line_id.filter(|_| action == RequestAction::Approve);
    let so = match named {
        None => so,
        Some(line) => {
            before.can(action, by, Circumstances { remaining: None, planned: true, ..so })?;
            payable(tx, &before, line).await?;
            circumstances(tx, &before, named).await?
        }
    };
    let after = before.step(action, by, so, brought, micros(tx.act.now))?;
    if let (RequestAction::Approve, None, Some(line)) = (action, named, after.budget_line_id) {
        payable(tx, &before, line).await?;
    }
    let after = save(tx, LearningRequest::event(action), before, after).await?;
    if let Some(of) = action.decision() {
        talk::decided(tx, &after, of, reason).await?;
    }
    Ok(after)
}

impl Write<Here> for StepLearningRequest {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<VisibleRequest>> {
        let after = step(tx, self).await?;
        seen(tx, after).await
    }
}
impl Write<Here> for ApproveLearningRequest {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<VisibleRequest>> {
        let after = step(tx, &self.0).await?;
        seen(tx, after).await
    }
}

/// One of many: whatever is refused is refused before anything is written.
async fn decide(tx: &mut Tx<'_>, item: &Decide) -> Result<VisibleRequest> {
    let Decide { id, verdict, reason, budget_line_id } = item.clone();
    if verdict.needs_reason() && reason.is_none() {
        return Err(RuleError::at(Code::ContradictoryMembers, "/reason", "say why").into());
    }
    let brought = Brought { budget_line_id, ..Brought::default() };
    let after = step(tx, &StepLearningRequest { id, action: verdict.into(), reason, brought, expected: None }).await?;
    one_shown(tx, after).await
}

impl Write<Here> for DecideLearningRequests {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<Decided>> {
        let ids: Vec<Uid> = self.items.iter().map(|i| i.id.into()).collect();
        let named: Vec<Option<Uid>> = learning_requests::table
            .filter(learning_requests::tenant_id.eq(tx.tenant()))
            .filter(learning_requests::id.eq_any(ids))
            .select(learning_requests::budget_line_id)
            .all(tx.conn())
            .await?;
        let mut lines: Vec<Uid> = named.into_iter().flatten().chain(self.items.iter().filter_map(|i| optional(i.budget_line_id))).collect();
        lines.sort_unstable();
        lines.dedup();
        access::guards(tx, &lines).await?;
        let mut out = Vec::with_capacity(self.items.len());
        for item in &self.items {
            match decide(tx, item).await {
                Ok(made) => out.push((item.id, Ok(made))),
                Err(StoreError::Rule(rule)) => out.push((item.id, Err(rule))),
                Err(StoreError::Missing) => out.push((item.id, Err(RuleError::at(Code::UnknownReference, "/id", "no such request")))),
                Err(fault) => return Err(fault),
            }
        }
        Ok(out)
    }
}

impl Read<Here> for LearningRequestHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        let request = known(cx, self.id).await?;
        let in_full = one_shown(cx, request).await?.in_full;
        let mut history = super::event::history(cx, self.id.into(), self.window).await?;
        for values in history.entries.iter_mut().filter_map(|e| e.values.as_mut()).filter(|_| !in_full) {
            if let Some(fields) = values.as_object_mut() {
                fields.retain(|name, _| !WORDS.contains(&name.as_str()));
            }
        }
        Ok(history)
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: LearningRequestId, doing: &Doing) -> Result<Can> {
    let record = known(cx, id).await?;
    match doing {
        Doing::Read | Doing::ReadHistory => Ok(Can::new()),
        Doing::Act(_) => Ok(seen(cx, record).await?.can),
    }
}
