use super::*;
use crate::rule::{Rule as _Rule, Severity};
use rustc_hash::FxHashSet;

#[test]
fn every_rule_has_a_whole_page() {
    for rule in RULES {
        let headings: Vec<&str> =
            rule.doc.lines().filter_map(|line| line.trim_start().strip_prefix("## ")).collect();
        assert_eq!(headings, _Rule::HEADINGS, "{}", rule.name);
        let bodies = rule.doc.split("## ").skip(1);
        for body in bodies {
            let text = body.split_once('\n').map(|(_, text)| text.trim()).unwrap_or_default();
            assert!(!text.is_empty(), "{}: {body}", rule.name);
        }
        assert!(
            !rule.summary().is_empty() && rule.summary().len() < 160,
            "{}: {}",
            rule.name,
            rule.summary()
        );
    }
}

#[test]
fn names_are_names() {
    let mut seen = FxHashSet::default();
    for rule in RULES {
        assert!(rule.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", rule.name);
        assert!(seen.insert(rule.name), "{} twice", rule.name);
        assert!(rule.severity > Severity::Info || rule.name.starts_with("un"), "{}", rule.name);
        assert_eq!(find(rule.name).map(|found| found.name), Some(rule.name));
    }
}

/// The README's table of rules is this; `UPDATE=1` in the environment rewrites it.
#[test]
fn the_readme_lists_the_rules() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (start, end) = ("<!-- rules:start -->\n", "<!-- rules:end -->");
    let (before, rest) = readme.split_once(start).unwrap();
    let (known, after) = rest.split_once(end).unwrap();
    let mut table = String::from("| rule | severity | fix | what it finds |\n|---|---|---|---|\n");
    for rule in RULES {
        let fix = if rule.has_fix() { "yes" } else { "" };
        let (name, severity, summary) = (rule.name, rule.severity, rule.summary());
        let summary = summary.strip_prefix("Finds ").unwrap_or(summary).replace('\n', " ");
        let summary: Vec<&str> = summary.split_whitespace().collect();
        table.push_str(&format!("| `{name}` | {severity} | {fix} | {} |\n", summary.join(" ")));
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, format!("{before}{start}{table}{end}{after}")).unwrap();
    } else {
        assert_eq!(known, table, "README.md is stale: run the test with UPDATE=1");
    }
}
