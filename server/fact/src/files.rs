//! How analysis reaches files: through [`Files`], which the binary provides (open buffers first, then disk), and which
//! is a map in tests ([`Memory`]).

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// The files of a project as they are now: open buffers first, then disk.
pub trait Files: Send + Sync {
    /// The text of a file, without a byte order mark.
    fn read(&self, path: &Utf8Path) -> Result<Arc<str>, ReadError>;

    /// What a directory holds, sorted by name in code-point order; nothing if it is missing or cannot be listed.
    fn list(&self, directory: &Utf8Path) -> Vec<Entry>;

    /// What stands at `path`, symbolic links followed; `None` if nothing does.
    fn kind(&self, path: &Utf8Path) -> Option<EntryKind>;

    /// The path that two names of the same file share.
    fn real_path(&self, path: &Utf8Path) -> Utf8PathBuf {
        normalize(path)
    }

    fn is_file(&self, path: &Utf8Path) -> bool {
        self.kind(path) == Some(EntryKind::File)
    }

    fn is_directory(&self, path: &Utf8Path) -> bool {
        self.kind(path) == Some(EntryKind::Directory)
    }
}

/// One name in a directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub name: String,
    pub kind: EntryKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    File,
    Directory,
}

/// Why a file has no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    Missing,
    Directory,
    /// The offset of the first byte that is not UTF-8.
    NotUtf8(usize),
    /// Python reads it, this program does not: why.
    Foreign(Arc<str>),
    /// What the system says.
    Unreadable(Arc<str>),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Missing => write!(f, "there is no such file"),
            ReadError::Directory => write!(f, "it is a directory, not a file"),
            ReadError::NotUtf8(offset) => write!(f, "it is not UTF-8 (byte {offset})"),
            ReadError::Foreign(why) => write!(f, "it is not read here: {why}"),
            ReadError::Unreadable(why) => write!(f, "it cannot be read: {why}"),
        }
    }
}

impl std::error::Error for ReadError {}

/// Turns the bytes of a file into its text.
pub fn decode(bytes: Vec<u8>) -> Result<Arc<str>, ReadError> {
    let text = String::from_utf8(bytes).map_err(|err| ReadError::NotUtf8(err.utf8_error().valid_up_to()))?;
    Ok(Arc::from(text.strip_prefix('\u{feff}').unwrap_or(&text)))
}

/// `path` with `.` and `..` worked out in the text alone: `a/./b/../c` is `a/c`, the empty path is `.`.
pub fn normalize(path: &Utf8Path) -> Utf8PathBuf {
    let mut out = Utf8PathBuf::new();
    for component in path.components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => match out.components().next_back() {
                Some(Utf8Component::Normal(_)) => {
                    out.pop();
                }
                Some(Utf8Component::RootDir | Utf8Component::Prefix(_)) => {}
                _ => out.push(".."),
            },
            other => out.push(other.as_str()),
        }
    }
    if out.as_str().is_empty() { Utf8PathBuf::from(".") } else { out }
}

/// Files that exist only here. Directories exist where a file stands below them.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    files: BTreeMap<Utf8PathBuf, Result<Arc<str>, ReadError>>,
    directories: BTreeMap<Utf8PathBuf, BTreeSet<Entry>>,
}

impl Memory {
    pub fn new() -> Memory {
        Memory::default()
    }

    /// Adds a file, or replaces its text.
    pub fn insert(&mut self, path: impl AsRef<Utf8Path>, text: impl Into<Arc<str>>) {
        self.put(path.as_ref(), Ok(text.into()));
    }

    /// Adds a file that cannot be read.
    pub fn insert_error(&mut self, path: impl AsRef<Utf8Path>, error: ReadError) {
        self.put(path.as_ref(), Err(error));
    }

    /// Adds a directory that may stay empty.
    pub fn insert_directory(&mut self, path: impl AsRef<Utf8Path>) {
        let path = normalize(path.as_ref());
        self.link(&path, EntryKind::Directory);
        self.directories.entry(path).or_default();
    }

    /// Takes a file away; the directories that held it stay.
    pub fn remove(&mut self, path: impl AsRef<Utf8Path>) {
        let path = normalize(path.as_ref());
        self.files.remove(&path);
        if let Some(entries) = path.parent().and_then(|parent| self.directories.get_mut(parent)) {
            entries.retain(|entry| Some(entry.name.as_str()) != path.file_name());
        }
    }

    fn put(&mut self, path: &Utf8Path, content: Result<Arc<str>, ReadError>) {
        let path = normalize(path);
        self.link(&path, EntryKind::File);
        self.files.insert(path, content);
    }

    fn link(&mut self, path: &Utf8Path, kind: EntryKind) {
        let mut kind = kind;
        for (child, parent) in path.ancestors().zip(path.ancestors().skip(1)) {
            if let Some(name) = child.file_name() {
                let entry = Entry { name: name.to_owned(), kind };
                self.directories.entry(parent.to_owned()).or_default().insert(entry);
            }
            kind = EntryKind::Directory;
        }
    }
}

impl<P: AsRef<Utf8Path>, T: Into<Arc<str>>> FromIterator<(P, T)> for Memory {
    fn from_iter<I: IntoIterator<Item = (P, T)>>(files: I) -> Memory {
        let mut memory = Memory::new();
        for (path, text) in files {
            memory.insert(path, text);
        }
        memory
    }
}

impl Files for Memory {
    fn read(&self, path: &Utf8Path) -> Result<Arc<str>, ReadError> {
        match self.files.get(&normalize(path)) {
            Some(content) => content.clone(),
            None if self.is_directory(path) => Err(ReadError::Directory),
            None => Err(ReadError::Missing),
        }
    }

    fn list(&self, directory: &Utf8Path) -> Vec<Entry> {
        let mut path = normalize(directory);
        if path == "." {
            path = Utf8PathBuf::new();
        }
        self.directories.get(&path).into_iter().flatten().cloned().collect()
    }

    fn kind(&self, path: &Utf8Path) -> Option<EntryKind> {
        let path = normalize(path);
        if self.files.contains_key(&path) {
            Some(EntryKind::File)
        } else if path == "." || self.directories.contains_key(&path) {
            Some(EntryKind::Directory)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalized() {
        for (path, want) in [
            ("a/./b/../c", "a/c"),
            ("/a/../../b", "/b"),
            ("../x", "../x"),
            ("a/..", "."),
            ("", "."),
            ("a/../../b", "../b"),
            ("/", "/"),
            ("a//b/", "a/b"),
        ] {
            assert_eq!(normalize(Utf8Path::new(path)), want, "{path:?}");
        }
    }

    #[test]
    fn memory_answers_like_a_disk() {
        let mut files = Memory::from_iter([("/p/b.py", "b"), ("/p/a/c.py", "c"), ("/p/B.py", "B")]);
        let names = |files: &Memory, dir: &str| {
            files
                .list(Utf8Path::new(dir))
                .into_iter()
                .map(|entry| (entry.name, entry.kind))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names(&files, "/p/a/.."),
            [
                ("B.py".to_owned(), EntryKind::File),
                ("a".to_owned(), EntryKind::Directory),
                ("b.py".to_owned(), EntryKind::File)
            ]
        );
        assert!(files.is_directory(Utf8Path::new("/p/a")) && files.is_directory(Utf8Path::new("/")));
        assert!(files.is_file(Utf8Path::new("/p/./b.py")) && files.kind(Utf8Path::new("/q")).is_none());
        assert_eq!(files.read(Utf8Path::new("/p/b.py")).as_deref(), Ok("b"));
        assert_eq!(files.read(Utf8Path::new("/p/a")), Err(ReadError::Directory));
        assert_eq!(files.read(Utf8Path::new("/p/x")), Err(ReadError::Missing));
        files.remove("/p/b.py");
        assert_eq!(names(&files, "/p").len(), 2);
        assert!(names(&files, "/nowhere").is_empty());
    }

    #[test]
    fn relative_paths_hang_below_the_working_directory() {
        let files = Memory::from_iter([("a/b.py", "b")]);
        assert_eq!(files.list(Utf8Path::new(".")).len(), 1);
        assert!(files.is_directory(Utf8Path::new("a")) && files.is_file(Utf8Path::new("./a/b.py")));
    }

    #[test]
    fn bytes_become_text() {
        for (bytes, want) in [
            (&b"\xef\xbb\xbfa"[..], Ok("a")),
            (b"a\r\n", Ok("a\r\n")),
            (b"ab\xff", Err(ReadError::NotUtf8(2))),
            (b"", Ok("")),
        ] {
            assert_eq!(decode(bytes.to_vec()).as_deref(), want.as_ref().copied());
        }
    }
}
