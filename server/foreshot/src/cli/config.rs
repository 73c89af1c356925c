//! `foreshot config`

use super::answer::afresh;
use super::start::Start;
use super::{Format, Global};
use crate::environment::{Environments, at, doubts, refusal};
use crate::failure::code;
use crate::load;
use crate::packages;
use crate::style::{FAINT, TITLE, WARNING};
use crate::workspace::shown;
use alembic::env::EnvFacts;
use alembic::layout::Layout;
use anyhow::Result;
use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use fact::{Fact, Reason};
use project::{Environment, Evidence};
use schema::Dialect;
use schema::naming::NamingConvention;
use schema::report::Ordered;
use serde::Serialize;
use serde_json::Value;
use std::io::{self, Write};
use std::sync::Arc;

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
    /// Configurations that cannot be used.
    broken: Vec<Broken>,
}

#[derive(Debug, Serialize)]
struct Broken {
    config: String,
    line: Option<u32>,
    error: String,
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
    /// The Python environment whose packages are read.
    python: Option<Python>,
    dialects: Vec<FoundDialect>,
    databases: Vec<String>,
    naming_convention: Naming,
    /// The options that env.py passes to `context.configure`; `"?"` for what is not known.
    configure: Ordered<Value>,
    /// What could not be followed in env.py.
    not_followed: Vec<Gap>,
    revisions: usize,
    heads: Vec<fact::Name>,
    /// Why the history cannot be loaded.
    error: Option<String>,
    /// What is not known of it, or not as it should be.
    doubts: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Python {
    path: String,
    /// Who says so.
    from: String,
    packages: Vec<String>,
}

/// The templates that name what the migrations leave unnamed, and where they come from.
#[derive(Debug, Serialize)]
struct Naming {
    templates: Value,
    from: String,
}

/// A fact that is not known, and what would make it known.
#[derive(Debug, Serialize)]
struct Gap {
    /// What is not known for this reason.
    options: Vec<&'static str>,
    reason: String,
    /// `path:line`
    at: Option<String>,
    remedy: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct FoundDialect {
    name: String,
    /// Where it comes from.
    from: String,
}

pub fn run(args: &ConfigArgs, global: &Global) -> Result<u8> {
    afresh(global, |start, mut out| write(args, start, &mut out).map(|()| code::DONE))
}

fn write(args: &ConfigArgs, start: &Start, out: &mut impl Write) -> Result<()> {
    let Environments { layouts, broken } = start.selection.environments(&*start.files, &start.settings)?;
    let found = layouts.into_iter().map(|layout| describe(layout, start)).collect::<Result<Vec<_>>>()?;
    let settings = start.settings.file().map(|file| shown(file, start.base()));
    match args.format {
        Format::Json => {
            let broken = broken.iter().map(|error| Broken {
                config: shown(&error.file, start.base()),
                line: error.line,
                error: error.message.clone(),
            });
            let document = Document { settings, environments: found, broken: broken.collect() };
            writeln!(out, "{}", serde_json::to_string_pretty(&document)?)?;
        }
        Format::Text => {
            let settings = settings.as_deref().unwrap_or("none (no foreshot.toml, no [tool.foreshot])");
            writeln!(out, "{FAINT}settings{FAINT:#}  {settings}")?;
            for one in &found {
                write_text(out, one)?;
            }
            for error in &broken {
                let file = shown(&error.file, start.base());
                let line = error.line.map(|line| format!("line {line}: ")).unwrap_or_default();
                writeln!(out, "\n{TITLE}{file}{TITLE:#}\n  {WARNING}{line}{}{WARNING:#}", error.message)?;
            }
        }
    }
    Ok(())
}

fn describe(layout: Layout, start: &Start) -> Result<Found> {
    let base = start.base();
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
        python: python(start)?,
        dialects: dialects(&environment, start),
        naming_convention: naming(&environment, start),
        configure: configure(environment.env()),
        not_followed: gaps(&environment, base),
        databases: config.databases.iter().map(|database| database.name.clone()).collect(),
        revisions: environment.revisions.len(),
        heads: graph.ids(graph.heads()),
        error: refusal(&environment, base),
        doubts: doubts(&environment, base),
    })
}

/// The Python environment, with its source.
fn python(start: &Start) -> Result<Option<Python>> {
    let Some(found) = start.selection.python(&*start.files, &start.settings)? else { return Ok(None) };
    let from = match found.from {
        packages::Source::Option => "--python".to_owned(),
        packages::Source::Setting(line) => setting(start, Some(line)),
        packages::Source::Activated => "VIRTUAL_ENV".to_owned(),
        packages::Source::Project => "it stands in the project".to_owned(),
    };
    let packages = found.packages.iter().map(|path| shown(path, start.base())).collect();
    Ok(Some(Python { path: shown(&found.path, start.base()), from, packages }))
}

/// The dialects of one environment, each with its source.
fn dialects(environment: &Environment, start: &Start) -> Vec<FoundDialect> {
    let name = |dialect: &Dialect| match dialect.version {
        Some((major, 0)) => format!("{}:{major}", dialect.kind),
        Some((major, minor)) => format!("{}:{major}.{minor}", dialect.kind),
        None => dialect.kind.to_string(),
    };
    let base = start.base();
    let from = match &environment.evidence {
        Evidence::Given if !start.dialects.is_empty() => "--dialect".to_owned(),
        Evidence::Given => setting(start, start.settings.dialects_line()),
        Evidence::Url => match &environment.options.layout.config.url {
            Some(url) => format!("sqlalchemy.url, {}:{}", shown(&url.origin.file, base), url.origin.line),
            None => "sqlalchemy.url".to_owned(),
        },
        Evidence::Import { module, place } => {
            format!("revisions import {module}, {}", at(environment, *place, base))
        }
        Evidence::None => String::new(),
    };
    let known = environment.dialects.iter().flatten();
    known.map(|dialect| FoundDialect { name: name(dialect), from: from.clone() }).collect()
}

/// `file:line` of a setting.
fn setting(start: &Start, line: Option<u32>) -> String {
    let file = start.settings.file().map(|file| shown(file, start.base())).unwrap_or_default();
    format!("{file}:{}", line.unwrap_or(1))
}

fn naming(environment: &Environment, start: &Start) -> Naming {
    let from = match (&environment.options.naming, &environment.options.layout.env_py) {
        (Some(_), _) => setting(start, start.settings.naming_line()),
        (None, Some(env)) => shown(env, start.base()),
        (None, None) => "there is no env.py".to_owned(),
    };
    let templates = match environment.naming() {
        Fact::Unknown(_) => UNKNOWN.into(),
        Fact::Known(naming) if naming == NamingConvention::default() => {
            return Naming { templates: templates(&naming), from: format!("SQLAlchemy's default ({from})") };
        }
        Fact::Known(naming) => templates(&naming),
    };
    Naming { templates, from }
}

fn templates(naming: &NamingConvention) -> Value {
    let all =
        [("ix", &naming.ix), ("uq", &naming.uq), ("ck", &naming.ck), ("fk", &naming.fk), ("pk", &naming.pk)];
    let given =
        all.into_iter().filter_map(|(key, text)| Some((key.to_owned(), Value::from(&**text.as_ref()?))));
    Value::Object(given.collect())
}

/// What is not known, in output.
const UNKNOWN: &str = "?";

fn configure(env: &EnvFacts) -> Ordered<Value> {
    let flag = |fact: &Fact<bool>| fact.known().map_or(UNKNOWN.into(), |flag| Value::Bool(*flag));
    let text = |fact: &Fact<Option<Arc<str>>>, default: Value| match fact {
        Fact::Known(Some(text)) => Value::from(&**text),
        Fact::Known(None) => default,
        Fact::Unknown(_) => UNKNOWN.into(),
    };
    let all = [
        ("render_as_batch", flag(&env.render_as_batch)),
        ("include_schemas", flag(&env.include_schemas)),
        ("transaction_per_migration", flag(&env.transaction_per_migration)),
        ("compare_type", flag(&env.compare_type)),
        ("compare_server_default", flag(&env.compare_server_default)),
        ("version_table", text(&env.version_table, "alembic_version".into())),
        ("version_table_schema", text(&env.version_table_schema, Value::Null)),
    ];
    Ordered(all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn gaps(environment: &Environment, base: &Utf8Path) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    for (option, unknown) in &environment.env().unknowns {
        let reason = unknown.reason.to_string();
        let at = unknown.place.map(|place| at(environment, place, base));
        if let Some(known) = gaps.iter_mut().find(|gap| gap.reason == reason && gap.at == at) {
            known.options.push(option);
            continue;
        }
        let remedy = match &unknown.reason {
            Reason::ModuleNotFound(_) | Reason::NameNotFound(_) | Reason::SyntaxError => {
                Some(unknown.reason.remedy())
            }
            _ if *option == "naming_convention" => Some("tell it with the setting naming-convention"),
            _ => None,
        };
        gaps.push(Gap { options: vec![option], reason, at, remedy });
    }
    gaps
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
    let python = found.python.as_ref().map(|python| format!("{} ({})", python.path, python.from));
    let none = "none (name one with --python or the setting paths.python)";
    line("python", python.as_deref().unwrap_or(none))?;
    let dialects: Vec<String> =
        found.dialects.iter().map(|dialect| format!("{} ({})", dialect.name, dialect.from)).collect();
    line("dialects", &list(&dialects, "not known (name one with --dialect or the setting dialects)"))?;
    if !found.databases.is_empty() {
        line("databases", &found.databases.join(", "))?;
    }
    let naming = &found.naming_convention;
    let templates = match &naming.templates {
        Value::Object(templates) => {
            let pairs =
                templates.iter().map(|(key, text)| format!("{key}={}", text.as_str().unwrap_or_default()));
            list(&pairs.collect::<Vec<_>>(), "names nothing")
        }
        _ => "not known".to_owned(),
    };
    line("naming convention", &format!("{templates} ({})", naming.from))?;
    let options: Vec<String> = found
        .configure
        .0
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| format!("{name}={}", value.as_str().map_or(value.to_string(), str::to_owned)))
        .collect();
    line("configure", &options.join(" "))?;
    line("revisions", &found.revisions.to_string())?;
    let heads: Vec<String> = found.heads.iter().map(ToString::to_string).collect();
    line("heads", &list(&heads, "none"))?;
    if let Some(error) = &found.error {
        writeln!(out, "  {WARNING}{:<18}{WARNING:#}{error}", "cannot be loaded")?;
    }
    for gap in &found.not_followed {
        let at = gap.at.as_ref().map(|at| format!("{at}: ")).unwrap_or_default();
        let remedy = gap.remedy.map(|remedy| format!(" ({remedy})")).unwrap_or_default();
        let options = gap.options.join(", ");
        writeln!(out, "  {WARNING}{:<18}{WARNING:#}{at}{options}: {}{remedy}", "not followed", gap.reason)?;
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
             \u{20} python            none (name one with --python or the setting paths.python)\n\
             \u{20} dialects          sqlite (sqlalchemy.url, alembic.ini:4)\n\
             \u{20} naming convention ix=ix_%(column_0_label)s (SQLAlchemy's default (m/env.py))\n\
             \u{20} configure         render_as_batch=false include_schemas=false transaction_per_migration=false \
             compare_type=true compare_server_default=false version_table=alembic_version\n\
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

    /// The lines from the naming convention to the number of revisions.
    #[track_caller]
    fn check_env(env: &str, more: &[(&str, &str)], expect: &str) {
        let mut files = vec![
            ("alembic.ini", "[alembic]\nscript_location = m\nprepend_sys_path = .\n".to_owned()),
            ("m/env.py", env.to_owned()),
            ("m/versions/1.py", revision("a1", "None", "First")),
        ];
        files.extend(more.iter().map(|(path, text)| (*path, (*text).to_owned())));
        let command = |start: &Start, out: &mut anstream::StripStream<Vec<u8>>| {
            let mut whole = anstream::StripStream::new(Vec::new());
            write(&ConfigArgs { format: Format::Text }, start, &mut whole)?;
            let whole = String::from_utf8(whole.into_inner())?;
            let wanted = ["naming", "configure", "not followed", "dialects"];
            for line in
                whole.lines().filter(|line| wanted.iter().any(|start| line.trim_start().starts_with(start)))
            {
                writeln!(out, "{}", line.trim_start())?;
            }
            Ok(())
        };
        check_output(&files, command, expect);
    }

    #[test]
    fn what_env_py_says() {
        check_env(
            "from alembic import context\nimport sqlalchemy as sa\n\
             m = sa.MetaData(naming_convention={'uq': 'uq_%(table_name)s'})\n\
             context.configure(target_metadata=m, render_as_batch=True, version_table='v')\n",
            &[],
            "dialects          not known (name one with --dialect or the setting dialects)\n\
             naming convention uq=uq_%(table_name)s (m/env.py)\n\
             configure         render_as_batch=true include_schemas=false transaction_per_migration=false \
             compare_type=true compare_server_default=false version_table=v\n",
        );
        check_env(
            "from alembic import context\nfrom shop.models import metadata\n\
             context.configure(target_metadata=metadata)\n",
            &[("foreshot.toml", "dialects = ['sqlite']\n[naming-convention]\npk = 'pk_%(table_name)s'\n")],
            "dialects          sqlite (foreshot.toml:1)\n\
             naming convention pk=pk_%(table_name)s (foreshot.toml:3)\n",
        );
    }

    #[test]
    fn what_env_py_does_not_say() {
        check_env(
            "from alembic import context\nfrom shop.models import metadata\n\
             context.configure(target_metadata=metadata)\n",
            &[(
                "m/versions/2.py",
                "from sqlalchemy.dialects import mysql\nrevision = 'b2'\ndown_revision = 'a1'\n",
            )],
            "dialects          mysql (revisions import sqlalchemy.dialects.mysql, m/versions/2.py:1)\n\
             naming convention not known (m/env.py)\n\
             configure         render_as_batch=false include_schemas=false transaction_per_migration=false \
             compare_type=true compare_server_default=false version_table=alembic_version\n\
             not followed      m/env.py:3: naming_convention: it comes from shop.models.metadata, outside the project (tell \
             it with the setting naming-convention)\n",
        );
    }
}
