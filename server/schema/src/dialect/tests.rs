use super::*;
use crate::types::{Enum, TypeConstraint};
use fact::{Place, name};

fn text(length: Option<u32>) -> Type {
    Type::Text { length, national: false, collation: None }
}

fn labels(native: bool, labels: &[&str]) -> Type {
    Type::Enum(Enum {
        name: Some(TableName::plain("kind")),
        labels: Fact::Known(labels.iter().map(|label| (*label).into()).collect()),
        native,
        length: None,
        create_type: true,
        constraint: TypeConstraint::default(),
    })
}

fn numeric(precision: Option<u32>, scale: Option<i32>) -> Type {
    Type::Numeric { precision, scale }
}

#[track_caller]
fn check_reported(ty: Type, expected: [&str; 5]) {
    for (kind, expected) in Kind::ALL.into_iter().zip(expected) {
        let found = reported(&ty, Some(kind.into()));
        let found = found.known().map_or("?", String::as_str);
        assert_eq!(found, expected, "{ty:?} on {kind}");
    }
}

#[test]
fn types_are_reported_in_the_words_of_each_database() {
    for (ty, expected) in [
        (
            Type::Boolean { constraint: TypeConstraint::default() },
            ["boolean", "tinyint(1)", "tinyint(1)", "BOOLEAN", "bit"],
        ),
        (Type::SmallInteger, ["smallint", "smallint", "smallint(6)", "SMALLINT", "smallint"]),
        (Type::Integer, ["integer", "int", "int(11)", "INTEGER", "int"]),
        (Type::BigInteger, ["bigint", "bigint", "bigint(20)", "BIGINT", "bigint"]),
        (Type::Float { precision: None }, ["double precision", "float", "float", "FLOAT", "float"]),
        (Type::Float { precision: Some(24) }, ["real", "float", "float", "FLOAT", "real"]),
        (Type::Float { precision: Some(53) }, ["double precision", "double", "double", "FLOAT", "float"]),
        (Type::Double { precision: Some(53) }, ["double precision", "double", "double", "DOUBLE", "float"]),
        (Type::Real, ["real", "double", "double", "REAL", "real"]),
        (numeric(None, None), ["numeric", "decimal(10,0)", "decimal(10,0)", "NUMERIC", "numeric(18,0)"]),
        (
            numeric(Some(10), None),
            ["numeric(10,0)", "decimal(10,0)", "decimal(10,0)", "NUMERIC(10)", "numeric(10,0)"],
        ),
        (
            numeric(Some(10), Some(2)),
            ["numeric(10,2)", "decimal(10,2)", "decimal(10,2)", "NUMERIC(10, 2)", "numeric(10,2)"],
        ),
        (
            Type::string(Some(5)),
            ["character varying(5)", "varchar(5)", "varchar(5)", "VARCHAR(5)", "varchar(5)"],
        ),
        (Type::string(None), ["character varying", "?", "?", "VARCHAR", "varchar(max)"]),
        (
            Type::String { length: Some(5), national: true, collation: None },
            ["character varying(5)", "varchar(5)", "varchar(5)", "VARCHAR(5)", "nvarchar(5)"],
        ),
        (
            Type::String { length: Some(5), national: false, collation: Some("C".into()) },
            ["character varying(5)", "varchar(5)", "varchar(5)", "VARCHAR(5)", "varchar(5)"],
        ),
        (
            Type::Char { length: Some(3), national: false, collation: None },
            ["character(3)", "char(3)", "char(3)", "CHAR(3)", "char(3)"],
        ),
        (
            Type::Char { length: None, national: false, collation: None },
            ["character(1)", "char(1)", "char(1)", "CHAR", "char(1)"],
        ),
        (text(None), ["text", "text", "text", "TEXT", "varchar(max)"]),
        (text(Some(20)), ["text(20)", "tinytext", "tinytext", "TEXT(20)", "varchar(20)"]),
        (text(Some(200)), ["text(200)", "?", "?", "TEXT(200)", "varchar(200)"]),
        (Type::LargeBinary { length: None }, ["bytea", "blob", "blob", "BLOB", "varbinary(max)"]),
        (
            Type::LargeBinary { length: Some(70_000) },
            ["bytea", "mediumblob", "mediumblob", "BLOB", "varbinary(70000)"],
        ),
        (Type::Date, ["date", "date", "date", "DATE", "date"]),
        (Type::Time { timezone: false }, ["time without time zone", "time", "time", "TIME", "time"]),
        (
            Type::DateTime { timezone: false },
            ["timestamp without time zone", "datetime", "datetime", "DATETIME", "datetime"],
        ),
        (
            Type::DateTime { timezone: true },
            ["timestamp with time zone", "datetime", "datetime", "DATETIME", "datetimeoffset"],
        ),
        (
            Type::Timestamp { timezone: true },
            ["timestamp with time zone", "timestamp", "timestamp", "TIMESTAMP", "timestamp"],
        ),
        (Type::Interval { precision: None }, ["interval", "datetime", "datetime", "DATETIME", "datetime"]),
        (
            Type::Interval { precision: Some(3) },
            ["interval(3)", "datetime", "datetime", "DATETIME", "datetime"],
        ),
        (Type::Uuid, ["uuid", "char(32)", "uuid", "CHAR(32)", "uniqueidentifier"]),
        (Type::Json, ["json", "json", "longtext", "JSON", "nvarchar(max)"]),
        (
            labels(true, &["a", "it's"]),
            ["kind", "enum('a','it''s')", "enum('a','it''s')", "VARCHAR(4)", "varchar(4)"],
        ),
        (
            labels(false, &["a", "bcd"]),
            ["character varying(3)", "varchar(3)", "varchar(3)", "VARCHAR(3)", "varchar(3)"],
        ),
        (Type::Array { item: Box::new(Type::Integer), dimensions: None }, ["integer[]", "?", "?", "?", "?"]),
        (
            Type::Array { item: Box::new(Type::string(Some(3))), dimensions: Some(2) },
            ["character varying(3)[]", "?", "?", "?", "?"],
        ),
        (
            Type::Variants { base: Box::new(Type::Json), others: vec![(Kind::Sqlite, text(None))] },
            ["json", "json", "longtext", "TEXT", "nvarchar(max)"],
        ),
        (Type::Null, ["?", "?", "?", "?", "?"]),
    ] {
        check_reported(ty, expected);
    }
}

#[track_caller]
fn check_native(kind: Kind, cases: &[(&str, &str)]) {
    for (declared, expected) in cases {
        let found = reported(&Type::native(declared), Some(kind.into()));
        assert_eq!(found.known().map(String::as_str), Some(*expected), "{declared} on {kind}");
    }
}

#[test]
fn declared_texts_become_catalogue_texts() {
    check_native(
        Kind::Postgresql,
        &[
            ("INT4", "integer"),
            ("SERIAL", "integer"),
            ("bigserial", "bigint"),
            ("varchar(5)", "character varying(5)"),
            ("CHARACTER  VARYING ( 20 )", "character varying(20)"),
            ("timestamptz", "timestamp with time zone"),
            ("TIMESTAMP(3)", "timestamp(3) without time zone"),
            ("timestamp (6) with time zone", "timestamp(6) with time zone"),
            ("TIMESTAMP WITHOUT TIME ZONE", "timestamp without time zone"),
            ("timetz(2)", "time(2) with time zone"),
            ("decimal(8)", "numeric(8,0)"),
            ("NUMERIC(8, 3)", "numeric(8,3)"),
            ("float(10)", "real"),
            ("float8", "double precision"),
            ("char", "character(1)"),
            ("bit(3)", "bit(3)"),
            ("text[]", "text[]"),
            ("INTEGER[3][3]", "integer[]"),
            ("integer ARRAY", "integer[]"),
            ("TSVECTOR", "tsvector"),
            ("public.citext", "citext"),
            ("\"MyEnum\"", "\"MyEnum\""),
            ("geometry(POINT,4326)", "geometry(POINT,4326)"),
            ("JSONB", "jsonb"),
            ("TEXT COLLATE \"C\"", "text"),
            ("interval day to second", "interval day to second"),
        ],
    );
    check_native(
        Kind::Mysql,
        &[
            ("INTEGER(11) UNSIGNED", "int unsigned"),
            ("TINYINT(1)", "tinyint(1)"),
            ("TINYINT(4)", "tinyint"),
            ("BIGINT(20) UNSIGNED ZEROFILL", "bigint unsigned zerofill"),
            ("LONGTEXT", "longtext"),
            ("VARCHAR(64) CHARACTER SET ascii", "varchar(64)"),
            ("DOUBLE PRECISION", "double"),
            ("DATETIME(6)", "datetime(6)"),
            ("enum('A b','c')", "enum('A b','c')"),
            ("BOOL", "tinyint(1)"),
            ("float(7,3)", "float(7,3)"),
            ("text collate utf8mb4_bin", "text"),
        ],
    );
    check_native(
        Kind::Mariadb,
        &[
            ("INTEGER UNSIGNED", "int(10) unsigned"),
            ("int(5)", "int(5)"),
            ("BIGINT UNSIGNED", "bigint(20) unsigned"),
            ("JSON", "longtext"),
            ("TINYINT", "tinyint(4)"),
            ("uuid", "uuid"),
        ],
    );
    check_native(
        Kind::Sqlite,
        &[
            ("varchar(12)", "VARCHAR(12)"),
            ("VARCHAR(5) COLLATE nocase", "VARCHAR(5)"),
            ("Any Thing", "ANY THING"),
        ],
    );
    check_native(
        Kind::Mssql,
        &[
            ("INTEGER", "int"),
            ("NVARCHAR(MAX)", "nvarchar(max)"),
            ("DATETIME2(7)", "datetime2(7)"),
            ("decimal", "decimal(18,0)"),
        ],
    );
}

#[test]
fn types_of_another_dialect_lose_its_attributes_or_are_unknown() {
    let native = |text: &str, dialect| Type::Native { text: text.into(), dialect: Some(dialect) };
    check_reported(
        native("INTEGER(11) UNSIGNED", Kind::Mysql),
        ["integer", "int unsigned", "int(11) unsigned", "INTEGER", "int"],
    );
    check_reported(native("JSONB", Kind::Postgresql), ["jsonb", "?", "?", "?", "?"]);
    check_reported(
        native("VARCHAR(9)", Kind::Mysql),
        ["character varying(9)", "varchar(9)", "varchar(9)", "VARCHAR(9)", "varchar(9)"],
    );
}

#[test]
fn without_a_dialect_only_what_all_agree_on_is_known() {
    assert_eq!(reported(&Type::Integer, None), Fact::Unknown(Unknown::nowhere(Reason::NoDialect)));
    let column = Column::new(name("a"), Fact::Known(Type::Date), place());
    assert_eq!(reported_default(&column, None), Fact::Known(None));
    assert!(!reported_type(&column, None).is_known());
}

fn place() -> Place {
    Place::whole_file(fact::FileId(0))
}

#[track_caller]
fn check_default(default: ServerDefault, ty: Type, expected: [&str; 5]) {
    for (kind, expected) in Kind::ALL.into_iter().zip(expected) {
        let found = kind.rules().catalogue_default(&default, &Fact::Known(ty.clone()));
        assert_eq!(found.known().map(String::as_str), Some(expected), "{default:?} on {kind}");
    }
}

#[test]
fn defaults_are_reported_in_the_words_of_each_database() {
    let literal = |text: &str| ServerDefault::Literal(text.into());
    check_default(literal("12"), Type::Integer, ["12", "12", "12", "'12'", "('12')"]);
    check_default(
        literal("q"),
        Type::string(Some(20)),
        ["'q'::character varying", "q", "'q'", "'q'", "('q')"],
    );
    check_default(literal("it's"), text(None), ["'it''s'::text", "it's", "'it''s'", "'it''s'", "('it''s')"]);
    check_default(
        literal("1"),
        Type::Boolean { constraint: TypeConstraint::default() },
        ["true", "1", "1", "'1'", "('1')"],
    );
    check_default(
        ServerDefault::Now,
        Type::Date,
        ["now()", "now()", "current_timestamp()", "CURRENT_TIMESTAMP", "(getdate())"],
    );
    check_default(ServerDefault::True, Type::Integer, ["true", "1", "1", "1", "((1))"]);
    let sql = |text: &str| ServerDefault::Sql(text.into());
    check_default(sql("1"), Type::Integer, ["1", "1", "1", "1", "((1))"]);
    check_default(sql("(a + 1)"), Type::Integer, ["(a + 1)", "a + 1", "a + 1", "(a + 1)", "(a + 1)"]);
    check_default(
        sql("(a) + (1)"),
        Type::Integer,
        ["(a) + (1)", "(a) + (1)", "(a) + (1)", "(a) + (1)", "((a) + (1))"],
    );
    check_default(sql("FALSE"), Type::Integer, ["FALSE", "0", "0", "FALSE", "(FALSE)"]);
    check_default(
        sql("CURRENT_TIMESTAMP"),
        Type::DateTime { timezone: false },
        ["CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP", "current_timestamp()", "CURRENT_TIMESTAMP", "(getdate())"],
    );
    check_default(
        ServerDefault::Sequence(TableName::plain("t_id_seq")),
        Type::Integer,
        [
            "nextval('t_id_seq'::regclass)",
            "nextval(t_id_seq)",
            "nextval(t_id_seq)",
            "nextval('t_id_seq')",
            "(NEXT VALUE FOR t_id_seq)",
        ],
    );
}

fn unnamed(kind: Kind, table: &str, what: Nameless<'_>, taken: &[&str]) -> String {
    let table = Table::new(TableName::plain(table), place());
    let taken = |name: &str| taken.contains(&name);
    match kind.rules().implicit_name(&Unnamed { what, table: &table, taken: &taken }) {
        Fact::Known(Some(name)) => name.to_string(),
        Fact::Known(None) => "none".to_owned(),
        Fact::Unknown(_) => "?".to_owned(),
    }
}

#[test]
fn unnamed_constraints_get_the_names_that_servers_make() {
    let (a, b) = (name("a"), name("b"));
    let long = name(&"c".repeat(60));
    let pg = Kind::Postgresql;
    for (kind, table, what, taken, expected) in [
        (pg, "t", Nameless::PrimaryKey, &[][..], "t_pkey"),
        (pg, "t", Nameless::Unique(&[a, b]), &[], "t_a_b_key"),
        (pg, "t", Nameless::Unique(&[a]), &["t_a_key", "t_a_key1"], "t_a_key2"),
        (pg, "t", Nameless::ForeignKey(&[a]), &[], "t_a_fkey"),
        (pg, "t", Nameless::Check(Fact::Known(vec![a])), &[], "t_a_check"),
        (pg, "t", Nameless::Check(Fact::Known(vec![a, b])), &["t_check"], "t_check1"),
        (pg, "t", Nameless::Check(Fact::Known(vec![])), &[], "t_check"),
        (
            pg,
            "t",
            Nameless::Unique(&[long]),
            &[],
            "t_ccccccccccccccccccccccccccccccccccccccccccccccccccccccccc_key",
        ),
        (Kind::Mysql, "t", Nameless::PrimaryKey, &[], "PRIMARY"),
        (Kind::Mysql, "t", Nameless::Unique(&[b, a]), &[], "b"),
        (Kind::Mysql, "t", Nameless::ForeignKey(&[a]), &[], "t_ibfk_1"),
        (Kind::Mysql, "t", Nameless::Check(Fact::Known(vec![a])), &[], "t_chk_1"),
        (Kind::Mariadb, "t", Nameless::Check(Fact::Known(vec![a])), &[], "CONSTRAINT_1"),
        (Kind::Mysql, "t", Nameless::ForeignKeyIndex(Some(b), &[a]), &[], "b"),
        (Kind::Mysql, "t", Nameless::ForeignKeyIndex(None, &[a]), &[], "a"),
        (Kind::Sqlite, "t", Nameless::PrimaryKey, &[], "none"),
        (Kind::Mssql, "t", Nameless::Unique(&[a]), &[], "?"),
    ] {
        assert_eq!(unnamed(kind, table, what, taken), expected);
    }
    let table = "organization_membership_role_assignments";
    let columns = [name("organization_membership_identifier")];
    assert_eq!(
        unnamed(pg, table, Nameless::ForeignKey(&columns), &[]),
        "organization_membership_role__organization_membership_iden_fkey"
    );
}

#[test]
fn a_rebuilt_table_declares_types_as_reflection_reads_them() {
    for (declared, expected) in [
        ("VARCHAR(36)", None),
        ("NUMERIC(10, 2)", None),
        ("INTEGER", None),
        ("DATETIME", None),
        ("int", Some("INTEGER")),
        ("varchar(5)", Some("VARCHAR(5)")),
        ("UUID", Some("NUMERIC")),
        ("LONGTEXT", Some("TEXT")),
        ("FLOAT(24)", Some("FLOAT")),
    ] {
        assert_eq!(rebuilt_type(declared).as_deref(), expected, "{declared}");
    }
}

#[test]
fn the_default_schema_needs_no_mention() {
    let name = TableName::new(Some("public"), "t");
    assert_eq!(canonical(name, Some(Kind::Postgresql)), TableName::plain("t"));
    assert_eq!(canonical(name, Some(Kind::Mysql)), name);
    assert_eq!(canonical(name, None), name);
}
