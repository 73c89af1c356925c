//! Which column a `Column(...)` value is. In a class body the attribute names it, and other expressions hold the very
//! same value: `Index("ix", created_at.desc())`, `ForeignKey(User.id)`.

use fact::Name;
use python::value::{Symbol, Value};
use rustc_hash::FxHashMap;
use schema::TableName;
use std::collections::hash_map::Entry;
use std::sync::Arc;

/// Names of column values that were made without one, by identity.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    columns: FxHashMap<usize, Known>,
    /// Keeps the values alive, so that an address means one value only.
    values: Vec<Value>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    table: Option<TableName>,
    column: Name,
    shared: bool,
}

impl Scope {
    /// Says that `value` is the column `column` (of `table`).
    pub fn name(&mut self, value: &Value, table: Option<TableName>, column: Name) {
        let Some(key) = identity(value) else { return };
        self.values.push(value.clone());
        match self.columns.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(Known { table, column, shared: false });
            }
            // A column of a mixin or an abstract base is one of every table that takes it.
            Entry::Occupied(mut entry) => {
                let known = entry.get_mut();
                match (known.table, table) {
                    (Some(old), Some(new)) if old != new => {
                        known.shared = true;
                        known.table = None;
                    }
                    (None, Some(_)) if !known.shared => known.table = table,
                    _ => {}
                }
            }
        }
    }

    /// The name of a column value and the table that it is in.
    pub fn get(&self, value: &Value) -> Option<(Option<TableName>, Name)> {
        let known = self.columns.get(&identity(value)?)?;
        Some((known.table, known.column))
    }
}

/// The identity of a value from outside the project: two evaluations of one expression differ, two copies do not.
pub(crate) fn identity(value: &Value) -> Option<usize> {
    match value {
        Value::Symbol(symbol) if !matches!(**symbol, Symbol::Path(_)) => {
            Some(Arc::as_ptr(symbol).cast::<u8>() as usize)
        }
        _ => None,
    }
}
