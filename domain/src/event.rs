//! What happened. Every write leaves one event in the tenant's log; audit, history and the change feed are views of it.

use crate::{
    id::{EventId, OrganisationId, PersonId, ServiceAccountId, TenantId},
    words,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use uuid::Uuid;

words! {
    /// The kinds of record that the log speaks of.
    RecordType {
        /// A trust, school or group.
        Organisation = "organisation",
        /// A person.
        Person = "person",
        /// An employment.
        Employment = "employment",
        /// A relationship between two people.
        Relationship = "relationship",
        /// A role held.
        Role = "role",
        /// A framework version.
        FrameworkVersion = "framework_version",
        /// A version of a rule profile.
        RuleProfile = "rule_profile",
        /// A version of a school's calendar.
        Calendar = "calendar",
        /// An appraisal cycle.
        Cycle = "cycle",
        /// An appraisal.
        Appraisal = "appraisal",
        /// An appraisal report that is being written.
        ReportDraft = "report_draft",
        /// An issued version of an appraisal report.
        AppraisalReport = "appraisal_report",
        /// A development need.
        DevelopmentNeed = "development_need",
        /// A hold on the appraisal of an employment.
        AppraisalHold = "appraisal_hold",
        /// A version of a template of conversations.
        ConversationTemplate = "conversation_template",
        /// A conversation.
        Conversation = "conversation",
        /// One side's own notes of a conversation.
        ConversationNotes = "conversation_notes",
        /// Something that was agreed in a conversation.
        AgreedAction = "agreed_action",
        /// An objective.
        Objective = "objective",
        /// A learning record.
        LearningRecord = "learning_record",
        /// An improvement plan.
        ImprovementPlan = "improvement_plan",
        /// A priority of an improvement plan.
        Priority = "priority",
        /// An activity of the catalogue.
        LearningActivity = "learning_activity",
        /// A session of an activity.
        LearningSession = "learning_session",
        /// An enrolment at a session.
        Enrolment = "enrolment",
        /// A training that is required.
        TrainingRequirement = "training_requirement",
        /// That somebody met a training requirement.
        TrainingCompletion = "training_completion",
        /// That somebody need not meet a training requirement for a time.
        TrainingExemption = "training_exemption",
        /// A learning request.
        LearningRequest = "learning_request",
        /// A line of a budget for learning.
        BudgetLine = "budget_line",
        /// A finding that was published.
        Finding = "finding",
        /// A coaching partnership.
        CoachingPartnership = "coaching_partnership",
        /// An action step of a coaching partnership.
        ActionStep = "action_step",
        /// A visit to somebody's lesson.
        LearningVisit = "learning_visit",
        /// A person's account.
        Account = "account",
        /// A log-in.
        Session = "session",
        /// A machine's identity.
        ServiceAccount = "service_account",
        /// A suggestion that two records are one person.
        MatchSuggestion = "match_suggestion",
    }
    /// Everything that can happen, one word each. The word before the dot is the record's type.
    EventKind {
        /// An organisation was added.
        OrganisationCreated = "organisation.created",
        /// An organisation changed.
        OrganisationUpdated = "organisation.updated",
        /// A predecessor or successor of an organisation was recorded.
        OrganisationLinked = "organisation.linked",
        /// A person was added.
        PersonCreated = "person.created",
        /// A person changed.
        PersonUpdated = "person.updated",
        /// The person gave up their identity to another, who has everything of both.
        PersonMerged = "person.merged",
        /// The person is themself again: the merge was undone.
        PersonUnmerged = "person.unmerged",
        /// The person is live at other organisations than before: they moved, started or left.
        PersonMoved = "person.moved",
        /// What was known of the person was erased.
        PersonErased = "person.erased",
        /// An employment was added.
        EmploymentCreated = "employment.created",
        /// An employment changed.
        EmploymentUpdated = "employment.updated",
        /// An employment was given its last day.
        EmploymentEnded = "employment.ended",
        /// An employment was folded into another of the same person at the same school.
        EmploymentMerged = "employment.merged",
        /// An employment stands for itself again.
        EmploymentUnmerged = "employment.unmerged",
        /// The last day of an employment passed.
        EmploymentLapsed = "employment.lapsed",
        /// A system that knows the person no longer named them among a school's staff.
        EmploymentMissing = "employment.missing",
        /// It named them again.
        EmploymentFound = "employment.found",
        /// Somebody said that a person who was missing is still employed.
        EmploymentKept = "employment.kept",
        /// A relationship was added.
        RelationshipCreated = "relationship.created",
        /// A relationship was given its last day.
        RelationshipEnded = "relationship.ended",
        /// A relationship changed: one of its two people was merged into another.
        RelationshipUpdated = "relationship.updated",
        /// A relationship was folded into an equal one, or fell away because its two people are one.
        RelationshipMerged = "relationship.merged",
        /// A relationship stands for itself again.
        RelationshipUnmerged = "relationship.unmerged",
        /// A role was given.
        RoleGranted = "role.granted",
        /// A role was given its last day.
        RoleEnded = "role.ended",
        /// A role changed: its holder was merged into another.
        RoleUpdated = "role.updated",
        /// A role was folded into an equal one.
        RoleMerged = "role.merged",
        /// A role stands for itself again.
        RoleUnmerged = "role.unmerged",
        /// A framework version was added.
        FrameworkVersionCreated = "framework_version.created",
        /// A framework version was published.
        FrameworkVersionPublished = "framework_version.published",
        /// A version of a rule profile was drafted.
        RuleProfileCreated = "rule_profile.created",
        /// A version of a rule profile was published.
        RuleProfilePublished = "rule_profile.published",
        /// A version of a calendar was written.
        CalendarCreated = "calendar.created",
        /// A cycle was drafted.
        CycleCreated = "cycle.created",
        /// A cycle changed.
        CycleUpdated = "cycle.updated",
        /// A cycle was published.
        CyclePublished = "cycle.published",
        /// Planning opened.
        CyclePlanningOpened = "cycle.planning_opened",
        /// Planning closed and the year's work began.
        CycleMonitoringStarted = "cycle.monitoring_started",
        /// The year's review opened.
        CycleReviewOpened = "cycle.review_opened",
        /// Closing began.
        CycleClosingStarted = "cycle.closing_started",
        /// The cycle closed.
        CycleClosed = "cycle.closed",
        /// The cycle was put away.
        CycleArchived = "cycle.archived",
        /// The cycle was called off.
        CycleCancelled = "cycle.cancelled",
        /// An appraisal was created.
        AppraisalCreated = "appraisal.created",
        /// An appraisal changed: its appraisee was merged into another.
        AppraisalUpdated = "appraisal.updated",
        /// It was said who appraises.
        AppraisalAppraisersAssigned = "appraisal.appraisers_assigned",
        /// Planning began.
        AppraisalPlanningStarted = "appraisal.planning_started",
        /// The appraisee was told which standards apply.
        AppraisalStandardsInformed = "appraisal.standards_informed",
        /// The external adviser was consulted.
        AppraisalAdviserConsulted = "appraisal.adviser_consulted",
        /// Objectives are set and the year's work began.
        AppraisalStarted = "appraisal.started",
        /// The appraisee began to look back.
        AppraisalSelfReviewStarted = "appraisal.self_review_started",
        /// The appraiser began to write the assessment.
        AppraisalAssessmentStarted = "appraisal.assessment_started",
        /// The report was issued.
        AppraisalReportIssued = "appraisal.report_issued",
        /// The appraisee commented on the report.
        AppraisalCommented = "appraisal.commented",
        /// It is complete.
        AppraisalCompleted = "appraisal.completed",
        /// The report was corrected: a new version was issued.
        AppraisalAmended = "appraisal.amended",
        /// A deadline was moved, with a reason.
        AppraisalDeadlineMoved = "appraisal.deadline_moved",
        /// It rests.
        AppraisalSuspended = "appraisal.suspended",
        /// It goes on.
        AppraisalResumed = "appraisal.resumed",
        /// It goes on elsewhere.
        AppraisalTransferred = "appraisal.transferred",
        /// It was given up.
        AppraisalAbandoned = "appraisal.abandoned",
        /// Writing of a report began.
        ReportDraftStarted = "report_draft.started",
        /// It went on.
        ReportDraftUpdated = "report_draft.updated",
        /// It was issued, and is no draft any more.
        ReportDraftIssued = "report_draft.issued",
        /// A version of a report was issued; the digest of its content is kept here.
        ReportIssued = "appraisal_report.issued",
        /// The appraisee commented on it.
        ReportCommented = "appraisal_report.commented",
        /// A development need was named.
        DevelopmentNeedCreated = "development_need.created",
        /// A development need changed.
        DevelopmentNeedUpdated = "development_need.updated",
        /// A development need was met.
        DevelopmentNeedMet = "development_need.met",
        /// A development need was taken back.
        DevelopmentNeedWithdrawn = "development_need.withdrawn",
        /// A hold was set on the appraisal of an employment.
        AppraisalHoldCreated = "appraisal_hold.created",
        /// A hold changed: whose it is was merged into another.
        AppraisalHoldUpdated = "appraisal_hold.updated",
        /// A hold was given its last day.
        AppraisalHoldEnded = "appraisal_hold.ended",
        /// A version of a template of conversations was drafted.
        ConversationTemplateCreated = "conversation_template.created",
        /// A version of a template of conversations was published.
        ConversationTemplatePublished = "conversation_template.published",
        /// A conversation was scheduled.
        ConversationScheduled = "conversation.scheduled",
        /// A conversation was moved, or what was said was written; or one of its two people was merged into another.
        ConversationUpdated = "conversation.updated",
        /// The appraisee prepares.
        ConversationPrepared = "conversation.prepared",
        /// The appraisee showed what they wrote.
        ConversationShared = "conversation.shared",
        /// The two met.
        ConversationHeld = "conversation.held",
        /// The partner showed what they wrote, and asked for a response.
        ConversationResponseRequested = "conversation.response_requested",
        /// The appraisee responded.
        ConversationResponded = "conversation.responded",
        /// The conversation was locked.
        ConversationCompleted = "conversation.completed",
        /// It was opened again, with a reason.
        ConversationReopened = "conversation.reopened",
        /// It was called off, with a reason.
        ConversationCancelled = "conversation.cancelled",
        /// One side wrote notes for themself; only they are told, and of the words not even the log knows.
        ConversationNotesWritten = "conversation_notes.written",
        /// Something was agreed.
        AgreedActionCreated = "agreed_action.created",
        /// What was agreed changed.
        AgreedActionUpdated = "agreed_action.updated",
        /// It is done.
        AgreedActionFinished = "agreed_action.finished",
        /// It was given up, with a reason.
        AgreedActionDropped = "agreed_action.dropped",
        /// It was taken up again.
        AgreedActionReopened = "agreed_action.reopened",
        /// An objective was drafted.
        ObjectiveCreated = "objective.created",
        /// An objective's words changed.
        ObjectiveUpdated = "objective.updated",
        /// An objective was put to the other party.
        ObjectiveProposed = "objective.proposed",
        /// Both agreed.
        ObjectiveAgreed = "objective.agreed",
        /// The appraiser set it; the appraisee's dissent is kept.
        ObjectiveSetWithDissent = "objective.set_with_dissent",
        /// Work on it began.
        ObjectiveStarted = "objective.started",
        /// It was revised: the old words and the reason are kept.
        ObjectiveRevised = "objective.revised",
        /// Work on it was paused.
        ObjectivePaused = "objective.paused",
        /// Work on it went on.
        ObjectiveResumed = "objective.resumed",
        /// It was reviewed.
        ObjectiveReviewed = "objective.reviewed",
        /// It was closed.
        ObjectiveClosed = "objective.closed",
        /// It was withdrawn.
        ObjectiveWithdrawn = "objective.withdrawn",
        /// It goes on as another objective.
        ObjectiveCarriedOver = "objective.carried_over",
        /// A colleague was invited to work on it. Nothing else of it changed.
        ObjectiveCollaboratorInvited = "objective.collaborator_invited",
        /// They said yes.
        ObjectiveCollaborationAccepted = "objective.collaboration_accepted",
        /// They said no.
        ObjectiveCollaborationDeclined = "objective.collaboration_declined",
        /// They left.
        ObjectiveCollaborationLeft = "objective.collaboration_left",
        /// The owner ended it.
        ObjectiveCollaborationEnded = "objective.collaboration_ended",
        /// A note was written on it: what it says is not in the log.
        ObjectiveNoteAdded = "objective.note_added",
        /// Its author took a note back.
        ObjectiveNoteWithdrawn = "objective.note_withdrawn",
        /// Learning was logged.
        LearningRecordCreated = "learning_record.created",
        /// A learning record changed.
        LearningRecordUpdated = "learning_record.updated",
        /// The owner reflected on it.
        LearningRecordReflected = "learning_record.reflected",
        /// The owner shared it.
        LearningRecordShared = "learning_record.shared",
        /// The owner made it private again: it left the sight of everybody else.
        LearningRecordUnshared = "learning_record.unshared",
        /// An improvement plan was drafted.
        ImprovementPlanCreated = "improvement_plan.created",
        /// An improvement plan changed.
        ImprovementPlanUpdated = "improvement_plan.updated",
        /// An improvement plan was published.
        ImprovementPlanPublished = "improvement_plan.published",
        /// An improvement plan was put away.
        ImprovementPlanArchived = "improvement_plan.archived",
        /// A priority was added.
        PriorityCreated = "priority.created",
        /// A priority of the trust was taken into a school's own plan.
        PriorityAdopted = "priority.adopted",
        /// A priority, or one of its actions, changed.
        PriorityUpdated = "priority.updated",
        /// A priority was achieved.
        PriorityAchieved = "priority.achieved",
        /// A priority was given up, with the reason.
        PriorityStopped = "priority.stopped",
        /// Work on a priority was taken up again.
        PriorityReopened = "priority.reopened",
        /// Something to learn was offered.
        LearningActivityCreated = "learning_activity.created",
        /// An activity of the catalogue changed.
        LearningActivityUpdated = "learning_activity.updated",
        /// An activity was retired.
        LearningActivityRetired = "learning_activity.retired",
        /// An activity is offered again.
        LearningActivityRestored = "learning_activity.restored",
        /// A session was scheduled.
        LearningSessionCreated = "learning_session.created",
        /// A session changed.
        LearningSessionUpdated = "learning_session.updated",
        /// A session was called off.
        LearningSessionCancelled = "learning_session.cancelled",
        /// Somebody was enrolled: they have a place, or wait for one.
        EnrolmentCreated = "enrolment.created",
        /// An enrolment changed: the person, or who enrolled them, was merged into another.
        EnrolmentUpdated = "enrolment.updated",
        /// Somebody who waited got a place.
        EnrolmentPromoted = "enrolment.promoted",
        /// Somebody gave up their place, or the wait for one.
        EnrolmentWithdrawn = "enrolment.withdrawn",
        /// They came.
        EnrolmentAttended = "enrolment.attended",
        /// They did not come.
        EnrolmentAbsent = "enrolment.absent",
        /// A training requirement was drafted.
        TrainingRequirementCreated = "training_requirement.created",
        /// A training requirement changed.
        TrainingRequirementUpdated = "training_requirement.updated",
        /// A training requirement was published.
        TrainingRequirementPublished = "training_requirement.published",
        /// A training requirement has a new edition.
        TrainingRequirementEditionIssued = "training_requirement.edition_issued",
        /// A training requirement was retired.
        TrainingRequirementRetired = "training_requirement.retired",
        /// It was recorded that somebody met a training requirement.
        TrainingCompletionCreated = "training_completion.created",
        /// A completion changed: whose it is, or who recorded it, was merged into another.
        TrainingCompletionUpdated = "training_completion.updated",
        /// A completion was taken back, with the reason.
        TrainingCompletionVoided = "training_completion.voided",
        /// Somebody was exempted from a training requirement for a time.
        TrainingExemptionCreated = "training_exemption.created",
        /// An exemption changed: whose it is was merged into another.
        TrainingExemptionUpdated = "training_exemption.updated",
        /// An exemption was given an earlier last day.
        TrainingExemptionEnded = "training_exemption.ended",
        /// A learning request was drafted.
        LearningRequestCreated = "learning_request.created",
        /// A learning request changed.
        LearningRequestUpdated = "learning_request.updated",
        /// Its owner said how one will know what comes of it.
        LearningRequestImpactPlanned = "learning_request.impact_planned",
        /// A learning request was submitted.
        LearningRequestSubmitted = "learning_request.submitted",
        /// The line manager or appraiser agreed.
        LearningRequestManagerAgreed = "learning_request.manager_agreed",
        /// The line manager or appraiser declined.
        LearningRequestManagerDeclined = "learning_request.manager_declined",
        /// A learning request was approved: its cost is set aside.
        LearningRequestApproved = "learning_request.approved",
        /// A learning request was declined.
        LearningRequestDeclined = "learning_request.declined",
        /// A learning request was given back, to be changed.
        LearningRequestReturned = "learning_request.returned",
        /// It was booked: its cost is spent.
        LearningRequestBooked = "learning_request.booked",
        /// What it cost was corrected.
        LearningRequestCostRecorded = "learning_request.cost_recorded",
        /// Its owner was there.
        LearningRequestAttended = "learning_request.attended",
        /// Its owner said what they thought of it.
        LearningRequestEvaluated = "learning_request.evaluated",
        /// Its owner recorded what a checkpoint showed.
        LearningRequestCheckpointRecorded = "learning_request.checkpoint_recorded",
        /// Its owner said what came of it.
        LearningRequestImpactReviewed = "learning_request.impact_reviewed",
        /// A learning request was closed.
        LearningRequestClosed = "learning_request.closed",
        /// A learning request was taken back.
        LearningRequestWithdrawn = "learning_request.withdrawn",
        /// Somebody commented on it. Nothing of the record changed.
        LearningRequestCommented = "learning_request.commented",
        /// A budget line was added.
        BudgetLineCreated = "budget_line.created",
        /// A budget line changed.
        BudgetLineUpdated = "budget_line.updated",
        /// An inquiry was given up; what was learned by it is kept.
        ObjectiveInquiryAbandoned = "objective.inquiry_abandoned",
        /// A finding was published.
        FindingPublished = "finding.published",
        /// A finding changed: its author was merged into another.
        FindingUpdated = "finding.updated",
        /// Somebody uses a finding. Only they are told so; its owner sees how many do.
        FindingReused = "finding.reused",
        /// Its owner took a finding back: it left the sight of everybody else.
        FindingWithdrawn = "finding.withdrawn",
        /// A coaching partnership was proposed.
        CoachingPartnershipCreated = "coaching_partnership.created",
        /// A coaching partnership changed.
        CoachingPartnershipUpdated = "coaching_partnership.updated",
        /// Both want it.
        CoachingPartnershipAccepted = "coaching_partnership.accepted",
        /// One of the two ended it.
        CoachingPartnershipEnded = "coaching_partnership.ended",
        /// Two agreed on an action step.
        ActionStepCreated = "action_step.created",
        /// An action step changed: its learner was merged into another.
        ActionStepUpdated = "action_step.updated",
        /// It was said what became of an action step.
        ActionStepSettled = "action_step.settled",
        /// A visit was written down.
        LearningVisitCreated = "learning_visit.created",
        /// A visit changed.
        LearningVisitUpdated = "learning_visit.updated",
        /// Who was visited put a copy among their learning.
        LearningVisitShared = "learning_visit.shared",
        /// An account was opened.
        AccountCreated = "account.created",
        /// An account was disabled.
        AccountDisabled = "account.disabled",
        /// An account was enabled again.
        AccountEnabled = "account.enabled",
        /// A password changed.
        AccountPasswordChanged = "account.password_changed",
        /// An administrator set another password, for somebody who had forgotten theirs.
        AccountPasswordReset = "account.password_reset",
        /// Its owner made a secret address at which a calendar program reads their days.
        AccountCalendarLinkCreated = "account.calendar_link_created",
        /// A secret address of their calendar was revoked.
        AccountCalendarLinkRevoked = "account.calendar_link_revoked",
        /// An account changed: its owner was merged into another.
        AccountUpdated = "account.updated",
        /// Somebody logged in.
        SessionStarted = "session.started",
        /// Somebody logged out.
        SessionEnded = "session.ended",
        /// A refresh token was used twice: the whole log-in was revoked.
        SessionRevoked = "session.revoked",
        /// A service account was made.
        ServiceAccountCreated = "service_account.created",
        /// A service account changed.
        ServiceAccountUpdated = "service_account.updated",
        /// A service account was disabled.
        ServiceAccountDisabled = "service_account.disabled",
        /// A key was issued.
        ServiceAccountKeyIssued = "service_account.key_issued",
        /// A key was revoked.
        ServiceAccountKeyRevoked = "service_account.key_revoked",
        /// Two records may be one person.
        MatchSuggestionCreated = "match_suggestion.created",
        /// There is one more reason to think so.
        MatchSuggestionUpdated = "match_suggestion.updated",
        /// They are one, and were merged.
        MatchSuggestionAccepted = "match_suggestion.accepted",
        /// They are two.
        MatchSuggestionRejected = "match_suggestion.rejected",
        /// It was put off.
        MatchSuggestionPostponed = "match_suggestion.postponed",
        /// A key ends in 30, 7 or 1 days. Nothing of the record changed.
        ServiceAccountKeyExpiring = "service_account.key_expiring",
    }
}

impl RecordType {
    /// Can a change of such a record change what somebody may do?
    pub const fn bears_authority(self) -> bool {
        match self {
            Self::Organisation | Self::Person | Self::Employment | Self::Relationship | Self::Role | Self::Account | Self::Session | Self::ServiceAccount => {
                true
            }
            Self::FrameworkVersion
            | Self::RuleProfile
            | Self::Calendar
            | Self::Cycle
            | Self::Appraisal
            | Self::ReportDraft
            | Self::AppraisalReport
            | Self::DevelopmentNeed
            | Self::AppraisalHold
            | Self::ConversationTemplate
            | Self::Conversation
            | Self::ConversationNotes
            | Self::AgreedAction
            | Self::Objective
            | Self::LearningRecord
            | Self::ImprovementPlan
            | Self::Priority
            | Self::LearningActivity
            | Self::LearningSession
            | Self::Enrolment
            | Self::TrainingRequirement
            | Self::TrainingCompletion
            | Self::TrainingExemption
            | Self::LearningRequest
            | Self::BudgetLine
            | Self::Finding
            | Self::CoachingPartnership
            | Self::ActionStep
            | Self::LearningVisit
            | Self::MatchSuggestion => false,
        }
    }
}

impl EventKind {
    /// The kind of record it happened to: the word before the dot.
    pub fn record_type(self) -> RecordType {
        let word = self.as_str().split_once('.').map_or("", |(t, _)| t);
        RecordType::ALL.iter().copied().find(|t| t.as_str() == word).unwrap_or(RecordType::Organisation)
    }
}

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "id")]
pub enum Actor {
    /// A person, through their account.
    #[serde(rename = "person")]
    Person(PersonId),
    /// A person who did it without their name: nobody is told who, and it is written nowhere in the log.
    #[serde(rename = "unnamed")]
    Unnamed,
    /// A machine.
    #[serde(rename = "service_account")]
    Service(ServiceAccountId),
    /// Trellis itself, or its operator at the command line.
    #[serde(rename = "system")]
    System,
}

impl Actor {
    /// The word for its kind.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Person(_) | Self::Unnamed => "person",
            Self::Service(_) => "service_account",
            Self::System => "system",
        }
    }
    /// Its id, if it has one.
    pub fn id(self) -> Option<Uuid> {
        match self {
            Self::Person(id) => Some(id.0),
            Self::Service(id) => Some(id.0),
            Self::Unnamed | Self::System => None,
        }
    }
    /// Read back from its two columns.
    pub fn from_parts(kind: &str, id: Option<Uuid>) -> Option<Self> {
        match (kind, id) {
            ("person", Some(id)) => Some(Self::Person(PersonId(id))),
            ("person", None) => Some(Self::Unnamed),
            ("service_account", Some(id)) => Some(Self::Service(ServiceAccountId(id))),
            ("system", None) => Some(Self::System),
            _ => None,
        }
    }
}

/// Whom and where an event is about: what decides who may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct About {
    /// The school, trust or group it belongs to.
    pub organisation: Option<OrganisationId>,
    /// The person it speaks of.
    pub person: Option<PersonId>,
    /// Set while the record is one person's private draft: only they see it.
    pub private_to: Option<PersonId>,
}

/// Names of the fields that changed, and their values before and after.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Changes {
    /// Field names, in the record's order.
    pub fields: Vec<String>,
    /// `{"field": {"before": …, "after": …}}`; kept apart from the event, so that it can be erased.
    pub values: Value,
}

/// Fields that every record has and whose change alone is no change.
const BOOKKEEPING: [&str; 5] = ["id", "tenant_id", "version", "created_at", "updated_at"];
/// Where values come from follows from who changed them. It is told only where nothing else changed.
const PROVENANCE: &str = "provenance";

/// What changed between two states of a record. Nothing, if nothing that matters did: then no event is left.
pub fn changes<R: Serialize>(before: Option<&R>, after: &R) -> Changes {
    let fields = |record: &R| match serde_json::to_value(record) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    };
    let old = before.map(fields);
    let mut out = Changes { fields: Vec::new(), values: Value::Null };
    let mut values = Map::new();
    for (name, new) in fields(after) {
        let was = old.as_ref().and_then(|o| o.get(&name)).unwrap_or(&Value::Null);
        if BOOKKEEPING.contains(&name.as_str()) || *was == new {
            continue;
        }
        values.insert(name.clone(), serde_json::json!({"before": was, "after": new}));
        out.fields.push(name);
    }
    if out.fields.len() > 1 || before.is_none() {
        out.fields.retain(|name| name != PROVENANCE);
        values.remove(PROVENANCE);
    }
    out.values = Value::Object(values);
    out
}

/// An organisation at which a person was live before an event, or is after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which.
    pub organisation: OrganisationId,
    /// Was the person live there before?
    pub was: bool,
    /// Are they after it?
    pub is: bool,
}

/// Every organisation of a move, once.
pub fn places(before: &BTreeSet<OrganisationId>, after: &BTreeSet<OrganisationId>) -> Vec<Place> {
    before.union(after).map(|o| Place { organisation: *o, was: before.contains(o), is: after.contains(o) }).collect()
}

/// What a move is to somebody who follows a part of the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crossing {
    /// The person came into their sight.
    Entered,
    /// The person left their sight: no more is said than who.
    Left,
    /// The person moved within it.
    Within,
}

/// What a move is, by whether the person was in sight before it and is in sight after it. To somebody who goes on seeing whoever was once
/// employed (`keeps`), nobody leaves.
pub fn crossing(was: bool, is: bool, keeps: bool) -> Crossing {
    match (was, is) {
        (false, true) => Crossing::Entered,
        (true, false) if !keeps => Crossing::Left,
        _ => Crossing::Within,
    }
}

/// An event before it has its number.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Its id.
    pub id: EventId,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// In which request.
    pub request_id: String,
    /// What.
    pub kind: EventKind,
    /// To which record.
    pub subject: Uuid,
    /// The record's version afterwards.
    pub subject_version: i64,
    /// Whom and where it is about.
    pub about: About,
    /// What changed.
    pub changes: Changes,
    /// Makes the payload's digest unguessable once the payload is erased.
    pub salt: [u8; 16],
    /// Where a person was and is live, if that is what the event is about.
    pub places: Vec<Place>,
}

/// A SHA-256 value.
pub type Hash = [u8; 32];

/// The hash before the first event.
pub const FIRST: Hash = [0; 32];

/// Digest of an erasable payload.
pub fn payload_digest(salt: &[u8], payload: &str) -> Hash {
    Sha256::new().chain_update(salt).chain_update(payload.as_bytes()).finalize().into()
}

/// What of an event is hashed: all of it, with the payload by its digest, each part preceded by its length.
#[derive(Debug)]
pub struct Hashed<'a> {
    /// The tenant.
    pub tenant: TenantId,
    /// Its number in the tenant's log.
    pub number: i64,
    /// Its id.
    pub id: EventId,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// In which request.
    pub request_id: &'a str,
    /// What, as its word.
    pub kind: &'a str,
    /// To which record.
    pub subject: Uuid,
    /// The record's version afterwards.
    pub subject_version: i64,
    /// Whom and where it is about.
    pub about: About,
    /// Names of the changed fields, as JSON.
    pub changed: &'a str,
    /// Digest of the payload.
    pub payload_digest: &'a [u8],
}

impl Hashed<'_> {
    /// The event's link of the chain: SHA-256 over the previous link and every part of this event.
    pub fn link(&self, previous: &[u8]) -> Hash {
        let optional = |id: Option<Uuid>| id.map_or(Vec::new(), |id| id.as_bytes().to_vec());
        let parts: [&[u8]; 16] = [
            previous,
            self.tenant.0.as_bytes(),
            &self.number.to_be_bytes(),
            self.id.0.as_bytes(),
            &self.occurred_at.timestamp_micros().to_be_bytes(),
            self.actor.kind().as_bytes(),
            &optional(self.actor.id()),
            self.request_id.as_bytes(),
            self.kind.as_bytes(),
            self.subject.as_bytes(),
            &self.subject_version.to_be_bytes(),
            &optional(self.about.organisation.map(|o| o.0)),
            &optional(self.about.person.map(|p| p.0)),
            &optional(self.about.private_to.map(|p| p.0)),
            self.changed.as_bytes(),
            self.payload_digest,
        ];
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Record {
        title: &'static str,
        hours: Option<i32>,
        version: i64,
    }

    #[test]
    fn a_change_names_its_fields_and_bookkeeping_is_none() {
        let was = Record { title: "a", hours: None, version: 1 };
        assert!(changes(Some(&was), &Record { title: "a", hours: None, version: 2 }).fields.is_empty());
        let now = changes(Some(&was), &Record { title: "a", hours: Some(2), version: 2 });
        assert_eq!(now.fields, ["hours"]);
        assert_eq!(now.values, serde_json::json!({"hours": {"before": null, "after": 2}}));
        assert_eq!(changes(None, &was).fields, ["title"]);
    }

    #[test]
    fn every_kind_names_a_record_type_that_exists() {
        for kind in EventKind::ALL {
            assert!(kind.as_str().starts_with(&format!("{}.", kind.record_type())), "{kind}");
        }
    }

    #[test]
    fn a_move_is_told_by_the_border_that_it_crosses() {
        for (was, is, keeps, expected) in [
            (false, true, false, Crossing::Entered),
            (false, true, true, Crossing::Entered),
            (true, false, false, Crossing::Left),
            (true, false, true, Crossing::Within),
            (true, true, false, Crossing::Within),
        ] {
            assert_eq!(crossing(was, is, keeps), expected, "{was} {is} {keeps}");
        }
        let at = |n: &[u128]| n.iter().map(|n| OrganisationId(Uuid::from_u128(*n))).collect::<BTreeSet<_>>();
        let told: Vec<_> = places(&at(&[1, 2]), &at(&[2, 3])).into_iter().map(|p| (p.organisation.0.as_u128(), p.was, p.is)).collect();
        assert_eq!(told, [(1, true, false), (2, true, true), (3, false, true)]);
    }

    #[test]
    fn a_link_depends_on_every_part() {
        let base = || Hashed {
            tenant: TenantId(Uuid::nil()),
            number: 1,
            id: EventId(Uuid::nil()),
            occurred_at: DateTime::UNIX_EPOCH,
            actor: Actor::System,
            request_id: "r",
            kind: "person.created",
            subject: Uuid::nil(),
            subject_version: 1,
            about: About::default(),
            changed: "[]",
            payload_digest: &[0; 32],
        };
        let one = base().link(&FIRST);
        let mut seen = vec![one, base().link(&one)];
        seen.push(Hashed { number: 2, ..base() }.link(&FIRST));
        seen.push(Hashed { actor: Actor::Person(PersonId(Uuid::nil())), ..base() }.link(&FIRST));
        seen.push(Hashed { request_id: "", kind: "rperson.created", ..base() }.link(&FIRST));
        seen.push(Hashed { about: About { person: Some(PersonId(Uuid::nil())), ..About::default() }, ..base() }.link(&FIRST));
        seen.push(Hashed { about: About { private_to: Some(PersonId(Uuid::nil())), ..About::default() }, ..base() }.link(&FIRST));
        seen.push(Hashed { changed: "[\"a\"]", ..base() }.link(&FIRST));
        seen.push(Hashed { payload_digest: &[1; 32], ..base() }.link(&FIRST));
        let distinct: std::collections::HashSet<_> = seen.iter().collect();
        assert_eq!(distinct.len(), seen.len());
        assert_eq!(base().link(&FIRST), one);
    }
}
