//! What is in a schema, as an operation would declare it.

use crate::column::Autoincrement;
use crate::{Check, Column, Constraint, ForeignKey, Index, PrimaryKey, ServerDefault, Table, Unique};
use fact::Fact;
use std::sync::Arc;

/// The column without what the database adds by itself.
pub(super) fn column(column: &Column) -> Column {
    let mut column = column.clone();
    if column.autoincrement == Autoincrement::On
        && matches!(column.default, Fact::Known(Some(ServerDefault::Sequence(_))))
    {
        column.default = Fact::Known(None);
    }
    column
}

/// The table with names for everything that has a known one.
pub(super) fn table(wanted: &Table) -> Table {
    let mut table = wanted.clone();
    for place in &mut table.columns {
        *place = Arc::new(column(place));
    }
    if let Some(key) = &mut table.primary_key {
        *key = primary_key(key);
    }
    table.uniques = table.uniques.iter().map(unique).collect();
    table.foreign_keys = table.foreign_keys.iter().map(foreign_key).collect();
    table.checks = table.checks.iter().map(check).collect();
    for exclude in &mut table.excludes {
        exclude.name = given(&exclude.name);
    }
    table.indexes = table.indexes.iter().filter(|index| !index.server_made).map(index).collect();
    table
}

pub(super) fn primary_key(key: &PrimaryKey) -> PrimaryKey {
    PrimaryKey { name: given(&key.name), name_is_final: true, ..key.clone() }
}

pub(super) fn unique(unique: &Unique) -> Unique {
    Unique { name: given(&unique.name), name_is_final: true, ..unique.clone() }
}

pub(super) fn foreign_key(key: &ForeignKey) -> ForeignKey {
    ForeignKey { name: given(&key.name), name_is_final: true, ..key.clone() }
}

pub(super) fn check(check: &Check) -> Check {
    Check { name: given(&check.name), name_is_final: true, ..check.clone() }
}

pub(super) fn index(index: &Index) -> Index {
    Index { name: given(&index.name), name_is_final: true, server_made: false, ..index.clone() }
}

/// Each constraint of a table as an operation would add it, foreign keys last.
pub(super) fn constraints(wanted: &Table) -> Vec<Constraint> {
    let mut out: Vec<Constraint> = Vec::new();
    out.extend(wanted.primary_key.iter().map(primary_key).map(Constraint::PrimaryKey));
    out.extend(wanted.uniques.iter().map(unique).map(Constraint::Unique));
    out.extend(wanted.checks.iter().map(check).map(Constraint::Check));
    out.extend(wanted.excludes.iter().cloned().map(Constraint::Exclude));
    out.extend(wanted.foreign_keys.iter().map(foreign_key).map(Constraint::ForeignKey));
    out
}

/// An unknown name was made by the server, which will make another one.
fn given<T: Clone>(name: &Fact<Option<T>>) -> Fact<Option<T>> {
    match name {
        Fact::Known(name) => Fact::Known(name.clone()),
        Fact::Unknown(_) => Fact::Known(None),
    }
}
