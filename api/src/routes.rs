//! One list of operations, for two readers: the server that answers them, and the contract that describes them. Only the contract makes
//! schemas, once; each worker registers its routes and no more.

use actix_web::{
    Scope,
    dev::HttpServiceFactory,
    guard::fn_guard,
    web::{self, ServiceConfig},
};
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;
use utoipa::openapi::{RefOr, path::Paths, schema::Schema};
use utoipa_actix_web::OpenApiFactory;

/// Where a module names its operations. `.service(..)` registers or documents each: none is served that is not in the contract.
pub enum Routes<'a> {
    /// A worker's.
    Served(&'a mut Served),
    /// The contract's.
    Described(&'a mut Described),
}

/// Operations by the list that their addresses begin with, `/v1/objectives`: a request is compared with the few addresses of its list, not with hundreds.
#[derive(Default)]
pub struct Served(BTreeMap<String, Scope>);

/// Operations, and the schemas that they speak of.
pub struct Described {
    /// By address.
    pub paths: Paths,
    /// By name.
    pub schemas: BTreeMap<String, RefOr<Schema>>,
}

impl Routes<'_> {
    /// One operation more.
    pub fn service<F: HttpServiceFactory + OpenApiFactory + utoipa::Path + 'static>(&mut self, operation: F) -> &mut Self {
        match self {
            Self::Served(Served(lists)) => {
                let address = F::path();
                let list = list_of(&address);
                let scope = lists.remove(list).unwrap_or_else(|| scope_of(list.to_owned()));
                lists.insert(list.to_owned(), scope.service(operation));
            }
            Self::Described(all) => {
                all.paths.merge(operation.paths());
                let mut schemas = Vec::new();
                operation.schemas(&mut schemas);
                all.schemas.extend(schemas);
            }
        }
        self
    }
}

/// The list that an address begins with: its first word, or its first two where the first is the version.
fn list_of(address: &str) -> &str {
    let words = if address.starts_with("/v1/") { 2 } else { 1 };
    address.match_indices('/').nth(words).map_or(address, |(end, _)| &address[..end])
}

/// What serves a list: everything whose address begins with it, however that is spelled.
fn scope_of(list: String) -> Scope {
    let begins = move |path: &str| list_of(path) == list;
    web::scope("").guard(fn_guard(move |asked| {
        let path = asked.head().uri.path();
        if path.contains('%') { begins(&percent_decode_str(path).decode_utf8_lossy()) } else { begins(path) }
    }))
}

impl Served {
    /// These routes.
    pub fn of(routes: impl FnOnce(&mut Routes<'_>)) -> Self {
        let mut all = Self::default();
        routes(&mut Routes::Served(&mut all));
        all
    }
    /// Makes the worker serve them.
    pub fn register(self, config: &mut ServiceConfig) {
        for scope in self.0.into_values() {
            config.service(scope);
        }
    }
}

impl Described {
    /// What these routes say of themselves.
    pub fn of(routes: impl FnOnce(&mut Routes<'_>)) -> Self {
        let mut all = Self { paths: Paths::new(), schemas: BTreeMap::new() };
        routes(&mut Routes::Described(&mut all));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::list_of;

    #[test]
    fn an_address_begins_with_its_list() {
        for (address, list) in [
            ("/v1/objectives", "/v1/objectives"),
            ("/v1/objectives/{id}/agree", "/v1/objectives"),
            ("/v1/me", "/v1/me"),
            ("/problems/{code}", "/problems"),
            ("/problems.json", "/problems.json"),
            ("/.well-known/jwks.json", "/.well-known"),
            ("/v1/", "/v1/"),
            ("/", "/"),
            ("", ""),
        ] {
            assert_eq!(list_of(address), list, "{address}");
        }
    }
}
