//! `Table(...)` and the items of `op.create_table(...)`.

use crate::args::{Params, constraint_name, option_text, plain_text, why};
use crate::column::{ColumnItem, as_call, column_spec, is_dialect_option};
use crate::constraint::constraint;
use crate::index::index;
use crate::metadata::{self, Metadata};
use crate::path::{Canonical, canonical, core_name, method_call};
use crate::scope::Scope;
use crate::types;
use fact::{Fact, Name, Place, Reason, Unknown, name};
use python::eval::Interp;
use python::host::Host;
use python::value::{Arg, Args, Call, Value};
use rustc_hash::FxHashMap;
use schema::{Constraint, Index, IndexItem, PrimaryKey, Table, TableName, Type, Unique};
use std::sync::Arc;

/// The table that `op.create_table(name, *items, **options)` makes. `Err`: its name is not known.
pub fn create_table<H: Host>(
    interp: &mut Interp<'_, H>,
    args: &Args,
    place: Place,
) -> Result<Table, Unknown> {
    let first_is_name = args.keyword("table_name").is_none() && args.keyword("name").is_none();
    let name_arg = args.get(0, "table_name").or_else(|| args.keyword("name"));
    let Some(name_arg) = name_arg else { return Err(missing_name(args, place)) };
    let table = name_arg.value.clone();
    let mut items: Vec<Arg> = args.positional().skip(usize::from(first_is_name)).cloned().collect();
    // Alembic picks columns, constraints and indexes out of what it is given: a MetaData among them does nothing.
    items.retain(|item| metadata::metadata(interp, &item.value).is_none());
    build(interp, &Scope::default(), &table, items, args, place, None)
}

/// The table of a `Table(name, metadata, *items)` call (`db.Table(...)` takes no metadata). `None`: it is none.
pub fn table_of_call<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Option<Result<Table, Unknown>> {
    table_of_call_in(interp, &Scope::default(), value)
}

/// [`table_of_call`] where columns of class bodies may be referred to.
pub fn table_of_call_in<H: Host>(
    interp: &mut Interp<'_, H>,
    scope: &Scope,
    value: &Value,
) -> Option<Result<Table, Unknown>> {
    if let Some((of, method, _)) = method_call(value)
        && matches!(method.as_str(), "tometadata" | "to_metadata")
    {
        return table_of_call_in(interp, scope, &of.clone());
    }
    let call = as_call(interp, value)?;
    if !is_table_class(&call.callee) {
        return None;
    }
    let place = call.place;
    let Some(name_arg) = call.args.get(0, "name") else { return Some(Err(missing_name(&call.args, place))) };
    let table = name_arg.value.clone();
    let skipped = usize::from(call.args.keyword("name").is_none());
    let mut items: Vec<Arg> = call.args.positional().skip(skipped).cloned().collect();
    let mut found = None;
    if let Some(first) = items.first().cloned().or_else(|| call.args.keyword("metadata").cloned()) {
        found = metadata::metadata(interp, &first.value);
        let by_position = !items.is_empty();
        if by_position && (found.is_some() || !is_item(interp, &first.value)) {
            items.remove(0);
        }
    }
    Some(build(interp, scope, &table, items, &call.args, place, found))
}

/// The MetaData that a `Table(...)` call is made in.
pub fn metadata_of_table<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Option<Metadata> {
    let call = as_call(interp, value)?;
    if !is_table_class(&call.callee) {
        return None;
    }
    if let Some(arg) = call.args.get(1, "metadata") {
        let arg = arg.value.clone();
        if let Some(found) = metadata::metadata(interp, &arg) {
            return Some(found);
        }
    }
    // `db.Table(...)`: the metadata of the `db` object.
    match call.callee.as_symbol()? {
        python::value::Symbol::Attribute { of, name, .. } if name == "Table" => {
            metadata::metadata(interp, &of.clone())
        }
        _ => None,
    }
}

fn is_table_class(callee: &Value) -> bool {
    match canonical(callee) {
        Some(Canonical::Sqlalchemy(name)) => matches!(name.as_str(), "Table" | "table" | "TableClause"),
        Some(Canonical::Flask(name)) => name == "Table",
        _ => false,
    }
}

fn is_item<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> bool {
    crate::column::is_column(interp, value)
        || as_call(interp, value)
            .and_then(|call| core_name(&call.callee))
            .is_some_and(|name| name == "Index" || name.ends_with("Constraint"))
}

fn missing_name(args: &Args, place: Place) -> Unknown {
    args.open.as_deref().cloned().unwrap_or_else(|| crate::args::unreadable("the name of the table", place))
}

fn build<H: Host>(
    interp: &mut Interp<'_, H>,
    scope: &Scope,
    table_name: &Value,
    items: Vec<Arg>,
    args: &Args,
    place: Place,
    metadata: Option<Metadata>,
) -> Result<Table, Unknown> {
    let text = match interp.enum_member_value(table_name) {
        Some(Value::Str(text)) => Some(text),
        _ => plain_text(table_name),
    };
    let Some(text) = text else { return Err(why(table_name, "the name of the table", place)) };
    let mut schema = None;
    match args.keyword("schema") {
        Some(arg) if !arg.value.is_none() => match plain_text(&arg.value) {
            Some(text) => schema = Some(name(&text)),
            None => return Err(why(&arg.value, "the schema of the table", place)),
        },
        Some(_) => {}
        None => {
            if let Some(found) = &metadata {
                match &found.schema {
                    Fact::Known(of_metadata) => schema = *of_metadata,
                    Fact::Unknown(unknown) => return Err(unknown.clone()),
                }
            }
        }
    }
    let mut builder = Builder::new(TableName { schema, name: name(&text) }, place);
    builder.metadata_schema = metadata.and_then(|found| found.schema.known().copied().flatten());
    for item in &items {
        builder.add(interp, scope, &item.value, item.place);
    }
    builder.options(args);
    if let Some(unknown) = &args.open {
        builder.open((**unknown).clone());
    }
    Ok(builder.finish())
}

/// Puts a table together from its items, in the order in which SQLAlchemy takes them.
pub(crate) struct Builder {
    pub table: Table,
    /// The schema that foreign keys without one get.
    pub metadata_schema: Option<Name>,
    keys: FxHashMap<Name, Name>,
    flagged: Vec<Name>,
    nullable_given: Vec<Name>,
    later: Vec<Constraint>,
    later_indexes: Vec<Index>,
}

impl Builder {
    pub fn new(name: TableName, place: Place) -> Builder {
        Builder {
            table: Table::new(name, place),
            metadata_schema: None,
            keys: FxHashMap::default(),
            flagged: Vec::new(),
            nullable_given: Vec::new(),
            later: Vec::new(),
            later_indexes: Vec::new(),
        }
    }

    /// Goes on with a table that was read.
    pub fn of(table: Table) -> Builder {
        let mut builder = Builder::new(table.name, table.place);
        builder.flagged = table.primary_key.as_ref().map(|key| key.columns.clone()).unwrap_or_default();
        builder.nullable_given = table.columns.iter().map(|column| column.name).collect();
        builder.table = table;
        builder
    }

    pub fn open(&mut self, unknown: Unknown) {
        self.table.open.get_or_insert(unknown);
    }

    /// One item: a column, constraint or index. None is passed over, as SQLAlchemy does.
    pub fn add<H: Host>(&mut self, interp: &mut Interp<'_, H>, scope: &Scope, value: &Value, place: Place) {
        if value.is_none() {
            return;
        }
        if let Some(spec) = column_spec(interp, scope, value) {
            let inherits = spec.type_value.as_ref().is_some_and(types::inherits_schema);
            match spec.finish(None) {
                Ok(item) => self.column(item, inherits),
                Err(unknown) => self.open(unknown),
            }
            return;
        }
        if let Some(read) = constraint(interp, scope, value) {
            match read {
                Ok(constraint) => self.later.push(constraint),
                Err(unknown) => self.open(unknown),
            }
            return;
        }
        if let Some(read) = index(interp, scope, value) {
            match read {
                Ok(index) => self.later_indexes.push(index),
                Err(unknown) => self.open(unknown),
            }
            return;
        }
        // `sa.table(...)` takes `sa.column(...)`: names and types, no more.
        if let Some(column) = light_column(interp, value) {
            self.column(column, false);
            return;
        }
        self.open(why(value, "an item of the table", place));
    }

    pub fn column(&mut self, item: ColumnItem, inherits_schema: bool) {
        let ColumnItem { mut column, key, primary_key, nullable_given, constraints, indexes, doubt } = item;
        if inherits_schema
            && let Fact::Known(Type::Enum(ty)) = &mut column.ty
            && let Some(name) = &mut ty.name
            && name.schema.is_none()
        {
            name.schema = self.table.name.schema;
        }
        if let Some(doubt) = doubt {
            self.open(doubt);
        }
        let name = column.name;
        self.keys.insert(key, name);
        if primary_key {
            self.flagged.push(name);
        }
        if nullable_given {
            self.nullable_given.push(name);
        }
        self.later.extend(constraints);
        self.later_indexes.extend(indexes);
        match self.table.columns.iter_mut().find(|other| other.name == name) {
            Some(slot) => *slot = Arc::new(column),
            None => self.table.columns.push(Arc::new(column)),
        }
    }

    /// The keywords of the table.
    pub fn options(&mut self, args: &Args) {
        let mut params = Params::new(args, self.table.place);
        params.trouble = None;
        if let Some(comment) = crate::default::comment(&mut params) {
            self.table.comment = Some(comment);
        }
        for (keyword, arg) in args.keywords() {
            self.option(keyword, &arg.value);
        }
    }

    pub fn option(&mut self, keyword: Name, value: &Value) {
        if value.is_none() {
            return;
        }
        match keyword.as_str() {
            "comment" => self.table.comment = plain_text(value).or(self.table.comment.take()),
            "autoload_with" | "autoload" | "reflect" if *value != Value::Bool(false) => {
                let reason = Reason::Assumed;
                self.open(Unknown::new(reason, self.table.place));
            }
            "prefixes" => {
                if let Some(text) = option_text(value) {
                    self.table.options.push((keyword, text.into()));
                }
            }
            _ if is_dialect_option(&keyword) => {
                if let Some(text) = option_text(value) {
                    self.table.options.push((keyword, text.into()));
                }
            }
            _ => {}
        }
    }

    /// The key of a column is what constraints of the table call it.
    fn column_name(&self, key: Name) -> Name {
        self.keys.get(&key).copied().unwrap_or(key)
    }

    pub fn finish(mut self) -> Table {
        let later = std::mem::take(&mut self.later);
        for constraint in later {
            self.constraint(constraint);
        }
        let indexes = std::mem::take(&mut self.later_indexes);
        for mut index in indexes {
            for item in &mut index.items {
                if let IndexItem::Column(column) = item {
                    *column = self.column_name(*column);
                }
            }
            self.table.indexes.push(index);
        }
        match &mut self.table.primary_key {
            Some(key) if key.columns.is_empty() => key.columns = self.flagged.clone(),
            Some(_) => {}
            None if self.flagged.is_empty() => {}
            None => self.table.primary_key = Some(PrimaryKey::new(self.flagged.clone(), self.table.place)),
        }
        // A column that only the constraint puts into the primary key is NOT NULL unless it says otherwise.
        let keyed = self.table.primary_key.as_ref().map(|key| key.columns.clone()).unwrap_or_default();
        for column in &mut self.table.columns {
            if keyed.contains(&column.name) && !self.nullable_given.contains(&column.name) {
                Arc::make_mut(column).nullable = Fact::Known(false);
            }
        }
        self.table
    }

    fn constraint(&mut self, mut constraint: Constraint) {
        let renamed = |columns: &mut Vec<Name>, keys: &FxHashMap<Name, Name>| {
            for column in columns {
                *column = keys.get(column).copied().unwrap_or(*column);
            }
        };
        match &mut constraint {
            Constraint::PrimaryKey(key) => renamed(&mut key.columns, &self.keys),
            Constraint::Unique(unique) => renamed(&mut unique.columns, &self.keys),
            Constraint::ForeignKey(key) => {
                renamed(&mut key.columns, &self.keys);
                if key.ref_table.schema.is_none() {
                    key.ref_table.schema = self.metadata_schema;
                }
            }
            Constraint::Check(_) | Constraint::Exclude(_) => {}
        }
        match constraint {
            Constraint::PrimaryKey(key) => self.table.primary_key = Some(key),
            Constraint::Unique(unique) => self.table.uniques.push(unique),
            Constraint::ForeignKey(key) => self.table.foreign_keys.push(key),
            Constraint::Check(check) => self.table.checks.push(check),
            Constraint::Exclude(exclude) => self.table.excludes.push(exclude),
        }
    }
}

/// `sa.column("x", sa.Integer)`
fn light_column<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Option<ColumnItem> {
    let call = as_call(interp, value)?;
    if core_name(&call.callee)? != "column" {
        return None;
    }
    let text = plain_text(&call.args.get(0, "text")?.value)?;
    let mut spec = crate::column::ColumnSpec::new(call.place);
    spec.name = Some(Fact::Known(name(&text)));
    if let Some(arg) = call.args.get(1, "type_") {
        spec.set_type(interp, &arg.value.clone(), arg.place);
    }
    spec.finish(None).ok()
}

/// A UNIQUE constraint from a list of columns and keywords, as `op.create_unique_constraint` takes it.
pub fn unique_constraint<H: Host>(
    interp: &mut Interp<'_, H>,
    name: Option<&Value>,
    columns: &Value,
    options: &Args,
    place: Place,
) -> Result<Unique, Unknown> {
    let columns = crate::constraint::columns(interp, &Scope::default(), columns, place)?;
    let mut unique = Unique::new(columns, place);
    (unique.name, unique.name_is_final) = constraint_name(name, place);
    crate::constraint::unique_options(options, &mut unique)?;
    Ok(unique)
}

/// Does the call make a table that a MetaData holds? `table("t", column("a"))` is one for queries alone.
pub(crate) fn makes_table(callee: &Value) -> bool {
    match canonical(callee) {
        Some(Canonical::Sqlalchemy(name)) => name == "Table",
        Some(Canonical::Flask(name)) => name == "Table",
        _ => false,
    }
}

/// The call that made a table, for hosts that keep it.
pub fn table_call<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Option<Call> {
    as_call(interp, value).filter(|call| is_table_class(&call.callee))
}
