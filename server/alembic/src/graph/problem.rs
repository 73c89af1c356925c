//! What can be wrong with a history.

use super::{Graph, Rev};
use fact::Name;

/// Something wrong with a history. The graph was loaded without the offending link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The id holds characters that identifiers on the command line use for themselves.
    BadCharacters { revision: Rev, characters: Vec<char> },
    /// `down_revision` names the revision itself.
    SelfLoop { revision: Rev },
    /// `depends_on` names the revision itself.
    DependencySelfLoop { revision: Rev },
    /// Two files have the same id; Alembic warns and uses `kept`.
    DuplicateId { replaced: Rev, kept: Rev },
    /// The label is the label or the id of another revision as well.
    DuplicateLabel { revision: Rev, label: Name, other: Rev },
    /// `depends_on` names neither a revision nor a branch label.
    MissingDependency { revision: Rev, missing: Name },
    /// No file has the revision that `down_revision` names.
    MissingParent { revision: Rev, missing: Name },
    /// The revisions follow from each other.
    Cycle {
        /// The revisions on the cycle itself; empty where no link is to blame (every revision is open, say).
        members: Vec<Rev>,
        /// What Alembic lists, everything downstream included; `None` if it does not notice the cycle.
        listed: Option<Vec<Name>>,
        /// The cycle closes through `depends_on`.
        dependency: bool,
    },
}

/// The error with which Alembic stops, with its words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    #[error("Character(s) '{}' not allowed in revision identifier '{id}'", join(characters))]
    BadCharacters { id: Name, characters: Vec<char> },
    #[error("Self-loop is detected in revisions ({id})")]
    SelfLoop { id: Name },
    #[error("Dependency self-loop is detected in revisions ({id})")]
    DependencySelfLoop { id: Name },
    #[error("Branch name '{label}' in revision {id} already used by revision {other}")]
    DuplicateLabel { id: Name, label: Name, other: Name },
    #[error("Revision {missing}, on which revision {id} depends, is not present")]
    MissingDependency { id: Name, missing: Name },
    #[error("Revision {missing} referenced from revision {id} is not present")]
    MissingParent { id: Name, missing: Name },
    #[error("Cycle is detected in revisions ({})", join(revisions))]
    Cycle { revisions: Vec<Name> },
    #[error("Dependency cycle is detected in revisions ({})", join(revisions))]
    DependencyCycle { revisions: Vec<Name> },
}

impl Problem {
    /// The revision to point at.
    pub fn revision(&self) -> Option<Rev> {
        match self {
            Problem::BadCharacters { revision, .. }
            | Problem::SelfLoop { revision }
            | Problem::DependencySelfLoop { revision }
            | Problem::DuplicateLabel { revision, .. }
            | Problem::MissingDependency { revision, .. }
            | Problem::MissingParent { revision, .. } => Some(*revision),
            Problem::DuplicateId { kept, .. } => Some(*kept),
            Problem::Cycle { members, .. } => members.first().copied(),
        }
    }

    /// The error that Alembic raises over it; `None` where it only warns or does not notice.
    pub fn refusal(&self, graph: &Graph) -> Option<LoadError> {
        let id = |rev: &Rev| graph.id(*rev);
        Some(match self {
            Problem::BadCharacters { revision, characters } => {
                LoadError::BadCharacters { id: id(revision), characters: characters.clone() }
            }
            Problem::SelfLoop { revision } => LoadError::SelfLoop { id: id(revision) },
            Problem::DependencySelfLoop { revision } => LoadError::DependencySelfLoop { id: id(revision) },
            Problem::DuplicateId { .. } => return None,
            Problem::DuplicateLabel { revision, label, other } => {
                LoadError::DuplicateLabel { id: id(revision), label: *label, other: id(other) }
            }
            Problem::MissingDependency { revision, missing } => {
                LoadError::MissingDependency { id: id(revision), missing: *missing }
            }
            Problem::MissingParent { revision, missing } => {
                LoadError::MissingParent { id: id(revision), missing: *missing }
            }
            Problem::Cycle { listed, dependency, .. } => {
                let revisions = listed.clone()?;
                match dependency {
                    true => LoadError::DependencyCycle { revisions },
                    false => LoadError::Cycle { revisions },
                }
            }
        })
    }
}

fn join<T: ToString>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}
