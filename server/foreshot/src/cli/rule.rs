//! `foreshot rule`

use crate::style::{FAINT, TITLE};
use advice::{Options, RULES, Rule};
use anyhow::Result;
use clap::Args;
use std::io::Write;

/// List the rules, or explain one
#[derive(Debug, Args)]
pub struct RuleArgs {
    /// The rule to explain.
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

pub fn run(args: &RuleArgs) -> Result<()> {
    write(args, &mut anstream::AutoStream::auto(std::io::stdout()).lock())
}

fn write(args: &RuleArgs, out: &mut impl Write) -> Result<()> {
    match &args.name {
        None => list(out),
        Some(name) => {
            // The same words as for a setting that names no rule.
            Options::default().choose(std::slice::from_ref(name), &[])?;
            match advice::find_rule(name.trim_start_matches('+')) {
                Some(rule) => page(out, rule),
                None => Ok(()),
            }
        }
    }
}

fn list(out: &mut impl Write) -> Result<()> {
    let width = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    for rule in RULES {
        let severity = rule.severity.name();
        writeln!(out, "{TITLE}{:width$}{TITLE:#}  {severity:7}  {}", rule.name, rule.summary())?;
    }
    Ok(())
}

fn page(out: &mut impl Write, rule: &Rule) -> Result<()> {
    writeln!(out, "{TITLE}{}{TITLE:#}", rule.name)?;
    writeln!(out, "{FAINT}{} in group {}{FAINT:#}\n", rule.severity, rule.group.name())?;
    for line in rule.doc.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line);
        match line.strip_prefix("## ") {
            Some(heading) => writeln!(out, "{TITLE}{heading}{TITLE:#}")?,
            None => writeln!(out, "{line}")?,
        }
    }
    Ok(())
}
