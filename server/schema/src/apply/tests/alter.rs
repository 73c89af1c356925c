use super::*;
use crate::operation::ColumnChange;
use crate::types::{Enum, TypeConstraint};
use crate::{Identity, ServerDefault, Type};
use fact::Fact;

const T: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(5) DEFAULT 'x' NOT NULL)";

fn with_type(mut change: ColumnChange, existing: Type) -> ColumnChange {
    change.existing_ty = Some(Fact::Known(existing));
    change
}

#[test]
fn one_change_leaves_the_rest_alone() {
    for (change, expected) in [
        (set_type(Type::string(Some(9))), "a character varying(9)! = 'x'::character varying"),
        (set_nullable(true), "a character varying(5) = 'x'::character varying"),
        (set_default(None), "a character varying(5)!"),
        (set_default(Some(ServerDefault::Now)), "a character varying(5)! = now()"),
        (ColumnChange::default(), "a character varying(5)! = 'x'::character varying"),
    ] {
        let expected = format!("t: id integer!, {expected} | pk t_pkey(id)");
        check_apply(PG, T, alter("t", "a", change), &expected);
    }
}

#[test]
fn mysql_forgets_what_is_not_repeated() {
    let five = || Type::string(Some(5));
    let repeated = ColumnChange {
        existing_nullable: Some(Fact::Known(false)),
        existing_default: Some(Fact::Known(Some(ServerDefault::Literal("x".into())))),
        ..set_type(Type::string(Some(9)))
    };
    for (change, expected) in [
        (set_type(Type::string(Some(9))), "a varchar(9)"),
        (repeated, "a varchar(9)! = x"),
        (with_type(set_nullable(false), five()), "a varchar(5)!"),
        (set_default(Some(ServerDefault::Literal("y".into()))), "a varchar(5)! = y"),
        (with_type(set_default(None), five()), "a varchar(5)!"),
    ] {
        check_apply(MY, T, alter("t", "a", change), &format!("t: id int!, {expected} | pk PRIMARY(id)"));
    }
}

#[test]
fn mysql_restates_moments_whatever_is_asked() {
    let moment = || Type::DateTime { timezone: false };
    let setup = "CREATE TABLE t (a DATETIME NOT NULL)";
    let now = || with_type(set_default(Some(ServerDefault::Now)), moment());
    check_apply(MY, setup, alter("t", "a", now()), "t: a datetime = now()");
    check_apply(MY, setup, alter("t", "a", with_type(ColumnChange::default(), moment())), "t: a datetime");
    check_apply(MY, setup, alter("t", "a", with_type(set_default(None), moment())), "t: a datetime!");
}

#[test]
fn types_that_must_be_repeated() {
    let refused = "changing t.a restates the column here and needs existing_type";
    check_refused(MY, T, alter("t", "a", set_nullable(true)), refused);
    check_refused(MA, T, rename_column("t", "a", "b", None), refused);
    check_refused(MS, T, alter("t", "a", set_nullable(true)), refused);
    check_apply(
        MS,
        T,
        rename_column("t", "a", "b", None),
        "t: id int!, b varchar(5)! = 'x' | pk ?(id)".replace("'x'", "('x')").as_str(),
    );
}

#[test]
fn sql_server_forgets_not_null() {
    check_apply(
        MS,
        T,
        alter("t", "a", set_type(Type::string(Some(9)))),
        "t: id int!, a varchar(9) = ('x') | pk ?(id)",
    );
    let mut repeated = set_type(Type::string(Some(9)));
    repeated.existing_nullable = Some(Fact::Known(false));
    check_apply(MS, T, alter("t", "a", repeated), "t: id int!, a varchar(9)! = ('x') | pk ?(id)");
}

#[test]
fn sqlite_renames_and_no_more() {
    check_apply(
        SL,
        "CREATE TABLE t (a INTEGER, CONSTRAINT ck CHECK (a > 0)); CREATE INDEX i ON t (a)",
        rename_column("t", "a", "b", None),
        "t: b INTEGER | ck ck(b > 0) | ix i(b)",
    );
    for (change, what) in [
        (set_nullable(true), "change NULL or NOT NULL"),
        (set_type(Type::Date), "change the type"),
        (set_default(None), "change the default"),
    ] {
        let refused = format!("SQLite cannot {what} of t in place; use batch_alter_table");
        check_refused(SL, T, alter("t", "a", change), &refused);
    }
    check_intent(SL, T, alter("t", "a", set_nullable(true)), "t: id INTEGER!, a VARCHAR(5) = 'x' | pk -(id)");
}

#[test]
fn a_new_name_goes_everywhere() {
    let setup = "CREATE TABLE a (id INTEGER PRIMARY KEY, n INTEGER, CONSTRAINT uq UNIQUE (n), CONSTRAINT ck CHECK (n > 1));
                 CREATE INDEX ix ON a (n);
                 CREATE TABLE b (x INTEGER, CONSTRAINT fk FOREIGN KEY (x) REFERENCES a (n))";
    check_apply(
        PG,
        setup,
        rename_column("a", "n", "m", None),
        "a: id integer!, m integer | pk a_pkey(id) | uq uq(m) | ck ck(m > 1) | ix ix(m)\nb: x integer | fk fk(x) a(m)",
    );
    check_refused(
        MY,
        setup,
        rename_column("a", "n", "m", Some(Type::Integer)),
        "a.n is used by check constraint ck",
    );
    check_refused(PG, setup, rename_column("a", "n", "id", None), "column id of a exists already");
}

#[test]
fn primary_keys_stay_not_null() {
    check_refused(
        PG,
        T,
        alter("t", "id", set_nullable(true)),
        "t.id is part of the primary key and cannot be NULL",
    );
    let bigger = || set_type(Type::BigInteger);
    check_refused(MY, T, alter("t", "id", bigger()), "t.id is part of the primary key and cannot be NULL");
    check_apply(MA, T, alter("t", "id", bigger()), "t: id bigint(20)!, a varchar(5)! = 'x' | pk PRIMARY(id)");
}

#[test]
fn postgresql_converts_by_itself_or_not() {
    let using = |ty| ColumnChange { using: Some("a::x".into()), ..set_type(ty) };
    let setup = "CREATE TABLE t (a TEXT)";
    check_refused(
        PG,
        setup,
        alter("t", "a", set_type(Type::Integer)),
        "t.a cannot be converted without postgresql_using",
    );
    check_apply(PG, setup, alter("t", "a", using(Type::Integer)), "t: a integer");
    check_apply(
        PG,
        "CREATE TABLE t (a INTEGER)",
        alter("t", "a", set_type(Type::string(None))),
        "t: a character varying",
    );
    check_refused(
        PG,
        "CREATE TABLE t (a TEXT DEFAULT '1')",
        alter("t", "a", using(Type::Integer)),
        "the default of t.a cannot be converted; drop it first",
    );
    for (old, new) in
        [("DATE", Type::DateTime { timezone: true }), ("JSONB", Type::Json), ("NUMERIC", Type::Integer)]
    {
        let mut schema = schema(PG, &format!("CREATE TABLE t (a {old})"));
        let outcome = apply(&mut schema, &op(alter("t", "a", set_type(new))), &context(PG));
        assert_eq!(outcome.failures, []);
    }
}

#[test]
fn defaults_must_fit() {
    let literal = |text: &str| Some(ServerDefault::Literal(text.into()));
    for (ty, default, ok) in [
        ("BOOLEAN", literal("t"), true),
        ("BOOLEAN", literal("5"), false),
        ("BOOLEAN", Some(ServerDefault::Sql("5".into())), false),
        ("INTEGER", literal("x"), false),
        ("INTEGER", literal("-5"), true),
        ("TEXT", Some(ServerDefault::Sql("5".into())), true),
        ("DATE", literal("5"), false),
        ("DATE", literal("2020-01-31"), true),
        ("TIMESTAMP", Some(ServerDefault::Now), true),
        ("INTEGER", Some(ServerDefault::Now), false),
        ("UUID", literal("x"), false),
        ("INTEGER", Some(ServerDefault::Sql("f()".into())), true),
    ] {
        let setup = format!("CREATE TABLE t (a {ty})");
        let outcome =
            apply(&mut schema(PG, &setup), &op(alter("t", "a", set_default(default.clone()))), &context(PG));
        assert_eq!(outcome.failures.is_empty(), ok, "{ty} {default:?}");
    }
}

#[test]
fn an_indexed_column_keeps_a_type_that_can_be_indexed() {
    let setup = "CREATE TABLE t (a VARCHAR(5), b VARCHAR(5), UNIQUE (a)); CREATE INDEX ix ON t (b)";
    for column in ["a", "b"] {
        let refused = format!("t.{column} has a type that cannot be indexed");
        check_refused(
            MY,
            setup,
            alter("t", column, set_type(Type::Text { length: None, national: false, collation: None })),
            &refused,
        );
    }
}

#[test]
fn nothing_asked_is_nothing_done() {
    let said = || ColumnChange { existing_ty: Some(Fact::Known(Type::Integer)), ..ColumnChange::default() };
    check_apply(
        PG,
        T,
        alter("t", "zzz", said()),
        "t: id integer!, a character varying(5)! = 'x'::character varying | pk t_pkey(id)",
    );
    check_apply(MY, T, alter("t", "a", said()), "t: id int!, a varchar(5)! = x | pk PRIMARY(id)");
}

#[test]
fn identities_change_on_postgresql_only() {
    let identity = Some(Identity::default());
    let change = || ColumnChange { identity: Some(identity.clone()), ..ColumnChange::default() };
    let setup = "CREATE TABLE t (a INTEGER NOT NULL)";
    let found = after(PG, &schema(PG, setup), vec![alter("t", "a", change())]);
    let column = found.table(&plain("t")).and_then(|table| table.column("a")).cloned();
    assert_eq!(column.and_then(|column| column.identity.clone()), identity);
    for kind in [MY, MA, SL, MS] {
        check_refused(
            kind,
            setup,
            alter("t", "a", change()),
            "this database has no change of an identity column (t)",
        );
    }
    check_refused(
        PG,
        "CREATE TABLE t (a INTEGER)",
        alter("t", "a", change()),
        "this database has no identity on a column that can be NULL (t)",
    );
}

#[test]
fn checks_of_types_go_and_come() {
    let boolean =
        |name| Type::Boolean { constraint: TypeConstraint { create: true, name: Some(fact::name(name)) } };
    let before =
        after(MA, &Schema::default(), vec![create_table("t", &[column("a", boolean("one"))], &[], &[])]);
    assert_eq!(show(&before, Some(MA)), "t: a tinyint(1) | ck one(a IN (0, 1))");
    let change = with_type(set_type(boolean("two")), boolean("one"));
    let found = after(MA, &before, vec![alter("t", "a", change)]);
    assert_eq!(show(&found, Some(MA)), "t: a tinyint(1) | ck one(a IN (0, 1)) | ck two(a IN (0, 1))");

    let labels = |name| {
        Type::Enum(Enum {
            name: None,
            labels: Fact::Known(vec!["a".into(), "b".into()]),
            native: false,
            length: None,
            create_type: true,
            constraint: TypeConstraint { create: true, name: Some(fact::name(name)) },
        })
    };
    let before =
        after(PG, &Schema::default(), vec![create_table("t", &[column("a", labels("one"))], &[], &[])]);
    let change = with_type(set_type(labels("two")), labels("one"));
    let found = after(PG, &before, vec![alter("t", "a", change)]);
    assert_eq!(show(&found, Some(PG)), "t: a character varying(1) | ck two(a IN ('a', 'b'))");
}
