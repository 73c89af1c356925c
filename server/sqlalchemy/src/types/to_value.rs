//! A type as the value that reading it gave: what reflection answers.

use fact::{Fact, Place, name};
use python::value::{Arg, Args, Call, Symbol, Value};
use schema::Type;
use std::sync::Arc;

/// The SQLAlchemy type, as a call that [`super::read_type`] reads back. A type in the database's own words that has no
/// such call is unknown.
pub fn to_value(ty: &Type, place: Place) -> Value {
    let plain = |path: &str| call(path, Vec::new(), place);
    let sized = |path: &str, length: Option<u32>| {
        let length = length.map(|length| ("length", Value::Int(i64::from(length))));
        call(path, length.into_iter().collect(), place)
    };
    let zoned = |path: &str, timezone: bool| {
        let timezone = timezone.then_some(("timezone", Value::Bool(true)));
        call(path, timezone.into_iter().collect(), place)
    };
    match ty {
        Type::Null => plain("sqlalchemy.types.NullType"),
        Type::Boolean { constraint } => {
            let mut keywords = Vec::new();
            if constraint.create {
                keywords.push(("create_constraint", Value::Bool(true)));
                keywords.extend(constraint.name.map(|name| ("name", Value::str(&name))));
            }
            call("sqlalchemy.Boolean", keywords, place)
        }
        Type::SmallInteger => plain("sqlalchemy.SmallInteger"),
        Type::Integer => plain("sqlalchemy.Integer"),
        Type::BigInteger => plain("sqlalchemy.BigInteger"),
        Type::Float { .. } => plain("sqlalchemy.Float"),
        Type::Double { .. } => plain("sqlalchemy.Double"),
        Type::Real => plain("sqlalchemy.REAL"),
        Type::Numeric { precision, scale } => {
            let precision = precision.map(|p| ("precision", Value::Int(i64::from(p))));
            let scale = scale.map(|s| ("scale", Value::Int(i64::from(s))));
            call("sqlalchemy.Numeric", precision.into_iter().chain(scale).collect(), place)
        }
        Type::String { length, .. } => sized("sqlalchemy.String", *length),
        Type::Char { length, .. } => sized("sqlalchemy.CHAR", *length),
        Type::Text { length, .. } => sized("sqlalchemy.Text", *length),
        Type::LargeBinary { length } => sized("sqlalchemy.LargeBinary", *length),
        Type::Date => plain("sqlalchemy.Date"),
        Type::Time { timezone } => zoned("sqlalchemy.Time", *timezone),
        Type::DateTime { timezone } => zoned("sqlalchemy.DateTime", *timezone),
        Type::Timestamp { timezone } => zoned("sqlalchemy.TIMESTAMP", *timezone),
        Type::Interval { .. } => plain("sqlalchemy.Interval"),
        Type::Uuid => plain("sqlalchemy.Uuid"),
        Type::Json => plain("sqlalchemy.JSON"),
        Type::Enum(found) => match (&found.labels, found.name) {
            (Fact::Known(labels), enum_name) => {
                let mut list: Vec<Arg> = labels
                    .iter()
                    .map(|label| Arg { name: None, value: Value::Str(label.clone()), place })
                    .collect();
                if let Some(enum_name) = enum_name {
                    list.push(Arg { name: Some(name("name")), value: Value::str(&enum_name.name), place });
                }
                if !found.native {
                    list.push(Arg { name: Some(name("native_enum")), value: Value::Bool(false), place });
                }
                if found.constraint.create {
                    let value = Value::Bool(true);
                    list.push(Arg { name: Some(name("create_constraint")), value, place });
                }
                symbol("sqlalchemy.Enum", list, place)
            }
            (Fact::Unknown(unknown), _) => Value::unknown(unknown.clone()),
        },
        Type::Array { item, .. } => {
            let item = Arg { name: None, value: to_value(item, place), place };
            symbol("sqlalchemy.dialects.postgresql.ARRAY", vec![item], place)
        }
        Type::Variants { base, .. } => to_value(base, place),
        Type::Native { text, .. } => Value::unknown(fact::Unknown::new(
            fact::Reason::OutsideProject(format!("the type {text}").into()),
            place,
        )),
    }
}

pub(super) fn call(path: &str, keywords: Vec<(&str, Value)>, place: Place) -> Value {
    let list = keywords.into_iter().map(|(key, value)| Arg { name: Some(name(key)), value, place }).collect();
    symbol(path, list, place)
}

pub(super) fn symbol(path: &str, list: Vec<Arg>, place: Place) -> Value {
    let args = Args { list, open: None, discarded: false };
    Value::Symbol(Arc::new(Symbol::Call(Call { callee: Value::path(path), args, place })))
}
