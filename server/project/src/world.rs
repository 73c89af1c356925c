//! The workspace as it is now, and how it changes.

use crate::environment::{Environment, EnvironmentOptions};
use crate::roots::Roots;
use crate::store::Store;
use camino::Utf8PathBuf;
use fact::FileId;
use fact::files::Files;
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

/// Owns the analysis of a workspace. Its versions are [`Snapshot`]s.
pub struct World {
    store: Store,
    environments: Vec<Arc<Environment>>,
}

/// One version of the workspace, to be read from any thread.
#[derive(Clone)]
pub struct Snapshot {
    pub environments: Vec<Arc<Environment>>,
    pub store: Arc<Store>,
}

impl World {
    pub fn new(files: Arc<dyn Files>, environments: Vec<EnvironmentOptions>) -> World {
        let store = Store::new(files);
        let mut world = World { store, environments: Vec::new() };
        world.set_environments(environments);
        world
    }

    /// Replaces the list of environments; those with the same options keep what is known of them.
    pub fn set_environments(&mut self, environments: Vec<EnvironmentOptions>) {
        self.environments = environments
            .into_iter()
            .map(|options| {
                let known = self.environments.iter().find(|known| *known.options == options);
                match known {
                    Some(known) => known.clone(),
                    None => {
                        let roots = Roots::new(self.store.clone(), &options.layout.source_roots);
                        Arc::new(Environment::load(Arc::new(options), self.store.clone(), None, roots))
                    }
                }
            })
            .collect();
    }

    /// Brings the world up to date after `changes`; `files` answers with the new texts.
    pub fn apply(&mut self, files: Arc<dyn Files>, changes: &[Change]) {
        let everything = changes.contains(&Change::Everything);
        let listed = everything || changes.iter().any(|change| matches!(change, Change::Listing(_)));
        let store = if everything { self.store.emptied(files) } else { self.store.with_files(files) };
        let mut changed: Vec<FileId> = Vec::new();
        for change in changes {
            if let Change::Text(path) | Change::Listing(path) = change {
                store.forget(path);
                changed.push(store.id(path));
            }
        }
        self.environments = self
            .environments
            .iter()
            .map(|known| {
                let roots = known.roots.renewed(store.clone(), &changed, listed);
                let options = known.options.clone();
                Arc::new(Environment::load(options, store.clone(), Some(known), roots))
            })
            .collect();
        self.store = store;
    }

    pub fn snapshot(&self) -> Snapshot {
        Snapshot { environments: self.environments.clone(), store: Arc::new(self.store.clone()) }
    }
}
