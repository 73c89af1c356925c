//! The order in which Alembic runs revisions.

use super::{Graph, Rev, RevSet};
use std::collections::BTreeMap;

impl Graph {
    /// Every revision in the order of `alembic upgrade heads` on an empty database; load order breaks ties.
    pub fn order(&self) -> Vec<Rev> {
        let all = RevSet::from_revs(self.len(), self.revisions().filter(|rev| self.current(*rev) == *rev));
        let tips: Vec<Rev> = all.iter().filter(|rev| self.is_effective_head(*rev)).collect();
        let mut order = self.sort(all, &tips);
        order.reverse();
        order
    }

    /// What `alembic upgrade` to `revs` runs on an empty database, in its order.
    pub fn order_below(&self, revs: &[Rev]) -> Vec<Rev> {
        let mut order = self.sort(self.ancestors(revs), revs);
        order.reverse();
        order
    }

    /// `todo` from `heads` down: each before what it follows from.
    ///
    /// One line is walked down as far as possible before another: a list of open revisions is kept, one is the
    /// candidate. If another open one still stands on the candidate, that one comes first (the first in the list);
    /// else the candidate is done and the first of what it follows from takes its place, while others join the end.
    pub(super) fn sort(&self, mut todo: RevSet, heads: &[Rev]) -> Vec<Rev> {
        let mut heads: Vec<Rev> = heads.iter().copied().filter(|rev| todo.contains(*rev)).collect();
        heads.sort_by_key(|rev| self.node(*rev).position);
        heads.dedup();
        let mut open = Open::new(self, &heads);
        let mut sorted = Vec::with_capacity(todo.len());
        let mut candidate = open.first();
        while let Some((key, rev)) = candidate {
            if let Some(above) = open.first_above(self, rev) {
                candidate = Some(above);
                continue;
            }
            if todo.remove(rev) {
                sorted.push(rev);
            }
            open.close(key, rev);
            let mut next = self.predecessors(rev).filter(|next| todo.contains(*next));
            candidate = match next.by_ref().find(|next| !open.holds(*next)) {
                Some(first) => {
                    open.put(key, first);
                    for other in next {
                        if !open.holds(other) {
                            open.append(other);
                        }
                    }
                    Some((key, first))
                }
                None => open.before(key),
            };
        }
        // Only what no head reaches is left: nothing that Alembic would run, but nothing may get lost either.
        if !todo.is_empty() {
            let rest: Vec<Rev> = todo
                .iter()
                .filter(|rev| !self.dependents(*rev).iter().any(|dependent| todo.contains(*dependent)))
                .collect();
            sorted.extend(self.sort(todo, &rest));
        }
        sorted
    }
}

/// The list of open revisions. Keys grow along the list, so that taking one out moves no other.
struct Open {
    list: BTreeMap<u32, Rev>,
    key_of: Vec<Option<u32>>,
    next: u32,
    /// What the heads stand on: nothing else can stand on a candidate.
    universe: RevSet,
    done: RevSet,
    /// The round in which a revision was last seen by [`Open::first_above`].
    seen: Vec<u32>,
    round: u32,
    /// How many dependents, from the first on, are done.
    skip: Vec<usize>,
}

impl Open {
    fn new(graph: &Graph, heads: &[Rev]) -> Open {
        let mut open = Open {
            list: BTreeMap::new(),
            key_of: vec![None; graph.len()],
            next: 0,
            universe: graph.ancestors(heads),
            done: RevSet::new(graph.len()),
            seen: vec![0; graph.len()],
            round: 0,
            skip: vec![0; graph.len()],
        };
        for head in heads {
            open.append(*head);
        }
        open
    }

    fn first(&self) -> Option<(u32, Rev)> {
        self.list.first_key_value().map(|(key, rev)| (*key, *rev))
    }

    /// The entry before `key`; the first one where none is.
    fn before(&self, key: u32) -> Option<(u32, Rev)> {
        self.list.range(..key).next_back().map(|(key, rev)| (*key, *rev)).or_else(|| self.first())
    }

    fn holds(&self, rev: Rev) -> bool {
        self.key_of[rev.index()].is_some()
    }

    fn put(&mut self, key: u32, rev: Rev) {
        self.list.insert(key, rev);
        self.key_of[rev.index()] = Some(key);
    }

    fn append(&mut self, rev: Rev) {
        self.put(self.next, rev);
        self.next += 1;
    }

    fn close(&mut self, key: u32, rev: Rev) {
        self.list.remove(&key);
        self.key_of[rev.index()] = None;
        self.done.insert(rev);
    }

    /// The first open revision that stands on `rev`. Nothing open stands on what is done, so the way up ends there.
    fn first_above(&mut self, graph: &Graph, rev: Rev) -> Option<(u32, Rev)> {
        self.round += 1;
        let earliest = self.list.iter().find(|(_, open)| **open != rev).map(|(key, _)| *key)?;
        let mut best: Option<(u32, Rev)> = None;
        let mut path = vec![(rev, self.first_undone(graph, rev))];
        while let Some((below, next)) = path.last_mut() {
            let Some(above) = graph.dependents(*below).get(*next).copied() else {
                path.pop();
                continue;
            };
            *next += 1;
            if self.seen[above.index()] == self.round
                || self.done.contains(above)
                || !self.universe.contains(above)
            {
                continue;
            }
            self.seen[above.index()] = self.round;
            if let Some(key) = self.key_of[above.index()]
                && best.is_none_or(|(best, _)| key < best)
            {
                best = Some((key, above));
                if key == earliest {
                    return best;
                }
            }
            path.push((above, self.first_undone(graph, above)));
        }
        best
    }

    /// The index of the first dependent of `rev` that is not done.
    fn first_undone(&mut self, graph: &Graph, rev: Rev) -> usize {
        let skip = &mut self.skip[rev.index()];
        while graph.dependents(rev).get(*skip).is_some_and(|above| self.done.contains(*above)) {
            *skip += 1;
        }
        *skip
    }
}
