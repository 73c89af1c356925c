//! Instances of pydantic's models and settings: their fields are filled by a constructor that no class body writes.

use super::heap::{Object, ObjectId};
use super::{Interp, unknown};
use crate::host::{Eval, Host, Raise};
use crate::value::{Args, Key, Role, Symbol, Value};
use fact::{Name, Place, Reason, Unknown, name};

const MODELS: [&str; 3] = ["pydantic.BaseModel", "pydantic.main.BaseModel", "pydantic.v1.BaseModel"];

const SETTINGS: [&str; 4] = [
    "pydantic_settings.BaseSettings",
    "pydantic_settings.main.BaseSettings",
    "pydantic.BaseSettings",
    "pydantic.v1.BaseSettings",
];

/// Which of pydantic's classes a class derives from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Model {
    /// The constructor's arguments are all that there is.
    Plain,
    /// Fields come from environment variables too: what is not set keeps its default, which is checked as well.
    Settings,
}

/// When a function of the class looks at the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Validator {
    /// Before the fields are filled: it is given what the constructor is given.
    Before,
    /// When they are filled.
    After,
    /// In a way of its own.
    Other,
}

impl<H: Host> Interp<'_, H> {
    pub(super) fn pydantic_model(&self, class: ObjectId) -> Option<Model> {
        self.outside_bases(class).iter().find_map(|base| match base.as_path()?.as_str() {
            path if SETTINGS.contains(&path) => Some(Model::Settings),
            path if MODELS.contains(&path) => Some(Model::Plain),
            _ => None,
        })
    }

    /// Fills the fields of a new instance.
    pub(super) fn fill_model(
        &mut self,
        class: ObjectId,
        instance: ObjectId,
        args: &Args,
        place: Place,
    ) -> Eval<()> {
        let Some(model) = self.pydantic_model(class) else { return Ok(()) };
        let fields = self.fields(class);
        let validators = self.model_validators(class);
        let given = match self.given(class, &validators, args, place) {
            Ok(given) => given,
            // What refuses the values, or cannot be followed, may have made anything of them.
            Err(Raise::Exception(exception)) => {
                Err(Unknown::new(Reason::Raised("a validator".into()), exception.place))
            }
            Err(raise) => return Err(raise),
        };
        for field in fields.iter().filter(|field| field.name != "model_config") {
            let value = match &given {
                Err(because) => Value::unknown(because.clone()),
                Ok(given) => match given.iter().find(|(known, _)| *known == field.name) {
                    Some((_, value)) => value.clone(),
                    None => self.model_default(class, model, field, place)?,
                },
            };
            self.setattr(&Value::Object(instance), field.name, value, place)?;
        }
        for (validator, function) in validators {
            match validator {
                Validator::Before => {}
                Validator::After => {
                    self.call(&function, Args::values([Value::Object(instance)], place), place)?;
                }
                Validator::Other => {
                    let because = Reason::UnsupportedSyntax("a validator of a whole model".into());
                    self.forget(instance, Unknown::new(because, place));
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// What the constructor gets, after the functions that may change it first.
    fn given(
        &mut self,
        class: ObjectId,
        validators: &[(Validator, Value)],
        args: &Args,
        place: Place,
    ) -> Eval<Result<Vec<(Name, Value)>, Unknown>> {
        if let Some(open) = &args.open {
            return Ok(Err((**open).clone()));
        }
        let mut given: Vec<(Name, Value)> =
            args.keywords().map(|(name, arg)| (name, arg.value.clone())).collect();
        for (_, function) in validators.iter().filter(|(kind, _)| *kind == Validator::Before) {
            let entries = given.iter().map(|(name, value)| (Key(Value::str(name)), value.clone())).collect();
            let values = Value::Object(self.heap.add(Object::Dict(entries)));
            let changed = self.call(function, Args::values([Value::Object(class), values], place), place)?;
            let frozen = self.freeze(&changed);
            let Value::Dict(entries) = frozen else {
                return Ok(Err(self.why_unknown(&changed, place)));
            };
            let entry = |(key, value): &(Value, Value)| Some((name(key.as_str()?), value.clone()));
            given = entries.iter().filter_map(entry).collect();
        }
        Ok(Ok(given))
    }

    /// What a field holds that nothing sets.
    fn model_default(
        &mut self,
        class: ObjectId,
        model: Model,
        field: &super::instances::Field,
        place: Place,
    ) -> Eval {
        if self.is_validated(class, field.name, model) {
            let reason = Reason::UnsupportedSyntax("a validator of a field".into());
            return Ok(unknown(reason, place));
        }
        let default = match &field.default {
            None => return Ok(required(model, place)),
            Some(default) => default.clone(),
        };
        let value = match default.as_call().filter(|call| is_field(call.path())) {
            None => default,
            Some(call) => match call.args.get(0, "default") {
                Some(arg) if arg.value == Value::Ellipsis => return Ok(required(model, place)),
                Some(arg) => arg.value.clone(),
                None => match call.args.keyword("default_factory") {
                    Some(factory) => self.call(&factory.value.clone(), Args::default(), place)?,
                    None if call.args.open.is_some() => Value::unknown(self.why_unknown(&default, place)),
                    None => return Ok(required(model, place)),
                },
            },
        };
        if value == Value::Ellipsis {
            return Ok(required(model, place));
        }
        Ok(match model {
            Model::Settings if self.is_converted(class, field.name, &value) => {
                unknown(Reason::UnsupportedSyntax("a default of another type".into()), place)
            }
            _ => value,
        })
    }

    /// Whether reading a text as the field's type makes something else of it.
    fn is_converted(&self, class: ObjectId, field: Name, default: &Value) -> bool {
        let annotation = self.lineage(class).iter().find_map(|id| match self.heap.get(*id) {
            Object::Class(class) => {
                class.body.annotations.iter().rev().find(|(known, _)| *known == field).map(|(_, a)| a.clone())
            }
            _ => None,
        });
        let Value::Str(_) = default else { return false };
        !annotation.is_some_and(|annotation| takes_text(&annotation))
    }

    /// Whether a function of the class has a say in what a field holds when nothing sets it.
    fn is_validated(&self, class: ObjectId, field: Name, model: Model) -> bool {
        self.class_functions(class).iter().flat_map(|function| &function.decorators).any(|decorator| {
            let Some(call) = decorator.as_call() else { return false };
            let Some(path) = call.path() else { return false };
            let last = path.rsplit('.').next().unwrap_or_default();
            let always = match last {
                "field_validator" => model == Model::Settings,
                "validator" => {
                    model == Model::Settings
                        || call.args.keyword("always").is_some_and(|arg| arg.value != Value::Bool(false))
                }
                _ => return false,
            };
            let names = |text: &str| text == "*" || text == field;
            always && call.args.positional().any(|arg| arg.value.as_str().is_none_or(names))
        })
    }

    /// The functions of the class that look at all values together.
    fn model_validators(&self, class: ObjectId) -> Vec<(Validator, Value)> {
        let mut found = Vec::new();
        for function in self.class_functions(class) {
            for decorator in &function.decorators {
                let call = decorator.as_call();
                let Some(path) = decorator.as_path().or_else(|| call?.path()) else { continue };
                let kind = match path.rsplit('.').next().unwrap_or_default() {
                    "model_validator" => {
                        let mode = call.and_then(|call| call.args.get(0, "mode")).map(|arg| &arg.value);
                        match (mode.and_then(|mode| mode.as_str()), function.role) {
                            (Some("before"), Role::Class) => Validator::Before,
                            (Some("after"), Role::Plain) => Validator::After,
                            _ => Validator::Other,
                        }
                    }
                    "root_validator" => Validator::Other,
                    _ => continue,
                };
                found.push((kind, Value::Function(function.clone())));
            }
        }
        found
    }

    /// The functions that the class and its bases define.
    fn class_functions(&self, class: ObjectId) -> Vec<std::sync::Arc<crate::value::Function>> {
        let mut functions = Vec::new();
        for id in self.lineage(class).iter().rev() {
            let Object::Class(class) = self.heap.get(*id) else { continue };
            functions.extend(class.attrs.values().filter_map(|value| match value {
                Value::Function(function) => Some(function.clone()),
                _ => None,
            }));
        }
        functions
    }
}

fn is_field(path: Option<Name>) -> bool {
    path.is_some_and(|path| path.starts_with("pydantic") && path.ends_with(".Field"))
}

/// A field without a default.
fn required(model: Model, place: Place) -> Value {
    match model {
        Model::Plain => unknown(Reason::UnreadableArgument("a field without a value".into()), place),
        Model::Settings => unknown(Reason::Environment("an environment variable".into()), place),
    }
}

/// `str`, `str | None`, `Optional[str]`, `Literal[...]` and the like.
fn takes_text(annotation: &Value) -> bool {
    match annotation {
        Value::Builtin(builtin) => builtin == "str",
        Value::Str(text) => text.split(['|', '[', ']', ',']).any(|part| part.trim() == "str"),
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Path(path) => matches!(path.as_str(), "typing.Any" | "pydantic.SecretStr"),
            Symbol::Item { of, index } => {
                let root = of.as_path();
                let named = |known: &str| root.is_some_and(|root| root.ends_with(known));
                let inner = index.as_items().unwrap_or(std::slice::from_ref(index));
                named(".Literal")
                    || (named(".Optional") || named(".Union") || named(".Annotated") || named(".Final"))
                        && inner.iter().any(takes_text)
            }
            Symbol::Binary { left, right, .. } => takes_text(left) || takes_text(right),
            _ => false,
        },
        _ => false,
    }
}
