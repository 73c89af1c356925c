//! The settings of a project: `foreshot.toml`, or `[tool.foreshot]` in pyproject.toml.

mod keys;
mod rules;

use alembic::config::ConfigError;
use alembic::config::pyproject::line_of;
use anyhow::{Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use fact::files::{Files, ReadError, normalize};
use keys::{KEYS, Kind};
pub use rules::Chosen;
use schema::Dialect;
use schema::naming::NamingConvention;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The settings of a project, checked against the list of keys. Without a file: none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    file: Option<Utf8PathBuf>,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    /// Without the `tool.foreshot.` prefix.
    key: &'static str,
    values: Vec<Item>,
}

/// One string of a setting (a flag is `true` or `false`; of a table, the right side) and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Item {
    /// The left side, in a table.
    key: String,
    text: String,
    line: u32,
}

impl Settings {
    /// The settings that apply in `start`: from there upwards to the root of the repository unless it was `explicit`.
    pub fn find(files: &dyn Files, start: &Utf8Path, explicit: bool) -> Result<Settings> {
        for directory in start.ancestors() {
            for name in ["foreshot.toml", "pyproject.toml"] {
                let path = directory.join(name);
                match files.read(&path) {
                    Err(ReadError::Missing) => {}
                    Err(error) if name == "foreshot.toml" => bail!("{path}: {error}"),
                    Err(_) => {}
                    Ok(text) => {
                        if let Some(settings) = Settings::parse(&path, &text)? {
                            return Ok(settings);
                        }
                    }
                }
            }
            if explicit || files.kind(&directory.join(".git")).is_some() {
                break;
            }
        }
        Ok(Settings::default())
    }

    /// The settings in a file; `None` for a pyproject.toml that has none.
    pub fn parse(path: &Utf8Path, text: &str) -> Result<Option<Settings>, ConfigError> {
        let nested = path.file_name() == Some("pyproject.toml");
        if nested && !text.contains("foreshot") {
            return Ok(None);
        }
        let document = match DeTable::parse(text) {
            Ok(document) => document,
            Err(_) if nested && !text.contains("tool.foreshot") => return Ok(None),
            Err(error) => {
                let line = error.span().map(|span| line_of(text, span.start));
                return Err(ConfigError::new(path, line, error.message(), "this is not valid TOML"));
            }
        };
        let mut reader = Reader { path, text, entries: Vec::new() };
        if nested {
            let tool = document.get_ref().get("tool").and_then(|tool| tool.get_ref().get("foreshot"));
            let Some(table) = tool else { return Ok(None) };
            let Some(inner) = table.get_ref().as_table() else {
                return Err(reader.error(
                    table.span(),
                    "tool.foreshot is not a table",
                    "write [tool.foreshot]",
                ));
            };
            reader.table("", inner)?;
        } else {
            reader.table("", document.get_ref())?;
        }
        Ok(Some(Settings { file: Some(path.to_owned()), entries: reader.entries }))
    }

    /// The file that the settings come from.
    pub fn file(&self) -> Option<&Utf8Path> {
        self.file.as_deref()
    }

    /// `dialects`.
    pub fn dialects(&self) -> Result<Vec<Dialect>> {
        self.items("dialects")
            .iter()
            .map(|item| {
                parse_dialect(&item.text).map_err(|message| {
                    let file = self.file.as_deref().unwrap_or(Utf8Path::new("foreshot.toml"));
                    ConfigError::new(file, Some(item.line), message, "write NAME or NAME:VERSION").into()
                })
            })
            .collect()
    }

    /// The line of `dialects`, for messages.
    pub fn dialects_line(&self) -> Option<u32> {
        self.items("dialects").first().map(|item| item.line)
    }

    /// `paths.versions`, made absolute.
    pub fn versions(&self) -> Vec<Utf8PathBuf> {
        self.paths("paths.versions")
    }

    /// `paths.source-roots`, made absolute.
    pub fn source_roots(&self) -> Vec<Utf8PathBuf> {
        self.paths("paths.source-roots")
    }

    /// `paths.python`, made absolute, and its line.
    pub fn python(&self) -> Option<(Utf8PathBuf, u32)> {
        let line = self.items("paths.python").first()?.line;
        Some((self.paths("paths.python").into_iter().next()?, line))
    }

    /// `recursive`.
    pub fn recursive(&self) -> bool {
        self.items("recursive").iter().any(|item| item.text == "true")
    }

    /// `naming-convention`: it stands for the one that env.py passes.
    pub fn naming(&self) -> Option<NamingConvention> {
        let items = self.items("naming-convention");
        let template =
            |key: &str| items.iter().find(|item| item.key == key).map(|item| item.text.as_str().into());
        (!items.is_empty()).then(|| NamingConvention {
            ix: template("ix"),
            uq: template("uq"),
            ck: template("ck"),
            fk: template("fk"),
            pk: template("pk"),
            ..NamingConvention::empty()
        })
    }

    /// The line of `naming-convention`, for messages.
    pub fn naming_line(&self) -> Option<u32> {
        self.items("naming-convention").first().map(|item| item.line)
    }

    fn paths(&self, key: &str) -> Vec<Utf8PathBuf> {
        let base = self.file.as_deref().and_then(Utf8Path::parent).unwrap_or(Utf8Path::new(""));
        self.items(key).iter().map(|item| normalize(&base.join(&item.text))).collect()
    }

    fn items(&self, key: &str) -> &[Item] {
        let entry = self.entries.iter().find(|entry| entry.key == key);
        entry.map(|entry| entry.values.as_slice()).unwrap_or_default()
    }
}

/// Reads `NAME` or `NAME:VERSION`.
pub fn parse_dialect(text: &str) -> Result<Dialect, String> {
    let (name, version) = match text.split_once(':') {
        Some((name, version)) => (name, Some(version)),
        None => (text, None),
    };
    let names = schema::dialect::Kind::ALL.map(|kind| kind.name());
    let Ok(kind) = name.parse() else {
        return Err(format!("there is no dialect '{name}'{} ", keys::meant(name, names))
            .trim_end()
            .to_owned());
    };
    let number = |text: &str| text.parse::<u16>().map_err(|_| format!("'{text}' is no version of {name}"));
    let version = match version {
        None => None,
        Some(version) => match version.split_once('.') {
            Some((major, minor)) => {
                Some((number(major)?, number(minor.split('.').next().unwrap_or_default())?))
            }
            None => Some((number(version)?, 0)),
        },
    };
    Ok(Dialect { kind, version })
}

struct Reader<'a> {
    path: &'a Utf8Path,
    text: &'a str,
    entries: Vec<Entry>,
}

impl Reader<'_> {
    fn table(&mut self, prefix: &str, table: &DeTable<'_>) -> Result<(), ConfigError> {
        for (name, value) in table.iter() {
            let key = match prefix {
                "" => name.get_ref().to_string(),
                prefix => format!("{prefix}.{}", name.get_ref()),
            };
            if let Some((key, kind)) = KEYS.iter().find(|(known, _)| *known == key) {
                self.entry(key, *kind, value)?;
            } else if KEYS
                .iter()
                .any(|(known, _)| known.strip_prefix(key.as_str()).is_some_and(|rest| rest.starts_with('.')))
            {
                match value.get_ref().as_table() {
                    Some(table) => self.table(&key, table)?,
                    None => {
                        let remedy = format!("write [{key}]");
                        return Err(self.error(value.span(), format!("{key} is not a table"), remedy));
                    }
                }
            } else {
                let meant = keys::meant(&key, KEYS.iter().map(|(known, _)| *known));
                return Err(self.error(name.span(), format!("there is no setting '{key}'{meant}"), ""));
            }
        }
        Ok(())
    }

    fn entry(
        &mut self,
        key: &'static str,
        kind: Kind,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<(), ConfigError> {
        let wrong = |at: &Spanned<DeValue<'_>>| {
            self.error(at.span(), format!("{key} has a value of the wrong kind"), kind.describe())
        };
        let item = |at: &Spanned<DeValue<'_>>, text: &str| Item {
            key: String::new(),
            text: text.to_owned(),
            line: self.line(at.span()),
        };
        let mut values = Vec::new();
        match (kind, value.get_ref()) {
            (Kind::Flag, DeValue::Boolean(flag)) => values.push(item(value, &flag.to_string())),
            (Kind::Text | Kind::TextOrTexts, DeValue::String(text)) => values.push(item(value, text)),
            (Kind::Texts | Kind::TextOrTexts, DeValue::Array(items)) => {
                for one in items.iter() {
                    values.push(item(one, one.get_ref().as_str().ok_or_else(|| wrong(one))?));
                }
            }
            (Kind::OneOf(words), DeValue::String(text)) => {
                if !words.contains(&text.as_ref()) {
                    let meant = keys::meant(text, words.iter().copied());
                    let message = format!("{key} is '{text}'{meant}");
                    return Err(self.error(value.span(), message, kind.describe()));
                }
                values.push(item(value, text));
            }
            (Kind::TextTable, DeValue::Table(table)) => {
                for (key, one) in table.iter() {
                    let text = one.get_ref().as_str().ok_or_else(|| wrong(one))?;
                    values.push(Item { key: key.get_ref().to_string(), ..item(one, text) });
                }
            }
            (Kind::TextsTable, DeValue::Table(table)) => {
                for (key, list) in table.iter() {
                    for one in list.get_ref().as_array().ok_or_else(|| wrong(list))?.iter() {
                        let text = one.get_ref().as_str().ok_or_else(|| wrong(one))?;
                        values.push(Item { key: key.get_ref().to_string(), ..item(one, text) });
                    }
                }
            }
            (Kind::Table, DeValue::Table(_)) => {}
            _ => return Err(wrong(value)),
        }
        self.entries.push(Entry { key, values });
        Ok(())
    }

    fn line(&self, span: Range<usize>) -> u32 {
        line_of(self.text, span.start)
    }

    fn error(
        &self,
        span: Range<usize>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> ConfigError {
        ConfigError::new(self.path, Some(self.line(span)), message, remedy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fact::files::Memory;

    fn parse(text: &str) -> Result<Option<Settings>, ConfigError> {
        Settings::parse(Utf8Path::new("/p/foreshot.toml"), text)
    }

    #[track_caller]
    fn check_error(text: &str, expect: &str) {
        assert_eq!(parse(text).unwrap_err().to_string(), format!("/p/foreshot.toml{expect}"), "{text}");
    }

    #[track_caller]
    fn check_dialect(text: &str, expect: Result<&str, &str>) {
        let got = parse_dialect(text).map(|dialect| match dialect.version {
            Some((major, minor)) => format!("{} {major} {minor}", dialect.kind),
            None => dialect.kind.to_string(),
        });
        assert_eq!(got.as_deref().map_err(String::as_str), expect, "{text}");
    }

    #[test]
    fn every_key_is_accepted() {
        for (key, kind) in KEYS {
            let value = match kind {
                Kind::Text | Kind::TextOrTexts => "'x'",
                Kind::Texts => "['x', 'y']",
                Kind::Flag => "true",
                Kind::OneOf(words) => &format!("'{}'", words[0]),
                Kind::TextTable => "{ a = 'x' }",
                Kind::TextsTable => "{ 'a/*' = ['x'] }",
                Kind::Table => "{}",
            };
            assert!(parse(&format!("{key} = {value}")).is_ok(), "{key}");
            let wrong = if matches!(kind, Kind::Flag) { "'x'" } else { "1" };
            assert!(parse(&format!("{key} = {wrong}")).is_err(), "{key}");
        }
    }

    #[test]
    fn values() {
        let settings = parse("dialects = ['postgresql:16', 'sqlite']\nrecursive = true\n[paths]\nversions = ['a', '/b']\nsource-roots = ['../src']").unwrap().unwrap();
        let dialects: Vec<String> = settings.dialects().unwrap().iter().map(|d| d.kind.to_string()).collect();
        assert_eq!(dialects, ["postgresql", "sqlite"]);
        assert_eq!(settings.versions(), ["/p/a", "/b"]);
        assert_eq!(settings.source_roots(), ["/src"]);
        assert!(settings.recursive() && settings.dialects_line() == Some(1));
    }

    #[test]
    fn errors_name_file_line_and_what_was_meant() {
        check_error("\ndialect = ['sqlite']", ":2: there is no setting 'dialect' (did you mean 'dialects'?)");
        check_error(
            "[paths]\nversion = ['a']",
            ":2: there is no setting 'paths.version' (did you mean 'paths.versions'?)",
        );
        check_error("zzzzzzzz = 1", ":1: there is no setting 'zzzzzzzz'");
        check_error("paths = 1", ":1: paths is not a table (write [paths])");
        check_error(
            "dialects = 'sqlite'",
            ":1: dialects has a value of the wrong kind (write a list of strings)",
        );
        check_error(
            "dialects = [\n'sqlite',\n1]",
            ":3: dialects has a value of the wrong kind (write a list of strings)",
        );
        check_error(
            "downgrade = 'optionel'",
            ":1: downgrade is 'optionel' (did you mean 'optional'?) (write 'required', 'optional' or 'forbidden')",
        );
        let error = parse("\ndialects = ['postgres']").unwrap().unwrap().dialects().unwrap_err().to_string();
        assert_eq!(
            error,
            "/p/foreshot.toml:2: there is no dialect 'postgres' (did you mean 'postgresql'?) (write NAME or NAME:VERSION)"
        );
        assert!(parse("a = [").unwrap_err().to_string().contains("this is not valid TOML"));
    }

    #[test]
    fn dialects() {
        check_dialect("postgresql", Ok("postgresql"));
        check_dialect("mysql:8.0", Ok("mysql 8 0"));
        check_dialect("mariadb:10.11.2", Ok("mariadb 10 11"));
        check_dialect("postgresql:16", Ok("postgresql 16 0"));
        check_dialect("postgresql:new", Err("'new' is no version of postgresql"));
        check_dialect("oracle", Err("there is no dialect 'oracle'"));
    }

    #[track_caller]
    fn check_found(files: &[(&str, &str)], start: &str, explicit: bool, expect: Option<&str>) {
        let files = Memory::from_iter(files.iter().copied());
        let settings = Settings::find(&files, Utf8Path::new(start), explicit).unwrap();
        assert_eq!(settings.file().map(Utf8Path::as_str), expect);
    }

    #[test]
    fn files() {
        let nested = ("/r/pyproject.toml", "[tool.foreshot]\nrecursive = true");
        let own = ("/r/foreshot.toml", "recursive = true");
        check_found(&[nested], "/r/a/b", false, Some("/r/pyproject.toml"));
        check_found(&[nested, own], "/r/a/b", false, Some("/r/foreshot.toml"));
        check_found(&[nested], "/r/a/b", true, None);
        check_found(&[nested], "/r", true, Some("/r/pyproject.toml"));
        check_found(&[nested, ("/r/a/.git/HEAD", "")], "/r/a/b", false, None);
        check_found(&[("/r/pyproject.toml", "[tool.black]\n# not foreshot\n")], "/r", false, None);
        check_found(&[("/r/pyproject.toml", "foreshot = [")], "/r", false, None);
    }
}
