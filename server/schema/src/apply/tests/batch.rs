use super::*;
use crate::apply::Context;
use crate::naming::NamingConvention;
use crate::operation::{BatchOptions, Recreate};
use crate::types::TypeConstraint;
use crate::{ConstraintKind, ServerDefault, Table, Type};
use fact::Fact;
use std::sync::Arc;

const T: &str = "CREATE TABLE t (id INTEGER NOT NULL, a VARCHAR(9), b INTEGER DEFAULT 1, PRIMARY KEY (id), \
    CONSTRAINT uq UNIQUE (a), UNIQUE (b), CONSTRAINT ck CHECK (a <> ''), CHECK (b > 0)); CREATE INDEX ix ON t (a)";

#[track_caller]
fn check_batch(operations: Vec<Operation>, expected: &str) {
    check_apply(SL, T, batch("t", operations), expected);
}

#[track_caller]
fn check_broken(operations: Vec<Operation>, expected: &str) {
    check_refused(SL, T, batch("t", operations), expected);
}

const SAME: &str = "t: id INTEGER!, a VARCHAR(9), b INTEGER = 1 | pk -(id) | uq uq(a) | uq -(b)";

#[test]
fn small_changes_do_not_rebuild() {
    check_batch(
        vec![add_column("t", column("c", Type::Date), &[], &[]), create_index("t", index("new", "c"))],
        &format!(
            "{} | ck ck(a <> '') | ck -(b > 0) | ix ix(a) | ix new(c)",
            SAME.replace("= 1", "= 1, c DATE")
        ),
    );
    check_batch(vec![drop_index(None, "ix")], &format!("{SAME} | ck ck(a <> '') | ck -(b > 0)"));
    check_batch(vec![], &format!("{SAME} | ck ck(a <> '') | ck -(b > 0) | ix ix(a)"));
}

#[test]
fn a_rebuilt_table_loses_its_unnamed_checks() {
    check_batch(
        vec![alter("t", "b", set_nullable(false))],
        &format!("{} | ck ck(a <> '') | ix ix(a)", SAME.replace("b INTEGER", "b INTEGER!")),
    );
    let added = with_default(column("c", Type::Date), ServerDefault::Sql("(date())".into()));
    check_batch(
        vec![add_column("t", added, &[], &[])],
        &format!("{} | ck ck(a <> '') | ix ix(a)", SAME.replace("= 1", "= 1, c DATE = (date())")),
    );
}

#[test]
fn constraints_go_and_come_by_name() {
    check_batch(
        vec![
            drop_constraint("t", "uq", Some(ConstraintKind::Unique)),
            add_constraint("t", unique("new", "a b")),
        ],
        "t: id INTEGER!, a VARCHAR(9), b INTEGER = 1 | pk -(id) | uq new(a b) | uq -(b) | ck ck(a <> '') | ix ix(a)",
    );
    check_broken(
        vec![drop_constraint("t", "nope", Some(ConstraintKind::Unique))],
        "table t has no unique constraint nope",
    );
    check_broken(
        vec![add_constraint("t", unique("", "a b"))],
        "a unique constraint of t must have a name here",
    );
    let key = foreign_key("", "c", "t", "id");
    check_broken(
        vec![add_column("t", column("c", Type::Integer), &[key], &[])],
        "a foreign key of t must have a name here",
    );
}

#[test]
fn a_renamed_column_goes_by_its_old_name() {
    let rename = || rename_column("t", "b", "z", None);
    let renamed = SAME.replace("b INTEGER", "z INTEGER").replace("uq -(b)", "uq -(z)");
    let rest = "ck ck(a <> '') | ix ix(a)";
    check_batch(vec![rename()], &format!("{renamed} | {rest}"));
    check_batch(
        vec![rename(), create_index("t", index("new", "b"))],
        &format!("{renamed} | {rest} | ix new(z)"),
    );
    check_batch(
        vec![rename(), add_constraint("t", unique("new", "b a"))],
        &format!("{} | {rest}", renamed.replace("uq -(z)", "uq new(z a) | uq -(z)")),
    );
    // With the new name it is silently not made.
    check_batch(vec![rename(), add_constraint("t", unique("new", "z a"))], &format!("{renamed} | {rest}"));
    check_broken(vec![rename(), create_index("t", index("new", "z"))], "table t has no column z");
    check_broken(vec![rename(), drop_column("t", "z")], "table t has no column z");
    check_broken(vec![rename_column("t", "a", "z", None)], "t.a is used by check constraint ck");
}

#[test]
fn a_dropped_column_takes_constraints_but_not_indexes() {
    check_batch(
        vec![drop_column("t", "b")],
        "t: id INTEGER!, a VARCHAR(9) | pk -(id) | uq uq(a) | ck ck(a <> '') | ix ix(a)",
    );
    check_broken(vec![drop_constraint("t", "ck", None), drop_column("t", "a")], "t.a is used by index ix");
    check_batch(
        vec![drop_index(None, "ix"), drop_constraint("t", "ck", None), drop_column("t", "a")],
        "t: id INTEGER!, b INTEGER = 1 | pk -(id) | uq -(b)",
    );
    check_broken(vec![drop_column("t", "zz")], "table t has no column zz");
}

#[test]
fn a_convention_names_what_was_reflected_without_a_name() {
    let options = BatchOptions {
        naming_convention: Some(Arc::new(NamingConvention {
            uq: Some("uq_%(table_name)s_%(column_0_name)s".into()),
            ..NamingConvention::default()
        })),
        ..BatchOptions::default()
    };
    let drop = step(drop_constraint("t", "uq_t_b", Some(ConstraintKind::Unique)), Written::Batch);
    let operation = Operation::Batch { table: plain("t"), options, steps: vec![drop] };
    check_apply(
        SL,
        T,
        operation,
        "t: id INTEGER!, a VARCHAR(9), b INTEGER = 1 | pk -(id) | uq uq(a) | ck ck(a <> '') | ix ix(a)",
    );
}

#[test]
fn the_convention_of_the_metadata_names_new_constraints() {
    let naming = NamingConvention { uq: Some("uq_%(table_name)s".into()), ..NamingConvention::default() };
    let context = Context { naming: Fact::Known(naming), ..context(SL) };
    let mut now = schema(SL, "CREATE TABLE t (a INTEGER)");
    let operation = batch("t", vec![add_constraint("t", unique("", "a"))]);
    assert_eq!(apply(&mut now, &op(operation), &context).failures, []);
    assert_eq!(show(&now, Some(SL)), "t: a INTEGER | uq uq_t(a)");
}

#[test]
fn a_table_can_be_given_instead_of_reflected() {
    let mut copy = Table::new(plain("t"), place());
    copy.columns.push(Arc::new(column("id", Type::Integer)));
    copy.columns.push(Arc::new(column("a", Type::Date)));
    let options = BatchOptions {
        copy_from: Some(Arc::new(copy)),
        recreate: Recreate::Always,
        ..BatchOptions::default()
    };
    let operation = Operation::Batch { table: plain("t"), options, steps: vec![] };
    check_apply(SL, T, operation, "t: id INTEGER, a DATE");
}

#[test]
fn reflection_changes_types_and_passes_over_expressions() {
    let setup =
        "CREATE TABLE t (a UUID, b int, c VARCHAR(5) COLLATE nocase); CREATE INDEX ix ON t (lower(c))";
    let operation = batch("t", vec![alter("t", "b", set_nullable(false))]);
    check_apply(SL, setup, operation, "t: a NUMERIC, b INTEGER!, c VARCHAR(5)");
}

#[test]
fn checks_of_types_follow_the_column() {
    let boolean = |name: &str| Type::Boolean {
        constraint: TypeConstraint {
            create: !name.is_empty(),
            name: (!name.is_empty()).then(|| fact::name(name)),
        },
    };
    let before =
        after(SL, &Schema::default(), vec![create_table("t", &[column("a", boolean("ck"))], &[], &[])]);
    assert_eq!(show(&before, Some(SL)), "t: a BOOLEAN | ck ck(a IN (0, 1))");
    let mut change = set_type(Type::Integer);
    change.existing_ty = Some(Fact::Known(boolean("ck")));
    let found = after(SL, &before, vec![batch("t", vec![alter("t", "a", change)])]);
    assert_eq!(show(&found, Some(SL)), "t: a INTEGER");
    let add = add_column("t", column("b", boolean("new")), &[], &[]);
    let found = after(SL, &found, vec![batch("t", vec![add, alter("t", "a", set_nullable(false))])]);
    assert_eq!(show(&found, Some(SL)), "t: a INTEGER!, b BOOLEAN | ck new(b IN (0, 1))");
}

#[test]
fn flags_of_a_new_column_work_twice() {
    let column = column("c", Type::Date);
    let added = add_column("t", column, &[unique("uq_c", "c")], &[index("", "c")]);
    check_batch(
        vec![added, drop_constraint("t", "uq", None)],
        "t: id INTEGER!, a VARCHAR(9), b INTEGER = 1, c DATE | pk -(id) | uq -(c) | uq uq_c(c) | uq -(b) \
         | ck ck(a <> '') | ix ix(a) | ix ix__alembic_tmp_t_c(c) | ix ix_t_c(c)",
    );
}

#[test]
fn what_a_rebuild_cannot_do() {
    check_broken(
        vec![add_column("t", column("a", Type::Date), &[], &[]), alter("t", "b", set_default(None))],
        "column a of t exists already",
    );
    let added = add_column("t", column("c", Type::Date), &[], &[]);
    check_broken(
        vec![added, alter("t", "c", set_type(Type::Integer))],
        "this database has no change of the type of a column that the same block adds (t)",
    );
    check_refused(
        SL,
        "CREATE TABLE t (a INTEGER)",
        batch("t", vec![drop_column("t", "a")]),
        "t.a is the only column left",
    );
    let setup = "CREATE TABLE t (a INTEGER, CONSTRAINT fk FOREIGN KEY (a) REFERENCES gone (id))";
    check_refused(
        SL,
        setup,
        batch("t", vec![alter("t", "a", set_nullable(false))]),
        "table gone does not exist",
    );
}

#[test]
fn elsewhere_a_block_is_plain_alters_in_order() {
    let setup = "CREATE TABLE t (a INTEGER)";
    let rename = || rename_column("t", "a", "b", Some(Type::Integer));
    check_apply(
        PG,
        setup,
        batch("t", vec![rename(), create_index("t", index("ix", "b"))]),
        "t: b integer | ix ix(b)",
    );
    check_refused(PG, setup, batch("t", vec![rename(), drop_column("t", "a")]), "table t has no column a");
    check_apply(MY, setup, batch("t", vec![rename()]), "t: b int");
}
