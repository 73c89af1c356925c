//! The command line: global options, one file per subcommand.

mod answer;
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
use tracing_subscriber::Layer;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

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
    /// The Python environment whose packages are read: its folder, its interpreter, or a site-packages folder.
    #[arg(long, global = true, value_name = "PATH")]
    python: Option<Utf8PathBuf>,
    /// Look for revision files in sub-folders too.
    #[arg(long, global = true)]
    recursive: bool,
    /// Work everything out again, and keep nothing for the next time.
    #[arg(long, global = true)]
    no_cache: bool,
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
    let shown = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(colours)
        .without_time()
        .with_target(false)
        .with_filter(LevelFilter::from_level(level));
    tracing_subscriber::registry().with(shown).with(crate::cache::layer()).init();
}

fn run(cli: Cli) -> Result<u8> {
    let global = &cli.global;
    match &cli.command {
        Command::Check(args) => check::run(args, global),
        Command::Schema(args) => schema::run(args, global),
        Command::History(args) => history::run(args, global),
        Command::Heads(args) => heads::run(args, global),
        Command::Ops(args) => ops::run(args, global),
        Command::Rule(args) => rule::run(args).map(|()| code::DONE),
        Command::Config(args) => config::run(args, global),
        Command::Server(args) => server::run(args, global),
        Command::Conformance(args) => conformance::run(args).map(|()| code::DONE),
    }
}
