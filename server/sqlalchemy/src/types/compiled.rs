//! Compilers of the project's own: `@compiles(Class, "sqlite")` says how a dialect writes a type.

use super::{MAX_DEPTH, named, read, vary};
use crate::args::why;
use fact::{Fact, Place, Reason, Unknown};
use python::eval::Interp;
use python::host::Host;
use python::value::{Arg, Args, Call, Symbol, Value};
use schema::{Kind, Type};
use std::sync::Arc;

/// The callee of the value that stands for a dialect's compiler where a function of the project is given one.
const COMPILER: &str = "foreshot.compiler";

/// The type of `instance` where functions of the project write it, else `base`. Those for a nearer class win.
pub(super) fn compiled<H: Host>(
    interp: &mut Interp<'_, H>,
    instance: &Value,
    classes: &[Value],
    base: impl FnOnce(&mut Interp<'_, H>) -> Fact<Type>,
    place: Place,
    depth: u32,
) -> Fact<Type> {
    let compilers = compilers(interp, classes);
    if compilers.is_empty() || depth > MAX_DEPTH {
        return base(interp);
    }
    let mut written: Vec<(Kind, Type)> = Vec::new();
    for kind in Kind::ALL {
        let Some((_, function)) =
            compilers.iter().find(|(dialect, _)| dialect.is_none_or(|only| only == kind))
        else {
            continue;
        };
        match spelling(interp, function, instance, kind, place, depth) {
            Fact::Known(ty) => written.push((kind, ty)),
            unknown => return unknown,
        }
    }
    if written.len() < Kind::ALL.len() {
        return base(interp).map(|base| vary(base, written));
    }
    match written.split_first() {
        Some(((_, first), rest)) if rest.iter().all(|(_, ty)| ty == first) => Fact::Known(first.clone()),
        Some(((_, first), rest)) => Fact::Known(vary(first.clone(), rest.to_vec())),
        None => base(interp),
    }
}

/// The functions that are registered for the nearest of the classes that has any, the ones for a dialect before the one
/// for all.
fn compilers<H: Host>(interp: &Interp<'_, H>, classes: &[Value]) -> Vec<(Option<Kind>, Value)> {
    for class in classes {
        let mut found = Vec::new();
        // Registered later, it takes the place of what was there.
        for (decorator, function) in interp.registered().iter().rev() {
            let Some(call) = compiles(decorator) else { continue };
            let Some((of, dialects)) = call.args.list.split_first() else { continue };
            if !is_class(&of.value, class) {
                continue;
            }
            if dialects.is_empty() {
                found.push((None, function.clone()));
            }
            let dialects = dialects.iter().filter_map(|arg| arg.value.as_str()?.parse().ok());
            found.extend(dialects.map(|dialect: Kind| (Some(dialect), function.clone())));
        }
        if !found.is_empty() {
            found.sort_by_key(|(dialect, _)| dialect.is_none());
            return found;
        }
    }
    Vec::new()
}

/// Whether the project writes constructs of this class itself on this dialect.
pub fn has_compiler<H: Host>(interp: &Interp<'_, H>, class: &str, kind: Option<Kind>) -> bool {
    interp.registered().iter().filter_map(|(decorator, _)| compiles(decorator)).any(|call| {
        let Some((of, dialects)) = call.args.list.split_first() else { return false };
        let named = |arg: &Arg| arg.value.as_str().and_then(|text| text.parse::<Kind>().ok());
        crate::path::core_name(&of.value).is_some_and(|name| name == class)
            && (dialects.is_empty() || kind.is_none() || dialects.iter().any(|arg| named(arg) == kind))
    })
}

fn compiles(decorator: &Value) -> Option<&Call> {
    let call = decorator.as_call()?;
    (call.path()? == "sqlalchemy.ext.compiler.compiles").then_some(call)
}

fn is_class(of: &Value, class: &Value) -> bool {
    of == class || crate::canonical(of).is_some_and(|of| crate::canonical(class) == Some(of))
}

/// What a compiler gives for the type on one dialect.
fn spelling<H: Host>(
    interp: &mut Interp<'_, H>,
    function: &Value,
    instance: &Value,
    kind: Kind,
    place: Place,
    depth: u32,
) -> Fact<Type> {
    let compiler = Args::values([Value::str(kind.name())], place);
    let compiler =
        Value::Symbol(Arc::new(Symbol::Call(Call { callee: Value::path(COMPILER), args: compiler, place })));
    match interp.call_whole(function, Args::values([instance.clone(), compiler], place), place) {
        Ok(Value::Str(text)) => Fact::Known(Type::Native { text, dialect: Some(kind) }),
        Ok(result) => match handed_on(&result) {
            // The dialect's own way to write it, whatever the project has registered for that type.
            Some((ty, true)) => named(interp, &ty, &Args::default(), place, depth)
                .unwrap_or_else(|| Fact::Unknown(why(&result, "what a compiler gives", place))),
            Some((ty, false)) => read(interp, &ty, place, depth + MAX_DEPTH / 4),
            None => Fact::Unknown(why(&result, "what a compiler gives", place)),
        },
        Err(_) => Fact::Unknown(Unknown::new(Reason::Raised("a compiler".into()), place)),
    }
}

/// `compiler.visit_JSON(element, **kw)`, `compiler.process(other)`: the type that is written instead, and whether it is
/// named by its visitor.
fn handed_on(result: &Value) -> Option<(Value, bool)> {
    let call = result.as_call()?;
    let Symbol::Attribute { of, name, .. } = call.callee.as_symbol()? else { return None };
    let mut of = of;
    // `compiler.type_compiler.visit_JSON(...)`
    while let Some(Symbol::Attribute { of: inner, .. }) = of.as_symbol() {
        of = inner;
    }
    of.as_call().and_then(Call::path).filter(|path| *path == COMPILER)?;
    match name.strip_prefix("visit_") {
        Some(visited) => Some((Value::path(&format!("sqlalchemy.{visited}")), true)),
        None if name == "process" => call.args.list.first().map(|arg| (arg.value.clone(), false)),
        None => None,
    }
}
