//! The files of the workspace as the user sees them: open documents first, then the disk.

use super::documents::Documents;
use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use fact::files::{Entry, EntryKind, Files, ReadError};
use std::sync::Arc;

/// One version of the open documents on top of other files. A document that was never saved is a file like any other.
pub struct Overlay<F> {
    pub documents: Arc<Documents>,
    pub below: F,
}

impl<F: Files> Files for Overlay<F> {
    fn read(&self, path: &Utf8Path) -> Result<Arc<str>, ReadError> {
        match self.documents.get(path) {
            Some(document) => Ok(document.text().clone()),
            None => self.below.read(path),
        }
    }

    fn list(&self, directory: &Utf8Path) -> Vec<Entry> {
        let mut entries = self.below.list(directory);
        let before = entries.len();
        for path in self.documents.keys() {
            let Some(entry) = entry_below(path, directory) else { continue };
            if entries.iter().all(|known| known.name != entry.name) {
                entries.push(entry);
            }
        }
        if entries.len() > before {
            entries.sort();
        }
        entries
    }

    fn kind(&self, path: &Utf8Path) -> Option<EntryKind> {
        if self.documents.contains_key(path) {
            return Some(EntryKind::File);
        }
        let below = self.below.kind(path);
        let holds_document = || self.documents.keys().any(|document| document.starts_with(path));
        below.or_else(|| holds_document().then_some(EntryKind::Directory))
    }

    fn real_path(&self, path: &Utf8Path) -> Utf8PathBuf {
        self.below.real_path(path)
    }
}

/// What `directory` holds because `path` is a file.
fn entry_below(path: &Utf8Path, directory: &Utf8Path) -> Option<Entry> {
    let mut rest = path.strip_prefix(directory).ok()?.components();
    let Utf8Component::Normal(name) = rest.next()? else { return None };
    let kind = if rest.next().is_some() { EntryKind::Directory } else { EntryKind::File };
    Some(Entry { name: name.to_owned(), kind })
}

#[cfg(test)]
mod tests {
    use super::super::documents::Document;
    use super::*;
    use fact::files::Memory;

    fn overlay(open: &[(&str, &str)]) -> Overlay<Memory> {
        let document = |(path, text): &(&str, &str)| {
            (Utf8PathBuf::from(*path), Arc::new(Document::new(format!("file://{path}"), 1, text)))
        };
        let below = Memory::from_iter([("/p/v/a.py", "disk a"), ("/p/v/b.py", "disk b")]);
        Overlay { documents: Arc::new(open.iter().map(document).collect()), below }
    }

    #[track_caller]
    fn check_list(open: &[(&str, &str)], directory: &str, expect: &str) {
        let entries = overlay(open).list(Utf8Path::new(directory));
        let shown = entries.iter().map(|entry| match entry.kind {
            EntryKind::File => entry.name.clone(),
            EntryKind::Directory => format!("{}/", entry.name),
        });
        assert_eq!(shown.collect::<Vec<_>>().join(" "), expect);
    }

    #[test]
    fn open_documents_come_first() {
        let files = overlay(&[("/p/v/a.py", "open a"), ("/p/v/new.py", "open new")]);
        for (path, expect) in [
            ("/p/v/a.py", Ok("open a")),
            ("/p/v/b.py", Ok("disk b")),
            ("/p/v/new.py", Ok("open new")),
            ("/p/v/x.py", Err(ReadError::Missing)),
        ] {
            assert_eq!(files.read(Utf8Path::new(path)).as_deref(), expect.as_ref().copied(), "{path}");
        }
    }

    #[test]
    fn documents_that_were_never_saved_are_listed() {
        check_list(&[], "/p/v", "a.py b.py");
        check_list(&[("/p/v/a.py", "")], "/p/v", "a.py b.py");
        check_list(&[("/p/v/aa.py", "")], "/p/v", "a.py aa.py b.py");
        check_list(&[("/p/w/x/new.py", "")], "/p", "v/ w/");
        check_list(&[("/p/w/x/new.py", "")], "/p/w/x", "new.py");
        check_list(&[("/q/new.py", "")], "/p/v", "a.py b.py");
    }

    #[test]
    fn folders_of_documents_exist() {
        let files = overlay(&[("/p/w/x/new.py", "")]);
        for (path, kind) in [
            ("/p/w", Some(EntryKind::Directory)),
            ("/p/w/x", Some(EntryKind::Directory)),
            ("/p/w/x/new.py", Some(EntryKind::File)),
            ("/p/w/y", None),
            ("/p/v/a.py", Some(EntryKind::File)),
        ] {
            assert_eq!(files.kind(Utf8Path::new(path)), kind, "{path}");
        }
    }
}
