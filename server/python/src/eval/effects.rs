//! What the statements of modules did, so that they count once.
//!
//! A statement of a module runs when it is first needed, which may be on one course of a fork. What it makes is the same
//! on every course: the others take its effect over instead of running it again, and a join gives it to the course that
//! had no need of it.

use super::Interp;
use super::heap::{Heap, Object, ObjectId, Scope};
use crate::host::Host;
use std::sync::Arc;

/// What running a statement changed in the heap.
pub(super) struct Effect {
    changes: Vec<(ObjectId, Option<Arc<Object>>, Arc<Object>)>,
}

impl Effect {
    fn apply(&self, heap: &mut Heap) {
        for (id, old, new) in &self.changes {
            let present = heap.shared(*id).cloned();
            let untouched = match (&present, old) {
                (Some(present), Some(old)) => {
                    Arc::ptr_eq(present, old) || matches!(**present, Object::Absent)
                }
                (Some(present), None) => matches!(**present, Object::Absent),
                (None, _) => true,
            };
            match (present.as_deref(), &**new) {
                _ if untouched => heap.put(*id, new.clone()),
                (Some(Object::Scope(present)), Object::Scope(new)) => {
                    heap.set(*id, Object::Scope(add_names(present, new)));
                }
                // It was changed on this course already: what it was made of then is part of what it is now.
                _ => {}
            }
        }
    }
}

/// Names of a module that ran further on another course.
fn add_names(present: &Scope, new: &Scope) -> Scope {
    let mut scope = present.clone();
    for (name, value) in &new.vars {
        if !scope.vars.contains_key(name) {
            scope.vars.insert(*name, value.clone());
        }
    }
    if let (Some(mine), Some(theirs)) = (&mut scope.module, &new.module) {
        for (mine, theirs) in mine.done.iter_mut().zip(&theirs.done) {
            *mine |= theirs;
        }
    }
    scope
}

impl<H: Host> Interp<'_, H> {
    /// Runs a statement of a module and keeps what it did, where other courses may need it.
    pub(super) fn with_effect<R>(&mut self, key: (fact::FileId, u32), run: impl FnOnce(&mut Self) -> R) -> R {
        if self.forks == 0 && self.pending.is_empty() {
            return run(self);
        }
        let before = self.heap.clone();
        let result = run(self);
        self.charge(self.heap.cost());
        self.effects.insert(key, Arc::new(Effect { changes: before.changes(&self.heap) }));
        result
    }

    /// Takes over what a statement did on another course; whether it ran on one.
    pub(super) fn repeat_effect(&mut self, key: (fact::FileId, u32)) -> bool {
        let Some(effect) = self.effects.get(&key).cloned() else { return false };
        effect.apply(&mut self.heap);
        true
    }

    /// Gives each of two courses the statements of modules that only the other one needed.
    pub(super) fn even_out(&mut self, other: &mut Heap) {
        if self.effects.is_empty() {
            return;
        }
        let scopes: Vec<_> = self.modules.iter().map(|(file, loaded)| (*file, loaded.scope)).collect();
        for (file, scope) in scopes {
            let same = match (self.heap.shared(scope), other.shared(scope)) {
                (Some(mine), Some(theirs)) => Arc::ptr_eq(mine, theirs),
                _ => false,
            };
            if same {
                continue;
            }
            let (mine, theirs) = (done(&self.heap, scope), done(other, scope));
            for (at, (mine, theirs)) in pairs(mine, theirs) {
                if mine == theirs {
                    continue;
                }
                let Some(effect) = self.effects.get(&(file, at as u32)) else { continue };
                effect.apply(if mine { other } else { &mut self.heap });
            }
        }
    }
}

/// Which statements ran on each of two courses, by ordinal.
fn pairs(mine: Vec<bool>, theirs: Vec<bool>) -> impl Iterator<Item = (usize, (bool, bool))> {
    let len = mine.len().max(theirs.len());
    let padded = |done: Vec<bool>| done.into_iter().chain(std::iter::repeat(false));
    padded(mine).zip(padded(theirs)).take(len).enumerate()
}

fn done(heap: &Heap, scope: ObjectId) -> Vec<bool> {
    match heap.get(scope) {
        Object::Scope(Scope { module: Some(state), .. }) => state.done.clone(),
        _ => Vec::new(),
    }
}
