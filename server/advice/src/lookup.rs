//! What other revisions know of an object that is not there.

use alembic::graph::{Graph, Rev};
use alembic::history::{History, Point};
use fact::{Name, Place, Reason};
use rustc_hash::FxHashSet;
use schema::apply::{Context, Failure};
use schema::dialect::canonical;
use schema::{Operation, Schema, Step, TableName};
use std::sync::{Arc, OnceLock};

/// The whole history of one dialect, for questions about absence.
pub(crate) struct Lookup<'a> {
    pub history: &'a History,
    pub graph: &'a Graph,
    pub context: &'a Context,
    never_created: OnceLock<FxHashSet<TableName>>,
}

/// Where something is missing: in the upgrade of a revision, or in its downgrade, which runs after it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At {
    pub rev: Rev,
    pub downgrade: bool,
}

/// What became of an object that an operation does not find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// An earlier revision renamed it.
    Renamed {
        to: Name,
        by: Rev,
        place: Place,
    },
    /// An earlier revision dropped it.
    Dropped {
        by: Rev,
        place: Place,
    },
    /// A later revision makes it.
    Later {
        by: Rev,
        place: Place,
    },
    /// A revision that may run before or after makes it.
    Parallel,
    Nowhere,
}

impl<'a> Lookup<'a> {
    pub fn new(history: &'a History, graph: &'a Graph, context: &'a Context) -> Lookup<'a> {
        Lookup { history, graph, context, never_created: OnceLock::new() }
    }

    /// What other revisions do to a table that `at` does not find.
    pub fn table(&self, table: &TableName, at: At) -> Fate {
        let table = canonical(*table, self.context.kind());
        let has = |schema: &Schema| {
            schema
                .tables
                .get(&table)
                .is_some_and(|found| found.open.as_ref().is_none_or(|open| !open.reason.is_assumed()))
        };
        self.fate(at, has, |step| gone_table(step, &table), |step| made_table(step, &table))
    }

    /// What other revisions do to a column that `at` does not find.
    pub fn column(&self, table: &TableName, column: Name, at: At) -> Fate {
        let table = canonical(*table, self.context.kind());
        let has = |schema: &Schema| {
            let found = schema.tables.get(&table).and_then(|table| table.column(&column));
            found.is_some_and(|found| {
                found.ty.unknown().is_none_or(|unknown| unknown.reason != Reason::Assumed)
            })
        };
        self.fate(
            at,
            has,
            |step| gone_column(step, &table, column),
            |step| match &step.operation {
                Operation::AddColumn { table: name, column: added, .. } => {
                    *name == table && added.name == column
                }
                Operation::AlterColumn { table: name, change, .. } => {
                    *name == table && change.new_name.as_ref().and_then(fact::Fact::known) == Some(&column)
                }
                _ => made_table(step, &table),
            },
        )
    }

    fn fate(
        &self,
        at: At,
        has: impl Fn(&Schema) -> bool,
        gone: impl Fn(&Step) -> Option<Option<Name>>,
        made: impl Fn(&Step) -> bool,
    ) -> Fate {
        let points = &self.history.points;
        let here = self.history.position(at.rev).unwrap_or(points.len());
        let here = if at.downgrade { here + 1 } else { here };
        let makes = |point: &&Arc<Point>| !has(&point.before.schema) && has(&point.after.schema);
        let ancestors = self.graph.ancestors(&[at.rev]);
        let descendants = self.graph.descendants(&[at.rev]);
        for point in points.iter().take(here).rev() {
            if has(&point.before.schema) && !has(&point.after.schema) {
                if !ancestors.contains(point.rev) {
                    return Fate::Parallel;
                }
                let found = steps(point).find_map(|step| Some((gone(step)?, step.place)));
                let (to, place) = found.unwrap_or((None, whole(point)));
                return match to {
                    Some(to) => Fate::Renamed { to, by: point.rev, place },
                    None => Fate::Dropped { by: point.rev, place },
                };
            }
        }
        match points.iter().skip(here).find(makes) {
            Some(point) if point.rev == at.rev || descendants.contains(point.rev) => {
                let place = steps(point).find(|step| made(step)).map_or(whole(point), |step| step.place);
                Fate::Later { by: point.rev, place }
            }
            Some(_) => Fate::Parallel,
            None => Fate::Nowhere,
        }
    }

    /// The tables that are used and that no revision ever makes: they were there before the history, or there are none.
    pub fn never_created(&self) -> &FxHashSet<TableName> {
        self.never_created.get_or_init(|| {
            let mut out = FxHashSet::default();
            for point in &self.history.points {
                for failed in point.applied.iter().flat_map(|applied| &applied.failures) {
                    if let Failure::NoSuchTable { table } = &failed.failure {
                        let name = canonical(*table, self.context.kind());
                        if self.table(&name, At { rev: point.rev, downgrade: false }) == Fate::Nowhere {
                            out.insert(name);
                        }
                    }
                }
                // A table that is taken for granted without a failure: something unreadable may have made it.
                let assumed = point.after.schema.tables.values().filter(|table| {
                    table.open.as_ref().is_some_and(|open| open.reason.is_assumed())
                        && !point.before.schema.tables.contains_key(&table.name)
                });
                out.extend(assumed.map(|table| table.name));
            }
            out
        })
    }
}

/// Every step of the upgrade, those inside blocks and courses included.
pub(crate) fn steps(point: &Point) -> impl Iterator<Item = &Step> {
    let mut todo: Vec<&Step> = point.applied.iter().rev().map(|applied| &applied.step).collect();
    std::iter::from_fn(move || {
        let step = todo.pop()?;
        match &step.operation {
            Operation::Batch { steps, .. } => todo.extend(steps.iter().rev()),
            Operation::Either { left, right, .. } => todo.extend(left.iter().chain(right).rev()),
            _ => {}
        }
        Some(step)
    })
}

fn whole(point: &Point) -> Place {
    let first = point.applied.first();
    first.map_or(Place::whole_file(fact::FileId(0)), |applied| applied.step.place)
}

/// `Some` if the step takes the table away; with the new name if it gives one.
fn gone_table(step: &Step, table: &TableName) -> Option<Option<Name>> {
    match &step.operation {
        Operation::DropTable { table: name, .. } if name.name == table.name => Some(None),
        Operation::RenameTable { from, to } if from.name == table.name => Some(Some(to.name)),
        _ => None,
    }
}

fn made_table(step: &Step, table: &TableName) -> bool {
    match &step.operation {
        Operation::CreateTable { table: made, .. } => made.name.name == table.name,
        Operation::RenameTable { to, .. } => to.name == table.name,
        _ => false,
    }
}

fn gone_column(step: &Step, table: &TableName, column: Name) -> Option<Option<Name>> {
    match &step.operation {
        Operation::DropColumn { table: name, column: dropped, .. } => {
            (name.name == table.name && *dropped == column).then_some(None)
        }
        Operation::AlterColumn { table: name, column: altered, change } => {
            let renamed = change.new_name.as_ref().and_then(fact::Fact::known);
            (name.name == table.name && *altered == column)
                .then_some(renamed.copied())
                .filter(Option::is_some)
        }
        _ => gone_table(step, table).map(|_| None),
    }
}
