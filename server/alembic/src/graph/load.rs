//! From links to a graph, noticing what Alembic notices in the order in which it does.

use super::cycles;
use super::{Graph, Links, Node, Problem, Rev, RevSet};
use fact::Name;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Characters with a meaning of their own in identifiers on the command line, sorted.
const RESERVED: [char; 4] = ['+', '-', ':', '@'];

pub(super) fn load(revisions: &[Links]) -> Graph {
    let mut graph = Graph::default();
    add_nodes(&mut graph, revisions);
    let ids = graph.by_key.clone();
    add_labels(&mut graph, revisions);
    resolve_dependencies(&mut graph, revisions);
    link_parents(&mut graph, revisions, &ids);
    collect_tips(&mut graph, revisions);
    for problem in cycles::cut(&mut graph) {
        graph.problems.push(problem);
    }
    drop_inherited_dependencies(&mut graph);
    propagate_labels(&mut graph, revisions);
    graph
}

fn add_nodes(graph: &mut Graph, revisions: &[Links]) {
    for (rev, links) in (0u32..).map(Rev).zip(revisions) {
        if links.down_revision.contains(&links.id) {
            graph.problems.push(Problem::SelfLoop { revision: rev });
        }
        if links.depends_on.contains(&links.id) {
            graph.problems.push(Problem::DependencySelfLoop { revision: rev });
        }
        let characters: Vec<char> =
            RESERVED.into_iter().filter(|character| links.id.contains(*character)).collect();
        if !characters.is_empty() {
            graph.problems.push(Problem::BadCharacters { revision: rev, characters });
        }
        let position = match graph.by_key.insert(links.id, rev) {
            Some(replaced) => {
                graph.problems.push(Problem::DuplicateId { replaced, kept: rev });
                graph.node(replaced).position
            }
            None => {
                graph.keys.push(links.id);
                rev.0
            }
        };
        graph.nodes.push(Node {
            id: links.id,
            position,
            parents: Vec::new(),
            dependencies: Vec::new(),
            own_dependencies: Vec::new(),
            children: Vec::new(),
            dependents: Vec::new(),
            labels: Arc::default(),
            open: links.open,
        });
    }
}

fn add_labels(graph: &mut Graph, revisions: &[Links]) {
    for (rev, links) in (0u32..).map(Rev).zip(revisions) {
        for label in &links.branch_labels {
            match graph.find(*label) {
                Some(other) => {
                    graph.problems.push(Problem::DuplicateLabel { revision: rev, label: *label, other })
                }
                None => {
                    graph.by_key.insert(*label, rev);
                    graph.keys.push(*label);
                }
            }
        }
    }
}

fn resolve_dependencies(graph: &mut Graph, revisions: &[Links]) {
    for (rev, links) in (0u32..).map(Rev).zip(revisions) {
        let mut dependencies = Vec::new();
        for dependency in links.depends_on.iter().filter(|dependency| **dependency != links.id) {
            match graph.find(*dependency) {
                // A label of the revision itself: its own branch is no dependency.
                Some(target) if graph.id(target) == links.id => {}
                Some(target) => push_new(&mut dependencies, graph.current(target)),
                None => {
                    graph.problems.push(Problem::MissingDependency { revision: rev, missing: *dependency })
                }
            }
        }
        graph.nodes[rev.index()].dependencies = dependencies;
    }
}

/// Parents are found by id alone: a branch label in `down_revision` is no parent.
fn link_parents(graph: &mut Graph, revisions: &[Links], ids: &FxHashMap<Name, Rev>) {
    for (rev, links) in (0u32..).map(Rev).zip(revisions) {
        let mut parents = Vec::new();
        for down in &links.down_revision {
            match ids.get(down) {
                _ if *down == links.id => {}
                Some(parent) => push_new(&mut parents, *parent),
                None => graph.problems.push(Problem::MissingParent { revision: rev, missing: *down }),
            }
        }
        if parents.is_empty() && !links.down_revision.is_empty() {
            graph.nodes[rev.index()].open = true;
        }
        if graph.current(rev) == rev {
            for parent in &parents {
                graph.nodes[parent.index()].children.push(rev);
                graph.nodes[parent.index()].dependents.push(rev);
            }
            for dependency in graph.nodes[rev.index()].dependencies.clone() {
                if !parents.contains(&dependency) {
                    graph.nodes[dependency.index()].dependents.push(rev);
                }
            }
        }
        graph.nodes[rev.index()].parents = parents;
    }
}

fn collect_tips(graph: &mut Graph, revisions: &[Links]) {
    for (rev, links) in (0u32..).map(Rev).zip(revisions) {
        let node = graph.node(rev);
        let (head, effective_head) = (node.children.is_empty(), node.dependents.is_empty());
        if head {
            graph.heads.push(rev);
        }
        if effective_head {
            graph.effective_heads.push(rev);
        }
        if links.down_revision.is_empty() && !links.open {
            graph.bases.push(rev);
            if links.depends_on.is_empty() {
                graph.effective_bases.push(rev);
            }
        }
    }
}

/// A dependency that an ancestor by `down_revision` has already adds nothing.
fn drop_inherited_dependencies(graph: &mut Graph) {
    for rev in graph.revisions() {
        let node = graph.node(rev);
        let mut own = node.dependencies.clone();
        let mut todo = node.parents.clone();
        let mut seen = RevSet::new(graph.len());
        while let (Some(ancestor), false) = (todo.pop(), own.is_empty()) {
            if seen.insert(ancestor) {
                own.retain(|dependency| !graph.node(ancestor).dependencies.contains(dependency));
                todo.extend_from_slice(graph.parents(ancestor));
            }
        }
        graph.nodes[rev.index()].own_dependencies = own;
    }
}

/// Labels go to every descendant, and from a head back along its unbranched line.
fn propagate_labels(graph: &mut Graph, revisions: &[Links]) {
    if revisions.iter().all(|links| links.branch_labels.is_empty()) {
        return;
    }
    for rev in parents_first(graph) {
        let own = revisions.get(rev.index()).map(|links| links.branch_labels.as_slice()).unwrap_or_default();
        let labels = match (graph.parents(rev), own) {
            ([parent], []) => graph.node(*parent).labels.clone(),
            (parents, own) => {
                let inherited = parents.iter().flat_map(|parent| graph.labels(*parent));
                sorted(inherited.chain(own).copied())
            }
        };
        graph.nodes[rev.index()].labels = labels;
    }
    for head in graph.heads.clone() {
        let mut labels = graph.node(head).labels.clone();
        let mut rev = head;
        while graph.node(rev).dependents.len() <= 1 && graph.parents(rev).len() <= 1 {
            if graph.labels(rev).len() != labels.len() {
                labels = sorted(labels.iter().chain(graph.labels(rev)).copied());
                graph.nodes[rev.index()].labels = labels.clone();
            }
            match graph.parents(rev) {
                [parent] => rev = *parent,
                _ => break,
            }
        }
    }
}

fn sorted(labels: impl Iterator<Item = Name>) -> Arc<[Name]> {
    let mut labels: Vec<Name> = labels.collect();
    labels.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    labels.dedup();
    labels.into()
}

fn parents_first(graph: &Graph) -> Vec<Rev> {
    let mut waiting: Vec<usize> = graph.nodes.iter().map(|node| node.parents.len()).collect();
    let mut order: Vec<Rev> = graph.revisions().filter(|rev| graph.parents(*rev).is_empty()).collect();
    let mut next = 0;
    while let Some(rev) = order.get(next).copied() {
        next += 1;
        for child in graph.children(rev) {
            if let Some(count) = waiting.get_mut(child.index()) {
                *count -= 1;
                if *count == 0 {
                    order.push(*child);
                }
            }
        }
    }
    order
}

fn push_new(list: &mut Vec<Rev>, rev: Rev) {
    if !list.contains(&rev) {
        list.push(rev);
    }
}
