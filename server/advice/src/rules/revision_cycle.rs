//! `revision-cycle`

use crate::finding::Subject;
use crate::rule::declare_rule;
use crate::sink::{Draft, Sink};
use crate::view::GraphView;
use alembic::graph::{Problem, Rev};
use fact::Place;
use project::Environment;

declare_rule! {
    /// ## What it does
    ///
    /// Finds revisions that follow from each other, through `down_revision` or `depends_on`.
    ///
    /// ## Why it matters
    ///
    /// There is no order in which such revisions can run. Alembic refuses every command.
    ///
    /// ## Example
    ///
    /// ```python
    /// # a.py                     # b.py
    /// revision = "a"             revision = "b"
    /// down_revision = "b"        down_revision = "a"
    /// ```
    ///
    /// ## Safe instead
    ///
    /// Let the older of the two name what it really followed, or `None`.
    ///
    /// ## Fix
    ///
    /// None: which link is the wrong one cannot be told from the files.
    ///
    /// ## Sources
    ///
    /// Alembic: `RevisionMap._detect_cycles`.
    "revision-cycle", Error, Graph;
    Graph(check);
}

fn check(view: &GraphView<'_>, sink: &mut Sink<'_>) {
    let environment = view.environment();
    let graph = &environment.graph;
    for problem in graph.problems() {
        let members: Vec<Rev> = match problem {
            Problem::SelfLoop { revision } | Problem::DependencySelfLoop { revision } => vec![*revision],
            Problem::Cycle { members, .. } => members.clone(),
            _ => continue,
        };
        let Some(first) = members.first() else { continue };
        let ids: Vec<&str> = members.iter().chain([first]).map(|rev| graph.id(*rev).as_str()).collect();
        let message =
            format!("These revisions form a cycle: {}. Alembic refuses every command.", ids.join(" -> "));
        for rev in &members {
            let mut draft = Draft::new(place(environment, *rev), Subject::default(), message.clone())
                .revision(graph.id(*rev));
            for other in members.iter().filter(|other| *other != rev) {
                draft = draft.related(place(environment, *other), "part of the cycle");
            }
            sink.report(draft);
        }
    }
}

fn place(environment: &Environment, rev: Rev) -> Place {
    let Some(revision) = environment.revision(rev) else { return Place::whole_file(fact::FileId(0)) };
    let facts = &revision.facts;
    let parent = facts.down_revision.place.filter(|_| !facts.down_revision.names().is_empty());
    parent.or(facts.depends_on.place).unwrap_or(Place::whole_file(facts.file))
}

#[cfg(test)]
mod tests {
    use crate::testing::check_files;

    const RULE: &str = "revision-cycle";

    #[test]
    fn cycles() {
        check_files(
            RULE,
            &[
                ("a.py", "revision = 'a'\ndown_revision = 'b'\n#               ^^^ revision-cycle\n"),
                ("b.py", "revision = 'b'\ndown_revision = 'a'\n#               ^^^ revision-cycle\n"),
                ("c.py", "revision = 'c'\ndown_revision = 'b'\n"),
            ],
        );
        check_files(
            RULE,
            &[("a.py", "revision = 'a'\ndown_revision = 'a'\n#               ^^^ revision-cycle\n")],
        );
        check_files(
            RULE,
            &[(
                "a.py",
                "revision = 'a'\ndown_revision = None\ndepends_on = 'a'\n#            ^^^ revision-cycle\n",
            )],
        );
    }

    #[test]
    fn look_alikes() {
        let base = ("a.py", "revision = 'a'\ndown_revision = None\n");
        let left = ("b.py", "revision = 'b'\ndown_revision = 'a'\n");
        let right = ("c.py", "revision = 'c'\ndown_revision = 'a'\ndepends_on = 'b'\n");
        check_files(RULE, &[base, left, right]);
        check_files(RULE, &[base, left, right, ("d.py", "revision = 'd'\ndown_revision = ('b', 'c')\n")]);
    }
}
