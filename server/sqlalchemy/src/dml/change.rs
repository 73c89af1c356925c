//! INSERT, UPDATE and DELETE.

use super::Chain;
use super::reads::{columns_in, scope_of};
use crate::args::why;
use crate::scope::Scope;
use crate::sql::{column_name, condition_sql, expr_sql, identifier, sql_text};
use crate::table_ref::table_ref;
use fact::{Name, Place, Unknown, name};
use python::eval::Interp;
use python::host::Host;
use python::value::{Args, Value};
use schema::operation::DataKind;
use schema::{DataChange, TableName};
use std::sync::Arc;

/// What stands for a part of the text that cannot be written.
const HOLE: &str = "\u{fffc}";

pub(super) fn change<H: Host>(
    interp: &mut Interp<'_, H>,
    chain: &Chain,
    kind: DataKind,
    (whole, parameters): (&Value, Option<&Value>),
    place: Place,
) -> Result<DataChange, Unknown> {
    let table = match &chain.table {
        Some(table) => table_ref(interp, table),
        None => None,
    };
    let scope = scope_of(interp, whole);
    let mut draft = Draft::new(kind, table, scope);
    // Before 1.4 the verbs took the condition and the values themselves.
    match kind {
        DataKind::Update => {
            if let Some(arg) = chain.first.get(0, "whereclause").filter(|arg| !arg.value.is_none()) {
                draft.condition(interp, &arg.value);
            }
            if let Some(arg) = chain.first.get(1, "values").filter(|arg| !arg.value.is_none()) {
                draft.values(interp, &arg.value, place)?;
            }
        }
        DataKind::Delete => {
            if let Some(arg) = chain.first.get(0, "whereclause").filter(|arg| !arg.value.is_none()) {
                draft.condition(interp, &arg.value);
            }
        }
        _ => {
            if let Some(arg) = chain.first.get(0, "values").filter(|arg| !arg.value.is_none()) {
                draft.values(interp, &arg.value, place)?;
            }
        }
    }
    for (method, args) in &chain.steps {
        match method.as_str() {
            "where" | "filter" => {
                for arg in args.positional() {
                    draft.condition(interp, &arg.value);
                }
                draft.open(args);
            }
            "filter_by" => {
                for (column, arg) in args.keywords() {
                    let text = expr_sql(interp, &draft.scope, &arg.value);
                    let text = text.map_or_else(|| HOLE.into(), |sql| sql.text);
                    draft.conditions.push(format!("{} = {text}", identifier(&column)).into());
                    draft.read(column);
                }
            }
            "values" | "ordered_values" => draft.value_args(interp, args, place)?,
            "from_select" => {
                let columns = args.get(0, "names").map(|arg| arg.value.clone());
                let query = args.get(1, "select").map(|arg| arg.value.clone());
                if let Some(columns) = columns {
                    for column in crate::constraint::columns(interp, &Scope::default(), &columns, place)? {
                        draft.columns.push((column, None));
                    }
                }
                if let Some(query) = query {
                    columns_in(interp, &draft.scope, &query, &mut draft.reads);
                }
                draft.certain = false;
                draft.rows = true;
            }
            _ => {}
        }
    }
    if let Some(parameters) = parameters {
        draft.parameters(interp, parameters);
    }
    Ok(draft.finish())
}

pub(super) fn insert_rows<H: Host>(
    interp: &mut Interp<'_, H>,
    table: Option<TableName>,
    rows: Option<&Value>,
) -> DataChange {
    let mut draft = Draft::new(DataKind::Insert, table, Scope::default());
    draft.rows = true;
    draft.certain = false;
    if let Some(rows) = rows {
        draft.parameters(interp, rows);
    }
    draft.finish()
}

struct Draft {
    kind: DataKind,
    table: Option<TableName>,
    columns: Vec<(Name, Option<Arc<str>>)>,
    conditions: Vec<Arc<str>>,
    reads: Vec<Name>,
    certain: bool,
    /// Rows were given, not just a plain `insert()`.
    rows: bool,
    scope: Scope,
}

impl Draft {
    fn new(kind: DataKind, table: Option<TableName>, scope: Scope) -> Draft {
        Draft {
            kind,
            table,
            columns: Vec::new(),
            conditions: Vec::new(),
            reads: Vec::new(),
            certain: true,
            rows: false,
            scope,
        }
    }

    fn read(&mut self, column: Name) {
        if !self.reads.contains(&column) {
            self.reads.push(column);
        }
    }

    fn open(&mut self, args: &Args) {
        if args.open.is_some() {
            self.conditions.push(HOLE.into());
        }
    }

    fn condition<H: Host>(&mut self, interp: &mut Interp<'_, H>, value: &Value) {
        let text = condition_sql(interp, &self.scope, value).map_or_else(|| HOLE.into(), |sql| sql.text);
        columns_in(interp, &self.scope, value, &mut self.reads);
        self.conditions.push(text);
    }

    /// The arguments of `.values(...)`.
    fn value_args<H: Host>(
        &mut self,
        interp: &mut Interp<'_, H>,
        args: &Args,
        place: Place,
    ) -> Result<(), Unknown> {
        for arg in args.positional() {
            self.values(interp, &arg.value, place)?;
        }
        for (column, arg) in args.keywords() {
            self.set(interp, column, &arg.value);
        }
        if let Some(unknown) = &args.open {
            return Err((**unknown).clone());
        }
        Ok(())
    }

    /// A dict, a list of dicts, or pairs.
    fn values<H: Host>(
        &mut self,
        interp: &mut Interp<'_, H>,
        value: &Value,
        place: Place,
    ) -> Result<(), Unknown> {
        match value {
            Value::Dict(entries) => {
                for (key, value) in entries.iter() {
                    let column = match column_name(interp, &self.scope, key) {
                        Some(column) => column,
                        None => return Err(why(key, "a column of the statement", place)),
                    };
                    self.set(interp, column, value);
                }
                Ok(())
            }
            Value::List(items) | Value::Tuple(items) => {
                self.rows = true;
                if self.kind == DataKind::Insert {
                    self.certain = !items.is_empty();
                }
                for item in items.iter() {
                    match item.as_items() {
                        Some([key, value]) if self.kind == DataKind::Update => {
                            if let Some(column) = column_name(interp, &self.scope, key) {
                                self.set(interp, column, value);
                            }
                        }
                        _ => self.values(interp, item, place)?,
                    }
                }
                Ok(())
            }
            _ => Err(why(value, "the values of the statement", place)),
        }
    }

    fn set<H: Host>(&mut self, interp: &mut Interp<'_, H>, column: Name, value: &Value) {
        let text = match value {
            // A string is a value here, text() is SQL.
            Value::Symbol(_) => sql_text(value).or_else(|| expr_sql(interp, &self.scope, value)),
            _ => expr_sql(interp, &self.scope, value),
        };
        let text = text.filter(|sql| !sql.holes).map(|sql| sql.text);
        columns_in(interp, &self.scope, value, &mut self.reads);
        match self.columns.iter_mut().find(|(name, _)| *name == column) {
            // Rows that differ have no one value.
            Some((_, old)) if *old != text => *old = None,
            Some(_) => {}
            None => self.columns.push((column, text)),
        }
    }

    /// The rows that come with the execution. For UPDATE and DELETE they fill in binds only.
    fn parameters<H: Host>(&mut self, interp: &mut Interp<'_, H>, value: &Value) {
        if self.kind != DataKind::Insert {
            return;
        }
        let rows = match value {
            Value::Dict(_) => vec![value.clone()],
            Value::List(items) | Value::Tuple(items) => items.to_vec(),
            _ => {
                self.certain = false;
                return;
            }
        };
        if rows.iter().all(|row| matches!(row, Value::Dict(_))) {
            self.certain = !rows.is_empty();
        }
        for row in &rows {
            let Value::Dict(entries) = row else { continue };
            for (key, value) in entries.iter() {
                if let Some(key) = key.as_str() {
                    self.set(interp, name(key), value);
                }
            }
        }
    }

    fn finish(self) -> DataChange {
        let condition = match self.conditions.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            many => {
                Some(many.iter().map(|text| format!("({text})")).collect::<Vec<_>>().join(" AND ").into())
            }
        };
        let table = self.table.map_or_else(
            || HOLE.to_owned(),
            |table| match table.schema {
                Some(schema) => format!("{}.{}", identifier(&schema), identifier(&table.name)),
                None => identifier(&table.name),
            },
        );
        let text = |text: &Option<Arc<str>>| text.as_deref().unwrap_or(HOLE).to_owned();
        let mut sql = match self.kind {
            DataKind::Insert => {
                let names: Vec<String> = self.columns.iter().map(|(name, _)| identifier(name)).collect();
                let values: Vec<String> = self.columns.iter().map(|(_, value)| text(value)).collect();
                match names.is_empty() {
                    true => format!("INSERT INTO {table} DEFAULT VALUES"),
                    false => {
                        format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", "))
                    }
                }
            }
            DataKind::Update => {
                let pairs: Vec<String> = self
                    .columns
                    .iter()
                    .map(|(name, value)| format!("{} = {}", identifier(name), text(value)))
                    .collect();
                format!("UPDATE {table} SET {}", pairs.join(", "))
            }
            DataKind::Delete => format!("DELETE FROM {table}"),
            DataKind::Truncate => format!("TRUNCATE {table}"),
        };
        if let Some(condition) = &condition {
            sql.push_str(&format!(" WHERE {condition}"));
        }
        DataChange {
            kind: self.kind,
            table: self.table,
            columns: self.columns,
            condition,
            reads: self.reads,
            certain: self.certain,
            sql: sql.into(),
        }
    }
}
