//! Operations as calls of `op` and of batch blocks.

use super::Style;
use super::constraint::{directive, in_table, name_text, names};
use super::types::{column, server_default, type_text};
use fact::{Fact, Name};
use schema::operation::{BatchOptions, ColumnChange, Operation, Recreate};
use schema::{Constraint, ConstraintKind, Index, IndexItem, Table, TableName};

/// The statements of all operations, without indentation of their own; lines inside a statement have theirs.
pub(crate) fn lines(operations: &[Operation], style: &Style) -> Option<Vec<String>> {
    let mut out = Vec::new();
    for operation in operations {
        out.extend(statement(operation, style)?);
    }
    Some(out)
}

fn statement(operation: &Operation, style: &Style) -> Option<Vec<String>> {
    let op = &style.op;
    if let Operation::Batch { table, options, steps } = operation {
        let mut out =
            vec![format!("with {op}.batch_alter_table({}) as batch_op:", opening(table, options, style)?)];
        if steps.is_empty() {
            out.push(format!("{}pass", style.indent));
        }
        for step in steps {
            out.push(format!("{}batch_op.{}", style.indent, call(&step.operation, true, style)?));
        }
        return Some(out);
    }
    if let Operation::CreateTable { table, .. } = operation {
        return create_table(table, style);
    }
    if let Operation::DropEnum { name, .. } = operation {
        let schema =
            name.schema.map(|schema| format!(", schema={}", style.string(&schema))).unwrap_or_default();
        return Some(vec![format!(
            "{}.Enum(name={}{schema}).drop({op}.get_bind(), checkfirst=True)",
            style.sa,
            style.string(&name.name)
        )]);
    }
    Some(vec![format!("{op}.{}", call(operation, false, style)?)])
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

/// Arguments that grow: the table first and its schema last, unless a block stands for both.
struct Call<'s> {
    style: &'s Style,
    in_block: bool,
    args: Vec<String>,
    schema: Option<Name>,
}

impl<'s> Call<'s> {
    fn on(table: &TableName, in_block: bool, style: &'s Style) -> Call<'s> {
        let args = if in_block { Vec::new() } else { vec![style.string(&table.name)] };
        Call { style, in_block, args, schema: table.schema }
    }

    fn arg(mut self, text: impl Into<String>) -> Self {
        self.args.push(text.into());
        self
    }

    fn string(self, text: &str) -> Self {
        let text = self.style.string(text);
        self.arg(text)
    }

    fn keyword(self, name: &str, value: Option<String>) -> Self {
        match value {
            Some(value) => self.arg(format!("{name}={value}")),
            None => self,
        }
    }

    fn end(mut self, directive: &str) -> String {
        if let (false, Some(schema)) = (self.in_block, self.schema) {
            self.args.push(format!("schema={}", self.style.string(&schema)));
        }
        format!("{directive}({})", self.args.join(", "))
    }
}

fn call(operation: &Operation, in_block: bool, style: &Style) -> Option<String> {
    let on = |table: &TableName| Call::on(table, in_block, style);
    Some(match operation {
        Operation::DropTable { table, .. } => on(table).end("drop_table"),
        Operation::RenameTable { from, to } => on(from).string(&to.name).end("rename_table"),
        Operation::AddColumn { table, column: added, constraints, indexes, primary_key, .. } => {
            if !constraints.is_empty() || !indexes.is_empty() {
                return None;
            }
            let inline = primary_key.then(|| "True".to_owned());
            on(table)
                .arg(column(added, *primary_key, style)?)
                .keyword("inline_primary_key", inline)
                .end("add_column")
        }
        Operation::DropColumn { table, column, .. } => on(table).string(column).end("drop_column"),
        Operation::AlterColumn { table, column, change } => {
            let mut call = on(table).string(column);
            for (name, value) in alterations(change, style)? {
                call = call.keyword(name, Some(value));
            }
            call.end("alter_column")
        }
        Operation::AddConstraint { table, constraint } => directive(table, constraint, in_block, style)?,
        Operation::DropConstraint { table, name, kind, .. } => {
            let is_check = *kind == Some(ConstraintKind::Check);
            let name = name_text(name, is_check, style)??;
            let args = match in_block {
                true => vec![name],
                false => vec![name, style.string(&table.name)],
            };
            let call = Call { style, in_block, args, schema: table.schema };
            call.keyword("type_", kind.and_then(kind_text).map(|kind| style.string(kind)))
                .end("drop_constraint")
        }
        Operation::CreateIndex { table, index, .. } => create_index(table, index, in_block, style)?,
        Operation::DropIndex { table, name, .. } => {
            let name = style.string(name.known()?);
            let schema = table.and_then(|table| table.schema);
            let call = Call { style, in_block, args: vec![name], schema };
            let table = table.filter(|_| !in_block).map(|table| style.string(&table.name));
            call.keyword("table_name", table).end("drop_index")
        }
        Operation::SetTableComment { table, comment: Some(comment) } => {
            on(table).string(comment).end("create_table_comment")
        }
        Operation::SetTableComment { table, comment: None } => on(table).end("drop_table_comment"),
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

fn flag(value: bool) -> String {
    if value { "True" } else { "False" }.to_owned()
}

fn alterations(change: &ColumnChange, style: &Style) -> Option<Vec<(&'static str, String)>> {
    let mut out = Vec::new();
    if change.identity.is_some() || change.computed.is_some() || change.restates {
        return None;
    }
    if let Some(existing) = &change.existing_ty {
        out.push(("existing_type", type_text(existing.known()?, style)?));
    }
    if let Some(ty) = &change.ty {
        out.push(("type_", type_text(ty.known()?, style)?));
    }
    if let Some(existing) = &change.existing_nullable {
        out.push(("existing_nullable", flag(*existing.known()?)));
    }
    if let Some(nullable) = &change.nullable {
        out.push(("nullable", flag(*nullable.known()?)));
        out.retain(|(name, _)| *name != "existing_nullable");
    }
    if let Some(name) = &change.new_name {
        out.push(("new_column_name", style.string(name.known()?)));
    }
    if let Some(default) = &change.default {
        out.push(("server_default", server_default(default.known()?, style)?));
    } else if let Some(existing) = &change.existing_default
        && let Some(text) = existing.known().and_then(|default| server_default(default, style))
    {
        out.push(("existing_server_default", text));
    }
    let comment = |comment: &Option<std::sync::Arc<str>>| match comment {
        Some(text) => style.string(text),
        None => "None".to_owned(),
    };
    if let Some(text) = &change.comment {
        out.push(("comment", comment(text)));
    }
    if let Some(text) = &change.existing_comment {
        out.push(("existing_comment", comment(text)));
    }
    if let Some(on) = change.autoincrement {
        out.push(("autoincrement", flag(on)));
    } else if let Some(on) = change.existing_autoincrement {
        out.push(("existing_autoincrement", flag(on)));
    }
    if let Some(using) = &change.using {
        out.push(("postgresql_using", style.string(using)));
    }
    Some(out)
}

fn create_index(table: &TableName, index: &Index, in_block: bool, style: &Style) -> Option<String> {
    if !index.options.is_empty() || index.server_made {
        return None;
    }
    let name = name_text(&index.name, false, style)?.unwrap_or_else(|| "None".to_owned());
    let mut items = Vec::new();
    for item in &index.items {
        items.push(match item {
            IndexItem::Column(name) => style.string(name),
            IndexItem::Expression(text) => format!("{}.text({})", style.sa, style.string(text.known()?)),
        });
    }
    let mut args = vec![name];
    if !in_block {
        args.push(style.string(&table.name));
    }
    args.push(format!("[{}]", items.join(", ")));
    let unique = match index.unique {
        Fact::Known(true) => Some("True".to_owned()),
        Fact::Known(false) => None,
        Fact::Unknown(_) => return None,
    };
    let condition = index.condition.as_ref().map(|sql| format!("{}.text({})", style.sa, style.string(sql)));
    let include = (!index.include.is_empty()).then(|| names(&index.include, style));
    let call = Call { style, in_block, args, schema: table.schema };
    Some(
        call.keyword("unique", unique)
            .keyword("postgresql_using", index.using.as_ref().map(|using| style.string(using)))
            .keyword("postgresql_where", condition.clone())
            .keyword("sqlite_where", condition)
            .keyword("postgresql_include", include)
            .end("create_index"),
    )
}

fn create_table(table: &Table, style: &Style) -> Option<Vec<String>> {
    if !table.options.is_empty() || !table.excludes.is_empty() || table.open.is_some() {
        return None;
    }
    let indent = &style.indent;
    let mut out =
        vec![format!("{}.create_table(", style.op), format!("{indent}{},", style.string(&table.name.name))];
    for one in &table.columns {
        out.push(format!("{indent}{},", column(one, table.is_primary(&one.name), style)?));
    }
    let keys = table.primary_key.iter().cloned().map(Constraint::PrimaryKey);
    let constraints = keys
        .chain(table.foreign_keys.iter().cloned().map(Constraint::ForeignKey))
        .chain(table.uniques.iter().cloned().map(Constraint::Unique))
        .chain(table.checks.iter().filter(|check| check.of_type.is_none()).cloned().map(Constraint::Check));
    for constraint in constraints {
        out.push(format!("{indent}{},", in_table(&constraint, style)?));
    }
    if let Some(schema) = table.name.schema {
        out.push(format!("{indent}schema={},", style.string(&schema)));
    }
    if let Some(comment) = &table.comment {
        out.push(format!("{indent}comment={},", style.string(comment)));
    }
    out.push(")".to_owned());
    for index in table.indexes.iter().filter(|index| !index.server_made) {
        out.push(format!("{}.{}", style.op, create_index(&table.name, index, false, style)?));
    }
    Some(out)
}
