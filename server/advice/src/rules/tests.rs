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
