//! `foreshot conformance`

mod autogen;
mod config_paths;
mod default_compare;
mod file_name;
mod graph_load;
mod graph_query;
mod op_schema;
mod render;
mod revisions;
mod type_compare;
mod typed;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::{self, BufRead, BufWriter, Write};

/// For tests: answer recorded cases, one JSON object a line on stdin
#[derive(Debug, Args)]
pub struct ConformanceArgs {
    /// What the cases are about.
    #[arg(value_enum)]
    family: Family,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Family {
    /// Revisions: heads, bases, labels, or what is wrong.
    GraphLoad,
    /// Revisions and a question about them.
    GraphQuery,
    /// Options of alembic.ini and pyproject.toml that list paths.
    ConfigPaths,
    /// Template, message and date: the name of a new file.
    FileName,
    /// A schema and an op call: what changes in the database.
    OpSchema,
    /// A type of the database and one of the model: do they differ?
    TypeCompare,
    /// A default of the database and one of the model: do they differ?
    DefaultCompare,
    /// An operation: its text in a migration.
    Render,
    /// A database and a model: the text of the migration between them.
    Autogen,
}

#[derive(Deserialize)]
struct Case {
    id: Value,
    input: Value,
}

pub fn run(args: &ConformanceArgs) -> Result<()> {
    let answer = match args.family {
        Family::GraphLoad => graph_load::answer,
        Family::GraphQuery => graph_query::answer,
        Family::ConfigPaths => config_paths::answer,
        Family::FileName => file_name::answer,
        Family::OpSchema => op_schema::answer,
        Family::TypeCompare => type_compare::answer,
        Family::DefaultCompare => default_compare::answer,
        Family::Render => render::answer,
        Family::Autogen => autogen::answer,
    };
    let mut out = BufWriter::new(io::stdout().lock());
    for (number, line) in (1..).zip(io::stdin().lock().lines()) {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let case: Case = serde_json::from_str(&line).with_context(|| format!("line {number} of stdin"))?;
        // A case that is not understood is one without an answer.
        let answer = answer(case.input).unwrap_or_else(|error| {
            tracing::info!("{}: {error:#}", case.id);
            Value::Null
        });
        writeln!(out, "{}", json!({ "id": case.id, "answer": answer }))?;
    }
    Ok(out.flush()?)
}
