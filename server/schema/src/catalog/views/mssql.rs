//! SQL Server's `sys` views.

use super::super::object::class;
use super::super::pragma::told;
use super::super::relation::Relation;
use super::super::{Catalog, Cell};
use super::{NUMBERED, Whose, indexes};

impl Catalog<'_> {
    pub(super) fn sys_tables(&self) -> Relation {
        let mut found = Relation::new(&["name", "object_id"]);
        for table in self.all_tables() {
            found.push(vec![Cell::text(&table.name.name), class(&table.name)]);
        }
        self.doubts(&mut found, &Whose { tables: &["name"], numbers: &["object_id"], ..NUMBERED });
        found
    }

    pub(super) fn sys_columns(&self) -> Relation {
        let mut found = Relation::new(&["object_id", "name", "is_nullable"]);
        for table in self.all_tables() {
            for column in &table.columns {
                let nullable = told(column.nullable.clone(), |yes| Cell::Int(i64::from(yes)));
                found.push(vec![class(&table.name), Cell::text(&column.name), nullable]);
            }
        }
        self.doubts(&mut found, &Whose { numbers: &["object_id"], own: &[], inside: true, ..NUMBERED });
        found
    }

    pub(super) fn sys_indexes(&self) -> Relation {
        let mut found = Relation::new(&["object_id", "name", "is_unique"]);
        for table in self.all_tables() {
            for (index, _, unique) in indexes(table) {
                let unique = told(unique, |yes| Cell::Int(i64::from(yes)));
                found.push(vec![class(&table.name), index, unique]);
            }
        }
        self.doubts(&mut found, &Whose { numbers: &["object_id"], own: &[], inside: true, ..NUMBERED });
        found
    }
}
