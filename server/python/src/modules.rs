//! Modules of the project, and what an evaluation used of them.

use crate::ast::Module;
use crate::bindings::Bindings;
use fact::{FileId, Name};
use rustc_hash::FxHashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// A parsed module of the project.
#[derive(Debug)]
pub struct SourceModule {
    /// The dotted name that it is imported by.
    pub name: Name,
    pub file: FileId,
    /// The file's path as `__file__` gives it.
    pub path: Arc<str>,
    /// It is an `__init__.py`: relative imports start inside it.
    pub is_package: bool,
    pub module: Arc<Module>,
    pub bindings: Arc<Bindings>,
}

/// What stands behind a dotted name.
#[derive(Debug, Clone)]
pub enum Found {
    Module(Arc<SourceModule>),
    /// A folder without `__init__.py` that holds modules.
    Namespace,
    /// Not under the source roots. `inside`: a package with an `__init__.py` that it would have to be in is, so importing
    /// it fails. (Parts of a namespace may come from elsewhere.)
    Absent {
        inside: bool,
    },
}

/// How a dotted name was resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resolved {
    File(FileId),
    /// A file that Python could not run.
    Broken(FileId),
    Namespace,
    Absent {
        inside: bool,
    },
}

impl From<&Found> for Resolved {
    fn from(found: &Found) -> Resolved {
        match found {
            Found::Module(module) if !module.module.errors.is_empty() => Resolved::Broken(module.file),
            Found::Module(module) => Resolved::File(module.file),
            Found::Namespace => Resolved::Namespace,
            Found::Absent { inside } => Resolved::Absent { inside: *inside },
        }
    }
}

/// Finds modules under the source roots.
pub trait Sources {
    fn find(&self, dotted: Name) -> Found;

    /// The version of an installed distribution, where it can be told.
    fn version(&self, _distribution: &str) -> Option<Arc<str>> {
        None
    }

    /// Whether a module belongs to an installed package, and not to the project.
    fn is_installed(&self, _: FileId) -> bool {
        false
    }
}

/// No modules at all: everything that is imported comes from outside.
pub struct NoSources;

impl Sources for NoSources {
    fn find(&self, _: Name) -> Found {
        Found::Absent { inside: false }
    }
}

impl SourceModule {
    /// A hash of all statements that bind or change `name`: what a user of the name depends on. Star imports count where
    /// nothing else binds it. That a statement moved counts too: facts keep the places that they were read at.
    pub fn fingerprint(&self, name: Name) -> u64 {
        let mut hasher = DefaultHasher::new();
        for &ordinal in self.bindings.items_for(name) {
            ordinal.hash(&mut hasher);
            if let Some(item) = self.module.items.get(ordinal as usize) {
                item.tree.hash.hash(&mut hasher);
            }
        }
        if !self.bindings.binds(name) {
            for star in self.bindings.star_imports() {
                (star.item, star.level, star.module).hash(&mut hasher);
            }
        }
        hasher.finish()
    }

    /// The package that relative imports of this module start from.
    pub(crate) fn package(&self) -> &str {
        if self.is_package {
            return self.name.as_str();
        }
        self.name.as_str().rsplit_once('.').map_or("", |(package, _)| package)
    }
}

/// Which parts of which modules an evaluation looked at. While every part reads the same, so does the evaluation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// How each dotted name was resolved.
    pub modules: FxHashMap<Name, Resolved>,
    /// Fingerprints by module and name.
    pub names: FxHashMap<(Name, Name), u64>,
    /// Other files that were read (SQL scripts), by path, with the hash of their text.
    pub files: FxHashMap<Arc<str>, Option<u64>>,
    /// Versions of distributions that were asked for.
    pub versions: FxHashMap<Name, Option<Arc<str>>>,
}

impl Trace {
    /// Adds what another evaluation looked at.
    pub fn merge(&mut self, other: &Trace) {
        self.modules.extend(other.modules.iter().map(|(dotted, resolved)| (*dotted, *resolved)));
        self.names.extend(&other.names);
        self.files.extend(other.files.iter().map(|(path, hash)| (path.clone(), *hash)));
    }

    /// Whether the modules still read as they did. The caller compares `files`, which it alone can read.
    pub fn holds(&self, sources: &dyn Sources) -> bool {
        self.modules.iter().all(|(dotted, resolved)| Resolved::from(&sources.find(*dotted)) == *resolved)
            && self.names.iter().all(|((dotted, name), fingerprint)| match sources.find(*dotted) {
                Found::Module(module) => module.fingerprint(*name) == *fingerprint,
                Found::Namespace | Found::Absent { .. } => false,
            })
            && self.versions.iter().all(|(name, version)| sources.version(name) == *version)
    }
}
