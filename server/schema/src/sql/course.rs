//! The courses that a program may take.

use super::nothing;
use crate::operation::Written;
use crate::{DataChange, Operation, Step};
use fact::{Place, Reason, Unknown};

/// A program that does data at most is data; one that does nothing is nothing.
pub(super) fn summed_up(operations: Vec<Operation>, what: &str) -> Vec<Operation> {
    let mut operations = operations;
    if operations.iter().all(|operation| matches!(operation, Operation::Nothing { .. })) {
        operations.truncate(0);
        operations.push(nothing(what));
    } else {
        operations.retain(|operation| !matches!(operation, Operation::Nothing { .. }));
    }
    operations
}

/// One of two courses. What only changes rows is said as data that may not happen.
pub(super) fn either(left: Vec<Operation>, right: Vec<Operation>, place: Place) -> Vec<Operation> {
    let only_data = |operations: &[Operation]| {
        operations.iter().all(|o| matches!(o, Operation::Data(_) | Operation::Nothing { .. }))
    };
    if left == right {
        return left;
    }
    if only_data(&left) && only_data(&right) {
        return left.into_iter().chain(right).map(uncertain).collect();
    }
    let steps = |operations: Vec<Operation>| {
        operations
            .into_iter()
            .filter(|operation| !matches!(operation, Operation::Nothing { .. }))
            .map(|operation| Step {
                operation,
                place,
                call_site: None,
                written: Written::Sql,
                autocommit: false,
            })
            .collect()
    };
    let because = Unknown::new(Reason::UndecidedTest, place);
    vec![Operation::Either { left: steps(left), right: steps(right), because }]
}

fn uncertain(operation: Operation) -> Operation {
    match operation {
        Operation::Data(change) => Operation::Data(DataChange { certain: false, ..change }),
        other => other,
    }
}
