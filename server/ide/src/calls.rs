//! The operations of a revision file and where they stand in it.

use alembic::evaluate::Direction;
use alembic::history::{Applied, Down, Point};
use fact::{FileId, Place};
use project::{Environment, Snapshot};
use schema::apply::Context;
use schema::{Operation, Schema, Step};
use std::ops::Range;
use std::sync::Arc;

/// One revision as it runs on one dialect.
pub struct Runs<'a> {
    pub context: &'a Context,
    pub point: &'a Arc<Point>,
    pub down: Option<Arc<Down>>,
}

impl<'a> Runs<'a> {
    /// The runs of the revision in `file`, by dialect; none if no history reaches it.
    pub fn of(environment: &'a Environment, file: FileId) -> Vec<Runs<'a>> {
        let Some(rev) = environment.rev_of(file) else { return Vec::new() };
        let run = |(context, history): &'a (Arc<Context>, Arc<alembic::history::History>)| {
            let point = history.point(rev)?;
            Some(Runs { context, point, down: environment.downgrade(context, point) })
        };
        environment.histories.iter().filter_map(run).collect()
    }

    pub fn steps(&self, direction: Direction) -> &[Applied] {
        match (direction, &self.down) {
            (Direction::Upgrade, _) => &self.point.applied,
            (Direction::Downgrade, Some(down)) => &down.applied,
            (Direction::Downgrade, None) => &[],
        }
    }
}

/// An operation with the schema before and after it; inside a batch or an undecided branch, before and after the whole.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    pub step: &'a Step,
    pub before: &'a Schema,
    pub after: &'a Schema,
}

/// Every operation of `applied`, inner ones after the one that holds them.
pub fn calls(applied: &[Applied]) -> Vec<Call<'_>> {
    let mut out = Vec::new();
    for applied in applied {
        let (before, after) = (&applied.before, &applied.after);
        push(&mut out, Call { step: &applied.step, before, after });
    }
    out
}

fn push<'a>(out: &mut Vec<Call<'a>>, call: Call<'a>) {
    out.push(call);
    for step in inner(&call.step.operation) {
        push(out, Call { step, ..call });
    }
}

/// The operations that one holds.
pub fn inner(operation: &Operation) -> impl Iterator<Item = &Step> {
    let (one, other): (&[Step], &[Step]) = match operation {
        Operation::Batch { steps, .. } => (steps, &[]),
        Operation::Either { left, right, .. } => (left, right),
        _ => (&[], &[]),
    };
    one.iter().chain(other)
}

/// Where the step is written in `file`: the call itself, or the call of the helper that holds it.
pub fn place_in(step: &Step, file: FileId) -> Option<Place> {
    let places = [Some(step.place), step.call_site];
    places.into_iter().flatten().find(|place| place.file == file && !place.is_whole_file())
}

/// The bytes of the step in `file`.
pub fn span_in(snapshot: &Snapshot, step: &Step, file: FileId) -> Option<Range<u32>> {
    snapshot.span(place_in(step, file)?)
}
