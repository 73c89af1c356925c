//! A whole history: the revision files of one environment and their graph.

use crate::graph::{Graph, LoadError, Rev};
use crate::revision_file::{Fault, RevisionFile};

/// The revision files of one environment, in load order, and the graph that they make.
#[derive(Debug, Clone, Default)]
pub struct Script {
    files: Vec<RevisionFile>,
    /// The files that have a place in the graph, by [`Rev`].
    of_rev: Vec<usize>,
    graph: Graph,
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
    pub fn new(files: Vec<RevisionFile>) -> Script {
        let with_id = files.iter().enumerate().filter_map(|(index, file)| Some((index, file.links()?)));
        let (of_rev, links): (Vec<_>, Vec<_>) = with_id.unzip();
        Script { graph: Graph::load(&links), files, of_rev }
    }

    /// Every revision file in load order, whether its id is known or not.
    pub fn files(&self) -> &[RevisionFile] {
        &self.files
    }

    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The file of a revision.
    pub fn file(&self, rev: Rev) -> Option<&RevisionFile> {
        self.files.get(*self.of_rev.get(rev.index())?)
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
        Some(Refusal::Graph { file, error })
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
            RevisionFile::read(&path, FileId(index as u32), &python::parse::parse(text))
        };
        Script::new(texts.iter().enumerate().map(file).collect())
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
        }
        let order: Vec<String> =
            script.graph().order().iter().map(|rev| script.graph().id(*rev).to_string()).collect();
        assert_eq!(order, ["a", "b"]);
    }
}
