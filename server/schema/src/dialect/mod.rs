//! The five databases: what each makes of a type, a name, an operation.

mod mariadb;
mod mssql;
mod mysql;
mod name;
mod postgresql;
mod quote;
mod reserved;
mod sqlite;
#[cfg(test)]
mod tests;
mod text;

use crate::{Column, Index, ServerDefault, Table, TableName, Type};
use fact::{Fact, Name, Reason, Unknown};
use std::fmt;
use std::str::FromStr;

pub(crate) use name::{clip, serial_sequence};
pub use quote::literal;
pub(crate) use sqlite::rebuilt_type;
pub use text::is_integer;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Postgresql,
    Mysql,
    Mariadb,
    Sqlite,
    Mssql,
}

/// A database and, when it is known, its major and minor version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dialect {
    pub kind: Kind,
    pub version: Option<(u16, u16)>,
}

/// What one database makes of types, names and defaults. Every database answers for itself: a default answer here would
/// be one that a new dialect silently gets wrong.
pub trait Rules: Sync {
    /// The type as SQLAlchemy writes it in DDL for this database. Unknown where the type has no spelling here.
    fn ddl_type(&self, ty: &Type) -> Fact<String>;

    /// The text under which the database's own catalogue shows a type that was declared as `declared`.
    fn catalogue_type(&self, declared: &str) -> Fact<String>;

    /// The default as the catalogue shows it, as well as that can be told.
    fn catalogue_default(&self, default: &ServerDefault, ty: &Fact<Type>) -> Fact<String>;

    /// `identifier`, quoted if it has to be.
    fn quote(&self, identifier: &str) -> String;

    /// The longest name, in bytes on PostgreSQL and in characters elsewhere.
    fn identifier_limit(&self) -> usize;

    /// The name that the database gives to a constraint or index that came without one.
    fn implicit_name(&self, made: &Unnamed<'_>) -> Fact<Option<Name>>;

    /// Enums are types with a name of their own, made and dropped apart from tables.
    fn named_enums(&self) -> bool;

    /// An enum is a type of the database at all; elsewhere it is a VARCHAR and may come with a CHECK.
    fn native_enums(&self) -> bool;

    /// Boolean is a type of the database; elsewhere it may come with a CHECK.
    fn native_boolean(&self) -> bool;

    /// `GENERATED ... AS IDENTITY` (or IDENTITY) exists.
    fn identity(&self) -> bool;

    /// Comments on tables and columns are kept.
    fn comments(&self) -> bool;

    /// Whether this change can be made to a table in place.
    fn alters(&self, change: Change) -> bool;

    /// A failed migration leaves no DDL behind, in Alembic's judgement.
    fn transactional_ddl(&self) -> bool;

    /// Index names are unique in the whole schema, not per table.
    fn indexes_share_a_namespace(&self) -> bool;

    /// The schema that a name without one stands for.
    fn default_schema(&self) -> Option<&'static str>;
}

/// What an ALTER would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    ColumnType,
    ColumnNullable,
    ColumnDefault,
    ColumnName,
    ColumnComment,
    TableComment,
    Constraint,
    AddColumnIfNotExists,
    DropColumnIfExists,
    CreateIndexIfNotExists,
    DropIndexIfExists,
    DropConstraintIfExists,
}

/// A constraint or index that came without a name, and what the name depends on.
pub struct Unnamed<'a> {
    pub what: Nameless<'a>,
    pub table: &'a Table,
    /// Is the name used by a constraint, index, table or sequence of the same schema?
    pub taken: &'a dyn Fn(&str) -> bool,
}

pub enum Nameless<'a> {
    PrimaryKey,
    Unique(&'a [Name]),
    ForeignKey(&'a [Name]),
    /// The columns that the condition mentions; unknown with the condition.
    Check(Fact<Vec<Name>>),
    Exclude,
    Index(&'a Index),
    /// The index that MySQL makes for a foreign key: its name if the user gave one, and its columns.
    ForeignKeyIndex(Option<Name>, &'a [Name]),
}

impl Kind {
    pub const ALL: [Kind; 5] = [Kind::Postgresql, Kind::Mysql, Kind::Mariadb, Kind::Sqlite, Kind::Mssql];

    /// SQLAlchemy's name of the dialect.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Postgresql => "postgresql",
            Kind::Mysql => "mysql",
            Kind::Mariadb => "mariadb",
            Kind::Sqlite => "sqlite",
            Kind::Mssql => "mssql",
        }
    }

    pub fn rules(self) -> &'static dyn Rules {
        match self {
            Kind::Postgresql => &postgresql::Postgresql,
            Kind::Mysql => &mysql::Mysql,
            Kind::Mariadb => &mariadb::Mariadb,
            Kind::Sqlite => &sqlite::Sqlite,
            Kind::Mssql => &mssql::Mssql,
        }
    }

    /// MySQL or MariaDB.
    pub fn is_mysql_like(self) -> bool {
        matches!(self, Kind::Mysql | Kind::Mariadb)
    }
}

/// The type of a column as the database reports it. Without a dialect it is known only where all five agree.
pub fn reported_type(column: &Column, dialect: Option<Dialect>) -> Fact<String> {
    match &column.ty {
        Fact::Known(ty) => reported(ty, dialect),
        Fact::Unknown(unknown) => Fact::Unknown(unknown.clone()),
    }
}

/// [`reported_type`] of a bare type.
pub fn reported(ty: &Type, dialect: Option<Dialect>) -> Fact<String> {
    let one = |kind: Kind| match kind.rules().ddl_type(ty) {
        Fact::Known(text) => kind.rules().catalogue_type(&text),
        unknown => unknown,
    };
    match dialect {
        Some(dialect) => one(dialect.kind),
        None => agreed(Kind::ALL.into_iter().map(one)),
    }
}

/// The default of a column as the database reports it, `Known(None)` without one.
pub fn reported_default(column: &Column, dialect: Option<Dialect>) -> Fact<Option<String>> {
    match &column.default {
        Fact::Unknown(unknown) => Fact::Unknown(unknown.clone()),
        Fact::Known(None) => Fact::Known(None),
        Fact::Known(Some(default)) => match dialect {
            Some(dialect) => dialect.kind.rules().catalogue_default(default, &column.ty).map(Some),
            None => {
                agreed(Kind::ALL.into_iter().map(|kind| kind.rules().catalogue_default(default, &column.ty)))
                    .map(Some)
            }
        },
    }
}

/// Can a column of this type be declared here at all? What is not known of the type does not count against it.
pub(crate) fn has_spelling(ty: &Type, kind: Kind) -> bool {
    match ty.on(kind) {
        Type::Null => false,
        Type::String { length, .. } => length.is_some() || !kind.is_mysql_like(),
        Type::Array { item, .. } => kind == Kind::Postgresql && has_spelling(item, kind),
        Type::Enum(ty) => !ty.native || !kind.rules().named_enums() || ty.name.is_some(),
        Type::Native { text, dialect: Some(other) } => {
            let related = kind.is_mysql_like() && other.is_mysql_like();
            *other == kind || related || text::portable(text).is_some()
        }
        _ => true,
    }
}

/// The first word of a type in the database's own words, in lower case.
pub(crate) fn base_of(text: &str) -> String {
    text::parse(text).base
}

/// The name with the default schema left out, so that `public.t` and `t` are one table.
pub fn canonical(name: TableName, kind: Option<Kind>) -> TableName {
    let default = kind.and_then(|kind| kind.rules().default_schema());
    match (name.schema, default) {
        (Some(schema), Some(default)) if schema == default => TableName { schema: None, name: name.name },
        _ => name,
    }
}

fn agreed(answers: impl Iterator<Item = Fact<String>>) -> Fact<String> {
    let mut common: Option<String> = None;
    for answer in answers {
        match (answer, &common) {
            (Fact::Known(text), None) => common = Some(text),
            (Fact::Known(text), Some(other)) if text == *other => {}
            _ => return Fact::Unknown(Unknown::nowhere(Reason::NoDialect)),
        }
    }
    common.map_or_else(|| Fact::Unknown(Unknown::nowhere(Reason::NoDialect)), Fact::Known)
}

/// A type that the dialect has no spelling for.
fn no_spelling(what: &str, kind: Kind) -> Fact<String> {
    let text = format!("{what}, which {kind} does not have,");
    Fact::Unknown(Unknown::nowhere(Reason::UnreadableArgument(text.into())))
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(text: &str) -> Result<Kind, ()> {
        Kind::ALL.into_iter().find(|kind| kind.name() == text).ok_or(())
    }
}

impl From<Kind> for Dialect {
    fn from(kind: Kind) -> Dialect {
        Dialect { kind, version: None }
    }
}
