//! Who may do what: pure functions over facts that the store loads in the same transaction.
//!
//! A [`Permission`] is what an operation asks for, and the scope's name in the contract. A [`Caller`] is who asks, with the roles,
//! relationships or scopes held *on that day*. [`reach`] says which records a caller's permission covers: lists filter by it, single
//! records are tested against it, so that there is no second path to something refused on the first.

use crate::{
    id::{AccountId, OrganisationId, PersonId, ServiceAccountId},
    role::RoleName,
    rule::{Code, RuleError},
    words,
};
use serde::Serialize;
use sha2::{Digest, Sha256};

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
        /// Assign appraisers, plan, suspend and carry on appraisals.
        WriteAppraisals = "appraisals:write",
        /// Read how far appraisals are, as figures.
        ReadAppraisalOverview = "appraisals:overview",
        /// Read appraisal reports: what was said of somebody. Apart from reading appraisals, so that nobody has it by the way.
        ReadReports = "reports:read",
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
            P::WriteRoles | P::ReadChanges | P::ReadAccounts | P::WriteAccounts | P::WriteFrameworks => &[R::TrustAdmin],
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
            P::ReadBudgets => &[R::Headteacher, R::LearningApprover, R::LearningLead, R::LearningViewer, R::TrustLeader],
            P::WriteBudgets => &[R::Headteacher, R::TrustLeader],
            P::ReadImpact => &[R::Headteacher, R::Hr, R::LearningApprover, R::LearningLead, R::LearningViewer, R::TrustLeader],
            P::WriteCycles => &[R::Headteacher, R::Hr, R::SchoolAdmin, R::TrustAdmin],
            P::ReadAppraisals | P::WriteAppraisals | P::ReadReports | P::ReadSupport | P::WriteSupport | P::ReadConversations | P::ReadObjectives => {
                &[R::Headteacher, R::Hr]
            }
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
    /// May a machine hold it? Why somebody's appraisal rests, what their report says, what they need and what two people say to one another are for
    /// people alone. What people write about themselves is theirs; machines make no machines and give no roles, or a key could make its holder whatever
    /// they like. Nor does one erase people, require training or exempt from it, or decide on a request: that is a person's decision each time.
    pub const fn for_service_accounts(self) -> bool {
        !matches!(
            self,
            P::WriteAppraisals
                | P::ReadReports
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

/// A role held on the day of the act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Which role.
    pub role: RoleName,
    /// Where; it counts for everything beneath as well.
    pub organisation: OrganisationId,
    /// Is that the tenant's root, so that it counts everywhere?
    pub root: bool,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A person who logged in.
    Person {
        /// Their account.
        account: AccountId,
        /// Who they are.
        person: PersonId,
        /// Roles held today.
        roles: Vec<Held>,
        /// Schools where they are employed today.
        employed_at: Vec<OrganisationId>,
        /// People whose appraiser they are today.
        appraises: Vec<PersonId>,
        /// People whose line manager they are today.
        manages: Vec<PersonId>,
    },
    /// A machine with a valid key.
    Service {
        /// Which.
        id: ServiceAccountId,
        /// What it may ask for.
        scopes: Vec<Permission>,
        /// What its service account may ask for, but not this token: it was asked for with fewer scopes.
        withheld: Vec<Permission>,
        /// Where; everywhere if none is named.
        organisations: Option<Vec<OrganisationId>>,
    },
    /// The operator at the command line.
    Operator,
    /// Nobody yet: somebody who is about to log in.
    Nobody,
}

impl Caller {
    /// A digest of all that they hold, in whatever order it was found. While it is the same, they may do what they could.
    pub fn holdings(&self) -> Vec<u8> {
        fn sorted<T: std::fmt::Debug>(of: &str, facts: &[T]) -> String {
            let mut told: Vec<String> = facts.iter().map(|fact| format!("{fact:?}")).collect();
            told.sort();
            format!("{of}: {}\n", told.join(" "))
        }
        let told = match self {
            Self::Person { account, person, roles, employed_at, appraises, manages } => [
                sorted("person", &[account.0, person.0]),
                sorted("roles", roles),
                sorted("employed at", employed_at),
                sorted("appraises", appraises),
                sorted("manages", manages),
            ]
            .concat(),
            Self::Service { id, scopes, withheld, organisations } => [
                sorted("service", &[id]),
                sorted("scopes", scopes),
                sorted("withheld", withheld),
                organisations.as_deref().map_or_else(|| "everywhere".into(), |at| sorted("at", at)),
            ]
            .concat(),
            Self::Operator | Self::Nobody => format!("{self:?}"),
        };
        Sha256::digest(told).to_vec()
    }
    /// The person, if it is one.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person { person, .. } => Some(*person),
            _ => None,
        }
    }
    /// Where they are employed today. Known only to operations whose permission asks for it.
    pub fn employed_at(&self) -> &[OrganisationId] {
        match self {
            Self::Person { employed_at, .. } => employed_at,
            _ => &[],
        }
    }
    /// The same caller, without what comes of working beside somebody: what a role or a relationship gives.
    #[must_use]
    pub fn not_as_colleague(&self) -> Self {
        match self.clone() {
            Self::Person { account, person, roles, appraises, manages, .. } => {
                Self::Person { account, person, roles, employed_at: Vec::new(), appraises, manages }
            }
            other => other,
        }
    }
    /// Are they this person's line manager today? Known only to operations whose permission comes with managing.
    pub fn manages(&self, person: PersonId) -> bool {
        matches!(self, Self::Person { manages, .. } if manages.contains(&person))
    }
    /// Do they appraise this person today?
    pub fn appraises(&self, person: PersonId) -> bool {
        matches!(self, Self::Person { appraises, .. } if appraises.contains(&person))
    }
}

/// Why a caller may not even ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denied {
    /// A machine without the scope: what it needs and what it has.
    Scope {
        /// Needed.
        required: Permission,
        /// Held.
        held: Vec<Permission>,
        /// Would another token of the same service account have it?
        withheld: bool,
    },
    /// A person with none of the roles that may.
    Role {
        /// Needed.
        required: Permission,
        /// The roles that would do.
        roles: &'static [RoleName],
    },
}

/// Which records a permission covers for a caller.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    /// All of the tenant.
    pub everywhere: bool,
    /// What belongs to these organisations or lies beneath them.
    pub organisations: Vec<OrganisationId>,
    /// What is about these people: the caller, and whom they appraise.
    pub people: Vec<PersonId>,
    /// The caller, who alone sees their private drafts.
    pub me: Option<PersonId>,
}

/// Where a record stands, for the question who may see it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Its organisation and everything above, up to the root.
    pub path: Vec<OrganisationId>,
    /// Whom it is about.
    pub owner: Option<PersonId>,
    /// Who alone may see it, while it is a private draft.
    pub private_to: Option<PersonId>,
}

impl Reach {
    /// Does it cover a record that stands so?
    pub fn covers(&self, record: &Standing) -> bool {
        let visible = record.private_to.is_none_or(|p| self.me == Some(p));
        let within =
            self.everywhere || record.owner.is_some_and(|owner| self.people.contains(&owner)) || record.path.iter().any(|o| self.organisations.contains(o));
        visible && within
    }
}

/// To whom the owner of a record shows it. Nobody of another tenant is ever among them, and none of them gets it from somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Audience {
    /// Whoever appraises its owner, on the day of the reading.
    pub appraiser: bool,
    /// Whoever leads learning where it stands: whose role has the permission there. Machines of the school are theirs.
    pub leaders: bool,
    /// Everybody who works at its school on the day of the reading.
    pub school: bool,
    /// These people, while they work at a school or for the trust.
    pub people: Vec<PersonId>,
}

impl Audience {
    /// The owner's appraiser, and who leads learning: what sharing means if nothing else is said.
    pub fn usual() -> Self {
        Self { appraiser: true, leaders: true, ..Self::default() }
    }
    /// What is shown to the school is shown to the appraiser and to who leads learning there; nobody is named twice, and the owner not at all.
    #[must_use]
    pub fn of(self, owner: PersonId) -> Self {
        let Self { appraiser, leaders, school, mut people } = self;
        people.retain(|p| *p != owner);
        people.sort_unstable();
        people.dedup();
        Self { appraiser: appraiser || school, leaders: leaders || school, school, people }
    }
    /// Is it shown to nobody?
    pub fn nobody(&self) -> bool {
        *self == Self::default()
    }
    /// Is everybody to whom the other shows it among those to whom this does?
    pub fn includes(&self, other: &Self) -> bool {
        (self.appraiser || !other.appraiser)
            && (self.leaders || !other.leaders)
            && (self.school || !other.school)
            && other.people.iter().all(|p| self.people.contains(p))
    }
}

/// May this caller read a record that stands so, and is shown to these? `reach` is that of the permission to read such records. The path begins with the
/// record's own school. A list filters by the same: `shown!` in `queries/learning.rs`.
pub fn shown(caller: &Caller, reach: &Reach, record: &Standing, to: &Audience) -> bool {
    let Some(owner) = record.owner else { return false };
    let leads = reach.everywhere || record.path.iter().any(|at| reach.organisations.contains(at));
    let works_at = caller.employed_at();
    let me = caller.person();
    me == Some(owner)
        || (to.leaders && leads)
        || (to.appraiser && caller.appraises(owner))
        || (to.school && record.path.first().is_some_and(|at| works_at.contains(at)))
        || (!works_at.is_empty() && me.is_some_and(|me| to.people.contains(&me)))
}

/// Which records this permission covers for this caller.
///
/// # Errors
/// When it covers none, whatever the record: the caller lacks the scope, or every role that has the permission.
pub fn reach(caller: &Caller, permission: Permission) -> Result<Reach, Denied> {
    match caller {
        Caller::Operator => Ok(Reach { everywhere: true, ..Reach::default() }),
        Caller::Nobody => Err(Denied::Role { required: permission, roles: permission.roles() }),
        Caller::Service { scopes, withheld, organisations, .. } => {
            if !scopes.contains(&permission) || !permission.for_service_accounts() {
                return Err(Denied::Scope { required: permission, held: scopes.clone(), withheld: withheld.contains(&permission) });
            }
            Ok(match organisations {
                None => Reach { everywhere: true, ..Reach::default() },
                Some(at) => Reach { organisations: at.clone(), ..Reach::default() },
            })
        }
        Caller::Person { person, roles, employed_at, appraises, manages, .. } => {
            let holding = || roles.iter().filter(|h| permission.roles().contains(&h.role));
            let mut organisations: Vec<OrganisationId> = holding().map(|h| h.organisation).collect();
            if organisations.is_empty() && !permission.everybody() {
                return Err(Denied::Role { required: permission, roles: permission.roles() });
            }
            if permission.colleagues() {
                organisations.extend(employed_at);
            }
            let mut people = if permission.everybody() { vec![*person] } else { Vec::new() };
            if permission.appraisers() {
                people.extend(appraises);
            }
            if permission.line_managers() {
                people.extend(manages);
            }
            let everywhere = permission.of_all() || holding().any(|h| h.root);
            Ok(Reach { everywhere, organisations, people, me: Some(*person) })
        }
    }
}

/// The account and person of a caller who has a password and log-ins.
///
/// # Errors
/// `not_permitted`, for everybody but a person.
pub fn own_account(caller: &Caller) -> Result<(AccountId, PersonId), RuleError> {
    match caller {
        Caller::Person { account, person, .. } => Ok((*account, *person)),
        _ => Err(RuleError::new(Code::NotPermitted, "only a person may do this, not a service account")),
    }
}

/// Refuses with the names of those who may.
///
/// # Errors
/// `not_permitted`, unless `allowed`.
pub fn require(allowed: bool, who: &str) -> Result<(), RuleError> {
    if allowed { Ok(()) } else { Err(RuleError::new(Code::NotPermitted, format!("only {who} may do this"))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn org(n: u128) -> OrganisationId {
        OrganisationId(Uuid::from_u128(n))
    }
    fn human(n: u128) -> PersonId {
        PersonId(Uuid::from_u128(n))
    }
    const TRUST: u128 = 1;
    const SCHOOL: u128 = 2;
    const OTHER: u128 = 3;

    fn caller(roles: &[(RoleName, u128)], appraises: &[u128]) -> Caller {
        Caller::Person {
            account: AccountId(Uuid::nil()),
            person: human(10),
            roles: roles.iter().map(|(role, at)| Held { role: *role, organisation: org(*at), root: *at == TRUST }).collect(),
            employed_at: vec![org(SCHOOL)],
            appraises: appraises.iter().map(|n| human(*n)).collect(),
            manages: appraises.iter().map(|n| human(*n + 10)).collect(),
        }
    }
    fn record(school: u128, owner: u128, private_to: Option<u128>) -> Standing {
        Standing { path: vec![org(school), org(TRUST)], owner: Some(human(owner)), private_to: private_to.map(human) }
    }

    /// One row a rule: who, what they ask for, of which record, and whether it is covered.
    #[test]
    fn the_table_of_who_sees_what() {
        use Permission::*;
        let nobody: &[(RoleName, u128)] = &[];
        for (roles, appraises, permission, of, expected) in [
            (nobody, &[][..], ReadObjectives, record(SCHOOL, 10, None), true),
            (nobody, &[], ReadObjectives, record(SCHOOL, 11, None), false),
            (nobody, &[11], ReadObjectives, record(OTHER, 11, None), true),
            (nobody, &[11], WriteObjectives, record(SCHOOL, 11, None), true),
            (nobody, &[11], ReadObjectives, record(SCHOOL, 11, Some(11)), false),
            (nobody, &[11], ReadLearning, record(SCHOOL, 11, None), true),
            (nobody, &[11], ReadLearning, record(SCHOOL, 11, Some(11)), false),
            (nobody, &[11], WriteLearning, record(SCHOOL, 11, None), false),
            (nobody, &[], ReadReports, record(SCHOOL, 10, None), true),
            (nobody, &[], ReadReports, record(SCHOOL, 11, None), false),
            (&[(R::LearningLead, SCHOOL)], &[], ReadReports, record(SCHOOL, 11, None), false),
            (&[(R::SchoolAdmin, SCHOOL)], &[], ReadReports, record(SCHOOL, 11, None), false),
            (&[(R::TrustLeader, TRUST)], &[], ReadReports, record(SCHOOL, 11, None), false),
            (&[(R::LearningLead, SCHOOL)], &[], ReadNeeds, record(SCHOOL, 11, None), true),
            (&[(R::SchoolAdmin, SCHOOL)], &[], ReadNeeds, record(SCHOOL, 11, None), false),
            (&[(R::TrustLeader, TRUST)], &[], ReadNeeds, record(SCHOOL, 11, None), false),
            (&[(R::TrustLeader, TRUST)], &[], ReadNeedSummaries, record(SCHOOL, 11, None), true),
            (nobody, &[11], ReadNeeds, record(OTHER, 11, None), true),
            (nobody, &[11], ReadNeedSummaries, record(SCHOOL, 11, None), false),
            (nobody, &[11], ReadEnrolments, record(SCHOOL, 11, None), false),
            (nobody, &[11], ReadEnrolments, record(OTHER, 21, None), true),
            (nobody, &[11], WriteEnrolments, record(OTHER, 21, None), true),
            (nobody, &[11], ReadObjectives, record(SCHOOL, 21, None), false),
            (&[(R::LearningLead, SCHOOL)], &[], WriteEnrolments, record(SCHOOL, 11, None), true),
            (&[(R::LearningLead, SCHOOL)], &[], WriteEnrolments, record(OTHER, 11, None), false),
            (nobody, &[], ReadPeople, record(SCHOOL, 11, None), true),
            (nobody, &[], ReadPeople, record(OTHER, 11, None), false),
            (&[(R::Headteacher, SCHOOL)], &[], ReadObjectives, record(SCHOOL, 11, None), true),
            (&[(R::Headteacher, SCHOOL)], &[], ReadObjectives, record(OTHER, 11, None), false),
            (&[(R::Headteacher, SCHOOL)], &[], WriteObjectives, record(SCHOOL, 11, None), false),
            (&[(R::Headteacher, SCHOOL)], &[], ReadObjectives, record(SCHOOL, 11, Some(11)), false),
            (&[(R::Hr, TRUST)], &[], ReadObjectives, record(OTHER, 11, None), true),
            (&[(R::SchoolAdmin, SCHOOL)], &[], ReadObjectives, record(SCHOOL, 11, None), false),
            (&[(R::SchoolAdmin, SCHOOL)], &[], ReadLearning, record(SCHOOL, 11, None), false),
            (&[(R::SchoolAdmin, SCHOOL)], &[], WritePeople, record(SCHOOL, 11, None), true),
            (&[(R::LearningLead, SCHOOL)], &[], ReadLearning, record(SCHOOL, 11, None), true),
            (&[(R::LearningLead, SCHOOL)], &[], ReadObjectives, record(SCHOOL, 11, None), false),
            (&[(R::TrustLeader, TRUST)], &[], ReadObjectives, record(SCHOOL, 11, None), false),
            (&[(R::Governor, SCHOOL)], &[], ReadObjectives, record(SCHOOL, 11, None), false),
            (&[(R::TrustAdmin, TRUST)], &[], ReadObjectives, record(SCHOOL, 11, None), false),
        ] {
            let covered = reach(&caller(roles, appraises), permission).is_ok_and(|r| r.covers(&of));
            assert_eq!(covered, expected, "{roles:?} {appraises:?} {permission} {of:?}");
        }
    }

    /// Who asks, and whether they work at the school, at another, or nowhere; to whom it is shown; and whether they read it.
    #[test]
    fn what_is_shown_is_read_by_those_it_is_shown_to_and_by_nobody_else() {
        let nobody = Audience::default();
        let appraiser = Audience { appraiser: true, ..Audience::default() };
        let leaders = Audience { leaders: true, ..Audience::default() };
        let school = Audience { school: true, ..Audience::default() }.of(human(11));
        let named = Audience { people: vec![human(10)], ..Audience::default() };
        let of = Standing { path: vec![org(SCHOOL), org(TRUST)], owner: Some(human(11)), private_to: None };
        let who = |roles: &[(RoleName, u128)], appraises: &[u128], at: Option<u128>| match caller(roles, appraises) {
            Caller::Person { account, person, roles, appraises, manages, .. } => {
                Caller::Person { account, person, roles, employed_at: at.map(org).into_iter().collect(), appraises, manages }
            }
            other => other,
        };
        let machine = Caller::Service {
            id: ServiceAccountId(Uuid::nil()),
            scopes: vec![Permission::ReadLearning],
            withheld: vec![],
            organisations: Some(vec![org(SCHOOL)]),
        };
        // to nobody, the appraiser, the leaders, the school, one who is named
        for (by, reads) in [
            (who(&[], &[], Some(SCHOOL)), [false, false, false, true, true]),
            (who(&[], &[], Some(OTHER)), [false, false, false, false, true]),
            (who(&[], &[], None), [false, false, false, false, false]),
            (who(&[], &[11], Some(OTHER)), [false, true, false, true, true]),
            (who(&[], &[12], Some(OTHER)), [false, false, false, false, true]),
            (who(&[(R::LearningLead, SCHOOL)], &[], None), [false, false, true, true, false]),
            (who(&[(R::Headteacher, OTHER)], &[], Some(OTHER)), [false, false, false, false, true]),
            (who(&[(R::Hr, TRUST)], &[], None), [false, false, true, true, false]),
            (who(&[(R::SchoolAdmin, SCHOOL)], &[], Some(SCHOOL)), [false, false, false, true, true]),
            (who(&[(R::TrustLeader, TRUST)], &[], Some(OTHER)), [false, false, false, false, true]),
            (machine, [false, false, true, true, false]),
            (Caller::Nobody, [false; 5]),
        ] {
            let reach = reach(&by, Permission::ReadLearning).unwrap_or_default();
            let found = [&nobody, &appraiser, &leaders, &school, &named].map(|to| shown(&by, &reach, &of, to));
            assert_eq!(found, reads, "{by:?}");
        }
        let own = Standing { owner: Some(human(10)), ..of };
        let me = who(&[], &[], None);
        assert!(shown(&me, &reach(&me, Permission::ReadLearning).unwrap_or_default(), &own, &nobody), "its owner, wherever they are");
    }

    #[test]
    fn the_school_takes_in_appraiser_and_leaders_and_nobody_is_named_twice() {
        let all = Audience { school: true, people: vec![human(3), human(1), human(3), human(2)], ..Audience::default() }.of(human(2));
        assert_eq!(all, Audience { appraiser: true, leaders: true, school: true, people: vec![human(1), human(3)] });
        assert!(all.includes(&Audience::usual()) && !Audience::usual().includes(&all) && all.includes(&all));
        assert!(!all.includes(&Audience { people: vec![human(9)], ..Audience::default() }));
        assert!(Audience { people: vec![human(2)], ..Audience::default() }.of(human(2)).nobody());
    }

    #[test]
    fn what_needs_a_role_is_denied_without_one_and_says_which_would_do() {
        let denied = reach(&caller(&[], &[]), Permission::WritePeople);
        assert_eq!(denied, Err(Denied::Role { required: Permission::WritePeople, roles: &[R::Hr, R::SchoolAdmin, R::TrustAdmin] }));
    }

    #[test]
    fn a_token_with_fewer_scopes_than_its_account_says_that_another_would_do() {
        let machine = Caller::Service {
            id: ServiceAccountId(Uuid::nil()),
            scopes: vec![Permission::ReadPeople],
            withheld: vec![Permission::ReadCycles],
            organisations: None,
        };
        for (permission, expected) in [(Permission::ReadCycles, true), (Permission::ReadChanges, false)] {
            let denied = reach(&machine, permission);
            assert_eq!(denied, Err(Denied::Scope { required: permission, held: vec![Permission::ReadPeople], withheld: expected }));
        }
    }

    #[test]
    fn holdings_are_the_same_in_any_order_and_differ_by_every_fact() {
        let one = caller(&[(RoleName::Hr, SCHOOL), (RoleName::LearningViewer, OTHER)], &[7, 8]);
        assert_eq!(one.holdings(), caller(&[(RoleName::LearningViewer, OTHER), (RoleName::Hr, SCHOOL)], &[8, 7]).holdings());
        for other in [
            caller(&[(RoleName::Hr, SCHOOL)], &[7, 8]),
            caller(&[(RoleName::Hr, SCHOOL), (RoleName::LearningViewer, SCHOOL)], &[7, 8]),
            caller(&[(RoleName::Hr, SCHOOL), (RoleName::LearningViewer, OTHER)], &[7]),
            Caller::Nobody,
        ] {
            assert_ne!(one.holdings(), other.holdings(), "{other:?}");
        }
    }
    #[test]
    fn a_machine_has_its_scopes_at_its_schools_and_no_more() {
        let key = |scopes: &[Permission], at: Option<u128>| Caller::Service {
            id: ServiceAccountId(Uuid::nil()),
            scopes: scopes.to_vec(),
            withheld: vec![],
            organisations: at.map(|n| vec![org(n)]),
        };
        for permission in Permission::ALL {
            let granted = reach(&key(&[*permission], None), *permission).is_ok();
            assert_eq!(granted, permission.for_service_accounts(), "{permission}");
            assert!(reach(&key(&[], None), *permission).is_err(), "{permission}");
        }
        let reads = reach(&key(&[Permission::ReadLearning], Some(SCHOOL)), Permission::ReadLearning);
        for (of, expected) in [(record(SCHOOL, 11, None), true), (record(OTHER, 11, None), false), (record(SCHOOL, 11, Some(11)), false)] {
            assert_eq!(reads.as_ref().is_ok_and(|r| r.covers(&of)), expected, "{of:?}");
        }
    }
}
