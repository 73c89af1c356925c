//! Renames turned round.

use super::transition::Transition;
use crate::operation::{ColumnChange, Operation, Step};
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
            Operation::Batch { table, steps, .. } => {
                let mut renames: Vec<(Name, Name)> = Vec::new();
                for step in steps {
                    if let Operation::AlterColumn { column, change, .. } = &step.operation
                        && let Some(Fact::Known(new)) = &change.new_name
                    {
                        renames.push((*column, *new));
                    }
                }
                for (old, new) in renames.into_iter().rev() {
                    self.undo_column(*table, old, new, before);
                }
            }
            _ => {}
        }
    }

    fn undo_column(&mut self, table: TableName, old: Name, new: Name, before: &Schema) {
        let key = crate::dialect::canonical(table, self.kind());
        let known = self.state.tables.get(&key).and_then(|table| table.column(&new)).cloned();
        let was = before.tables.get(&key).is_some_and(|table| table.column(&old).is_some());
        let (Some(column), true) = (known, was && old != new) else { return };
        let mut change = ColumnChange { new_name: Some(Fact::Known(old)), ..ColumnChange::default() };
        super::alter::restate(&mut change, &column);
        let operation = Operation::AlterColumn { table, column: new, change: Box::new(change) };
        self.push_alters(table, vec![operation]);
    }
}
