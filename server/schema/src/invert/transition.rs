//! From one schema to another, each operation tried on the way.

use super::{Why, declared};
use crate::apply::{Context, Failed, apply, recreates};
use crate::dialect::Change;
use crate::operation::{BatchOptions, Operation, Recreate, Step, Written};
use crate::{Check, Constraint, Index, Kind, Schema, Table, TableName};
use fact::{Fact, Place, Reason, Unknown};
use imbl::OrdMap;
use imbl::ordmap::DiffItem;
use std::collections::BTreeSet;
use std::ops::Bound;
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
    /// Every table in which the state differs from the target, and every one that an operation has changed on the way: no
    /// other table needs a look.
    concerned: BTreeSet<TableName>,
}

impl<'a> Transition<'a> {
    pub fn new(
        state: Schema,
        target: &'a Schema,
        context: &'a Context,
        place: Place,
        batched: bool,
    ) -> Transition<'a> {
        let concerned = changed(&state, target).collect();
        let (out, failures) = (Vec::new(), Vec::new());
        Transition { state, out, failures, context, place, batched, target, concerned }
    }

    pub fn kind(&self) -> Option<Kind> {
        self.context.kind()
    }

    pub fn push(&mut self, operation: Operation) {
        let step = self.step(operation, Written::Op);
        let before = self.state.clone();
        self.failures.extend(apply(&mut self.state, &step, self.context).failures);
        self.concerned.extend(changed(&before, &self.state));
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
        self.each_concerned(|transition, name| match (from.tables.get(name), to.tables.get(name)) {
            (Some(old), Some(new)) if !Arc::ptr_eq(old, new) => transition.drop_foreign_keys(old, new),
            _ => Ok(()),
        })?;
        self.each_concerned(|transition, name| match (from.tables.get(name), to.tables.get(name)) {
            (Some(old), Some(new)) if !Arc::ptr_eq(old, new) => transition.take_away(old, new),
            _ => Ok(()),
        })?;
        for table in &gone {
            self.push(Operation::DropTable { table: table.name, if_exists: false, cascade: false });
        }
        self.objects(&from, to);
        self.new_tables(to)?;
        self.each_concerned(|transition, name| {
            to.tables.get(name).map_or(Ok(()), |new| transition.bring_back(new))
        })?;
        self.each_concerned(|transition, name| {
            to.tables.get(name).into_iter().for_each(|new| transition.foreign_keys(new));
            Ok(())
        })?;
        self.each_concerned(|transition, name| {
            to.tables.get(name).into_iter().for_each(|new| transition.leftover_indexes(new));
            Ok(())
        })
    }

    /// By name; those that become concerned on the way are met if their turn is still to come.
    fn each_concerned(
        &mut self,
        mut visit: impl FnMut(&mut Self, &TableName) -> Result<(), Why>,
    ) -> Result<(), Why> {
        let mut from = Bound::Unbounded;
        while let Some(name) = self.concerned.range((from, Bound::Unbounded)).next().copied() {
            visit(self, &name)?;
            from = Bound::Excluded(name);
        }
        Ok(())
    }

    pub fn step(&self, operation: Operation, written: Written) -> Step {
        Step { operation, place: self.place, call_site: None, written, autocommit: false }
    }

    /// PostgreSQL adds labels and renames them, but takes none away.
    fn check_labels(&self, to: &Schema) -> Result<(), Why> {
        let differ = self.state.enums.diff(&to.enums).any(
            |item| matches!(item, DiffItem::Update { old: (_, old), new: (_, new) } if old.labels != new.labels),
        );
        if differ {
            return Err(Why::Impossible("PostgreSQL cannot take a label out of an enum type"));
        }
        Ok(())
    }

    fn objects(&mut self, from: &Schema, to: &Schema) {
        for (name, _) in surplus_entries(&from.enums, &to.enums) {
            self.push(Operation::DropEnum { name: *name, check_first: false });
        }
        for (name, ()) in surplus_entries(&from.sequences, &to.sequences) {
            self.push(Operation::DropSequence { name: *name, if_exists: false });
        }
        for ((kind, name), ()) in surplus_entries(&from.others, &to.others) {
            self.push(Operation::DropObject { kind: *kind, name: *name });
        }
        for ((kind, name), ()) in surplus_entries(&to.others, &from.others) {
            self.push(Operation::CreateObject { kind: *kind, name: *name });
        }
        for (name, ty) in surplus_entries(&to.enums, &from.enums) {
            self.push(Operation::CreateEnum { name: *name, labels: ty.labels.clone(), check_first: false });
        }
        for (name, ()) in surplus_entries(&to.sequences, &from.sequences) {
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

/// The entries of the first map whose keys the second one does not have. What the maps share is not gone through.
fn surplus_entries<'t, K: Ord, V: PartialEq>(
    map: &'t OrdMap<K, V>,
    other: &'t OrdMap<K, V>,
) -> impl Iterator<Item = (&'t K, &'t V)> {
    map.diff(other).filter_map(|item| match item {
        DiffItem::Remove(key, value) => Some((key, value)),
        DiffItem::Add(..) | DiffItem::Update { .. } => None,
    })
}

/// The tables that the two do not have alike.
pub(super) fn changed<'t>(a: &'t Schema, b: &'t Schema) -> impl Iterator<Item = TableName> + 't {
    a.tables.diff(&b.tables).map(|item| match item {
        DiffItem::Add(name, _) | DiffItem::Remove(name, _) | DiffItem::Update { old: (name, _), .. } => *name,
    })
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
    let mut left: Vec<Arc<Table>> = surplus_entries(&a.tables, &b.tables)
        .map(|(_, table)| table)
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
