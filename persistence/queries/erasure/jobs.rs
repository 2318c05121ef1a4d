//! What bulk jobs keep of them: the results of their rows, and the words of rows that were not taken.

use super::{
    super::{prelude::*, redirect},
    whom::{Whom, theirs},
};
use diesel::{
    dsl::sql,
    sql_types::{Bool, Text},
};
use std::collections::{BTreeMap, BTreeSet};
use trellis_domain::{
    bulk::{
        Outcome, key_text,
        naming::{CodeAt, Naming},
    },
    id::PersonId,
    job::JobKind,
    line_management::tie_key,
    relationship::RelationshipKind,
    sync::Sync,
    text::Wire,
};

/// Rows that were not taken which are looked through at once.
const LOOKED_THROUGH: i64 = 500;

impl Whom {
    /// Results of bulk rows keep their place, their id and what was done; summaries of snapshots keep their numbers.
    pub(super) async fn clean_jobs(&self, tx: &mut Tx<'_>) -> Result<()> {
        let mut keys: Vec<Option<String>> = self.refs.iter().map(|r| Some(key_text(r))).collect();
        for employment in &self.employments {
            keys.extend(redirect::with_merged(tx, *employment).await?.iter().map(|id| Some(id.0.to_string())));
        }
        keys.extend(self.people.iter().flat_map(|id| RelationshipKind::ALL.iter().map(|kind| Some(tie_key(id.to(), *kind)))));
        let records = self.people.iter().chain(&self.learning).chain(&self.completions);
        let records: Vec<Option<Uid>> = records.copied().map(Some).collect();
        let rows: Vec<(Uid, i64, Json)> = job_results::table
            .filter(job_results::tenant_id.eq(tx.tenant()))
            .filter(job_results::key.eq_any(keys).or(job_results::record_id.eq_any(records)))
            .select((job_results::job_id, job_results::row_index, job_results::result))
            .all(tx.conn())
            .await?;
        for (job, index, result) in rows {
            let outcome: Outcome = serde_json::from_str(&result.0).map_err(corrupt)?;
            let clean = Json(
                serde_json::to_string(&Outcome {
                    external_ref: None,
                    relationship: None,
                    sent: Vec::new(),
                    differences: Vec::new(),
                    considered: None,
                    ..outcome
                })
                .map_err(corrupt)?,
            );
            let row = job_results::table.find((tx.tenant(), job, index));
            diesel::update(row).set((job_results::key.eq(None::<String>), job_results::result.eq(clean))).done(tx.conn()).await?;
        }
        let foreseen = job_foreseen::table.filter(job_foreseen::tenant_id.eq(tx.tenant())).filter(job_foreseen::record_id.eq_any(&self.people));
        diesel::delete(foreseen).done(tx.conn()).await?;
        self.clean_words(tx).await?;
        let people: Vec<PersonId> = self.people.iter().map(|id| id.to()).collect();
        let mut said: Vec<String> = people.iter().map(ToString::to_string).collect();
        said.extend(self.refs.iter().map(|r| r.id.as_str().to_owned()));
        for text in said {
            let named = sql::<Bool>("CAST(sync AS TEXT) LIKE ").bind::<Text, _>(format!("%{text}%"));
            let rows: Vec<(Uid, Option<Json>)> =
                jobs::table.filter(jobs::tenant_id.eq(tx.tenant())).filter(named).select((jobs::id, jobs::sync)).all(tx.conn()).await?;
            for (job, kept) in rows {
                let Some(kept) = kept else { continue };
                let mut sync: Sync = serde_json::from_str(&kept.0).map_err(corrupt)?;
                sync.forget(&people, &self.refs);
                let clean = Json(serde_json::to_string(&sync).map_err(corrupt)?);
                diesel::update(jobs::table.find((tx.tenant(), job))).set(jobs::sync.eq(Some(clean))).done(tx.conn()).await?;
            }
        }
        Ok(())
    }
    /// Rows that were not taken keep what was sent, and why in words that can name others: where they name whom is erased, they no longer do. No column says whom
    /// a row names, so those that the tenant's jobs still keep are looked through, by an index that knows no others; they are gone after 30 days
    /// (`job::KEPT_DAYS`).
    async fn clean_words(&self, tx: &mut Tx<'_>) -> Result<()> {
        let (naming, tenant) = (self.naming(tx).await?, tx.tenant());
        // in so many words, as the index has it: a bound word might be another
        let failed = || job_results::table.filter(job_results::tenant_id.eq(tenant)).filter(sql::<Bool>("job_results.action = 'failed'"));
        let mut last: Option<Uid> = None;
        loop {
            // the next job that has any, and none between
            let mut next = failed().order(job_results::job_id).limit(1).select(job_results::job_id).into_boxed::<Dialect>();
            if let Some(last) = last {
                next = next.filter(job_results::job_id.gt(last));
            }
            let next: Vec<Uid> = next.all(tx.conn()).await?;
            let Some(job) = next.first().copied() else { return Ok(()) };
            last = Some(job);
            let kind: String = jobs::table.find((tenant, job)).select(jobs::kind).one(tx.conn()).await?;
            let kind = JobKind::parse(&kind).map_err(corrupt)?;
            let headings: Option<Json> = job_headings::table.find((tenant, job)).select(job_headings::headings).one(tx.conn()).await.optional()?;
            let headings: Vec<String> = headings.map_or_else(|| Ok(Vec::new()), |kept| serde_json::from_str(&kept.0).map_err(corrupt))?;
            let mut from: i64 = 0;
            loop {
                let rows: Vec<(i64, Json)> = failed()
                    .filter(job_results::job_id.eq(job))
                    .filter(job_results::row_index.ge(from))
                    .order(job_results::row_index)
                    .limit(LOOKED_THROUGH)
                    .select((job_results::row_index, job_results::result))
                    .all(tx.conn())
                    .await?;
                let Some((end, _)) = rows.last() else { break };
                from = *end + 1;
                for (index, result) in rows {
                    let outcome: Outcome = serde_json::from_str(&result.0).map_err(corrupt)?;
                    let Some(clean) = naming.without(kind, &headings, &outcome) else { continue };
                    let clean = Json(serde_json::to_string(&clean).map_err(corrupt)?);
                    diesel::update(job_results::table.find((tenant, job, index))).set(job_results::result.eq(clean)).done(tx.conn()).await?;
                }
            }
        }
    }
    /// By what a row of a file can name them.
    async fn naming(&self, tx: &mut Tx<'_>) -> Result<Naming> {
        let logged_in: Vec<String> = theirs!(tx, accounts, person_id, self.people).select(accounts::email).all(tx.conn()).await?;
        let codes: Vec<(Uid, String)> =
            theirs!(tx, staff_codes, person_id, self.people).select((staff_codes::organisation_id, staff_codes::staff_code)).all(tx.conn()).await?;
        let schools: Vec<Uid> = codes.iter().map(|(at, _)| *at).collect();
        let mut called: BTreeMap<Uid, BTreeSet<String>> = schools.iter().map(|at| (*at, BTreeSet::from([at.0.to_string()]))).collect();
        let identifiers: Vec<(Uid, String)> = theirs!(tx, organisation_identifiers, organisation_id, schools)
            .select((organisation_identifiers::organisation_id, organisation_identifiers::value))
            .all(tx.conn())
            .await?;
        let of_schools: Vec<Option<Uid>> = schools.iter().copied().map(Some).collect();
        let references: Vec<(Option<Uid>, String)> =
            theirs!(tx, external_refs, organisation_id, of_schools).select((external_refs::organisation_id, external_refs::external_id)).all(tx.conn()).await?;
        let references = references.into_iter().filter_map(|(at, name)| Some((at?, name)));
        for (at, name) in identifiers.into_iter().chain(references) {
            called.entry(at).or_default().insert(name.to_lowercase());
        }
        let codes = codes.into_iter().map(|(at, code)| CodeAt { code, school: called.get(&at).cloned().unwrap_or_default() }).collect();
        Ok(Naming::of(self.people.iter().map(|id| id.to()), &self.known, logged_in.into_iter().chain(self.gave_way.iter().cloned()), codes))
    }
}
