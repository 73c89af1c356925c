//! Revisions as the cases write them.

use alembic::graph::{Graph, Ids, Links, LoadError};
use fact::name;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
pub struct Revision {
    id: String,
    down: Names,
    depends_on: Names,
    labels: Vec<String>,
}

/// null, one string or a list.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Names {
    None,
    One(String),
    Many(Vec<String>),
}

impl Names {
    pub fn ids(self) -> Ids {
        match self {
            Names::None => Ids::Base,
            Names::One(id) => Ids::One(id),
            Names::Many(ids) => Ids::Many(ids),
        }
    }

    fn list(&self) -> &[String] {
        match self {
            Names::None => &[],
            Names::One(id) => std::slice::from_ref(id),
            Names::Many(ids) => ids,
        }
    }
}

pub fn graph(revisions: &[Revision]) -> Graph {
    let names = |texts: &[String]| texts.iter().map(|text| name(text)).collect();
    let links: Vec<Links> = revisions
        .iter()
        .map(|revision| Links {
            id: name(&revision.id),
            down_revision: names(revision.down.list()),
            depends_on: names(revision.depends_on.list()),
            branch_labels: names(&revision.labels),
            open: false,
        })
        .collect();
    Graph::load(&links)
}

pub fn load_error(error: &LoadError) -> Value {
    let message = error.to_string();
    match error {
        LoadError::Cycle { revisions } => {
            json!({ "error": "cycle", "revisions": revisions, "message": message })
        }
        LoadError::SelfLoop { id } => json!({ "error": "cycle", "revisions": [id], "message": message }),
        LoadError::DependencyCycle { revisions } => {
            json!({ "error": "dependency_cycle", "revisions": revisions, "message": message })
        }
        LoadError::DependencySelfLoop { id } => {
            json!({ "error": "dependency_cycle", "revisions": [id], "message": message })
        }
        LoadError::DuplicateLabel { .. } => json!({ "error": "duplicate_label", "message": message }),
        LoadError::MissingParent { .. } | LoadError::MissingDependency { .. } => {
            json!({ "error": "missing_revision", "message": message })
        }
        LoadError::BadCharacters { .. } => json!({ "error": "bad_characters", "message": message }),
    }
}
