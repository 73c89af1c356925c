//! Built-in types as functions, and numbers and texts of one another.

use super::access::raise;
use super::builtins::missing;
use super::{Interp, unknown};
use crate::host::{Eval, Host};
use crate::value::{Args, Value};
use fact::{Name, Place, Reason, Unknown};

/// `None`: not one of these functions.
pub(super) fn call<H: Host>(
    interp: &mut Interp<'_, H>,
    name: Name,
    args: &Args,
    place: Place,
) -> Option<Eval> {
    Some(match name.as_str() {
        "list" | "tuple" | "set" | "frozenset" => container(interp, name, args, place),
        "dict" => dict_items(interp, args, place).map(|items| match items {
            Ok(items) => interp.new_dict(items),
            Err(because) => Value::unknown(because),
        }),
        "str" | "repr" | "ascii" | "format" | "bytes" => text(interp, name, args, place),
        "int" | "float" | "bool" | "abs" | "round" => number(interp, name, args, place),
        "chr" | "ord" | "hex" | "oct" | "bin" => character(interp, name, args, place),
        _ => return None,
    })
}

fn arg(args: &Args, index: usize) -> Option<Value> {
    args.positional().nth(index).map(|arg| arg.value.clone())
}

fn container<H: Host>(interp: &mut Interp<'_, H>, name: Name, args: &Args, place: Place) -> Eval {
    let items = match arg(args, 0) {
        Some(value) => match interp.iterate(&value, place)? {
            Ok(items) => items,
            Err(because) => return Ok(Value::unknown(because)),
        },
        None => Vec::new(),
    };
    match name.as_str() {
        "list" => Ok(interp.new_list(items)),
        "tuple" => Ok(interp.sized(Value::tuple(items), place)),
        _ => interp.new_set(items, place),
    }
}

/// The entries that the arguments of `dict()` or `dict.update()` stand for.
pub(super) fn dict_items<H: Host>(
    interp: &mut Interp<'_, H>,
    args: &Args,
    place: Place,
) -> Eval<Result<Vec<(Value, Value)>, Unknown>> {
    if let Some(open) = &args.open {
        return Ok(Err((**open).clone()));
    }
    let mut items = Vec::new();
    if let Some(value) = arg(args, 0) {
        match interp.dict_entries(&value) {
            Some(entries) => items.extend(entries),
            None => match interp.iterate(&value, place)? {
                Ok(pairs) => {
                    for pair in pairs {
                        match interp.iterate(&pair, place)?.as_deref() {
                            Ok([key, value]) => items.push((key.clone(), value.clone())),
                            Ok(_) => return Err(raise("ValueError", "a pair is required", place)),
                            Err(because) => return Ok(Err(because.clone())),
                        }
                    }
                }
                Err(because) => return Ok(Err(because)),
            },
        }
    }
    items.extend(args.keywords().map(|(name, arg)| (Value::str(&name), arg.value.clone())));
    Ok(Ok(items))
}

fn text<H: Host>(interp: &mut Interp<'_, H>, name: Name, args: &Args, place: Place) -> Eval {
    let Some(value) = arg(args, 0) else {
        return match name.as_str() {
            "str" => Ok(Value::str("")),
            "bytes" => Ok(Value::Bytes([].into())),
            _ => Err(missing(name, place)),
        };
    };
    let parts = match name.as_str() {
        "str" => match (&value, args.list.len()) {
            (Value::Bytes(bytes), 2..) => match std::str::from_utf8(bytes) {
                Ok(text) => return Ok(Value::str(text)),
                Err(_) => return Ok(unknown(Reason::UnreadableArgument("these bytes".into()), place)),
            },
            _ => interp.try_display(&value, place)?,
        },
        "repr" => interp.repr(&value, place)?,
        "format" => {
            let spec = arg(args, 1).unwrap_or_else(|| Value::str(""));
            interp.format_value(&value, None, &spec, place)?
        }
        "bytes" => {
            return Ok(match value {
                Value::Bytes(bytes) => Value::Bytes(bytes),
                Value::Str(text) if args.list.len() > 1 => Value::Bytes(text.as_bytes().into()),
                _ => unknown(Reason::UnsupportedSyntax("bytes() of this".into()), place),
            });
        }
        _ => return Ok(unknown(Reason::UnsupportedSyntax(format!("{name}()").into()), place)),
    };
    Ok(interp.sized_text(super::format::text(parts), place))
}

fn number<H: Host>(interp: &mut Interp<'_, H>, name: Name, args: &Args, place: Place) -> Eval {
    let Some(value) = arg(args, 0) else {
        return match name.as_str() {
            "int" => Ok(Value::Int(0)),
            "float" => Ok(Value::Float(0.0)),
            "bool" => Ok(Value::Bool(false)),
            _ => Err(missing(name, place)),
        };
    };
    if name == "bool" {
        return Ok(match interp.truth(&value, place) {
            Ok(truth) => Value::Bool(truth),
            Err(because) => Value::unknown(because),
        });
    }
    let value = interp.mixed_in_value(&value).unwrap_or(value);
    if let Value::Unknown(_) | Value::Partial(_) | Value::Symbol(_) | Value::Handle(_) | Value::Object(_) =
        value
    {
        return Ok(Value::unknown(interp.why_unknown(&value, place)));
    }
    let second = args.get(1, if name == "int" { "base" } else { "ndigits" }).map(|arg| arg.value.clone());
    let too_large = || super::operators::overflow(place);
    Ok(match (name.as_str(), &value) {
        ("int", Value::Str(text)) => return parse_int(text, second, place),
        ("int", Value::Float(float)) if !float.is_finite() => {
            return Err(raise("ValueError", "the float is not finite", place));
        }
        ("int", Value::Float(float)) if float.abs() < 9.0e18 => Value::Int(*float as i64),
        ("int" | "round", Value::Float(float)) if float.abs() >= 9.0e18 => too_large(),
        ("float", Value::Str(text)) => match parse_float(text) {
            Some(float) => Value::Float(float),
            None => return Err(raise("ValueError", "could not convert string to float", place)),
        },
        ("float" | "abs" | "round", Value::Float(float)) => match (name.as_str(), second) {
            ("float", _) => Value::Float(*float),
            ("abs", _) => Value::Float(float.abs()),
            (_, None | Some(Value::None)) if float.is_finite() => Value::Int(float.round_ties_even() as i64),
            (_, Some(Value::Int(digits @ 0..=15))) => {
                let digits = usize::try_from(digits).unwrap_or(0);
                Value::Float(format!("{float:.digits$}").parse().unwrap_or(*float))
            }
            _ => unknown(Reason::UnsupportedSyntax("this round()".into()), place),
        },
        (name, other) => match (name, other.as_int()) {
            ("float", Some(int)) => Value::Float(int as f64),
            ("abs", Some(int)) => int.checked_abs().map_or_else(too_large, Value::Int),
            ("int", Some(int)) => Value::Int(int),
            ("round", Some(int))
                if second.as_ref().is_none_or(|digits| digits.as_int().is_some_and(|d| d >= 0)) =>
            {
                Value::Int(int)
            }
            ("round", Some(_)) => unknown(Reason::UnsupportedSyntax("this round()".into()), place),
            _ => return Err(raise("TypeError", &format!("{name}() takes a number"), place)),
        },
    })
}

fn digits_of(text: &str) -> Option<String> {
    let text = text.trim();
    let sound = !text.starts_with('_') && !text.ends_with('_') && !text.contains("__");
    sound.then(|| text.replace('_', ""))
}

fn parse_int(text: &str, base: Option<Value>, place: Place) -> Eval {
    let invalid = || raise("ValueError", "invalid literal for int()", place);
    let base = match base.map(|base| base.as_int()) {
        None => 10,
        Some(Some(base)) => base,
        Some(None) => return Ok(unknown(Reason::UnreadableArgument("the base of int()".into()), place)),
    };
    let digits = digits_of(text).ok_or_else(invalid)?;
    let (sign, digits) = match digits.strip_prefix(['+', '-']) {
        Some(rest) => (if digits.starts_with('-') { "-" } else { "" }, rest.to_lowercase()),
        None => ("", digits.to_lowercase()),
    };
    let prefixed = [("0x", 16), ("0o", 8), ("0b", 2)];
    let prefix =
        prefixed.iter().find(|(prefix, of)| (base == 0 || base == *of) && digits.starts_with(prefix));
    let (digits, base) = match prefix {
        Some((prefix, of)) => (digits.trim_start_matches(prefix), *of),
        None => (digits.as_str(), if base == 0 { 10 } else { base }),
    };
    let base = u32::try_from(base).ok().filter(|base| (2..=36).contains(base)).ok_or_else(invalid)?;
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(base)) {
        return Err(invalid());
    }
    match i64::from_str_radix(&format!("{sign}{digits}"), base) {
        Ok(int) => Ok(Value::Int(int)),
        Err(_) => Ok(super::operators::overflow(place)),
    }
}

fn parse_float(text: &str) -> Option<f64> {
    let text = digits_of(text)?.to_lowercase();
    let plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e'));
    let named = matches!(text.trim_start_matches(['+', '-']), "inf" | "infinity" | "nan");
    (plain || named).then(|| text.parse().ok()).flatten()
}

fn character<H: Host>(interp: &mut Interp<'_, H>, name: Name, args: &Args, place: Place) -> Eval {
    let value = arg(args, 0).ok_or_else(|| missing(name, place))?;
    if name == "ord" {
        return match &value {
            Value::Str(text) => match (text.chars().next(), text.chars().nth(1)) {
                (Some(c), None) => Ok(Value::Int(i64::from(u32::from(c)))),
                _ => Err(raise("TypeError", "ord() takes one character", place)),
            },
            other => Ok(Value::unknown(interp.why_unknown(other, place))),
        };
    }
    let Some(int) = value.as_int() else { return Ok(Value::unknown(interp.why_unknown(&value, place))) };
    if name == "chr" {
        return match u32::try_from(int).ok().and_then(char::from_u32) {
            Some(c) => Ok(Value::str(c.encode_utf8(&mut [0; 4]))),
            None => Err(raise("ValueError", "chr() argument out of range", place)),
        };
    }
    let (sign, magnitude) = (if int < 0 { "-" } else { "" }, int.unsigned_abs());
    Ok(Value::str(&match name.as_str() {
        "hex" => format!("{sign}{magnitude:#x}"),
        "oct" => format!("{sign}{magnitude:#o}"),
        _ => format!("{sign}{magnitude:#b}"),
    }))
}
