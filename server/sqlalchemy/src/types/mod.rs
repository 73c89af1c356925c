//! Types: classes, instances, dialect types, types of the project and of packages around SQLAlchemy.

mod compiled;
mod core;
mod enums;
mod mssql;
mod mysql;
mod packages;
mod postgresql;
mod project;
mod reflected;
mod spelling;
mod to_value;

use crate::args::{Params, why};
use crate::path::{Canonical, canonical, method_call};
use fact::{Fact, Name, Place};
use python::eval::Interp;
use python::host::Host;
use python::value::{Args, Call, Symbol, Value};
use schema::{Kind, Type};
use std::sync::Arc;

pub use compiled::has_compiler;
pub(crate) use enums::of_class as enum_of_class;
pub use project::{DIALECT_STAND_IN, dialect_stand_in};
pub use reflected::reflected;
pub use spelling::spelling;
pub use to_value::to_value;

/// The type that `value` stands for: a class (`sa.String`), an instance (`sa.String(10)`), or a type of the project.
///
/// `place` is blamed where the value has no place of its own.
pub fn read_type<H: Host>(interp: &mut Interp<'_, H>, value: &Value, place: Place) -> Fact<Type> {
    read(interp, value, place, 0)
}

/// Is this a type, as far as can be told: a class or an instance of one that [`read_type`] would look into?
pub fn is_type<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> bool {
    match value {
        Value::Object(_) => project::class_of_type(interp, value).is_some(),
        Value::Symbol(_) => {
            if let Some((of, name, _)) = method_call(value) {
                return matches!(name.as_str(), "with_variant" | "copy" | "adapt" | "evaluates_none")
                    && is_type(interp, &of.clone());
            }
            if mutable(value).is_some() {
                return true;
            }
            let class = value.as_call().map_or(value, |call| &call.callee);
            match canonical(class) {
                Some(name) => is_type_name(name),
                None => false,
            }
        }
        _ => false,
    }
}

/// Does the name stand for a type (or a function that makes one)?
pub(crate) fn is_type_name(canonical: Canonical) -> bool {
    let place = Place::whole_file(fact::FileId(0));
    let args = Args::default();
    let mut params = Params::new(&args, place);
    match canonical {
        Canonical::Sqlalchemy(name) => {
            core::read(&name, &mut params).is_some() || CONTAINERS.contains(&name.as_str())
        }
        Canonical::Dialect(..) => true,
        Canonical::Sqlmodel(name) => matches!(name.as_str(), "AutoString" | "UTCDateTime"),
        Canonical::Package(package, name) => packages::is_type(&package, &name),
        Canonical::Func(_) | Canonical::Flask(_) => false,
    }
}

/// Does an Enum or Boolean take its schema from the table (`inherit_schema=True`)?
pub(crate) fn inherits_schema(value: &Value) -> bool {
    value
        .as_call()
        .and_then(|call| call.args.keyword("inherit_schema"))
        .is_some_and(|arg| arg.value == Value::Bool(true))
}

/// Types that are made of other types, or read by more than their arguments.
const CONTAINERS: &[&str] = &[
    "ARRAY",
    "Enum",
    "PickleType",
    "Variant",
    "TypeDecorator",
    "UserDefinedType",
    "TypeEngine",
    "SchemaType",
];

/// A type inside a type inside a type: deeper than this is a circle.
const MAX_DEPTH: u32 = 16;

fn read<H: Host>(interp: &mut Interp<'_, H>, value: &Value, place: Place, depth: u32) -> Fact<Type> {
    if depth > MAX_DEPTH {
        return Fact::Unknown(crate::args::unreadable("the type", place));
    }
    match value {
        Value::None => Fact::Known(Type::Null),
        Value::Object(_) => project::read(interp, value, place, depth),
        // SQLAlchemy calls what it can call to get at the type.
        Value::Function(_) | Value::Method(_) => match interp.call_whole(value, Args::default(), place) {
            Ok(result) => read(interp, &result, place, depth + 1),
            Err(_) => Fact::Unknown(why(value, "the type", place)),
        },
        Value::Symbol(symbol) => match &**symbol {
            // `SomeType(...).impl`: what the type is made of.
            Symbol::Attribute { of, name, .. } if name == "impl" && of.as_call().is_some() => {
                read(interp, &of.clone(), place, depth + 1)
            }
            Symbol::Path(_) | Symbol::Attribute { .. } => {
                let args = Args::default();
                written(interp, value, value, &args, place, depth)
                    .unwrap_or_else(|| Fact::Unknown(why(value, "the type", place)))
            }
            Symbol::Call(call) => of_call(interp, value, call, depth),
            _ => Fact::Unknown(why(value, "the type", place)),
        },
        _ => Fact::Unknown(why(value, "the type", place)),
    }
}

fn of_call<H: Host>(interp: &mut Interp<'_, H>, value: &Value, call: &Call, depth: u32) -> Fact<Type> {
    let place = call.place;
    if let Some((of, name, call)) = method_call(value) {
        return match name.as_str() {
            "with_variant" => with_variant(interp, of, &call.args, place, depth),
            "copy" | "adapt" | "evaluates_none" => read(interp, of, place, depth + 1),
            _ => Fact::Unknown(why(value, "the type", place)),
        };
    }
    if let Some(inner) = mutable(value) {
        return read(interp, inner, place, depth + 1);
    }
    // A class that came out of a call, called again: `mutable_json_type(...)()`.
    if call.callee.as_call().is_some() && call.args.list.is_empty() {
        return read(interp, &call.callee, place, depth + 1);
    }
    written(interp, value, &call.callee, &call.args, place, depth)
        .unwrap_or_else(|| Fact::Unknown(why(value, "the type", place)))
}

/// [`named`], unless the project has a compiler of its own for the class.
fn written<H: Host>(
    interp: &mut Interp<'_, H>,
    value: &Value,
    class: &Value,
    args: &Args,
    place: Place,
    depth: u32,
) -> Option<Fact<Type>> {
    let plain = named(interp, class, args, place, depth)?;
    Some(compiled::compiled(interp, value, std::slice::from_ref(class), |_| plain, place, depth))
}

/// `MutableDict.as_mutable(JSON)`: the type inside.
fn mutable(value: &Value) -> Option<&Value> {
    let call = value.as_call()?;
    let is_mutable = match call.callee.as_symbol()? {
        Symbol::Path(path) => path.ends_with(".as_mutable"),
        Symbol::Attribute { name, .. } => name == "as_mutable",
        _ => false,
    };
    is_mutable.then(|| call.args.list.first().map(|arg| &arg.value)).flatten()
}

/// A named type with its arguments; `None`: not a name that is known here.
fn named<H: Host>(
    interp: &mut Interp<'_, H>,
    class: &Value,
    args: &Args,
    place: Place,
    depth: u32,
) -> Option<Fact<Type>> {
    let canonical = canonical(class)?;
    match canonical {
        Canonical::Sqlalchemy(name) => core_type(interp, name, args, place, depth),
        Canonical::Dialect(kind, name) => dialect_type(interp, kind, name, args, place, depth),
        Canonical::Sqlmodel(name) => match name.as_str() {
            "AutoString" => {
                let mut params = Params::new(args, place);
                let length = params.size(0, "length");
                Some(params.finish(auto_string(length)))
            }
            "UTCDateTime" => Some(Fact::Known(Type::DateTime { timezone: true })),
            _ => None,
        },
        Canonical::Package(package, name) => {
            let inner = packages::inner(&package, &name, args).cloned();
            match inner {
                Some(inner) => Some(read(interp, &inner, place, depth + 1)),
                None => {
                    let mut params = Params::new(args, place);
                    let ty = packages::read(&package, &name, &mut params)?;
                    Some(params.finish(ty))
                }
            }
        }
        Canonical::Func(_) | Canonical::Flask(_) => None,
    }
}

fn core_type<H: Host>(
    interp: &mut Interp<'_, H>,
    name: Name,
    args: &Args,
    place: Place,
    depth: u32,
) -> Option<Fact<Type>> {
    Some(match name.as_str() {
        "Enum" => enums::read(interp, args, place),
        "ARRAY" => array(interp, args, place, depth),
        "PickleType" => match args.keyword("impl").filter(|arg| !arg.value.is_none()) {
            Some(arg) => read(interp, &arg.value, place, depth + 1),
            None => Fact::Known(Type::LargeBinary { length: None }),
        },
        "Variant" => variant(interp, args, place, depth),
        _ => {
            let mut params = Params::new(args, place);
            let ty = core::read(&name, &mut params)?;
            params.finish(ty)
        }
    })
}

fn dialect_type<H: Host>(
    interp: &mut Interp<'_, H>,
    kind: Kind,
    name: Name,
    args: &Args,
    place: Place,
    depth: u32,
) -> Option<Fact<Type>> {
    match (kind, name.as_str()) {
        (Kind::Postgresql, "ENUM") => return Some(enums::read(interp, args, place)),
        (Kind::Mysql | Kind::Mariadb, "ENUM") => return Some(mysql::enumeration(interp, args, place)),
        (Kind::Mysql | Kind::Mariadb, "SET") => return Some(mysql::set(args, place)),
        (_, "ARRAY") => return Some(array(interp, args, place, depth)),
        _ => {}
    }
    let mut params = Params::new(args, place);
    let own = match kind {
        Kind::Postgresql => postgresql::read(&name, &mut params),
        Kind::Mysql | Kind::Mariadb => mysql::read(&name, &mut params),
        Kind::Mssql => mssql::read(&name, &mut params),
        // SQLite's own DATE, TIME and DATETIME differ in how values are stored, not in their names.
        Kind::Sqlite => match name.as_str() {
            "DATE" => Some(Type::Date),
            "DATETIME" => Some(Type::DateTime { timezone: false }),
            "TIME" => Some(Type::Time { timezone: false }),
            _ => None,
        },
    };
    match own {
        Some(ty) => Some(params.finish(ty)),
        // The dialect packages pass SQLAlchemy's upper case types on.
        None => core_type(interp, name, args, place, depth),
    }
}

fn array<H: Host>(interp: &mut Interp<'_, H>, args: &Args, place: Place, depth: u32) -> Fact<Type> {
    let mut params = Params::new(args, place);
    let Some(item) = params.arg(0, "item_type").map(|arg| (arg.value.clone(), arg.place)) else {
        return Fact::Unknown(
            params.trouble.unwrap_or_else(|| crate::args::unreadable("the item type", place)),
        );
    };
    let dimensions = params.size(2, "dimensions");
    match read(interp, &item.0, item.1, depth + 1) {
        Fact::Known(item) => params.finish(Type::Array { item: Box::new(item), dimensions }),
        unknown => unknown,
    }
}

fn with_variant<H: Host>(
    interp: &mut Interp<'_, H>,
    of: &Value,
    args: &Args,
    place: Place,
    depth: u32,
) -> Fact<Type> {
    let base = match read(interp, of, place, depth + 1) {
        Fact::Known(base) => base,
        unknown => return unknown,
    };
    let mut positional = args.positional();
    let Some(first) = args.get(0, "type_") else {
        return Fact::Unknown(crate::args::unreadable("the variant", place));
    };
    let ty = match read(interp, &first.value, first.place, depth + 1) {
        Fact::Known(ty) => ty,
        unknown => return unknown,
    };
    if args.positional().next().is_some() {
        positional.next();
    }
    let mut kinds = Vec::new();
    for arg in positional.chain(args.keyword("dialect_name")) {
        match arg.value.as_str() {
            Some(name) => kinds.extend(name.parse::<Kind>().ok()),
            None => return Fact::Unknown(why(&arg.value, "the dialect of a variant", place)),
        }
    }
    if let Some(unknown) = &args.open {
        return Fact::Unknown((**unknown).clone());
    }
    Fact::Known(vary(base, kinds.into_iter().map(|kind| (kind, ty.clone())).collect()))
}

/// SQLAlchemy 1.x: `Variant(base, {"postgresql": type})`.
fn variant<H: Host>(interp: &mut Interp<'_, H>, args: &Args, place: Place, depth: u32) -> Fact<Type> {
    let trouble = || Fact::Unknown(crate::args::unreadable("the variant", place));
    let (Some(base), Some(mapping)) = (args.get(0, "base"), args.get(1, "mapping")) else { return trouble() };
    let base = match read(interp, &base.value, place, depth + 1) {
        Fact::Known(base) => base,
        unknown => return unknown,
    };
    let Value::Dict(entries) = &mapping.value else { return trouble() };
    let mut others = Vec::new();
    for (name, ty) in entries.iter() {
        match (name.as_str(), read(interp, ty, place, depth + 1)) {
            (Some(name), Fact::Known(ty)) => others.extend(name.parse::<Kind>().ok().map(|kind| (kind, ty))),
            _ => return trouble(),
        }
    }
    Fact::Known(vary(base, others))
}

/// `base`, but other types on some dialects; the newer variant of a dialect wins.
pub(crate) fn vary(base: Type, mut others: Vec<(Kind, Type)>) -> Type {
    if others.is_empty() {
        return base;
    }
    match base {
        Type::Variants { base, others: older } => {
            for (kind, ty) in older {
                if !others.iter().any(|(k, _)| *k == kind) {
                    others.push((kind, ty));
                }
            }
            Type::Variants { base, others }
        }
        base => Type::Variants { base: Box::new(base), others },
    }
}

/// SQLModel's string: MySQL gets a length where none is given.
pub(crate) fn auto_string(length: Option<u32>) -> Type {
    match length {
        Some(_) => Type::string(length),
        None => vary(Type::string(None), vec![(Kind::Mysql, Type::string(Some(255)))]),
    }
}

pub(crate) fn native(text: impl Into<Arc<str>>, dialect: Kind) -> Type {
    Type::Native { text: text.into(), dialect: Some(dialect) }
}

/// `NAME` or `NAME(size)`
fn sized(name: &str, size: Option<u32>) -> String {
    size.map_or_else(|| name.to_owned(), |size| format!("{name}({size})"))
}
