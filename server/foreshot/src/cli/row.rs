//! One revision in a list.

use crate::style::{FAINT, HEAD, LABEL, REVISION};
use crate::workspace::shown;
use alembic::graph::{Graph, Rev};
use camino::Utf8Path;
use fact::Name;
use project::Environment;
use serde::Serialize;
use std::io::{self, Write};

/// A revision as JSON tells it.
#[derive(Debug, Serialize)]
pub struct Row {
    revision: Name,
    down_revision: Vec<Name>,
    depends_on: Vec<Name>,
    branch_labels: Vec<Name>,
    message: Option<String>,
    path: String,
    is_head: bool,
    is_base: bool,
    is_merge: bool,
    is_branch_point: bool,
}

/// The document of a list of revisions.
#[derive(Debug, Serialize)]
pub struct Rows {
    pub revisions: Vec<Row>,
}

impl Row {
    pub fn new(environment: &Environment, rev: Rev, base: &Utf8Path) -> Row {
        let graph = &environment.graph;
        let file = environment.script.file(rev);
        Row {
            revision: graph.id(rev),
            down_revision: graph.ids(graph.parents(rev)),
            depends_on: graph.ids(graph.dependencies(rev)),
            branch_labels: graph.labels(rev).to_vec(),
            message: file.and_then(|file| file.message.as_deref()).map(str::to_owned),
            path: file.map(|file| shown(&file.path, base)).unwrap_or_default(),
            is_head: graph.is_head(rev),
            is_base: graph.is_base(rev),
            is_merge: graph.is_merge(rev),
            is_branch_point: graph.is_branch_point(rev),
        }
    }
}

/// How rows of one list are laid out.
pub struct Layout {
    width: usize,
    paths: bool,
}

impl Layout {
    /// Wide enough for the ids of `revs`; with `paths`, each row has a second line.
    pub fn new(graph: &Graph, revs: &[Rev], paths: bool) -> Layout {
        let width = revs.iter().map(|rev| graph.id(*rev).chars().count()).max().unwrap_or(0);
        Layout { width, paths }
    }

    /// Writes one row. `next` is the row below: a parent that is not there is named.
    pub fn write(
        &self,
        out: &mut impl Write,
        environment: &Environment,
        rev: Rev,
        next: Option<Rev>,
        base: &Utf8Path,
    ) -> io::Result<()> {
        let graph = &environment.graph;
        let file = environment.script.file(rev);
        let id = graph.id(rev);
        let padding = " ".repeat(self.width.saturating_sub(id.chars().count()));
        write!(out, "{REVISION}{id}{REVISION:#}{padding}")?;
        if graph.is_head(rev) {
            let text = if graph.is_effective_head(rev) { "head" } else { "head, others depend on it" };
            write!(out, "  {HEAD}({text}){HEAD:#}")?;
        }
        let own = environment.script.file(rev).map(|file| file.branch_labels.names()).unwrap_or_default();
        for label in own {
            write!(out, "  {LABEL}[{label}]{LABEL:#}")?;
        }
        let message = file.and_then(|file| file.message.as_deref()).unwrap_or("(no message)");
        write!(out, "  {}", message.lines().next().unwrap_or_default())?;
        for note in notes(graph, rev, next) {
            write!(out, "  {FAINT}{note}{FAINT:#}")?;
        }
        writeln!(out)?;
        if let (true, Some(file)) = (self.paths, file) {
            let indent = " ".repeat(self.width + 2);
            writeln!(out, "{indent}{FAINT}{}{FAINT:#}", shown(&file.path, base))?;
        }
        Ok(())
    }
}

/// What the order of the rows does not show.
fn notes(graph: &Graph, rev: Rev, next: Option<Rev>) -> Vec<String> {
    let list = |revs: &[Rev]| graph.ids(revs).iter().map(|id| id.as_str()).collect::<Vec<_>>().join(", ");
    let mut notes = Vec::new();
    match graph.parents(rev) {
        [] => notes.push("base".to_owned()),
        [parent] if next == Some(*parent) => {}
        [parent] => notes.push(format!("after {}", graph.id(*parent))),
        parents => notes.push(format!("merges {}", list(parents))),
    }
    if !graph.dependencies(rev).is_empty() {
        notes.push(format!("depends on {}", list(graph.dependencies(rev))));
    }
    if graph.is_branch_point(rev) {
        notes.push(format!("branch point of {}", list(graph.children(rev))));
    }
    notes
}
