//! The workspace as it is now, and how it changes.

use crate::environment::{Environment, EnvironmentOptions};
use crate::roots::Roots;
use crate::store::Store;
use camino::Utf8PathBuf;
use fact::FileId;
use fact::files::Files;
use python::line_index::LineIndex;
use std::sync::Arc;

/// Something that happened to the files of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The text of a file is another one.
    Text(Utf8PathBuf),
    /// A file came or went.
    Listing(Utf8PathBuf),
    /// Nobody knows what changed.
    Everything,
}

/// What a change leaves of an earlier version: everything that did not look at this.
#[derive(Debug, Default)]
pub(crate) struct Stale {
    /// Their texts are read again.
    pub files: Vec<FileId>,
    /// Files came or went: any name may stand for something else.
    pub listed: bool,
}

/// Owns the analysis of a workspace. Its versions are [`Snapshot`]s.
pub struct World {
    store: Store,
    environments: Vec<Arc<Environment>>,
}

/// One version of the workspace, to be read from any thread.
#[derive(Clone)]
pub struct Snapshot {
    pub environments: Vec<Arc<Environment>>,
    pub store: Store,
}

impl World {
    pub fn new(files: Arc<dyn Files>, environments: Vec<EnvironmentOptions>) -> World {
        let store = Store::new(files);
        let mut world = World { store, environments: Vec::new() };
        world.set_environments(environments);
        world
    }

    /// Replaces the list of environments; those at the same place keep what is known of them.
    pub fn set_environments(&mut self, environments: Vec<EnvironmentOptions>) {
        self.environments = environments
            .into_iter()
            .map(|options| {
                let place = |options: &EnvironmentOptions| options.layout.config.sources.clone();
                let mut known = self.environments.iter();
                let known = known.find(|known| place(&known.options) == place(&options));
                if let Some(known) = known.filter(|known| *known.options == options) {
                    return known.clone();
                }
                let (folders, packages) = (&options.layout.source_roots, &options.layout.packages);
                let roots = match known {
                    Some(known) => known.roots.elsewhere(folders, packages),
                    None => Roots::new(self.store.clone(), folders, packages),
                };
                let known = known.map(|known| &**known);
                Arc::new(Environment::load(Arc::new(options), known, roots))
            })
            .collect();
    }

    /// Brings the world up to date after `changes`; `files` answers with the new texts.
    pub fn apply(&mut self, files: Arc<dyn Files>, changes: &[Change]) {
        let everything = changes.contains(&Change::Everything);
        // Whoever tells of a text may not know that the file is a new one.
        let appeared =
            |path: &Utf8PathBuf| self.store.files.kind(path).is_some() != files.kind(path).is_some();
        let listed = everything
            || changes.iter().any(|change| match change {
                Change::Listing(_) => true,
                Change::Text(path) => appeared(path),
                Change::Everything => false,
            });
        let store = if everything { self.store.emptied(files) } else { self.store.renewed(files) };
        let mut stale = Stale { files: Vec::new(), listed };
        for change in changes {
            if let Change::Text(path) | Change::Listing(path) = change {
                store.forget(path);
                stale.files.push(store.id(path));
                // An evaluation may have read the file by another name.
                stale.files.extend(store.known_id(&store.files.real_path(path)));
            }
        }
        stale.files.sort_unstable();
        stale.files.dedup();
        self.environments = self
            .environments
            .iter()
            .map(|known| {
                let roots = known.roots.renewed(store.clone(), &stale);
                Arc::new(known.changed(roots, &stale))
            })
            .collect();
        self.store = store;
    }

    pub fn snapshot(&self) -> Snapshot {
        Snapshot { environments: self.environments.clone(), store: self.store.clone() }
    }
}

impl Snapshot {
    /// The text of a file that the analysis has read.
    pub fn text(&self, file: FileId) -> Option<Arc<str>> {
        self.store.text(file)
    }

    /// Where the lines are of a file that the analysis has read.
    pub fn line_index(&self, file: FileId) -> Option<Arc<LineIndex>> {
        self.store.line_index(file)
    }
}
