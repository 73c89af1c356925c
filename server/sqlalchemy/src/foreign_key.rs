//! `ForeignKey(...)` and what it may point at.

use crate::args::{KEYWORD, Params, constraint_name, plain_text, why};
use crate::column::ForeignKeySpec;
use crate::path::method_call;
use crate::scope::Scope;
use crate::sql::{column_name, is_columns};
use crate::table_ref::table_ref;
use fact::{Name, Place, Unknown, name};
use python::eval::Interp;
use python::host::Host;
use python::value::{Args, Call, Symbol, Value};
use schema::{ForeignKey, TableName};
use std::sync::Arc;

/// The column that a foreign key points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    pub table: TableName,
    /// `None`: the column of the same name.
    pub column: Option<Name>,
}

/// `ondelete=` and the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    pub on_delete: Option<Arc<str>>,
    pub on_update: Option<Arc<str>>,
    pub deferrable: Option<bool>,
    pub initially: Option<Arc<str>>,
    pub match_: Option<Arc<str>>,
    pub not_valid: bool,
}

impl Options {
    pub fn apply(self, key: &mut ForeignKey) {
        key.on_delete = self.on_delete;
        key.on_update = self.on_update;
        key.deferrable = self.deferrable;
        key.initially = self.initially;
        key.match_ = self.match_;
        key.not_valid = self.not_valid;
    }
}

/// The options of a foreign key, given as keywords of ForeignKey, ForeignKeyConstraint or `op.create_foreign_key`, and
/// what of them could not be read.
pub fn options(args: &Args, place: Place) -> (Options, Option<Unknown>) {
    let mut params = Params::new(args, place);
    let mut rule = |key: &str| params.text(KEYWORD, key).map(|text| Arc::from(text.to_uppercase()));
    let (on_delete, on_update, initially, match_) =
        (rule("ondelete"), rule("onupdate"), rule("initially"), rule("match"));
    let deferrable = params.maybe_flag("deferrable");
    let not_valid = params.flag(KEYWORD, "postgresql_not_valid", false);
    (Options { on_delete, on_update, deferrable, initially, match_, not_valid }, params.trouble)
}

/// A `ForeignKey(...)` of a column.
pub(crate) fn spec<H: Host>(interp: &mut Interp<'_, H>, scope: &Scope, call: &Call) -> ForeignKeySpec {
    let (options, trouble) = options(&call.args, call.place);
    let (name, name_is_final) = constraint_name(call.args.keyword("name").map(|arg| &arg.value), call.place);
    let target = call.args.get(0, "column").map(|arg| (arg.value.clone(), arg.place));
    let reference = match (trouble, target) {
        (Some(unknown), _) => Err(unknown),
        (None, Some((value, place))) => reference(interp, scope, &value, place),
        (None, None) => Err(crate::args::unreadable("the foreign key", call.place)),
    };
    ForeignKeySpec { reference, name, name_is_final, options, place: call.place }
}

/// What `"schema.table.column"`, a column of a table or an attribute of a mapped class refers to.
pub fn reference<H: Host>(
    interp: &mut Interp<'_, H>,
    scope: &Scope,
    value: &Value,
    place: Place,
) -> Result<Reference, Unknown> {
    let unknown = || why(value, "the column that the foreign key refers to", place);
    if let Some(text) = plain_text(value) {
        return split(&text).ok_or_else(unknown);
    }
    if let Some((Some(table), column)) = scope.get(value) {
        return Ok(Reference { table, column: Some(column) });
    }
    let Some(symbol) = value.as_symbol() else { return Err(unknown()) };
    let found = match symbol {
        Symbol::Attribute { of, name, .. } => match of.as_symbol() {
            Some(Symbol::Attribute { of: table, .. }) if is_columns(of) => {
                table_ref(interp, table).map(|t| (t, *name))
            }
            _ => {
                let column = column_name(interp, scope, value).unwrap_or(*name);
                table_ref(interp, of).map(|table| (table, column))
            }
        },
        Symbol::Item { of, index } if is_columns(of) => match (of.as_symbol(), index.as_str()) {
            (Some(Symbol::Attribute { of: table, .. }), Some(column)) => {
                table_ref(interp, table).map(|table| (table, name(column)))
            }
            _ => None,
        },
        Symbol::Call(_) => match method_call(value) {
            Some((of, method, _)) if matches!(method.as_str(), "copy" | "_copy") => {
                return reference(interp, scope, &of.clone(), place);
            }
            _ => None,
        },
        _ => None,
    };
    found.map(|(table, column)| Reference { table, column: Some(column) }).ok_or_else(unknown)
}

/// `[schema.]table[.column]`; the schema may have dots itself.
fn split(text: &str) -> Option<Reference> {
    let Some((rest, column)) = text.rsplit_once('.') else {
        return (!text.is_empty()).then(|| Reference { table: TableName::plain(text), column: None });
    };
    let table = match rest.rsplit_once('.') {
        Some((schema, table)) => TableName::new(Some(schema), table),
        None => TableName::plain(rest),
    };
    Some(Reference { table, column: Some(name(column)) })
}
