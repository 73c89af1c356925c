//! A whole history: the revision files of one environment and their graph.

use crate::graph::{Graph, Links, LoadError, Rev};
use crate::revision_file::{Fault, RevisionFile};
use fact::FileId;
use imbl::Vector;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The revision files of one environment, in load order, and the graph that they make. Clones share what is the same.
#[derive(Debug, Clone, Default)]
pub struct Script {
    files: Vector<Arc<RevisionFile>>,
    /// Where each file stands in `files`.
    by_file: Arc<FxHashMap<FileId, usize>>,
    /// The files that have a place in the graph, by [`Rev`].
    of_rev: Arc<[usize]>,
    links: Arc<[Links]>,
    graph: Arc<Graph>,
}

/// What keeps Alembic from loading a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal<'a> {
    /// One file cannot be loaded, or only running it would tell where it belongs.
    File { file: &'a RevisionFile, fault: &'a Fault },
    /// The files do not make a history; `file` is the one to look at.
    Graph { file: Option<&'a RevisionFile>, error: LoadError },
}

impl Script {
    /// The history of `files`, given in load order.
    pub fn new(files: impl IntoIterator<Item = Arc<RevisionFile>>) -> Script {
        Script::after(&Script::default(), files)
    }

    /// This history with other versions of some of its files, each with its place in [`Script::files`].
    pub fn edited(&self, edits: &[(usize, Arc<RevisionFile>)]) -> Script {
        let mut files = self.files.clone();
        let mut linked_alike = true;
        for (index, file) in edits {
            let Some(known) = files.get_mut(*index) else { continue };
            linked_alike &= known.file == file.file && known.links() == file.links();
            *known = file.clone();
        }
        match linked_alike {
            true => Script { files, ..self.clone() },
            false => Script::after(self, files),
        }
    }

    /// The history of `files` as it follows on `before`: files that are linked as before make the same graph.
    pub fn after(before: &Script, files: impl IntoIterator<Item = Arc<RevisionFile>>) -> Script {
        let files: Vector<Arc<RevisionFile>> = files.into_iter().collect();
        let with_id = files.iter().enumerate().filter_map(|(index, file)| Some((index, file.links()?)));
        let (of_rev, links): (Vec<usize>, Vec<Links>) = with_id.unzip();
        let (links, graph) = match *before.links == *links {
            true => (before.links.clone(), before.graph.clone()),
            false => {
                let graph = Arc::new(Graph::load(&links));
                (links.into(), graph)
            }
        };
        let by_file = files.iter().enumerate().map(|(index, file)| (file.file, index)).collect();
        Script { files, by_file: Arc::new(by_file), of_rev: of_rev.into(), links, graph }
    }

    /// Every revision file in load order, whether its id is known or not.
    pub fn files(&self) -> &Vector<Arc<RevisionFile>> {
        &self.files
    }

    pub fn graph(&self) -> &Arc<Graph> {
        &self.graph
    }

    /// The file of a revision.
    pub fn file(&self, rev: Rev) -> Option<&Arc<RevisionFile>> {
        self.files.get(self.index(rev)?)
    }

    /// Where the file of a revision stands in [`Script::files`].
    pub fn index(&self, rev: Rev) -> Option<usize> {
        self.of_rev.get(rev.index()).copied()
    }

    /// Where a file stands in [`Script::files`].
    pub fn position(&self, file: FileId) -> Option<usize> {
        self.by_file.get(&file).copied()
    }

    /// The revision that a file holds; `None` if it is none of these files, or if its id is not known.
    pub fn rev_of(&self, file: FileId) -> Option<Rev> {
        self.rev(self.position(file)?)
    }

    /// The revision of the file at `index` of [`Script::files`]; `None` if its id is not known.
    pub fn rev(&self, index: usize) -> Option<Rev> {
        self.of_rev.binary_search(&index).ok().map(|rev| Rev(rev as u32))
    }

    /// What keeps Alembic from loading this history, if anything does.
    pub fn refusal(&self) -> Option<Refusal<'_>> {
        for file in &self.files {
            if let Some(fault) = file.faults.iter().find(|fault| fault.kind.hides_the_graph()) {
                return Some(Refusal::File { file, fault });
            }
        }
        let error = self.graph.strict().err()?;
        let problem = self.graph.problems().iter().find(|problem| problem.refusal(&self.graph).is_some());
        let file = problem.and_then(|problem| self.file(problem.revision()?));
        Some(Refusal::Graph { file: file.map(|file| &**file), error })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use camino::Utf8PathBuf;
    use fact::FileId;

    fn script(texts: &[&str]) -> Script {
        let file = |(index, text): (usize, &&str)| {
            let path = Utf8PathBuf::from(format!("/v/{index}-.py"));
            Arc::new(RevisionFile::read(&path, FileId(index as u32), &python::parse::parse(text)))
        };
        Script::new(texts.iter().enumerate().map(file))
    }

    /// `expect`: the file to look at and what is wrong.
    #[track_caller]
    fn check_refusal(texts: &[&str], expect: Option<(&str, &str)>) {
        let script = script(texts);
        let refusal = script.refusal().map(|refusal| match refusal {
            Refusal::File { file, fault } => (file.path.to_string(), fault.kind.to_string()),
            Refusal::Graph { file, error } => {
                (file.map(|file| file.path.to_string()).unwrap_or_default(), error.to_string())
            }
        });
        assert_eq!(refusal.as_ref().map(|(file, what)| (file.as_str(), what.as_str())), expect);
    }

    #[test]
    fn refusals() {
        let (a, b) = ("revision = 'a'\ndown_revision = None", "revision = 'b'\ndown_revision = 'a'");
        check_refusal(&[], None);
        check_refusal(&[a, b], None);
        check_refusal(&[b], Some(("/v/0-.py", "Revision a referenced from revision b is not present")));
        check_refusal(
            &[b, "x = 1", a],
            Some(("/v/1-.py", "it assigns no revision, and its file name is not a revision id")),
        );
        check_refusal(&[a, a], None);
    }

    #[test]
    fn files_and_revisions_find_each_other() {
        let script =
            script(&["x = 1", "revision = 'b'\ndown_revision = 'a'", "revision = 'a'\ndown_revision = None"]);
        assert_eq!(script.rev(0), None);
        for index in [1, 2] {
            let rev = script.rev(index).unwrap();
            assert_eq!(script.file(rev).map(|file| file.file.0 as usize), Some(index));
            assert_eq!((script.index(rev), script.rev_of(FileId(index as u32))), (Some(index), Some(rev)));
        }
        let order: Vec<String> =
            script.graph().order().iter().map(|rev| script.graph().id(*rev).to_string()).collect();
        assert_eq!(order, ["a", "b"]);
    }

    /// Whether a history of `texts` takes over the graph of one of `before`.
    #[track_caller]
    fn check_reuse(before: &[&str], texts: &[&str], expect: bool) {
        let (before, fresh) = (script(before), script(texts));
        let after = Script::after(&before, fresh.files().clone());
        assert_eq!(Arc::ptr_eq(before.graph(), after.graph()), expect, "{texts:?}");
        assert_eq!(after.graph().order(), fresh.graph().order());
        if before.files().len() == texts.len() {
            let edits: Vec<_> = fresh.files().iter().cloned().enumerate().collect();
            let edited = before.edited(&edits);
            assert_eq!(Arc::ptr_eq(before.graph(), edited.graph()), expect, "{texts:?}");
            assert_eq!(edited.graph().order(), fresh.graph().order());
            for (index, file) in edits {
                assert_eq!(edited.rev(index), fresh.rev(index));
                assert!(edited.files().get(index).is_some_and(|edited| Arc::ptr_eq(edited, &file)));
            }
        }
    }

    #[test]
    fn the_graph_stays_while_the_links_do() {
        let (a, b) = ("revision = 'a'\ndown_revision = None", "revision = 'b'\ndown_revision = 'a'");
        check_reuse(&[a, b], &[a, b], true);
        check_reuse(&[a, b], &[a, "'message'\ndown_revision = 'a'\nrevision = 'b'"], true);
        check_reuse(&[a, b], &[b, a], false);
        check_reuse(&[a, b], &[a], false);
        check_reuse(&[a], &[a, "x = 1"], true);
        check_reuse(&[a, b], &[a, "revision = 'b'\ndown_revision = None"], false);
    }
}
