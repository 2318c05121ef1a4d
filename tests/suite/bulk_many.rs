//! Bulk upsert of many rows: trials that are done in parts, several rows about one person, tables with the habits of their makers.

use crate::{bulk::*, permissions::last_event, support::*};
use serde_json::{Value, json};
use trellis_domain::role::RoleName;

on_both! {
    async fn a_trial_of_many_knows_whom_earlier_rows_add(w: World) {
        let o = office(w).await;
        o.send(w, "", vec![with(row("held", &o.school), json!({"trn": "7000001"})), row("boss", &o.school)]).await;
        let post = |code: &str| json!([{"organisation": {"id": o.school}, "job_title": "Teacher", "staff_category": "teacher", "staff_code": code, "starts_on": "2026-09-01"}]);
        let tied = |kind: &str, holder: Value| json!([{"kind": kind, "holder": holder}]);
        let mut sent = vec![
            with(row("a", &o.school), json!({"trn": "7654321"})),
            // takes the number that somebody had, who takes another
            with(row("held", &o.school), json!({"trn": "7000002"})),
            with(row("fails", &o.school), json!({"given_name": ""})),
            with(row("led", &o.school), json!({"relationships": tied("coach", json!({"external_ref": reference("fails")}))})),
            with(row("x", &o.school), json!({"relationships": tied("line_manager", json!({"external_ref": reference("boss")}))})),
        ];
        sent.extend((0..60).map(|n| row(&format!("m{n}"), &o.school)));
        sent.extend([
            with(row("b", &o.school), json!({"trn": "7654321"})),
            json!({"external_ref": {"source": "payroll", "id": "1"}, "trn": "7654321", "preferred_name": "Addie"}),
            with(row("c", &o.school), json!({"trn": "7000001"})),
            with(row("d", &o.school), json!({"employments": post("Ca")})),
            json!({"external_ref": {"source": "payroll", "id": "2"}, "employments": post("Ca")}),
            with(row("a", &o.school), json!({})),
            with(row("e", &o.school), json!({"relationships": tied("mentor", json!({"trn": "7654321"}))})),
            with(row("f", &o.school), json!({"relationships": tied("mentor", json!({"staff_code": "Cm3", "organisation": {"id": o.school}}))})),
            with(row("g", &o.school), json!({"external_refs": [reference("m7")]})),
        ]);
        sent.extend((60..120).map(|n| row(&format!("m{n}"), &o.school)));
        // a circle that closes two parts later
        sent.push(with(row("boss", &o.school), json!({"relationships": tied("line_manager", json!({"external_ref": reference("x")}))})));
        let before = last_event(w, o.trust.id).await;
        let trial = o.send(w, "?validate_only=true", sent.clone()).await;
        assert_eq!(last_event(w, o.trust.id).await, before);
        let real = o.send(w, "", sent.clone()).await;
        let said = |reply: &Reply| -> Vec<Value> {
            let of = |r: &Value| json!([r["external_ref"], r["action"], r["changed"], r["problem"]]);
            reply.body["results"].as_array().unwrap().iter().map(of).collect()
        };
        for (n, (trial, real)) in said(&trial).into_iter().zip(said(&real)).enumerate() {
            assert_eq!(trial, real, "row {n}: {}", sent[n]);
        }
        assert_eq!(trial.body["counts"], real.body["counts"]);
        assert_eq!(faults(&trial, 3), [fault("unknown_reference", "/rows/3/relationships/0/holder")]);
        assert_eq!(faults(&trial, 65), [fault("ambiguous_match", "/rows/65/trn")]);
        assert!(trial.body["results"][65]["problem"]["detail"].as_str().unwrap().contains("the person of row 0"), "{}", trial.text);
        assert_eq!(faults(&trial, 66), [fault("repeated_row", "/rows/66")]);
        assert_eq!(actions(&trial)[67], "created", "{}", trial.text);
        assert_eq!(faults(&trial, 68)[0].0, "ambiguous_match");
        assert_eq!(faults(&trial, 69), [fault("repeated_row", "/rows/69")]);
        assert_eq!(faults(&trial, 70), [fault("repeated_row", "/rows/70/external_ref")]);
        assert_eq!((actions(&trial)[71], actions(&trial)[72]), ("created", "created"));
        assert_eq!(faults(&trial, 73)[0].0, "repeated_row");
        assert_eq!(faults(&trial, 134), [fault("line_management_cycle", "/rows/134/relationships/0/holder")]);
        // who is only to be added has no id yet
        let holder = trial.body["results"][71]["differences"].as_array().unwrap().iter().find(|d| d["field"] == "relationships/0/holder_id").unwrap();
        assert_eq!(holder["after"], Value::Null);
    }

    async fn a_trial_of_many_schools_knows_which_earlier_rows_add(w: World) {
        let o = office(w).await;
        let admin = o.trust.someone(w).at(o.trust.school).with(RoleName::TrustAdmin, o.trust.root).made().await;
        let school = |id: &str, urn: &str| json!({"external_ref": reference(id), "kind": "school", "name": format!("School {id}"), "urn": urn});
        let mut sent = vec![school("a", "100001"), school("b", "100001")];
        sent.extend((0..60).map(|n| school(&format!("s{n}"), &format!("{}", 110_000 + n))));
        sent.extend([
            school("c", "100001"),
            json!({"external_ref": reference("y7"), "kind": "group", "name": "Year 7", "parent": {"external_ref": reference("s3")}}),
            json!({"external_ref": reference("y8"), "kind": "group", "name": "Year 8", "parent": {"urn": "110004"}}),
            json!({"external_ref": reference("y9"), "kind": "group", "name": "Year 9", "parent": {"external_ref": reference("nothing")}}),
            json!({"external_ref": {"source": "gias", "id": "s5"}, "external_refs": [reference("s6")], "urn": "110005"}),
            school("a", "100002"),
        ]);
        let send = async |query: &str, sent: &[Value]| w.post(format!("{PLACES}{query}")).by(&admin).raw("application/json", &rows(sent.to_vec())).send().await.expect(207);
        let said = |reply: &Reply| -> Vec<Value> {
            reply.body["results"].as_array().unwrap().iter().map(|r| json!([r["external_ref"], r["action"], r["changed"], r["problem"]])).collect()
        };
        let trial = send("?validate_only=true", &sent).await;
        let real = send("", &sent).await;
        for (n, (trial, real)) in said(&trial).into_iter().zip(said(&real)).enumerate() {
            assert_eq!(trial, real, "row {n}: {}", sent[n]);
        }
        assert_eq!(faults(&trial, 1), [fault("repeated_row", "/rows/1")]);
        assert_eq!(faults(&trial, 62), [fault("repeated_row", "/rows/62")]);
        assert_eq!((actions(&trial)[63], actions(&trial)[64]), ("created", "created"), "{}", trial.text);
        // all or none tells two with one number too, before it stores the first
        let none = send("?atomic=true", &[school("x", "100007"), school("y", "100007")]).await;
        assert_eq!((actions(&none), faults(&none, 1)), (vec!["failed", "failed"], vec![fault("repeated_row", "/rows/1")]), "{}", none.text);
    }

    async fn somebody_with_two_posts_has_two_rows_in_a_table(w: World) {
        let o = office(w).await;
        let other = o.trust.other_school.to_string();
        let text = format!(
            "external_id,given_name,family_name,email,organisation_id,job_title,staff_category,starts_on,line_manager\n\
             1,Ada,Two,ada@school.example,{0},Teacher,teacher,2026-09-01,\n\
             2,Ben,One,,{0},Head of year,teacher,2026-09-01,\n\
             1,Ada,Two,ada@school.example,{1},Music teacher,teacher,2026-09-01,2\n\
             1,,,,{0},Teacher,teacher,2020-09-01,\n\
             1,Ada,Otherwise,,{1},Music teacher,teacher,2020-09-01,\n\
             1,Ada,Two,,{1},Music teacher,teacher,2026-09-01,\n",
            o.school, other
        );
        let first = o.csv(w, &text).await;
        assert_eq!(actions(&first), ["created", "created", "updated", "failed", "failed", "failed"], "{}", first.text);
        assert_eq!((id_of(&first, 2), &first.body["results"][2]["changed"]), (id_of(&first, 0), &json!(["employments", "relationships"])));
        let otherwise = first.body["results"][4]["problem"].clone();
        assert_eq!(otherwise["errors"][0]["pointer"], "/family_name", "{otherwise}");
        assert!(otherwise["detail"].as_str().unwrap().contains("row 0 is about this person too"), "{otherwise}");
        assert_eq!(faults(&first, 5), [fault("repeated_row", "/external_id")]);
        assert!(first.body["results"][5]["problem"]["detail"].as_str().unwrap().contains("row 2 has this external reference"), "{}", first.text);
        let posts = w.get(format!("/v1/employments?person_id={}", id_of(&first, 0))).by(&o.hr).send().await.expect(200);
        assert_eq!(posts.items().len(), 2, "{}", posts.text);
        // again nothing changes, and no row undoes what another said
        let (before, tag) = (last_event(w, o.trust.id).await, o.person(w, &id_of(&first, 0)).await.etag());
        let again = o.csv(w, &text).await;
        assert_eq!(actions(&again)[..3], ["unchanged"; 3], "{}", again.text);
        assert_eq!((last_event(w, o.trust.id).await, o.person(w, &id_of(&first, 0)).await.etag()), (before, tag));
        // two rows far apart are judged as two that lie together
        let mut far = vec![row("9", &o.school)];
        far.extend((100..160).map(|n| row(&n.to_string(), &o.school)));
        far.extend([with(row("9", &other), json!({"email": "else@school.example"})), row("9", &other), row("9", &o.school)]);
        for query in ["?validate_only=true", ""] {
            let reply = o.send(w, query, far.clone()).await;
            assert_eq!(faults(&reply, 61), [fault("repeated_row", "/rows/61/email")], "{}", reply.text);
            assert_eq!(actions(&reply)[62], "updated", "{}", reply.text);
            assert_eq!(faults(&reply, 63), [fault("repeated_row", "/rows/63/external_ref")]);
        }
    }

    async fn a_table_of_any_habit_is_understood_or_refused_in_words(w: World) {
        let o = office(w).await;
        let head = "external_id,given_name,family_name,organisation_id,job_title,staff_category,starts_on,fte_percent";
        let line = |day: &str, fte: &str| format!("{head}\n7,Ada,Habit,{},Teacher,teacher,{day},{fte}\n", o.school);
        let good = [
            line("2026-09-01", "60"),
            line("01/09/2026", "60%"),
            format!("sep=;\r\n{}", line("1.9.2026", "\u{a0}60 ").replace(',', ";")),
            format!("\u{feff}{}", line("1-9-2026", "60").replace(',', "\t")),
            line("\"2026-09-01\"", "=\"60\"").replace('\n', ",,\r\n"),
        ];
        let mut expected = "created";
        for text in good {
            let reply = o.csv(w, &text).await;
            assert_eq!(actions(&reply), [expected], "{text}: {}", reply.text);
            expected = "unchanged";
        }
        for (day, fte, pointer, says) in [
            ("01/09/26", "60", "/starts_on", "dd/mm/yyyy"),
            ("09/31/2026", "60", "/starts_on", "dd/mm/yyyy"),
            ("46266", "60", "/starts_on", "dd/mm/yyyy"),
            ("2026-09-01", "0.6", "/fte_percent", "a whole number from 1 to 100"),
            ("2026-09-01", "full", "/fte_percent", "a whole number from 1 to 100"),
        ] {
            let reply = o.csv(w, &line(day, fte)).await;
            assert_eq!(faults(&reply, 0), [fault("invalid_value", pointer)], "{day} {fte}: {}", reply.text);
            assert!(reply.text.contains(says), "{says}: {}", reply.text);
        }
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(line("2026-09-01", "60").encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for (bytes, says) in [
            (wide, "UTF-16"),
            (b"external_id,given_name\n1,Zo\xeb\n".to_vec(), "charset=windows-1252"),
            (b"external_id,,given_name\n1,x,Ada\n".to_vec(), "column 2 has no heading"),
            (b"external_id given_name\n1 Ada\n".to_vec(), "the heading external_id is missing"),
        ] {
            let reply = w.post(format!("{PEOPLE}?source=mis")).by(&o.hr).raw("text/csv", &bytes).send().await.problem(422, "unreadable_file");
            assert!(reply.text.contains(says), "{says}: {}", reply.text);
        }
        let marked = b"\xef\xbb\xbfexternal_id,given_name,family_name\n8,Zo\xc3\xab,Marked\n";
        let reply = w.post(format!("{PEOPLE}?source=mis")).by(&o.hr).raw("text/csv; charset=windows-1252", marked).send().await.expect(207);
        assert_eq!(o.person(w, &id_of(&reply, 0)).await.body["given_name"], "Zo\u{eb}", "the file knows better");
    }
}
