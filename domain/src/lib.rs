//! # Trellis: the words and the rules
//!
//! A trellis supports growth instead of measuring it. This crate holds what a school means by staff appraisal and professional
//! learning: its words, state machines, permissions and rules. It knows no I/O, no clock, no HTTP and no SQL: the time, the ids and
//! every fact are arguments, so each rule can be read, and tested, as a table.
//!
//! ## Glossary
//!
//! | word | meaning |
//! |---|---|
//! | tenant | one customer body and the wall between customers: a trust, a federation, a maintained or an independent school |
//! | organisation | a node of the tenant's tree: a trust, a school, or a group (department, year team, network) |
//! | person | somebody who works, worked or will work in the tenant's schools |
//! | employment | a person employed at a school from a date to an optional date; appraisals and objectives hang on it |
//! | live | a person is live at the schools of their employments that have not lapsed, or else of the last that did |
//! | role | what a person may do, at an organisation and everything beneath it, from a date to an optional date |
//! | delegate | a senior colleague who says for the headteacher or HR, for a time, who appraises whom at their school, and reads nothing of what appraisals say |
//! | relationship | line manager, appraiser, coach, mentor or induction tutor of a person, dated |
//! | framework, version, standard | professional standards such as the Teachers' Standards, as a versioned tree |
//! | rule profile | the appraisal rules of a nation and a kind of school, as data; each cycle names one version |
//! | cycle | one round of appraisal for a population, with its period and due dates |
//! | appraisal report | what an appraisal ends with: written by who appraises, issued in versions that never change |
//! | pay recommendation | what who appraises recommends on somebody's pay where the report bears on it, and what is decided; in the pay lane, and off but where the rules have it |
//! | statement | a report, or a year of learning, as a page to print |
//! | hold | days on which no appraisal of an employment begins, or one rests, and why; in the support lane |
//! | development need | what somebody needs to learn or to be helped with, and the actions to meet it |
//! | disclosure | that somebody read a record about somebody else, and in which capacity |
//! | objective | what a person sets out to achieve or find out; a growth inquiry is one kind |
//! | inquiry | a growth inquiry: a question about one's own practice, what is done now, a change tried, evidence and a finding |
//! | conversation, template, agreed action | a meeting of two people about the work and growth of one of them, the questions it asks, and what they agreed |
//! | finding | what somebody found out by an inquiry, as a copy that they published to their school or trust, with or without their name |
//! | coaching partnership, round, action step | two people who both want it; what they are about, one goal at a time; and the one thing that the learner tries until they look back at it |
//! | learning visit | somebody sits in a lesson for a purpose said beforehand; ungraded, in one lane |
//! | collaboration | a colleague's part in somebody's objective, by consent of both |
//! | authorship | who wrote, proposed and accepted each field of an objective, as it stands |
//! | improvement plan, priority, action | what a trust, school or group sets out to improve, how it will know, and who does what by when |
//! | learning activity, session, enrolment | what is offered to learn, when it is held, and who has a place, waits for one or came |
//! | programme | what is held at a school in a year, on INSET days, in twilight and else |
//! | learning request | what somebody asks to be let learn, with cost and cover; their manager is asked first, then whoever approves |
//! | budget line, entry | a part of a year's money for learning, and what was set aside, set free, spent or refunded of it |
//! | impact plan, checkpoint | how one will know what comes of learning, and the days on which somebody looks |
//! | self-review | how somebody sees themself against a framework, statement by statement as far as they wish; theirs alone, and shared as a version that is fixed |
//! | check-in, rhythm | a conversation in which two people talk about the work, and how often they mean to |
//! | provider | who offers learning from outside, and sends what people learned with them |
//! | learning record | what a person learned; private until its owner shares it, with whom they like |
//! | evidence | what shows learning: a reference, a link or a file; read by whoever may read the learning record that it belongs to |
//! | training requirement, completion, exemption | what must be learned by whom and when; that somebody did; that they need not for a time |
//! | task | what is somebody's to do now, and by when; derived, never stored |
//! | calendar link | a secret address at which a calendar program reads somebody's own days; revocable |
//! | match suggestion | two records that may be one person; people decide, and it is remembered |
//! | job | work on many rows, done in parts under a lease, each part one transaction |
//! | lane | development, appraisal, support or pay: a record that speaks about a person is in exactly one |
//! | event | something that happened, numbered in the tenant's one log: audit, history and change feed are views of it |
//! | service account | a machine's identity, with scopes and schools instead of roles |

pub mod access;
pub mod account;
pub mod activity;
pub mod agreed_action;
pub mod appraisal;
pub mod budget;
pub mod bulk;
pub mod calendar;
pub mod check_in;
pub mod coaching;
pub mod conversation;
pub mod conversation_template;
pub mod cycle;
pub mod disclosure;
pub mod employment;
pub mod enrolment;
pub mod erasure;
pub mod event;
pub mod evidence;
pub mod finding;
pub mod forbidden;
pub mod framework;
pub mod hold;
pub mod id;
pub mod impact;
pub mod improvement;
pub mod inquiry;
pub mod insight;
pub mod job;
pub mod learning;
pub mod line_management;
pub mod matching;
pub mod merging;
pub mod nearest;
pub mod need;
pub mod objective;
pub mod organisation;
pub mod pay;
pub mod person;
pub mod priority;
pub mod profile;
pub mod programme;
pub mod provenance;
pub mod published;
pub mod reflection;
pub mod relationship;
pub mod report;
pub mod request;
pub mod role;
pub mod rule;
pub mod self_review;
pub mod service_account;
pub mod suppression;
pub mod sync;
pub mod table;
pub mod task;
pub mod text;
pub mod time;
pub mod training;
pub mod visit;
