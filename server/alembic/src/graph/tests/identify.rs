use super::{BRANCHES, answer, graph, ids};
use crate::graph::relative::Relative;

#[track_caller]
fn check_revisions(text: &str, cases: &[(&str, &str)]) {
    let graph = graph(text);
    for (id, expect) in cases {
        assert_eq!(answer(&graph, graph.get_revisions(&ids(id))), *expect, "{id:?}");
    }
}

#[track_caller]
fn check_revision(text: &str, cases: &[(&str, &str)]) {
    let graph = graph(text);
    for (id, expect) in cases {
        let one = graph.get_revision(&ids(id)).map(|rev| rev.into_iter().collect());
        assert_eq!(answer(&graph, one), *expect, "{id:?}");
    }
}

#[test]
fn symbols() {
    check_revisions(
        BRANCHES,
        &[
            ("heads", "m d3"),
            ("base", ""),
            ("", ""),
            ("a2", "a2"),
            ("a2, b1", "a2 b1"),
            ("left@head", "m"),
            ("left@heads", "m"),
            ("other@head", "d3"),
            ("left@base", ""),
            ("other@d2", "d2"),
            ("d2@other", "d1"),
            ("left@b2", "b2"),
            ("left@a1", "a1"),
            ("-1", "error: Ambiguous walk"),
            ("other@-1", "d2"),
            ("other@-3", ""),
            (
                "head",
                "error: Multiple head revisions are present for given argument 'head'; please specify a specific \
                 target revision, '<branchname>@head' to narrow to a specific head, or 'heads' for all heads",
            ),
            ("left@c2", "error: Revision c2 is not a member of branch 'left'"),
            ("nowhere@head", "error: No such revision or branch 'nowhere'"),
            ("nowhere@a1", "error: No such branch: 'nowhere'"),
        ],
    );
    check_revisions("", &[("head", ""), ("heads", ""), ("base", "")]);
    check_revision("a; b < a", &[("head", "b"), ("heads", "b"), ("base", ""), ("a", "a")]);
    check_revision(
        "a; b; c",
        &[(
            "a, b",
            "error: Multiple head revisions are present for given argument 'a, b'; please specify a specific target \
             revision, '<branchname>@a, b' to narrow to a specific head, or 'heads' for all heads",
        )],
    );
}

#[test]
fn partial_ids() {
    check_revision(
        "abcd1; abcd2 < abcd1; abce3 < abcd2; xyz; label1 < abce3 @abcf",
        &[
            ("abce", "abce3"),
            ("abcf", "label1"),
            ("abcd", "error: Multiple revisions start with 'abcd': 'abcd1', 'abcd2'..."),
            ("abc", "error: Multiple revisions start with 'abc': 'abcd1', 'abcd2', 'abce3'..."),
            ("ABCE", "error: No such revision or branch 'ABCE'"),
            (
                "xy",
                "error: No such revision or branch 'xy'; please ensure at least four characters are present for \
                 partial revision identifier matches",
            ),
            ("xyz", "xyz"),
            ("lab", "label1"),
            ("lab@abce", "abce3"),
        ],
    );
    // Only members of the branch are candidates.
    check_revision(
        "base; left1 < base @l; stem1 < left1; right1 < base; stem2 < right1",
        &[("l@stem", "stem1")],
    );
}

#[test]
fn relative_identifiers_are_taken_apart() {
    for (text, expect) in [
        ("+2", Some((None, None, 2))),
        ("-1", Some((None, None, -1))),
        ("ae10+2", Some((None, Some("ae10"), 2))),
        ("head-1", Some((None, Some("head"), -1))),
        ("b@-1", Some((Some("b"), None, -1))),
        ("b@head-1", Some((Some("b"), Some("head"), -1))),
        ("a@b@c-1", Some((Some("a@b"), Some("c"), -1))),
        ("ae10-1rest", Some((None, Some("ae10"), -1))),
        ("été+1", Some((None, Some("été"), 1))),
        ("@a-1", None),
        ("ae10", None),
        ("ae10-", None),
        ("a b-1", None),
        ("b@head", None),
        ("+99999999999999999999", None),
        ("", None),
    ] {
        let found = Relative::parse(text).map(|r| (r.branch, r.symbol, r.steps));
        assert_eq!(found, expect, "{text}");
    }
}

#[test]
fn revision_numbers() {
    let graph = graph(BRANCHES);
    for (id, expect) in [
        ("heads", Ok(ids("m, d3"))),
        ("left@head", Ok(ids("m"))),
        ("base", Ok(ids(""))),
        ("", Ok(ids(""))),
        ("b", Ok(ids("b"))),
    ] {
        assert_eq!(graph.as_revision_number(&ids(id)), expect, "{id}");
    }
}

#[test]
fn lineage() {
    let graph = graph(BRANCHES);
    let all: Vec<_> = graph.revisions().collect();
    for (against, dependencies, expect) in [
        ("left", false, "a1 a2 a3 b1 b2 m"),
        ("left", true, "a1 a2 a3 b1 b2 m d2 d3"),
        ("d1", false, "d1 d2 d3"),
        ("base", false, "a1 a2 a3 b1 b2 c1 c2 m d1 d2 d3"),
    ] {
        let found = graph.filter_for_lineage(&all, against, dependencies);
        assert_eq!(answer(&graph, found), expect, "{against}");
    }
    assert_eq!(answer(&graph, graph.current_head(Some("left")).map(|rev| rev.into_iter().collect())), "m");
    assert!(graph.current_head(None).is_err());
}
