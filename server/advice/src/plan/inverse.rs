//! The way back from a revision, in one text for all databases of the project.

use crate::rules::left_over;
use alembic::graph::Rev;
use alembic::history::Point;
use fact::Place;
use project::Environment;
use schema::apply::{Context, apply};
use schema::invert::{Why, invert_all, transition};
use schema::operation::{Operation, Step, Written};
use schema::{Kind, Schema};
use std::sync::Arc;

/// What a downgrade has to do.
#[derive(Debug, Clone)]
pub(crate) struct Inverse {
    /// In an order that every database accepts.
    pub operations: Vec<Operation>,
    /// What no operation brings back, as `the values of tasks.title`.
    pub lost: Vec<String>,
    /// Nothing is done but dropping what the upgrade made.
    pub only_drops: bool,
}

/// What undoes the whole upgrade; `None` if there is no certain answer that holds on every database of the project.
pub(crate) fn whole(environment: &Environment, rev: Rev) -> Option<Inverse> {
    let ways = ways(environment, rev, |point, context, _| {
        invert_all(&point.upgrade.steps, &point.before.schema, context)
    })?;
    choose(&ways)
}

/// What is left to undo after the downgrade as it stands.
pub(crate) fn rest(environment: &Environment, rev: Rev) -> Option<Inverse> {
    let ways = ways(environment, rev, |point, context, start| {
        transition(start, &point.before.schema, place(point), context)
    })?;
    choose(&ways)
}

/// The way back on one database.
struct Way<'a> {
    context: &'a Context,
    point: &'a Arc<Point>,
    /// Where the operations start.
    start: Schema,
    operations: Vec<Operation>,
}

fn ways<'a>(
    environment: &'a Environment,
    rev: Rev,
    find: impl Fn(&Point, &Context, &Schema) -> Result<Vec<Operation>, Why>,
) -> Option<Vec<Way<'a>>> {
    let mut out = Vec::new();
    for (context, history) in &environment.histories {
        let point = history.point(rev)?;
        let down = environment.downgrade(context, point)?;
        let start = down.after.schema.clone();
        let operations = find(point, context, &start).ok()?;
        out.push(Way { context, point, start, operations });
    }
    // SQLite can do the least: what it accepts, the others mostly do too.
    out.sort_by_key(|way| way.context.kind() != Some(Kind::Sqlite));
    Some(out)
}

fn choose(ways: &[Way<'_>]) -> Option<Inverse> {
    let types: Vec<&Operation> = ways
        .iter()
        .flat_map(|way| &way.operations)
        .filter(|operation| matches!(operation, Operation::DropEnum { .. }))
        .collect();
    let operations = ways.iter().find_map(|way| {
        let mut operations = way.operations.clone();
        for drop in &types {
            if !operations.contains(drop) {
                operations.push((*drop).clone());
            }
        }
        (!operations.is_empty() && ways.iter().all(|way| leads_back(way, &operations))).then_some(operations)
    })?;
    let point = ways.first()?.point;
    let mut lost = Vec::new();
    for step in crate::lookup::steps(point) {
        let what = match &step.operation {
            Operation::DropTable { table, .. } => format!("the rows of {table}"),
            Operation::DropColumn { table, column, .. } => format!("the values of {table}.{column}"),
            Operation::Data(change) => match change.table {
                Some(table) => format!("the rows of {table}"),
                None => "the rows".to_owned(),
            },
            _ => continue,
        };
        if !lost.contains(&what) {
            lost.push(what);
        }
    }
    // What is dropped now needs no rows brought back.
    lost.retain(|what| {
        !operations.iter().any(|operation| match operation {
            Operation::DropTable { table, .. } => *what == format!("the rows of {table}"),
            _ => false,
        })
    });
    let only_drops = operations.iter().all(drops);
    Some(Inverse { operations, lost, only_drops })
}

fn drops(operation: &Operation) -> bool {
    match operation {
        Operation::DropTable { .. }
        | Operation::DropColumn { .. }
        | Operation::DropIndex { .. }
        | Operation::DropConstraint { .. }
        | Operation::DropEnum { .. }
        | Operation::DropSequence { .. } => true,
        Operation::Batch { steps, .. } => steps.iter().all(|step| drops(&step.operation)),
        _ => false,
    }
}

/// The operations run on this database and end where the revision began.
fn leads_back(way: &Way<'_>, operations: &[Operation]) -> bool {
    let mut schema = way.start.clone();
    let named_enums = way.context.kind().is_none_or(|kind| kind.rules().named_enums());
    for operation in operations {
        // Without a type of its own `Enum.drop` does nothing.
        if matches!(operation, Operation::DropEnum { .. }) && !named_enums {
            continue;
        }
        let step = Step {
            operation: operation.clone(),
            place: place(way.point),
            call_site: None,
            written: Written::Op,
            autocommit: false,
        };
        if !apply(&mut schema, &step, way.context).failures.is_empty() {
            return false;
        }
    }
    left_over(&way.point.before.schema, &schema, way.context.dialect).is_empty()
}

fn place(point: &Point) -> Place {
    let first = point.upgrade.steps.first();
    first.map_or(Place::whole_file(fact::FileId(0)), |step| step.place)
}
