//! `batch_alter_table`: plain ALTERs, or on SQLite a new table in the place of the old one.

use super::engine::Engine;
use super::table::brings_check;
use crate::operation::{BatchOptions, Operation, Recreate, Step};
use crate::{Kind, ServerDefault, TableName};
use fact::Fact;

impl Engine<'_> {
    pub fn batch(&mut self, table: &TableName, options: &BatchOptions, steps: &[Step]) {
        let (written, place) = (self.written, self.place);
        if recreates(options.recreate, steps, self.kind()) {
            self.rebuild(table, options, steps);
        } else {
            self.renamed.clear();
            self.steps(steps);
            self.renamed.clear();
        }
        (self.written, self.place) = (written, place);
    }
}

/// Would a block with this queue put a new table in the place of the old one? Alembic asks so for the queue so far when
/// `insert_before` or `insert_after` is given, and raises if not.
pub fn recreates(recreate: Recreate, steps: &[Step], kind: Option<Kind>) -> bool {
    match recreate {
        Recreate::Always => true,
        Recreate::Never => false,
        Recreate::Auto => kind == Some(Kind::Sqlite) && steps.iter().any(needs_recreate),
    }
}

/// What SQLite's ALTER TABLE and CREATE INDEX cannot do.
fn needs_recreate(step: &Step) -> bool {
    match &step.operation {
        Operation::CreateIndex { .. } | Operation::DropIndex { .. } => false,
        Operation::AddColumn { column, constraints, .. } => {
            let expression = !matches!(column.default, Fact::Known(None | Some(ServerDefault::Literal(_))));
            let stored = column.computed.as_ref().is_some_and(|computed| computed.persisted == Some(true));
            // The constraints of a new column are queued apart from it.
            let queued =
                constraints.iter().any(|constraint| !matches!(constraint, crate::Constraint::Check(_)));
            expression || stored || queued || brings_check(column)
        }
        // Statements that run at once are no part of the queue.
        Operation::Data(_) | Operation::Nothing { .. } | Operation::Opaque { .. } => false,
        Operation::Either { left, right, .. } => left.iter().chain(right).any(needs_recreate),
        _ => true,
    }
}
