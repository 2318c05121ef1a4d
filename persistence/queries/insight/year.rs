//! Figures of an academic year: the learning share, and how learning and places were shared out.

use super::{super::prelude::*, counted, figure, kept, places, query, rows, st};
use crate::{
    column::sql::{Guid, Instant},
    insight::{Fairness, Figures, ReadFairAccess, ReadLearningShare, ReadSpending},
};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use diesel::{QueryableByName, sql_query};
use std::collections::HashMap;
use trellis_domain::{
    id::OrganisationId,
    insight::{Access, AgreedObjectives, Post, Share, Spending, Spent, Spoken, decided, fair_access, learning_share, spending},
    objective::{ObjectiveKind, ObjectiveOrigin},
    request::RequestState,
    text::Wire,
    time::academic_year_days,
};

fn midnight(day: NaiveDate) -> Moment {
    Moment(DateTime::<Utc>::from_naive_utc_and_offset(day.and_time(NaiveTime::MIN), Utc))
}

/// An objective was agreed in the year if that is when the agreement that stands was made; one that was set in spite of dissent was not agreed.
macro_rules! agreed {
    ($at:expr, $so:expr, $within:expr) => {
        concat!(
            "
SELECT o.organisation_id, o.person_id, o.kind, o.origin, (o.learning_needed IS NOT NULL) AS needs_learning,
  EXISTS (SELECT 1 FROM learning_record_objectives l WHERE l.tenant_id = o.tenant_id AND l.objective_id = o.id) AS has_learning,
  COALESCE(o.proposed_by = o.person_id, FALSE) AS proposed_by_owner,
  EXISTS (SELECT 1 FROM objective_revisions r WHERE r.tenant_id = o.tenant_id AND r.objective_id = o.id AND r.revised_by = o.person_id) AS revised_by_owner,
  COUNT(*) AS n
FROM ",
            $at,
            "objectives o
WHERE o.tenant_id = $1 AND (o.agreed_at >= $2 AND o.agreed_at < $3)",
            $so,
            " AND o.private_to IS NULL AND o.state NOT IN ('draft', 'proposed', 'withdrawn')",
            $within,
            "
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"
        )
    };
}
const AGREED: super::Query = query!(agreed, "o", "$1", "$4");

#[derive(QueryableByName)]
struct AgreedRow {
    #[diesel(sql_type = Guid)]
    organisation_id: Uid,
    #[diesel(sql_type = Guid)]
    person_id: Uid,
    #[diesel(sql_type = st::Text)]
    kind: String,
    #[diesel(sql_type = st::Text)]
    origin: String,
    #[diesel(sql_type = st::Bool)]
    needs_learning: bool,
    #[diesel(sql_type = st::Bool)]
    has_learning: bool,
    #[diesel(sql_type = st::Bool)]
    proposed_by_owner: bool,
    #[diesel(sql_type = st::Bool)]
    revised_by_owner: bool,
    #[diesel(sql_type = st::BigInt)]
    n: i64,
}

/// Does learning run through the objective that an action is for? As through an objective by itself.
macro_rules! thread_of {
    () => {
        "EXISTS (SELECT 1 FROM objectives o WHERE o.tenant_id = a.tenant_id AND o.id = a.objective_id AND (o.kind = 'growth_inquiry' OR o.learning_needed IS NOT NULL
    OR EXISTS (SELECT 1 FROM learning_record_objectives l WHERE l.tenant_id = o.tenant_id AND l.objective_id = o.id)))"
    };
}
/// Actions that were agreed in the year, and not given up. What stands in the support lane is counted nowhere.
macro_rules! actions {
    ($at:expr, $so:expr, $within:expr) => {
        concat!(
            "
SELECT x.organisation_id, x.person_id, x.thread, COUNT(*) AS n FROM (
  SELECT a.organisation_id, a.person_id, (c.kind = 'coaching' OR ",
            thread_of!(),
            ") AS thread
  FROM ",
            $at,
            "agreed_actions a JOIN conversations c ON c.tenant_id = a.tenant_id AND c.id = a.conversation_id
  WHERE (a.created_at >= $1)",
            $so,
            " AND a.tenant_id = $2 AND a.created_at < $3 AND a.lane <> 'support' AND a.state <> 'dropped'",
            $within,
            ") x
GROUP BY x.organisation_id, x.person_id, x.thread"
        )
    };
}
const ACTIONS: super::Query = query!(actions, "a", "$2", "$4");
/// Conversations that were held in the year. Learning runs through one if it was for coaching, if something was agreed in it that carries a thread, or if
/// the appraisee had recorded learning since the conversation before it that both could speak of: it is shown to the appraiser, the leaders, or the other by name.
macro_rules! conversations {
    ($at:expr, $so:expr, $within:expr) => {
        concat!(
            "
SELECT x.organisation_id, x.person_id, x.thread, COUNT(*) AS n FROM (
  SELECT c.organisation_id, c.person_id, (c.kind = 'coaching'
    OR EXISTS (SELECT 1 FROM agreed_actions a WHERE a.tenant_id = c.tenant_id AND a.conversation_id = c.id AND a.state <> 'dropped' AND ",
            thread_of!(),
            ")
    OR EXISTS (SELECT 1 FROM learning_records l WHERE l.tenant_id = c.tenant_id AND l.person_id = c.person_id
      AND l.created_at <= c.held_at AND l.created_at > COALESCE(c.before, $1)
      AND (l.for_appraiser OR l.for_leaders OR EXISTS (SELECT 1 FROM learning_record_readers k
        WHERE k.tenant_id = l.tenant_id AND k.learning_record_id = l.id AND k.person_id = c.partner_id)))) AS thread
  FROM (SELECT h.*, LAG(h.held_at) OVER (PARTITION BY h.employment_id ORDER BY h.held_at) AS before
    FROM ",
            $at,
            "conversations h WHERE h.tenant_id = $2 AND (h.held_at < $3)",
            $so,
            " AND h.lane <> 'support' AND h.state <> 'cancelled'",
            $within,
            ") c
  WHERE c.held_at >= $1) x
GROUP BY x.organisation_id, x.person_id, x.thread"
        )
    };
}
const CONVERSATIONS: super::Query = query!(conversations, "h", "$2", "$4");

#[derive(QueryableByName)]
struct SpokenRow {
    #[diesel(sql_type = Guid)]
    organisation_id: Uid,
    #[diesel(sql_type = Guid)]
    person_id: Uid,
    #[diesel(sql_type = st::Bool)]
    thread: bool,
    #[diesel(sql_type = st::BigInt)]
    n: i64,
}

async fn spoken(cx: &mut Cx<'_>, query: super::Query, (from, to): (NaiveDate, NaiveDate)) -> Result<Vec<Spoken>> {
    let rows: Vec<SpokenRow> = rows!(query, cx, query => query
        .bind::<Instant, _>(midnight(from))
        .bind::<Guid, _>(cx.tenant())
        .bind::<Instant, _>(midnight(to)));
    let spoken =
        |SpokenRow { organisation_id, person_id, thread, n }| Spoken { organisation: organisation_id.to(), person: person_id.to(), thread, count: figure(n) };
    Ok(rows.into_iter().map(spoken).collect())
}

impl Read<Here> for ReadLearningShare {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Figures<Share>> {
        let (from, to) = academic_year_days(self.academic_year)?;
        let places = places(cx).await?;
        let rows: Vec<AgreedRow> = rows!(AGREED, cx, query => query
            .bind::<Guid, _>(cx.tenant())
            .bind::<Instant, _>(midnight(from))
            .bind::<Instant, _>(midnight(to)));
        let agreed = |row: AgreedRow| {
            let AgreedRow { organisation_id, person_id, kind, origin, needs_learning, has_learning, proposed_by_owner, revised_by_owner, n } = row;
            Ok(AgreedObjectives {
                organisation: organisation_id.to(),
                person: person_id.to(),
                kind: ObjectiveKind::parse(&kind).map_err(corrupt)?,
                origin: ObjectiveOrigin::parse(&origin).map_err(corrupt)?,
                needs_learning,
                has_learning,
                proposed_by_owner,
                revised_by_owner,
                count: figure(n),
            })
        };
        let found: Vec<AgreedObjectives> = rows.into_iter().map(agreed).collect::<Result<_>>()?;
        let (actions, conversations) = (spoken(cx, ACTIONS, (from, to)).await?, spoken(cx, CONVERSATIONS, (from, to)).await?);
        let with_figures = found.iter().map(|f| f.organisation).chain(actions.iter().chain(&conversations).map(|s| s.organisation));
        let places = counted(places, with_figures);
        let (rows, all) = learning_share(&places.iter().map(|p| p.id).collect::<Vec<_>>(), &found, &actions, &conversations);
        kept(cx, places, rows, all, self.organisation_id).await
    }
}

/// Every post that was held on some day of the year, with what its holder learned and was enrolled for in it. What they learned is added up post by post, from an
/// index alone: of other years nothing is read.
macro_rules! posts {
    ($posts:expr, $enrolments:expr, [$in_posts:expr, $in_enrolments:expr]) => {
        concat!(
            "
SELECT e.id, e.organisation_id, e.person_id, e.staff_category, (e.fte_percent >= 100) AS full_time,
  CAST(COALESCE((SELECT SUM(r.minutes) FROM learning_records r
    WHERE r.tenant_id = $1 AND r.employment_id = e.id AND r.started_on >= $2 AND r.started_on < $3), 0) AS BIGINT) AS minutes,
  CAST(COALESCE(n.placed, 0) AS BIGINT) AS placed, CAST(COALESCE(n.waiting, 0) AS BIGINT) AS waiting
FROM ",
            $posts,
            "
LEFT JOIN (SELECT x.employment_id, COUNT(*) FILTER (WHERE x.state IN ('enrolled', 'attended', 'absent')) AS placed,
    COUNT(*) FILTER (WHERE x.state = 'waiting') AS waiting
  FROM ",
            $enrolments,
            "
  WHERE s.tenant_id = $1 AND s.state = 'scheduled' AND s.starts_at >= $4 AND s.starts_at < $5 AND x.tenant_id = $1 AND x.session_id = s.id",
            $in_enrolments,
            " GROUP BY x.employment_id) n ON n.employment_id = e.id
WHERE e.tenant_id = $1 AND e.starts_on < $3 AND (e.ends_on IS NULL OR e.ends_on >= $2)",
            $in_posts
        )
    };
}
macro_rules! placed {
    ($alias:literal) => {
        concat!(" AND w.tenant_id = $1 AND w.ancestor_id = $6 AND ", $alias, ".organisation_id = w.descendant_id")
    };
}
/// The part of the tree, where it is one, is bound last.
const POSTS: super::Query = super::Query {
    whole: posts!("employments e", "learning_sessions s CROSS JOIN enrolments x", ["", ""]),
    part: posts!(
        "organisation_paths w CROSS JOIN employments e",
        "organisation_paths w CROSS JOIN enrolments x CROSS JOIN learning_sessions s",
        [placed!("e"), placed!("x")]
    ),
};

#[derive(QueryableByName)]
struct PostRow {
    #[diesel(sql_type = Guid)]
    id: Uid,
    #[diesel(sql_type = Guid)]
    organisation_id: Uid,
    #[diesel(sql_type = Guid)]
    person_id: Uid,
    #[diesel(sql_type = st::Text)]
    staff_category: String,
    #[diesel(sql_type = st::Bool)]
    full_time: bool,
    #[diesel(sql_type = st::BigInt)]
    minutes: i64,
    #[diesel(sql_type = st::BigInt)]
    placed: i64,
    #[diesel(sql_type = st::BigInt)]
    waiting: i64,
}

/// What was asked for in the year: it starts in it. Until when it waited is its last decision.
macro_rules! asked {
    ($at:expr, $so:expr, $within:expr) => {
        concat!(
            "
SELECT q.employment_id, q.state, q.spent_pence, q.submitted_at,
  (SELECT MAX(d.decided_at) FROM learning_request_decisions d
    WHERE d.tenant_id = q.tenant_id AND d.learning_request_id = q.id AND d.decision IN ('approved', 'declined', 'manager_declined')) AS decided_at
FROM ",
            $at,
            "learning_requests q WHERE q.tenant_id = $1 AND (q.starts_on >= $2 AND q.starts_on < $3)",
            $so,
            " AND q.submitted_at IS NOT NULL",
            $within
        )
    };
}
const ASKED: super::Query = query!(asked, "q", "$1", "$4");

#[derive(QueryableByName)]
struct AskedRow {
    #[diesel(sql_type = Guid)]
    employment_id: Uid,
    #[diesel(sql_type = st::Text)]
    state: String,
    #[diesel(sql_type = st::Nullable<st::Integer>)]
    spent_pence: Option<i32>,
    #[diesel(sql_type = st::Nullable<Instant>)]
    submitted_at: Option<Moment>,
    #[diesel(sql_type = st::Nullable<Instant>)]
    decided_at: Option<Moment>,
}
/// What the requests of one employment came to.
#[derive(Debug, Clone, Copy, Default)]
struct Asked {
    spent_pence: u64,
    approved: u64,
    declined: u64,
    waited_days: u64,
}
impl AskedRow {
    fn add(self, to: &mut HashMap<Uid, Asked>) -> Result<()> {
        let Self { employment_id, state, spent_pence, submitted_at, decided_at } = self;
        let sums = to.entry(employment_id).or_default();
        sums.spent_pence += u64::try_from(spent_pence.unwrap_or_default()).unwrap_or_default();
        let Some(approved) = decided(RequestState::parse(&state).map_err(corrupt)?) else { return Ok(()) };
        *(if approved { &mut sums.approved } else { &mut sums.declined }) += 1;
        let waited = submitted_at.zip(decided_at).map_or(0, |(from, to)| (to.0 - from.0).num_days());
        sums.waited_days += u64::try_from(waited).unwrap_or_default();
        Ok(())
    }
}

impl Read<Here> for ReadFairAccess {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fairness> {
        let (from, to) = academic_year_days(self.academic_year)?;
        let phases: HashMap<OrganisationId, Option<String>> = places(cx).await?.into_iter().map(|place| (place.id, place.phase)).collect();
        let (query, part) = POSTS.of(cx).await?;
        let query = sql_query(query)
            .bind::<Guid, _>(cx.tenant())
            .bind::<st::Date, _>(from)
            .bind::<st::Date, _>(to)
            .bind::<Instant, _>(midnight(from))
            .bind::<Instant, _>(midnight(to));
        let rows: Vec<PostRow> = match part {
            Some(part) => query.bind::<Guid, _>(part).all(cx.conn()).await?,
            None => query.all(cx.conn()).await?,
        };
        let asked: Vec<AskedRow> = rows!(ASKED, cx, query => query.bind::<Guid, _>(cx.tenant()).bind::<st::Date, _>(from).bind::<st::Date, _>(to));
        let mut requests: HashMap<Uid, Asked> = HashMap::new();
        for row in asked {
            row.add(&mut requests)?;
        }
        let rows: Vec<PostRow> = rows.into_iter().filter(|r| phases.contains_key(&r.organisation_id.to())).collect();
        let by = |group: &dyn Fn(&PostRow) -> String| {
            let post = |r: &PostRow| {
                let Asked { spent_pence, approved, declined, waited_days } = requests.get(&r.id).copied().unwrap_or_default();
                Post {
                    person: r.person_id.to(),
                    group: group(r),
                    minutes: figure(r.minutes),
                    placed: figure(r.placed),
                    waiting: figure(r.waiting),
                    spent_pence,
                    approved,
                    declined,
                    waited_days,
                }
            };
            fair_access(&rows.iter().map(post).collect::<Vec<_>>())
        };
        let phase = |r: &PostRow| phases.get(&r.organisation_id.to()).cloned().flatten().unwrap_or_else(|| "not_known".into());
        let (_, all) = by(&|_| "all".into());
        // the money of a phase is its schools': it is told where that of every school is, or one table could be taken from the other
        let told = !by(&|r| r.organisation_id.0.to_string()).0.iter().any(|(_, school)| school.spent_pence.is_none());
        let by_phase = by(&phase).0.into_iter().map(|(name, of)| (name, Access { spent_pence: of.spent_pence.filter(|_| told), ..of }));
        Ok(Fairness {
            by_phase: by_phase.collect(),
            by_staff_category: by(&|r| r.staff_category.clone()).0,
            by_working_time: by(&|r| if r.full_time { "full_time" } else { "part_time" }.into()).0,
            all,
        })
    }
}

/// What was spent on what starts in the year. It serves a priority by itself or through an objective; something is known of what came of it once it was
/// reviewed, or a checkpoint was recorded.
macro_rules! spent {
    ($at:expr, $so:expr, $within:expr) => {
        concat!(
            "
SELECT q.organisation_id, q.person_id,
  (EXISTS (SELECT 1 FROM learning_request_priorities p WHERE p.tenant_id = q.tenant_id AND p.learning_request_id = q.id)
    OR EXISTS (SELECT 1 FROM learning_request_objectives o JOIN objective_priorities p ON p.tenant_id = o.tenant_id AND p.objective_id = o.objective_id
      WHERE o.tenant_id = q.tenant_id AND o.learning_request_id = q.id)) AS serves,
  (q.state IN ('impact_reviewed', 'closed')
    OR EXISTS (SELECT 1 FROM impact_checkpoints c WHERE c.tenant_id = q.tenant_id AND c.learning_request_id = q.id AND c.outcome IS NOT NULL)) AS followed_up,
  CAST(q.spent_pence AS BIGINT) AS spent_pence
FROM ",
            $at,
            "learning_requests q WHERE q.tenant_id = $1 AND (q.starts_on >= $2 AND q.starts_on < $3)",
            $so,
            " AND q.spent_pence > 0",
            $within
        )
    };
}
const SPENT: super::Query = query!(spent, "q", "$1", "$4");

#[derive(QueryableByName)]
struct SpentRow {
    #[diesel(sql_type = Guid)]
    organisation_id: Uid,
    #[diesel(sql_type = Guid)]
    person_id: Uid,
    #[diesel(sql_type = st::Bool)]
    serves: bool,
    #[diesel(sql_type = st::Bool)]
    followed_up: bool,
    #[diesel(sql_type = st::BigInt)]
    spent_pence: i64,
}

impl Read<Here> for ReadSpending {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Figures<Spent>> {
        let (from, to) = academic_year_days(self.academic_year)?;
        let places = places(cx).await?;
        let rows: Vec<SpentRow> = rows!(SPENT, cx, query => query.bind::<Guid, _>(cx.tenant()).bind::<st::Date, _>(from).bind::<st::Date, _>(to));
        let one = |SpentRow { organisation_id, person_id, serves, followed_up, spent_pence }| Spending {
            organisation: organisation_id.to(),
            person: person_id.to(),
            serves,
            followed_up,
            spent_pence: figure(spent_pence),
        };
        let found: Vec<Spending> = rows.into_iter().map(one).collect();
        let places = counted(places, found.iter().map(|f| f.organisation));
        let (rows, all) = spending(&places.iter().map(|p| p.id).collect::<Vec<_>>(), &found);
        kept(cx, places, rows, all, self.organisation_id).await
    }
}
