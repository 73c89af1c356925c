//! Types of `sqlalchemy.dialects.postgresql`.

use super::native;
use crate::args::{KEYWORD, Params};
use schema::{Kind, Type};

/// Types without arguments that say what they are called.
const PLAIN: &[&str] = &[
    "BYTEA",
    "CIDR",
    "CITEXT",
    "DATEMULTIRANGE",
    "DATERANGE",
    "HSTORE",
    "INET",
    "INT4MULTIRANGE",
    "INT4RANGE",
    "INT8MULTIRANGE",
    "INT8RANGE",
    "JSONB",
    "JSONPATH",
    "MACADDR",
    "MACADDR8",
    "MONEY",
    "NUMMULTIRANGE",
    "NUMRANGE",
    "OID",
    "REGCLASS",
    "REGCONFIG",
    "TSMULTIRANGE",
    "TSQUERY",
    "TSRANGE",
    "TSTZMULTIRANGE",
    "TSTZRANGE",
    "TSVECTOR",
];

pub(super) fn read(name: &str, p: &mut Params<'_>) -> Option<Type> {
    if PLAIN.contains(&name) {
        return Some(native(name, Kind::Postgresql));
    }
    Some(match name {
        "PGUuid" | "UUID" => Type::native("UUID"),
        "TIMESTAMP" => {
            let timezone = p.flag(0, "timezone", false);
            match p.size(1, "precision") {
                None => Type::Timestamp { timezone },
                Some(precision) => {
                    native(format!("TIMESTAMP({precision}) {}", zone(timezone)), Kind::Postgresql)
                }
            }
        }
        "TIME" => {
            let timezone = p.flag(0, "timezone", false);
            match p.size(1, "precision") {
                None => Type::Time { timezone },
                Some(precision) => native(format!("TIME({precision}) {}", zone(timezone)), Kind::Postgresql),
            }
        }
        "INTERVAL" => {
            let (precision, fields) = interval_args(p);
            let mut text = "INTERVAL".to_owned();
            if let Some(fields) = fields {
                text.push(' ');
                text.push_str(&fields);
            }
            if let Some(precision) = precision {
                text.push_str(&format!(" ({precision})"));
            }
            native(text, Kind::Postgresql)
        }
        "BIT" => {
            let length = p.size(0, "length");
            let text = match (p.flag(1, "varying", false), length) {
                (true, Some(length)) => format!("BIT VARYING({length})"),
                (true, None) => "BIT VARYING".to_owned(),
                (false, length) => format!("BIT({})", length.unwrap_or(1)),
            };
            native(text, Kind::Postgresql)
        }
        "DOMAIN" => native(&*p.text(0, "name")?, Kind::Postgresql),
        _ => return None,
    })
}

/// `INTERVAL(precision, fields)`; before 1.2 it had the precision alone.
fn interval_args(p: &mut Params<'_>) -> (Option<u32>, Option<std::sync::Arc<str>>) {
    let precision = p.size(0, "precision");
    let fields = match p.arg(KEYWORD, "fields") {
        Some(_) => p.text(KEYWORD, "fields"),
        None => p.text(1, "fields"),
    };
    (precision, fields)
}

fn zone(timezone: bool) -> &'static str {
    if timezone { "WITH TIME ZONE" } else { "WITHOUT TIME ZONE" }
}
