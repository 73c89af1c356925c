//! Renames turned round.

use super::transition::Transition;
use crate::apply::recreates;
use crate::dialect::canonical;
use crate::operation::{BatchOptions, ColumnChange, Operation, Recreate, Step, Written};
use crate::{Schema, TableName};
use fact::{Fact, Name};

impl Transition<'_> {
    /// Takes back the renames of a step, so that what remains can be told by comparing.
    pub fn undo_renames(&mut self, step: &Step, before: &Schema) {
        match &step.operation {
            Operation::RenameTable { from, to } => {
                self.push(Operation::RenameTable { from: *to, to: *from });
            }
            Operation::RenameConstraint { table, from, to } => {
                self.push(Operation::RenameConstraint { table: *table, from: *to, to: *from });
            }
            Operation::RenameIndex { table, from, to } => {
                self.push(Operation::RenameIndex { table: *table, from: *to, to: *from });
            }
            Operation::RenameEnum { from, to } => self.push(Operation::RenameEnum { from: *to, to: *from }),
            Operation::RenameEnumLabel { name, from, to } => {
                self.push(Operation::RenameEnumLabel { name: *name, from: to.clone(), to: from.clone() });
            }
            Operation::AlterColumn { table, column, change } => {
                if let Some(Fact::Known(new)) = &change.new_name {
                    self.undo_column(*table, *column, *new, before);
                }
            }
            Operation::Batch { table, steps, options } => {
                let mut renames: Vec<(Name, Name)> = Vec::new();
                for step in steps {
                    if let Operation::AlterColumn { column, change, .. } = &step.operation
                        && let Some(Fact::Known(new)) = &change.new_name
                    {
                        renames.push((*column, *new));
                    }
                }
                if recreates(options.recreate, steps, self.kind()) {
                    self.undo_together(*table, &renames, before);
                } else {
                    for (old, new) in renames.into_iter().rev() {
                        self.undo_column(*table, old, new, before);
                    }
                }
            }
            _ => {}
        }
    }

    /// The renames of a block that rebuilds the table take effect at once, there and back.
    fn undo_together(&mut self, table: TableName, renames: &[(Name, Name)], before: &Schema) {
        let last = |at: usize, old: Name| !renames.iter().skip(at + 1).any(|(other, _)| *other == old);
        let renames: Vec<&(Name, Name)> = renames
            .iter()
            .enumerate()
            .filter(|(at, (old, _))| last(*at, *old))
            .map(|(_, pair)| pair)
            .collect();
        let alters: Vec<Operation> =
            renames.iter().filter_map(|(old, new)| self.back(table, *old, *new, before)).collect();
        if alters.is_empty() {
            return;
        }
        let steps = alters.into_iter().map(|operation| self.step(operation, Written::Batch)).collect();
        let options = BatchOptions { recreate: Recreate::Always, ..BatchOptions::default() };
        self.push_batch(table, options, steps);
    }

    fn undo_column(&mut self, table: TableName, old: Name, new: Name, before: &Schema) {
        if let Some(operation) = self.back(table, old, new, before) {
            self.push_alters(table, vec![operation]);
        }
    }

    fn back(&self, table: TableName, old: Name, new: Name, before: &Schema) -> Option<Operation> {
        let key = canonical(table, self.kind());
        let column = self.state.tables.get(&key)?.column(&new)?.clone();
        before.tables.get(&key)?.column(&old)?;
        if old == new {
            return None;
        }
        let mut change = ColumnChange { new_name: Some(Fact::Known(old)), ..ColumnChange::default() };
        super::alter::restate(&mut change, &column);
        Some(Operation::AlterColumn { table, column: new, change: Box::new(change) })
    }
}
