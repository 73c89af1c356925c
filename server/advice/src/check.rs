//! From an environment to its findings, and from one version of it to the next.

mod judge;
mod told;

use crate::finding::Finding;
use crate::options::Options;
use crate::sink::{Collected, Withheld};
use crate::units::Units;
use alembic::env::EnvFacts;
use alembic::graph::Graph;
use fact::FileId;
use imbl::ordmap::DiffItem;
use imbl::{OrdSet, Vector};
use project::{Environment, Revision};
use schema::Dialect;
use std::sync::Arc;
use told::Told;

/// What there is to say about one environment.
#[derive(Debug, Default)]
pub struct Report {
    /// In the order of the files and of the positions in them.
    pub findings: Vec<Finding>,
    /// What was not said because something is unknown.
    pub withheld: Vec<Withheld>,
    /// How many findings a comment silenced.
    pub suppressed: usize,
}

/// Every finding of an environment.
pub fn check(environment: &Environment, options: &Options) -> Report {
    Judgement::of(None, environment, options).report(environment)
}

/// The findings of one version of an environment, and what they rest on, so that those of the next version cost what has
/// changed. Clones share what is the same.
#[derive(Clone)]
pub struct Judgement {
    options: Options,
    dialects: Vec<Option<Dialect>>,
    graph: Arc<Graph>,
    env: Arc<EnvFacts>,
    revisions: Vector<Arc<Revision>>,
    /// What the rules about files give, as `revisions`.
    of_files: Vector<Arc<Collected>>,
    /// The files of which these rules say anything.
    speaking: OrdSet<usize>,
    /// What the rules about the graph give.
    of_graph: Arc<Collected>,
    /// By dialect.
    units: Vec<Units>,
    /// How many revisions change the schema on at least one dialect.
    changing: usize,
    told: Told,
}

impl Judgement {
    /// The files that have any findings.
    pub fn files(&self) -> impl Iterator<Item = FileId> + '_ {
        self.told.files().keys().copied()
    }

    /// What there is to say about one file, in the order of the positions.
    pub fn of_file(&self, file: FileId) -> &[Arc<Finding>] {
        self.told.files().get(&file).map(|findings| &**findings).unwrap_or_default()
    }

    /// The files of which it says something else than `before`, or says it elsewhere.
    pub fn changed_since(&self, before: &Judgement) -> Vec<FileId> {
        let changes = before.told.files().diff(self.told.files());
        let file = changes.map(|item| match item {
            DiffItem::Add(file, _) | DiffItem::Remove(file, _) | DiffItem::Update { new: (file, _), .. } => {
                *file
            }
        });
        file.collect()
    }

    /// All of it in one list.
    pub fn report(&self, environment: &Environment) -> Report {
        let store = environment.roots.store();
        let files = self.told.files().iter();
        let files = files.filter_map(|(file, findings)| Some((store.path(*file)?, findings)));
        let mut files: Vec<_> = files.collect();
        files.sort_by(|a, b| a.0.cmp(&b.0));
        let findings = files.iter().flat_map(|(_, findings)| findings.iter());
        let judged = self.units.iter().flat_map(|units| &units.judged).map(|judged| &judged.collected);
        let withheld = self.of_files.iter().chain([&self.of_graph]).chain(judged);
        Report {
            findings: findings.map(|finding| (**finding).clone()).collect(),
            withheld: withheld.flat_map(|collected| &collected.withheld).cloned().collect(),
            suppressed: self.told.silenced(),
        }
    }
}
