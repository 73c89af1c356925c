//! Plain data that keeps the order of its keys, as JSON and as text.

use crate::style::{FAINT, REVISION, WARNING};
use fact::{Fact, Name};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::io::{self, Write};
use std::sync::Arc;

/// One value of an [`Object`].
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    None,
    Flag(bool),
    Number(i64),
    Text(String),
    List(Vec<Shown>),
    Object(Object),
}

/// Keys and values in the order in which they were put in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Object(Vec<(String, Shown)>);

impl Object {
    pub fn new(op: &str) -> Object {
        Object::default().with("op", op)
    }

    pub fn with(mut self, key: &str, value: impl Into<Shown>) -> Object {
        self.0.push((key.to_owned(), value.into()));
        self
    }

    /// Puts `value` in if there is one.
    pub fn given(self, key: &str, value: Option<impl Into<Shown>>) -> Object {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Puts `key` in if it holds.
    pub fn flag(self, key: &str, holds: bool) -> Object {
        self.given(key, holds.then_some(true))
    }

    pub fn list<T: Into<Shown>>(self, key: &str, items: impl IntoIterator<Item = T>) -> Object {
        self.with(key, Shown::List(items.into_iter().map(Into::into).collect()))
    }

    /// [`Object::list`] if there is something to list.
    pub fn some<T: Into<Shown>>(self, key: &str, items: impl IntoIterator<Item = T>) -> Object {
        let mut items = items.into_iter().peekable();
        if items.peek().is_none() { self } else { self.list(key, items) }
    }

    /// One line of what is plain, and one for each object inside it.
    pub fn write_text(&self, out: &mut impl Write, depth: usize) -> io::Result<()> {
        let indent = "  ".repeat(depth);
        write!(out, "{indent}")?;
        let mut first = true;
        for (key, value) in &self.0 {
            if matches!(key.as_str(), "path" | "range") || value.is_nested() {
                continue;
            }
            let space = if std::mem::take(&mut first) { "" } else { " " };
            match (key.as_str(), value) {
                ("op", Shown::Text(op)) => write!(out, "{space}{REVISION}{op}{REVISION:#}")?,
                ("unknown", Shown::Text(reason)) => {
                    write!(out, "{space}{WARNING}(not known: {reason}){WARNING:#}")?;
                }
                (key, value) => write!(out, "{space}{FAINT}{key}={FAINT:#}{}", value.text())?,
            }
        }
        if let Some(place) = self.place() {
            write!(out, "  {FAINT}{place}{FAINT:#}")?;
        }
        writeln!(out)?;
        for (key, value) in self.0.iter().filter(|(key, value)| key != "range" && value.is_nested()) {
            value.write_nested(out, key, depth + 1)?;
        }
        Ok(())
    }

    fn get(&self, wanted: &str) -> Option<&Shown> {
        self.0.iter().find(|(key, _)| key == wanted).map(|(_, value)| value)
    }

    /// `path:line`
    fn place(&self) -> Option<String> {
        let (Shown::Text(path), Shown::Object(range)) = (self.get("path")?, self.get("range")?) else {
            return None;
        };
        let Shown::Object(start) = range.get("start")? else { return None };
        let Shown::Number(line) = start.get("line")? else { return None };
        Some(format!("{path}:{line}"))
    }
}

impl Shown {
    fn is_nested(&self) -> bool {
        match self {
            Shown::Object(_) => true,
            Shown::List(items) => items.iter().any(Shown::is_nested),
            _ => false,
        }
    }

    fn text(&self) -> String {
        match self {
            Shown::None => "None".to_owned(),
            Shown::Flag(flag) => flag.to_string(),
            Shown::Number(number) => number.to_string(),
            Shown::Text(text) if text.is_empty() || text.contains([' ', '\n', '=']) => format!("{text:?}"),
            Shown::Text(text) => text.clone(),
            Shown::List(items) => {
                format!("[{}]", items.iter().map(Shown::text).collect::<Vec<_>>().join(", "))
            }
            Shown::Object(_) => String::new(),
        }
    }

    fn write_nested(&self, out: &mut impl Write, key: &str, depth: usize) -> io::Result<()> {
        let items = match self {
            Shown::List(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        writeln!(out, "{}{FAINT}{key}{FAINT:#}", "  ".repeat(depth))?;
        for item in items {
            match item {
                Shown::Object(object) => object.write_text(out, depth + 1)?,
                Shown::List(_) => item.write_nested(out, "either", depth + 1)?,
                plain => writeln!(out, "{}{}", "  ".repeat(depth + 1), plain.text())?,
            }
        }
        Ok(())
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Shown::None => serializer.serialize_none(),
            Shown::Flag(flag) => serializer.serialize_bool(*flag),
            Shown::Number(number) => serializer.serialize_i64(*number),
            Shown::Text(text) => serializer.serialize_str(text),
            Shown::List(items) => items.serialize(serializer),
            Shown::Object(object) => object.serialize(serializer),
        }
    }
}

impl From<bool> for Shown {
    fn from(flag: bool) -> Shown {
        Shown::Flag(flag)
    }
}

impl From<i64> for Shown {
    fn from(number: i64) -> Shown {
        Shown::Number(number)
    }
}

impl From<u32> for Shown {
    fn from(number: u32) -> Shown {
        Shown::Number(number.into())
    }
}

impl From<&str> for Shown {
    fn from(text: &str) -> Shown {
        Shown::Text(text.to_owned())
    }
}

impl From<String> for Shown {
    fn from(text: String) -> Shown {
        Shown::Text(text)
    }
}

impl From<Name> for Shown {
    fn from(name: Name) -> Shown {
        name.as_str().into()
    }
}

impl From<&Name> for Shown {
    fn from(name: &Name) -> Shown {
        name.as_str().into()
    }
}

impl From<Arc<str>> for Shown {
    fn from(text: Arc<str>) -> Shown {
        (&*text).into()
    }
}

impl From<&Arc<str>> for Shown {
    fn from(text: &Arc<str>) -> Shown {
        (&**text).into()
    }
}

impl From<Object> for Shown {
    fn from(object: Object) -> Shown {
        Shown::Object(object)
    }
}

impl<T: Into<Shown>> From<Option<T>> for Shown {
    fn from(value: Option<T>) -> Shown {
        value.map_or(Shown::None, Into::into)
    }
}

impl<T: Into<Shown>> From<Vec<T>> for Shown {
    fn from(items: Vec<T>) -> Shown {
        Shown::List(items.into_iter().map(Into::into).collect())
    }
}

/// What is not known is the string `"?"`.
impl<T: Into<Shown>> From<Fact<T>> for Shown {
    fn from(fact: Fact<T>) -> Shown {
        match fact {
            Fact::Known(value) => value.into(),
            Fact::Unknown(_) => "?".into(),
        }
    }
}
