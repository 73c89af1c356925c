//! A column's type as it is written -> [`Type`].
//!
//! A structured type is given where the spelling means exactly that on the dialect; anything else keeps the database's
//! own words.

use super::cursor::{Cursor, Read, Unreadable};
use super::lex::TokenKind;
use crate::types::{Enum, TypeConstraint};
use crate::{Kind, Type};
use fact::Fact;
use std::sync::Arc;

/// A type and what its spelling says of the column besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReadType {
    pub ty: Fact<Type>,
    /// PostgreSQL's SERIAL, MySQL's SERIAL: a counter of its own.
    pub serial: bool,
}

/// Words that can follow a column's type but are no part of it.
const AFTER_TYPE: [&str; 18] = [
    "DEFAULT",
    "NOT",
    "NULL",
    "PRIMARY",
    "UNIQUE",
    "CHECK",
    "REFERENCES",
    "CONSTRAINT",
    "COLLATE",
    "GENERATED",
    "AS",
    "COMMENT",
    "AUTOINCREMENT",
    "AUTO_INCREMENT",
    "ON",
    "USING",
    "IDENTITY",
    "KEY",
];

/// Reads a type; where a column may go without one and does, the type is [`Type::Null`].
pub(super) fn data_type(cursor: &mut Cursor<'_>) -> Read<ReadType> {
    let start = *cursor;
    if cursor.done() || cursor.symbol(0) == "," || cursor.is_any(&AFTER_TYPE) {
        return match cursor.source.dialect {
            None | Some(Kind::Sqlite) => Ok(ReadType { ty: Fact::Known(Type::Null), serial: false }),
            _ => Err(Unreadable),
        };
    }
    let spelled = Spelled::read(cursor)?;
    let written = Cursor { end: cursor.at, ..start };
    if written.has_hole() {
        return Ok(ReadType { ty: Fact::Unknown(cursor.hole()), serial: false });
    }
    let (item, serial) = match counter(&spelled, cursor) {
        Some(ty) => (ty, true),
        None => (spelled.meaning(cursor).unwrap_or_else(|| native(cursor, spelled.item_text)), false),
    };
    let ty = match spelled.dimensions {
        0 => item,
        n => Type::Array { item: Box::new(item), dimensions: (n > 1).then_some(n) },
    };
    Ok(ReadType { ty: Fact::Known(ty), serial })
}

fn native(cursor: &Cursor<'_>, text: &str) -> Type {
    Type::Native { text: text.into(), dialect: cursor.source.dialect }
}

/// A type taken apart.
struct Spelled<'a> {
    /// Lower case, one blank between words, without schema.
    words: String,
    args: Vec<Arg>,
    has_args: bool,
    /// Words behind the arguments: `unsigned`, `with time zone`.
    suffix: String,
    /// `COLLATE` or `CHARACTER SET` was said with the type.
    charset: bool,
    dimensions: u32,
    item_text: &'a str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Arg {
    Number(i64),
    Text(Arc<str>),
    Other,
}

impl<'a> Spelled<'a> {
    fn read(cursor: &mut Cursor<'a>) -> Read<Spelled<'a>> {
        let start = *cursor;
        let words = Self::words(cursor)?;
        let mut spelled = Spelled {
            words,
            args: Vec::new(),
            has_args: false,
            suffix: String::new(),
            charset: false,
            dimensions: 0,
            item_text: "",
        };
        if cursor.symbol(0) == "(" {
            spelled.has_args = true;
            let mut inner = cursor.parens()?;
            while !inner.done() {
                let mut arg = inner.until_comma();
                spelled.args.push(Arg::read(&mut arg));
            }
        }
        spelled.read_suffix(cursor)?;
        spelled.item_text = Cursor { end: cursor.at, ..start }.source_text();
        while cursor.symbol(0) == "[" {
            cursor.skip();
            spelled.dimensions += 1;
        }
        if cursor.source.dialect != Some(Kind::Sqlite) && cursor.eat("ARRAY") {
            spelled.dimensions = spelled.dimensions.max(1);
            while cursor.symbol(0) == "[" {
                cursor.skip();
            }
        }
        Ok(spelled)
    }

    fn words(cursor: &mut Cursor<'_>) -> Read<String> {
        if cursor.source.dialect == Some(Kind::Sqlite) {
            // SQLite takes any words for a type.
            let mut words = Vec::new();
            while !cursor.word(0).is_empty() && !cursor.is_any(&AFTER_TYPE) {
                words.push(cursor.word(0).to_ascii_lowercase());
                cursor.at += 1;
            }
            if words.is_empty() {
                words.push(cursor.name()?.to_ascii_lowercase());
            }
            return Ok(words.join(" "));
        }
        let token = cursor.peek(0).ok_or(Unreadable)?;
        let mut first = match token.kind {
            TokenKind::Word => cursor.text_of(token).to_ascii_lowercase(),
            // A quoted name is never one of the database's own type words.
            TokenKind::Quoted if cursor.source.dialect != Some(Kind::Mssql) => {
                cursor.text_of(token).to_owned()
            }
            TokenKind::Quoted => {
                cursor.text_of(token).trim_matches(|c| c == '[' || c == ']').to_ascii_lowercase()
            }
            _ => return Err(Unreadable),
        };
        cursor.at += 1;
        while cursor.symbol(0) == "." {
            cursor.at += 1;
            let token = cursor.peek(0).ok_or(Unreadable)?;
            let part = cursor.text_of(token);
            cursor.at += 1;
            first = if first == "pg_catalog" {
                part.to_ascii_lowercase()
            } else {
                // Of a schema of its own: no built-in type.
                format!("{first}.{part}")
            };
        }
        let longer: &[&str] = match first.as_str() {
            "double" => &["PRECISION"],
            "character" | "char" | "nchar" | "bit" | "binary" => &["VARYING", "LARGE OBJECT"],
            "national" => &["CHARACTER VARYING", "CHAR VARYING", "VARCHAR", "CHARACTER", "CHAR"],
            "long" => &["VARCHAR", "VARBINARY"],
            _ => &[],
        };
        if let Some(more) = longer.iter().find(|more| cursor.eat(more)) {
            first.push(' ');
            first.push_str(&more.to_ascii_lowercase());
        }
        Ok(first)
    }

    fn read_suffix(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        const SIMPLE: [&str; 5] = ["WITH TIME ZONE", "WITHOUT TIME ZONE", "UNSIGNED", "SIGNED", "ZEROFILL"];
        const FIELDS: [&str; 6] = ["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"];
        if cursor.source.dialect == Some(Kind::Sqlite) {
            while !cursor.word(0).is_empty() && !cursor.is_any(&AFTER_TYPE) {
                self.push_suffix(cursor.word(0));
                cursor.at += 1;
            }
            return Ok(());
        }
        loop {
            if let Some(words) = SIMPLE.iter().find(|words| cursor.eat(words)) {
                self.push_suffix(words);
            } else if self.words == "interval" && cursor.is_any(&FIELDS) {
                self.push_suffix(cursor.word(0));
                cursor.at += 1;
                if cursor.eat("TO") {
                    cursor.at += 1;
                }
                if cursor.symbol(0) == "(" {
                    cursor.parens()?;
                }
            } else if cursor.eat("CHARACTER SET") || cursor.eat("CHARSET") {
                cursor.eat_symbol("=");
                cursor.at += 1;
                self.charset = true;
            } else if cursor.is_mysql() && cursor.eat("BINARY") {
                self.charset = true;
            } else {
                return Ok(());
            }
        }
    }

    fn push_suffix(&mut self, words: &str) {
        if !self.suffix.is_empty() {
            self.suffix.push(' ');
        }
        self.suffix.push_str(&words.to_ascii_lowercase());
    }

    /// The structured type of this spelling, if it means exactly one.
    fn meaning(&self, cursor: &Cursor<'_>) -> Option<Type> {
        if self.charset {
            return None;
        }
        match cursor.source.dialect {
            Some(Kind::Postgresql) => self.on_postgresql(),
            Some(Kind::Mysql | Kind::Mariadb) => self.on_mysql(cursor.source.dialect == Some(Kind::Mariadb)),
            Some(Kind::Mssql) => self.on_mssql(),
            Some(Kind::Sqlite) => self.on_sqlite(),
            None => self.anywhere(),
        }
    }

    fn plain(&self) -> bool {
        !self.has_args && self.suffix.is_empty()
    }

    /// `Some(None)`: no arguments. `None`: not one plain number.
    fn length(&self) -> Option<Option<u32>> {
        match self.args.as_slice() {
            _ if !self.suffix.is_empty() => None,
            [] if !self.has_args => Some(None),
            [Arg::Number(n)] => u32::try_from(*n).ok().map(Some),
            _ => None,
        }
    }

    fn number(&self) -> Option<Type> {
        let (precision, scale) = match self.args.as_slice() {
            _ if !self.suffix.is_empty() => return None,
            [] if !self.has_args => (None, None),
            [Arg::Number(p)] => (Some(u32::try_from(*p).ok()?), None),
            [Arg::Number(p), Arg::Number(s)] => {
                (Some(u32::try_from(*p).ok()?), Some(i32::try_from(*s).ok()?))
            }
            _ => return None,
        };
        Some(Type::Numeric { precision, scale })
    }

    fn text_like(&self, national: bool) -> Option<Type> {
        Some(Type::String { length: self.length()?, national, collation: None })
    }

    fn char_like(&self, national: bool) -> Option<Type> {
        Some(Type::Char { length: self.length()?, national, collation: None })
    }

    fn on_postgresql(&self) -> Option<Type> {
        let zone = self.suffix == "with time zone";
        let zoned = !self.has_args && (zone || matches!(self.suffix.as_str(), "" | "without time zone"));
        match self.words.as_str() {
            "varchar" | "character varying" | "char varying" => self.text_like(false),
            "char" | "character" | "bpchar" if self.words != "bpchar" || self.has_args => {
                self.char_like(false)
            }
            "numeric" | "decimal" | "dec" => self.number(),
            "float" => Some(Type::Float { precision: self.length()? }),
            "timestamp" if zoned => Some(Type::DateTime { timezone: zone }),
            "time" if zoned => Some(Type::Time { timezone: zone }),
            _ if !self.plain() => None,
            "timestamptz" => Some(Type::DateTime { timezone: true }),
            "timetz" => Some(Type::Time { timezone: true }),
            "int" | "integer" | "int4" => Some(Type::Integer),
            "bigint" | "int8" => Some(Type::BigInteger),
            "smallint" | "int2" => Some(Type::SmallInteger),
            "text" => Some(text()),
            "bool" | "boolean" => Some(boolean()),
            "real" | "float4" => Some(Type::Real),
            "double precision" | "float8" => Some(Type::Double { precision: None }),
            "date" => Some(Type::Date),
            "interval" => Some(Type::Interval { precision: None }),
            "uuid" => Some(Type::Uuid),
            "json" => Some(Type::Json),
            "bytea" => Some(Type::LargeBinary { length: None }),
            _ => None,
        }
    }

    fn on_mysql(&self, mariadb: bool) -> Option<Type> {
        match self.words.as_str() {
            "varchar" | "character varying" => self.text_like(false),
            "nvarchar" | "national varchar" => self.text_like(true),
            "char" | "character" => self.char_like(false),
            "nchar" | "national char" => self.char_like(true),
            "numeric" | "decimal" | "dec" => self.number(),
            "enum" => Some(Type::Enum(Enum {
                name: None,
                labels: Fact::Known(self.labels()?),
                native: true,
                length: None,
                create_type: false,
                constraint: TypeConstraint::default(),
            })),
            _ if !self.plain() => None,
            "int" | "integer" => Some(Type::Integer),
            "bigint" => Some(Type::BigInteger),
            "smallint" => Some(Type::SmallInteger),
            "text" => Some(text()),
            "bool" | "boolean" => Some(boolean()),
            "float" => Some(Type::Float { precision: None }),
            "double" | "double precision" => Some(Type::Double { precision: None }),
            "date" => Some(Type::Date),
            "time" => Some(Type::Time { timezone: false }),
            "datetime" => Some(Type::DateTime { timezone: false }),
            "timestamp" => Some(Type::Timestamp { timezone: false }),
            "json" => Some(Type::Json),
            "blob" => Some(Type::LargeBinary { length: None }),
            "uuid" if mariadb => Some(Type::Uuid),
            _ => None,
        }
    }

    fn on_mssql(&self) -> Option<Type> {
        match self.words.as_str() {
            // Without a length they are 1 character long in a column's definition.
            "varchar" if self.has_args => self.text_like(false),
            "nvarchar" if self.has_args => self.text_like(true),
            "char" | "character" if self.has_args => self.char_like(false),
            "nchar" if self.has_args => self.char_like(true),
            "numeric" | "decimal" | "dec" => self.number(),
            _ if !self.plain() => None,
            "int" | "integer" => Some(Type::Integer),
            "bigint" => Some(Type::BigInteger),
            "smallint" => Some(Type::SmallInteger),
            "text" => Some(text()),
            "bit" => Some(boolean()),
            "real" => Some(Type::Real),
            "float" => Some(Type::Float { precision: None }),
            "double precision" => Some(Type::Double { precision: None }),
            "date" => Some(Type::Date),
            "time" => Some(Type::Time { timezone: false }),
            "datetime" => Some(Type::DateTime { timezone: false }),
            "datetimeoffset" => Some(Type::DateTime { timezone: true }),
            "uniqueidentifier" => Some(Type::Uuid),
            _ => None,
        }
    }

    /// SQLite keeps the declared words: only those that SQLAlchemy writes itself stand for a structured type.
    fn on_sqlite(&self) -> Option<Type> {
        match self.words.as_str() {
            "varchar" => self.text_like(false),
            "nvarchar" => self.text_like(true),
            "char" => self.char_like(false),
            "nchar" => self.char_like(true),
            "numeric" => self.number(),
            _ if !self.plain() => None,
            "integer" => Some(Type::Integer),
            "bigint" => Some(Type::BigInteger),
            "smallint" => Some(Type::SmallInteger),
            "text" => Some(text()),
            "boolean" => Some(boolean()),
            "float" => Some(Type::Float { precision: None }),
            "double" => Some(Type::Double { precision: None }),
            "real" => Some(Type::Real),
            "date" => Some(Type::Date),
            "time" => Some(Type::Time { timezone: false }),
            "datetime" => Some(Type::DateTime { timezone: false }),
            "timestamp" => Some(Type::Timestamp { timezone: false }),
            "json" => Some(Type::Json),
            "blob" => Some(Type::LargeBinary { length: None }),
            _ => None,
        }
    }

    /// What the words mean on every dialect that knows them.
    fn anywhere(&self) -> Option<Type> {
        match self.words.as_str() {
            "varchar" => self.text_like(false),
            "char" => self.char_like(false),
            "numeric" => self.number(),
            _ if !self.plain() => None,
            "integer" => Some(Type::Integer),
            "bigint" => Some(Type::BigInteger),
            "smallint" => Some(Type::SmallInteger),
            "text" => Some(text()),
            "boolean" => Some(boolean()),
            "date" => Some(Type::Date),
            "json" => Some(Type::Json),
            _ => None,
        }
    }

    fn labels(&self) -> Option<Vec<Arc<str>>> {
        self.args
            .iter()
            .map(|arg| match arg {
                Arg::Text(label) => Some(label.clone()),
                _ => None,
            })
            .collect()
    }
}

impl Arg {
    fn read(cursor: &mut Cursor<'_>) -> Arg {
        let negative = cursor.eat_symbol("-");
        let Some(token) = cursor.peek(0).filter(|_| cursor.peek(1).is_none()) else { return Arg::Other };
        match token.kind {
            TokenKind::Number => match cursor.text_of(token).parse::<i64>() {
                Ok(n) => Arg::Number(if negative { -n } else { n }),
                Err(_) => Arg::Other,
            },
            TokenKind::Text => Arg::Text(cursor.text_value(token).into()),
            _ => Arg::Other,
        }
    }
}

/// The type of a column that counts by itself.
fn counter(spelled: &Spelled<'_>, cursor: &Cursor<'_>) -> Option<Type> {
    if !spelled.plain() {
        return None;
    }
    match (cursor.source.dialect, spelled.words.as_str()) {
        (Some(Kind::Mysql | Kind::Mariadb), "serial") => Some(native(cursor, "BIGINT UNSIGNED")),
        (None | Some(Kind::Postgresql), "serial" | "serial4") => Some(Type::Integer),
        (None | Some(Kind::Postgresql), "bigserial" | "serial8") => Some(Type::BigInteger),
        (None | Some(Kind::Postgresql), "smallserial" | "serial2") => Some(Type::SmallInteger),
        _ => None,
    }
}

fn text() -> Type {
    Type::Text { length: None, national: false, collation: None }
}

fn boolean() -> Type {
    Type::Boolean { constraint: TypeConstraint::default() }
}
