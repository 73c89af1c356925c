//! Which table a value stands for.

use crate::args::plain_text;
use crate::declarative;
use crate::metadata::metadata;
use crate::path::{Canonical, called, method_call};
use fact::name;
use python::eval::Interp;
use python::host::Host;
use python::value::{Call, Symbol, Value};
use schema::TableName;

/// The name and schema of what stands for a table: a string, `table(...)`, `Table(...)`, an alias of one, a mapped class,
/// `Model.__table__`. `None`: it is none, or its name is not known.
pub fn table_ref<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Option<TableName> {
    if let Some(text) = plain_text(value) {
        return Some(TableName::plain(&text));
    }
    match value {
        Value::Object(_) => match interp.instance_view(value) {
            Some(view) => {
                // An instance of a subclass of Table, or of a mapped class.
                match crate::column::as_call(interp, value) {
                    Some(call) if table_call_name(interp, &call).is_some() => table_call_name(interp, &call),
                    _ => declarative::table_name(interp, &view.class),
                }
            }
            None => declarative::table_name(interp, value),
        },
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Attribute { of, name, .. } => match name.as_str() {
                "__table__" | "local_table" | "persist_selectable" | "table" => table_ref(interp, of),
                _ => None,
            },
            Symbol::Call(call) => {
                if let Some((of, method, call)) = method_call(value) {
                    return match method.as_str() {
                        "alias" | "tometadata" | "to_metadata" | "execution_options" | "with_hint"
                        | "tablesample" => {
                            let table = table_ref(interp, &of.clone())?;
                            let schema = call.args.keyword("schema").and_then(|arg| plain_text(&arg.value));
                            Some(match schema {
                                Some(schema) => TableName { schema: Some(name(&schema)), name: table.name },
                                None => table,
                            })
                        }
                        _ => None,
                    };
                }
                table_call_name(interp, call)
            }
            _ => None,
        },
        _ => None,
    }
}

/// The name in a `Table(...)`, `table(...)`, `TableClause(...)` or in a wrapper around a table.
fn table_call_name<H: Host>(interp: &mut Interp<'_, H>, call: &Call) -> Option<TableName> {
    let value = Value::Symbol(std::sync::Arc::new(Symbol::Call(call.clone())));
    let (canonical, call) = called(&value)?;
    match canonical {
        Canonical::Sqlalchemy(kind) => match kind.as_str() {
            "table" | "Table" | "TableClause" => {
                let text = plain_text(&call.args.get(0, "name")?.value)?;
                Some(TableName { schema: table_schema(interp, call, kind == "Table")?, name: name(&text) })
            }
            "aliased" | "alias" | "inspect" | "class_mapper" | "object_mapper" => {
                let inner = call.args.get(0, "element").or_else(|| call.args.list.first())?.value.clone();
                table_ref(interp, &inner)
            }
            _ => None,
        },
        Canonical::Flask(kind) if kind == "Table" => {
            let text = plain_text(&call.args.get(0, "name")?.value)?;
            Some(TableName { schema: table_schema(interp, call, true)?, name: name(&text) })
        }
        _ => None,
    }
}

/// `schema=`, or the schema of the MetaData. The outer None: it is not known.
fn table_schema<H: Host>(
    interp: &mut Interp<'_, H>,
    call: &Call,
    with_metadata: bool,
) -> Option<Option<fact::Name>> {
    if let Some(arg) = call.args.keyword("schema") {
        return match &arg.value {
            Value::None => Some(None),
            value => plain_text(value).map(|text| Some(name(&text))),
        };
    }
    if with_metadata && let Some(arg) = call.args.get(1, "metadata") {
        let value = arg.value.clone();
        if let Some(facts) = metadata(interp, &value) {
            return facts.schema.known().copied();
        }
    }
    Some(None)
}
