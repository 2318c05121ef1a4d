//! Days that lie outside the period in which they belong: of objectives, and of the meetings of an appraisal. Each is a fault of its field, named with the others.

use crate::{reports::step, support::*, tasks::cycle};
use serde_json::{Value, json};
use trellis_domain::role::RoleName;

struct School {
    trust: Trust,
    hr: Someone,
    appraiser: Someone,
    teacher: Someone,
    /// From 1 September 2026 to 31 August 2027.
    cycle: String,
    /// The teacher's in it.
    appraisal: String,
}
async fn school(w: &World) -> School {
    let trust = w.trust("beacon").await;
    let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
    let appraiser = trust.someone(w).at(trust.school).made().await;
    let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
    let cycle = cycle(w, &trust, &hr).await;
    let found = w.get(format!("/v1/appraisals?person_id={}", teacher.person)).by(&teacher).send().await.expect(200);
    let appraisal = found.items()[0]["id"].as_str().unwrap().to_owned();
    School { trust, hr, appraiser, teacher, cycle, appraisal }
}
impl School {
    fn objective(&self, due_on: &str) -> Value {
        json!({"employment_id": self.teacher.employment.unwrap().to_string(), "cycle_id": self.cycle, "kind": "practice", "title": "Talk", "due_on": due_on})
    }
    async fn sets(&self, w: &World, new: Value) -> Reply {
        w.post("/v1/objectives").by(&self.teacher).json(new).send().await
    }
    async fn meets(&self, w: &World, kind: &str, day: &str) -> Reply {
        let new = json!({"employment_id": self.teacher.employment.unwrap().to_string(), "partner_id": self.appraiser.person.to_string(), "kind": kind,
            "appraisal_id": self.appraisal, "starts_at": format!("{day}T15:30:00Z")});
        w.post("/v1/conversations").by(&self.teacher).json(new).send().await
    }
}
fn outside(reply: Reply, pointer: &str) {
    assert_eq!(reply.problem(422, "outside_period").pointers(), [pointer]);
}

on_both! {
    async fn an_objective_of_a_cycle_is_due_on_one_of_its_days_on_every_way_to_it(w: World) {
        let s = school(w).await;
        for day in ["2026-08-31", "2027-09-01"] {
            outside(s.sets(w, s.objective(day)).await, "/due_on");
            let mut free = s.objective(day);
            free["cycle_id"] = Value::Null;
            s.sets(w, free).await.expect(201);
        }
        // both faults of one body are named
        let mut inquiry = s.objective("2026-08-31");
        inquiry["kind"] = json!("growth_inquiry");
        assert_eq!(s.sets(w, inquiry).await.problem(422, "inquiry_needs_question").pointers(), ["/inquiry/question", "/due_on"]);
        s.sets(w, s.objective("2026-09-01")).await.expect(201);
        let at = format!("/v1/objectives/{}", s.sets(w, s.objective("2027-08-31")).await.expect(201).id());
        let patched = async |body: Value| w.patch(&at).by(&s.teacher).if_match("*").json(body).send().await;
        outside(patched(json!({"due_on": "2027-09-01"})).await, "/due_on");
        patched(json!({"due_on": "2027-03-26"})).await.expect(200);
        step(w, &at, "propose", &s.teacher, None).await.expect(200);
        step(w, &at, "agree", &s.appraiser, None).await.expect(200);
        let revised = json!({"reason": "R", "changes": {"due_on": "2026-08-31"}});
        // whose step it is not hears that alone
        step(w, &at, "revise", &s.hr, Some(revised.clone())).await.problem(403, "not_permitted");
        outside(step(w, &at, "revise", &s.teacher, Some(revised)).await, "/changes/due_on");
        assert_eq!(w.get(&at).by(&s.teacher).send().await.expect(200).body["state"], "agreed", "nothing came of it");
        let many = |due: &str| json!({"employment_ids": [s.teacher.employment.unwrap().to_string()], "cycle_id": s.cycle, "kind": "practice", "title": "Oracy", "due_on": due});
        outside(w.post("/v1/objectives/bulk-propose").by(&s.appraiser).json(many("2027-09-01")).send().await, "/due_on");
        assert_eq!(w.post("/v1/objectives/bulk-propose").by(&s.appraiser).json(many("2027-07-09")).send().await.expect(207).body["created"], 1);
        let next = w.post(format!("/v1/cycles/{}/roll-over", s.cycle)).by(&s.hr).json(json!({"name": "2027/28"})).send().await.expect(201).id();
        w.post(format!("/v1/cycles/{next}/publish")).by(&s.hr).send().await.expect(200);
        let onward = |due: &str| Some(json!({"cycle_id": next, "due_on": due, "reason": "Half of it is done"}));
        outside(step(w, &at, "carry-over", &s.teacher, onward("2027-08-31")).await, "/due_on");
        step(w, &at, "carry-over", &s.teacher, onward("2027-09-01")).await.expect(201);
    }

    async fn whose_appraisal_goes_on_for_longer_has_until_its_last_day(w: World) {
        let s = school(w).await;
        let appraisal = format!("/v1/appraisals/{}", s.appraisal);
        step(w, &appraisal, "suspend", &s.hr, Some(json!({"reason": "secondment"}))).await.expect(200);
        step(w, &appraisal, "resume", &s.hr, Some(json!({"ends_on": "2027-12-17"}))).await.expect(200);
        s.sets(w, s.objective("2027-12-17")).await.expect(201);
        outside(s.sets(w, s.objective("2027-12-18")).await, "/due_on");
        // a colleague's goes on for no longer
        let colleague = s.trust.someone(w).at(s.trust.school).made().await;
        let mut theirs = s.objective("2027-12-17");
        theirs["employment_id"] = json!(colleague.employment.unwrap().to_string());
        outside(w.post("/v1/objectives").by(&colleague).json(theirs).send().await, "/due_on");
    }

    async fn a_meeting_of_an_appraisal_is_held_where_its_kind_has_its_place(w: World) {
        let s = school(w).await;
        // each kind before the period, on its first and last day, and after it
        for (kind, statuses) in [
            ("planning", [201, 201, 201, 422]),
            ("mid_cycle", [422, 201, 201, 422]),
            ("annual_review", [422, 201, 201, 201]),
            ("check_in", [201, 201, 201, 201]),
        ] {
            for (day, status) in ["2026-08-31", "2026-09-01", "2027-08-31", "2027-09-01"].into_iter().zip(statuses) {
                let reply = s.meets(w, kind, day).await;
                assert_eq!(reply.status, status, "{kind} on {day}: {}", reply.text);
                if status == 422 {
                    outside(reply, "/starts_at");
                }
            }
        }
        // nor is one moved there, by either
        let at = format!("/v1/conversations/{}", s.meets(w, "mid_cycle", "2027-02-12").await.expect(201).id());
        for by in [&s.teacher, &s.appraiser] {
            let moved = async |day: &str| w.patch(&at).by(by).if_match("*").json(json!({"starts_at": format!("{day}T15:30:00Z")})).send().await;
            outside(moved("2027-09-01").await, "/starts_at");
            moved("2027-03-05").await.expect(200);
            moved("2027-02-12").await.expect(200);
        }
    }
}
