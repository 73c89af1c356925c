//! MySQL, and what MariaDB shares with it.

use super::text::{bare, enum_length, numeric, parse, portable, sized, truth};
use super::{Change, Kind, Rules, Unnamed, name, no_spelling, quote};
use crate::{ServerDefault, Type};
use fact::{Fact, Name, Reason, Unknown};
use std::sync::Arc;

pub(super) struct Mysql;

impl Rules for Mysql {
    fn ddl_type(&self, ty: &Type) -> Fact<String> {
        ddl_type(ty, Kind::Mysql)
    }

    fn catalogue_type(&self, declared: &str) -> Fact<String> {
        column_type(declared, Kind::Mysql)
    }

    fn catalogue_default(&self, default: &ServerDefault, _: &Fact<Type>) -> Fact<String> {
        Fact::Known(match default {
            ServerDefault::Literal(value) => value.to_string(),
            ServerDefault::Sql(sql) => match (bare(sql), truth(bare(sql))) {
                (_, Some(truth)) => u8::from(truth).to_string(),
                (sql, None) => sql.trim_matches('\'').to_owned(),
            },
            ServerDefault::Sequence(name) => format!("nextval({name})"),
            ServerDefault::Now => "now()".to_owned(),
            ServerDefault::True => "1".to_owned(),
            ServerDefault::False => "0".to_owned(),
        })
    }

    fn quote(&self, identifier: &str) -> String {
        quote::identifier(identifier, Kind::Mysql)
    }

    fn identifier_limit(&self) -> usize {
        64
    }

    fn implicit_name(&self, made: &Unnamed<'_>) -> Fact<Option<Name>> {
        name::mysql(made, |made| name::next_numbered(made, "_chk_"))
    }

    fn named_enums(&self) -> bool {
        false
    }

    fn native_enums(&self) -> bool {
        true
    }

    fn native_boolean(&self) -> bool {
        false
    }

    fn identity(&self) -> bool {
        false
    }

    fn comments(&self) -> bool {
        true
    }

    fn alters(&self, change: Change) -> bool {
        !matches!(
            change,
            Change::AddColumnIfNotExists
                | Change::DropColumnIfExists
                | Change::CreateIndexIfNotExists
                | Change::DropIndexIfExists
        )
    }

    fn transactional_ddl(&self) -> bool {
        false
    }

    fn indexes_share_a_namespace(&self) -> bool {
        false
    }

    fn default_schema(&self) -> Option<&'static str> {
        None
    }
}

pub(super) fn ddl_type(ty: &Type, kind: Kind) -> Fact<String> {
    let text = match ty.on(kind) {
        Type::Null => return no_spelling("a column without a type", kind),
        Type::Boolean { .. } => "BOOL".to_owned(),
        Type::SmallInteger => "SMALLINT".to_owned(),
        Type::Integer => "INTEGER".to_owned(),
        Type::BigInteger => "BIGINT".to_owned(),
        Type::Float { precision } => sized("FLOAT", *precision),
        Type::Double { .. } => "DOUBLE".to_owned(),
        Type::Real => "REAL".to_owned(),
        Type::Numeric { precision, scale } => numeric("NUMERIC", *precision, *scale),
        Type::String { length: None, .. } => return no_spelling("a VARCHAR without a length", kind),
        Type::String { length, collation, .. } => collated(sized("VARCHAR", *length), collation),
        Type::Char { length, collation, .. } => collated(sized("CHAR", *length), collation),
        Type::Text { length, collation, .. } => collated(sized("TEXT", *length), collation),
        Type::LargeBinary { length } => sized("BLOB", *length),
        Type::Date => "DATE".to_owned(),
        Type::Time { .. } => "TIME".to_owned(),
        Type::DateTime { .. } | Type::Interval { .. } => "DATETIME".to_owned(),
        Type::Timestamp { .. } => "TIMESTAMP".to_owned(),
        Type::Uuid if kind == Kind::Mariadb => "UUID".to_owned(),
        Type::Uuid => "CHAR(32)".to_owned(),
        Type::Json => "JSON".to_owned(),
        Type::Enum(ty) if ty.native => {
            return ty.labels.as_ref().map(|labels| {
                let labels: Vec<String> = labels.iter().map(|label| quote::literal(label)).collect();
                format!("ENUM({})", labels.join(","))
            });
        }
        Type::Enum(ty) => return enum_length(ty).map(|length| sized("VARCHAR", length)),
        Type::Array { .. } => return no_spelling("an array", kind),
        Type::Native { text, dialect: None | Some(Kind::Mysql | Kind::Mariadb) } => text.to_string(),
        Type::Native { text, dialect: Some(_) } => match portable(text) {
            Some(text) => text,
            None => return no_spelling(text, kind),
        },
        Type::Variants { base, .. } => return ddl_type(base, kind),
    };
    Fact::Known(text)
}

/// COLUMN_TYPE of information_schema for a declared type. MariaDB still prints the display width of integers.
pub(super) fn column_type(declared: &str, kind: Kind) -> Fact<String> {
    let ty = parse(declared);
    let mut attributes = Vec::new();
    let mut words: Vec<&str> = ty.base.split(' ').collect();
    let base_words = words.iter().position(|word| ATTRIBUTES.contains(word)).unwrap_or(words.len());
    let mut trailing = words.split_off(base_words);
    trailing.extend(ty.rest.split_whitespace());
    for attribute in ["unsigned", "zerofill"] {
        if trailing.contains(&attribute) || (attribute == "unsigned" && trailing.contains(&"zerofill")) {
            attributes.push(attribute);
        }
    }
    let base = words.join(" ");
    if base == "serial" {
        attributes.push("unsigned");
    }
    let integer = |name: &str, width: u64| {
        let narrower = u64::from(attributes.contains(&"unsigned") && name != "bigint");
        match kind {
            Kind::Mariadb => format!("{name}({})", ty.number(0).unwrap_or(width - narrower)),
            _ if name == "tinyint" && ty.number(0) == Some(1) => "tinyint(1)".to_owned(),
            _ => name.to_owned(),
        }
    };
    let text = match base.as_str() {
        "bool" | "boolean" => "tinyint(1)".to_owned(),
        "tinyint" | "int1" => integer("tinyint", 4),
        "smallint" | "int2" => integer("smallint", 6),
        "mediumint" | "int3" | "middleint" => integer("mediumint", 9),
        "int" | "integer" | "int4" => integer("int", 11),
        "bigint" | "int8" | "serial" => integer("bigint", 20),
        "numeric" | "decimal" | "dec" | "fixed" => {
            format!("decimal({},{})", ty.number(0).unwrap_or(10), ty.number(1).unwrap_or(0))
        }
        "double precision" | "double" | "real" | "float8" => format!("double{}", ty.arguments()),
        "float" | "float4" => match (ty.number(0), ty.number(1)) {
            (Some(bits), None) if bits > 24 => "double".to_owned(),
            (Some(_), Some(_)) => format!("float{}", ty.arguments()),
            _ => "float".to_owned(),
        },
        "char" | "character" | "nchar" | "national char" => {
            format!("char({})", ty.number(0).unwrap_or(1))
        }
        "varchar" | "character varying" | "nvarchar" | "national varchar" => {
            format!("varchar{}", ty.arguments())
        }
        "binary" => format!("binary({})", ty.number(0).unwrap_or(1)),
        "bit" => format!("bit({})", ty.number(0).unwrap_or(1)),
        "text" if ty.args.is_some() => return sized_lob("text", ty.number(0), 4),
        "blob" if ty.args.is_some() => return sized_lob("blob", ty.number(0), 1),
        "json" if kind == Kind::Mariadb => "longtext".to_owned(),
        _ => format!("{base}{}", ty.arguments()),
    };
    let attributes: String = attributes.iter().map(|attribute| format!(" {attribute}")).collect();
    Fact::Known(text + &attributes)
}

/// Words that follow the name of a type without being a part of it.
const ATTRIBUTES: &[&str] = &["unsigned", "signed", "zerofill", "collate", "character", "charset", "ascii"];

/// `TEXT(n)` becomes the smallest of the four sizes that holds n characters of up to `width` bytes: known where the
/// width of the character set makes no difference.
fn sized_lob(name: &str, length: Option<u64>, width: u64) -> Fact<String> {
    let size = |bytes: u64| match bytes {
        0..=0xff => format!("tiny{name}"),
        0x100..=0xffff => name.to_owned(),
        0x1_0000..=0xff_ffff => format!("medium{name}"),
        _ => format!("long{name}"),
    };
    let Some(length) = length else { return Fact::Known(name.to_owned()) };
    let (narrow, wide) = (size(length), size(length.saturating_mul(width)));
    if narrow == wide { Fact::Known(narrow) } else { Fact::Unknown(Unknown::nowhere(Reason::ServerMade)) }
}

fn collated(text: String, collation: &Option<Arc<str>>) -> String {
    match collation {
        Some(collation) => format!("{text} COLLATE {collation}"),
        None => text,
    }
}
