//! Where the schools want to get to, what somebody does towards it, and what others may learn from that.

use super::{Cast, Telling, cast::Leaders};
use crate::support::*;
use serde_json::{Value, json};

/// A plan of the trust, and a priority of it that the school makes its own: both priorities.
pub async fn improvement(s: &mut Telling<'_>, cast: &Cast, leaders: &Leaders) -> (String, String) {
    let w = s.w;
    let Cast { trust, teacher, .. } = cast;
    let Leaders { leader, head } = leaders;
    let new = json!({"organisation_id": trust.root.to_string(), "title": "Trust improvement plan 2026 to 2029", "summary": "Three priorities, for every school to make its own.", "first_year": 2026, "last_year": 2028});
    let plan = s.post("/v1/improvement-plans", leader, new).await.id();
    let new = json!({"plan_id": plan, "title": "Every pupil has the words for what they learn", "why": "Written answers in all four schools stop where vocabulary stops.", "success_measures": ["Pupils use subject vocabulary unprompted in extended writing by July"], "actions": [{"title": "Visit two schools that teach vocabulary well", "due_on": "2026-11-27"}]});
    let above = s.post("/v1/priorities", leader, new).await.id();
    let at = format!("/v1/improvement-plans/{plan}");
    s.patch(&at, leader, json!({"summary": "Priorities for every school to make its own."})).await;
    s.act(&format!("{at}/publish"), leader).await;
    s.get(&at, teacher).await;
    s.get("/v1/improvement-plans?academic_year=2026", teacher).await;
    s.get(&format!("{at}/history"), teacher).await;
    let ours = json!({"organisation_id": trust.school.to_string(), "title": "Our plan 2026/27", "first_year": 2026});
    let ours = w.post("/v1/improvement-plans").by(head).json(ours).send().await.expect(201).id();
    let adoption = json!({"plan_id": ours, "owner_id": head.person.to_string()});
    let priority = s.post(&format!("/v1/priorities/{above}/adopt"), head, adoption).await.id();
    w.post(format!("/v1/improvement-plans/{ours}/publish")).by(head).send().await.expect(200);
    let at = format!("/v1/priorities/{priority}");
    let more = json!({"actions": [{"title": "Ten words a half-term, the same in every department", "owner_id": head.person.to_string(), "due_on": "2026-10-23", "done_on": "2026-10-02"}]});
    s.patch(&at, head, more).await;
    s.get(&at, teacher).await;
    s.get(&format!("/v1/priorities?adopted_from={above}"), teacher).await;
    s.act(&format!("{at}/achieve"), head).await;
    s.post(&format!("{at}/reopen"), head, json!({"reason": "It holds in English and history, not yet in science"})).await;
    s.get(&format!("{at}/history"), teacher).await;
    let second = json!({"plan_id": ours, "title": "A reading hour on Wednesdays"});
    let second = w.post("/v1/priorities").by(head).json(second).send().await.expect(201).id();
    s.post(&format!("/v1/priorities/{second}/stop"), head, json!({"reason": "The hour is needed for tutoring, which helps more"})).await;
    let last = json!({"organisation_id": trust.school.to_string(), "title": "Our plan 2025/26", "first_year": 2025});
    let last = w.post("/v1/improvement-plans").by(head).json(last).send().await.expect(201).id();
    s.act(&format!("/v1/improvement-plans/{last}/archive"), head).await;
    (above, priority)
}

/// An objective as it is written.
pub fn inquiry(teacher: &Someone, cycle: &str, standard: &str, priority: &str) -> Value {
    json!({"employment_id": teacher.employment.unwrap().to_string(), "cycle_id": cycle, "kind": "growth_inquiry", "title": "Does retrieval practice help my Year 9 set?",
        "inquiry": {"question": "If every lesson begins with five minutes of retrieval, do pupils use more of last term's vocabulary in March?", "current_practice": "A recap by me."},
        "learning_needed": "Reading on spacing; a visit to a colleague who does it well.", "success_criteria": ["Pupils use the vocabulary unprompted in extended writing"], "standard_ids": [standard], "priority_ids": [priority], "due_on": "2027-03-26"})
}

/// It is agreed, revised, agreed again and under way.
pub async fn objective(s: &mut Telling<'_>, cast: &Cast, inquiry: &Value) -> String {
    let w = s.w;
    let Cast { appraiser, teacher, .. } = cast;
    let objective = s.post("/v1/objectives", teacher, inquiry.clone()).await.id();
    let at = format!("/v1/objectives/{objective}");
    s.patch(&at, teacher, json!({"support_needed": "Cover for one visit"})).await;
    s.act(&format!("{at}/propose"), teacher).await;
    s.get(&at, appraiser).await;
    let ties = w.get(format!("/v1/relationships?kind=appraiser&person_id={}", teacher.person)).by(teacher).send().await.expect(200);
    let tie = ties.items()[0]["id"].as_str().unwrap().to_owned();
    s.post(&format!("/v1/relationships/{tie}/set-cadence"), teacher, json!({"weeks": 4})).await;
    s.get("/v1/me/check-ins", teacher).await;
    s.get("/v1/objectives?kind=growth_inquiry", appraiser).await;
    s.act(&format!("{at}/agree"), appraiser).await;
    s.post(&format!("{at}/revise"), teacher, json!({"reason": "A new timetable", "changes": {"due_on": "2027-05-28"}})).await;
    s.get(&format!("{at}/revisions"), teacher).await;
    w.post(format!("{at}/agree")).by(appraiser).if_match("*").send().await.expect(200);
    s.act(&format!("{at}/start"), teacher).await;
    s.post(&format!("{at}/pause"), teacher, json!({"reason": "Jury service until half-term"})).await;
    s.act(&format!("{at}/resume"), teacher).await;
    s.get(&format!("{at}/history"), teacher).await;
    s.get(&format!("{at}/line-of-sight"), teacher).await;
    objective
}

/// Another is set without agreement.
pub async fn with_dissent(s: &mut Telling<'_>, cast: &Cast, inquiry: &Value) {
    let w = s.w;
    let appraiser = &cast.appraiser;
    let second = w.post("/v1/objectives").by(appraiser).json(inquiry.clone()).send().await.expect(201).id();
    w.post(format!("/v1/objectives/{second}/propose")).by(appraiser).if_match("*").send().await.expect(200);
    s.post(&format!("/v1/objectives/{second}/set-with-dissent"), appraiser, json!({"dissent": "I would rather work on oracy, as we said in June."})).await;
    s.post(&format!("/v1/objectives/{second}/withdraw"), appraiser, json!({"reason": "We found a better question"})).await;
}

/// Who wrote it, and what is written beside it.
pub async fn notes(s: &mut Telling<'_>, cast: &Cast, objective: &str) {
    let w = s.w;
    let Cast { appraiser, teacher, .. } = cast;
    let at = format!("/v1/objectives/{objective}");
    s.get(&format!("{at}/authorship"), teacher).await;
    let notes = format!("{at}/notes");
    let asked = s.post(&notes, appraiser, json!({"text": "Shall I come to the lesson on Thursday, before you change the starter?"})).await.id();
    let answer = json!({"text": "Please do. The set is 9B, third period.", "reply_to": asked});
    w.post(&notes).by(teacher).json(answer).send().await.expect(201);
    s.get(&notes, teacher).await;
    let hasty = w.post(&notes).by(teacher).json(json!({"text": "Or Friday?"})).send().await.expect(201).id();
    s.act(&format!("/v1/objective-notes/{hasty}/withdraw"), teacher).await;
}

pub async fn collaborations(s: &mut Telling<'_>, cast: &Cast, objective: &str, successor: &Someone) {
    let w = s.w;
    let teacher = &cast.teacher;
    let invitation = json!({"objective_id": objective, "person_id": successor.person.to_string()});
    let part = format!("/v1/collaborations/{}", s.post("/v1/collaborations", teacher, invitation.clone()).await.id());
    s.act(&format!("{part}/accept"), successor).await;
    s.get(&part, successor).await;
    s.get("/v1/collaborations?state=accepted", successor).await;
    s.act(&format!("{part}/leave"), successor).await;
    let again = w.post("/v1/collaborations").by(teacher).json(invitation.clone()).send().await.expect(201).id();
    s.act(&format!("/v1/collaborations/{again}/decline"), successor).await;
    let again = w.post("/v1/collaborations").by(teacher).json(invitation).send().await.expect(201).id();
    s.act(&format!("/v1/collaborations/{again}/end"), teacher).await;
}

/// The same for many, and carried over.
pub async fn for_many(s: &mut Telling<'_>, cast: &Cast, cycle: &str) {
    let Cast { appraiser, teacher, .. } = cast;
    let many = json!({"employment_ids": [teacher.employment.unwrap().to_string()], "cycle_id": cycle, "kind": "operational", "title": "Every corridor display is pupils' work by Easter", "support_needed": "An afternoon of cover each term"});
    let many = s.post("/v1/objectives/bulk-propose", appraiser, many).await;
    let display = format!("/v1/objectives/{}", many.body["results"][0]["objective_id"].as_str().unwrap());
    s.w.post(format!("{display}/agree")).by(teacher).if_match("*").send().await.expect(200);
    let onward = json!({"reason": "The east corridor is being rebuilt until summer", "due_on": "2027-10-22"});
    s.post(&format!("{display}/carry-over"), teacher, onward).await;
}

/// The inquiry commons.
pub async fn commons(s: &mut Telling<'_>, cast: &Cast, objective: &str) {
    let Cast { appraiser, teacher, .. } = cast;
    s.post(
        &format!("/v1/objectives/{objective}/abandon-inquiry"),
        teacher,
        json!({"learned": "Retrieval of single words does not bring them into writing. I would retrieve sentences next time."}),
    )
    .await;
    s.get(&format!("/v1/objectives/{objective}/inquiry"), teacher).await;
    let new = json!({"publish_to": "trust", "named": true, "title": "Retrieving words is not enough", "question": "Do pupils use vocabulary in extended writing if every lesson begins with retrieval?", "change_tried": "Five minutes of retrieval in every lesson for a term.", "evidence": "Six books: the words were known, and not used.", "finding": "Retrieve sentences, not words."});
    let finding = s.post(&format!("/v1/objectives/{objective}/publish-finding"), teacher, new).await.id();
    let at = format!("/v1/findings/{finding}");
    s.get("/v1/findings?q=retrieval%20vocab", appraiser).await;
    s.get(&at, appraiser).await;
    s.get(&format!("{at}/line-of-sight"), teacher).await;
    let new = json!({"employment_id": appraiser.employment.unwrap().to_string(), "kind": "growth_inquiry", "title": "Writing with new words", "inquiry": {"question": "What makes pupils use new vocabulary in extended writing?"}});
    let like = s.w.post("/v1/objectives").by(appraiser).json(new).send().await.expect(201).id();
    s.get(&format!("/v1/objectives/{like}/similar-findings"), appraiser).await;
    s.post(&format!("{at}/reuse"), appraiser, json!({"objective_id": like})).await;
    s.get("/v1/me/findings", teacher).await;
    s.act(&format!("{at}/withdraw"), teacher).await;
    s.get(&format!("{at}/history"), teacher).await;
}
