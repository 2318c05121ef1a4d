//! Trellis's get of one objective on PostgreSQL as somebody would write it by hand: the same statements in the same order, prepared, on one
//! pipelined connection of each worker, and the row as JSON. No token is read, nothing is decided.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, NaiveDate, Utc};
use futures_util::future::try_join_all;
use serde::Serialize;
use tokio::sync::OnceCell;
use tokio_postgres::{Client, Error, NoTls, Row, Statement};
use uuid::Uuid;

/// Who asks.
#[derive(Clone, Copy)]
pub struct Facts {
    pub tenant: Uuid,
    pub session: Uuid,
    pub account: Uuid,
    pub person: Uuid,
}

const STATEMENTS: [&str; 10] = [
    "SELECT a.person_id, a.disabled_at, s.revoked_at, s.expires_at FROM sessions s INNER JOIN accounts a ON a.tenant_id = s.tenant_id AND a.id = s.account_id \
     WHERE s.tenant_id = $1 AND s.id = $2 AND a.id = $3",
    "SELECT r.role, r.organisation_id, o.parent_id FROM roles r INNER JOIN organisations o ON o.tenant_id = r.tenant_id AND o.id = r.organisation_id \
     WHERE r.tenant_id = $1 AND r.person_id = $2 AND r.starts_on <= $3 AND (r.ends_on IS NULL OR r.ends_on >= $4)",
    "SELECT person_id FROM relationships WHERE tenant_id = $1 AND holder_id = $2 AND kind = $3 AND starts_on <= $4 AND (ends_on IS NULL OR ends_on >= $5)",
    "SELECT tenant_id, id, employment_id, person_id, organisation_id, cycle_id, origin, author_id, private_to, state, kind, title, description, inquiry_question, \
     inquiry_current_practice, inquiry_change_tried, inquiry_evidence, inquiry_finding, evidence_plan, support_needed, learning_needed, due_on, proposed_by, \
     agreed_by, agreed_at, dissent, last_reason, revision, version, created_at, updated_at FROM objectives WHERE tenant_id = $1 AND id = $2",
    "SELECT tenant_id, objective_id, id, position, text FROM success_criteria WHERE tenant_id = $1 AND objective_id = ANY($2) ORDER BY objective_id, position",
    "SELECT objective_id, standard_id FROM objective_standards WHERE tenant_id = $1 AND objective_id = ANY($2) ORDER BY objective_id, position",
    "SELECT objective_id, priority_id FROM objective_priorities WHERE tenant_id = $1 AND objective_id = ANY($2) ORDER BY objective_id, position",
    "SELECT version FROM objectives WHERE tenant_id = $1 AND id = $2",
    "SELECT organisation_id FROM employments WHERE tenant_id = $1 AND person_id = $2 AND starts_on <= $3 AND (ends_on IS NULL OR ends_on >= $4)",
    "SELECT person_id FROM relationships WHERE tenant_id = $1 AND holder_id = $2 AND kind = $3 AND starts_on <= $4 AND (ends_on IS NULL OR ends_on >= $5)",
];

struct Open {
    client: Client,
    statements: Vec<Statement>,
}

/// One worker's connection.
pub struct Raw {
    url: String,
    facts: Facts,
    open: OnceCell<Open>,
}

impl Raw {
    pub fn new(url: &str, facts: Facts) -> Self {
        Self { url: url.into(), facts, open: OnceCell::new() }
    }
    async fn connect(&self) -> Result<Open, Error> {
        let (client, connection) = tokio_postgres::connect(&self.url, NoTls).await?;
        actix_web::rt::spawn(connection);
        let statements = try_join_all(STATEMENTS.iter().map(|sql| client.prepare(sql))).await?;
        Ok(Open { client, statements })
    }
    async fn objective(&self, id: Uuid) -> Result<Option<Objective>, Error> {
        let Facts { tenant, session, account, person } = self.facts;
        let Open { client, statements } = self.open.get_or_try_init(|| self.connect()).await?;
        let today = Utc::now().date_naive();
        let session = client.query_one(&statements[0], &[&tenant, &session, &account]).await?;
        let _: (Uuid, Option<DateTime<Utc>>, Option<DateTime<Utc>>, DateTime<Utc>) =
            (session.try_get(0)?, session.try_get(1)?, session.try_get(2)?, session.try_get(3)?);
        for role in client.query(&statements[1], &[&tenant, &person, &today, &today]).await? {
            let _: (String, Uuid, Option<Uuid>) = (role.try_get(0)?, role.try_get(1)?, role.try_get(2)?);
        }
        for employer in client.query(&statements[8], &[&tenant, &person, &today, &today]).await? {
            let _: Uuid = employer.try_get(0)?;
        }
        for managed in client.query(&statements[9], &[&tenant, &person, &"line_manager", &today, &today]).await? {
            let _: Uuid = managed.try_get(0)?;
        }
        for appraisee in client.query(&statements[2], &[&tenant, &person, &"appraiser", &today, &today]).await? {
            let _: Uuid = appraisee.try_get(0)?;
        }
        let Some(row) = client.query_opt(&statements[3], &[&tenant, &id]).await? else { return Ok(None) };
        let mut objective = Objective::of(&row)?;
        let ids = vec![id];
        for criterion in client.query(&statements[4], &[&tenant, &ids]).await? {
            objective.success_criteria.push(Criterion { id: criterion.try_get(2)?, text: criterion.try_get(4)? });
        }
        for standard in client.query(&statements[5], &[&tenant, &ids]).await? {
            objective.standard_ids.push(standard.try_get(1)?);
        }
        for priority in client.query(&statements[6], &[&tenant, &ids]).await? {
            objective.priority_ids.push(priority.try_get(1)?);
        }
        let version: i64 = client.query_one(&statements[7], &[&tenant, &id]).await?.try_get(0)?;
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
