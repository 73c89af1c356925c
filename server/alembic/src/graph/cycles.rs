//! Finding cycles, and taking them out.

use super::{Graph, Problem, Rev, RevSet};
use fact::Name;

/// Reports the cycles of a freshly linked graph and removes the links that close them.
///
/// Alembic has a test of its own, by reachability from heads and bases, which misses some cycles and lists innocent
/// revisions for others. Its list is kept for its error message; the links that are cut are those of the real cycles.
pub(super) fn cut(graph: &mut Graph) -> Vec<Problem> {
    let mut problems = Vec::new();
    let cycles = cycles(graph, true);
    if cycles.is_empty() {
        return problems;
    }
    let listed = unreached(graph, false);
    let dependency_listed = if listed.is_some() { None } else { unreached(graph, true) };
    for (dependency, listed) in [(false, listed), (true, dependency_listed)] {
        for members in self::cycles(graph, dependency) {
            separate(graph, &members);
            problems.push(Problem::Cycle { members, listed: listed.clone(), dependency });
        }
    }
    problems
}

/// The ids that Alembic lists: those that cannot be reached from a head downwards or from a base upwards.
fn unreached(graph: &Graph, dependency: bool) -> Option<Vec<Name>> {
    let (heads, bases) = match dependency {
        true => (&graph.effective_heads, &graph.effective_bases),
        false => (&graph.heads, &graph.bases),
    };
    if heads.is_empty() || bases.is_empty() {
        return Some(graph.keys.iter().filter(|key| graph.is_id(**key)).copied().collect());
    }
    let below = graph.reach(heads, |rev, into| into.extend(before(graph, rev, dependency)));
    // A revision with a parent that is missing is no base, but neither is it part of a cycle.
    let roots: Vec<Rev> =
        graph.revisions().filter(|rev| before(graph, *rev, dependency).next().is_none()).collect();
    let above = graph.reach(&roots, |rev, into| {
        into.extend_from_slice(if dependency { graph.dependents(rev) } else { graph.children(rev) })
    });
    let mut ids: Vec<Name> = graph
        .revisions()
        .filter(|rev| graph.current(*rev) == *rev && !(below.contains(*rev) && above.contains(*rev)))
        .map(|rev| graph.id(rev))
        .collect();
    ids.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    if ids.is_empty() { None } else { Some(ids) }
}

fn before(graph: &Graph, rev: Rev, dependency: bool) -> impl Iterator<Item = Rev> + '_ {
    let node = graph.node(rev);
    let dependencies: &[Rev] = if dependency { &node.dependencies } else { &[] };
    node.parents.iter().chain(dependencies).copied()
}

/// Removes every link between two of `members`; what loses its parents is no base for that.
fn separate(graph: &mut Graph, members: &[Rev]) {
    let inside = RevSet::from_revs(graph.len(), members.iter().copied());
    for rev in members {
        let node = &mut graph.nodes[rev.index()];
        let parents = node.parents.len();
        for list in [&mut node.parents, &mut node.dependencies, &mut node.children, &mut node.dependents] {
            list.retain(|other| !inside.contains(*other));
        }
        node.open |= node.parents.len() < parents;
    }
}

/// The strongly connected components of more than one revision (Tarjan), each in load order.
fn cycles(graph: &Graph, dependency: bool) -> Vec<Vec<Rev>> {
    const UNSEEN: u32 = u32::MAX;
    let size = graph.len();
    let mut number = vec![UNSEEN; size];
    let mut lowest = vec![0u32; size];
    let mut on_stack = RevSet::new(size);
    let mut stack: Vec<Rev> = Vec::new();
    let mut found = Vec::new();
    let mut next = 0;
    for root in graph.revisions() {
        if number[root.index()] != UNSEEN {
            continue;
        }
        let mut calls = vec![(root, before(graph, root, dependency))];
        number[root.index()] = next;
        lowest[root.index()] = next;
        next += 1;
        stack.push(root);
        on_stack.insert(root);
        while let Some((rev, rest)) = calls.last_mut() {
            let rev = *rev;
            if let Some(parent) = rest.next() {
                if number[parent.index()] == UNSEEN {
                    number[parent.index()] = next;
                    lowest[parent.index()] = next;
                    next += 1;
                    stack.push(parent);
                    on_stack.insert(parent);
                    calls.push((parent, before(graph, parent, dependency)));
                } else if on_stack.contains(parent) {
                    lowest[rev.index()] = lowest[rev.index()].min(number[parent.index()]);
                }
                continue;
            }
            calls.pop();
            if let Some((caller, _)) = calls.last() {
                lowest[caller.index()] = lowest[caller.index()].min(lowest[rev.index()]);
            }
            if lowest[rev.index()] == number[rev.index()] {
                let mut members = Vec::new();
                while let Some(member) = stack.pop() {
                    on_stack.remove(member);
                    members.push(member);
                    if member == rev {
                        break;
                    }
                }
                if members.len() > 1 {
                    members.sort();
                    found.push(members);
                }
            }
        }
    }
    found
}
