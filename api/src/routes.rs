//! One list of operations, for two readers: the server that answers them, and the contract that describes them. Only the contract makes
//! schemas, once; each worker registers its routes and no more.

use actix_web::{dev::HttpServiceFactory, web};
use std::collections::BTreeMap;
use utoipa::openapi::{RefOr, path::Paths, schema::Schema};
use utoipa_actix_web::OpenApiFactory;

/// Where a module names its operations. `.service(..)` registers or documents each: none is served that is not in the contract.
pub enum Routes<'a> {
    /// A worker's.
    Served(&'a mut web::ServiceConfig),
    /// The contract's.
    Described(&'a mut Described),
}

/// Operations, and the schemas that they speak of.
pub struct Described {
    /// By address.
    pub paths: Paths,
    /// By name.
    pub schemas: BTreeMap<String, RefOr<Schema>>,
}

impl Routes<'_> {
    /// One operation more.
    pub fn service<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, operation: F) -> &mut Self {
        match self {
            Self::Served(config) => {
                config.service(operation);
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

impl Described {
    /// What these routes say of themselves.
    pub fn of(routes: impl FnOnce(&mut Routes<'_>)) -> Self {
        let mut all = Self { paths: Paths::new(), schemas: BTreeMap::new() };
        routes(&mut Routes::Described(&mut all));
        all
    }
}
