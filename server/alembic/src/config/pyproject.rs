//! The table `[tool.alembic]` of pyproject.toml.

use super::ConfigError;
use camino::Utf8Path;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The table `[tool.alembic]`, with `%(here)s` and `%%` replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pyproject {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub key: String,
    pub value: Value,
    /// 1-based.
    pub line: u32,
}

/// The kinds of values that Alembic takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    List(Vec<String>),
    Bool(bool),
    Int(i64),
    /// An array of tables of strings (`post_write_hooks`).
    Tables(Vec<Vec<(String, String)>>),
}

impl Pyproject {
    /// The table of the file at `path` with this `text`; `None` if it has no `[tool.alembic]`.
    ///
    /// A file that is not TOML is an error only if it speaks of Alembic.
    pub fn parse(path: &Utf8Path, text: &str) -> Result<Option<Pyproject>, ConfigError> {
        if !text.contains("alembic") {
            return Ok(None);
        }
        let document = match DeTable::parse(text) {
            Ok(document) => document,
            Err(_) if !text.contains("tool.alembic") => return Ok(None),
            Err(error) => {
                let line = error.span().map(|span| line_of(text, span.start));
                return Err(ConfigError::new(path, line, error.message(), "this is not valid TOML"));
            }
        };
        let Some(table) = document.get_ref().get("tool").and_then(|tool| tool.get_ref().get("alembic"))
        else {
            return Ok(None);
        };
        let reader = Reader { path, text };
        let Some(table) = table.get_ref().as_table() else {
            return Err(reader.error(table.span(), "tool.alembic is not a table", "write [tool.alembic]"));
        };
        let mut entries = Vec::new();
        for (key, value) in table.iter() {
            let line = line_of(text, key.span().start);
            entries.push(Entry { key: key.get_ref().to_string(), value: reader.value(key, value)?, line });
        }
        Ok(Some(Pyproject { entries }))
    }

    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

struct Reader<'a> {
    path: &'a Utf8Path,
    text: &'a str,
}

impl Reader<'_> {
    fn value(
        &self,
        key: &Spanned<toml::de::DeString<'_>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<Value, ConfigError> {
        let unsupported = || {
            self.error(
                value.span(),
                format!("{} is a {}", key.get_ref(), value.get_ref().type_str()),
                "Alembic takes strings, booleans, integers and lists of strings here",
            )
        };
        Ok(match value.get_ref() {
            DeValue::String(text) => Value::Text(self.interpolate(text, value.span())?),
            DeValue::Boolean(value) => Value::Bool(*value),
            DeValue::Integer(number) => Value::Int(
                i64::from_str_radix(&number.as_str().replace('_', ""), number.radix())
                    .map_err(|_| unsupported())?,
            ),
            DeValue::Array(items) if items.iter().any(|item| item.get_ref().is_table()) => {
                Value::Tables(items.iter().map(|item| self.table(item)).collect::<Result<_, _>>()?)
            }
            DeValue::Array(items) => Value::List(
                items
                    .iter()
                    .map(|item| {
                        let text = item.get_ref().as_str().ok_or_else(unsupported)?;
                        self.interpolate(text, item.span())
                    })
                    .collect::<Result<_, _>>()?,
            ),
            DeValue::Table(_) => Value::Tables(vec![self.table(value)?]),
            _ => return Err(unsupported()),
        })
    }

    fn table(&self, value: &Spanned<DeValue<'_>>) -> Result<Vec<(String, String)>, ConfigError> {
        let table = value.get_ref().as_table().into_iter().flat_map(DeTable::iter);
        let texts = table.filter_map(|(key, value)| Some((key, value.get_ref().as_str()?, value.span())));
        texts
            .map(|(key, text, span)| Ok((key.get_ref().to_string(), self.interpolate(text, span)?)))
            .collect()
    }

    /// Python's `text % {"here": ...}`.
    fn interpolate(&self, text: &str, span: Range<usize>) -> Result<String, ConfigError> {
        let here = self.path.parent().unwrap_or(Utf8Path::new("."));
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('%') {
            out.push_str(before);
            if let Some(after) = after.strip_prefix('%') {
                out.push('%');
                rest = after;
            } else if let Some(after) = after.strip_prefix("(here)s") {
                out.push_str(here.as_str());
                rest = after;
            } else {
                return Err(self.error(
                    span,
                    format!("only %(here)s and %% mean something in '{text}'"),
                    "write a literal percent sign as %%",
                ));
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    fn error(
        &self,
        span: Range<usize>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> ConfigError {
        ConfigError::new(self.path, Some(line_of(self.text, span.start)), message, remedy)
    }
}

/// The 1-based line of a byte.
pub fn line_of(text: &str, offset: usize) -> u32 {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    before.iter().filter(|byte| **byte == b'\n').count() as u32 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Option<Pyproject>, ConfigError> {
        Pyproject::parse(Utf8Path::new("/p/pyproject.toml"), text)
    }

    #[track_caller]
    fn check_value(text: &str, expect: Value) {
        let parsed = parse(&format!("[tool.alembic]\nk = {text}")).unwrap().unwrap();
        let entry = parsed.get("k").unwrap();
        assert_eq!((&entry.value, entry.line), (&expect, 2), "{text}");
    }

    #[track_caller]
    fn check_error(text: &str, line: u32, part: &str) {
        let error = parse(text).unwrap_err();
        assert!(error.line == Some(line) && error.message.contains(part), "{error:?}");
    }

    #[test]
    fn values() {
        check_value("'%(here)s/m'", Value::Text("/p/m".into()));
        check_value("'%%(rev)s'", Value::Text("%(rev)s".into()));
        check_value("['a', '%(here)s']", Value::List(vec!["a".into(), "/p".into()]));
        check_value("[]", Value::List(vec![]));
        check_value("true", Value::Bool(true));
        check_value("4_0", Value::Int(40));
        check_value(
            "[{name = 'black', type = 'console_scripts'}]",
            Value::Tables(vec![vec![
                ("name".into(), "black".into()),
                ("type".into(), "console_scripts".into()),
            ]]),
        );
    }

    #[test]
    fn absent_tables() {
        for text in
            ["", "[tool.black]\nline-length = 100", "[project]\ndependencies = ['alembic']", "alembic = ["]
        {
            assert_eq!(parse(text), Ok(None), "{text}");
        }
    }

    #[test]
    fn errors() {
        check_error("[tool.alembic]\nk = 'a'\nl = [", 3, "");
        check_error("[tool.alembic]\nk = '%(rev)s'", 2, "only %(here)s");
        check_error("[tool.alembic]\n\nk = 1.5", 3, "k is a float");
        check_error("[tool.alembic]\nk = [1]", 2, "k is a array");
        check_error("[tool]\nalembic = 1", 2, "not a table");
    }
}
