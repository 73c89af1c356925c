//! Types.

use super::Style;
use super::native::native;
use fact::Fact;
use schema::types::{Enum, Type};
use schema::{Kind, Spelling, TableName};

/// The type as it was written; where that is not known, or is another type by now, what it means.
pub(crate) fn spelled(ty: &Type, spelling: &Spelling, style: &Style) -> Option<String> {
    match spelling.of(ty) {
        Some(term) => Some(style.term(term)),
        None => type_text(ty, style),
    }
}

/// `sa.String(length=10)`
pub(crate) fn type_text(ty: &Type, style: &Style) -> Option<String> {
    let sa = &style.sa;
    let plain = |name: &str| Some(format!("{sa}.{name}()"));
    match ty {
        Type::Null => None,
        Type::Boolean { constraint } if !constraint.create => plain("Boolean"),
        Type::Boolean { constraint } => {
            let name = constraint.name.map(|name| format!(", name={}", style.string(&name)));
            Some(format!("{sa}.Boolean(create_constraint=True{})", name.unwrap_or_default()))
        }
        Type::SmallInteger => plain("SmallInteger"),
        Type::Integer => plain("Integer"),
        Type::BigInteger => plain("BigInteger"),
        Type::Float { precision } => Some(with(sa, "Float", &[number("precision", *precision)])),
        Type::Double { precision } => Some(with(sa, "Double", &[number("precision", *precision)])),
        Type::Real => plain("REAL"),
        Type::Numeric { precision, scale } => {
            let scale = scale.map(|scale| format!("scale={scale}"));
            Some(with(sa, "Numeric", &[number("precision", *precision), scale]))
        }
        Type::String { length, national, collation } => {
            let name = if *national { "Unicode" } else { "String" };
            Some(with(sa, name, &[number("length", *length), collated(collation.as_deref(), style)]))
        }
        Type::Char { length, national, collation } => {
            let name = if *national { "NCHAR" } else { "CHAR" };
            Some(with(sa, name, &[number("length", *length), collated(collation.as_deref(), style)]))
        }
        Type::Text { length, national, collation } => {
            let name = if *national { "UnicodeText" } else { "Text" };
            Some(with(sa, name, &[number("length", *length), collated(collation.as_deref(), style)]))
        }
        Type::LargeBinary { length } => Some(with(sa, "LargeBinary", &[number("length", *length)])),
        Type::Date => plain("Date"),
        Type::Time { timezone } => Some(with(sa, "Time", &[zone(*timezone)])),
        Type::DateTime { timezone } => Some(with(sa, "DateTime", &[zone(*timezone)])),
        Type::Timestamp { timezone } => Some(with(sa, "TIMESTAMP", &[zone(*timezone)])),
        Type::Interval { precision } => Some(with(sa, "Interval", &[number("second_precision", *precision)])),
        Type::Uuid => plain("Uuid"),
        Type::Json => plain("JSON"),
        Type::Enum(ty) => enum_text(ty, style),
        Type::Array { item, dimensions } => {
            let dimensions = dimensions.map(|n| format!(", dimensions={n}")).unwrap_or_default();
            Some(format!("{sa}.ARRAY({}{dimensions})", type_text(item, style)?))
        }
        Type::Native { text, dialect } => native(text, *dialect, style),
        Type::Variants { base, others } => {
            let mut out = type_text(base, style)?;
            for (kind, ty) in others {
                let ty = type_text(ty, style)?;
                out.push_str(&format!(".with_variant({ty}, {})", style.string(kind.name())));
            }
            Some(out)
        }
    }
}

fn with(sa: &str, name: &str, args: &[Option<String>]) -> String {
    let args: Vec<&str> = args.iter().flatten().map(String::as_str).collect();
    format!("{sa}.{name}({})", args.join(", "))
}

fn number(name: &str, value: Option<u32>) -> Option<String> {
    value.map(|value| format!("{name}={value}"))
}

fn zone(timezone: bool) -> Option<String> {
    timezone.then(|| "timezone=True".to_owned())
}

fn collated(collation: Option<&str>, style: &Style) -> Option<String> {
    collation.map(|collation| format!("collation={}", style.string(collation)))
}

fn enum_text(ty: &Enum, style: &Style) -> Option<String> {
    let Fact::Known(labels) = &ty.labels else { return None };
    let mut args: Vec<String> = labels.iter().map(|label| style.string(label)).collect();
    if let Some(TableName { schema, name }) = ty.name {
        args.push(format!("name={}", style.string(&name)));
        if let Some(schema) = schema {
            args.push(format!("schema={}", style.string(&schema)));
        }
    }
    if !ty.native {
        args.push("native_enum=False".to_owned());
    }
    if let Some(length) = ty.length {
        args.push(format!("length={length}"));
    }
    if ty.constraint.create {
        args.push("create_constraint=True".to_owned());
    }
    if !ty.create_type {
        args.push("create_type=False".to_owned());
        return Some(format!("{}.ENUM({})", style.dialect(Kind::Postgresql), args.join(", ")));
    }
    Some(format!("{}.Enum({})", style.sa, args.join(", ")))
}
