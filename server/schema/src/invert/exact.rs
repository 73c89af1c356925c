//! Equality of schemas but for what no operation can restore: the order of columns and of the constraints in a table.

use crate::column::Autoincrement;
use crate::{Schema, Table};
use fact::Fact;
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
    for column in &mut table.columns {
        // The sequence of a column that counts up has a name of the server's making.
        if column.autoincrement == Autoincrement::On && column.default != Fact::Known(None) {
            Arc::make_mut(column).default = Fact::Known(None);
        }
    }
    table.columns.sort_by_key(|column| column.name.as_str());
    sort(&mut table.uniques);
    sort(&mut table.foreign_keys);
    for check in &mut table.checks {
        // A rebuilt table has forgotten which types its CHECKs came from.
        check.of_type = None;
    }
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
