//! `foreshot history`

use super::Format;
use super::row::{Layout, Row};
use super::start::Start;
use alembic::graph::{Graph, Ids, Rev};
use anyhow::{Result, bail};
use clap::Args;
use serde_json::json;
use std::io::Write;

/// List the revisions, newest first
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// Only these revisions, both ends included: FROM:TO, FROM: or :TO.
    #[arg(short, long, value_name = "RANGE", allow_hyphen_values = true)]
    rev_range: Option<String>,
    /// How to write the answer.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub fn run(args: &HistoryArgs, start: &Start) -> Result<()> {
    let environment = start.history()?;
    let graph = environment.script.graph();
    let revs = select(graph, args.rev_range.as_deref())?;
    let mut out = anstream::AutoStream::auto(std::io::stdout()).lock();
    match args.format {
        Format::Json => {
            let rows: Vec<Row> = revs.iter().map(|rev| Row::new(&environment, *rev, start.base())).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&json!({ "revisions": rows }))?)?;
        }
        Format::Text => {
            let layout = Layout::new(graph, &revs, start.verbose);
            for (index, rev) in revs.iter().enumerate() {
                layout.write(&mut out, &environment, *rev, revs.get(index + 1).copied(), start.base())?;
            }
        }
    }
    Ok(())
}

fn select(graph: &Graph, range: Option<&str>) -> Result<Vec<Rev>> {
    let Some(range) = range else {
        return Ok(graph.walk_revisions(&Ids::Base, &Ids::from("heads"))?);
    };
    let Some((from, to)) = range.split_once(':') else {
        bail!("--rev-range {range}: write FROM:TO, FROM: or :TO");
    };
    if [from, to].iter().any(|end| end.split(['+', '-']).next() == Some("current")) {
        bail!("--rev-range {range}: only a database knows what is current there; name a revision");
    }
    let from = if from.is_empty() { "base" } else { from };
    let to = if to.is_empty() { "heads" } else { to };
    Ok(graph.walk_revisions(&Ids::from(from), &Ids::from(to))?)
}
