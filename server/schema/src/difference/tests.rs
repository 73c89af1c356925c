use super::*;
use crate::testing::*;
use fact::{Reason, Unknown};

#[track_caller]
fn check_differences(kind: Kind, before: &str, after: &str, expected: &[&str]) {
    let found = differences(&schema(kind, before), &schema(kind, after), Some(kind.into()));
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
}

#[test]
fn columns_that_come_back_poorer() {
    check_differences(
        SL,
        "CREATE TABLE tasks (old_name VARCHAR(100) DEFAULT 'x' NOT NULL, UNIQUE (old_name))",
        "CREATE TABLE tasks (old_name VARCHAR(100))",
        &["tasks.old_name was VARCHAR(100) NOT NULL DEFAULT 'x' UNIQUE and comes back as VARCHAR(100)"],
    );
    check_differences(
        PG,
        "CREATE TABLE u (id INTEGER PRIMARY KEY); CREATE TABLE t (a INTEGER REFERENCES u (id) ON DELETE CASCADE)",
        "CREATE TABLE u (id INTEGER PRIMARY KEY); CREATE TABLE t (a BIGINT)",
        &["t.a was integer REFERENCES u (id) ON DELETE CASCADE and comes back as bigint"],
    );
    check_differences(
        PG,
        "CREATE TABLE t (a INTEGER, b TEXT)",
        "CREATE TABLE t (b TEXT, c DATE NOT NULL)",
        &["t.a was integer and does not come back", "t.c (date NOT NULL) stays behind"],
    );
}

#[test]
fn facets_are_told_apart() {
    let facets = |before: &str, after: &str| {
        let found = differences(&schema(PG, before), &schema(PG, after), Some(PG.into()));
        match found.first().map(|difference| difference.what.clone()) {
            Some(What::ColumnChanged { facets, .. }) => facets,
            _ => Vec::new(),
        }
    };
    for (before, after, expected) in [
        ("a TEXT", "a DATE", vec![Facet::Type]),
        ("a TEXT NOT NULL", "a TEXT", vec![Facet::Nullable]),
        ("a TEXT DEFAULT 'x'", "a TEXT", vec![Facet::Default]),
        ("a TEXT DEFAULT 'x'", "a TEXT DEFAULT 'y'", vec![Facet::Default]),
        ("a TEXT UNIQUE", "a TEXT", vec![Facet::Unique]),
        ("a TEXT UNIQUE NOT NULL", "a DATE", vec![Facet::Type, Facet::Nullable, Facet::Unique]),
        ("a TEXT DEFAULT 'X'::text", "a TEXT DEFAULT 'x'", vec![]),
    ] {
        let table = |column: &str| format!("CREATE TABLE t ({column})");
        assert_eq!(facets(&table(before), &table(after)), expected, "{before} -> {after}");
    }
}

#[test]
fn keys_and_indexes() {
    check_differences(
        PG,
        "CREATE TABLE t (a INTEGER, b INTEGER, CONSTRAINT uq UNIQUE (a, b), CONSTRAINT ck CHECK (a > 0));
         CREATE UNIQUE INDEX ix ON t (b) WHERE a > 1",
        "CREATE TABLE t (a INTEGER, b INTEGER, PRIMARY KEY (a, b)); CREATE INDEX ix ON t (b)",
        &[
            "t.a was integer and comes back as integer NOT NULL",
            "t.b was integer and comes back as integer NOT NULL",
            "the primary key (a, b) of t stays behind",
            "unique constraint uq (a, b) of t does not come back",
            "check constraint ck (a > 0) of t does not come back",
            "unique index ix (b) WHERE a > 1 of t does not come back",
            "index ix (b) of t stays behind",
        ],
    );
    check_differences(
        PG,
        "CREATE TABLE t (a INTEGER NOT NULL, b INTEGER NOT NULL, PRIMARY KEY (a))",
        "CREATE TABLE t (a INTEGER NOT NULL, b INTEGER NOT NULL, PRIMARY KEY (b))",
        &["the primary key (a) of t comes back as the primary key (b)"],
    );
}

#[test]
fn what_does_not_count() {
    check_differences(
        PG,
        "CREATE TABLE t (a INTEGER, b INTEGER, UNIQUE (a, b))",
        "CREATE TABLE t (b INTEGER, a INTEGER); ALTER TABLE t ADD CONSTRAINT t_a_b_key1 UNIQUE (a, b)",
        &[],
    );
    check_differences(
        MY,
        "CREATE TABLE t (a INTEGER, UNIQUE (a))",
        "CREATE TABLE t (a INTEGER); CREATE UNIQUE INDEX a ON t (a)",
        &[],
    );
    check_differences(
        PG,
        "CREATE TABLE t (a INTEGER, CHECK (a > 0))",
        "CREATE TABLE t (a INTEGER, CONSTRAINT other CHECK ((a>0)))",
        &[],
    );
}

#[test]
fn tables_and_types() {
    check_differences(
        PG,
        "CREATE TABLE a (x INTEGER); CREATE TYPE k AS ENUM ('a'); CREATE TYPE gone AS ENUM ('a')",
        "CREATE TABLE b (x INTEGER); CREATE TYPE k AS ENUM ('a', 'b')",
        &[
            "table a does not come back",
            "table b stays behind",
            "type gone does not come back",
            "type k had the labels a and comes back with a, b",
        ],
    );
}

#[test]
fn nothing_rests_on_what_is_unknown() {
    let before =
        schema(PG, "CREATE TABLE t (a INTEGER NOT NULL, b TEXT, UNIQUE (b)); CREATE TABLE u (a INTEGER)");
    let mut after = schema(PG, "CREATE TABLE t (a INTEGER)");
    let because = || Unknown::new(Reason::UndecidedTest, place());
    let mut table = Table::clone(after.table(&plain("t")).unwrap());
    table.open = Some(because());
    let column = Arc::make_mut(table.columns.first_mut().unwrap());
    (column.ty, column.nullable) = (Fact::Unknown(because()), Fact::Unknown(because()));
    after.tables.insert(table.name, Arc::new(table));
    after.opaque = Some(because());
    assert_eq!(differences(&before, &after, Some(PG.into())), []);
}

#[test]
fn without_a_dialect_types_differ_where_all_databases_say_so() {
    let with = |ty| {
        let table = create_table("t", &[column("a", ty)], &[], &[]);
        let mut schema = Schema::default();
        crate::apply(&mut schema, &op(table), &crate::Context::new(None));
        schema
    };
    let count = |a, b| differences(&with(a), &with(b), None).len();
    assert_eq!(count(Type::Integer, Type::BigInteger), 1);
    assert_eq!(count(Type::Uuid, Type::Char { length: Some(32), national: false, collation: None }), 0);
    assert_eq!(count(Type::string(Some(5)), Type::native("VARCHAR(5)")), 0);
}
