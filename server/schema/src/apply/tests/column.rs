use super::*;
use crate::{Computed, Type};

const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY)";

#[test]
fn constraints_and_indexes_come_with_a_column() {
    let operation = || {
        let key = foreign_key("", "boss", "users", "id");
        add_column("users", column("boss", Type::Integer), &[key, unique("", "boss")], &[index("", "boss")])
    };
    check_apply(
        PG,
        USERS,
        operation(),
        "users: id integer!, boss integer | pk users_pkey(id) | uq users_boss_key(boss) \
         | fk users_boss_fkey(boss) users(id) | ix ix_users_boss(boss)",
    );
    check_apply(
        MY,
        USERS,
        operation(),
        "users: id int!, boss int | pk PRIMARY(id) | uq boss_2(boss) | fk users_ibfk_1(boss) users(id) \
         | ix ix_users_boss(boss)",
    );
    let twice = "SQLite cannot add a constraint of users in place; use batch_alter_table";
    check_refused(SL, USERS, operation(), &format!("{twice}; {twice}"));
}

#[test]
fn sqlite_takes_inline_references() {
    let mut operation =
        add_column("users", column("boss", Type::Integer), &[foreign_key("fk", "boss", "users", "id")], &[]);
    if let Operation::AddColumn { inline_references, .. } = &mut operation {
        *inline_references = true;
    }
    check_apply(SL, USERS, operation, "users: id INTEGER!, boss INTEGER | pk -(id) | fk -(boss) users(id)");
}

#[test]
fn a_column_can_be_the_primary_key() {
    let mut operation = add_column("t", required("id", Type::Integer), &[], &[]);
    check_apply(PG, "CREATE TABLE t (a TEXT)", operation.clone(), "t: a text, id integer!");
    if let Operation::AddColumn { primary_key, .. } = &mut operation {
        *primary_key = true;
    }
    check_apply(
        PG,
        "CREATE TABLE t (a TEXT)",
        operation,
        "t: a text, id integer! = nextval('t_id_seq'::regclass) | pk t_pkey(id)",
    );
}

#[test]
fn checks_of_a_new_column() {
    let operation = |text| add_column("t", column("n", Type::Integer), &[check(text, "n > 3")], &[]);
    check_apply(MA, "CREATE TABLE t (a INTEGER)", operation(""), "t: a int(11), n int(11) | ck n(n > 3)");
    check_refused(
        MA,
        "CREATE TABLE t (a INTEGER)",
        operation("ck"),
        "this database has no name for the CHECK of a column (t)",
    );
    check_apply(SL, "CREATE TABLE t (a INTEGER)", operation("ck"), "t: a INTEGER, n INTEGER | ck ck(n > 3)");
}

#[test]
fn a_column_is_added_once() {
    let operation = || add_column("t", column("a", Type::Date), &[], &[]);
    check_refused(PG, "CREATE TABLE t (a INTEGER)", operation(), "column a of t exists already");
    let mut lenient = operation();
    if let Operation::AddColumn { if_not_exists, .. } = &mut lenient {
        *if_not_exists = true;
    }
    check_apply(PG, "CREATE TABLE t (a INTEGER)", lenient.clone(), "t: a integer");
    check_refused(
        SL,
        "CREATE TABLE t (b INTEGER)",
        lenient,
        "this database has no ADD COLUMN IF NOT EXISTS (t)",
    );
}

const WIDE: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, c INTEGER,
    CONSTRAINT uq UNIQUE (a, b), CONSTRAINT ck CHECK (c > 1)); CREATE INDEX ix ON t (b, c)";

#[test]
fn what_goes_with_a_dropped_column() {
    check_apply(
        PG,
        WIDE,
        drop_column("t", "b"),
        "t: id integer!, a integer, c integer | pk t_pkey(id) | ck ck(c > 1)",
    );
    check_apply(
        MY,
        WIDE,
        drop_column("t", "b"),
        "t: id int!, a int, c int | pk PRIMARY(id) | uq uq(a) | ck ck(c > 1) | ix ix(c)",
    );
    check_apply(
        MY,
        WIDE,
        drop_column("t", "c"),
        "t: id int!, a int, b int | pk PRIMARY(id) | uq uq(a b) | ix ix(b)",
    );
    check_refused(MA, WIDE, drop_column("t", "b"), "t.b is used by unique constraint uq");
    check_refused(SL, WIDE, drop_column("t", "b"), "t.b is used by unique constraint uq");
    check_refused(SL, WIDE, drop_column("t", "c"), "t.c is used by index ix");
    check_refused(SL, WIDE, drop_column("t", "id"), "t.id is used by the primary key");
    check_refused(MS, WIDE, drop_column("t", "c"), "t.c is used by index ix");
}

#[test]
fn columns_that_foreign_keys_use() {
    let setup = "CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER);
                 CREATE TABLE b (a_id INTEGER, y INTEGER, CONSTRAINT fk FOREIGN KEY (a_id) REFERENCES a (id))";
    check_refused(PG, setup, drop_column("a", "id"), "a.id is used by a foreign key of b");
    check_intent(PG, setup, drop_column("a", "id"), "a: x integer\nb: a_id integer, y integer");
    check_apply(
        PG,
        setup,
        drop_column("b", "a_id"),
        "a: id integer!, x integer | pk a_pkey(id)\nb: y integer",
    );
    check_refused(MY, setup, drop_column("b", "a_id"), "b.a_id is used by foreign key fk");
    check_refused(SL, setup, drop_column("b", "a_id"), "b.a_id is used by foreign key fk");
}

#[test]
fn generated_columns_hold_their_sources() {
    let mut double = column("d", Type::Integer);
    double.computed = Some(Computed { sql: "a * 2".into(), persisted: Some(true) });
    let table = create_table("t", &[column("a", Type::Integer), double], &[], &[]);
    for kind in [PG, MY, SL, MS] {
        let before = after(kind, &Schema::default(), vec![table.clone()]);
        let mut now = before.clone();
        let outcome = apply_strict(&mut now, &op(drop_column("t", "a")), &context(kind));
        assert_eq!(outcome.failures.len(), 1);
        assert_eq!(outcome.failures[0].failure.to_string(), "t.a is used by the generated column d");
    }
}

#[test]
fn one_column_stays() {
    let setup = "CREATE TABLE t (a INTEGER)";
    for kind in [MY, MA, SL, MS] {
        check_refused(kind, setup, drop_column("t", "a"), "t.a is the only column left");
    }
    check_apply(PG, setup, drop_column("t", "a"), "t: ");
}

#[test]
fn a_slip_is_told() {
    check_refused(
        PG,
        "CREATE TABLE t (name TEXT, nickname TEXT)",
        drop_column("t", "nmae"),
        "table t has no column nmae",
    );
    check_refused(
        PG,
        "CREATE TABLE t (user_name TEXT, nickname TEXT)",
        drop_column("t", "username"),
        "table t has no column username; did you mean user_name?",
    );
    let lenient = Operation::DropColumn {
        table: plain("t"),
        column: fact::name("zzz"),
        if_exists: true,
        cascade: false,
    };
    check_apply(PG, "CREATE TABLE t (a TEXT)", lenient, "t: a text");
}
