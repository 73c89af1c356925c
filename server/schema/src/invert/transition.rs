//! From one schema to another, each operation tried on the way.

use super::{Why, declared};
use crate::apply::{Context, Failed, apply, recreates};
use crate::dialect::Change;
use crate::operation::{BatchOptions, Operation, Recreate, Step, Written};
use crate::{Check, Constraint, Index, Kind, Schema, Table, TableName};
use fact::{Fact, Place, Reason, Unknown};
use std::sync::Arc;

/// The operations so far and the schema that they have led to.
pub(super) struct Transition<'a> {
    pub state: Schema,
    pub out: Vec<Operation>,
    pub failures: Vec<Failed>,
    pub context: &'a Context,
    place: Place,
    /// Alterations come in batch blocks although the dialect does not ask for them.
    batched: bool,
    target: &'a Schema,
}

impl<'a> Transition<'a> {
    pub fn new(
        state: Schema,
        target: &'a Schema,
        context: &'a Context,
        place: Place,
        batched: bool,
    ) -> Transition<'a> {
        Transition { state, out: Vec::new(), failures: Vec::new(), context, place, batched, target }
    }

    pub fn kind(&self) -> Option<Kind> {
        self.context.kind()
    }

    pub fn push(&mut self, operation: Operation) {
        let step = self.step(operation, Written::Op);
        self.failures.extend(apply(&mut self.state, &step, self.context).failures);
        self.out.push(step.operation);
    }

    /// Alterations of one table, in a batch block where one is needed.
    pub fn push_alters(&mut self, table: TableName, operations: Vec<Operation>) {
        if operations.is_empty() {
            return;
        }
        let sqlite = self.kind() == Some(Kind::Sqlite) && operations.iter().any(needs_batch);
        if !(sqlite || self.batched) {
            operations.into_iter().for_each(|operation| self.push(operation));
            return;
        }
        let mut options = BatchOptions::default();
        let mut steps = Vec::new();
        for operation in operations {
            match operation {
                // In a block that rebuilds the table a constraint must have a name, but for those given to the table.
                Operation::AddConstraint { constraint, .. }
                    if sqlite && *constraint.name() == Fact::Known(None) =>
                {
                    options.table_args.push(constraint);
                }
                other => steps.push(self.step(other, Written::Batch)),
            }
        }
        if steps.is_empty() {
            options.recreate = Recreate::Always;
        }
        self.push_batch(table, options, steps);
    }

    /// A block that rebuilds the table loses its unnamed CHECKs unless they are given once more.
    pub fn push_batch(&mut self, table: TableName, mut options: BatchOptions, steps: Vec<Step>) {
        if recreates(options.recreate, &steps, self.kind())
            && let (Some(now), Some(target)) = (self.state.tables.get(&table), self.target.tables.get(&table))
        {
            let mut wanted: Vec<&Check> = target.checks.iter().collect();
            for check in now.checks.iter().filter(|check| check.name == Fact::Known(None)) {
                if let Some(at) = wanted.iter().position(|other| *other == check) {
                    wanted.remove(at);
                    options.table_args.push(Constraint::Check(declared::check(check)));
                }
            }
        }
        self.push(Operation::Batch { table, options, steps });
    }

    /// Leads to `to`. Foreign keys go before columns, indexes before columns and tables, and come back after them.
    pub fn reach(&mut self) -> Result<(), Why> {
        let to = self.target;
        self.check_labels(to)?;
        let from = self.state.clone();
        let gone: Vec<Arc<Table>> = missing(&from, to);
        self.break_cycles(&gone)?;
        for (name, old) in &from.tables {
            if let Some(new) = to.tables.get(name).filter(|new| !Arc::ptr_eq(old, new)) {
                self.drop_foreign_keys(old, new)?;
            }
        }
        for (name, old) in &from.tables {
            if let Some(new) = to.tables.get(name).filter(|new| !Arc::ptr_eq(old, new)) {
                self.take_away(old, new)?;
            }
        }
        for table in &gone {
            self.push(Operation::DropTable { table: table.name, if_exists: false, cascade: false });
        }
        self.objects(&from, to);
        self.new_tables(to)?;
        for new in to.tables.values() {
            self.bring_back(new)?;
        }
        for new in to.tables.values() {
            self.foreign_keys(new);
        }
        for new in to.tables.values() {
            self.leftover_indexes(new);
        }
        Ok(())
    }

    pub fn step(&self, operation: Operation, written: Written) -> Step {
        Step { operation, place: self.place, call_site: None, written, autocommit: false }
    }

    /// PostgreSQL adds labels and renames them, but takes none away.
    fn check_labels(&self, to: &Schema) -> Result<(), Why> {
        for (name, old) in &self.state.enums {
            if let Some(new) = to.enums.get(name)
                && old.labels != new.labels
            {
                return Err(Why::Impossible("PostgreSQL cannot take a label out of an enum type"));
            }
        }
        Ok(())
    }

    fn objects(&mut self, from: &Schema, to: &Schema) {
        for name in from.enums.keys().filter(|name| !to.enums.contains_key(*name)) {
            self.push(Operation::DropEnum { name: *name, check_first: false });
        }
        for name in from.sequences.keys().filter(|name| !to.sequences.contains_key(*name)) {
            self.push(Operation::DropSequence { name: *name, if_exists: false });
        }
        for (kind, name) in from.others.keys().filter(|key| !to.others.contains_key(*key)) {
            self.push(Operation::DropObject { kind: *kind, name: *name });
        }
        for (kind, name) in to.others.keys().filter(|key| !from.others.contains_key(*key)) {
            self.push(Operation::CreateObject { kind: *kind, name: *name });
        }
        for (name, ty) in to.enums.iter().filter(|(name, _)| !from.enums.contains_key(*name)) {
            self.push(Operation::CreateEnum { name: *name, labels: ty.labels.clone(), check_first: false });
        }
        for name in to.sequences.keys().filter(|name| !from.sequences.contains_key(*name)) {
            self.push(Operation::CreateSequence { name: *name, if_not_exists: false });
        }
    }
}

/// What the first list has more of than the second.
pub(super) fn surplus<'t, T: PartialEq>(list: &'t [T], other: &[T]) -> Vec<&'t T> {
    let mut left: Vec<&T> = other.iter().collect();
    list.iter()
        .filter(|item| match left.iter().position(|other| other == item) {
            Some(at) => {
                left.remove(at);
                false
            }
            None => true,
        })
        .collect()
}

fn needs_batch(operation: &Operation) -> bool {
    let rules = Kind::Sqlite.rules();
    match operation {
        Operation::AddConstraint { .. } | Operation::DropConstraint { .. } => {
            !rules.alters(Change::Constraint)
        }
        Operation::AlterColumn { change, .. } => {
            change.ty.is_some()
                || change.nullable.is_some()
                || change.default.is_some()
                || change.new_name.is_none()
        }
        // A column that a key or a CHECK uses is not dropped in place; in a block it always is.
        Operation::DropColumn { .. } => true,
        _ => false,
    }
}

/// The tables of `a` that `b` does not have, those that refer to others first.
pub(super) fn missing(a: &Schema, b: &Schema) -> Vec<Arc<Table>> {
    let mut left: Vec<Arc<Table>> = a
        .tables
        .values()
        .filter(|table| !b.tables.contains_key(&table.name))
        .filter(|table| table.open.as_ref().is_none_or(|open| !open.reason.is_assumed()))
        .cloned()
        .collect();
    let mut out = Vec::new();
    while !left.is_empty() {
        let free = left.iter().position(|table| {
            !left.iter().any(|other| {
                other.name != table.name && other.foreign_keys.iter().any(|key| key.ref_table == table.name)
            })
        });
        out.push(left.remove(free.unwrap_or(0)));
    }
    out
}

/// Does the table have a foreign key to another one of these?
pub(super) fn refers(table: &Table, others: &[Arc<Table>]) -> bool {
    table
        .foreign_keys
        .iter()
        .any(|key| key.ref_table != table.name && others.iter().any(|other| other.name == key.ref_table))
}

pub(super) fn same_index(a: &Index, b: &Index) -> bool {
    declared::index(a) == declared::index(b)
}

pub(super) fn unnamed() -> Why {
    Why::Unknown(Unknown::nowhere(Reason::ServerMade))
}
