//! `foreshot schema`

use super::answer::answer;
use super::start::Start;
use super::{Format, Global};
use crate::environment::at_in;
use crate::failure::{Question, code};
use crate::{load, output};
use alembic::graph::{Graph, QueryError};
use anyhow::{Result, anyhow};
use clap::Args;
use project::Environment;
use schema::Dialect;
use schema::report::{Changes, ReportedSchema, changes, reported};
use serde::Serialize;
use std::io::Write;
use std::sync::Arc;

/// Show the schema that the migrations build, as the database would report it
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// The revision to stop at, as Alembic takes it (head, heads, a partial id, label@head, rev-1); may be repeated.
    #[arg(long, value_name = "REV", default_value = "heads")]
    at: Vec<String>,
    /// What each revision changed, instead of the schema after the last (json).
    #[arg(long)]
    steps: bool,
    /// The schema that the models demand instead; needs no migrations.
    #[arg(long, conflicts_with_all = ["at", "steps"])]
    models: bool,
    /// How to write the answer.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Serialize)]
struct Answer {
    dialect: Option<&'static str>,
    /// `None`: it is not the schema of a revision.
    revision: Option<Vec<String>>,
    #[serde(flatten)]
    schema: ReportedSchema,
}

#[derive(Serialize)]
struct Steps {
    steps: Vec<Step>,
}

#[derive(Serialize)]
struct Step {
    rev: String,
    #[serde(flatten)]
    changes: Changes,
}

pub fn run(args: &SchemaArgs, global: &Global) -> Result<u8> {
    answer(global, args, |start, mut out| {
        match args.models {
            true => models(args.format, start, &mut out),
            false => migrated(args, start, &mut out),
        }?;
        Ok(code::DONE)
    })
}

/// The schema that the migrations build.
fn migrated(args: &SchemaArgs, start: &Start, out: &mut impl Write) -> Result<()> {
    let environment = load::replayed(start, |graph| target(graph, &args.at))?;
    let (dialect, folded) = match environment.histories.first() {
        Some((context, history)) => (context.dialect, history.clone()),
        // At the base there is nothing to replay.
        None => (environment.dialects.first().copied().flatten(), Arc::default()),
    };
    if args.steps {
        let steps = folded.points.iter().map(|point| Step {
            rev: id(&environment, point.rev),
            changes: changes(&point.before.schema, &point.after.schema, dialect),
        });
        writeln!(out, "{}", serde_json::to_string(&Steps { steps: steps.collect() })?)?;
        return Ok(());
    }
    let end = folded.end();
    let schema = reported(&end.schema, dialect);
    write(out, args.format, schema, dialect, Some(ends(&environment)))
}

fn write(
    out: &mut impl Write,
    format: Format,
    schema: ReportedSchema,
    dialect: Option<Dialect>,
    revision: Option<Vec<String>>,
) -> Result<()> {
    match format {
        Format::Json => {
            let answer = Answer { dialect: name(dialect), revision, schema };
            writeln!(out, "{}", serde_json::to_string_pretty(&answer)?)?;
        }
        Format::Text => {
            let what = match revision.as_deref() {
                None => "by the models".to_owned(),
                Some([]) => "at base".to_owned(),
                Some(revisions) => format!("at {}", revisions.join(", ")),
            };
            output::schema::text(out, &schema, name(dialect), &what)?;
        }
    }
    Ok(())
}

/// `--models`
fn models(format: Format, start: &Start, out: &mut impl Write) -> Result<()> {
    let found = load::models(start)?;
    let mut schema = reported(&found.models.schema, found.dialect);
    for (what, because) in &found.models.unknowns {
        let place = because.place.map(|place| at_in(&found.store, place, start.base()));
        let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
        schema.unknown.push(format!("{what}: {}{place}", because.reason));
    }
    write(out, format, schema, found.dialect, None)
}

fn name(dialect: Option<Dialect>) -> Option<&'static str> {
    dialect.map(|dialect| dialect.kind.name())
}

fn id(environment: &Environment, rev: alembic::graph::Rev) -> String {
    environment.graph.id(rev).to_string()
}

/// The revisions that the schema is the one of.
fn ends(environment: &Environment) -> Vec<String> {
    let graph = &environment.graph;
    let folded: Vec<_> = environment.order.to_vec();
    let followed = |rev: &alembic::graph::Rev| {
        graph.children(*rev).iter().chain(graph.dependents(*rev)).any(|child| folded.contains(child))
    };
    folded.iter().filter(|rev| !followed(rev)).map(|rev| id(environment, *rev)).collect()
}

/// What to fold; `None` for everything.
pub fn target(graph: &Graph, at: &[String]) -> Result<Option<Vec<String>>> {
    if at.iter().all(|rev| rev == "heads") {
        return Ok(None);
    }
    let mut ids = Vec::new();
    for rev in at {
        let found = load::revisions(graph, rev).map_err(|error| refuse(graph, rev, &error))?;
        ids.extend(found.into_iter().map(|rev| graph.id(rev).to_string()));
    }
    Ok(Some(ids))
}

fn refuse(graph: &Graph, rev: &str, error: &QueryError) -> anyhow::Error {
    if let QueryError::MultipleHeads { .. } = error {
        let heads: Vec<String> = graph.heads().iter().map(|head| graph.id(*head).to_string()).collect();
        return Question(format!(
            "{rev} is ambiguous, there are {} heads: {}; choose one with --at, or --at heads for all",
            heads.len(),
            heads.join(", "),
        ))
        .into();
    }
    anyhow!("--at {rev}: {error}")
}
