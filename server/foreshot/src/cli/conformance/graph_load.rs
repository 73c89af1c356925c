//! Revisions -> heads, bases, labels, or what is wrong.

use super::revisions::{Revision, graph, load_error};
use anyhow::Result;
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
struct Input {
    revisions: Vec<Revision>,
}

pub fn answer(input: Value) -> Result<Value> {
    let input: Input = serde_json::from_value(input)?;
    let graph = graph(&input.revisions);
    if let Err(error) = graph.strict() {
        return Ok(load_error(&error));
    }
    let mut labels = Map::new();
    for rev in graph.revisions().filter(|rev| !graph.labels(*rev).is_empty()) {
        labels.insert(graph.id(rev).to_string(), json!(graph.labels(rev)));
    }
    Ok(json!({
        "heads": graph.ids(graph.heads()),
        "bases": graph.ids(graph.bases()),
        "effective_heads": graph.ids(graph.effective_heads()),
        "effective_bases": graph.ids(graph.effective_bases()),
        "branch_labels": labels,
    }))
}
