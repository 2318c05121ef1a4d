//! What is printed: a person's learning year, certificates and charts. Nobody reads by them what they could not read anyway, and nothing in them runs.

use crate::support::*;
use serde_json::{Value, json};
use trellis_domain::{relationship::RelationshipKind, role::RoleName};

const MARKUP: &str = "Talk <script>alert(1)</script> & <b>more</b>";
const SAID: &str = "I had spoken <i>for</i> them; Łukasz told me so.";
const KEPT: &str = "What I would tell nobody";

struct Office {
    trust: Trust,
    teacher: Someone,
    appraiser: Someone,
    colleague: Someone,
    head: Someone,
    lead: Someone,
    elsewhere: Someone,
}
async fn office(w: &World) -> Office {
    let trust = w.trust("beacon").await;
    let (teacher, appraiser) = (trust.someone(w).at(trust.school).made().await, trust.someone(w).at(trust.school).made().await);
    w.appoint(&trust, RelationshipKind::Appraiser, teacher.person, appraiser.person).await;
    let colleague = trust.someone(w).at(trust.school).made().await;
    let head = trust.someone(w).with(RoleName::Headteacher, trust.school).made().await;
    let lead = trust.someone(w).at(trust.school).with(RoleName::LearningLead, trust.school).made().await;
    let elsewhere = trust.someone(w).with(RoleName::Headteacher, trust.other_school).made().await;
    Office { trust, teacher, appraiser, colleague, head, lead, elsewhere }
}
async fn log(w: &World, by: &Someone, title: &str, day: &str, reflection: &str, shared: bool) {
    let new = json!({"title": title, "kind": "course", "started_on": day, "minutes": 90, "reflection": reflection});
    let id = w.post("/v1/learning-records").by(by).json(new).send().await.expect(201).id();
    if shared {
        w.post(format!("/v1/learning-records/{id}/share")).by(by).send().await.expect(200);
    }
}
/// An enrolment of the teacher at a session of the school that began at this hour and is over, of which this was said.
async fn enrolled(w: &World, o: &Office, hour: u32, attended: Option<bool>) -> String {
    let new = json!({"organisation_id": o.trust.school.to_string(), "title": MARKUP, "kind": "course", "minutes": 45});
    let activity = w.post("/v1/learning-activities").by(&o.lead).json(new).send().await.expect(201).id();
    let new = json!({"activity_id": activity, "starts_at": format!("2026-10-01T{hour}:00:00Z"), "ends_at": format!("2026-10-01T{hour}:45:00Z"), "places": 9});
    let session = w.post("/v1/learning-sessions").by(&o.lead).json(new).send().await.expect(201).id();
    let new = json!({"session_id": session, "person_id": o.teacher.person.to_string()});
    let id = w.post("/v1/enrolments").by(&o.lead).json(new).send().await.expect(201).id();
    if let Some(attended) = attended {
        let said = json!({"attended": attended});
        w.post(format!("/v1/enrolments/{id}/record-attendance")).by(&o.lead).json(said).send().await.expect(200);
    }
    id
}
/// Nothing in a page runs, is fetched, or is framed.
fn harmless(page: &Reply) {
    assert!(page.headers["content-security-policy"].starts_with("default-src 'none'") && page.headers["cache-control"] == "no-store");
    for never in ["<script", "<b>", "<i>", "http://", "https://", "javascript:"] {
        assert!(!page.text.contains(never), "{never}: {}", page.text);
    }
}

on_both! {
    async fn a_learning_year_is_its_owners_whole_and_for_others_what_is_shared(w: World) {
        let o = office(w).await;
        log(w, &o.teacher, MARKUP, "2026-09-10", SAID, true).await;
        log(w, &o.teacher, "By myself", "2026-09-20", KEPT, false).await;
        log(w, &o.teacher, "Last year", "2026-08-31", "Over", true).await;
        let at = format!("/v1/people/{}/learning-statement?academic_year=2026", o.teacher.person);
        let own = w.get(&at).by(&o.teacher).send().await.expect(200);
        harmless(&own);
        for said in ["Talk &lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;more&lt;/b&gt;", "for&lt;/i&gt; them; Łukasz", KEPT, "3 h", "Private", "2026/27"] {
            assert!(own.text.contains(said), "{said}: {}", own.text);
        }
        assert!(!own.text.contains("Last year"));
        let given = w.get(format!("{at}&shared_only=true")).by(&o.teacher).send().await.expect(200).text;
        assert!(!given.contains(KEPT) && !given.contains("By myself") && given.contains("1 h 30 min"), "{given}");
        for who in [&o.appraiser, &o.head, &o.lead] {
            for query in ["", "&shared_only=false"] {
                let page = w.get(format!("{at}{query}")).by(who).send().await.expect(200);
                harmless(&page);
                assert!(page.text.contains("Łukasz told me so") && !page.text.contains(KEPT) && !page.text.contains("By myself") && page.text.contains("1 h 30 min"), "{}", page.text);
            }
        }
        let nobodys = w.get("/v1/people/01938a5e-7c00-7000-8000-000000000001/learning-statement?academic_year=2026").by(&o.colleague).send().await;
        for who in [&o.colleague, &o.elsewhere] {
            alike(&w.get(&at).by(who).send().await.problem(404, "not_found"), &nobodys);
            let asked = json!({"operation_id": "get_learning_statement", "record_id": o.teacher.person.to_string()});
            assert_eq!(w.post("/v1/me/permissions/explain").by(who).json(asked).send().await.expect(200).body["allowed"], false);
        }
        // none of it is a report: nobody is recorded as having read it
        assert_eq!(w.get("/v1/me/disclosures").by(&o.teacher).send().await.expect(200).items().len(), 0);
        assert!(w.get(format!("/v1/people/{}/learning-statement?academic_year=2024", o.teacher.person)).by(&o.head).send().await.expect(200).text.contains("No learning is recorded."));
        w.get(format!("/v1/people/{}/learning-statement?academic_year=1066", o.teacher.person)).by(&o.head).send().await.problem(400, "invalid_parameter");
    }

    async fn each_part_of_a_learning_year_is_read_as_its_own_list_is(w: World) {
        let o = office(w).await;
        enrolled(w, &o, 15, Some(true)).await;
        let new = json!({"organisation_id": o.trust.school.to_string(), "title": "First aid", "authority": "guidance", "trigger": "on_start", "due_within_days": 60, "validity": "months", "validity_months": 36});
        let required = w.post("/v1/training-requirements").by(&o.lead).json(new).send().await.expect(201).id();
        w.post(format!("/v1/training-requirements/{required}/publish")).by(&o.lead).json(json!({"applies_from": "2020-09-01"})).send().await.expect(200);
        let done = json!({"requirement_id": required, "person_id": o.teacher.person.to_string(), "completed_on": "2026-09-05"});
        w.post("/v1/training-completions").by(&o.lead).json(done).send().await.expect(201);
        let at = format!("/v1/people/{}/learning-statement?academic_year=2026", o.teacher.person);
        let own = w.get(&at).by(&o.teacher).send().await.expect(200).text;
        assert!(own.contains("on 1 October 2026, 45 min") && own.contains("First aid") && own.contains("5 September 2026") && !own.contains("not yours"), "{own}");
        // what came of learning is read by those who read requests, and whoever leads learning does not
        let lead = w.get(&at).by(&o.lead).send().await.expect(200).text;
        assert_eq!(lead.matches("This part is not yours to read.").count(), 1, "{lead}");
        assert!(lead.contains("on 1 October 2026, 45 min") && lead.contains("First aid"), "{lead}");
        assert!(!w.get(&at).by(&o.head).send().await.expect(200).text.contains("not yours"));
        // the record that attendance made is private, and counts for nobody else
        assert!(own.contains("Private") && lead.contains("No learning is recorded."), "{lead}");
        let pdf = w.get(&at).by(&o.teacher).header("accept", "application/pdf").send().await.expect(200);
        assert!(pdf.text.starts_with("%PDF-1.7") && pdf.text.contains("Learning in 2026/27") && pdf.headers["content-type"] == "application/pdf");
    }

    async fn only_who_came_has_a_certificate(w: World) {
        let o = office(w).await;
        for (hour, attended) in [(10, None), (11, Some(false))] {
            let id = enrolled(w, &o, hour, attended).await;
            w.get(format!("/v1/enrolments/{id}")).by(&o.teacher).send().await.expect(200);
            w.get(format!("/v1/enrolments/{id}/certificate")).by(&o.teacher).send().await.problem(404, "not_found");
        }
        let id = enrolled(w, &o, 15, Some(true)).await;
        let at = format!("/v1/enrolments/{id}/certificate");
        for who in [&o.teacher, &o.head, &o.lead] {
            let page = w.get(&at).by(who).send().await.expect(200);
            harmless(&page);
            assert!(page.text.contains("Talk &lt;script&gt;") && page.text.contains("1 October 2026") && page.text.contains("45 min"), "{}", page.text);
            let asked = json!({"operation_id": "get_certificate", "record_id": id});
            assert_eq!(w.post("/v1/me/permissions/explain").by(who).json(asked).send().await.expect(200).body["allowed"], true);
        }
        for who in [&o.colleague, &o.elsewhere] {
            w.get(&at).by(who).send().await.problem(404, "not_found");
        }
        let pdf = w.get(&at).by(&o.teacher).header("accept", "application/pdf").send().await.expect(200);
        assert!(pdf.text.starts_with("%PDF-1.7") && pdf.text.contains("Certificate of attendance"));
        // it is taken back with what it says
        w.post(format!("/v1/enrolments/{id}/record-attendance")).by(&o.lead).json(json!({"attended": false})).send().await.expect(200);
        w.get(&at).by(&o.teacher).send().await.problem(404, "not_found");
    }

    async fn a_chart_shows_the_figures_of_its_answer_and_no_others(w: World) {
        let o = office(w).await;
        let governor = o.trust.someone(w).with(RoleName::Governor, o.trust.school).made().await;
        for _ in 0..5 {
            let learner = o.trust.someone(w).at(o.trust.school).made().await;
            log(w, &learner, "Reading", "2026-09-10", "Well", false).await;
        }
        let svg = async |path: &str, who: &Someone| {
            let chart = w.get(path).by(who).header("accept", "image/svg+xml").send().await.expect(200);
            assert_eq!(chart.headers["content-type"], "image/svg+xml");
            assert!(chart.headers["content-security-policy"].starts_with("default-src 'none'"));
            assert!(chart.text.starts_with("<svg role=\"img\" aria-labelledby=\"title description\"") && !chart.text.contains("<script"));
            chart.text
        };
        let described = |chart: &str| chart.split_once("<desc id=\"description\">").unwrap().1.split_once("</desc>").unwrap().0.to_owned();
        let path = "/v1/fair-access?academic_year=2026";
        let figures = w.get(path).by(&governor).send().await.expect(200).body;
        let said = described(&svg(path, &governor).await);
        for (groups, name) in [("by_staff_category", None), ("by_working_time", None), ("all", Some("All together"))] {
            let rows = figures[groups].as_array().cloned().unwrap_or_else(|| vec![json!({"group": name, "figures": figures[groups]})]);
            assert!(!rows.is_empty());
            for row in rows {
                let shown = match &row["figures"]["minutes_each"] {
                    Value::Null => "withheld".to_owned(),
                    minutes => format!("{} h", (minutes.as_u64().unwrap() + 30) / 60),
                };
                assert!(said.contains(&format!("{} {shown}", row["group"].as_str().unwrap().replace('_', " "))), "{row} {said}");
            }
        }
        let share = described(&svg("/v1/learning-share?academic_year=2026", &governor).await);
        assert!(share.contains("Agreed objectives with a learning thread") && share.contains("withheld") && !share.contains(" %"), "{share}");
        let refused = w.get(path).by(&o.colleague).header("accept", "image/svg+xml").send().await;
        refused.problem(403, "role_required");
    }
}
