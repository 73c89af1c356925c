//! One Alembic environment: its revision files, its graph, and its history on every dialect.

use crate::caches::Caches;
use crate::dialects::{self, Evidence};
use crate::fold::Folder;
use crate::initial::{self, Histories, Start};
use crate::revision::Revision;
use crate::roots::{Roots, revision_module};
use crate::same;
use crate::world::Stale;
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
use imbl::Vector;
use python::modules::{SourceModule, Sources};
use rayon::prelude::*;
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

/// So few revisions are not shared out.
const FEW: usize = 8;

/// One version of an environment. Everything in it is immutable; versions share what did not change.
pub struct Environment {
    pub options: Arc<EnvironmentOptions>,
    pub roots: Roots,
    /// In load order, as the files of `script`.
    pub revisions: Vector<Arc<Revision>>,
    /// Files that two version locations hold; Alembic warns and ignores the second.
    pub repeated: Arc<[Utf8PathBuf]>,
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
    pub histories: Vec<(Arc<Context>, Arc<History>)>,
    /// What the histories start from, where the program makes tables before the first revision.
    pub(crate) start: Option<Start>,
    pub(crate) caches: Caches,
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
        let revisions: Vec<Arc<Revision>> = listing
            .paths
            .par_iter()
            .map(|path| {
                let parsed = store.parsed(path);
                match before.and_then(|before| before.revision_of(parsed.file)) {
                    Some(revision) if revision.holds(&parsed, &roots) => revision.clone(),
                    _ => Arc::new(Revision::read(parsed, &roots)),
                }
            })
            .collect();
        let files = revisions.iter().map(|revision| revision.facts.clone());
        let script = match before {
            Some(before) => Script::after(&before.script, files),
            None => Script::new(files),
        };
        let (dialects, evidence) = dialects::of(&options, &revisions);
        let env = before.and_then(|before| {
            before.env.get().filter(|env| env_holds(env, &options, &dialects, before, &roots))
        });
        let mut environment = Environment {
            order: order(script.graph(), options.target.as_deref()),
            options,
            roots,
            revisions: revisions.into(),
            repeated: listing.repeated.into(),
            graph: script.graph().clone(),
            script,
            dialects,
            evidence,
            env: env.cloned().map(OnceLock::from).unwrap_or_default(),
            histories: Vec::new(),
            start: None,
            caches: before.map(|before| before.caches.fork()).unwrap_or_default(),
        };
        for revision in &environment.revisions {
            environment.note_headers(revision);
        }
        environment.fold(before, None);
        environment
    }

    /// The version after a change: only what looked at something stale is looked at again.
    pub(crate) fn changed(&self, roots: Roots, stale: &Stale) -> Environment {
        if stale.listed {
            return Environment::load(self.options.clone(), Some(self), roots);
        }
        // Other threads may go on to evaluate in this version: only what was noted before the files are compared counts.
        let env = self.env.get();
        let caches = self.caches.fork();
        let touched = caches.touched(stale);
        let mut revisions = self.revisions.clone();
        let (mut edits, mut same_dialects) = (Vec::new(), true);
        for index in touched.iter().filter_map(|file| self.script.position(*file)) {
            let Some(revision) = revisions.get_mut(index) else { continue };
            let parsed = roots.store().parsed(&revision.parsed.path);
            if revision.holds(&parsed, &roots) {
                continue;
            }
            let read = Arc::new(Revision::read(parsed, &roots));
            same_dialects &= dialects::unmoved(&self.options, revision, &read);
            edits.push((index, read.facts.clone()));
            *revision = read;
        }
        let script = self.script.edited(&edits);
        let (dialects, evidence) = match same_dialects {
            true => (self.dialects.clone(), self.evidence.clone()),
            false => dialects::of(&self.options, &revisions),
        };
        let env = env.filter(|env| {
            let stands = dialects == self.dialects && self.env_stands(env, &touched, &roots);
            stands || env_holds(env, &self.options, &dialects, self, &roots)
        });
        let mut environment = Environment {
            options: self.options.clone(),
            roots,
            order: match Arc::ptr_eq(script.graph(), &self.graph) {
                true => self.order.clone(),
                false => order(script.graph(), self.options.target.as_deref()),
            },
            revisions,
            repeated: self.repeated.clone(),
            graph: script.graph().clone(),
            script,
            dialects,
            evidence,
            env: env.cloned().map(OnceLock::from).unwrap_or_default(),
            histories: Vec::new(),
            start: None,
            caches,
        };
        for (index, _) in &edits {
            environment
                .revisions
                .get(*index)
                .into_iter()
                .for_each(|revision| environment.note_headers(revision));
        }
        environment.fold(Some(self), Some(&touched));
        environment
    }

    pub fn name(&self) -> String {
        self.options.layout.name()
    }

    /// The revision of a node of the graph.
    pub fn revision(&self, rev: Rev) -> Option<&Arc<Revision>> {
        self.revisions.get(self.script.index(rev)?)
    }

    /// The revision that a file is.
    pub fn revision_of(&self, file: FileId) -> Option<&Arc<Revision>> {
        self.revisions.get(self.script.position(file)?)
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
                let facts = alembic::env::read(&revision_module(&parsed), &self.workspace());
                self.caches.note(&self.roots, parsed.file, &facts.trace);
                Arc::new(facts)
            }
            None => Arc::default(),
        })
    }

    /// The history on one dialect.
    pub fn history(&self, dialect: Option<Dialect>) -> Option<&(Arc<Context>, Arc<History>)> {
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
    pub(crate) fn surroundings(&self, before: &State, context: &Arc<Context>) -> Surroundings {
        Surroundings { before: before.clone(), context: context.clone(), options: self.env().options.clone() }
    }

    /// Whether env.py says what it said, as far as `touched` files go.
    fn env_stands(&self, env: &EnvFacts, touched: &[FileId], roots: &Roots) -> bool {
        let file = self.options.layout.env_py.as_ref().and_then(|path| roots.store().known_id(path));
        file.is_none_or(|file| touched.binary_search(&file).is_err())
            && (!env.searched || roots.finds_the_same(&self.roots))
    }

    fn note_headers(&self, revision: &Revision) {
        if let Some(trace) = revision.trace() {
            self.caches.note(&self.roots, revision.parsed.file, trace);
        }
    }

    /// `touched`: the files that may say something else than `before`; `None`: any file may.
    fn fold(&mut self, before: Option<&Environment>, touched: Option<&[FileId]>) {
        if self.order.is_empty() && self.options.target.is_some() {
            return;
        }
        let lost = self.caches.renew(self, touched);
        let in_order = |file: &FileId| self.rev_of(*file);
        let touched: Option<Vec<Rev>> = touched.map(|files| files.iter().filter_map(in_order).collect());
        let naming = match touched.as_deref() {
            // They are evaluated before another thread has woken up.
            Some(revs) if revs.len() < FEW => {
                revs.iter().for_each(|rev| self.prepare(&[*rev]));
                self.naming()
            }
            // env.py and what it imports take about as long as the revisions that ask nothing.
            revs => rayon::join(|| self.prepare(revs.unwrap_or(&self.order)), || self.naming()).1,
        };
        // Another order, or other options for those who ask for them, concerns every revision.
        let stands = before.is_some_and(|before| {
            let env = before.env.get().is_some_and(|env| Arc::ptr_eq(env, self.env()));
            env && Arc::ptr_eq(&before.order, &self.order)
        });
        let touched = touched.as_deref().filter(|_| stands);
        let this = &*self;
        let fold = |start: Option<(&Initial, Holds)>, before: &[(Arc<Context>, Arc<History>)]| {
            let one = |dialect: &Option<Dialect>| {
                let context = Arc::new(Context { dialect: *dialect, naming: naming.clone() });
                let old = before.iter().find(|(known, _)| same::contexts(known, &context));
                let context = old.map_or(context, |(known, _)| known.clone());
                let start = start.map(|(start, holds)| start.state(&context, holds));
                let folder = Folder { environment: this, lost: &lost, context: &context };
                let history = folder.fold(old.map(|(_, history)| &**history), start, touched);
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
    }

    /// Evaluates in parallel what asks nothing of the database.
    fn prepare(&self, revs: &[Rev]) {
        let missing: Vec<&Arc<Revision>> = revs
            .iter()
            .filter_map(|rev| self.revision(*rev))
            .filter(|revision| !self.caches.knows(revision, Direction::Upgrade))
            .collect();
        let evaluate = |revision: &&Arc<Revision>| revision.evaluate(Direction::Upgrade, self.code(), None);
        let evaluated: Vec<Option<Evaluation>> = match missing.as_slice() {
            [revision] => vec![evaluate(revision)],
            missing => missing.par_iter().map(evaluate).collect(),
        };
        let evaluated = missing.into_iter().zip(evaluated);
        for (revision, evaluation) in evaluated {
            self.caches.put_independent(self, revision, Direction::Upgrade, evaluation);
        }
    }

    /// The downgrade of a revision from the state that its upgrade left. Evaluated when it is first asked for.
    pub fn downgrade(&self, context: &Arc<Context>, point: &Point) -> Option<Arc<Down>> {
        let revision = self.revision(point.rev)?;
        let surroundings = self.surroundings(&point.after, context);
        let evaluation = self.caches.evaluation(self, revision, Direction::Downgrade, &surroundings);
        Some(point.down(evaluation, context))
    }
}

/// Whether what `before` knew of env.py still holds.
fn env_holds(
    known: &EnvFacts,
    options: &EnvironmentOptions,
    dialects: &[Option<Dialect>],
    before: &Environment,
    roots: &Roots,
) -> bool {
    if *dialects != *before.dialects || known.searched && !roots.finds_the_same(&before.roots) {
        return false;
    }
    match (&options.layout.env_py, &before.options.layout.env_py) {
        (None, None) => true,
        (Some(path), Some(old)) if path == old => {
            let parsed = roots.store().parsed(path);
            let old = before.roots.store().known(parsed.file);
            old.is_some_and(|old| old.hash == parsed.hash) && known.trace.holds(roots)
        }
        _ => false,
    }
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

fn order(graph: &Graph, target: Option<&[String]>) -> Arc<[Rev]> {
    match target {
        None => graph.order().into(),
        Some([]) => Arc::default(),
        Some(target) => {
            let revs = graph.get_revisions(&Ids::many(target)).unwrap_or_default();
            graph.order_below(&revs).into()
        }
    }
}
