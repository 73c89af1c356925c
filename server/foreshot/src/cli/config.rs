//! `foreshot config`

use super::Format;
use super::start::Start;
use crate::environment::{doubts, refusal};
use crate::load;
use crate::style::{FAINT, TITLE, WARNING};
use crate::workspace::shown;
use alembic::layout::Layout;
use anyhow::Result;
use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use schema::Dialect;
use serde::Serialize;
use std::io::{self, Write};

/// Show the environments found, their files, and where each fact comes from
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// How to write the answer.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, Serialize)]
struct Document {
    /// The file that the settings come from.
    settings: Option<String>,
    environments: Vec<Found>,
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
    /// What is not known of it, or not as it should be.
    doubts: Vec<String>,
}

#[derive(Debug, Serialize)]
struct FoundDialect {
    name: String,
    /// Where it comes from.
    from: String,
}

pub fn run(args: &ConfigArgs, start: &Start) -> Result<()> {
    write(args, start, &mut anstream::AutoStream::auto(io::stdout()).lock())
}

fn write(args: &ConfigArgs, start: &Start, out: &mut impl Write) -> Result<()> {
    let layouts = start.selection.layouts(&start.settings)?;
    let found = layouts.into_iter().map(|layout| describe(layout, start)).collect::<Result<Vec<_>>>()?;
    let settings = start.settings.file().map(|file| shown(file, start.base()));
    match args.format {
        Format::Json => {
            let document = Document { settings, environments: found };
            writeln!(out, "{}", serde_json::to_string_pretty(&document)?)?;
        }
        Format::Text => {
            let settings = settings.as_deref().unwrap_or("none (no foreshot.toml, no [tool.foreshot])");
            writeln!(out, "{FAINT}settings{FAINT:#}  {settings}")?;
            for one in &found {
                write_text(out, one)?;
            }
        }
    }
    Ok(())
}

fn describe(layout: Layout, start: &Start) -> Result<Found> {
    let base = start.base();
    let dialects = dialects(&layout, start)?;
    let world = load::world(start, vec![layout], Some(Vec::new()))?;
    let environment = load::only(&world)?;
    let layout = &environment.options.layout;
    let (config, graph) = (&layout.config, &environment.graph);
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
        revisions: environment.revisions.len(),
        heads: graph.ids(graph.heads()),
        error: refusal(&environment, base),
        doubts: doubts(&environment, base),
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
    for doubt in &found.doubts {
        writeln!(out, "  {WARNING}{:<18}{WARNING:#}{doubt}", "note")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{check_output, revision};

    #[track_caller]
    fn check(files: &[(&str, String)], expect: &str) {
        check_output(files, |start, out| write(&ConfigArgs { format: Format::Text }, start, out), expect);
    }

    #[test]
    fn text() {
        let ini = "[alembic]\nscript_location = %(here)s/m\nprepend_sys_path = .\nsqlalchemy.url = sqlite://\n\
                   version_locations = %(here)s/m/versions %(here)s/more\n";
        check(
            &[
                ("alembic.ini", ini.into()),
                ("m/env.py", String::new()),
                ("m/versions/1.py", revision("a1", "None", "First")),
                ("m/versions/2.py", revision("b2", "'x'", "Second")),
            ],
            "settings  none (no foreshot.toml, no [tool.foreshot])\n\
             \n\
             alembic.ini\n\
             \u{20} configuration     alembic.ini\n\
             \u{20} section           alembic\n\
             \u{20} script directory  m\n\
             \u{20} env.py            m/env.py\n\
             \u{20} template          none\n\
             \u{20} version locations m/versions\n\
             \u{20} missing locations more\n\
             \u{20} recursive         no\n\
             \u{20} source roots      .\n\
             \u{20} dialects          sqlite (sqlalchemy.url, alembic.ini:4)\n\
             \u{20} revisions         2\n\
             \u{20} heads             a1, b2\n\
             \u{20} cannot be loaded  m/versions/2.py:3: Revision x referenced from revision b2 is not present\n",
        );
    }

    #[test]
    fn doubts() {
        let ini = "[alembic]\nscript_location = m\nversion_locations = m/a m/b\n".to_owned();
        let label = revision("b2", "'a1'", "Second") + "branch_labels = app.LABEL\n";
        let files = [
            ("alembic.ini", ini),
            ("m/a/1.py", revision("a1", "None", "First")),
            ("m/b/1.py", revision("a1", "None", "First")),
            ("m/b/2.py", label),
        ];
        let end = "  note              revision a1 stands in two files, m/a/1.py and m/b/1.py; Alembic uses the second\n  \
                   note              m/b/2.py:4: branch_labels is not known: nothing binds the name app\n";
        let directory = "  heads             a1, b2\n";
        check_end(&files, &format!("{directory}{end}"));
    }

    #[track_caller]
    fn check_end(files: &[(&str, String)], expect: &str) {
        let command = |start: &Start, out: &mut _| {
            let mut whole = anstream::StripStream::new(Vec::new());
            write(&ConfigArgs { format: Format::Text }, start, &mut whole)?;
            let whole = String::from_utf8(whole.into_inner())?;
            Ok(out_end(out, &whole, expect)?)
        };
        check_output(files, command, expect);
    }

    fn out_end(out: &mut impl Write, whole: &str, expect: &str) -> io::Result<()> {
        write!(out, "{}", whole.find(expect).map_or(whole, |at| &whole[at..]))
    }

    #[test]
    fn settings_come_before_the_url() {
        let ini = "[alembic]\nscript_location = m\nsqlalchemy.url = sqlite://\n";
        let files = |settings: &str| {
            vec![
                ("alembic.ini", ini.to_owned()),
                ("m/versions/1.py", revision("a1", "None", "First")),
                ("foreshot.toml", settings.to_owned()),
            ]
        };
        let start = "settings  foreshot.toml\n\nalembic.ini\n";
        check(&files("dialects = ['postgresql:16']\n"), start);
        check(
            &files("\ndialect = []\n"),
            "error 2: foreshot.toml:2: there is no setting 'dialect' (did you mean 'dialects'?)",
        );
    }
}
