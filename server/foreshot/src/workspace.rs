//! The files of the project on disk.

use crate::encoding::Source;
use camino::{Utf8Path, Utf8PathBuf};
use fact::files::{Entry, EntryKind, Files, ReadError, decode, normalize};
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::sync::Arc;

/// Files as they are on disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Utf8Path) -> Result<Arc<str>, ReadError> {
        tracing::debug!("read {path}");
        text(path, fs::read(path).map_err(|error| read_error(path, &error))?)
    }

    fn list(&self, directory: &Utf8Path) -> Vec<Entry> {
        listing(directory).entries
    }

    fn kind(&self, path: &Utf8Path) -> Option<EntryKind> {
        let kind = fs::metadata(path).ok()?;
        if kind.is_dir() {
            Some(EntryKind::Directory)
        } else if kind.is_file() {
            Some(EntryKind::File)
        } else {
            None
        }
    }

    fn real_path(&self, path: &Utf8Path) -> Utf8PathBuf {
        path.canonicalize_utf8().unwrap_or_else(|_| normalize(path))
    }
}

/// What a directory holds, and how much can be concluded from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Sorted by name.
    pub entries: Vec<Entry>,
    /// Some names are links.
    pub links: bool,
    /// Nothing else is in it.
    pub complete: bool,
}

impl Listing {
    /// What the name stands for; `None` if it is not listed.
    pub fn kind(&self, name: &str) -> Option<EntryKind> {
        let at = self.entries.binary_search_by(|entry| entry.name.as_str().cmp(name)).ok()?;
        self.entries.get(at).map(|entry| entry.kind)
    }

    /// Whether no file system, however it compares names, finds `name` in the directory.
    pub fn excludes(&self, name: &str) -> bool {
        let plain = |name: &str| cfg!(unix) && name.is_ascii();
        let differs = |entry: &Entry| plain(&entry.name) && !entry.name.eq_ignore_ascii_case(name);
        // A large directory is not worth going through for one name.
        self.complete && plain(name) && self.entries.len() <= 1000 && self.entries.iter().all(differs)
    }
}

/// Lists a directory; nothing if it is missing or cannot be listed.
pub fn listing(directory: &Utf8Path) -> Listing {
    let mut listing = Listing { entries: Vec::new(), links: false, complete: true };
    let Ok(entries) = fs::read_dir(directory) else { return Listing { complete: false, ..listing } };
    for entry in entries {
        let Ok((entry, kind)) = entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?))) else {
            listing.complete = false;
            continue;
        };
        // A name that is not UTF-8 is no module and no revision.
        let Ok(name) = entry.into_string() else { continue };
        listing.links |= kind.is_symlink();
        let kind = match kind {
            kind if kind.is_dir() => Some(EntryKind::Directory),
            kind if kind.is_file() => Some(EntryKind::File),
            _ => Disk.kind(&directory.join(&name)),
        };
        listing.entries.extend(kind.map(|kind| Entry { name, kind }));
    }
    listing.entries.sort();
    listing
}

/// The text of a file that holds these bytes.
pub fn text(path: &Utf8Path, bytes: Vec<u8>) -> Result<Arc<str>, ReadError> {
    match path.extension() {
        Some("py") => Ok(Source::decode(bytes)?.text),
        Some("pyc" | "pyo") => Err(ReadError::Foreign("it is compiled".into())),
        _ => decode(bytes),
    }
}

/// The bytes of a file, and what the system says about it from just before they were read.
pub fn bytes(path: &Utf8Path) -> Result<(Metadata, Vec<u8>), ReadError> {
    let read = || {
        let mut file = File::open(path)?;
        let metadata = file.metadata()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok((metadata, bytes))
    };
    read().map_err(|error| read_error(path, &error))
}

fn read_error(path: &Utf8Path, error: &io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadError::Missing,
        io::ErrorKind::IsADirectory => ReadError::Directory,
        _ if path.is_dir() => ReadError::Directory,
        _ => ReadError::Unreadable(error.to_string().into()),
    }
}

/// `path` relative to `base` where it lies inside, with `/`; else as it is.
pub fn shown(path: &Utf8Path, base: &Utf8Path) -> String {
    let relative = path.strip_prefix(base).unwrap_or(path);
    let text = if relative.as_str().is_empty() { "." } else { relative.as_str() };
    if cfg!(windows) { text.replace('\\', "/") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_disk_answers_as_files_in_memory_do() {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(directory.path()).unwrap();
        fs::create_dir(root.join("sub")).unwrap();
        fs::write(root.join("b.py"), "\u{feff}b").unwrap();
        fs::write(root.join("B.py"), b"\xff").unwrap();
        let names: Vec<(String, EntryKind)> =
            Disk.list(root).into_iter().map(|entry| (entry.name, entry.kind)).collect();
        assert_eq!(
            names,
            [
                ("B.py".to_owned(), EntryKind::File),
                ("b.py".to_owned(), EntryKind::File),
                ("sub".to_owned(), EntryKind::Directory),
            ]
        );
        for (name, expect) in [
            ("b.py", Ok("b")),
            ("B.py", Err(ReadError::NotUtf8(0))),
            ("sub", Err(ReadError::Directory)),
            ("nowhere", Err(ReadError::Missing)),
            ("b.py/x", Err(ReadError::Missing)),
        ] {
            assert_eq!(Disk.read(&root.join(name)).as_deref(), expect.as_ref().copied(), "{name}");
        }
        assert_eq!(Disk.real_path(&root.join("sub/../b.py")), Disk.real_path(&root.join("b.py")));
        assert!(Disk.list(&root.join("nowhere")).is_empty() && Disk.kind(&root.join("nowhere")).is_none());
    }

    #[test]
    fn paths_are_shown_from_the_project() {
        for (path, base, expect) in
            [("/p/a/b.py", "/p", "a/b.py"), ("/q/b.py", "/p", "/q/b.py"), ("/p", "/p", ".")]
        {
            assert_eq!(shown(Utf8Path::new(path), Utf8Path::new(base)), expect);
        }
    }
}
