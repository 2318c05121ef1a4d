//! One list of operations, for two readers: the server that answers them, and the contract that describes them. Only the contract makes
//! schemas, once; each worker registers its routes and no more.

use actix_web::{
    Scope,
    dev::HttpServiceFactory,
    guard::fn_guard,
    web::{self, ServiceConfig},
};
use percent_encoding::percent_decode_str;
use std::{collections::BTreeMap, str::Split};
use utoipa::openapi::{RefOr, path::Paths, schema::Schema};
use utoipa_actix_web::OpenApiFactory;

/// Where a module names its operations. `.service(..)` registers or documents each: none is served that is not in the contract.
pub enum Routes<'a> {
    /// A worker's.
    Served(&'a mut Served),
    /// The contract's.
    Described(&'a mut Described),
}

/// Operations by the list that their addresses begin with, `/v1/objectives`, and by address. A request's address is compared word by word with those of its
/// list, and looked at by the operations of one address alone. Lists are tried in the order in which they came: what is asked most comes first.
#[derive(Default)]
pub struct Served(Vec<(String, BTreeMap<String, Scope>)>);

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
                let name = list_of(&address);
                let place = lists.iter().position(|(list, _)| list == name).unwrap_or_else(|| {
                    lists.push((name.to_owned(), BTreeMap::new()));
                    lists.len() - 1
                });
                if let Some((_, list)) = lists.get_mut(place) {
                    let scope = list.remove(&address).unwrap_or_else(|| scope_of(&address, fits));
                    list.insert(address, scope.service(operation));
                }
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

/// What answers where the address of a request goes so with this one. Most are told apart by how they begin and end.
fn scope_of(address: &str, goes: fn(&str, &str) -> bool) -> Scope {
    let begin = address.split('{').next().unwrap_or_default().to_owned();
    let end = address.rsplit_once('}').map_or("", |(_, end)| end).to_owned();
    let address = address.to_owned();
    web::scope("").guard(fn_guard(move |asked| {
        let path = asked.head().uri.path();
        (path.starts_with(&begin) && path.ends_with(&end) || path.contains('%')) && goes(&address, path)
    }))
}

/// Is this path of a request the address of an operation, whatever stands where the address has a name in braces?
pub fn fits(address: &str, path: &str) -> bool {
    after(address, path).is_some_and(|mut more| more.next().is_none())
}

fn begins(list: &str, path: &str) -> bool {
    after(list, path).is_some()
}

/// The words of a path after those of an address.
fn after<'p>(address: &str, path: &'p str) -> Option<Split<'p, char>> {
    let mut words = path.split('/');
    address.split('/').all(|ours| words.next().is_some_and(|theirs| stands_for(ours, theirs))).then_some(words)
}

/// One word of an address, and what a request has in its place, however it is spelled.
fn stands_for(ours: &str, theirs: &str) -> bool {
    let theirs = percent_decode_str(theirs).decode_utf8_lossy();
    match ours.split_once('{').zip(ours.rsplit_once('}')) {
        Some(((before, _), (_, end))) => theirs.len() > before.len() + end.len() && theirs.starts_with(before) && theirs.ends_with(end),
        None => theirs == ours,
    }
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
        for (list, addresses) in self.0 {
            config.service(addresses.into_values().fold(scope_of(&list, begins), Scope::service));
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
    use super::{begins, fits, list_of};

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

    #[test]
    fn a_path_is_an_address_word_by_word() {
        for (address, path, is) in [
            ("/v1/objectives", "/v1/objectives", true),
            ("/v1/objectives", "/v1/objectives/", false),
            ("/v1/objectives", "/v1/%6Fbjectives", true),
            ("/v1/objectives/{id}", "/v1/objectives/1", true),
            ("/v1/objectives/{id}", "/v1/objectives/a%2Fb", true),
            ("/v1/objectives/{id}", "/v1/objectives/", false),
            ("/v1/objectives/{id}", "/v1/objectives/1/agree", false),
            ("/v1/objectives/{id}/agree", "/v1/objectives/1/agree", true),
            ("/v1/objectives/{id}/agree", "/v1/objectives//agree", false),
            ("/v1/objectives/{id}/agree", "/v1/objectives/1/agreed", false),
            ("/v1/calendar/{token}.ics", "/v1/calendar/secret.ics", true),
            ("/v1/calendar/{token}.ics", "/v1/calendar/secret%2Eics", true),
            ("/v1/calendar/{token}.ics", "/v1/calendar/.ics", false),
            ("/v1/calendar/{token}.ics", "/v1/calendar/%2Eics", false),
            ("/v1/calendar/{token}.ics", "/v1/calendar/secret", false),
        ] {
            assert_eq!(fits(address, path), is, "{address} {path}");
        }
        assert!(begins("/v1/objectives", "/v1/objectives/1/agree") && !begins("/v1/objectives", "/v1/objective") && !begins("/v1/objectives", "/v1"));
    }
}
