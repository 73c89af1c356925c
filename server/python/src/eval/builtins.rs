//! Built-in functions and types.

use super::access::raise;
use super::heap::Object;
use super::{Frame, Interp, conversions, iterables, unknown};
use crate::ast::{Arg as ArgNode, BinaryOp, ExprId};
use crate::host::{Eval, Host, Raise};
use crate::value::{Args, Call, Method, MethodKind, Symbol, Value};
use fact::{Name, Place, Reason};
use std::sync::Arc;

const TYPES: &[&str] = &[
    "bool",
    "bytearray",
    "bytes",
    "complex",
    "dict",
    "float",
    "frozenset",
    "int",
    "list",
    "memoryview",
    "object",
    "range",
    "set",
    "slice",
    "str",
    "tuple",
    "type",
];

const FUNCTIONS: &[&str] = &[
    "__import__",
    "abs",
    "all",
    "any",
    "ascii",
    "bin",
    "callable",
    "chr",
    "classmethod",
    "delattr",
    "dir",
    "divmod",
    "enumerate",
    "filter",
    "format",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "hex",
    "id",
    "input",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "locals",
    "map",
    "max",
    "min",
    "next",
    "oct",
    "open",
    "ord",
    "pow",
    "print",
    "property",
    "repr",
    "reversed",
    "round",
    "setattr",
    "sorted",
    "staticmethod",
    "sum",
    "super",
    "vars",
    "zip",
];

pub(super) fn is_builtin(name: &str) -> bool {
    TYPES.contains(&name) || is_function(name) || super::exceptions::is_builtin_exception(name)
}

/// Built-ins that are no class.
pub(super) fn is_function(name: &str) -> bool {
    FUNCTIONS.contains(&name) || name == "NotImplemented"
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
        if !matches!(self.lookup(frame, name, place), Ok(Value::Builtin(_))) {
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
            "globals" => Value::Object(self.heap.add(Object::Globals(frame.file))),
            _ => match self.heap.get(frame.scope) {
                Object::Scope(scope) if scope.module.is_some() => {
                    Value::Object(self.heap.add(Object::Globals(frame.file)))
                }
                Object::Scope(scope) => {
                    let entries: Vec<_> =
                        scope.vars.iter().map(|(name, value)| (Value::str(name), value.clone())).collect();
                    self.new_dict(entries)
                }
                _ => unknown(Reason::UnsupportedSyntax("locals() here".into()), place),
            },
        }))
    }

    /// What an exception of the project was made with; `None` for other instances.
    pub(super) fn exception_args(&self, value: &Value) -> Option<Vec<Value>> {
        let Value::Object(id) = value else { return None };
        let Object::Instance(instance) = self.heap.get(*id) else { return None };
        let is_exception = |base: &Value| matches!(base, Value::Builtin(name) if super::exceptions::is_builtin_exception(name));
        let sure =
            instance.args.open.is_none() && self.outside_bases(instance.class).iter().all(is_exception);
        let any = self.outside_bases(instance.class).iter().any(is_exception);
        (sure && any).then(|| instance.args.positional().map(|arg| arg.value.clone()).collect())
    }
}

pub(super) fn call<H: Host>(interp: &mut Interp<'_, H>, name: Name, args: Args, place: Place) -> Eval {
    if name == "print" {
        return Ok(Value::None);
    }
    if let Some(unknown) = &args.open {
        return Ok(Value::Unknown(unknown.clone()));
    }
    if super::exceptions::is_builtin_exception(&name) {
        // An exception instance is the call of its class, which is all that a handler needs.
        let args = interp.freeze_args(args);
        let call = Call { callee: Value::Builtin(name), args, place };
        return Ok(interp.symbol(Symbol::Call(call), place));
    }
    if let Some(result) = iterables::call(interp, name, &args, place) {
        return result;
    }
    if let Some(result) = conversions::call(interp, name, &args, place) {
        return result;
    }
    reflection(interp, name, args, place)
}

/// What every function says that was given too little.
pub(super) fn missing(name: Name, place: Place) -> Raise {
    raise("TypeError", &format!("{name}() is missing an argument"), place)
}

fn reflection<H: Host>(interp: &mut Interp<'_, H>, name: Name, args: Args, place: Place) -> Eval {
    let arg = |index: usize| args.positional().nth(index).map(|arg| arg.value.clone());
    let given = args.positional().count();
    let needed = |index: usize| arg(index).ok_or_else(|| missing(name, place));
    Ok(match name.as_str() {
        "isinstance" => {
            let (value, class) = (needed(0)?, needed(1)?);
            match isinstance(interp, &value, &class) {
                Some(answer) => Value::Bool(answer),
                None => Value::unknown(interp.why_unknown(&value, place)),
            }
        }
        "issubclass" => {
            let (class, of) = (needed(0)?, needed(1)?);
            match interp.is_subclass_of(&class, &of) {
                Some(answer) => Value::Bool(answer),
                None => Value::unknown(interp.why_unknown(&class, place)),
            }
        }
        "type" if given == 1 => {
            let value = needed(0)?;
            match type_of(interp, &value) {
                Some(class) => class,
                None => Value::unknown(interp.why_unknown(&value, place)),
            }
        }
        "callable" => match needed(0)? {
            Value::Function(_) | Value::Builtin(_) => Value::Bool(true),
            Value::Method(method) => Value::Bool(!matches!(method.kind, MethodKind::Super(_))),
            value @ Value::Object(_) => {
                match interp.is_class(&value) || interp.own_method(&value, "__call__").is_some() {
                    true => Value::Bool(true),
                    false if interp.container(&value).is_some() => Value::Bool(false),
                    false => Value::unknown(interp.why_unknown(&value, place)),
                }
            }
            value @ (Value::Symbol(_) | Value::Handle(_) | Value::Unknown(_)) => {
                Value::unknown(interp.why_unknown(&value, place))
            }
            _ => Value::Bool(false),
        },
        "hasattr" | "getattr" => {
            let (of, attr) = (needed(0)?, needed(1)?);
            let Some(attr) = attr.as_str() else {
                return Ok(Value::unknown(interp.why_unknown(&attr, place)));
            };
            let attr = fact::name(attr);
            // Somebody is prepared for what is not there.
            interp.tries += 1;
            let found = interp.getattr(&of, attr, place);
            interp.tries -= 1;
            let is_missing = match &found {
                Err(Raise::Exception(exception))
                    if exception.class == Value::Builtin(fact::name("AttributeError")) =>
                {
                    true
                }
                Ok(_) => interp.has_method(&of, &attr) == Some(false),
                Err(_) => return found,
            };
            let default = arg(2);
            match (name == "hasattr", is_missing, default) {
                (true, true, _) => Value::Bool(false),
                (false, true, Some(default)) => default,
                (false, true, None) if interp.in_try() => {
                    return Err(raise("AttributeError", &format!("no attribute '{attr}'"), place));
                }
                (false, true, None) => unknown(Reason::NameNotFound(attr.as_str().into()), place),
                (hasattr, false, default) => {
                    let value = found?;
                    // Nobody knows what a symbol has.
                    let doubtful = matches!(of, Value::Symbol(_) | Value::Handle(_))
                        && matches!(value, Value::Symbol(_));
                    match (hasattr, doubtful || value.as_unknown().is_some() && hasattr) {
                        (true, true) => Value::unknown(interp.why_unknown(&value, place)),
                        (true, false) => Value::Bool(true),
                        (false, true) if default.is_some() => {
                            Value::unknown(interp.why_unknown(&value, place))
                        }
                        (false, _) => value,
                    }
                }
            }
        }
        "setattr" | "delattr" => {
            let (of, attr) = (needed(0)?, needed(1)?);
            match attr.as_str() {
                Some(attr) if name == "setattr" => {
                    interp.setattr(&of, fact::name(attr), needed(2)?, place)?
                }
                Some(attr) => interp.delattr(&of, fact::name(attr)),
                None => {
                    if let Value::Object(id) = of {
                        interp.forget(id, interp.why_unknown(&attr, place));
                    }
                }
            }
            Value::None
        }
        "vars" => match needed(0)? {
            value @ Value::Object(_) => match interp.instance_view(&value) {
                Some(view) => interp
                    .new_dict(view.attributes.into_iter().map(|(name, value)| (Value::str(&name), value))),
                None => Value::unknown(interp.why_unknown(&value, place)),
            },
            value => Value::unknown(interp.why_unknown(&value, place)),
        },
        "divmod" => {
            let (a, b) = (needed(0)?, needed(1)?);
            let quotient = interp.binary(BinaryOp::FloorDiv, a.clone(), b.clone(), place)?;
            let rest = interp.binary(BinaryOp::Mod, a, b, place)?;
            Value::tuple(vec![quotient, rest])
        }
        "pow" if given == 2 => {
            let (a, b) = (needed(0)?, needed(1)?);
            return interp.binary(BinaryOp::Pow, a, b, place);
        }
        "open" => {
            let call = Call { callee: Value::path("builtins.open"), args: interp.freeze_args(args), place };
            interp.symbol(Symbol::Call(call), place)
        }
        "slice" => {
            let call = Call { callee: Value::path("builtins.slice"), args, place };
            interp.symbol(Symbol::Call(call), place)
        }
        "super" => match (arg(0), arg(1)) {
            (Some(Value::Object(class)), Some(receiver)) => interp
                .sized(Value::Method(Arc::new(Method { receiver, kind: MethodKind::Super(class) })), place),
            _ => unknown(Reason::UnsupportedSyntax("super() here".into()), place),
        },
        "staticmethod" | "classmethod" | "property" => match arg(0) {
            Some(Value::Function(function)) => {
                let role = match name.as_str() {
                    "staticmethod" => crate::value::Role::Static,
                    "classmethod" => crate::value::Role::Class,
                    _ => crate::value::Role::Property,
                };
                Value::Function(Arc::new(crate::value::Function { role, ..(*function).clone() }))
            }
            _ => unknown(Reason::UnsupportedSyntax(format!("{name}()").into()), place),
        },
        _ => unknown(Reason::UnsupportedSyntax(format!("{name}()").into()), place),
    })
}

fn type_of<H: Host>(interp: &Interp<'_, H>, value: &Value) -> Option<Value> {
    let builtin = match value {
        Value::None => "NoneType",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int",
        Value::Float(_) => "float",
        Value::Str(_) | Value::Partial(_) => "str",
        Value::Bytes(_) => "bytes",
        Value::Tuple(_) => "tuple",
        Value::List(_) => "list",
        Value::Set(_) => "set",
        Value::Dict(_) => "dict",
        Value::Builtin(name) if !is_function(name) => "type",
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
    if let Value::Tuple(classes) = class {
        let mut all = Some(false);
        for class in classes.iter() {
            match isinstance(interp, value, class) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => all = None,
            }
        }
        return all;
    }
    if value.is_none() {
        return match class {
            Value::Builtin(name) => Some(name == "object" || name == "NoneType"),
            Value::Unknown(_) => None,
            other => Some(other.as_path().is_some_and(|path| path == "types.NoneType")),
        };
    }
    if matches!((value, class), (Value::Handle(_), _) | (Value::Symbol(_), _)) {
        // An exception is the call of its class.
        if let Some(call) = value.as_call()
            && let Value::Builtin(_) = call.callee
        {
            return interp.is_subclass_of(&call.callee, class);
        }
        return H::isinstance(interp, value, class);
    }
    match (type_of(interp, value)?, class) {
        (_, Value::Builtin(of)) if of == "object" => Some(true),
        (Value::Builtin(is), Value::Builtin(of)) => Some(is == *of || is == "bool" && of == "int"),
        (Value::Builtin(is), Value::Symbol(_)) => {
            let path = class.as_path()?;
            let is = is.as_str();
            match path.rsplit('.').next()? {
                "Mapping" | "MutableMapping" => Some(is == "dict"),
                "MutableSequence" => Some(is == "list"),
                "Sequence" => Some(matches!(is, "list" | "tuple" | "str" | "bytes")),
                "Set" | "MutableSet" => Some(is == "set"),
                "Iterable" | "Collection" | "Container" | "Sized" => {
                    Some(matches!(is, "list" | "tuple" | "set" | "dict" | "str" | "bytes"))
                }
                "Hashable" | "Number" | "Integral" | "Real" | "Callable" => None,
                _ => Some(false),
            }
        }
        (Value::Builtin(_), Value::Unknown(_)) => None,
        (Value::Builtin(_), _) => Some(false),
        (is, of) => match interp.is_subclass_of(&is, of) {
            Some(answer) => Some(answer),
            None => H::isinstance(interp, value, class),
        },
    }
}
