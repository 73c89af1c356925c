//! The few functions of the standard library whose results migrations build on.

use super::heap::Object;
use super::{Interp, access, paths, regex, unknown};
use crate::ast::BinaryOp;
use crate::host::{Eval, Host};
use crate::value::{Args, Call, Method, MethodKind, Symbol, Value};
use fact::{Name, Place, Reason, name};
use std::sync::Arc;

/// What differs from run to run, with what it depends on.
const VOLATILE: &[(&str, &str)] = &[
    ("os.environ", "an environment variable"),
    ("os.getenv", "an environment variable"),
    ("os.environ.get", "an environment variable"),
    ("os.path.exists", "the file system"),
    ("os.path.isfile", "the file system"),
    ("os.path.isdir", "the file system"),
    ("os.listdir", "the file system"),
    ("os.getcwd", "the working directory"),
    ("pathlib.Path.cwd", "the working directory"),
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
];

/// Rows that `itertools.product` may spell out.
const MAX_ROWS: usize = 10_000;

fn volatile(path: &str, place: Place) -> Option<Value> {
    let (_, what) = VOLATILE.iter().find(|(known, _)| *known == path)?;
    Some(unknown(Reason::Environment((*what).into()), place))
}

/// A name of the standard library with a value that is the same everywhere.
pub(super) fn constant(path: &str) -> Option<Value> {
    Some(match path {
        "typing.TYPE_CHECKING" | "typing_extensions.TYPE_CHECKING" | "six.PY2" => Value::Bool(false),
        "six.PY3" => Value::Bool(true),
        "sys.version_info.major" => Value::Int(3),
        "os.sep" | "os.path.sep" => Value::str("/"),
        "string.ascii_lowercase" => Value::str("abcdefghijklmnopqrstuvwxyz"),
        "string.ascii_uppercase" => Value::str("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        "string.ascii_letters" => Value::str("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        "string.digits" => Value::str("0123456789"),
        _ => return None,
    })
}

pub(super) fn getattr<H: Host>(
    interp: &mut Interp<'_, H>,
    symbol: &Symbol,
    attr: Name,
    place: Place,
) -> Option<Value> {
    let Symbol::Call(call) = symbol else { return None };
    if let Value::Builtin(_) = call.callee {
        let args = || call.args.list.iter().map(|arg| arg.value.clone()).collect();
        return (attr == "args").then(|| Value::tuple(args()));
    }
    paths::attribute(interp, call, attr, place)
}

pub(super) fn subscript(of: &Value, index: &Value, place: Place) -> Option<Value> {
    if let Some(group) = regex::subscript(of, index) {
        return Some(group);
    }
    match (of.as_path()?.as_str(), index) {
        ("os.environ", _) => volatile("os.environ", place),
        ("sys.version_info", Value::Int(0)) => Some(Value::Int(3)),
        ("sys.argv", _) => Some(unknown(Reason::Environment("the command line".into()), place)),
        _ => None,
    }
}

/// `sys.version_info < (3, 8)`, where every Python that Alembic runs on gives one answer. It has more parts than that, so
/// that it is never equal.
pub(super) fn version_order(left: &Value, right: &Value) -> Option<std::cmp::Ordering> {
    const OLDEST: [i64; 2] = [3, 8];
    if left.as_path()? != "sys.version_info" {
        return None;
    }
    let wanted: Option<Vec<i64>> = right.as_items()?.iter().map(Value::as_int).collect();
    (wanted?.as_slice() <= OLDEST.as_slice()).then_some(std::cmp::Ordering::Greater)
}

pub(super) fn operator(op: BinaryOp, left: &Value, right: &Value) -> Option<Value> {
    if op == BinaryOp::Div { paths::divide(left, right) } else { None }
}

/// What `with context as x` binds.
pub(super) fn enter(context: &Value) -> Option<Value> {
    let call = context.as_call()?;
    match call.path()?.as_str() {
        "contextlib.nullcontext" => {
            Some(call.args.get(0, "enter_result").map_or(Value::None, |arg| arg.value.clone()))
        }
        "contextlib.closing" => Some(call.args.get(0, "thing")?.value.clone()),
        "contextlib.suppress" => Some(Value::None),
        _ => None,
    }
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
            if let Some(result) = regex::method(interp, of, *name, args, place) {
                return Some(result);
            }
            paths::method(interp, call, *name, args, place)
        }
        _ => None,
    }
}

fn function<H: Host>(interp: &mut Interp<'_, H>, path: &str, args: &Args, place: Place) -> Option<Eval> {
    if let "os.getenv" | "os.environ.get" = path
        && let Some(variable) = args.get(0, "key").and_then(|arg| arg.value.as_str())
    {
        let fallback = args.get(1, "default").map_or(Value::None, |arg| arg.value.clone());
        if let Some(value) = H::environment_variable(interp, variable, &fallback) {
            return Some(Ok(value));
        }
    }
    if let Some(value) = volatile(path, place).or_else(|| paths::function(path, args, place)) {
        return Some(Ok(value));
    }
    let arg = |index: usize| args.positional().nth(index).map(|arg| arg.value.clone());
    if let Some(called) = path.strip_prefix("re.") {
        return regex::function(interp, called, args, place);
    }
    if let Some(iterable) = path.strip_prefix("itertools.") {
        return itertools(interp, iterable, args, place);
    }
    Some(Ok(match path {
        // A stand-in for what its factory makes.
        "lazy_object_proxy.Proxy" => {
            let factory = arg(0)?;
            return Some(interp.call(&factory, Args::default(), place));
        }
        "importlib.metadata.version" | "importlib_metadata.version" => {
            let distribution = args.get(0, "distribution_name")?.value.as_str()?.to_owned();
            Value::Str(interp.version(&distribution)?)
        }
        "functools.partial" => {
            let mut rest = args.clone();
            let at = rest.list.iter().position(|arg| arg.name.is_none())?;
            let function = rest.list.remove(at).value;
            let method = Method { receiver: function, kind: MethodKind::Partial(rest) };
            interp.sized(Value::Method(Arc::new(method)), place)
        }
        "importlib.import_module" => {
            let (module, package) = (args.get(0, "name")?.value.as_str()?, args.get(1, "package"));
            if module.starts_with('.') || package.is_some_and(|package| !package.value.is_none()) {
                return None;
            }
            return Some(interp.import_by_name(name(module), place));
        }
        "functools.reduce" => return reduce(interp, args, place),
        "collections.OrderedDict" => {
            return Some(super::builtins::call(interp, name("dict"), args.clone(), place));
        }
        "collections.defaultdict" => return default_dict(interp, args, place),
        "collections.namedtuple" => return named_tuple(interp, args, place).map(Ok),
        "copy.copy" => copy(interp, &arg(0)?),
        "copy.deepcopy" => match arg(0)? {
            Value::Object(id) if matches!(interp.heap.get(id), Object::Instance(_)) => {
                unknown(Reason::UnsupportedSyntax("a deep copy of an instance".into()), place)
            }
            value => {
                let frozen = interp.freeze(&value);
                interp.thaw(frozen)
            }
        },
        "textwrap.dedent" => Value::str(&dedent(arg(0)?.as_str()?)),
        "typing.cast" => arg(1)?,
        "builtins.str" | "six.text_type" => {
            return Some(super::builtins::call(interp, name("str"), args.clone(), place));
        }
        _ => return None,
    }))
}

fn itertools<H: Host>(interp: &mut Interp<'_, H>, function: &str, args: &Args, place: Place) -> Option<Eval> {
    let parts: Vec<Value> = args.positional().map(|arg| arg.value.clone()).collect();
    let mut columns = Vec::new();
    let sources = match function {
        "chain" | "product" => parts,
        "chain.from_iterable" => match interp.iterate(parts.first()?, place) {
            Ok(Ok(parts)) => parts,
            Ok(Err(because)) => return Some(Ok(Value::unknown(because))),
            Err(raise) => return Some(Err(raise)),
        },
        _ => return None,
    };
    for part in sources {
        match interp.iterate(&part, place) {
            Ok(Ok(items)) => columns.push(items),
            Ok(Err(because)) => return Some(Ok(Value::unknown(because))),
            Err(raise) => return Some(Err(raise)),
        }
    }
    let items = match function {
        "product" if args.keywords().next().is_some() => return None,
        "product" => {
            let mut rows = vec![Vec::new()];
            for items in columns {
                if rows.len().checked_mul(items.len())? > MAX_ROWS {
                    return None;
                }
                let with = |row: &Vec<Value>| {
                    let row = row.clone();
                    items
                        .iter()
                        .map(move |item| row.iter().cloned().chain([item.clone()]).collect())
                        .collect::<Vec<_>>()
                };
                rows = rows.iter().flat_map(with).collect();
            }
            rows.into_iter().map(Value::tuple).collect()
        }
        _ => columns.concat(),
    };
    interp.charge(items.len());
    Some(Ok(interp.new_iterator(items)))
}

fn reduce<H: Host>(interp: &mut Interp<'_, H>, args: &Args, place: Place) -> Option<Eval> {
    let mut given = args.positional().map(|arg| arg.value.clone());
    let (function, items, start) = (given.next()?, given.next()?, given.next());
    let items = match interp.iterate(&items, place) {
        Ok(Ok(items)) => items,
        Ok(Err(because)) => return Some(Ok(Value::unknown(because))),
        Err(raise) => return Some(Err(raise)),
    };
    let mut items = items.into_iter();
    let Some(mut total) = start.or_else(|| items.next()) else {
        return Some(Err(access::raise("TypeError", "reduce() of an empty iterable", place)));
    };
    for item in items {
        match interp.call(&function, Args::values([total, item], place), place) {
            Ok(value) => total = value,
            Err(raise) => return Some(Err(raise)),
        }
    }
    Some(Ok(total))
}

fn default_dict<H: Host>(interp: &mut Interp<'_, H>, args: &Args, place: Place) -> Option<Eval> {
    let mut rest = args.clone();
    let factory = match rest.list.first() {
        Some(first) if first.name.is_none() => rest.list.remove(0).value,
        _ => Value::None,
    };
    let made = super::builtins::call(interp, name("dict"), rest, place);
    if let (Ok(Value::Object(id)), false) = (&made, factory.is_none()) {
        interp.factories.insert(*id, factory);
    }
    Some(made)
}

/// `namedtuple("Point", "x y")`
fn named_tuple<H: Host>(interp: &mut Interp<'_, H>, args: &Args, place: Place) -> Option<Value> {
    let called = args.get(0, "typename")?.value.as_str().map(name)?;
    let fields: Vec<Name> = match &args.get(1, "field_names")?.value {
        Value::Str(text) => {
            text.split([',', ' ', '\n']).filter(|field| !field.is_empty()).map(name).collect()
        }
        other => {
            let items = interp.known_items(other)?;
            items.iter().map(|item| item.as_str().map(name)).collect::<Option<_>>()?
        }
    };
    let defaults = match args.keyword("defaults") {
        Some(defaults) => interp.known_items(&defaults.value)?,
        None => Vec::new(),
    };
    let required = fields.len().checked_sub(defaults.len())?;
    let defaults = std::iter::repeat_n(None, required).chain(defaults.into_iter().map(Some));
    let fields = fields.iter().copied().zip(defaults).collect();
    Some(interp.named_tuple(called, fields, place))
}

fn copy<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Value {
    let Value::Object(id) = value else { return value.clone() };
    let object = interp.heap.get(*id).clone();
    match object {
        Object::Class(_) => value.clone(),
        object => {
            let copy = interp.heap.add(object);
            if let Some(factory) = interp.factories.get(id).cloned() {
                interp.factories.insert(copy, factory);
            }
            Value::Object(copy)
        }
    }
}

/// Decorators that change nothing about how a function is called.
pub(super) fn is_transparent(decorator: &Value) -> bool {
    const NAMES: [&str; 12] = [
        "functools.wraps",
        "functools.lru_cache",
        "functools.cache",
        "functools.singledispatch",
        "typing.overload",
        "typing.final",
        "typing.override",
        "typing.no_type_check",
        "abc.abstractmethod",
        "typing_extensions.override",
        "typing_extensions.final",
        "typing_extensions.deprecated",
    ];
    let path = decorator.as_path().or_else(|| decorator.as_call().and_then(Call::path));
    path.is_some_and(|path| NAMES.contains(&path.as_str()))
}

/// `textwrap.dedent`: the blank that all lines start with goes.
fn dedent(text: &str) -> String {
    let blank = |line: &str| line.chars().all(|c| c == ' ' || c == '\t');
    let mut margin: Option<&str> = None;
    for line in text.split('\n').filter(|line| !blank(line)) {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let indent = line.get(..indent).unwrap_or_default();
        margin = Some(match margin {
            None => indent,
            Some(margin) => {
                let common = margin.bytes().zip(indent.bytes()).take_while(|(a, b)| a == b).count();
                margin.get(..common).unwrap_or_default()
            }
        });
    }
    let margin = margin.unwrap_or_default();
    let lines =
        text.split('\n').map(|line| if blank(line) { "" } else { line.strip_prefix(margin).unwrap_or(line) });
    lines.collect::<Vec<_>>().join("\n")
}
