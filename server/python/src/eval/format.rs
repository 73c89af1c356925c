//! Text made of values: f-strings, `%`, `str.format`, `str()`, `repr()`.
//!
//! A value that cannot be told leaves a hole in the text instead of making all of it unknown: SQL with a hole where a
//! value stands can still be read.

use super::Interp;
use super::heap::Object;
use crate::host::Host;
use crate::value::{Part, Value};
use fact::Place;
use std::sync::Arc;

/// Joins neighbouring texts; text without holes is a plain string.
pub(super) fn text(parts: Vec<Part>) -> Value {
    let mut merged: Vec<Part> = Vec::with_capacity(parts.len());
    let mut buffer = String::new();
    for part in parts {
        match part {
            Part::Text(text) => buffer.push_str(&text),
            hole => {
                if !buffer.is_empty() {
                    merged.push(Part::Text(std::mem::take(&mut buffer).into()));
                }
                merged.push(hole);
            }
        }
    }
    if merged.is_empty() {
        return Value::Str(buffer.into());
    }
    if !buffer.is_empty() {
        merged.push(Part::Text(buffer.into()));
    }
    match merged.as_slice() {
        [Part::Unknown(unknown)] => Value::Unknown(unknown.clone()),
        _ => Value::Partial(merged.into()),
    }
}

impl<H: Host> Interp<'_, H> {
    /// `{value!conversion:spec}`
    pub(super) fn format_value(
        &mut self,
        value: &Value,
        conversion: Option<char>,
        spec: &Value,
        place: Place,
    ) -> Vec<Part> {
        let plain_spec = matches!(spec, Value::Str(spec) if spec.is_empty());
        if conversion.is_none() && plain_spec {
            return self.display(value, place);
        }
        let parts = match conversion {
            Some('r' | 'a') => self.repr(value, place),
            Some(_) => self.display(value, place),
            None => match (spec.as_str(), value) {
                (Some(spec), Value::Int(_) | Value::Float(_)) => match format_number(value, spec) {
                    Some(text) => vec![Part::Text(text.into())],
                    None => vec![Part::Unknown(Arc::new(self.why_unknown(value, place)))],
                },
                _ => self.display(value, place),
            },
        };
        match (spec.as_str(), parts.as_slice()) {
            (Some(spec), [Part::Text(text)]) if !plain_spec && !matches!(value, Value::Int(_) | Value::Float(_)) => {
                vec![Part::Text(pad_text(text, spec).into())]
            }
            _ => parts,
        }
    }

    /// `str(value)`
    pub fn display(&mut self, value: &Value, place: Place) -> Vec<Part> {
        match value {
            Value::Str(text) => vec![Part::Text(text.clone())],
            Value::Partial(parts) => parts.to_vec(),
            Value::Object(_) => {
                if let Some(inner) = self.member_display(value) {
                    return self.display(&inner, place);
                }
                let own = self.getattr(value, fact::name("__str__"), place);
                if let Ok(method @ Value::Method(_)) = own
                    && self.instance_view(value).is_some()
                    && let Ok(result) = self.call(&method, Default::default(), place)
                    && matches!(result, Value::Str(_) | Value::Partial(_))
                {
                    return self.display(&result, place);
                }
                self.repr(value, place)
            }
            _ => self.repr(value, place),
        }
    }

    /// What an enum member prints as: its value for string enums, `Class.NAME` otherwise.
    fn member_display(&self, value: &Value) -> Option<Value> {
        self.member_value(value)?;
        if let Some(inner) = self.mixed_in_value(value) {
            return Some(inner);
        }
        let view = self.instance_view(value)?;
        let class = self.class_view(&view.class)?.name;
        let name = view.attributes.iter().find(|(name, _)| name == "_name_")?.1.clone();
        Some(Value::str(&format!("{class}.{}", name.as_str()?)))
    }

    /// `repr(value)`
    pub(super) fn repr(&mut self, value: &Value, place: Place) -> Vec<Part> {
        let plain = |text: String| vec![Part::Text(text.into())];
        match value {
            Value::None => plain("None".into()),
            Value::Ellipsis => plain("Ellipsis".into()),
            Value::Bool(true) => plain("True".into()),
            Value::Bool(false) => plain("False".into()),
            Value::Int(int) => plain(int.to_string()),
            Value::Float(float) => plain(float_text(*float)),
            Value::Str(text) => plain(quote(text)),
            Value::Tuple(items) => {
                let (open, close) = if items.len() == 1 { ("(", ",)") } else { ("(", ")") };
                self.repr_items(items, open, close, place)
            }
            Value::List(items) => self.repr_items(items, "[", "]", place),
            Value::Set(items) if !items.is_empty() => self.repr_items(items, "{", "}", place),
            Value::Dict(entries) => {
                let mut parts = plain("{".into());
                for (index, (key, value)) in entries.iter().enumerate() {
                    parts.extend(plain(if index > 0 { ", ".into() } else { String::new() }));
                    parts.extend(self.repr(key, place));
                    parts.extend(plain(": ".into()));
                    parts.extend(self.repr(value, place));
                }
                parts.extend(plain("}".into()));
                parts
            }
            Value::Object(id) if !matches!(self.heap.get(*id), Object::Instance(_) | Object::Class(_)) => {
                let frozen = self.freeze(value);
                if frozen == *value {
                    vec![Part::Unknown(Arc::new(self.why_unknown(value, place)))]
                } else {
                    self.repr(&frozen, place)
                }
            }
            _ => vec![Part::Unknown(Arc::new(self.why_unknown(value, place)))],
        }
    }

    fn repr_items(&mut self, items: &[Value], open: &str, close: &str, place: Place) -> Vec<Part> {
        let mut parts = vec![Part::Text(open.into())];
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                parts.push(Part::Text(", ".into()));
            }
            parts.extend(self.repr(item, place));
        }
        parts.push(Part::Text(close.into()));
        parts
    }

    /// `template % values`
    pub(super) fn percent(&mut self, template: &Value, values: &Value, place: Place) -> Value {
        let mut out = Vec::new();
        let pieces = match template {
            Value::Str(text) => vec![Part::Text(text.clone())],
            Value::Partial(parts) => parts.to_vec(),
            _ => return template.clone(),
        };
        let mapping = self.dict_entries(values);
        let mut positional = match values {
            Value::Tuple(items) => items.to_vec(),
            other => vec![other.clone()],
        }
        .into_iter();
        for piece in pieces {
            let Part::Text(template) = piece else {
                out.push(piece);
                continue;
            };
            let mut rest = &*template;
            while let Some(at) = rest.find('%') {
                out.push(Part::Text(rest[..at].into()));
                rest = &rest[at + 1..];
                let key = rest.strip_prefix('(').and_then(|inner| inner.split_once(')'));
                let name = key.map(|(name, after)| {
                    rest = after;
                    name.to_owned()
                });
                let flags = rest.find(|c: char| c.is_ascii_alphabetic() || c == '%').unwrap_or(rest.len());
                let spec = rest[..flags].to_owned();
                let Some(kind) = rest[flags..].chars().next() else { break };
                rest = &rest[flags + kind.len_utf8()..];
                if kind == '%' {
                    out.push(Part::Text("%".into()));
                    continue;
                }
                let value = match &name {
                    Some(name) => mapping.as_ref().and_then(|entries| {
                        entries.iter().find(|(key, _)| key.as_str() == Some(name)).map(|(_, v)| v.clone())
                    }),
                    None => positional.next(),
                };
                let Some(value) = value else {
                    out.push(Part::Unknown(Arc::new(self.why_unknown(values, place))));
                    continue;
                };
                match kind {
                    'r' | 'a' => out.extend(self.repr(&value, place)),
                    'd' | 'i' | 'f' | 'x' | 'X' | 'o' | 'e' | 'g' if matches!(value, Value::Int(_) | Value::Float(_)) => {
                        let kind = if kind == 'i' { 'd' } else { kind };
                        let spec = if kind == 'd' { spec.replace('.', "0") } else { spec };
                        let formatted = format_number(&value, &format!("{spec}{kind}"));
                        match formatted {
                            Some(text) => out.push(Part::Text(text.into())),
                            None => out.push(Part::Unknown(Arc::new(self.why_unknown(&value, place)))),
                        }
                    }
                    _ => out.extend(self.display(&value, place)),
                }
            }
            out.push(Part::Text(rest.into()));
        }
        text(out)
    }

    /// `template.format(...)`
    pub(super) fn str_format(&mut self, template: &str, args: &crate::value::Args, place: Place) -> Value {
        let mut out = Vec::new();
        let mut rest = template;
        let mut automatic = 0;
        while let Some(at) = rest.find(['{', '}']) {
            out.push(Part::Text(rest[..at].into()));
            let brace = rest.as_bytes()[at];
            rest = &rest[at + 1..];
            if rest.as_bytes().first() == Some(&brace) {
                out.push(Part::Text(if brace == b'{' { "{" } else { "}" }.into()));
                rest = &rest[1..];
                continue;
            }
            if brace == b'}' {
                continue;
            }
            let Some(end) = rest.find('}') else { break };
            let field = &rest[..end];
            rest = &rest[end + 1..];
            let (field, spec) = field.split_once(':').unwrap_or((field, ""));
            let (field, conversion) = match field.split_once('!') {
                Some((field, conversion)) => (field, conversion.chars().next()),
                None => (field, None),
            };
            let mut path = field.split('.');
            let head = path.next().unwrap_or_default();
            let value = if head.is_empty() {
                automatic += 1;
                args.positional().nth(automatic - 1).map(|arg| arg.value.clone())
            } else if let Ok(index) = head.parse::<usize>() {
                args.positional().nth(index).map(|arg| arg.value.clone())
            } else {
                args.keyword(head).map(|arg| arg.value.clone())
            };
            let value = value.and_then(|mut value| {
                for attr in path {
                    value = self.getattr(&value, fact::name(attr), place).ok()?;
                }
                Some(value)
            });
            match (value, &args.open) {
                (Some(value), _) => out.extend(self.format_value(&value, conversion, &Value::str(spec), place)),
                (None, Some(unknown)) => out.push(Part::Unknown(unknown.clone())),
                (None, None) => {
                    let unknown = fact::Unknown::new(fact::Reason::NameNotFound(field.into()), place);
                    out.push(Part::Unknown(Arc::new(unknown)));
                }
            }
        }
        out.push(Part::Text(rest.into()));
        text(out)
    }
}

fn float_text(float: f64) -> String {
    if float.fract() == 0.0 && float.abs() < 1e16 { format!("{float:.1}") } else { format!("{float}") }
}

fn quote(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// A number under a format spec: sign, zeros, width, precision and the usual kinds.
fn format_number(value: &Value, spec: &str) -> Option<String> {
    let kind = spec.chars().last().filter(char::is_ascii_alphabetic);
    let spec = kind.map_or(spec, |kind| &spec[..spec.len() - kind.len_utf8()]);
    let zero = spec.starts_with('0');
    let (width, precision) = match spec.split_once('.') {
        Some((width, precision)) => (width, Some(precision.parse::<usize>().ok()?)),
        None => (spec, None),
    };
    let width: usize = match width.trim_start_matches(['0', '>', '<', '+', ' ', ',']) {
        "" => 0,
        digits => digits.parse().ok().filter(|w| *w < 1000)?,
    };
    let body = match (value, kind.unwrap_or('d')) {
        (Value::Int(int), 'd') => int.to_string(),
        (Value::Int(int), 'x') => format!("{int:x}"),
        (Value::Int(int), 'X') => format!("{int:X}"),
        (Value::Int(int), 'o') => format!("{int:o}"),
        (Value::Int(int), 'b') => format!("{int:b}"),
        (Value::Int(int), 'f') => format!("{:.*}", precision.unwrap_or(6).min(50), *int as f64),
        (Value::Float(float), 'f') => format!("{float:.*}", precision.unwrap_or(6).min(50)),
        (Value::Float(float), 'd') if kind.is_none() => float_text(*float),
        _ => return None,
    };
    Some(if zero { format!("{body:0>width$}") } else { format!("{body:>width$}") })
}

fn pad_text(text: &str, spec: &str) -> String {
    let spec = spec.strip_suffix('s').unwrap_or(spec);
    let digits = spec.trim_start_matches(['<', '>', '^']);
    let Some(width) = digits.parse::<usize>().ok().filter(|width| *width < 1000) else { return text.to_owned() };
    match spec.as_bytes().first() {
        Some(b'>') => format!("{text:>width$}"),
        Some(b'^') => format!("{text:^width$}"),
        _ => format!("{text:<width$}"),
    }
}
