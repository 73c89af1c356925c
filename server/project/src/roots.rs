//! Modules under the source roots of one environment.

use crate::installed;
use crate::store::{Parsed, Store};
use crate::world::Stale;
use camino::{Utf8Path, Utf8PathBuf};
use fact::files::{EntryKind, Files};
use fact::{FileId, Name, name};
use python::modules::{Found, SourceModule, Sources};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{Arc, PoisonError, RwLock};

/// Packages that a folder of the project never stands for, whatever it is called: Alembic has imported them long before
/// a migration runs, and a folder named `alembic` is the usual place of the migrations themselves.
const OUTSIDE: [&str; 3] = ["alembic", "sqlalchemy", "flask_migrate"];

/// Resolves dotted names as Python would with these folders in front of its path.
pub struct Roots {
    store: Store,
    roots: Arc<[Utf8PathBuf]>,
    /// Folders of installed packages, behind the roots. Nothing is searched there, only names are looked up.
    packages: Arc<[Utf8PathBuf]>,
    found: RwLock<Resolutions>,
    /// What [`Roots::modules_with`] has found, by needle.
    with: RwLock<FxHashMap<String, Arc<Vec<Utf8PathBuf>>>>,
}

/// What stands behind the dotted names that were asked for.
#[derive(Clone, Default)]
struct Resolutions {
    by_name: imbl::HashMap<Name, Found>,
    /// The names that stand for a file.
    of_file: imbl::HashMap<FileId, Vec<Name>>,
}

impl Resolutions {
    fn insert(&mut self, dotted: Name, found: Found) {
        if let Found::Module(module) = &found {
            let names = self.of_file.entry(module.file).or_default();
            if !names.contains(&dotted) {
                names.push(dotted);
            }
        }
        self.by_name.insert(dotted, found);
    }

    fn forget(&mut self, file: FileId) {
        for dotted in self.of_file.remove(&file).unwrap_or_default() {
            self.by_name.remove(&dotted);
        }
    }
}

impl Clone for Roots {
    fn clone(&self) -> Roots {
        let found = self.found.read().unwrap_or_else(PoisonError::into_inner).clone();
        let with = self.with.read().unwrap_or_else(PoisonError::into_inner).clone();
        Roots {
            store: self.store.clone(),
            roots: self.roots.clone(),
            packages: self.packages.clone(),
            found: RwLock::new(found),
            with: RwLock::new(with),
        }
    }
}

impl Roots {
    pub fn new(store: Store, roots: &[Utf8PathBuf], packages: &[Utf8PathBuf]) -> Roots {
        Roots {
            store,
            roots: roots.into(),
            packages: packages.into(),
            found: RwLock::default(),
            with: RwLock::default(),
        }
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    pub fn folders(&self) -> &[Utf8PathBuf] {
        &self.roots
    }

    /// These files under other source roots, with other packages.
    pub fn elsewhere(&self, roots: &[Utf8PathBuf], packages: &[Utf8PathBuf]) -> Roots {
        match *self.roots == *roots && *self.packages == *packages {
            true => self.clone(),
            false => Roots::new(self.store.clone(), roots, packages),
        }
    }

    /// A version in which what is stale is looked up again.
    pub(crate) fn renewed(&self, store: Store, stale: &Stale) -> Roots {
        if stale.listed {
            return Roots { store, found: RwLock::default(), with: RwLock::default(), ..self.clone() };
        }
        let renewed = Roots { store, ..self.clone() };
        let mut found = renewed.found.write().unwrap_or_else(PoisonError::into_inner);
        for file in &stale.files {
            found.forget(*file);
        }
        drop(found);
        let mut with = renewed.with.write().unwrap_or_else(PoisonError::into_inner);
        for (needle, paths) in with.iter_mut() {
            for file in &stale.files {
                renewed.search_again(*file, needle, paths);
            }
        }
        drop(with);
        renewed
    }

    /// Brings what was found for `needle` up to date with a file that has changed.
    fn search_again(&self, file: FileId, needle: &str, paths: &mut Arc<Vec<Utf8PathBuf>>) {
        let Some(path) = self.store.path(file).filter(|path| path.extension() == Some("py")) else { return };
        let has = self.is_searched(&path) && self.contains(&path, needle);
        match paths.binary_search_by(|known| known.as_path().cmp(&path)) {
            Ok(at) if !has => drop(Arc::make_mut(paths).remove(at)),
            Err(at) if has => Arc::make_mut(paths).insert(at, path.to_path_buf()),
            _ => {}
        }
    }

    /// Whether a search has been made, and would come to `path` if it were made again.
    pub(crate) fn has_searched(&self, path: &Utf8Path) -> bool {
        let searched = !self.with.read().unwrap_or_else(PoisonError::into_inner).is_empty();
        searched && path.extension() == Some("py") && self.is_searched(path)
    }

    /// Whether [`Roots::python_files`] goes into the folder of `path`.
    fn is_searched(&self, path: &Utf8Path) -> bool {
        let files = &*self.store.files;
        self.roots.iter().any(|root| {
            let Some(below) = path.strip_prefix(root).ok().and_then(Utf8Path::parent) else { return false };
            let mut folder = root.clone();
            let mut enters = !is_installation(files, &folder);
            for name in below.components() {
                folder.push(name);
                enters = enters && is_entered(name.as_str()) && !is_installation(files, &folder);
            }
            enters
        })
    }

    fn contains(&self, path: &Utf8Path, needle: &str) -> bool {
        let text = self.store.files.read(path);
        text.is_ok_and(|text| memchr::memmem::find(text.as_bytes(), needle.as_bytes()).is_some())
    }

    /// The modules under the roots whose text contains `needle`, in the order of their paths. Files are read as bytes;
    /// only those that contain it are parsed.
    pub fn modules_with(&self, needle: &str) -> Vec<Arc<SourceModule>> {
        let paths = self.paths_with(needle);
        paths.iter().map(|path| self.module_at(path)).collect()
    }

    /// The module in a file under the roots.
    pub(crate) fn module_at(&self, path: &Utf8Path) -> Arc<SourceModule> {
        source_module(&self.store.parsed(path), self.dotted(path), is_init(path))
    }

    /// Whether a search in this version comes to what it came to in another one.
    pub fn finds_the_same(&self, other: &Roots) -> bool {
        let needles = other.with.read().unwrap_or_else(PoisonError::into_inner).clone();
        needles.iter().all(|(needle, known)| {
            let paths = self.paths_with(needle);
            Arc::ptr_eq(&paths, known) || paths == *known
        })
    }

    fn paths_with(&self, needle: &str) -> Arc<Vec<Utf8PathBuf>> {
        if let Some(known) = self.with.read().unwrap_or_else(PoisonError::into_inner).get(needle) {
            return known.clone();
        }
        let mut paths: Vec<Utf8PathBuf> =
            self.python_files().into_iter().filter(|path| self.contains(path, needle)).collect();
        paths.sort();
        let mut with = self.with.write().unwrap_or_else(PoisonError::into_inner);
        with.entry(needle.to_owned()).or_insert_with(|| Arc::new(paths)).clone()
    }

    /// Every Python file under the roots, tests and what is installed there left out.
    pub(crate) fn python_files(&self) -> Vec<Utf8PathBuf> {
        let files = &*self.store.files;
        let mut seen = FxHashSet::default();
        let mut out = Vec::new();
        let mut todo: Vec<Utf8PathBuf> = self.roots.to_vec();
        while let Some(directory) = todo.pop() {
            if out.len() > MOST_FILES {
                break;
            }
            if !seen.insert(files.real_path(&directory)) || is_installation(files, &directory) {
                continue;
            }
            for entry in files.list(&directory) {
                let path = directory.join(&entry.name);
                match entry.kind {
                    EntryKind::Directory if is_entered(&entry.name) => todo.push(path),
                    EntryKind::File if entry.name.ends_with(".py") => out.push(path),
                    _ => {}
                }
            }
        }
        out
    }

    /// The name by which a file is imported: from the innermost root around it.
    fn dotted(&self, path: &Utf8Path) -> Name {
        let relative = self.roots.iter().filter_map(|root| path.strip_prefix(root).ok());
        let shortest = relative.min_by_key(|relative| relative.components().count()).unwrap_or(path);
        let stem = shortest.with_extension("");
        let parts: Vec<&str> = stem.components().map(|part| part.as_str()).collect();
        let parts = match parts.as_slice() {
            [package @ .., "__init__"] => package,
            parts => parts,
        };
        name(&parts.join("."))
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
            let top = root.join(first).join("__init__.py");
            if parts.len() > 1 && files.is_file(&top) && !self.is_shared(&top) {
                return if namespace { Found::Namespace } else { Found::Absent { inside: true } };
            }
        }
        if installed::is_read(first)
            && let Some(found) = self.installed(dotted, &relative)
        {
            return found;
        }
        namespace |= installed::is_read(first)
            && self.packages.iter().any(|folder| files.is_directory(&folder.join(&relative)));
        if namespace { Found::Namespace } else { Found::Absent { inside: false } }
    }

    /// A module of an installed package. What is not there as a file may still be compiled, or made by the package itself.
    fn installed(&self, dotted: Name, relative: &Utf8Path) -> Option<Found> {
        let files = &*self.store.files;
        self.packages.iter().find_map(|folder| {
            let whole = folder.join(relative);
            let package = whole.join("__init__.py");
            if files.is_file(&package) {
                return Some(self.module(dotted, &package, true));
            }
            let module = whole.with_extension_added("py");
            files.is_file(&module).then(|| self.module(dotted, &module, false))
        })
    }

    /// Whether a package says that parts of it may stand elsewhere.
    fn is_shared(&self, init: &Utf8Path) -> bool {
        SHARED.iter().any(|call| self.contains(init, call))
    }

    fn module(&self, dotted: Name, path: &Utf8Path, is_package: bool) -> Found {
        Found::Module(source_module(&self.store.parsed(path), dotted, is_package))
    }
}

/// What a package calls that is spread over several folders.
const SHARED: [&str; 2] = ["extend_path", "declare_namespace"];

/// Folders that hold no code of the application.
const PASSED: [&str; 6] = ["__pycache__", "node_modules", "site-packages", "test", "tests", "venv"];

fn is_entered(folder: &str) -> bool {
    !folder.starts_with('.') && !PASSED.contains(&folder)
}

fn is_installation(files: &dyn Files, folder: &Utf8Path) -> bool {
    files.is_file(&folder.join("pyvenv.cfg"))
}

/// A root that holds more files than this is no source root, and is not searched to its end.
const MOST_FILES: usize = 20_000;

fn is_init(path: &Utf8Path) -> bool {
    path.file_name() == Some("__init__.py")
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
    fn version(&self, distribution: &str) -> Option<Arc<str>> {
        installed::version(&*self.store.files, &self.packages, distribution)
    }

    fn is_installed(&self, file: FileId) -> bool {
        !self.packages.is_empty()
            && self
                .store
                .path(file)
                .is_some_and(|path| self.packages.iter().any(|folder| path.starts_with(folder)))
    }

    fn find(&self, dotted: Name) -> Found {
        let known = self.found.read().unwrap_or_else(PoisonError::into_inner).by_name.get(&dotted).cloned();
        if let Some(found) = known {
            return found;
        }
        let found = self.resolve(dotted);
        self.found.write().unwrap_or_else(PoisonError::into_inner).insert(dotted, found.clone());
        found
    }
}
