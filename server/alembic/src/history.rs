//! The schema before and after every revision and every operation.

use crate::evaluate::Evaluation;
use crate::graph::Rev;
use crate::state::State;
use imbl::Vector;
use rustc_hash::FxHashMap;
use schema::apply::{Context, Failed};
use schema::{Schema, Step};
use std::sync::{Arc, Mutex, PoisonError};

/// The revisions in the order of `alembic upgrade`, each with what it found and left. Clones share what is the same.
#[derive(Debug, Clone, Default)]
pub struct History {
    pub points: Vector<Arc<Point>>,
    positions: Arc<FxHashMap<Rev, usize>>,
}

/// One revision in the history.
#[derive(Debug)]
pub struct Point {
    pub rev: Rev,
    pub upgrade: Arc<Evaluation>,
    pub before: Arc<State>,
    pub after: Arc<State>,
    pub applied: Vec<Applied>,
    down: Mutex<Option<Arc<Down>>>,
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
        Point { rev, upgrade, before, after: Arc::new(after), applied, down: Mutex::default() }
    }

    /// The same upgrade on the same state, of whose downgrade nothing is known.
    pub fn without_downgrade(&self) -> Point {
        Point {
            rev: self.rev,
            upgrade: self.upgrade.clone(),
            before: self.before.clone(),
            after: self.after.clone(),
            applied: self.applied.clone(),
            down: Mutex::default(),
        }
    }

    /// The way back from `after` by an evaluated downgrade; run once for each evaluation that is asked for in a row.
    pub fn down(&self, evaluation: Arc<Evaluation>, context: &Context) -> Arc<Down> {
        let mut down = self.down.lock().unwrap_or_else(PoisonError::into_inner);
        match &*down {
            Some(known) if Arc::ptr_eq(&known.evaluation, &evaluation) => known.clone(),
            _ => down.insert(Arc::new(Down::new(evaluation, &self.after, context))).clone(),
        }
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
    pub fn new(points: impl IntoIterator<Item = Arc<Point>>) -> History {
        let points: Vector<Arc<Point>> = points.into_iter().collect();
        let positions = points.iter().enumerate().map(|(at, point)| (point.rev, at)).collect();
        History { points, positions: Arc::new(positions) }
    }

    /// Puts another point of the same revision in the place of the one at `position`.
    pub fn replace(&mut self, position: usize, point: Arc<Point>) {
        if let Some(known) = self.points.get_mut(position) {
            *known = point;
        }
    }

    /// Where a revision stands in `points`.
    pub fn position(&self, rev: Rev) -> Option<usize> {
        self.positions.get(&rev).copied()
    }

    pub fn point(&self, rev: Rev) -> Option<&Arc<Point>> {
        self.points.get(self.position(rev)?)
    }

    /// The state after the last revision.
    pub fn end(&self) -> Arc<State> {
        self.points.back().map(|point| point.after.clone()).unwrap_or_default()
    }
}
