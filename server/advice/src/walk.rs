//! Every operation of one direction, those inside blocks and undecided courses included, with the schema around it.

use crate::rows::Rows;
use alembic::history::Applied;
use fact::Unknown;
use schema::apply::{Context, Failed, apply};
use schema::dialect::canonical;
use schema::{Operation, Schema, Step};

/// One operation as it runs.
#[derive(Debug, Clone)]
pub(crate) struct Visit<'a> {
    pub step: &'a Step,
    pub before: Schema,
    pub after: Schema,
    /// Each failure of the run belongs to exactly one visit.
    pub failures: Vec<Failed>,
    /// The block that it stands in.
    pub block: Option<Block<'a>>,
    /// Only one of two courses has it.
    pub undecided: Option<&'a Unknown>,
    /// The rows as the operation meets them.
    pub rows: Rows,
}

/// A `batch_alter_table` block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block<'a> {
    pub step: &'a Step,
}

/// The operations in the order in which they run; a block stands before what is in it.
pub(crate) fn walk<'a>(applied: &'a [Applied], context: &'a Context) -> Vec<Visit<'a>> {
    let mut walk = Walk { context, rows: Rows::default(), out: Vec::new() };
    for one in applied {
        let first = walk.out.len();
        walk.step(&one.step, &one.before, &one.after, None, None);
        walk.share_out(first, &one.failures);
    }
    walk.out
}

struct Walk<'a> {
    context: &'a Context,
    rows: Rows,
    out: Vec<Visit<'a>>,
}

impl<'a> Walk<'a> {
    fn step(
        &mut self,
        step: &'a Step,
        before: &Schema,
        after: &Schema,
        block: Option<Block<'a>>,
        undecided: Option<&'a Unknown>,
    ) {
        self.out.push(Visit {
            step,
            before: before.clone(),
            after: after.clone(),
            failures: Vec::new(),
            block,
            undecided,
            rows: self.rows.clone(),
        });
        let kind = self.context.kind();
        match &step.operation {
            Operation::Batch { steps, .. } => {
                let block = Block { step };
                self.steps(steps, before, Some(block), undecided);
            }
            Operation::Either { left, right, because } => {
                let rows = self.rows.clone();
                self.steps(left, before, block, Some(because));
                self.rows = rows.clone();
                self.steps(right, before, block, Some(because));
                self.rows = rows;
                self.rows.pass(step, before, |name| canonical(*name, kind));
            }
            _ => self.rows.pass(step, before, |name| canonical(*name, kind)),
        }
    }

    fn steps(
        &mut self,
        steps: &'a [Step],
        before: &Schema,
        block: Option<Block<'a>>,
        undecided: Option<&'a Unknown>,
    ) {
        let mut now = before.clone();
        for step in steps {
            let before = now.clone();
            apply(&mut now, step, self.context);
            let after = now.clone();
            self.step(step, &before, &after, block, undecided);
        }
    }

    /// Gives each failure to the operation that it came from, the block or course as a whole if that is not known.
    fn share_out(&mut self, first: usize, failures: &[Failed]) {
        for failed in failures {
            let of_step = |visit: &Visit<'_>| {
                let whole =
                    matches!(visit.step.operation, Operation::Batch { .. } | Operation::Either { .. });
                !whole && visit.undecided.is_none() && visit.step.place.key() == failed.place.key()
            };
            let visits = self.out.get_mut(first..).unwrap_or_default();
            let at = visits.iter().position(of_step).unwrap_or(0);
            if let Some(visit) = visits.get_mut(at) {
                visit.failures.push(failed.clone());
            }
        }
    }
}
