//! The database at one point of the history: its schema, and which tables certainly hold no rows.

use imbl::OrdSet;
use schema::apply::{Context, Outcome};
use schema::{Operation, Schema, Step, TableName, Touched};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    pub schema: Schema,
    pub rows: Rows,
}

impl State {
    pub fn apply(&mut self, step: &Step, context: &Context) -> Outcome {
        let outcome = schema::apply::apply(&mut self.schema, step, context);
        self.rows.apply(step);
        outcome
    }
}

/// The tables that the history created and nothing has filled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    empty: OrdSet<TableName>,
}

impl Rows {
    pub fn is_empty(&self, table: &TableName) -> bool {
        self.empty.contains(table)
    }

    pub fn apply(&mut self, step: &Step) {
        match &step.operation {
            Operation::CreateTable { table, .. } if table.open.is_none() => {
                self.empty.insert(table.name);
            }
            Operation::DropTable { table, .. } => {
                self.empty.remove(table);
            }
            Operation::RenameTable { from, to } => {
                let renamed = self.empty.remove(from);
                self.empty.extend(renamed.map(|_| *to));
            }
            Operation::Data(change) => match (change.kind, change.table) {
                (schema::operation::DataKind::Insert, Some(table)) => {
                    self.empty.remove(&table);
                }
                (schema::operation::DataKind::Insert, None) => self.empty.clear(),
                // What is deleted later may have been filled before by code that was not seen.
                _ => {}
            },
            Operation::Batch { steps, .. } => steps.iter().for_each(|step| self.apply(step)),
            Operation::Opaque { touches: Touched::Anything, .. } => self.empty.clear(),
            Operation::Opaque { touches: Touched::Tables(tables), .. } => {
                for table in tables {
                    self.empty.remove(table);
                }
            }
            Operation::Either { left, right, .. } => {
                let mut other = self.clone();
                left.iter().for_each(|step| self.apply(step));
                right.iter().for_each(|step| other.apply(step));
                self.empty = self.empty.clone().intersection(other.empty);
            }
            _ => {}
        }
    }
}
