//! `foreshot check`

mod fix;

use super::Global;
use super::answer::{afresh, answer};
use super::start::Start;
use crate::config::Chosen;
use crate::environment::{Environments, absolute};
use crate::failure::code;
use crate::output::{Found, json, text};
use crate::workspace::shown;
use crate::{load, output};
use advice::{Checker, Options, Severity};
use alembic::graph::Ids;
use anyhow::{Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, ValueEnum};
use project::Snapshot;
use std::io::Write;
use std::mem::ManuallyDrop;

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

pub fn run(args: &CheckArgs, global: &Global) -> Result<u8> {
    let command = |start: &Start, mut out: &mut dyn Write| write(args, start, &mut out);
    if args.fix || args.unsafe_fixes || args.diff {
        return afresh(global, command);
    }
    answer(global, args, command)
}

fn write(args: &CheckArgs, start: &Start, out: &mut impl Write) -> Result<u8> {
    let chosen = Chosen { select: &args.select, ignore: &args.ignore };
    let options = start.settings.rules(start.base(), &chosen)?;
    let paths = paths(args, start)?;
    let Environments { layouts, broken } = start.selection.environments(&*start.files, &start.settings)?;
    for missing in layouts.iter().flat_map(|layout| &layout.missing_locations) {
        tracing::warn!("version location {missing} does not exist; Alembic skips it");
    }
    // The process ends after this: what the world holds need not be taken apart piece by piece.
    let mut world = ManuallyDrop::new(load::world(start, layouts, None)?);
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
    let mut found = found(&snapshot, &options, &checker, start.base(), &paths);
    for error in &broken {
        let findings = advice::check_configuration(error, &snapshot.store, &options);
        found.findings.extend(findings.into_iter().filter(|finding| is_asked(&snapshot, finding, &paths)));
    }
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

fn paths(args: &CheckArgs, start: &Start) -> Result<Vec<Utf8PathBuf>> {
    let files = &start.files;
    let paths: Vec<Utf8PathBuf> = args.paths.iter().map(|path| absolute(path, &start.here)).collect();
    match paths.iter().find(|path| files.kind(path).is_none()) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{check_output, revision};
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: CheckArgs,
    }

    const INI: &str = "[alembic]\nscript_location = m\nsqlalchemy.url = postgresql://localhost/db\n";

    fn project(bodies: &[&str]) -> Vec<(&'static str, String)> {
        let mut files = vec![("alembic.ini", INI.to_owned()), ("m/env.py", String::new())];
        let paths = ["m/versions/a.py", "m/versions/b.py", "m/versions/c.py"];
        let parents = ["None", "'a'", "'b'"];
        for ((path, parent), body) in paths.into_iter().zip(parents).zip(bodies) {
            let id = path.trim_start_matches("m/versions/").trim_end_matches(".py");
            let head = revision(id, parent, "a change");
            files.push((path, format!("{head}from alembic import op\nimport sqlalchemy as sa\n{body}")));
        }
        files
    }

    const TABLE: &str = "def upgrade():\n    op.create_table('tasks', sa.Column('id', sa.Integer, primary_key=True))\ndef downgrade():\n    op.drop_table('tasks')\n";
    const COLUMN: &str = "def upgrade():\n    op.add_column('tasks', sa.Column('due', sa.Date))\n";
    const EMPTY: &str =
        "def upgrade():\n    op.add_column('tasks', sa.Column('due', sa.Date))\ndef downgrade():\n    pass\n";

    /// What the command writes, with its exit code in the last line.
    #[track_caller]
    fn check_command(line: &str, files: &[(&str, String)], expect: &str) {
        let args = Line::parse_from(std::iter::once("check").chain(line.split_whitespace())).args;
        let command = |start: &Start, out: &mut anstream::StripStream<Vec<u8>>| {
            let code = write(&args, start, out)?;
            Ok(writeln!(out, "exit {code}")?)
        };
        check_output(files, command, expect);
    }

    #[test]
    fn exit_codes() {
        check_command("", &project(&[TABLE]), "Nothing found in 1 revision.\nexit 0\n");
        check_command(
            "--ignore missing-downgrade",
            &project(&[TABLE, COLUMN]),
            "Nothing found in 2 revisions.\nexit 0\n",
        );
        check_command(
            "--select unknown-table",
            &project(&[TABLE, COLUMN]),
            "Nothing found in 2 revisions.\nexit 0\n",
        );
        check_command(
            "--select nothing-like-it",
            &project(&[TABLE]),
            "error 2: there is no rule 'nothing-like-it'",
        );
        check_command("nowhere/at/all", &project(&[TABLE]), "error 2: ");
        check_command("", &project(&[]), "error 2: no migrations found for alembic.ini: ");
        check_command("", &[], "error 2: no migration environment found in ");
    }

    #[test]
    fn text() {
        check_command(
            "",
            &project(&[TABLE, COLUMN]),
            "\
error[missing-downgrade]: b cannot be undone: there is no downgrade(). The upgrade adds tasks.due.
 --> m/versions/b.py:6:5
  |
6 | def upgrade():
  |     ^^^^^^^
  |
help: Write the downgrade: foreshot check --fix

1 error in 2 revisions.
exit 1
",
        );
        let warned = project(&[TABLE, EMPTY]);
        check_command("--strict", &warned, "warning[empty-downgrade]");
        let last = |line: &str, expect: &str| {
            let args = Line::parse_from(std::iter::once("check").chain(line.split_whitespace())).args;
            let command = |start: &Start, out: &mut anstream::StripStream<Vec<u8>>| {
                let code = write(&args, start, &mut std::io::sink())?;
                Ok(writeln!(out, "exit {code}")?)
            };
            check_output(&warned, command, expect);
        };
        last("", "exit 0\n");
        last("--strict", "exit 1\n");
        last("--strict m/versions/b.py", "exit 1\n");
        last("--strict m/versions/a.py", "exit 0\n");
    }

    #[test]
    fn a_broken_graph_is_a_finding() {
        let mut files = project(&[TABLE]);
        files.push(("m/versions/x.py", "revision = 'x'\ndown_revision = 'zz'\n".to_owned()));
        check_command(
            "",
            &files,
            "error[unknown-revision]: x names zz as its parent, and no migration has that id.",
        );
        let mut files = project(&[TABLE]);
        files.push(("m/versions/x.py", "def f(:\n".to_owned()));
        check_command("", &files, "error[unreadable-revision]: Alembic cannot load this file: syntax error");
    }

    #[test]
    fn json() {
        let args = Line::parse_from(["check", "--format", "json", "--statistics"]).args;
        let command = |start: &Start, out: &mut anstream::StripStream<Vec<u8>>| {
            let mut bytes = Vec::new();
            write(&args, start, &mut bytes)?;
            let document: serde_json::Value = serde_json::from_slice(&bytes)?;
            let finding = &document["findings"][0];
            for key in [
                "rule",
                "severity",
                "message",
                "path",
                "range",
                "revision",
                "dialects",
                "related",
                "fixes",
                "environment",
            ] {
                assert!(finding.get(key).is_some(), "{key}: {finding}");
            }
            writeln!(out, "{} {}", document["version"], document["summary"])?;
            writeln!(out, "{} {} {}", finding["path"], finding["range"], finding["environment"])?;
            writeln!(out, "{}", finding["fixes"][0]["edits"][0]["new_text"])?;
            writeln!(out, "{}", document["statistics"])?;
            Ok(())
        };
        check_output(
            &project(&[TABLE, COLUMN]),
            command,
            r#"1 {"errors":1,"files":2,"infos":0,"revisions":2,"warnings":0}
"m/versions/b.py" {"end":{"column":12,"line":6},"start":{"column":5,"line":6}} "alembic.ini"
"\n\n\ndef downgrade():\n    op.drop_column('tasks', 'due')"
{"assumed_tables":[],"suppressed":0,"unknowns":[],"withheld":[]}
"#,
        );
    }

    #[test]
    fn diffs() {
        check_command("--diff", &project(&[TABLE]), "exit 0\n");
        check_command(
            "--diff",
            &project(&[TABLE, EMPTY]),
            "\
--- a/m/versions/b.py
+++ b/m/versions/b.py
@@ -6,4 +6,4 @@
 def upgrade():
     op.add_column('tasks', sa.Column('due', sa.Date))
 def downgrade():
-    pass
+    op.drop_column('tasks', 'due')
exit 1
",
        );
    }

    #[test]
    fn fixes_are_written() {
        let args = Line::parse_from(["check", "--fix"]).args;
        let bom = |text: String| format!("\u{feff}{text}");
        let mut files = project(&[TABLE, EMPTY]);
        for (_, text) in files.iter_mut().skip(3) {
            *text = bom(std::mem::take(text)).replace('\n', "\r\n");
        }
        let command = |start: &Start, out: &mut anstream::StripStream<Vec<u8>>| {
            let code = write(&args, start, out)?;
            let text = std::fs::read_to_string(start.base().join("m/versions/b.py"))?;
            writeln!(out, "exit {code}")?;
            Ok(writeln!(out, "{:?}", text.split("def downgrade").collect::<Vec<_>>().last())?)
        };
        let expect = "Nothing found in 2 revisions.\nexit 0\nSome(\"():\\r\\n    op.drop_column('tasks', 'due')\\r\\n\")\n";
        check_output(&files, command, expect);
    }

    #[test]
    fn older_revisions_are_history() {
        let mut files = project(&[TABLE, COLUMN]);
        files.push(("foreshot.toml", "check-from = 'b'\n".to_owned()));
        check_command("", &files, "Nothing found in 2 revisions.\nexit 0\n");
        let mut files = project(&[TABLE, COLUMN]);
        files.push(("foreshot.toml", "check-from = 'zz9'\n".to_owned()));
        check_command("", &files, "error 2: check-from names zz9");
    }
}
