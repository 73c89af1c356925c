//! The schema before and after every revision and every operation.

use crate::evaluate::Evaluation;
use crate::graph::Rev;
use crate::state::State;
use rustc_hash::FxHashMap;
use schema::apply::{Context, Failed};
use schema::{Schema, Step};
use std::sync::{Arc, OnceLock};

/// The revisions in the order of `alembic upgrade`, each with what it found and left.
#[derive(Debug, Clone, Default)]
pub struct History {
    pub points: Vec<Arc<Point>>,
    by_revision: FxHashMap<Rev, usize>,
}

/// One revision in the history.
#[derive(Debug)]
pub struct Point {
    pub rev: Rev,
    pub upgrade: Arc<Evaluation>,
    pub before: Arc<State>,
    pub after: Arc<State>,
    pub applied: Vec<Applied>,
    /// The way back from `after`, once somebody asked for it.
    pub downgrade: OnceLock<Arc<Down>>,
}

/// A downgrade as it runs on the state that the upgrade left.
#[derive(Debug, Clone)]
pub struct Down {
    pub evaluation: Arc<Evaluation>,
    pub applied: Vec<Applied>,
    pub after: State,
}

/// One top-level step of an upgrade as it ran.
#[derive(Debug, Clone)]
pub struct Applied {
    pub step: Step,
    pub before: Schema,
    pub failures: Vec<Failed>,
    pub after: Schema,
}

impl Point {
    /// Runs an evaluated upgrade on the state before it.
    pub fn new(rev: Rev, upgrade: Arc<Evaluation>, before: Arc<State>, context: &Context) -> Point {
        let (applied, after) = run(&upgrade.steps, &before, context);
        Point { rev, upgrade, before, after: Arc::new(after), applied, downgrade: OnceLock::new() }
    }
}

/// Applies steps one after the other and keeps the schemas in between.
pub fn run(steps: &[Step], before: &State, context: &Context) -> (Vec<Applied>, State) {
    let mut state = before.clone();
    let applied = steps
        .iter()
        .map(|step| {
            let before = state.schema.clone();
            let outcome = state.apply(step, context);
            Applied { step: step.clone(), before, failures: outcome.failures, after: state.schema.clone() }
        })
        .collect();
    (applied, state)
}

impl Down {
    pub fn new(evaluation: Arc<Evaluation>, before: &State, context: &Context) -> Down {
        let (applied, after) = run(&evaluation.steps, before, context);
        Down { evaluation, applied, after }
    }
}

impl History {
    pub fn push(&mut self, point: Arc<Point>) {
        self.by_revision.insert(point.rev, self.points.len());
        self.points.push(point);
    }

    pub fn point(&self, rev: Rev) -> Option<&Arc<Point>> {
        self.points.get(*self.by_revision.get(&rev)?)
    }

    /// The state after the last revision.
    pub fn end(&self) -> Arc<State> {
        self.points.last().map(|point| point.after.clone()).unwrap_or_default()
    }
}
