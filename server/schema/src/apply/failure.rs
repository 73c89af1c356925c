//! What can go wrong when an operation meets a schema.

use crate::{ConstraintKind, TableName};
use fact::{Name, Place};
use std::fmt;
use std::sync::Arc;

/// A failure and the step that failed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Failed {
    pub failure: Failure,
    pub place: Place,
}

/// Why the database, SQLAlchemy or Alembic refuses an operation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Failure {
    NoSuchTable {
        table: TableName,
    },
    NoSuchColumn {
        table: TableName,
        column: Name,
        suggestions: Vec<Name>,
    },
    NoSuchConstraint {
        table: TableName,
        name: Name,
        kind: Option<ConstraintKind>,
        suggestions: Vec<Name>,
    },
    NoSuchIndex {
        table: Option<TableName>,
        name: Name,
        suggestions: Vec<Name>,
    },
    NoSuchEnum {
        name: TableName,
    },
    NoSuchLabel {
        name: TableName,
        label: Arc<str>,
    },
    NoSuchSequence {
        name: TableName,
    },
    AlreadyExists {
        kind: Existing,
        table: Option<TableName>,
        name: Name,
    },
    EnumExists {
        name: TableName,
    },
    /// A table has one primary key.
    SecondPrimaryKey {
        table: TableName,
    },
    /// SQLite has no ALTER for this; a batch block has.
    NeedsBatch {
        table: TableName,
        what: &'static str,
    },
    /// MySQL, MariaDB and SQL Server restate the column and must be told its type.
    NeedsExistingType {
        table: TableName,
        column: Name,
    },
    /// MySQL and MariaDB drop each kind of constraint with its own words.
    NeedsConstraintType {
        table: TableName,
        name: Name,
    },
    /// An index is looked for in its table here.
    NeedsTableName {
        index: Name,
    },
    /// A constraint is dropped without a name, or made without one where it must have one.
    UnnamedConstraint {
        table: TableName,
        kind: Option<ConstraintKind>,
    },
    UnnamedIndex {
        table: TableName,
    },
    /// The name is longer than the database allows.
    NameTooLong {
        name: Name,
        limit: usize,
    },
    /// The type cannot be declared on this database.
    NoSuchType {
        table: TableName,
        column: Name,
    },
    /// The column is needed by something that does not go with it.
    ColumnInUse {
        table: TableName,
        column: Name,
        by: User,
    },
    /// A table keeps one column at least.
    LastColumn {
        table: TableName,
        column: Name,
    },
    /// The table is referenced by a foreign key of another table.
    TableInUse {
        table: TableName,
        by: TableName,
    },
    /// The constraint or index is what a foreign key rests on.
    KeyInUse {
        table: TableName,
        name: Name,
        by: TableName,
    },
    EnumInUse {
        name: TableName,
        by: TableName,
    },
    /// The referenced columns have no primary key, unique constraint or unique index of their own.
    NotUnique {
        table: TableName,
        columns: Vec<Name>,
    },
    /// A foreign key joins columns whose types the database does not compare.
    TypeMismatch {
        table: TableName,
        column: Name,
        ref_table: TableName,
        ref_column: Name,
    },
    /// The type of the column cannot be a key of an index.
    NotIndexable {
        table: TableName,
        column: Name,
    },
    /// ON DELETE (or UPDATE) SET NULL on a column that is NOT NULL.
    SetNullOnNotNull {
        table: TableName,
        column: Name,
    },
    /// A primary key column cannot be NULL.
    NullablePrimaryKey {
        table: TableName,
        column: Name,
    },
    /// PostgreSQL does not convert the old values by itself.
    NeedsUsing {
        table: TableName,
        column: Name,
    },
    /// PostgreSQL does not convert the old default, with USING or without.
    DefaultNotConvertible {
        table: TableName,
        column: Name,
    },
    /// PostgreSQL does not take the default for the column's type.
    DefaultMismatch {
        table: TableName,
        column: Name,
    },
    /// The construct does not exist on this database.
    Unsupported {
        table: TableName,
        what: &'static str,
    },
}

/// What a name is taken by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Existing {
    Table,
    Column,
    Constraint,
    Index,
    Sequence,
    Label,
}

/// What a column is used by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum User {
    PrimaryKey,
    Unique(Option<Name>),
    ForeignKey(Option<Name>),
    /// A foreign key of another table.
    ForeignKeyOf(TableName),
    Check(Option<Name>),
    Index(Option<Name>),
    Default,
    Generated(Name),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::NoSuchTable { table } => write!(f, "table {table} does not exist"),
            Failure::NoSuchColumn { table, column, suggestions } => {
                write!(f, "table {table} has no column {column}")?;
                suggest(f, suggestions)
            }
            Failure::NoSuchConstraint { table, name, kind, suggestions } => {
                write!(f, "table {table} has no {} {name}", kind.map_or("constraint", noun))?;
                suggest(f, suggestions)
            }
            Failure::NoSuchIndex { table, name, suggestions } => {
                match table {
                    Some(table) => write!(f, "table {table} has no index {name}")?,
                    None => write!(f, "there is no index {name}")?,
                }
                suggest(f, suggestions)
            }
            Failure::NoSuchEnum { name } => write!(f, "type {name} does not exist"),
            Failure::NoSuchLabel { name, label } => write!(f, "type {name} has no label '{label}'"),
            Failure::NoSuchSequence { name } => write!(f, "sequence {name} does not exist"),
            Failure::AlreadyExists { kind, table, name } => {
                let kind = match kind {
                    Existing::Table => "table",
                    Existing::Column => "column",
                    Existing::Constraint => "constraint",
                    Existing::Index => "index",
                    Existing::Sequence => "sequence",
                    Existing::Label => "label",
                };
                match table {
                    Some(table) => write!(f, "{kind} {name} of {table} exists already"),
                    None => write!(f, "{kind} {name} exists already"),
                }
            }
            Failure::EnumExists { name } => write!(f, "type {name} exists already"),
            Failure::SecondPrimaryKey { table } => write!(f, "table {table} has a primary key already"),
            Failure::NeedsBatch { table, what } => {
                write!(f, "SQLite cannot {what} of {table} in place; use batch_alter_table")
            }
            Failure::NeedsExistingType { table, column } => {
                write!(f, "changing {table}.{column} restates the column here and needs existing_type")
            }
            Failure::NeedsConstraintType { table, name } => {
                write!(f, "dropping constraint {name} of {table} needs type_ here")
            }
            Failure::NeedsTableName { index } => write!(f, "dropping index {index} needs table_name here"),
            Failure::UnnamedConstraint { table, kind } => {
                write!(f, "a {} of {table} must have a name here", kind.map_or("constraint", noun))
            }
            Failure::UnnamedIndex { table } => write!(f, "an index of {table} must have a name"),
            Failure::NameTooLong { name, limit } => {
                write!(f, "the name {name} is longer than {limit} characters")
            }
            Failure::NoSuchType { table, column } => {
                write!(f, "{table}.{column} has a type that this database cannot declare")
            }
            Failure::ColumnInUse { table, column, by } => write!(f, "{table}.{column} is used by {by}"),
            Failure::LastColumn { table, column } => write!(f, "{table}.{column} is the only column left"),
            Failure::TableInUse { table, by } => write!(f, "table {table} is referenced by {by}"),
            Failure::KeyInUse { table, name, by } => {
                write!(f, "{name} of {table} is needed by a foreign key of {by}")
            }
            Failure::EnumInUse { name, by } => write!(f, "type {name} is used by table {by}"),
            Failure::NotUnique { table, columns } => {
                let columns: Vec<&str> = columns.iter().map(|column| column.as_str()).collect();
                write!(f, "no unique constraint of {table} covers ({})", columns.join(", "))
            }
            Failure::TypeMismatch { table, column, ref_table, ref_column } => {
                write!(f, "{table}.{column} and {ref_table}.{ref_column} have types that do not go together")
            }
            Failure::NotIndexable { table, column } => {
                write!(f, "{table}.{column} has a type that cannot be indexed")
            }
            Failure::SetNullOnNotNull { table, column } => {
                write!(f, "SET NULL cannot work on {table}.{column}, which is NOT NULL")
            }
            Failure::NullablePrimaryKey { table, column } => {
                write!(f, "{table}.{column} is part of the primary key and cannot be NULL")
            }
            Failure::NeedsUsing { table, column } => {
                write!(f, "{table}.{column} cannot be converted without postgresql_using")
            }
            Failure::DefaultNotConvertible { table, column } => {
                write!(f, "the default of {table}.{column} cannot be converted; drop it first")
            }
            Failure::DefaultMismatch { table, column } => {
                write!(f, "the default of {table}.{column} does not fit its type")
            }
            Failure::Unsupported { table, what } => write!(f, "this database has no {what} ({table})"),
        }
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, name) = match self {
            User::PrimaryKey => return f.write_str("the primary key"),
            User::Default => return f.write_str("its default constraint"),
            User::Generated(column) => return write!(f, "the generated column {column}"),
            User::ForeignKeyOf(table) => return write!(f, "a foreign key of {table}"),
            User::Unique(name) => ("unique constraint", name),
            User::ForeignKey(name) => ("foreign key", name),
            User::Check(name) => ("check constraint", name),
            User::Index(name) => ("index", name),
        };
        match name {
            Some(name) => write!(f, "{what} {name}"),
            None => write!(f, "an unnamed {what}"),
        }
    }
}

fn noun(kind: ConstraintKind) -> &'static str {
    match kind {
        ConstraintKind::PrimaryKey => "primary key",
        ConstraintKind::Unique => "unique constraint",
        ConstraintKind::ForeignKey => "foreign key",
        ConstraintKind::Check => "check constraint",
        ConstraintKind::Exclude => "exclusion constraint",
    }
}

fn suggest(f: &mut fmt::Formatter<'_>, suggestions: &[Name]) -> fmt::Result {
    match suggestions.first() {
        Some(name) => write!(f, "; did you mean {name}?"),
        None => Ok(()),
    }
}
