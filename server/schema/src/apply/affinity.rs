//! SQLAlchemy's type affinities, which decide whether a batch block casts values.

use crate::Type;
use crate::dialect::base_of;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Affinity {
    Boolean,
    Integer,
    Numeric,
    Float,
    Text,
    Binary,
    Date,
    Time,
    Moment,
    Interval,
    Uuid,
    Json,
    Other,
}

pub(super) fn affinity(ty: &Type) -> Affinity {
    match ty {
        Type::Boolean { .. } => Affinity::Boolean,
        Type::SmallInteger | Type::Integer | Type::BigInteger => Affinity::Integer,
        Type::Numeric { .. } => Affinity::Numeric,
        Type::Float { .. } | Type::Double { .. } | Type::Real => Affinity::Float,
        Type::String { .. } | Type::Char { .. } | Type::Text { .. } | Type::Enum(_) => Affinity::Text,
        Type::LargeBinary { .. } => Affinity::Binary,
        Type::Date => Affinity::Date,
        Type::Time { .. } => Affinity::Time,
        Type::DateTime { .. } | Type::Timestamp { .. } => Affinity::Moment,
        Type::Interval { .. } => Affinity::Interval,
        Type::Uuid => Affinity::Uuid,
        Type::Json => Affinity::Json,
        Type::Variants { base, .. } => affinity(base),
        Type::Native { text, .. } => match base_of(text).as_str() {
            "boolean" | "bool" => Affinity::Boolean,
            "int" | "integer" | "bigint" | "smallint" | "tinyint" | "mediumint" => Affinity::Integer,
            "numeric" | "decimal" => Affinity::Numeric,
            "float" | "double" | "double precision" | "real" => Affinity::Float,
            "varchar" | "char" | "text" | "nvarchar" | "nchar" | "clob" => Affinity::Text,
            "blob" | "binary" | "varbinary" => Affinity::Binary,
            "date" => Affinity::Date,
            "time" => Affinity::Time,
            "datetime" | "timestamp" => Affinity::Moment,
            "uuid" => Affinity::Uuid,
            "json" | "jsonb" => Affinity::Json,
            _ => Affinity::Other,
        },
        Type::Null | Type::Array { .. } => Affinity::Other,
    }
}
