use super::*;
use crate::apply::Context;
use crate::naming::NamingConvention;
use crate::{ConstraintKind, Type};
use fact::{Fact, Reason, Unknown};

fn convention() -> NamingConvention {
    NamingConvention {
        uq: Some("uq_%(table_name)s_%(column_0_name)s".into()),
        ck: Some("ck_%(table_name)s_%(constraint_name)s".into()),
        fk: Some("fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s".into()),
        pk: Some("pk_%(table_name)s".into()),
        ..NamingConvention::default()
    }
}

#[track_caller]
fn check_named(naming: Fact<NamingConvention>, operations: Vec<Operation>, expected: &str) {
    let context = Context { naming, ..context(PG) };
    let mut schema = Schema::default();
    for operation in operations {
        apply(&mut schema, &op(operation), &context);
    }
    assert_eq!(show(&schema, Some(PG)), expected);
}

fn table() -> Operation {
    create_table(
        "t",
        &[required("id", Type::Uuid), column("a", Type::Uuid)],
        &[
            primary_key("", "id"),
            unique("", "a"),
            unique("mine", "a id"),
            foreign_key("", "a", "t", "id"),
            check("big", "a > 1"),
        ],
        &[index("", "a")],
    )
}

const NAMED: &str = "t: id uuid!, a uuid | pk pk_t(id) | uq mine(a id) | uq uq_t_a(a) | fk fk_t_a_t(a) t(id) \
                     | ck ck_t_big(a > 1) | ix ix_t_a(a)";

#[test]
fn the_convention_names_what_has_no_name() {
    check_named(Fact::Known(convention()), vec![table()], NAMED);
}

#[test]
fn the_name_of_a_dropped_check_is_wrapped_too() {
    let drop = |is_final| {
        let mut operation =
            drop_constraint("t", if is_final { "ck_t_big" } else { "big" }, Some(ConstraintKind::Check));
        if let Operation::DropConstraint { name_is_final, .. } = &mut operation {
            *name_is_final = is_final;
        }
        operation
    };
    let without = NAMED.replace(" | ck ck_t_big(a > 1)", "");
    check_named(Fact::Known(convention()), vec![table(), drop(false)], &without);
    check_named(Fact::Known(convention()), vec![table(), drop(true)], &without);
}

#[test]
fn an_unknown_convention_makes_unknown_names() {
    let unknown = Fact::Unknown(Unknown::nowhere(Reason::UndecidedTest));
    check_named(
        unknown,
        vec![table()],
        "t: id uuid!, a uuid | pk ?(id) | uq mine(a id) | uq ?(a) | fk ?(a) t(id) | ck ?(a > 1) | ix ?(a)",
    );
}

#[test]
fn a_wrapped_name_must_be_given() {
    let context = Context { naming: Fact::Known(convention()), ..context(PG) };
    let mut schema = schema(PG, "CREATE TABLE t (a INTEGER)");
    let outcome = apply(&mut schema, &op(add_constraint("t", check("", "a > 1"))), &context);
    assert_eq!(outcome.failures[0].failure.to_string(), "a check constraint of t must have a name here");
}

#[test]
fn sql_names_what_it_says() {
    let context = Context { naming: Fact::Known(convention()), ..context(PG) };
    let mut now = Schema::default();
    let sql = "CREATE TABLE t (a INTEGER PRIMARY KEY, CONSTRAINT big CHECK (a > 1)); CREATE INDEX ON t (a)";
    for statement in crate::sql::read(sql, Some(PG), place()) {
        apply(&mut now, &step(statement.operation, Written::Sql), &context);
    }
    assert_eq!(show(&now, Some(PG)), "t: a integer! | pk t_pkey(a) | ck big(a > 1) | ix t_a_idx(a)");
}
