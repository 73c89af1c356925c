mod alter;
mod batch;
mod column;
mod constraint;
mod enums;
mod names;
mod table;
mod unknown;

use crate::apply::{apply, apply_strict};
use crate::operation::{Operation, Written};
use crate::testing::*;
use crate::{Kind, Schema};

/// Applies `operation` to what `setup` (SQL) makes and compares the whole schema.
#[track_caller]
fn check_apply(kind: Kind, setup: &str, operation: Operation, expected: &str) {
    let before = schema(kind, setup);
    let found = after(kind, &before, vec![operation]);
    assert_eq!(show(&found, Some(kind)), expected);
}

/// The operation fails so, and leaves the schema alone when applied strictly.
#[track_caller]
fn check_refused(kind: Kind, setup: &str, operation: Operation, expected: &str) {
    check_refused_as(kind, setup, operation, Written::Op, expected);
}

#[track_caller]
fn check_refused_as(kind: Kind, setup: &str, operation: Operation, written: Written, expected: &str) {
    let before = schema(kind, setup);
    let mut now = before.clone();
    let outcome = apply_strict(&mut now, &step(operation, written), &context(kind));
    let failures: Vec<String> = outcome.failures.iter().map(|failed| failed.failure.to_string()).collect();
    assert_eq!(failures.join("; "), expected, "{kind}");
    assert_eq!(now, before);
}

/// The operation fails, and the schema goes on as if it had not.
#[track_caller]
fn check_intent(kind: Kind, setup: &str, operation: Operation, expected: &str) -> Schema {
    let mut now = schema(kind, setup);
    let outcome = apply(&mut now, &op(operation), &context(kind));
    assert_eq!(outcome.failures.len(), 1, "{:?}", outcome.failures);
    assert_eq!(show(&now, Some(kind)), expected);
    now
}
