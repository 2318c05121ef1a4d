//! Everything that can happen, one word each.

use super::RecordType;
use crate::words;

words! {
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
        /// One of the two said how often they meet.
        RelationshipCadenceSet = "relationship.cadence_set",
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
        /// The appraisee appealed against the report.
        AppraisalAppealed = "appraisal.appealed",
        /// Their appeal was decided.
        AppraisalAppealDecided = "appraisal.appeal_decided",
        /// The review was held: from it the rules count the day by which the report is given.
        AppraisalDeadlineSet = "appraisal.deadline_set",
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
        /// The appraisee appealed against it.
        ReportAppealed = "appraisal_report.appealed",
        /// The appeal against it was decided.
        ReportAppealDecided = "appraisal_report.appeal_decided",
        /// Who appraises recommended something on pay. What it was the log does not keep.
        PayRecommendationMade = "pay_recommendation.made",
        /// What is recommended changed; or whose it is, who made it or who decided it was merged into another.
        PayRecommendationChanged = "pay_recommendation.changed",
        /// Who appraises took it back.
        PayRecommendationWithdrawn = "pay_recommendation.withdrawn",
        /// It was decided: how, the log does not keep.
        PayRecommendationDecided = "pay_recommendation.decided",
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
        /// Evidence was added to a learning record. Nothing of the record changed, and what it is called is told to nobody here.
        LearningRecordEvidenceAdded = "learning_record.evidence_added",
        /// Evidence of a learning record was removed.
        LearningRecordEvidenceRemoved = "learning_record.evidence_removed",
        /// Its owner deleted what an outside provider had sent: it is there no longer, and the log does not say what it was.
        LearningRecordDeleted = "learning_record.deleted",
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
        /// The two went on to another stage, or began another round.
        CoachingPartnershipWentOn = "coaching_partnership.went_on",
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
        /// A self-review was begun.
        SelfReviewCreated = "self_review.created",
        /// A self-review changed.
        SelfReviewUpdated = "self_review.updated",
        /// A version of a self-review was kept.
        SelfReviewKept = "self_review.kept",
        /// Somebody was let read a version of a self-review.
        SharedSelfReviewCreated = "shared_self_review.created",
        /// It changed: its owner or reader was merged into another.
        SharedSelfReviewUpdated = "shared_self_review.updated",
        /// Its owner took it back.
        SharedSelfReviewWithdrawn = "shared_self_review.withdrawn",
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

impl EventKind {
    /// The kind of record it happened to: the word before the dot.
    pub fn record_type(self) -> RecordType {
        let word = self.as_str().split_once('.').map_or("", |(t, _)| t);
        RecordType::ALL.iter().copied().find(|t| t.as_str() == word).unwrap_or(RecordType::Organisation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_names_a_record_type_that_exists() {
        for kind in EventKind::ALL {
            assert!(kind.as_str().starts_with(&format!("{}.", kind.record_type())), "{kind}");
        }
    }
}
