//! What an operation asks for, and who has it by what they are.

use crate::{role::RoleName, words};

words! {
    /// What an operation asks for. The same words are the scopes of service accounts.
    Permission {
        /// Read trusts, schools and groups.
        ReadOrganisations = "organisations:read",
        /// Add and change trusts, schools and groups; import from GIAS.
        WriteOrganisations = "organisations:write",
        /// Read people, employments and relationships.
        ReadPeople = "people:read",
        /// Add and change people, employments and relationships.
        WritePeople = "people:write",
        /// Erase people who left: for good.
        ErasePeople = "people:erase",
        /// Read who holds which role.
        ReadRoles = "roles:read",
        /// Give and end roles.
        WriteRoles = "roles:write",
        /// Read frameworks and standards.
        ReadFrameworks = "frameworks:read",
        /// Add frameworks and publish their versions.
        WriteFrameworks = "frameworks:write",
        /// Read appraisal cycles.
        ReadCycles = "cycles:read",
        /// Set up and run appraisal cycles.
        WriteCycles = "cycles:write",
        /// Read appraisals.
        ReadAppraisals = "appraisals:read",
        /// Plan, suspend and carry on appraisals.
        WriteAppraisals = "appraisals:write",
        /// Say who appraises whom: seeing that somebody is appraised, by whom, where it stands and when it is due, and nothing of what it says.
        AssignAppraisals = "appraisals:assign",
        /// Read how far appraisals are, as figures.
        ReadAppraisalOverview = "appraisals:overview",
        /// Read appraisal reports: what was said of somebody. Apart from reading appraisals, so that nobody has it by the way.
        ReadReports = "reports:read",
        /// Read what stands in the pay lane: recommendations on pay, and what was decided.
        ReadPay = "pay:read",
        /// Recommend something on the pay of whom one appraises, or decide what others recommended.
        WritePay = "pay:write",
        /// Read what people need to learn, and the actions to meet it.
        ReadNeeds = "needs:read",
        /// Say what one needs to learn, and that it is met.
        WriteNeeds = "needs:write",
        /// Read how many people have which development need; small numbers are not told.
        ReadNeedSummaries = "needs:summary",
        /// Read what stands in the support lane: holds on appraisals.
        ReadSupport = "support:read",
        /// Set and end holds on appraisals.
        WriteSupport = "support:write",
        /// Read templates of conversations.
        ReadTemplates = "templates:read",
        /// Write templates of conversations.
        WriteTemplates = "templates:write",
        /// Read conversations and what was agreed in them.
        ReadConversations = "conversations:read",
        /// Hold conversations, and note what was agreed.
        WriteConversations = "conversations:write",
        /// Read objectives.
        ReadObjectives = "objectives:read",
        /// Draft, agree and work on objectives.
        WriteObjectives = "objectives:write",
        /// Read learning records.
        ReadLearning = "learning:read",
        /// Log learning and reflect on it.
        WriteLearning = "learning:write",
        /// Send what people learned with outside providers: it becomes their own, and private to them.
        ProvideLearning = "learning:provide",
        /// Read improvement plans and priorities.
        ReadPlans = "plans:read",
        /// Write improvement plans and priorities.
        WritePlans = "plans:write",
        /// Read the catalogue of learning and its sessions.
        ReadActivities = "activities:read",
        /// Write the catalogue and schedule sessions.
        WriteActivities = "activities:write",
        /// Read who is enrolled at sessions.
        ReadEnrolments = "enrolments:read",
        /// Enrol people, and say who came.
        WriteEnrolments = "enrolments:write",
        /// Read which training is required, and of whom.
        ReadRequirements = "training_requirements:read",
        /// Say which training is required, and of whom.
        WriteRequirements = "training_requirements:write",
        /// Read who did a training when and with whom, and who is exempt and why.
        ReadTraining = "training:read",
        /// Record who did a training, and take it back.
        WriteTraining = "training:write",
        /// Exempt people from training for a time.
        WriteExemptions = "training_exemptions:write",
        /// Read where people stand with the training that is required of them: words and days.
        ReadCompliance = "compliance:read",
        /// Read how many people stand where with the training that is required of them.
        ReadComplianceSummary = "compliance_summary:read",
        /// Read learning requests.
        ReadRequests = "requests:read",
        /// Ask for learning, agree to what others ask for, and comment.
        WriteRequests = "requests:write",
        /// Approve, decline and return learning requests.
        ApproveRequests = "requests:approve",
        /// Read budgets for learning.
        ReadBudgets = "budgets:read",
        /// Write budgets for learning.
        WriteBudgets = "budgets:write",
        /// Read what came of learning, of all together.
        ReadImpact = "impact:read",
        /// Read the findings that colleagues published.
        ReadFindings = "findings:read",
        /// Publish one's findings, and say which of others one uses.
        WriteFindings = "findings:write",
        /// Read one's coaching partnerships, action steps and visits.
        ReadCoaching = "coaching:read",
        /// Propose and end coaching partnerships, agree on steps, write down visits.
        WriteCoaching = "coaching:write",
        /// Read one's self-reviews, and those that others share with one.
        ReadSelfReviews = "self_reviews:read",
        /// Write one's self-reviews, share and withdraw them.
        WriteSelfReviews = "self_reviews:write",
        /// Read figures of learning: shares, lines of sight, fair access.
        ReadInsight = "insight:read",
        /// Follow the change feed.
        ReadChanges = "changes:read",
        /// Read accounts and service accounts.
        ReadAccounts = "accounts:read",
        /// Open and disable accounts; make service accounts and keys.
        WriteAccounts = "accounts:write",
    }
}

use Permission as P;
use RoleName as R;

impl Permission {
    /// The roles whose holders have it, at their organisation and everything beneath it.
    pub const fn roles(self) -> &'static [RoleName] {
        match self {
            P::ReadOrganisations | P::ReadFrameworks => RoleName::ALL,
            P::WriteOrganisations => &[R::SchoolAdmin, R::TrustAdmin],
            P::ReadPeople => &[R::LearningLead, R::Headteacher, R::Hr, R::SchoolAdmin, R::TrustLeader, R::TrustAdmin],
            P::WritePeople => &[R::Hr, R::SchoolAdmin, R::TrustAdmin],
            P::ErasePeople => &[R::Hr, R::TrustAdmin],
            P::ReadRoles => &[R::Headteacher, R::Hr, R::SchoolAdmin, R::TrustLeader, R::TrustAdmin],
            P::WriteRoles => &[R::Headteacher, R::Hr, R::TrustAdmin], // which of them gives which: `RoleName::given_by`
            P::AssignAppraisals => &[R::Headteacher, R::Hr, R::AppraisalDelegate],
            P::ReadChanges | P::ReadAccounts | P::WriteAccounts | P::WriteFrameworks => &[R::TrustAdmin],
            P::ReadCycles | P::ReadTemplates | P::ReadPlans | P::ReadActivities | P::ReadRequirements => RoleName::ALL,
            P::WriteTemplates | P::WritePlans | P::WriteActivities => &[R::Headteacher, R::LearningLead, R::TrustLeader],
            P::ReadEnrolments => &[R::Headteacher, R::Hr, R::LearningLead],
            P::WriteEnrolments => &[R::Headteacher, R::LearningLead],
            P::ProvideLearning => &[R::LearningLead],
            P::WriteRequirements => &[R::Headteacher, R::Hr, R::LearningLead, R::TrustLeader],
            P::ReadTraining => &[R::Headteacher, R::Hr, R::LearningLead],
            P::WriteTraining | P::ReadCompliance => &[R::Headteacher, R::Hr, R::LearningLead, R::SchoolAdmin],
            P::WriteExemptions => &[R::Headteacher, R::Hr],
            P::ReadComplianceSummary => &[R::Headteacher, R::Hr, R::LearningLead, R::SchoolAdmin, R::TrustLeader, R::Governor],
            P::ReadRequests => &[R::Headteacher, R::Hr, R::LearningApprover, R::LearningViewer],
            P::WriteRequests | P::ApproveRequests => &[R::LearningApprover],
            P::ReadBudgets => &[R::Headteacher, R::Hr, R::LearningApprover, R::LearningLead, R::LearningViewer, R::TrustLeader],
            P::WriteBudgets => &[R::Headteacher, R::TrustLeader],
            P::ReadImpact => &[R::Headteacher, R::Hr, R::LearningApprover, R::LearningLead, R::LearningViewer, R::TrustLeader],
            P::WriteCycles => &[R::Headteacher, R::Hr, R::SchoolAdmin, R::TrustAdmin],
            P::ReadAppraisals
            | P::WriteAppraisals
            | P::ReadReports
            | P::ReadPay
            | P::WritePay
            | P::ReadSupport
            | P::WriteSupport
            | P::ReadConversations
            | P::ReadObjectives => &[R::Headteacher, R::Hr],
            P::ReadAppraisalOverview => &[R::Headteacher, R::Hr, R::SchoolAdmin, R::TrustLeader, R::TrustAdmin, R::Governor],
            P::ReadInsight => &[R::Headteacher, R::Hr, R::LearningLead, R::SchoolAdmin, R::TrustLeader, R::TrustAdmin, R::Governor],
            P::ReadLearning | P::ReadNeeds => &[R::Headteacher, R::Hr, R::LearningLead],
            P::ReadNeedSummaries => &[R::Headteacher, R::Hr, R::LearningLead, R::TrustLeader, R::Governor],
            // what is published to a school or the trust is for those who work there or lead learning there: not for governors, advisers or administrators
            P::ReadFindings => &[R::Headteacher, R::LearningLead, R::TrustLeader],
            // what two people write in the development lane stays theirs, and nobody writes for another
            P::WriteConversations
            | P::WriteNeeds
            | P::WriteObjectives
            | P::WriteLearning
            | P::WriteFindings
            | P::ReadCoaching
            | P::WriteCoaching
            | P::ReadSelfReviews
            | P::WriteSelfReviews => &[],
        }
    }
    /// Does every person of the tenant have it, for what is theirs or what is everybody's?
    pub const fn everybody(self) -> bool {
        matches!(
            self,
            P::ReadOrganisations
                | P::ReadPeople
                | P::ReadRoles
                | P::ReadFrameworks
                | P::ReadCycles
                | P::ReadAppraisals
                | P::WriteAppraisals
                | P::ReadTemplates
                | P::ReadConversations
                | P::WriteConversations
                | P::ReadReports
                | P::ReadPay
                | P::WritePay
                | P::ReadNeeds
                | P::WriteNeeds
                | P::ReadObjectives
                | P::WriteObjectives
                | P::ReadLearning
                | P::WriteLearning
                | P::ReadPlans
                | P::ReadActivities
                | P::ReadEnrolments
                | P::WriteEnrolments
                | P::ReadRequirements
                | P::ReadTraining
                | P::ReadCompliance
                | P::ReadRequests
                | P::WriteRequests
                | P::ReadFindings
                | P::WriteFindings
                | P::ReadCoaching
                | P::WriteCoaching
                | P::ReadSelfReviews
                | P::WriteSelfReviews
        )
    }
    /// Does whoever works at a school have it there?
    pub const fn colleagues(self) -> bool {
        matches!(self, P::ReadPeople | P::ReadTemplates | P::ReadPlans | P::ReadActivities | P::ReadRequirements | P::ReadFindings)
    }
    /// Does a line manager have it for the people they manage?
    pub const fn line_managers(self) -> bool {
        matches!(self, P::ReadEnrolments | P::WriteEnrolments | P::ReadTraining | P::ReadCompliance | P::ReadRequests | P::WriteRequests)
    }
    /// Is what it reads everybody's in the tenant?
    pub const fn of_all(self) -> bool {
        matches!(self, P::ReadOrganisations | P::ReadFrameworks | P::ReadCycles)
    }
    /// Does an appraiser have it for the people they appraise?
    pub const fn appraisers(self) -> bool {
        matches!(
            self,
            P::ReadPeople
                | P::ReadConversations
                | P::ReadNeeds
                | P::WriteNeeds
                | P::ReadObjectives
                | P::WriteObjectives
                | P::ReadLearning
                | P::ReadRequests
                | P::WriteRequests
        )
    }
    /// Does an external adviser have it for the headteachers they advise: their names, their appraisals and their objectives?
    pub const fn advisers(self) -> bool {
        matches!(self, P::ReadPeople | P::ReadAppraisals | P::ReadObjectives)
    }
    /// May a machine hold it? Why somebody's appraisal rests, what their report says, what is recommended on their pay, what they need and what two people say to one another are for
    /// people alone. What people write about themselves is theirs; machines make no machines and give no roles, or a key could make its holder whatever
    /// they like. Nor does one erase people, require training or exempt from it, or decide on a request: that is a person's decision each time.
    pub const fn for_service_accounts(self) -> bool {
        !matches!(
            self,
            P::WriteAppraisals
                | P::AssignAppraisals
                | P::ReadReports
                | P::ReadPay
                | P::WritePay
                | P::ReadNeeds
                | P::WriteNeeds
                | P::ReadSupport
                | P::WriteSupport
                | P::ReadConversations
                | P::WriteConversations
                | P::WriteObjectives
                | P::WriteLearning
                | P::WriteRequirements
                | P::WriteExemptions
                | P::WriteRequests
                | P::ApproveRequests
                | P::WriteFindings
                | P::ReadCoaching
                | P::WriteCoaching
                | P::ReadSelfReviews
                | P::WriteSelfReviews
                | P::WriteAccounts
                | P::WriteRoles
                | P::ErasePeople
        )
    }
}
