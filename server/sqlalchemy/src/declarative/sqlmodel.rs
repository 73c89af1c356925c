//! Fields of SQLModel classes.

use super::annotation::{self, Annotated, is_field, path_of};
use super::attributes::Found;
use super::type_map::Versions;
use crate::args::{KEYWORD, Params, why};
use crate::column::{ColumnSpec, ForeignKeySpec, column_spec};
use crate::foreign_key;
use crate::path::{Canonical, called};
use crate::scope::Scope;
use crate::types::{auto_string, enum_of_class};
use fact::{Fact, Place};
use python::eval::{Attribute, ClassView, Interp};
use python::host::Host;
use python::value::{Args, Value};
use schema::Type;
use schema::types::TypeConstraint;
use std::sync::Arc;

/// The column of one annotated field; `None`: it has none.
pub(super) fn field<H: Host>(
    interp: &mut Interp<'_, H>,
    view: &ClassView,
    attribute: &Attribute,
    versions: Versions,
) -> Option<Found> {
    let place = attribute.place;
    if attribute.name.starts_with('_') || attribute.name == "model_config" {
        return None;
    }
    let annotated = annotation::read(interp, attribute.annotation.as_ref()?, view.module, place)?;
    let given = attribute.value.as_ref();
    if let Some(value) = given
        && let Some((Canonical::Sqlmodel(callee), _)) = called(value)
        && callee == "Relationship"
    {
        return None;
    }
    let field = given
        .filter(|value| is_field(value))
        .cloned()
        .or_else(|| annotated.extras.iter().find(|e| is_field(e)).cloned());
    let args = field.as_ref().and_then(Value::as_call).map(|call| call.args.clone()).unwrap_or_default();
    let spec = spec(interp, &annotated, &args, place, versions);
    Some(Found { attribute: attribute.name, value: field, spec })
}

fn spec<H: Host>(
    interp: &mut Interp<'_, H>,
    annotated: &Annotated,
    args: &Args,
    place: Place,
    versions: Versions,
) -> ColumnSpec {
    if let Some(column) = keyword(args, "sa_column") {
        // A whole column replaces everything that the field says.
        return column_spec(interp, &Scope::default(), &column).unwrap_or_else(|| {
            let mut spec = ColumnSpec::new(place);
            spec.name = Some(Fact::Unknown(why(&column, "sa_column", place)));
            spec
        });
    }
    let mut spec = ColumnSpec::new(place);
    let mut params = Params::new(args, place);
    spec.primary_key = params.maybe_flag("primary_key");
    spec.unique = params.maybe_flag("unique");
    spec.index = params.maybe_flag("index");
    let optional = annotated.optional;
    let nullable = params.maybe_flag("nullable");
    spec.nullable = Some(Fact::Known(nullable.unwrap_or(optional && !spec.primary_key.unwrap_or(false))));
    match keyword(args, "sa_type") {
        Some(ty) => spec.set_type(interp, &ty, place),
        None => spec.ty = Some(field_type(interp, annotated, &mut params, place, versions)),
    }
    if let Some(target) = keyword(args, "foreign_key") {
        let on_delete = params.text(KEYWORD, "ondelete").map(|text| Arc::from(text.to_uppercase()));
        let reference = foreign_key::reference(interp, &Scope::default(), &target, place);
        spec.foreign_keys.push(ForeignKeySpec {
            reference,
            name: Fact::Known(None),
            name_is_final: false,
            options: foreign_key::Options { on_delete, ..Default::default() },
            place,
        });
    }
    if let Some(items) = keyword(args, "sa_column_args") {
        match interp.iterate(&items, place) {
            Ok(Ok(items)) => {
                for item in items {
                    spec.item(interp, &Scope::default(), &item, place);
                }
            }
            _ => spec.doubt(why(&items, "sa_column_args", place)),
        }
    }
    if let Some(keywords) = keyword(args, "sa_column_kwargs") {
        match interp.dict_entries(&keywords) {
            Some(entries) => {
                let list = entries.into_iter().filter_map(|(key, value)| {
                    Some(python::value::Arg { name: Some(fact::name(key.as_str()?)), value, place })
                });
                let args = Args { list: list.collect(), open: None, discarded: false };
                spec.keywords(interp, &args, place);
            }
            None => spec.doubt(why(&keywords, "sa_column_kwargs", place)),
        }
    }
    if let Some(trouble) = params.trouble {
        spec.doubt(trouble);
    }
    spec
}

fn keyword(args: &Args, name: &str) -> Option<Value> {
    args.keyword(name).map(|arg| arg.value.clone()).filter(|value| !value.is_none() && !is_undefined(value))
}

fn is_undefined(value: &Value) -> bool {
    value.as_path().is_some_and(|path| path.ends_with("Undefined"))
}

fn field_type<H: Host>(
    interp: &mut Interp<'_, H>,
    annotated: &Annotated,
    params: &mut Params<'_>,
    place: Place,
    versions: Versions,
) -> Fact<Type> {
    let module = fact::name("");
    let layers = annotated.layers(interp, module, place);
    let Some(last) = layers.last() else {
        return Fact::Unknown(crate::args::unreadable("the annotation", place));
    };
    if interp.enum_labels(last).is_some() {
        return enum_of_class(interp, last, place);
    }
    let max_length = params.size(KEYWORD, "max_length").or_else(|| {
        // `Annotated[str, StringConstraints(max_length=5)]`
        annotated.extras.iter().find_map(|extra| {
            let length = extra.as_call()?.args.keyword("max_length")?.value.as_int()?;
            u32::try_from(length).ok()
        })
    });
    let Some(path) = path_of(last) else {
        return match interp
            .class_outside_bases(last)
            .iter()
            .any(|base| path_of(base).is_some_and(|path| path == "str"))
        {
            true => Fact::Known(auto_string(max_length)),
            false => Fact::Unknown(why(last, "the type of the field", place)),
        };
    };
    let ty = match path.as_str() {
        "str"
        | "pydantic.EmailStr"
        | "pydantic.networks.EmailStr"
        | "pathlib.Path"
        | "ipaddress.IPv4Address"
        | "ipaddress.IPv4Network"
        | "ipaddress.IPv6Address"
        | "ipaddress.IPv6Network" => auto_string(max_length),
        "float" => Type::Float { precision: None },
        "bool" => Type::Boolean { constraint: TypeConstraint::default() },
        "int" => Type::Integer,
        "datetime.datetime" => {
            let (newer, older) = (Type::DateTime { timezone: true }, Type::DateTime { timezone: false });
            let is_newer = versions.sqlmodel.map(|version| version >= (0, 0, 47));
            return versions.choose(is_newer, newer, older, place);
        }
        "pydantic.NaiveDatetime" | "pydantic.types.NaiveDatetime" => Type::DateTime { timezone: false },
        "datetime.date" => Type::Date,
        "datetime.time" => Type::Time { timezone: false },
        "datetime.timedelta" => Type::Interval { precision: None },
        "bytes" => Type::LargeBinary { length: None },
        "decimal.Decimal" => {
            let precision = params.size(KEYWORD, "max_digits");
            let scale = params.int(KEYWORD, "decimal_places").and_then(|scale| i32::try_from(scale).ok());
            Type::Numeric { precision, scale }
        }
        "uuid.UUID" | "pydantic.UUID1" | "pydantic.UUID3" | "pydantic.UUID4" | "pydantic.UUID5" => Type::Uuid,
        _ => return Fact::Unknown(why(last, "the type of the field", place)),
    };
    Fact::Known(ty)
}
