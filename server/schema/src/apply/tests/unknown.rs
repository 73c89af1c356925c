use super::*;
use crate::operation::Touched;
use crate::{Context, Type};
use fact::{Reason, Unknown};

fn because() -> Unknown {
    Unknown::new(Reason::UndecidedTest, place())
}

fn either(left: Vec<Operation>, right: Vec<Operation>) -> Operation {
    let steps = |operations: Vec<Operation>| operations.into_iter().map(op).collect();
    Operation::Either { left: steps(left), right: steps(right), because: because() }
}

const T: &str = "CREATE TABLE t (a INTEGER, b TEXT)";

#[test]
fn what_both_courses_agree_on_is_certain() {
    let add = |ty| add_column("t", column("c", ty), &[], &[]);
    check_apply(PG, T, either(vec![add(Type::Date)], vec![add(Type::Date)]), "t: a integer, b text, c date");
    check_apply(PG, T, either(vec![add(Type::Date)], vec![add(Type::Uuid)]), "t: a integer, b text, c ?");
    check_apply(PG, T, either(vec![add(Type::Date)], vec![]), "t: a integer, b text | open");
    check_apply(PG, T, either(vec![drop_column("t", "b")], vec![]), "t: a integer | open");
    check_apply(PG, T, either(vec![drop_table("t")], vec![]), "maybe t");
    let table = create_table("u", &[column("x", Type::Date)], &[], &[]);
    check_apply(PG, T, either(vec![], vec![table]), "t: a integer, b text\nmaybe u");
}

#[test]
fn a_table_that_may_exist_comes_to_life_when_used() {
    let table = create_table("u", &[column("x", Type::Date)], &[], &[]);
    let found = after(PG, &schema(PG, T), vec![either(vec![], vec![table])]);
    let found = after(PG, &found, vec![add_column("u", column("y", Type::Date), &[], &[])]);
    assert_eq!(show(&found, Some(PG)), "t: a integer, b text\nu: x date, y date | open");
}

#[test]
fn only_a_failure_of_both_courses_is_one() {
    let missing = || drop_column("t", "zzz");
    check_apply(PG, T, either(vec![missing()], vec![]), "t: a integer, b text");
    check_refused(PG, T, either(vec![missing()], vec![missing()]), "table t has no column zzz");
}

#[test]
fn opaque_steps_open_what_they_touch() {
    let opaque = |touches| Operation::Opaque { touches, because: because() };
    check_apply(PG, T, opaque(Touched::Tables(vec![plain("t")])), "t: a integer, b text | open");
    check_apply(PG, T, opaque(Touched::Tables(vec![plain("u")])), "t: a integer, b text\nmaybe u");
    let found = after(PG, &schema(PG, T), vec![opaque(Touched::Anything)]);
    assert_eq!(show(&found, Some(PG)), "t: a integer, b text | open");
    assert_eq!(found.opaque, Some(because()));
    // Nothing that comes later can be known to be missing.
    let later = vec![drop_column("t", "zzz"), drop_table("nothing"), drop_index(None, "none")];
    let found = after(PG, &found, later);
    assert_eq!(show(&found, Some(PG)), "t: a integer, b text | open");
}

#[test]
fn a_constraint_whose_name_is_not_known_may_be_the_one() {
    let found = after(
        MS,
        &schema(MS, "CREATE TABLE t (a INTEGER, UNIQUE (a))"),
        vec![drop_constraint("t", "UQ__t__3BD0198E", None)],
    );
    assert_eq!(show(&found, Some(MS)), "t: a int | uq ?(a) | open");
}

#[test]
fn without_a_dialect_what_databases_decide_is_unknown() {
    let mut found = Schema::default();
    let table = create_table(
        "t",
        &[required("id", Type::Integer), column("d", Type::Date), column("e", Type::Date)],
        &[primary_key("pk", "id"), unique("", "d")],
        &[index("", "d")],
    );
    let steps = [
        table,
        drop_column("t", "e"),
        batch("t", vec![rename_column("t", "d", "f", None), drop_column("t", "d")]),
    ];
    for operation in steps {
        assert_eq!(apply(&mut found, &op(operation), &Context::new(None)).failures, []);
    }
    assert_eq!(show(&found, None), "t: id ?! | pk pk(id)");
}
