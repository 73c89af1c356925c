use super::{graph, show};
use crate::graph::{Graph, Problem};

/// `expect`: heads / effective heads / bases / effective bases.
#[track_caller]
fn check_tips(text: &str, expect: &str) {
    let graph = graph(text);
    let tips = [graph.heads(), graph.effective_heads(), graph.bases(), graph.effective_bases()];
    assert_eq!(tips.map(|revs| show(&graph, revs)).join(" / "), expect, "{text}");
    assert_eq!(graph.strict(), Ok(()), "{text}");
}

/// `expect`: what Alembic says ("" where it goes on), then our problems.
#[track_caller]
fn check_problems(text: &str, strict: &str, problems: &[&str]) {
    let graph = graph(text);
    let said = graph.strict().err().map(|error| error.to_string()).unwrap_or_default();
    assert_eq!(said, strict, "{text}");
    let found: Vec<String> = graph.problems().iter().map(|problem| describe(&graph, problem)).collect();
    assert_eq!(found, problems, "{text}");
    assert_eq!(graph.order().len(), distinct(&graph), "every revision has its turn: {text}");
}

fn distinct(graph: &Graph) -> usize {
    graph.revisions().filter(|rev| graph.find(graph.id(*rev)) == Some(*rev)).count()
}

fn describe(graph: &Graph, problem: &Problem) -> String {
    let id = |rev| graph.id(rev);
    match problem {
        Problem::BadCharacters { revision, characters } => format!("{} has {characters:?}", id(*revision)),
        Problem::SelfLoop { revision } => format!("{} < itself", id(*revision)),
        Problem::DependencySelfLoop { revision } => format!("{} ! itself", id(*revision)),
        Problem::DuplicateId { replaced, kept } => format!("{} is {} and {}", id(*kept), replaced.0, kept.0),
        Problem::DuplicateLabel { revision, label, other } => {
            format!("{} @{label} of {}", id(*revision), id(*other))
        }
        Problem::MissingDependency { revision, missing } => format!("{} ! no {missing}", id(*revision)),
        Problem::MissingParent { revision, missing } => format!("{} < no {missing}", id(*revision)),
        Problem::Cycle { members, listed, dependency } => format!(
            "{}cycle {}{}",
            if *dependency { "dependency " } else { "" },
            show(graph, members),
            if listed.is_none() { " (unnoticed)" } else { "" },
        ),
    }
}

#[track_caller]
fn check_labels(text: &str, expect: &[(&str, &str)]) {
    let graph = graph(text);
    let labels = |id: &str| {
        let rev = graph.find(fact::name(id)).unwrap();
        graph.labels(rev).iter().map(|label| label.as_str()).collect::<Vec<_>>().join(" ")
    };
    for (id, want) in expect {
        assert_eq!(labels(id), *want, "{id} in {text}");
    }
}

#[test]
fn tips() {
    check_tips("", " /  /  / ");
    check_tips("a", "a / a / a / a");
    check_tips("a; b < a; c < b", "c / c / a / a");
    check_tips("a; b < a; c < a", "b c / b c / a / a");
    check_tips("a; b < a; c < a; m < b c", "m / m / a / a");
    check_tips("m < b c; c < a; b < a; a", "m / m / a / a");
    check_tips("a; b; c < a b b", "c / c / a b / a b");
    check_tips("a; b ! a", "a b / b / a b / a");
    check_tips("a; b < a; c; d < c ! b", "b d / d / a c / a c");
    check_tips("a; b < a ! a", "b / b / a / a");
    check_tips("a @x; b < a; c ! x", "b c / b c / a c / a");
}

#[test]
fn problems() {
    check_problems("a; b < a", "", &[]);
    check_problems("a; b < x", "Revision x referenced from revision b is not present", &["b < no x"]);
    check_problems(
        "a; b < a x y",
        "Revision x referenced from revision b is not present",
        &["b < no x", "b < no y"],
    );
    check_problems("a; b < a ! x", "Revision x, on which revision b depends, is not present", &["b ! no x"]);
    // Files name parents and dependencies in full, and parents never by a label.
    check_problems(
        "abcdef; b < abcd",
        "Revision abcd referenced from revision b is not present",
        &["b < no abcd"],
    );
    check_problems(
        "a @line; b < line",
        "Revision line referenced from revision b is not present",
        &["b < no line"],
    );
    check_problems("a @line; b ! line", "", &[]);
    check_problems("a; a2; a < a2", "", &["a is 0 and 2"]);
    check_problems(
        "a @x; b < a @x",
        "Branch name 'x' in revision b already used by revision a",
        &["b @x of a"],
    );
    check_problems("a; b < a @a", "Branch name 'a' in revision b already used by revision a", &["b @a of a"]);
    check_problems("a < a", "Self-loop is detected in revisions (a)", &["a < itself"]);
    check_problems("a; b < a ! b", "Dependency self-loop is detected in revisions (b)", &["b ! itself"]);
    check_problems(
        "a-1; b+@:c < a-1",
        "Character(s) '-' not allowed in revision identifier 'a-1'",
        &["a-1 has ['-']", "b+@:c has ['+', ':', '@']"],
    );
}

#[test]
fn cycles() {
    check_problems("a < c; b < a; c < b", "Cycle is detected in revisions (a, b, c)", &["cycle a b c"]);
    // Alembic lists what hangs on the cycle too.
    check_problems("z; a < z c; b < a; c < b; d < c", "", &["cycle a b c (unnoticed)"]);
    check_problems(
        "z; y < z; a < b; b < a; c < b",
        "Cycle is detected in revisions (a, b, c)",
        &["cycle a b"],
    );
    check_problems(
        "a ! c; b < a; c < b",
        "Dependency cycle is detected in revisions (a, b, c)",
        &["dependency cycle a b c"],
    );
    check_problems(
        "a ! c; b < a; c < b; d; e < d",
        "Dependency cycle is detected in revisions (a, b, c)",
        &["dependency cycle a b c"],
    );
    check_problems("z; a < z ! b; b < a; c < b", "", &["dependency cycle a b (unnoticed)"]);
    check_problems(
        "a < b; b < a; c < d; d < c",
        "Cycle is detected in revisions (a, b, c, d)",
        &["cycle a b", "cycle c d"],
    );
    // What is missing is no cycle.
    check_problems("a < x; b < a", "Revision x referenced from revision a is not present", &["a < no x"]);
}

#[test]
fn a_revision_that_lost_its_parent_is_no_base() {
    for text in ["a < x; b < a", "a < b; b < a", "a < a", "a ?"] {
        let graph = graph(text);
        assert!(graph.revisions().all(|rev| !graph.is_base(rev)) && graph.bases().is_empty(), "{text}");
    }
}

#[test]
fn labels_reach_descendants() {
    check_labels(
        "a; b < a @x; c < b; d < a; e < c",
        &[("a", ""), ("b", "x"), ("c", "x"), ("e", "x"), ("d", "")],
    );
    check_labels("a @x; b < a @y; c < b", &[("a", "x y"), ("b", "x y"), ("c", "x y")]);
    check_labels("a; l < a @l; r < a @r; m < l r", &[("a", ""), ("l", "l"), ("r", "r"), ("m", "l r")]);
}

#[test]
fn labels_go_back_along_an_unbranched_line() {
    check_labels("a; b < a; c < b @x; d < c", &[("a", "x"), ("b", "x"), ("d", "x")]);
    check_labels("a; b < a; o < a; c < b @x; d < c", &[("a", ""), ("b", "x"), ("o", ""), ("d", "x")]);
    check_labels("a; b < a; c < b @x; d < c; e < c", &[("a", ""), ("b", ""), ("d", "x")]);
    check_labels("a; b; m < a b; n < m @x", &[("a", ""), ("m", ""), ("n", "x")]);
    // A dependent makes a branch point as well.
    check_labels("a; b < a; c < b @x; o ! a b", &[("a", ""), ("b", ""), ("o", "")]);
}

#[test]
fn dependencies_that_an_ancestor_has_add_nothing() {
    let graph = graph("x; y < x; a ! x; b < a ! x y");
    let b = graph.find(fact::name("b")).unwrap();
    let before: Vec<_> = graph.predecessors(b).collect();
    assert_eq!(show(&graph, &before), "a y");
    assert_eq!(show(&graph, graph.dependencies(b)), "x y");
}
