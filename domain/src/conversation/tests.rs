use super::{machine::Party, *};
use crate::{conversation_template::AnsweredBy, rule::Code, text::Wire};
use uuid::Uuid;

use ConversationState as S;

fn word<T: Wire>(text: &str) -> T {
    T::parse(text).unwrap_or_else(|e| unreachable!("{e}"))
}
fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}
fn conversation(state: ConversationState) -> Conversation {
    Conversation {
        id: ConversationId(Uuid::nil()),
        employment_id: EmploymentId(Uuid::nil()),
        person_id: person(1),
        organisation_id: OrganisationId(Uuid::nil()),
        partner_id: person(2),
        partner_as: RelationshipKind::Appraiser,
        kind: ConversationKind::CheckIn,
        lane: Lane::Development,
        appraisal_id: None,
        template_id: None,
        starts_at: DateTime::UNIX_EPOCH,
        place: None,
        state,
        summary: None,
        appraisee_notes: None,
        partner_notes: None,
        response: None,
        held_at: None,
        last_reason: None,
        snapshots: 0,
        content_hash: None,
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}
const fn party(n: u128) -> Party {
    Party { person: Some(PersonId(Uuid::from_u128(n))), related: true, panel: false }
}

#[test]
fn two_sheets_of_one_person_are_one_and_no_word_of_either_is_lost() {
    let sheet = |n: u128, (text, answer): (&str, &str)| ConversationNotes {
        id: ConversationNotesId(Uuid::from_u128(n)),
        conversation_id: ConversationId(Uuid::nil()),
        side: Side::Partner,
        author_id: person(2),
        organisation_id: OrganisationId(Uuid::nil()),
        notes: Notes {
            answers: (!answer.is_empty())
                .then(|| Answer { question: word("next"), revision: 1, asked: word("What next?"), text: word(answer) })
                .into_iter()
                .collect(),
            text: (!text.is_empty()).then(|| word(text)),
        },
        version: 3,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    };
    let (long, other) = ("x".repeat(9_000), "y".repeat(9_000));
    for (one, two, text, answer, of) in [
        (("A", ""), ("B", ""), "A\n\nB", "", 2),
        (("A", "one"), ("", "two"), "A", "one\n\ntwo", 2),
        (("", ""), ("B", "two"), "B", "two", 2),
        (("A", "one"), ("", ""), "A", "one", 2),
        (("A", ""), (" ", ""), "A", "", 2),
        (("A", ""), ("A", ""), "A", "", 2),
        // more than one sheet holds: the other stays as it is
        ((long.as_str(), ""), (other.as_str(), "two"), long.as_str(), "", 1),
    ] {
        let (kept, taken) = ConversationNotes::together(vec![sheet(1, one), sheet(2, two)]).unwrap_or_else(|| unreachable!());
        let answered = kept.notes.answers.first().map_or("", |a| a.text.as_str());
        assert_eq!((kept.notes.text.as_ref().map_or("", |t| t.as_str()), answered, kept.notes.answers.len()), (text, answer, usize::from(!answer.is_empty())));
        assert_eq!((taken.len(), kept.version, kept.id), (of, 3 * i64::try_from(of).unwrap_or_default(), sheet(1, one).id));
    }
    assert_eq!(ConversationNotes::together(Vec::new()), None);
}

#[test]
fn a_review_is_announced_as_early_as_the_rules_have_it_unless_the_appraisee_sets_the_day() {
    use crate::{
        calendar::BankHolidays,
        profile::{DayBasis, Span, shipped},
    };
    let day = |text: &str| text.parse::<NaiveDate>().unwrap_or_default();
    let [england, wales] = [&shipped()[0].rules, &shipped()[3].rules];
    let working = Rules { review_notice: Some(Span { days: 5, basis: DayBasis::Working }), ..england.clone() };
    use ConversationKind as K;
    for (rules, kind, by, on, ok) in [
        (england, K::AnnualReview, Side::Partner, "2026-10-06", true),
        (&working, K::AnnualReview, Side::Partner, "2026-10-09", false),
        (&working, K::AnnualReview, Side::Partner, "2026-10-12", true),
        (&working, K::AnnualReview, Side::Appraisee, "2026-10-06", true),
        (&working, K::CheckIn, Side::Partner, "2026-10-06", true),
        // ten school days that no calendar covers: twenty calendar days, never shorter
        (wales, K::AnnualReview, Side::Partner, "2026-10-24", false),
        (wales, K::AnnualReview, Side::Partner, "2026-10-25", true),
    ] {
        let found = announced(kind, Some(by), day(on), day("2026-10-05"), rules, (BankHolidays::EnglandAndWales, &[]));
        assert_eq!(found.as_ref().err().map(|e| e.code), (!ok).then_some(Code::ShortNotice), "{kind} {by:?} {on}");
    }
}

/// The table of the machine, written out a second time: state, action, who (`a`ppraisee, `p`artner), and where it leads.
const TABLE: &[(ConversationState, ConversationAction, &str, ConversationState)] = &[
    (S::Scheduled, A::Update, "ap", S::Scheduled),
    (S::Scheduled, A::Prepare, "a", S::Preparing),
    (S::Scheduled, A::WriteNotes, "p", S::Scheduled),
    (S::Scheduled, A::Hold, "ap", S::Held),
    (S::Scheduled, A::AddAction, "ap", S::Scheduled),
    (S::Scheduled, A::Cancel, "ap", S::Cancelled),
    (S::Preparing, A::Update, "ap", S::Preparing),
    (S::Preparing, A::WriteNotes, "ap", S::Preparing),
    (S::Preparing, A::Share, "a", S::Shared),
    (S::Preparing, A::Hold, "ap", S::Held),
    (S::Preparing, A::AddAction, "ap", S::Preparing),
    (S::Preparing, A::Cancel, "ap", S::Cancelled),
    (S::Shared, A::Update, "ap", S::Shared),
    (S::Shared, A::WriteNotes, "ap", S::Shared),
    (S::Shared, A::Share, "a", S::Shared),
    (S::Shared, A::Hold, "ap", S::Held),
    (S::Shared, A::AddAction, "ap", S::Shared),
    (S::Shared, A::Cancel, "ap", S::Cancelled),
    (S::Held, A::Update, "ap", S::Held),
    (S::Held, A::WriteNotes, "ap", S::Held),
    (S::Held, A::Share, "a", S::Held),
    (S::Held, A::AddAction, "ap", S::Held),
    (S::Held, A::RequestResponse, "p", S::AwaitingResponse),
    (S::AwaitingResponse, A::AddAction, "ap", S::AwaitingResponse),
    (S::AwaitingResponse, A::Respond, "a", S::AwaitingResponse),
    (S::AwaitingResponse, A::Complete, "ap", S::Completed),
    (S::Completed, A::Reopen, "ap", S::Reopened),
    (S::Reopened, A::Update, "ap", S::Reopened),
    (S::Reopened, A::WriteNotes, "ap", S::Reopened),
    (S::Reopened, A::Share, "a", S::Reopened),
    (S::Reopened, A::AddAction, "ap", S::Reopened),
    (S::Reopened, A::RequestResponse, "p", S::AwaitingResponse),
];

fn taken(from: &Conversation, action: ConversationAction, by: Party) -> Result<Conversation, RuleError> {
    match action {
        A::Update => from.patched(ConversationPatch { summary: Some(Some(word("said"))), ..ConversationPatch::default() }, by),
        A::Share | A::RequestResponse => from.show(action, Notes { answers: vec![], text: Some(word("mine")) }, by),
        A::Respond => from.respond(word("thank you"), by),
        A::Complete => from.complete(Some(word("nothing to add")), vec![], by).map(|(c, _)| c),
        A::Prepare | A::WriteNotes | A::Hold | A::AddAction | A::Reopen | A::Cancel => from.step(action, Some(word("why")), by, DateTime::UNIX_EPOCH),
    }
}

#[test]
fn every_action_from_every_state_by_everybody() {
    for state in S::ALL {
        for action in A::ALL {
            let row = TABLE.iter().find(|(s, a, ..)| s == state && a == action);
            for (who, letter, by) in [("appraisee", 'a', party(1)), ("partner", 'p', party(2)), ("somebody else", '-', party(3))] {
                let expected = row.filter(|(_, _, sides, _)| sides.contains(letter)).map(|(.., to)| *to);
                let from = conversation(*state);
                let got = taken(&from, *action, by);
                assert_eq!(got.as_ref().ok().map(|c| c.state), expected, "{action} of one that is {state}, by the {who}");
                assert_eq!(from.can(*action, by).is_ok(), expected.is_some(), "can says otherwise: {action} {state} {who}");
                if letter == '-' {
                    assert_eq!(got.err().map(|e| e.code), Some(Code::NotPermitted));
                }
            }
            let gone = Party { related: false, ..party(2) };
            assert_eq!(conversation(*state).can(*action, gone).map_err(|e| e.code), Err(Code::NotPermitted), "a former partner: {action} {state}");
            let nobody = Party { person: None, related: true, panel: false };
            assert_eq!(conversation(*state).can(*action, nobody).map_err(|e| e.code), Err(Code::NotPermitted));
        }
    }
}

#[test]
fn each_side_shows_its_own_words_and_the_others_stay() {
    let theirs = Notes { answers: vec![], text: Some(word("hers")) };
    let ours = Notes { answers: vec![], text: Some(word("his")) };
    let shared = conversation(S::Held).show(A::Share, theirs.clone(), party(1)).unwrap_or_else(|e| unreachable!("{e}"));
    let both = shared.show(A::RequestResponse, ours.clone(), party(2)).unwrap_or_else(|e| unreachable!("{e}"));
    assert_eq!((both.appraisee_notes, both.partner_notes), (Some(theirs), Some(ours)));
}

#[test]
fn without_a_response_it_is_completed_with_a_reason_and_each_lock_is_another() {
    let waiting = conversation(S::AwaitingResponse);
    assert_eq!(waiting.complete(None, vec![], party(2)).map_err(|e| (e.code, e.faults[0].pointer.clone())), Err((Code::NotReady, "/reason".into())));
    let (silent, first) = waiting.complete(Some(word("no wish to")), vec![], party(2)).unwrap_or_else(|e| unreachable!("{e}"));
    assert_eq!((silent.snapshots, silent.state), (1, S::Completed));
    assert!(first.contains("no wish to"));
    let again = silent.step(A::Reopen, Some(word("a word is missing")), party(1), DateTime::UNIX_EPOCH).unwrap_or_else(|e| unreachable!("{e}"));
    let again = again.show(A::RequestResponse, Notes::default(), party(2)).and_then(|c| c.respond(word("agreed"), party(1)));
    let (locked, second) = again.and_then(|c| c.complete(None, vec![], party(1))).unwrap_or_else(|e| unreachable!("{e}"));
    assert_eq!(locked.snapshots, 2);
    assert!(locked.content_hash != silent.content_hash && first != second && silent.content_hash.is_some_and(|h| h.len() == 64));
}

#[test]
fn the_hour_moves_until_it_is_held_and_late_is_what_has_passed() {
    let hour = |h: i64| DateTime::from_timestamp(h * 3600, 0).unwrap_or_default();
    let patch = |h| ConversationPatch { starts_at: Some(hour(h)), ..ConversationPatch::default() };
    for state in [S::Scheduled, S::Preparing, S::Shared] {
        let moved = conversation(state).patched(patch(5), party(1)).unwrap_or_else(|e| unreachable!("{e}"));
        assert_eq!((moved.late(hour(5)), moved.late(hour(6))), (false, true));
    }
    for state in [S::Held, S::Reopened] {
        assert_eq!(conversation(state).patched(patch(5), party(1)).map_err(|e| e.code), Err(Code::WrongState));
        assert!(!conversation(state).late(hour(6)));
    }
}

#[test]
fn a_lane_follows_from_the_kind_and_says_who_reads() {
    use ConversationKind as K;
    for (kind, with, without) in [
        (K::Planning, Some(Lane::Appraisal), None),
        (K::MidCycle, Some(Lane::Appraisal), None),
        (K::AnnualReview, Some(Lane::Appraisal), None),
        (K::CheckIn, Some(Lane::Appraisal), Some(Lane::Development)),
        (K::Coaching, None, Some(Lane::Development)),
        (K::Wellbeing, None, Some(Lane::Development)),
        (K::ReturnToWork, None, Some(Lane::Support)),
    ] {
        assert_eq!((lane(kind, true).ok(), lane(kind, false).ok()), (with, without), "{kind}");
    }
    let reader = |took_part, appraises, role| Reader { took_part, appraises, role };
    for lane in Lane::ALL {
        assert!(lane.readable(reader(true, false, false)) && !lane.readable(Reader::default()), "{lane}");
        assert_eq!(lane.readable(reader(false, true, false)), *lane == Lane::Appraisal, "an appraiser in {lane}");
        assert_eq!(lane.readable(reader(false, false, true)), *lane != Lane::Development, "a headteacher in {lane}");
    }
}

/// Before the period, within it, and after it.
#[test]
fn each_kind_has_its_place_in_the_period_of_its_appraisal() {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap_or_default();
    let period = Period { starts_on: day("2026-09-01"), ends_on: Some(day("2027-08-31")) };
    let days = ["2026-08-31", "2026-09-01", "2027-08-31", "2027-09-01"];
    use ConversationKind as K;
    for kind in K::ALL {
        let expected = match kind {
            K::Planning => [true, true, true, false],
            K::MidCycle => [false, true, true, false],
            K::AnnualReview => [false, true, true, true],
            K::CheckIn | K::Coaching | K::Wellbeing | K::ReturnToWork => [true; 4],
        };
        for (on, fits) in days.iter().zip(expected) {
            let found = has_place(*kind, day(on), &period).err().map(|e| (e.code, e.faults.into_iter().map(|f| f.pointer).collect::<Vec<_>>()));
            assert_eq!(found, (!fits).then(|| (Code::OutsidePeriod, vec!["/starts_at".to_owned()])), "{kind} {on}");
        }
    }
}

#[test]
fn a_partner_is_what_the_lane_asks_for() {
    use RelationshipKind as R;
    for (lane, holds, expected) in [
        (Lane::Appraisal, &[R::Coach, R::Appraiser][..], Some(R::Appraiser)),
        (Lane::Appraisal, &[R::LineManager], Some(R::LineManager)),
        (Lane::Appraisal, &[R::Coach, R::Mentor, R::InductionTutor], None),
        (Lane::Development, &[R::Appraiser, R::Coach], Some(R::Coach)),
        (Lane::Development, &[], None),
        (Lane::Support, &[R::Coach], None),
        (Lane::Support, &[R::LineManager], Some(R::LineManager)),
    ] {
        assert_eq!(stands_as(lane, holds).ok(), expected, "{lane} {holds:?}");
    }
}

#[test]
fn an_answer_names_the_revision_and_only_what_is_asked_of_this_side_is_answered() {
    let question = |key: &str, answered_by| Question { key: word(key), text: word("What did you learn?"), help: None, answered_by };
    let asked = [(question("mine", AnsweredBy::Appraisee), 3), (question("ours", AnsweredBy::Both), 1), (question("yours", AnsweredBy::Partner), 1)];
    let said = |keys: &[&str]| keys.iter().map(|k| (word::<Slug>(k), word("This."))).collect::<Vec<_>>();
    let answers = answered(said(&["mine", "ours"]), &asked, Side::Appraisee).unwrap_or_else(|e| unreachable!("{e}"));
    assert_eq!(answers.iter().map(|a| a.revision).collect::<Vec<_>>(), [3, 1]);
    assert_eq!(answers[0].asked.as_str(), "What did you learn?");
    let faults = answered(said(&["ours", "yours", "none", "ours"]), &asked, Side::Appraisee).err().map(|e| e.faults);
    let pointers: Vec<String> = faults.into_iter().flatten().map(|f| f.pointer).collect();
    assert_eq!(pointers, ["/answers/1/question", "/answers/2/question", "/answers/3/question"]);
}

#[test]
fn all_of_a_panel_stand_on_the_partners_side() {
    for action in ConversationAction::ALL {
        for state in ConversationState::ALL {
            let of = conversation(*state);
            let partner = of.can(*action, party(2));
            let member = of.can(*action, Party { related: false, panel: true, ..party(3) });
            assert_eq!(member.is_ok(), partner.is_ok(), "{action} from {state}");
            let appraisee = of.can(*action, Party { panel: true, ..party(1) });
            assert_eq!(appraisee.is_ok(), of.can(*action, party(1)).is_ok(), "nobody appraises themself: {action} from {state}");
        }
    }
}

mod on_the_agenda {
    use super::*;
    use crate::{
        agreed_action::AgreedAction,
        appraisal::{Appraisal, AppraisalState, Deadline, DeadlineKind},
        conversation::agenda::{AgendaKind, CheckpointDue, Facts, compose},
        employment::StaffCategory,
        id::{AgreedActionId, CycleId, LearningRecordId, LearningRequestId, ObjectiveId},
        learning::{LearningKind, LearningRecord},
        objective::{Inquiry, Objective, ObjectiveKind, ObjectiveOrigin, ObjectiveState, Words},
        request::RequestState,
    };

    fn objective(kind: ObjectiveKind, state: ObjectiveState) -> Objective {
        let inquiry = (kind == ObjectiveKind::GrowthInquiry).then(|| Inquiry {
            question: word("Does it?"),
            current_practice: None,
            change_tried: None,
            evidence: None,
            finding: None,
        });
        Objective {
            id: ObjectiveId(Uuid::nil()),
            employment_id: EmploymentId(Uuid::nil()),
            person_id: person(1),
            organisation_id: OrganisationId(Uuid::nil()),
            cycle_id: None,
            carried_over_from: None,
            carried_over_to: None,
            origin: ObjectiveOrigin::Own,
            author_id: person(1),
            state,
            words: Words {
                kind,
                title: word("Questioning"),
                description: None,
                inquiry,
                evidence_plan: None,
                support_needed: None,
                learning_needed: None,
                due_on: None,
                success_criteria: vec![],
                standard_ids: vec![],
                priority_ids: vec![],
            },
            proposed_by: None,
            agreed_by: None,
            agreed_at: None,
            dissent: None,
            last_reason: None,
            revision: 1,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }
    fn learning() -> LearningRecord {
        LearningRecord {
            id: LearningRecordId(Uuid::nil()),
            person_id: person(1),
            employment_id: EmploymentId(Uuid::nil()),
            organisation_id: OrganisationId(Uuid::nil()),
            title: word("A visit"),
            kind: LearningKind::Reading,
            started_on: NaiveDate::default(),
            ended_on: NaiveDate::default(),
            minutes: 60,
            provider: None,
            reflection: None,
            reflection_prompt: None,
            shared_with: crate::access::Audience::usual(),
            objective_ids: vec![],
            standard_ids: vec![],
            priority_ids: vec![],
            external_ref: None,
            provenance: crate::provenance::Provenance::default(),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }
    fn action(lane: Lane, state: AgreedActionState, due_on: Option<&str>) -> AgreedAction {
        AgreedAction {
            id: AgreedActionId(Uuid::nil()),
            conversation_id: ConversationId(Uuid::nil()),
            employment_id: EmploymentId(Uuid::nil()),
            person_id: person(1),
            organisation_id: OrganisationId(Uuid::nil()),
            partner_id: person(2),
            lane,
            title: word(due_on.unwrap_or("some day")),
            owner_id: person(1),
            objective_id: None,
            due_on: due_on.and_then(|d| d.parse().ok()),
            state,
            last_reason: None,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }
    fn appraisal() -> Appraisal {
        let deadline = |kind, day: &str| Deadline {
            kind,
            due_on: day.parse().unwrap_or_default(),
            rule_profile: word("england_maintained_2012"),
            rule_profile_version: 1,
            set_by: crate::appraisal::DeadlineSource::Cycle,
            basis: None,
            calendar_ids: vec![],
            reason: None,
        };
        Appraisal {
            id: AppraisalId(Uuid::nil()),
            employment_id: EmploymentId(Uuid::nil()),
            person_id: person(1),
            organisation_id: OrganisationId(Uuid::nil()),
            cycle_id: CycleId(Uuid::nil()),
            staff_category: StaffCategory::Teacher,
            state: AppraisalState::Planning,
            resumes_to: None,
            starts_on: NaiveDate::default(),
            ends_on: NaiveDate::default(),
            deadlines: vec![deadline(DeadlineKind::Report, "2027-10-31"), deadline(DeadlineKind::Objectives, "2026-10-31")],
            appraisers: vec![],
            external_adviser: None,
            adviser_consulted_on: None,
            standards_informed_on: None,
            report_issued_on: None,
            comment_due_on: None,
            commented_on: None,
            appeal_due_on: None,
            appealed_on: None,
            appeal_decided_on: None,
            completed_on: None,
            last_reason: None,
            hold_id: None,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }
    fn checkpoint(due: &str) -> CheckpointDue {
        CheckpointDue { request_id: LearningRequestId(Uuid::nil()), title: word(due), state: RequestState::Attended, due_on: due.parse().unwrap_or_default() }
    }
    fn facts() -> Facts {
        use ObjectiveState as O;
        Facts {
            objectives: vec![
                objective(ObjectiveKind::Practice, O::Active),
                objective(ObjectiveKind::GrowthInquiry, O::Active),
                objective(ObjectiveKind::GrowthInquiry, O::Closed),
                objective(ObjectiveKind::Practice, O::Draft),
                objective(ObjectiveKind::Practice, O::Withdrawn),
            ],
            learning: vec![learning()],
            checkpoints: ["2026-11-23", "2026-10-12"].map(checkpoint).to_vec(),
            actions: [Lane::Appraisal, Lane::Development, Lane::Support]
                .into_iter()
                .flat_map(|lane| {
                    [(AgreedActionState::Open, None), (AgreedActionState::Done, None), (AgreedActionState::Open, Some("2026-10-31"))]
                        .map(|(state, due)| action(lane, state, due))
                })
                .collect(),
            appraisal: Some(appraisal()),
        }
    }
    fn kinds(lane: Lane) -> Vec<AgendaKind> {
        compose(lane, facts()).into_iter().map(|i| i.kind).collect()
    }

    #[test]
    fn learning_comes_first_and_what_is_closed_does_not_come_at_all() {
        use AgendaKind as K;
        let expected = [
            K::Inquiry,
            K::Learning,
            K::ImpactCheckpoint,
            K::ImpactCheckpoint,
            K::AgreedAction,
            K::AgreedAction,
            K::Objective,
            K::InformStandards,
            K::ObjectivesDue,
            K::ReportDue,
        ];
        assert_eq!(kinds(Lane::Appraisal), expected);
        let items = compose(Lane::Appraisal, facts());
        assert!(items.is_sorted_by_key(|i| i.part), "the parts come in their order");
        assert_eq!(items[2].title.as_deref(), Some("2026-10-12"), "the earlier checkpoint first");
        assert_eq!(items[4].title.as_deref(), Some("2026-10-31"), "what has a day comes before what has none");
    }

    #[test]
    fn of_another_lane_nothing_is_on_it() {
        use AgendaKind as K;
        assert_eq!(kinds(Lane::Development), [K::Inquiry, K::Learning, K::ImpactCheckpoint, K::ImpactCheckpoint, K::AgreedAction, K::AgreedAction]);
        assert_eq!(kinds(Lane::Support), [K::AgreedAction, K::AgreedAction]);
        assert_eq!(compose(Lane::Appraisal, Facts::default()), []);
    }
}
