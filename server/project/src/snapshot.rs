//! What readers of a snapshot ask for: which revision a file is, and where a fact stands in it.

use crate::environment::Environment;
use crate::revision::Revision;
use crate::store::Parsed;
use crate::world::Snapshot;
use camino::Utf8Path;
use fact::{FileId, Place};
use std::ops::Range;
use std::sync::Arc;

impl Snapshot {
    /// The environments that have the file among their revisions, each with what it knows of it.
    pub fn revisions_at<'a>(
        &'a self,
        path: &'a Utf8Path,
    ) -> impl Iterator<Item = (&'a Arc<Environment>, &'a Arc<Revision>)> {
        self.environments.iter().filter_map(move |environment| {
            Some((environment, environment.revision_of(self.store.known_id(path)?)?))
        })
    }

    /// Text and syntax of a file that the analysis has read.
    pub fn parsed(&self, file: FileId) -> Option<Arc<Parsed>> {
        let revision = self.environments.iter().find_map(|environment| environment.revision_of(file));
        if let Some(revision) = revision {
            return Some(revision.parsed.clone());
        }
        let in_roots = |environment: &Arc<Environment>| environment.roots.store().known(file);
        self.environments.iter().find_map(in_roots).or_else(|| self.store.known(file))
    }

    /// The path of a file that the analysis has given a number.
    pub fn path(&self, file: FileId) -> Option<Arc<Utf8Path>> {
        self.store.path(file)
    }

    /// The bytes that a place stands for; the start of the file where it stands for the whole of it.
    pub fn span(&self, place: Place) -> Option<Range<u32>> {
        if place.is_whole_file() {
            return Some(0..0);
        }
        let span = self.parsed(place.file)?.module.span(place.item, place.node)?;
        Some(span.start..span.end)
    }

    /// Whether the analysis has looked into the file at `path`, were it for a word.
    pub fn has_read(&self, path: &Utf8Path) -> bool {
        self.store.known_id(path).is_some_and(|file| self.parsed(file).is_some())
            || self.environments.iter().any(|environment| environment.roots.has_searched(path))
    }
}

#[cfg(test)]
mod tests {
    use crate::{EnvironmentOptions, World};
    use alembic::discover::{Search, discover};
    use alembic::layout::{Extra, Layout};
    use camino::Utf8Path;
    use fact::files::Memory;
    use std::sync::Arc;

    const FILES: [(&str, &str); 4] = [
        ("/p/alembic.ini", "[alembic]\nscript_location = m\n"),
        ("/p/m/env.py", "from app import metadata\n"),
        ("/p/app.py", "metadata = None\n"),
        ("/p/m/versions/a.py", "revision = 'a'\ndown_revision = None\n"),
    ];

    fn world() -> World {
        let files = Memory::from_iter(FILES);
        let found = discover(&files, Utf8Path::new("/p"), Search::Below).sources;
        let options = found.iter().map(|sources| EnvironmentOptions {
            layout: Layout::find(&files, sources, &Extra::default()).unwrap(),
            dialects: Vec::new(),
            naming: None,
            target: None,
        });
        World::new(Arc::new(files.clone()), options.collect())
    }

    #[test]
    fn files_are_found_by_path() {
        let snapshot = world().snapshot();
        for (path, revisions) in [("/p/m/versions/a.py", 1), ("/p/m/env.py", 0), ("/p/x.py", 0)] {
            assert_eq!(snapshot.revisions_at(Utf8Path::new(path)).count(), revisions, "{path}");
        }
        for (path, read) in [("/p/m/versions/a.py", true), ("/p/m/env.py", true), ("/p/x.py", false)] {
            assert_eq!(snapshot.has_read(Utf8Path::new(path)), read, "{path}");
        }
    }

    #[test]
    fn places_become_bytes() {
        let snapshot = world().snapshot();
        let path = Utf8Path::new("/p/m/versions/a.py");
        let (_, revision) = snapshot.revisions_at(path).next().unwrap();
        let id = revision.facts.revision.known().unwrap();
        assert_eq!(snapshot.span(id.place), Some(11..14));
        let whole = fact::Place::whole_file(revision.parsed.file);
        assert_eq!(snapshot.span(whole), Some(0..0));
        let nowhere = fact::Place::new(revision.parsed.file, 99, fact::NodeId(0));
        assert_eq!(snapshot.span(nowhere), None);
        assert_eq!(snapshot.path(revision.parsed.file).as_deref(), Some(path));
    }
}
