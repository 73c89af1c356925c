//! Which tables hold rows when an operation meets them: live, fresh or emptied, seen from one revision.

use fact::Unknown;
use imbl::{OrdMap, OrdSet};
use schema::operation::DataKind;
use schema::{Operation, Schema, Step, TableName, Touched};

/// The tables of a revision on its way. Names are those of the moment. Each operation has its own, so they share what did
/// not change.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    /// Created by this revision, in whatever way.
    fresh: OrdSet<TableName>,
    /// All rows were deleted by this revision, and none inserted since.
    emptied: OrdSet<TableName>,
    /// What became of tables that were renamed: name of the moment -> name before the revision.
    renamed: OrdMap<TableName, TableName>,
    /// Tables that an unreadable step may have emptied, with the reason; every table under `None`.
    doubt: OrdMap<Option<TableName>, Unknown>,
}

/// What can be told of the rows of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It was there before the revision, and its rows are.
    Live,
    /// Created or emptied by the revision itself, or nowhere to be found.
    NoRows,
    Unknown(Unknown),
}

impl Rows {
    /// `at_start` is the schema before the revision.
    pub fn standing(&self, table: &TableName, at_start: &Schema) -> Standing {
        if self.fresh.contains(table) || self.emptied.contains(table) {
            return Standing::NoRows;
        }
        let original = self.renamed.get(table).unwrap_or(table);
        if !at_start.tables.contains_key(original) {
            return Standing::NoRows;
        }
        match self.doubt.get(&Some(*table)).or_else(|| self.doubt.get(&None::<TableName>)) {
            Some(unknown) => Standing::Unknown(unknown.clone()),
            None => Standing::Live,
        }
    }

    /// Goes on past `step`, which meets `before`.
    pub fn pass(&mut self, step: &Step, before: &Schema, key: impl Fn(&TableName) -> TableName + Copy) {
        match &step.operation {
            Operation::CreateTable { table, .. } => {
                let name = key(&table.name);
                if !before.tables.contains_key(&name) {
                    self.forget(&name);
                    self.fresh.insert(name);
                }
            }
            Operation::DropTable { table, .. } => self.forget(&key(table)),
            Operation::RenameTable { from, to } => self.rename(key(from), key(to)),
            Operation::Data(change) => {
                let Some(table) = change.table.as_ref().map(key) else { return };
                match (change.kind, &change.condition) {
                    (DataKind::Truncate, _) | (DataKind::Delete, None) => {
                        self.emptied.insert(table);
                    }
                    (DataKind::Insert, _) => {
                        self.emptied.remove(&table);
                    }
                    _ => {}
                }
            }
            Operation::Opaque { touches, because } => match touches {
                Touched::Anything => {
                    self.doubt.insert(None, because.clone());
                }
                Touched::Tables(tables) => {
                    self.doubt.extend(tables.iter().map(|table| (Some(key(table)), because.clone())));
                }
            },
            Operation::Batch { steps, .. } => steps.iter().for_each(|step| self.pass(step, before, key)),
            Operation::Either { left, right, .. } => {
                let mut other = self.clone();
                left.iter().for_each(|step| self.pass(step, before, key));
                right.iter().for_each(|step| other.pass(step, before, key));
                // A table that one course leaves without rows is not held to have any.
                self.fresh.extend(other.fresh);
                self.emptied.extend(other.emptied);
                self.renamed.extend(other.renamed);
                self.doubt.extend(other.doubt);
            }
            _ => {}
        }
    }

    fn rename(&mut self, from: TableName, to: TableName) {
        let (fresh, emptied) = (self.fresh.contains(&from), self.emptied.contains(&from));
        let original = self.renamed.get(&from).copied().unwrap_or(from);
        let doubt = self.doubt.get(&Some(from)).cloned();
        self.forget(&from);
        self.forget(&to);
        if fresh {
            self.fresh.insert(to);
            return;
        }
        if emptied {
            self.emptied.insert(to);
        }
        self.renamed.insert(to, original);
        if let Some(unknown) = doubt {
            self.doubt.insert(Some(to), unknown);
        }
    }

    fn forget(&mut self, table: &TableName) {
        self.fresh.remove(table);
        self.emptied.remove(table);
        self.renamed.remove(table);
        self.doubt.remove(&Some(*table));
    }
}
