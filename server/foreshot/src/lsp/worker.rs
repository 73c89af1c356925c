//! The thread that owns the analysis.

use super::data::{ClientFacts, Output, Severity};
use super::diagnostics::{Diagnosed, Diagnostics};
use super::discovery::{self, CONFIGURATION, Found, Scope};
use super::disk::SeenDisk;
use super::documents::{Document, Documents};
use super::event::{Event, FileChange};
use super::guard::guarded;
use super::overlay::Overlay;
use super::publish::Published;
use super::view::View;
use crate::workspace::Disk;
use advice::Checker;
use arc_swap::ArcSwap;
use camino::{Utf8Path, Utf8PathBuf};
use fact::files::Files;
use project::{Change, World};
use python::line_index::Unit;
use rustc_hash::FxHashSet;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

/// Events that are taken in one after the other before anything is analysed.
const MOST_AT_ONCE: usize = 256;

/// Applies events in order; edits that wait together are analysed together.
pub struct Worker {
    scope: Scope,
    folders: Vec<Utf8PathBuf>,
    /// Folders of open files that are in no folder of the workspace.
    loose: Vec<Utf8PathBuf>,
    unit: Unit,
    documents: Arc<Documents>,
    disk: SeenDisk,
    world: World,
    found: Found,
    checker: Checker,
    diagnosed: Diagnosed,
    view: Arc<View>,
    views: Arc<ArcSwap<View>>,
    published: Published,
    pending: Pending,
    told: FxHashSet<String>,
    outputs: UnboundedSender<Output>,
}

/// What happened since the last analysis.
#[derive(Debug, Default)]
struct Pending {
    changes: Vec<Change>,
    edited: FxHashSet<Utf8PathBuf>,
    /// Documents were opened, or closed and show what is on disk again.
    documents: bool,
    /// Look at the disk again.
    refresh: bool,
    /// Read the configuration of what was found again.
    configuration: bool,
    /// Search for environments.
    search: bool,
}

impl Worker {
    pub fn new(scope: Scope, outputs: UnboundedSender<Output>) -> Worker {
        let disk = SeenDisk::default();
        let documents: Arc<Documents> = Arc::default();
        let files: Arc<dyn Files> = Arc::new(Overlay { documents: documents.clone(), below: disk.clone() });
        let world = World::new(files.clone(), Vec::new());
        let view = Arc::new(View {
            snapshot: world.snapshot(),
            files,
            documents: documents.clone(),
            diagnostics: Diagnostics::default(),
            judging: Arc::default(),
            lines: Arc::default(),
            unit: Unit::Utf16,
        });
        Worker {
            scope,
            folders: Vec::new(),
            loose: Vec::new(),
            unit: Unit::Utf16,
            documents,
            disk,
            world,
            found: Found::default(),
            checker: Checker::default(),
            diagnosed: Diagnosed::default(),
            views: Arc::new(ArcSwap::new(view.clone())),
            view,
            published: Published::default(),
            pending: Pending::default(),
            told: FxHashSet::default(),
            outputs,
        }
    }

    /// The last version that was analysed, for readers who do not wait.
    pub fn views(&self) -> Arc<ArcSwap<View>> {
        self.views.clone()
    }

    /// Works until nobody can send events any more.
    pub fn run(mut self, events: &Receiver<Event>) {
        while let Ok(first) = events.recv() {
            let waiting = std::iter::once(first).chain(events.try_iter()).take(MOST_AT_ONCE);
            for event in waiting {
                self.take(event);
            }
            self.analyse();
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Started(facts) => self.started(&facts),
            Event::Opened { path, uri, version, text } => {
                self.opened(path, Document::new(uri, version, &text));
            }
            Event::Edited { path, version, edits } => {
                // Without a didOpen there is no text to edit.
                let Some(before) = self.documents.get(&path) else { return };
                let after = Arc::new(before.edited(version, &edits, self.unit));
                Arc::make_mut(&mut self.documents).insert(path.clone(), after);
                self.pending.configuration |= is_configuration(&path);
                self.pending.changes.push(Change::Text(path.clone()));
                self.pending.edited.insert(path);
            }
            Event::Saved(path) => self.touched(&path),
            Event::Closed(path) => {
                if Arc::make_mut(&mut self.documents).remove(&path).is_some() {
                    self.disk.forget(&path);
                    let gone = !Disk.is_file(&path);
                    let change = if gone { Change::Listing } else { Change::Text };
                    self.pending.changes.push(change(path.clone()));
                    self.pending.configuration |= is_configuration(&path);
                    self.pending.documents = true;
                }
            }
            Event::FilesChanged(changes) => self.files_changed(changes),
            Event::FoldersChanged { added, removed } => {
                self.folders.retain(|folder| !removed.contains(folder));
                self.folders.extend(added);
                self.pending.search = true;
            }
            Event::Barrier { refresh, reply } => {
                self.pending.refresh |= refresh;
                self.analyse();
                // Whoever asked may have lost interest.
                let _ = reply.send(self.view.clone());
            }
        }
    }

    fn started(&mut self, facts: &ClientFacts) {
        self.folders.clone_from(&facts.folders);
        self.unit = facts.unit;
        self.pending.search = true;
    }

    fn opened(&mut self, path: Utf8PathBuf, document: Document) {
        let known =
            self.view.snapshot.revisions_at(&path).next().map(|(_, revision)| revision.parsed.clone());
        let known = known.or_else(|| self.view.snapshot.parsed(self.view.snapshot.store.id(&path)));
        match known {
            Some(known) if known.text.as_ref() == Ok(document.text()) => {}
            Some(_) => self.pending.changes.push(Change::Text(path.clone())),
            None if !Disk.is_file(&path) => self.pending.changes.push(Change::Listing(path.clone())),
            None => {}
        }
        self.touched(&path);
        if path.extension() == Some("py")
            && !self.folders.iter().chain(&self.loose).any(|known| path.starts_with(known))
            && let Some(folder) = path.parent()
        {
            self.loose.push(folder.to_owned());
            self.pending.search = true;
        }
        Arc::make_mut(&mut self.documents).insert(path.clone(), Arc::new(document));
        self.pending.documents = true;
        self.pending.edited.insert(path);
    }

    /// The user is at work on the file: time to see what else is new on disk.
    fn touched(&mut self, path: &Utf8Path) {
        self.pending.refresh = true;
        self.pending.search |= is_configuration(path) || self.is_unsettled();
    }

    fn files_changed(&mut self, changes: Vec<FileChange>) {
        for FileChange { path, listed } in changes {
            self.disk.forget(&path);
            self.pending.search |= is_configuration(&path) || path.file_name() == Some("env.py") && listed;
            if !self.documents.contains_key(&path) {
                let change = if listed { Change::Listing } else { Change::Text };
                self.pending.changes.push(change(path));
            }
        }
        self.pending.search |= self.is_unsettled();
        self.pending.refresh = true;
    }

    /// A search may find what the last one did not.
    fn is_unsettled(&self) -> bool {
        self.found.environments.is_empty() || !self.found.problems.is_empty()
    }

    /// Brings everything up to date with what happened, and tells the client.
    fn analyse(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        if !pending.is_anything() {
            return;
        }
        if guarded("the analysis", || self.analyse_all(pending)).is_none() {
            self.recover();
        }
    }

    /// Forgets what was known, none of which can be trusted: with the next event everything is read again. What the
    /// client has been told stays.
    fn recover(&mut self) {
        self.disk = SeenDisk::default();
        self.world = World::new(self.files(), Vec::new());
        self.found = Found::default();
        self.checker = Checker::default();
        self.diagnosed = Diagnosed::default();
        self.pending = Pending { search: true, documents: true, ..Pending::default() };
        self.tell(Severity::Error, "Foreshot failed on these files; it tries again with the next edit");
    }

    fn analyse_all(&mut self, pending: Pending) {
        let _working = pending.search.then(|| self.working());
        let files = self.files();
        let mut changes = pending.changes;
        if pending.refresh {
            let documents = &self.documents;
            let on_disk = |change: &Change| match change {
                Change::Text(path) => !documents.contains_key(path),
                _ => true,
            };
            changes.extend(self.disk.refresh().into_iter().filter(on_disk));
        }
        // Nothing depends on the text of a Python file that was never looked into.
        changes.retain(|change| match change {
            Change::Text(path) => path.extension() != Some("py") || self.view.snapshot.has_read(path),
            _ => true,
        });
        changes.sort_by(|a, b| key(a).cmp(&key(b)));
        changes.dedup();
        let listed = changes.iter().any(|change| matches!(change, Change::Listing(_)));
        let found = self.find(&*files, pending.search, pending.configuration || listed);
        // New environments read the files that the world has.
        if !changes.is_empty() || found.is_some() {
            self.world.apply(files.clone(), &changes);
        }
        let analysed = found.is_some() || !changes.is_empty();
        if let Some(found) = found {
            // Somebody who is typing in a configuration sees the mistake where it is.
            if pending.search {
                self.report(&found);
            }
            self.world.set_environments(found.environments.clone());
            self.found = found;
        }
        let changed = match analysed {
            true => self.diagnose(&*files),
            false => FxHashSet::default(),
        };
        self.view = Arc::new(View {
            snapshot: if analysed { self.world.snapshot() } else { self.view.snapshot.clone() },
            files,
            documents: self.documents.clone(),
            diagnostics: self.diagnosed.diagnostics.clone(),
            judging: self.found.judging.clone(),
            lines: self.view.lines.clone(),
            unit: self.unit,
        });
        self.views.store(self.view.clone());
        // Documents that come and go change how other files are spoken of.
        let changed = (!pending.documents).then_some(&changed);
        for output in self.published.update(&self.view, &pending.edited, changed) {
            self.send(output);
        }
    }

    /// The environments, if they may be others than before.
    fn find(&self, files: &dyn Files, search: bool, again: bool) -> Option<Found> {
        if !search {
            if !again {
                return None;
            }
            // Where a configuration cannot be used, only a search tells what there is without it.
            let found = discovery::again(files, &self.scope, &self.found);
            if found.problems.is_empty() && self.found.problems.is_empty() {
                return Some(found);
            }
        }
        // The search goes through the whole workspace, most of which is never looked at again.
        let files = Overlay { documents: self.documents.clone(), below: Disk };
        let folders: Vec<Utf8PathBuf> = self.folders.iter().chain(&self.loose).cloned().collect();
        Some(discovery::find(&files, &self.scope, &folders))
    }

    /// Brings the findings up to date; with the files of which something else is said.
    fn diagnose(&mut self, files: &dyn Files) -> FxHashSet<Utf8PathBuf> {
        let problems = self.found.problems.iter().filter_map(|problem| problem.diagnostic(files)).collect();
        self.diagnosed.update(&self.world.snapshot(), &self.found.judging, &self.checker, problems)
    }

    /// Tells what is wrong with the configuration, each thing once.
    fn report(&mut self, found: &Found) {
        for problem in &found.problems {
            let file = problem.file.as_ref().map(|file| format!("{file}: ")).unwrap_or_default();
            self.tell(Severity::Warning, &format!("{file}{}", problem.message));
        }
        let nowhere = self.folders.is_empty() && self.loose.is_empty();
        if found.environments.is_empty() && found.problems.is_empty() && !nowhere {
            self.tell(
                Severity::Info,
                "Foreshot found no Alembic environment here (no alembic.ini, no [tool.alembic] in pyproject.toml, no \
                 folder with env.py and versions/); it looks again when a file is opened or saved",
            );
        }
    }

    fn tell(&mut self, severity: Severity, text: &str) {
        if self.told.insert(text.to_owned()) {
            self.send(Output::Message { severity, text: text.to_owned() });
        }
    }

    /// Says that work has begun; it ends when the answer is dropped.
    fn working(&self) -> oneshot::Sender<()> {
        let (working, done) = oneshot::channel();
        self.send(Output::Working { title: "Reading migrations", done });
        working
    }

    fn send(&self, output: Output) {
        // Nobody listens any more: the server is about to end.
        let _ = self.outputs.send(output);
    }

    fn files(&self) -> Arc<dyn Files> {
        Arc::new(Overlay { documents: self.documents.clone(), below: self.disk.clone() })
    }
}

impl Pending {
    fn is_anything(&self) -> bool {
        !self.changes.is_empty()
            || !self.edited.is_empty()
            || self.documents
            || self.refresh
            || self.configuration
            || self.search
    }
}

fn is_configuration(path: &Utf8Path) -> bool {
    path.file_name().is_some_and(|name| CONFIGURATION.contains(&name))
}

fn key(change: &Change) -> (u8, &str) {
    match change {
        Change::Everything => (0, ""),
        Change::Listing(path) => (1, path.as_str()),
        Change::Text(path) => (2, path.as_str()),
    }
}

#[cfg(test)]
mod tests;
