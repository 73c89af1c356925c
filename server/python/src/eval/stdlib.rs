//! The few functions of the standard library whose results migrations build on.

use super::heap::{Dict, Object};
use super::{Interp, unknown};
use crate::ast::BinaryOp;
use crate::host::{Eval, Host};
use crate::value::{Args, Call, Key, Method, MethodKind, Symbol, Value};
use fact::{Name, Place, Reason};
use std::sync::Arc;

/// Calls whose result differs from run to run, with what they depend on.
const VOLATILE: &[(&str, &str)] = &[
    ("os.environ", "an environment variable"),
    ("os.getenv", "an environment variable"),
    ("os.environ.get", "an environment variable"),
    ("os.path.exists", "the file system"),
    ("os.path.isfile", "the file system"),
    ("os.path.isdir", "the file system"),
    ("os.listdir", "the file system"),
    ("os.getcwd", "the working directory"),
    ("time.time", "the clock"),
    ("datetime.datetime.now", "the clock"),
    ("datetime.datetime.utcnow", "the clock"),
    ("datetime.datetime.today", "the clock"),
    ("datetime.date.today", "the clock"),
    ("uuid.uuid4", "a random value"),
    ("uuid.uuid1", "a random value"),
    ("random.random", "a random value"),
    ("random.choice", "a random value"),
    ("random.randint", "a random value"),
    ("secrets.token_hex", "a random value"),
    ("secrets.token_urlsafe", "a random value"),
    ("os.urandom", "a random value"),
    ("sys.argv", "the command line"),
];

/// The key under which a `defaultdict` keeps its factory.
pub(super) fn default_factory_key() -> Value {
    Value::path("collections.defaultdict.default_factory")
}

fn volatile(path: &str, place: Place) -> Option<Value> {
    let (_, what) = VOLATILE.iter().find(|(known, _)| *known == path)?;
    Some(unknown(Reason::Environment((*what).into()), place))
}

pub(super) fn getattr<H: Host>(
    interp: &mut Interp<'_, H>,
    symbol: &Symbol,
    name: Name,
    place: Place,
) -> Option<Value> {
    if let Symbol::Call(call) = symbol
        && let Some(path) = path_text(call)
    {
        return match name.as_str() {
            "parent" => Some(make_path(parent(&path), place)),
            "name" => Some(Value::str(path.rsplit('/').next().unwrap_or(&path))),
            "stem" => {
                let file = path.rsplit('/').next().unwrap_or(&path);
                Some(Value::str(file.rsplit_once('.').map_or(file, |(stem, _)| stem)))
            }
            _ => None,
        };
    }
    if let Symbol::Path(path) = symbol {
        return match (path.as_str(), name.as_str()) {
            ("os", "sep") => Some(Value::str("/")),
            ("sys", "version_info") => None,
            _ => {
                let _ = interp;
                None
            }
        };
    }
    None
}

pub(super) fn subscript<H: Host>(
    _: &mut Interp<'_, H>,
    of: &Value,
    index: &Value,
    place: Place,
) -> Option<Value> {
    let path = of.as_path()?;
    if path == "os.environ" {
        return volatile("os.environ", place);
    }
    let _ = index;
    None
}

pub(super) fn operator<H: Host>(
    interp: &mut Interp<'_, H>,
    op: BinaryOp,
    left: &Value,
    right: &Value,
) -> Option<Value> {
    let call = left.as_call()?;
    let base = path_text(call)?;
    let part = match right {
        Value::Str(text) => text.to_string(),
        other => path_text(other.as_call()?)?,
    };
    let _ = interp;
    (op == BinaryOp::Div).then(|| make_path(&join_paths(&base, &part), call.place))
}

pub(super) fn call<H: Host>(
    interp: &mut Interp<'_, H>,
    callee: &Value,
    args: &Args,
    place: Place,
) -> Option<Eval> {
    match callee.as_symbol()? {
        Symbol::Path(path) => function(interp, path, args, place),
        Symbol::Attribute { of, name, .. } => {
            let call = of.as_call()?;
            file_method(interp, call, *name, args, place)
        }
        _ => None,
    }
}

fn function<H: Host>(interp: &mut Interp<'_, H>, path: &str, args: &Args, place: Place) -> Option<Eval> {
    if let Some(value) = volatile(path, place) {
        return Some(Ok(value));
    }
    let arg = |index: usize| args.positional().nth(index).map(|arg| arg.value.clone());
    let texts = || args.positional().map(|arg| arg.value.as_str()).collect::<Option<Vec<&str>>>();
    let list = |interp: &mut Interp<'_, H>, items: Vec<Value>| Value::Object(interp.heap.add(Object::List(items)));
    Some(Ok(match path {
        "functools.partial" => {
            let mut rest = args.clone();
            let at = rest.list.iter().position(|arg| arg.name.is_none())?;
            let function = rest.list.remove(at).value;
            Value::Method(Arc::new(Method { receiver: function, kind: MethodKind::Partial(rest) }))
        }
        "functools.wraps" => {
            // The decorator that it gives leaves the function as it is.
            Value::Builtin(fact::name("staticmethod")).is_none().then_some(Value::None)?;
            return None;
        }
        "collections.OrderedDict" | "collections.Counter" if args.list.is_empty() => {
            Value::Object(interp.heap.add(Object::Dict(Dict::default())))
        }
        "collections.OrderedDict" => {
            return Some(super::builtins::call(interp, fact::name("dict"), args.clone(), place));
        }
        "collections.defaultdict" => {
            let mut dict = Dict::default();
            dict.insert(Key(default_factory_key()), arg(0)?);
            Value::Object(interp.heap.add(Object::Dict(dict)))
        }
        "itertools.chain" | "itertools.chain.from_iterable" => {
            let parts = match (path, arg(0)) {
                ("itertools.chain", _) => args.positional().map(|arg| arg.value.clone()).collect(),
                (_, Some(parts)) => interp.known_items(&parts)?,
                _ => return None,
            };
            let mut all = Vec::new();
            for part in parts {
                match interp.iterate(&part, place) {
                    Ok(Ok(items)) => all.extend(items),
                    Ok(Err(because)) => return Some(Ok(Value::unknown(because))),
                    Err(raise) => return Some(Err(raise)),
                }
            }
            list(interp, all)
        }
        "itertools.product" => {
            let mut rows = vec![Vec::new()];
            for part in args.positional().map(|arg| arg.value.clone()).collect::<Vec<_>>() {
                let items = interp.known_items(&part)?;
                if rows.len().checked_mul(items.len())? > 10_000 {
                    return None;
                }
                rows = rows
                    .iter()
                    .flat_map(|row: &Vec<Value>| {
                        items.iter().map(move |item| row.iter().cloned().chain([item.clone()]).collect())
                    })
                    .collect();
            }
            list(interp, rows.into_iter().map(Value::tuple).collect())
        }
        "copy.copy" | "copy.deepcopy" => {
            let value = interp.freeze(&arg(0)?);
            interp.thaw(value)
        }
        "textwrap.dedent" | "inspect.cleandoc" => Value::str(&dedent(arg(0)?.as_str()?)),
        "os.path.join" => Value::str(&texts()?.into_iter().fold(String::new(), |a, b| join_paths(&a, b))),
        "os.path.dirname" => Value::str(parent(texts()?.first()?)),
        "os.path.basename" => Value::str(texts()?.first()?.rsplit('/').next()?),
        "os.path.abspath" | "os.path.realpath" | "os.path.normpath" | "os.fspath" => match arg(0)? {
            Value::Str(text) => Value::Str(text),
            other => Value::str(&path_text(other.as_call()?)?),
        },
        "pathlib.Path" | "pathlib.PurePath" | "pathlib.PosixPath" => {
            let mut whole = String::new();
            for part in args.positional() {
                let part = match &part.value {
                    Value::Str(text) => text.to_string(),
                    other => path_text(other.as_call()?)?,
                };
                whole = join_paths(&whole, &part);
            }
            make_path(&whole, place)
        }
        "typing.cast" => arg(1)?,
        "builtins.str" | "sqlalchemy.util.compat.text_type" | "six.text_type" => {
            return Some(super::builtins::call(interp, fact::name("str"), args.clone(), place));
        }
        _ => return None,
    }))
}

/// `open(path).read()`, `Path(...).read_text()` and the like.
fn file_method<H: Host>(
    interp: &mut Interp<'_, H>,
    call: &Call,
    name: Name,
    args: &Args,
    place: Place,
) -> Option<Eval> {
    let path = match call.path()?.as_str() {
        "builtins.open" => {
            let file = call.args.list.first()?;
            match &file.value {
                Value::Str(text) => text.to_string(),
                other => path_text(other.as_call()?)?,
            }
        }
        _ => path_text(call)?,
    };
    match name.as_str() {
        "read" | "read_text" => {
            Some(Ok(H::read_file(interp, &path)
                .unwrap_or_else(|| unknown(Reason::Environment("a file".into()), place))))
        }
        "readlines" => {
            let text = H::read_file(interp, &path)?;
            let lines = text.as_str()?.split_inclusive('\n').map(Value::str).collect();
            Some(Ok(Value::Object(interp.heap.add(Object::List(lines)))))
        }
        "joinpath" => {
            let mut whole = path;
            for arg in args.positional() {
                whole = join_paths(&whole, arg.value.as_str()?);
            }
            Some(Ok(make_path(&whole, place)))
        }
        "resolve" | "absolute" | "expanduser" => Some(Ok(make_path(&path, place))),
        "as_posix" | "__str__" => Some(Ok(Value::str(&path))),
        "with_name" => {
            let name = args.list.first()?.value.as_str()?.to_owned();
            Some(Ok(make_path(&join_paths(parent(&path), &name), place)))
        }
        "open" => {
            let args = Args::values([Value::str(&path)], place);
            let call = Call { callee: Value::path("builtins.open"), args, place };
            Some(Ok(Value::Symbol(Arc::new(Symbol::Call(call)))))
        }
        "exists" | "is_file" | "is_dir" => {
            Some(Ok(unknown(Reason::Environment("the file system".into()), place)))
        }
        _ => None,
    }
}

/// A `pathlib.Path` is kept as the call that makes it.
fn make_path(path: &str, place: Place) -> Value {
    let args = Args::values([Value::str(path)], place);
    Value::Symbol(Arc::new(Symbol::Call(Call { callee: Value::path("pathlib.Path"), args, place })))
}

fn path_text(call: &Call) -> Option<String> {
    let path = call.path()?;
    if path != "pathlib.Path" {
        return None;
    }
    Some(call.args.list.first()?.value.as_str()?.to_owned())
}

fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((parent, _)) => parent,
        None => "",
    }
}

/// Joins and takes `.` and `..` out.
fn join_paths(base: &str, part: &str) -> String {
    if part.starts_with('/') || base.is_empty() {
        return part.to_owned();
    }
    let mut whole: Vec<&str> = base.trim_end_matches('/').split('/').collect();
    for piece in part.split('/') {
        match piece {
            "" | "." => {}
            ".." if whole.len() > 1 => {
                whole.pop();
            }
            piece => whole.push(piece),
        }
    }
    whole.join("/")
}

fn dedent(text: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let common = text.lines().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    let lines: Vec<&str> =
        text.split('\n').map(|line| if line.trim().is_empty() { "" } else { line.get(common..).unwrap_or(line) }).collect();
    lines.join("\n")
}
