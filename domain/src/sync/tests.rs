use super::*;
use crate::{employment::StaffCategory, id::PersonId, text::Title, time::Period};
use serde_json::json;
use uuid::Uuid;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_else(|e| unreachable!("{e}"))
}
fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_else(|e| unreachable!("{e}"))
}
fn word(text: &str) -> Reference {
    Reference::try_from(text.to_owned()).unwrap_or_else(|e| unreachable!("{e}"))
}
fn school(n: u128) -> OrganisationId {
    OrganisationId(Uuid::from_u128(n))
}
fn mis(id: &str) -> ExternalRef {
    ExternalRef { source: word("mis"), id: word(id) }
}
fn employment(n: u128, at: u128, starts: &str, ends: &str) -> Employment {
    Employment {
        id: EmploymentId(Uuid::from_u128(n)),
        person_id: PersonId(Uuid::from_u128(n)),
        organisation_id: school(at),
        job_title: Title::try_from("Teacher".to_owned()).unwrap_or_else(|e| unreachable!("{e}")),
        staff_category: StaffCategory::Teacher,
        staff_code: None,
        fte_percent: 100,
        period: Period { starts_on: day(starts), ends_on: ends.parse().ok() },
        missing_since: None,
        missing_from: None,
        ended_from: None,
        kept: Vec::new(),
        provenance: crate::provenance::Provenance::default(),
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}
fn post(n: u128) -> Post {
    Post { employment: employment(n, 1, "2020-09-01", ""), refs: vec![mis(&n.to_string())], trn: None }
}
fn snapshot(unseen: Unseen) -> Snapshot {
    Snapshot { organisation_id: school(1), source: word("mis"), taken_at: time("2026-10-05T02:00:00Z"), unseen, ends_on: day("2026-10-04"), take_over: false }
}
fn said(n: u128) -> Said {
    Said { refs: vec![mis(&n.to_string())], ..Said::default() }
}

#[test]
fn what_a_snapshot_says_of_itself_is_read_with_every_fault_at_once() {
    let now = time("2026-10-05T08:00:00Z");
    let good = json!({"organisation": {"urn": "100000"}, "source": "mis", "taken_at": "2026-10-05T03:00:00+01:00"});
    let head = read(&good, now).unwrap_or_else(|e| unreachable!("{e:?}"));
    assert_eq!((head.unseen, head.taken_at, head.validate_only), (Unseen::Review, time("2026-10-05T02:00:00Z"), false));
    assert_eq!(Snapshot::of(&head, school(1)).ends_on, day("2026-10-04"));
    let bad = json!({"organisation": {}, "taken_at": "2026-12-01T00:00:00Z", "unseen": "forget", "ends_on": "2026-10-01", "confirm": 1, "validate_only": "yes", "take_over": 1, "colour": "green"});
    let faults = read(&bad, now).err().unwrap_or_default();
    let mut pointers: Vec<&str> = faults.iter().map(|f| f.pointer.as_str()).collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/colour", "/confirm", "/ends_on", "/organisation", "/source", "/take_over", "/taken_at", "/unseen", "/validate_only"]);
}

#[test]
fn snapshots_follow_each_other() {
    let at = |hour: u32| time(&format!("2026-10-05T{hour:02}:00:00Z"));
    for (taken, last, good) in [(2, None, true), (2, Some(1), true), (2, Some(2), true), (2, Some(3), false)] {
        assert_eq!(follows(at(taken), last.map(at)).is_ok(), good, "{taken} after {last:?}");
    }
}

#[test]
fn the_brake_holds_above_one_in_ten_and_from_two_on() {
    for (current, gone, brakes) in
        [(1, 1, false), (2, 1, false), (2, 2, true), (10, 1, false), (20, 2, false), (19, 2, true), (100, 10, false), (100, 11, true)]
    {
        let posts: Vec<Post> = (0..current).map(post).collect();
        let rows: Vec<Said> = (gone..current).map(said).collect();
        for unseen in [Unseen::Review, Unseen::End] {
            let found = Forecast::of(&posts, &rows, &snapshot(unseen), |_| true);
            assert_eq!((found.current as u128, (found.ended.len() + found.missing.len()) as u128), (current, gone));
            assert_eq!(found.brakes(), brakes, "{gone} of {current}, {unseen}");
        }
    }
}

#[test]
fn whom_a_snapshot_would_end_or_miss() {
    let other_system = Post { refs: vec![ExternalRef { source: word("payroll"), id: word("1") }], ..post(1) };
    let over = Post { employment: employment(1, 1, "2020-09-01", "2026-10-04"), ..post(1) };
    let missing = Post { employment: Employment { missing_since: Some(day("2026-10-01")), missing_from: Some(word("mis")), ..post(1).employment }, ..post(1) };
    let kept = Post { employment: Employment { kept: vec![word("mis")], ..post(1).employment }, ..post(1) };
    let trn = Trn::from_import("1234567").ok();
    let by_trn = Post { trn: trn.clone(), ..post(1) };
    let leaves = |at: Option<OrganisationKey>, end: &str| Said { ends: vec![(at, day(end))], ..said(1) };
    let elsewhere = Some(OrganisationKey::Id(school(2)));
    for (what, held, row, review, end) in [
        ("not named", post(1), said(2), (0, 1), (1, 0)),
        ("named", post(1), said(1), (0, 0), (0, 0)),
        ("named by the TRN", by_trn, Said { trn, ..said(2) }, (0, 0), (0, 0)),
        ("not of this system", other_system, said(2), (0, 0), (0, 0)),
        ("over already", over, said(2), (0, 0), (0, 0)),
        ("missing already", missing, said(2), (0, 0), (1, 0)),
        ("kept", kept, said(2), (0, 0), (0, 0)),
        ("a last day", post(1), leaves(None, "2026-12-31"), (1, 0), (1, 0)),
        ("a last day elsewhere", post(1), leaves(elsewhere, "2026-12-31"), (0, 0), (0, 0)),
        ("a last day before the first", post(1), leaves(None, "2019-12-31"), (0, 0), (0, 0)),
    ] {
        for (unseen, expected) in [(Unseen::Review, review), (Unseen::End, end)] {
            let found = Forecast::of(std::slice::from_ref(&held), std::slice::from_ref(&row), &snapshot(unseen), |at| *at == OrganisationKey::Id(school(1)));
            assert_eq!((found.ended.len(), found.missing.len()), expected, "{what}, {unseen}");
        }
    }
}

#[test]
fn what_becomes_of_an_employment() {
    let told = |fate: Option<Fate>| match fate {
        None => "nothing".to_owned(),
        Some(Fate::Found(e)) => format!("found {} {}", e.missing_since.is_none(), e.kept.len()),
        Some(Fate::Missing(e)) => format!("missing {}", e.missing_since.map_or_else(String::new, |d| d.to_string())),
        Some(Fate::Ended(e)) => format!("ended {}", e.period.ends_on.map_or_else(String::new, |d| d.to_string())),
    };
    let with = |change: &dyn Fn(&mut Employment)| {
        let mut post = post(1);
        change(&mut post.employment);
        post
    };
    let missing = with(&|e| (e.missing_since, e.missing_from) = (Some(day("2026-10-01")), Some(word("mis"))));
    let kept = with(&|e| e.kept = vec![word("mis"), word("payroll")]);
    let today = with(&|e| e.period.starts_on = day("2026-10-05"));
    let later = with(&|e| e.period.starts_on = day("2026-10-06"));
    let over = with(&|e| e.period.ends_on = Some(day("2026-10-04")));
    for (post, seen, careful, review, end) in [
        (post(1), true, false, "nothing", "nothing"),
        (post(1), false, false, "missing 2026-10-05", "ended 2026-10-04"),
        (post(1), false, true, "missing 2026-10-05", "missing 2026-10-05"),
        (missing.clone(), true, false, "found true 0", "found true 0"),
        (missing, false, false, "nothing", "ended 2026-10-04"),
        (kept.clone(), true, false, "found true 1", "found true 1"),
        (kept, false, false, "nothing", "nothing"),
        (today, false, false, "missing 2026-10-05", "ended 2026-10-05"),
        (later, false, false, "nothing", "nothing"),
        (over, false, false, "nothing", "nothing"),
    ] {
        assert_eq!(told(fate(&post, seen, &snapshot(Unseen::Review), careful)), review, "{post:?}");
        assert_eq!(told(fate(&post, seen, &snapshot(Unseen::End), careful)), end, "{post:?}");
    }
}

#[test]
fn joiners_leavers_and_returners() {
    let (open, left) = (employment(1, 1, "2020-09-01", ""), employment(1, 1, "2020-09-01", "2024-08-31"));
    let (new, elsewhere) = (employment(2, 1, "2026-09-01", ""), employment(3, 2, "2026-09-01", ""));
    let unseen = Employment { ended_from: Some(word("mis")), ..left.clone() };
    let to = |before: Option<&Employment>, after: &Employment| vec![Change::Employment(before.cloned().map(Box::new), Box::new(after.clone()))];
    for (before, changes, action, expected) in [
        (vec![], to(None, &new), RowAction::Created, Turn::Joiner),
        (vec![elsewhere.clone()], to(None, &new), RowAction::Updated, Turn::Joiner),
        (vec![left.clone()], to(None, &new), RowAction::Updated, Turn::Returner),
        (vec![open.clone()], to(Some(&open), &left), RowAction::Updated, Turn::Leaver),
        (vec![left.clone()], to(Some(&left), &open), RowAction::Updated, Turn::Change),
        (vec![unseen.clone()], to(Some(&unseen), &open), RowAction::Updated, Turn::Returner),
        (vec![unseen.clone()], to(Some(&unseen), &left), RowAction::Updated, Turn::Change),
        (vec![open.clone()], to(None, &elsewhere), RowAction::Updated, Turn::Change),
        (vec![open.clone()], vec![], RowAction::Updated, Turn::Change),
        (vec![open], vec![], RowAction::Unchanged, Turn::Unchanged),
    ] {
        assert_eq!(turn(school(1), &before, &changes, action), expected, "{before:?} {changes:?}");
    }
}

#[test]
fn a_last_day_that_is_not_the_sources_to_write_is_marked_instead() {
    use crate::{
        event::Actor,
        provenance::{EmploymentField, Provenance},
    };
    let managed = |by: &str, by_hand: bool| {
        let mut provenance = Provenance::default();
        provenance.claim(EmploymentField::EndsOn, &word(by));
        if by_hand {
            provenance.changed_by_hand(&["ends_on".into()], DateTime::UNIX_EPOCH, Actor::System);
        }
        provenance
    };
    for (provenance, take_over, ended) in [
        (Provenance::default(), false, true),
        (managed("mis", false), false, true),
        (managed("mis", true), false, false),
        (managed("payroll", false), false, false),
        (managed("payroll", false), true, true),
        (managed("payroll", true), true, false),
    ] {
        let mut unnamed = post(1);
        unnamed.employment.provenance = provenance;
        let snapshot = Snapshot { take_over, ..snapshot(Unseen::End) };
        let forecast = Forecast::of(std::slice::from_ref(&unnamed), &[], &snapshot, |_| true);
        assert_eq!((forecast.ended.len(), forecast.missing.len()), if ended { (1, 0) } else { (0, 1) });
        let fate = fate(&unnamed, false, &snapshot, false);
        assert_eq!(matches!(&fate, Some(Fate::Ended(after)) if after.provenance == managed("mis", false)), ended, "{fate:?}");
        assert_eq!(matches!(fate, Some(Fate::Missing(_))), !ended);
    }
}

#[test]
fn what_a_snapshot_ended_goes_on_until_somebody_says_otherwise() {
    let Some(Fate::Ended(ended)) = fate(&post(1), false, &snapshot(Unseen::End), false) else { unreachable!("not ended") };
    let earlier = Employment { period: Period { starts_on: day("2015-09-01"), ends_on: day("2018-08-31").into() }, ..employment(2, 1, "2015-09-01", "") };
    let elsewhere = employment(3, 2, "2026-10-05", "");
    let again = employment(4, 1, "2026-10-06", "");
    let by_hand = ended.patched(crate::employment::EmploymentPatch { ends_on: Some(Some(day("2026-10-04"))), ..Default::default() });
    let by_hand = by_hand.unwrap_or_else(|e| unreachable!("{e}"));
    let looked_at = ended.patched(crate::employment::EmploymentPatch { fte_percent: Some(60), ..Default::default() }).unwrap_or_else(|e| unreachable!("{e}"));
    for (held, source, goes_on) in [
        (vec![ended.clone()], "mis", true),
        (vec![earlier, ended.clone(), elsewhere], "mis", true),
        (vec![looked_at], "mis", true),
        (vec![ended.clone()], "payroll", false),
        (vec![ended, again], "mis", false),
        (vec![by_hand], "mis", false),
        (vec![employment(1, 1, "2020-09-01", "2026-10-04")], "mis", false),
    ] {
        assert_eq!(to_go_on(&held, school(1), &word(source)).is_some(), goes_on, "{held:?}");
    }
}
