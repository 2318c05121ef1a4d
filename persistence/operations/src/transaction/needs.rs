//! The needs: what callers need for operations.

use trellis_domain::access::Permission;

/// What a caller needs for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// This permission.
    Permission(Permission),
    /// To be somebody.
    Identity,
    /// Nothing: logging in, and what is public.
    Nothing,
    /// To be at the command line.
    Operator,
}

/// A need as a type, so that a handler holding one permission cannot run an operation that needs another.
pub trait Needs: Send + 'static {
    /// The need.
    const NEED: Need;
}

macro_rules! needs {
    ($($name:ident),*) => {$(
        #[doc = concat!("The permission of this name, see [`Permission::", stringify!($name), "`].")]
        #[derive(Debug)]
        pub enum $name {}
        impl Needs for $name {
            const NEED: Need = Need::Permission(Permission::$name);
        }
    )*};
}
needs!(
    ReadOrganisations,
    WriteOrganisations,
    ReadPeople,
    WritePeople,
    ErasePeople,
    ReadRoles,
    WriteRoles,
    ReadFrameworks,
    WriteFrameworks,
    ReadCycles,
    WriteCycles,
    ReadAppraisals,
    WriteAppraisals,
    AssignAppraisals,
    ReadAppraisalOverview,
    ReadReports,
    ReadPay,
    WritePay,
    ReadNeeds,
    WriteNeeds,
    ReadNeedSummaries,
    ReadSupport,
    WriteSupport,
    ReadTemplates,
    WriteTemplates,
    ReadConversations,
    WriteConversations,
    ReadObjectives,
    WriteObjectives,
    ReadLearning,
    WriteLearning,
    ProvideLearning,
    ReadPlans,
    WritePlans,
    ReadActivities,
    WriteActivities,
    ReadEnrolments,
    WriteEnrolments,
    ReadRequirements,
    WriteRequirements,
    ReadTraining,
    WriteTraining,
    WriteExemptions,
    ReadCompliance,
    ReadComplianceSummary,
    ReadRequests,
    WriteRequests,
    ApproveRequests,
    ReadBudgets,
    WriteBudgets,
    ReadImpact,
    ReadFindings,
    WriteFindings,
    ReadCoaching,
    WriteCoaching,
    ReadSelfReviews,
    WriteSelfReviews,
    ReadInsight,
    ReadChanges,
    ReadAccounts,
    WriteAccounts
);
/// To be somebody: a person who logged in, or a machine with a key.
#[derive(Debug)]
pub enum Identified {}
impl Needs for Identified {
    const NEED: Need = Need::Identity;
}
/// Nothing.
#[derive(Debug)]
pub enum Public {}
impl Needs for Public {
    const NEED: Need = Need::Nothing;
}
/// The command line.
#[derive(Debug)]
pub enum Operator {}
impl Needs for Operator {
    const NEED: Need = Need::Operator;
}
