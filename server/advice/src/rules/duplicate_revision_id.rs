//! `duplicate-revision-id`

use crate::finding::Subject;
use crate::rule::declare_rule;
use crate::sink::{Draft, Sink};
use crate::view::GraphView;
use alembic::graph::{Problem, Rev};
use fact::{Fact, Name, Place};
use project::Environment;

declare_rule! {
    /// ## What it does
    ///
    /// Finds two files with one `revision`, a branch label that two lineages use, and a label that is the id of a
    /// revision.
    ///
    /// ## Why it matters
    ///
    /// Of two files with one id Alembic keeps the one that it loads last and prints a warning: the other migration never
    /// runs. A label that is used twice stops every command.
    ///
    /// ## Example
    ///
    /// ```python
    /// # versions/add_priority.py        # versions/add_priority_copy.py
    /// revision = "b2"                   revision = "b2"
    /// ```
    ///
    /// ## Safe instead
    ///
    /// Give the copy an id of its own, and let the revisions that follow from it name that id.
    ///
    /// ## Fix
    ///
    /// None: which of the two files the later revisions mean is for you to say.
    ///
    /// ## Sources
    ///
    /// Alembic: `RevisionMap._revision_map`, `RevisionMap._map_branch_labels`.
    "duplicate-revision-id", Error, Graph;
    Graph(check);
}

fn check(view: &GraphView<'_>, sink: &mut Sink<'_>) {
    let environment = view.environment();
    let graph = &environment.graph;
    for problem in graph.problems() {
        match problem {
            Problem::DuplicateId { replaced, kept } => {
                for (here, there) in [(*replaced, *kept), (*kept, *replaced)] {
                    let Some(other) = environment.revision(there) else { continue };
                    let message = format!(
                        "Revision {} is also defined in {}; Alembic keeps only one of them and says nothing but a warning.",
                        graph.id(here),
                        view.scene.file_name(other.facts.file),
                    );
                    let subject = Subject::name(graph.id(here));
                    let draft = Draft::new(id_place(environment, here), subject, message)
                        .revision(graph.id(here))
                        .related(id_place(environment, there), "the same id");
                    sink.report(draft);
                }
            }
            Problem::DuplicateLabel { revision, label, other } => {
                let other_id = graph.id(*other);
                let message = if other_id == *label {
                    format!("Branch label {label} is the id of a revision.")
                } else {
                    format!("Branch label {label} is already used by {other_id}.")
                };
                let draft =
                    Draft::new(label_place(environment, *revision, *label), Subject::name(*label), message)
                        .revision(graph.id(*revision))
                        .related(label_place(environment, *other, *label), "used here first");
                sink.report(draft);
            }
            _ => {}
        }
    }
}

fn id_place(environment: &Environment, rev: Rev) -> Place {
    let Some(revision) = environment.revision(rev) else { return Place::whole_file(fact::FileId(0)) };
    match &revision.facts.revision {
        Fact::Known(id) => id.place,
        Fact::Unknown(_) => Place::whole_file(revision.facts.file),
    }
}

fn label_place(environment: &Environment, rev: Rev, label: Name) -> Place {
    let Some(revision) = environment.revision(rev) else { return Place::whole_file(fact::FileId(0)) };
    let labels = revision.facts.branch_labels.ids.known();
    let own = labels.into_iter().flatten().find(|id| id.name == label).map(|id| id.place);
    own.unwrap_or_else(|| id_place(environment, rev))
}

#[cfg(test)]
mod tests {
    use crate::testing::check_files;

    const RULE: &str = "duplicate-revision-id";

    #[test]
    fn ids_and_labels_that_stand_twice() {
        check_files(
            RULE,
            &[
                ("a.py", "revision = 'a'\n#          ^^^ duplicate-revision-id\ndown_revision = None\n"),
                ("b.py", "revision = 'a'\n#          ^^^ duplicate-revision-id\ndown_revision = None\n"),
            ],
        );
        check_files(
            RULE,
            &[
                ("a.py", "revision = 'a'\ndown_revision = None\nbranch_labels = 'x'\n"),
                (
                    "b.py",
                    "revision = 'b'\ndown_revision = None\nbranch_labels = ['x']\n#                ^^^ duplicate-revision-id\n",
                ),
            ],
        );
    }

    #[test]
    fn look_alikes() {
        check_files(
            RULE,
            &[
                ("a.py", "revision = 'a'\ndown_revision = None\nbranch_labels = 'x'\n"),
                ("b.py", "revision = 'b'\ndown_revision = 'a'\n"),
            ],
        );
        check_files(
            RULE,
            &[
                ("a.py", "revision = 'a'\ndown_revision = None\n"),
                ("b.py", "revision = 'A'\ndown_revision = 'a'\n"),
            ],
        );
    }
}
