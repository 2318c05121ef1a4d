//! Merging two people into one, and undoing it.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    employment::Employment,
    event::RecordType,
    id::{AccountId, MergeId, PersonId},
    merging::Merge,
    person::Person,
    relationship::Relationship,
    role::Role,
    text::{Email, Reason},
};
use uuid::Uuid;

/// Gives one person up to another.
#[derive(Debug, Clone)]
pub struct MergePeople {
    /// Who gives up their identity.
    pub person_id: PersonId,
    /// Who keeps everything of both.
    pub into: PersonId,
    /// Why.
    pub reason: Option<Reason>,
    /// Only if the one who gives up is still this version.
    pub expected: Option<i64>,
}
/// One merge.
#[derive(Debug)]
pub struct GetMerge {
    /// Which.
    pub id: MergeId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Merges.
#[derive(Debug)]
pub struct ListMerges {
    /// Of this person, on either side.
    pub person_id: Option<PersonId>,
    /// Where the list goes on.
    pub window: Window,
}
/// Makes the two people what they were.
#[derive(Debug)]
pub struct UndoMerge {
    /// Which.
    pub id: MergeId,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Where a record went that was given up or folded, if the caller may know of what it went into.
#[derive(Debug)]
pub struct FindMerged {
    /// The record that is not there any more.
    pub id: Uuid,
}

queries! {
    GetMerge: WritePeople => Fetched<Seen<Merge>>;
    ListMerges: WritePeople => Page<Merge>;
    FindMerged: Identified => Option<Uuid>;
}
commands! {
    MergePeople: WritePeople => Seen<Merge>;
    UndoMerge: WritePeople => Seen<Merge>;
}

/// Every column that names a person, or an employment that can be folded, of a record with an id: name, table and column, the record's type
/// if it leaves events. A test holds the list against the foreign keys of the schema.
#[macro_export]
macro_rules! each_column {
    ($then:ident) => {
        $then! {
            EmploymentPerson = employments.person_id, Some(Employment);
            RolePerson = roles.person_id, Some(Role);
            RelationshipPerson = relationships.person_id, Some(Relationship);
            RelationshipHolder = relationships.holder_id, Some(Relationship);
            AppraisalPerson = appraisals.person_id, Some(Appraisal);
            AppraisalEmployment = appraisals.employment_id, Some(Appraisal);
            AppraiserPerson = appraisal_appraisers.person_id, None;
            ReportIssuer = appraisal_reports.issued_by, None;
            AppealDecider = report_appeals.decided_by, None;
            PayPerson = pay_recommendations.person_id, Some(PayRecommendation);
            PayMaker = pay_recommendations.made_by, Some(PayRecommendation);
            PayDecider = pay_recommendations.decided_by, Some(PayRecommendation);
            NeedPerson = development_needs.person_id, Some(DevelopmentNeed);
            NeedEmployment = development_needs.employment_id, Some(DevelopmentNeed);
            DisclosureSubject = disclosures.person_id, None;
            DisclosureReader = disclosures.reader_id, None;
            HoldPerson = appraisal_holds.person_id, Some(AppraisalHold);
            HoldEmployment = appraisal_holds.employment_id, Some(AppraisalHold);
            ConversationPerson = conversations.person_id, Some(Conversation);
            ConversationPartner = conversations.partner_id, Some(Conversation);
            ConversationEmployment = conversations.employment_id, Some(Conversation);
            NotesAuthor = conversation_notes.author_id, None;
            AgreedActionPerson = agreed_actions.person_id, Some(AgreedAction);
            AgreedActionPartner = agreed_actions.partner_id, Some(AgreedAction);
            AgreedActionOwner = agreed_actions.owner_id, Some(AgreedAction);
            AgreedActionEmployment = agreed_actions.employment_id, Some(AgreedAction);
            ObjectivePerson = objectives.person_id, Some(Objective);
            ObjectiveAuthor = objectives.author_id, Some(Objective);
            ObjectivePrivateTo = objectives.private_to, Some(Objective);
            ObjectiveProposer = objectives.proposed_by, Some(Objective);
            ObjectiveAgreer = objectives.agreed_by, Some(Objective);
            ObjectiveEmployment = objectives.employment_id, Some(Objective);
            AuthorshipWriter = objective_authorship.written_by, None;
            AuthorshipProposer = objective_authorship.proposed_by, None;
            AuthorshipAccepter = objective_authorship.accepted_by, None;
            NoteAuthor = objective_notes.author_id, None;
            CollaborationOwner = collaborations.owner_id, None;
            CollaborationPerson = collaborations.person_id, None;
            LearningPerson = learning_records.person_id, Some(LearningRecord);
            LearningPrivateTo = learning_records.private_to, Some(LearningRecord);
            LearningEmployment = learning_records.employment_id, Some(LearningRecord);
            LearningReader = learning_record_readers.person_id, None;
            PriorityOwner = priorities.owner_id, Some(Priority);
            PriorityActionOwner = priority_actions.owner_id, None;
            EnrolmentPerson = enrolments.person_id, Some(Enrolment);
            EnrolmentBy = enrolments.enrolled_by, Some(Enrolment);
            EnrolmentEmployment = enrolments.employment_id, Some(Enrolment);
            TrainingPerson = training_completions.person_id, Some(TrainingCompletion);
            TrainingBy = training_completions.recorded_by, Some(TrainingCompletion);
            ExemptionPerson = training_exemptions.person_id, Some(TrainingExemption);
            RequestPerson = learning_requests.person_id, Some(LearningRequest);
            RequestPrivateTo = learning_requests.private_to, Some(LearningRequest);
            RequestAgreer = learning_requests.agreed_by, Some(LearningRequest);
            RequestApprover = learning_requests.approved_by, Some(LearningRequest);
            RequestEmployment = learning_requests.employment_id, Some(LearningRequest);
            RequestDecider = learning_request_decisions.decided_by, None;
            RequestCommenter = learning_request_comments.author_id, None;
            BudgetEntryBy = budget_entries.made_by, None;
            PartnershipLearner = coaching_partnerships.learner_id, Some(CoachingPartnership);
            PartnershipCoach = coaching_partnerships.coach_id, Some(CoachingPartnership);
            PartnershipProposer = coaching_partnerships.proposed_by, Some(CoachingPartnership);
            StepLearner = action_steps.learner_id, Some(ActionStep);
            VisitVisited = learning_visits.visited_id, Some(LearningVisit);
            VisitVisitor = learning_visits.visitor_id, Some(LearningVisit);
            SelfReviewPerson = self_reviews.person_id, Some(SelfReview);
            SelfReviewEmployment = self_reviews.employment_id, Some(SelfReview);
            SharedReviewOwner = shared_self_reviews.owner_id, Some(SharedSelfReview);
            SharedReviewReader = shared_self_reviews.reader_id, Some(SharedSelfReview);
            FindingOwner = findings.owner_id, None;
            FindingAuthor = findings.author_id, Some(Finding);
            ReusePerson = finding_reuses.person_id, None;
            AccountPerson = accounts.person_id, Some(Account);
            MergeSurvivor = merges.survivor_id, None;
        }
    };
}

macro_rules! columns {
    ($($name:ident = $table:ident.$column:ident, $type:expr;)*) => {
        /// A column that a merge can point elsewhere.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Column { $(#[doc = stringify!($table.$column)] $name,)* }
        impl Column {
            /// All of them.
            pub const ALL: &'static [Column] = &[$(Column::$name),*];
            /// The type of the record, if it leaves events.
            pub fn record_type(self) -> Option<RecordType> {
                use RecordType::{Account, ActionStep, AgreedAction, Appraisal, AppraisalHold, CoachingPartnership, Conversation, DevelopmentNeed, Employment, Enrolment, Finding, LearningRecord, LearningRequest, LearningVisit, Objective, PayRecommendation, Priority, Relationship, Role, SelfReview, SharedSelfReview, TrainingCompletion, TrainingExemption};
                match self { $(Self::$name => $type,)* }
            }
            /// The name of the record's field.
            pub fn field(self) -> &'static str {
                match self { $(Self::$name => stringify!($column),)* }
            }
        }
        /// Every column that a merge looks after: those of records, and those of their parts. By table and column.
        pub const LOOKED_AFTER: &[(&str, &str)] = &[
            $((stringify!($table), stringify!($column)),)*
            ("external_refs", "person_id"),
            ("staff_codes", "person_id"),
            ("objective_revisions", "revised_by"),
        ];
    };
}
each_column!(columns);

impl Column {
    /// Can the record be gone, or point nowhere, without being anybody else's: learning that was deleted, a reader who was taken back?
    pub fn can_be_gone(self) -> bool {
        matches!(self, Self::LearningPerson | Self::LearningPrivateTo | Self::LearningEmployment | Self::LearningReader)
    }
    /// Does it name an employment? The rest name people.
    pub fn of_employment(self) -> bool {
        matches!(
            self,
            Self::AppraisalEmployment
                | Self::NeedEmployment
                | Self::HoldEmployment
                | Self::ConversationEmployment
                | Self::AgreedActionEmployment
                | Self::ObjectiveEmployment
                | Self::LearningEmployment
                | Self::SelfReviewEmployment
                | Self::EnrolmentEmployment
                | Self::RequestEmployment
        )
    }
}

/// One column of these records, pointed elsewhere.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Move {
    /// Which.
    pub column: Column,
    /// Whom it named.
    pub from: Uuid,
    /// Whom it names.
    pub to: Uuid,
    /// Of these records.
    pub ids: Vec<Uuid>,
}

/// What was folded of one kind of record: what is gone, as it was, with what it went into; and what changed by taking it in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Folds<R> {
    /// What is gone, and into what it went.
    pub gone: Vec<(R, Uuid)>,
    /// Before and after.
    pub changed: Vec<(R, R)>,
}
impl<R> Default for Folds<R> {
    fn default() -> Self {
        Self { gone: Vec::new(), changed: Vec::new() }
    }
}

/// An account that gave way to the survivor's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FoldedAccount {
    /// Id.
    pub id: AccountId,
    /// E-mail.
    pub email: Email,
    /// Hash of the password.
    pub password_hash: String,
    /// When it was disabled, if it was.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Version.
    pub version: i64,
    /// Made.
    pub created_at: DateTime<Utc>,
    /// Last changed.
    pub updated_at: DateTime<Utc>,
}

/// All that a merge did: what an undoing needs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Done {
    /// Who gave up, as they were.
    pub giver: Person,
    /// The survivor, before and after.
    pub keeper: (Person, Person),
    /// In the order in which they were done.
    pub moves: Vec<Move>,
    /// School and code.
    pub staff_codes: Vec<(Uuid, String)>,
    /// Objective and revision.
    pub revisions: Vec<(Uuid, i32)>,
    /// Employments that were folded.
    pub employments: Folds<Employment>,
    /// Roles.
    pub roles: Folds<Role>,
    /// Relationships.
    pub relationships: Folds<Relationship>,
    /// Relationships that joined the two.
    pub dropped: Vec<Relationship>,
    /// The account, where both had one.
    pub account: Option<FoldedAccount>,
}
