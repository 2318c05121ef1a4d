//! Trusts, people in them, and what they do before a test begins.

use super::*;

/// A trust with two schools, and whoever is made in it.
#[derive(Clone)]
pub struct Trust {
    pub id: TenantId,
    pub root: OrganisationId,
    pub school: OrganisationId,
    pub other_school: OrganisationId,
}

/// Somebody, with a credential.
#[derive(Debug, Clone)]
pub struct Someone {
    pub person: PersonId,
    pub account: AccountId,
    pub session: SessionId,
    pub employment: Option<EmploymentId>,
    pub email: String,
    pub token: String,
}

/// `w.trust("beacon").await`, then `trust.someone(&w).at(trust.school).with(RoleName::Hr, trust.root).appraised_by(&a).made().await`.
pub struct Making<'w> {
    w: &'w World,
    tenant: TenantId,
    name: (String, String),
    at: Option<OrganisationId>,
    category: StaffCategory,
    roles: Vec<(RoleName, OrganisationId)>,
    appraiser: Option<PersonId>,
}

pub fn title(text: &str) -> Title {
    Title::parse(text).unwrap()
}

impl World {
    pub async fn trust(&self, slug: &str) -> Trust {
        let id = TenantId(self.shared.ids.make(self.now()));
        let root = self.does(id, CreateTenant { slug: Slug::parse(slug).unwrap(), name: title(&format!("{slug} trust")), root: OrganisationKind::Trust }).await;
        let school = self.organisation(id, root, OrganisationKind::School, &format!("{slug} school")).await;
        let other_school = self.organisation(id, root, OrganisationKind::School, &format!("{slug} other school")).await;
        Trust { id, root, school, other_school }
    }
    pub async fn organisation(&self, tenant: TenantId, parent_id: OrganisationId, kind: OrganisationKind, name: &str) -> OrganisationId {
        self.does(tenant, CreateOrganisation::named(parent_id, kind, title(name))).await.record.id
    }
    /// A service account's key.
    pub async fn key(&self, trust: &Trust, scopes: &[Permission], at: Option<Vec<OrganisationId>>) -> (ServiceAccountId, KeyId, String) {
        let new = CreateServiceAccount { name: title("a machine"), scopes: scopes.to_vec(), organisation_ids: at };
        let id = self.does(trust.id, new).await.record.id;
        let key = KeyId(self.shared.ids.make(self.now()));
        let (shown, digest) = trellis_api::auth::secret::new_key(trust.id, key);
        self.does(trust.id, IssueKey { id, key, digest, expires_at: self.now() + TimeDelta::days(30) }).await;
        (id, key, shown)
    }
    /// Makes somebody another's appraiser, or line manager, from the beginning of the year.
    pub async fn appoint(&self, trust: &Trust, kind: RelationshipKind, person_id: PersonId, holder_id: PersonId) {
        let period = Period { starts_on: "2026-09-01".parse().unwrap(), ends_on: None };
        self.does(trust.id, CreateRelationship { kind, person_id, holder_id, period }).await;
    }
}

impl Trust {
    pub fn someone<'w>(&self, w: &'w World) -> Making<'w> {
        let n = w.people.fetch_add(1, Ordering::Relaxed);
        Making { w, tenant: self.id, name: ("Ada".into(), format!("Person{n}")), at: None, category: StaffCategory::Teacher, roles: vec![], appraiser: None }
    }
}

impl Making<'_> {
    pub fn named(mut self, given: &str, family: &str) -> Self {
        self.name = (given.into(), family.into());
        self
    }
    pub fn at(mut self, school: OrganisationId) -> Self {
        self.at = Some(school);
        self
    }
    pub fn employed_as(mut self, category: StaffCategory) -> Self {
        self.category = category;
        self
    }
    pub fn with(mut self, role: RoleName, at: OrganisationId) -> Self {
        self.roles.push((role, at));
        self
    }
    pub fn appraised_by(mut self, appraiser: &Someone) -> Self {
        self.appraiser = Some(appraiser.person);
        self
    }
    pub async fn made(self) -> Someone {
        let Making { w, tenant, name: (given, family), at, category, roles, appraiser } = self;
        let n = w.people.fetch_add(1, Ordering::Relaxed);
        let email = Email::parse(&format!("p{n}@school.example")).unwrap();
        let new = CreatePerson {
            given_name: Name::parse(&given).unwrap(),
            family_name: Name::parse(&family).unwrap(),
            preferred_name: None,
            email: Some(email.clone()),
            trn: None,
            external_refs: vec![],
        };
        let person = w.does(tenant, new).await.record.person.id;
        let period = Period { starts_on: "2020-09-01".parse().unwrap(), ends_on: None };
        let mut employment = None;
        if let Some(organisation_id) = at {
            let new = CreateEmployment {
                person_id: person,
                organisation_id,
                job_title: title("Teacher"),
                staff_category: category,
                staff_code: None,
                fte_percent: 100,
                period,
            };
            employment = Some(w.does(tenant, new).await.record.id);
        }
        for (role, organisation_id) in roles {
            // who is let in from outside, or stands in for somebody, is so for a time
            let year = Period { starts_on: "2026-09-01".parse().unwrap(), ends_on: Some("2027-08-31".parse().unwrap()) };
            let period = if matches!(role, RoleName::AppraisalDelegate | RoleName::ExternalAdviser) { year } else { period };
            w.does(tenant, GrantRole { person_id: person, role, organisation_id, period }).await;
        }
        if let Some(holder_id) = appraiser {
            w.does(tenant, CreateRelationship { kind: RelationshipKind::Appraiser, person_id: person, holder_id, period }).await;
        }
        // no password is hashed: the suite would do nothing else
        let password_hash = "none".to_owned();
        let account = w.does(tenant, CreateAccount { person_id: person, email: email.clone(), password_hash: password_hash.clone() }).await.record.id;
        let session = SessionId(w.shared.ids.make(w.now()));
        w.does(tenant, StartSession { account, password_hash, refresh_secret: vec![0], refresh_digest: vec![0], session, days: 365 }).await;
        let mut out = Someone { person, account, session, employment, email: email.as_str().into(), token: String::new() };
        out.token = w.token(tenant, &out);
        out
    }
}

impl World {
    /// Creates a cycle's appraisals (`?validate_only=true` may follow its address): the job, when it is done.
    pub async fn create_appraisals(&self, cycle: &str, by: &Someone) -> Reply {
        let (cycle, query) = cycle.split_once('?').unwrap_or((cycle, ""));
        let query = if query.is_empty() { String::new() } else { format!("?{query}") };
        let made = self.post(format!("{cycle}/create-appraisals{query}")).by(by).send().await.expect(202);
        trellis_api::runner::drain(&self.db, &self.shared).await.unwrap();
        let done = self.get(&made.headers["location"]).by(by).send().await.expect(200);
        assert_eq!(done.body["state"], "completed", "{}", done.text);
        done
    }
    /// A fresh access token of somebody's log-in.
    pub fn token(&self, tenant: TenantId, of: &Someone) -> String {
        self.shared.keyring.sign(tenant, of.session, of.account, of.person, self.now()).unwrap()
    }
}
