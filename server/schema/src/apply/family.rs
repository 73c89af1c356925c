//! PostgreSQL's types by what converts into what.

use super::affinity::{Affinity, affinity};
use crate::dialect::base_of;
use crate::{Kind, TableName, Type};

/// Is there an assignment cast? What is not known to lack one is taken to have it.
pub(super) fn assignable(old: &Type, new: &Type) -> bool {
    let (old, new) = (family(old), family(new));
    match (old, new) {
        (Family::Other, _) | (_, Family::Other | Family::Text) => true,
        (Family::Moment, Family::Time)
        | (Family::Time, Family::Interval)
        | (Family::Interval, Family::Time) => true,
        (old, new) => old == new,
    }
}

/// Can a PostgreSQL foreign key of the one type point at a column of the other? Numbers can be widened on the way, not
/// narrowed. What is not known not to go is taken to go.
pub(super) fn can_refer(own: &Type, target: &Type) -> bool {
    match (family(own), family(target)) {
        (Family::Other, _) | (_, Family::Other) => true,
        (Family::Number, Family::Number) => breadth(own) <= breadth(target),
        (a, b) => a == b,
    }
}

fn breadth(ty: &Type) -> u8 {
    match affinity(ty.on(Kind::Postgresql)) {
        Affinity::Integer => 0,
        Affinity::Numeric => 1,
        _ => 2,
    }
}

#[derive(PartialEq, Eq, Clone, Copy)]
pub(super) enum Family {
    Text,
    Number,
    Boolean,
    Moment,
    Time,
    Interval,
    Json,
    Uuid,
    Bytes,
    Enum(Option<TableName>),
    Other,
}

pub(super) fn family(ty: &Type) -> Family {
    match ty.on(Kind::Postgresql) {
        Type::String { .. } | Type::Char { .. } | Type::Text { .. } => Family::Text,
        Type::SmallInteger
        | Type::Integer
        | Type::BigInteger
        | Type::Float { .. }
        | Type::Double { .. }
        | Type::Real
        | Type::Numeric { .. } => Family::Number,
        Type::Boolean { .. } => Family::Boolean,
        Type::Date | Type::DateTime { .. } | Type::Timestamp { .. } => Family::Moment,
        Type::Time { .. } => Family::Time,
        Type::Interval { .. } => Family::Interval,
        Type::Json => Family::Json,
        Type::Uuid => Family::Uuid,
        Type::LargeBinary { .. } => Family::Bytes,
        Type::Enum(ty) if ty.native => Family::Enum(ty.name),
        Type::Enum(_) => Family::Text,
        Type::Native { text, .. } => match base_of(text).as_str() {
            "varchar" | "character varying" | "char" | "character" | "text" => Family::Text,
            "int" | "int4" | "integer" | "bigint" | "int8" | "smallint" | "int2" | "numeric" | "decimal"
            | "real" | "double precision" | "float" => Family::Number,
            "boolean" | "bool" => Family::Boolean,
            "json" | "jsonb" => Family::Json,
            "uuid" => Family::Uuid,
            "bytea" => Family::Bytes,
            "timestamp"
            | "timestamptz"
            | "date"
            | "timestamp with time zone"
            | "timestamp without time zone" => Family::Moment,
            _ => Family::Other,
        },
        Type::Null | Type::Array { .. } | Type::Variants { .. } => Family::Other,
    }
}
