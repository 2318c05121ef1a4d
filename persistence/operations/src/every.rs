//! Every operation, by where it is declared. What is not named here no database answers, and nobody can ask.

/// Tells a macro of every operation: each list as `module: Operation, ..`. Who passes one has [`AsValue`](crate::transaction::needs::AsValue) in scope.
#[macro_export]
macro_rules! every_operation {
    ($then:ident) => {
        $then! {
            read {
                account: AccountHistory, FindLogin, ForgottenPassword, GetAccount, ListAccounts, OwnLogin, RefreshSecret;
                activity:
                    EnrolmentHistory, GetCertificate, GetEnrolment, GetLearningActivity, GetLearningSession, GetSessionPlaces, LearningActivityHistory,
                    LearningSessionHistory, ListEnrolments, ListLearningActivities, ListLearningSessions;
                agreed_action: AgreedActionHistory, GetAgreedAction, ListAgreedActions;
                appraisal: AppraisalHistory, GetAppraisal, ListAppraisals;
                budget: BudgetLineHistory, GetBudgetLine, ListBudgetBalances, ListBudgetEntries, ListBudgetLines;
                calendar: CalendarHistory, CountDays, GetCalendar, ListCalendars;
                calendar_link: CalendarDays, ListCalendarLinks;
                check_in: ListMyCheckIns, ReadCheckInHealth;
                coaching:
                    ActionStepHistory, GetActionStep, GetLearningVisit, GetPartnership, LearningVisitHistory, ListActionSteps, ListLearningVisits,
                    ListMyCoachingRhythms, ListPartnerships, PartnershipHistory;
                collaboration: GetCollaboration, ListCollaborations;
                conversation: ConversationHistory, GetAgenda, GetConversation, GetMyNotes, ListConversations, ListSnapshots;
                conversation_template: ConversationTemplateHistory, GetConversationTemplate, ListConversationTemplates;
                cycle: CycleHistory, GetCycle, ListCycles;
                disclosure: ListDisclosures;
                employment: EmploymentHistory, GetEmployment, ListEmployments;
                event: Changes, FeedHead<AsValue>, VerifyLog;
                evidence: GetEvidence, LinkEvidence, ListEvidence, StrayFiles;
                explain: Explain;
                finding: FindingHistory, GetFinding, ListFindings, ListOwnFindings, SimilarFindings;
                framework: FrameworkVersionHistory, GetFrameworkVersion, ListFrameworkVersions;
                hold: GetHold, HoldHistory, ListHolds;
                improvement: GetImprovementPlan, GetPriority, ImprovementPlanHistory, ListImprovementPlans, ListPriorities, PriorityHistory;
                inquiry: GetInquiryStage;
                insight:
                    AgreedActionLineOfSight, AppraisalOverview, AppraisalOverviewByAppraiser, EnrolmentLineOfSight, FindingLineOfSight, LearningLineOfSight,
                    LearningVisitLineOfSight, ListAppraisalProgress, NeedLineOfSight, ObjectiveLineOfSight, PriorityLineOfSight, ReadFairAccess, ReadLearningShare,
                    ReadMechanisms, ReadSpending, RequestLineOfSight, TrainingCompletionLineOfSight;
                job: GetJob, JobHeadings, JobResults, ListJobs, NextJob;
                learning: GetLearningRecord, LearningRecordHistory, ListLearningRecords, ListReflectionPrompts;
                learning_statement: GetLearningStatement;
                matching: GetMatchSuggestion, ListMatchSuggestions;
                me: WhoAmI;
                merge: FindMerged, GetMerge, ListMerges;
                need: GetNeed, ListNeeds, NeedHistory, SummariseNeeds;
                objective: GetObjective, ListAuthorship, ListNotes, ListObjectives, ListRevisions, ObjectiveHistory;
                organisation: GetOrganisation, ListLinks, ListOrganisations, NameOrganisations, OrganisationHistory;
                pay: GetPayRecommendation, ListPayRecommendations, PayRecommendationHistory;
                person: GetPerson, ListPeople, NamePeople, PersonHistory;
                profile: GetRuleProfile, ListRuleProfiles, RuleProfileHistory;
                programme: GetProgramme;
                relationship: GetRelationship, ListRelationships, RelationshipHistory;
                report: GetReport, GetReportDraft, GetStatement, ListReports, ReportHistory;
                request:
                    GetLearningRequest, GetRequestImpact, LearningRequestHistory, ListLearningRequests, ListRequestComments, ListRequestDecisions, SummariseImpact;
                role: GetRole, ListRoles, RoleHistory;
                self_review:
                    GetSelfReview, GetSharedSelfReview, ListSelfReviewVersions, ListSelfReviews, ListSharedSelfReviews, SelfReviewHistory, SharedSelfReviewHistory;
                service_account: FindKeysThatEnd, GetServiceAccount, ListServiceAccounts, ServiceAccountHistory;
                sync: GetSync, ListSyncs;
                task: ListTasks;
                tenant: FindTenant, ListTenants, RootOrganisation, SigningKeys;
                training:
                    GetTrainingCompletion, GetTrainingExemption, GetTrainingRequirement, ListCompliance, ListTrainingCompletions, ListTrainingExemptions,
                    ListTrainingRequirements, SummariseCompliance, TrainingCompletionHistory, TrainingExemptionHistory, TrainingRequirementHistory;
            }
            write {
                account: ChangePassword, CreateAccount, EnableAccount, EndSession, ForgetSessions, RefreshSession, ResetPassword, StartSession;
                activity:
                    CancelLearningSession, CreateLearningActivity, CreateLearningSession, Enrol, EnrolMany, RecordAttendance, StepLearningActivity,
                    UpdateLearningActivity, UpdateLearningSession, WithdrawEnrolment;
                agreed_action: AddAgreedAction, StepAgreedAction, UpdateAgreedAction;
                appraisal: AddPopulation, AssignAppraisers, CreateAppraisals, LeaveAppraisal, MoveDeadline, ResumeAppraisal, StepAppraisal, SuspendAppraisal;
                budget: CreateBudgetLine, UpdateBudgetLine;
                calendar: CreateCalendar;
                calendar_link: CreateCalendarLink, RevokeCalendarLink;
                check_in: SetCadence;
                coaching:
                    AcceptPartnership, CreateActionStep, CreateLearningVisit, EndPartnership, GoOnCoaching, ProposePartnership, SettleActionStep, ShareLearningVisit,
                    UpdateLearningVisit, UpdatePartnership;
                collaboration: InviteCollaborator, StepCollaboration;
                conversation: CompleteConversation, RespondToConversation, ScheduleConversation, StepConversation, UpdateConversation, UpdateMyNotes;
                conversation_template: CreateConversationTemplate, PublishConversationTemplate;
                cycle: CreateCycle, MoveCycleDueDates, RollOverCycle, StepCycle, UpdateCycle;
                disclosure: RecordReadings<AsValue>;
                employment: CreateEmployment, KeepEmployment, LapseEmployments, UpdateEmployment;
                erasure: ErasePerson;
                evidence: AddEvidence, ExpectFile, ForgetStrays, RemoveEvidence;
                finding: PublishFinding, ReuseFinding, WithdrawFinding;
                framework: CreateFrameworkVersion, PublishFrameworkVersion;
                hold: CreateHold, EndHold;
                idempotency: ForgetAnswers;
                improvement: AdoptPriority, CreateImprovementPlan, CreatePriority, StepImprovementPlan, StepPriority, UpdateImprovementPlan, UpdatePriority;
                inquiry: AbandonInquiry;
                job: AddRows, CancelJob, ClaimJob, CreateJob<AsValue>, DropRows, FailJob, ForgetJobs, ReleaseJob, RunPart<AsValue>, SubmitJob;
                learning: DeleteLearningRecord, LogLearning, ReflectOnLearning, ShowLearning, UpdateLearningRecord;
                line_management: HandOver;
                matching: AcceptMatch, PostponeMatch, RejectMatch;
                merge: MergePeople, UndoMerge;
                need: CreateNeed, EndNeed, UpdateNeed;
                objective:
                    AddNote, CarryOverObjective, CreateObjective, ProposeObjectives, ReviseObjective, SetObjectiveWithDissent, StepObjective, UpdateObjective,
                    WithdrawNote;
                organisation: CreateOrganisation, ImportGias, OpenImport, UpdateOrganisation;
                pay: DecidePayRecommendation, RecommendPay, UpdatePayRecommendation, WithdrawPayRecommendation;
                person: CreatePerson, UpdatePerson;
                profile: CreateRuleProfile, PublishRuleProfile;
                provenance: ReleaseEmploymentFields, ReleaseOrganisationFields, ReleasePersonFields;
                relationship: CreateRelationship, EndRelationship;
                report: AmendReport, AppealAgainstReport, CommentOnReport, DecideAppeal, IssueReport, UpdateReportDraft;
                request:
                    ApproveLearningRequest, CommentOnRequest, CreateLearningRequest, DecideLearningRequests, PlanImpact, RecordCheckpoint, StepLearningRequest,
                    UpdateLearningRequest;
                role: EndRole, GrantRole;
                self_review: CreateSelfReview, KeepSelfReview, ShareSelfReview, UpdateSelfReview, WithdrawSharedSelfReview;
                service_account: CreateServiceAccount, DisableServiceAccount, IssueKey, NoteUses, RevokeKey, UpdateServiceAccount, WarnOfKeysThatEnd;
                sync: AskToConfirm, CreateSync;
                tenant: AddSigningKey, CreateTenant, WipeDemo;
                training: CreateTrainingRequirement, EndTrainingExemption, ExemptFromTraining, RecordTraining, StepTrainingRequirement, VoidTrainingCompletion;
            }
        }
    };
}
