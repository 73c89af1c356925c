//! What an operation makes of a schema.
//!
//! An operation that the database would refuse is reported once; the schema goes on as if its intent had happened, so that
//! one mistake does not bring a finding for every later operation. [`apply_strict`] leaves the schema alone instead.

mod affinity;
mod alter;
mod batch;
mod column;
mod constraint;
mod draft;
mod drop;
mod engine;
mod enums;
mod failure;
mod family;
mod fit;
mod foreign_key;
mod index;
mod mention;
mod named;
mod rebuild;
mod restate;
mod table;
#[cfg(test)]
mod tests;

pub use batch::recreates;
pub use failure::{Existing, Failed, Failure, User};

use crate::naming::NamingConvention;
use crate::{Dialect, Kind, Schema, Step};
use engine::Engine;
use fact::Fact;

/// What the outcome of an operation depends on besides the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// `None`: no dialect is configured, and what databases decide is unknown.
    pub dialect: Option<Dialect>,
    /// The convention of the metadata that env.py passes; it also names what `op.*` makes.
    pub naming: Fact<NamingConvention>,
}

impl Context {
    /// SQLAlchemy's default naming convention.
    pub fn new(dialect: Option<Dialect>) -> Context {
        Context { dialect, naming: Fact::Known(NamingConvention::default()) }
    }

    pub fn kind(&self) -> Option<Kind> {
        self.dialect.map(|dialect| dialect.kind)
    }
}

/// What went wrong; nothing, usually.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    pub failures: Vec<Failed>,
}

/// Applies one step. Failures are collected and the intent is carried out all the same.
pub fn apply(schema: &mut Schema, step: &Step, context: &Context) -> Outcome {
    apply_all(schema, std::slice::from_ref(step), context)
}

/// Applies steps in order.
pub fn apply_all(schema: &mut Schema, steps: &[Step], context: &Context) -> Outcome {
    let mut engine = Engine::new(schema, context);
    engine.steps(steps);
    Outcome { failures: engine.failures }
}

/// Applies one step, or nothing if any part of it would fail.
pub fn apply_strict(schema: &mut Schema, step: &Step, context: &Context) -> Outcome {
    let before = schema.clone();
    let outcome = apply(schema, step, context);
    if !outcome.failures.is_empty() {
        *schema = before;
    }
    outcome
}
