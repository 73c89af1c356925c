//! A set of revisions of one graph.

use super::Rev;

/// A set of revisions of one graph: membership by index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RevSet {
    members: Vec<bool>,
    len: usize,
}

impl RevSet {
    /// An empty set for a graph of `size` revisions.
    pub fn new(size: usize) -> RevSet {
        RevSet { members: vec![false; size], len: 0 }
    }

    pub fn from_revs(size: usize, revs: impl IntoIterator<Item = Rev>) -> RevSet {
        let mut set = RevSet::new(size);
        set.extend(revs);
        set
    }

    /// Whether `rev` is new in the set.
    pub fn insert(&mut self, rev: Rev) -> bool {
        match self.members.get_mut(rev.index()) {
            Some(member) if !*member => {
                *member = true;
                self.len += 1;
                true
            }
            _ => false,
        }
    }

    /// Whether `rev` was in the set.
    pub fn remove(&mut self, rev: Rev) -> bool {
        match self.members.get_mut(rev.index()) {
            Some(member) if *member => {
                *member = false;
                self.len -= 1;
                true
            }
            _ => false,
        }
    }

    pub fn contains(&self, rev: Rev) -> bool {
        self.members.get(rev.index()).copied().unwrap_or(false)
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Members in load order.
    pub fn iter(&self) -> impl Iterator<Item = Rev> + '_ {
        self.members.iter().enumerate().filter(|(_, member)| **member).map(|(index, _)| Rev(index as u32))
    }

    pub fn extend(&mut self, revs: impl IntoIterator<Item = Rev>) {
        for rev in revs {
            self.insert(rev);
        }
    }

    pub fn retain(&mut self, keep: impl Fn(Rev) -> bool) {
        for (index, member) in self.members.iter_mut().enumerate() {
            if *member && !keep(Rev(index as u32)) {
                *member = false;
                self.len -= 1;
            }
        }
    }
}
