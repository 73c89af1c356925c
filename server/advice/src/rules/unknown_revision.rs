//! `unknown-revision`

use crate::finding::{Finding, Subject};
use crate::fix::{Applicability, Desk, Fix};
use crate::rule::declare_rule;
use crate::sink::{Draft, Sink};
use crate::text::nearest;
use crate::view::GraphView;
use alembic::graph::{Graph, Problem, Rev};
use alembic::revision_file::RevisionFile;
use fact::{Fact, Name, Place};

declare_rule! {
    /// ## What it does
    ///
    /// Finds a `down_revision` or `depends_on` that names a revision which no file has.
    /// Partial ids and `label@head` count as unknown, because Alembic does not resolve them inside files.
    ///
    /// ## Why it matters
    ///
    /// Alembic builds the whole graph first and stops with `KeyError` on every command.
    ///
    /// ## Example
    ///
    /// ```python
    /// revision = "b2"
    /// down_revision = "a11"   # the file says a1
    /// ```
    ///
    /// ## Safe instead
    ///
    /// Name the id as the other file assigns it, or bring the missing file back.
    ///
    /// ## Fix
    ///
    /// Changes the name to the nearest id; safe when it is the beginning of exactly one.
    ///
    /// ## Sources
    ///
    /// Alembic: `RevisionMap._map_branch_labels`, `RevisionMap._add_depends_on`.
    "unknown-revision", Error, Graph;
    Graph(check);
    fix: rename;
}

fn check(view: &GraphView<'_>, sink: &mut Sink<'_>) {
    let environment = view.environment();
    let graph = &environment.graph;
    let unresolved = environment.revisions.iter().find_map(|revision| revision.facts.revision.unknown());
    for problem in graph.problems() {
        let (rev, missing, parent) = match problem {
            Problem::MissingParent { revision, missing } => (*revision, *missing, true),
            Problem::MissingDependency { revision, missing } => (*revision, *missing, false),
            _ => continue,
        };
        if let Some(unknown) = unresolved {
            // The file whose id cannot be read may be the one that is meant.
            sink.withhold(unknown);
            continue;
        }
        let Some(revision) = environment.revision(rev) else { continue };
        let meant = meant(graph, missing);
        let role = if parent { "its parent" } else { "a dependency" };
        let mut message = format!(
            "{} names {missing} as {role}, and no migration has that id. Alembic stops with KeyError '{missing}' on every command.",
            graph.id(rev)
        );
        if let Some(meant) = meant {
            message.push_str(&format!(" Did you mean {meant}?"));
        }
        let subject = Subject { name: Some(missing), meant, ..Subject::default() };
        let mut draft = Draft::new(place(&revision.facts, missing), subject, message).revision(graph.id(rev));
        if let Some(other) = meant.and_then(|meant| environment.revision(graph.find(meant)?)) {
            let at = other.facts.revision.known().map(|id| id.place);
            draft = draft.related(at.unwrap_or(Place::whole_file(other.facts.file)), "the nearest id");
        }
        sink.report(draft);
    }
}

/// Where the file names the missing revision.
fn place(facts: &RevisionFile, missing: Name) -> Place {
    let named = [&facts.down_revision, &facts.depends_on].into_iter().find_map(|ids| {
        let Fact::Known(ids) = &ids.ids else { return None };
        ids.iter().find(|id| id.name == missing).map(|id| id.place)
    });
    named.or(facts.down_revision.place).unwrap_or(Place::whole_file(facts.file))
}

fn ids(graph: &Graph) -> impl Iterator<Item = Name> + '_ {
    graph.revisions().map(|rev: Rev| graph.id(rev))
}

fn meant(graph: &Graph, missing: Name) -> Option<Name> {
    unambiguous(graph, missing).or_else(|| {
        let known: Vec<Name> = ids(graph).collect();
        nearest(&missing, known.iter().map(Name::as_str)).map(fact::name)
    })
}

/// The only id that begins so.
fn unambiguous(graph: &Graph, missing: Name) -> Option<Name> {
    let mut longer = ids(graph).filter(|id| !missing.is_empty() && id.starts_with(missing.as_str()));
    longer.next().filter(|_| longer.next().is_none())
}

fn rename(desk: &Desk<'_>, finding: &Finding) -> Vec<Fix> {
    let (Some(missing), Some(meant)) = (finding.subject.name, finding.subject.meant) else {
        return Vec::new();
    };
    let certain = unambiguous(&desk.environment.graph, missing).is_some();
    let applicability = if certain { Applicability::Safe } else { Applicability::Unsafe };
    desk.replace_string(&finding.spot, &meant, format!("Change to {meant}"), applicability)
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_files, check_fix_files};

    const A: (&str, &str) = ("a.py", "revision = 'aaaa1111'\ndown_revision = None\n");

    #[test]
    fn ids_that_no_file_has() {
        check_files(
            "unknown-revision",
            &[
                A,
                (
                    "b.py",
                    "revision = 'b'\ndown_revision = 'aaaa1112'\n#               ^^^^^^^^^^ unknown-revision\n",
                ),
            ],
        );
        check_files(
            "unknown-revision",
            &[
                A,
                (
                    "b.py",
                    "revision = 'b'\ndown_revision = 'aaaa1111'\ndepends_on = ['zz']\n#             ^^^^ unknown-revision\n",
                ),
            ],
        );
        check_files(
            "unknown-revision",
            &[
                A,
                (
                    "b.py",
                    "revision = 'b'\ndown_revision = ('aaaa1111', 'aaaa')\n#                            ^^^^^^ unknown-revision\n",
                ),
            ],
        );
    }

    #[test]
    fn look_alikes() {
        check_files("unknown-revision", &[A, ("b.py", "revision = 'b'\ndown_revision = ('aaaa1111',)\n")]);
        check_files(
            "unknown-revision",
            &[("b.py", "revision = 'b'\ndown_revision = ()\ndepends_on = None\n")],
        );
        check_files(
            "unknown-revision",
            &[
                ("a.py", "revision = 'a'\ndown_revision = None\nbranch_labels = ('base',)\n"),
                ("b.py", "revision = 'b'\ndown_revision = None\ndepends_on = 'base'\n"),
            ],
        );
        check_files(
            "unknown-revision",
            &[
                ("a.py", "import os\nrevision = os.environ['R']\ndown_revision = None\n"),
                ("b.py", "revision = 'b'\ndown_revision = 'x'\n"),
            ],
        );
    }

    #[test]
    fn the_nearest_id_is_put_in() {
        check_fix_files(
            "unknown-revision",
            &[A, ("b.py", "revision = 'b'\ndown_revision = \"aaaa1112\"\n")],
            "Change to aaaa1111",
            ("b.py", "revision = 'b'\ndown_revision = \"aaaa1111\"\n"),
        );
    }
}
