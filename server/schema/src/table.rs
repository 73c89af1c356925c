//! The schema at one point of the history: a persistent map, so that every revision keeps its own at the price of what
//! it changed.

use crate::constraint::{ConstraintKind, ConstraintName};
use crate::{Check, Column, Exclude, ForeignKey, Index, PrimaryKey, Unique};
use fact::{Fact, Name, Place, Unknown};
use imbl::OrdMap;
use rustc_hash::FxHashSet;
use std::fmt;
use std::sync::Arc;

/// A table, type or sequence name with its schema (`None`: the default schema of the connection).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    pub schema: Option<Name>,
    pub name: Name,
}

impl TableName {
    pub fn new(schema: Option<&str>, table: &str) -> TableName {
        TableName { schema: schema.map(fact::name), name: fact::name(table) }
    }

    /// A name in the default schema.
    pub fn plain(table: &str) -> TableName {
        TableName::new(None, table)
    }
}

/// Referenced tables first, as `metadata.create_all` makes them, otherwise in the order that they have. Where tables refer
/// to each other in a circle, one of them comes before what it refers to.
pub fn by_dependency<T>(mut tables: Vec<T>, table: impl Fn(&T) -> &Table) -> Vec<T> {
    let names: FxHashSet<TableName> = tables.iter().map(|item| table(item).name).collect();
    let mut made: FxHashSet<TableName> = FxHashSet::default();
    let mut sorted = Vec::with_capacity(tables.len());
    while !tables.is_empty() {
        let ready = |item: &T| {
            let table = table(item);
            table.foreign_keys.iter().all(|key| {
                key.ref_table == table.name
                    || !names.contains(&key.ref_table)
                    || made.contains(&key.ref_table)
            })
        };
        let next = tables.remove(tables.iter().position(ready).unwrap_or(0));
        made.insert(table(&next).name);
        sorted.push(next);
    }
    sorted
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => write!(f, "{}", self.name),
        }
    }
}

/// Everything that the history has built so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    pub tables: OrdMap<TableName, Arc<Table>>,
    pub enums: OrdMap<TableName, Arc<EnumType>>,
    pub sequences: OrdMap<TableName, ()>,
    /// Views, functions, triggers, extensions, schemas: known by kind and name only.
    pub others: OrdMap<(ObjectKind, TableName), ()>,
    /// Tables that an undecided course of events may have made, or dropped: as they would be. They are no part of what
    /// is known to exist, and come to life when something takes them for granted.
    pub maybe_tables: OrdMap<TableName, Arc<Table>>,
    /// The same for enumeration types.
    pub maybe_enums: OrdMap<TableName, Arc<EnumType>>,
    /// Why tables may exist (or be gone) that are not told here: the first opaque step that could have touched any table.
    pub opaque: Option<Unknown>,
}

/// A named database object whose inside is not modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    View,
    MaterializedView,
    Function,
    Trigger,
    Extension,
    Schema,
    Domain,
    Policy,
    Other,
}

/// A named enumeration type (PostgreSQL).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EnumType {
    pub labels: Fact<Vec<Arc<str>>>,
    /// Made by `op.create_table` in passing: the next table that uses it does not make it again in the same run.
    pub made_with_table: bool,
    pub place: Place,
}

/// A table and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Table {
    pub name: TableName,
    pub columns: Vec<Arc<Column>>,
    pub primary_key: Option<PrimaryKey>,
    pub uniques: Vec<Unique>,
    pub foreign_keys: Vec<ForeignKey>,
    pub checks: Vec<Check>,
    pub excludes: Vec<Exclude>,
    pub indexes: Vec<Index>,
    pub comment: Option<Arc<str>>,
    /// `mysql_engine` and the like, as name and value text.
    pub options: Vec<(Name, Arc<str>)>,
    /// Why the table may have more (or less) than is told here. `Reason::Assumed` or `Reason::ProgramMade` for a table that
    /// no revision made.
    pub open: Option<Unknown>,
    pub place: Place,
}

impl Table {
    /// A table without anything in it yet.
    pub fn new(name: TableName, place: Place) -> Table {
        Table {
            name,
            columns: Vec::new(),
            primary_key: None,
            uniques: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            excludes: Vec::new(),
            indexes: Vec::new(),
            comment: None,
            options: Vec::new(),
            open: None,
            place,
        }
    }

    pub fn column(&self, name: &str) -> Option<&Arc<Column>> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// Is the column part of the primary key?
    pub fn is_primary(&self, name: &str) -> bool {
        self.primary_key.as_ref().is_some_and(|key| key.columns.iter().any(|c| c == name))
    }

    /// Every constraint with its kind and name, the primary key first.
    pub fn constraint_names(&self) -> impl Iterator<Item = (ConstraintKind, &ConstraintName)> {
        let primary = self.primary_key.iter().map(|c| (ConstraintKind::PrimaryKey, &c.name));
        let uniques = self.uniques.iter().map(|c| (ConstraintKind::Unique, &c.name));
        let keys = self.foreign_keys.iter().map(|c| (ConstraintKind::ForeignKey, &c.name));
        let checks = self.checks.iter().map(|c| (ConstraintKind::Check, &c.name));
        let excludes = self.excludes.iter().map(|c| (ConstraintKind::Exclude, &c.name));
        primary.chain(uniques).chain(keys).chain(checks).chain(excludes)
    }
}

impl Schema {
    pub fn table(&self, name: &TableName) -> Option<&Arc<Table>> {
        self.tables.get(name)
    }
}
