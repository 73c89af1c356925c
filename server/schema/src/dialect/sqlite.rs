//! SQLite: types are free text, ALTER knows little, and tables are rebuilt instead.

use super::text::{enum_length, numeric, parse, portable, sized};
use super::{Change, Kind, Rules, Unnamed, no_spelling, quote};
use crate::{ServerDefault, Type};
use fact::{Fact, Name};
use std::sync::Arc;

pub(super) struct Sqlite;

impl Rules for Sqlite {
    fn ddl_type(&self, ty: &Type) -> Fact<String> {
        let text = match ty.on(Kind::Sqlite) {
            Type::Null => return no_spelling("a column without a type", Kind::Sqlite),
            Type::Boolean { .. } => "BOOLEAN".to_owned(),
            Type::SmallInteger => "SMALLINT".to_owned(),
            Type::Integer => "INTEGER".to_owned(),
            Type::BigInteger => "BIGINT".to_owned(),
            Type::Float { .. } => "FLOAT".to_owned(),
            Type::Double { .. } => "DOUBLE".to_owned(),
            Type::Real => "REAL".to_owned(),
            Type::Numeric { precision, scale } => numeric("NUMERIC", *precision, *scale),
            Type::String { length, collation, .. } => collated(sized("VARCHAR", *length), collation),
            Type::Char { length, collation, .. } => collated(sized("CHAR", *length), collation),
            Type::Text { length, collation, .. } => collated(sized("TEXT", *length), collation),
            Type::LargeBinary { .. } => "BLOB".to_owned(),
            Type::Date => "DATE".to_owned(),
            Type::Time { .. } => "TIME".to_owned(),
            Type::DateTime { .. } | Type::Interval { .. } => "DATETIME".to_owned(),
            Type::Timestamp { .. } => "TIMESTAMP".to_owned(),
            Type::Uuid => "CHAR(32)".to_owned(),
            Type::Json => "JSON".to_owned(),
            Type::Enum(ty) => return enum_length(ty).map(|length| sized("VARCHAR", length)),
            Type::Array { .. } => return no_spelling("an array", Kind::Sqlite),
            Type::Native { text, dialect: None | Some(Kind::Sqlite) } => text.to_string(),
            Type::Native { text, dialect: Some(_) } => match portable(text) {
                Some(text) => text,
                None => return no_spelling(text, Kind::Sqlite),
            },
            Type::Variants { base, .. } => return self.ddl_type(base),
        };
        Fact::Known(text)
    }

    fn catalogue_type(&self, declared: &str) -> Fact<String> {
        let text = declared.trim();
        let lower = text.to_ascii_lowercase();
        let end = lower.find(" collate ").unwrap_or(text.len());
        Fact::Known(text.get(..end).unwrap_or(text).to_uppercase())
    }

    fn catalogue_default(&self, default: &ServerDefault, _: &Fact<Type>) -> Fact<String> {
        Fact::Known(match default {
            ServerDefault::Literal(value) => quote::literal(value),
            ServerDefault::Sql(sql) => sql.to_string(),
            ServerDefault::Sequence(name) => format!("nextval('{name}')"),
            ServerDefault::Now => "CURRENT_TIMESTAMP".to_owned(),
            ServerDefault::True => "1".to_owned(),
            ServerDefault::False => "0".to_owned(),
        })
    }

    fn quote(&self, identifier: &str) -> String {
        quote::identifier(identifier, Kind::Sqlite)
    }

    fn identifier_limit(&self) -> usize {
        9999
    }

    fn implicit_name(&self, _: &Unnamed<'_>) -> Fact<Option<Name>> {
        Fact::Known(None)
    }

    fn named_enums(&self) -> bool {
        false
    }

    fn native_enums(&self) -> bool {
        false
    }

    fn native_boolean(&self) -> bool {
        // SQLAlchemy writes BOOLEAN, but the CHECK of `create_constraint` comes with it.
        false
    }

    fn identity(&self) -> bool {
        false
    }

    fn comments(&self) -> bool {
        false
    }

    fn alters(&self, change: Change) -> bool {
        matches!(change, Change::ColumnName | Change::CreateIndexIfNotExists | Change::DropIndexIfExists)
    }

    fn transactional_ddl(&self) -> bool {
        false
    }

    fn indexes_share_a_namespace(&self) -> bool {
        true
    }

    fn default_schema(&self) -> Option<&'static str> {
        Some("main")
    }
}

/// The type that SQLAlchemy's reflection reads out of a declared type and writes again when a batch block rebuilds the
/// table. `None`: the text comes back as it was.
pub(crate) fn rebuilt_type(declared: &str) -> Option<String> {
    let ty = parse(declared);
    let upper = ty.base.to_uppercase();
    let name = match upper.as_str() {
        "BIGINT" | "BLOB" | "BOOLEAN" | "CHAR" | "DATE" | "DATETIME" | "DECIMAL" | "DOUBLE"
        | "DOUBLE PRECISION" | "FLOAT" | "INTEGER" | "JSON" | "NUMERIC" | "REAL" | "SMALLINT" | "TEXT"
        | "TIME" | "TIMESTAMP" | "VARCHAR" | "NVARCHAR" => upper.as_str(),
        "BOOL" => "BOOLEAN",
        "INT" => "INTEGER",
        "" => return None,
        other if other.contains("INT") => "INTEGER",
        other if ["CHAR", "CLOB", "TEXT"].iter().any(|part| other.contains(part)) => "TEXT",
        other if other.contains("BLOB") => return None,
        other if ["REAL", "FLOA", "DOUB"].iter().any(|part| other.contains(part)) => "REAL",
        _ => "NUMERIC",
    };
    let sizes = matches!(name, "CHAR" | "DECIMAL" | "NUMERIC" | "TEXT" | "VARCHAR" | "NVARCHAR");
    let text = match &ty.args {
        Some(args) if sizes => format!("{name}({})", args.replace(',', ", ")),
        _ => name.to_owned(),
    };
    (text != declared.trim()).then_some(text)
}

fn collated(text: String, collation: &Option<Arc<str>>) -> String {
    match collation {
        Some(collation) => format!("{text} COLLATE {}", quote::identifier(collation, Kind::Sqlite)),
        None => text,
    }
}
