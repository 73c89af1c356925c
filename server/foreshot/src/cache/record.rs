//! Everything that a run has looked at, and whether it would see the same again.

use super::container::Digest;
use super::stamp::Stamp;
use crate::workspace::{self, Disk, Listing};
use camino::{Utf8Path, Utf8PathBuf};
use fact::files::{EntryKind, Files};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::time::SystemTime;

/// What a run has looked at, sorted by path. Everything that the disk has told is in it: the run is a function of that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record(Vec<Looked>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Looked {
    /// How much of the path is that of the one before.
    shared: u32,
    rest: String,
    sight: Sight,
}

/// What was seen at one path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sight {
    /// The text of a file. A stamp stands for it while it stays the same.
    Text(Content),
    /// What a directory holds. Not every file system marks a directory when a name comes or goes, so it is listed again.
    List(Digest),
    /// What stands there.
    Kind(Kind),
    /// The path without links.
    Real(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub stamp: Option<Stamp>,
    /// Of the bytes, or of why there are none.
    pub digest: Digest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    Nothing,
    File,
    Directory,
}

impl From<Option<EntryKind>> for Kind {
    fn from(kind: Option<EntryKind>) -> Kind {
        match kind {
            None => Kind::Nothing,
            Some(EntryKind::File) => Kind::File,
            Some(EntryKind::Directory) => Kind::Directory,
        }
    }
}

/// All that was seen, by path; one path may have been asked several things.
pub type Sights = BTreeMap<Utf8PathBuf, Seen>;

#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub text: Option<Content>,
    /// The text could be read.
    pub is_read: bool,
    pub list: Option<(Digest, Listing)>,
    pub kind: Option<Kind>,
    pub real: Option<Utf8PathBuf>,
}

/// How a record fared on the disk as it is now.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The run would see something else.
    Differs,
    /// It would see the same.
    Same,
    /// It would see the same, and the new record tells so sooner.
    Renewed(Record),
}

impl Record {
    pub fn new(sights: &Sights) -> Record {
        let mut record = Record(Vec::new());
        let mut before = "";
        for (path, seen) in sights {
            let implied = implied(sights, path, seen);
            let text = seen.text.clone().map(Sight::Text);
            let list = seen.list.as_ref().map(|(digest, _)| Sight::List(*digest));
            let kind = seen.kind.filter(|_| !implied.kind).map(Sight::Kind);
            let real = seen.real.as_ref().filter(|_| !implied.real).map(|real| Sight::Real(real.to_string()));
            for sight in [text, list, kind, real].into_iter().flatten() {
                let shared = shared(before, path.as_str());
                let rest = path.as_str()[shared..].to_owned();
                record.0.push(Looked { shared: shared as u32, rest, sight });
                before = path.as_str();
            }
        }
        record
    }

    /// Looks at everything again.
    pub fn verify(&self) -> Verdict {
        let now = SystemTime::now();
        let mut path = String::new();
        let mut open = Vec::new();
        for (index, looked) in self.0.iter().enumerate() {
            if !path.is_char_boundary(looked.shared as usize) {
                return Verdict::Differs;
            }
            path.truncate(looked.shared as usize);
            path.push_str(&looked.rest);
            match looked.sight.glance(Utf8Path::new(&path)) {
                Some(true) => {}
                Some(false) => return Verdict::Differs,
                None => open.push((index, Utf8PathBuf::from(&path))),
            }
        }
        let looked = |(index, path): &(usize, Utf8PathBuf)| {
            let sight = &self.0.get(*index)?.sight;
            Some((*index, sight.stare(path, now)?))
        };
        let Some(stared) = open.par_iter().map(looked).collect::<Option<Vec<_>>>() else {
            return Verdict::Differs;
        };
        if stared.iter().all(|(_, stamp)| stamp.is_none()) {
            return Verdict::Same;
        }
        let mut renewed = self.clone();
        for (index, stamp) in stared {
            if let Some(Sight::Text(content)) = renewed.0.get_mut(index).map(|looked| &mut looked.sight) {
                content.stamp = stamp;
            }
        }
        Verdict::Renewed(renewed)
    }
}

impl Sight {
    /// Whether it is still so, as far as that can be told without reading; `None` if not.
    fn glance(&self, path: &Utf8Path) -> Option<bool> {
        match self {
            Sight::Text(content) => {
                let stamp = content.stamp?;
                let now = fs::metadata(path).ok().and_then(|metadata| Stamp::now(&metadata));
                (now == Some(stamp)).then_some(true)
            }
            Sight::List(_) => None,
            Sight::Kind(kind) => Some(Kind::from(Disk.kind(path)) == *kind),
            Sight::Real(real) => Some(Disk.real_path(path) == *real),
        }
    }

    /// The stamp that stands for it from now on if it is still so; `None` if it is not.
    fn stare(&self, path: &Utf8Path, now: SystemTime) -> Option<Option<Stamp>> {
        match self {
            Sight::Text(was) => {
                let seen = text(path, now).0;
                (seen.digest == was.digest).then_some(seen.stamp)
            }
            Sight::List(was) => (list(path).0 == *was).then_some(None),
            Sight::Kind(_) | Sight::Real(_) => None,
        }
    }
}

/// The bytes of a file, and what is kept of them. `looked` is a time before.
pub fn text(path: &Utf8Path, looked: SystemTime) -> (Content, Result<Vec<u8>, fact::files::ReadError>) {
    let (stamp, bytes) = match workspace::bytes(path) {
        Ok((metadata, bytes)) => (Stamp::of(&metadata, looked), Ok(bytes)),
        Err(error) => (None, Err(error)),
    };
    let digest = match &bytes {
        Ok(bytes) => blake3::hash(bytes),
        Err(error) => blake3::Hasher::new_derive_key("why a file has no bytes")
            .update(format!("{error:?}").as_bytes())
            .finalize(),
    };
    (Content { stamp, digest: *digest.as_bytes() }, bytes)
}

/// What a directory holds, and what is kept of it.
pub fn list(directory: &Utf8Path) -> (Digest, Listing) {
    let listing = workspace::listing(directory);
    let mut hasher = blake3::Hasher::new();
    // What follows from the list rests on there being no links in it.
    hasher.update(&[listing.links.into(), listing.complete.into()]);
    for entry in &listing.entries {
        hasher.update(&(entry.name.len() as u64).to_le_bytes());
        hasher.update(entry.name.as_bytes());
        hasher.update(&[Kind::from(Some(entry.kind)) as u8]);
    }
    (*hasher.finalize().as_bytes(), listing)
}

/// What need not be looked at again because it follows from the rest.
struct Implied {
    kind: bool,
    real: bool,
}

fn implied(sights: &Sights, path: &Utf8Path, seen: &Seen) -> Implied {
    let folder = folder(path).and_then(|(folder, name)| Some((sights.get(folder)?, name)));
    let listed = folder.and_then(|(folder, name)| Some((folder, &folder.list.as_ref()?.1, name)));
    let real = listed.is_some_and(|(folder, listing, name)| {
        let inside = folder.real.as_ref().is_some_and(|real| seen.real.as_ref() == Some(&real.join(name)));
        inside && !listing.links && listing.kind(name).is_some()
    });
    let kind = match seen.kind {
        None => true,
        Some(Kind::Nothing) => is_absent(sights, path),
        Some(Kind::File) if seen.is_read => true,
        Some(kind) => listed.is_some_and(|(_, listing, name)| Kind::from(listing.kind(name)) == kind),
    };
    Implied { kind, real }
}

/// The folder that holds `path` by name alone.
fn folder(path: &Utf8Path) -> Option<(&Utf8Path, &str)> {
    Some((path.parent()?, path.file_name()?))
}

/// Whether what was listed above `path` leaves no room for it.
fn is_absent(sights: &Sights, path: &Utf8Path) -> bool {
    path.ancestors().any(|path| {
        let listing =
            folder(path).and_then(|(folder, name)| Some((&sights.get(folder)?.list.as_ref()?.1, name)));
        listing.is_some_and(|(listing, name)| listing.excludes(name))
    })
}

fn shared(a: &str, b: &str) -> usize {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    (0..=same).rev().find(|at| b.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests;
