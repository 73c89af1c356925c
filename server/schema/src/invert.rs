//! The way back: operations that take a schema from what it became to what it was.
//!
//! A rename is turned round; everything else is worked out from the two schemas, so that what an operation took along in
//! passing (an index with its column, a default with a MODIFY) comes back too. Every answer is tried before it is given:
//! it applies without a failure and ends at the schema from before.

mod addition;
mod alter;
mod declared;
mod exact;
mod removal;
mod renames;
#[cfg(test)]
mod tests;
mod transition;

pub use exact::same;

use crate::apply::{Context, Failed, apply};
use crate::operation::{Operation, Step, Touched, Written};
use crate::{Difference, Schema, Table, TableName, differences};
use fact::{Place, Unknown};
use std::fmt;
use std::sync::Arc;
use transition::{Transition, changed};

/// Why there is no way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Something that would have to be restored, or named to be removed, is not known.
    Unknown(Unknown),
    /// The step could not be read, and so it is not known what it did.
    Opaque(Unknown),
    /// The database has no operation for it.
    Impossible(&'static str),
    /// The step itself fails.
    Fails(Failed),
    /// What could be found does not lead all the way back.
    Inexact(Vec<Difference>),
}

/// The operations that undo `step`, given the schema from before it, in an order that every database accepts.
pub fn invert(step: &Step, before: &Schema, context: &Context) -> Result<Vec<Operation>, Why> {
    if let Some(unknown) = opaque(step) {
        return Err(Why::Opaque(unknown));
    }
    let mut after = before.clone();
    let outcome = apply(&mut after, step, context);
    if let Some(failed) = outcome.failures.into_iter().next() {
        return Err(Why::Fails(failed));
    }
    restore(step, before, after, context)
}

/// The operations that undo all of the steps, the last one first.
pub fn invert_all(steps: &[Step], before: &Schema, context: &Context) -> Result<Vec<Operation>, Why> {
    let mut states = Vec::with_capacity(steps.len());
    let mut state = before.clone();
    for step in steps {
        states.push(state.clone());
        apply(&mut state, step, context);
    }
    let mut out = Vec::new();
    for (step, before) in steps.iter().zip(&states).rev() {
        out.extend(invert(step, before, context)?);
    }
    Ok(out)
}

/// The operations that lead from one schema to another where nothing was renamed.
pub fn transition(
    from: &Schema,
    to: &Schema,
    place: Place,
    context: &Context,
) -> Result<Vec<Operation>, Why> {
    let mut transition = Transition::new(from.clone(), to, context, place, false);
    transition.reach()?;
    finish(transition, to, context)
}

fn restore(step: &Step, before: &Schema, after: Schema, context: &Context) -> Result<Vec<Operation>, Why> {
    let batched = step.written == Written::Batch || matches!(step.operation, Operation::Batch { .. });
    let mut transition = Transition::new(after, before, context, step.place, batched);
    transition.undo_renames(step, before);
    transition.reach()?;
    finish(transition, before, context)
}

fn finish(transition: Transition<'_>, to: &Schema, context: &Context) -> Result<Vec<Operation>, Why> {
    let reached = &transition.state;
    let opened = if transition.failures.is_empty() {
        // Those of the target first.
        let differing: Vec<TableName> = changed(to, reached).collect();
        let tables = |schema: &Schema| differing.iter().find_map(|name| open(schema.tables.get(name)?));
        tables(to).or_else(|| tables(reached))
    } else {
        to.tables.values().chain(reached.tables.values()).find_map(open)
    };
    let exact = same(reached, to);
    if let (Some(unknown), false) = (opened, exact && transition.failures.is_empty()) {
        return Err(Why::Unknown(unknown));
    }
    if let Some(failed) = transition.failures.into_iter().next() {
        return Err(Why::Fails(failed));
    }
    if exact {
        Ok(transition.out)
    } else {
        Err(Why::Inexact(differences(to, &transition.state, context.dialect)))
    }
}

fn open(table: &Arc<Table>) -> Option<Unknown> {
    table.open.clone()
}

/// The first part of the step that could not be read.
fn opaque(step: &Step) -> Option<Unknown> {
    match &step.operation {
        Operation::Opaque { touches: Touched::Tables(tables), .. } if tables.is_empty() => None,
        Operation::Opaque { because, .. } | Operation::Either { because, .. } => Some(because.clone()),
        Operation::Batch { steps, .. } => steps.iter().find_map(opaque),
        _ => None,
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Unknown(unknown) => write!(f, "something to restore is not known: {}", unknown.reason),
            Why::Opaque(unknown) => write!(f, "it is not known what it does: {}", unknown.reason),
            Why::Impossible(what) => f.write_str(what),
            Why::Fails(failed) => write!(f, "it fails: {}", failed.failure),
            Why::Inexact(differences) => match differences.first() {
                Some(difference) => write!(f, "{difference}"),
                None => f.write_str("the way back does not end where it began"),
            },
        }
    }
}
