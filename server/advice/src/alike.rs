//! When a revision that stands on another schema than before gives what it gave: an edit of an old revision changes every
//! schema after it, and hardly what later revisions mean.

use alembic::history::{Applied, Down, Point};
use alembic::host::touched_tables;
use fact::{same, strictly};
use imbl::ordmap::DiffItem;
use schema::apply::Context;
use schema::dialect::canonical;
use schema::{Operation, Schema, Step, TableName};
use std::sync::Arc;

/// A revision as it runs, forth and back.
#[derive(Clone, Copy)]
pub(crate) struct Run<'a> {
    pub point: &'a Point,
    pub down: &'a Down,
}

/// Whether rules see the same in both. Where nothing fails they look at the tables that the operations name, and at what
/// is no table; where something fails they may look at anything.
pub(crate) fn alike(old: Run<'_>, new: Run<'_>, context: &Context) -> bool {
    let same_code = Arc::ptr_eq(&old.point.upgrade, &new.point.upgrade)
        && Arc::ptr_eq(&old.down.evaluation, &new.down.evaluation);
    if !same_code || [old, new].iter().any(Run::fails) {
        return false;
    }
    let Some(named) = touched_tables(new.steps()) else { return false };
    let mut named: Vec<TableName> = named.into_iter().map(|name| canonical(name, context.kind())).collect();
    let asks_names = data_tables(new.steps(), &mut named, context);
    [old, new].iter().all(|run| run.stays_within(&named))
        && old.schemas().into_iter().zip(new.schemas()).all(|(a, b)| same_parts(a, b, &named))
        && !(asks_names && other_names(&old.point.before.schema, &new.point.before.schema))
}

impl<'a> Run<'a> {
    fn applied(&self) -> impl Iterator<Item = &'a Applied> + use<'a> {
        self.point.applied.iter().chain(&self.down.applied)
    }

    fn steps(&self) -> impl Iterator<Item = &'a Step> + use<'a> {
        self.applied().map(|applied| &applied.step)
    }

    fn fails(&self) -> bool {
        self.applied().any(|applied| !applied.failures.is_empty())
    }

    fn schemas(&self) -> [&'a Schema; 3] {
        [&self.point.before.schema, &self.point.after.schema, &self.down.after.schema]
    }

    /// No other tables than these are changed in passing.
    fn stays_within(&self, named: &[TableName]) -> bool {
        let [before, after, back] = self.schemas();
        let within = |a: &Schema, b: &Schema| {
            strictly(|| {
                a.tables.diff(&b.tables).all(|item| match item {
                    DiffItem::Add(name, _)
                    | DiffItem::Remove(name, _)
                    | DiffItem::Update { new: (name, _), .. } => named.contains(name),
                })
            })
        };
        within(before, after) && within(after, back)
    }
}

fn same_parts(a: &Schema, b: &Schema, named: &[TableName]) -> bool {
    // Whoever adds a part to a schema has to say here how it is compared.
    let Schema { tables, enums, sequences, others, maybe_tables, maybe_enums, opaque } = a;
    same(opaque, &b.opaque)
        && same(enums, &b.enums)
        && same(maybe_enums, &b.maybe_enums)
        && same(maybe_tables, &b.maybe_tables)
        && *sequences == b.sequences
        && *others == b.others
        && named.iter().all(|name| same(&tables.get(name), &b.tables.get(name)))
}

/// Adds the tables whose rows the steps touch; `true` if there are any: they are looked for among all names.
fn data_tables<'s>(
    steps: impl Iterator<Item = &'s Step>,
    named: &mut Vec<TableName>,
    context: &Context,
) -> bool {
    let mut found = false;
    for step in steps {
        match &step.operation {
            Operation::Data(change) => {
                found = true;
                named.extend(change.table.map(|name| canonical(name, context.kind())));
            }
            Operation::Batch { steps, .. } => found |= data_tables(steps.iter(), named, context),
            Operation::Either { left, right, .. } => {
                found |= data_tables(left.iter().chain(right), named, context);
            }
            _ => {}
        }
    }
    found
}

/// A table is in the one schema and not in the other.
fn other_names(a: &Schema, b: &Schema) -> bool {
    let mut changes = a.tables.diff(&b.tables);
    changes.any(|item| !matches!(item, DiffItem::Update { .. }))
}
