//! `foreshot history`

use super::answer::answer;
use super::row::{Layout, Row, Rows};
use super::start::Start;
use super::{Format, Global};
use crate::failure::code;
use crate::load;
use alembic::graph::{Graph, Ids, Rev};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::io::Write;

/// List the revisions, newest first
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// Only these revisions, both ends included: FROM:TO, FROM: or :TO.
    #[arg(short, long, value_name = "RANGE", allow_hyphen_values = true)]
    rev_range: Option<String>,
    /// How to write the answer.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub fn run(args: &HistoryArgs, global: &Global) -> Result<u8> {
    answer(global, args, |start, mut out| write(args, start, &mut out).map(|()| code::DONE))
}

fn write(args: &HistoryArgs, start: &Start, out: &mut impl Write) -> Result<()> {
    let environment = load::history(start)?;
    let graph = &environment.graph;
    let revs = match &args.rev_range {
        Some(range) => select(graph, range).with_context(|| format!("--rev-range {range}"))?,
        None => graph.walk_revisions(&Ids::Base, &Ids::from("heads"))?,
    };
    match args.format {
        Format::Json => {
            let rows: Vec<Row> = revs.iter().map(|rev| Row::new(&environment, *rev, start.base())).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&Rows { revisions: rows })?)?;
        }
        Format::Text => {
            let layout = Layout::new(graph, &revs, start.verbose);
            for (index, rev) in revs.iter().enumerate() {
                layout.write(out, &environment, *rev, revs.get(index + 1).copied(), start.base())?;
            }
        }
    }
    Ok(())
}

fn select(graph: &Graph, range: &str) -> Result<Vec<Rev>> {
    let Some((from, to)) = range.split_once(':') else {
        bail!("write FROM:TO, FROM: or :TO");
    };
    if [from, to].iter().any(|end| end.split(['+', '-']).next() == Some("current")) {
        bail!("only a database knows what is current there; name a revision");
    }
    let from = if from.is_empty() { "base" } else { from };
    let to = if to.is_empty() { "heads" } else { to };
    Ok(graph.walk_revisions(&Ids::from(from), &Ids::from(to))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{check_output, revision};

    fn files() -> Vec<(&'static str, String)> {
        vec![
            ("alembic.ini", "[alembic]\nscript_location = m\n".into()),
            ("m/versions/1_a.py", revision("a1", "None", "First")),
            ("m/versions/2_b.py", revision("b2", "'a1'", "Left") + "branch_labels = 'left'\n"),
            ("m/versions/3_c.py", revision("c3", "'a1'", "Right")),
            ("m/versions/4_m.py", revision("m4", "('b2', 'c3')", "")),
            ("m/versions/5_d.py", revision("d5", "None", "Apart") + "depends_on = 'b2'\n"),
        ]
    }

    #[track_caller]
    fn check(range: Option<&str>, format: Format, expect: &str) {
        let args = HistoryArgs { rev_range: range.map(str::to_owned), format };
        check_output(&files(), |start, out| write(&args, start, out), expect);
    }

    #[test]
    fn text() {
        check(
            None,
            Format::Text,
            "m4  (head)  (no message)  merges b2, c3\n\
             d5  (head)  Apart  base  depends on b2\n\
             b2  [left]  Left  after a1\n\
             c3  Right\n\
             a1  First  base  branch point of b2, c3\n",
        );
        check(
            Some("b2:m4"),
            Format::Text,
            "m4  (head)  (no message)  merges b2, c3\nb2  [left]  Left  after a1\n",
        );
        check(Some(":b2"), Format::Text, "b2  [left]  Left\na1  First  base  branch point of b2, c3\n");
    }

    #[test]
    fn json() {
        check(
            Some("d5:d5"),
            Format::Json,
            r#"{
  "revisions": [
    {
      "revision": "d5",
      "down_revision": [],
      "depends_on": [
        "b2"
      ],
      "branch_labels": [],
      "message": "Apart",
      "path": "m/versions/5_d.py",
      "is_head": true,
      "is_base": true,
      "is_merge": false,
      "is_branch_point": false
    }
  ]
}
"#,
        );
    }

    #[test]
    fn ranges_that_make_no_sense() {
        for (range, expect) in [
            ("b2", "error 2: --rev-range b2: write FROM:TO, FROM: or :TO"),
            (
                "current:",
                "error 2: --rev-range current:: only a database knows what is current there; name a revision",
            ),
            ("zzzz:", "error 2: --rev-range zzzz:: No such revision or branch 'zzzz'"),
            (
                "c3:b2",
                "error 2: --rev-range c3:b2: Requested range c3:b2 does not refer to ancestor/descendant revisions along \
                 the same branch",
            ),
        ] {
            check(Some(range), Format::Text, expect);
        }
    }
}
