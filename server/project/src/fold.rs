//! Evaluations and what they are valid for; the fold of a history over them.

use crate::environment::Environment;
use crate::revision::Revision;
use crate::same;
use alembic::evaluate::{Direction, Ended, Evaluation};
use alembic::history::{History, Point};
use alembic::host::{Dependence, Surroundings};
use alembic::state::State;
use fact::{FileId, Reason, Unknown};
use python::modules::Trace;
use rustc_hash::FxHashMap;
use schema::apply::Context;
use std::sync::{Arc, Mutex, PoisonError};

/// Answers kept per revision and direction; more than a project has dialects is of no use.
const KEPT: usize = 8;

/// Evaluations of revisions, by file and direction.
#[derive(Default)]
pub struct Caches {
    entries: Mutex<FxHashMap<(FileId, Direction), Entry>>,
}

#[derive(Clone)]
struct Entry {
    /// Of the revision file's own statements.
    hash: u64,
    /// What each was answered from; `None`: it asked nothing.
    evaluations: Vec<(Option<Surroundings>, Arc<Evaluation>)>,
    /// It was tried without surroundings, and asks.
    asks: bool,
}

impl Caches {
    /// What still holds for this version of the environment.
    pub(crate) fn renewed(&self, environment: &Environment) -> Caches {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let hashes: FxHashMap<FileId, u64> =
            environment.revisions.iter().map(|rev| (rev.parsed.file, rev.parsed.hash)).collect();
        let kept = entries.iter().filter_map(|(key, entry)| {
            if hashes.get(&key.0) != Some(&entry.hash) {
                return None;
            }
            let mut entry = entry.clone();
            entry.evaluations.retain(|(_, evaluation)| holds(&evaluation.trace, environment));
            if entry.evaluations.is_empty() {
                return None;
            }
            Some((*key, entry))
        });
        Caches { entries: Mutex::new(kept.collect()) }
    }

    pub(crate) fn knows(&self, revision: &Revision, direction: Direction) -> bool {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.contains_key(&(revision.parsed.file, direction))
    }

    /// Keeps an evaluation that asked nothing; `None`: it asks.
    pub(crate) fn put_independent(
        &self,
        revision: &Revision,
        direction: Direction,
        evaluation: Option<Evaluation>,
    ) {
        let entry = Entry {
            hash: revision.parsed.hash,
            asks: evaluation.is_none(),
            evaluations: evaluation.into_iter().map(|evaluation| (None, Arc::new(evaluation))).collect(),
        };
        self.entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((revision.parsed.file, direction), entry);
    }

    /// The evaluation of a revision in its surroundings: a known one that rests on the same answers, or a new one.
    pub(crate) fn evaluation(
        &self,
        environment: &Environment,
        revision: &Revision,
        direction: Direction,
        surroundings: &Surroundings,
    ) -> Arc<Evaluation> {
        let key = (revision.parsed.file, direction);
        let lock = || self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let mut asks = false;
        if let Some(entry) = lock().get(&key) {
            asks = entry.asks;
            let fits = |(known, evaluation): &&(Option<Surroundings>, Arc<Evaluation>)| match known {
                Some(known) => same::answers(&evaluation.dependence, known, surroundings),
                None => true,
            };
            if let Some((_, evaluation)) = entry.evaluations.iter().find(fits) {
                return evaluation.clone();
            }
        }
        let independent = if asks { None } else { revision.evaluate(direction, environment.code(), None) };
        let evaluation = independent
            .or_else(|| revision.evaluate(direction, environment.code(), Some(surroundings)))
            .map_or_else(|| Arc::new(nothing()), Arc::new);
        let asked = evaluation.dependence != Dependence::Nothing;
        let answered_from = asked.then(|| surroundings.clone());
        let mut entries = lock();
        let entry = entries.entry(key).or_insert_with(|| Entry {
            hash: revision.parsed.hash,
            evaluations: Vec::new(),
            asks: asked,
        });
        if entry.evaluations.len() >= KEPT {
            entry.evaluations.remove(0);
        }
        entry.evaluations.push((answered_from, evaluation.clone()));
        evaluation
    }
}

/// An evaluation that never comes to pass: with surroundings every question has an answer.
fn nothing() -> Evaluation {
    Evaluation {
        steps: Arc::from([]),
        ended: Ended::Stopped(Unknown::nowhere(Reason::Budget)),
        unknowns: Vec::new(),
        trace: Trace::default(),
        dependence: Dependence::Everything,
    }
}

fn holds(trace: &Trace, environment: &Environment) -> bool {
    trace.holds(&environment.roots)
        && trace.files.iter().all(|(path, hash)| {
            let text = environment.roots.store().files.read(path.as_ref().into()).ok();
            text.as_deref().map(alembic::host::text_hash) == *hash
        })
}

/// Folds the revisions of an environment on one dialect.
pub(crate) struct Folder<'a> {
    pub environment: &'a Environment,
    pub caches: &'a Caches,
    pub context: &'a Context,
}

impl Folder<'_> {
    /// `old` lends the points that have not changed. `start` is what the first revision finds: an empty database unless
    /// something is known to be there before.
    pub fn fold(&self, old: Option<&History>, start: Option<State>) -> History {
        let mut history = History::default();
        let start = start.unwrap_or_default();
        let first = old.and_then(|old| old.points.first()).map(|point| point.before.clone());
        let known = first.filter(|before| same::states(before, &start));
        let mut state: Arc<State> = known.unwrap_or_else(|| Arc::new(start));
        for (index, rev) in self.environment.order.iter().enumerate() {
            let Some(revision) = self.environment.revision(*rev) else { continue };
            let known = old.and_then(|old| old.points.get(index)).filter(|point| point.rev == *rev);
            let surroundings = self.environment.surroundings(&state, self.context);
            let evaluation =
                self.caches.evaluation(self.environment, revision, Direction::Upgrade, &surroundings);
            let point = match known {
                Some(point)
                    if Arc::ptr_eq(&point.upgrade, &evaluation)
                        && Arc::ptr_eq(&point.before, &state)
                        && self.downgrade_holds(point) =>
                {
                    point.clone()
                }
                _ => {
                    let mut point = Point::new(*rev, evaluation, state, self.context);
                    // The same end as before: what follows finds the state that it was built on.
                    if let Some(known) = known.filter(|known| same::states(&known.after, &point.after)) {
                        point.after = known.after.clone();
                    }
                    Arc::new(point)
                }
            };
            state = point.after.clone();
            history.push(point);
        }
        history
    }

    fn downgrade_holds(&self, point: &Point) -> bool {
        point.downgrade.get().is_none_or(|down| holds(&down.evaluation.trace, self.environment))
    }
}
