//! Tenants and the keys that sign access tokens.

use super::prelude::*;
use crate::tenant::{AddSigningKey, CreateTenant, FindTenant, ListTenants, RootOrganisation, SigningKey, SigningKeys, Tenant, WipeDemo};
use chrono::TimeDelta;
use trellis_domain::{
    event::FIRST,
    framework::{FrameworkVersion, NewStandard, VersionState, lay_out, seed},
    id::OrganisationId,
    organisation::Organisation,
    text::{Narrative, Slug, Title, Wire},
    time::micros,
};

impl Write<Here> for CreateTenant {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<OrganisationId> {
        let now = micros(tx.act.now);
        diesel::insert_into(tenants::table)
            .values((
                tenants::id.eq(tx.tenant()),
                tenants::slug.eq(self.slug.as_str()),
                tenants::name.eq(self.name.as_str()),
                tenants::last_event.eq(0),
                tenants::authority_hash.eq(trellis_domain::event::FIRST.to_vec()),
                tenants::last_hash.eq(FIRST.to_vec()),
                tenants::created_at.eq(Moment(now)),
            ))
            .done(tx.conn())
            .await?;
        let root = Organisation::named(tx.new_id(), None, self.root, self.name.clone(), now);
        super::organisation::insert(tx, &root).await?;
        for framework in seed::frameworks() {
            let version = FrameworkVersion {
                id: tx.new_id(),
                framework_id: tx.new_id(),
                key: framework.key,
                name: framework.name,
                label: framework.version,
                state: VersionState::Published,
                attribution: Narrative::parse(&format!("{} {} {}", framework.attribution.as_str(), framework.licence.as_str(), framework.source.as_str())).ok(),
                standards: lay_out(framework.standards.into_iter().map(planted).collect(), &mut || tx.new_id())?,
                version: 1,
                created_at: now,
                updated_at: now,
            };
            super::framework::insert(tx, &version).await?;
        }
        Ok(root.id)
    }
}

fn planted(standard: seed::SeedStandard) -> NewStandard {
    let seed::SeedStandard { code, title, children } = standard;
    NewStandard { code, title, description: None, children: children.into_iter().map(planted).collect() }
}

type TenantRow = (Uid, String, String);
fn tenant((id, slug, name): TenantRow) -> Result<Tenant> {
    let spoilt = |e| corrupt(format!("the row of the tenant {}: {e}", id.0));
    Ok(Tenant { id: id.to(), slug: Slug::parse(&slug).map_err(spoilt)?, name: Title::parse(&name).map_err(spoilt)? })
}

impl Read<Here> for FindTenant {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Option<Tenant>> {
        let row: Option<TenantRow> =
            tenants::table.filter(tenants::slug.eq(&self.slug)).select((tenants::id, tenants::slug, tenants::name)).one(cx.conn()).await.optional()?;
        row.map(tenant).transpose()
    }
}
impl Read<Here> for ListTenants {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Vec<Tenant>> {
        let rows: Vec<TenantRow> = tenants::table.order(tenants::slug).select((tenants::id, tenants::slug, tenants::name)).all(cx.conn()).await?;
        rows.into_iter().map(tenant).collect()
    }
}
impl Read<Here> for RootOrganisation {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<OrganisationId> {
        super::organisation::root(cx).await
    }
}

impl Read<Here> for SigningKeys {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Vec<SigningKey>> {
        let rows: Vec<(Uid, Vec<u8>, Moment)> = signing_keys::table
            .order(signing_keys::created_at.desc())
            .select((signing_keys::id, signing_keys::private_key, signing_keys::created_at))
            .all(cx.conn())
            .await?;
        Ok(rows.into_iter().map(|(id, private_key, at)| SigningKey { id: id.0, private_key, created_at: at.0 }).collect())
    }
}
impl Write<Here> for AddSigningKey {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let now = tx.act.wall;
        let old = Moment(now - TimeDelta::days(self.forget_after_days));
        diesel::delete(signing_keys::table.filter(signing_keys::created_at.lt(old))).done(tx.conn()).await?;
        let young = Moment(now - TimeDelta::days(self.rotate_after_days));
        let fresh: i64 = signing_keys::table.filter(signing_keys::created_at.gt(young)).count().one(tx.conn()).await?;
        if fresh == 0 {
            let id = Uid(tx.act.ids.make(now));
            diesel::insert_into(signing_keys::table)
                .values((signing_keys::id.eq(id), signing_keys::private_key.eq(&self.private_key), signing_keys::created_at.eq(Moment::from(now))))
                .done(tx.conn())
                .await?;
        }
        Ok(())
    }
}

/// Deletes these tables' rows, in this order: whatever refers to others first.
macro_rules! wipe {
    ($tx:expr, $($table:ident),*) => {$(
        diesel::delete($table::table).done($tx.conn()).await?;
    )*};
}

impl Write<Here> for WipeDemo {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        wipe!(
            tx,
            job_results,
            job_foreseen,
            job_rows,
            job_headings,
            jobs,
            syncs,
            event_places,
            event_payloads,
            events,
            match_suggestions,
            redirects,
            merges,
            idempotency_keys,
            service_account_keys,
            service_account_organisations,
            service_accounts,
            used_refresh_tokens,
            sessions,
            calendar_links,
            accounts,
            training_exemptions,
            training_completions,
            training_requirement_activities,
            training_requirements,
            impact_checkpoints,
            impact_plans,
            budget_entries,
            learning_request_comments,
            learning_request_decisions,
            learning_request_priorities,
            learning_request_standards,
            learning_request_objectives,
            learning_requests,
            budget_lines,
            enrolments,
            finding_reuses,
            finding_terms,
            findings,
            abandoned_inquiries,
            shared_self_reviews,
            self_review_versions,
            self_reviews,
            learning_visits,
            action_steps,
            coaching_partnerships,
            learning_sessions,
            learning_activity_standards,
            learning_activities,
            evidence,
            stray_files,
            learning_record_priorities,
            learning_record_standards,
            learning_record_objectives,
            learning_record_readers,
            learning_records,
            deleted_learning,
            collaborations,
            objective_notes,
            objective_authorship,
            objective_successions,
            bulk_objectives,
            objective_revisions,
            objective_priorities,
            objective_standards,
            success_criteria,
            agreed_actions,
            objectives,
            conversation_snapshots,
            conversation_notes,
            conversations,
            conversation_templates,
            disclosures,
            development_needs,
            pay_recommendations,
            report_appeals,
            report_comments,
            appraisal_reports,
            report_drafts,
            appraisal_appraisers,
            appraisals,
            appraisal_holds,
            priority_actions,
            priorities,
            improvement_plans,
            cycle_successions,
            cycle_framework_versions,
            cycles,
            rule_profiles,
            calendars,
            standards,
            framework_versions,
            frameworks,
            relationships,
            roles,
            staff_codes,
            employments,
            external_refs,
            people,
            organisation_links,
            organisation_identifiers,
            organisation_paths,
            organisations,
            guards,
            tenants
        );
        Ok(())
    }
}
