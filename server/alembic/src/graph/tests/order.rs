use super::{BRANCHES, graph, links, show};
use crate::graph::{Graph, Links};
use fact::name;
use proptest::prelude::*;
use std::time::Instant;

#[track_caller]
fn check_order(text: &str, expect: &str) {
    let graph = graph(text);
    assert_eq!(show(&graph, &graph.order()), expect, "{text}");
}

#[test]
fn order_of_upgrade_heads() {
    check_order("", "");
    check_order("c < b; b < a; a", "a b c");
    check_order("a; b < a; c < a", "a c b");
    check_order("a; b < a; c < a; m < b c", "a c b m");
    check_order("a; b; c < b; d < a", "a d b c");
    check_order("a; b < a; c ! b; d < c", "a b c d");
    check_order("c ! b; d < c; a; b < a", "a b c d");
    check_order(BRANCHES, "a1 a2 a3 c1 c2 b1 d1 d2 d3 b2 m");
    // A cycle does not keep the rest from running.
    check_order("a < b; b < a; c < b; z", "z b c a");
    check_order("a < x; b < a; c", "c a b");
}

#[test]
fn order_of_a_part() {
    let graph = graph(BRANCHES);
    let below = |id: &str| {
        let rev = graph.find(name(id)).unwrap();
        show(&graph, &graph.order_below(&[rev]))
    };
    assert_eq!(below("b2"), "a1 a2 a3 b1 b2");
    assert_eq!(below("d2"), "a1 a2 a3 b1 d1 d2");
}

/// Any links at all, most of them sensible: parents are often earlier revisions.
fn any_links() -> impl Strategy<Value = Vec<Links>> {
    let one =
        (prop::collection::vec(0usize..14, 0..3), prop::collection::vec(0usize..14, 0..2), any::<bool>());
    prop::collection::vec(one, 0..12).prop_map(|all| {
        let revision = |(index, (down, needs, backwards)): (usize, (Vec<usize>, Vec<usize>, bool))| {
            let pick = |to: usize| name(&format!("r{}", if backwards { to } else { to % (index + 1) }));
            Links {
                down_revision: down.into_iter().map(pick).collect(),
                depends_on: needs.into_iter().map(pick).collect(),
                ..Links::new(name(&format!("r{index}")), None)
            }
        };
        all.into_iter().enumerate().map(revision).collect()
    })
}

proptest! {
    #[test]
    fn every_revision_comes_once_and_after_what_it_follows_from(links in any_links()) {
        let graph = Graph::load(&links);
        let order = graph.order();
        prop_assert_eq!(order.len(), graph.len());
        let place = |rev| order.iter().position(|other| *other == rev);
        for rev in graph.revisions() {
            for before in graph.predecessors(rev) {
                prop_assert!(place(before) < place(rev));
            }
        }
    }
}

#[test]
fn long_histories_take_no_time() {
    let line: Vec<Links> = (0..10_000)
        .map(|n: u32| {
            Links::new(name(&format!("line{n}")), n.checked_sub(1).map(|n| name(&format!("line{n}"))))
        })
        .collect();
    let mut ladder = links("rung0");
    for n in 0..3_000 {
        let (low, left, right, top) = (n, format!("left{n}"), format!("right{n}"), format!("rung{}", n + 1));
        ladder.extend(links(&format!("{left} < rung{low}; {right} < rung{low}; {top} < {left} {right}")));
    }
    let mut star = links("star");
    for n in 0..5_000 {
        star.extend(links(&format!("inner{n} < star; outer{n} < inner{n}")));
    }
    for links in [line, ladder, star] {
        let start = Instant::now();
        let graph = Graph::load(&links);
        assert_eq!(graph.order().len(), links.len());
        eprintln!("{} revisions: {:?}", links.len(), start.elapsed());
    }
}
