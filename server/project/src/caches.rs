//! Evaluations of the revisions of one environment, and what they are valid for.

use crate::environment::Environment;
use crate::revision::Revision;
use crate::roots::Roots;
use crate::same;
use crate::world::Stale;
use alembic::evaluate::{Direction, Ended, Evaluation};
use alembic::host::{Dependence, Surroundings};
use camino::Utf8Path;
use fact::files::normalize;
use fact::{FileId, Reason, Unknown};
use imbl::shared_ptr::DefaultSharedPtr;
use imbl::{GenericHashMap, OrdSet};
use python::modules::{Resolved, Sources, Trace};
use rustc_hash::{FxBuildHasher, FxHashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Answers kept per revision and direction; more than a project has dialects is of no use.
const KEPT: usize = 8;

/// Evaluations of revisions, by file and direction. A version of an environment has its own, and takes over from the one
/// before it what no change has touched.
#[derive(Default)]
pub struct Caches {
    known: Mutex<Known>,
}

type Map<K, V> = GenericHashMap<K, V, FxBuildHasher, DefaultSharedPtr>;

#[derive(Clone, Default)]
struct Known {
    entries: Map<(FileId, Direction), Arc<Entry>>,
    /// Who has looked into a file: revision files, and env.py. Nobody is missing, and some may have given it up since.
    readers: Map<FileId, OrdSet<FileId>>,
}

#[derive(Clone)]
struct Entry {
    /// Of the revision file's own statements.
    hash: u64,
    /// What each was answered from; `None`: it asked nothing.
    evaluations: Vec<(Option<Surroundings>, Arc<Evaluation>)>,
    /// It was tried without surroundings, and asks.
    asks: bool,
    /// There were more than are kept.
    overflowed: bool,
}

impl Caches {
    /// Those of the next version. What is evaluated in this one from now on is no part of them.
    pub(crate) fn fork(&self) -> Caches {
        Caches { known: Mutex::new(self.lock().clone()) }
    }

    /// The files that a change touches: those that it names, and those that have looked into one of them.
    pub(crate) fn touched(&self, stale: &Stale) -> Vec<FileId> {
        let known = self.lock();
        let readers = stale.files.iter().filter_map(|file| known.readers.get(file)).flatten();
        let mut touched: Vec<FileId> = stale.files.iter().chain(readers).copied().collect();
        touched.sort_unstable();
        touched.dedup();
        touched
    }

    /// Gives up what no longer holds in this version of the environment, and tells of which revision files something did
    /// not; `touched`: those that are looked at. `None`: all.
    pub(crate) fn renew(&self, environment: &Environment, touched: Option<&[FileId]>) -> FxHashSet<FileId> {
        let all: Vec<FileId>;
        let touched = match touched {
            Some(touched) => touched,
            None => {
                all = self.lock().entries.keys().map(|(file, _)| *file).collect();
                &all
            }
        };
        let mut lost = FxHashSet::default();
        for file in touched {
            let hash = environment.revision_of(*file).map(|revision| revision.parsed.hash);
            for direction in [Direction::Upgrade, Direction::Downgrade] {
                let key = (*file, direction);
                let entry = self.lock().entries.get(&key).cloned();
                if entry.is_some_and(|entry| Some(entry.hash) != hash || !entry.holds(environment)) {
                    self.lock().entries.remove(&key);
                    lost.insert(*file);
                }
            }
        }
        lost
    }

    /// Notes what `reader` has looked into beside its own text.
    pub(crate) fn note(&self, roots: &Roots, reader: FileId, trace: &Trace) {
        let read = files_of(roots, trace);
        let mut known = self.lock();
        for file in read {
            known.readers.entry(file).or_default().insert(reader);
        }
    }

    pub(crate) fn knows(&self, revision: &Revision, direction: Direction) -> bool {
        self.lock().entries.contains_key(&(revision.parsed.file, direction))
    }

    /// Keeps an evaluation that asked nothing; `None`: it asks.
    pub(crate) fn put_independent(
        &self,
        environment: &Environment,
        revision: &Revision,
        direction: Direction,
        evaluation: Option<Evaluation>,
    ) {
        let file = revision.parsed.file;
        let entry = Entry {
            hash: revision.parsed.hash,
            asks: evaluation.is_none(),
            evaluations: evaluation.into_iter().map(|evaluation| (None, Arc::new(evaluation))).collect(),
            overflowed: false,
        };
        if let Some((_, evaluation)) = entry.evaluations.first() {
            self.note(&environment.roots, file, &evaluation.trace);
        }
        self.lock().entries.insert((file, direction), Arc::new(entry));
    }

    /// The evaluation of a revision in its surroundings: a known one that rests on the same answers, or a new one.
    pub(crate) fn evaluation(
        &self,
        environment: &Environment,
        revision: &Revision,
        direction: Direction,
        surroundings: &Surroundings,
    ) -> Arc<Evaluation> {
        let file = revision.parsed.file;
        let entry = self.lock().entries.get(&(file, direction)).cloned();
        if let Some(entry) = &entry {
            let fits = |(known, evaluation): &&(Option<Surroundings>, Arc<Evaluation>)| match known {
                Some(known) => same::answers(&evaluation.dependence, known, surroundings),
                None => true,
            };
            if let Some((_, evaluation)) = entry.evaluations.iter().find(fits) {
                return evaluation.clone();
            }
        }
        let asks = entry.is_some_and(|entry| entry.asks);
        let independent = if asks { None } else { revision.evaluate(direction, environment.code(), None) };
        let evaluation = independent
            .or_else(|| revision.evaluate(direction, environment.code(), Some(surroundings)))
            .map_or_else(|| Arc::new(nothing()), Arc::new);
        self.note(&environment.roots, file, &evaluation.trace);
        let asked = evaluation.dependence != Dependence::Nothing;
        let answered_from = asked.then(|| surroundings.clone());
        let mut known = self.lock();
        let entry = known.entries.entry((file, direction)).or_insert_with(|| {
            Arc::new(Entry {
                hash: revision.parsed.hash,
                evaluations: Vec::new(),
                asks: asked,
                overflowed: false,
            })
        });
        let entry = Arc::make_mut(entry);
        if entry.evaluations.len() >= KEPT {
            entry.evaluations.remove(0);
            entry.overflowed = true;
        }
        entry.evaluations.push((answered_from, evaluation.clone()));
        evaluation
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn holds(&self, environment: &Environment) -> bool {
        let mut evaluations = self.evaluations.iter();
        !self.overflowed
            && !self.evaluations.is_empty()
            && evaluations.all(|(_, evaluation)| holds(&evaluation.trace, environment))
    }
}

/// The files that a trace names. A script that was read by one name may be told of by another.
fn files_of(roots: &Roots, trace: &Trace) -> Vec<FileId> {
    // Packages come and go with their folders, and then everything is compared.
    let Trace { modules, names, files, versions: _ } = trace;
    let store = roots.store();
    // A module that was found by its text has names that were looked for, and was never resolved.
    let others = names.keys().filter(|(dotted, _)| !modules.contains_key(dotted));
    let others: Vec<Resolved> = others.map(|(dotted, _)| Resolved::from(&roots.find(*dotted))).collect();
    let modules = modules.values().chain(&others).filter_map(|resolved| match resolved {
        Resolved::File(file) | Resolved::Broken(file) => Some(*file),
        Resolved::Namespace | Resolved::Absent { .. } => None,
    });
    let scripts = files.keys().flat_map(|path| {
        let path = normalize(Utf8Path::new(&**path));
        [store.id(&path), store.id(&store.files.real_path(&path))]
    });
    modules.chain(scripts).collect()
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
