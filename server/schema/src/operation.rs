//! What a migration does to a schema, one directive at a time.

use crate::column::{Generated, Identity};
use crate::spelling::Spelling;
use crate::table::ObjectKind;
use crate::{Column, Computed, Constraint, ConstraintKind, Index, ServerDefault, Table, TableName, Type};
use fact::{Fact, Name, Place, Unknown};
use std::sync::Arc;

/// An operation and where it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Step {
    pub operation: Operation,
    /// The call (or the statement inside a SQL string's call).
    pub place: Place,
    /// The call in the revision file that led here, when the operation sits in a helper.
    pub call_site: Option<Place>,
    pub written: Written,
    /// Inside `autocommit_block()`.
    pub autocommit: bool,
}

/// The form that an operation was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Written {
    /// `op.directive(...)`
    Op,
    /// `batch_op.directive(...)`
    Batch,
    /// SQL text, or Core statements that were executed.
    Sql,
    /// `Table.create(bind)`, `metadata.create_all`, `enum.create(bind)`.
    Metadata,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Enum types and indexes that go with it are part of `table`.
    CreateTable {
        table: Arc<Table>,
        if_not_exists: bool,
    },
    DropTable {
        table: TableName,
        if_exists: bool,
        cascade: bool,
    },
    RenameTable {
        from: TableName,
        to: TableName,
    },
    /// The column with the constraints (`unique=True`, `ForeignKey`) and indexes (`index=True`) that come with it.
    AddColumn {
        table: TableName,
        column: Arc<Column>,
        constraints: Vec<Constraint>,
        indexes: Vec<Index>,
        if_not_exists: bool,
        /// `inline_primary_key=True`, or raw SQL that says PRIMARY KEY.
        primary_key: bool,
        /// `inline_references=True`, or raw SQL that says REFERENCES: SQLite accepts such a foreign key.
        inline_references: bool,
    },
    DropColumn {
        table: TableName,
        column: Name,
        if_exists: bool,
        cascade: bool,
    },
    AlterColumn {
        table: TableName,
        column: Name,
        change: Box<ColumnChange>,
    },
    AddConstraint {
        table: TableName,
        constraint: Constraint,
        if_not_exists: bool,
    },
    DropConstraint {
        table: TableName,
        name: Fact<Option<Name>>,
        kind: Option<ConstraintKind>,
        if_exists: bool,
        cascade: bool,
        /// `op.f(...)`: the convention must not wrap the name again.
        name_is_final: bool,
    },
    RenameConstraint {
        table: TableName,
        from: Name,
        to: Name,
    },
    CreateIndex {
        table: TableName,
        index: Box<Index>,
        if_not_exists: bool,
    },
    /// PostgreSQL and SQLite find the index by its name alone.
    DropIndex {
        table: Option<TableName>,
        name: Fact<Name>,
        if_exists: bool,
        concurrently: bool,
        /// Other dialect options: full keyword and value text. They matter to the text of the call alone.
        options: Vec<(Name, Arc<str>)>,
    },
    RenameIndex {
        table: Option<TableName>,
        from: Name,
        to: Name,
    },
    SetTableComment {
        table: TableName,
        comment: Option<Arc<str>>,
        /// What the call says of the comment as it was.
        existing: Option<Arc<str>>,
    },
    /// The operations of one `batch_alter_table` block, run at its end.
    Batch {
        table: TableName,
        options: BatchOptions,
        steps: Vec<Step>,
    },
    CreateEnum {
        name: TableName,
        labels: Fact<Vec<Arc<str>>>,
        check_first: bool,
    },
    DropEnum {
        name: TableName,
        check_first: bool,
    },
    AddEnumLabel {
        name: TableName,
        label: Fact<Arc<str>>,
        before: Option<Arc<str>>,
        after: Option<Arc<str>>,
        if_not_exists: bool,
    },
    RenameEnumLabel {
        name: TableName,
        from: Arc<str>,
        to: Arc<str>,
    },
    RenameEnum {
        from: TableName,
        to: TableName,
    },
    CreateSequence {
        name: TableName,
        if_not_exists: bool,
    },
    DropSequence {
        name: TableName,
        if_exists: bool,
    },
    CreateObject {
        kind: ObjectKind,
        name: TableName,
    },
    DropObject {
        kind: ObjectKind,
        name: TableName,
    },
    /// Rows only; the schema stays.
    Data(DataChange),
    /// Certainly nothing that the schema knows of (SET, ANALYZE, GRANT, LOCK, PRAGMA, a SELECT).
    Nothing {
        what: Arc<str>,
    },
    /// Something that could not be read.
    Opaque {
        touches: Touched,
        because: Unknown,
    },
    /// One of two courses, by a test that cannot be decided. What differs afterwards is unknown.
    Either {
        left: Vec<Step>,
        right: Vec<Step>,
        because: Unknown,
    },
}

/// What an opaque step may have changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Touched {
    /// Any table, and there may be new ones.
    Anything,
    Tables(Vec<TableName>),
}

/// `batch_alter_table`'s own arguments.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct BatchOptions {
    pub recreate: Recreate,
    pub copy_from: Option<Arc<Table>>,
    pub naming_convention: Option<Arc<crate::naming::NamingConvention>>,
    /// Constraints given as `table_args`.
    pub table_args: Vec<Constraint>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Recreate {
    #[default]
    Auto,
    Always,
    Never,
}

/// `op.alter_column`: what changes and what the call says of the column as it was. `None` is "not given".
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct ColumnChange {
    pub nullable: Option<Fact<bool>>,
    pub ty: Option<Fact<Type>>,
    /// `Some(Known(None))` drops the default.
    pub default: Option<Fact<Option<ServerDefault>>>,
    pub new_name: Option<Fact<Name>>,
    pub comment: Option<Option<Arc<str>>>,
    pub identity: Option<Option<Identity>>,
    pub computed: Option<Option<Computed>>,
    pub autoincrement: Option<bool>,
    pub using: Option<Arc<str>>,
    pub existing_ty: Option<Fact<Type>>,
    pub existing_nullable: Option<Fact<bool>>,
    pub existing_default: Option<Fact<Option<ServerDefault>>>,
    pub existing_comment: Option<Option<Arc<str>>>,
    pub existing_autoincrement: Option<bool>,
    /// `existing_server_default` is an Identity or Computed.
    pub existing_generated: Option<Generated>,
    /// The whole column is restated as in MySQL's own MODIFY (raw SQL): what is not given is lost.
    pub restates: bool,
    /// How `type_` and `existing_type` were written.
    pub spelling: Spelling,
    pub existing_spelling: Spelling,
}

/// A statement that changes rows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DataChange {
    pub kind: DataKind,
    /// `None`: the target could not be read.
    pub table: Option<TableName>,
    /// The columns that get values, with the value's SQL text when it is simple.
    pub columns: Vec<(Name, Option<Arc<str>>)>,
    /// `None`: every row.
    pub condition: Option<Arc<str>>,
    /// Columns that the statement reads, where known.
    pub reads: Vec<Name>,
    /// `INSERT ... VALUES` of at least one row, or `INSERT ... SELECT`, which may give none.
    pub certain: bool,
    pub sql: Arc<str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataKind {
    Insert,
    Update,
    Delete,
    Truncate,
}
