//! Operations as calls of `op` and of batch blocks.

use super::Style;
use super::alter::alterations;
use super::column::column;
use super::constraint::{directive, in_table, name_text};
use super::create_table::create_table;
use super::index::create_index;
use super::literal::{flag, option};
use super::statement::sql_statement;
use fact::{Fact, Name};
use schema::operation::{BatchOptions, Operation, Recreate};
use schema::{ConstraintKind, TableName};
use std::sync::Arc;

/// The statements of all operations, without indentation of their own; lines inside a statement have theirs.
pub fn lines(operations: &[Operation], style: &Style) -> Option<Vec<String>> {
    let mut out = Vec::new();
    for operation in operations {
        out.extend(statement(operation, style)?);
    }
    Some(out)
}

/// One operation as it stands in a batch block (without the block), or outside.
pub fn call(operation: &Operation, in_block: bool, style: &Style) -> Option<Vec<String>> {
    if !in_block {
        return statement(operation, style);
    }
    let mut out = warning(operation, style);
    out.push(format!("{}.{}", style.batch_op, directive_call(operation, true, style)?));
    Some(out)
}

/// `op.execute('...')`
pub fn execute(sql: &str, style: &Style) -> String {
    format!("{}.execute({})", style.op, style.string(&escaped(sql)))
}

/// A colon before a word would be a parameter.
fn escaped(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut before = ' ';
    let mut rest = sql.chars().peekable();
    while let Some(c) = rest.next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let binds = c == ':' && before != ':' && before != '\\' && !is_word(before);
        if binds && rest.peek().is_some_and(|next| is_word(*next)) {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    out
}

fn statement(operation: &Operation, style: &Style) -> Option<Vec<String>> {
    let op = &style.op;
    match operation {
        Operation::Batch { table, options, steps } => {
            let block = &style.batch_op;
            let opening = opening(table, options, style)?;
            let mut out = vec![format!("with {op}.batch_alter_table({opening}) as {block}:")];
            if steps.is_empty() {
                out.push(format!("{}pass", style.indent));
            }
            for step in steps {
                for line in call(&step.operation, true, style)? {
                    out.push(format!("{}{line}", style.indent));
                }
            }
            Some(out)
        }
        Operation::CreateTable { table, if_not_exists } => create_table(table, *if_not_exists, style),
        _ => {
            if let Some(line) = sql_statement(operation, style) {
                return Some(vec![line]);
            }
            let mut out = warning(operation, style);
            out.push(format!("{op}.{}", directive_call(operation, false, style)?));
            Some(out)
        }
    }
}

/// What cannot run as it stands says so.
fn warning(operation: &Operation, style: &Style) -> Vec<String> {
    match operation {
        Operation::DropConstraint { name: Fact::Known(None), .. } if style.autogenerates() => {
            vec!["# This constraint has no name: the directive fails until it is given one.".to_owned()]
        }
        _ => Vec::new(),
    }
}

fn opening(table: &TableName, options: &BatchOptions, style: &Style) -> Option<String> {
    let mut args = vec![style.string(&table.name)];
    if let Some(schema) = table.schema {
        args.push(format!("schema={}", style.string(&schema)));
    }
    match options.recreate {
        Recreate::Auto => {}
        Recreate::Always => args.push(format!("recreate={}", style.string("always"))),
        Recreate::Never => args.push(format!("recreate={}", style.string("never"))),
    }
    if options.copy_from.is_some() || options.naming_convention.is_some() {
        return None;
    }
    if !options.table_args.is_empty() {
        let items: Option<Vec<String>> =
            options.table_args.iter().map(|constraint| in_table(constraint, style)).collect();
        args.push(format!("table_args=[{}]", items?.join(", ")));
    }
    Some(args.join(", "))
}

/// Arguments that grow; table and schema are left out where a block stands for both.
pub(super) struct Call<'s> {
    style: &'s Style,
    in_block: bool,
    args: Vec<String>,
    schema: Option<Name>,
}

impl<'s> Call<'s> {
    pub fn start(in_block: bool, schema: Option<Name>, style: &'s Style) -> Call<'s> {
        Call { style, in_block, args: Vec::new(), schema }
    }

    fn on(table: &TableName, in_block: bool, style: &'s Style) -> Call<'s> {
        Call::start(in_block, table.schema, style).table(&table.name)
    }

    pub fn arg(mut self, text: impl Into<String>) -> Self {
        self.args.push(text.into());
        self
    }

    pub fn args(mut self, texts: Vec<String>) -> Self {
        self.args.extend(texts);
        self
    }

    pub fn string(self, text: &str) -> Self {
        let text = self.style.string(text);
        self.arg(text)
    }

    pub fn table(self, name: &str) -> Self {
        if self.in_block { self } else { self.string(name) }
    }

    pub fn keyword(self, name: &str, value: Option<String>) -> Self {
        match value {
            Some(value) => self.arg(format!("{name}={value}")),
            None => self,
        }
    }

    fn flag(self, name: &str, value: bool) -> Self {
        self.keyword(name, value.then(|| flag(true)))
    }

    pub fn schema(self) -> Self {
        let schema = self.schema.filter(|_| !self.in_block).map(|schema| self.style.string(&schema));
        self.keyword("schema", schema)
    }

    fn options(self, options: &[(Name, Arc<str>)]) -> Self {
        let style = self.style;
        options.iter().fold(self, |call, (keyword, text)| call.keyword(keyword, Some(option(text, style))))
    }

    pub fn end(self, directive: &str) -> String {
        format!("{directive}({})", self.args.join(", "))
    }
}

fn directive_call(operation: &Operation, in_block: bool, style: &Style) -> Option<String> {
    let on = |table: &TableName| Call::on(table, in_block, style);
    let text = |text: &Option<Arc<str>>| text.as_ref().map(|text| style.string(text));
    Some(match operation {
        Operation::DropTable { table, if_exists, cascade: false } if !in_block => {
            on(table).schema().flag("if_exists", *if_exists).end("drop_table")
        }
        Operation::RenameTable { from, to } if !in_block && from.schema == to.schema => {
            on(from).string(&to.name).schema().end("rename_table")
        }
        Operation::AddColumn {
            table,
            column: added,
            constraints,
            indexes,
            if_not_exists,
            primary_key,
            inline_references,
        } => {
            if !constraints.is_empty() || !indexes.is_empty() {
                return None;
            }
            on(table)
                .arg(column(added, *primary_key, style)?)
                .schema()
                .flag("if_not_exists", *if_not_exists)
                .flag("inline_references", *inline_references)
                .flag("inline_primary_key", *primary_key)
                .end("add_column")
        }
        Operation::DropColumn { table, column, if_exists, cascade: false } => {
            on(table).string(column).schema().flag("if_exists", *if_exists).end("drop_column")
        }
        Operation::AlterColumn { table, column, change } => {
            let mut call = on(table).string(column);
            for (name, value) in alterations(change, style)? {
                call = call.keyword(name, Some(value));
            }
            call.schema().end("alter_column")
        }
        Operation::AddConstraint { table, constraint, if_not_exists: false } => {
            directive(table, constraint, in_block, style)?
        }
        Operation::DropConstraint { table, name, kind, if_exists, cascade: false, name_is_final } => {
            let is_check = *kind == Some(ConstraintKind::Check);
            let name = name_text(name, *name_is_final, is_check, in_block, style)?;
            if name.is_none() && !style.autogenerates() {
                return None;
            }
            Call::start(in_block, table.schema, style)
                .arg(name.unwrap_or_else(|| "None".to_owned()))
                .table(&table.name)
                .schema()
                .keyword("type_", kind.and_then(kind_text).map(|kind| style.string(kind)))
                .flag("if_exists", *if_exists)
                .end("drop_constraint")
        }
        Operation::CreateIndex { table, index, if_not_exists } => {
            create_index(table, index, *if_not_exists, in_block, style)?
        }
        Operation::DropIndex { table, name, if_exists, concurrently, options } => {
            let name = style.string(name.known()?);
            let table_name = table.filter(|_| !in_block).map(|table| style.string(&table.name));
            Call::start(in_block, table.and_then(|table| table.schema), style)
                .arg(name)
                .keyword("table_name", table_name)
                .schema()
                .flag("if_exists", *if_exists)
                .flag("postgresql_concurrently", *concurrently)
                .options(options)
                .end("drop_index")
        }
        Operation::SetTableComment { table, comment: Some(comment), existing } => on(table)
            .string(comment)
            .keyword("existing_comment", text(existing))
            .schema()
            .end("create_table_comment"),
        Operation::SetTableComment { table, comment: None, existing } => {
            on(table).keyword("existing_comment", text(existing)).schema().end("drop_table_comment")
        }
        _ => return None,
    })
}

fn kind_text(kind: ConstraintKind) -> Option<&'static str> {
    Some(match kind {
        ConstraintKind::PrimaryKey => "primary",
        ConstraintKind::Unique => "unique",
        ConstraintKind::ForeignKey => "foreignkey",
        ConstraintKind::Check => "check",
        ConstraintKind::Exclude => return None,
    })
}
