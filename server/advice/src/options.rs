//! What the settings and the command line say about rules.

use crate::glob::matches;
use crate::rule::{Rule, Severity};
use crate::rules::{RULES, find};
use crate::text::nearest;
use camino::{Utf8Path, Utf8PathBuf};
use std::fmt;

/// Which rules speak, and how.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Options {
    /// The directory that the patterns of `per_file_ignores` are relative to.
    pub base: Utf8PathBuf,
    /// Rules that are off.
    pub off: Vec<&'static str>,
    /// In the place of a rule's own; the last one counts.
    pub severity: Vec<(&'static str, Severity)>,
    /// Rules that are off in the files that a pattern matches.
    pub per_file_ignores: Vec<(String, Vec<&'static str>)>,
    /// This revision and what it follows from are history: replayed, not judged.
    pub check_from: Option<String>,
    pub downgrade: Downgrade,
    pub backfill: Backfill,
}

/// The setting `downgrade`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Downgrade {
    #[default]
    Unset,
    Required,
    Optional,
    Forbidden,
}

/// The setting `backfill`: how a required column comes to a table with rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Backfill {
    #[default]
    ThreeStep,
    ServerDefault,
}

/// A name that no rule has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownRule {
    pub name: String,
    pub nearest: Option<&'static str>,
}

impl Options {
    /// Chooses the rules: `select` alone names all that are on, with a `+` before each name it adds to the default set;
    /// `ignore` takes away.
    pub fn choose(&mut self, select: &[String], ignore: &[String]) -> Result<(), UnknownRule> {
        let (added, only): (Vec<&String>, Vec<&String>) =
            select.iter().partition(|name| name.starts_with('+'));
        let mut on: Vec<&'static str> = Vec::new();
        for name in &only {
            on.push(known(name)?.name);
        }
        for name in &added {
            on.push(known(name.trim_start_matches('+'))?.name);
        }
        let every = only.is_empty();
        let mut off: Vec<&'static str> =
            RULES.iter().map(|rule| rule.name).filter(|name| !every && !on.contains(name)).collect();
        for name in ignore {
            off.push(known(name)?.name);
        }
        self.off = off;
        Ok(())
    }

    pub fn set_severity(&mut self, rule: &str, severity: Severity) -> Result<(), UnknownRule> {
        self.severity.push((known(rule)?.name, severity));
        Ok(())
    }

    /// `rules` are off in files that match `pattern`.
    pub fn ignore_in(&mut self, pattern: &str, rules: &[String]) -> Result<(), UnknownRule> {
        let mut names = Vec::new();
        for rule in rules {
            names.push(known(rule)?.name);
        }
        self.per_file_ignores.push((pattern.to_owned(), names));
        Ok(())
    }

    /// The rules that speak.
    pub(crate) fn rules(&self) -> impl Iterator<Item = &'static Rule> + '_ {
        let forbidden = self.downgrade == Downgrade::Forbidden;
        let about_downgrades = |rule: &Rule| {
            matches!(rule.name, "missing-downgrade" | "empty-downgrade" | "incomplete-downgrade")
        };
        let rules = RULES.iter().copied().filter(|rule| self.is_on(rule));
        rules.filter(move |rule| !(forbidden && about_downgrades(rule)))
    }

    pub fn is_on(&self, rule: &Rule) -> bool {
        !self.off.contains(&rule.name)
    }

    pub fn severity_of(&self, rule: &Rule) -> Option<Severity> {
        self.severity.iter().rev().find(|(name, _)| *name == rule.name).map(|(_, severity)| *severity)
    }

    pub fn is_ignored_in(&self, rule: &Rule, path: &Utf8Path) -> bool {
        let relative = path.strip_prefix(&self.base).unwrap_or(path);
        self.per_file_ignores
            .iter()
            .any(|(pattern, rules)| rules.contains(&rule.name) && matches(pattern, relative.as_str()))
    }
}

fn known(name: &str) -> Result<&'static Rule, UnknownRule> {
    find(name).ok_or_else(|| UnknownRule {
        name: name.to_owned(),
        nearest: nearest(name, RULES.iter().map(|rule| rule.name)),
    })
}

impl fmt::Display for UnknownRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no rule '{}'", self.name)?;
        match self.nearest {
            Some(nearest) => write!(f, " (did you mean '{nearest}'?)"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UnknownRule {}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// `on`: the rules of these two that speak.
    #[track_caller]
    fn check_choice(select: &[&str], ignore: &[&str], on: &[&str]) {
        let mut options = Options::default();
        options.choose(&list(select), &list(ignore)).unwrap();
        let of_two = ["unknown-table", "unknown-column"];
        let found: Vec<&str> = of_two.into_iter().filter(|name| options.is_on(find(name).unwrap())).collect();
        assert_eq!(found, on, "select {select:?} ignore {ignore:?}");
    }

    #[test]
    fn rules_are_chosen() {
        let (table, column) = ("unknown-table", "unknown-column");
        check_choice(&[], &[], &[table, column]);
        check_choice(&[table], &[], &[table]);
        check_choice(&["+unknown-table"], &[], &[table, column]);
        check_choice(&[], &[table], &[column]);
        check_choice(&[table, column], &[column], &[table]);
        check_choice(&["multiple-heads"], &[], &[]);
    }

    #[track_caller]
    fn check_unknown(name: &str, expect: &str) {
        let mut options = Options::default();
        let names = list(&[name]);
        assert_eq!(options.choose(&names, &[]).unwrap_err().to_string(), expect);
        assert_eq!(options.choose(&[], &names).unwrap_err().to_string(), expect);
        assert_eq!(options.set_severity(name, Severity::Info).unwrap_err().to_string(), expect);
        assert_eq!(options.ignore_in("*", &names).unwrap_err().to_string(), expect);
    }

    #[test]
    fn unknown_names_are_told_with_what_was_meant() {
        check_unknown("unkown-table", "there is no rule 'unkown-table' (did you mean 'unknown-table'?)");
        check_unknown("zzzz", "there is no rule 'zzzz'");
    }

    #[test]
    fn files_ignore_rules() {
        let mut options = Options { base: "/p".into(), ..Options::default() };
        options.ignore_in("migrations/versions/0*.py", &list(&["unknown-table"])).unwrap();
        for (path, rule, expect) in [
            ("/p/migrations/versions/01.py", "unknown-table", true),
            ("/p/migrations/versions/01.py", "unknown-column", false),
            ("/p/migrations/versions/11.py", "unknown-table", false),
            ("/q/migrations/versions/01.py", "unknown-table", false),
        ] {
            assert_eq!(
                options.is_ignored_in(find(rule).unwrap(), Utf8Path::new(path)),
                expect,
                "{path} {rule}"
            );
        }
    }

    #[test]
    fn the_last_severity_counts() {
        let mut options = Options::default();
        let rule = find("unknown-table").unwrap();
        assert_eq!(options.severity_of(rule), None);
        options.set_severity("unknown-table", Severity::Info).unwrap();
        options.set_severity("unknown-table", Severity::Warning).unwrap();
        assert_eq!(options.severity_of(rule), Some(Severity::Warning));
    }
}
