//! Findings of revisions that have not changed.

use crate::check::{self, Report};
use crate::options::Options;
use crate::sink::Collected;
use alembic::history::Point;
use project::{Environment, Parsed};
use rustc_hash::{FxHashMap, FxHasher};
use schema::apply::Context;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

/// Checks environments and remembers what each revision gave, so that an edit costs the revisions that it touches. One
/// for all versions of a workspace.
#[derive(Default)]
pub struct Checker {
    known: Mutex<FxHashMap<Key, Entry>>,
}

/// A revision in its surroundings: its point (what it found and left), its text, and what the settings say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    point: usize,
    parsed: usize,
    settings: u64,
}

struct Entry {
    /// Kept alive, so that the addresses in the key mean these and no others.
    _point: Arc<Point>,
    _parsed: Arc<Parsed>,
    collected: Arc<Collected>,
    used: bool,
}

impl Checker {
    /// Every finding of this version of an environment.
    pub fn check(&self, environment: &Environment, options: &Options) -> Report {
        check::run(environment, options, self)
    }

    /// Forgets what no check has asked for since the last call. Call it when all environments have been checked.
    pub fn tidy(&self) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, entry| std::mem::take(&mut entry.used));
    }

    pub(crate) fn key(
        &self,
        point: &Arc<Point>,
        parsed: &Arc<Parsed>,
        options: &Options,
        context: &Context,
    ) -> Key {
        let mut hasher = FxHasher::default();
        options.hash(&mut hasher);
        context.dialect.hash(&mut hasher);
        Key {
            point: Arc::as_ptr(point) as usize,
            parsed: Arc::as_ptr(parsed) as usize,
            settings: hasher.finish(),
        }
    }

    pub(crate) fn known(&self, key: &Key) -> Option<Arc<Collected>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = known.get_mut(key)?;
        entry.used = true;
        Some(entry.collected.clone())
    }

    pub(crate) fn keep(&self, key: Key, point: Arc<Point>, parsed: Arc<Parsed>, collected: Arc<Collected>) {
        let entry = Entry { _point: point, _parsed: parsed, collected, used: true };
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, entry);
    }
}
