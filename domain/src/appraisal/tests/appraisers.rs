//! Who may appraise whom, and how one takes over from another.

use super::*;

#[test]
fn who_appraises_has_authority_and_a_headteachers_panel_is_as_the_rules_have_it() {
    let nobody = Candidate { person: human(30), appoints: false, leads: false, governs: false, staff: false };
    let manager = Candidate { appoints: true, staff: true, ..nobody };
    let governor = |n: u128| Candidate { person: human(n), governs: true, ..nobody };
    let own = Candidate { person: human(OWN), ..manager };
    let adviser = Title::parse("Dr Ilse Brandt").ok();
    type Row<'a> = (StaffCategory, Vec<Candidate>, bool, &'a [(&'a str, Code)]);
    let rows: Vec<Row<'_>> = vec![
        (StaffCategory::Teacher, vec![manager], false, &[]),
        (StaffCategory::Teacher, vec![Candidate { leads: true, ..nobody }], false, &[]),
        (StaffCategory::Teacher, vec![nobody], false, &[("/appraiser_ids/0", Code::NoAuthority)]),
        (StaffCategory::Teacher, vec![governor(31)], false, &[("/appraiser_ids/0", Code::NoAuthority)]),
        (StaffCategory::Teacher, vec![own], false, &[("/appraiser_ids/0", Code::SelfAppraisal)]),
        (StaffCategory::Headteacher, vec![governor(31), governor(32)], true, &[]),
        (StaffCategory::Headteacher, vec![governor(31), governor(32), governor(33)], true, &[]),
        (StaffCategory::Headteacher, vec![governor(31), governor(32)], false, &[("/external_adviser", Code::PanelRules)]),
        (StaffCategory::Headteacher, vec![governor(31)], true, &[("/appraiser_ids", Code::PanelRules)]),
        (StaffCategory::Headteacher, vec![governor(31), governor(32), governor(33), governor(34)], true, &[("/appraiser_ids", Code::PanelRules)]),
        (StaffCategory::Headteacher, vec![governor(31), manager], true, &[("/appraiser_ids/1", Code::PanelRules)]),
        (StaffCategory::Headteacher, vec![own, nobody], true, &[("/appraiser_ids/0", Code::SelfAppraisal), ("/appraiser_ids/1", Code::NoAuthority)]),
    ];
    for (category, people, advised, expected) in rows {
        let panel = Panel { people, adviser: adviser.clone().filter(|_| advised) };
        let refused = appoint(&appraisal(S::Created, category), maintained(), &panel, party(13, false, false, true), day("2026-10-05"));
        let found: Vec<(String, String)> = refused.err().map(|e| e.faults.into_iter().map(|f| (f.pointer, f.code)).collect()).unwrap_or_default();
        let expected: Vec<(String, String)> = expected.iter().map(|(at, code)| ((*at).into(), code.as_str().into())).collect();
        assert_eq!(found, expected, "{category} {panel:?}");
    }
    let alone = Panel { people: vec![manager], adviser: None };
    let academy = appoint(&appraisal(S::Created, StaffCategory::Headteacher), &shipped()[1].rules, &alone, party(13, false, false, true), day("2026-10-05"));
    assert_eq!(academy, Ok(()));
}

#[test]
fn a_handover_ends_one_term_begins_another_and_rewrites_none() {
    let first = appraisal(S::Planning, StaffCategory::Teacher).appraisers;
    let later = hand_over(&first, &[human(12)], day("2027-01-04"));
    assert_eq!(later.iter().map(|t| (t.person_id, t.until)).collect::<Vec<_>>(), [(human(APPRAISER), Some(day("2027-01-04"))), (human(12), None)]);
    for (person, on, expected) in [(APPRAISER, "2027-01-03", true), (APPRAISER, "2027-01-04", false), (12, "2027-01-03", false), (12, "2027-01-04", true)] {
        assert_eq!(later.iter().any(|t| t.person_id == human(person) && t.on(day(on))), expected, "{person} {on}");
    }
    assert_eq!(hand_over(&later, &[human(12)], day("2027-02-01")), later, "the same people again change nothing");
    assert_eq!(hand_over(&later, &[human(APPRAISER)], day("2027-03-01")).len(), 3, "who comes back has another term");
}

/// A handover is arranged before the leaver goes, and may be arranged anew before it is there.
#[test]
fn who_takes_over_on_a_later_day_begins_then_unless_it_comes_otherwise() {
    let who = |terms: &[AppraiserTerm]| terms.iter().map(|t| (t.person_id, t.from, t.until)).collect::<Vec<_>>();
    let (start, change) = (day("2026-10-05"), day("2027-01-04"));
    let first = hand_over(&[], &[human(APPRAISER), human(13)], start);
    let arranged = hand_over(&first, &[human(12), human(13)], change);
    assert_eq!(who(&arranged), [(human(APPRAISER), start, Some(change)), (human(13), start, None), (human(12), change, None)]);
    for (to, on, expected) in [
        // somebody else after all, and at once
        (
            vec![human(14)],
            "2026-12-01",
            vec![(human(APPRAISER), start, Some("2026-12-01")), (human(13), start, Some("2026-12-01")), (human(14), day("2026-12-01"), None)],
        ),
        // who was to leave stays
        (vec![human(APPRAISER), human(13)], "2026-12-01", vec![(human(APPRAISER), start, None), (human(13), start, None)]),
        // who was to begin then begins now
        (
            vec![human(12)],
            "2026-12-01",
            vec![(human(APPRAISER), start, Some("2026-12-01")), (human(13), start, Some("2026-12-01")), (human(12), day("2026-12-01"), None)],
        ),
        (vec![human(12), human(13)], "2027-02-01", vec![(human(APPRAISER), start, Some("2027-01-04")), (human(13), start, None), (human(12), change, None)]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|(who, from, until)| (who, from, until.map(day))).collect();
        assert_eq!(who(&hand_over(&arranged, &to, day(on))), expected, "{on}");
    }
}

/// A successor takes one person's place. What was arranged for the others of a panel, and what is over, stays as it was.
#[test]
fn who_follows_takes_the_leavers_days_and_nobody_elses() {
    const START: &str = "2026-10-05";
    type Terms<'a> = &'a [(u128, &'a str, &'a str)];
    let terms = |all: Terms<'_>| -> Vec<AppraiserTerm> {
        all.iter().map(|(who, from, until)| AppraiserTerm { person_id: human(*who), from: day(from), until: until.parse().ok() }).collect()
    };
    let today = day("2026-12-01");
    let two: Terms<'_> = &[(11, START, ""), (13, START, "")];
    // 11 hands over to 12 on 20 December
    let arranged: Terms<'_> = &[(11, START, "2026-12-20"), (13, START, ""), (12, "2026-12-20", "")];
    // who hands over to whom, on which day; the terms then, or none if nothing is handed over; and who appraises on each day that is judged
    type Row<'a> = (Terms<'a>, (u128, u128), &'a str, Terms<'a>, &'a [(&'a str, &'a [u128])]);
    let rows: &[Row<'_>] = &[
        (two, (11, 12), "2026-12-20", arranged, &[("2026-12-20", &[13, 12])]),
        // who is on the panel already is on it once
        (two, (11, 13), "2026-12-20", &[(11, START, "2026-12-20"), (13, START, "")], &[("2026-12-20", &[13])]),
        // nobody else's departure, nor their successor, is touched
        (
            arranged,
            (13, 14),
            "2026-12-01",
            &[(11, START, "2026-12-20"), (13, START, "2026-12-01"), (12, "2026-12-20", ""), (14, "2026-12-01", "")],
            &[("2026-12-01", &[11, 14])],
        ),
        // who leaves earlier than was arranged is followed until then
        (
            arranged,
            (11, 14),
            "2026-12-10",
            &[(11, START, "2026-12-10"), (13, START, ""), (12, "2026-12-20", ""), (14, "2026-12-10", "2026-12-20")],
            &[("2026-12-10", &[13, 14])],
        ),
        (
            arranged,
            (13, 12),
            "2026-12-10",
            &[(11, START, "2026-12-20"), (13, START, "2026-12-10"), (12, "2026-12-20", ""), (12, "2026-12-10", "2026-12-20")],
            // from the day on which they would have sat beside whom they follow, they sit alone
            &[("2026-12-10", &[11, 12]), ("2026-12-20", &[12])],
        ),
        // whose own term ends soon goes on in the leaver's place
        (
            &[(11, START, ""), (13, START, "2026-12-27")],
            (11, 13),
            "2026-12-20",
            &[(11, START, "2026-12-20"), (13, START, "2026-12-27"), (13, "2026-12-27", "")],
            &[("2026-12-20", &[13]), ("2026-12-27", &[13])],
        ),
        // no day is left out before, between and after the terms that they have, and none is doubled
        (
            &[(11, START, "2027-03-01"), (12, "2026-12-10", "2026-12-20"), (13, START, ""), (12, "2027-01-04", "2027-02-01")],
            (11, 12),
            "2026-12-04",
            &[
                (11, START, "2026-12-04"),
                (12, "2026-12-10", "2026-12-20"),
                (13, START, ""),
                (12, "2027-01-04", "2027-02-01"),
                (12, "2026-12-04", "2026-12-10"),
                (12, "2026-12-20", "2027-01-04"),
                (12, "2027-02-01", "2027-03-01"),
            ],
            &[("2026-12-04", &[13, 12]), ("2026-12-10", &[12, 13]), ("2026-12-20", &[13, 12]), ("2027-01-04", &[13, 12]), ("2027-02-01", &[13, 12])],
        ),
        // a term that is over, and one that never was, is none
        (
            &[(11, START, ""), (12, START, "2026-12-10"), (12, "2026-12-24", "2026-12-24")],
            (11, 12),
            "2026-12-20",
            &[(11, START, "2026-12-20"), (12, START, "2026-12-10"), (12, "2026-12-24", "2026-12-24"), (12, "2026-12-20", "")],
            &[("2026-12-20", &[12])],
        ),
        // who was to begin, and leaves before, never does
        (arranged, (12, 14), "2026-12-10", &[(11, START, "2026-12-20"), (13, START, ""), (14, "2026-12-20", "")], &[("2026-12-20", &[13, 14])]),
        (arranged, (12, 14), "2026-12-20", &[(11, START, "2026-12-20"), (13, START, ""), (14, "2026-12-20", "")], &[("2026-12-20", &[13, 14])]),
        // who took over today did appraise
        (&[(11, "2026-12-01", "")], (11, 12), "2026-12-01", &[(11, "2026-12-01", "2026-12-01"), (12, "2026-12-01", "")], &[("2026-12-01", &[12])]),
        // it is so already, or was never theirs, or goes to themself
        (arranged, (11, 12), "2026-12-20", &[], &[]),
        (two, (12, 14), "2026-12-20", &[], &[]),
        (two, (11, 11), "2026-12-20", &[], &[]),
    ];
    for &(before, (leaver, successor), on, after, judged) in rows {
        let found = succession(&terms(before), (human(leaver), human(successor)), day(on), today).unwrap_or_else(|e| unreachable!("{e}"));
        let expected = (!after.is_empty()).then(|| Succession { terms: terms(after), days: judged.iter().map(|(on, _)| day(on)).collect() });
        assert_eq!(found, expected, "{leaver} {successor} {on}");
        for (judged, panel) in judged {
            let people = found.as_ref().map_or_else(Vec::new, |f| f.on(day(judged)));
            assert_eq!(people, panel.iter().map(|n| human(*n)).collect::<Vec<_>>(), "{leaver} {successor} {on}: {judged}");
        }
    }
    // whoever was to come back is followed each time
    let twice = terms(&[(11, START, "2026-12-20"), (12, "2026-12-20", "2027-02-01"), (11, "2027-02-01", "")]);
    let found = succession(&twice, (human(11), human(14)), day("2026-12-10"), today).ok().flatten();
    assert_eq!(found.map(|f| f.days), Some(vec![day("2026-12-10"), day("2027-02-01")]));
    // who appraised on a day that is over, as on that of a report, is not said anew
    let over = terms(&[(11, "2026-09-01", "2026-10-10"), (12, "2026-10-10", "")]);
    let refused = succession(&over, (human(12), human(14)), day("2026-11-30"), today).err();
    assert_eq!(refused.map(|e| (e.code, e.faults[0].pointer.clone())), Some((Code::PeriodBackwards, "/on".to_owned())));
}

#[test]
fn who_leaves_is_followed_by_nobody_where_nothing_is_left_to_be_done() {
    let term = |who: u128, from: &str, until: &str| AppraiserTerm { person_id: human(who), from: day(from), until: until.parse().ok() };
    let terms = [term(11, "2026-09-01", "2026-10-05"), term(11, "2026-11-02", ""), term(13, "2026-09-01", ""), term(11, "2027-02-01", "")];
    let today = day("2026-12-01");
    for (on, expected) in [
        ("2026-12-01", vec![term(11, "2026-09-01", "2026-10-05"), term(11, "2026-11-02", "2026-12-01"), term(13, "2026-09-01", "")]),
        ("2027-01-11", vec![term(11, "2026-09-01", "2026-10-05"), term(11, "2026-11-02", "2027-01-11"), term(13, "2026-09-01", "")]),
    ] {
        assert_eq!(left(&terms, human(11), day(on), today), Ok(expected), "{on}");
    }
    assert_eq!(left(&terms, human(12), today, today), Ok(terms.to_vec()), "who appraises nobody leaves nothing");
    assert_eq!(left(&terms, human(11), day("2026-11-30"), today).err().map(|e| e.code), Some(Code::PeriodBackwards));
}
