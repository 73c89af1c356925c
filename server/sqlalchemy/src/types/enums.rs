//! `Enum` in every form: labels, a class, `values_callable`.

use crate::args::{KEYWORD, Params, why};
use crate::metadata;
use fact::{Fact, Name, Place, Unknown};
use python::eval::Interp;
use python::host::Host;
use python::value::{Args, Value};
use schema::types::{Enum, TypeConstraint};
use schema::{TableName, Type};
use std::sync::Arc;

/// `sa.Enum(...)` and `postgresql.ENUM(...)`.
pub(super) fn read<H: Host>(interp: &mut Interp<'_, H>, args: &Args, place: Place) -> Fact<Type> {
    let (mut labels, class_name) = labels(interp, args, place);
    let mut params = Params::new(args, place);
    // What was spread into the call may be labels: the rest of the type is known without them.
    params.trouble = None;
    let name =
        params.name(KEYWORD, "name").or_else(|| class_name.map(|name| fact::name(&name.to_lowercase())));
    let is_native = params.flag(KEYWORD, "native_enum", true);
    let create = params.flag(KEYWORD, "create_constraint", false);
    let create_type = params.flag(KEYWORD, "create_type", true);
    // A type that is there already is named without its labels.
    if !create_type && args.positional().next().is_none() {
        labels = Fact::Unknown(crate::args::unreadable("an Enum without labels", place));
    }
    let length = params.size(KEYWORD, "length");
    let mut schema = params.name(KEYWORD, "schema");
    if schema.is_none()
        && let Some(metadata) = params.arg(KEYWORD, "metadata")
        && let Some(facts) = metadata::metadata(interp, &metadata.value)
    {
        match facts.schema {
            Fact::Known(of_metadata) => schema = of_metadata,
            Fact::Unknown(unknown) => params.trouble = params.trouble.or(Some(unknown)),
        }
    }
    let from_outside = labels.is_known() || name.is_some();
    if !from_outside && is_native {
        // The name of a class that cannot be seen is not known, and on some databases it is the type.
        let because =
            labels.unknown().cloned().unwrap_or_else(|| crate::args::unreadable("the labels", place));
        return Fact::Unknown(params.trouble.unwrap_or(because));
    }
    params.finish(Type::Enum(Enum {
        name: name.map(|name| TableName { schema, name }),
        labels,
        native: is_native,
        length,
        create_type,
        constraint: TypeConstraint { create, name: name.filter(|_| create) },
    }))
}

/// An enumeration class as a type without arguments: what an annotation with it means.
pub(crate) fn of_class<H: Host>(interp: &mut Interp<'_, H>, class: &Value, place: Place) -> Fact<Type> {
    read(interp, &Args::values([class.clone()], place), place)
}

/// The labels, and the name of the class that they came from.
fn labels<H: Host>(
    interp: &mut Interp<'_, H>,
    args: &Args,
    place: Place,
) -> (Fact<Vec<Arc<str>>>, Option<Name>) {
    let values: Vec<&Value> = args.positional().map(|arg| &arg.value).collect();
    if let [class] = values.as_slice()
        && let Some(members) = interp.enum_labels(class)
    {
        let name = interp.class_view(class).map(|view| view.name);
        let callable = args.keyword("values_callable").filter(|arg| !arg.value.is_none());
        let labels = match callable {
            None => Fact::Known(members.iter().map(|(name, _)| Arc::from(name.as_str())).collect()),
            Some(callable) => from_callable(interp, &callable.value.clone(), class, place),
        };
        return (labels, name);
    }
    if let Some(unknown) = &args.open {
        return (Fact::Unknown((**unknown).clone()), None);
    }
    (texts(interp, values.into_iter().cloned().collect(), place), None)
}

fn from_callable<H: Host>(
    interp: &mut Interp<'_, H>,
    callable: &Value,
    class: &Value,
    place: Place,
) -> Fact<Vec<Arc<str>>> {
    let trouble = |value: &Value| Fact::Unknown(why(value, "values_callable", place));
    let Ok(result) = interp.call_whole(callable, Args::values([class.clone()], place), place) else {
        return trouble(callable);
    };
    match interp.iterate(&result, place) {
        Ok(Ok(items)) => texts(interp, items, place),
        Ok(Err(because)) => Fact::Unknown(because),
        Err(_) => trouble(&result),
    }
}

fn texts<H: Host>(interp: &mut Interp<'_, H>, values: Vec<Value>, place: Place) -> Fact<Vec<Arc<str>>> {
    let mut labels = Vec::with_capacity(values.len());
    for value in values {
        match text(interp, &value, place) {
            Ok(label) => labels.push(label),
            Err(unknown) => return Fact::Unknown(unknown),
        }
    }
    Fact::Known(labels)
}

fn text<H: Host>(interp: &mut Interp<'_, H>, value: &Value, place: Place) -> Result<Arc<str>, Unknown> {
    // A member of an enumeration that is a string too is a label like any string.
    let member = interp.enum_member_value(value);
    match member.as_ref().unwrap_or(value) {
        Value::Str(text) => Ok(text.clone()),
        other => Err(why(other, "a label of the Enum", place)),
    }
}
