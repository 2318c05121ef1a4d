//! A learning statement: each part is read under the permission of its own list, so that the statement is no second way to anything. The number of
//! statements to the database is fixed, but for the schools that somebody worked at in the year.

use super::prelude::*;
use crate::{
    learning_statement::{GetLearningStatement, LearningStatement},
    training::{ListCompliance, Portion},
};
use trellis_domain::{
    access::{self as rules, Permission, Reach},
    employment::Employment,
    id::PersonId,
    time::{Period, academic_year_days},
};

/// Required training that a statement holds at most.
const REQUIRED: usize = 200;

/// Does this reach cover the person, by themselves or by one of these posts of theirs?
async fn known(cx: &mut Cx<'_>, reach: &Reach, person: PersonId, posts: &[Employment]) -> Result<bool> {
    if reach.everywhere || reach.people.contains(&person) {
        return Ok(true);
    }
    for post in posts {
        if access::covers(cx, reach, Some(post.organisation_id), Some(person), None).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The posts that they held in the year, if the caller may know of their learning.
async fn posts_in_sight(cx: &mut Cx<'_>, person: PersonId, year: Period) -> Result<Vec<Employment>> {
    let posts: Vec<Employment> = super::employment::of_person(cx, person).await?.into_iter().filter(|post| post.period.overlaps(&year)).collect();
    let reach = cx.reach.clone();
    if !known(cx, &reach, person, &posts).await? {
        return Err(StoreError::Missing);
    }
    super::person::names_are_told(cx)?;
    Ok(posts)
}

/// The caller's reach under this permission, if it covers the person.
async fn part(cx: &mut Cx<'_>, permission: Permission, person: PersonId, posts: &[Employment]) -> Result<bool> {
    let reach = rules::reach(&cx.caller, permission).unwrap_or_default();
    if !known(cx, &reach, person, posts).await? {
        return Ok(false);
    }
    cx.reach = reach;
    Ok(true)
}

impl Read<Here> for GetLearningStatement {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<LearningStatement> {
        let (person, days) = (self.person_id, academic_year_days(self.academic_year)?);
        let year = Period { starts_on: days.0, ends_on: days.1.pred_opt() };
        let posts = posts_in_sight(cx, person, year).await?;
        let name = super::person::names(cx, vec![person.into()]).await?.remove(&Uid::from(person)).ok_or(StoreError::Missing)?;
        let mut worked = Vec::with_capacity(posts.len());
        // where else they work is told by a statement to nobody who could not read it of the person
        let reads = super::person::records_reach(cx);
        for post in &posts {
            if !super::access::covers(cx, &reads, Some(post.organisation_id), Some(person), None).await? {
                continue;
            }
            worked.push((post.job_title.clone(), super::organisation::load(cx, post.organisation_id).await?.name));
        }
        let (records, more) = super::learning::of_year(cx, person, days, self.shared_only).await?;
        let sessions = match part(cx, Permission::ReadEnrolments, person, &posts).await? {
            true => Some(super::enrolment::attended_by(cx, person, days).await?),
            false => None,
        };
        let training = match part(cx, Permission::ReadCompliance, person, &posts).await? {
            true => {
                let day = cx.act.today().min(year.ends_on.unwrap_or(days.1));
                let all = ListCompliance {
                    organisation_id: None,
                    as_of: Some(day),
                    requirement_id: None,
                    status: None,
                    person_id: Some(person),
                    after: None,
                    portion: Portion::Entries(REQUIRED),
                };
                Some((day, all.run(cx).await?.items))
            }
            false => None,
        };
        let checkpoints = match part(cx, Permission::ReadRequests, person, &posts).await? {
            true => Some(super::request::impact::recorded_by(cx, person, days).await?),
            false => None,
        };
        let findings = match rules::reach(&cx.caller, Permission::ReadFindings).is_ok() {
            true => Some(super::finding::named(cx, person, days).await?),
            false => None,
        };
        Ok(LearningStatement {
            name,
            posts: worked,
            academic_year: self.academic_year,
            own: cx.caller.person() == Some(person),
            records,
            more,
            sessions,
            training,
            checkpoints,
            findings,
        })
    }
}

/// What `explain` judges by: whose learning one may know of, of this year.
pub(super) async fn explain(cx: &mut Cx<'_>, id: PersonId, _: &Doing) -> Result<Can> {
    let (from, to) = academic_year_days(trellis_domain::time::academic_year(cx.act.today()))?;
    posts_in_sight(cx, id, Period { starts_on: from, ends_on: to.pred_opt() }).await.map(|_| Can::new())
}
