//! Methods of strings.

use super::access::raise;
use super::heap::Object;
use super::{Interp, unknown};
use crate::host::{Eval, Host};
use crate::value::{Args, Part, Value};
use fact::{Name, Place, Reason};

pub(super) const METHODS: &[&str] = &[
    "capitalize", "casefold", "center", "count", "encode", "endswith", "expandtabs", "find", "format", "format_map",
    "index", "isalnum", "isalpha", "isdigit", "isidentifier", "islower", "isnumeric", "isspace", "isupper", "join",
    "ljust", "lower", "lstrip", "partition", "removeprefix", "removesuffix", "replace", "rfind", "rjust", "rpartition",
    "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "swapcase", "title", "upper", "zfill",
];

pub(super) fn method<H: Host>(
    interp: &mut Interp<'_, H>,
    text: &str,
    name: Name,
    args: &Args,
    place: Place,
) -> Eval {
    match name.as_str() {
        "format" => return Ok(interp.str_format(text, args, place)),
        "join" => return join(interp, text, args, place),
        _ => {}
    }
    if let Some(unknown) = args.list.iter().find_map(|arg| arg.value.as_unknown()).or(args.open.as_ref()) {
        return Ok(Value::Unknown(unknown.clone()));
    }
    let arg = |index: usize| args.positional().nth(index).map(|arg| &arg.value);
    let str_arg = |index: usize| arg(index).and_then(Value::as_str);
    let strip_chars = |c: char| match str_arg(0) {
        Some(set) => set.contains(c),
        None => c.is_whitespace(),
    };
    let width = arg(0).and_then(Value::as_int).and_then(|w| usize::try_from(w).ok()).filter(|w| *w < 10_000);
    let string = |text: &str| Ok(Value::str(text));
    let find = |found: Option<usize>| found.map_or(-1, |byte| text[..byte].chars().count() as i64);
    Ok(match name.as_str() {
        "upper" => return string(&text.to_uppercase()),
        "lower" | "casefold" => return string(&text.to_lowercase()),
        "strip" => return string(text.trim_matches(strip_chars)),
        "lstrip" => return string(text.trim_start_matches(strip_chars)),
        "rstrip" => return string(text.trim_end_matches(strip_chars)),
        "title" => return string(&title(text)),
        "capitalize" => {
            let mut chars = text.chars();
            let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
            return string(&(first + &chars.as_str().to_lowercase()));
        }
        "replace" => match (str_arg(0), str_arg(1), arg(2).and_then(Value::as_int)) {
            (Some(from), Some(to), None) => Value::str(&text.replace(from, to)),
            (Some(from), Some(to), Some(count)) => {
                Value::str(&text.replacen(from, to, usize::try_from(count).unwrap_or(usize::MAX)))
            }
            _ => unsupported(name, place),
        },
        "startswith" | "endswith" => {
            let test = |affix: &str| {
                if name == "startswith" { text.starts_with(affix) } else { text.ends_with(affix) }
            };
            match arg(0) {
                Some(Value::Str(affix)) => Value::Bool(test(affix)),
                Some(Value::Tuple(affixes)) => {
                    Value::Bool(affixes.iter().filter_map(Value::as_str).any(test))
                }
                _ => unsupported(name, place),
            }
        }
        "split" | "rsplit" | "splitlines" => {
            let separator = args.get(0, "sep").and_then(|arg| arg.value.as_str());
            let limit = args.get(1, "maxsplit").and_then(|arg| arg.value.as_int()).filter(|limit| *limit >= 0);
            let limit = limit.map_or(usize::MAX, |limit| limit as usize).saturating_add(1);
            let pieces: Vec<Value> = match (name.as_str(), separator) {
                ("splitlines", _) => text.lines().map(Value::str).collect(),
                (_, Some("")) => return Err(raise("ValueError", "empty separator", place)),
                ("rsplit", Some(separator)) => {
                    let mut pieces: Vec<Value> = text.rsplitn(limit, separator).map(Value::str).collect();
                    pieces.reverse();
                    pieces
                }
                (_, Some(separator)) => text.splitn(limit, separator).map(Value::str).collect(),
                (_, None) if limit == usize::MAX => text.split_whitespace().map(Value::str).collect(),
                _ => return Ok(unsupported(name, place)),
            };
            Value::Object(interp.heap.add(Object::List(pieces)))
        }
        "partition" | "rpartition" => {
            let Some(separator) = str_arg(0).filter(|s| !s.is_empty()) else { return Ok(unsupported(name, place)) };
            let split = if name == "partition" { text.split_once(separator) } else { text.rsplit_once(separator) };
            let (a, b, c) = match (split, name.as_str()) {
                (Some((before, after)), _) => (before, separator, after),
                (None, "partition") => (text, "", ""),
                (None, _) => ("", "", text),
            };
            Value::tuple(vec![Value::str(a), Value::str(b), Value::str(c)])
        }
        "removeprefix" => return string(str_arg(0).and_then(|p| text.strip_prefix(p)).unwrap_or(text)),
        "removesuffix" => return string(str_arg(0).and_then(|p| text.strip_suffix(p)).unwrap_or(text)),
        "find" => str_arg(0).map_or(unsupported(name, place), |part| Value::Int(find(text.find(part)))),
        "rfind" => str_arg(0).map_or(unsupported(name, place), |part| Value::Int(find(text.rfind(part)))),
        "index" => match str_arg(0).and_then(|part| text.find(part)) {
            Some(at) => Value::Int(find(Some(at))),
            None => return Err(raise("ValueError", "substring not found", place)),
        },
        "count" => match str_arg(0).filter(|part| !part.is_empty()) {
            Some(part) => Value::Int(text.matches(part).count() as i64),
            None => unsupported(name, place),
        },
        "isdigit" | "isnumeric" | "isdecimal" => {
            Value::Bool(!text.is_empty() && text.chars().all(|c| c.is_ascii_digit()))
        }
        "isalpha" => Value::Bool(!text.is_empty() && text.chars().all(char::is_alphabetic)),
        "isalnum" => Value::Bool(!text.is_empty() && text.chars().all(char::is_alphanumeric)),
        "isspace" => Value::Bool(!text.is_empty() && text.chars().all(char::is_whitespace)),
        "isupper" => Value::Bool(text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)),
        "islower" => Value::Bool(text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase)),
        "zfill" => width.map_or(unsupported(name, place), |width| Value::str(&format!("{text:0>width$}"))),
        "ljust" => width.map_or(unsupported(name, place), |width| Value::str(&format!("{text:<width$}"))),
        "rjust" => width.map_or(unsupported(name, place), |width| Value::str(&format!("{text:>width$}"))),
        "center" => width.map_or(unsupported(name, place), |width| Value::str(&format!("{text:^width$}"))),
        "encode" => Value::Bytes(text.as_bytes().into()),
        _ => unsupported(name, place),
    })
}

fn unsupported(name: Name, place: Place) -> Value {
    unknown(Reason::UnsupportedSyntax(format!("this call of {name}()").into()), place)
}

fn join<H: Host>(interp: &mut Interp<'_, H>, separator: &str, args: &Args, place: Place) -> Eval {
    let Some(arg) = args.positional().next() else { return Ok(unsupported(fact::name("join"), place)) };
    let items = match interp.iterate(&arg.value, place)? {
        Ok(items) => items,
        Err(because) => return Ok(Value::unknown(because)),
    };
    let mut parts = Vec::with_capacity(items.len() * 2);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            parts.push(Part::Text(separator.into()));
        }
        parts.extend(interp.display(item, place));
    }
    Ok(super::format::text(parts))
}

fn title(text: &str) -> String {
    let mut start = true;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if start {
            out.extend(c.to_uppercase());
        } else {
            out.extend(c.to_lowercase());
        }
        start = !c.is_alphabetic();
    }
    out
}
