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
        let summary: Vec<&str> = rule.summary().split_whitespace().collect();
        writeln!(out, "{TITLE}{:width$}{TITLE:#}  {severity:7}  {}", rule.name, summary.join(" "))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_rule_command(name: Option<&str>, expect: Result<&str, &str>) {
        let mut out = anstream::StripStream::new(Vec::new());
        let written = write(&RuleArgs { name: name.map(str::to_owned) }, &mut out);
        let text = String::from_utf8(out.into_inner()).unwrap();
        let got = written.map(|()| text).map_err(|error| error.to_string());
        match (&got, expect) {
            (Ok(text), Ok(start)) => assert!(text.starts_with(start), "{text}"),
            (got, expect) => assert_eq!(got.as_deref().map_err(String::as_str), expect),
        }
    }

    #[test]
    fn lists_and_explains() {
        check_rule_command(
            None,
            Ok("unreadable-revision               error    Finds files in a versions folder"),
        );
        check_rule_command(
            Some("multiple-heads"),
            Ok("multiple-heads\nwarning in group graph\n\nWhat it does\n\nFinds histories"),
        );
        check_rule_command(
            Some("multiple-head"),
            Err("there is no rule 'multiple-head' (did you mean 'multiple-heads'?)"),
        );
    }
}
