use super::{BRANCHES, answer, graph, ids};
use crate::graph::Range;

/// Cases: upper, lower, flags (letters of inclusive, implicit base, downgrade, exact), answer.
#[track_caller]
fn check_range(text: &str, cases: &[(&str, &str, &str, &str)]) {
    let graph = graph(text);
    for (upper, lower, flags, expect) in cases {
        let range = Range {
            inclusive: flags.contains('i'),
            implicit_base: flags.contains('b'),
            select_for_downgrade: flags.contains('d'),
            assert_relative_length: flags.contains('e'),
        };
        let found = graph.iterate(&ids(upper), &ids(lower), range);
        assert_eq!(answer(&graph, found), *expect, "{upper}:{lower} {flags}");
    }
}

#[test]
fn ranges() {
    check_range(
        BRANCHES,
        &[
            ("a3", "a1", "", "a3 a2"),
            ("a3", "a1", "i", "a3 a2 a1"),
            ("a3", "base", "", "a3 a2 a1"),
            ("a3", "", "", "a3 a2 a1"),
            ("m", "a3", "", "m b2 b1 c2 c1"),
            ("m", "b1", "", "m b2"),
            ("m", "b1", "b", "m b2 c2 c1"),
            ("d3", "base", "", "d3 d2 d1 b1 a3 a2 a1"),
            ("d3", "d1", "", "d3 d2"),
            ("d3, d3", "d1", "", "d3 d2"),
            ("left@head", "a3", "", "m b2 b1 c2 c1"),
            (
                "head",
                "base",
                "",
                "error: Multiple head revisions are present for given argument 'head'; please specify \
             a specific target revision, '<branchname>@head' to narrow to a specific head, or 'heads' for all heads",
            ),
            (
                "b2",
                "c1",
                "",
                "error: Requested range c1:b2 does not refer to ancestor/descendant revisions along the same branch",
            ),
            ("b2, b1", "base", "", "error: Requested revision b2 overlaps with other requested revisions b1"),
            ("a3", "-1", "i", "error: Ambiguous walk"),
            ("a3", "a3-1", "i", "error: No such revision or branch 'a3-1'"),
        ],
    );
}

#[test]
fn ranges_for_downgrade() {
    check_range(
        BRANCHES,
        &[
            ("m", "a3", "d", "m b2 b1 c2 c1"),
            ("m, d3", "a3", "d", "m b2 d3 d2 b1 c2 c1"),
            ("m", "base", "d", "m b2 b1 c2 c1 a3 a2 a1"),
            ("m, d3", "other@base", "d", "d3 d2 d1"),
            ("m", "m", "di", "m"),
            ("m", "m", "d", ""),
            ("b2", "c1", "d", "error: Destination c1 is not a valid downgrade target from current head(s)"),
            ("d3", "-1", "de", "d3"),
            ("d3", "-3", "de", "d3 d2 d1"),
            ("d3", "-4", "de", "error: Relative revision -4 didn't produce 4 migrations"),
            ("d3", "d3-4", "de", "error: Walked too far"),
            ("d3", "+1", "de", "error: Relative revision +1 didn't produce 1 migrations"),
            ("", "-1", "de", "error: Relative revision -1 didn't produce 1 migrations"),
        ],
    );
}

#[test]
fn walks() {
    let graph = graph("a; b < a; c < b");
    for (base, head, expect) in [
        ("base", "heads", "c b a"),
        ("a", "b", "b a"),
        ("-5", "c", "c b a"),
        ("a", "+1", "b a"),
        ("b", "head", "c b"),
    ] {
        assert_eq!(answer(&graph, graph.walk_revisions(&ids(base), &ids(head))), expect, "{base}:{head}");
    }
}

#[test]
fn what_is_current() {
    let graph = graph(BRANCHES);
    for (rows, expect) in [("b2", "b2"), ("d3", "b1 d3"), ("b1, b2", "b2"), ("m", "m"), ("", "")] {
        let rows = graph.get_revisions(&ids(rows)).unwrap();
        assert_eq!(super::show(&graph, &graph.all_current(&rows)), expect);
    }
}
