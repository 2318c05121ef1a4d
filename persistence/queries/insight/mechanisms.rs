//! Mechanisms of effective professional development, and the learning of a year in which they were at work.

use super::{super::prelude::*, counted, figure, kept, places, query, rows, st};
use crate::{
    column::sql::Guid,
    insight::{Mechanism, Mechanisms, ReadMechanisms},
};
use diesel::{QueryableByName, sql_query};
use std::collections::HashMap;
use trellis_domain::{
    framework::seed::MECHANISMS,
    insight::{LearningBy, mechanisms},
    time::academic_year_days,
};

/// Of every version, the newest first: a mechanism is the same in all of them by its code.
const NAMED: &str = "
SELECT s.code, s.title FROM frameworks f
JOIN framework_versions v ON v.tenant_id = f.tenant_id AND v.framework_id = f.id
JOIN standards s ON s.tenant_id = v.tenant_id AND s.framework_version_id = v.id
WHERE f.tenant_id = $1 AND f.key = $2 AND v.state <> 'draft' ORDER BY v.id DESC, s.position";

/// Learning that began in the year, once for each mechanism.
macro_rules! learning {
    ($at:expr, $so:expr, $within:expr) => {
        concat!(
            "
SELECT r.organisation_id, r.person_id, x.code, CAST(SUM(r.minutes) AS BIGINT) AS minutes FROM (
  SELECT DISTINCT l.id, s.code FROM ",
            $at,
            "learning_records l CROSS JOIN learning_record_standards ls CROSS JOIN standards s
    CROSS JOIN framework_versions v CROSS JOIN frameworks f
  WHERE l.tenant_id = $1 AND (l.started_on >= $2 AND l.started_on < $3)",
            $so,
            " AND ls.tenant_id = $1 AND ls.learning_record_id = l.id
    AND s.tenant_id = $1 AND s.id = ls.standard_id AND v.tenant_id = $1 AND v.id = s.framework_version_id
    AND f.tenant_id = $1 AND f.id = v.framework_id AND f.key = $4",
            $within,
            ") x
CROSS JOIN learning_records r WHERE r.tenant_id = $1 AND r.id = x.id
GROUP BY 1, 2, 3"
        )
    };
}
const LEARNING: super::Query = query!(learning, "l", "$1", "$5");

#[derive(QueryableByName)]
struct NamedRow {
    #[diesel(sql_type = st::Text)]
    code: String,
    #[diesel(sql_type = st::Text)]
    title: String,
}
#[derive(QueryableByName)]
struct LearningRow {
    #[diesel(sql_type = Guid)]
    organisation_id: Uid,
    #[diesel(sql_type = Guid)]
    person_id: Uid,
    #[diesel(sql_type = st::Text)]
    code: String,
    #[diesel(sql_type = st::BigInt)]
    minutes: i64,
}

impl Read<Here> for ReadMechanisms {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Mechanisms> {
        let (from, to) = academic_year_days(self.academic_year)?;
        let tenant = cx.tenant();
        let rows: Vec<NamedRow> = sql_query(NAMED).bind::<Guid, _>(tenant).bind::<st::Text, _>(MECHANISMS).all(cx.conn()).await?;
        let (mut named, mut place) = (Vec::<Mechanism>::new(), HashMap::new());
        for NamedRow { code, title } in rows {
            if !place.contains_key(&code) {
                place.insert(code.clone(), named.len());
                named.push(Mechanism { code, title });
            }
        }
        let places = places(cx).await?;
        let rows: Vec<LearningRow> = rows!(LEARNING, cx, query => query
            .bind::<Guid, _>(tenant)
            .bind::<st::Date, _>(from)
            .bind::<st::Date, _>(to)
            .bind::<st::Text, _>(MECHANISMS));
        let by = |LearningRow { organisation_id, person_id, code, minutes }: LearningRow| {
            let mechanism = place.get(&code).copied()?;
            Some(LearningBy { organisation: organisation_id.to(), person: person_id.to(), mechanism, minutes: figure(minutes) })
        };
        let found: Vec<LearningBy> = rows.into_iter().filter_map(by).collect();
        let places = counted(places, found.iter().map(|f| f.organisation));
        let (rows, all) = mechanisms(&places.iter().map(|p| p.id).collect::<Vec<_>>(), named.len(), &found);
        Ok(Mechanisms { mechanisms: named, figures: kept(cx, places, rows, all, self.organisation_id).await? })
    }
}
