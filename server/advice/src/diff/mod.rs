//! The difference between the schema that is demanded and the one that the history made, as the operations that lead from
//! the second to the first, in the order in which Alembic's autogenerate writes them, each with its way back.
//!
//! What is not known makes no operation: it is withheld, with the reason.

mod checks;
mod columns;
mod expression;
mod foreign_keys;
mod identity;
mod indexes;
mod naming;
mod tables;
#[cfg(test)]
mod tests;

use fact::{FileId, Name, Place, Unknown};
use schema::operation::{BatchOptions, Operation, Step, Written};
use schema::{Kind, Schema, TableName};

/// What is compared, and as which database sees it.
#[derive(Debug, Clone)]
pub struct Options {
    pub kind: Kind,
    /// `compare_type`
    pub types: bool,
    /// `compare_server_default`
    pub defaults: bool,
    /// CHECK constraints, by their names: Alembic's plugin `checkconstraint_byname`.
    pub checks: bool,
    /// Indexes on expressions are seen. Alembic does not see those of SQLite; a history does.
    pub expression_indexes: bool,
    /// The schema that a table without one is in: `public` on PostgreSQL.
    pub default_schema: Option<Name>,
    /// Alembic's own table, which is on neither side.
    pub version_table: TableName,
}

impl Options {
    /// Everything, as Alembic sees it on this database.
    pub fn all(kind: Kind) -> Options {
        Options {
            kind,
            types: true,
            defaults: true,
            checks: true,
            expression_indexes: true,
            default_schema: (kind == Kind::Postgresql).then(|| fact::name("public")),
            version_table: TableName::plain("alembic_version"),
        }
    }

    fn key(&self, table: &TableName) -> TableName {
        TableName { schema: table.schema.filter(|schema| Some(*schema) != self.default_schema), ..*table }
    }
}

/// One operation and what takes it back.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub forward: Operation,
    pub back: Operation,
}

/// A difference that there may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// The table or column, as `tasks.title`.
    pub what: String,
    pub because: Unknown,
}

/// All that is to be done.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    pub list: Vec<Change>,
    pub withheld: Vec<Withheld>,
}

/// What leads from `actual` to `desired`.
pub fn compare(desired: &Schema, actual: &Schema, options: &Options) -> Changes {
    let mut changes = Changes::default();
    tables::compare(desired, actual, options, &mut changes);
    changes
}

impl Changes {
    pub fn upgrade(&self) -> Vec<Operation> {
        self.list.iter().map(|change| change.forward.clone()).collect()
    }

    pub fn downgrade(&self) -> Vec<Operation> {
        self.list.iter().rev().map(|change| change.back.clone()).collect()
    }

    fn push(&mut self, forward: Operation, back: Operation) {
        self.list.push(Change { forward, back });
    }

    fn withhold(&mut self, what: impl Into<String>, because: &Unknown) {
        self.withheld.push(Withheld { what: what.into(), because: because.clone() });
    }
}

/// The same operations with those on one table in a batch block, as `render_as_batch` writes them.
pub fn batched(operations: Vec<Operation>) -> Vec<Operation> {
    let mut out: Vec<Operation> = Vec::new();
    for operation in operations {
        let Some(table) = in_block(&operation) else {
            out.push(operation);
            continue;
        };
        let place = Place::whole_file(FileId(0));
        let step = Step { operation, place, call_site: None, written: Written::Batch, autocommit: false };
        match out.last_mut() {
            Some(Operation::Batch { table: open, steps, .. }) if *open == table => steps.push(step),
            _ => {
                let options = BatchOptions::default();
                out.push(Operation::Batch { table, options, steps: vec![step] });
            }
        }
    }
    out
}

fn in_block(operation: &Operation) -> Option<TableName> {
    match operation {
        Operation::AddColumn { table, .. }
        | Operation::DropColumn { table, .. }
        | Operation::AlterColumn { table, .. }
        | Operation::AddConstraint { table, .. }
        | Operation::DropConstraint { table, .. }
        | Operation::CreateIndex { table, .. }
        | Operation::SetTableComment { table, .. } => Some(*table),
        Operation::DropIndex { table, .. } => *table,
        _ => None,
    }
}
