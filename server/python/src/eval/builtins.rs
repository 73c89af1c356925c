//! Built-in functions and types.

use super::access::raise;
use super::heap::{Dict, Object};
use super::{Frame, Interp, unknown};
use crate::ast::{Arg as ArgNode, ExprId};
use crate::host::{Eval, Host};
use crate::value::{Args, Key, Method, MethodKind, Value};
use fact::{Name, Place, Reason};
use std::cmp::Ordering;
use std::sync::Arc;

const FUNCTIONS: &[&str] = &[
    "abs", "all", "any", "ascii", "bin", "bool", "bytes", "callable", "chr", "classmethod", "dict", "dir", "divmod",
    "enumerate", "filter", "float", "format", "frozenset", "getattr", "globals", "hasattr", "hash", "hex", "id", "input",
    "int", "isinstance", "issubclass", "iter", "len", "list", "locals", "map", "max", "memoryview", "min", "next",
    "object", "oct", "open", "ord", "pow", "print", "property", "range", "repr", "reversed", "round", "set", "setattr",
    "slice", "sorted", "staticmethod", "str", "sum", "super", "tuple", "type", "vars", "zip", "__import__",
];

/// A range longer than this is not spelled out.
const MAX_RANGE: i64 = 100_000;

pub(super) fn is_builtin(name: &str) -> bool {
    FUNCTIONS.contains(&name) || super::exceptions::is_builtin_exception(name) || name == "NotImplemented"
}

impl<H: Host> Interp<'_, H> {
    /// Built-ins that look at the frame they are called in.
    pub(super) fn frame_builtin(
        &mut self,
        frame: &Frame,
        name: Name,
        args: &[ArgNode],
        id: ExprId,
    ) -> Option<Eval> {
        let place = frame.place(id);
        if !matches!(name.as_str(), "super" | "globals" | "locals" | "vars") || !args.is_empty() {
            return None;
        }
        if !matches!(self.lookup(frame, name, place), Value::Builtin(_)) {
            return None;
        }
        Some(Ok(match name.as_str() {
            "super" => match &frame.owner {
                Some((class, Some(receiver))) => Value::Method(Arc::new(Method {
                    receiver: receiver.clone(),
                    kind: MethodKind::Super(*class),
                })),
                _ => unknown(Reason::UnsupportedSyntax("super() here".into()), place),
            },
            "globals" => return Some(self.globals(frame)),
            _ => match self.heap.get(frame.scope) {
                Object::Scope(scope) => {
                    let dict = scope.vars.iter().map(|(n, v)| (Key(Value::str(n)), v.clone())).collect();
                    Value::Object(self.heap.add(Object::Dict(dict)))
                }
                _ => unknown(Reason::UnsupportedSyntax("locals() here".into()), place),
            },
        }))
    }

    /// All names of the module.
    fn globals(&mut self, frame: &Frame) -> Eval {
        let Some(source) = self.source_of(frame) else { return Ok(Value::None) };
        let names: Vec<Name> = source.bindings.names().collect();
        let mut dict = Dict::default();
        for name in names {
            if let Some(value) = self.module_name(&source, name) {
                dict.insert(Key(Value::str(&name)), value);
            }
        }
        Ok(Value::Object(self.heap.add(Object::Dict(dict))))
    }

    fn new_list(&mut self, items: Vec<Value>) -> Value {
        Value::Object(self.heap.add(Object::List(items)))
    }

    fn new_iterator(&mut self, items: Vec<Value>) -> Value {
        Value::Object(self.heap.add(Object::Iterator { items, next: 0 }))
    }
}

pub(super) fn call<H: Host>(interp: &mut Interp<'_, H>, name: Name, args: Args, place: Place) -> Eval {
    if let Some(unknown) = &args.open {
        return Ok(Value::Unknown(unknown.clone()));
    }
    let arg = |index: usize| args.positional().nth(index).map(|arg| arg.value.clone());
    let first = arg(0);
    let given = args.positional().count();
    // Functions of one iterable that give up alike when its items are not known.
    macro_rules! items {
        ($value:expr) => {
            match interp.iterate(&$value, place)? {
                Ok(items) => items,
                Err(because) => return Ok(Value::unknown(because)),
            }
        };
    }
    let missing = || raise("TypeError", &format!("{name}() is missing an argument"), place);
    Ok(match name.as_str() {
        "print" | "input" => Value::None,
        "len" => {
            let value = first.ok_or_else(missing)?;
            match interp.iterate(&value, place)? {
                Ok(items) => Value::Int(items.len() as i64),
                Err(because) => Value::unknown(because),
            }
        }
        "range" => {
            let ints: Vec<i64> = args.positional().filter_map(|arg| arg.value.as_int()).collect();
            let (start, stop, step) = match (ints.as_slice(), given) {
                ([stop], 1) => (0, *stop, 1),
                ([start, stop], 2) => (*start, *stop, 1),
                ([start, stop, step], 3) if *step != 0 => (*start, *stop, *step),
                _ => return Ok(unknown(Reason::UnreadableArgument("the bounds of range()".into()), place)),
            };
            let mut items = Vec::new();
            let mut at = start;
            while (step > 0 && at < stop) || (step < 0 && at > stop) {
                if items.len() as i64 > MAX_RANGE {
                    return Ok(unknown(Reason::Budget, place));
                }
                items.push(Value::Int(at));
                at = match at.checked_add(step) {
                    Some(next) => next,
                    None => break,
                };
            }
            Value::tuple(items)
        }
        "enumerate" => {
            let start = args.get(1, "start").and_then(|arg| arg.value.as_int()).unwrap_or(0);
            let items = items!(first.ok_or_else(missing)?);
            let pairs = items.into_iter().enumerate();
            let pairs = pairs.map(|(i, item)| Value::tuple(vec![Value::Int(start + i as i64), item])).collect();
            interp.new_iterator(pairs)
        }
        "zip" => {
            let mut columns = Vec::new();
            for index in 0..given {
                columns.push(items!(arg(index).unwrap_or(Value::None)));
            }
            let rows = columns.iter().map(Vec::len).min().unwrap_or(0);
            let rows =
                (0..rows).map(|row| Value::tuple(columns.iter().map(|c| c[row].clone()).collect())).collect();
            interp.new_iterator(rows)
        }
        "map" => {
            let function = first.ok_or_else(missing)?;
            let mut columns = Vec::new();
            for index in 1..given {
                columns.push(items!(arg(index).unwrap_or(Value::None)));
            }
            let rows = columns.iter().map(Vec::len).min().unwrap_or(0);
            let mut out = Vec::with_capacity(rows);
            for row in 0..rows {
                let values = columns.iter().map(|column| column[row].clone());
                out.push(interp.call(&function, Args::values(values, place), place)?);
            }
            interp.new_iterator(out)
        }
        "filter" => {
            let function = first.ok_or_else(missing)?;
            let items = items!(arg(1).ok_or_else(missing)?);
            let mut out = Vec::new();
            for item in items {
                let kept = match &function {
                    Value::None => item.clone(),
                    function => interp.call(function, Args::values([item.clone()], place), place)?,
                };
                match interp.truth(&kept, place) {
                    Ok(true) => out.push(item),
                    Ok(false) => {}
                    Err(because) => return Ok(Value::unknown(because)),
                }
            }
            interp.new_iterator(out)
        }
        "list" => {
            let items = match first {
                Some(value) => items!(value),
                None => Vec::new(),
            };
            interp.new_list(items)
        }
        "tuple" => match first {
            Some(value) => Value::tuple(items!(value)),
            None => Value::tuple(Vec::new()),
        },
        "set" | "frozenset" => {
            let items = match first {
                Some(value) => items!(value),
                None => Vec::new(),
            };
            let set = items.into_iter().map(|item| (Key(item), Value::None)).collect();
            Value::Object(interp.heap.add(Object::Set(set)))
        }
        "dict" => return dict(interp, &args, place),
        "reversed" => {
            let mut items = items!(first.ok_or_else(missing)?);
            items.reverse();
            interp.new_iterator(items)
        }
        "iter" => {
            let items = items!(first.ok_or_else(missing)?);
            interp.new_iterator(items)
        }
        "next" => {
            let value = first.ok_or_else(missing)?;
            return next(interp, &value, arg(1), place);
        }
        "sorted" => {
            let items = items!(first.ok_or_else(missing)?);
            return sort(interp, items, &args, place).map(|sorted| match sorted {
                Ok(items) => interp.new_list(items),
                Err(value) => value,
            });
        }
        "min" | "max" => return extreme(interp, name, &args, place),
        "sum" => {
            let mut total = args.get(1, "start").map_or(Value::Int(0), |arg| arg.value.clone());
            for item in items!(first.ok_or_else(missing)?) {
                total = interp.binary(crate::ast::BinaryOp::Add, total, item, place)?;
            }
            total
        }
        "any" | "all" => {
            let any = name == "any";
            let mut doubt = None;
            for item in items!(first.ok_or_else(missing)?) {
                match interp.truth(&item, place) {
                    Ok(truth) if truth == any => return Ok(Value::Bool(any)),
                    Ok(_) => {}
                    Err(because) => doubt = Some(because),
                }
            }
            doubt.map_or(Value::Bool(!any), Value::unknown)
        }
        "str" => match first {
            Some(value) => super::format::text(interp.display(&value, place)),
            None => Value::str(""),
        },
        "repr" | "ascii" => {
            let value = first.ok_or_else(missing)?;
            super::format::text(interp.repr(&value, place))
        }
        "format" => {
            let value = first.ok_or_else(missing)?;
            let spec = arg(1).unwrap_or_else(|| Value::str(""));
            super::format::text(interp.format_value(&value, None, &spec, place))
        }
        "int" => to_int(first, arg(1), place)?,
        "float" => match first {
            None => Value::Float(0.0),
            Some(Value::Str(text)) => match text.trim().parse() {
                Ok(float) => Value::Float(float),
                Err(_) => return Err(raise("ValueError", "could not convert string to float", place)),
            },
            Some(Value::Float(float)) => Value::Float(float),
            Some(value) => match value.as_int() {
                Some(int) => Value::Float(int as f64),
                None => Value::unknown(interp.why_unknown(&value, place)),
            },
        },
        "bool" => match first {
            None => Value::Bool(false),
            Some(value) => match interp.truth(&value, place) {
                Ok(truth) => Value::Bool(truth),
                Err(because) => Value::unknown(because),
            },
        },
        "bytes" => match first {
            Some(Value::Bytes(bytes)) => Value::Bytes(bytes),
            Some(Value::Str(text)) => Value::Bytes(text.as_bytes().into()),
            _ => unknown(Reason::UnsupportedSyntax("bytes() of this".into()), place),
        },
        "abs" => match first {
            Some(Value::Float(float)) => Value::Float(float.abs()),
            Some(value) => match value.as_int().and_then(i64::checked_abs) {
                Some(int) => Value::Int(int),
                None => Value::unknown(interp.why_unknown(&value, place)),
            },
            None => return Err(missing()),
        },
        "round" => match (first, arg(1)) {
            (Some(Value::Float(float)), None) => Value::Int(float.round_ties_even() as i64),
            (Some(value), _) if value.as_int().is_some() => value,
            _ => unknown(Reason::UnsupportedSyntax("this round()".into()), place),
        },
        "chr" => match first.and_then(|v| v.as_int()).and_then(|i| u32::try_from(i).ok()).and_then(char::from_u32) {
            Some(c) => Value::str(c.encode_utf8(&mut [0; 4])),
            None => unknown(Reason::UnreadableArgument("the argument of chr()".into()), place),
        },
        "ord" => match first.as_ref().and_then(Value::as_str).and_then(|text| text.chars().next()) {
            Some(c) => Value::Int(i64::from(u32::from(c))),
            None => unknown(Reason::UnreadableArgument("the argument of ord()".into()), place),
        },
        "hex" | "oct" | "bin" => match first.and_then(|v| v.as_int()) {
            Some(int) => Value::str(&match name.as_str() {
                "hex" => format!("{int:#x}"),
                "oct" => format!("{int:#o}"),
                _ => format!("{int:#b}"),
            }),
            None => unknown(Reason::UnreadableArgument("this number".into()), place),
        },
        "isinstance" => {
            let (value, class) = (first.ok_or_else(missing)?, arg(1).ok_or_else(missing)?);
            match isinstance(interp, &value, &class) {
                Some(answer) => Value::Bool(answer),
                None => Value::unknown(interp.why_unknown(&value, place)),
            }
        }
        "issubclass" => {
            let (class, of) = (first.ok_or_else(missing)?, arg(1).ok_or_else(missing)?);
            match interp.is_subclass_of(&class, &of) {
                Some(answer) => Value::Bool(answer),
                None => Value::unknown(interp.why_unknown(&class, place)),
            }
        }
        "type" if given == 1 => {
            let value = first.ok_or_else(missing)?;
            match type_of(interp, &value) {
                Some(class) => class,
                None => Value::unknown(interp.why_unknown(&value, place)),
            }
        }
        "callable" => Value::Bool(matches!(
            first,
            Some(Value::Function(_) | Value::Method(_) | Value::Builtin(_))
        )),
        "hasattr" | "getattr" => {
            let (of, attr) = (first.ok_or_else(missing)?, arg(1).ok_or_else(missing)?);
            let Some(attr) = attr.as_str() else { return Ok(Value::unknown(interp.why_unknown(&attr, place))) };
            let value = interp.getattr(&of, fact::name(attr), place)?;
            let absent = matches!(&value, Value::Unknown(u) if matches!(u.reason, Reason::NameNotFound(_)))
                || matches!(&value, Value::Method(m) if matches!(m.kind, MethodKind::Native(_))
                    && !super::collections::is_method(&m.receiver, attr));
            let doubtful = value.as_unknown().is_some() || matches!(value, Value::Symbol(_));
            match (name.as_str(), absent, arg(2)) {
                ("hasattr", true, _) => Value::Bool(false),
                ("hasattr", false, _) if doubtful => Value::unknown(interp.why_unknown(&value, place)),
                ("hasattr", false, _) => Value::Bool(true),
                (_, true, Some(default)) => default,
                _ => value,
            }
        }
        "setattr" => {
            if let (Some(of), Some(attr), Some(value)) = (first, arg(1), arg(2))
                && let Some(attr) = attr.as_str()
            {
                interp.setattr(&of, fact::name(attr), value);
            }
            Value::None
        }
        "divmod" => {
            let (a, b) = (first.ok_or_else(missing)?, arg(1).ok_or_else(missing)?);
            let quotient = interp.binary(crate::ast::BinaryOp::FloorDiv, a.clone(), b.clone(), place)?;
            let rest = interp.binary(crate::ast::BinaryOp::Mod, a, b, place)?;
            Value::tuple(vec![quotient, rest])
        }
        "pow" if given == 2 => {
            let (a, b) = (first.ok_or_else(missing)?, arg(1).ok_or_else(missing)?);
            return interp.binary(crate::ast::BinaryOp::Pow, a, b, place);
        }
        "open" => {
            let call = crate::value::Call { callee: Value::path("builtins.open"), args, place };
            Value::Symbol(Arc::new(crate::value::Symbol::Call(call)))
        }
        "super" => match (first, arg(1)) {
            (Some(Value::Object(class)), Some(receiver)) => {
                Value::Method(Arc::new(Method { receiver, kind: MethodKind::Super(class) }))
            }
            _ => unknown(Reason::UnsupportedSyntax("super() here".into()), place),
        },
        "object" => Value::None,
        exception if super::exceptions::is_builtin_exception(exception) => {
            // An exception instance is the call of its class, which is all that a handler needs.
            let args = interp.freeze_args(args);
            let call = crate::value::Call { callee: Value::Builtin(name), args, place };
            Value::Symbol(Arc::new(crate::value::Symbol::Call(call)))
        }
        _ => unknown(Reason::UnsupportedSyntax(format!("{name}()").into()), place),
    })
}

fn dict<H: Host>(interp: &mut Interp<'_, H>, args: &Args, place: Place) -> Eval {
    let mut dict = Dict::default();
    if let Some(first) = args.positional().next() {
        match interp.dict_entries(&first.value) {
            Some(entries) => dict.extend(entries.into_iter().map(|(k, v)| (Key(k), v))),
            None => {
                let pairs = match interp.iterate(&first.value, place)? {
                    Ok(pairs) => pairs,
                    Err(because) => return Ok(Value::unknown(because)),
                };
                for pair in pairs {
                    match interp.known_items(&pair).as_deref() {
                        Some([key, value]) => {
                            dict.insert(Key(key.clone()), value.clone());
                        }
                        _ => return Ok(Value::unknown(interp.why_unknown(&pair, place))),
                    }
                }
            }
        }
    }
    dict.extend(args.keywords().map(|(name, arg)| (Key(Value::str(&name)), arg.value.clone())));
    Ok(Value::Object(interp.heap.add(Object::Dict(dict))))
}

fn next<H: Host>(interp: &mut Interp<'_, H>, value: &Value, default: Option<Value>, place: Place) -> Eval {
    if let Value::Object(id) = value
        && let Some(Object::Iterator { items, next }) = interp.heap.get_mut(*id)
    {
        let item = items.get(*next).cloned();
        *next += 1;
        return item.or(default).ok_or_else(|| raise("StopIteration", "", place));
    }
    Ok(Value::unknown(interp.why_unknown(value, place)))
}

/// Sorts by `key` and `reverse`; `Err` is the unknown value when the order is not known.
pub(super) fn sort<H: Host>(
    interp: &mut Interp<'_, H>,
    items: Vec<Value>,
    args: &Args,
    place: Place,
) -> Eval<Result<Vec<Value>, Value>> {
    let key = args.keyword("key").map(|arg| arg.value.clone()).filter(|key| !key.is_none());
    let reverse = args.keyword("reverse").is_some_and(|arg| arg.value == Value::Bool(true));
    let mut keyed = Vec::with_capacity(items.len());
    for item in items {
        let by = match &key {
            Some(key) => interp.call(key, Args::values([item.clone()], place), place)?,
            None => interp.mixed_in_value(&item).unwrap_or_else(|| item.clone()),
        };
        keyed.push((interp.freeze(&by), item));
    }
    let mut undecided = None;
    keyed.sort_by(|(a, _), (b, _)| {
        let order = super::operators::order_values(a, b).unwrap_or_else(|| {
            undecided = Some(a.clone());
            Ordering::Equal
        });
        if reverse { order.reverse() } else { order }
    });
    if let Some(value) = undecided {
        return Ok(Err(Value::unknown(interp.why_unknown(&value, place))));
    }
    Ok(Ok(keyed.into_iter().map(|(_, item)| item).collect()))
}

fn extreme<H: Host>(interp: &mut Interp<'_, H>, name: Name, args: &Args, place: Place) -> Eval {
    let items = if args.positional().count() == 1 {
        let value = args.positional().next().map_or(Value::None, |arg| arg.value.clone());
        match interp.iterate(&value, place)? {
            Ok(items) => items,
            Err(because) => return Ok(Value::unknown(because)),
        }
    } else {
        args.positional().map(|arg| arg.value.clone()).collect()
    };
    if items.is_empty() {
        return match args.keyword("default") {
            Some(default) => Ok(default.value.clone()),
            None => Err(raise("ValueError", "the iterable is empty", place)),
        };
    }
    match sort(interp, items, args, place)? {
        Ok(sorted) => {
            let item = if name == "min" { sorted.first() } else { sorted.last() };
            Ok(item.cloned().unwrap_or(Value::None))
        }
        Err(value) => Ok(value),
    }
}

fn to_int(value: Option<Value>, base: Option<Value>, place: Place) -> Eval {
    Ok(match value {
        None => Value::Int(0),
        Some(Value::Str(text)) => {
            let base = base.and_then(|b| b.as_int()).and_then(|b| u32::try_from(b).ok()).unwrap_or(10);
            if !(2..=36).contains(&base) {
                return Err(raise("ValueError", "base must be between 2 and 36", place));
            }
            match i64::from_str_radix(text.trim().trim_start_matches("0x"), base) {
                Ok(int) => Value::Int(int),
                Err(_) => return Err(raise("ValueError", "invalid literal for int()", place)),
            }
        }
        Some(Value::Float(float)) => Value::Int(float as i64),
        Some(value) => match value.as_int() {
            Some(int) => Value::Int(int),
            None => unknown(Reason::UnreadableArgument("the argument of int()".into()), place),
        },
    })
}

fn type_of<H: Host>(interp: &Interp<'_, H>, value: &Value) -> Option<Value> {
    let builtin = match value {
        Value::Bool(_) => "bool",
        Value::Int(_) => "int",
        Value::Float(_) => "float",
        Value::Str(_) | Value::Partial(_) => "str",
        Value::Bytes(_) => "bytes",
        Value::Tuple(_) => "tuple",
        Value::List(_) => "list",
        Value::Set(_) => "set",
        Value::Dict(_) => "dict",
        Value::Object(id) => match interp.heap.get(*id) {
            Object::List(_) => "list",
            Object::Dict(_) => "dict",
            Object::Set(_) => "set",
            Object::Instance(_) => return interp.class_of(value),
            Object::Class(_) => "type",
            _ => return None,
        },
        _ => return None,
    };
    Some(Value::Builtin(fact::name(builtin)))
}

fn isinstance<H: Host>(interp: &mut Interp<'_, H>, value: &Value, class: &Value) -> Option<bool> {
    if let Some(classes) = interp.known_items(class) {
        let mut all = Some(false);
        for class in &classes {
            match isinstance(interp, value, class) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => all = None,
            }
        }
        return all;
    }
    if value.is_none() {
        return Some(matches!(class, Value::Builtin(name) if name == "object"));
    }
    if matches!(value, Value::Symbol(_) | Value::Handle(_)) {
        return H::isinstance(interp, value, class);
    }
    match (type_of(interp, value)?, class) {
        (_, Value::Builtin(of)) if of == "object" => Some(true),
        (Value::Builtin(is), Value::Builtin(of)) => Some(is == *of || is == "bool" && of == "int"),
        (Value::Builtin(is), Value::Symbol(_)) => {
            let path = class.as_path()?;
            let iterable = matches!(is.as_str(), "list" | "tuple" | "set" | "dict" | "str");
            match path.rsplit('.').next()? {
                "Mapping" | "MutableMapping" => Some(is == "dict"),
                "Sequence" => Some(matches!(is.as_str(), "list" | "tuple" | "str")),
                "Iterable" | "Collection" => Some(iterable),
                _ => Some(false),
            }
        }
        (Value::Builtin(_), _) => Some(false),
        (is, of) => match interp.is_subclass_of(&is, of) {
            Some(answer) => Some(answer),
            None => H::isinstance(interp, value, class),
        },
    }
}
