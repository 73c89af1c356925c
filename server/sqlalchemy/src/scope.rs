//! Which column a `Column(...)` value is. In a class body the attribute names it, and other expressions hold the very
//! same value: `Index("ix", created_at.desc())`, `ForeignKey(User.id)`.

use fact::Name;
use python::value::{Symbol, Value};
use rustc_hash::FxHashMap;
use schema::TableName;
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
}

impl Scope {
    /// Says that `value` is the column `column` (of `table`).
    pub fn name(&mut self, value: &Value, table: Option<TableName>, column: Name) {
        let Some(key) = identity(value) else { return };
        self.values.push(value.clone());
        let known = self.columns.entry(key).or_insert(Known { table, column });
        if known.table.is_none() {
            *known = Known { table, column };
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
