//! `foreshot config`

use super::Format;
use super::start::Start;
use crate::environment::Environment;
use crate::style::{FAINT, TITLE, WARNING};
use crate::workspace::shown;
use alembic::layout::Layout;
use anyhow::Result;
use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use schema::Dialect;
use serde::Serialize;
use serde_json::json;
use std::io::{self, Write};

/// Show the environments found, their files, and where each fact comes from
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// How to write the answer.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// One environment as it was found.
#[derive(Debug, Serialize)]
struct Found {
    environment: String,
    config: Vec<String>,
    section: String,
    script_directory: Option<String>,
    env_py: Option<String>,
    template: Option<String>,
    version_locations: Vec<String>,
    missing_version_locations: Vec<String>,
    recursive: bool,
    source_roots: Vec<String>,
    dialects: Vec<FoundDialect>,
    databases: Vec<String>,
    revisions: usize,
    heads: Vec<fact::Name>,
    /// Why the history cannot be loaded.
    error: Option<String>,
}

#[derive(Debug, Serialize)]
struct FoundDialect {
    name: String,
    /// Where it comes from.
    from: String,
}

pub fn run(args: &ConfigArgs, start: &Start) -> Result<()> {
    let layouts = start.selection.layouts(&start.settings)?;
    let found = layouts.into_iter().map(|layout| describe(layout, start)).collect::<Result<Vec<_>>>()?;
    let settings = start.settings.file().map(|file| shown(file, start.base()));
    let mut out = anstream::AutoStream::auto(io::stdout()).lock();
    match args.format {
        Format::Json => {
            let document = json!({ "settings": settings, "environments": found });
            writeln!(out, "{}", serde_json::to_string_pretty(&document)?)?;
        }
        Format::Text => {
            let settings = settings.as_deref().unwrap_or("none (no foreshot.toml, no [tool.foreshot])");
            writeln!(out, "{FAINT}settings{FAINT:#}  {settings}")?;
            for one in &found {
                write_text(&mut out, one)?;
            }
        }
    }
    Ok(())
}

fn describe(layout: Layout, start: &Start) -> Result<Found> {
    let base = start.base();
    let dialects = dialects(&layout, start)?;
    let environment = Environment::load(layout);
    let layout = &environment.layout;
    let (config, graph) = (&layout.config, environment.script.graph());
    let files = config.sources.ini.iter().chain(&config.sources.pyproject);
    let one = |path: &Option<Utf8PathBuf>| path.as_deref().map(|path| shown(path, base));
    let all = |paths: &[Utf8PathBuf]| paths.iter().map(|path| shown(path, base)).collect();
    Ok(Found {
        environment: shown(Utf8Path::new(&layout.name()), base),
        config: files.map(|path| shown(path, base)).collect(),
        section: config.sources.section.clone(),
        script_directory: one(&layout.script_directory),
        env_py: one(&layout.env_py),
        template: one(&layout.template),
        version_locations: all(&layout.version_locations),
        missing_version_locations: layout.missing_locations.clone(),
        recursive: layout.recursive,
        source_roots: all(&layout.source_roots),
        dialects,
        databases: config.databases.iter().map(|database| database.name.clone()).collect(),
        revisions: environment.script.files().len(),
        heads: graph.ids(graph.heads()),
        error: environment.refusal(base),
    })
}

/// The dialects of one environment: the command line, else the settings, else `sqlalchemy.url`.
fn dialects(layout: &Layout, start: &Start) -> Result<Vec<FoundDialect>> {
    let name = |dialect: &Dialect| match dialect.version {
        Some((major, 0)) => format!("{}:{major}", dialect.kind),
        Some((major, minor)) => format!("{}:{major}.{minor}", dialect.kind),
        None => dialect.kind.to_string(),
    };
    let all = |dialects: &[Dialect], from: &str| {
        dialects.iter().map(|dialect| FoundDialect { name: name(dialect), from: from.to_owned() }).collect()
    };
    if !start.dialects.is_empty() {
        return Ok(all(&start.dialects, "--dialect"));
    }
    let configured = start.settings.dialects()?;
    if let (false, Some(file)) = (configured.is_empty(), start.settings.file()) {
        let line = start.settings.dialects_line().unwrap_or(1);
        return Ok(all(&configured, &format!("{}:{line}", shown(file, start.base()))));
    }
    let url = layout.config.url.as_ref();
    Ok(match (layout.config.dialect(), url) {
        (Some(kind), Some(url)) => {
            let file = shown(&url.origin.file, start.base());
            all(&[Dialect::from(kind)], &format!("sqlalchemy.url, {file}:{}", url.origin.line))
        }
        _ => Vec::new(),
    })
}

fn write_text(out: &mut impl Write, found: &Found) -> io::Result<()> {
    writeln!(out, "\n{TITLE}{}{TITLE:#}", found.environment)?;
    let mut line = |name: &str, value: &str| writeln!(out, "  {FAINT}{name:<18}{FAINT:#}{value}");
    let or_none = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    let list = |values: &[String], none: &str| match values {
        [] => none.to_owned(),
        values => values.join(", "),
    };
    line("configuration", &list(&found.config, "none"))?;
    line("section", &found.section)?;
    line("script directory", &or_none(&found.script_directory))?;
    line("env.py", &or_none(&found.env_py))?;
    line("template", &or_none(&found.template))?;
    line("version locations", &list(&found.version_locations, "none"))?;
    if !found.missing_version_locations.is_empty() {
        line("missing locations", &found.missing_version_locations.join(", "))?;
    }
    line("recursive", if found.recursive { "yes" } else { "no" })?;
    line("source roots", &list(&found.source_roots, "none"))?;
    let dialects: Vec<String> =
        found.dialects.iter().map(|dialect| format!("{} ({})", dialect.name, dialect.from)).collect();
    line("dialects", &list(&dialects, "not known (name one with --dialect or the setting dialects)"))?;
    if !found.databases.is_empty() {
        line("databases", &found.databases.join(", "))?;
    }
    line("revisions", &found.revisions.to_string())?;
    let heads: Vec<String> = found.heads.iter().map(ToString::to_string).collect();
    line("heads", &list(&heads, "none"))?;
    if let Some(error) = &found.error {
        writeln!(out, "  {WARNING}{:<18}{WARNING:#}{error}", "cannot be loaded")?;
    }
    Ok(())
}
