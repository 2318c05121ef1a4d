use super::*;

const ESTABLISHMENTS: &[u8] = include_bytes!("../../../../tests/data/gias/establishments.csv");
const LINKS: &[u8] = include_bytes!("../../../../tests/data/gias/links.csv");
const TYPES: &[u8] = include_bytes!("../../../../tests/data/gias/establishment-types.csv");

const HEADINGS: &str = "URN,LA (code),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (code),EstablishmentStatus (code),OpenDate,CloseDate,PhaseOfEducation (code),Trusts (code),Trusts (name),UKPRN";
const LINK_HEADINGS: &str = "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate";

fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}
fn file(headings: &str, rows: &str) -> Vec<u8> {
    format!("{headings}\r\n{rows}").into_bytes()
}
/// An establishment of which only these cells are as given.
fn with(changes: &[(&str, &str)]) -> Result<Establishment, RuleError> {
    let usual = ["100000", "201", "3614", "The Aldgate School", "2", "1", "", "", "2", "", "", "10079319"];
    let cell = |(heading, usual): (&str, &str)| changes.iter().find(|(h, _)| *h == heading).map_or(usual, |(_, cell)| *cell).to_owned();
    let cells: Vec<String> = HEADINGS.split(',').zip(usual).map(cell).collect();
    let mut rows = read_establishments(&file(HEADINGS, &cells.join(","))).unwrap_or_default();
    assert_eq!(rows.len(), 1, "{changes:?}");
    rows.remove(0).result
}
fn pointers(error: &RuleError) -> Vec<&str> {
    error.faults.iter().map(|f| f.pointer.as_str()).collect()
}
fn names<T>(rows: &Result<Vec<Row<T>>, RuleError>, name: impl Fn(&T) -> &Title) -> Vec<String> {
    rows.iter().flatten().map(|row| row.result.as_ref().map_or_else(|e| format!("fault: {e}"), |t| name(t).as_str().to_owned())).collect()
}

#[test]
fn the_published_establishments_are_read() {
    let rows = read_establishments(ESTABLISHMENTS).unwrap_or_default();
    assert_eq!(rows.iter().map(|r| r.line).collect::<Vec<_>>(), [2, 3, 4, 5, 6, 7, 8, 9]);
    let tell = |e: &Establishment| {
        let Establishment { name, identifiers, phase, establishment_type, status, opened_on, closed_on, trust } = e.clone();
        let identifiers = identifiers.iter().map(|i| i.value.as_str()).collect::<Vec<_>>().join(" ");
        (identifiers, String::from(name), phase, establishment_type, status, opened_on, closed_on, trust.map(|(uid, name)| (uid, String::from(name))))
    };
    let found: Vec<_> = rows.iter().map(|row| row.result.as_ref().map(tell)).collect();
    use OrganisationStatus::{Closed, Open, OpenProposedToClose};
    use Phase::{NotApplicable, Nursery, Primary};
    let (first, tame) = (Some(("3104", "THE FIRST FEDERATION TRUST")), Some(("1579", "Tame Valley Co-Operative Learning Trust")));
    let expected = [
        ("100000 201/3614 10079319", "The Aldgate School", Primary, 2, Open, "", "", None),
        ("100004 202/1045", "Sherborne Nursery School", Nursery, 15, Closed, "", "1992-08-31", None),
        ("101173 213/6327 10014905", "Fairley House School", NotApplicable, 10, Open, "1982-05-13", "", None),
        ("101077 212/6368 10018542", "The Dominie School Limited", NotApplicable, 10, Closed, "1988-09-27", "2022-07-07", None),
        ("137666 878/3106 10035224", "Chudleigh Knighton Church of England Primary School", Primary, 34, Open, "2011-11-01", "", first),
        ("150516", "Dubai Scholars Private School", NotApplicable, 37, Open, "2023-09-28", "", None),
        ("124087 860/2216 10073083", "Thomas Barnes Primary School", Primary, 5, Open, "", "", tame),
        ("126370 865/3193 10074290", "Westbury Leigh CofE Primary School", Primary, 3, OpenProposedToClose, "1900-01-01", "2024-07-31", None),
    ]
    .map(|(ids, name, phase, kind, status, from, to, trust)| {
        let trust = trust.map(|(uid, name)| (uid.to_owned(), name.to_owned()));
        Ok((ids.to_owned(), name.to_owned(), Some(phase), Some(kind), status, day(from), day(to), trust))
    });
    assert_eq!(found, expected);
}

#[test]
fn the_published_links_are_read() {
    let rows = read_links(LINKS).unwrap_or_default();
    let links: Vec<&Link> = rows.iter().filter_map(|r| r.result.as_ref().ok()).collect();
    assert_eq!((rows.len(), links.len()), (319, 319));
    let of = |kind| links.iter().filter(|l| l.kind == kind).count();
    assert_eq!([LinkKind::Predecessor, LinkKind::Successor, LinkKind::Other].map(of), [100, 100, 119]);
    assert_eq!((rows[0].line, rows[0].urn.as_str(), rows[318].line), (2, "100006", 320));
    let Link { urn, linked_urn, linked_name, kind, published_type, established_on } = links[0];
    assert_eq!((urn.value.as_str(), linked_urn.value.as_str(), linked_name.as_str()), ("100006", "134643", "CCfL Key Stage 3 PRU"));
    assert_eq!((*kind, published_type.as_str(), *established_on), (LinkKind::Predecessor, "Predecessor - merged", day("2022-01-01")));
    assert_eq!(links[2].established_on, None);
}

#[test]
fn the_types_of_establishment_are_the_published_ones() {
    let mut reader = csv::Reader::from_reader(TYPES);
    let mut published: Vec<(i32, String)> = reader.records().flatten().map(|r| (r[2].parse().unwrap_or_default(), r[3].to_owned())).collect();
    published.sort();
    published.dedup();
    assert_eq!(ESTABLISHMENT_TYPES.iter().map(|(code, name)| (*code, (*name).to_owned())).collect::<Vec<_>>(), published);
}

#[test]
fn each_cell_has_its_form() {
    for (heading, cell, ok) in [
        (URN, "20000", true),
        (URN, "", false),
        (URN, "1000", false),
        (LA, "0", true),
        (LA, "", true),
        (LA, "999", true),
        (LA, "20", false),
        (LA, "E09", false),
        (NUMBER, "", true),
        (NUMBER, "45", true),
        (NUMBER, "12345", false),
        (NUMBER, "n/a", false),
        (NAME, "", false),
        (TYPE, "", true),
        (TYPE, "99", true),
        (TYPE, "02", true),
        (TYPE, "4", false),
        (TYPE, "+2", false),
        (TYPE, "99999999999", false),
        (STATUS, "4", true),
        (STATUS, "5", false),
        (STATUS, "99", false),
        (STATUS, "", false),
        (OPENED, "29-02-2024", true),
        (OPENED, "29-02-2023", false),
        (OPENED, "1-9-2024", false),
        (OPENED, "2024-09-01", false),
        (OPENED, "01/09/2024", true), // as a spreadsheet in Britain saves it
        (OPENED, "01/09-2024", false),
        (OPENED, "01-09-+202", false),
        (OPENED, "01-09-20é", false),
        (PHASE, "", true),
        (PHASE, "99", true),
        (PHASE, "8", false),
        (PHASE, "Primary", false),
        (UKPRN, "", true),
        (UKPRN, "1007931", false),
    ] {
        let read = with(&[(heading, cell)]);
        assert_eq!(read.is_ok(), ok, "{heading} {cell:?}: {read:?}");
        if let Err(e) = read {
            assert_eq!((pointers(&e), e.code), (vec![pointer(heading).as_str()], Code::InvalidValue), "{heading} {cell:?}");
            assert!(cell.is_empty() || !e.message.contains(cell) || cell.len() < 3, "the message repeats {cell:?}");
        }
    }
}

#[test]
fn a_laestab_needs_both_of_its_parts() {
    for (la, number, laestab) in [
        ("201", "45", Some("201/0045")),
        ("0", "6328", None),
        ("000", "6328", None),
        ("", "6328", None),
        ("999", "6328", None),
        ("201", "", None),
        ("201", "0", None),
    ] {
        let read = with(&[(LA, la), (NUMBER, number)]);
        let found = read.iter().flat_map(|e| &e.identifiers).find(|i| i.scheme == Scheme::Laestab).map(|i| i.value.as_str());
        assert_eq!((read.is_ok(), found), (true, laestab), "{la:?} {number:?}");
    }
}

#[test]
fn what_nobody_recorded_is_not_a_value() {
    let read = with(&[(PHASE, "99"), (TYPE, ""), (UKPRN, "")]);
    assert_eq!(read.map(|e| (e.phase, e.establishment_type, e.identifiers.len(), e.opened_on, e.closed_on, e.trust)), Ok((None, None, 2, None, None, None)));
}

#[test]
fn a_trust_has_a_number_and_a_name() {
    assert_eq!(
        with(&[(TRUST, "3104"), (TRUST_NAME, "A Trust")]).ok().and_then(|e| e.trust).map(|(uid, name)| (uid, String::from(name))),
        Some(("3104".into(), "A Trust".into()))
    );
    for (uid, name, at) in [("3104", "", TRUST_NAME), ("", "A Trust", TRUST), ("TR3104", "A Trust", TRUST)] {
        assert_eq!(with(&[(TRUST, uid), (TRUST_NAME, name)]).err().as_ref().map(pointers), Some(vec![pointer(at).as_str()]), "{uid:?} {name:?}");
    }
}

#[test]
fn nothing_closes_before_it_opens() {
    for (opened, closed, ok) in [("01-09-2011", "31-08-2011", false), ("01-09-2011", "01-09-2011", true), ("", "31-08-2011", true), ("01-09-2011", "", true)] {
        let read = with(&[(OPENED, opened), (CLOSED, closed)]);
        assert_eq!(read.is_ok(), ok);
        if let Err(e) = read {
            assert_eq!((e.code, pointers(&e)), (Code::PeriodBackwards, vec!["/CloseDate"]));
        }
    }
}

#[test]
fn a_row_tells_all_its_faults_and_hides_no_other_row() {
    let rows = "x,201,1,,4,9,soon,31-08-2011,8,1579,,1\r\n100001,0,,Good,1,1,,,2,,,\r\n";
    let rows = read_establishments(&file(HEADINGS, rows)).unwrap_or_default();
    let at = [
        "/URN",
        "/UKPRN",
        "/EstablishmentName",
        "/PhaseOfEducation (code)",
        "/TypeOfEstablishment (code)",
        "/EstablishmentStatus (code)",
        "/OpenDate",
        "/Trusts (name)",
    ];
    assert_eq!(rows[0].result.as_ref().err().map(pointers), Some(at.to_vec()));
    assert_eq!((rows[0].line, rows[0].urn.as_str(), rows[1].line, rows[1].result.is_ok()), (2, "x", 3, true));

    let rows = read_links(&file(LINK_HEADINGS, ",1,,,2024\r\n")).unwrap_or_default();
    assert_eq!(rows[0].result.as_ref().err().map(pointers), Some(vec!["/URN", "/LinkURN", "/LinkName", "/LinkType", "/LinkEstablishedDate"]));
}

#[test]
fn the_words_of_a_link_say_its_kind() {
    use LinkKind::{Other, Predecessor, Successor};
    for (words, kind) in [
        ("Predecessor", Predecessor),
        ("Predecessor - Split School", Predecessor),
        ("Successor - amalgamated", Successor),
        ("Result of Amalgamation", Other),
        ("Merged - change in age range", Other),
        ("Sixth Form Centre Link", Other),
    ] {
        let rows = read_links(&file(LINK_HEADINGS, &format!("100000,100001,A School,{words},\n"))).unwrap_or_default();
        let found = rows.iter().filter_map(|r| r.result.as_ref().ok()).map(|l| (l.kind, l.published_type.as_str())).collect::<Vec<_>>();
        assert_eq!(found, [(kind, words)]);
    }
}

#[test]
fn headings_are_found_by_name_in_any_order_among_others() {
    let text = "LinkType,Extra,LinkEstablishedDate,LinkName, URN ,LinkURN\nSuccessor,x,,A School,100000,100001\n";
    assert_eq!(names(&read_links(text.as_bytes()), |l| &l.linked_name), ["A School"]);
}

#[test]
fn every_missing_or_repeated_heading_is_named() {
    let refused = |read: Result<usize, RuleError>| read.err().map(|e| (e.code, pointers(&e).join(" "), e.message));
    let missing = read_links(b"URN,LinkURN,LinkType\n1,2,3\n").map(|rows| rows.len());
    let message = "the heading LinkName is missing; the heading LinkEstablishedDate is missing";
    assert_eq!(refused(missing), Some((Code::UnreadableFile, "/LinkName /LinkEstablishedDate".into(), message.into())));
    let twice = read_links(b"URN,LinkURN,LinkName,LinkType,LinkEstablishedDate,URN\n").map(|rows| rows.len());
    assert_eq!(refused(twice), Some((Code::UnreadableFile, "/URN".into(), "the heading URN stands twice".into())));
    let no_heading_row = read_establishments(b"100000,201,City of London,3614\n");
    assert_eq!(no_heading_row.err().map(|e| e.faults.len()), Some(12));
}

#[test]
fn a_file_that_is_none_is_refused_as_a_whole() {
    let utf16: Vec<u8> = "\u{feff}URN".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cut_utf8 = [LINK_HEADINGS.as_bytes(), "\n100000,100001,École,Successor,\n100000,100002,Caf".as_bytes(), &[0xc3]].concat();
    for (bytes, message) in [
        (&b""[..], "the file is empty"),
        (b"\r\n\r\n", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"URN,\"Link", "the file ends inside its heading row"),
        (b"\xef\xbb\xbfURN\xe9", "the file says that it is in UTF-8, but is not, or it was cut"),
        (&utf16, "the file is in UTF-16; send it as published, in Windows-1252, or in UTF-8"),
        (&cut_utf8, "the file ends inside a character: it was cut"),
    ] {
        let read = read_links(bytes);
        assert_eq!(read.map_err(|e| (e.code, e.message)), Err((Code::UnreadableFile, message.to_owned())), "{bytes:?}");
    }
    assert_eq!(read_links(LINK_HEADINGS.as_bytes()), Ok(vec![]), "a file without rows is no fault");
}

#[test]
fn windows_1252_and_utf_8_are_told_apart() {
    let row = |name: &[u8]| [LINK_HEADINGS.as_bytes(), b"\r\n100000,100001,", name, b",Successor,\r\n"].concat();
    let bom = |bytes: Vec<u8>| [&b"\xef\xbb\xbf"[..], &bytes].concat();
    for (bytes, name) in [
        (row(b"\xc9cole St Th\xe9r\xe8se"), "École St Thérèse"),
        (row(b"St Mary\x92s \x96 Upper"), "St Mary’s – Upper"),
        (row(b"St\xa0Mary"), "St Mary"),
        (row("École St Mary’s".as_bytes()), "École St Mary’s"),
        (row(b"=\"St Mary's\""), "St Mary's"),
        (bom(row("École St Mary’s".as_bytes())), "École St Mary’s"),
        (bom(row(b"St Mary's")), "St Mary's"),
        (row(b"St Mary's"), "St Mary's"),
    ] {
        assert_eq!(names(&read_links(&bytes), |l| &l.linked_name), [name]);
    }
    // saved again by a spreadsheet where the comma is in numbers
    let semicolons = [LINK_HEADINGS.replace(',', ";").as_bytes(), b"\r\n100000;100001;Caf\xe9, Leeds;Successor;01/09/2024\r\n"].concat();
    assert_eq!(names(&read_links(&semicolons), |l| &l.linked_name), ["Café, Leeds"]);
    // A Windows-1252 file cut after its only accent has nothing that speaks for UTF-8.
    assert_eq!(read_links(&[LINK_HEADINGS.as_bytes(), b"\n100000,100001,Caf\xe9"].concat()).map(|rows| rows.len()), Ok(1));
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    for end in ["\r\n", "\n", "\r"] {
        let text = [LINK_HEADINGS, "", "1,,,,", "2,,\"St\rMary\",,", "", "", "3,,\"two\nlines\",,", "4,,\"two\r\nlines\",,", "5,,,,"].join(end);
        for text in [text.clone(), text + end] {
            let rows = read_links(text.as_bytes()).unwrap_or_default();
            let found: Vec<_> = rows.iter().map(|r| (r.urn.as_str(), r.line)).collect();
            assert_eq!(found, [("1", 3), ("2", 4), ("3", 8), ("4", 10), ("5", 12)], "{end:?}");
        }
    }
}

#[test]
fn a_name_of_several_lines_becomes_one() {
    let rows = read_links(&file(LINK_HEADINGS, "\"100000\",\"100001\",\" The \"\"Old\"\"\r\nSchool,  Leeds \",\"Successor\",\"\"\r\n"));
    assert_eq!(names(&rows, |l| &l.linked_name), ["The \"Old\" School, Leeds"]);
}

#[test]
fn a_damaged_row_says_so() {
    let good = "100000,100001,A School,Successor,\r\n";
    for (rows, message) in [
        ("100002", "fields: 1 in this row, 5 in the heading row"),
        ("100002,100003,A Sch", "fields: 3 in this row, 5 in the heading row"),
        ("100002,100003,A School,Successor,,\r\n", "fields: 6 in this row, 5 in the heading row"),
        ("\"100002\",\"100003\",\"A Sch", "the file ends inside a quoted field of this row"),
        ("\"100002\",\"100003\",\"", "the file ends inside a quoted field of this row"),
        ("\"100002\",\"100003\",\"A School\",\"Successor\",\"\r\n", "the file ends inside a quoted field of this row"),
        ("\"100002", "the file ends inside a quoted field of this row"),
        ("\"", "the file ends inside a quoted field of this row"),
        ("\0", "fields: 1 in this row, 5 in the heading row"),
    ] {
        let read = read_links(&file(LINK_HEADINGS, &format!("{good}{rows}"))).unwrap_or_default();
        assert_eq!(read.len(), 2, "{rows:?}");
        assert!(read[0].result.is_ok());
        let fault = read[1].result.as_ref().err();
        assert_eq!(fault.map(|e| (e.code, pointers(e), read[1].line)), Some((Code::UnreadableFile, vec![""], 3)), "{rows:?}");
        assert!(fault.is_some_and(|e| e.message.starts_with(message)), "{rows:?}: {fault:?}");
    }
}

#[test]
fn a_file_cut_anywhere_loses_no_whole_row_and_never_panics() {
    fn readable<T>(rows: Vec<Row<T>>) -> Vec<bool> {
        rows.iter().map(|row| row.result.is_ok()).collect()
    }
    type Reader = fn(&[u8]) -> Result<Vec<bool>, RuleError>;
    let readers: [(&[u8], Reader); 2] =
        [(&ESTABLISHMENTS[..5000], |b| read_establishments(b).map(readable)), (&LINKS[..2000], |b| read_links(b).map(readable))];
    for (file, rows_of) in readers {
        let heading = file.iter().position(|b| *b == b'\n').unwrap_or_default();
        for end in 0..file.len() {
            let cut = &file[..end];
            let whole = cut.iter().filter(|b| **b == b'\n').count().saturating_sub(1);
            match rows_of(cut) {
                Ok(rows) => assert!(rows.len() >= whole && rows.len() <= whole + 1 && rows[..whole].iter().all(|ok| *ok), "cut at {end}"),
                Err(e) => assert!(end < heading && e.code == Code::UnreadableFile, "cut at {end}: {e}"),
            }
        }
    }
}
