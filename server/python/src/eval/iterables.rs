//! Built-in functions on iterables.

use super::access::raise;
use super::builtins::missing;
use super::heap::Object;
use super::{Interp, unknown};
use crate::ast::BinaryOp;
use crate::host::{Eval, Host};
use crate::value::{Args, Value};
use fact::{Name, Place, Reason, Unknown};
use std::cmp::Ordering;

/// A range longer than this is not spelled out.
const MAX_RANGE: usize = 100_000;

/// Items, or the value that stands for why they are not known.
macro_rules! items {
    ($interp:expr, $value:expr, $place:expr) => {
        match $interp.iterate(&$value, $place)? {
            Ok(items) => items,
            Err(because) => return Ok(Value::unknown(because)),
        }
    };
}

/// `None`: not one of these functions.
pub(super) fn call<H: Host>(
    interp: &mut Interp<'_, H>,
    name: Name,
    args: &Args,
    place: Place,
) -> Option<Eval> {
    Some(match name.as_str() {
        "len" => len(interp, args, place),
        "range" => range(interp, args, place),
        "enumerate" => enumerate(interp, args, place),
        "zip" | "map" => zip_or_map(interp, name, args, place),
        "filter" => filter(interp, args, place),
        "reversed" | "iter" => reversed_or_iter(interp, name, args, place),
        "next" => next(interp, args, place),
        "sorted" => sorted(interp, args, place),
        "min" | "max" => extreme(interp, name, args, place),
        "sum" => sum(interp, args, place),
        "any" | "all" => any_or_all(interp, name, args, place),
        _ => return None,
    })
}

fn first(name: &str, args: &Args, place: Place) -> Eval {
    args.positional().next().map(|arg| arg.value.clone()).ok_or_else(|| missing(fact::name(name), place))
}

impl<H: Host> Interp<'_, H> {
    pub(super) fn new_iterator(&mut self, items: Vec<Value>) -> Value {
        Value::Object(self.heap.add(Object::Iterator { items, next: 0 }))
    }
}

fn len<H: Host>(interp: &mut Interp<'_, H>, args: &Args, place: Place) -> Eval {
    let value = first("len", args, place)?;
    if let Some(method) = interp.own_method(&value, "__len__") {
        return interp.call(&method, Args::default(), place);
    }
    if let Value::Object(id) = &value
        && let Object::Iterator { .. } = interp.heap.get(*id)
    {
        return Err(raise("TypeError", "an iterator has no len()", place));
    }
    let value = interp.mixed_in_value(&value).unwrap_or(value);
    if let Value::Str(text) = &value {
        return Ok(Value::Int(text.chars().count() as i64));
    }
    Ok(Value::Int(items!(interp, value, place).len() as i64))
}

fn range<H: Host>(interp: &mut Interp<'_, H>, args: &Args, place: Place) -> Eval {
    let mut bounds = Vec::with_capacity(3);
    for arg in args.positional() {
        match (&arg.value, arg.value.as_int()) {
            (_, Some(int)) => bounds.push(int),
            (Value::Str(_) | Value::None | Value::Float(_), None) => {
                return Err(raise("TypeError", "range() takes integers", place));
            }
            (value, None) => return Ok(Value::unknown(interp.why_unknown(value, place))),
        }
    }
    let (start, stop, step) = match bounds.as_slice() {
        [stop] => (0, *stop, 1),
        [start, stop] => (*start, *stop, 1),
        [_, _, 0] => return Err(raise("ValueError", "range() step is zero", place)),
        [start, stop, step] => (*start, *stop, *step),
        _ => return Err(missing(fact::name("range"), place)),
    };
    let mut items = Vec::new();
    let mut at = start;
    while (step > 0 && at < stop) || (step < 0 && at > stop) {
        if items.len() >= MAX_RANGE {
            return Ok(unknown(Reason::Budget, place));
        }
        items.push(Value::Int(at));
        match at.checked_add(step) {
            Some(next) => at = next,
            None => break,
        }
    }
    interp.charge(items.len() / 64);
    Ok(Value::tuple(items))
}

fn enumerate<H: Host>(interp: &mut Interp<'_, H>, args: &Args, place: Place) -> Eval {
    let start = match args.get(1, "start") {
        None => 0,
        Some(arg) => match arg.value.as_int() {
            Some(start) => start,
            None => return Ok(Value::unknown(interp.why_unknown(&arg.value, place))),
        },
    };
    let items = items!(interp, first("enumerate", args, place)?, place);
    let pair = |(at, item)| Value::tuple(vec![Value::Int(start.saturating_add(at as i64)), item]);
    let pairs = items.into_iter().enumerate().map(pair).collect();
    Ok(interp.new_iterator(pairs))
}

fn zip_or_map<H: Host>(interp: &mut Interp<'_, H>, name: Name, args: &Args, place: Place) -> Eval {
    let mut values = args.positional().map(|arg| arg.value.clone());
    let function = match name == "map" {
        true => Some(values.next().ok_or_else(|| missing(name, place))?),
        false => None,
    };
    let mut columns = Vec::new();
    for value in values {
        columns.push(items!(interp, value, place).into_iter());
    }
    let rows = columns.iter().map(ExactSizeIterator::len).min().unwrap_or(0);
    let mut out = Vec::with_capacity(rows);
    for _ in 0..rows {
        let row: Vec<Value> = columns.iter_mut().filter_map(Iterator::next).collect();
        out.push(match &function {
            Some(function) => interp.call(function, Args::values(row, place), place)?,
            None => Value::tuple(row),
        });
    }
    if args.keyword("strict").is_some_and(|arg| arg.value == Value::Bool(true))
        && columns.iter_mut().any(|column| column.next().is_some())
    {
        return Err(raise("ValueError", "zip() arguments differ in length", place));
    }
    Ok(interp.new_iterator(out))
}

fn filter<H: Host>(interp: &mut Interp<'_, H>, args: &Args, place: Place) -> Eval {
    let function = first("filter", args, place)?;
    let items = args.positional().nth(1).ok_or_else(|| missing(fact::name("filter"), place))?;
    let mut out = Vec::new();
    let mut doubt = None;
    for item in items!(interp, items.value, place) {
        let kept = match &function {
            Value::None => item.clone(),
            function => interp.call(function, Args::values([item.clone()], place), place)?,
        };
        match interp.truth(&kept, place) {
            Ok(true) => out.push(item),
            Ok(false) => {}
            Err(because) => doubt = doubt.or(Some(because)),
        }
    }
    Ok(match doubt {
        Some(because) => Value::unknown(because),
        None => interp.new_iterator(out),
    })
}

fn reversed_or_iter<H: Host>(interp: &mut Interp<'_, H>, name: Name, args: &Args, place: Place) -> Eval {
    let value = first(&name, args, place)?;
    if args.positional().count() > 1 {
        return Ok(unknown(Reason::UnsupportedSyntax("iter() of a function".into()), place));
    }
    let mut items = items!(interp, value, place);
    if name == "reversed" {
        items.reverse();
    }
    Ok(interp.new_iterator(items))
}

fn next<H: Host>(interp: &mut Interp<'_, H>, args: &Args, place: Place) -> Eval {
    let value = first("next", args, place)?;
    if let Value::Object(id) = &value
        && let Some(Object::Iterator { items, next }) = interp.heap.get_mut(*id)
    {
        let item = items.get(*next).cloned();
        *next += usize::from(item.is_some());
        let default = args.positional().nth(1).map(|arg| arg.value.clone());
        return item.or(default).ok_or_else(|| raise("StopIteration", "there are no more items", place));
    }
    Ok(Value::unknown(interp.why_unknown(&value, place)))
}

fn sorted<H: Host>(interp: &mut Interp<'_, H>, args: &Args, place: Place) -> Eval {
    let items = items!(interp, first("sorted", args, place)?, place);
    Ok(match sort(interp, items, args, place)? {
        Ok(items) => interp.new_list(items),
        Err(value) => value,
    })
}

/// Sorts by `key` and `reverse`; `Err` is the unknown value when the order is not known.
pub(super) fn sort<H: Host>(
    interp: &mut Interp<'_, H>,
    items: Vec<Value>,
    args: &Args,
    place: Place,
) -> Eval<Result<Vec<Value>, Value>> {
    let reverse = match args.keyword("reverse") {
        None => false,
        Some(arg) => match interp.truth(&arg.value, place) {
            Ok(reverse) => reverse,
            Err(because) => return Ok(Err(Value::unknown(because))),
        },
    };
    let mut keyed = keyed(interp, items, args, place)?;
    let mut undecided: Option<Option<Value>> = None;
    keyed.sort_by(|(a, _), (b, _)| {
        let order = match super::compare::order_plain(a, b) {
            Ok(Some(order)) => order,
            Ok(None) => {
                undecided.get_or_insert(Some(a.clone()));
                Ordering::Equal
            }
            Err(()) => {
                undecided = Some(None);
                Ordering::Equal
            }
        };
        if reverse { order.reverse() } else { order }
    });
    match undecided {
        Some(None) => Err(raise("TypeError", "the items have no order", place)),
        Some(Some(value)) => Ok(Err(Value::unknown(interp.why_unknown(&value, place)))),
        None => Ok(Ok(keyed.into_iter().map(|(_, item)| item).collect())),
    }
}

/// Items with what they are ordered by.
fn keyed<H: Host>(
    interp: &mut Interp<'_, H>,
    items: Vec<Value>,
    args: &Args,
    place: Place,
) -> Eval<Vec<(Value, Value)>> {
    interp.charge(items.len() / 4);
    let key = args.keyword("key").map(|arg| arg.value.clone()).filter(|key| !key.is_none());
    let mut keyed = Vec::with_capacity(items.len());
    for item in items {
        let by = match &key {
            Some(key) => interp.call(key, Args::values([item.clone()], place), place)?,
            None => item.clone(),
        };
        let by = interp.mixed_in_value(&by).unwrap_or(by);
        keyed.push((interp.freeze(&by), item));
    }
    Ok(keyed)
}

fn extreme<H: Host>(interp: &mut Interp<'_, H>, name: Name, args: &Args, place: Place) -> Eval {
    let items = match args.positional().count() {
        1 => items!(interp, first(&name, args, place)?, place),
        _ => args.positional().map(|arg| arg.value.clone()).collect(),
    };
    let mut best: Option<(Value, Value)> = None;
    for (key, item) in keyed(interp, items, args, place)? {
        let Some((so_far, _)) = &best else {
            best = Some((key, item));
            continue;
        };
        match super::compare::order_plain(&key, so_far) {
            Ok(Some(order)) => {
                let better = if name == "min" { Ordering::Less } else { Ordering::Greater };
                if order == better {
                    best = Some((key, item));
                }
            }
            Ok(None) => {
                let blamed = if key.as_unknown().is_some() { &key } else { so_far };
                return Ok(Value::unknown(interp.why_unknown(blamed, place)));
            }
            Err(()) => return Err(raise("TypeError", "the items have no order", place)),
        }
    }
    match (best, args.keyword("default")) {
        (Some((_, item)), _) => Ok(item),
        (None, Some(default)) => Ok(default.value.clone()),
        (None, None) => Err(raise("ValueError", "the iterable is empty", place)),
    }
}

fn sum<H: Host>(interp: &mut Interp<'_, H>, args: &Args, place: Place) -> Eval {
    let mut total = args.get(1, "start").map_or(Value::Int(0), |arg| arg.value.clone());
    for item in items!(interp, first("sum", args, place)?, place) {
        interp.step()?;
        total = interp.binary(BinaryOp::Add, total, item, place)?;
    }
    Ok(total)
}

fn any_or_all<H: Host>(interp: &mut Interp<'_, H>, name: Name, args: &Args, place: Place) -> Eval {
    let any = name == "any";
    let mut doubt: Option<Unknown> = None;
    for item in items!(interp, first(&name, args, place)?, place) {
        match interp.truth(&item, place) {
            Ok(truth) if truth == any => return Ok(Value::Bool(any)),
            Ok(_) => {}
            Err(because) => doubt = doubt.or(Some(because)),
        }
    }
    Ok(doubt.map_or(Value::Bool(!any), Value::unknown))
}
