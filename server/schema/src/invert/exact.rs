//! Equality of schemas but for what no operation can restore: the order of columns and of the constraints in a table.

use crate::column::Autoincrement;
use crate::{Schema, Table, TableName};
use fact::Fact;
use imbl::OrdMap;
use imbl::ordmap::DiffItem;
use std::sync::Arc;

/// Are the two the same schema, orders aside?
pub fn same(a: &Schema, b: &Schema) -> bool {
    alike(&a.tables, &b.tables, |x, y| sorted(x) == sorted(y))
        && alike(&a.enums, &b.enums, |x, y| x.labels == y.labels)
        && a.sequences == b.sequences
        && a.others == b.others
}

/// What the two share is not gone through.
fn alike<V: PartialEq>(
    a: &OrdMap<TableName, Arc<V>>,
    b: &OrdMap<TableName, Arc<V>>,
    same: impl Fn(&V, &V) -> bool,
) -> bool
where
    Arc<V>: PartialEq,
{
    a.diff(b).all(|item| matches!(item, DiffItem::Update { old: (_, x), new: (_, y) } if same(x, y)))
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
