//! The records that operations are tried on, and what is said of them in the file.

use trellis_domain::event::RecordType;

/// The record that an operation is tried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// None, or what the scene has anyway.
    None,
    Organisation,
    /// An organisation, with a calendar of this year.
    Planned,
    Person,
    Employment,
    /// An organisation, a person or an employment that a system manages, with a field that was changed by hand.
    Overridden(RecordType),
    /// The employment, missing from a snapshot.
    Missing,
    Relationship,
    Role,
    /// That somebody said in September who appraises whom at the school.
    Delegation,
    /// A framework version, published or not.
    Framework(bool),
    /// A version of a rule profile, published or not.
    Profile(bool),
    /// A version of the school's calendar.
    Calendar,
    /// A cycle in this state.
    Cycle(&'static str),
    /// An appraisal of the owner in this state.
    Appraisal(&'static str),
    /// An issued report of the owner.
    Report,
    /// What the appraiser recommended on the owner's pay.
    Pay,
    /// A development need of the owner: their own, or one that a report names.
    Need(bool),
    /// A hold on the owner's appraisal.
    Hold,
    /// A version of a template of conversations of the school, published or not.
    Template(bool),
    /// A conversation of the owner with the appraiser: a coaching one in this state, or one of another lane.
    Conversation(&'static str),
    /// Something that was agreed in a conversation of this lane, open or done.
    Agreed(&'static str),
    /// An objective in this state.
    Objective(&'static str),
    /// A note of the owner on an objective of theirs.
    Note,
    /// The holder's part in an objective of the owner, in this state; the appraiser's, if it says so.
    Collaboration(&'static str),
    /// A learning record, shared or not.
    Learning(bool),
    /// A file as evidence of a learning record, shared or not.
    Evidence(bool),
    /// A learning record of the owner that an outside provider sent.
    Provided,
    /// An improvement plan of the school in this state, with a priority.
    Plan(&'static str),
    /// A priority of a published plan of the school, in this state.
    Priority(&'static str),
    /// A priority of a published plan of the trust, and a plan of the school.
    Adoptable,
    /// An activity of the school's catalogue, offered or not.
    Activity(bool),
    /// A session of an activity of the school.
    Session,
    /// The owner's enrolment at a session of the school; at one that is over, at one to come, or at one that they attended.
    Enrolment(&'static str),
    /// A training requirement of the school in this state.
    Requirement(&'static str),
    /// That the owner did a training that the school requires.
    Completion,
    /// That the owner is exempt from a training that the school requires.
    Exemption,
    /// A learning request of the owner in this state.
    Request(&'static str),
    /// A budget line of the school for this year.
    BudgetLine,
    /// An agreed growth inquiry of the owner, with a finding.
    Inquiry,
    /// A finding of the owner: published to their school with their name, or to the trust without it.
    Finding(bool),
    /// A coaching partnership of the owner with their appraiser, in this state or at this stage; the appraiser proposed it.
    Partnership(&'static str),
    /// An action step of such a partnership.
    Step,
    /// A visit of the appraiser to the owner, within such a partnership.
    Visit,
    /// A self-review of the owner.
    SelfReview,
    /// A version of it that the appraiser is let read, or that was withdrawn.
    SharedReview(bool),
    /// An account, enabled or not.
    Account(bool),
    ServiceAccount,
    /// A link to the owner's calendar.
    CalendarLink,
    /// A job that somebody of HR asked for.
    Job,
    /// A snapshot of the school that somebody of HR sent.
    Sync,
    /// Somebody new, employed at the school.
    Newcomer,
    /// Somebody who was employed there until yesterday.
    Leaver,
    /// Somebody who is the owner's mentor.
    Mentor,
    /// A merge of two newcomers.
    Merge,
    /// A suggestion that two newcomers are one.
    Match,
}
