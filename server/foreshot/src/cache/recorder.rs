//! The disk, with a note of everything that is asked of it.

use super::record::{self, Kind, Record, Seen, Sights};
use crate::workspace::{self, Disk};
use camino::{Utf8Path, Utf8PathBuf};
use dashmap::DashMap;
use fact::files::{Entry, EntryKind, Files, ReadError};
use rustc_hash::FxBuildHasher;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

/// Answers as [`Disk`] does.
#[derive(Debug)]
pub struct Recorder {
    /// Nothing was looked at before.
    since: SystemTime,
    seen: DashMap<Utf8PathBuf, Seen, FxBuildHasher>,
    /// Something was asked twice and answered differently.
    unsteady: AtomicBool,
}

impl Recorder {
    /// `since` is now; a file that changed shortly before has to be read again to know that it is the same.
    pub fn new(since: SystemTime) -> Recorder {
        Recorder { since, seen: DashMap::default(), unsteady: AtomicBool::new(false) }
    }

    /// What was looked at so far; `None` if it changed meanwhile.
    pub fn record(&self) -> Option<Record> {
        if self.unsteady.load(Ordering::Relaxed) {
            return None;
        }
        let sights: Sights =
            self.seen.iter().map(|entry| (entry.key().clone(), entry.value().clone())).collect();
        Some(Record::new(&sights))
    }

    fn note<T: PartialEq>(&self, path: &Utf8Path, slot: impl FnOnce(&mut Seen) -> &mut Option<T>, now: T) {
        let note = |seen: &mut Seen| {
            let slot = slot(seen);
            if slot.as_ref().is_some_and(|known| *known != now) {
                self.unsteady.store(true, Ordering::Relaxed);
            }
            *slot = Some(now);
        };
        if let Some(mut seen) = self.seen.get_mut(path) {
            return note(&mut seen);
        }
        note(&mut self.seen.entry(path.to_owned()).or_default());
    }
}

impl Files for Recorder {
    fn read(&self, path: &Utf8Path) -> Result<Arc<str>, ReadError> {
        tracing::debug!("read {path}");
        let (content, bytes) = record::text(path, self.since);
        let is_read = bytes.is_ok();
        self.note(
            path,
            |seen| {
                seen.is_read = is_read;
                &mut seen.text
            },
            content,
        );
        workspace::text(path, bytes?)
    }

    fn list(&self, directory: &Utf8Path) -> Vec<Entry> {
        let (digest, listing) = record::list(directory);
        let entries = listing.entries.clone();
        self.note(directory, |seen| &mut seen.list, (digest, listing));
        entries
    }

    fn kind(&self, path: &Utf8Path) -> Option<EntryKind> {
        let kind = Disk.kind(path);
        self.note(path, |seen| &mut seen.kind, Kind::from(kind));
        kind
    }

    fn real_path(&self, path: &Utf8Path) -> Utf8PathBuf {
        let real = Disk.real_path(path);
        self.note(path, |seen| &mut seen.real, real.clone());
        real
    }
}
