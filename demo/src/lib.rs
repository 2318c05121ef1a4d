//! The demo's data: a trust in the middle of a school year, told as a story through the same operations as everybody else uses, so that it
//! can only hold what the rules allow.
//!
//! Days follow from the day on which it is told: the story is right in any month. What happens on the same days is written together; what
//! needs something else comes after it. Given the same ids and the same time, it is the same story.

mod aims;
mod aims_more;
mod aims_others;
mod appraisals;
mod cast;
mod catalogue;
mod coaching;
mod commons;
mod conversations;
mod cycles;
mod evidence;
mod improvement;
mod keys;
mod learning;
mod names;
mod objectives;
mod people;
mod places;
mod posts;
mod requests;
mod scene;
mod self_reviews;
mod sync;
mod terms;
mod ties;
mod together;
mod training;

use chrono::{DateTime, Utc};
use cycles::{Rounds, Shelf};
use objectives::Tellers;
use people::{Crew, Wave};
use places::Places;
use scene::{Calendar, Scene, Span, say};
use std::{io, sync::Arc};
use ties::{Leaving, Ties};
use trellis_domain::{
    access::Permission,
    cycle::CycleAction as A,
    id::{EvidenceId, FindingId, IdMaker, KeyId, OrganisationId, PersonId, ServiceAccountId, TenantId},
    organisation::OrganisationKind,
    text::Slug,
};
use trellis_persistence::{Database, StoreError, tenant::CreateTenant};

/// The short name of the demo's tenant.
pub const SLUG: &str = "tidewater";

/// Keeps a file of evidence.
pub type Keep<'a> = &'a dyn Fn(TenantId, EvidenceId, &[u8]) -> io::Result<()>;

/// What the story is told with.
pub struct Stage<'a> {
    /// Where ids come from.
    pub ids: Arc<dyn IdMaker>,
    /// The day and time on which it is told: the story ends here.
    pub now: DateTime<Utc>,
    /// The time on the wall, for credentials.
    pub wall: DateTime<Utc>,
    /// Everybody's password.
    pub password: &'static str,
    /// Its hash.
    pub password_hash: String,
    /// How a file of evidence is kept.
    pub keep: Keep<'a>,
}

/// What a visitor needs to look around.
pub struct Guide {
    /// The demo's tenant.
    pub tenant: TenantId,
    /// The short name with which its people log in.
    pub slug: Slug,
    /// One log-in for each role.
    pub logins: Vec<GuideLogin>,
    /// One key for each set of scopes.
    pub keys: Vec<GuideKey>,
}

/// Somebody a visitor can log in as.
pub struct GuideLogin {
    /// What they are.
    pub role: &'static str,
    /// Their name.
    pub name: String,
    /// Their e-mail.
    pub email: String,
    /// Their password.
    pub password: &'static str,
    /// Who they are.
    pub person_id: PersonId,
}

/// A service account's key.
pub struct GuideKey {
    /// What the service account is called.
    pub name: String,
    /// What it may ask for.
    pub scopes: Vec<Permission>,
    /// Where; everywhere if none is named.
    pub organisation_ids: Option<Vec<OrganisationId>>,
    /// Which service account.
    pub client_id: ServiceAccountId,
    /// The key as it is sent.
    pub key: String,
}

/// Makes a key of an id: as it is shown, and its digest.
pub type Shown<'a> = &'a dyn Fn(TenantId, KeyId) -> (String, Vec<u8>);

/// Who stands for which role. The appraiser and the coach are the first teacher's; the other teacher works at another school, whose headteacher the
/// member of the panel helps to appraise; the leaver has given notice.
const LOGINS: [(&str, &str); 19] = [
    ("teacher", "s-eng-1"),
    ("appraiser", "s-eng"),
    ("headteacher", "s-head"),
    ("hr", "t-hr"),
    ("learning_lead", "s-aht-1"),
    ("learning_approver", "s-dht-1"),
    ("learning_viewer", "s-bus"),
    ("school_admin", "s-adm"),
    ("trust_leader", "t-ceo"),
    ("trust_admin", "t-sys"),
    ("governor", "g-sal"),
    ("external_adviser", "x-adv"),
    ("appraisal_delegate", "s-aht-2"),
    ("other_teacher", "c-y4"),
    ("other_headteacher", "c-head"),
    ("panel_member", "g-chair"),
    ("support_colleague", "s-lib"),
    ("coach", "s-mat-2"),
    ("leaver", "z-5"),
];

/// Tells the story to an empty database.
///
/// # Errors
/// When the database cannot be written, or the story breaks a rule.
pub async fn tell(db: &Database, stage: &Stage<'_>, shown: Shown<'_>) -> Result<Guide, StoreError> {
    let calendar = Calendar::new(stage.now);
    let tenant = TenantId(stage.ids.make(calendar.moment(Span::Past, 0.0)));
    let scene = Scene { db, stage, tenant, calendar };
    let slug: Slug = say(SLUG)?;

    let founding = CreateTenant { slug: slug.clone(), name: say("Tidewater Learning Trust")?, root: OrganisationKind::Trust };
    let trust = db.write(scene.operator(scene.calendar.moment(Span::Past, 0.0)), founding).await?;
    let places = places::found(&scene, trust).await?;
    let mut crew = Crew::default();
    people::hire(&scene, &places, &mut crew, Wave::Founders, Span::Past, 0.003, 0.003).await?;
    let ties = ties::appoint(&scene, &crew, Wave::Founders, Span::Past, 0.012, 0.002).await?;
    ties::grant(&scene, &places, &crew, (0.018, 0.020)).await?;
    ties::log_in(&scene, &mut crew, &actors(), (0.020, 0.022)).await?;
    let keys = keys::issue(&scene, &places, &crew, shown, (0.022, 0.0225)).await?;

    let shelf = cycles::frameworks(&scene, &crew, (0.0225, 0.023)).await?;
    let mut rounds = Rounds::default();
    let found = last_year(&scene, &places, &crew, &ties, &shelf, &mut rounds).await?;
    this_year(&scene, &places, &mut crew, &ties, &shelf, &mut rounds, &found).await?;
    ties::log_out(&scene, &crew).await?;

    let login = |(role, key): &(&'static str, &str)| {
        let member = crew.get(key)?;
        let (name, email) = (member.name.clone(), member.email.as_str().to_owned());
        Ok(GuideLogin { role, name, email, password: stage.password, person_id: member.person })
    };
    let logins = LOGINS.iter().map(login).collect::<Result<_, StoreError>>()?;
    Ok(Guide { tenant, slug, logins, keys })
}

/// Everybody who acts in the story, in the order of the posts: who has an aim or logs learning, their appraisers, and who runs cycles.
fn actors() -> Vec<&'static str> {
    let with_aims: Vec<&str> = cast::everybody().chain(learning::everybody()).collect();
    let appraisers = |key: &&str| posts::POSTS.iter().any(|p| p.under == *key && with_aims.contains(&p.key));
    posts::POSTS.iter().map(|p| p.key).filter(|key| with_aims.contains(key) || appraisers(key) || ["t-sys", "t-hr", "c-head", "s-bus"].contains(key)).collect()
}

/// Last year: the first round of appraisal with Trellis, from planning to its end; some colleagues left.
async fn last_year(scene: &Scene<'_>, places: &Places, crew: &Crew, ties: &Ties, shelf: &Shelf, rounds: &mut Rounds) -> Result<Vec<FindingId>, StoreError> {
    let past = Span::Past;
    rounds.draft(scene, places, crew, shelf, past, (0.023, 0.024)).await?;
    let over = "Brought over from the system before Trellis.";
    let (both, last) = (&["before", "last"][..], &["last"][..]);
    rounds.step(scene, crew, both, A::Publish, None, (past, 0.024)).await?;
    rounds.step(scene, crew, both, A::OpenPlanning, None, (past, 0.025)).await?;
    for (action, reason) in [(A::StartMonitoring, None), (A::OpenReview, None), (A::StartClosing, None), (A::Close, None), (A::Archive, Some(over))] {
        rounds.step(scene, crew, &["before"], action, reason, (past, 0.026)).await?;
    }
    let tellers = Tellers { scene, crew, shelf, rounds };
    let told = tellers.begin("last", cast::LAST, past, (0.04, 0.06)).await?;
    tellers.go_on(&told, past, &[(1, 0.07, 0.1), (2, 0.11, 0.14), (3, 0.15, 0.18)]).await?;
    rounds.step(scene, crew, last, A::StartMonitoring, None, (past, 0.19)).await?;
    improvement::last_year(scene, places, crew, 0.2).await?;
    ties::leave(scene, crew, ties, &["z-1"], Leaving::Christmas, past, 0.3).await?;
    let first = tellers.learn(&told, 0, past, (0.31, 0.36)).await?;
    ties::hand_over(scene, crew, ties, 0.38).await?;
    ties::disable(scene, crew, &["z-1"], past, 0.46).await?;
    tellers.look_back(&first, past, (0.47, 0.5)).await?;
    let second = tellers.learn(&told, 1, past, (0.55, 0.6)).await?;
    tellers.look_back(&second, past, (0.62, 0.66)).await?;
    tellers.go_on(&told, past, &[(4, 0.7, 0.74), (5, 0.75, 0.78), (6, 0.79, 0.81)]).await?;
    rounds.step(scene, crew, last, A::OpenReview, None, (past, 0.82)).await?;
    tellers.go_on(&told, past, &[(7, 0.84, 0.88), (8, 0.89, 0.93)]).await?;
    let found = tellers.publish(&told, past, (0.932, 0.937)).await?;
    rounds.step(scene, crew, last, A::StartClosing, None, (past, 0.94)).await?;
    rounds.step(scene, crew, last, A::Close, None, (past, 0.96)).await?;
    ties::leave(scene, crew, ties, &["z-2", "z-3"], Leaving::Summer, past, 0.98).await?;
    Ok(found)
}

/// This year, to the day before the story is told: the main cycle has its year's work on, and the other cycles stand in every other state.
async fn this_year(
    scene: &Scene<'_>,
    places: &Places,
    crew: &mut Crew,
    ties: &Ties,
    shelf: &Shelf,
    rounds: &mut Rounds,
    found: &[FindingId],
) -> Result<(), StoreError> {
    let now = Span::Present;
    people::hire(scene, places, crew, Wave::Starters, now, 0.0, 0.001).await?;
    terms::set(scene, places, 0.002).await?;
    ties::appoint(scene, crew, Wave::Starters, now, 0.003, 0.001).await?;
    rounds.draft(scene, places, crew, shelf, now, (0.005, 0.008)).await?;
    let priorities = improvement::this_year(scene, places, crew, 0.0082).await?;
    let running = &["main", "heads", "reviewing", "closing"];
    rounds.step(scene, crew, running, A::Publish, None, (now, 0.01)).await?;
    rounds.step(scene, crew, &["alone"], A::Publish, None, (now, 0.011)).await?;
    rounds.step(scene, crew, running, A::OpenPlanning, None, (now, 0.02)).await?;
    let joined = "Estuary Lane joins the trust's cycle, so that colleagues can learn across schools.";
    rounds.step(scene, crew, &["alone"], A::Cancel, Some(joined), (now, 0.03)).await?;

    appraisals::create(scene, crew, rounds, running, 0.035).await?;
    let tellers = Tellers { scene, crew, shelf, rounds };
    let mut told = tellers.begin("main", cast::MAIN, now, (0.04, 0.1)).await?;
    told.extend(tellers.begin("heads", cast::HEADS, now, (0.1, 0.11)).await?);
    told.extend(tellers.begin("reviewing", cast::REVIEWING, now, (0.11, 0.12)).await?);
    told.extend(tellers.begin("closing", cast::CLOSING, now, (0.12, 0.13)).await?);
    improvement::link(scene, crew, &told, &priorities, (0.13, 0.139)).await?;
    tellers.go_on(&told, now, &[(1, 0.14, 0.2)]).await?;
    rounds.more_time(scene, crew, 0.2).await?;
    tellers.go_on(&told, now, &[(2, 0.21, 0.28), (3, 0.3, 0.36)]).await?;
    rounds.step(scene, crew, running, A::StartMonitoring, None, (now, 0.37)).await?;
    let followed: Vec<&str> = cast::everybody().collect();
    appraisals::plan(scene, crew, rounds, running, &followed, 0.372).await?;
    appraisals::by_hr(scene, crew, rounds, 0.375).await?;
    let first = tellers.learn(&told, 0, now, (0.38, 0.46)).await?;
    let coached = coaching::this_year(scene, crew).await?;
    tellers.reuse(found, &told, now, (0.497, 0.499)).await?;
    self_reviews::this_year(scene, crew, shelf).await?;
    tellers.go_on(&told, now, &[(4, 0.5, 0.55), (5, 0.57, 0.6), (6, 0.62, 0.65)]).await?;
    catalogue::this_year(scene, places, crew, shelf).await?;
    training::this_year(scene, places, crew).await?;
    requests::this_year(scene, places, crew, &told, priorities.visits).await?;
    let second = tellers.learn(&told, 1, now, (0.66, 0.71)).await?;
    tellers.give_up(&told, now, 0.712).await?;
    tellers.need(now, 0.713).await?;
    ties::disable(scene, crew, &["z-2", "z-3"], now, 0.715).await?;
    rounds.step(scene, crew, &["reviewing", "closing"], A::OpenReview, None, (now, 0.72)).await?;
    appraisals::look_back(scene, crew, rounds, "reviewing", &[appraisals::SELF], 0.725).await?;
    appraisals::look_back(scene, crew, rounds, "closing", &[appraisals::SELF, appraisals::ASSESSMENT], 0.725).await?;
    appraisals::report(scene, crew, rounds, "closing", 0.728).await?;
    tellers.look_back(&first, now, (0.73, 0.77)).await?;
    tellers.look_back(&second, now, (0.77, 0.81)).await?;
    tellers.show_evidence(&first, now, (0.811, 0.813)).await?;
    tellers.take_back(&first, now, 0.815).await?;
    conversations::this_year(scene, places, crew, rounds).await?;
    tellers.go_on(&told, now, &[(7, 0.82, 0.86), (8, 0.87, 0.89)]).await?;
    tellers.share_found(&told, now, 0.892).await?;
    coaching::lately(scene, crew, coached).await?;
    rounds.step(scene, crew, &["closing"], A::StartClosing, None, (now, 0.9)).await?;

    together::this_year(scene, crew, &told, 0.905).await?;
    rounds.step(scene, crew, &["planning", "announced"], A::Publish, None, (now, 0.91)).await?;
    rounds.step(scene, crew, &["planning"], A::OpenPlanning, None, (now, 0.92)).await?;
    let beside = tellers.learn_beside(now, (0.925, 0.94)).await?;
    let fresh = tellers.begin("planning", cast::PLANNING, now, (0.945, 0.95)).await?;
    tellers.go_on(&fresh, now, &[(1, 0.955, 0.965), (2, 0.97, 0.975)]).await?;
    tellers.look_back(&beside, now, (0.98, 0.99)).await?;
    sync::run(scene, crew, (0.992, 0.994)).await?;
    sync::doubles(scene, crew, 0.9945).await?;
    ties::leave(scene, crew, ties, &["z-5"], Leaving::Soon, now, 0.995).await
}
