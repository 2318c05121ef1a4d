//! What the schools' information system manages since it was connected, and what HR corrected since.

use super::{
    people::Crew,
    scene::{ALL, Scene, Span, say},
};
use chrono::Days;
use serde_json::json;
use trellis_domain::{
    bulk::{key_text, person::read},
    job::JobKind,
    matching::MatchState,
    person::PersonPatch,
};
use trellis_persistence::{
    Fetched, StoreError,
    job::{AddRows, CancelJob, ClaimJob, CreateJob, Mode, NewRow, Part, RunPart, SubmitJob},
    matching::{AcceptMatch, ListMatchSuggestions, PostponeMatch, RejectMatch},
    person::{CreatePerson, GetPerson, UpdatePerson},
    transaction::needs::{Under, WritePeople},
};

/// Whom the system sent in its first run.
const SENT: [&str; 4] = ["s-eng-1", "s-eng-2", "s-hum-1", "c-y4"];
/// Whose name was corrected here afterwards, and to what: the system has not caught up.
const CORRECTED: (&str, &str) = ("s-eng-2", "Hartley-Marsh");

/// Whom the system sent a second time under another name, with the same mailbox.
const DOUBLES: [(&str, &str); 4] = [("s-mat-1", "J"), ("s-mat-4", "R"), ("c-y6", "T"), ("e-y2", "K")];

/// Records that may be one person: HR has decided about all but one.
pub(super) async fn doubles(scene: &Scene<'_>, crew: &Crew, part: f64) -> Result<(), StoreError> {
    let hr = || crew.principal("t-hr");
    let at = scene.calendar.moment(Span::Present, part);
    for (key, given_name) in DOUBLES {
        let member = crew.get(key)?;
        let family = member.name.rsplit(' ').next().unwrap_or_default();
        let again = CreatePerson {
            given_name: say(given_name)?,
            family_name: say(family)?,
            preferred_name: None,
            email: Some(member.email.clone()),
            trn: None,
            external_refs: Vec::new(),
        };
        scene.over(Span::Present, (part, part), vec![(hr()?, again)]).await?;
    }
    let all = ListMatchSuggestions { state: Some(MatchState::Open), organisation_id: None, window: ALL };
    let open = scene.db.read(scene.act(hr()?, at), all).await?.items;
    let [one, two, later, ..] = &open[..] else { return Err(StoreError::Internal("the demo has no doubles".into())) };
    let (one, two, later) = (one.suggestion.id, two.suggestion.id, later.suggestion.id);
    scene.over(Span::Present, (part, part), vec![(hr()?, AcceptMatch { id: one, expected: None })]).await?;
    scene.over(Span::Present, (part, part), vec![(hr()?, RejectMatch { id: two, expected: None })]).await?;
    let until = Some(scene.calendar.today + Days::new(30));
    scene.over(Span::Present, (part, part), vec![(hr()?, PostponeMatch { id: later, until, expected: None })]).await.map(drop)
}

/// A run that HR called off before its rows were sent.
async fn called_off(scene: &Scene<'_>, crew: &Crew, part: f64) -> Result<(), StoreError> {
    let hr = crew.principal("t-hr")?;
    let new = CreateJob { kind: JobKind::PeopleBulkUpsert, mode: Mode::default(), need: Under::<WritePeople>::new() };
    let at = scene.calendar.moment(Span::Present, part);
    let id = scene.db.write(scene.act(hr.clone(), at), new).await?.id;
    scene.db.write(scene.act(hr, at), CancelJob { id }).await.map(drop)
}

/// The first run, and the correction.
pub(super) async fn run(scene: &Scene<'_>, crew: &Crew, (from, to): (f64, f64)) -> Result<(), StoreError> {
    called_off(scene, crew, from).await?;
    let hr = crew.principal("t-hr")?;
    let at = scene.calendar.moment(Span::Present, from);
    let mut rows = Vec::new();
    for (key, index) in SENT.iter().zip(0..) {
        let found = scene.db.read(scene.act(hr.clone(), at), GetPerson { id: crew.get(key)?.person, unless: None }).await?;
        let Fetched::Found(seen) = found else { continue };
        let person = seen.record.person;
        let intake = read(
            &json!({"external_ref": person.external_refs.first(), "given_name": person.given_name, "family_name": person.family_name, "email": person.email}),
            None,
        );
        let input = serde_json::to_string(&intake).map_err(|e| StoreError::Internal(e.to_string()))?;
        rows.push(NewRow { index, key: intake.row.external_ref.as_ref().map(key_text), input });
    }
    let total = i64::try_from(rows.len()).unwrap_or_default();
    let new = CreateJob { kind: JobKind::PeopleBulkUpsert, mode: Mode::default(), need: Under::<WritePeople>::new() };
    let id = scene.db.write(scene.act(hr.clone(), at), new).await?.id;
    scene.db.write(scene.act(hr.clone(), at), AddRows { id, rows }).await?;
    scene.db.write(scene.act(hr.clone(), at), SubmitJob { id, total, headings: Vec::new() }).await?;
    let by = scene.stage.ids.make(at);
    scene.db.write(scene.operator(at), ClaimJob { id, by }).await?;
    let part = || RunPart::<WritePeople> { id, by, rows: total, give_up: false, need: Under::new() };
    while scene.db.write(scene.act(hr.clone(), at), part()).await? == Part::More {}

    let (who, family_name) = CORRECTED;
    let patch = PersonPatch { family_name: Some(say(family_name)?), ..PersonPatch::default() };
    let correction = UpdatePerson { id: crew.get(who)?.person, patch, expected: None };
    scene.db.write(scene.act(hr, scene.calendar.moment(Span::Present, to)), correction).await.map(|_| ())
}
