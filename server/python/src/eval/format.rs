//! Text made of values: f-strings, `str.format`, `str()`, `repr()`.
//!
//! A value that cannot be told leaves a hole in the text instead of making all of it unknown: SQL with a hole where a
//! value stands can still be read.

use super::enums::Mixed;
use super::heap::Object;
use super::spec::{Spec, float_repr};
use super::{Interp, unknown};
use crate::host::{Eval, Host};
use crate::value::{Args, Part, Value};
use fact::{Place, Reason, Unknown, name};
use std::sync::Arc;

/// Text that is put together; what would be longer than any text may be is not.
#[derive(Default)]
pub(super) struct Pieces {
    parts: Vec<Part>,
    bytes: usize,
    is_too_long: bool,
}

impl Pieces {
    pub fn push(&mut self, text: &str) {
        self.extend([Part::Text(text.into())]);
    }

    pub fn extend(&mut self, parts: impl IntoIterator<Item = Part>) {
        for part in parts {
            self.bytes += super::limits::part_len(&part);
            if self.bytes > super::limits::MAX_TEXT {
                self.is_too_long = true;
                self.parts.clear();
            }
            if !self.is_too_long {
                self.parts.push(part);
            }
        }
    }

    /// There is no use in adding more.
    pub fn is_too_long(&self) -> bool {
        self.is_too_long
    }

    pub fn into_parts(self) -> Vec<Part> {
        match self.is_too_long {
            true => vec![Part::Unknown(Arc::new(Unknown::nowhere(Reason::Budget)))],
            false => self.parts,
        }
    }

    pub fn into_value(self) -> Value {
        text(self.into_parts())
    }
}

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

pub(super) fn plain(text: impl Into<Arc<str>>) -> Vec<Part> {
    vec![Part::Text(text.into())]
}

fn hole(reason: Reason, place: Place) -> Vec<Part> {
    vec![Part::Unknown(Arc::new(Unknown::new(reason, place)))]
}

impl<H: Host> Interp<'_, H> {
    pub(super) fn hole_for(&self, value: &Value, place: Place) -> Vec<Part> {
        vec![Part::Unknown(Arc::new(self.why_unknown(value, place)))]
    }

    /// `{value!conversion:spec}`
    pub(super) fn format_value(
        &mut self,
        value: &Value,
        conversion: Option<char>,
        spec: &Value,
        place: Place,
    ) -> Eval<Vec<Part>> {
        let converted = match conversion {
            Some('r') => Some(self.repr(value, place)?),
            Some('s') => Some(self.display(value, place)),
            Some(_) => return Ok(hole(Reason::UnsupportedSyntax("this conversion".into()), place)),
            None => None,
        };
        let Some(spec) = spec.as_str() else { return Ok(self.hole_for(spec, place)) };
        match converted {
            Some(parts) => self.format_plain(&text(parts), spec, place),
            None => self.format_plain(value, spec, place),
        }
    }

    /// `format(value, spec)`
    fn format_plain(&mut self, value: &Value, spec: &str, place: Place) -> Eval<Vec<Part>> {
        if let Value::Object(_) = value {
            if self.own_method(value, "__format__").is_some() {
                return Ok(hole(Reason::UnsupportedSyntax("__format__".into()), place));
            }
            if self.own_method(value, "__str__").is_none()
                && let Some(Value::Object(class)) = self.class_of(value)
                && self.member_value(value).is_some()
            {
                match self.mixed(class) {
                    Mixed::Value => {
                        let inner = self.mixed_in_value(value).unwrap_or(Value::None);
                        return self.format_plain(&inner, spec, place);
                    }
                    Mixed::Old => {
                        let reason = "an enum's format, which differs between versions of Python";
                        return Ok(hole(Reason::UnsupportedSyntax(reason.into()), place));
                    }
                    Mixed::No => {}
                }
            }
            if !spec.is_empty() && self.member_value(value).is_some() {
                let shown = text(self.display(value, place));
                return self.format_plain(&shown, spec, place);
            }
        }
        if spec.is_empty() {
            return Ok(self.display(value, place));
        }
        let parsed = Spec::parse(spec);
        match (parsed.as_ref().and_then(|spec| spec.format(value)), value) {
            (Some(text), _) => Ok(plain(text)),
            (None, Value::Str(_) | Value::Bool(_) | Value::Int(_) | Value::Float(_)) if parsed.is_some() => {
                Err(super::access::raise("ValueError", "the format does not fit the value", place))
            }
            _ => Ok(self.hole_for(value, place)),
        }
    }

    /// `str(value)`
    pub fn display(&mut self, value: &Value, place: Place) -> Vec<Part> {
        self.try_display(value, place).unwrap_or_else(|_| self.hole_for(value, place))
    }

    pub(super) fn try_display(&mut self, value: &Value, place: Place) -> Eval<Vec<Part>> {
        match value {
            Value::Str(text) => return Ok(plain(text.clone())),
            Value::Partial(parts) => return Ok(parts.to_vec()),
            Value::Symbol(_) => {
                let Some(call) = value.as_call() else { return Ok(self.hole_for(value, place)) };
                if let Some(path) = super::paths::path_of(call) {
                    return Ok(plain(path));
                }
                let Value::Builtin(class) = call.callee else { return Ok(self.hole_for(value, place)) };
                let args: Vec<Value> = call.args.list.iter().map(|arg| arg.value.clone()).collect();
                return match args.as_slice() {
                    [key] if class == "KeyError" => self.repr(key, place),
                    args => self.display_exception(args, place),
                };
            }
            Value::Object(_) => {}
            _ => return self.repr(value, place),
        }
        if let Some(method) = self.own_method(value, "__str__") {
            let result = self.call(&method, Args::default(), place)?;
            return match result {
                Value::Str(_) | Value::Partial(_) => self.try_display(&result, place),
                other => Ok(self.hole_for(&other, place)),
            };
        }
        if self.member_value(value).is_some() {
            return self.display_member(value, place);
        }
        if self.own_method(value, "__repr__").is_none()
            && let Some(args) = self.exception_args(value)
        {
            return self.display_exception(&args, place);
        }
        self.repr(value, place)
    }

    fn display_exception(&mut self, args: &[Value], place: Place) -> Eval<Vec<Part>> {
        match args {
            [] => Ok(plain("")),
            [only] => self.try_display(only, place),
            all => self.repr(&Value::Tuple(all.into()), place),
        }
    }

    /// What an enum member prints as: its value for those that are nothing else, `Class.NAME` otherwise.
    fn display_member(&mut self, value: &Value, place: Place) -> Eval<Vec<Part>> {
        let Some(Value::Object(class)) = self.class_of(value) else { return Ok(self.hole_for(value, place)) };
        if self.mixed(class) == Mixed::Value {
            let inner = self.mixed_in_value(value).unwrap_or(Value::None);
            return self.try_display(&inner, place);
        }
        let (Some(view), Some(Value::Str(member))) =
            (self.class_view(&Value::Object(class)), self.member_name(value))
        else {
            return Ok(self.hole_for(value, place));
        };
        Ok(plain(format!("{}.{member}", view.name)))
    }

    /// `repr(value)`
    pub(super) fn repr(&mut self, value: &Value, place: Place) -> Eval<Vec<Part>> {
        Ok(match value {
            Value::None => plain("None"),
            Value::Ellipsis => plain("Ellipsis"),
            Value::Bool(true) => plain("True"),
            Value::Bool(false) => plain("False"),
            Value::Int(int) => plain(int.to_string()),
            Value::Float(float) => plain(float_repr(*float)),
            Value::Str(text) => plain(quote(text)),
            Value::Bytes(bytes) => plain(quote_bytes(bytes)),
            Value::Tuple(items) => {
                let close = if items.len() == 1 { ",)" } else { ")" };
                self.repr_items(items, "(", close, place)?
            }
            Value::List(items) => self.repr_items(items, "[", "]", place)?,
            Value::Set(items) if items.is_empty() => plain("set()"),
            // Of more items the order is not defined.
            Value::Set(items) if items.len() == 1 => self.repr_items(items, "{", "}", place)?,
            Value::Dict(entries) => {
                let mut pieces = Pieces::default();
                pieces.push("{");
                for (index, (key, value)) in entries.iter().enumerate() {
                    pieces.push(if index > 0 { ", " } else { "" });
                    pieces.extend(self.repr(key, place)?);
                    pieces.push(": ");
                    pieces.extend(self.repr(value, place)?);
                    if pieces.is_too_long() {
                        break;
                    }
                }
                pieces.push("}");
                pieces.into_parts()
            }
            Value::Builtin(name) if !super::builtins::is_function(name) => plain(format!("<class '{name}'>")),
            Value::Object(id) => match self.heap.get(*id) {
                Object::List(_) | Object::Dict(_) | Object::Set(_) => {
                    let frozen = self.freeze(value);
                    self.repr(&frozen, place)?
                }
                Object::Instance(_) => return self.repr_instance(*id, value, place),
                Object::Class(class) => plain(format!("<class '{}.{}'>", class.module, class.name)),
                _ => self.hole_for(value, place),
            },
            _ => self.hole_for(value, place),
        })
    }

    fn repr_instance(&mut self, id: super::heap::ObjectId, value: &Value, place: Place) -> Eval<Vec<Part>> {
        if let Some(method) = self.own_method(value, "__repr__") {
            let result = self.call(&method, Args::default(), place)?;
            return match result {
                Value::Str(_) | Value::Partial(_) => self.try_display(&result, place),
                other => Ok(self.hole_for(&other, place)),
            };
        }
        let Some(view) = self.instance_view(value) else { return Ok(self.hole_for(value, place)) };
        let Some(class) = self.class_view(&view.class) else { return Ok(self.hole_for(value, place)) };
        if let (Some(Value::Str(member)), Some(inner)) = (self.member_name(value), self.member_value(value)) {
            let mut parts = plain(format!("<{}.{member}: ", class.name));
            parts.extend(self.repr(&inner, place)?);
            parts.extend(plain(">"));
            return Ok(parts);
        }
        let Value::Object(class_id) = view.class else { return Ok(self.hole_for(value, place)) };
        if !self.has_fields(class_id) {
            return Ok(self.hole_for(value, place));
        }
        let mut parts = plain(format!("{}(", class.name));
        for (index, field) in self.fields(class_id).into_iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            parts.extend(plain(format!("{comma}{}=", field.name)));
            let attr = self.object_attribute(id, field.name, place)?;
            parts.extend(self.deeper(|this| this.repr(&attr, place))?);
        }
        parts.extend(plain(")"));
        Ok(parts)
    }

    fn repr_items(&mut self, items: &[Value], open: &str, close: &str, place: Place) -> Eval<Vec<Part>> {
        self.charge(1 + items.len() / 4);
        let mut pieces = Pieces::default();
        pieces.push(open);
        for (index, item) in items.iter().enumerate() {
            pieces.push(if index > 0 { ", " } else { "" });
            pieces.extend(self.repr(item, place)?);
            if pieces.is_too_long() {
                break;
            }
        }
        pieces.push(close);
        Ok(pieces.into_parts())
    }

    /// `template.format(...)`
    pub(super) fn str_format(&mut self, template: &str, args: &Args, place: Place) -> Eval {
        let mut automatic = 0;
        let parts = self.format_template(template, args, &mut automatic, 0, place)?;
        Ok(self.sized_text(text(parts), place))
    }

    fn format_template(
        &mut self,
        template: &str,
        args: &Args,
        automatic: &mut usize,
        depth: usize,
        place: Place,
    ) -> Eval<Vec<Part>> {
        let malformed = || super::access::raise("ValueError", "malformed format string", place);
        let mut out = Pieces::default();
        let mut rest = template;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, after) = rest.split_at(at);
            out.push(before);
            if let Some(after) = after.strip_prefix("{{").or_else(|| after.strip_prefix("}}")) {
                out.push(if rest.as_bytes().get(at) == Some(&b'{') { "{" } else { "}" });
                rest = after;
                continue;
            }
            let field = after.strip_prefix('{').ok_or_else(malformed)?;
            let end = closing_brace(field).ok_or_else(malformed)?;
            let (field, after) = field.split_at(end);
            rest = after.strip_prefix('}').unwrap_or_default();
            let (field, spec) = field.split_once(':').unwrap_or((field, ""));
            let (field, conversion) = match field.split_once('!') {
                Some((field, conversion)) => (field, conversion.chars().next()),
                None => (field, None),
            };
            let value = self.format_argument(field, args, automatic, place)?;
            let spec = match spec.contains('{') {
                true if depth < 2 => text(self.format_template(spec, args, automatic, depth + 1, place)?),
                _ => Value::str(spec),
            };
            out.extend(self.format_value(&value, conversion, &spec, place)?);
            if out.is_too_long() {
                break;
            }
        }
        out.push(rest);
        Ok(out.into_parts())
    }

    fn format_argument(&mut self, field: &str, args: &Args, automatic: &mut usize, place: Place) -> Eval {
        let end = field.find(['.', '[']).unwrap_or(field.len());
        let (head, mut path) = field.split_at(end);
        let position = match head {
            "" => {
                *automatic += 1;
                Some(*automatic - 1)
            }
            digits => digits.parse::<usize>().ok(),
        };
        let found = match position {
            Some(index) => args.positional().nth(index),
            None => args.keyword(head),
        };
        let mut value = match (found, &args.open, position) {
            (Some(arg), ..) => arg.value.clone(),
            (None, Some(unknown), _) => Value::Unknown(unknown.clone()),
            (None, None, Some(_)) => {
                return Err(super::access::raise("IndexError", "too few arguments", place));
            }
            (None, None, None) => return Err(super::items::key_error(&Value::str(head), place)),
        };
        while !path.is_empty() {
            if let Some(after) = path.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                let (attr, after) = after.split_at(end);
                value = self.getattr(&value, name(attr), place)?;
                path = after;
            } else if let Some((key, after)) = path.strip_prefix('[').and_then(|path| path.split_once(']')) {
                let key = key.parse().map_or_else(|_| Value::str(key), Value::Int);
                value = self.subscript(&value, &key, place)?;
                path = after;
            } else {
                return Ok(unknown(Reason::UnsupportedSyntax("this format field".into()), place));
            }
        }
        Ok(value)
    }
}

fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
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
            c if c == quote => out.extend(['\\', c]),
            c if c.is_control() && u32::from(c) < 0x100 => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

fn quote_bytes(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut out = format!("b{quote}");
    for byte in bytes {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            byte if char::from(*byte) == quote => out.extend(['\\', quote]),
            b' '..=b'~' => out.push(char::from(*byte)),
            byte => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push(quote);
    out
}
