//! The command line: global options, one file per subcommand.

mod check;
mod config;
mod conformance;
mod heads;
mod history;
mod ops;
mod row;
mod rule;
mod schema;
mod server;
mod start;
#[cfg(test)]
mod testing;

use crate::config::parse_dialect;
use crate::failure::{self, code};
use ::schema::Dialect;
use anyhow::Result;
use camino::Utf8PathBuf;
use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};
pub use start::Start;
use std::process::ExitCode;
use tracing::Level;

/// Language server and command-line tool for Alembic: knows the schema at every revision without running a migration.
#[derive(Debug, Parser)]
#[command(name = "foreshot", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::CheckArgs),
    Schema(schema::SchemaArgs),
    History(history::HistoryArgs),
    Heads(heads::HeadsArgs),
    Ops(ops::OpsArgs),
    Rule(rule::RuleArgs),
    Config(config::ConfigArgs),
    Server(server::ServerArgs),
    Conformance(conformance::ConformanceArgs),
}

/// Options of every subcommand, before it or after it.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Look for the environment in this directory and below, not around the working directory.
    #[arg(long, global = true, value_name = "DIR")]
    project: Option<Utf8PathBuf>,
    /// The alembic.ini or pyproject.toml to use; both kinds may be given.
    #[arg(short, long, global = true, value_name = "FILE")]
    config: Vec<Utf8PathBuf>,
    /// The section of alembic.ini to use.
    #[arg(short, long, global = true, value_name = "SECTION")]
    name: Option<String>,
    /// The database to reason about; repeat it for several.
    #[arg(long, global = true, value_name = "NAME[:VERSION]", value_parser = parse_dialect)]
    dialect: Vec<Dialect>,
    /// A folder of revision files; repeat it for several folders of one history, in load order.
    #[arg(long, global = true, value_name = "DIR")]
    versions: Vec<Utf8PathBuf>,
    /// A folder that imports are looked for in; may be repeated.
    #[arg(long, global = true, value_name = "DIR")]
    source_root: Vec<Utf8PathBuf>,
    /// Look for revision files in sub-folders too.
    #[arg(long, global = true)]
    recursive: bool,
    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
    /// Say more on stderr; repeat it for more.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// Say only errors on stderr.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    #[default]
    Text,
    Json,
}

pub fn main() -> ExitCode {
    let cli = Cli::parse();
    set_up_streams(&cli.global);
    match run(cli) {
        Ok(code) => ExitCode::from(code),
        Err(error) => ExitCode::from(failure::report(&error)),
    }
}

fn set_up_streams(global: &Global) {
    match global.color {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    }
    .write_global();
    let level = match (global.quiet, global.verbose) {
        (true, _) => Level::ERROR,
        (false, 0) => Level::WARN,
        (false, 1) => Level::INFO,
        (false, _) => Level::DEBUG,
    };
    let colours = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(colours)
        .without_time()
        .with_target(false)
        .init();
}

fn run(cli: Cli) -> Result<u8> {
    match cli.command {
        Command::Server(args) => return server::run(&args, &cli.global),
        Command::Check(args) => return check::run(&args, &Start::new(&cli.global)?),
        Command::Rule(args) => rule::run(&args),
        Command::Schema(args) => schema::run(&args, &Start::new(&cli.global)?),
        Command::History(args) => history::run(&args, &Start::new(&cli.global)?),
        Command::Heads(args) => heads::run(&args, &Start::new(&cli.global)?),
        Command::Ops(args) => ops::run(&args, &Start::new(&cli.global)?),
        Command::Config(args) => config::run(&args, &Start::new(&cli.global)?),
        Command::Conformance(args) => conformance::run(&args),
    }?;
    Ok(code::DONE)
}
