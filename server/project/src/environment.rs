//! One Alembic environment: its revision files, its graph, and its history on every dialect.

use crate::fold::{Caches, Folder};
use crate::roots::{Roots, revision_module};
use crate::store::{Parsed, Store};
use alembic::env::EnvFacts;
use alembic::evaluate::{Code, Direction, Evaluation, evaluate};
use alembic::graph::{Graph, Links, Rev};
use alembic::history::{Down, History, Point};
use alembic::host::Surroundings;
use alembic::layout::Layout;
use alembic::revision_file::RevisionFile;
use camino::Utf8PathBuf;
use fact::{Fact, FileId};
use python::modules::SourceModule;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use schema::Dialect;
use schema::apply::Context;
use schema::naming::NamingConvention;
use std::sync::Arc;

/// What an environment is made of: where its files are, and what the settings say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentOptions {
    pub layout: Layout,
    /// Empty: inferred from the configuration, else unknown.
    pub dialects: Vec<Dialect>,
    /// Stands for the convention that env.py passes.
    pub naming: Option<NamingConvention>,
    /// What is folded; `None`: everything (`heads`).
    pub target: Option<Vec<String>>,
}

/// A revision file and what it says about itself.
#[derive(Debug)]
pub struct Revision {
    pub facts: RevisionFile,
    pub parsed: Arc<Parsed>,
    pub module: Arc<SourceModule>,
}

/// One version of an environment. Everything in it is immutable; versions share what did not change.
pub struct Environment {
    pub options: Arc<EnvironmentOptions>,
    pub roots: Roots,
    /// In load order.
    pub revisions: Vec<Arc<Revision>>,
    /// Files that two version locations hold; Alembic warns and ignores the second.
    pub repeated: Vec<Utf8PathBuf>,
    /// Indices of its nodes are indices into `nodes`.
    pub graph: Arc<Graph>,
    links: Vec<Links>,
    /// The revision of each node of the graph.
    nodes: Vec<usize>,
    pub env: Arc<EnvFacts>,
    pub dialects: Vec<Option<Dialect>>,
    /// The order of `alembic upgrade`.
    pub order: Arc<[Rev]>,
    /// By dialect, in the order of `dialects`.
    pub histories: Vec<(Context, Arc<History>)>,
    pub(crate) caches: Arc<Caches>,
}

impl Environment {
    /// Reads everything, reusing what `before` knows and no change has touched.
    pub fn load(
        options: Arc<EnvironmentOptions>,
        store: Store,
        before: Option<&Environment>,
        roots: Roots,
    ) -> Environment {
        let listing = options.layout.revision_files(&*store.files);
        // Numbers are given out in load order, before the files are read in any order.
        for path in &listing.paths {
            store.id(path);
        }
        let known: FxHashMap<FileId, Arc<Revision>> = before
            .into_iter()
            .flat_map(|env| &env.revisions)
            .map(|rev| (rev.parsed.file, rev.clone()))
            .collect();
        let revisions: Vec<Arc<Revision>> = listing
            .paths
            .par_iter()
            .map(|path| {
                let parsed = store.parsed(path);
                match known.get(&parsed.file) {
                    Some(revision) if Arc::ptr_eq(&revision.parsed, &parsed) => revision.clone(),
                    _ => {
                        let facts = RevisionFile::read(path, parsed.file, &parsed.module);
                        let module = revision_module(&parsed);
                        Arc::new(Revision { facts, parsed, module })
                    }
                }
            })
            .collect();
        let mut links = Vec::new();
        let mut nodes = Vec::new();
        for (index, revision) in revisions.iter().enumerate() {
            if let Some(of) = revision.facts.links() {
                links.push(of);
                nodes.push(index);
            }
        }
        let graph = match before {
            Some(before) if before.links == links => before.graph.clone(),
            _ => Arc::new(Graph::load(&links)),
        };
        let env = env_facts(&options, &roots, before);
        let dialects = dialects(&options);
        let order = order(&graph, options.target.as_deref());
        let mut environment = Environment {
            options,
            roots,
            revisions,
            repeated: listing.repeated,
            graph,
            links,
            nodes,
            env,
            dialects,
            order: order.into(),
            histories: Vec::new(),
            caches: before.map(|before| before.caches.clone()).unwrap_or_default(),
        };
        environment.fold(before);
        environment
    }

    pub fn name(&self) -> String {
        self.options.layout.name()
    }

    /// The revision of a node of the graph.
    pub fn revision(&self, rev: Rev) -> Option<&Arc<Revision>> {
        self.revisions.get(*self.nodes.get(rev.index())?)
    }

    /// The node of a revision file.
    pub fn rev_of(&self, file: FileId) -> Option<Rev> {
        let at = self
            .nodes
            .iter()
            .position(|node| self.revisions.get(*node).is_some_and(|r| r.parsed.file == file))?;
        Some(Rev(at as u32))
    }

    /// The history on one dialect; the first one when there is none of that name.
    pub fn history(&self, dialect: Option<Dialect>) -> Option<&(Context, Arc<History>)> {
        self.histories.iter().find(|(context, _)| context.dialect == dialect)
    }

    fn naming(&self) -> Fact<NamingConvention> {
        match &self.options.naming {
            Some(naming) => Fact::Known(naming.clone()),
            None => self.env.naming.clone(),
        }
    }

    pub(crate) fn code(&self) -> Code<'_> {
        let engine = self.options.layout.config.databases.first().map(|database| database.name.as_str());
        Code { sources: &self.roots, files: &*self.roots.store().files, engine }
    }

    fn fold(&mut self, before: Option<&Environment>) {
        let caches = self.caches.renewed(self);
        self.prepare(&caches);
        let mut histories = Vec::new();
        for dialect in &self.dialects {
            let context = Context { dialect: *dialect, naming: self.naming() };
            let old = before
                .and_then(|before| before.history(*dialect))
                .filter(|(known, _)| *known == context)
                .map(|(_, history)| &**history);
            let history = Folder { environment: self, caches: &caches, context: &context }.fold(old);
            histories.push((context, Arc::new(history)));
        }
        self.histories = histories;
        self.caches = Arc::new(caches);
    }

    /// Evaluates in parallel what asks nothing of the database.
    fn prepare(&self, caches: &Caches) {
        let missing: Vec<&Arc<Revision>> = self
            .order
            .iter()
            .filter_map(|rev| self.revision(*rev))
            .filter(|revision| !caches.knows(revision, Direction::Upgrade))
            .collect();
        let evaluated: Vec<(&Arc<Revision>, Option<Evaluation>)> = missing
            .par_iter()
            .map(|revision| (*revision, evaluate(&revision.module, Direction::Upgrade, self.code(), None)))
            .collect();
        for (revision, evaluation) in evaluated {
            caches.put_independent(revision, Direction::Upgrade, evaluation);
        }
    }

    /// The downgrade of a revision from the state that its upgrade left. Evaluated when it is first asked for.
    pub fn downgrade(&self, context: &Context, point: &Point) -> Option<Arc<Down>> {
        let revision = self.revision(point.rev)?;
        let down = point.downgrade.get_or_init(|| {
            let surroundings = Surroundings { before: (*point.after).clone(), context: context.clone() };
            let evaluation = self.caches.evaluation(self, revision, Direction::Downgrade, &surroundings);
            Arc::new(Down::new(evaluation, &point.after, context))
        });
        Some(down.clone())
    }
}

fn env_facts(options: &EnvironmentOptions, roots: &Roots, before: Option<&Environment>) -> Arc<EnvFacts> {
    let Some(path) = &options.layout.env_py else { return Arc::default() };
    let parsed = roots.store().parsed(path);
    if let Some(before) = before
        && before.roots.store().known(parsed.file).is_some_and(|old| old.hash == parsed.hash)
        && before.env.trace.holds(roots)
    {
        return before.env.clone();
    }
    Arc::new(alembic::env::read(&revision_module(&parsed), roots))
}

fn dialects(options: &EnvironmentOptions) -> Vec<Option<Dialect>> {
    if !options.dialects.is_empty() {
        return options.dialects.iter().copied().map(Some).collect();
    }
    vec![options.layout.config.dialect().map(Dialect::from)]
}

fn order(graph: &Graph, target: Option<&[String]>) -> Vec<Rev> {
    match target {
        None => graph.order(),
        Some(target) => {
            let ids = alembic::graph::Ids::many(target);
            let revs = graph.get_revisions(&ids).unwrap_or_default();
            graph.order_below(&revs)
        }
    }
}
