//! What is said about a configuration that makes no environment.

use crate::finding::Finding;
use crate::options::Options;
use crate::rule::Hook;
use crate::rules::RULES;
use crate::sink::{Collected, Sink, Unit};
use crate::view::ConfigurationView;
use alembic::config::ConfigError;
use project::Store;
use python::ast::Span;

/// The findings about a configuration that cannot be used, whatever it was meant to describe.
pub fn check_configuration(error: &ConfigError, store: &Store, options: &Options) -> Vec<Finding> {
    // Where the findings are shown, the text is asked for.
    let parsed = store.parsed(&error.file);
    let line = error.line.and_then(|line| parsed.line_index().line(line.checked_sub(1)?));
    let span = line.map(|line| Span { start: line.start, end: line.end }).unwrap_or_default();
    let view = ConfigurationView { error, file: parsed.file, span };
    let unit = Unit { environment: error.file.as_str().into(), ..Unit::default() };
    let mut out = Collected::default();
    let speaks = |rule: &&&crate::Rule| options.is_on(rule) && !options.is_ignored_in(rule, &error.file);
    for rule in RULES.iter().filter(speaks) {
        if let Hook::Configuration(check) = rule.hook {
            check(&view, &mut Sink { rule, unit: &unit, out: &mut out });
        }
    }
    let mut findings: Vec<Finding> = out.findings.into_iter().map(|raw| raw.finding).collect();
    for finding in &mut findings {
        finding.severity = options.severity_of(finding.rule).unwrap_or(finding.severity);
    }
    findings
}
