//! The tables of the two databases are the same, and built for the tenant wall (T13).

use crate::support::*;
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query, sql_types::Text};
use std::{collections::BTreeSet, path::Path};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}
/// What a query says of a freshly migrated database, one text a row.
pub fn lines(backend: Backend, sql: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    World::run(backend, async |w| {
        let (place, sql) = (w.place.clone(), sql.to_owned());
        let rows: Vec<Line> = std::thread::spawn(move || match backend {
            Backend::Sqlite => sql_query(sql).load(&mut SqliteConnection::establish(&place).unwrap()).unwrap(),
            Backend::Postgres => sql_query(sql).load(&mut crate::feed::Postgres::establish(&place).unwrap()).unwrap(),
        })
        .join()
        .unwrap();
        out = rows.into_iter().map(|r| r.line).collect();
    });
    out
}
#[track_caller]
fn same(sqlite: &str, postgres: &str) -> BTreeSet<String> {
    let (a, b) = (lines(Backend::Sqlite, sqlite), lines(Backend::Postgres, postgres));
    let only = |x: &BTreeSet<String>, y: &BTreeSet<String>| x.difference(y).cloned().collect::<Vec<_>>();
    assert!(a == b && !a.is_empty(), "only SQLite: {:#?}\nonly PostgreSQL: {:#?}", only(&a, &b), only(&b, &a));
    a
}

const OURS: &str = "m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\'";
// trellis_migrating is PostgreSQL's alone: servers that start together migrate in turn by it
const KEYS: &str = "SELECT t.relname || ' ' || x.KIND || ' (' || x.cols || ')' AS line FROM";

#[test]
fn columns_and_their_nullability_are_the_same() {
    let found = same(
        &format!(
            "SELECT m.name || '.' || c.name || CASE WHEN c.\"notnull\" OR c.pk THEN ' not null' ELSE '' END AS line FROM sqlite_master m, pragma_table_info(m.name) c WHERE {OURS}"
        ),
        "SELECT table_name || '.' || column_name || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END AS line FROM information_schema.columns \
         WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%' AND table_name <> 'trellis_migrating'",
    );
    assert!(found.contains("people.trn") && found.contains("people.tenant_id not null"));
}

/// Primary and unique keys: table, kind, columns in their order.
fn unique_keys() -> BTreeSet<String> {
    same(
        &format!(
            "SELECT t || ' ' || kind || ' (' || group_concat(c, ', ') || ')' AS line FROM (SELECT * FROM (\
             SELECT m.name AS t, 'key' AS kind, c.name AS c, '' AS i, c.pk AS n FROM sqlite_master m, pragma_table_info(m.name) c WHERE c.pk > 0 AND {OURS} \
             UNION ALL SELECT m.name, 'unique', x.name, i.name, x.seqno FROM sqlite_master m, pragma_index_list(m.name) i, pragma_index_info(i.name) x \
             WHERE i.\"unique\" AND i.origin <> 'pk' AND {OURS}) ORDER BY t, kind, i, n) GROUP BY t, kind, i"
        ),
        &format!(
            "{} (SELECT i.indrelid, CASE WHEN i.indisprimary THEN 'key' ELSE 'unique' END AS kind, (SELECT string_agg(a.attname, ', ' ORDER BY k.n) \
             FROM unnest(i.indkey) WITH ORDINALITY k(att, n) JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.att) AS cols \
             FROM pg_index i WHERE i.indisunique) x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace s ON s.oid = t.relnamespace \
             WHERE s.nspname = 'public' AND t.relname NOT LIKE '\\_\\_diesel%' AND t.relname <> 'trellis_migrating'",
            KEYS.replace("KIND", "kind")
        ),
    )
}

/// A table as `persistence/operations/src/schema` lists it: its name, its key, and each column with its type.
struct Listed {
    name: String,
    key: String,
    columns: Vec<(String, String)>,
}
/// Everything that is listed there.
fn listed() -> Vec<Listed> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("persistence/operations/src/schema");
    let files: Vec<String> = std::fs::read_dir(folder).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    let tables = files.iter().flat_map(|text| text.split("diesel::table! {").skip(1));
    tables
        .map(|text| {
            let text: Vec<&str> = text.lines().map(str::trim).take_while(|line| !line.starts_with("diesel::")).collect();
            let head = text.iter().find(|line| line.ends_with(") {")).unwrap();
            let (name, key) = head.trim_end_matches(" {").split_once(' ').unwrap();
            let columns = text.iter().filter_map(|line| line.trim_end_matches(',').split_once(" -> "));
            Listed { name: name.into(), key: key.into(), columns: columns.map(|(name, kind)| (name.into(), kind.into())).collect() }
        })
        .collect()
}

#[test]
fn the_tables_are_listed_as_they_are() {
    const KINDS: [(&str, &str, &str); 9] = [
        ("Guid", "BLOB", "uuid"),
        ("Instant", "BIGINT", "timestamp with time zone"),
        ("Document", "TEXT", "jsonb"),
        ("Text", "TEXT", "text"),
        ("Binary", "BLOB", "bytea"),
        ("Bool", "BOOLEAN", "boolean"),
        ("Date", "DATE", "date"),
        ("Integer", "INTEGER", "integer"),
        ("BigInt", "BIGINT", "bigint"),
    ];
    let columns_of = |backend: Backend| -> BTreeSet<String> {
        let line = |table: &str, (name, kind): &(String, String)| {
            let bare = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>'));
            let (_, sqlite, postgres) =
                KINDS.into_iter().find(|(known, ..)| *known == bare.unwrap_or(kind)).unwrap_or_else(|| panic!("{table}.{name}: {kind}"));
            let kind = if backend == Backend::Sqlite { sqlite } else { postgres };
            format!("{table}.{name} {kind}{}", if bare.is_some() { "" } else { " not null" })
        };
        listed().iter().flat_map(|table| table.columns.iter().map(|column| line(&table.name, column)).collect::<Vec<_>>()).collect()
    };
    let sqlite = lines(
        Backend::Sqlite,
        &format!(
            "SELECT m.name || '.' || c.name || ' ' || upper(c.type) || CASE WHEN c.\"notnull\" OR c.pk THEN ' not null' ELSE '' END AS line \
             FROM sqlite_master m, pragma_table_info(m.name) c WHERE {OURS}"
        ),
    );
    let postgres = lines(
        Backend::Postgres,
        "SELECT table_name || '.' || column_name || ' ' || data_type || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END AS line \
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%' AND table_name <> 'trellis_migrating'",
    );
    for (backend, there) in [(Backend::Sqlite, sqlite), (Backend::Postgres, postgres)] {
        let said = columns_of(backend);
        let only = |x: &BTreeSet<String>, y: &BTreeSet<String>| x.difference(y).cloned().collect::<Vec<_>>();
        assert!(said == there && said.len() > 500, "{backend:?}: only listed {:#?}\nonly there {:#?}", only(&said, &there), only(&there, &said));
    }
    let keys = unique_keys();
    for Listed { name, key, .. } in listed() {
        assert!(keys.contains(&format!("{name} key {key}")), "{name} {key}");
    }
}

#[test]
fn keys_are_the_same_and_begin_with_the_tenant() {
    for key in unique_keys().iter().filter(|k| k.contains(" key (")) {
        let exempt = ["tenants ", "signing_keys "].iter().any(|t| key.starts_with(t));
        assert!(exempt || key.contains(" key (tenant_id, "), "{key}");
    }
}

#[test]
fn foreign_keys_are_the_same() {
    same(
        &format!(
            "SELECT t || ' (' || group_concat(f, ', ') || ') -> ' || r || ' (' || group_concat(o, ', ') || ')' AS line FROM (\
             SELECT m.name AS t, k.id AS i, k.\"from\" AS f, k.\"table\" AS r, coalesce(k.\"to\", 'id') AS o FROM sqlite_master m, pragma_foreign_key_list(m.name) k WHERE {OURS} \
             ORDER BY m.name, k.id, k.seq) GROUP BY t, i, r"
        ),
        "SELECT t.relname || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY k(att, n) JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.att) \
         || ') -> ' || r.relname || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY k(att, n) JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.att) || ')' AS line \
         FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid WHERE c.contype = 'f'",
    );
}

#[test]
fn every_foreign_key_has_an_index_that_begins_with_its_columns() {
    let bare = lines(
        Backend::Postgres,
        "SELECT t.relname || ' ' || c.conname AS line FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid WHERE c.contype = 'f' AND NOT EXISTS (\
         SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid AND \
         (i.indpred IS NULL OR EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND \
         pg_get_expr(i.indpred, i.indrelid) = '(' || a.attname || ' IS NOT NULL)')) AND \
         (SELECT array_agg(k ORDER BY k) FROM unnest((i.indkey::int2[])[0:cardinality(c.conkey) - 1]) k) = (SELECT array_agg(k ORDER BY k) FROM unnest(c.conkey) k))",
    );
    assert!(bare.is_empty(), "{bare:#?}");
}

#[test]
fn sqlite_is_compiled_as_the_configuration_says() {
    assert!(lines(Backend::Sqlite, "SELECT compile_options AS line FROM pragma_compile_options").contains("ENABLE_QPSG"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    assert!(std::fs::read_to_string(root.join(".cargo/config.toml")).unwrap().contains("-DSQLITE_ENABLE_QPSG"));
}

#[test]
fn both_databases_have_the_same_migrations() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("migrations");
    let names = |of: &str| -> BTreeSet<_> { std::fs::read_dir(root.join(of)).unwrap().map(|e| e.unwrap().file_name()).collect() };
    assert_eq!(names("sqlite"), names("postgres"));
}
