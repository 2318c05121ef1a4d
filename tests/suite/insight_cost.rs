//! What figures cost: as many statements for one as for many.

use crate::{
    following::{SENT_HERE, STATEMENTS, count_statements},
    insight::{agreed, holding, learned, staff},
    support::*,
    tasks::cycle,
};
use serde_json::json;
use trellis_domain::role::RoleName;
use trellis_persistence::{
    Act, Principal,
    conversation::GetAgenda,
    insight::{AppraisalOverview, AppraisalOverviewByAppraiser, LearningLineOfSight, PriorityLineOfSight, ReadFairAccess, ReadLearningShare},
    me::WhoAmI,
    training::{ListCompliance, Portion, SummariseCompliance},
};

/// So are appraisals, by whomever and how many appraise.
#[test]
fn an_overview_costs_the_same_number_of_statements_whatever_there_is() {
    World::run(Backend::Sqlite, async |w| {
        let trust = w.trust("beacon").await;
        let hr = holding(w, &trust, RoleName::Hr, trust.root).await;
        staff(w, &trust, trust.school, 1).await;
        let cycle = cycle(w, &trust, &hr).await;
        count_statements();
        let db = w.source.connect().unwrap();
        let cycle_id = trellis_domain::id::CycleId(cycle.parse().unwrap());
        let cost = async || {
            let act = || Act { principal: Principal::Session { session: hr.session, account: hr.account }, ..w.operator(trust.id) };
            STATEMENTS.set(0);
            let rows = db.read(act(), AppraisalOverviewByAppraiser { cycle_id, organisation_id: None }).await.unwrap().len();
            let by_appraiser = STATEMENTS.replace(0);
            db.read(act(), AppraisalOverview { cycle_id, organisation_id: None }).await.unwrap();
            (rows, by_appraiser, STATEMENTS.get())
        };
        cost().await; // who asks is known from then on
        let few = cost().await;
        for at in [trust.school, trust.other_school] {
            for _ in 0..4 {
                staff(w, &trust, at, 3).await;
            }
        }
        w.create_appraisals(&format!("/v1/cycles/{cycle}"), &hr).await;
        cost().await;
        let many = cost().await;
        assert_eq!((few.0, many.0), (1, 9));
        assert!(few.1 > 3 && few.2 > 3, "{few:?}");
        assert_eq!((few.1, few.2), (many.1, many.2));
    });
}

/// What serves a priority is counted in as many statements for one as for many.
#[test]
fn a_line_of_sight_costs_the_same_number_of_statements_whatever_there_is() {
    World::run(Backend::Sqlite, async |w| {
        let trust = w.trust("beacon").await;
        let leader = holding(w, &trust, RoleName::TrustLeader, trust.root).await;
        let new = json!({"organisation_id": trust.root.to_string(), "title": "A plan", "first_year": 2026});
        let plan = w.post("/v1/improvement-plans").by(&leader).json(new).send().await.expect(201).id();
        let priority = w.post("/v1/priorities").by(&leader).json(json!({"plan_id": plan, "title": "Words"})).send().await.expect(201).id();
        w.post(format!("/v1/improvement-plans/{plan}/publish")).by(&leader).send().await.expect(200);
        count_statements();
        let db = w.source.connect().unwrap();
        let id = trellis_domain::id::PriorityId(priority.parse().unwrap());
        let cost = async || {
            let act = Act { principal: Principal::Session { session: leader.session, account: leader.account }, ..w.operator(trust.id) };
            STATEMENTS.set(0);
            let sight = db.read(act, PriorityLineOfSight { id }).await.unwrap();
            (sight.figures.all.unwrap().records, STATEMENTS.get())
        };
        cost().await; // who asks is known from then on
        let none = cost().await;
        let (_, here) = staff(w, &trust, trust.school, 10).await;
        for who in &here {
            for _ in 0..5 {
                learned(w, who, json!({"priority_ids": [priority]})).await;
            }
        }
        cost().await;
        let many = cost().await;
        assert_eq!((none.0, many.0), (Some(0), Some(50)));
        assert!(none.1 > 3, "{none:?}");
        assert_eq!(none.1, many.1);
    });
}

/// And the way back costs as many, however much it leads by.
#[test]
fn the_way_back_costs_the_same_number_of_statements_whatever_there_is() {
    World::run(Backend::Sqlite, async |w| {
        let trust = w.trust("beacon").await;
        let leader = holding(w, &trust, RoleName::TrustLeader, trust.root).await;
        let new = json!({"organisation_id": trust.root.to_string(), "title": "A plan", "first_year": 2026});
        let plan = w.post("/v1/improvement-plans").by(&leader).json(new).send().await.expect(201).id();
        let mut priorities = Vec::new();
        for n in 0..6 {
            priorities.push(w.post("/v1/priorities").by(&leader).json(json!({"plan_id": plan, "title": format!("Words {n}")})).send().await.expect(201).id());
        }
        w.post(format!("/v1/improvement-plans/{plan}/publish")).by(&leader).send().await.expect(200);
        let (appraiser, here) = staff(w, &trust, trust.school, 1).await;
        let teacher = &here[0];
        let mut objectives = Vec::new();
        for priority in &priorities {
            objectives.push(agreed(w, teacher, teacher, &appraiser, json!({"priority_ids": [priority]})).await);
        }
        let few = learned(w, teacher, json!({"objective_ids": objectives[..1]})).await;
        let many = learned(w, teacher, json!({"objective_ids": objectives, "priority_ids": priorities})).await;
        count_statements();
        let db = w.source.connect().unwrap();
        let cost = async |record: &str| {
            let act = Act { principal: Principal::Session { session: teacher.session, account: teacher.account }, ..w.operator(trust.id) };
            STATEMENTS.set(0);
            let sight = db.read(act, LearningLineOfSight { id: trellis_domain::id::LearningRecordId(record.parse().unwrap()) }).await.unwrap();
            (sight.way.objectives.len(), sight.way.priorities.len(), STATEMENTS.get())
        };
        cost(&few).await; // who asks is known from then on
        let (few, many) = (cost(&few).await, cost(&many).await);
        assert_eq!(((few.0, few.1), (many.0, many.1)), ((1, 1), (6, 6)));
        assert!(few.2 > 3, "{few:?}");
        assert_eq!(few.2, many.2);
    });
}

/// On SQLite a worker waits while it reads for one person; what is counted over everybody is read on another thread, so that it answers others meanwhile.
#[test]
fn what_is_counted_over_everybody_is_not_read_on_the_workers_own_thread() {
    World::run(Backend::Sqlite, async |w| {
        let trust = w.trust("beacon").await;
        let leader = holding(w, &trust, RoleName::TrustLeader, trust.root).await;
        count_statements();
        let db = w.source.connect().unwrap();
        let act = || Act { principal: Principal::Session { session: leader.session, account: leader.account }, ..w.operator(trust.id) };
        let sent = || (STATEMENTS.replace(0), SENT_HERE.replace(0));
        let asked = || ReadFairAccess { academic_year: 2026 };
        db.read(act(), asked()).await.unwrap(); // the first opens a connection for what is long
        sent();
        db.read(act(), WhoAmI).await.unwrap();
        let (all, here) = sent();
        assert!(all > 0 && here == all, "{here} of {all}");
        db.read(act(), asked()).await.unwrap();
        let (all, here) = sent();
        assert!(all > 3 && here == 0, "{here} of {all}");
    });
}

/// What one of them agreed, learned and talked about: an objective with learning for it, which they share, a check-in that was held, and something agreed in it.
async fn a_year_of(w: &World, who: &Someone, appraiser: &Someone) -> String {
    let objective = agreed(w, who, who, appraiser, json!({"learning_needed": "A visit"})).await;
    let record = learned(w, who, json!({"objective_ids": [objective]})).await;
    w.post(format!("/v1/learning-records/{record}/share")).by(who).send().await.expect(200);
    let new = json!({"employment_id": who.employment.unwrap().to_string(), "partner_id": appraiser.person.to_string(), "kind": "check_in", "starts_at": "2026-10-05T15:30:00Z"});
    let talk = w.post("/v1/conversations").by(who).json(new).send().await.expect(201).id();
    let new = json!({"title": "A visit", "owner_id": who.person.to_string(), "objective_id": objective});
    w.post(format!("/v1/conversations/{talk}/actions")).by(who).json(new).send().await.expect(201);
    w.post(format!("/v1/conversations/{talk}/hold")).by(who).if_match("*").send().await.expect(200);
    talk
}

on_both! {
    async fn a_learning_share_costs_the_same_number_of_statements_whatever_there_is(w: World) {
        let trust = w.trust("beacon").await;
        let leader = holding(w, &trust, RoleName::TrustLeader, trust.root).await;
        count_statements();
        let db = w.source.connect().unwrap();
        let cost = async || {
            let act = || Act { principal: Principal::Session { session: leader.session, account: leader.account }, ..w.operator(trust.id) };
            let asked = || ReadLearningShare { academic_year: 2026, organisation_id: None };
            db.read(act(), asked()).await.unwrap(); // who asks is known from then on
            STATEMENTS.set(0);
            let rows = db.read(act(), asked()).await.unwrap().rows.len();
            (rows, STATEMENTS.get())
        };
        let (appraiser, here) = staff(w, &trust, trust.school, 1).await;
        a_year_of(w, &here[0], &appraiser).await;
        let few = cost().await;
        for at in [trust.school, trust.other_school] {
            let (appraiser, here) = staff(w, &trust, at, 6).await;
            for who in &here {
                a_year_of(w, who, &appraiser).await;
            }
        }
        let many = cost().await;
        let told = w.get("/v1/learning-share?academic_year=2026").by(&leader).send().await.expect(200);
        assert_eq!(told.body["all"]["agreed"], 13, "{}", told.text);
        assert!(few.1 > 3 && many.0 >= few.0, "{few:?} {many:?}");
        assert_eq!(few.1, many.1);
    }

    async fn compliance_costs_the_same_number_of_statements_whatever_there_is(w: World) {
        let trust = w.trust("beacon").await;
        let hr = holding(w, &trust, RoleName::Hr, trust.root).await;
        let require = async |title: &str| {
            let new = json!({"organisation_id": trust.root.to_string(), "title": title, "authority": "guidance", "trigger": "on_start", "due_within_days": 60,
                "validity": "months", "validity_months": 36});
            let id = w.post("/v1/training-requirements").by(&hr).json(new).send().await.expect(201).id();
            w.post(format!("/v1/training-requirements/{id}/publish")).by(&hr).json(json!({"applies_from": "2020-09-01"})).send().await.expect(200);
            id
        };
        let done = async |requirement: &str, who: &Someone| {
            let new = json!({"requirement_id": requirement, "person_id": who.person.to_string(), "completed_on": "2026-09-10"});
            w.post("/v1/training-completions").by(&hr).json(new).send().await.expect(201);
        };
        count_statements();
        let db = w.source.connect().unwrap();
        let cost = async || {
            let act = || Act { principal: Principal::Session { session: hr.session, account: hr.account }, ..w.operator(trust.id) };
            let listed = || ListCompliance { organisation_id: None, as_of: None, requirement_id: None, status: None, person_id: None, after: None, portion: Portion::Entries(200) };
            let summed = || SummariseCompliance { organisation_id: None, as_of: None, requirement_id: None };
            db.read(act(), listed()).await.unwrap(); // who asks is known from then on
            STATEMENTS.set(0);
            let rows = db.read(act(), listed()).await.unwrap().items.len();
            let list = STATEMENTS.replace(0);
            db.read(act(), summed()).await.unwrap();
            (rows, list, STATEMENTS.get())
        };
        let first = require("First aid").await;
        let one = trust.someone(w).at(trust.school).made().await;
        done(&first, &one).await;
        let few = cost().await;
        let others = [require("Safeguarding").await, require("Fire").await];
        for at in [trust.school, trust.other_school] {
            for _ in 0..8 {
                let who = trust.someone(w).at(at).made().await;
                for requirement in others.iter().chain([&first]) {
                    done(requirement, &who).await;
                }
            }
        }
        let many = cost().await;
        assert_eq!((few.0, many.0), (1, 51));
        assert!(few.1 > 3 && few.2 > 3, "{few:?}");
        assert_eq!((few.1, few.2), (many.1, many.2));
    }

    async fn an_agenda_costs_the_same_number_of_statements_whatever_there_is(w: World) {
        let trust = w.trust("beacon").await;
        let (appraiser, here) = staff(w, &trust, trust.school, 2).await;
        // one has something of each kind, the other six times that
        for (who, times) in [(&here[0], 1), (&here[1], 6)] {
            for _ in 0..times {
                a_year_of(w, who, &appraiser).await;
            }
        }
        // what was shared since they last met is new
        w.later(chrono::TimeDelta::seconds(1));
        for (who, times) in [(&here[0], 1), (&here[1], 6)] {
            for _ in 0..times {
                let record = learned(w, who, json!({})).await;
                w.post(format!("/v1/learning-records/{record}/share")).by(who).send().await.expect(200);
            }
        }
        let mut next = Vec::new();
        for who in &here {
            let new = json!({"employment_id": who.employment.unwrap().to_string(), "partner_id": appraiser.person.to_string(), "kind": "check_in", "starts_at": "2026-10-12T15:30:00Z"});
            next.push(w.post("/v1/conversations").by(who).json(new).send().await.expect(201).id());
        }
        count_statements();
        let db = w.source.connect().unwrap();
        let cost = async |talk: &str| {
            let act = || Act { principal: Principal::Session { session: appraiser.session, account: appraiser.account }, ..w.operator(trust.id) };
            let asked = || GetAgenda { id: trellis_domain::id::ConversationId(talk.parse().unwrap()) };
            db.read(act(), asked()).await.unwrap(); // who asks is known from then on
            STATEMENTS.set(0);
            db.read(act(), asked()).await.unwrap();
            let items = w.get(format!("/v1/conversations/{talk}/agenda")).by(&appraiser).send();
            let statements = STATEMENTS.get();
            (items.await.expect(200).body["items"].as_array().unwrap().len(), statements)
        };
        let (few, many) = (cost(&next[0]).await, cost(&next[1]).await);
        assert!(few.0 >= 2 && many.0 >= few.0 + 10, "something agreed and something learned, and six of each: {few:?} {many:?}");
        assert!(few.1 > 3, "{few:?}");
        assert_eq!(few.1, many.1);
    }
}
