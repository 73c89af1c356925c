use super::{BRANCHES, answer, graph, ids, show};
use crate::graph::{Graph, Plan, QueryError};

fn plan(graph: &Graph, plan: Result<Plan, QueryError>) -> String {
    match plan {
        Ok(plan) => format!("{} -> {}", show(graph, &plan.steps), show(graph, &plan.rows)),
        Err(error) => format!("error: {error}"),
    }
}

#[test]
fn upgrades() {
    let graph = graph(BRANCHES);
    for (to, current, expect) in [
        ("heads", "", "a1 a2 a3 c1 c2 b1 d1 d2 d3 b2 m -> m d3"),
        ("a2", "", "a1 a2 -> a2"),
        ("m", "b2", "c1 c2 m -> m"),
        ("d3", "a3", "b1 d1 d2 d3 -> d3"),
        ("m", "d3", "c1 c2 b2 m -> m d3"),
        ("+1", "a1", "a2 -> a2"),
        ("+1", "", "error: Ambiguous walk"),
        ("other@+1", "", "d1 -> d1"),
        ("left@+1", "a3", "b1 -> b1"),
        ("other@+2", "a3", "b1 d1 d2 -> d2"),
        ("+1", "a3, d1", "error: Ambiguous upgrade from multiple current revisions"),
        ("+9", "a1", "error: Ambiguous walk"),
        ("+9", "d1", "error: Relative revision +9 didn't produce 9 migrations"),
        ("-1", "a2", "error: Relative revision -1 didn't produce 1 migrations"),
        ("a1+2", "", "a1 a2 a3 -> a3"),
        ("a3-1", "", "a1 a2 -> a2"),
        ("nowhere", "", "error: No such revision or branch 'nowhere'"),
    ] {
        assert_eq!(plan(&graph, graph.upgrade(&ids(to), &ids(current))), expect, "{current} -> {to}");
    }
}

#[test]
fn downgrades() {
    let graph = graph(BRANCHES);
    for (to, current, expect) in [
        ("base", "m", "m b2 b1 c2 c1 a3 a2 a1 -> "),
        ("a3", "m", "m b2 b1 c2 c1 -> a3"),
        ("b1", "m", "m b2 -> b1 c2"),
        ("d1", "d3", "d3 d2 -> b1 d1"),
        ("other@base", "m, d3", "d3 d2 d1 -> m"),
        ("other@-1", "m, d3", "d3 -> m d2"),
        ("-1", "m", "error: Ambiguous walk"),
        ("-1", "a1", "a1 -> "),
        ("nowhere", "a1", "error: No such revision or branch 'nowhere'"),
    ] {
        assert_eq!(plan(&graph, graph.downgrade(&ids(to), &ids(current))), expect, "{current} -> {to}");
    }
}

#[test]
fn stamps() {
    let graph = graph(BRANCHES);
    for (to, current, expect) in [
        ("head", "", "error"),
        ("heads", "", "m d3"),
        ("m", "b1", "m"),
        ("a1", "b1", "a1"),
        ("base", "m, d3", ""),
        ("", "m, d3", ""),
        ("other@base", "m, d1", "m"),
        ("d1", "b1", "b1 d1"),
        ("m", "m", "m"),
        ("a2, a1", "a3", "error: Requested revision a1 overlaps with other requested revisions a2"),
        ("a1, b2", "a3", "a1 b2"),
        ("a2, d1", "a3", "a2 d1"),
    ] {
        let rows = answer(&graph, graph.stamp(&ids(to), &ids(current)));
        assert!(
            rows == expect || rows.starts_with("error") && expect == "error",
            "{current} -> {to}: {rows}"
        );
    }
}
