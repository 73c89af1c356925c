//! Findings of the last version of every environment.

use crate::check::{Judgement, Report};
use crate::options::Options;
use project::Environment;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Checks environments and remembers what each gave, so that an edit costs what it touches. One for all versions of a
/// workspace.
#[derive(Default)]
pub struct Checker {
    known: Mutex<FxHashMap<String, Entry>>,
}

struct Entry {
    judgement: Arc<Judgement>,
    used: bool,
}

impl Checker {
    /// Every finding of this version of an environment.
    pub fn check(&self, environment: &Environment, options: &Options) -> Report {
        self.judge(environment, options).report(environment)
    }

    /// The findings by file, for whoever wants to know which are others than in the version before.
    pub fn judge(&self, environment: &Environment, options: &Options) -> Arc<Judgement> {
        let name = environment.name();
        let lock = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let before = lock().get(&name).map(|entry| entry.judgement.clone());
        let judgement = Arc::new(Judgement::of(before.as_deref(), environment, options));
        lock().insert(name, Entry { judgement: judgement.clone(), used: true });
        judgement
    }

    /// Forgets the environments that nobody has asked for since the last call.
    pub fn tidy(&self) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, entry| std::mem::take(&mut entry.used));
    }
}
