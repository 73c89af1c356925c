//! What the analysis has seen of the disk, so that looking again tells what changed.

use crate::workspace::Disk;
use camino::{Utf8Path, Utf8PathBuf};
use dashmap::DashMap;
use fact::files::{Entry, EntryKind, Files, ReadError};
use project::Change;
use rustc_hash::FxBuildHasher;
use std::fs;
use std::sync::Arc;
use std::time::SystemTime;

/// The disk as it was when it was last looked at: lists, kinds and real paths are kept until [`SeenDisk::refresh`], texts are not.
#[derive(Debug, Clone, Default)]
pub struct SeenDisk {
    seen: Arc<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    texts: DashMap<Utf8PathBuf, Option<Stamp>, FxBuildHasher>,
    lists: DashMap<Utf8PathBuf, Arc<[Entry]>, FxBuildHasher>,
    kinds: DashMap<Utf8PathBuf, Option<EntryKind>, FxBuildHasher>,
    real: DashMap<Utf8PathBuf, Utf8PathBuf, FxBuildHasher>,
}

/// What tells one text of a file from the next without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    len: u64,
}

impl Stamp {
    fn of(path: &Utf8Path) -> Option<Stamp> {
        let metadata = fs::metadata(path).ok()?;
        Some(Stamp { modified: metadata.modified().ok(), len: metadata.len() })
    }
}

impl Files for SeenDisk {
    fn read(&self, path: &Utf8Path) -> Result<Arc<str>, ReadError> {
        // The stamp comes first: a text that changes in between is read again, not missed.
        self.seen.texts.insert(path.to_owned(), Stamp::of(path));
        Disk.read(path)
    }

    fn list(&self, directory: &Utf8Path) -> Vec<Entry> {
        if let Some(known) = self.seen.lists.get(directory) {
            return known.to_vec();
        }
        let entries = Disk.list(directory);
        self.seen.lists.insert(directory.to_owned(), entries.as_slice().into());
        entries
    }

    fn kind(&self, path: &Utf8Path) -> Option<EntryKind> {
        if let Some(known) = self.seen.kinds.get(path) {
            return *known;
        }
        let kind = Disk.kind(path);
        self.seen.kinds.insert(path.to_owned(), kind);
        kind
    }

    fn real_path(&self, path: &Utf8Path) -> Utf8PathBuf {
        if let Some(known) = self.seen.real.get(path) {
            return known.clone();
        }
        let real = Disk.real_path(path);
        self.seen.real.insert(path.to_owned(), real.clone());
        real
    }
}

impl SeenDisk {
    /// Looks at everything again that was asked for so far, and tells what is different.
    pub fn refresh(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        self.seen.kinds.alter_all(|path, known| {
            let kind = Disk.kind(path);
            if kind != known {
                changes.push(Change::Listing(path.clone()));
            }
            kind
        });
        self.seen.lists.alter_all(|directory, known| {
            let entries = Disk.list(directory);
            if *entries == *known {
                return known;
            }
            let gone = known.iter().filter(|entry| !entries.contains(entry));
            let came = entries.iter().filter(|entry| !known.contains(entry));
            let names = gone.chain(came).map(|entry| Change::Listing(directory.join(&entry.name)));
            changes.extend(names);
            entries.into()
        });
        self.seen.texts.alter_all(|path, known| {
            let stamp = Stamp::of(path);
            match (known, stamp) {
                (Some(known), Some(stamp)) if known != stamp => changes.push(Change::Text(path.clone())),
                (None, Some(_)) | (Some(_), None) => changes.push(Change::Listing(path.clone())),
                _ => {}
            }
            stamp
        });
        changes.dedup();
        if !changes.is_empty() {
            self.seen.real.clear();
        }
        changes
    }

    /// The next look at `path` and at the folder that holds it goes to the disk.
    pub fn forget(&self, path: &Utf8Path) {
        self.seen.kinds.remove(path);
        self.seen.real.remove(path);
        if let Some(directory) = path.parent() {
            self.seen.lists.remove(directory);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder {
        root: Utf8PathBuf,
        _directory: tempfile::TempDir,
    }

    impl Folder {
        fn new() -> Folder {
            let directory = tempfile::tempdir().unwrap();
            let root = Utf8Path::from_path(directory.path()).unwrap().to_owned();
            fs::write(root.join("a.py"), "a").unwrap();
            Folder { root, _directory: directory }
        }
    }

    /// What a second look tells after `change`, paths without the folder.
    #[track_caller]
    fn check_refresh(change: impl FnOnce(&Utf8Path), expect: &[&str]) {
        let folder = Folder::new();
        let disk = SeenDisk::default();
        assert_eq!(disk.list(&folder.root).len(), 1);
        assert_eq!(disk.read(&folder.root.join("a.py")).as_deref(), Ok("a"));
        assert_eq!(disk.kind(&folder.root.join("b.py")), None);
        assert_eq!(disk.refresh(), []);
        change(&folder.root);
        let name = |path: &Utf8Path| path.strip_prefix(&folder.root).unwrap().to_string();
        let mut told: Vec<String> = disk
            .refresh()
            .iter()
            .map(|change| match change {
                Change::Text(path) => format!("text {}", name(path)),
                Change::Listing(path) => format!("listing {}", name(path)),
                other => format!("{other:?}"),
            })
            .collect();
        told.sort();
        told.dedup();
        assert_eq!(told, expect);
        assert_eq!(disk.refresh(), [], "a change is told once");
    }

    #[test]
    fn a_second_look_tells_what_changed() {
        check_refresh(|_| {}, &[]);
        check_refresh(|root| fs::write(root.join("a.py"), "longer").unwrap(), &["text a.py"]);
        check_refresh(|root| fs::remove_file(root.join("a.py")).unwrap(), &["listing a.py"]);
        check_refresh(|root| fs::write(root.join("b.py"), "").unwrap(), &["listing b.py"]);
        check_refresh(|root| fs::create_dir(root.join("sub")).unwrap(), &["listing sub"]);
        check_refresh(
            |root| fs::rename(root.join("a.py"), root.join("c.py")).unwrap(),
            &["listing a.py", "listing c.py"],
        );
    }

    #[test]
    fn lists_are_kept_until_they_are_forgotten() {
        let folder = Folder::new();
        let disk = SeenDisk::default();
        let new = folder.root.join("b.py");
        assert_eq!((disk.list(&folder.root).len(), disk.kind(&new)), (1, None));
        fs::write(&new, "").unwrap();
        assert_eq!((disk.list(&folder.root).len(), disk.kind(&new)), (1, None));
        disk.forget(&new);
        assert_eq!((disk.list(&folder.root).len(), disk.kind(&new)), (2, Some(EntryKind::File)));
    }
}
