//! `multiple-heads`

use crate::finding::Subject;
use crate::rule::declare_rule;
use crate::sink::{Draft, Sink};
use crate::text::list;
use crate::view::GraphView;
use alembic::graph::{Graph, Rev};
use camino::Utf8Path;
use fact::Place;
use project::Environment;
use rustc_hash::FxHashSet;

declare_rule! {
    /// ## What it does
    ///
    /// Finds histories with more than one head: two revisions that nothing follows.
    /// A head that another revision `depends_on` does not count.
    ///
    /// ## Why it matters
    ///
    /// `alembic upgrade head` stops and asks which one is meant. It happens when two people start from the same revision
    /// and both merge their work.
    ///
    /// ## Example
    ///
    /// ```python
    /// # add_due_on.py            # add_estimate.py
    /// down_revision = "a1"       down_revision = "a1"
    /// ```
    ///
    /// ## Safe instead
    ///
    /// Let one of them follow the other while it is not published, else write a merge revision:
    /// `alembic merge heads`.
    ///
    /// ## Fix
    ///
    /// None yet.
    ///
    /// ## Sources
    ///
    /// Alembic documentation, "Working with Branches".
    "multiple-heads", Warning, Graph;
    Graph(check);
}

fn check(view: &GraphView<'_>, sink: &mut Sink<'_>) {
    let environment = view.environment();
    let graph = &environment.graph;
    if graph.strict().is_err() {
        // Where a link is missing, heads are only what is left of the graph.
        return;
    }
    // The loser of two files with one id is no head of anything.
    let heads: Vec<Rev> = graph
        .effective_heads()
        .iter()
        .copied()
        .filter(|head| graph.find(graph.id(*head)) == Some(*head))
        .collect();
    if heads.len() < 2 || is_deliberate(environment, &heads) {
        return;
    }
    if let Some(unknown) = environment.revisions.iter().find_map(|revision| {
        let facts = &revision.facts;
        facts.revision.unknown().or(facts.down_revision.ids.unknown()).or(facts.depends_on.ids.unknown())
    }) {
        sink.withhold(unknown);
        return;
    }
    let shown = list(heads.iter().map(|head| shown(environment, *head)));
    let from = match branch_point(graph, &heads) {
        Some(point) => format!("; all continue from {}", graph.id(point)),
        None => String::new(),
    };
    let message = format!("{} heads: {shown}{from}. `alembic upgrade head` stops here.", heads.len());
    for head in &heads {
        let mut draft = Draft::new(place(environment, *head), Subject::default(), message.clone())
            .revision(graph.id(*head));
        for other in heads.iter().filter(|other| *other != head) {
            draft = draft.related(place(environment, *other), "another head");
        }
        sink.report(draft);
    }
}

/// Every head's lineage has labels of its own, or a folder of its own.
fn is_deliberate(environment: &Environment, heads: &[Rev]) -> bool {
    let graph = &environment.graph;
    let labels: Vec<&[fact::Name]> = heads.iter().map(|head| graph.labels(*head)).collect();
    let own = |at: usize, label: &fact::Name| {
        labels.iter().enumerate().all(|(other, labels)| other == at || !labels.contains(label))
    };
    if labels.iter().enumerate().all(|(at, labels)| labels.iter().any(|label| own(at, label))) {
        return true;
    }
    let folders: FxHashSet<Option<&Utf8Path>> = heads
        .iter()
        .map(|head| environment.revision(*head).and_then(|revision| revision.facts.path.parent()))
        .collect();
    environment.options.layout.version_locations.len() > 1 && folders.len() == heads.len()
}

/// The nearest revision that all heads follow from.
fn branch_point(graph: &Graph, heads: &[Rev]) -> Option<Rev> {
    let lines: Vec<_> = heads.iter().map(|head| graph.ancestors(&[*head])).collect();
    graph.order().into_iter().rev().find(|rev| lines.iter().all(|line| line.contains(*rev)))
}

fn shown(environment: &Environment, head: Rev) -> String {
    let id = environment.graph.id(head);
    let message = environment.revision(head).and_then(|revision| revision.facts.message.clone());
    match message.as_deref().and_then(|message| message.lines().next()) {
        Some(message) => format!("{id} ({message})"),
        None => id.to_string(),
    }
}

fn place(environment: &Environment, head: Rev) -> Place {
    let Some(revision) = environment.revision(head) else { return Place::whole_file(fact::FileId(0)) };
    let facts = &revision.facts;
    facts.down_revision.place.unwrap_or(Place::whole_file(facts.file))
}

#[cfg(test)]
mod tests {
    use crate::testing::check_files;

    const RULE: &str = "multiple-heads";
    const A: (&str, &str) = ("a.py", "revision = 'a'\ndown_revision = None\n");

    #[test]
    fn heads() {
        check_files(
            RULE,
            &[
                A,
                ("b.py", "revision = 'b'\ndown_revision = 'a'\n#               ^^^ multiple-heads\n"),
                ("c.py", "revision = 'c'\ndown_revision = 'a'\n#               ^^^ multiple-heads\n"),
            ],
        );
        check_files(
            RULE,
            &[
                ("a.py", "revision = 'a'\ndown_revision = None\n#               ^^^^ multiple-heads\n"),
                ("b.py", "revision = 'b'\ndown_revision = None\n#               ^^^^ multiple-heads\n"),
            ],
        );
    }

    #[test]
    fn look_alikes() {
        let b = ("b.py", "revision = 'b'\ndown_revision = 'a'\n");
        check_files(RULE, &[A, b]);
        check_files(RULE, &[A, b, ("c.py", "revision = 'c'\ndown_revision = 'a'\ndepends_on = 'b'\n")]);
        check_files(
            RULE,
            &[
                A,
                b,
                ("c.py", "revision = 'c'\ndown_revision = 'a'\n"),
                ("d.py", "revision = 'd'\ndown_revision = ('b', 'c')\n"),
            ],
        );
        check_files(
            RULE,
            &[
                A,
                ("b.py", "revision = 'b'\ndown_revision = 'a'\nbranch_labels = 'left'\n"),
                ("c.py", "revision = 'c'\ndown_revision = 'a'\nbranch_labels = 'right'\n"),
            ],
        );
        check_files(RULE, &[A, b, ("c.py", "revision = 'c'\ndown_revision = 'x'\n")]);
    }
}
