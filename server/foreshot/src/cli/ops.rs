//! `foreshot ops`

mod describe;
mod parts;
mod shown;

use super::answer::answer;
use super::start::Start;
use super::{Format, Global};
use crate::environment::at;
use crate::failure::{Question, code};
use crate::load;
use crate::style::{FAINT, TITLE, WARNING};
use alembic::evaluate::{Direction, Ended, Evaluation};
use alembic::graph::{Graph, QueryError, Rev};
use anyhow::{Result, anyhow, bail};
use clap::Args;
use describe::Scene;
use project::Environment;
use serde::Serialize;
use shown::Object;
use std::io::Write;

/// Show the operations of a revision as the evaluation finds them
#[derive(Debug, Args)]
pub struct OpsArgs {
    /// The revision, as Alembic takes it (head, a partial id, label@head, rev-1).
    #[arg(value_name = "REV", allow_hyphen_values = true)]
    revision: String,
    /// How to write the answer.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Serialize)]
struct Answer {
    upgrade: Vec<Object>,
    downgrade: Vec<Object>,
    /// What keeps a direction from running to its end.
    #[serde(skip_serializing_if = "Ends::is_empty")]
    ends: Ends,
}

#[derive(Serialize)]
struct Ends {
    #[serde(skip_serializing_if = "Option::is_none")]
    upgrade: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    downgrade: Option<String>,
}

impl Ends {
    fn is_empty(&self) -> bool {
        self.upgrade.is_none() && self.downgrade.is_none()
    }
}

pub fn run(args: &OpsArgs, global: &Global) -> Result<u8> {
    answer(global, args, |start, mut out| write(args, start, &mut out).map(|()| code::DONE))
}

fn write(args: &OpsArgs, start: &Start, out: &mut impl Write) -> Result<()> {
    let environment = load::replayed(start, |graph| {
        let rev = revision(graph, &args.revision)?;
        Ok(Some(vec![graph.id(rev).to_string()]))
    })?;
    let rev = revision(&environment.graph, &args.revision)?;
    let Some((context, history)) = environment.histories.first() else {
        bail!("{}: nothing was replayed", args.revision);
    };
    let Some(point) = history.point(rev) else { bail!("{}: it was not replayed", args.revision) };
    let down = environment.downgrade(context, point);
    let scene = Scene { environment: &environment, dialect: context.dialect, base: start.base() };
    let upgrade = &point.upgrade;
    let downgrade = down.as_ref().map(|down| &down.evaluation);
    let answer = Answer {
        upgrade: upgrade.steps.iter().map(|step| scene.step(step)).collect(),
        downgrade: downgrade.iter().flat_map(|down| down.steps.iter()).map(|step| scene.step(step)).collect(),
        ends: Ends {
            upgrade: end(&scene, upgrade, Direction::Upgrade),
            downgrade: downgrade.and_then(|down| end(&scene, down, Direction::Downgrade)),
        },
    };
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&answer)?)?,
        Format::Text => text(out, &environment, rev, &answer)?,
    }
    Ok(())
}

fn text(out: &mut impl Write, environment: &Environment, rev: Rev, answer: &Answer) -> Result<()> {
    let id = environment.graph.id(rev);
    for (direction, steps, end) in [
        (Direction::Upgrade, &answer.upgrade, &answer.ends.upgrade),
        (Direction::Downgrade, &answer.downgrade, &answer.ends.downgrade),
    ] {
        writeln!(out, "{TITLE}{} of {id}{TITLE:#}", direction.function())?;
        for step in steps {
            step.write_text(out, 1)?;
        }
        match end {
            Some(end) => writeln!(out, "  {WARNING}{end}{WARNING:#}")?,
            None if steps.is_empty() => writeln!(out, "  {FAINT}nothing{FAINT:#}")?,
            None => {}
        }
    }
    Ok(())
}

/// Why a direction does not run to its end.
fn end(scene: &Scene<'_>, evaluation: &Evaluation, direction: Direction) -> Option<String> {
    match &evaluation.ended {
        Ended::Normally => None,
        Ended::Missing => Some(format!("there is no function {}", direction.function())),
        Ended::Raised { class, message, place } => {
            let message = message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
            Some(format!("raises {class}{message} ({})", at(scene.environment, *place, scene.base)))
        }
        Ended::Stopped(unknown) => {
            let place = unknown.place.map(|place| format!(" ({})", at(scene.environment, place, scene.base)));
            Some(format!("cannot be followed to its end: {}{}", unknown.reason, place.unwrap_or_default()))
        }
    }
}

fn revision(graph: &Graph, wanted: &str) -> Result<Rev> {
    let ambiguous = |heads: &[Rev]| {
        let heads: Vec<String> = heads.iter().map(|head| graph.id(*head).to_string()).collect();
        Question(format!(
            "{wanted} is ambiguous, there are {} heads: {}; name one of them as REV",
            heads.len(),
            heads.join(", "),
        ))
    };
    match load::revisions(graph, wanted).as_deref() {
        Ok([rev]) => Ok(*rev),
        Ok([]) => bail!("{wanted}: the base is no revision"),
        Ok(several) => Err(ambiguous(several).into()),
        Err(QueryError::MultipleHeads { .. }) => Err(ambiguous(graph.heads()).into()),
        Err(error) => Err(anyhow!("{wanted}: {error}")),
    }
}

#[cfg(test)]
mod tests;
