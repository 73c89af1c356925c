//! The settings that rules read.

use super::{Item, Settings};
use advice::{Backfill, Downgrade, Options, UnknownRule};
use alembic::config::ConfigError;
use anyhow::Result;
use camino::Utf8Path;

/// What the command line adds.
#[derive(Debug, Clone, Default)]
pub struct Chosen<'a> {
    /// Stands for the setting `select` if there is any.
    pub select: &'a [String],
    /// Added to the setting `ignore`.
    pub ignore: &'a [String],
}

impl Settings {
    /// Which rules speak, and how; `base` is where patterns of files are relative to if there is no settings file.
    pub fn rules(&self, base: &Utf8Path, chosen: &Chosen<'_>) -> Result<Options> {
        let base = self.file().and_then(Utf8Path::parent).unwrap_or(base);
        let mut options = Options { base: base.to_owned(), ..Options::default() };
        let texts = |items: &[Item]| items.iter().map(|item| item.text.clone()).collect::<Vec<String>>();
        let select = self.items("select");
        let ignore = self.items("ignore");
        // Each list on its own first, so that the message names where the mistake is.
        self.known(select)?;
        self.known(ignore)?;
        let mut off = texts(ignore);
        off.extend_from_slice(chosen.ignore);
        let on = if chosen.select.is_empty() { texts(select) } else { chosen.select.to_vec() };
        options.choose(&on, &off)?;
        for item in self.items("severity") {
            let Ok(severity) = item.text.parse() else {
                let message = format!("severity of {} is '{}'", item.key, item.text);
                return Err(self.error(item, message, "write \"error\", \"warning\" or \"info\""));
            };
            options.set_severity(&item.key, severity).map_err(|error| self.unknown(item, &error))?;
        }
        for item in self.items("per-file-ignores") {
            let rules = std::slice::from_ref(&item.text);
            options.ignore_in(&item.key, rules).map_err(|error| self.unknown(item, &error))?;
        }
        options.check_from = self.items("check-from").first().map(|item| item.text.clone());
        options.downgrade = match self.items("downgrade").first().map(|item| item.text.as_str()) {
            Some("optional") => Downgrade::Optional,
            Some("forbidden") => Downgrade::Forbidden,
            Some(_) => Downgrade::Required,
            None => Downgrade::Unset,
        };
        options.backfill = match self.items("backfill").first().map(|item| item.text.as_str()) {
            Some("server-default") => Backfill::ServerDefault,
            _ => Backfill::ThreeStep,
        };
        Ok(options)
    }

    fn known(&self, items: &[Item]) -> Result<()> {
        for item in items {
            let name = std::slice::from_ref(&item.text);
            Options::default().choose(name, &[]).map_err(|error| self.unknown(item, &error))?;
        }
        Ok(())
    }

    fn unknown(&self, item: &Item, error: &UnknownRule) -> anyhow::Error {
        self.error(item, error.to_string(), "")
    }

    fn error(&self, item: &Item, message: String, remedy: &str) -> anyhow::Error {
        let file = self.file().unwrap_or(Utf8Path::new("foreshot.toml"));
        ConfigError::new(file, Some(item.line), message, remedy).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use advice::{Severity, find_rule};

    fn rules(text: &str, chosen: &Chosen<'_>) -> Result<Options> {
        let settings = Settings::parse(Utf8Path::new("/p/foreshot.toml"), text).unwrap().unwrap_or_default();
        settings.rules(Utf8Path::new("/q"), chosen)
    }

    #[track_caller]
    fn check_error(text: &str, expect: &str) {
        assert_eq!(rules(text, &Chosen::default()).unwrap_err().to_string(), expect, "{text}");
    }

    #[test]
    fn names_of_rules_are_checked() {
        check_error(
            "\nselect = ['unknown-tables']",
            "/p/foreshot.toml:2: there is no rule 'unknown-tables' (did you mean 'unknown-table'?)",
        );
        check_error("ignore = ['zzz']", "/p/foreshot.toml:1: there is no rule 'zzz'");
        check_error("severity = { zzz = 'info' }", "/p/foreshot.toml:1: there is no rule 'zzz'");
        check_error(
            "severity = { unknown-table = 'bad' }",
            "/p/foreshot.toml:1: severity of unknown-table is 'bad' (write \"error\", \"warning\" or \"info\")",
        );
        check_error("per-file-ignores = { 'a/*' = ['zzz'] }", "/p/foreshot.toml:1: there is no rule 'zzz'");
    }

    #[test]
    fn settings_and_flags_together() {
        let (table, column) = (find_rule("unknown-table").unwrap(), find_rule("unknown-column").unwrap());
        let text = "select = ['unknown-table']\nseverity = { unknown-table = 'info' }\ncheck-from = 'a'\ndowngrade = 'optional'";
        let options = rules(text, &Chosen::default()).unwrap();
        assert!(options.is_on(table) && !options.is_on(column));
        assert_eq!(options.severity_of(table), Some(Severity::Info));
        assert_eq!((options.check_from.as_deref(), options.downgrade), (Some("a"), Downgrade::Optional));
        let select = ["unknown-column".to_owned()];
        let options = rules(text, &Chosen { select: &select, ignore: &[] }).unwrap();
        assert!(!options.is_on(table) && options.is_on(column));
        let options = rules("ignore = ['unknown-table']", &Chosen { select: &[], ignore: &select }).unwrap();
        assert!(!options.is_on(table) && !options.is_on(column));
    }
}
