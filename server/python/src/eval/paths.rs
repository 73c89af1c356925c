//! `pathlib`, `os.path` and `open`, as far as the text tells what they name. A `pathlib.Path` is kept as the call that
//! makes it.

use super::{Interp, unknown};
use crate::host::{Eval, Host};
use crate::value::{Args, Call, Symbol, Value};
use fact::{Name, Place, Reason};
use std::sync::Arc;

const CLASSES: [&str; 4] = ["pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "pathlib.PurePosixPath"];

fn file_system(place: Place) -> Value {
    unknown(Reason::Environment("the file system".into()), place)
}

pub(super) fn function(path: &str, args: &Args, place: Place) -> Option<Value> {
    let texts = || args.positional().map(|arg| text_of(&arg.value)).collect::<Option<Vec<String>>>();
    let first = || texts()?.into_iter().next();
    Some(match path {
        "os.path.join" => {
            let joined = texts()?.into_iter().reduce(|base, part| append(&base, &part))?;
            Value::str(&joined)
        }
        "os.path.dirname" => Value::str(dirname(&first()?)),
        "os.path.basename" => Value::str(file_name(&first()?)),
        "os.path.abspath" | "os.path.realpath" => Value::str(&normalised(&absolute(first()?)?)),
        "os.path.normpath" => Value::str(&normalised(&first()?)),
        "os.path.splitext" => {
            let whole = first()?;
            let (stem, suffix) = split_suffix(&whole);
            Value::tuple(vec![Value::str(stem), Value::str(suffix)])
        }
        "os.fspath" => Value::str(&first()?),
        path if CLASSES.contains(&path) => {
            make(&texts()?.iter().fold(String::new(), |base, part| join(&base, part)), place)
        }
        _ => return None,
    })
}

/// Without a working directory only absolute paths can be told.
fn absolute(path: String) -> Option<String> {
    path.starts_with('/').then_some(path)
}

/// Attributes of a path.
pub(super) fn attribute<H: Host>(
    interp: &mut Interp<'_, H>,
    call: &Call,
    name: Name,
    place: Place,
) -> Option<Value> {
    let path = path_of(call)?;
    Some(match name.as_str() {
        "parent" => make(parent(&path), place),
        "parents" => {
            let mut parents = Vec::new();
            let mut at = path.as_str();
            while parent(at) != at && parents.len() < 100 {
                at = parent(at);
                parents.push(make(at, place));
            }
            interp.new_list(parents)
        }
        "name" => Value::str(file_name(&path)),
        "stem" => Value::str(split_suffix(file_name(&path)).0),
        "suffix" => Value::str(split_suffix(file_name(&path)).1),
        _ => return None,
    })
}

/// `path / part`
pub(super) fn divide(left: &Value, right: &Value) -> Option<Value> {
    let base = path_of(left.as_call()?);
    let place = left.as_call()?.place;
    Some(make(&join(&base?, &text_of(right)?), place))
}

/// `open(path).read()`, `Path(...).read_text()` and the like.
pub(super) fn method<H: Host>(
    interp: &mut Interp<'_, H>,
    call: &Call,
    name: Name,
    args: &Args,
    place: Place,
) -> Option<Eval> {
    let opened = call.path()? == "builtins.open";
    let path = match opened {
        true => text_of(&call.args.list.first()?.value)?,
        false => path_of(call)?,
    };
    let read = |interp: &mut Interp<'_, H>| {
        H::read_file(interp, &path).unwrap_or_else(|| unknown(Reason::Environment("a file".into()), place))
    };
    Some(Ok(match (opened, name.as_str()) {
        (true, "read") if args.list.is_empty() => read(interp),
        (false, "read_text") => read(interp),
        (true, "readlines") => match read(interp) {
            Value::Str(text) => interp.new_list(text.split_inclusive('\n').map(Value::str).collect()),
            other => other,
        },
        (true, "close") => Value::None,
        (true, _) => return None,
        (_, "joinpath") => {
            let parts = args.positional().map(|arg| text_of(&arg.value)).collect::<Option<Vec<String>>>()?;
            make(&parts.iter().fold(path.clone(), |base, part| join(&base, part)), place)
        }
        (_, "resolve" | "absolute") => make(&normalised(&absolute(path.clone())?), place),
        (_, "as_posix" | "__str__" | "__fspath__") => Value::str(&path),
        (_, "with_name") => make(&join(parent(&path), &text_of(&args.list.first()?.value)?), place),
        (_, "with_suffix") => {
            let suffix = text_of(&args.list.first()?.value)?;
            let stem = split_suffix(file_name(&path)).0;
            make(&join(parent(&path), &format!("{stem}{suffix}")), place)
        }
        (_, "open") => {
            let args = Args::values([Value::str(&path)], place);
            let call = Call { callee: Value::path("builtins.open"), args, place };
            Value::Symbol(Arc::new(Symbol::Call(call)))
        }
        (_, "exists" | "is_file" | "is_dir" | "glob" | "rglob" | "iterdir") => file_system(place),
        _ => return None,
    }))
}

fn make(path: &str, place: Place) -> Value {
    let args = Args::values([Value::str(path)], place);
    Value::Symbol(Arc::new(Symbol::Call(Call { callee: Value::path("pathlib.Path"), args, place })))
}

/// What a path names.
pub(super) fn path_of(call: &Call) -> Option<String> {
    let path = call.path()?;
    if path != "pathlib.Path" {
        return None;
    }
    Some(call.args.list.first()?.value.as_str()?.to_owned())
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Str(text) => Some(text.to_string()),
        other => path_of(other.as_call()?),
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn split_suffix(name: &str) -> (&str, &str) {
    let start = name.len() - file_name(name).len();
    match name.rfind('.') {
        Some(at) if at > start => name.split_at(at),
        _ => (name, ""),
    }
}

/// `pathlib`'s parent.
fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((parent, _)) => parent,
        None => ".",
    }
}

/// `os.path.dirname`
fn dirname(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) => "/",
        Some(at) => path.get(..at).unwrap_or_default().trim_end_matches('/'),
        None => "",
    }
}

/// `os.path.join` on two parts: nothing is taken out.
fn append(base: &str, part: &str) -> String {
    if part.starts_with('/') || base.is_empty() {
        return part.to_owned();
    }
    if base.ends_with('/') { format!("{base}{part}") } else { format!("{base}/{part}") }
}

/// `pathlib`'s joining: single dots and repeated slashes go.
fn join(base: &str, part: &str) -> String {
    let whole = append(base, part);
    let pieces: Vec<&str> = whole.split('/').filter(|piece| !piece.is_empty() && *piece != ".").collect();
    match (whole.starts_with('/'), pieces.is_empty()) {
        (true, _) => format!("/{}", pieces.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => pieces.join("/"),
    }
}

/// `os.path.normpath`: `..` goes as well.
fn normalised(path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut pieces: Vec<&str> = Vec::new();
    for piece in path.split('/') {
        match piece {
            "" | "." => {}
            ".." if pieces.last().is_some_and(|last| *last != "..") => {
                pieces.pop();
            }
            ".." if is_absolute => {}
            piece => pieces.push(piece),
        }
    }
    match (is_absolute, pieces.is_empty()) {
        (true, _) => format!("/{}", pieces.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => pieces.join("/"),
    }
}
