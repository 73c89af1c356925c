//! What is not to stay: foreign keys, then indexes and constraints, then columns.

use super::transition::{Transition, same_index, surplus, unnamed};
use super::{Why, declared};
use crate::apply::{Failure, apply_all};
use crate::constraint::ConstraintName;
use crate::operation::{BatchOptions, ColumnChange, Operation, Recreate, Step, Written};
use crate::{ConstraintKind, Kind, Table, TableName};
use fact::{Fact, Name};
use std::sync::Arc;

impl Transition<'_> {
    /// Foreign keys that point at a table which is dropped before their own.
    pub fn break_cycles(&mut self, gone: &[Arc<Table>]) -> Result<(), Why> {
        if self.kind() == Some(Kind::Sqlite) {
            return Ok(());
        }
        for (at, table) in gone.iter().enumerate() {
            let later = gone.iter().skip(at + 1).filter(|other| other.name != table.name);
            for other in
                later.filter(|other| other.foreign_keys.iter().any(|key| key.ref_table == table.name))
            {
                let mut without = Table::clone(other);
                without.foreign_keys.retain(|key| key.ref_table != table.name);
                self.drop_foreign_keys(other, &without)?;
            }
        }
        Ok(())
    }

    pub fn drop_foreign_keys(&mut self, old: &Table, new: &Table) -> Result<(), Why> {
        let mut alters = Vec::new();
        for key in surplus(&old.foreign_keys, &new.foreign_keys) {
            if key.name == Fact::Known(None) && key.columns.iter().any(|column| new.column(column).is_none())
            {
                // It goes with its column.
                continue;
            }
            alters.push(self.drop_named(old, &key.name, ConstraintKind::ForeignKey)?);
        }
        self.push_alters(old.name, alters);
        Ok(())
    }

    /// Indexes, constraints and columns that are not to stay.
    pub fn take_away(&mut self, old: &Table, new: &Table) -> Result<(), Why> {
        self.keep_foreign_keys_indexed(old.name, new);
        let Some(now) = self.state.tables.get(&old.name).cloned() else { return Ok(()) };
        for index in now.indexes.iter().filter(|index| !new.indexes.contains(index)) {
            // Its name may be needed by a foreign key's index, and that of such an index is not to be dropped.
            if new.indexes.iter().any(|other| same_index(index, other)) {
                continue;
            }
            match &index.name {
                Fact::Known(Some(name)) => {
                    let (table, name) = (Some(now.name), Fact::Known(*name));
                    let (if_exists, concurrently, options) = (false, false, Vec::new());
                    let drop = Operation::DropIndex { table, name, if_exists, concurrently, options };
                    self.free(std::slice::from_ref(&drop))?;
                    self.push_alters(now.name, vec![drop]);
                }
                Fact::Known(None) => return Err(unnamed()),
                Fact::Unknown(unknown) => return Err(Why::Unknown(unknown.clone())),
            }
        }
        let mut alters = Vec::new();
        let lost = |column: &Name| new.column(column).is_none();
        let mut rebuild = false;
        for check in surplus(&now.checks, &new.checks) {
            if self.kind() == Some(Kind::Sqlite) && check.name == Fact::Known(None) {
                // Any rebuild loses it.
                rebuild = true;
                continue;
            }
            alters.push(self.drop_named(&now, &check.name, ConstraintKind::Check)?);
        }
        for unique in surplus(&now.uniques, &new.uniques) {
            let unnamed = unique.name == Fact::Known(None);
            if (unnamed || self.kind() == Some(Kind::Sqlite)) && unique.columns.iter().any(lost) {
                // It goes with its column.
                continue;
            }
            alters.push(self.drop_named(&now, &unique.name, ConstraintKind::Unique)?);
        }
        for exclude in surplus(&now.excludes, &new.excludes) {
            alters.push(self.drop_named(&now, &exclude.name, ConstraintKind::Exclude)?);
        }
        if let Some(key) = &now.primary_key
            && new.primary_key.as_ref() != Some(key)
            && (self.kind() == Some(Kind::Mssql) || !key.columns.iter().all(lost))
        {
            alters.push(self.drop_named(&now, &key.name, ConstraintKind::PrimaryKey)?);
        }
        for column in now.columns.iter().filter(|column| lost(&column.name)) {
            if self.kind() == Some(Kind::Mssql) && column.default != Fact::Known(None) {
                let change = ColumnChange { default: Some(Fact::Known(None)), ..ColumnChange::default() };
                let change = Box::new(change);
                alters.push(Operation::AlterColumn { table: now.name, column: column.name, change });
            }
            let (table, column) = (now.name, column.name);
            alters.push(Operation::DropColumn { table, column, if_exists: false, cascade: false });
        }
        if now.columns.iter().all(|column| lost(&column.name)) {
            // Most databases want a table to have a column at any time.
            self.columns(new)?;
        }
        self.free(&alters)?;
        if rebuild && alters.is_empty() {
            let options = BatchOptions { recreate: Recreate::Always, ..BatchOptions::default() };
            self.push_batch(now.name, options, Vec::new());
        }
        self.push_alters(now.name, alters);
        Ok(())
    }

    /// Drops the foreign keys that rest on what the operations would drop; they come back at the end.
    fn free(&mut self, operations: &[Operation]) -> Result<(), Why> {
        let steps: Vec<Step> =
            operations.iter().map(|operation| self.step(operation.clone(), Written::Op)).collect();
        loop {
            let mut schema = self.state.clone();
            let failures = apply_all(&mut schema, &steps, self.context).failures;
            let held = failures.into_iter().find_map(|failed| match failed.failure {
                Failure::KeyInUse { table, by, .. } => Some((table, by)),
                _ => None,
            });
            let Some((table, by)) = held else { return Ok(()) };
            let Some(holder) = self.state.tables.get(&by).cloned() else { return Ok(()) };
            let mut without = Table::clone(&holder);
            without.foreign_keys.retain(|key| by != table && key.ref_table != table);
            if without.foreign_keys.len() == holder.foreign_keys.len() {
                return Ok(());
            }
            self.drop_foreign_keys(&holder, &without)?;
        }
    }

    /// An index that the server made for a foreign key comes back before the one that had replaced it goes.
    fn keep_foreign_keys_indexed(&mut self, table: TableName, new: &Table) {
        let Some(now) = self.state.tables.get(&table).cloned() else { return };
        let wanted = new.indexes.iter().filter(|index| {
            let missing = !now.indexes.iter().any(|other| same_index(index, other));
            index.server_made && missing && index.columns().all(|column| now.column(&column).is_some())
        });
        let creates: Vec<Operation> = wanted
            .filter(|index| {
                let columns: Vec<Name> = index.columns().collect();
                now.foreign_keys.iter().any(|key| columns.starts_with(&key.columns))
            })
            .map(|index| Operation::CreateIndex {
                table,
                index: Box::new(declared::index(index)),
                if_not_exists: false,
            })
            .collect();
        self.push_alters(table, creates);
    }

    fn drop_named(
        &self,
        table: &Table,
        name: &ConstraintName,
        kind: ConstraintKind,
    ) -> Result<Operation, Why> {
        match name {
            Fact::Unknown(unknown) => return Err(Why::Unknown(unknown.clone())),
            Fact::Known(None) => return Err(unnamed()),
            Fact::Known(Some(_)) => {}
        }
        Ok(Operation::DropConstraint {
            table: table.name,
            name: name.clone(),
            kind: Some(kind),
            if_exists: false,
            cascade: false,
            name_is_final: true,
        })
    }
}
