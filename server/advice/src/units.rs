//! What each revision of one history gives, and when it gives the same again.

use crate::alike::{Run, alike};
use crate::lookup::Lookup;
use crate::options::Options;
use crate::rule::Hook;
use crate::sink::{Collected, Sink, Unit};
use crate::view::{OperationView, Reads, RevisionView, Scene};
use alembic::env::EnvFacts;
use alembic::evaluate::Direction;
use alembic::graph::{Graph, Rev, RevSet};
use alembic::history::{Down, History, Point};
use imbl::{OrdSet, Vector};
use project::{Environment, Parsed};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use schema::TableName;
use schema::apply::Context;
use std::sync::Arc;

/// The revisions of one history, judged. Versions share what is the same.
#[derive(Clone)]
pub(crate) struct Units {
    /// As the points of the history.
    pub judged: Vector<Arc<Judged>>,
    points: Vector<Arc<Point>>,
    /// The positions of those that looked at others.
    consulting: OrdSet<usize>,
    graph: Arc<Graph>,
    env: Arc<EnvFacts>,
}

/// One revision on one dialect.
pub(crate) struct Judged {
    point: Arc<Point>,
    /// `None`: it is replayed, not judged.
    down: Option<Arc<Down>>,
    parsed: Arc<Parsed>,
    reads: Reads,
    pub collected: Arc<Collected>,
    /// The upgrade changes the schema.
    pub changes: bool,
}

/// What is judged, and how.
#[derive(Clone, Copy)]
pub(crate) struct Course<'a> {
    pub environment: &'a Environment,
    pub options: &'a Options,
    pub context: &'a Arc<Context>,
    pub history: &'a History,
    /// Revisions that are replayed, not judged.
    pub old: Option<&'a RevSet>,
    pub unit: &'a Unit,
}

impl Units {
    /// Judges what is not known from `before`, which was of the same settings and dialects; with the positions at which
    /// something else may be found. `edited`: the revisions whose text is another one than in `before`.
    pub fn update(before: Option<&Units>, course: Course<'_>, edited: &[Rev]) -> (Units, Vec<usize>) {
        let Course { environment, history, .. } = course;
        // What env.py passes may decide what a downgrade does.
        let in_step = before.filter(|before| {
            Arc::ptr_eq(&before.graph, &environment.graph) && Arc::ptr_eq(&before.env, environment.env())
        });
        let changed = in_step.and_then(|before| differing(&before.points, &history.points));
        let mut units = Units {
            judged: Vector::new(),
            points: history.points.clone(),
            consulting: OrdSet::new(),
            graph: environment.graph.clone(),
            env: environment.env().clone(),
        };
        let judged = match (in_step, changed) {
            (Some(before), Some(changed)) => {
                units.judged = before.judged.clone();
                units.consulting = before.consulting.clone();
                let forced = before.stale(&units, &changed, history, edited);
                let mut positions = changed;
                positions.extend(forced.iter().copied());
                positions.sort_unstable();
                positions.dedup();
                judge(&positions, course, |position, run, _| {
                    let known = before.judged.get(position).filter(|_| !forced.contains(&position))?;
                    let old = Run { point: &known.point, down: known.down.as_ref()? };
                    alike(old, run, course.context).then_some(known)
                })
            }
            _ => {
                let same_env = before.is_some_and(|before| Arc::ptr_eq(&before.env, &units.env));
                let known: FxHashMap<usize, &Arc<Judged>> = before
                    .iter()
                    .flat_map(|before| &before.judged)
                    .filter(|known| {
                        !known.reads.graph && !known.reads.consult() && (same_env || !known.reads.env)
                    })
                    .map(|known| (address(&known.point), known))
                    .collect();
                let positions: Vec<usize> = (0..history.points.len()).collect();
                judge(&positions, course, |_, run, parsed| {
                    let known = known.get(&address(run.point)).copied()?;
                    let same_down = known.down.as_deref().is_some_and(|down| std::ptr::eq(down, run.down));
                    (same_down && Arc::ptr_eq(&known.parsed, parsed)).then_some(known)
                })
            }
        };
        let mut elsewhere = Vec::new();
        for (position, judged) in judged {
            match judged.reads.consult() {
                true => units.consulting.insert(position),
                false => units.consulting.remove(&position),
            };
            match units.judged.get_mut(position) {
                Some(known) => {
                    if !Arc::ptr_eq(&known.collected, &judged.collected) || known.changes != judged.changes {
                        elsewhere.push(position);
                    }
                    *known = judged;
                }
                None => {
                    elsewhere.push(position);
                    units.judged.push_back(judged);
                }
            }
        }
        (units, elsewhere)
    }

    /// Whether the revisions at `positions` change the schema in this version where they do in the other.
    pub fn changes_alike(&self, other: &Units, positions: &[usize]) -> bool {
        let changes =
            |units: &Units, position: &usize| units.judged.get(*position).map(|judged| judged.changes);
        self.judged.len() == other.judged.len()
            && positions.iter().all(|position| changes(self, position) == changes(other, position))
    }

    /// The positions at which a text is another one, or something that was looked at beyond the revision.
    fn stale(&self, now: &Units, changed: &[usize], history: &History, edited: &[Rev]) -> FxHashSet<usize> {
        let mut stale: FxHashSet<usize> = edited.iter().filter_map(|rev| history.position(*rev)).collect();
        if !(self.consulting.is_empty() || stale.is_empty() && changed.is_empty()) {
            let of = |units: &Units, position: &usize| units.points.get(*position).cloned();
            let points =
                changed.iter().chain(&stale).flat_map(|position| [of(self, position), of(now, position)]);
            let points: Vec<Arc<Point>> = points.flatten().collect();
            let tables: FxHashSet<TableName> =
                points.iter().flat_map(|point| changed_tables(point)).collect();
            let revisions: FxHashSet<Rev> = points.iter().map(|point| point.rev).collect();
            let concerned = |reads: &Reads| {
                reads.history
                    || reads.tables.iter().any(|table| tables.contains(table))
                    || reads.revisions.iter().any(|rev| revisions.contains(rev))
            };
            let of =
                |position: &&usize| self.judged.get(**position).is_some_and(|known| concerned(&known.reads));
            stale.extend(self.consulting.iter().filter(of));
        }
        stale
    }
}

/// What tells one point from another while both are alive.
fn address(point: &Point) -> usize {
    std::ptr::from_ref(point).addr()
}

/// The tables that are others after the revision than before it.
fn changed_tables(point: &Point) -> Vec<TableName> {
    use imbl::ordmap::DiffItem;
    let changes = || {
        let changes = point.before.schema.tables.diff(&point.after.schema.tables);
        let name = changes.map(|item| match item {
            DiffItem::Add(name, _) | DiffItem::Remove(name, _) | DiffItem::Update { new: (name, _), .. } => {
                *name
            }
        });
        name.collect()
    };
    fact::strictly(changes)
}

/// `known`: what is still true of a position.
fn judge<'k>(
    positions: &[usize],
    course: Course<'_>,
    known: impl Fn(usize, Run<'_>, &Arc<Parsed>) -> Option<&'k Arc<Judged>> + Sync,
) -> Vec<(usize, Arc<Judged>)> {
    let Course { environment, history, context, .. } = course;
    let lookup = Lookup::new(history, &environment.graph, context);
    let one = |position: &usize| {
        let point = history.points.get(*position)?;
        let parsed = &environment.revision(point.rev)?.parsed;
        let is_old = course.old.is_some_and(|old| old.contains(point.rev));
        let down = if is_old { None } else { environment.downgrade(context, point) };
        let known = down.as_ref().and_then(|down| known(*position, Run { point, down }, parsed));
        let (collected, reads) = match (known, &down) {
            (Some(known), _) => (known.collected.clone(), known.reads.clone()),
            (None, Some(down)) => {
                let (collected, reads) = course.findings(point, down, &lookup)?;
                (Arc::new(collected), reads)
            }
            (None, None) => Default::default(),
        };
        let changes = !Arc::ptr_eq(&point.before, &point.after) && point.before.schema != point.after.schema;
        let (point, parsed) = (point.clone(), parsed.clone());
        Some((*position, Arc::new(Judged { point, down, parsed, reads, collected, changes })))
    };
    // A few revisions are judged before another thread has woken up.
    match positions.len() < FEW {
        true => positions.iter().filter_map(one).collect(),
        false => positions.par_iter().filter_map(one).collect(),
    }
}

const FEW: usize = 8;

impl Course<'_> {
    /// What one revision gives, and what that rests on besides the revision.
    fn findings(&self, point: &Point, down: &Down, lookup: &Lookup<'_>) -> Option<(Collected, Reads)> {
        let environment = self.environment;
        let revision = environment.revision(point.rev)?;
        let unit = Unit { revision: Some(environment.graph.id(point.rev)), ..self.unit.clone() };
        let scene = Scene::new(environment);
        let view = RevisionView::new(scene, self.context, point, revision, down, lookup);
        let mut out = Collected::default();
        for rule in self.options.rules() {
            match rule.hook {
                Hook::Revision(check) => check(&view, &mut Sink { rule, unit: &unit, out: &mut out }),
                Hook::Operation(check) => {
                    let mut operations = |direction: Direction, unit: &Unit| {
                        for (index, visit) in view.visits(direction).iter().enumerate() {
                            let undecided = visit.undecided.cloned().or_else(|| view.caught(visit));
                            let unit = Unit { undecided, ..unit.clone() };
                            let operation = OperationView { at: &view, direction, index, visit };
                            check(&operation, &mut Sink { rule, unit: &unit, out: &mut out });
                        }
                    };
                    operations(Direction::Upgrade, &unit);
                    if rule.group.judges_downgrades() {
                        operations(Direction::Downgrade, &Unit { downgrade: true, ..unit.clone() });
                    }
                }
                Hook::Configuration(_) | Hook::File(_) | Hook::Graph(_) => {}
            }
        }
        Some((out, view.into_reads()))
    }
}

/// Where two versions of a list differ; `None`: they are not equally long. What the two share is not gone through.
pub(crate) fn differing<T>(before: &Vector<Arc<T>>, now: &Vector<Arc<T>>) -> Option<Vec<usize>> {
    if before.len() != now.len() {
        return None;
    }
    let (mut out, mut position) = (Vec::new(), 0);
    let (mut olds, mut news) = (before.leaves(), now.leaves());
    let (mut old, mut new): (&[Arc<T>], &[Arc<T>]) = (&[], &[]);
    loop {
        if old.is_empty() {
            old = olds.next().unwrap_or_default();
        }
        if new.is_empty() {
            new = news.next().unwrap_or_default();
        }
        let len = old.len().min(new.len());
        if len == 0 {
            return Some(out);
        }
        let ((old_part, old_rest), (new_part, new_rest)) = (old.split_at(len), new.split_at(len));
        if !std::ptr::eq(old_part, new_part) {
            let pairs = old_part.iter().zip(new_part).enumerate();
            out.extend(pairs.filter(|(_, (a, b))| !Arc::ptr_eq(a, b)).map(|(at, _)| position + at));
        }
        position += len;
        (old, new) = (old_rest, new_rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(len: usize, edits: &[usize]) {
        let before: Vector<Arc<usize>> = (0..len).map(Arc::new).collect();
        let mut now = before.clone();
        for edit in edits {
            now.set(*edit, Arc::new(0));
        }
        let apart: Vector<Arc<usize>> = now.iter().cloned().collect();
        for now in [&now, &apart] {
            assert_eq!(differing(&before, now).as_deref(), Some(edits), "{len}");
        }
        now.push_back(Arc::new(0));
        assert_eq!(differing(&before, &now), None);
    }

    #[test]
    fn lists_differ_where_an_element_is_another_one() {
        check(0, &[]);
        check(1, &[0]);
        check(3, &[]);
        check(1000, &[]);
        check(1000, &[0, 63, 64, 65, 500, 999]);
    }
}
