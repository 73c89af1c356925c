//! Types by dialect.

use super::super::cursor::{Cursor, Source, Unreadable};
use super::super::lex::{Lexis, lex};
use super::super::types::data_type;
use crate::{Kind, Type};
use fact::{Fact, FileId, NodeId, Place};

/// Reads the type in front of `rest`.
#[track_caller]
fn check_type(dialect: Option<Kind>, text: &str, expected: &str, rest: &str) {
    let tokens = lex(text, Lexis::of(dialect));
    let place = Place::new(FileId(0), 0, NodeId(0));
    let source = Source { text, tokens: &tokens, dialect, place, depth: 0 };
    let mut cursor = Cursor::new(source, 0, tokens.len());
    let shown = match data_type(&mut cursor) {
        Err(Unreadable) => "unreadable".to_owned(),
        Ok(read) => {
            let serial = if read.serial { "serial " } else { "" };
            match read.ty {
                Fact::Known(Type::Native { text, .. }) => format!("{serial}native {text}"),
                Fact::Known(ty) => format!("{serial}{ty:?}"),
                Fact::Unknown(_) => "?".to_owned(),
            }
        }
    };
    assert_eq!(shown, expected, "{text}");
    assert_eq!(cursor.source_text(), rest, "{text}");
}

const PG: Option<Kind> = Some(Kind::Postgresql);
const MY: Option<Kind> = Some(Kind::Mysql);
const LITE: Option<Kind> = Some(Kind::Sqlite);
const MS: Option<Kind> = Some(Kind::Mssql);
const BOOLEAN: &str = "Boolean { constraint: TypeConstraint { create: false, name: None } }";

fn string(length: &str) -> String {
    format!("String {{ length: {length}, national: false, collation: None }}")
}

#[test]
fn postgresql() {
    check_type(PG, "character varying(36) NOT NULL", &string("Some(36)"), "NOT NULL");
    check_type(PG, "VARCHAR", &string("None"), "");
    check_type(PG, "INT4", "Integer", "");
    check_type(PG, "pg_catalog.int8 x", "BigInteger", "x");
    check_type(PG, "double precision DEFAULT 1", "Double { precision: None }", "DEFAULT 1");
    check_type(PG, "timestamp with time zone", "DateTime { timezone: true }", "");
    check_type(PG, "timestamp(3) without time zone x", "native timestamp(3) without time zone", "x");
    check_type(PG, "timestamptz", "DateTime { timezone: true }", "");
    check_type(PG, "numeric(10, 2)", "Numeric { precision: Some(10), scale: Some(2) }", "");
    check_type(PG, "BOOL", BOOLEAN, "");
    check_type(PG, "jsonb", "native jsonb", "");
    check_type(
        PG,
        "text[]",
        "Array { item: Text { length: None, national: false, collation: None }, dimensions: None }",
        "",
    );
    check_type(PG, "int[3][] x", "Array { item: Integer, dimensions: Some(2) }", "x");
    check_type(PG, "int ARRAY[4]", "Array { item: Integer, dimensions: None }", "");
    check_type(PG, "serial", "serial Integer", "");
    check_type(PG, "BIGSERIAL", "serial BigInteger", "");
    check_type(PG, "interval day to second(3) x", "native interval day to second(3)", "x");
    check_type(PG, "app.\"Kind\" x", "native app.\"Kind\"", "x");
    check_type(PG, "\"text\"", "native \"text\"", "");
    check_type(PG, "vector(1536)", "native vector(1536)", "");
    check_type(PG, "bit varying(5)", "native bit varying(5)", "");
    check_type(PG, "ty\u{fffc} x", "?", "x");
    check_type(PG, "NOT NULL", "unreadable", "NOT NULL");
    check_type(PG, "'a'", "unreadable", "'a'");
}

#[test]
fn mysql() {
    check_type(MY, "INT", "Integer", "");
    check_type(MY, "int(11) unsigned zerofill NOT", "native int(11) unsigned zerofill", "NOT");
    check_type(MY, "varchar(9) CHARACTER SET utf8 NULL", "native varchar(9) CHARACTER SET utf8", "NULL");
    check_type(MY, "varchar(9) COLLATE x", &string("Some(9)"), "COLLATE x");
    check_type(MY, "DATETIME", "DateTime { timezone: false }", "");
    check_type(MY, "DATETIME(6)", "native DATETIME(6)", "");
    check_type(MY, "TIMESTAMP", "Timestamp { timezone: false }", "");
    check_type(MY, "TINYINT(1)", "native TINYINT(1)", "");
    check_type(MY, "serial", "serial native BIGINT UNSIGNED", "");
    check_type(MY, "set('a')", "native set('a')", "");
    check_type(
        MY,
        "ENUM('a', 'b''c') x",
        "Enum(Enum { name: None, labels: Known([\"a\", \"b'c\"]), native: true, length: None, \
         create_type: false, constraint: TypeConstraint { create: false, name: None } })",
        "x",
    );
}

#[test]
fn sqlite_keeps_the_words() {
    check_type(LITE, "VARCHAR(5)", &string("Some(5)"), "");
    check_type(LITE, "int", "native int", "");
    check_type(LITE, "UNSIGNED BIG INT NOT NULL", "native UNSIGNED BIG INT", "NOT NULL");
    check_type(LITE, "", "Null", "");
    check_type(LITE, "PRIMARY KEY", "Null", "PRIMARY KEY");
    check_type(LITE, "decimal(1,2)", "native decimal(1,2)", "");
}

#[test]
fn sql_server() {
    check_type(MS, "[int] NULL", "Integer", "NULL");
    check_type(MS, "NVARCHAR(max)", "native NVARCHAR(max)", "");
    check_type(MS, "bit", BOOLEAN, "");
    check_type(MS, "DATETIMEOFFSET", "DateTime { timezone: true }", "");
    check_type(MS, "varchar", "native varchar", "");
}

#[test]
fn without_a_dialect_only_what_all_agree_on() {
    check_type(None, "VARCHAR(5)", &string("Some(5)"), "");
    check_type(None, "timestamp", "native timestamp", "");
    check_type(None, "serial", "serial Integer", "");
}
