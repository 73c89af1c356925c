//! Types that the project itself defines: TypeDecorator, UserDefinedType, subclasses of SQLAlchemy's types.

use super::{MAX_DEPTH, core, postgresql, read as read_at, vary};
use crate::args::{Params, unreadable, why};
use crate::path::{Canonical, canonical};
use fact::{Fact, Place, name};
use python::eval::{InstanceView, Interp};
use python::host::Host;
use python::value::{Args, Call, Symbol, Value};
use schema::{Kind, Type};
use std::sync::Arc;

/// The callee of the value that stands for a dialect where `load_dialect_impl` asks for one; its argument is the
/// dialect's name. [`crate::hooks`] answers what is asked of it.
pub const DIALECT_STAND_IN: &str = "foreshot.dialect";

/// A stand-in for SQLAlchemy's dialect object.
pub fn dialect_stand_in(kind: Kind, place: Place) -> Value {
    let args = Args::values([Value::str(kind.name())], place);
    Value::Symbol(Arc::new(Symbol::Call(Call { callee: Value::path(DIALECT_STAND_IN), args, place })))
}

/// The class, when `value` is a class that derives from a type, or an instance of one.
pub(super) fn class_of_type<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Option<Value> {
    let class = match interp.instance_view(value) {
        Some(view) => view.class,
        None => value.clone(),
    };
    interp.class_view(&class)?;
    interp
        .class_outside_bases(&class)
        .iter()
        .any(|base| canonical(base).is_some_and(super::is_type_name))
        .then_some(class)
}

/// A class or instance of the project as a type.
pub(super) fn read<H: Host>(
    interp: &mut Interp<'_, H>,
    value: &Value,
    place: Place,
    depth: u32,
) -> Fact<Type> {
    let trouble = || Fact::Unknown(unreadable("the type", place));
    if depth > MAX_DEPTH {
        return trouble();
    }
    let Some(view) = interp.instance_view(value) else {
        if interp.class_view(value).is_none() {
            return Fact::Unknown(interp.why_unknown(value, place));
        }
        if class_of_type(interp, value).is_none() {
            return trouble();
        }
        // A class stands for an instance that was made without arguments.
        return match interp.call_whole(value, Args::default(), place) {
            Ok(instance) if interp.instance_view(&instance).is_some() => {
                read(interp, &instance, place, depth + 1)
            }
            Ok(other) => Fact::Unknown(interp.why_unknown(&other, place)),
            Err(_) => trouble(),
        };
    };
    let mut classes = interp.class_lineage(&view.class);
    classes.extend(interp.class_outside_bases(&view.class));
    let base = |interp: &mut Interp<'_, H>| uncompiled(interp, value, view, place, depth);
    super::compiled::compiled(interp, value, &classes, base, place, depth)
}

/// What the class itself says of the type.
fn uncompiled<H: Host>(
    interp: &mut Interp<'_, H>,
    value: &Value,
    view: InstanceView,
    place: Place,
    depth: u32,
) -> Fact<Type> {
    let trouble = || Fact::Unknown(unreadable("the type", place));
    let bases = interp.class_outside_bases(&view.class);
    let names: Vec<Canonical> = bases.iter().filter_map(canonical).collect();
    let is = |wanted: &str| names.contains(&Canonical::Sqlalchemy(name(wanted)));
    let from_package = names.iter().any(|name| matches!(name, Canonical::Package(..)));
    if is("TypeDecorator") || from_package && has(interp, &view.class, "impl") {
        return decorated(interp, value, &view.class, &view.args, place, depth);
    }
    if has(interp, &view.class, "get_col_spec") {
        return spelled(interp, value, place);
    }
    // A plain subclass of a type: what its constructor hands on is what the base is made with.
    let base = bases.iter().find(|base| canonical(base).is_some_and(super::is_type_name)).cloned();
    if let Ok(Value::Str(visited)) = interp.getattr(value, name("__visit_name__"), place) {
        return visited_as(&visited, &view.args, place);
    }
    match base {
        Some(base) if !has(interp, &view.class, "__visit_name__") => {
            let call = Symbol::Call(Call { callee: base, args: view.args, place });
            read_at(interp, &Value::Symbol(Arc::new(call)), place, depth + 1)
        }
        _ => trouble(),
    }
}

/// A subclass that every dialect writes as if it were the type of this name. A dialect that has no such type needs a
/// compiler of the project's own, which is not looked at: there the spelling stays unknown.
fn visited_as(visited: &str, args: &Args, place: Place) -> Fact<Type> {
    let mut params = Params::new(args, place);
    let known = match visited.chars().any(char::is_lowercase) {
        true => None,
        false => core::read(visited, &mut params).or_else(|| postgresql::read(visited, &mut params)),
    };
    known.map_or_else(|| Fact::Unknown(unreadable("the type", place)), |ty| params.finish(ty))
}

/// `UserDefinedType.get_col_spec`: the type in the database's own words.
fn spelled<H: Host>(interp: &mut Interp<'_, H>, instance: &Value, place: Place) -> Fact<Type> {
    let spec = interp
        .getattr(instance, name("get_col_spec"), place)
        .and_then(|method| interp.call_whole(&method, Args::default(), place));
    match spec {
        Ok(Value::Str(text)) => Fact::Known(Type::native(&text)),
        Ok(other) => Fact::Unknown(why(&other, "get_col_spec", place)),
        Err(_) => Fact::Unknown(unreadable("get_col_spec", place)),
    }
}

fn decorated<H: Host>(
    interp: &mut Interp<'_, H>,
    instance: &Value,
    class: &Value,
    args: &Args,
    place: Place,
    depth: u32,
) -> Fact<Type> {
    let base = implementation(interp, instance, args, place, depth);
    if !has(interp, class, "load_dialect_impl") {
        return base;
    }
    let Ok(method) = interp.getattr(instance, name("load_dialect_impl"), place) else { return base };
    let mut types = Vec::with_capacity(Kind::ALL.len());
    for kind in Kind::ALL {
        let args = Args::values([dialect_stand_in(kind, place)], place);
        let ty = match interp.call_whole(&method, args, place) {
            // `self.impl` and `super().load_dialect_impl(...)` mean the implementation itself.
            Ok(result) if is_implementation(interp, class, &result, place) => base.clone(),
            Ok(Value::Unknown(unknown)) => Fact::Unknown((*unknown).clone()),
            Ok(result) => read_at(interp, &result, place, depth + 1),
            // A dialect that the type refuses: the project is not made for it.
            Err(_) => continue,
        };
        match ty {
            Fact::Known(ty) => types.push((kind, ty)),
            unknown => return unknown,
        }
    }
    let Some((_, first)) = types.first() else { return base };
    if types.iter().all(|(_, ty)| ty == first) {
        return Fact::Known(first.clone());
    }
    // What most dialects get is the base.
    let count = |ty: &Type| types.iter().filter(|(_, other)| other == ty).count();
    let common = types.iter().map(|(_, ty)| ty).max_by_key(|ty| count(ty)).unwrap_or(first).clone();
    let others = types.iter().filter(|(_, ty)| *ty != common).cloned().collect();
    Fact::Known(vary(common, others))
}

/// `impl` made with the arguments that `TypeDecorator.__init__` was given.
fn implementation<H: Host>(
    interp: &mut Interp<'_, H>,
    instance: &Value,
    args: &Args,
    place: Place,
    depth: u32,
) -> Fact<Type> {
    let Ok(implementation) = interp.getattr(instance, name("impl"), place) else {
        return Fact::Unknown(unreadable("the impl of the type", place));
    };
    let own = interp
        .instance_view(instance)
        .is_some_and(|view| view.attributes.iter().any(|(attr, _)| attr == "impl"));
    let is_class = match &implementation {
        Value::Symbol(symbol) => matches!(&**symbol, Symbol::Path(_) | Symbol::Attribute { .. }),
        Value::Object(_) => interp.class_view(&implementation).is_some(),
        _ => false,
    };
    if own || !is_class {
        return read_at(interp, &implementation, place, depth + 1);
    }
    let made = match &implementation {
        Value::Object(_) => match interp.call_whole(&implementation, args.clone(), place) {
            Ok(made) => made,
            Err(_) => return Fact::Unknown(unreadable("the impl of the type", place)),
        },
        _ => Value::Symbol(Arc::new(Symbol::Call(Call {
            callee: implementation.clone(),
            args: args.clone(),
            place,
        }))),
    };
    read_at(interp, &made, place, depth + 1)
}

fn is_implementation<H: Host>(
    interp: &mut Interp<'_, H>,
    class: &Value,
    result: &Value,
    place: Place,
) -> bool {
    matches!(interp.getattr(class, name("impl"), place), Ok(value) if value == *result && !matches!(value, Value::Unknown(_)))
}

/// Does a class of the project, itself or a base inside the project, define the attribute?
pub(crate) fn has<H: Host>(interp: &mut Interp<'_, H>, class: &Value, attribute: &str) -> bool {
    interp
        .class_lineage(class)
        .iter()
        .filter_map(|class| interp.class_view(class))
        .any(|view| view.attributes.iter().any(|a| a.name == attribute && a.value.is_some()))
}
