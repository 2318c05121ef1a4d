//! Who may do what: pure functions over facts that the store loads in the same transaction.
//!
//! A [`Permission`] is what an operation asks for, and the scope's name in the contract. A [`Caller`] is who asks, with the roles,
//! relationships or scopes held *on that day*. [`reach`] says which records a caller's permission covers: lists filter by it, single
//! records are tested against it, so that there is no second path to something refused on the first.

mod audience;
mod permission;
#[cfg(test)]
mod tests;

pub use {
    audience::{Audience, shown},
    permission::Permission,
};

use crate::{
    id::{AccountId, AppraisalId, EmploymentId, OrganisationId, PersonId, ServiceAccountId},
    role::RoleName,
    rule::{Code, RuleError},
};
use sha2::{Digest, Sha256};

/// A role held on the day of the act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Which role.
    pub role: RoleName,
    /// Where; it counts for everything beneath as well.
    pub organisation: OrganisationId,
    /// Is that the tenant's root, so that it counts everywhere?
    pub root: bool,
}

/// A headteacher whom the caller advises from outside: by a role at their school, for as long as both hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advised {
    /// Who it is.
    pub headteacher: PersonId,
    /// As what: other posts of the same person are none of the adviser's business.
    pub employment: EmploymentId,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A person who logged in.
    Person {
        /// Their account.
        account: AccountId,
        /// Who they are.
        person: PersonId,
        /// Roles held today.
        roles: Vec<Held>,
        /// Schools where they are employed today.
        employed_at: Vec<OrganisationId>,
        /// People whose appraiser they are today.
        appraises: Vec<PersonId>,
        /// People whose line manager they are today.
        manages: Vec<PersonId>,
        /// Headteachers whose external adviser they are today.
        advises: Vec<Advised>,
    },
    /// A machine with a valid key.
    Service {
        /// Which.
        id: ServiceAccountId,
        /// What it may ask for.
        scopes: Vec<Permission>,
        /// What its service account may ask for, but not this token: it was asked for with fewer scopes.
        withheld: Vec<Permission>,
        /// Where; everywhere if none is named.
        organisations: Option<Vec<OrganisationId>>,
    },
    /// The operator at the command line.
    Operator,
    /// Nobody yet: somebody who is about to log in.
    Nobody,
}

impl Caller {
    /// A digest of all that they hold, in whatever order it was found, with the appraisals that they conduct today: of these a term may be their only authority.
    /// While it is the same, they may do what they could.
    pub fn holdings(&self, conducts: &[AppraisalId]) -> Vec<u8> {
        fn sorted<T: std::fmt::Debug>(of: &str, facts: &[T]) -> String {
            let mut told: Vec<String> = facts.iter().map(|fact| format!("{fact:?}")).collect();
            told.sort();
            format!("{of}: {}\n", told.join(" "))
        }
        let told = match self {
            Self::Person { account, person, roles, employed_at, appraises, manages, advises } => [
                sorted("person", &[account.0, person.0]),
                sorted("roles", roles),
                sorted("employed at", employed_at),
                sorted("appraises", appraises),
                sorted("manages", manages),
                sorted("advises", advises),
                sorted("conducts", conducts),
            ]
            .concat(),
            Self::Service { id, scopes, withheld, organisations } => [
                sorted("service", &[id]),
                sorted("scopes", scopes),
                sorted("withheld", withheld),
                organisations.as_deref().map_or_else(|| "everywhere".into(), |at| sorted("at", at)),
            ]
            .concat(),
            Self::Operator | Self::Nobody => format!("{self:?}"),
        };
        Sha256::digest(told).to_vec()
    }
    /// The person, if it is one.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person { person, .. } => Some(*person),
            _ => None,
        }
    }
    /// Where they are employed today. Known only to operations whose permission asks for it.
    pub fn employed_at(&self) -> &[OrganisationId] {
        match self {
            Self::Person { employed_at, .. } => employed_at,
            _ => &[],
        }
    }
    /// The same caller, without what comes of working beside somebody or of advising them, which is reading: what a role or a relationship gives.
    #[must_use]
    pub fn not_as_colleague(&self) -> Self {
        match self.clone() {
            Self::Person { account, person, roles, appraises, manages, .. } => {
                Self::Person { account, person, roles, employed_at: Vec::new(), appraises, manages, advises: Vec::new() }
            }
            other => other,
        }
    }
    /// Are they this person's line manager today? Known only to operations whose permission comes with managing.
    pub fn manages(&self, person: PersonId) -> bool {
        matches!(self, Self::Person { manages, .. } if manages.contains(&person))
    }
    /// Do they advise on this post of a headteacher today?
    pub fn advises(&self, post: EmploymentId) -> bool {
        matches!(self, Self::Person { advises, .. } if advises.iter().any(|a| a.employment == post))
    }
    /// Do they appraise this person today?
    pub fn appraises(&self, person: PersonId) -> bool {
        matches!(self, Self::Person { appraises, .. } if appraises.contains(&person))
    }
}

/// Why a caller may not even ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denied {
    /// A machine without the scope: what it needs and what it has.
    Scope {
        /// Needed.
        required: Permission,
        /// Held.
        held: Vec<Permission>,
        /// Would another token of the same service account have it?
        withheld: bool,
    },
    /// A person with none of the roles that may.
    Role {
        /// Needed.
        required: Permission,
        /// The roles that would do.
        roles: &'static [RoleName],
    },
}

/// Which records a permission covers for a caller.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    /// All of the tenant.
    pub everywhere: bool,
    /// What belongs to these organisations or lies beneath them.
    pub organisations: Vec<OrganisationId>,
    /// What is about these people: the caller, and whom they appraise.
    pub people: Vec<PersonId>,
    /// What hangs on these employments: of headteachers whom the caller advises.
    pub employments: Vec<EmploymentId>,
    /// The caller, who alone sees their private drafts.
    pub me: Option<PersonId>,
}

/// Where a record stands, for the question who may see it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Its organisation and everything above, up to the root.
    pub path: Vec<OrganisationId>,
    /// Whom it is about.
    pub owner: Option<PersonId>,
    /// What it hangs on, where that decides who may see it.
    pub employment: Option<EmploymentId>,
    /// Who alone may see it, while it is a private draft.
    pub private_to: Option<PersonId>,
}

impl Reach {
    /// Does it cover a record that stands so?
    pub fn covers(&self, record: &Standing) -> bool {
        let visible = record.private_to.is_none_or(|p| self.me == Some(p));
        let about = record.owner.is_some_and(|owner| self.people.contains(&owner)) || record.employment.is_some_and(|e| self.employments.contains(&e));
        visible && (self.everywhere || about || record.path.iter().any(|o| self.organisations.contains(o)))
    }
}

/// Which records this permission covers for this caller.
///
/// # Errors
/// When it covers none, whatever the record: the caller lacks the scope, or every role that has the permission.
pub fn reach(caller: &Caller, permission: Permission) -> Result<Reach, Denied> {
    match caller {
        Caller::Operator => Ok(Reach { everywhere: true, ..Reach::default() }),
        Caller::Nobody => Err(Denied::Role { required: permission, roles: permission.roles() }),
        Caller::Service { scopes, withheld, organisations, .. } => {
            if !scopes.contains(&permission) || !permission.for_service_accounts() {
                return Err(Denied::Scope { required: permission, held: scopes.clone(), withheld: withheld.contains(&permission) });
            }
            Ok(match organisations {
                None => Reach { everywhere: true, ..Reach::default() },
                Some(at) => Reach { organisations: at.clone(), ..Reach::default() },
            })
        }
        Caller::Person { person, roles, employed_at, appraises, manages, advises, .. } => {
            let holding = || roles.iter().filter(|h| permission.roles().contains(&h.role));
            let mut organisations: Vec<OrganisationId> = holding().map(|h| h.organisation).collect();
            if organisations.is_empty() && !permission.everybody() {
                return Err(Denied::Role { required: permission, roles: permission.roles() });
            }
            if permission.colleagues() {
                organisations.extend(employed_at);
            }
            let mut people = if permission.everybody() { vec![*person] } else { Vec::new() };
            if permission.appraisers() {
                people.extend(appraises);
            }
            if permission.line_managers() {
                people.extend(manages);
            }
            let mut employments = Vec::new();
            match permission {
                Permission::ReadPeople => people.extend(advises.iter().map(|a| a.headteacher)),
                advised if advised.advisers() => employments.extend(advises.iter().map(|a| a.employment)),
                _ => {}
            }
            let everywhere = permission.of_all() || holding().any(|h| h.root);
            Ok(Reach { everywhere, organisations, people, employments, me: Some(*person) })
        }
    }
}

/// Where a caller gives and ends a role of this name. To have `roles:write` is not enough: a headteacher has it to delegate, and makes nobody a governor.
pub fn giving(caller: &Caller, role: RoleName) -> Reach {
    match caller {
        Caller::Operator => Reach { everywhere: true, ..Reach::default() },
        Caller::Person { person, roles, .. } => {
            let holding = || roles.iter().filter(|h| role.given_by().contains(&h.role));
            let organisations = holding().map(|h| h.organisation).collect();
            Reach { everywhere: holding().any(|h| h.root), organisations, me: Some(*person), ..Reach::default() }
        }
        Caller::Service { .. } | Caller::Nobody => Reach::default(),
    }
}

/// The account and person of a caller who has a password and log-ins.
///
/// # Errors
/// `not_permitted`, for everybody but a person.
pub fn own_account(caller: &Caller) -> Result<(AccountId, PersonId), RuleError> {
    match caller {
        Caller::Person { account, person, .. } => Ok((*account, *person)),
        _ => Err(RuleError::new(Code::NotPermitted, "only a person may do this, not a service account")),
    }
}

/// Refuses with the names of those who may.
///
/// # Errors
/// `not_permitted`, unless `allowed`.
pub fn require(allowed: bool, who: &str) -> Result<(), RuleError> {
    if allowed { Ok(()) } else { Err(RuleError::new(Code::NotPermitted, format!("only {who} may do this"))) }
}
