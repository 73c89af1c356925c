//! `foreshot heads`

use super::Format;
use super::row::{Layout, Row};
use super::start::Start;
use anyhow::Result;
use clap::Args;
use serde_json::json;
use std::io::Write;

/// List the revisions that nothing follows
#[derive(Debug, Args)]
pub struct HeadsArgs {
    /// How to write the answer.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub fn run(args: &HeadsArgs, start: &Start) -> Result<()> {
    let environment = start.history()?;
    let graph = environment.script.graph();
    let heads = graph.heads();
    let mut out = anstream::AutoStream::auto(std::io::stdout()).lock();
    match args.format {
        Format::Json => {
            let rows: Vec<Row> = heads.iter().map(|rev| Row::new(&environment, *rev, start.base())).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&json!({ "revisions": rows }))?)?;
        }
        Format::Text => {
            let layout = Layout::new(graph, heads, true);
            for rev in heads {
                layout.write(&mut out, &environment, *rev, None, start.base())?;
            }
        }
    }
    Ok(())
}
