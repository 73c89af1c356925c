//! Files as the analysis sees them: numbered once and for all, read and parsed at most once per version.

use camino::{Utf8Path, Utf8PathBuf};
use fact::FileId;
use fact::files::{Files, ReadError};
use python::ast::Module;
use python::bindings::Bindings;
use rustc_hash::FxHashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, PoisonError, RwLock};

/// One version of a Python file.
#[derive(Debug)]
pub struct Parsed {
    pub file: FileId,
    pub path: Arc<Utf8Path>,
    /// `Err`: there is no text.
    pub text: Result<Arc<str>, ReadError>,
    pub module: Arc<Module>,
    pub bindings: Arc<Bindings>,
    /// Of all statements in order, blanks and comments left out.
    pub hash: u64,
}

/// Numbers and paths of files; numbers are never given out twice.
#[derive(Debug, Default)]
struct Table {
    ids: FxHashMap<Arc<Utf8Path>, FileId>,
    paths: Vec<Arc<Utf8Path>>,
}

/// Shared by all environments of a workspace, and by every snapshot of it.
///
/// Cloning is cheap and makes a version of its own: what is forgotten in one stays in the others.
pub struct Store {
    pub files: Arc<dyn Files>,
    table: Arc<RwLock<Table>>,
    parsed: RwLock<imbl::HashMap<FileId, Arc<Parsed>>>,
}

impl Clone for Store {
    fn clone(&self) -> Store {
        let parsed = self.parsed.read().unwrap_or_else(PoisonError::into_inner).clone();
        Store { files: self.files.clone(), table: self.table.clone(), parsed: RwLock::new(parsed) }
    }
}

impl Store {
    pub fn new(files: Arc<dyn Files>) -> Store {
        Store { files, table: Arc::default(), parsed: RwLock::default() }
    }

    /// The same store on files that have changed, as far as `forget` says.
    pub fn with_files(&self, files: Arc<dyn Files>) -> Store {
        Store { files, ..self.clone() }
    }

    /// The same numbers, and nothing read yet.
    pub fn emptied(&self, files: Arc<dyn Files>) -> Store {
        Store { files, table: self.table.clone(), parsed: RwLock::default() }
    }

    pub fn id(&self, path: &Utf8Path) -> FileId {
        if let Some(id) = self.table.read().unwrap_or_else(PoisonError::into_inner).ids.get(path) {
            return *id;
        }
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = table.ids.get(path) {
            return *id;
        }
        let id = FileId(table.paths.len() as u32);
        let path: Arc<Utf8Path> = Arc::from(path);
        table.paths.push(path.clone());
        table.ids.insert(path, id);
        id
    }

    pub fn path(&self, file: FileId) -> Option<Arc<Utf8Path>> {
        self.table.read().unwrap_or_else(PoisonError::into_inner).paths.get(file.0 as usize).cloned()
    }

    /// The file's syntax; read and parsed on first use.
    pub fn parsed(&self, path: &Utf8Path) -> Arc<Parsed> {
        let file = self.id(path);
        if let Some(parsed) = self.parsed.read().unwrap_or_else(PoisonError::into_inner).get(&file) {
            return parsed.clone();
        }
        let parsed = Arc::new(self.parse(file, path));
        let mut all = self.parsed.write().unwrap_or_else(PoisonError::into_inner);
        all.entry(file).or_insert(parsed).clone()
    }

    /// The file's syntax if it was read already.
    pub fn known(&self, file: FileId) -> Option<Arc<Parsed>> {
        self.parsed.read().unwrap_or_else(PoisonError::into_inner).get(&file).cloned()
    }

    fn parse(&self, file: FileId, path: &Utf8Path) -> Parsed {
        let text = self.files.read(path);
        let module = text.as_deref().map(python::parse::parse).unwrap_or_default();
        let mut hasher = DefaultHasher::new();
        for item in &module.items {
            item.tree.hash.hash(&mut hasher);
        }
        module.errors.len().hash(&mut hasher);
        let bindings = Arc::new(Bindings::of(&module));
        Parsed { file, path: path.into(), text, module: Arc::new(module), bindings, hash: hasher.finish() }
    }

    /// The next look at the file reads it again.
    pub fn forget(&self, path: &Utf8Path) {
        let file = self.id(path);
        self.parsed.write().unwrap_or_else(PoisonError::into_inner).remove(&file);
    }

    pub fn paths(&self) -> Vec<Utf8PathBuf> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        table.paths.iter().map(|path| path.to_path_buf()).collect()
    }
}
