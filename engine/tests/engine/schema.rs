//! The `schema.rs` of every crate against the migrated database, and the migrations there and back again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use tokio_postgres::NoTls;

use crate::fixture::Fixture;

/// A table is declared by the crate whose it is.
const SCHEMAS: [&str; 2] =
    [include_str!("../../src/postgres/schema.rs"), include_str!("../../../identity/src/schema.rs")];

/// Columns of types that Diesel has no name for. They are used in SQL alone.
const BEYOND_DIESEL: [(&str, &str); 2] = [("outbox", "xid"), ("outbox_cursors", "xid")];

/// Table and column -> type.
type Columns = BTreeMap<(String, String), String>;
/// Table and column of a primary key.
type Keys = BTreeSet<(String, String)>;

/// What they say, in PostgreSQL's words.
fn declared() -> (Columns, Keys) {
    let (mut columns, mut keys, mut table) = (Columns::new(), Keys::new(), String::new());
    for line in SCHEMAS.iter().flat_map(|schema| schema.lines()).map(str::trim) {
        if let Some((name, key)) = line.strip_suffix(") {").and_then(|head| head.split_once(" (")) {
            table = name.to_owned();
            keys.extend(key.split(", ").map(|column| (table.clone(), column.to_owned())));
        } else if let Some((column, kind)) = line.strip_suffix(',').and_then(|line| line.split_once(" -> ")) {
            columns.insert((table.clone(), column.to_owned()), in_postgres_words(kind));
        }
    }
    (columns, keys)
}

fn in_postgres_words(kind: &str) -> String {
    if let Some(inner) = kind.strip_prefix("Nullable<").and_then(|rest| rest.strip_suffix('>')) {
        return in_postgres_words(inner).replace(" not null", "");
    }
    let name = match kind {
        "Uuid" => "uuid",
        "Text" => "text",
        "BigInt" => "bigint",
        "Integer" => "integer",
        "Double" => "double precision",
        "Bool" => "boolean",
        "Json" => "json",
        "Jsonb" => "jsonb",
        "Bytea" => "bytea",
        "Timestamptz" => "timestamp with time zone",
        "Date" => "date",
        "Array<Text>" => "text[]",
        "Array<Uuid>" => "uuid[]",
        other => panic!("a type this test does not know yet: {other}"),
    };
    format!("{name} not null")
}

fn rows(fixture: &Fixture, query: &str) -> Vec<(String, String, String)> {
    fixture.block_on(async {
        let (client, connection) = tokio_postgres::connect(fixture.url(), NoTls).await.expect("a connection");
        tokio::spawn(connection);
        let rows = client.query(query, &[]).await.expect("the catalogue");
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
    })
}

fn migrated_columns(fixture: &Fixture) -> Columns {
    let query = "select c.relname::text, a.attname::text,
                        format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
                 from pg_attribute a join pg_class c on c.oid = a.attrelid
                 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0
                   and not a.attisdropped and c.relname <> '__diesel_schema_migrations'";
    rows(fixture, query).into_iter().map(|(table, column, kind)| ((table, column), kind)).collect()
}

fn migrated_keys(fixture: &Fixture) -> Keys {
    let query = "select c.relname::text, a.attname::text, ''
                 from pg_index i join pg_class c on c.oid = i.indrelid
                 join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
                 where i.indisprimary and c.relnamespace = 'public'::regnamespace and c.relname <> '__diesel_schema_migrations'";
    rows(fixture, query).into_iter().map(|(table, column, _)| (table, column)).collect()
}

#[test]
fn diesel_sees_the_tables_as_they_are() {
    let fixture = Fixture::new();
    let (columns, keys) = declared();
    let mut there = migrated_columns(&fixture);
    for (table, column) in BEYOND_DIESEL {
        let kind = there.remove(&(table.to_owned(), column.to_owned()));
        assert!(kind.is_some(), "{table}.{column} is gone: forget it here");
    }
    assert_eq!(columns, there);
    assert_eq!(keys, migrated_keys(&fixture));
}

/// Everything that the migrations make, by kind and name, with its definition.
fn made(fixture: &Fixture) -> Vec<(String, String, String)> {
    let mut made = rows(
        fixture,
        "select 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) from pg_constraint
         where connamespace = 'public'::regnamespace and conrelid <> '__diesel_schema_migrations'::regclass
         union all
         select 'index', indexname::text, indexdef from pg_indexes
         where schemaname = 'public' and tablename <> '__diesel_schema_migrations'
         union all
         select 'function', oid::regprocedure::text, prosrc from pg_proc where pronamespace = 'public'::regnamespace
         union all
         select 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
         union all
         select 'grant', table_name::text || ' ' || privilege_type, grantee::text from information_schema.role_table_grants
         where grantee = 'doorbuster_shop' and table_name <> '__diesel_schema_migrations'
         union all
         select 'rows of ' || relname, '', query_to_xml('select * from ' || relname || ' order by 1', true, false, '')::text
         from pg_class where relname in ('stores', 'locations', 'tax_classes') and relnamespace = 'public'::regnamespace
         order by 1, 2, 3",
    );
    made.extend(migrated_columns(fixture).into_iter().map(|((table, column), kind)| (table, column, kind)));
    // When a row was made is not what the migration says.
    for (_, _, definition) in &mut made {
        *definition = definition.lines().filter(|line| !line.contains("ated_at>")).collect();
    }
    made
}

#[test]
fn the_migrations_go_there_and_back_again() {
    let fixture = Fixture::new();
    let before = made(&fixture);
    assert!(before.len() > 100, "{before:?}");

    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let entries = fs::read_dir(folder).expect("the migrations").map(|entry| entry.expect("an entry").path());
    let names: BTreeSet<_> = entries.filter(|path| path.is_dir()).collect();
    for migration in names.iter().rev() {
        fixture.own.sql(fs::read_to_string(migration.join("down.sql")).expect("each has a way back"));
    }
    assert_eq!(made(&fixture), [], "each takes back all that it made");

    fixture.own.sql("delete from __diesel_schema_migrations");
    let applied = fixture.block_on(engine::postgres::migrate(fixture.url())).expect("they apply again");
    assert_eq!(applied.len(), names.len());
    assert_eq!(made(&fixture), before);
}
