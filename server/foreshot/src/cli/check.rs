//! `foreshot check`

mod fix;

use super::start::Start;
use crate::config::Chosen;
use crate::environment::absolute;
use crate::failure::code;
use crate::output::{Found, json, text};
use crate::workspace::{Disk, shown};
use crate::{load, output};
use advice::{Checker, Options, Severity};
use alembic::graph::Ids;
use anyhow::{Context, Result, anyhow, bail};
use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, ValueEnum};
use fact::files::Files;
use project::Snapshot;
use std::io::Write;

/// Find what will fail, lose data or cannot be undone in the migrations
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Show findings in these files and folders only.
    #[arg(value_name = "PATH")]
    paths: Vec<Utf8PathBuf>,
    /// How to write the findings.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Only these rules; +RULE adds one to the default set.
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    select: Vec<String>,
    /// Not these rules.
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Fail on warnings too.
    #[arg(long)]
    strict: bool,
    /// Tell what could not be known, and what was not judged because of it.
    #[arg(long)]
    statistics: bool,
    /// Apply the fixes that are safe.
    #[arg(long)]
    fix: bool,
    /// Apply the fixes that change what runs, too.
    #[arg(long)]
    unsafe_fixes: bool,
    /// Show what the fixes would change, and change nothing.
    #[arg(long)]
    diff: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

pub fn run(args: &CheckArgs, start: &Start) -> Result<u8> {
    write(args, start, &mut anstream::AutoStream::auto(std::io::stdout()).lock())
}

fn write(args: &CheckArgs, start: &Start, out: &mut impl Write) -> Result<u8> {
    let chosen = Chosen { select: &args.select, ignore: &args.ignore };
    let options = start.settings.rules(start.base(), &chosen)?;
    let paths = paths(args)?;
    let layouts = start.selection.layouts(&start.settings)?;
    for missing in layouts.iter().flat_map(|layout| &layout.missing_locations) {
        tracing::warn!("version location {missing} does not exist; Alembic skips it");
    }
    let mut world = load::world(start, layouts, None)?;
    has_migrations(&world.snapshot(), start.base())?;
    knows_check_from(&world.snapshot(), &options)?;
    let checker = Checker::default();
    if args.fix || args.unsafe_fixes || args.diff {
        let round = fix::Round {
            checker: &checker,
            options: &options,
            paths: &paths,
            also_unsafe: args.unsafe_fixes,
        };
        let changed = round.run(&mut world)?;
        if args.diff {
            changed.diff(out, start.base())?;
            return Ok(if changed.is_empty() { code::DONE } else { code::FOUND });
        }
        changed.write(start.base())?;
    }
    let snapshot = world.snapshot();
    let found = found(&snapshot, &options, &checker, start.base(), &paths);
    match args.format {
        Format::Text => text::write(out, &found, args.statistics)?,
        Format::Json => json::write(out, &found, args.statistics)?,
    }
    let fails = found.count(Severity::Error) > 0 || args.strict && found.count(Severity::Warning) > 0;
    Ok(if fails { code::FOUND } else { code::DONE })
}

fn found<'a>(
    snapshot: &'a Snapshot,
    options: &'a Options,
    checker: &Checker,
    base: &'a Utf8Path,
    paths: &[Utf8PathBuf],
) -> Found<'a> {
    let mut found =
        Found { snapshot, options, base, findings: Vec::new(), withheld: Vec::new(), suppressed: 0 };
    for environment in &snapshot.environments {
        let report = checker.check(environment, options);
        found
            .findings
            .extend(report.findings.into_iter().filter(|finding| is_asked(snapshot, finding, paths)));
        found.withheld.extend(report.withheld);
        found.suppressed += report.suppressed;
    }
    found
}

/// The finding is in one of the paths that were named, if any was.
fn is_asked(snapshot: &Snapshot, finding: &advice::Finding, paths: &[Utf8PathBuf]) -> bool {
    paths.is_empty()
        || snapshot
            .path(finding.spot.file())
            .is_some_and(|path| paths.iter().any(|asked| path.starts_with(asked)))
}

fn paths(args: &CheckArgs) -> Result<Vec<Utf8PathBuf>> {
    let here = std::env::current_dir().context("the working directory cannot be read")?;
    let here = Utf8PathBuf::from_path_buf(here)
        .map_err(|path| anyhow!("the working directory {} is not UTF-8", path.display()))?;
    let paths: Vec<Utf8PathBuf> = args.paths.iter().map(|path| absolute(path, &here)).collect();
    match paths.iter().find(|path| Disk.kind(path).is_none()) {
        Some(missing) => bail!("{missing}: there is no such file or directory"),
        None => Ok(paths),
    }
}

fn has_migrations(snapshot: &Snapshot, base: &Utf8Path) -> Result<()> {
    for environment in &snapshot.environments {
        if environment.revisions.is_empty() {
            let layout = &environment.options.layout;
            let found = layout.version_locations.iter().map(|path| shown(path, base));
            let missing = layout.missing_locations.iter().map(|path| format!("{path} (missing)"));
            let folders: Vec<String> = found.chain(missing).collect();
            let name = shown(environment.name().as_str().into(), base);
            bail!("no migrations found for {name}: {} has none", folders.join(", "));
        }
    }
    Ok(())
}

fn knows_check_from(snapshot: &Snapshot, options: &Options) -> Result<()> {
    let Some(from) = &options.check_from else { return Ok(()) };
    let known = |environment: &std::sync::Arc<project::Environment>| {
        environment.graph.get_revisions(&Ids::many([from])).is_ok_and(|revs| !revs.is_empty())
    };
    if snapshot.environments.iter().any(known) {
        return Ok(());
    }
    bail!("check-from names {from}, and there is no such revision")
}
