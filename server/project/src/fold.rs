//! The fold of a history over the evaluations of its revisions.

use crate::environment::Environment;
use crate::same;
use alembic::evaluate::Direction;
use alembic::graph::Rev;
use alembic::history::{History, Point};
use alembic::state::State;
use fact::FileId;
use rustc_hash::FxHashSet;
use schema::apply::Context;
use std::sync::Arc;

/// Folds the revisions of an environment on one dialect.
pub(crate) struct Folder<'a> {
    pub environment: &'a Environment,
    /// The revision files of which an evaluation does not hold any more.
    pub lost: &'a FxHashSet<FileId>,
    pub context: &'a Arc<Context>,
}

impl Folder<'_> {
    /// Every revision in order, from what the first one finds: an empty database unless something is known to be there
    /// before. `old` lends the points that have not changed. `touched`: of the same order, and these alone may do
    /// something else; `None`: any may.
    pub fn fold(&self, old: Option<&History>, start: Option<State>, touched: Option<&[Rev]>) -> History {
        let start = start.unwrap_or_default();
        let first = old.and_then(|old| old.points.front()).map(|point| point.before.clone());
        let known = first.filter(|before| fact::same(&**before, &start));
        if let (Some(old), Some(touched), Some(_)) = (old, touched, &known) {
            let mut positions: Vec<usize> = touched.iter().filter_map(|rev| old.position(*rev)).collect();
            positions.sort_unstable();
            return self.refold(old, &positions);
        }
        let mut state: Arc<State> = known.unwrap_or_else(|| Arc::new(start));
        let points = self.environment.order.iter().enumerate().filter_map(|(position, rev)| {
            let known = old.and_then(|old| old.points.get(position)).filter(|point| point.rev == *rev);
            let point = self.point(*rev, known, state.clone())?;
            state = point.after.clone();
            Some(point)
        });
        History::new(points)
    }

    /// `old` in the same order with other evaluations at some `positions`, which are sorted. From each of them on the
    /// fold goes as far as the state is another one.
    fn refold(&self, old: &History, positions: &[usize]) -> History {
        let mut history = old.clone();
        let mut done = 0;
        for start in positions {
            let mut position = done.max(*start);
            while let Some(known) = old.points.get(position) {
                let before = match position.checked_sub(1).and_then(|last| history.points.get(last)) {
                    Some(last) => last.after.clone(),
                    None => known.before.clone(),
                };
                let is_changed = positions.binary_search(&position).is_ok();
                if !is_changed && Arc::ptr_eq(&before, &known.before) {
                    break;
                }
                if let Some(point) = self.point(known.rev, Some(known), before) {
                    history.replace(position, point);
                }
                position += 1;
            }
            done = position;
        }
        history
    }

    /// A revision on the state before it; `known` is what it was in the history before.
    fn point(&self, rev: Rev, known: Option<&Arc<Point>>, before: Arc<State>) -> Option<Arc<Point>> {
        let revision = self.environment.revision(rev)?;
        let surroundings = self.environment.surroundings(&before, self.context);
        let caches = &self.environment.caches;
        let evaluation = caches.evaluation(self.environment, revision, Direction::Upgrade, &surroundings);
        if let Some(known) = known
            && Arc::ptr_eq(&known.upgrade, &evaluation)
            && Arc::ptr_eq(&known.before, &before)
        {
            // The upgrade does what it did. Of the downgrade nobody knows.
            return Some(match self.lost.contains(&revision.parsed.file) {
                true => Arc::new(known.without_downgrade()),
                false => known.clone(),
            });
        }
        let mut point = Point::new(rev, evaluation, before, self.context);
        if let Some(known) = known {
            let mut after = (*point.after).clone();
            point.after = match same::adopt(&known.after, &mut after) {
                true => known.after.clone(),
                false => Arc::new(after),
            };
        }
        Some(Arc::new(point))
    }
}
