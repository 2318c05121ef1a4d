//! A rule that was not kept: a stable code, its kind, a message a person can act on, and the field it is about.

use serde::{Deserialize, Serialize};

/// What kind of answer a broken rule gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What was sent breaks a rule (422).
    Invalid,
    /// It clashes with how things stand (409).
    Conflict,
    /// It is not this caller's to do (403).
    Forbidden,
}

macro_rules! codes {
    ($($(#[doc = $meaning:literal])+ $name:ident = $slug:literal, $kind:ident, $remedy:literal;)*) => {
        /// Every rule of the domain that an answer can name. The problem catalogue lists them with meaning and remedy.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[doc = $meaning])+ $name,)*
        }
        impl Code {
            /// All of them, for the catalogue.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];
            /// The stable name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $slug),* }
            }
            /// What kind of answer it gives.
            pub const fn kind(self) -> Kind {
                match self { $(Self::$name => Kind::$kind),* }
            }
            /// What it means.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($meaning),+)),* }
            }
            /// What to do about it.
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$name => $remedy),* }
            }
        }
    };
}

codes! {
    /// A field's value is not of the form it must have.
    InvalidValue = "invalid_value", Invalid, "Correct the fields named in `errors`; each message says what is accepted.";
    /// An identifier does not have the form that its register gives it.
    InvalidIdentifier = "invalid_identifier", Invalid, "The message names the form: a URN has 5 or 6 digits, a LAESTAB is 123/4567, a UKPRN has 8 digits.";
    /// A period ends before it starts.
    PeriodBackwards = "period_backwards", Invalid, "Send an `ends_on` on or after `starts_on`.";
    /// A body names a record that does not exist, or that this caller may not know of.
    UnknownReference = "unknown_reference", Invalid, "Check the id named in `errors`; it must be a record that you can read.";
    /// The place of an organisation in the tree is not possible.
    MisplacedOrganisation = "misplaced_organisation", Invalid, "A school sits beneath the trust or a group; a group sits beneath any organisation; the tenant has one root.";
    /// An identifier, staff code, external reference or other unique value already belongs to another record.
    Duplicate = "duplicate", Conflict, "Use the record that has it, or send another value.";
    /// The person already has an employment at this school on some of these days.
    OverlappingEmployment = "overlapping_employment", Conflict, "End the earlier employment first, or change its dates.";
    /// Employment is at a school, not at a group.
    NotAnEmployer = "not_an_employer", Invalid, "Name the trust or a school.";
    /// A person cannot be their own line manager, appraiser, coach, mentor or induction tutor.
    SelfRelationship = "self_relationship", Invalid, "Name two different people.";
    /// Somebody would manage, through others, their own line manager.
    LineManagementCycle = "line_management_cycle", Conflict, "The message names the people of the circle; end one of those relationships first.";
    /// The two people already have this relationship on some of these days.
    OverlappingRelationship = "overlapping_relationship", Conflict, "End the earlier relationship first, or choose other dates.";
    /// The person already holds this role there on some of these days.
    OverlappingRole = "overlapping_role", Conflict, "End the earlier role first, or choose other dates.";
    /// A person cannot be merged with themself.
    SamePerson = "same_person", Invalid, "Name another person in `into`.";
    /// Both people have a teacher reference number and the two differ: they are two people.
    DifferentTrn = "different_trn", Conflict, "If one of the numbers is wrong, correct it first; else leave them apart.";
    /// Something that happened since makes it impossible to undo the merge; all of it is listed.
    MergeStands = "merge_stands", Conflict, "Set right what `errors` lists and repeat the call, or part the records by hand.";
    /// Somebody cannot be erased while their record is at work: an employment, a role, people whom they manage, open objectives. All of it is listed.
    StillNeeded = "still_needed", Conflict, "End, hand over or close what `errors` lists, then repeat the call.";
    /// Whoever erases somebody says their family name, and it is not this person's.
    NotConfirmed = "not_confirmed", Invalid, "Read the person, and send their `family_name` if it is they who are meant.";
    /// What ended cannot end again, nor start after it ended.
    AlreadyEnded = "already_ended", Conflict, "Create a new one instead.";
    /// Nobody gives themself a role, makes themself somebody's manager, or agrees their own proposal.
    NotForYourself = "not_for_yourself", Forbidden, "Ask a colleague with the same role to do it.";
    /// None of the caller's roles and relationships, on the day of the act, permits it.
    NotPermitted = "not_permitted", Forbidden, "The detail names who may do it.";
    /// The record's state does not allow this step.
    WrongState = "wrong_state", Conflict, "Read the record: its `can` names what can be done now and why the rest cannot.";
    /// Something that must come first is missing; all of it is listed.
    NotReady = "not_ready", Conflict, "Do what `errors` lists, then repeat the call.";
    /// The time in which something could be said is over.
    WindowClosed = "window_closed", Conflict, "The record names the last day, if its rules give one. Say it in a conversation instead; what was said is not changed.";
    /// What was said once stands, and is not said again.
    AlreadySaid = "already_said", Conflict, "Read what was said; it never changes.";
    /// A correction corrects something.
    NoCorrection = "no_correction", Conflict, "Send what is to be said differently; every field that is not sent stays as it was issued.";
    /// A published version never changes.
    Published = "published", Conflict, "Create a new version.";
    /// Codes within one framework version must differ, and keys of questions within one template.
    RepeatedCode = "repeated_code", Invalid, "Give every standard of the version a code, and every question of the template a key, of its own.";
    /// A standard can be linked only from a published framework version.
    NotPublished = "not_published", Invalid, "Publish the framework version first.";
    /// There is no such version of a rule profile, or it is still a draft.
    UnknownProfile = "unknown_profile", Invalid, "`GET /v1/rule-profiles` lists what can be named: published versions.";
    /// Members of what was sent contradict one another, one needs another that is not there, or what must say something is blank.
    ContradictoryMembers = "contradictory_members", Invalid, "`errors` names each: leave out, add or correct what it says.";
    /// The rules of a profile do not fit together.
    ContradictoryRules = "contradictory_rules", Invalid, "`errors` names each; correct it.";
    /// A profile would loosen what the law fixes for the one that it is made from.
    LegalMinimum = "legal_minimum", Invalid, "`errors` names each rule with what the law asks for: it can be tightened, not loosened.";
    /// The days of a calendar do not fit together.
    ContradictoryCalendar = "contradictory_calendar", Invalid, "`errors` names each: terms follow one another within the academic year; INSET days and closures lie in term.";
    /// Days would be counted that no calendar, or no list of bank holidays, covers.
    CalendarMissing = "calendar_missing", Conflict, "Add the calendar of the academic year that the detail names, `POST /v1/calendars`, or count calendar days.";
    /// There is such a hold on the appraisal of the employment already, on some of these days.
    OverlappingHold = "overlapping_hold", Conflict, "End the earlier hold first, or choose other dates.";
    /// Another live appraisal of the employment covers some of the days.
    OverlappingAppraisal = "overlapping_appraisal", Conflict, "Choose an earlier last day, or give the other appraisal up first.";
    /// Nobody appraises themself.
    SelfAppraisal = "self_appraisal", Invalid, "Name somebody else.";
    /// Somebody is to appraise who has no authority to, on the day of the act.
    NoAuthority = "no_authority", Invalid, "Make them the appraiser or line manager first, `POST /v1/relationships`, or name the headteacher; a headteacher's panel may be governors.";
    /// The panel that is to appraise a headteacher is not as the rules have it.
    PanelRules = "panel_rules", Invalid, "`errors` names what the rule profile of the cycle asks for: how many, without staff, with an external adviser.";
    /// The kind of conversation and the appraisal do not fit: planning, mid-cycle and annual review belong to one, coaching, wellbeing and the return to work never do.
    ConversationLane = "conversation_lane", Invalid, "Name the appraisal, or leave it out, as the kind of conversation asks for.";
    /// The partner of a conversation is, on that day, nothing to the person that such a conversation asks for.
    NotInRelationship = "not_in_relationship", Invalid, "Choose who appraises, manages, coaches or mentors the person on that day, or record the relationship first, `POST /v1/relationships`.";
    /// A review is announced later than the rules of the cycle have it.
    ShortNotice = "short_notice", Invalid, "Choose the day that the message names, or a later one; the appraisee may set a nearer one themself.";
    /// The period of work lies outside the person's employment.
    OutsideEmployment = "outside_employment", Invalid, "Choose an employment that is current on that date.";
    /// A day lies outside the period in which it belongs: an objective of a cycle is due on one of the cycle's days, and a meeting of an appraisal is held when its kind has a place there.
    OutsidePeriod = "outside_period", Invalid, "Choose a day that the message allows. A new objective that stands outside any cycle is due on any day.";
    /// Learning cannot have ended in the future, nor before it began; a day is one that somebody can have meant.
    ImpossibleDates = "impossible_dates", Invalid, "Log learning after it happened; plan it with a request.";
    /// Something took longer than there was time: no day has more than 24 hours.
    ImpossibleHours = "impossible_hours", Invalid, "Say how long it really took, or on which days it was: at most 1,440 minutes a day.";
    /// A growth inquiry needs its question.
    InquiryNeedsQuestion = "inquiry_needs_question", Invalid, "Send `inquiry.question`; only a growth inquiry has one.";
    /// Only a growth inquiry is given up with what was learned, or has a finding to publish.
    NotAnInquiry = "not_an_inquiry", Conflict, "Choose an objective of the kind `growth_inquiry`.";
    /// So few people would read it that they would know whose it is.
    TooFewToBeAnonymous = "too_few_to_be_anonymous", Conflict, "Publish to the trust, or with your name.";
    /// Two who coach try one step at a time.
    StepOpen = "step_open", Conflict, "Settle the step that is being tried first, `POST /v1/action-steps/{id}/settle`.";
    /// More minutes would be observed in the period than the rule profile allows.
    ObservationLimit = "observation_limit", Conflict, "The message names how many minutes are used; a visit for development, within a coaching partnership, does not count.";
    /// The person has a place, or waits for one, at another session at that time; or some of those whose session is moved do.
    OverlappingSession = "overlapping_session", Conflict, "Withdraw the other enrolment first, or choose another session or time. With `allow_overlaps` a session is moved all the same.";
    /// The activity is for other colleagues than this one.
    OutsideAudience = "outside_audience", Conflict, "Choose an activity whose `audience` names their staff category, or none.";
    /// More people have a place than the session would have.
    PlacesTaken = "places_taken", Conflict, "Withdraw some enrolments first, or leave that many places.";
    /// A training requirement would make itself due for ever: it would run out when it is done, or be time to do again at once.
    EndlessRequirement = "endless_requirement", Invalid, "`errors` names each number: let it count for longer, or warn and be due within fewer days.";
    /// The parts of a training requirement do not fit together.
    ContradictoryRequirement = "contradictory_requirement", Invalid, "`errors` names each; correct it.";
    /// The budget line would be in the red: more would be set aside and spent than there is.
    BudgetExceeded = "budget_exceeded", Conflict, "The detail says what remains: allot more to the line, name another one, or decline.";
    /// Something costs money, and no budget line pays for it.
    BudgetLineNeeded = "budget_line_needed", Invalid, "Name one in `budget_line_id` when approving: `GET /v1/budget-lines`, of the school or above it, for the academic year in which it starts.";
    /// A priority is adopted from a published plan of an organisation above, while it is being worked on.
    NotAdoptable = "not_adoptable", Conflict, "Read the priority and its plan; write a priority of your own instead.";
    /// Two keys of the service account are live already: one in use, and one to change over to.
    TooManyLiveKeys = "too_many_live_keys", Conflict, "Revoke one first, `POST /v1/service-accounts/{id}/keys/{key_id}/revoke`, or wait until it ends.";
    /// This scope is not given to machines.
    ScopeNotGrantable = "scope_not_grantable", Invalid, "Choose among the scopes that `/problems/scope_not_grantable` and the docs list; people's own writing is theirs.";
    /// A column or field looks like data that Trellis never holds.
    ForbiddenData = "forbidden_data", Invalid, "Remove the column: National Insurance and DBS numbers, ethnicity, disability and religion are never held.";
    /// The file is not of the published form.
    UnreadableFile = "unreadable_file", Invalid, "Send the CSV exactly as published, with its heading row.";
    /// What a file is said to be, or called like, is not what its content is.
    MediaTypeMismatch = "media_type_mismatch", Invalid, "The message names both. Send the `Content-Type` that the file really has, or `application/octet-stream`, and a name that fits; or send the right file.";
    /// Such a file is not taken: its content is of no type that is, it is empty, carries macros, or would unpack to more than anybody needs.
    FileNotTaken = "file_not_taken", Invalid, "Send a PDF, a picture, text, CSV or an office document without macros; link to anything else where it is kept.";
    /// There is no room for more evidence.
    EvidenceFull = "evidence_full", Conflict, "The message names the bound: remove what no longer serves, `POST /v1/evidence/{id}/remove`, or link to the file where it is kept.";
    /// A row's reference, TRN and staff code belong to different people.
    AmbiguousMatch = "ambiguous_match", Conflict, "The message names the people; correct the row, or the record that has the wrong value.";
    /// Two rows of one request are about the same record.
    RepeatedRow = "repeated_row", Invalid, "Send one row for each record; several rows of one person are for different employments, and say the same of the person.";
    /// The row's dates fit more than one employment of the person.
    AmbiguousEmployment = "ambiguous_employment", Conflict, "Send the `starts_on` of the one that is meant, or the `organisation` of what somebody learned.";
    /// Nothing of an atomic request was stored, because another of its rows failed.
    NotApplied = "not_applied", Conflict, "Correct the rows that failed, then send all of them again.";
    /// A handover names nobody who takes over.
    NoSuccessor = "no_successor", Invalid, "Name the successor in `to`, or one for each person in `to_each`.";
    /// The request has more rows than are taken at once.
    TooManyRows = "too_many_rows", Invalid, "Send the rows in parts, or leave `atomic` out; the detail names the limit.";
    /// As many of the caller's jobs are waiting or at work as one caller may have.
    TooManyJobs = "too_many_jobs", Conflict, "Wait until some of them have ended, `GET /v1/jobs`, or cancel some; then send this again.";
    /// A later snapshot of the same school and source was applied already.
    SyncOutOfOrder = "sync_out_of_order", Conflict, "Send a newer snapshot; the detail names when the last one was taken.";
    /// Another snapshot of the same school and source is being worked on.
    SyncRunning = "sync_running", Conflict, "Wait until its job has ended, `GET /v1/jobs`, then send this one again.";
    /// What a snapshot says of itself does not fit together: it lies in the future, ends people after it was taken or without `unseen: end`, or its body and its parameters differ.
    SnapshotContradicted = "snapshot_contradicted", Invalid, "`errors` names each member; correct it, or say it once.";
    /// The snapshot would end, or newly mark as missing, more than one in ten of the school's current employments, and at least two.
    SyncThresholdExceeded = "sync_threshold_exceeded", Conflict, "If so many really left, send the same snapshot again with `confirm`: the problem's `confirmation_token`, good for 24 hours.";
    /// The password is too easily guessed, or one that is known from breaches.
    WeakPassword = "weak_password", Invalid, "Use at least 12 characters that are not your name or e-mail; a few words are good.";
}

/// One fault of a request: where, which rule, what would be accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// JSON pointer (RFC 6901) into the body, or the parameter's name.
    pub pointer: String,
    /// The rule's stable code.
    pub code: String,
    /// What is wrong and what would be accepted; never repeats the value.
    pub message: String,
}
impl Fault {
    /// What is wrong at a place.
    pub fn new(pointer: impl Into<String>, code: Code, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: code.as_str().into(), message: message.into() }
    }
}

/// A rule that was not kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RuleError {
    /// Which rule.
    pub code: Code,
    /// What is wrong, for a person.
    pub message: String,
    /// Every fault found, when there can be several.
    pub faults: Vec<Fault>,
}

impl RuleError {
    /// A rule broken as a whole.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), faults: Vec::new() }
    }
    /// A rule broken by one field.
    pub fn at(code: Code, pointer: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let fault = Fault { pointer: pointer.into(), code: code.as_str().into(), message: message.clone() };
        Self { code, message, faults: vec![fault] }
    }
    /// This and another, as one: every fault of both, with the code of this.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let mut both = if self.faults.is_empty() { self.of("") } else { self };
        both.faults.extend(if other.faults.is_empty() { other.of("").faults } else { other.faults });
        both
    }
    /// The same fault, said of this field.
    #[must_use]
    pub fn of(self, pointer: &str) -> Self {
        Self::at(self.code, pointer, self.message)
    }
}

/// Collects every fault before refusing, so that a caller hears all of them at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<RuleError>);

impl Faults {
    /// Takes note of a rule; goes on either way.
    pub fn check<T>(&mut self, rule: Result<T, RuleError>) -> Option<T> {
        rule.map_err(|e| self.0.push(e)).ok()
    }
    /// Refuses if anything was noted. The first rule gives the code.
    ///
    /// # Errors
    /// All that was noted, as one.
    pub fn settle(self) -> Result<(), RuleError> {
        self.0.into_iter().reduce(RuleError::and).map_or(Ok(()), Err)
    }
}
