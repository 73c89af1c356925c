//! Operations under the names of Alembic's directives and of their parameters.

use super::parts::{Parts, kind_name, object_kind};
use super::shown::{Object, Shown};
use crate::workspace::shown;
use camino::Utf8Path;
use fact::Place;
use project::Environment;
use python::line_index::{LineIndex, Unit};
use schema::operation::{BatchOptions, DataKind, Recreate};
use schema::{ColumnChange, Constraint, DataChange, Dialect, Operation, Step, TableName, Touched, Written};

/// What a description refers to.
pub struct Scene<'a> {
    pub environment: &'a Environment,
    pub dialect: Option<Dialect>,
    /// The directory that paths are shown from.
    pub base: &'a Utf8Path,
}

impl Scene<'_> {
    /// A step under the directive that asks for it. SQL is an `execute`, and what it does is its `effect`.
    pub fn step(&self, step: &Step) -> Object {
        let mut object = self.operation(&step.operation, step.written);
        object = object.flag("autocommit", step.autocommit);
        object = self.placed(object, step.place);
        match step.call_site {
            Some(place) => object.with("call_site", self.placed(Object::default(), place)),
            None => object,
        }
    }

    fn operation(&self, operation: &Operation, written: Written) -> Object {
        match (operation, written) {
            (Operation::Batch { table, options, steps }, _) => self.batch(*table, options, steps),
            (Operation::Either { left, right, because }, _) => {
                let side = |steps: &[Step]| {
                    Shown::List(steps.iter().map(|step| self.step(step).into()).collect::<Vec<_>>())
                };
                Object::new("either")
                    .with("operations", Shown::List(vec![side(left), side(right)]))
                    .with("unknown", because.reason.to_string())
            }
            (Operation::Data(change), Written::Sql) => {
                Object::new("execute").with("sqltext", &change.sql).with("effect", data(change))
            }
            (Operation::Nothing { what }, _) => Object::new("execute").with("sqltext", what),
            (Operation::Opaque { touches, because }, written) => {
                let op = if written == Written::Sql { "execute" } else { "unknown" };
                let tables = match touches {
                    Touched::Anything => None,
                    Touched::Tables(tables) => {
                        Some(tables.iter().map(ToString::to_string).collect::<Vec<_>>())
                    }
                };
                let reason = because.reason.to_string();
                Object::new(op)
                    .with("touches", tables.map_or("?".into(), Shown::from))
                    .with("unknown", reason)
            }
            (operation, Written::Sql) => Object::new("execute").with("effect", self.effect(operation)),
            (operation, _) => self.effect(operation),
        }
    }

    fn effect(&self, operation: &Operation) -> Object {
        let parts = Parts { dialect: self.dialect };
        match operation {
            Operation::CreateTable { table, if_not_exists } => {
                parts.table(Object::new("create_table"), table).flag("if_not_exists", *if_not_exists)
            }
            Operation::DropTable { table, if_exists, cascade } => {
                named("drop_table", *table).flag("if_exists", *if_exists).flag("cascade", *cascade)
            }
            Operation::RenameTable { from, to } => Object::new("rename_table")
                .with("old_table_name", from.name)
                .with("new_table_name", to.name)
                .given("schema", from.schema),
            Operation::AddColumn {
                table,
                column,
                constraints,
                indexes,
                if_not_exists,
                primary_key,
                inline_references,
            } => named("add_column", *table)
                .with("column", parts.column(column))
                .some("constraints", constraints.iter().map(|constraint| parts.constraint(constraint)))
                .some("indexes", indexes.iter().map(|index| parts.index(Object::default(), index)))
                .flag("if_not_exists", *if_not_exists)
                .flag("inline_primary_key", *primary_key)
                .flag("inline_references", *inline_references),
            Operation::DropColumn { table, column, if_exists, cascade } => named("drop_column", *table)
                .with("column_name", column)
                .flag("if_exists", *if_exists)
                .flag("cascade", *cascade),
            Operation::AlterColumn { table, column, change } => {
                self.change(named("alter_column", *table).with("column_name", column), change)
            }
            Operation::AddConstraint { table, constraint, .. } => add_constraint(&parts, *table, constraint),
            Operation::DropConstraint { table, name, kind, if_exists, cascade, .. } => {
                Object::new("drop_constraint")
                    .with("constraint_name", name.clone())
                    .with("table_name", table.name)
                    .given("type_", kind.map(kind_name))
                    .given("schema", table.schema)
                    .flag("if_exists", *if_exists)
                    .flag("cascade", *cascade)
            }
            Operation::RenameConstraint { table, from, to } => {
                named("rename_constraint", *table).with("old_name", from).with("new_name", to)
            }
            Operation::CreateIndex { table, index, if_not_exists } => {
                let object = Object::new("create_index").with("index_name", index.name.clone());
                let object = object.with("table_name", table.name);
                parts.index(object, index).given("schema", table.schema).flag("if_not_exists", *if_not_exists)
            }
            Operation::DropIndex { table, name, if_exists, concurrently, .. } => Object::new("drop_index")
                .with("index_name", name.clone())
                .given("table_name", table.map(|table| table.name))
                .given("schema", table.and_then(|table| table.schema))
                .flag("if_exists", *if_exists)
                .flag("postgresql_concurrently", *concurrently),
            Operation::RenameIndex { table, from, to } => Object::new("rename_index")
                .given("table_name", table.map(|table| table.name))
                .with("old_name", from)
                .with("new_name", to),
            Operation::SetTableComment { table, comment: Some(comment), .. } => {
                named("create_table_comment", *table).with("comment", comment)
            }
            Operation::SetTableComment { table, comment: None, .. } => named("drop_table_comment", *table),
            Operation::CreateEnum { name, labels, check_first } => object_named("create_type", *name)
                .with("labels", labels.clone())
                .flag("checkfirst", *check_first),
            Operation::DropEnum { name, check_first } => {
                object_named("drop_type", *name).flag("checkfirst", *check_first)
            }
            Operation::AddEnumLabel { name, label, before, after, if_not_exists } => {
                object_named("add_type_value", *name)
                    .with("value", label.clone())
                    .given("before", before.as_ref())
                    .given("after", after.as_ref())
                    .flag("if_not_exists", *if_not_exists)
            }
            Operation::RenameEnumLabel { name, from, to } => {
                object_named("rename_type_value", *name).with("old_value", from).with("new_value", to)
            }
            Operation::RenameEnum { from, to } => {
                object_named("rename_type", *from).with("new_name", to.to_string())
            }
            Operation::CreateSequence { name, if_not_exists } => {
                object_named("create_sequence", *name).flag("if_not_exists", *if_not_exists)
            }
            Operation::DropSequence { name, if_exists } => {
                object_named("drop_sequence", *name).flag("if_exists", *if_exists)
            }
            Operation::CreateObject { kind, name } => {
                object_named("create_object", *name).with("kind", object_kind(*kind))
            }
            Operation::DropObject { kind, name } => {
                object_named("drop_object", *name).with("kind", object_kind(*kind))
            }
            Operation::Data(change) => data(change),
            Operation::Batch { .. }
            | Operation::Nothing { .. }
            | Operation::Opaque { .. }
            | Operation::Either { .. } => self.operation(operation, Written::Op),
        }
    }

    fn batch(&self, table: TableName, options: &BatchOptions, steps: &[Step]) -> Object {
        let parts = Parts { dialect: self.dialect };
        let recreate = match options.recreate {
            Recreate::Auto => None,
            Recreate::Always => Some("always"),
            Recreate::Never => Some("never"),
        };
        named("batch_alter_table", table)
            .given("recreate", recreate)
            .given("copy_from", options.copy_from.as_ref().map(|table| table.name.to_string()))
            .some("table_args", options.table_args.iter().map(|constraint| parts.constraint(constraint)))
            .list("operations", steps.iter().map(|step| self.step(step)))
    }

    fn change(&self, object: Object, change: &ColumnChange) -> Object {
        let parts = Parts { dialect: self.dialect };
        object
            .given("nullable", change.nullable.clone())
            .given("type_", change.ty.as_ref().map(|ty| parts.ty(ty)))
            .given("server_default", change.default.as_ref().map(|default| parts.default(default)))
            .given("new_column_name", change.new_name.clone())
            .given("comment", change.comment.as_ref().map(|comment| Shown::from(comment.as_ref())))
            .given(
                "identity",
                change
                    .identity
                    .as_ref()
                    .map(|identity| Shown::from(identity.as_ref().map(|i| parts.identity(i)))),
            )
            .given(
                "computed",
                change.computed.as_ref().map(|computed| Shown::from(computed.as_ref().map(|c| &c.sql))),
            )
            .given("autoincrement", change.autoincrement)
            .given("postgresql_using", change.using.as_ref())
            .given("existing_type", change.existing_ty.as_ref().map(|ty| parts.ty(ty)))
            .given("existing_nullable", change.existing_nullable.clone())
            .given(
                "existing_server_default",
                change.existing_default.as_ref().map(|default| parts.default(default)),
            )
            .given(
                "existing_comment",
                change.existing_comment.as_ref().map(|comment| Shown::from(comment.as_ref())),
            )
            .given("existing_autoincrement", change.existing_autoincrement)
    }

    fn placed(&self, object: Object, place: Place) -> Object {
        let store = self.environment.roots.store();
        let path = store.path(place.file).map(|path| shown(&path, self.base)).unwrap_or_default();
        let lines = store.line_index(place.file);
        let span = store.span(place);
        let position = |offset: Option<u32>, lines: Option<&LineIndex>| {
            let at = offset.zip(lines).map(|(offset, lines)| lines.position(offset, Unit::Characters));
            let at = at.unwrap_or_default();
            Object::default().with("line", at.line + 1).with("column", at.column + 1)
        };
        let range = Object::default()
            .with("start", position(span.map(|span| span.start), lines.as_deref()))
            .with("end", position(span.map(|span| span.end), lines.as_deref()));
        object.with("path", path).with("range", range)
    }
}

/// An operation on a table.
fn named(op: &str, table: TableName) -> Object {
    Object::new(op).with("table_name", table.name).given("schema", table.schema)
}

/// An operation on something that Alembic has no directive for.
fn object_named(op: &str, name: TableName) -> Object {
    Object::new(op).with("name", name.name).given("schema", name.schema)
}

fn add_constraint(parts: &Parts, table: TableName, constraint: &Constraint) -> Object {
    let name = constraint.name().clone();
    let new = |op| Object::new(op).with("constraint_name", name.clone());
    match constraint {
        Constraint::ForeignKey(key) => {
            let object = new("create_foreign_key").with("source_table", table.name);
            parts.foreign_key(object, key).given("source_schema", table.schema)
        }
        Constraint::PrimaryKey(key) => new("create_primary_key")
            .with("table_name", table.name)
            .list("columns", &key.columns)
            .given("schema", table.schema),
        Constraint::Unique(unique) => {
            let object = new("create_unique_constraint").with("table_name", table.name);
            parts.unique(object, unique).given("schema", table.schema)
        }
        Constraint::Check(check) => {
            let object = new("create_check_constraint").with("table_name", table.name);
            parts.check(object, check).given("schema", table.schema)
        }
        Constraint::Exclude(exclude) => {
            let object = new("create_exclude_constraint").with("table_name", table.name);
            parts.exclude(object, exclude).given("schema", table.schema)
        }
    }
}

fn data(change: &DataChange) -> Object {
    let op = match change.kind {
        DataKind::Insert => "bulk_insert",
        DataKind::Update => "update",
        DataKind::Delete => "delete",
        DataKind::Truncate => "truncate",
    };
    Object::new(op)
        .with("table_name", change.table.map(|table| table.name).map_or("?".into(), Shown::from))
        .given("schema", change.table.and_then(|table| table.schema))
        .some("columns", change.columns.iter().map(|(name, _)| name))
        .given("condition", change.condition.as_ref())
}
