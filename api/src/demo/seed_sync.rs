//! What the schools' information system manages since it was connected, and what HR corrected since.

use super::{
    people::Crew,
    scene::{Scene, Span, say},
};
use serde_json::json;
use std::marker::PhantomData;
use trellis_domain::{
    bulk::{key_text, person::read},
    job::JobKind,
    person::PersonPatch,
};
use trellis_persistence::{
    Fetched, StoreError,
    job::{AddRows, ClaimJob, CreateJob, Mode, NewRow, Part, RunPart, SubmitJob},
    person::{GetPerson, UpdatePerson},
    transaction::needs::WritePeople,
};

/// Whom the system sent in its first run.
const SENT: [&str; 4] = ["s-eng-1", "s-eng-2", "s-hum-1", "c-y4"];
/// Whose name was corrected here afterwards, and to what: the system has not caught up.
const CORRECTED: (&str, &str) = ("s-eng-2", "Hartley-Marsh");

/// The first run, and the correction.
pub(super) async fn run(scene: &Scene<'_>, crew: &Crew, (from, to): (f64, f64)) -> Result<(), StoreError> {
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
    let new = CreateJob { kind: JobKind::PeopleBulkUpsert, mode: Mode::default(), need: PhantomData::<fn() -> WritePeople> };
    let id = scene.db.write(scene.act(hr.clone(), at), new).await?.id;
    scene.db.write(scene.act(hr.clone(), at), AddRows { id, rows }).await?;
    scene.db.write(scene.act(hr.clone(), at), SubmitJob { id, total }).await?;
    let by = scene.stage.ids.make(at);
    scene.db.write(scene.operator(at), ClaimJob { id, by }).await?;
    let part = || RunPart::<WritePeople> { id, by, rows: total, give_up: false, need: PhantomData };
    while scene.db.write(scene.act(hr.clone(), at), part()).await? == Part::More {}

    let (who, family_name) = CORRECTED;
    let patch = PersonPatch { family_name: Some(say(family_name)?), ..PersonPatch::default() };
    let correction = UpdatePerson { id: crew.get(who)?.person, patch, expected: None };
    scene.db.write(scene.act(hr, scene.calendar.moment(Span::Present, to)), correction).await.map(|_| ())
}
