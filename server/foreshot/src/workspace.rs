//! The files of the project on disk.

use crate::encoding::Source;
use camino::{Utf8Path, Utf8PathBuf};
use fact::files::{Entry, EntryKind, Files, ReadError, decode, normalize};
use std::fs;
use std::io;
use std::sync::Arc;

/// Files as they are on disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Utf8Path) -> Result<Arc<str>, ReadError> {
        tracing::debug!("read {path}");
        match fs::read(path) {
            Ok(bytes) => match path.extension() {
                Some("py") => Ok(Source::decode(bytes)?.text),
                Some("pyc" | "pyo") => Err(ReadError::Foreign("it is compiled".into())),
                _ => decode(bytes),
            },
            Err(error) => Err(match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadError::Missing,
                io::ErrorKind::IsADirectory => ReadError::Directory,
                _ if path.is_dir() => ReadError::Directory,
                _ => ReadError::Unreadable(error.to_string().into()),
            }),
        }
    }

    fn list(&self, directory: &Utf8Path) -> Vec<Entry> {
        let Ok(entries) = directory.read_dir_utf8() else { return Vec::new() };
        let kind_of = |entry: camino::Utf8DirEntry| {
            let kind = match entry.file_type().ok()? {
                kind if kind.is_dir() => EntryKind::Directory,
                kind if kind.is_file() => EntryKind::File,
                _ => self.kind(entry.path())?,
            };
            Some(Entry { name: entry.file_name().to_owned(), kind })
        };
        let mut out: Vec<Entry> = entries.filter_map(|entry| kind_of(entry.ok()?)).collect();
        out.sort();
        out
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
