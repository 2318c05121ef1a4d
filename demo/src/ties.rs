//! Who manages, appraises, coaches and mentors whom; who holds which role; who logs in; and how some leave.

use super::{
    people::{Crew, Member, Wave},
    places::{Places, Site},
    scene::{Scene, Span, date, end_of_month, say},
};
use RelationshipKind::{Appraiser, Coach, InductionTutor, LineManager, Mentor};
use RoleName as R;
use Site::{Curlew, Estuary, Saltings, Trust};
use chrono::NaiveDate;
use std::collections::HashMap;
use trellis_domain::{
    employment::EmploymentPatch,
    id::{RelationshipId, SessionId},
    person::PersonPatch,
    relationship::RelationshipKind,
    role::RoleName,
    time::Period,
};
use trellis_persistence::{
    Principal, StoreError,
    account::{EnableAccount, EndSession, StartSession},
    employment::UpdateEmployment,
    person::UpdatePerson,
    relationship::{CreateRelationship, EndRelationship},
    role::{EndRole, GrantRole},
};

/// Ties that do not follow from the line: kind, of whom, who.
const BESIDE_THE_LINE: [(RelationshipKind, &str, &str); 13] = [
    (LineManager, "s-mfl-2", "c-ks2"),
    (Appraiser, "s-mfl-2", "c-ks2"),
    (Appraiser, "t-ceo", "g-chair"),
    (Coach, "s-eng-1", "s-mat-1"),
    (Coach, "s-mat-2", "s-aht-1"),
    (Coach, "c-y4", "c-dht"),
    (Coach, "e-y3", "t-pl"),
    (InductionTutor, "s-eng-5", "s-aht-1"),
    (Mentor, "s-eng-5", "s-eng-2"),
    (InductionTutor, "s-hum-4", "s-aht-1"),
    (Mentor, "s-hum-4", "s-hum-1"),
    (InductionTutor, "c-y1", "c-dht"),
    (Mentor, "c-y1", "c-y3"),
];

/// Whose appraiser changed at the turn of last year, and who it was before.
const HANDED_OVER: (&str, &str) = ("s-eng-3", "s-dht-1");

/// Who holds which role, where.
const ROLES: [(&str, RoleName, Site); 28] = [
    ("s-head", R::Headteacher, Saltings),
    ("c-head", R::Headteacher, Curlew),
    ("e-head", R::Headteacher, Estuary),
    ("t-hr", R::Hr, Trust),
    ("t-hr-2", R::Hr, Estuary),
    ("t-pl", R::LearningLead, Trust),
    ("s-aht-1", R::LearningLead, Saltings),
    ("c-dht", R::LearningLead, Curlew),
    ("e-dht", R::LearningLead, Estuary),
    ("s-dht-1", R::LearningApprover, Saltings),
    ("c-head", R::LearningApprover, Curlew),
    ("e-head", R::LearningApprover, Estuary),
    ("s-bus", R::LearningViewer, Saltings),
    ("t-fin", R::LearningViewer, Trust),
    ("s-adm", R::SchoolAdmin, Saltings),
    ("c-off", R::SchoolAdmin, Curlew),
    ("e-off", R::SchoolAdmin, Estuary),
    ("t-ceo", R::TrustLeader, Trust),
    ("t-edu", R::TrustLeader, Trust),
    ("t-sys", R::TrustAdmin, Trust),
    ("t-ops", R::TrustAdmin, Trust),
    ("g-chair", R::Governor, Trust),
    ("g-sal", R::Governor, Saltings),
    ("g-cur", R::Governor, Curlew),
    ("x-adv", R::ExternalAdviser, Saltings),
    ("s-cov-1", R::LearningViewer, Saltings),
    ("z-1", R::LearningLead, Saltings),
    ("s-aht-2", R::AppraisalDelegate, Saltings),
];

/// The ties that end with an employment.
pub(super) type Ties = HashMap<(&'static str, RelationshipKind), RelationshipId>;

fn since(scene: &Scene<'_>, member: &Member) -> NaiveDate {
    scene.calendar.september(member.post.map_or(2, |p| p.since))
}

/// Appoints line managers and appraisers of a wave of people, over two parts of a span that begin at `from` and take `each`.
pub(super) async fn appoint(scene: &Scene<'_>, crew: &Crew, wave: Wave, span: Span, from: f64, each: f64) -> Result<Ties, StoreError> {
    let (mut who, mut lines, mut others) = (Vec::new(), Vec::new(), Vec::new());
    let tie = |kind: RelationshipKind, of: &Member, holder: &Member| {
        let period = Period::new(since(scene, of).max(since(scene, holder)), None)?;
        Ok::<_, StoreError>((Principal::Operator, CreateRelationship { kind, person_id: of.person, holder_id: holder.person, period }))
    };
    for member in &crew.members {
        let Some(post) = member.post.filter(|p| (wave == Wave::Starters) == (p.since == 0) && !p.under.is_empty() && member.key != "z-4") else { continue };
        let holder = crew.get(post.under)?;
        who.push(member.key);
        lines.push(tie(LineManager, member, holder)?);
        others.push(if member.key == HANDED_OVER.0 { tie(Appraiser, member, crew.get(HANDED_OVER.1)?)? } else { tie(Appraiser, member, holder)? });
    }
    let lines = scene.over(span, (from, from + each), lines).await?;
    let appraisers = scene.over(span, (from + each, from + each * 2.0), others).await?;
    let mut ties = Ties::new();
    for (key, (line, appraiser)) in who.into_iter().zip(lines.into_iter().zip(appraisers)) {
        ties.insert((key, LineManager), line.record.id);
        ties.insert((key, Appraiser), appraiser.record.id);
    }
    if wave == Wave::Founders {
        let rest = BESIDE_THE_LINE.iter().map(|(kind, of, holder)| tie(*kind, crew.get(of)?, crew.get(holder)?)).collect::<Result<Vec<_>, _>>()?;
        scene.over(span, (from + each * 2.0, from + each * 3.0), rest).await?;
    }
    Ok(ties)
}

/// Gives the roles. The external adviser's is bound to the appraisal period, and who appraises is delegated for this year; a leaver's ended with the employment.
pub(super) async fn grant(scene: &Scene<'_>, places: &Places, crew: &Crew, part: (f64, f64)) -> Result<(), StoreError> {
    let year = scene.calendar.year;
    let mut grants = Vec::new();
    for (key, role, site) in ROLES {
        let member = crew.get(key)?;
        let period = match role {
            R::ExternalAdviser => Period::new(scene.calendar.september(0), Some(date(year + 1, 12, 31)))?,
            R::AppraisalDelegate => Period::new(scene.calendar.september(0), Some(date(year + 1, 8, 31)))?,
            _ => Period::new(since(scene, member), None)?,
        };
        grants.push((Principal::Operator, GrantRole { person_id: member.person, role, organisation_id: places.at(site), period }));
    }
    let granted = scene.over(Span::Past, part, grants).await?;
    let leaver = crew.get("z-1")?.person;
    let ended = granted.iter().filter(|g| g.record.person_id == leaver);
    let ended = ended.map(|g| (Principal::Operator, EndRole { id: g.record.id, ends_on: date(year - 1, 12, 31), expected: None })).collect();
    scene.over(Span::Past, (part.1, part.1), ended).await?;
    Ok(())
}

/// Logs these people in. Nobody knows what has this digest, so the log-ins are good for nothing but this story.
pub(super) async fn log_in(scene: &Scene<'_>, crew: &mut Crew, keys: &[&'static str], part: (f64, f64)) -> Result<(), StoreError> {
    let opens = scene.calendar.moment(Span::Past, part.0);
    let mut starts = Vec::new();
    for key in keys {
        let account = crew.get(key)?.account.ok_or_else(|| StoreError::Internal(format!("{key} has no account")))?;
        let (session, password_hash) = (SessionId(scene.stage.ids.make(opens)), scene.stage.password_hash.clone());
        starts.push((Principal::Nobody, StartSession { account, password_hash, refresh_secret: Vec::new(), refresh_digest: vec![0; 32], session, days: 1 }));
    }
    for (key, session) in keys.iter().zip(scene.over(Span::Past, part, starts).await?) {
        crew.get_mut(key)?.principal = Some(Principal::Session { session: session.id, account: session.account });
    }
    Ok(())
}

/// Logs everybody out who was logged in and still has an account.
pub(super) async fn log_out(scene: &Scene<'_>, crew: &Crew) -> Result<(), StoreError> {
    let gone = ["z-1", "z-2", "z-3"];
    let ends = crew.members.iter().filter(|m| !gone.contains(&m.key)).filter_map(|m| m.principal.clone().map(|who| (who, EndSession)));
    scene.over(Span::Present, (0.999, 1.0), ends.collect()).await?;
    Ok(())
}

/// Somebody's appraiser changes at the turn of last year: the old tie ends, a new one begins.
pub(super) async fn hand_over(scene: &Scene<'_>, crew: &Crew, ties: &Ties, part: f64) -> Result<(), StoreError> {
    let year = scene.calendar.year;
    let member = crew.get(HANDED_OVER.0)?;
    let holder = crew.get(crew.appraiser_of(HANDED_OVER.0)?)?;
    if let Some(id) = ties.get(&(HANDED_OVER.0, Appraiser)) {
        let end = EndRelationship { id: *id, ends_on: date(year - 1, 12, 31), expected: None };
        scene.over(Span::Past, (part, part), vec![(Principal::Operator, end)]).await?;
    }
    let period = Period::new(date(year, 1, 1), None)?;
    let new = CreateRelationship { kind: Appraiser, person_id: member.person, holder_id: holder.person, period };
    scene.over(Span::Past, (part, part), vec![(Principal::Operator, new)]).await?;
    let patch = PersonPatch { preferred_name: Some(Some(say("Jo")?)), ..PersonPatch::default() };
    let id = crew.get("s-aht-2")?.person;
    scene.over(Span::Past, (part, part), vec![(Principal::Operator, UpdatePerson { id, patch, expected: None })]).await?;
    Ok(())
}

/// When somebody leaves.
#[derive(Debug, Clone, Copy)]
pub(super) enum Leaving {
    /// At Christmas of last year.
    Christmas,
    /// In the summer of last year.
    Summer,
    /// Next month, or at the end of the year if that is earlier: notice has been given.
    Soon,
}

/// Ends employments, with the ties that hang on them.
pub(super) async fn leave(scene: &Scene<'_>, crew: &Crew, ties: &Ties, keys: &[&'static str], when: Leaving, span: Span, part: f64) -> Result<(), StoreError> {
    let calendar = &scene.calendar;
    let ends_on = match when {
        Leaving::Christmas => date(calendar.year - 1, 12, 31),
        Leaving::Summer => date(calendar.year, 8, 31),
        Leaving::Soon => end_of_month(calendar.today, 1).min(date(calendar.year + 1, 8, 31)),
    };
    let (mut contracts, mut ended) = (Vec::new(), Vec::new());
    for key in keys {
        let patch = EmploymentPatch { ends_on: Some(Some(ends_on)), ..EmploymentPatch::default() };
        contracts.push((Principal::Operator, UpdateEmployment { id: crew.employment(key)?, patch, expected: None }));
        for kind in [LineManager, Appraiser] {
            ended.extend(ties.get(&(*key, kind)).map(|id| (Principal::Operator, EndRelationship { id: *id, ends_on, expected: None })));
        }
    }
    scene.over(span, (part, part), contracts).await?;
    scene.over(span, (part, part), ended).await?;
    Ok(())
}

/// Disables the accounts of those who have left.
pub(super) async fn disable(scene: &Scene<'_>, crew: &Crew, keys: &[&'static str], span: Span, part: f64) -> Result<(), StoreError> {
    let mut accounts = Vec::new();
    for key in keys {
        let id = crew.get(key)?.account.ok_or_else(|| StoreError::Internal(format!("{key} has no account")))?;
        accounts.push((Principal::Operator, EnableAccount { id, enabled: false, expected: None }));
    }
    scene.over(span, (part, part), accounts).await?;
    Ok(())
}
