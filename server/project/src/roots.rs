//! Modules under the source roots of one environment.

use crate::store::{Parsed, Store};
use camino::{Utf8Path, Utf8PathBuf};
use fact::{FileId, Name, name};
use python::modules::{Found, SourceModule, Sources};
use std::sync::{Arc, PoisonError, RwLock};

/// Packages that a folder of the project never stands for, whatever it is called: Alembic has imported them long before
/// a migration runs, and a folder named `alembic` is the usual place of the migrations themselves.
const OUTSIDE: [&str; 3] = ["alembic", "sqlalchemy", "flask_migrate"];

/// Resolves dotted names as Python would with these folders in front of its path.
pub struct Roots {
    store: Store,
    roots: Arc<[Utf8PathBuf]>,
    found: RwLock<imbl::HashMap<Name, Found>>,
}

impl Clone for Roots {
    fn clone(&self) -> Roots {
        let found = self.found.read().unwrap_or_else(PoisonError::into_inner).clone();
        Roots { store: self.store.clone(), roots: self.roots.clone(), found: RwLock::new(found) }
    }
}

impl Roots {
    pub fn new(store: Store, roots: &[Utf8PathBuf]) -> Roots {
        Roots { store, roots: roots.into(), found: RwLock::default() }
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    pub fn folders(&self) -> &[Utf8PathBuf] {
        &self.roots
    }

    /// These files under other source roots.
    pub fn elsewhere(&self, roots: &[Utf8PathBuf]) -> Roots {
        match *self.roots == *roots {
            true => self.clone(),
            false => Roots::new(self.store.clone(), roots),
        }
    }

    /// A version in which `changed` files are read again. `listed`: files came or went, so names are looked up afresh.
    pub fn renewed(&self, store: Store, changed: &[FileId], listed: bool) -> Roots {
        let renewed = Roots { store, ..self.clone() };
        let mut found = renewed.found.write().unwrap_or_else(PoisonError::into_inner);
        if listed {
            found.clear();
        } else {
            let stale =
                |found: &Found| matches!(found, Found::Module(module) if changed.contains(&module.file));
            found.retain(|_, module| !stale(module));
        }
        drop(found);
        renewed
    }

    fn resolve(&self, dotted: Name) -> Found {
        let files = &*self.store.files;
        let parts: Vec<&str> = dotted.split('.').collect();
        let Some(first) = parts.first().filter(|first| !OUTSIDE.contains(first)) else {
            return Found::Absent { inside: false };
        };
        let relative: Utf8PathBuf = parts.iter().collect();
        let mut namespace = false;
        for root in self.roots.iter() {
            let whole = root.join(&relative);
            let package = whole.join("__init__.py");
            if files.is_file(&package) {
                return self.module(dotted, &package, true);
            }
            let module = whole.with_extension_added("py");
            if files.is_file(&module) {
                return self.module(dotted, &module, false);
            }
            if files.is_directory(&whole) {
                namespace = true;
            }
            // A regular package of that name hides the roots behind it.
            let top = root.join(first);
            if files.is_file(&top.join("__init__.py")) && parts.len() > 1 {
                return if namespace { Found::Namespace } else { Found::Absent { inside: true } };
            }
        }
        if namespace { Found::Namespace } else { Found::Absent { inside: false } }
    }

    fn module(&self, dotted: Name, path: &Utf8Path, is_package: bool) -> Found {
        Found::Module(source_module(&self.store.parsed(path), dotted, is_package))
    }
}

trait WithExtensionAdded {
    fn with_extension_added(&self, extension: &str) -> Utf8PathBuf;
}

impl WithExtensionAdded for Utf8Path {
    fn with_extension_added(&self, extension: &str) -> Utf8PathBuf {
        Utf8PathBuf::from(format!("{self}.{extension}"))
    }
}

pub(crate) fn source_module(parsed: &Parsed, dotted: Name, is_package: bool) -> Arc<SourceModule> {
    Arc::new(SourceModule {
        name: dotted,
        file: parsed.file,
        path: parsed.path.as_str().into(),
        is_package,
        module: parsed.module.clone(),
        bindings: parsed.bindings.clone(),
    })
}

/// A revision file is executed as a module of its own, named after the file.
pub(crate) fn revision_module(parsed: &Parsed) -> Arc<SourceModule> {
    let stem = parsed.path.file_stem().unwrap_or("revision");
    let dotted: String =
        stem.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect();
    source_module(parsed, name(&dotted), false)
}

impl Sources for Roots {
    fn find(&self, dotted: Name) -> Found {
        if let Some(found) = self.found.read().unwrap_or_else(PoisonError::into_inner).get(&dotted) {
            return found.clone();
        }
        let found = self.resolve(dotted);
        self.found.write().unwrap_or_else(PoisonError::into_inner).insert(dotted, found.clone());
        found
    }
}
