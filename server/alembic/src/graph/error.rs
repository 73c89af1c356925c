//! Why a question about the graph has no answer.

use fact::Name;

/// Why a question about the graph has no answer, in Alembic's words where it has any.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    #[error(
        "Multiple head revisions are present for given argument '{argument}'; please specify a specific target \
         revision, '<branchname>@{argument}' to narrow to a specific head, or 'heads' for all heads"
    )]
    MultipleHeads { argument: String, heads: Vec<Name> },
    #[error("No such revision or branch '{id}'{}", hint(id))]
    NotFound { id: String },
    #[error("No such branch: '{branch}'")]
    NoSuchBranch { branch: String },
    #[error("Revision {revision} is not a member of branch '{branch}'")]
    NotAMember { revision: Name, branch: String },
    #[error("Multiple revisions start with '{id}': {}...", quoted(matches))]
    SeveralMatches { id: String, matches: Vec<Name> },
    #[error(
        "Requested range {lower}:{upper} does not refer to ancestor/descendant revisions along the same branch"
    )]
    NotAncestor { lower: String, upper: String },
    /// The target of a downgrade that is not among what is applied.
    #[error("Destination {target} is not a valid downgrade target from current head(s)")]
    NothingToDrop { target: String },
    #[error("Not a valid downgrade target from current heads")]
    BadTarget,
    #[error("Requested revision {revision} overlaps with other requested revisions {}", comma(others))]
    Overlap { revision: Name, others: Vec<Name> },
    #[error("Ambiguous walk")]
    AmbiguousWalk,
    #[error("Ambiguous upgrade from multiple current revisions")]
    AmbiguousStart,
    #[error("Relative revision {relative} didn't produce {} migrations", relative.trim_start_matches(['+', '-']))]
    TooFew { relative: String },
    #[error("Walked too far")]
    TooFar,
    /// A symbol that stands for a list, or for nothing, where one revision is needed.
    #[error("'{target}' does not name one revision")]
    NotOneRevision { target: String },
}

fn hint(id: &str) -> &'static str {
    if id.chars().count() < 4 {
        "; please ensure at least four characters are present for partial revision identifier matches"
    } else {
        ""
    }
}

fn quoted(names: &[Name]) -> String {
    names.iter().take(3).map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
}

fn comma(names: &[Name]) -> String {
    names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ")
}
