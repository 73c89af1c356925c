//! From the type of an annotation to the type of a column.

use super::annotation::{Annotated, literal, path_of};
use crate::args::why;
use crate::path::core_name;
use crate::types::{enum_of_class, read_type};
use fact::{Fact, Name, Place, Reason, Unknown};
use python::eval::Interp;
use python::host::Host;
use python::value::{Symbol, Value};
use schema::types::{Enum, TypeConstraint};
use schema::{Kind, Type};

/// Versions on which a type depends. `None`: not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Versions {
    pub sqlalchemy: Option<(u16, u16)>,
    /// SQLModel's major, minor and patch number.
    pub sqlmodel: Option<(u16, u16, u16)>,
    /// The database, on which versions may well agree.
    pub kind: Option<Kind>,
}

impl Versions {
    /// The type where it depends on the version: the newer one, or the older, or whichever where the database does not
    /// tell them apart.
    pub(super) fn choose(self, is_newer: Option<bool>, newer: Type, older: Type, place: Place) -> Fact<Type> {
        let text = |ty: &Type| self.kind.map(|kind| schema::dialect::reported(ty, Some(kind.into())));
        match is_newer {
            Some(true) => Fact::Known(newer),
            Some(false) => Fact::Known(older),
            None if self.kind.is_some() && text(&newer) == text(&older) => Fact::Known(newer),
            None => Fact::Unknown(Unknown::new(Reason::VersionDependent, place)),
        }
    }
}

/// The type of a `Mapped[...]` column without a type of its own.
pub(super) fn column_type<H: Host>(
    interp: &mut Interp<'_, H>,
    class: &Value,
    annotated: &Annotated,
    (module, place): (Name, Place),
    versions: Versions,
) -> Fact<Type> {
    let layers = annotated.layers(interp, module, place);
    let map = annotation_map(interp, class);
    for layer in &layers {
        if let Some((_, ty)) = map.iter().find(|(key, _)| same_type(key, layer)) {
            return read_type(interp, &ty.clone(), place);
        }
        if let Some(ty) = standard(interp, layer, place, versions) {
            return ty;
        }
    }
    let last = layers.last().unwrap_or(&annotated.inner);
    Fact::Unknown(why(last, "the type of the annotation", place))
}

/// Two spellings of one type: `dict[str, Any]` and `Dict[str, Any]` stay two, as they are for SQLAlchemy.
fn same_type(a: &Value, b: &Value) -> bool {
    a == b && a.as_unknown().is_none()
}

fn standard<H: Host>(
    interp: &mut Interp<'_, H>,
    value: &Value,
    place: Place,
    versions: Versions,
) -> Option<Fact<Type>> {
    if let Some(members) = literal(value) {
        return Some(literal_type(&members, place));
    }
    if interp.enum_labels(value).is_some() {
        return Some(enum_of_class(interp, value, place));
    }
    let ty = match path_of(value)?.as_str() {
        "int" => Type::Integer,
        "str" => Type::string(None),
        "bool" => Type::Boolean { constraint: TypeConstraint::default() },
        "bytes" => Type::LargeBinary { length: None },
        "float" => {
            let (newer, older) = (Type::Double { precision: None }, Type::Float { precision: None });
            let is_newer = versions.sqlalchemy.map(|version| version >= (2, 1));
            return Some(versions.choose(is_newer, newer, older, place));
        }
        "decimal.Decimal" => Type::Numeric { precision: None, scale: None },
        "datetime.datetime" => Type::DateTime { timezone: false },
        "datetime.date" => Type::Date,
        "datetime.time" => Type::Time { timezone: false },
        "datetime.timedelta" => Type::Interval { precision: None },
        "uuid.UUID" => Type::Uuid,
        _ => return None,
    };
    Some(Fact::Known(ty))
}

/// `Literal["a", "bcd"]`: an Enum of the values that is no type of the database.
fn literal_type(members: &[Value], place: Place) -> Fact<Type> {
    let mut labels = Vec::new();
    for member in members {
        match member {
            Value::Str(text) => labels.push(text.clone()),
            other => return Fact::Unknown(why(other, "a value of the Literal", place)),
        }
    }
    Fact::Known(Type::Enum(Enum {
        name: None,
        labels: Fact::Known(labels),
        native: false,
        length: None,
        create_type: true,
        constraint: TypeConstraint::default(),
    }))
}

/// `type_annotation_map` of the registry that the class is mapped by.
fn annotation_map<H: Host>(interp: &mut Interp<'_, H>, class: &Value) -> Vec<(Value, Value)> {
    for owner in super::inherit::lineage(interp, class) {
        let Some(view) = interp.class_view(&owner) else { continue };
        for wanted in ["type_annotation_map", "registry"] {
            let Some(value) = view.attributes.iter().find(|a| a.name == wanted).and_then(|a| a.value.clone())
            else {
                continue;
            };
            let entries = match wanted {
                "registry" => of_call(interp, &value),
                _ => entries(interp, &value),
            };
            if let Some(entries) = entries {
                return entries;
            }
        }
        for decorator in view.decorators.iter().chain(&view.bases) {
            if let Some(entries) = of_call(interp, &decorator.clone()) {
                return entries;
            }
        }
    }
    Vec::new()
}

/// The map that `registry(...)` or `declarative_base(...)`, or something made by one, was given.
fn of_call<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Option<Vec<(Value, Value)>> {
    match value.as_symbol()? {
        Symbol::Call(call) => {
            if core_name(&call.callee).is_some_and(|n| matches!(n.as_str(), "registry" | "declarative_base"))
            {
                let map = call.args.keyword("type_annotation_map")?.value.clone();
                return entries(interp, &map);
            }
            of_call(interp, &call.callee.clone())
        }
        Symbol::Attribute { of, .. } => of_call(interp, &of.clone()),
        _ => None,
    }
}

fn entries<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Option<Vec<(Value, Value)>> {
    interp.dict_entries(value)
}
