//! The demo's machines: one service account, with one key, for each set of scopes.

use super::{
    GuideKey, Shown,
    people::Crew,
    places::{Places, Site},
    scene::{Scene, Span, say},
};
use Permission as P;
use chrono::TimeDelta;
use trellis_domain::{
    access::Permission,
    id::{KeyId, OrganisationId},
};
use trellis_persistence::{
    StoreError,
    service_account::{CreateServiceAccount, IssueKey},
};

/// How long the keys live.
const DAYS: i64 = 365;

/// Name, scopes and the only school.
type Machine = (&'static str, Vec<Permission>, Option<Site>);

fn machines() -> [Machine; 4] {
    let everything = P::ALL.iter().copied().filter(|p| p.for_service_accounts()).collect();
    [
        ("everything", everything, None),
        ("mis-sync", vec![P::ReadOrganisations, P::WriteOrganisations, P::ReadPeople, P::WritePeople, P::ReadChanges], None),
        ("read-only reports", vec![P::ReadOrganisations, P::ReadPeople, P::ReadCycles, P::ReadFrameworks, P::ReadChanges], None),
        ("one school", vec![P::ReadPeople, P::ReadChanges], Some(Site::Curlew)),
    ]
}

/// Makes the service accounts and their keys; an administrator of the trust does it.
pub(super) async fn issue(scene: &Scene<'_>, places: &Places, crew: &Crew, shown: Shown<'_>, part: (f64, f64)) -> Result<Vec<GuideKey>, StoreError> {
    let administrator = crew.principal("t-sys")?;
    let mut accounts = Vec::new();
    for (name, scopes, only) in machines() {
        let organisation_ids: Option<Vec<OrganisationId>> = only.map(|site| vec![places.at(site)]);
        accounts.push((administrator.clone(), CreateServiceAccount { name: say(name)?, scopes, organisation_ids }));
    }
    let (mut keys, mut guide) = (Vec::new(), Vec::new());
    for seen in scene.over(Span::Past, part, accounts).await? {
        let account = seen.record;
        let id = KeyId(scene.stage.ids.make(scene.stage.wall));
        let (key, digest) = shown(scene.tenant, id);
        keys.push((administrator.clone(), IssueKey { id: account.id, key: id, digest, expires_at: scene.stage.wall + TimeDelta::days(DAYS) }));
        let name = account.name.as_str().to_owned();
        guide.push(GuideKey { name, scopes: account.scopes, organisation_ids: account.organisation_ids, client_id: account.id, key });
    }
    scene.over(Span::Past, (part.1, part.1), keys).await?;
    Ok(guide)
}
