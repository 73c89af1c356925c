//! Equality of schemas but for what no operation can restore: the order of columns and of the constraints in a table.

use crate::{Schema, Table};
use std::sync::Arc;

/// Are the two the same schema, orders aside?
pub fn same(a: &Schema, b: &Schema) -> bool {
    a.tables.len() == b.tables.len()
        && a.tables
            .iter()
            .zip(&b.tables)
            .all(|((name, x), (other, y))| name == other && (Arc::ptr_eq(x, y) || sorted(x) == sorted(y)))
        && a.enums.len() == b.enums.len()
        && a.enums.iter().zip(&b.enums).all(|((name, x), (other, y))| name == other && x.labels == y.labels)
        && a.sequences == b.sequences
        && a.others == b.others
}

fn sorted(table: &Table) -> Table {
    let mut table = table.clone();
    table.columns.sort_by_key(|column| column.name.as_str());
    sort(&mut table.uniques);
    sort(&mut table.foreign_keys);
    sort(&mut table.checks);
    sort(&mut table.excludes);
    for index in &mut table.indexes {
        index.server_made = false;
    }
    sort(&mut table.indexes);
    table
}

fn sort<T: std::fmt::Debug>(list: &mut [T]) {
    list.sort_by_key(|item| format!("{item:?}"));
}
