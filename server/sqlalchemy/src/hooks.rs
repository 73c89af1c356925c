//! What SQLAlchemy's objects answer while project code runs. Every host asks here first and passes on what is not ours.

mod classes;
mod parts;

use crate::args::plain_text;
use crate::path::{Canonical, called, canonical, core_name, is_flask_class, is_flask_name, method_call};
use crate::sql::sql_text;
use crate::table_ref::table_ref;
use crate::types::{DIALECT_STAND_IN, read_type};
use classes::{exception_is, is_own_class, is_type_subclass, kind_of};
use fact::{Fact, Name, Place, name};
use python::eval::Interp;
use python::host::{Eval, Host};
use python::value::{Args, Call, Symbol, Value};
use schema::Type;
use std::sync::Arc;

/// `of.wanted`, for [`Host::getattr`]. `None`: not ours, or nothing that is worth more than the symbol itself.
pub fn getattr<H: Host>(interp: &mut Interp<'_, H>, of: &Value, wanted: Name, place: Place) -> Option<Eval> {
    match of {
        Value::Object(_) => object_attribute(interp, of, wanted, place).map(Ok),
        Value::Symbol(_) => symbol_attribute(interp, of, wanted, place).map(Ok),
        _ => None,
    }
}

/// `callee(args)`, for [`Host::call`].
pub fn call<H: Host>(interp: &mut Interp<'_, H>, callee: &Value, args: &Args, _: Place) -> Option<Eval> {
    if let Some(canonical) = canonical(callee) {
        if canonical == Canonical::Sqlalchemy(name("has_inherited_table")) {
            let class = args.list.first()?.value.clone();
            let parent = crate::declarative::mapped_parent(interp, &class);
            return Some(Ok(Value::Bool(parent.is_some())));
        }
        return construct(canonical, args).map(Ok);
    }
    let Symbol::Attribute { of, name, place } = callee.as_symbol()? else { return None };
    let first = || args.list.first().map(|arg| arg.value.clone());
    // A TypeDecorator that leaves the choice to its base gets its own `impl`.
    if name == "super().load_dialect_impl" {
        return Some(interp.getattr(of, fact::name("impl"), *place));
    }
    // A `db` object of the project's own class leaves a name to its base.
    if name == "super().__getattr__" {
        let view = interp.instance_view(of)?;
        let wanted = first()?.as_str()?.to_owned();
        let is_flask = interp.class_outside_bases(&view.class).iter().any(is_flask_class);
        return is_flask.then(|| Ok(Value::path(&format!("sqlalchemy.{wanted}"))));
    }
    if is_dialect(of) {
        return match name.as_str() {
            // The stand-in hands the type back: reading it is the caller's part.
            "type_descriptor" => first().map(Ok),
            _ => None,
        };
    }
    // `table.columns.keys()` and `table.c.get("x")`
    if crate::sql::is_columns(of)
        && let Some(Symbol::Attribute { of: table, .. }) = of.as_symbol()
    {
        let columns = column_values(interp, table)?;
        return match name.as_str() {
            "contains_column" => None,
            "keys" => Some(Ok(Value::list(columns.into_iter().map(|(name, _)| Value::str(&name)).collect()))),
            "values" => Some(Ok(Value::list(columns.into_iter().map(|(_, value)| value).collect()))),
            "items" => {
                let pairs =
                    columns.into_iter().map(|(name, value)| Value::tuple(vec![Value::str(&name), value]));
                Some(Ok(Value::list(pairs.collect())))
            }
            "get" => {
                let wanted = first()?;
                let found = columns.into_iter().find(|(name, _)| Some(name.as_str()) == wanted.as_str());
                let default = args.list.get(1).map_or(Value::None, |arg| arg.value.clone());
                Some(Ok(found.map_or(default, |(_, value)| value)))
            }
            _ => None,
        };
    }
    // A copy of a column is that column, with a value of its own.
    if matches!(name.as_str(), "copy" | "_copy") && crate::column::is_column(interp, of) {
        let original = crate::column::as_call(interp, of)?;
        let copy = Call { callee: original.callee, args: original.args, place: original.place };
        return Some(Ok(Value::Symbol(Arc::new(Symbol::Call(copy)))));
    }
    None
}

/// For [`Host::iterate`]: the columns of a table whose columns are all known, or those of a constraint.
pub fn iterate<H: Host>(interp: &mut Interp<'_, H>, of: &Value, _: Place) -> Option<Eval<Vec<Value>>> {
    if parts::class_of(of).is_some() {
        return Some(Ok(parts::columns(interp, of)?.into_iter().map(|(_, value)| value).collect()));
    }
    let Symbol::Attribute { of: table, name, .. } = of.as_symbol()? else { return None };
    if !crate::sql::is_columns(of) {
        if matches!(name.as_str(), "enums") {
            return enum_labels(interp, table).map(Ok);
        }
        return None;
    }
    Some(Ok(column_values(interp, table)?.into_iter().map(|(_, value)| value).collect()))
}

/// For [`Host::truth`]: classes, and objects that are plain objects to Python. An expression has no truth value.
pub fn truth<H: Host>(interp: &mut Interp<'_, H>, of: &Value) -> Option<bool> {
    if parts::class_of(of).is_some() {
        return Some(true);
    }
    match of.as_symbol()? {
        Symbol::Compare { op, left, right } => parts::truth_of_comparison(interp, *op, left, right),
        Symbol::Path(_) => canonical(of).map(|_| true),
        Symbol::Call(_) => match called(of)? {
            (Canonical::Sqlalchemy(name), _) => {
                let plain =
                    matches!(name.as_str(), "Computed" | "Identity" | "Index" | "MetaData" | "Sequence")
                        || name.ends_with("Constraint");
                plain.then_some(true)
            }
            _ => None,
        },
        _ => None,
    }
}

/// For [`Host::isinstance`].
pub fn isinstance<H: Host>(interp: &mut Interp<'_, H>, value: &Value, class: &Value) -> Option<bool> {
    let wanted = match canonical(class)? {
        Canonical::Sqlalchemy(name) | Canonical::Dialect(_, name) => name,
        _ => return None,
    };
    if let Some(is) = parts::class_of(value) {
        kind_of(&wanted)?;
        let above = ["Constraint", "ColumnCollectionConstraint"].contains(&wanted.as_str());
        return Some(wanted == is || above && is.ends_with("Constraint"));
    }
    let call = crate::column::as_call(interp, value)?;
    let is = match canonical(&call.callee)? {
        Canonical::Sqlalchemy(name) | Canonical::Dialect(_, name) => name,
        _ => return None,
    };
    let has_own_class = match (canonical(class)?, canonical(&call.callee)?) {
        (Canonical::Dialect(of, name), Canonical::Dialect(other, _)) => {
            of != other && is_own_class(of, &name)
        }
        (Canonical::Dialect(of, name), _) => is_own_class(of, &name),
        _ => false,
    };
    if is == wanted {
        return Some(!has_own_class);
    }
    if has_own_class {
        return kind_of(&is).map(|_| false);
    }
    match (kind_of(&is)?, kind_of(&wanted)?) {
        (a, b) if a != b => Some(false),
        ("type", _) => is_type_subclass(&is, &wanted),
        ("column", _) => Some(matches!(wanted.as_str(), "ColumnElement" | "ColumnClause")),
        _ => Some(false),
    }
}

/// For [`Host::is_subclass`]: SQLAlchemy's exceptions, and its types.
pub fn is_subclass(class: Name, of: Name) -> Option<bool> {
    let short = |path: &str| -> Option<String> {
        path.strip_prefix("sqlalchemy.").and_then(|rest| rest.rsplit('.').next()).map(str::to_owned)
    };
    let (class, of) = (short(&class)?, short(&of)?);
    if class == of {
        return Some(true);
    }
    if let Some(known) = exception_is(&class, &of) {
        return Some(known);
    }
    is_type_subclass(&class, &of)
}

/// Calls whose result is simpler than the call.
fn construct(canonical: Canonical, args: &Args) -> Option<Value> {
    match canonical {
        Canonical::Sqlalchemy(callee) if callee == "quoted_name" => match &args.get(0, "value")?.value {
            text @ (Value::Str(_) | Value::Partial(_)) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

fn is_dialect(value: &Value) -> bool {
    value.as_call().and_then(Call::path).is_some_and(|path| path == DIALECT_STAND_IN)
}

fn symbol_attribute<H: Host>(
    interp: &mut Interp<'_, H>,
    of: &Value,
    wanted: Name,
    place: Place,
) -> Option<Value> {
    if is_dialect(of) {
        return match wanted.as_str() {
            "name" => of.as_call()?.args.list.first().map(|arg| arg.value.clone()),
            _ => None,
        };
    }
    if let Some(value) = parts::attribute(interp, of, wanted, place) {
        return Some(value);
    }
    if crate::path::is_flask_object(of) {
        // What the `db` object passes on is SQLAlchemy's own, by its own name.
        return None;
    }
    // `table.c.x` where the table says what x is stays as it is: its name is what matters.
    if let Some((of, method, _)) = method_call(of)
        && method == "with_variant"
        && matches!(wanted.as_str(), "enums" | "length")
    {
        return symbol_attribute(interp, &of.clone(), wanted, place);
    }
    if let Some(Symbol::Attribute { name, .. }) = of.as_symbol()
        && name == "__table__"
        && matches!(wanted.as_str(), "name" | "fullname" | "schema")
    {
        return table_attribute(interp, of, wanted);
    }
    // `table.c.x.type`
    if let Some(Symbol::Attribute { of: columns, name, .. }) = of.as_symbol()
        && crate::sql::is_columns(columns)
        && let Some(Symbol::Attribute { of: table, .. }) = columns.as_symbol()
        && matches!(wanted.as_str(), "type" | "nullable" | "primary_key" | "name")
    {
        let (_, column) = column_values(interp, table)?.into_iter().find(|(column, _)| column == name)?;
        return column_attribute(interp, &column, wanted);
    }
    let call = of.as_call()?;
    match canonical(&call.callee)? {
        Canonical::Sqlalchemy(kind) => match (kind.as_str(), wanted.as_str()) {
            ("text" | "TextClause" | "literal_column" | "DDL", "text" | "statement") => {
                let sql = sql_text(of)?;
                (!sql.holes).then_some(Value::Str(sql.text))
            }
            ("Table" | "table" | "TableClause", "name" | "fullname" | "schema") => {
                table_attribute(interp, of, wanted)
            }
            ("Column" | "column" | "mapped_column", _) => column_attribute(interp, of, wanted),
            ("Index" | "Sequence", "name") => {
                call.args.get(0, "name").map(|arg| arg.value.clone()).filter(|v| plain_text(v).is_some())
            }
            ("conv", _) => None,
            (constraint, "name") if constraint.ends_with("Constraint") => {
                let given = call.args.keyword("name").map_or(Value::None, |arg| arg.value.clone());
                (call.args.open.is_none()).then_some(given)
            }
            ("Enum", _) => type_attribute(interp, of, wanted, place),
            ("MetaData", "schema") => {
                let found = crate::metadata::metadata(interp, of)?;
                Some(found.schema.known()?.map_or(Value::None, |schema| Value::str(&schema)))
            }
            (_, "length" | "precision" | "scale" | "timezone") => type_attribute(interp, of, wanted, place),
            _ => None,
        },
        Canonical::Dialect(..) => type_attribute(interp, of, wanted, place),
        Canonical::Flask(kind) if kind == "Table" && wanted == "name" => {
            Some(Value::str(&table_ref(interp, of)?.name))
        }
        _ => None,
    }
}

fn table_attribute<H: Host>(interp: &mut Interp<'_, H>, of: &Value, wanted: Name) -> Option<Value> {
    let table = table_ref(interp, of)?;
    Some(match (wanted.as_str(), table.schema) {
        ("name", _) => Value::str(&table.name),
        ("schema", None) => Value::None,
        ("schema", Some(schema)) => Value::str(&schema),
        (_, _) => Value::str(&table.to_string()),
    })
}

fn column_attribute<H: Host>(interp: &mut Interp<'_, H>, of: &Value, wanted: Name) -> Option<Value> {
    let spec = crate::column::column_spec(interp, &crate::Scope::default(), of)?;
    match wanted.as_str() {
        "name" => match spec.name? {
            Fact::Known(name) => Some(Value::str(&name)),
            Fact::Unknown(unknown) => Some(Value::unknown(unknown)),
        },
        "type" => spec.type_value,
        "primary_key" => Some(Value::Bool(spec.primary_key.unwrap_or(false))),
        "nullable" => match spec.nullable {
            Some(Fact::Known(nullable)) => Some(Value::Bool(nullable)),
            Some(Fact::Unknown(unknown)) => Some(Value::unknown(unknown)),
            None => Some(Value::Bool(!spec.primary_key.unwrap_or(false))),
        },
        _ => None,
    }
}

fn type_attribute<H: Host>(
    interp: &mut Interp<'_, H>,
    of: &Value,
    wanted: Name,
    place: Place,
) -> Option<Value> {
    let Fact::Known(ty) = read_type(interp, of, place) else { return None };
    let number = |number: Option<i64>| Some(number.map_or(Value::None, Value::Int));
    match (&ty, wanted.as_str()) {
        (Type::Enum(ty), "enums") => {
            Some(Value::list(ty.labels.known()?.iter().map(|label| Value::Str(label.clone())).collect()))
        }
        (Type::Enum(ty), "name") => Some(ty.name.map_or(Value::None, |name| Value::str(&name.name))),
        (Type::Enum(ty), "schema") => {
            Some(ty.name.and_then(|name| name.schema).map_or(Value::None, |schema| Value::str(&schema)))
        }
        (Type::String { length, .. } | Type::Char { length, .. } | Type::Text { length, .. }, "length") => {
            number(length.map(i64::from))
        }
        (Type::Numeric { precision, .. }, "precision") => number(precision.map(i64::from)),
        (Type::Numeric { scale, .. }, "scale") => number(scale.map(i64::from)),
        (
            Type::DateTime { timezone } | Type::Timestamp { timezone } | Type::Time { timezone },
            "timezone",
        ) => Some(Value::Bool(*timezone)),
        _ => None,
    }
}

fn enum_labels<H: Host>(interp: &mut Interp<'_, H>, of: &Value) -> Option<Vec<Value>> {
    let place = of.as_call()?.place;
    type_attribute(interp, of, name("enums"), place)?.as_items().map(<[Value]>::to_vec)
}

fn has_own_getattr<H: Host>(interp: &Interp<'_, H>, class: &Value) -> bool {
    let classes = interp.class_lineage(class);
    let mut views = classes.iter().filter_map(|class| interp.class_view(class));
    views.any(|view| view.attributes.iter().any(|attribute| attribute.name == "__getattr__"))
}

/// Attributes of classes and instances of the project that nothing in the project defines.
fn object_attribute<H: Host>(
    interp: &mut Interp<'_, H>,
    of: &Value,
    wanted: Name,
    place: Place,
) -> Option<Value> {
    let symbol =
        |of: &Value| Value::Symbol(Arc::new(Symbol::Attribute { of: of.clone(), name: wanted, place }));
    if let Some(view) = interp.instance_view(of) {
        // `db = SQLAlchemy()` with a subclass of the project.
        if interp.class_outside_bases(&view.class).iter().any(is_flask_class) {
            return match is_flask_name(&wanted) {
                true => Some(symbol(of)),
                // What the class makes of other names itself comes before what its base does.
                false if has_own_getattr(interp, &view.class) => None,
                false => Some(Value::path(&format!("sqlalchemy.{wanted}"))),
            };
        }
        // An instance of a subclass of a type, column or table does what those do.
        let is_ours = interp.class_outside_bases(&view.class).iter().any(|base| canonical(base).is_some());
        let kept = matches!(
            wanted.as_str(),
            "with_variant"
                | "evaluates_none"
                | "copy"
                | "_copy"
                | "c"
                | "columns"
                | "insert"
                | "update"
                | "delete"
                | "select"
        );
        return (is_ours && kept).then(|| symbol(of));
    }
    interp.class_view(of)?;
    let bases = interp.class_outside_bases(of);
    match wanted.as_str() {
        "as_mutable"
            if bases.iter().any(|base| core_name(base).is_some_and(|name| name.starts_with("Mutable"))) =>
        {
            return Some(Value::path("sqlalchemy.ext.mutable.Mutable.as_mutable"));
        }
        "metadata" | "registry" if crate::metadata::metadata(interp, of).is_some() => {
            return Some(symbol(of));
        }
        "__table__" if crate::declarative::is_mapped(interp, of) => return Some(symbol(of)),
        "__tablename__" if crate::declarative::is_mapped(interp, of) => {
            return crate::declarative::table_name(interp, of).map(|table| Value::str(&table.name));
        }
        "query" | "__mapper__" if crate::declarative::is_mapped(interp, of) => return Some(symbol(of)),
        _ => {}
    }
    // `id: Mapped[int]` without a value: the attribute of the class is that column.
    let declared = interp.class_lineage(of).iter().filter_map(|class| interp.class_view(class)).any(|view| {
        view.attributes.iter().any(|attribute| attribute.name == wanted && attribute.annotation.is_some())
    });
    (declared && crate::declarative::is_mapped(interp, of)).then(|| symbol(of))
}

/// The columns of a `Table(...)` whose items are all known: name and the value that made it. Those of a constraint, too.
fn column_values<H: Host>(interp: &mut Interp<'_, H>, table: &Value) -> Option<Vec<(Name, Value)>> {
    if parts::class_of(table).is_some() {
        return parts::columns(interp, table);
    }
    let call = crate::table::table_call(interp, table)?;
    if call.args.open.is_some() || call.args.keywords().any(|(name, _)| name.starts_with("autoload")) {
        return None;
    }
    let mut columns = Vec::new();
    for arg in call.args.positional() {
        if let Some(spec) = crate::column::column_spec(interp, &crate::Scope::default(), &arg.value)
            && let Some(Fact::Known(name)) = spec.name
        {
            columns.push((name, arg.value.clone()));
        } else if let Some(light) = crate::path::call_of(&arg.value, "column") {
            columns.push((name(&plain_text(&light.args.get(0, "text")?.value)?), arg.value.clone()));
        } else if arg.value.as_unknown().is_some() {
            return None;
        }
    }
    Some(columns)
}
