//! Graphs are written one revision a line: `id < parents ! dependencies @label`.

mod identify;
mod load;
mod order;
mod range;
mod versions;

use super::{Graph, Ids, Links, QueryError, Rev};
use fact::name;

/// Reads the notation of this module.
pub(super) fn links(text: &str) -> Vec<Links> {
    let lines = text.lines().flat_map(|line| line.split(';')).map(str::trim).filter(|line| !line.is_empty());
    lines.map(revision).collect()
}

fn revision(line: &str) -> Links {
    let mut words = line.split_whitespace();
    let mut links = Links::new(name(words.next().unwrap_or_default()), None);
    let mut dependencies = false;
    for word in words {
        match word {
            "<" => dependencies = false,
            "!" => dependencies = true,
            "?" => links.open = true,
            _ if word.starts_with('@') => links.branch_labels.push(name(&word[1..])),
            _ if dependencies => links.depends_on.push(name(word)),
            _ => links.down_revision.push(name(word)),
        }
    }
    links
}

pub(super) fn graph(text: &str) -> Graph {
    Graph::load(&links(text))
}

/// `one` is one identifier, `a, b` a list, `` the base.
pub(super) fn ids(text: &str) -> Ids {
    match text {
        "" => Ids::Base,
        _ if text.contains(',') => Ids::many(text.split(',').map(str::trim).filter(|id| !id.is_empty())),
        _ => Ids::from(text),
    }
}

pub(super) fn show(graph: &Graph, revs: &[Rev]) -> String {
    graph.ids(revs).iter().map(|id| id.as_str()).collect::<Vec<_>>().join(" ")
}

pub(super) fn answer(graph: &Graph, revs: Result<Vec<Rev>, QueryError>) -> String {
    match revs {
        Ok(revs) => show(graph, &revs),
        Err(error) => format!("error: {error}"),
    }
}

/// Three branches off one base, one of them merged, one that depends on another.
pub(super) const BRANCHES: &str = "
    a1
    a2 < a1
    a3 < a2
    b1 < a3 @left
    b2 < b1
    c1 < a3 @right
    c2 < c1
    m < b2 c2
    d1 @other
    d2 < d1 ! b1
    d3 < d2
";
