//! `__table_args__`.

use super::naming::bound;
use crate::args::plain_text;
use crate::metadata::metadata;
use fact::{Name, name};
use python::eval::Interp;
use python::host::Host;
use python::value::Value;

/// Constraints and indexes, and keywords, of a mapped class's table.
#[derive(Debug, Default)]
pub(super) struct TableArgs {
    pub items: Vec<Value>,
    pub keywords: Vec<(Name, Value)>,
    /// What could not be read.
    pub unknown: Option<Value>,
}

/// `__table_args__` of the class, or else of the nearest mixin or abstract base.
pub(super) fn table_args<H: Host>(interp: &mut Interp<'_, H>, class: &Value) -> TableArgs {
    let parent = super::mapped_parent(interp, class);
    for base in super::inherit::lineage(interp, class) {
        if parent.as_ref() == Some(&base) {
            break;
        }
        let Some(view) = interp.class_view(&base) else { continue };
        let Some(attribute) = view.attributes.iter().find(|a| a.name == "__table_args__") else { continue };
        let Some(value) = attribute.value.clone() else { continue };
        return read(bound(interp, class, value, attribute.place));
    }
    TableArgs::default()
}

fn read(value: Value) -> TableArgs {
    let mut args = TableArgs::default();
    match &value {
        Value::None => {}
        Value::Dict(_) => keywords(&mut args, &value),
        Value::Tuple(items) | Value::List(items) => {
            let (last, rest) = match items.split_last() {
                Some((last @ Value::Dict(_), rest)) => (Some(last), rest),
                _ => (None, &items[..]),
            };
            args.items = rest.to_vec();
            if let Some(last) = last {
                keywords(&mut args, last);
            }
        }
        _ => args.unknown = Some(value),
    }
    args
}

fn keywords(args: &mut TableArgs, value: &Value) {
    let Value::Dict(entries) = value else { return };
    for (key, value) in entries.iter() {
        match key.as_str() {
            Some(key) => args.keywords.push((name(key), value.clone())),
            None => args.unknown = Some(key.clone()),
        }
    }
}

/// The schema of the class's table. The outer None: it is not known.
pub(super) fn schema<H: Host>(interp: &mut Interp<'_, H>, class: &Value) -> Option<Option<Name>> {
    let args = table_args(interp, class);
    if args.unknown.is_some() {
        return None;
    }
    if let Some((_, value)) = args.keywords.iter().find(|(keyword, _)| keyword == "schema") {
        return match value {
            Value::None => Some(None),
            value => plain_text(value).map(|text| Some(name(&text))),
        };
    }
    match metadata(interp, class) {
        Some(found) => found.schema.known().copied(),
        None => Some(None),
    }
}
