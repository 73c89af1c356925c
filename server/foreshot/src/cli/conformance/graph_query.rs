//! Revisions and a question about them -> revisions, a plan, or why there is no answer.

use super::revisions::{Names, Revision, graph, load_error};
use alembic::graph::{Graph, Ids, QueryError, Range, Rev};
use anyhow::Result;
use fact::name;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Input {
    revisions: Vec<Revision>,
    query: Query,
}

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
enum Query {
    GetRevision { id: Names },
    GetRevisions { id: Names },
    Iterate { upper: Names, lower: Names, flags: Flags },
    Walk { base: Names, head: Names },
    Upgrade { to: Names, current: Names },
    Downgrade { to: Names, current: Names },
    Stamp { to: Names, current: Names },
    AllCurrent { id: Names },
    FilterForLineage { targets: Vec<String>, against: String, deps: bool },
    AsRevisionNumber { id: Names },
    GetCurrentHead { branch: Option<String> },
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Flags {
    inclusive: bool,
    implicit_base: bool,
    select_for_downgrade: bool,
    assert_relative_length: bool,
}

pub fn answer(input: Value) -> Result<Value> {
    let input: Input = serde_json::from_value(input)?;
    let graph = graph(&input.revisions);
    if let Err(error) = graph.strict() {
        return Ok(load_error(&error));
    }
    Ok(match ask(&graph, input.query) {
        Ok(value) => json!({ "ok": value }),
        Err(error) => json!({ "error": kind(&error), "message": error.to_string() }),
    })
}

fn ask(graph: &Graph, query: Query) -> Result<Value, QueryError> {
    let ids = |revs: Vec<Rev>| json!(graph.ids(&revs));
    let plan = |plan: alembic::graph::Plan| json!({ "steps": graph.ids(&plan.steps), "heads_after": graph.ids(&plan.rows) });
    Ok(match query {
        Query::GetRevision { id } => json!(graph.get_revision(&id.ids())?.map(|rev| graph.id(rev))),
        Query::GetRevisions { id } => ids(graph.get_revisions(&id.ids())?),
        Query::Iterate { upper, lower, flags } => {
            let range = Range {
                inclusive: flags.inclusive,
                implicit_base: flags.implicit_base,
                select_for_downgrade: flags.select_for_downgrade,
                assert_relative_length: flags.assert_relative_length,
            };
            ids(graph.iterate(&upper.ids(), &lower.ids(), range)?)
        }
        Query::Walk { base, head } => ids(graph.walk_revisions(&base.ids(), &head.ids())?),
        Query::Upgrade { to, current } => plan(graph.upgrade(&to.ids(), &current.ids())?),
        Query::Downgrade { to, current } => plan(graph.downgrade(&to.ids(), &current.ids())?),
        Query::Stamp { to, current } => {
            json!({ "heads_after": graph.ids(&graph.stamp(&to.ids(), &current.ids())?) })
        }
        Query::AllCurrent { id } => ids(graph.all_current(&graph.get_revisions(&id.ids())?)),
        Query::FilterForLineage { targets, against, deps } => {
            let targets: Vec<Rev> = targets.iter().filter_map(|id| graph.find(name(id))).collect();
            ids(graph.filter_for_lineage(&targets, &against, deps)?)
        }
        Query::AsRevisionNumber { id } => match graph.as_revision_number(&id.ids())? {
            Ids::Base => Value::Null,
            Ids::One(id) => json!(id),
            Ids::Many(ids) => json!(ids),
        },
        Query::GetCurrentHead { branch } => {
            json!(graph.current_head(branch.as_deref())?.map(|rev| graph.id(rev)))
        }
    })
}

fn kind(error: &QueryError) -> &'static str {
    match error {
        QueryError::MultipleHeads { .. } => "multiple_heads",
        QueryError::NotFound { .. }
        | QueryError::NoSuchBranch { .. }
        | QueryError::NotAMember { .. }
        | QueryError::SeveralMatches { .. }
        | QueryError::NotOneRevision { .. } => "not_found",
        QueryError::NotAncestor { .. } => "not_ancestor",
        QueryError::NothingToDrop { .. } | QueryError::BadTarget => "bad_target",
        QueryError::Overlap { .. } => "overlap",
        QueryError::AmbiguousWalk | QueryError::AmbiguousStart => "ambiguous",
        QueryError::TooFew { .. } | QueryError::TooFar => "walk",
    }
}
