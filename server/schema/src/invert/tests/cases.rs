use crate::invert::{Why, invert, invert_all, same};
use crate::operation::{ColumnChange, Operation, Written};
use crate::testing::*;
use crate::types::{Enum, TypeConstraint};
use crate::{ConstraintKind, Kind, ServerDefault, Type};
use fact::Fact;

/// The inverse of `operation` on what `setup` (SQL) makes, in words; it must lead back.
#[track_caller]
fn check_invert(kind: Kind, setup: &str, operation: Operation, expected: &str) {
    let before = schema(kind, setup);
    let inverse = invert(&op(operation.clone()), &before, &context(kind));
    match inverse {
        Ok(operations) => {
            let words: Vec<String> = operations.iter().map(words).collect();
            assert_eq!(words.join("; "), expected);
            let mut steps = vec![operation];
            steps.extend(operations);
            assert!(same(&after(kind, &before, steps), &before));
        }
        Err(why) => assert_eq!(format!("no: {why}"), expected),
    }
}

fn words(operation: &Operation) -> String {
    match operation {
        Operation::CreateTable { table, .. } => format!("create table {}", table.name),
        Operation::DropTable { table, .. } => format!("drop table {table}"),
        Operation::RenameTable { from, to } => format!("rename table {from} {to}"),
        Operation::AddColumn { table, column, .. } => format!("add {table}.{}", column.name),
        Operation::DropColumn { table, column, .. } => format!("drop {table}.{column}"),
        Operation::AlterColumn { table, column, change } => {
            let mut what = Vec::new();
            let asked = [
                (change.ty.is_some(), "type"),
                (change.nullable.is_some(), "nullable"),
                (change.default.is_some(), "default"),
                (change.using.is_some(), "using"),
                (change.new_name.is_some(), "name"),
                (change.comment.is_some(), "comment"),
            ];
            what.extend(asked.iter().filter(|(asked, _)| *asked).map(|(_, what)| *what));
            format!("alter {table}.{column} {}", what.join(" "))
        }
        Operation::AddConstraint { table, constraint, .. } => {
            format!("add {:?} to {table}", constraint.kind())
        }
        Operation::DropConstraint { table, name, .. } => {
            format!("drop constraint {} of {table}", name.known().copied().flatten().unwrap_or_default())
        }
        Operation::CreateIndex { table, .. } => format!("create index on {table}"),
        Operation::DropIndex { name, .. } => {
            format!("drop index {}", name.known().copied().unwrap_or_default())
        }
        Operation::Batch { steps, options, .. } => {
            let steps: Vec<String> = steps.iter().map(|step| words(&step.operation)).collect();
            let args = if options.table_args.is_empty() { "" } else { " with constraints" };
            format!("batch [{}]{args}", steps.join("; "))
        }
        Operation::CreateEnum { name, .. } => format!("create type {name}"),
        Operation::DropEnum { name, .. } => format!("drop type {name}"),
        other => format!("{other:?}"),
    }
}

const TWO: &str = "CREATE TABLE a (id INTEGER NOT NULL, n INTEGER DEFAULT 5, CONSTRAINT pk PRIMARY KEY (id), \
    CONSTRAINT uq UNIQUE (n)); CREATE INDEX ix ON a (n, id); \
    CREATE TABLE b (x INTEGER, CONSTRAINT fk FOREIGN KEY (x) REFERENCES a (id))";

#[test]
fn tables() {
    check_invert(PG, TWO, create_table("c", &[column("x", Type::Date)], &[], &[]), "drop table c");
    check_invert(PG, TWO, drop_table("b"), "create table b");
    check_invert(PG, TWO, rename_table("a", "z"), "rename table z a");
    check_invert(SL, TWO, drop_table("a"), "create table a");
}

#[test]
fn columns() {
    check_invert(
        PG,
        TWO,
        add_column("a", column("y", Type::Date), &[], &[index("", "y")]),
        "drop index ix_a_y; drop a.y",
    );
    check_invert(PG, TWO, drop_column("a", "n"), "add a.n; add Unique to a; create index on a");
    check_invert(
        MY,
        TWO,
        drop_column("a", "n"),
        "drop index ix; add a.n; add Unique to a; create index on a",
    );
    check_invert(
        SL,
        TWO,
        batch("a", vec![drop_index(None, "ix"), drop_column("a", "n")]),
        "batch [add a.n]; batch [add Unique to a]; batch [create index on a]",
    );
    check_invert(PG, TWO, rename_column("a", "n", "m", None), "alter a.m name");
    check_invert(
        MY,
        "CREATE TABLE t (a INTEGER)",
        rename_column("t", "a", "b", Some(Type::Integer)),
        "alter t.b name",
    );
}

#[test]
fn alterations() {
    check_invert(PG, TWO, alter("a", "n", set_type(Type::BigInteger)), "alter a.n type");
    check_invert(
        PG,
        "CREATE TABLE t (a INTEGER DEFAULT 5)",
        alter("t", "a", set_type(Type::Text { length: None, national: false, collation: None })),
        "alter t.a default; alter t.a type default using",
    );
    check_invert(
        MY,
        "CREATE TABLE t (a INTEGER DEFAULT 5 NOT NULL)",
        alter("t", "a", set_type(Type::BigInteger)),
        "alter t.a type nullable default",
    );
    check_invert(
        SL,
        "CREATE TABLE t (a INTEGER DEFAULT 5 NOT NULL)",
        batch("t", vec![alter("t", "a", set_default(None))]),
        "batch [alter t.a default]",
    );
    let both = ColumnChange {
        new_name: Some(Fact::Known(fact::name("m"))),
        ..set_default(Some(ServerDefault::Literal("7".into())))
    };
    check_invert(PG, TWO, alter("a", "n", both), "alter a.m name; alter a.n default");
}

#[test]
fn constraints_and_indexes() {
    check_invert(PG, TWO, add_constraint("b", unique("", "x")), "drop constraint b_x_key of b");
    let fk = Some(ConstraintKind::ForeignKey);
    check_invert(PG, TWO, drop_constraint("b", "fk", fk), "add ForeignKey to b");
    check_invert(MY, TWO, drop_constraint("b", "fk", fk), "add ForeignKey to b");
    check_invert(
        MY,
        "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (x INTEGER)",
        add_constraint("b", foreign_key("fk", "x", "a", "id")),
        "drop constraint fk of b; drop index fk",
    );
    check_invert(PG, TWO, create_index("b", index("", "x")), "drop index ix_b_x");
    check_invert(PG, TWO, drop_index(None, "ix"), "create index on a");
    check_invert(
        MS,
        "CREATE TABLE t (a INTEGER)",
        add_constraint("t", unique("", "a")),
        "no: something to restore is not known: the database makes it up",
    );
    check_invert(
        MS,
        "CREATE TABLE t (a INTEGER)",
        add_constraint("t", unique("u", "a")),
        "drop constraint u of t",
    );
}

#[test]
fn constraints_without_a_name_are_given_to_the_rebuilt_table() {
    check_invert(
        SL,
        "CREATE TABLE t (a INTEGER, b INTEGER, UNIQUE (b))",
        batch("t", vec![drop_column("t", "b")]),
        "batch [add t.b]; batch [] with constraints",
    );
}

#[test]
fn types() {
    let kind = Type::Enum(Enum {
        name: Some(plain("kind")),
        labels: Fact::Known(vec!["a".into()]),
        native: true,
        length: None,
        create_type: true,
        constraint: TypeConstraint::default(),
    });
    check_invert(PG, "", create_table("t", &[column("k", kind)], &[], &[]), "drop table t; drop type kind");
    let add = Operation::AddEnumLabel {
        name: plain("kind"),
        label: Fact::Known("b".into()),
        before: None,
        after: None,
        if_not_exists: false,
    };
    check_invert(
        PG,
        "CREATE TYPE kind AS ENUM ('a')",
        add,
        "no: PostgreSQL cannot take a label out of an enum type",
    );
    let drop = Operation::DropEnum { name: plain("kind"), check_first: false };
    check_invert(PG, "CREATE TYPE kind AS ENUM ('a')", drop, "create type kind");
}

#[test]
fn tables_that_refer_to_each_other() {
    let before = schema(PG, "");
    let operations = vec![
        create_table(
            "a",
            &[required("id", Type::Uuid), column("b", Type::Uuid)],
            &[primary_key("", "id")],
            &[],
        ),
        create_table(
            "b",
            &[required("id", Type::Uuid), column("a", Type::Uuid)],
            &[primary_key("", "id"), foreign_key("", "a", "a", "id")],
            &[],
        ),
        add_constraint("a", foreign_key("", "b", "b", "id")),
    ];
    let steps: Vec<_> = operations.into_iter().map(op).collect();
    let inverse = invert_all(&steps, &before, &context(PG)).unwrap();
    let found: Vec<String> = inverse.iter().map(words).collect();
    assert_eq!(found.join("; "), "drop constraint a_b_fkey of a; drop table b; drop table a");
    let built = after(PG, &before, steps.into_iter().map(|step| step.operation).collect());
    let back = crate::invert::transition(&before, &built, place(), &context(PG)).unwrap();
    let found: Vec<String> = back.iter().map(words).collect();
    assert_eq!(found.join("; "), "create table a; create table b; add ForeignKey to a");
    let gone = crate::invert::transition(&built, &before, place(), &context(PG)).unwrap();
    assert_eq!(gone.len(), 3);
}

#[test]
fn there_is_no_way_back_from_what_is_not_known() {
    let before = schema(PG, TWO);
    let because = fact::Unknown::nowhere(fact::Reason::Rows);
    let opaque = Operation::Opaque { touches: crate::Touched::Anything, because: because.clone() };
    assert_eq!(invert(&op(opaque), &before, &context(PG)), Err(Why::Opaque(because)));
    let failing = step(drop_column("a", "zz"), Written::Op);
    assert!(matches!(invert(&failing, &before, &context(PG)), Err(Why::Fails(_))));
}
