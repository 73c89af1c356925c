//! Column types as SQLAlchemy names them: what a dialect makes of one is the dialect's business.

use crate::TableName;
use crate::dialect::Kind;
use fact::Fact;
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    /// No type given (`NullType`).
    Null,
    Boolean {
        constraint: TypeConstraint,
    },
    SmallInteger,
    Integer,
    BigInteger,
    /// `sa.Float`: the dialect's default float; the upper case types are `Real` and `DoublePrecision`.
    Float {
        precision: Option<u32>,
    },
    Double {
        precision: Option<u32>,
    },
    Real,
    Numeric {
        precision: Option<u32>,
        scale: Option<i32>,
    },
    /// `String`, `VARCHAR`, `Unicode`, `NVARCHAR`.
    String {
        length: Option<u32>,
        national: bool,
        collation: Option<Arc<str>>,
    },
    /// `CHAR`, `NCHAR`.
    Char {
        length: Option<u32>,
        national: bool,
        collation: Option<Arc<str>>,
    },
    /// `Text`, `UnicodeText`.
    Text {
        length: Option<u32>,
        national: bool,
        collation: Option<Arc<str>>,
    },
    LargeBinary {
        length: Option<u32>,
    },
    Date,
    Time {
        timezone: bool,
    },
    DateTime {
        timezone: bool,
    },
    /// `TIMESTAMP`, a type of its own on MySQL and MariaDB and in SQLite's declared text.
    Timestamp {
        timezone: bool,
    },
    Interval {
        precision: Option<u32>,
    },
    Uuid,
    Json,
    Enum(Enum),
    Array {
        item: Box<Type>,
        dimensions: Option<u32>,
    },
    /// A type written in the database's own words: dialect types, upper case types and types out of raw SQL. `text` is
    /// the DDL text (`INTEGER(11) UNSIGNED`, `TSVECTOR`, `double precision`), `dialect` where it belongs if it is bound
    /// to one.
    Native {
        text: Arc<str>,
        dialect: Option<Kind>,
    },
    /// `with_variant` and `load_dialect_impl`: another type on some dialects.
    Variants {
        base: Box<Type>,
        others: Vec<(Kind, Type)>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Enum {
    pub name: Option<TableName>,
    pub labels: Fact<Vec<Arc<str>>>,
    /// `native_enum`: a type of the database where it has such types.
    pub native: bool,
    /// The length of the VARCHAR where it is not native; `None`: the longest label.
    pub length: Option<u32>,
    /// PostgreSQL's own ENUM may say that the type exists already.
    pub create_type: bool,
    pub constraint: TypeConstraint,
}

/// The CHECK that `create_constraint=True` adds to a Boolean or a non-native Enum.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct TypeConstraint {
    pub create: bool,
    pub name: Option<fact::Name>,
}

impl Type {
    /// `String(length)` without collation.
    pub fn string(length: Option<u32>) -> Type {
        Type::String { length, national: false, collation: None }
    }

    /// A type in the database's own words.
    pub fn native(text: &str) -> Type {
        Type::Native { text: text.into(), dialect: None }
    }

    /// The type on one dialect: variants resolved, arrays inside out left alone.
    pub fn on(&self, kind: Kind) -> &Type {
        match self {
            Type::Variants { base, others } => {
                others.iter().find(|(k, _)| *k == kind).map_or(&**base, |(_, ty)| ty).on(kind)
            }
            other => other,
        }
    }
}
