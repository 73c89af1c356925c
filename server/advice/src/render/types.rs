//! Types and defaults.

use super::Style;
use fact::Fact;
use schema::types::{Enum, Type};
use schema::{Column, Kind, ServerDefault, TableName};

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
    if !ty.create_type && style.has_postgresql {
        args.push("create_type=False".to_owned());
        return Some(format!("postgresql.ENUM({})", args.join(", ")));
    }
    Some(format!("{}.Enum({})", style.sa, args.join(", ")))
}

/// Types in the database's own words that SQLAlchemy has under the same name.
fn native(text: &str, dialect: Option<Kind>, style: &Style) -> Option<String> {
    let upper = text.trim().to_ascii_uppercase();
    let (name, args) = match upper.split_once('(') {
        Some((name, args)) => (name.trim(), args.strip_suffix(')')?.trim()),
        None => (upper.as_str(), ""),
    };
    let digits = args.split(',').all(|arg| arg.trim().chars().all(|c| c.is_ascii_digit()));
    if !digits {
        return None;
    }
    const STANDARD: &[&str] = &[
        "BIGINT",
        "BINARY",
        "BLOB",
        "BOOLEAN",
        "CHAR",
        "CLOB",
        "DATE",
        "DATETIME",
        "DECIMAL",
        "FLOAT",
        "INTEGER",
        "INT",
        "JSON",
        "NCHAR",
        "NUMERIC",
        "NVARCHAR",
        "REAL",
        "SMALLINT",
        "TEXT",
        "TIME",
        "TIMESTAMP",
        "UUID",
        "VARBINARY",
        "VARCHAR",
    ];
    if STANDARD.contains(&name) {
        let args: Vec<&str> = args.split(',').map(str::trim).filter(|arg| !arg.is_empty()).collect();
        return Some(format!("{}.{name}({})", style.sa, args.join(", ")));
    }
    const POSTGRESQL: &[&str] =
        &["BYTEA", "CIDR", "CITEXT", "HSTORE", "INET", "JSONB", "MACADDR", "OID", "TSVECTOR"];
    let own = dialect.is_none_or(|kind| kind == Kind::Postgresql);
    (own && style.has_postgresql && args.is_empty() && POSTGRESQL.contains(&name))
        .then(|| format!("postgresql.{name}()"))
}

/// The value of `server_default=`; `Some("None")` for a column without default.
pub(crate) fn server_default(default: &Option<ServerDefault>, style: &Style) -> Option<String> {
    let sa = &style.sa;
    Some(match default {
        None => "None".to_owned(),
        Some(ServerDefault::Literal(text)) => style.string(text),
        Some(ServerDefault::Sql(text)) => format!("{sa}.text({})", style.string(text)),
        Some(ServerDefault::Now) => format!("{sa}.func.now()"),
        Some(ServerDefault::True) => format!("{sa}.true()"),
        Some(ServerDefault::False) => format!("{sa}.false()"),
        // The numbering of a primary key comes with the column itself.
        Some(ServerDefault::Sequence(_)) => return None,
    })
}

/// `sa.Column('priority', sa.String(length=10), nullable=True)`
pub(super) fn column(column: &Column, primary: bool, style: &Style) -> Option<String> {
    let Fact::Known(ty) = &column.ty else { return None };
    let Fact::Known(nullable) = &column.nullable else { return None };
    let Fact::Known(default) = &column.default else { return None };
    let mut args = vec![style.string(&column.name), type_text(ty, style)?];
    if let Some(computed) = &column.computed {
        let persisted = match computed.persisted {
            Some(true) => ", persisted=True",
            Some(false) => ", persisted=False",
            None => "",
        };
        args.push(format!("{}.Computed({}{persisted})", style.sa, style.string(&computed.sql)));
    }
    if let Some(identity) = &column.identity {
        let always = if identity.always { "always=True" } else { "" };
        args.push(format!("{}.Identity({always})", style.sa));
    }
    let counts = column.autoincrement == schema::column::Autoincrement::On;
    match default {
        Some(ServerDefault::Sequence(_)) if primary || counts => {}
        Some(default) => {
            args.push(format!("server_default={}", server_default(&Some(default.clone()), style)?));
        }
        None => {}
    }
    if counts && !primary {
        args.push("autoincrement=True".to_owned());
    }
    args.push(format!("nullable={}", if *nullable { "True" } else { "False" }));
    if let Some(comment) = &column.comment {
        args.push(format!("comment={}", style.string(comment)));
    }
    Some(format!("{}.Column({})", style.sa, args.join(", ")))
}
