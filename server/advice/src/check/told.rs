//! What is said in the end: file by file, after settings and comments have been asked.

use crate::finding::Finding;
use crate::groups::{Group, is_about_missing_downgrades};
use crate::options::Options;
use crate::precedence::EVERYTHING;
use crate::sink::Raw;
use fact::{FileId, Name};
use imbl::{OrdMap, OrdSet};
use project::{Environment, Parsed};
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Deref;
use std::sync::Arc;

/// The findings by the revision that they are about, and by file.
#[derive(Clone, Default)]
pub(super) struct Told {
    /// What the rules say, dialects brought together.
    raws: OrdMap<Option<Name>, Arc<[Raw]>>,
    /// The same after settings and comments were asked.
    groups: OrdMap<Option<Name>, Arc<Group>>,
    /// The revisions of which something is said that depends on the text of a file. Nobody is missing.
    by_file: OrdMap<FileId, OrdSet<Option<Name>>>,
    /// The files among those that are no revisions, as they were.
    helpers: FxHashMap<FileId, Option<Arc<Parsed>>>,
    /// Where a downgrade is said to be missing.
    missing: OrdMap<Option<Name>, FileId>,
    /// Files of which one finding says all there is to say.
    opaque: OrdSet<FileId>,
    habit: bool,
    files: OrdMap<FileId, Findings>,
}

/// The findings of one file, in the order of their positions. Two versions are equal if one was taken over from the other.
#[derive(Clone)]
pub struct Findings(Arc<[Arc<Finding>]>);

impl Deref for Findings {
    type Target = [Arc<Finding>];

    fn deref(&self) -> &[Arc<Finding>] {
        &self.0
    }
}

impl PartialEq for Findings {
    fn eq(&self, other: &Findings) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// What the findings are told for.
pub(super) struct Version<'a> {
    pub environment: &'a Environment,
    pub options: &'a Options,
    /// Whether so many missing downgrades are the project's way.
    pub habit: &'a dyn Fn(usize) -> bool,
}

impl Told {
    pub fn files(&self) -> &OrdMap<FileId, Findings> {
        &self.files
    }

    pub fn names(&self) -> impl Iterator<Item = Option<Name>> + '_ {
        self.raws.keys().copied()
    }

    /// How many findings a comment silenced.
    pub fn silenced(&self) -> usize {
        let silenced = self.groups.values().flat_map(|group| &group.silenced);
        silenced.filter(|file| !self.opaque.contains(*file)).count()
    }

    /// `raws`: what is said now of the revisions of which something else may be said; `edited`: the revision files that
    /// have another text.
    pub fn update(&mut self, raws: Vec<(Option<Name>, Vec<Raw>)>, edited: &[FileId], version: &Version<'_>) {
        let mut settle: OrdSet<Option<Name>> = raws.iter().map(|(name, _)| *name).collect();
        for (name, raws) in raws {
            self.replace(name, raws, version.environment);
        }
        let mut files = self.moved(edited, version.environment);
        settle.extend(files.iter().filter_map(|file| self.by_file.get(file)).flatten().copied());
        let hides_all = |raw: &&Raw| raw.finding.rule.hides.contains(&EVERYTHING);
        let opaque = self.raws.get(&None).into_iter().flat_map(|raws| raws.iter()).filter(hides_all);
        let opaque: OrdSet<FileId> = opaque.map(|raw| raw.finding.spot.file()).collect();
        files.extend(opaque.iter().filter(|file| !self.opaque.contains(*file)));
        files.extend(self.opaque.iter().filter(|file| !opaque.contains(*file)));
        self.opaque = opaque;
        let habit =
            (version.habit)(self.missing.values().filter(|file| !self.opaque.contains(*file)).count());
        if habit != self.habit {
            self.habit = habit;
            settle.extend(self.missing.keys().copied());
        }
        for name in settle {
            self.settle(name, version, &mut files);
        }
        for file in files {
            self.tell(file, version.environment);
        }
    }

    fn replace(&mut self, name: Option<Name>, raws: Vec<Raw>, environment: &Environment) {
        let store = environment.roots.store();
        let missing = raws.iter().find(|raw| is_about_missing_downgrades(&raw.finding));
        match missing {
            Some(raw) => self.missing.insert(name, raw.finding.spot.file()),
            None => self.missing.remove(&name),
        };
        for raw in &raws {
            let related = raw.finding.related.iter().map(|related| related.spot.file());
            for file in std::iter::once(raw.finding.spot.file()).chain(related) {
                self.by_file.entry(file).or_default().insert(name);
                if environment.revision_of(file).is_none() {
                    self.helpers.entry(file).or_insert_with(|| store.known(file));
                }
            }
        }
        match raws.is_empty() {
            true => self.raws.remove(&name),
            false => self.raws.insert(name, raws.into()),
        };
    }

    /// The files whose text is another one.
    fn moved(&mut self, edited: &[FileId], environment: &Environment) -> FxHashSet<FileId> {
        let mut moved: FxHashSet<FileId> = edited.iter().copied().collect();
        for (file, known) in &mut self.helpers {
            let parsed = environment.roots.store().known(*file);
            if known.as_ref().map(Arc::as_ptr) != parsed.as_ref().map(Arc::as_ptr) {
                *known = parsed;
                moved.insert(*file);
            }
        }
        moved
    }

    fn settle(&mut self, name: Option<Name>, version: &Version<'_>, files: &mut FxHashSet<FileId>) {
        let store = version.environment.roots.store();
        let settled =
            self.raws.get(&name).map(|raws| Group::settle(raws, self.habit, version.options, store));
        let before = match settled {
            Some(group) => {
                files.extend(group.said.iter().map(|said| said.finding.spot.file()));
                self.groups.insert(name, Arc::new(group))
            }
            None => self.groups.remove(&name),
        };
        files.extend(before.iter().flat_map(|group| &group.said).map(|said| said.finding.spot.file()));
    }

    /// Puts the findings of one file together.
    fn tell(&mut self, file: FileId, environment: &Environment) {
        let is_opaque = self.opaque.contains(&file);
        let mut said = Vec::new();
        for name in self.by_file.get(&file).into_iter().flatten() {
            let Some(group) = self.groups.get(name) else { continue };
            let rev = name.and_then(|name| environment.graph.find(name));
            let history = environment.histories.first();
            let position = rev.and_then(|rev| history?.1.position(rev));
            let of_file = group.said.iter().filter(|said| said.finding.spot.file() == file);
            let speaks = |rule: &crate::Rule| !is_opaque || rule.hides.contains(&EVERYTHING);
            let of_file = of_file.filter(|said| speaks(said.finding.rule));
            said.extend(
                of_file.map(|said| ((said.start, said.finding.rule.name, position), said.finding.clone())),
            );
        }
        said.sort_by(|a, b| a.0.cmp(&b.0));
        match said.is_empty() {
            true => self.files.remove(&file),
            false => {
                self.files.insert(file, Findings(said.into_iter().map(|(_, finding)| finding).collect()))
            }
        };
    }
}
