//! SQLAlchemy's own types. The lower case ones are what a dialect makes of them; the upper case ones are a spelling.

use super::{native, sized, vary};
use crate::args::{KEYWORD, Params};
use schema::types::TypeConstraint;
use schema::{Kind, Type};
use std::sync::Arc;

/// `name` with its arguments; `None`: not a type, or one that needs more than its arguments.
pub(super) fn read(name: &str, p: &mut Params<'_>) -> Option<Type> {
    Some(match name {
        "Integer" | "INTEGER" | "INT" => Type::Integer,
        "SmallInteger" | "SMALLINT" => Type::SmallInteger,
        "BigInteger" | "BIGINT" => Type::BigInteger,
        "String" | "VARCHAR" => string(p, false),
        "Unicode" => string(p, true),
        "NVARCHAR" => {
            spelled(p, "NVARCHAR", |length, collation| Type::String { length, national: true, collation })
        }
        "CHAR" => {
            let (length, collation) = text_args(p);
            Type::Char { length, national: false, collation }
        }
        "NCHAR" => spelled(p, "NCHAR", |length, collation| Type::Char { length, national: true, collation }),
        "Text" => text(p, false),
        "UnicodeText" => text(p, true),
        // SQL Server gets VARCHAR(max) for Text, and what it says for TEXT.
        "TEXT" => vary(text(p, false), vec![(Kind::Mssql, native("TEXT", Kind::Mssql))]),
        "Boolean" | "BOOLEAN" => {
            let create = p.flag(0, "create_constraint", false);
            let name = p.name(1, "name");
            Type::Boolean { constraint: TypeConstraint { create, name: name.filter(|_| create) } }
        }
        "Float" | "FLOAT" => Type::Float { precision: p.size(0, "precision") },
        "Double" => Type::Double { precision: p.size(0, "precision") },
        "REAL" => Type::Real,
        "DOUBLE" => Type::native("DOUBLE"),
        "DOUBLE_PRECISION" => Type::native("DOUBLE PRECISION"),
        "Numeric" | "NUMERIC" => {
            let precision = p.size(0, "precision");
            let scale = p.int(1, "scale").and_then(|scale| i32::try_from(scale).ok());
            Type::Numeric { precision, scale }
        }
        "DECIMAL" => Type::native(&numeric("DECIMAL", p)),
        "LargeBinary" | "Binary" => Type::LargeBinary { length: p.size(0, "length") },
        "BLOB" => Type::native(&sized("BLOB", p.size(0, "length"))),
        "CLOB" => Type::native("CLOB"),
        "BINARY" => Type::native(&sized("BINARY", p.size(0, "length"))),
        "VARBINARY" => Type::native(&sized("VARBINARY", p.size(0, "length"))),
        "Date" | "DATE" => Type::Date,
        "Time" | "TIME" => Type::Time { timezone: p.flag(0, "timezone", false) },
        "DateTime" | "DATETIME" => Type::DateTime { timezone: p.flag(0, "timezone", false) },
        "TIMESTAMP" => Type::Timestamp { timezone: p.flag(0, "timezone", false) },
        "Interval" => {
            let is_native = p.flag(0, "native", true);
            let precision = p.size(1, "second_precision");
            if is_native { Type::Interval { precision } } else { Type::DateTime { timezone: false } }
        }
        "Uuid" => match p.flag(KEYWORD, "native_uuid", true) {
            true => Type::Uuid,
            false => Type::Char { length: Some(32), national: false, collation: None },
        },
        "UUID" => Type::native("UUID"),
        "JSON" => Type::Json,
        "NullType" | "NULLTYPE" => Type::Null,
        _ => return None,
    })
}

/// `DECIMAL(10, 2)` as SQLAlchemy writes it.
pub(super) fn numeric(name: &str, p: &mut Params<'_>) -> String {
    match (p.size(0, "precision"), p.int(1, "scale")) {
        (None, _) => name.to_owned(),
        (Some(precision), None) => format!("{name}({precision})"),
        (Some(precision), Some(scale)) => format!("{name}({precision}, {scale})"),
    }
}

pub(super) fn text_args(p: &mut Params<'_>) -> (Option<u32>, Option<Arc<str>>) {
    (p.size(0, "length"), p.text(1, "collation"))
}

fn string(p: &mut Params<'_>, national: bool) -> Type {
    // Of what `**options` may hide, only a collation is left, which the type's text does not name.
    p.rests_on(0, "length");
    let (length, collation) = text_args(p);
    Type::String { length, national, collation }
}

fn text(p: &mut Params<'_>, national: bool) -> Type {
    let (length, collation) = text_args(p);
    Type::Text { length, national, collation }
}

/// NVARCHAR and NCHAR keep their spelling where the generic type would be written without the N.
fn spelled(p: &mut Params<'_>, name: &str, generic: fn(Option<u32>, Option<Arc<str>>) -> Type) -> Type {
    let (length, collation) = text_args(p);
    let base = Type::native(&sized(name, length));
    vary(base, vec![(Kind::Mssql, generic(length, collation))])
}
