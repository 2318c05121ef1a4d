//! Trellis's get of one objective on PostgreSQL as somebody would write it by hand: the same statements in the same order, prepared, on one
//! pipelined connection of each worker, and the row as JSON. No token is read, nothing is decided.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, NaiveDate, Utc};
use futures_util::future::try_join_all;
use serde::Serialize;
use tokio::sync::OnceCell;
use tokio_postgres::{Client, Error, NoTls, Row, Statement};
use uuid::Uuid;

/// Of the caller nothing is asked: a server that knew them a moment ago asks only whether anything has happened since.
const STATEMENTS: [&str; 5] = [
    "SELECT authority_hash FROM tenants WHERE id = $1",
    "SELECT tenant_id, id, employment_id, person_id, organisation_id, cycle_id, origin, author_id, private_to, state, kind, title, description, inquiry_question, \
     inquiry_current_practice, inquiry_change_tried, inquiry_evidence, inquiry_finding, evidence_plan, support_needed, learning_needed, due_on, proposed_by, \
     agreed_by, agreed_at, dissent, last_reason, revision, version, created_at, updated_at FROM objectives WHERE tenant_id = $1 AND id = $2",
    "SELECT objective_id, 0, position, id, text FROM success_criteria WHERE tenant_id = $1 AND objective_id = $2 \
     UNION ALL SELECT objective_id, 1, position, standard_id, NULL FROM objective_standards WHERE tenant_id = $1 AND objective_id = $2 \
     UNION ALL SELECT objective_id, 2, position, priority_id, NULL FROM objective_priorities WHERE tenant_id = $1 AND objective_id = $2 \
     UNION ALL SELECT objective_id, 3, 0, objective_id, NULL FROM bulk_objectives WHERE tenant_id = $1 AND objective_id = $2 \
     UNION ALL SELECT objective_id, 4, 0, successor_id, NULL FROM objective_successions WHERE tenant_id = $1 AND (objective_id = $2 OR successor_id = $2)",
    "SELECT version FROM objectives WHERE tenant_id = $1 AND id = $2",
    "SELECT EXISTS (SELECT 1 FROM abandoned_inquiries WHERE tenant_id = $1 AND objective_id = $2), \
     EXISTS (SELECT 1 FROM findings WHERE tenant_id = $1 AND objective_id = $2 AND state = 'published')",
];

struct Open {
    client: Client,
    statements: Vec<Statement>,
}

/// One worker's connection.
pub struct Raw {
    url: String,
    tenant: Uuid,
    open: OnceCell<Open>,
}

impl Raw {
    pub fn new(url: &str, tenant: Uuid) -> Self {
        Self { url: url.into(), tenant, open: OnceCell::new() }
    }
    async fn connect(&self) -> Result<Open, Error> {
        let (client, connection) = tokio_postgres::connect(&self.url, NoTls).await?;
        actix_web::rt::spawn(connection);
        let statements = try_join_all(STATEMENTS.iter().map(|sql| client.prepare(sql))).await?;
        Ok(Open { client, statements })
    }
    async fn objective(&self, id: Uuid) -> Result<Option<Objective>, Error> {
        let tenant = self.tenant;
        let Open { client, statements } = self.open.get_or_try_init(|| self.connect()).await?;
        let [authority, row, parts, version, inquiry] = statements.as_slice() else { return Ok(None) };
        let _: Vec<u8> = client.query_one(authority, &[&tenant]).await?.try_get(0)?;
        let Some(row) = client.query_opt(row, &[&tenant, &id]).await? else { return Ok(None) };
        let mut objective = Objective::of(&row)?;
        let mut found = Vec::new();
        for part in client.query(parts, &[&tenant, &id]).await? {
            found.push((part.try_get::<_, i32>(2)?, part.try_get::<_, i32>(1)?, part.try_get::<_, Uuid>(3)?, part.try_get::<_, Option<String>>(4)?));
        }
        found.sort_unstable_by_key(|(position, ..)| *position);
        for (_, part, other, text) in found {
            match part {
                0 => objective.success_criteria.push(Criterion { id: other, text: text.unwrap_or_default() }),
                1 => objective.standard_ids.push(other),
                2 => objective.priority_ids.push(other),
                _ => {}
            }
        }
        let version: i64 = client.query_one(version, &[&tenant, &id]).await?.try_get(0)?;
        let inquiry = client.query_one(inquiry, &[&tenant, &id]).await?;
        let _: (bool, bool) = (inquiry.try_get(0)?, inquiry.try_get(1)?);
        Ok((version == objective.version).then_some(objective))
    }
}

#[derive(Serialize)]
struct Criterion {
    id: Uuid,
    text: String,
}
#[derive(Serialize)]
struct Inquiry {
    question: String,
    current_practice: Option<String>,
    change_tried: Option<String>,
    evidence: Option<String>,
    finding: Option<String>,
}
#[derive(Serialize)]
struct Objective {
    id: Uuid,
    employment_id: Uuid,
    person_id: Uuid,
    organisation_id: Uuid,
    cycle_id: Option<Uuid>,
    origin: String,
    author_id: Uuid,
    state: String,
    kind: String,
    title: String,
    description: Option<String>,
    inquiry: Option<Inquiry>,
    evidence_plan: Option<String>,
    support_needed: Option<String>,
    learning_needed: Option<String>,
    due_on: Option<NaiveDate>,
    success_criteria: Vec<Criterion>,
    standard_ids: Vec<Uuid>,
    priority_ids: Vec<Uuid>,
    proposed_by: Option<Uuid>,
    agreed_by: Option<Uuid>,
    agreed_at: Option<DateTime<Utc>>,
    dissent: Option<String>,
    last_reason: Option<String>,
    revision: i32,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}
impl Objective {
    fn of(row: &Row) -> Result<Self, Error> {
        let inquiry = match row.try_get(13)? {
            Some(question) => Some(Inquiry {
                question,
                current_practice: row.try_get(14)?,
                change_tried: row.try_get(15)?,
                evidence: row.try_get(16)?,
                finding: row.try_get(17)?,
            }),
            None => None,
        };
        Ok(Self {
            id: row.try_get(1)?,
            employment_id: row.try_get(2)?,
            person_id: row.try_get(3)?,
            organisation_id: row.try_get(4)?,
            cycle_id: row.try_get(5)?,
            origin: row.try_get(6)?,
            author_id: row.try_get(7)?,
            state: row.try_get(9)?,
            kind: row.try_get(10)?,
            title: row.try_get(11)?,
            description: row.try_get(12)?,
            inquiry,
            evidence_plan: row.try_get(18)?,
            support_needed: row.try_get(19)?,
            learning_needed: row.try_get(20)?,
            due_on: row.try_get(21)?,
            success_criteria: Vec::new(),
            standard_ids: Vec::new(),
            priority_ids: Vec::new(),
            proposed_by: row.try_get(22)?,
            agreed_by: row.try_get(23)?,
            agreed_at: row.try_get(24)?,
            dissent: row.try_get(25)?,
            last_reason: row.try_get(26)?,
            revision: row.try_get(27)?,
            version: row.try_get(28)?,
            created_at: row.try_get(29)?,
            updated_at: row.try_get(30)?,
        })
    }
}

pub async fn get(raw: web::Data<Raw>, id: web::Path<Uuid>) -> HttpResponse {
    match raw.objective(*id).await {
        Ok(Some(objective)) => HttpResponse::Ok().json(objective),
        Ok(None) => HttpResponse::NotFound().finish(),
        Err(e) => HttpResponse::ServiceUnavailable().body(e.to_string()),
    }
}
