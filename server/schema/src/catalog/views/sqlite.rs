//! SQLite's table of what there is.

use super::super::pragma::name;
use super::super::relation::Relation;
use super::super::{Catalog, Cell};
use crate::table::ObjectKind;
use fact::{Reason, Unknown};

impl Catalog<'_> {
    pub(super) fn sqlite_master(&self) -> Relation {
        let mut found = Relation::new(&["type", "name", "tbl_name"]);
        let mut add = |kind: &str, name: Cell, table: &str| {
            found.push(vec![Cell::text(kind), name, Cell::text(table)]);
        };
        for table in self.all_tables() {
            add("table", Cell::text(&table.name.name), &table.name.name);
            for index in &table.indexes {
                add("index", name(&index.name), &table.name.name);
            }
        }
        for view in self.others(&[ObjectKind::View]) {
            add("view", Cell::text(&view.name), &view.name);
        }
        if let Some(because) = &self.schema.opaque {
            found.doubt(because, &[]);
        }
        for table in self.schema.maybe_tables.keys() {
            let because = Unknown::nowhere(Reason::UndecidedTest);
            found.doubt(&because, &[("tbl_name", Cell::text(&table.name))]);
        }
        for table in self.all_tables() {
            // Which table a trigger is on is not kept; the index of a constraint has a name of SQLite's own.
            if let Some(because) = &table.open {
                let known = [("tbl_name", Cell::text(&table.name.name)), ("type", Cell::text("index"))];
                found.doubt(because, &known);
            }
        }
        let server = Unknown::nowhere(Reason::ServerMade);
        found.doubt(&server, &[("type", Cell::text("index")), ("name", Cell::System)]);
        for trigger in self.others(&[ObjectKind::Trigger]) {
            found.doubt(&server, &[("type", Cell::text("trigger")), ("name", Cell::text(&trigger.name))]);
        }
        found
    }
}
