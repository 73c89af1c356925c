//! Whatever an operation does to a schema, its inverse undoes.

use super::settle::settle;
use crate::constraint::first_of_each;
use crate::invert::{Why, invert, same};
use crate::operation::{ColumnChange, Operation};
use crate::testing::*;
use crate::types::{Enum, TypeConstraint};
use crate::{
    Column, Constraint, Context, Failure, Identity, Index, Kind, Schema, ServerDefault, Table, TableName,
    Type, apply, apply_strict,
};
use fact::{Fact, Name};
use proptest::prelude::*;
use proptest::sample::Index as Pick;
use std::sync::Arc;

fn any_kind() -> impl Strategy<Value = Kind> {
    proptest::sample::select(Kind::ALL.to_vec())
}

fn any_type() -> impl Strategy<Value = Type> {
    let checked = |name: &str| TypeConstraint { create: true, name: Some(fact::name(name)) };
    let labels = |name: &str, native, constraint| {
        Type::Enum(Enum {
            name: Some(TableName::plain(name)),
            labels: Fact::Known(vec!["a".into(), "it's".into()]),
            native,
            length: None,
            create_type: true,
            constraint,
        })
    };
    proptest::sample::select(vec![
        Type::Integer,
        Type::BigInteger,
        Type::Date,
        Type::DateTime { timezone: false },
        Type::string(Some(20)),
        Type::Text { length: None, national: false, collation: None },
        Type::Uuid,
        Type::Json,
        Type::Numeric { precision: Some(10), scale: Some(2) },
        Type::Boolean { constraint: TypeConstraint::default() },
        Type::Boolean { constraint: checked("ck_bool") },
        labels("kind", true, TypeConstraint::default()),
        labels("sort", false, checked("ck_sort")),
    ])
}

fn any_default() -> impl Strategy<Value = Option<ServerDefault>> {
    proptest::sample::select(vec![
        None,
        None,
        Some(ServerDefault::Literal("5".into())),
        Some(ServerDefault::Sql("now()".into())),
        Some(ServerDefault::Now),
        Some(ServerDefault::True),
    ])
}

fn any_name() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec!["a", "b", "c", "d", "e"])
}

fn any_table() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec!["t", "u", "v"])
}

prop_compose! {
    fn any_column()(name in any_name(), ty in any_type(), nullable: bool, default in any_default(),
        comment in proptest::option::of("x|y"), always: bool, identity in 0..12u8) -> Column {
        let mut column = column(name, ty);
        column.nullable = Fact::Known(nullable);
        column.default = Fact::Known(default);
        column.comment = comment.map(Into::into);
        if identity == 0 && column.ty == Fact::Known(Type::Integer) && column.default == Fact::Known(None) {
            column.identity = Some(Identity { always, ..Identity::default() });
        }
        column
    }
}

fn any_constraint() -> impl Strategy<Value = Constraint> {
    let given = || proptest::sample::select(vec!["", "n1", "n2", "n3"]);
    let columns = || proptest::sample::subsequence(vec!["a", "b", "c", "d"], 1..3).prop_map(|c| c.join(" "));
    prop_oneof![
        (given(), columns()).prop_map(|(name, columns)| unique(name, &columns)),
        (given(), columns()).prop_map(|(name, columns)| primary_key(name, &columns)),
        (given(), any_name()).prop_map(|(name, column)| check(name, &format!("{column} IS NOT NULL"))),
        (given(), any_name(), any_table(), any_name())
            .prop_map(|(name, column, table, target)| foreign_key(name, column, table, target)),
    ]
}

prop_compose! {
    fn any_index()(name in proptest::sample::select(vec!["", "i1", "i2"]),
        columns in proptest::sample::subsequence(vec!["a", "b", "c", "d"], 1..3), unique: bool) -> Index {
        Index { unique: Fact::Known(unique), ..index(name, &columns.join(" ")) }
    }
}

fn any_change() -> impl Strategy<Value = ColumnChange> {
    let ty = proptest::option::of(any_type());
    let nullable = proptest::option::of(any::<bool>());
    let default = proptest::option::of(any_default());
    let new_name = proptest::option::weighted(0.2, any_name());
    let comment = proptest::option::of(proptest::option::of(Just("z")));
    (ty, nullable, default, new_name, comment, any_type()).prop_map(
        |(ty, nullable, default, new_name, comment, existing)| ColumnChange {
            ty: ty.map(Fact::Known),
            nullable: nullable.map(Fact::Known),
            default: default.map(Fact::Known),
            new_name: new_name.map(|name| Fact::Known(fact::name(name))),
            comment: comment.map(|comment| comment.map(Into::into)),
            existing_ty: Some(Fact::Known(existing)),
            existing_nullable: nullable.map(Fact::Known),
            using: Some("x".into()),
            ..ColumnChange::default()
        },
    )
}

fn any_operation() -> impl Strategy<Value = Operation> {
    let columns = || proptest::collection::vec(any_column(), 1..5);
    let constraints = || proptest::collection::vec(any_constraint(), 0..4);
    let indexes = || proptest::collection::vec(any_index(), 0..2);
    let alteration = prop_oneof![
        (any_table(), any_column(), proptest::collection::vec(any_constraint(), 0..2), indexes()).prop_map(
            |(table, column, constraints, indexes)| { add_column(table, column, &constraints, &indexes) }
        ),
        (any_table(), any_name()).prop_map(|(table, column)| drop_column(table, column)),
        (any_table(), any_name(), any_change())
            .prop_map(|(table, column, change)| alter(table, column, change)),
        (any_table(), any_constraint()).prop_map(|(table, constraint)| add_constraint(table, constraint)),
        (any_table(), any::<Pick>()).prop_map(|(table, pick)| drop_constraint(
            table,
            &format!("#{}", pick.index(8)),
            None
        )),
        (any_table(), any_index()).prop_map(|(table, index)| create_index(table, index)),
        (any_table(), any::<Pick>())
            .prop_map(|(table, pick)| drop_index(Some(table), &format!("#{}", pick.index(4)))),
    ]
    .boxed();
    let batched = (any_table(), proptest::collection::vec(alteration.clone(), 1..3))
        .prop_map(|(table, operations)| batch(table, operations));
    prop_oneof![
        3 => (any_table(), columns(), constraints(), indexes())
            .prop_map(|(table, columns, constraints, indexes)| {
                create_table(table, &columns, &constraints, &indexes)
            }),
        1 => any_table().prop_map(drop_table),
        1 => (any_table(), any_table()).prop_map(|(from, to)| rename_table(from, to)),
        6 => alteration,
        3 => batched,
        1 => Just(Operation::CreateEnum {
            name: TableName::plain("kind"),
            labels: Fact::Known(vec!["a".into(), "it's".into()]),
            check_first: true,
        }),
        1 => Just(Operation::DropEnum { name: TableName::plain("kind"), check_first: false }),
        1 => (any_table(), proptest::option::of(Just("note")))
            .prop_map(|(table, comment)| Operation::SetTableComment {
                table: plain(table),
                comment: comment.map(Into::into),
                existing: None,
            }),
    ]
}

/// `true` if the operation could be applied and undone.
fn check_undone(kind: Kind, before: &Schema, operation: Operation) -> Result<bool, TestCaseError> {
    let context: Context = context(kind);
    let step = op(operation);
    let mut now = before.clone();
    if !apply_strict(&mut now, &step, &context).failures.is_empty() {
        return Ok(false);
    }
    let inverse = match invert(&step, before, &context) {
        Ok(inverse) => inverse,
        // What has no name known cannot be dropped, and labels stay.
        Err(Why::Unknown(_) | Why::Impossible(_)) => return Ok(false),
        // A table is not rebuilt while one of its foreign keys points nowhere, and of two unique constraints over the
        // same columns the second cannot be dropped.
        Err(Why::Fails(failed))
            if kind == Kind::Sqlite
                && matches!(
                    failed.failure,
                    Failure::NoSuchTable { .. } | Failure::NoSuchConstraint { .. }
                ) =>
        {
            return Ok(false);
        }
        Err(why) => {
            let (was, is) = (show(before, Some(kind)), show(&now, Some(kind)));
            return Err(TestCaseError::fail(format!("{kind}: {why:?}\n{step:#?}\nwas {was}\nis  {is}")));
        }
    };
    for operation in inverse {
        let outcome = apply(&mut now, &op(operation), &context);
        prop_assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
    }
    prop_assert!(same(&now, before), "{kind}: {}\n{}", show(before, Some(kind)), show(&now, Some(kind)));
    Ok(true)
}

fn any_history() -> impl Strategy<Value = Vec<Operation>> {
    proptest::collection::vec(any_operation(), 1..14).prop_map(|rest| {
        let table = |name| {
            let columns =
                [required("id", Type::Integer), column("a", Type::Integer), column("b", Type::Date)];
            create_table(name, &columns, &[primary_key("", "id"), unique("", "a b")], &[index("", "b")])
        };
        let mut operations = vec![table("t"), table("u")];
        operations.extend(rest);
        operations
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, max_shrink_iters: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_inverse_undoes_every_operation(kind in any_kind(), operations in any_history()) {
        let mut schema = Schema::default();
        let mut undone = 0;
        for operation in operations {
            let operation = settle(operation, &schema);
            let mut next = schema.clone();
            apply_strict(&mut next, &op(operation.clone()), &context(kind));
            // A CHECK over columns that are not there is not looked into, but no database would take it.
            let whole = next.tables.values().all(|table| {
                checks_fit(table) && references_fit(table, &next) && (kind != Kind::Sqlite || uniques_fit(table))
            });
            if whole {
                undone += usize::from(check_undone(kind, &schema, operation)?);
                schema = next;
            }
        }
        // Not all of it may be turned away.
        prop_assert!(undone > 0);
    }

    #[test]
    fn no_operation_breaks_the_schema(operations in any_history(), known: bool, kind in any_kind()) {
        let context = if known { context(kind) } else { Context::new(None) };
        let mut schema = Schema::default();
        for operation in operations {
            apply(&mut schema, &op(operation), &context);
            for table in schema.tables.values() {
                check_whole(table)?;
            }
        }
    }
}

/// SQLite lets foreign keys point nowhere, and at whatever takes that name later.
fn references_fit(table: &Table, schema: &Schema) -> bool {
    table.foreign_keys.iter().all(|key| schema.tables.contains_key(&key.ref_table))
}

/// Of two unique constraints over the same columns SQLAlchemy's reflection sees one on SQLite, and a rebuild keeps that.
fn uniques_fit(table: &Table) -> bool {
    first_of_each(&table.uniques).count() == table.uniques.len()
}

fn checks_fit(table: &Table) -> bool {
    table.checks.iter().all(|check| {
        let column = check.sql.known().and_then(|sql| sql.split(' ').next());
        column.is_none_or(|column| table.column(column).is_some())
    })
}

/// Every column that a key or index names is there.
fn check_whole(table: &Arc<Table>) -> Result<(), TestCaseError> {
    let keys = table.primary_key.iter().flat_map(|key| &key.columns);
    let uniques = table.uniques.iter().flat_map(|unique| &unique.columns);
    let references = table.foreign_keys.iter().flat_map(|key| &key.columns);
    let indexed: Vec<Name> = table.indexes.iter().flat_map(Index::columns).collect();
    for column in keys.chain(uniques).chain(references).chain(&indexed) {
        prop_assert!(table.column(column).is_some(), "{} lacks {column}", table.name);
    }
    let mut names: Vec<Name> = table.columns.iter().map(|column| column.name).collect();
    names.sort_by_key(|name| name.as_str());
    names.dedup();
    prop_assert_eq!(names.len(), table.columns.len());
    Ok(())
}
