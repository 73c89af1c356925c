//! One Alembic environment: its revision files, its graph, and its history on every dialect.

use crate::dialects::{self, Evidence};
use crate::fold::{Caches, Folder};
use crate::initial::{self, Histories, Start};
use crate::revision::Revision;
use crate::roots::{Roots, revision_module};
use crate::same;
use alembic::env::EnvFacts;
use alembic::evaluate::{Code, Direction, Evaluation};
use alembic::graph::{Graph, Ids, Rev};
use alembic::history::{Down, History, Point};
use alembic::host::Surroundings;
use alembic::initial::{Holds, Initial, Search};
use alembic::layout::Layout;
use alembic::script::Script;
use alembic::state::State;
use camino::Utf8PathBuf;
use fact::{Fact, FileId};
use python::modules::{SourceModule, Sources};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use schema::apply::Context;
use schema::naming::NamingConvention;
use schema::{Dialect, Kind};
use std::sync::{Arc, OnceLock};

/// What an environment is made of: where its files are, and what the settings say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentOptions {
    pub layout: Layout,
    /// Empty: inferred from the configuration, else unknown.
    pub dialects: Vec<Dialect>,
    /// Stands for the convention that env.py passes.
    pub naming: Option<NamingConvention>,
    /// What is folded: these revisions, as Alembic's command line takes them, and what they follow from. `None`:
    /// everything (`heads`). An empty list: nothing, where only the graph is asked for.
    pub target: Option<Vec<String>>,
}

/// One version of an environment. Everything in it is immutable; versions share what did not change.
pub struct Environment {
    pub options: Arc<EnvironmentOptions>,
    pub roots: Roots,
    /// In load order, as the files of `script`.
    pub revisions: Vec<Arc<Revision>>,
    /// Files that two version locations hold; Alembic warns and ignores the second.
    pub repeated: Vec<Utf8PathBuf>,
    pub script: Script,
    /// The graph of `script`.
    pub graph: Arc<Graph>,
    env: OnceLock<Arc<EnvFacts>>,
    /// Never empty; `None` stands for a database that nobody has named.
    pub dialects: Vec<Option<Dialect>>,
    /// How they are known.
    pub evidence: Evidence,
    /// The order of `alembic upgrade`.
    pub order: Arc<[Rev]>,
    /// By dialect, in the order of `dialects`.
    pub histories: Vec<(Context, Arc<History>)>,
    /// What the histories start from, where the program makes tables before the first revision.
    pub(crate) start: Option<Start>,
    pub(crate) caches: Arc<Caches>,
}

impl Environment {
    /// Reads everything, reusing what `before` knows and no change has touched.
    pub fn load(options: Arc<EnvironmentOptions>, before: Option<&Environment>, roots: Roots) -> Environment {
        let store = roots.store().clone();
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
                    Some(revision) if revision.holds(&parsed, &roots) => revision.clone(),
                    _ => Arc::new(Revision::read(parsed, &roots)),
                }
            })
            .collect();
        let files = revisions.iter().map(|revision| revision.facts.clone()).collect();
        let script = match before {
            Some(before) => Script::after(&before.script, files),
            None => Script::new(files),
        };
        let graph = script.graph().clone();
        let order = order(&graph, options.target.as_deref());
        let (dialects, evidence) = dialects::of(&options, &revisions);
        let env = before.and_then(|before| known_env(&options, &dialects, before, &roots));
        let mut environment = Environment {
            options,
            roots,
            revisions,
            repeated: listing.repeated,
            script,
            graph,
            dialects,
            evidence,
            env: env.map(OnceLock::from).unwrap_or_default(),
            order: order.into(),
            histories: Vec::new(),
            start: None,
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
        self.revisions.get(self.script.index(rev)?)
    }

    /// The node of a revision file.
    pub fn rev_of(&self, file: FileId) -> Option<Rev> {
        self.script.rev_of(file)
    }

    /// What env.py says; it is evaluated when somebody first asks.
    pub fn env(&self) -> &Arc<EnvFacts> {
        self.env.get_or_init(|| match &self.options.layout.env_py {
            Some(path) => {
                let parsed = self.roots.store().parsed(path);
                Arc::new(alembic::env::read(&revision_module(&parsed), &self.workspace()))
            }
            None => Arc::default(),
        })
    }

    /// The history on one dialect.
    pub fn history(&self, dialect: Option<Dialect>) -> Option<&(Context, Arc<History>)> {
        self.histories.iter().find(|(context, _)| context.dialect == dialect)
    }

    /// The convention that names what the migrations leave unnamed: the one of the settings, else the one of env.py.
    pub fn naming(&self) -> Fact<NamingConvention> {
        match &self.options.naming {
            Some(naming) => Fact::Known(naming.clone()),
            None => self.env().naming.clone(),
        }
    }

    pub(crate) fn workspace(&self) -> Workspace<'_> {
        Workspace { roots: &self.roots, dialects: &self.dialects }
    }

    pub(crate) fn code(&self) -> Code<'_> {
        let engine = self.options.layout.config.databases.first().map(|database| database.name.as_str());
        Code { sources: &self.roots, files: &*self.roots.store().files, engine }
    }

    /// What a revision meets on a database in this state.
    pub(crate) fn surroundings(&self, before: &State, context: &Context) -> Surroundings {
        Surroundings { before: before.clone(), context: context.clone(), options: self.env().options.clone() }
    }

    fn fold(&mut self, before: Option<&Environment>) {
        if self.order.is_empty() && self.options.target.is_some() {
            return;
        }
        let caches = self.caches.renewed(self);
        // env.py and what it imports take about as long as the revisions that ask nothing.
        let (_, naming) = rayon::join(|| self.prepare(&caches), || self.naming());
        let this = &*self;
        let fold = |start: Option<(&Initial, Holds)>, before: &[(Context, Arc<History>)]| {
            let one = |dialect: &Option<Dialect>| {
                let context = Context { dialect: *dialect, naming: naming.clone() };
                let old = before.iter().find(|(known, _)| same::contexts(known, &context));
                let start = start.map(|(start, holds)| start.state(&context, holds));
                let folder = Folder { environment: this, caches: &caches, context: &context };
                let history = folder.fold(old.map(|(_, history)| &**history), start);
                (context, Arc::new(history))
            };
            this.dialects.iter().map(one).collect::<Histories>()
        };
        let old = before.map(|before| before.histories.as_slice()).unwrap_or_default();
        let old_start = before.and_then(|before| before.start.as_ref());
        let plain = fold(None, old_start.map_or(old, |start| start.plain.as_slice()));
        let search = initial::find(this, &plain, before);
        let chosen = |search: &Arc<Search>| {
            initial::choose(search, &plain, |start, holds| fold(Some((start, holds)), old))
        };
        let filled = search.as_ref().and_then(chosen);
        self.start = search.map(|search| Start { search, plain: plain.clone() });
        self.histories = filled.unwrap_or(plain);
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
            .map(|revision| (*revision, revision.evaluate(Direction::Upgrade, self.code(), None)))
            .collect();
        for (revision, evaluation) in evaluated {
            caches.put_independent(revision, Direction::Upgrade, evaluation);
        }
    }

    /// The downgrade of a revision from the state that its upgrade left. Evaluated when it is first asked for.
    pub fn downgrade(&self, context: &Context, point: &Point) -> Option<Arc<Down>> {
        let revision = self.revision(point.rev)?;
        let down = point.downgrade.get_or_init(|| {
            let surroundings = self.surroundings(&point.after, context);
            let evaluation = self.caches.evaluation(self, revision, Direction::Downgrade, &surroundings);
            Arc::new(Down::new(evaluation, &point.after, context))
        });
        Some(down.clone())
    }
}

/// What was known of env.py, if it still holds.
fn known_env(
    options: &EnvironmentOptions,
    dialects: &[Option<Dialect>],
    before: &Environment,
    roots: &Roots,
) -> Option<Arc<EnvFacts>> {
    let known = before.env.get()?;
    if *dialects != *before.dialects || known.searched && !roots.finds_the_same(&before.roots) {
        return None;
    }
    let (path, old) = (options.layout.env_py.as_ref(), before.options.layout.env_py.as_ref());
    let same = match (path, old) {
        (None, None) => true,
        (Some(path), Some(old)) if path == old => {
            let parsed = roots.store().parsed(path);
            let old = before.roots.store().known(parsed.file);
            old.is_some_and(|old| old.hash == parsed.hash) && known.trace.holds(roots)
        }
        _ => false,
    };
    same.then(|| known.clone())
}

/// What env.py may ask of the project.
pub(crate) struct Workspace<'a> {
    roots: &'a Roots,
    dialects: &'a [Option<Dialect>],
}

impl alembic::env::Workspace for Workspace<'_> {
    fn sources(&self) -> &dyn Sources {
        self.roots
    }

    fn modules_with(&self, needle: &str) -> Vec<Arc<SourceModule>> {
        self.roots.modules_with(needle)
    }

    fn dialect(&self) -> Option<Kind> {
        match self.dialects {
            [Some(dialect)] => Some(dialect.kind),
            _ => None,
        }
    }
}

fn order(graph: &Graph, target: Option<&[String]>) -> Vec<Rev> {
    match target {
        None => graph.order(),
        Some([]) => Vec::new(),
        Some(target) => {
            let revs = graph.get_revisions(&Ids::many(target)).unwrap_or_default();
            graph.order_below(&revs)
        }
    }
}
