//! PostgreSQL.

use super::text::{enum_length, numeric, parse, portable, sized};
use super::{Change, Kind, Rules, Unnamed, name, no_spelling, quote};
use crate::table::TableName;
use crate::{ServerDefault, Type};
use fact::{Fact, Name};

pub(super) struct Postgresql;

impl Rules for Postgresql {
    fn ddl_type(&self, ty: &Type) -> Fact<String> {
        let text = match ty.on(Kind::Postgresql) {
            Type::Null => return no_spelling("a column without a type", Kind::Postgresql),
            Type::Boolean { .. } => "BOOLEAN".to_owned(),
            Type::SmallInteger => "SMALLINT".to_owned(),
            Type::Integer => "INTEGER".to_owned(),
            Type::BigInteger => "BIGINT".to_owned(),
            Type::Float { precision } => sized("FLOAT", *precision),
            Type::Double { .. } => "DOUBLE PRECISION".to_owned(),
            Type::Real => "REAL".to_owned(),
            Type::Numeric { precision, scale } => numeric("NUMERIC", *precision, *scale),
            Type::String { length, collation, .. } => collated(sized("VARCHAR", *length), collation),
            Type::Char { length, collation, .. } => collated(sized("CHAR", *length), collation),
            Type::Text { length, collation, .. } => collated(sized("TEXT", *length), collation),
            Type::LargeBinary { .. } => "BYTEA".to_owned(),
            Type::Date => "DATE".to_owned(),
            Type::Time { timezone } => format!("TIME {}", zone(*timezone)),
            Type::DateTime { timezone } | Type::Timestamp { timezone } => {
                format!("TIMESTAMP {}", zone(*timezone))
            }
            Type::Interval { precision: None } => "INTERVAL".to_owned(),
            Type::Interval { precision: Some(precision) } => format!("INTERVAL ({precision})"),
            Type::Uuid => "UUID".to_owned(),
            Type::Json => "JSON".to_owned(),
            Type::Enum(ty) if ty.native => match ty.name {
                Some(name) => return Fact::Known(self.quoted(name)),
                None => return no_spelling("an enum without a name", Kind::Postgresql),
            },
            Type::Enum(ty) => return enum_length(ty).map(|length| sized("VARCHAR", length)),
            Type::Array { item, dimensions } => {
                let brackets = "[]".repeat(dimensions.unwrap_or(1).max(1) as usize);
                return self.ddl_type(item).map(|item| item + &brackets);
            }
            Type::Native { text, dialect: None | Some(Kind::Postgresql) } => text.to_string(),
            Type::Native { text, dialect: Some(_) } => match portable(text) {
                Some(text) => text,
                None => return no_spelling(text, Kind::Postgresql),
            },
            Type::Variants { base, .. } => return self.ddl_type(base),
        };
        Fact::Known(text)
    }

    fn catalogue_type(&self, declared: &str) -> Fact<String> {
        Fact::Known(format_type(declared))
    }

    fn catalogue_default(&self, default: &ServerDefault, ty: &Fact<Type>) -> Fact<String> {
        let text = match default {
            ServerDefault::Literal(value) => {
                let ty = match ty.known().map(|ty| self.ddl_type(ty)) {
                    Some(Fact::Known(declared)) => format_type(&declared),
                    _ => return Fact::Known(quote::literal(value)),
                };
                let cast = ty.split('(').next().unwrap_or(&ty).to_owned();
                let number = value.parse::<f64>().is_ok();
                let bare = matches!(cast.as_str(), "integer" | "numeric" | "double precision" | "real")
                    && number
                    && !value.starts_with('-');
                match cast.as_str() {
                    _ if bare => value.to_string(),
                    "boolean" => match value.to_ascii_lowercase().as_str() {
                        "1" | "t" | "true" | "yes" | "on" | "y" => "true".to_owned(),
                        "0" | "f" | "false" | "no" | "off" | "n" => "false".to_owned(),
                        _ => quote::literal(value),
                    },
                    _ => format!("{}::{cast}", quote::literal(value)),
                }
            }
            ServerDefault::Sql(sql) => sql.to_string(),
            ServerDefault::Sequence(name) => {
                format!("nextval('{}'::regclass)", self.quoted(*name).replace('\'', "''"))
            }
            ServerDefault::Now => "now()".to_owned(),
            ServerDefault::True => "true".to_owned(),
            ServerDefault::False => "false".to_owned(),
        };
        Fact::Known(text)
    }

    fn quote(&self, identifier: &str) -> String {
        quote::identifier(identifier, Kind::Postgresql)
    }

    fn identifier_limit(&self) -> usize {
        63
    }

    fn implicit_name(&self, made: &Unnamed<'_>) -> Fact<Option<Name>> {
        name::postgresql(made)
    }

    fn named_enums(&self) -> bool {
        true
    }

    fn native_enums(&self) -> bool {
        true
    }

    fn native_boolean(&self) -> bool {
        true
    }

    fn identity(&self) -> bool {
        true
    }

    fn comments(&self) -> bool {
        true
    }

    fn alters(&self, _: Change) -> bool {
        true
    }

    fn transactional_ddl(&self) -> bool {
        true
    }

    fn indexes_share_a_namespace(&self) -> bool {
        true
    }

    fn default_schema(&self) -> Option<&'static str> {
        Some("public")
    }
}

impl Postgresql {
    fn quoted(&self, name: TableName) -> String {
        match name.schema {
            Some(schema) if schema != "public" => {
                format!("{}.{}", self.quote(&schema), self.quote(&name.name))
            }
            _ => self.quote(&name.name),
        }
    }
}

/// What the server's `format_type` prints for a declared type.
fn format_type(declared: &str) -> String {
    let text = without_collation(declared);
    if text.starts_with('"') {
        return text.to_owned();
    }
    let ty = parse(text);
    let (name, args) = match (ty.base.as_str(), ty.rest.as_str()) {
        ("int" | "int4" | "integer" | "serial" | "serial4", _) => ("integer".to_owned(), String::new()),
        ("int8" | "bigint" | "bigserial" | "serial8", _) => ("bigint".to_owned(), String::new()),
        ("int2" | "smallint" | "smallserial" | "serial2", _) => ("smallint".to_owned(), String::new()),
        ("float", _) if ty.number(0).is_some_and(|bits| bits < 25) => ("real".to_owned(), String::new()),
        ("float" | "float8" | "double precision", _) => ("double precision".to_owned(), String::new()),
        ("float4" | "real", _) => ("real".to_owned(), String::new()),
        ("bool" | "boolean", _) => ("boolean".to_owned(), String::new()),
        ("varchar" | "character varying" | "char varying" | "nchar varying", _) => {
            ("character varying".to_owned(), ty.arguments())
        }
        ("char" | "character" | "nchar" | "national character" | "bpchar", _) => (
            "character".to_owned(),
            if ty.args.is_none() && ty.base == "bpchar" { String::new() } else { or_one(ty.arguments()) },
        ),
        ("bit", _) => ("bit".to_owned(), or_one(ty.arguments())),
        ("varbit" | "bit varying", _) => ("bit varying".to_owned(), ty.arguments()),
        ("numeric" | "decimal" | "dec", _) => {
            let args = match (&ty.args, ty.number(1)) {
                (Some(precision), None) => format!("({precision},0)"),
                _ => ty.arguments(),
            };
            ("numeric".to_owned(), args)
        }
        ("timestamptz", _) | ("timestamp", "with time zone") => {
            (format!("timestamp{} with time zone", ty.arguments()), String::new())
        }
        ("timestamp with time zone", _) => ("timestamp with time zone".to_owned(), String::new()),
        ("timestamp" | "timestamp without time zone", _) => {
            (format!("timestamp{} without time zone", ty.arguments()), String::new())
        }
        ("timetz", _) | ("time", "with time zone") => {
            (format!("time{} with time zone", ty.arguments()), String::new())
        }
        ("time with time zone", _) => ("time with time zone".to_owned(), String::new()),
        ("time" | "time without time zone", _) => {
            (format!("time{} without time zone", ty.arguments()), String::new())
        }
        (base, rest) => {
            let base = base.strip_prefix("public.").or(base.strip_prefix("pg_catalog.")).unwrap_or(base);
            let tail = if rest.is_empty() { String::new() } else { format!(" {rest}") };
            (base.to_owned(), format!("{}{tail}", ty.arguments()))
        }
    };
    format!("{name}{args}{}", ty.brackets())
}

fn or_one(arguments: String) -> String {
    if arguments.is_empty() { "(1)".to_owned() } else { arguments }
}

fn without_collation(text: &str) -> &str {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    lower.find(" collate ").and_then(|at| text.get(..at)).map_or(text, str::trim_end)
}

fn zone(timezone: bool) -> &'static str {
    if timezone { "WITH TIME ZONE" } else { "WITHOUT TIME ZONE" }
}

fn collated(text: String, collation: &Option<std::sync::Arc<str>>) -> String {
    match collation {
        Some(collation) => format!("{text} COLLATE {}", quote::identifier(collation, Kind::Postgresql)),
        None => text,
    }
}
