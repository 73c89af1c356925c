//! `foreshot heads`

use super::answer::answer;
use super::row::{Layout, Row, Rows};
use super::start::Start;
use super::{Format, Global};
use crate::failure::code;
use crate::load;
use anyhow::Result;
use clap::Args;
use std::io::Write;

/// List the revisions that nothing follows
#[derive(Debug, Args)]
pub struct HeadsArgs {
    /// How to write the answer.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub fn run(args: &HeadsArgs, global: &Global) -> Result<u8> {
    answer(global, args, |start, mut out| write(args, start, &mut out).map(|()| code::DONE))
}

fn write(args: &HeadsArgs, start: &Start, out: &mut impl Write) -> Result<()> {
    let environment = load::history(start)?;
    let graph = &environment.graph;
    let heads = graph.heads();
    match args.format {
        Format::Json => {
            let rows: Vec<Row> = heads.iter().map(|rev| Row::new(&environment, *rev, start.base())).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&Rows { revisions: rows })?)?;
        }
        Format::Text => {
            let layout = Layout::new(graph, heads, true);
            for rev in heads {
                layout.write(out, &environment, *rev, None, start.base())?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{check_output, revision};

    #[track_caller]
    fn check(files: &[(&str, String)], format: Format, expect: &str) {
        check_output(files, |start, out| write(&HeadsArgs { format }, start, out), expect);
    }

    fn ini() -> (&'static str, String) {
        ("alembic.ini", "[alembic]\nscript_location = m\n".into())
    }

    #[test]
    fn heads() {
        let first = ("m/versions/1.py", revision("a1", "None", "First"));
        let second = ("m/versions/2.py", revision("bb2", "'a1'", "Second"));
        let apart = ("m/versions/3.py", revision("c3", "None", "Third") + "depends_on = 'bb2'\n");
        let all = [ini(), first, second, apart];
        let text = "bb2  (head, others depend on it)  Second  after a1\n     m/versions/2.py\n\
                    c3   (head)  Third  base  depends on bb2\n     m/versions/3.py\n";
        check(&all, Format::Text, text);
    }

    #[test]
    fn histories_that_cannot_be_loaded() {
        let orphan = ("m/versions/1.py", revision("a1", "'gone'", "Orphan"));
        check(
            &[ini(), orphan],
            Format::Text,
            "error 2: the history cannot be loaded: m/versions/1.py:3: Revision gone referenced from revision a1 is not \
             present",
        );
        let broken = ("m/versions/1.py", "revision = 'a1'\ndown_revision = (\n".into());
        check(
            &[ini(), broken],
            Format::Text,
            "error 2: the history cannot be loaded: m/versions/1.py:2: syntax error: ",
        );
        let helper = ("m/versions/conftest.py", "x = 1\n".into());
        check(
            &[ini(), helper],
            Format::Text,
            "error 2: the history cannot be loaded: m/versions/conftest.py: it assigns no revision, and its file name is \
             not a revision id",
        );
        check(
            &[ini(), ("m/versions/.keep", String::new())],
            Format::Text,
            "error 2: no migrations found: m/versions has none",
        );
    }

    #[test]
    fn environments_that_cannot_be_told_apart_or_found() {
        let other = |folder: &'static str| (folder, "[alembic]\nscript_location = %(here)s\n".to_owned());
        check(
            &[other("one/alembic.ini"), other("two/alembic.ini")],
            Format::Text,
            "error 3: there are 2 migration environments; choose one:\n  -c one/alembic.ini\n  -c two/alembic.ini",
        );
        check(&[("app.py", String::new())], Format::Text, "error 2: no migration environment found in ");
        check(
            &[ini()],
            Format::Text,
            "error 2: alembic.ini:2: script_location is m, and there is no such directory",
        );
    }
}
