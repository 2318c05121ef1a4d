//! The needs: what callers need for operations.

use std::marker::PhantomData;
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
pub trait Needs: sealed::Needs + Send + 'static {
    /// The need.
    const NEED: Need;
}

macro_rules! needs {
    ($($name:ident),*) => {$(
        #[doc = concat!("The permission of this name, see [`Permission::", stringify!($name), "`].")]
        #[derive(Debug)]
        pub enum $name {}
        impl sealed::Needs for $name {}
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
impl sealed::Needs for Identified {}
impl Needs for Identified {
    const NEED: Need = Need::Identity;
}
/// Nothing.
#[derive(Debug)]
pub enum Public {}
impl sealed::Needs for Public {}
impl Needs for Public {
    const NEED: Need = Need::Nothing;
}
/// The command line.
#[derive(Debug)]
pub enum Operator {}
impl sealed::Needs for Operator {}
impl Needs for Operator {
    const NEED: Need = Need::Operator;
}

/// What is needed for an operation that is asked under several permissions, such as the log's head, which every list asks for: a type where it is asked, a
/// value where the caller is judged, so that a database knows the operation once.
pub struct Under<N> {
    need: Need,
    of: PhantomData<fn() -> N>,
}
impl<N: Needs> Under<N> {
    /// Under this permission.
    #[allow(clippy::new_without_default)] // nobody needs anything by default
    pub fn new() -> Self {
        Self { need: N::NEED, of: PhantomData }
    }
}
impl<N> Under<N> {
    /// The need.
    pub(crate) fn need(&self) -> Need {
        self.need
    }
    /// The same, as a value alone.
    pub(crate) fn into_value(self) -> Under<AsValue> {
        Under { need: self.need, of: PhantomData }
    }
}
impl<N> std::fmt::Debug for Under<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.need.fmt(f)
    }
}
/// That a value says what is needed. Were an operation in this form asked for through a handler, it would be refused: no request holds what the operator does.
#[derive(Debug)]
pub enum AsValue {}
impl sealed::Needs for AsValue {}
impl Needs for AsValue {
    const NEED: Need = Need::Operator;
}

/// No need is made elsewhere.
mod sealed {
    pub trait Needs {}
}
