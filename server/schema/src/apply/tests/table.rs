use super::*;
use crate::{ServerDefault, Type};

fn two_columns() -> Operation {
    create_table(
        "t",
        &[
            required("id", Type::Integer),
            with_default(column("a", Type::string(Some(9))), ServerDefault::True),
        ],
        &[primary_key("", "id"), unique("", "a"), check("", "length(a) > 1")],
        &[index("", "a")],
    )
}

#[test]
fn a_table_gets_what_each_database_adds() {
    for (kind, expected) in [
        (
            PG,
            "t: id integer! = nextval('t_id_seq'::regclass), a character varying(9) = true | pk t_pkey(id) \
             | uq t_a_key(a) | ck t_a_check(length(a) > 1) | ix ix_t_a(a)",
        ),
        (
            MY,
            "t: id int!, a varchar(9) = 1 | pk PRIMARY(id) | uq a(a) | ck t_chk_1(length(a) > 1) | ix ix_t_a(a)",
        ),
        (
            MA,
            "t: id int(11)!, a varchar(9) = 1 | pk PRIMARY(id) | uq a(a) | ck CONSTRAINT_1(length(a) > 1) \
             | ix ix_t_a(a)",
        ),
        (SL, "t: id INTEGER!, a VARCHAR(9) = 1 | pk -(id) | uq -(a) | ck -(length(a) > 1) | ix ix_t_a(a)"),
        (MS, "t: id int!, a varchar(9) = ((1)) | pk ?(id) | uq ?(a) | ck ?(length(a) > 1) | ix ix_t_a(a)"),
    ] {
        check_apply(kind, "", two_columns(), expected);
    }
}

#[test]
fn tables_are_made_once() {
    let setup = "CREATE TABLE t (a INTEGER)";
    let wanted = || create_table("t", &[column("b", Type::Integer)], &[], &[]);
    check_refused(PG, setup, wanted(), "table t exists already");
    check_intent(PG, setup, wanted(), "t: b integer");
    let Operation::CreateTable { table, .. } = wanted() else { return };
    check_apply(PG, setup, Operation::CreateTable { table, if_not_exists: true }, "t: a integer");
}

#[test]
fn postgresql_merges_keys_over_the_same_columns() {
    let operation = || {
        create_table(
            "t",
            &[required("id", Type::Uuid), column("a", Type::Date)],
            &[primary_key("", "id"), unique("", "id"), unique("", "a"), unique("", "a")],
            &[],
        )
    };
    check_apply(PG, "", operation(), "t: id uuid!, a date | pk t_pkey(id) | uq t_a_key(a)");
    check_apply(
        MY,
        "",
        operation(),
        "t: id char(32)!, a date | pk PRIMARY(id) | uq id(id) | uq a(a) | uq a_2(a)",
    );
}

#[test]
fn tables_that_others_refer_to() {
    let setup = "CREATE TABLE a (id INTEGER PRIMARY KEY);
                 CREATE TABLE b (a_id INTEGER, CONSTRAINT fk FOREIGN KEY (a_id) REFERENCES a (id))";
    check_refused(PG, setup, drop_table("a"), "table a is referenced by b");
    check_refused(MY, setup, drop_table("a"), "table a is referenced by b");
    check_intent(PG, setup, drop_table("a"), "b: a_id integer");
    check_apply(SL, setup, drop_table("a"), "b: a_id INTEGER | fk fk(a_id) a(id)");
    check_apply(PG, setup, drop_table("b"), "a: id integer! | pk a_pkey(id)");
    let cascade = Operation::DropTable { table: plain("a"), if_exists: false, cascade: true };
    check_apply(PG, setup, cascade, "b: a_id integer");
}

#[test]
fn foreign_keys_follow_a_renamed_table() {
    let setup = "CREATE TABLE a (id INTEGER PRIMARY KEY, up INTEGER REFERENCES a (id));
                 CREATE TABLE b (a_id INTEGER, CONSTRAINT fk FOREIGN KEY (a_id) REFERENCES a (id))";
    check_apply(
        PG,
        setup,
        rename_table("a", "z"),
        "b: a_id integer | fk fk(a_id) z(id)\nz: id integer!, up integer | pk a_pkey(id) | fk a_up_fkey(up) z(id)",
    );
    let setup = "CREATE TABLE a (id INTEGER PRIMARY KEY, up INTEGER, FOREIGN KEY (up) REFERENCES a (id), CHECK (id > 0))";
    check_apply(
        MY,
        setup,
        rename_table("a", "z"),
        "z: id int!, up int | pk PRIMARY(id) | fk z_ibfk_1(up) z(id) | ck z_chk_1(id > 0) | ix up(up)",
    );
    check_refused(
        PG,
        "CREATE TABLE a (x INTEGER); CREATE TABLE b (x INTEGER)",
        rename_table("a", "b"),
        "table b exists already",
    );
}

#[test]
fn a_table_that_nobody_made_is_assumed_and_reported_once() {
    let found = check_intent(PG, "", drop_column("t", "a"), "t:  | open");
    let found = after(PG, &found, vec![add_column("t", column("b", Type::Date), &[], &[])]);
    let found = after(PG, &found, vec![alter("t", "c", set_nullable(false))]);
    assert_eq!(show(&found, Some(PG)), "t: b date, c ?! = ? | open");
    check_refused(PG, "", drop_table("t"), "table t does not exist");
    check_refused(PG, "", rename_table("t", "u"), "table t does not exist");
}

#[test]
fn comments_are_kept_where_they_exist() {
    let comment =
        || Operation::SetTableComment { table: plain("t"), comment: Some("x".into()), existing: None };
    let found = after(PG, &schema(PG, "CREATE TABLE t (a INTEGER)"), vec![comment()]);
    assert_eq!(found.table(&plain("t")).and_then(|table| table.comment.as_deref()), Some("x"));
    check_refused(SL, "CREATE TABLE t (a INTEGER)", comment(), "this database has no table comment (t)");
}

#[test]
fn types_that_cannot_be_declared() {
    let table = |ty| create_table("t", &[column("a", ty)], &[], &[]);
    let refused = "t.a has a type that this database cannot declare";
    check_refused(MY, "", table(Type::string(None)), refused);
    check_refused(SL, "", table(Type::Array { item: Box::new(Type::Integer), dimensions: None }), refused);
    check_refused(PG, "", table(Type::Null), refused);
    let native = Type::Native { text: "LONGTEXT".into(), dialect: Some(MY) };
    check_refused(PG, "", table(native), refused);
}

#[test]
fn serial_columns_number_themselves() {
    check_apply(
        PG,
        "CREATE TABLE t_a_seq (x INTEGER)",
        create_table("t", &[column("a", Type::native("BIGSERIAL"))], &[], &[]),
        "t: a bigint! = nextval('t_a_seq1'::regclass)\nt_a_seq: x integer",
    );
    let plain_key = create_table(
        "t",
        &[required("a", Type::Integer)],
        &[primary_key("", "a"), foreign_key("", "a", "t", "a")],
        &[],
    );
    check_apply(PG, "", plain_key, "t: a integer! | pk t_pkey(a) | fk t_a_fkey(a) t(a)");
}
