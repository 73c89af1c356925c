use super::*;
use crate::types::{Enum, TypeConstraint};
use crate::{TableName, Type};
use fact::Fact;

fn kind_type(create_type: bool) -> Type {
    Type::Enum(Enum {
        name: Some(TableName::plain("kind")),
        labels: Fact::Known(vec!["a".into(), "b".into()]),
        native: true,
        length: None,
        create_type,
        constraint: TypeConstraint::default(),
    })
}

fn table(text: &str, create_type: bool) -> Operation {
    create_table(text, &[column("k", kind_type(create_type))], &[], &[])
}

const TYPE: &str = "CREATE TYPE kind AS ENUM ('a', 'b')";

#[test]
fn a_table_makes_its_types_once() {
    let both = "t: k kind\nu: k kind\nenum kind: a b";
    let found = after(PG, &Schema::default(), vec![table("t", true), table("u", true)]);
    assert_eq!(show(&found, Some(PG)), both);
    check_refused(PG, TYPE, table("t", true), "type kind exists already");
    check_apply(PG, TYPE, table("t", false), "t: k kind\nenum kind: a b");
    check_refused(PG, "", table("t", false), "type kind does not exist");
    check_apply(SL, "", table("t", true), "t: k VARCHAR(1)");
    check_apply(MY, "", table("t", true), "t: k enum('a','b')");
}

#[test]
fn a_column_needs_its_type_first() {
    let add = || add_column("t", column("k", kind_type(true)), &[], &[]);
    check_refused(PG, "CREATE TABLE t (a INTEGER)", add(), "type kind does not exist");
    check_apply(
        PG,
        &format!("{TYPE}; CREATE TABLE t (a INTEGER)"),
        add(),
        "t: a integer, k kind\nenum kind: a b",
    );
    check_apply(MA, "CREATE TABLE t (a INTEGER)", add(), "t: a int(11), k enum('a','b')");
}

#[test]
fn types_stay_when_their_tables_go() {
    let found = after(PG, &Schema::default(), vec![table("t", true), drop_table("t")]);
    assert_eq!(show(&found, Some(PG)), "enum kind: a b");
    let drop = || Operation::DropEnum { name: TableName::plain("kind"), check_first: false };
    assert_eq!(show(&after(PG, &found, vec![drop()]), Some(PG)), "");
    check_refused(PG, "", drop(), "type kind does not exist");
    check_refused(PG, &format!("{TYPE}; CREATE TABLE t (k kind)"), drop(), "type kind is used by table t");
}

#[test]
fn labels_are_added_and_renamed() {
    let add = |label: &str, before: Option<&str>, after: Option<&str>| Operation::AddEnumLabel {
        name: TableName::plain("kind"),
        label: Fact::Known(label.into()),
        before: before.map(Into::into),
        after: after.map(Into::into),
        if_not_exists: false,
    };
    check_apply(PG, TYPE, add("c", None, None), "enum kind: a b c");
    check_apply(PG, TYPE, add("c", Some("a"), None), "enum kind: c a b");
    check_apply(PG, TYPE, add("c", None, Some("a")), "enum kind: a c b");
    check_refused(PG, TYPE, add("a", None, None), "label a exists already");
    check_refused(PG, TYPE, add("c", None, Some("z")), "type kind has no label 'z'");
    let rename = |from: &str| Operation::RenameEnumLabel {
        name: TableName::plain("kind"),
        from: from.into(),
        to: "z".into(),
    };
    check_apply(PG, TYPE, rename("a"), "enum kind: z b");
    check_refused(PG, TYPE, rename("q"), "type kind has no label 'q'");
}

#[test]
fn columns_follow_a_renamed_type() {
    let rename = || Operation::RenameEnum { from: TableName::plain("kind"), to: TableName::plain("Sort") };
    let found = after(PG, &Schema::default(), vec![table("t", true), rename()]);
    assert_eq!(show(&found, Some(PG)), "t: k \"Sort\"\nenum Sort: a b");
    check_apply(
        PG,
        &format!("{TYPE}; CREATE TABLE t (k kind[])"),
        rename(),
        "t: k \"Sort\"[]\nenum Sort: a b",
    );
}
