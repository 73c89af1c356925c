//! Types of `sqlalchemy.dialects.mysql`, which MariaDB's package passes on.

use super::{native, sized};
use crate::args::{KEYWORD, Params};
use fact::{Fact, Place};
use python::eval::Interp;
use python::host::Host;
use python::value::{Args, Value};
use schema::types::Enum;
use schema::{Kind, Type};
use std::sync::Arc;

pub(super) fn read(name: &str, p: &mut Params<'_>) -> Option<Type> {
    let text = match name {
        "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INTEGER" | "BIGINT" => {
            let width = p.size(0, "display_width");
            let text = signed(sized(name, width), p);
            match (text == name, name) {
                (true, "SMALLINT") => return Some(Type::SmallInteger),
                (true, "INTEGER") => return Some(Type::Integer),
                (true, "BIGINT") => return Some(Type::BigInteger),
                _ => text,
            }
        }
        "DECIMAL" | "NUMERIC" => {
            let plain = super::core::numeric(name, p);
            let text = signed(plain.clone(), p);
            if text == plain {
                return super::core::read(name, p);
            }
            text
        }
        "REAL" | "DOUBLE" => {
            let text = match (p.size(0, "precision"), p.size(1, "scale")) {
                (Some(precision), Some(scale)) => format!("{name}({precision}, {scale})"),
                _ => name.to_owned(),
            };
            signed(text, p)
        }
        "FLOAT" => {
            let text = match (p.size(0, "precision"), p.size(1, "scale")) {
                (Some(precision), Some(scale)) => format!("FLOAT({precision}, {scale})"),
                (Some(precision), None) => format!("FLOAT({precision})"),
                (None, _) => "FLOAT".to_owned(),
            };
            let text = signed(text, p);
            if !text.contains(' ') {
                return super::core::read(name, p);
            }
            text
        }
        "BIT" => sized("BIT", p.size(0, "length")),
        "YEAR" => sized("YEAR", p.size(0, "display_width")),
        "TIME" | "DATETIME" | "TIMESTAMP" => match p.size(1, "fsp") {
            Some(precision) => format!("{name}({precision})"),
            None if name == "TIME" => return Some(Type::Time { timezone: false }),
            None if name == "DATETIME" => return Some(Type::DateTime { timezone: false }),
            None => return Some(Type::Timestamp { timezone: false }),
        },
        "TEXT" | "VARCHAR" | "CHAR" => {
            let length = p.size(0, "length");
            let attributes = charset(p);
            if attributes.is_plain() {
                let collation = attributes.collation;
                return Some(match name {
                    "TEXT" => Type::Text { length, national: false, collation },
                    "CHAR" => Type::Char { length, national: false, collation },
                    _ => Type::String { length, national: false, collation },
                });
            }
            attributes.apply(sized(name, length))
        }
        "NVARCHAR" | "NCHAR" => {
            let plain = name.trim_start_matches('N');
            let mut attributes = charset(p);
            attributes.national = true;
            attributes.apply(sized(plain, p.size(0, "length")))
        }
        "TINYTEXT" | "MEDIUMTEXT" | "LONGTEXT" => charset(p).apply(name.to_owned()),
        "TINYBLOB" | "MEDIUMBLOB" | "LONGBLOB" => name.to_owned(),
        _ => return None,
    };
    Some(native(text, Kind::Mysql))
}

/// `mysql.ENUM(...)`: SQLAlchemy's Enum, unless the text has attributes of its own.
pub(super) fn enumeration<H: Host>(interp: &mut Interp<'_, H>, args: &Args, place: Place) -> Fact<Type> {
    let ty = super::enums::read(interp, args, place);
    let mut params = Params::new(args, place);
    let attributes = charset_of(&mut params);
    if attributes.is_plain() && attributes.collation.is_none() || params.trouble.is_some() {
        return ty;
    }
    match ty {
        Fact::Known(Type::Enum(Enum { labels: Fact::Known(labels), .. })) => {
            Fact::Known(native(attributes.apply(listed("ENUM", &labels)), Kind::Mysql))
        }
        other => other,
    }
}

/// `mysql.SET('a', 'b')`
pub(super) fn set(args: &Args, place: Place) -> Fact<Type> {
    let mut params = Params::new(args, place);
    let mut labels = Vec::new();
    for arg in args.positional() {
        match &arg.value {
            Value::Str(text) => labels.push(text.clone()),
            other => params.blame(other, "a value of the set"),
        }
    }
    let attributes = charset_of(&mut params);
    params.finish(native(attributes.apply(listed("SET", &labels)), Kind::Mysql))
}

fn listed(name: &str, labels: &[Arc<str>]) -> String {
    let labels: Vec<String> = labels.iter().map(|label| format!("'{}'", label.replace('\'', "''"))).collect();
    format!("{name}({})", labels.join(","))
}

fn signed(mut text: String, p: &mut Params<'_>) -> String {
    if p.flag(KEYWORD, "unsigned", false) {
        text.push_str(" UNSIGNED");
    }
    if p.flag(KEYWORD, "zerofill", false) {
        text.push_str(" ZEROFILL");
    }
    text
}

#[derive(Default)]
struct Charset {
    charset: Option<Arc<str>>,
    collation: Option<Arc<str>>,
    ascii: bool,
    unicode: bool,
    binary: bool,
    national: bool,
}

fn charset(p: &mut Params<'_>) -> Charset {
    charset_of(p)
}

fn charset_of(p: &mut Params<'_>) -> Charset {
    Charset {
        charset: p.text(KEYWORD, "charset"),
        collation: p.text(KEYWORD, "collation").or_else(|| p.text(KEYWORD, "collate")),
        ascii: p.flag(KEYWORD, "ascii", false),
        unicode: p.flag(KEYWORD, "unicode", false),
        binary: p.flag(KEYWORD, "binary", false),
        national: p.flag(KEYWORD, "national", false),
    }
}

impl Charset {
    /// Nothing but a collation, which the generic types know too.
    fn is_plain(&self) -> bool {
        self.charset.is_none() && !self.ascii && !self.unicode && !self.binary && !self.national
    }

    fn apply(&self, ty: String) -> String {
        let charset = match (&self.charset, self.ascii, self.unicode) {
            (Some(charset), ..) => Some(format!("CHARACTER SET {charset}")),
            (None, true, _) => Some("ASCII".to_owned()),
            (None, false, true) => Some("UNICODE".to_owned()),
            _ => None,
        };
        let collation = match (&self.collation, self.binary) {
            (Some(collation), _) => Some(format!("COLLATE {collation}")),
            (None, true) => Some("BINARY".to_owned()),
            _ => None,
        };
        let mut words = Vec::new();
        if self.national {
            words.push("NATIONAL".to_owned());
        }
        words.push(ty);
        words.extend(charset.filter(|_| !self.national));
        words.extend(collation);
        words.join(" ")
    }
}
