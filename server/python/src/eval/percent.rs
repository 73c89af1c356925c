//! `"%s %(name)d" % values`

use super::Interp;
use super::format::{Pieces, plain, text};
use super::spec::Spec;
use crate::host::{Eval, Host};
use crate::value::{Part, Value};
use fact::Place;

impl<H: Host> Interp<'_, H> {
    /// `template % values`
    pub(super) fn percent(&mut self, template: &Value, values: &Value, place: Place) -> Eval {
        let pieces = match template {
            Value::Str(text) => vec![Part::Text(text.clone())],
            Value::Partial(parts) => parts.to_vec(),
            _ => return Ok(template.clone()),
        };
        let mapping = self.dict_entries(values);
        let given = match values {
            Value::Tuple(items) => items.to_vec(),
            other => vec![other.clone()],
        };
        let mut given = given.into_iter();
        let is_tuple = matches!(values, Value::Tuple(_));
        let mut out = Pieces::default();
        for piece in pieces {
            let Part::Text(template) = piece else {
                out.extend([piece]);
                continue;
            };
            let mut rest = &*template;
            while let Some((before, after)) = rest.split_once('%') {
                out.push(before);
                if out.is_too_long() {
                    return Ok(out.into_value());
                }
                let Some(field) = Field::parse(after) else {
                    return Err(super::access::raise("ValueError", "incomplete format", place));
                };
                rest = field.rest;
                if field.kind == '%' {
                    out.push("%");
                    continue;
                }
                let value = match (field.key, &mapping) {
                    (Some(key), Some(entries)) => match self.find_entry(values, entries, &Value::str(key)) {
                        Ok(Some(at)) => entries.get(at).map(|(_, value)| value.clone()),
                        Ok(None) => return Err(super::items::key_error(&Value::str(key), place)),
                        Err(_) => None,
                    },
                    (Some(_), None) => None,
                    (None, _) => match given.next() {
                        None if is_tuple => {
                            return Err(super::access::raise("TypeError", "not enough arguments", place));
                        }
                        value => value,
                    },
                };
                match value {
                    Some(value) => out.extend(self.percent_field(&value, &field, place)?),
                    None => out.extend(self.hole_for(values, place)),
                }
            }
            out.push(rest);
        }
        if is_tuple && given.next().is_some() {
            return Err(super::access::raise("TypeError", "not all arguments were converted", place));
        }
        Ok(self.sized_text(out.into_value(), place))
    }

    fn percent_field(&mut self, value: &Value, field: &Field<'_>, place: Place) -> Eval<Vec<Part>> {
        let Some(mut spec) = field.spec() else { return Ok(self.hole_for(value, place)) };
        let number = self.mixed_in_value(value).unwrap_or_else(|| value.clone());
        match field.kind {
            's' | 'r' => {
                let parts = if field.kind == 's' {
                    self.try_display(value, place)?
                } else {
                    self.repr(value, place)?
                };
                spec.kind = None;
                spec.sign = None;
                if spec == Spec::default() {
                    return Ok(parts);
                }
                spec.align = spec.align.or(Some('>'));
                let shown = text(parts);
                Ok(spec.format(&shown).map_or_else(|| self.hole_for(&shown, place), plain))
            }
            'd' | 'i' | 'u' => {
                let whole = match number {
                    Value::Float(float) if float.is_finite() => Value::Int(float as i64),
                    other => other,
                };
                if let Value::Str(_) | Value::None = whole {
                    return Err(super::access::raise("TypeError", "a number is required", place));
                }
                spec.kind = Some('d');
                // A precision pads with zeros, as in C.
                if let Some(digits) = spec.precision.take() {
                    (spec.zero, spec.width) = (true, digits.max(spec.width));
                }
                Ok(spec.format(&whole).map_or_else(|| self.hole_for(value, place), plain))
            }
            _ => Ok(spec.format(&number).map_or_else(|| self.hole_for(value, place), plain)),
        }
    }
}

/// One `%` field of a template.
struct Field<'a> {
    key: Option<&'a str>,
    flags: &'a str,
    kind: char,
    rest: &'a str,
}

impl<'a> Field<'a> {
    fn parse(text: &'a str) -> Option<Field<'a>> {
        let (key, text) = match text.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            Some((key, rest)) => (Some(key), rest),
            None => (None, text),
        };
        let end = text
            .find(|c: char| !matches!(c, '#' | '-' | '+' | ' ' | '.' | '*' | '0'..='9' | 'l' | 'h' | 'L'))?;
        let (flags, rest) = text.split_at(end);
        let kind = rest.chars().next()?;
        Some(Field { key, flags, kind, rest: rest.get(kind.len_utf8()..)? })
    }

    /// The same as a format specification; `None` for widths that are arguments themselves.
    fn spec(&self) -> Option<Spec> {
        let flags_end =
            self.flags.find(|c| !matches!(c, '#' | '-' | '+' | ' ' | '0')).unwrap_or(self.flags.len());
        let (flags, width) = self.flags.split_at(flags_end);
        let width = width.trim_end_matches(['l', 'h', 'L']);
        let left = flags.contains('-');
        let mut spec = Spec::parse(&format!("{width}{}", self.kind)).filter(|_| !width.contains('*'))?;
        spec.align = left.then_some('<');
        spec.zero = flags.contains('0') && !left;
        spec.alternate = flags.contains('#');
        spec.sign = if flags.contains('+') { Some('+') } else { flags.contains(' ').then_some(' ') };
        Some(spec)
    }
}
