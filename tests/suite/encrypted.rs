//! The way to a PostgreSQL on another machine: encrypted, and to no server but the one that is meant.

use crate::support::{postgres_admin, postgres_server};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};
use diesel_async::{AsyncPgConnection, async_connection_wrapper::AsyncConnectionWrapper};
use std::sync::Arc;
use trellis_api::{
    app::operators_act,
    clock::{RandomIds, SystemClock},
};
use trellis_databases::{self as databases, Settings};
use trellis_domain::id::TenantId;
use trellis_persistence::tenant::ListTenants;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}
fn encrypted_connections(database: &str) -> i64 {
    let mut c = <AsyncConnectionWrapper<AsyncPgConnection> as diesel::Connection>::establish(&format!("{}/postgres", postgres_server())).unwrap();
    let count = "SELECT count(*) AS count FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND datname = ";
    sql_query(format!("{count}'{database}'")).get_result::<Count>(&mut c).unwrap().count
}

#[test]
fn a_server_must_show_who_it_is() {
    let database = format!("encrypted_{}", std::process::id());
    postgres_admin(&format!("CREATE DATABASE {database}"));
    let certificate = std::env::var("TRELLIS_TEST_POSTGRES_CERTIFICATE").expect("tests/tools/postgres makes one");
    let there = format!("{}/{database}", postgres_server());
    let meant = format!("{there}?sslmode=verify-full&sslrootcert={certificate}");

    let source = databases::open(&meant, &Settings::default()).unwrap();
    actix_web::rt::System::new().block_on(async {
        let db = source.connect().unwrap();
        let act = operators_act(TenantId(uuid::Uuid::nil()), &SystemClock, Arc::new(RandomIds), "suite");
        assert!(db.read(act, ListTenants).await.unwrap().is_empty());
        let name = database.clone();
        assert_eq!(std::thread::spawn(move || encrypted_connections(&name)).join().unwrap(), 1);
    });

    let another_name = meant.replace("127.0.0.1", "localhost");
    let stranger = format!("{there}?sslmode=require");
    for url in [another_name, stranger] {
        let told = databases::open(&url, &Settings::default()).err().unwrap().to_string();
        assert!(told.contains("certificate"), "{told}");
    }
    databases::open(&format!("{there}?sslmode=disable"), &Settings::default()).unwrap().close();
    assert_eq!(encrypted_connections(&database), 0);
}
