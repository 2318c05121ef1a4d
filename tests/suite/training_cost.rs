//! What it costs to say where a thousand people stand.

use crate::{
    support::*,
    training::{first_aid, office, with},
};
use serde_json::json;

/// What a page and a summary cost with 1,000 people and 10 requirements, 10,000 completions: `cargo test -- --ignored --nocapture a_thousand`.
#[test]
#[ignore = "measures, and judges nothing"]
fn a_thousand_people_with_ten_requirements() {
    use std::time::Instant;
    use trellis_domain::{
        employment::StaffCategory as Category,
        text::{Name, Wire},
        time::Period,
    };
    use trellis_persistence::{employment::CreateEmployment, person::CreatePerson, training::*};
    for backend in [Backend::Sqlite, Backend::Postgres] {
        World::run(backend, async |w| {
            let o = office(w).await;
            let (tenant, day) = (o.trust.id, |text: &str| text.parse::<chrono::NaiveDate>().unwrap());
            let mut of = vec![];
            for n in 0..10 {
                let id = o.asked(w, &o.hr, with(first_aid(o.trust.root), json!({"title": format!("Training {n}")}))).await;
                of.push(trellis_domain::id::TrainingRequirementId(id.parse().unwrap()));
            }
            for n in 0..1000 {
                let name = |text: &str| Name::parse(text).unwrap();
                let new = CreatePerson {
                    given_name: name("Ada"),
                    family_name: name(&format!("P{n}")),
                    preferred_name: None,
                    email: None,
                    trn: None,
                    external_refs: vec![],
                };
                let person_id = w.does(tenant, new).await.record.person.id;
                let period = Period { starts_on: day("2015-09-01"), ends_on: None };
                let (organisation_id, staff_category) = (o.trust.school, Category::Teacher);
                w.does(
                    tenant,
                    CreateEmployment { person_id, organisation_id, job_title: title("Teacher"), staff_category, staff_code: None, fte_percent: 100, period },
                )
                .await;
                for requirement_id in &of {
                    let (completed_on, provider, certificate, external_ref) = (day("2024-08-20"), None, None, None);
                    w.does(tenant, RecordTraining { requirement_id: *requirement_id, person_id, completed_on, provider, certificate, external_ref }).await;
                }
            }
            let timed = async |what: &str, path: &str, media: &str| {
                let mut best = f64::MAX;
                for _ in 0..5 {
                    let began = Instant::now();
                    w.get(path).by(&o.hr).header("accept", media).send().await.expect(200);
                    best = best.min(began.elapsed().as_secs_f64() * 1000.0);
                }
                println!("{backend:?} {what}: {best:.1} ms");
            };
            timed("a page of 50", "/v1/training-compliance", "application/json").await;
            timed("a page of 200", "/v1/training-compliance?limit=200", "application/json").await;
            timed("200 of one requirement", &format!("/v1/training-compliance?limit=200&requirement_id={}", of[0]), "application/json").await;
            timed("a page of who expired", "/v1/training-compliance?limit=200&status=expired", "application/json").await;
            timed("all 10,000 as CSV", "/v1/training-compliance", "text/csv").await;
            timed("the summary", "/v1/training-compliance/summary", "application/json").await;
        });
    }
}
