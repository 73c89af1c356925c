//! SQL Server.

use super::text::{bare, enum_length, numeric, parse, portable, sized};
use super::{Change, Kind, Rules, Unnamed, name, no_spelling, quote};
use crate::{ServerDefault, Type};
use fact::{Fact, Name};
use std::sync::Arc;

pub(super) struct Mssql;

impl Rules for Mssql {
    /// As for a server of 2012 or later.
    fn ddl_type(&self, ty: &Type) -> Fact<String> {
        let text = match ty.on(Kind::Mssql) {
            Type::Null => return no_spelling("a column without a type", Kind::Mssql),
            Type::Boolean { .. } => "BIT".to_owned(),
            Type::SmallInteger => "SMALLINT".to_owned(),
            Type::Integer => "INTEGER".to_owned(),
            Type::BigInteger => "BIGINT".to_owned(),
            Type::Float { precision } => sized("FLOAT", *precision),
            Type::Double { .. } => "DOUBLE PRECISION".to_owned(),
            Type::Real => "REAL".to_owned(),
            Type::Numeric { precision, scale } => numeric("NUMERIC", *precision, *scale),
            Type::String { length, national, collation } | Type::Text { length, national, collation } => {
                collated(varying(if *national { "NVARCHAR" } else { "VARCHAR" }, *length), collation)
            }
            Type::Char { length, national, collation } => {
                collated(sized(if *national { "NCHAR" } else { "CHAR" }, *length), collation)
            }
            Type::LargeBinary { length } => varying("VARBINARY", *length),
            Type::Date => "DATE".to_owned(),
            Type::Time { .. } => "TIME".to_owned(),
            Type::DateTime { timezone: true } => "DATETIMEOFFSET".to_owned(),
            Type::DateTime { timezone: false } | Type::Interval { .. } => "DATETIME".to_owned(),
            Type::Timestamp { .. } => "TIMESTAMP".to_owned(),
            Type::Uuid => "UNIQUEIDENTIFIER".to_owned(),
            Type::Json => "NVARCHAR(max)".to_owned(),
            Type::Enum(ty) => {
                return enum_length(ty).map(|length| {
                    length.map_or("VARCHAR(max)".into(), |length| sized("VARCHAR", Some(length)))
                });
            }
            Type::Array { .. } => return no_spelling("an array", Kind::Mssql),
            Type::Native { text, dialect: None | Some(Kind::Mssql) } => text.to_string(),
            Type::Native { text, dialect: Some(_) } => match portable(text) {
                Some(text) => text,
                None => return no_spelling(text, Kind::Mssql),
            },
            Type::Variants { base, .. } => return self.ddl_type(base),
        };
        Fact::Known(text)
    }

    fn catalogue_type(&self, declared: &str) -> Fact<String> {
        let ty = parse(declared);
        let base = ty.base.split(" collate ").next().unwrap_or(&ty.base).to_owned();
        Fact::Known(match base.as_str() {
            "integer" | "int" => "int".to_owned(),
            "dec" | "decimal" => exact("decimal", ty.number(0), ty.number(1)),
            "numeric" => exact("numeric", ty.number(0), ty.number(1)),
            "float" if ty.number(0).is_some_and(|bits| bits < 25) => "real".to_owned(),
            "float" | "double precision" => "float".to_owned(),
            "char" | "nchar" | "varchar" | "nvarchar" | "binary" | "varbinary" => {
                format!("{base}({})", ty.args.as_deref().unwrap_or("1").to_lowercase())
            }
            "character varying" => format!("varchar({})", ty.args.as_deref().unwrap_or("1").to_lowercase()),
            "timestamp" | "rowversion" => "timestamp".to_owned(),
            _ => format!("{base}{}", ty.arguments()),
        })
    }

    fn catalogue_default(&self, default: &ServerDefault, _: &Fact<Type>) -> Fact<String> {
        Fact::Known(match default {
            ServerDefault::Literal(value) => format!("({})", quote::literal(value)),
            ServerDefault::Sql(sql) => match bare(sql) {
                now if now.eq_ignore_ascii_case("CURRENT_TIMESTAMP") => "(getdate())".to_owned(),
                number if is_number(number) => format!("(({number}))"),
                other => format!("({other})"),
            },
            ServerDefault::Sequence(name) => format!("(NEXT VALUE FOR {name})"),
            ServerDefault::Now => "(getdate())".to_owned(),
            ServerDefault::True => "((1))".to_owned(),
            ServerDefault::False => "((0))".to_owned(),
        })
    }

    fn quote(&self, identifier: &str) -> String {
        quote::identifier(identifier, Kind::Mssql)
    }

    fn identifier_limit(&self) -> usize {
        128
    }

    fn implicit_name(&self, _: &Unnamed<'_>) -> Fact<Option<Name>> {
        name::server_made()
    }

    fn named_enums(&self) -> bool {
        false
    }

    fn native_enums(&self) -> bool {
        false
    }

    fn native_boolean(&self) -> bool {
        false
    }

    fn identity(&self) -> bool {
        true
    }

    fn comments(&self) -> bool {
        true
    }

    fn alters(&self, change: Change) -> bool {
        // `if_not_exists` of add_column and create_index is left out of the text, so that it does not help.
        !matches!(change, Change::AddColumnIfNotExists | Change::CreateIndexIfNotExists)
    }

    fn transactional_ddl(&self) -> bool {
        true
    }

    fn indexes_share_a_namespace(&self) -> bool {
        false
    }

    fn default_schema(&self) -> Option<&'static str> {
        Some("dbo")
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '+']);
    digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') && digits.parse::<f64>().is_ok()
}

fn varying(name: &str, length: Option<u32>) -> String {
    length.map_or_else(|| format!("{name}(max)"), |length| format!("{name}({length})"))
}

fn exact(name: &str, precision: Option<u64>, scale: Option<u64>) -> String {
    format!("{name}({},{})", precision.unwrap_or(18), scale.unwrap_or(0))
}

fn collated(text: String, collation: &Option<Arc<str>>) -> String {
    match collation {
        Some(collation) => format!("{text} COLLATE {collation}"),
        None => text,
    }
}
