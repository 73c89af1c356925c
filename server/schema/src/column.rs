//! Columns and the values that the server fills in.

use crate::Type;
use crate::spelling::Spelling;
use fact::{Fact, Name, Place};
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Column {
    pub name: Name,
    pub ty: Fact<Type>,
    pub nullable: Fact<bool>,
    /// `Known(None)`: the column has no default.
    pub default: Fact<Option<ServerDefault>>,
    pub computed: Option<Computed>,
    pub identity: Option<Identity>,
    pub autoincrement: Autoincrement,
    pub comment: Option<Arc<str>>,
    /// MySQL's `ON UPDATE` clause of the default and other text that a dialect keeps with the column.
    pub options: Vec<(Name, Arc<str>)>,
    /// How the type was written.
    pub spelling: Spelling,
    pub place: Place,
}

impl Column {
    /// A nullable column without default.
    pub fn new(name: Name, ty: Fact<Type>, place: Place) -> Column {
        Column {
            name,
            ty,
            nullable: Fact::Known(true),
            default: Fact::Known(None),
            computed: None,
            identity: None,
            autoincrement: Autoincrement::Auto,
            comment: None,
            options: Vec::new(),
            spelling: Spelling::default(),
            place,
        }
    }

    /// The identity or the expression that the server makes the value by.
    pub fn generated(&self) -> Option<Generated> {
        let computed = self.computed.clone().map(Generated::Computed);
        computed.or_else(|| self.identity.clone().map(Generated::Identity))
    }
}

/// SQLAlchemy's `autoincrement=`; `Auto` makes the single integer primary key column count up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Autoincrement {
    #[default]
    Auto,
    On,
    Off,
}

/// A value that the server fills in when an INSERT names none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ServerDefault {
    /// The value itself, not quoted: `server_default="5"`.
    Literal(Arc<str>),
    /// SQL as it stands: `text("now()")`.
    Sql(Arc<str>),
    /// A named sequence's next value.
    Sequence(crate::TableName),
    /// A function whose spelling is the dialect's: `func.now()` is CURRENT_TIMESTAMP on some.
    Now,
    True,
    False,
}

/// `GENERATED ALWAYS AS (sql)`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Computed {
    pub sql: Arc<str>,
    pub persisted: Option<bool>,
}

/// `GENERATED ... AS IDENTITY`, with the options that were given.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Identity {
    pub always: bool,
    pub on_null: bool,
    pub start: Option<i64>,
    pub increment: Option<i64>,
    pub min_value: Option<i64>,
    pub max_value: Option<i64>,
    /// `NO MINVALUE`
    pub no_min_value: bool,
    /// `NO MAXVALUE`
    pub no_max_value: bool,
    pub cycle: Option<bool>,
    pub cache: Option<i64>,
    pub order: Option<bool>,
}

/// What stands in the place of a default where the server makes the value itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Generated {
    Computed(Computed),
    Identity(Identity),
}
