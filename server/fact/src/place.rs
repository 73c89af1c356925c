//! Places are stable under edits elsewhere in the file: they name a node, not a byte.

use std::hash::{Hash, Hasher};

/// A file of the project; the owner of the files gives out the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A syntax node inside one top-level item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// Where a fact was read: file, top-level item of the file, node of the item. The file's current syntax turns it
/// into bytes.
///
/// **Every two places are equal, and none adds to a hash**, so that whatever carries places can derive `PartialEq` and
/// `Hash` and compare by meaning alone. [`Place::key`] is there for the rare caller that wants the position itself, and
/// [`same`](crate::same) for the one that wants to know whether two values were read at the same places.
#[derive(Clone, Copy)]
pub struct Place {
    pub file: FileId,
    pub item: u32,
    pub node: NodeId,
}

impl Place {
    pub const fn new(file: FileId, item: u32, node: NodeId) -> Place {
        Place { file, item, node }
    }

    /// The whole file: what is said about a file that has no syntax to point at.
    pub const fn whole_file(file: FileId) -> Place {
        Place { file, item: u32::MAX, node: NodeId(0) }
    }

    pub fn is_whole_file(&self) -> bool {
        self.item == u32::MAX
    }

    /// The position itself, comparable and sortable.
    pub fn key(&self) -> (FileId, u32, NodeId) {
        (self.file, self.item, self.node)
    }
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "@{}:{}:{}", self.file.0, self.item as i32, self.node.0)
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Place) -> bool {
        !crate::is_strict() || self.key() == other.key()
    }
}

impl Eq for Place {}

impl Hash for Place {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}
