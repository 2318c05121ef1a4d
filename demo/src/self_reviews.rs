//! The demo's self-reviews: a teacher's over two terms, shared as it once stood and gone on with since; one that was taken back; one that is nobody else's; and
//! needs that came of them.

use super::{
    cycles::Shelf,
    people::Crew,
    scene::{Scene, Span, say},
};
use trellis_domain::{
    id::{FrameworkVersionId, SelfReviewId},
    need::NeedOrigin,
    report::NeedAction,
    self_review::{SelfAssessment as V, SelfReviewPatch, Statement},
};
use trellis_persistence::{
    Command, StoreError,
    need::CreateNeed,
    self_review::{CreateSelfReview, KeepSelfReview, ShareSelfReview, UpdateSelfReview, WithdrawSharedSelfReview},
};

const NOW: Span = Span::Present;
type Said = (&'static str, Option<V>, &'static str);

struct Mirror<'a> {
    scene: &'a Scene<'a>,
    crew: &'a Crew,
    shelf: &'a Shelf,
}

impl Mirror<'_> {
    async fn one<W: Command>(&self, who: &str, part: f64, what: W) -> Result<W::Output, StoreError> {
        let made = self.scene.over(NOW, (part, part), vec![(self.crew.principal(who)?, what)]).await?;
        made.into_iter().next().ok_or_else(|| StoreError::Internal("the demo lost a write".into()))
    }
    fn statements(&self, said: &[Said]) -> Result<Vec<Statement>, StoreError> {
        said.iter()
            .map(|(code, view, words)| {
                let standard_id = self.shelf.standards(&[*code])?.remove(0);
                Ok(Statement { standard_id, view: *view, words: if words.is_empty() { None } else { Some(say(words)?) } })
            })
            .collect()
    }
    async fn begin(&self, who: &str, against: FrameworkVersionId, title: &str, said: &[Said], part: f64) -> Result<SelfReviewId, StoreError> {
        let new = CreateSelfReview {
            employment_id: Some(self.crew.employment(who)?),
            framework_version_id: against,
            title: Some(say(title)?),
            statements: self.statements(said)?,
        };
        Ok(self.one(who, part, new).await?.record.id)
    }
}

/// The year so far.
pub(super) async fn this_year(scene: &Scene<'_>, crew: &Crew, shelf: &Shelf) -> Result<(), StoreError> {
    let room = Mirror { scene, crew, shelf };
    let teachers = shelf.version("teachers-standards")?;
    let first: &[Said] = &[
        ("TS2", Some(V::WantToWorkOn), "I hear from the same six. I do not know what the others have learned until I mark."),
        ("TS4", Some(V::Growing), "Openings are planned. Endings run into the bell."),
        ("TS7", Some(V::Strength), ""),
    ];
    let teacher = room.begin("s-eng-1", teachers, "How I see it in the autumn", first, 0.49905).await?;
    room.one("s-eng-1", 0.49910, ShareSelfReview { id: teacher, reader_id: crew.get("s-mat-2")?.person, expected: None }).await?;
    let standard_id = shelf.standards(&["TS2"])?.pop();
    let need = CreateNeed {
        employment_id: Some(crew.employment("s-eng-1")?),
        need: say("To hear from every pupil before the lesson is over")?,
        actions: vec![NeedAction { action: say("Two planned questions a lesson, asked of everybody")?, due_on: None }],
        standard_id,
        origin: Some(NeedOrigin::SelfReview(teacher)),
    };
    room.one("s-eng-1", 0.49915, need).await?;
    let later: &[Said] = &[
        ("TS2", Some(V::Growing), "Four seconds of silence, and eleven hands. Not yet in the last lesson of the day."),
        ("TS4", Some(V::Growing), "The last five minutes are on the plan now."),
        ("TS7", Some(V::Strength), ""),
    ];
    let patch = SelfReviewPatch { title: Some(Some(say("How I see it in the spring")?)), statements: Some(room.statements(later)?) };
    room.one("s-eng-1", 0.49940, UpdateSelfReview { id: teacher, patch, expected: None }).await?;
    room.one("s-eng-1", 0.49945, KeepSelfReview { id: teacher, expected: None }).await?;

    let beginner: &[Said] =
        &[("TS4", Some(V::WantToWorkOn), "I plan the task and forget the first sentence."), ("TS8", None, "I ask for help earlier than I did.")];
    let beginner = room.begin("s-eng-5", teachers, "My first year", beginner, 0.49920).await?;
    let shown = room.one("s-eng-5", 0.49925, ShareSelfReview { id: beginner, reader_id: crew.get("s-eng")?.person, expected: None }).await?;
    room.one("s-eng-5", 0.49950, WithdrawSharedSelfReview { id: shown.record.shared.id, expected: None }).await?;

    let head: &[Said] = &[("HT6", Some(V::Strength), "I learn where others see me learn."), ("HT2", Some(V::Growing), "")];
    room.begin("s-head", shelf.version("headteachers-standards")?, "Not for anybody yet", head, 0.49930).await.map(drop)
}
