//! Files as the analysis sees them: numbered once and for all, read and parsed at most once per version.

use camino::Utf8Path;
use fact::files::{Files, ReadError};
use fact::{FileId, Place};
use python::ast::{Module, Span};
use python::bindings::Bindings;
use python::line_index::LineIndex;
use rustc_hash::FxHashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

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
    lines: OnceLock<Arc<LineIndex>>,
}

impl Parsed {
    /// Where the lines of the text are; made when it is first asked for.
    pub fn line_index(&self) -> &Arc<LineIndex> {
        self.lines.get_or_init(|| Arc::new(LineIndex::new(self.text.as_deref().unwrap_or_default())))
    }

    /// Whether Python could not run the file: it has no text, or the text is no Python.
    pub fn is_broken(&self) -> bool {
        self.text.is_err() || !self.module.errors.is_empty()
    }
}

/// Numbers and paths of files; numbers are never given out twice.
#[derive(Debug, Default)]
struct Table {
    ids: FxHashMap<Arc<Utf8Path>, FileId>,
    paths: Vec<Arc<Utf8Path>>,
}

/// One version of the files, shared by all environments of a workspace. Clones are the same version: what one of them
/// reads, all of them have.
#[derive(Clone)]
pub struct Store {
    pub files: Arc<dyn Files>,
    table: Arc<RwLock<Table>>,
    parsed: Arc<RwLock<imbl::HashMap<FileId, Slot>>>,
}

/// Filled by whoever first needs the file; others that need it at the same time wait instead of parsing it too.
type Slot = Arc<OnceLock<Arc<Parsed>>>;

impl Store {
    pub fn new(files: Arc<dyn Files>) -> Store {
        Store { files, table: Arc::default(), parsed: Arc::default() }
    }

    /// The next version: what is forgotten in it stays in this one.
    pub fn renewed(&self, files: Arc<dyn Files>) -> Store {
        let parsed = self.parsed.read().unwrap_or_else(PoisonError::into_inner).clone();
        Store { files, table: self.table.clone(), parsed: Arc::new(RwLock::new(parsed)) }
    }

    /// The same numbers, and nothing read yet.
    pub fn emptied(&self, files: Arc<dyn Files>) -> Store {
        Store { files, table: self.table.clone(), parsed: Arc::default() }
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

    /// The number of a path that has one.
    pub fn known_id(&self, path: &Utf8Path) -> Option<FileId> {
        self.table.read().unwrap_or_else(PoisonError::into_inner).ids.get(path).copied()
    }

    pub fn path(&self, file: FileId) -> Option<Arc<Utf8Path>> {
        self.table.read().unwrap_or_else(PoisonError::into_inner).paths.get(file.0 as usize).cloned()
    }

    /// The file's syntax; read and parsed on first use.
    pub fn parsed(&self, path: &Utf8Path) -> Arc<Parsed> {
        let file = self.id(path);
        let known = self.parsed.read().unwrap_or_else(PoisonError::into_inner).get(&file).cloned();
        let slot = known.unwrap_or_else(|| {
            let mut all = self.parsed.write().unwrap_or_else(PoisonError::into_inner);
            all.entry(file).or_default().clone()
        });
        slot.get_or_init(|| Arc::new(self.parse(file, path))).clone()
    }

    /// The file's syntax if it was read already.
    pub fn known(&self, file: FileId) -> Option<Arc<Parsed>> {
        self.parsed.read().unwrap_or_else(PoisonError::into_inner).get(&file)?.get().cloned()
    }

    fn parse(&self, file: FileId, path: &Utf8Path) -> Parsed {
        let text = self.files.read(path);
        let module = text.as_deref().map(python::parse::parse).unwrap_or_default();
        let mut hasher = DefaultHasher::new();
        for item in &module.items {
            item.tree.hash.hash(&mut hasher);
        }
        (module.errors.len(), text.is_err()).hash(&mut hasher);
        let bindings = Arc::new(Bindings::of(&module));
        Parsed {
            file,
            path: path.into(),
            text,
            module: Arc::new(module),
            bindings,
            hash: hasher.finish(),
            lines: OnceLock::new(),
        }
    }

    /// The next look at the file reads it again.
    pub fn forget(&self, path: &Utf8Path) {
        let file = self.id(path);
        self.parsed.write().unwrap_or_else(PoisonError::into_inner).remove(&file);
    }

    /// The text of a file that was read; `None` if it was not, or has none.
    pub fn text(&self, file: FileId) -> Option<Arc<str>> {
        self.known(file)?.text.clone().ok()
    }

    /// Where the lines are of a file that was read.
    pub fn line_index(&self, file: FileId) -> Option<Arc<LineIndex>> {
        Some(self.known(file)?.line_index().clone())
    }

    /// The bytes that a place stands for; `None` for a whole file, and for a place that the file does not have.
    pub fn span(&self, place: Place) -> Option<Span> {
        self.known(place.file)?.module.span(place.item, place.node)
    }
}
