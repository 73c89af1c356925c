//! The revision graph: what Alembic makes of the links between revision files, and the questions that it answers.
//!
//! Loading never fails as a whole. What is wrong becomes a [`Problem`] and the graph goes on without the offending link,
//! so that it is always acyclic; [`Graph::strict`] is the error with which Alembic itself would stop.

mod cycles;
mod error;
mod identify;
mod load;
mod order;
mod problem;
mod range;
mod relative;
mod revset;
mod versions;

#[cfg(test)]
mod tests;

pub use error::QueryError;
pub use identify::Ids;
pub use problem::{LoadError, Problem};
pub use range::Range;
pub use revset::RevSet;
pub use versions::Plan;

use fact::Name;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What one revision file says about its place in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    pub id: Name,
    /// In the order of the file, duplicates left in. Empty: a base.
    pub down_revision: Vec<Name>,
    /// Revision ids or branch labels.
    pub depends_on: Vec<Name>,
    pub branch_labels: Vec<Name>,
    /// A link of this revision is not known, so it is not called a base.
    pub open: bool,
}

impl Links {
    /// A revision with one or no parent and nothing else.
    pub fn new(id: Name, down_revision: Option<Name>) -> Links {
        Links {
            id,
            down_revision: down_revision.into_iter().collect(),
            depends_on: Vec::new(),
            branch_labels: Vec::new(),
            open: false,
        }
    }
}

/// A revision of one graph: its index in the list that the graph was loaded from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rev(pub u32);

impl Rev {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The revisions of one history and how they hang together.
///
/// When an id occurs twice, the revision loaded last answers to it, as in Alembic; the other one stays in the graph as a
/// head and a base of nothing.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    /// Ids in the order in which they were first seen, then labels.
    keys: Vec<Name>,
    /// The revision that an id or a label means.
    by_key: FxHashMap<Name, Rev>,
    heads: Vec<Rev>,
    effective_heads: Vec<Rev>,
    bases: Vec<Rev>,
    effective_bases: Vec<Rev>,
    problems: Vec<Problem>,
}

#[derive(Debug, Clone)]
struct Node {
    id: Name,
    /// Load order, by the first file with this id.
    position: u32,
    /// `down_revision`.
    parents: Vec<Rev>,
    /// `depends_on`, resolved.
    dependencies: Vec<Rev>,
    /// The dependencies that no ancestor has already.
    own_dependencies: Vec<Rev>,
    /// By `down_revision`.
    children: Vec<Rev>,
    /// By `down_revision` or `depends_on`.
    dependents: Vec<Rev>,
    labels: Arc<[Name]>,
    open: bool,
}

impl Graph {
    /// Builds the graph of revisions given in load order.
    pub fn load(revisions: &[Links]) -> Graph {
        load::load(revisions)
    }

    /// What is wrong with the history, in the order in which Alembic would notice.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The error with which Alembic refuses this history, if it does.
    pub fn strict(&self) -> Result<(), LoadError> {
        match self.problems.iter().find_map(|problem| problem.refusal(self)) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Every revision in load order.
    pub fn revisions(&self) -> impl DoubleEndedIterator<Item = Rev> + use<> {
        (0..self.nodes.len() as u32).map(Rev)
    }

    /// The revision with exactly this id or branch label.
    pub fn find(&self, key: Name) -> Option<Rev> {
        self.by_key.get(&key).copied()
    }

    pub fn id(&self, rev: Rev) -> Name {
        self.node(rev).id
    }

    pub fn ids<'a>(&self, revs: impl IntoIterator<Item = &'a Rev>) -> Vec<Name> {
        revs.into_iter().map(|rev| self.id(*rev)).collect()
    }

    /// The revisions named by `down_revision`.
    pub fn parents(&self, rev: Rev) -> &[Rev] {
        &self.node(rev).parents
    }

    /// The revisions named by `depends_on`, branch labels resolved.
    pub fn dependencies(&self, rev: Rev) -> &[Rev] {
        &self.node(rev).dependencies
    }

    /// The revisions whose `down_revision` names this one.
    pub fn children(&self, rev: Rev) -> &[Rev] {
        &self.node(rev).children
    }

    /// The revisions whose `down_revision` or `depends_on` names this one.
    pub fn dependents(&self, rev: Rev) -> &[Rev] {
        &self.node(rev).dependents
    }

    /// Branch labels, own and inherited, sorted.
    pub fn labels(&self, rev: Rev) -> &[Name] {
        &self.node(rev).labels
    }

    /// Nobody's `down_revision` names these.
    pub fn heads(&self) -> &[Rev] {
        &self.heads
    }

    /// Nobody's `down_revision` or `depends_on` names these.
    pub fn effective_heads(&self) -> &[Rev] {
        &self.effective_heads
    }

    /// Their `down_revision` is None.
    pub fn bases(&self) -> &[Rev] {
        &self.bases
    }

    /// Their `down_revision` and `depends_on` are None.
    pub fn effective_bases(&self) -> &[Rev] {
        &self.effective_bases
    }

    pub fn is_head(&self, rev: Rev) -> bool {
        self.node(rev).children.is_empty()
    }

    pub fn is_effective_head(&self, rev: Rev) -> bool {
        self.node(rev).dependents.is_empty()
    }

    pub fn is_base(&self, rev: Rev) -> bool {
        let node = self.node(rev);
        node.parents.is_empty() && !node.open
    }

    pub fn is_branch_point(&self, rev: Rev) -> bool {
        self.node(rev).children.len() > 1
    }

    pub fn is_merge(&self, rev: Rev) -> bool {
        self.node(rev).parents.len() > 1
    }

    /// The revisions from which `rev` directly follows: parents, then the dependencies that no ancestor has.
    pub fn predecessors(&self, rev: Rev) -> impl Iterator<Item = Rev> + '_ {
        let node = self.node(rev);
        let more = node.own_dependencies.iter().filter(|dependency| !node.parents.contains(dependency));
        node.parents.iter().chain(more).copied()
    }

    /// `revs` and everything that must be applied before them.
    pub fn ancestors(&self, revs: &[Rev]) -> RevSet {
        self.reach(revs, |rev, into| into.extend(self.predecessors(rev)))
    }

    /// `revs` and everything that needs them.
    pub fn descendants(&self, revs: &[Rev]) -> RevSet {
        self.reach(revs, |rev, into| into.extend_from_slice(self.dependents(rev)))
    }

    /// `revs` and their ancestors by `down_revision` alone.
    pub fn line_below(&self, revs: &[Rev]) -> RevSet {
        self.reach(revs, |rev, into| into.extend_from_slice(self.parents(rev)))
    }

    /// `revs` and their descendants by `down_revision` alone.
    pub fn line_above(&self, revs: &[Rev]) -> RevSet {
        self.reach(revs, |rev, into| into.extend_from_slice(self.children(rev)))
    }

    fn reach(&self, revs: &[Rev], next: impl Fn(Rev, &mut Vec<Rev>)) -> RevSet {
        let mut seen = RevSet::new(self.nodes.len());
        let mut todo = revs.to_vec();
        while let Some(rev) = todo.pop() {
            if seen.insert(rev) {
                next(rev, &mut todo);
            }
        }
        seen
    }

    /// Whether `key` is the id of a revision, not a branch label.
    fn is_id(&self, key: Name) -> bool {
        self.find(key).is_some_and(|rev| self.id(rev) == key)
    }

    fn node(&self, rev: Rev) -> &Node {
        &self.nodes[rev.index()]
    }

    /// The revision that answers to the id of `rev`.
    fn current(&self, rev: Rev) -> Rev {
        self.find(self.id(rev)).unwrap_or(rev)
    }
}
