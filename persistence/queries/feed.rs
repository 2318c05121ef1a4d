//! The change feed: which events a caller is told, as what, and with which records. A page costs the same number of statements whatever its
//! size.

use super::{
    conversation::readable,
    event::{EventRow, mark},
    prelude::*,
};
use crate::{
    event::{After, Changes, Entry, Feed, FeedHead, Mark, Record},
    transaction::needs::AsValue,
};
use diesel::dsl::{exists, not};
use std::collections::{BTreeSet, HashMap};
use trellis_domain::{
    access::{self as rules, Caller, Permission},
    event::{Crossing, EventKind, RecordType, crossing},
    id::PersonId,
    text::ExternalRef,
};

/// Events that are told wherever the person was or is live, whoever can read the person now.
const PLACED: [EventKind; 3] = [EventKind::PersonMoved, EventKind::PersonMerged, EventKind::PersonErased];
/// Record types that are read where the person is live.
const PERSONAL: [RecordType; 2] = [RecordType::Person, RecordType::Relationship];

/// Record types that stand in a lane: what two people said, and what they agreed.
const SPOKEN: [RecordType; 2] = [RecordType::Conversation, RecordType::AgreedAction];

/// May this caller follow what this permission reads? A machine by its scopes; a person if a role lets them read it wherever they follow the feed:
/// who is headteacher of one school and follows the whole trust would otherwise hear of other schools' objectives.
fn may_follow(caller: &Caller, permission: Permission, followed: &rules::Reach) -> bool {
    let Ok(reach) = rules::reach(caller, permission) else { return false };
    match caller {
        Caller::Person { roles, .. } => {
            let everywhere = reach.everywhere || (!followed.everywhere && !followed.organisations.iter().any(|at| !reach.organisations.contains(at)));
            everywhere && roles.iter().any(|h| permission.roles().contains(&h.role))
        }
        _ => true,
    }
}

/// Keeps events to those that are told at these organisations and beneath them:
///
/// - a move, a merger and an erasure where the person was live before it or is after it;
/// - a person's other events, and those of relationships, where the person is live now, so that a second job hides nothing from the first school;
/// - everything else at its own organisation.
///
/// Whoever adds people (`adding`) is told of those who have no employment yet, as they can read them, and of where those went.
macro_rules! told_at {
    ($query:expr, $cx:expr, $organisations:expr, $living:expr, $adding:expr) => {{
        let tenant = $cx.tenant();
        let covered = || {
            organisation_paths::table
                .filter(organisation_paths::tenant_id.eq(tenant))
                .filter(organisation_paths::ancestor_id.eq_any(uids($organisations)))
                .select(organisation_paths::descendant_id.nullable())
        };
        let live = || super::person::employed_at!($cx, $organisations, $living).select(employments::person_id.nullable());
        // each event's own places: all that anybody ever moved to may be many
        let placed = exists(
            event_places::table
                .filter(event_places::tenant_id.eq(tenant))
                .filter(event_places::number.eq(events::number))
                .filter(event_places::organisation_id.nullable().eq_any(covered())),
        );
        let unplaced =
            not(exists(employments::table.filter(employments::tenant_id.eq(tenant)).filter(employments::person_id.nullable().eq(events::person_id))));
        let personal = || events::record_type.eq_any(PERSONAL.map(|t| t.as_str()));
        let a_place = || events::kind.eq_any(PLACED.map(|k| k.as_str()));
        let told = (a_place().and(placed.or(events::organisation_id.eq_any(covered()))))
            .or(personal().and(not(a_place())).and(events::person_id.eq_any(live())))
            .or(not(personal()).and(events::organisation_id.eq_any(covered()).or(events::organisation_id.is_null().and(events::person_id.eq_any(live())))));
        let adding = personal().and(events::organisation_id.is_null()).and(events::kind.eq(EventKind::PersonMoved.as_str()).or(unplaced));
        if $adding { $query.filter(told.or(adding)) } else { $query.filter(told) }
    }};
}

async fn head(cx: &mut Cx<'_>) -> Result<(i64, Mark)> {
    let (head, hash): (i64, Vec<u8>) = tenants::table.find(cx.tenant()).select((tenants::last_event, tenants::last_hash)).one(cx.conn()).await?;
    Ok((head, mark(&hash)))
}

impl Read<Here> for FeedHead<AsValue> {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<(i64, Mark)> {
        head(cx).await
    }
}

/// The number to go on after: a cursor is of this log if its change has this link.
async fn start(cx: &mut Cx<'_>, after: After, (head, head_mark): (i64, Mark)) -> Result<i64> {
    let (number, seen) = match after {
        After::Beginning => return Ok(0),
        After::Head => return Ok(head),
        After::Change(number, seen) => (number, seen),
    };
    if (number, seen) == (head, head_mark) {
        return Ok(head);
    }
    let link: Option<Vec<u8>> = events::table.find((cx.tenant(), number)).select(events::hash).one(cx.conn()).await.optional()?;
    if number == 0 || link.is_some_and(|link| mark(&link) == seen) { Ok(number) } else { Err(StoreError::CursorExpired) }
}

impl Read<Here> for Changes {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Feed> {
        // the head first: what commits later is for the next poll
        let (head, head_mark) = head(cx).await?;
        let after = start(cx, self.after, (head, head_mark)).await?;
        if after == head {
            return Ok(Feed { entries: Vec::new(), next: head, mark: head_mark, more: false });
        }
        let wanted = |t: &RecordType| self.types.as_ref().is_none_or(|types| types.contains(t));
        let told = |t: &RecordType| wanted(t) && t.read_permission().is_some_and(|p| may_follow(&cx.caller, p, &cx.reach));
        let followed: Vec<RecordType> = RecordType::ALL.iter().copied().filter(told).collect();
        let mut query = events::table
            .filter(events::tenant_id.eq(cx.tenant()))
            .filter(events::number.gt(after))
            .filter(events::number.le(head))
            .filter(events::record_type.eq_any(followed.iter().map(|t| t.as_str()).collect::<Vec<_>>()))
            .order(events::number)
            .limit(self.limit + 1)
            .select(EventRow::as_select())
            .into_boxed::<Dialect>();
        query = page::without_private!(query, cx, events);
        // what two people say to one another is told as its lane allows, by the rule of its own list
        if followed.iter().any(|t| SPOKEN.contains(t)) {
            let reads = rules::reach(&cx.caller, Permission::ReadConversations).unwrap_or_default();
            let said = conversations::table.filter(conversations::tenant_id.eq(cx.tenant())).select(conversations::id).into_boxed::<Dialect>();
            let agreed = agreed_actions::table.filter(agreed_actions::tenant_id.eq(cx.tenant())).select(agreed_actions::id).into_boxed::<Dialect>();
            query = query.filter(
                events::record_type
                    .ne_all(SPOKEN.map(|t| t.as_str()))
                    .or(events::subject_id.eq_any(readable!(said, cx, reads.clone(), conversations)))
                    .or(events::subject_id.eq_any(readable!(agreed, cx, reads, agreed_actions))),
            );
        }
        let (living, adding) = (access::reads_the_living(cx), rules::reach(&cx.caller, Permission::WritePeople).is_ok());
        if !cx.reach.everywhere {
            let organisations = cx.reach.organisations.clone();
            query = told_at!(query, cx, &organisations, living, adding);
        }
        if let Some(at) = self.organisation_id {
            query = told_at!(query, cx, &[at], true, false);
        }
        let mut rows: Vec<EventRow> = query.all(cx.conn()).await?;
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let (next, at) = match rows.last().filter(|_| more) {
            Some(row) => (row.number, mark(&row.hash)),
            None => (head, head_mark),
        };
        let mut entries = rows.into_iter().map(|row| row.entry(None)).collect::<Result<Vec<_>>>()?;
        cross(cx, &mut entries, !living).await?;
        hush(cx, &mut entries).await?;
        refer(cx, &mut entries).await?;
        remember(cx, &mut entries).await?;
        if self.with_records {
            records(cx, &mut entries).await?;
        }
        Ok(Feed { entries, next, mark: at, more })
    }
}

/// Says of each move what it is to this caller, and of whatever left their sight that it did.
async fn cross(cx: &mut Cx<'_>, entries: &mut [Entry], keeps: bool) -> Result<()> {
    let me = cx.reach.me;
    for entry in
        entries.iter_mut().filter(|e| matches!(e.kind, EventKind::LearningRecordUnshared | EventKind::LearningRecordDeleted | EventKind::FindingWithdrawn))
    {
        entry.told.left = me.is_none() || entry.about.person != me;
    }
    let moves: Vec<i64> = entries.iter().filter(|e| e.kind == EventKind::PersonMoved).map(|e| e.number).collect();
    if cx.reach.everywhere || moves.is_empty() {
        return Ok(());
    }
    let places: Vec<(i64, bool, bool)> = event_places::table
        .inner_join(
            organisation_paths::table
                .on(organisation_paths::tenant_id.eq(event_places::tenant_id).and(organisation_paths::descendant_id.eq(event_places::organisation_id))),
        )
        .filter(event_places::tenant_id.eq(cx.tenant()))
        .filter(event_places::number.eq_any(moves))
        .filter(organisation_paths::ancestor_id.eq_any(uids(&cx.reach.organisations)))
        .select((event_places::number, event_places::was_live, event_places::is_live))
        .all(cx.conn())
        .await?;
    for entry in entries.iter_mut().filter(|e| e.kind == EventKind::PersonMoved) {
        let ours = || places.iter().filter(|(number, ..)| *number == entry.number);
        let is = ours().any(|(.., is)| *is);
        // a first placing: whoever adds people could read this one before, and no longer if it was elsewhere
        let was = ours().any(|(_, was, _)| *was) || (entry.about.organisation.is_none() && !is);
        let crossed = crossing(was, is, keeps);
        entry.told.crossing = Some(crossed);
        entry.told.left = crossed == Crossing::Left;
    }
    Ok(())
}

/// Where else somebody works is not for those who follow one of their schools: a person's own events name a school only to those who cover it.
async fn hush(cx: &mut Cx<'_>, entries: &mut [Entry]) -> Result<()> {
    let personal = |entry: &Entry| PERSONAL.contains(&entry.kind.record_type());
    if cx.reach.everywhere || !entries.iter().any(personal) {
        return Ok(());
    }
    let named: BTreeSet<Uid> = entries.iter().filter(|e| personal(e)).filter_map(|e| optional(e.about.organisation)).collect();
    let ours: Vec<Uid> = organisation_paths::table
        .filter(organisation_paths::tenant_id.eq(cx.tenant()))
        .filter(organisation_paths::ancestor_id.eq_any(uids(&cx.reach.organisations)))
        .filter(organisation_paths::descendant_id.eq_any(named))
        .select(organisation_paths::descendant_id)
        .all(cx.conn())
        .await?;
    for entry in entries.iter_mut().filter(|e| personal(e)) {
        entry.about.organisation = entry.about.organisation.filter(|o| ours.contains(&Uid::from(*o)));
    }
    Ok(())
}

/// Puts to each entry what other systems call its record, and the person it is about.
async fn refer(cx: &mut Cx<'_>, entries: &mut [Entry]) -> Result<()> {
    let of_people = may_follow(&cx.caller, Permission::ReadPeople, &cx.reach);
    let named = |entry: &Entry| entry.about.person.filter(|_| of_people && (!entry.told.left || entry.kind.record_type() == RecordType::Person));
    let mut people: Vec<Uid> = entries.iter().filter_map(named).map(Uid::from).collect();
    let mut organisations: Vec<Uid> = entries.iter().filter(|e| e.kind.record_type() == RecordType::Organisation).map(|e| Uid(e.subject)).collect();
    let provided = |entries: &[Entry], of: RecordType| entries.iter().filter(|e| e.kind.record_type() == of).map(|e| Uid(e.subject)).collect::<Vec<_>>();
    let (mut learning, mut completions) = (provided(entries, RecordType::LearningRecord), provided(entries, RecordType::TrainingCompletion));
    for ids in [&mut people, &mut organisations, &mut learning, &mut completions] {
        ids.sort_unstable();
        ids.dedup();
    }
    let people = super::external_ref::of(cx, RecordType::Person, &people).await?;
    let organisations = super::external_ref::of(cx, RecordType::Organisation, &organisations).await?;
    let learning = super::external_ref::called_so!(cx, learning_records, learning);
    let completions = super::external_ref::called_so!(cx, training_completions, completions);
    for entry in entries {
        let refs = |of: &HashMap<Uid, Vec<ExternalRef>>, id: Uid| of.get(&id).cloned().unwrap_or_default();
        match entry.kind.record_type() {
            RecordType::Organisation => entry.told.external_refs = refs(&organisations, Uid(entry.subject)),
            RecordType::Person => entry.told.external_refs = refs(&people, Uid(entry.subject)),
            of => {
                entry.told.person_refs = named(entry).map(|person| refs(&people, person.into())).unwrap_or_default();
                let own = match of {
                    RecordType::LearningRecord if !entry.told.left => learning.get(&Uid(entry.subject)),
                    RecordType::TrainingCompletion => completions.get(&Uid(entry.subject)),
                    _ => None,
                };
                entry.told.external_refs = own.cloned().into_iter().collect();
            }
        }
    }
    Ok(())
}

/// Who was merged or erased has nothing left: what other systems called them, and who took them over, stands in the event.
async fn remember(cx: &mut Cx<'_>, entries: &mut [Entry]) -> Result<()> {
    let gone = |entry: &&mut Entry| matches!(entry.kind, EventKind::PersonMerged | EventKind::PersonErased);
    let numbers: Vec<i64> = entries.iter_mut().filter(gone).map(|e| e.number).collect();
    if numbers.is_empty() {
        return Ok(());
    }
    let rows: Vec<(i64, String)> = event_payloads::table
        .filter(event_payloads::tenant_id.eq(cx.tenant()))
        .filter(event_payloads::number.eq_any(numbers))
        .select((event_payloads::number, event_payloads::body))
        .all(cx.conn())
        .await?;
    for (number, body) in rows {
        let mut values: serde_json::Value = serde_json::from_str(&body).map_err(corrupt)?;
        let (refs, into) = (values["external_refs"]["before"].take(), values["merged_into"]["after"].take());
        for entry in entries.iter_mut().filter(|e| e.number == number) {
            entry.told.external_refs = serde_json::from_value::<Option<Vec<ExternalRef>>>(refs.clone()).map_err(corrupt)?.unwrap_or_default();
            entry.told.merged_into = serde_json::from_value::<Option<PersonId>>(into.clone()).map_err(corrupt)?;
        }
    }
    Ok(())
}

/// Puts to each entry its record as this caller may read it now: each kind by the rule of its own list.
async fn records(cx: &mut Cx<'_>, entries: &mut [Entry]) -> Result<()> {
    let feed = cx.reach.clone();
    let mut found: HashMap<(RecordType, Uid), Record> = HashMap::new();
    for of in RecordType::ALL.iter().copied() {
        let mut ids: Vec<Uid> = entries.iter().filter(|e| e.kind.record_type() == of && !e.told.left).map(|e| Uid(e.subject)).collect();
        ids.sort_unstable();
        ids.dedup();
        let Some(Ok(reach)) = of.read_permission().map(|p| rules::reach(&cx.caller, p)) else { continue };
        if ids.is_empty() {
            continue;
        }
        cx.reach = reach;
        macro_rules! take {
            ($($module:ident)::+, $record:ident, $id:expr) => {{
                let rows = super::$($module)::+::visible(cx, &ids).await?;
                found.extend(rows.into_iter().map(|r| ((of, Uid::from($id(&r))), Record::$record(r))));
            }};
        }
        match of {
            RecordType::Organisation => take!(organisation, Organisation, |r: &trellis_domain::organisation::Organisation| r.id),
            RecordType::Person => take!(person, Person, |r: &crate::person::VisiblePerson| r.person.id),
            RecordType::Employment => take!(employment, Employment, |r: &trellis_domain::employment::Employment| r.id),
            RecordType::Relationship => take!(relationship, Relationship, |r: &trellis_domain::relationship::Relationship| r.id),
            RecordType::Role => take!(role, Role, |r: &trellis_domain::role::Role| r.id),
            RecordType::FrameworkVersion => take!(framework, FrameworkVersion, |r: &trellis_domain::framework::FrameworkVersion| r.id),
            RecordType::RuleProfile => take!(profile, RuleProfile, |r: &trellis_domain::profile::RuleProfile| r.id),
            RecordType::Calendar => take!(calendar, Calendar, |r: &trellis_domain::calendar::Calendar| r.id),
            RecordType::Cycle => take!(cycle, Cycle, |r: &trellis_domain::cycle::Cycle| r.id),
            RecordType::Appraisal => take!(appraisal, Appraisal, |r: &trellis_domain::appraisal::Appraisal| r.id),
            RecordType::AppraisalReport => take!(report, AppraisalReport, |r: &crate::report::Summary| r.id),
            RecordType::DevelopmentNeed => take!(need, DevelopmentNeed, |r: &trellis_domain::need::DevelopmentNeed| r.id),
            RecordType::ConversationTemplate => {
                take!(conversation_template, ConversationTemplate, |r: &trellis_domain::conversation_template::ConversationTemplate| r.id)
            }
            // of the support lane only one's own: who else reads it has it recorded, and reads it at its address
            RecordType::Conversation => take!(conversation, Conversation, |r: &crate::conversation::ConversationNow| r.record.id),
            RecordType::AgreedAction => take!(agreed_action, AgreedAction, |r: &trellis_domain::agreed_action::AgreedAction| r.id),
            RecordType::Objective => take!(objective, Objective, |r: &trellis_domain::objective::Objective| r.id),
            RecordType::LearningRecord => take!(learning, LearningRecord, |r: &trellis_domain::learning::LearningRecord| r.id),
            RecordType::ImprovementPlan => take!(improvement, ImprovementPlan, |r: &trellis_domain::improvement::ImprovementPlan| r.id),
            RecordType::Priority => take!(priority, Priority, |r: &trellis_domain::priority::Priority| r.id),
            RecordType::LearningActivity => take!(activity, LearningActivity, |r: &trellis_domain::activity::LearningActivity| r.id),
            RecordType::LearningSession => take!(session, LearningSession, |r: &trellis_domain::activity::LearningSession| r.id),
            RecordType::LearningRequest => take!(request, LearningRequest, |r: &crate::request::VisibleRequest| r.request.id),
            RecordType::BudgetLine => take!(budget, BudgetLine, |r: &trellis_domain::budget::BudgetLine| r.id),
            RecordType::Enrolment => take!(enrolment, Enrolment, |r: &trellis_domain::enrolment::Enrolment| r.id),
            RecordType::TrainingRequirement => take!(training::requirement, TrainingRequirement, |r: &trellis_domain::training::TrainingRequirement| r.id),
            RecordType::TrainingCompletion => {
                take!(training::completion, TrainingCompletion, |r: &trellis_domain::training::completion::TrainingCompletion| r.id);
            }
            RecordType::TrainingExemption => {
                take!(training::exemption, TrainingExemption, |r: &trellis_domain::training::completion::TrainingExemption| r.id);
            }
            RecordType::Account => take!(account, Account, |r: &trellis_domain::account::Account| r.id),
            RecordType::ServiceAccount => take!(service_account, ServiceAccount, |r: &trellis_domain::service_account::ServiceAccount| r.id),
            RecordType::Finding => take!(finding, Finding, |r: &trellis_domain::finding::Finding| r.id),
            // reading a hold, or a recommendation on pay, is a disclosure, and is done at its address
            RecordType::AppraisalHold | RecordType::PayRecommendation => {}
            // the development lane is followed by nobody
            RecordType::CoachingPartnership | RecordType::ActionStep | RecordType::LearningVisit | RecordType::SelfReview | RecordType::SharedSelfReview => {}
            RecordType::ConversationNotes | RecordType::ReportDraft | RecordType::Session | RecordType::MatchSuggestion => {}
        }
    }
    cx.reach = feed;
    for entry in entries.iter_mut().filter(|e| !e.told.left) {
        entry.told.record = found.get(&(entry.kind.record_type(), Uid(entry.subject))).cloned();
    }
    Ok(())
}
