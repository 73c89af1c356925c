use super::*;
use crate::{Constraint, ConstraintKind, Index};
use fact::Fact;

const TWO: &str = "CREATE TABLE a (id INTEGER PRIMARY KEY, n INTEGER NOT NULL, CONSTRAINT uq UNIQUE (n));
    CREATE TABLE b (x INTEGER NOT NULL, CONSTRAINT fk FOREIGN KEY (x) REFERENCES a (n))";

#[test]
fn constraints_are_added() {
    let setup = "CREATE TABLE t (a INTEGER, b INTEGER)";
    for (constraint, expected) in [
        (primary_key("pk", "a"), "t: a integer!, b integer | pk pk(a)"),
        (unique("", "a b"), "t: a integer, b integer | uq t_a_b_key(a b)"),
        (check("", "a > b"), "t: a integer, b integer | ck t_check(a > b)"),
        (check("ck", "a > b"), "t: a integer, b integer | ck ck(a > b)"),
    ] {
        check_apply(PG, setup, add_constraint("t", constraint.clone()), expected);
        let refused = "SQLite cannot add a constraint of t in place; use batch_alter_table";
        check_refused(SL, setup, add_constraint("t", constraint), refused);
    }
}

#[test]
fn names_and_columns_must_fit() {
    check_refused(PG, TWO, add_constraint("a", unique("uq", "id")), "constraint uq of a exists already");
    check_refused(
        PG,
        TWO,
        add_constraint("b", unique("a_pkey", "x")),
        "constraint a_pkey of b exists already",
    );
    check_refused(PG, TWO, add_constraint("a", primary_key("", "n")), "table a has a primary key already");
    check_refused(PG, TWO, add_constraint("a", unique("", "zz")), "table a has no column zz");
    let long = "x".repeat(70);
    check_refused(
        PG,
        TWO,
        add_constraint("a", unique(&long, "id")),
        &format!("the name {long} is longer than 63 characters"),
    );
}

#[test]
fn foreign_keys_need_a_key_to_point_at() {
    let add = |table, column| add_constraint("b", foreign_key("new", "x", table, column));
    check_refused(PG, TWO, add("c", "id"), "table c does not exist");
    check_refused(PG, TWO, add("a", "zz"), "table a has no column zz");
    let setup = "CREATE TABLE a (id INTEGER PRIMARY KEY, n INTEGER); CREATE TABLE b (x INTEGER)";
    check_refused(PG, setup, add("a", "n"), "no unique constraint of a covers (n)");
    check_refused(MS, setup, add("a", "n"), "no unique constraint of a covers (n)");
    check_apply(
        PG,
        setup,
        add("a", "id"),
        "a: id integer!, n integer | pk a_pkey(id)\nb: x integer | fk new(x) a(id)",
    );
    let itself = create_table(
        "t",
        &[required("id", crate::Type::Uuid), column("up", crate::Type::Uuid)],
        &[primary_key("", "id"), foreign_key("", "up", "t", "id")],
        &[],
    );
    check_apply(PG, "", itself, "t: id uuid!, up uuid | pk t_pkey(id) | fk t_up_fkey(up) t(id)");
}

#[test]
fn types_must_go_together() {
    let setup =
        "CREATE TABLE a (id BIGINT PRIMARY KEY); CREATE TABLE b (i INTEGER, f REAL, t TEXT, n NUMERIC)";
    let add = |column| add_constraint("b", foreign_key("fk", column, "a", "id"));
    for (column, ok) in [("i", true), ("f", false), ("t", false), ("n", false)] {
        let outcome = apply(&mut schema(PG, setup), &op(add(column)), &context(PG));
        assert_eq!(outcome.failures.is_empty(), ok, "{column}");
    }
    check_refused(MY, setup, add("i"), "b.i and a.id have types that do not go together");
    check_refused(
        PG,
        "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (x INTEGER, CONSTRAINT fk FOREIGN KEY (x) REFERENCES a (id))",
        alter("b", "x", set_type(crate::Type::Text { length: None, national: false, collation: None })),
        "b.x and a.id have types that do not go together",
    );
}

#[test]
fn not_every_type_can_be_indexed() {
    let setup = "CREATE TABLE t (j JSON, x TEXT)";
    check_refused(PG, setup, create_index("t", index("", "j")), "t.j has a type that cannot be indexed");
    check_refused(PG, setup, add_constraint("t", unique("", "j")), "t.j has a type that cannot be indexed");
    check_refused(MY, setup, create_index("t", index("", "x")), "t.x has a type that cannot be indexed");
    check_apply(PG, setup, create_index("t", index("", "x")), "t: j json, x text | ix ix_t_x(x)");
    let prefix = Index { options: vec![(fact::name("length"), "10".into())], ..index("", "x") };
    check_apply(MY, setup, create_index("t", prefix), "t: j json, x text | ix ix_t_x(x)");
}

#[test]
fn set_null_needs_columns_that_can_be_null() {
    let Constraint::ForeignKey(mut key) = foreign_key("new", "x", "a", "n") else { return };
    key.on_delete = Some("set null".into());
    let operation = || add_constraint("b", Constraint::ForeignKey(key.clone()));
    let refused = "SET NULL cannot work on b.x, which is NOT NULL";
    check_refused(MY, TWO, operation(), refused);
    check_refused(MS, TWO, operation(), refused);
    assert!(apply(&mut schema(PG, TWO), &op(operation()), &context(PG)).failures.is_empty());
}

#[test]
fn innodb_keeps_an_index_for_every_foreign_key() {
    let setup = "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (x INTEGER, y INTEGER)";
    let a = "a: id int! | pk PRIMARY(id)\n";
    let mut now = after(MY, &schema(MY, setup), vec![add_constraint("b", foreign_key("fk", "x", "a", "id"))]);
    assert_eq!(show(&now, Some(MY)), format!("{a}b: x int, y int | fk fk(x) a(id) | ix fk(x)"));
    now = after(MY, &now, vec![create_index("b", index("better", "x y"))]);
    assert_eq!(show(&now, Some(MY)), format!("{a}b: x int, y int | fk fk(x) a(id) | ix better(x y)"));
    let mut refused = now.clone();
    let outcome = apply_strict(&mut refused, &op(drop_index(Some("b"), "better")), &context(MY));
    assert_eq!(outcome.failures[0].failure.to_string(), "better of b is needed by a foreign key of b");
    now = after(MY, &now, vec![drop_constraint("b", "fk", Some(ConstraintKind::ForeignKey))]);
    now = after(MY, &now, vec![add_constraint("b", foreign_key("", "y", "a", "id"))]);
    assert_eq!(
        show(&now, Some(MY)),
        format!("{a}b: x int, y int | fk b_ibfk_1(y) a(id) | ix better(x y) | ix y(y)")
    );
    now = after(MY, &now, vec![drop_constraint("b", "b_ibfk_1", Some(ConstraintKind::ForeignKey))]);
    assert_eq!(show(&now, Some(MY)), format!("{a}b: x int, y int | ix better(x y) | ix y(y)"));
}

#[test]
fn constraints_are_dropped_by_name() {
    let setup = "CREATE TABLE t (a INTEGER NOT NULL, b INTEGER, CONSTRAINT uq UNIQUE (a), CONSTRAINT ck CHECK (b > 0), \
                 CONSTRAINT pk PRIMARY KEY (a, b))";
    let bare = |kind| if kind == PG { "t: a integer!, b integer!" } else { "t: a int!, b int!" };
    check_apply(
        PG,
        setup,
        drop_constraint("t", "uq", None),
        &format!("{} | pk pk(a b) | ck ck(b > 0)", bare(PG)),
    );
    check_apply(
        PG,
        setup,
        drop_constraint("t", "pk", Some(ConstraintKind::PrimaryKey)),
        &format!("{} | uq uq(a) | ck ck(b > 0)", bare(PG)),
    );
    check_apply(
        MY,
        setup,
        drop_constraint("t", "anything", Some(ConstraintKind::PrimaryKey)),
        &format!("{} | uq uq(a) | ck ck(b > 0)", bare(MY)),
    );
    check_refused(
        MY,
        setup,
        drop_constraint("t", "uq", None),
        "dropping constraint uq of t needs type_ here",
    );
    check_refused(
        MY,
        setup,
        drop_constraint("t", "uq", Some(ConstraintKind::Check)),
        "table t has no check constraint uq; did you mean uq?",
    );
    check_refused(
        PG,
        setup,
        drop_constraint("t", "uqq", Some(ConstraintKind::Unique)),
        "table t has no unique constraint uqq; did you mean uq?",
    );
    check_refused(PG, setup, drop_constraint("t", "", None), "a constraint of t must have a name here");
}

#[test]
fn keys_that_foreign_keys_rest_on() {
    check_refused(PG, TWO, drop_constraint("a", "uq", None), "uq of a is needed by a foreign key of b");
    check_intent(
        PG,
        TWO,
        drop_constraint("a", "uq", None),
        "a: id integer!, n integer! | pk a_pkey(id)\nb: x integer! | fk fk(x) a(n)",
    );
    let mut cascade = drop_constraint("a", "uq", None);
    if let Operation::DropConstraint { cascade, .. } = &mut cascade {
        *cascade = true;
    }
    check_apply(PG, TWO, cascade, "a: id integer!, n integer! | pk a_pkey(id)\nb: x integer!");
}

#[test]
fn indexes_are_found_by_name() {
    let setup = "CREATE TABLE t (a INTEGER); CREATE INDEX ix ON t (a); CREATE TABLE u (a INTEGER)";
    check_apply(PG, setup, drop_index(None, "ix"), "t: a integer\nu: a integer");
    check_apply(PG, setup, drop_index(Some("u"), "ix"), "t: a integer\nu: a integer");
    check_refused(MY, setup, drop_index(None, "ix"), "dropping index ix needs table_name here");
    check_refused(MY, setup, drop_index(Some("u"), "ix"), "table u has no index ix");
    check_refused(PG, setup, drop_index(Some("t"), "ixx"), "table t has no index ixx; did you mean ix?");
    check_refused(PG, setup, create_index("u", index("ix", "a")), "index ix of u exists already");
    check_apply(MY, setup, create_index("u", index("ix", "a")), "t: a int | ix ix(a)\nu: a int | ix ix(a)");
    check_refused(PG, setup, create_index("t", index("new", "zz")), "table t has no column zz");
    let unique = Index { unique: Fact::Known(true), ..index("", "a") };
    check_apply(
        PG,
        setup,
        create_index("u", unique),
        "t: a integer | ix ix(a)\nu: a integer | unique ix ix_u_a(a)",
    );
}

#[test]
fn things_are_renamed() {
    let rename =
        Operation::RenameConstraint { table: plain("b"), from: fact::name("fk"), to: fact::name("new") };
    check_apply(
        PG,
        TWO,
        rename,
        "a: id integer!, n integer! | pk a_pkey(id) | uq uq(n)\nb: x integer! | fk new(x) a(n)",
    );
    let rename = Operation::RenameIndex { table: None, from: fact::name("ix"), to: fact::name("new") };
    check_apply(
        PG,
        "CREATE TABLE t (a INTEGER); CREATE INDEX ix ON t (a)",
        rename,
        "t: a integer | ix new(a)",
    );
}
