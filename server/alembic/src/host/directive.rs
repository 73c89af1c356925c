//! Alembic's directives: their parameters, in the order of their signatures, with the names they had before 1.5.

use super::{Cx, operations};
use fact::{Fact, Name, Place, Reason, Unknown};
use python::host::Eval;
use python::value::{Arg, Args, Value};
use schema::{TableName, Touched};
use std::sync::Arc;

pub(super) struct Signature {
    pub name: &'static str,
    /// Parameters of `op.name`; a star takes the rest.
    pub op: &'static [&'static str],
    /// Parameters of `batch_op.name`; `None` where there is no such method.
    pub batch: Option<&'static [&'static str]>,
    /// Old keyword -> today's.
    pub legacy: &'static [(&'static str, &'static str)],
}

macro_rules! signatures {
    ($($name:literal op($($op:literal),*) $(batch($($batch:literal),*))? $(was($($old:literal => $new:literal),*))?;)*) => {
        &[$(Signature {
            name: $name,
            op: &[$($op),*],
            batch: signatures!(@batch $(($($batch),*))?),
            legacy: signatures!(@legacy $(($($old => $new),*))?),
        }),*]
    };
    (@batch) => { None };
    (@batch ($($batch:literal),*)) => { Some(&[$($batch),*]) };
    (@legacy) => { &[] };
    (@legacy ($($old:literal => $new:literal),*)) => { &[$(($old, $new)),*] };
}

pub(super) const SIGNATURES: &[Signature] = signatures! {
    "add_column" op("table_name", "column", "schema") batch("column", "insert_before", "insert_after");
    "alter_column"
        op("table_name", "column_name", "nullable", "comment", "server_default", "new_column_name", "type_",
           "existing_type", "existing_server_default", "existing_nullable", "existing_comment", "schema")
        batch("column_name", "nullable", "comment", "server_default", "new_column_name", "type_", "existing_type",
              "existing_server_default", "existing_nullable", "existing_comment", "insert_before", "insert_after")
        was("name" => "new_column_name");
    "batch_alter_table"
        op("table_name", "schema", "recreate", "partial_reordering", "copy_from", "table_args", "table_kwargs",
           "reflect_args", "reflect_kwargs", "naming_convention");
    "bulk_insert" op("table", "rows");
    "create_check_constraint"
        op("constraint_name", "table_name", "condition", "schema") batch("constraint_name", "condition")
        was("name" => "constraint_name", "source" => "table_name");
    "create_exclude_constraint"
        op("constraint_name", "table_name", "*elements") batch("constraint_name", "*elements");
    "create_foreign_key"
        op("constraint_name", "source_table", "referent_table", "local_cols", "remote_cols", "onupdate", "ondelete",
           "deferrable", "initially", "match", "source_schema", "referent_schema")
        batch("constraint_name", "referent_table", "local_cols", "remote_cols", "referent_schema", "onupdate",
              "ondelete", "deferrable", "initially", "match")
        was("name" => "constraint_name", "source" => "source_table", "referent" => "referent_table");
    "create_index"
        op("index_name", "table_name", "columns", "schema", "unique") batch("index_name", "columns", "unique")
        was("name" => "index_name", "tablename" => "table_name");
    "create_primary_key"
        op("constraint_name", "table_name", "columns", "schema") batch("constraint_name", "columns")
        was("name" => "constraint_name", "cols" => "columns");
    "create_table" op("table_name", "*columns") was("name" => "table_name");
    "create_table_comment"
        op("table_name", "comment", "existing_comment", "schema") batch("comment", "existing_comment");
    "create_unique_constraint"
        op("constraint_name", "table_name", "columns", "schema") batch("constraint_name", "columns")
        was("name" => "constraint_name", "source" => "table_name", "local_cols" => "columns");
    "drop_column" op("table_name", "column_name", "schema") batch("column_name");
    "drop_constraint"
        op("constraint_name", "table_name", "type_", "schema") batch("constraint_name", "type_")
        was("name" => "constraint_name", "type" => "type_", "tablename" => "table_name");
    "drop_index"
        op("index_name", "table_name", "schema") batch("index_name")
        was("name" => "index_name", "tablename" => "table_name");
    "drop_table" op("table_name", "schema") was("name" => "table_name");
    "drop_table_comment" op("table_name", "existing_comment", "schema") batch("existing_comment");
    "execute" op("sqltext", "execution_options") batch("sqltext", "execution_options");
    "rename_table" op("old_table_name", "new_table_name", "schema");
};

/// Arguments by parameter.
pub(super) struct Bound<'a> {
    named: Vec<(Name, &'a Arg)>,
    /// What a starred parameter took.
    pub rest: Vec<&'a Arg>,
    pub open: Option<&'a Arc<Unknown>>,
    pub place: Place,
    args: &'a Args,
}

impl<'a> Bound<'a> {
    pub fn new(signature: &Signature, batch: bool, args: &'a Args, place: Place) -> Bound<'a> {
        let params = if batch { signature.batch.unwrap_or(signature.op) } else { signature.op };
        let mut bound = Bound { named: Vec::new(), rest: Vec::new(), open: args.open.as_ref(), place, args };
        let mut params = params.iter().peekable();
        for arg in args.positional() {
            match params.peek() {
                Some(param) if param.starts_with('*') => bound.rest.push(arg),
                Some(_) => {
                    if let Some(param) = params.next() {
                        bound.named.push((fact::name(param), arg));
                    }
                }
                None => {}
            }
        }
        for (name, arg) in args.keywords() {
            let today = signature
                .legacy
                .iter()
                .find(|(old, _)| name == *old)
                .map_or(name, |(_, new)| fact::name(new));
            bound.named.push((today, arg));
        }
        bound
    }

    pub fn get(&self, name: &str) -> Option<&'a Arg> {
        self.named.iter().find(|(param, _)| param == name).map(|(_, arg)| *arg)
    }

    /// An argument that is there and not None.
    pub fn given(&self, name: &str) -> Option<&'a Arg> {
        self.get(name).filter(|arg| !arg.value.is_none())
    }

    pub fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|arg| arg.value == Value::Bool(true))
    }

    pub fn keywords(&self) -> impl Iterator<Item = (Name, &'a Arg)> + '_ {
        self.named.iter().copied()
    }

    /// The call as it was written.
    pub fn args(&self) -> &'a Args {
        self.args
    }

    /// All arguments as keywords of today's names.
    pub fn as_keywords(&self) -> Args {
        let named = self.named.iter().map(|(name, arg)| Arg { name: Some(*name), ..(*arg).clone() });
        Args { list: named.collect(), open: self.open.cloned(), discarded: false }
    }

    /// Why an argument that is needed is not known.
    pub fn missing(&self, name: &str) -> Unknown {
        let reason = || Reason::UnreadableArgument(format!("the argument {name}").into());
        match (self.get(name), self.open) {
            (Some(arg), _) => match arg.value.as_unknown() {
                Some(unknown) => (**unknown).clone(),
                None => Unknown::new(reason(), arg.place),
            },
            (None, Some(open)) => (**open).clone(),
            (None, None) => Unknown::new(reason(), self.place),
        }
    }

    /// A name that must be known to say anything.
    pub fn name(&self, param: &str) -> Result<Name, Unknown> {
        self.get(param)
            .and_then(|arg| identifier(&arg.value))
            .map(|(name, _)| name)
            .ok_or_else(|| self.missing(param))
    }

    /// The name of a constraint or index, which may be None; whether it was given through `op.f`.
    pub fn optional_name(&self, param: &str) -> (Fact<Option<Name>>, bool) {
        match self.get(param) {
            None if self.open.is_some() => (Fact::Unknown(self.missing(param)), false),
            None => (Fact::Known(None), false),
            Some(arg) if arg.value.is_none() => (Fact::Known(None), false),
            Some(arg) => match identifier(&arg.value) {
                Some((name, is_final)) => (Fact::Known(Some(name)), is_final),
                None => (Fact::Unknown(self.missing(param)), false),
            },
        }
    }

    pub fn names(&self, param: &str) -> Result<Vec<Name>, Unknown> {
        let Some(arg) = self.get(param) else { return Err(self.missing(param)) };
        if let Some((name, _)) = identifier(&arg.value) {
            return Ok(vec![name]);
        }
        let items = arg.value.as_items().ok_or_else(|| self.missing(param))?;
        items
            .iter()
            .map(|item| identifier(item).map(|(name, _)| name).ok_or_else(|| self.missing(param)))
            .collect()
    }

    /// The table that `table_param` and `schema_param` name.
    pub fn table(&self, table_param: &str, schema_param: &str) -> Result<TableName, Unknown> {
        let table = self.name(table_param)?;
        let schema = match self.given(schema_param) {
            None => None,
            Some(_) => Some(self.name(schema_param)?),
        };
        Ok(TableName { schema, name: table })
    }
}

/// A name given as a string, `op.f("...")`, `conv("...")` or `quoted_name("...")`; whether it is final.
pub(super) fn identifier(value: &Value) -> Option<(Name, bool)> {
    if let Some(text) = value.as_str() {
        return Some((fact::name(text), false));
    }
    let call = value.as_call()?;
    let path = call.path()?;
    let text = call.args.list.first()?.value.as_str()?;
    match path.rsplit('.').next()? {
        "f" | "conv" | "_truncated_label" => Some((fact::name(text), true)),
        "quoted_name" => Some((fact::name(text), false)),
        _ => None,
    }
}

/// `op.name(...)`
pub(super) fn op<'a>(cx: &mut Cx<'a, '_>, name: Name, args: &Args, place: Place) -> Option<Eval> {
    match name.as_str() {
        "f" => return None,
        "get_bind" => return Some(Ok(super::handle::handle(cx, super::Kind::Bind))),
        "get_context" => return Some(Ok(super::handle::handle(cx, super::Kind::Context))),
        "inline_literal" => return args.list.first().map(|arg| Ok(arg.value.clone())),
        "run_async" => {
            let function = args.list.first()?.value.clone();
            let mut rest = args.clone();
            rest.list[0].value = super::handle::handle(cx, super::Kind::Bind);
            return Some(cx.call(&function, rest, place));
        }
        "batch_alter_table" => return Some(super::batch::open(cx, args, place)),
        _ => {}
    }
    match SIGNATURES.iter().find(|signature| name == signature.name) {
        Some(signature) => {
            let bound = Bound::new(signature, false, args, place);
            Some(operations::run(cx, signature.name, &bound, None))
        }
        None => {
            // A plug-in's directive: what it does to which table is its own affair.
            let because = Unknown::new(Reason::UnknownDirective(format!("op.{name}").into()), place);
            let site = cx.call_sites().get(1).copied();
            if !is_schemaless(&name) {
                cx.host.opaque(Touched::Anything, because.clone(), place, site);
            }
            Some(Ok(Value::unknown(because)))
        }
    }
}

/// Directives of known plug-ins that make no tables or columns.
fn is_schemaless(name: &str) -> bool {
    matches!(
        name,
        "create_entity" | "drop_entity" | "replace_entity" | "create_view" | "drop_view" | "replace_view"
    )
}
